//! `stryke:target@0.1`: packs that link inside the sandbox, and packs that only describe.

use wasmtime::component::Resource;

use super::{Flatten, digest_of};
use crate::adapter::unsupported;
use crate::bindings::{target, target_data};
use crate::extension::BoxFuture;
use crate::extension::target::{
    Artifact, InputKind, Job, Linked, ObjectFormat, Options, OutputKind, Recipe, SideFile, Sysroot, Target,
    TargetPack,
};
use crate::host::types::{from_kv, into_kv};
use crate::session::Session;
use crate::state::State;
use crate::{Blob, CallError, Plugin, Usage};

const TARGETS: &str = "target.targets";
const PLAN_SYSROOT: &str = "target.plan-sysroot";
const LINK: &str = "target.link";
const PLAN_LINK: &str = "target.plan-link";

/// Both worlds export `pack`, each with types of its own.
macro_rules! pack {
    ($pack:path) => {
        use $pack as pack;

        pub(super) fn options_of(options: Options) -> pack::Options {
            pack::Options {
                triple: options.triple,
                static_link: options.static_link,
                debug: options.debug,
                options: into_kv(options.options),
            }
        }

        pub(super) fn target_of(target: pack::Target) -> Target {
            Target {
                triple: target.triple,
                aliases: target.aliases,
                format: match target.format {
                    pack::ObjectFormat::Elf => ObjectFormat::Elf,
                    pack::ObjectFormat::Macho => ObjectFormat::MachO,
                    pack::ObjectFormat::Coff => ObjectFormat::Coff,
                    pack::ObjectFormat::Wasm => ObjectFormat::Wasm,
                },
                pointer_width: target.pointer_width,
                little_endian: target.little_endian,
                isa: target.isa,
                isa_flags: from_kv(target.isa_flags),
                exe_suffix: target.exe_suffix,
                minimum_os: target.minimum_os,
                runner_hint: target.runner_hint,
                extra: from_kv(target.extra),
            }
        }

        pub(super) fn sysroot_of(sysroot: pack::Sysroot) -> Sysroot {
            let artifacts = sysroot.artifacts.into_iter().map(|artifact| Artifact {
                name: artifact.name,
                urls: artifact.urls,
                digest: digest_of(artifact.digest),
                size: artifact.size,
                format: artifact.format,
                strip_components: artifact.strip_components,
                license: artifact.license,
            });
            Sysroot {
                id: sysroot.id,
                artifacts: artifacts.collect(),
                library_dirs: sysroot.library_dirs,
                startup_objects: sysroot.startup_objects,
                end_objects: sysroot.end_objects,
                default_libraries: sysroot.default_libraries,
                dynamic_linker: sysroot.dynamic_linker,
            }
        }
    };
}

mod linking {
    use super::*;
    pack!(crate::bindings::target::exports::stryke::target::pack);
}

mod describing {
    use super::*;
    pack!(crate::bindings::target_data::exports::stryke::target::pack);
}

struct Linking {
    session: Session,
    bindings: target::TargetPlugin,
}

struct Describing {
    session: Session,
    bindings: target_data::TargetData,
}

pub(in crate::adapter) async fn open_linker(plugin: &Plugin) -> Result<Box<dyn TargetPack>, CallError> {
    let component = plugin.code.component.clone();
    let (session, bindings) = plugin
        .open("target.open", crate::link::TARGET, async |store, linker| {
            target::TargetPlugin::instantiate_async(store, &component, linker).await
        })
        .await?;
    Ok(Box::new(Linking { session, bindings }))
}

pub(in crate::adapter) async fn open_data(plugin: &Plugin) -> Result<Box<dyn TargetPack>, CallError> {
    let component = plugin.code.component.clone();
    let (session, bindings) = plugin
        .open("target.open", crate::link::TARGET_DATA, async |store, linker| {
            target_data::TargetData::instantiate_async(store, &component, linker).await
        })
        .await?;
    Ok(Box::new(Describing { session, bindings }))
}

impl TargetPack for Linking {
    fn targets(&mut self) -> BoxFuture<'_, Result<Vec<Target>, CallError>> {
        Box::pin(async {
            let Linking { session, bindings } = self;
            let guest = bindings.stryke_target_pack();
            let targets = session.call(TARGETS, async |store| guest.call_targets(store).await).await?;
            session.counted(TARGETS, targets.len() as u64)?;
            Ok(targets.into_iter().map(linking::target_of).collect())
        })
    }

    fn plan_sysroot(&mut self, options: Options) -> BoxFuture<'_, Result<Sysroot, CallError>> {
        Box::pin(async move {
            let Linking { session, bindings } = self;
            let (guest, options) = (bindings.stryke_target_pack(), linking::options_of(options));
            session
                .call(PLAN_SYSROOT, async |store| guest.call_plan_sysroot(store, &options).await)
                .await
                .flatten_fault(session, PLAN_SYSROOT)
                .map(linking::sysroot_of)
        })
    }

    fn link(&mut self, job: Job) -> BoxFuture<'_, Result<Linked, CallError>> {
        Box::pin(async move {
            let Linking { session, bindings } = self;
            let guest = bindings.stryke_target_linker();
            let linked = session
                .call(LINK, async |store| {
                    let job = lend(store.data_mut(), job)?;
                    guest.call_link(store, &job).await
                })
                .await
                .flatten_fault(session, LINK)?;
            session.counted(LINK, (linked.side_files.len() + linked.warnings.len()) as u64)?;
            let state = session.store.data_mut();
            let mut take = |blob: Resource<Blob>| state.table.delete(blob);
            let taken = (|| {
                let image = take(linked.image)?;
                let mut side_files = Vec::new();
                for file in linked.side_files {
                    side_files.push(SideFile { suffix: file.suffix, content: take(file.content)? });
                }
                Ok(Linked { image, side_files, warnings: linked.warnings })
            })();
            taken.map_err(|error: wasmtime::component::ResourceTableError| {
                session.error(LINK, crate::Cause::Malformed { reason: error.to_string() })
            })
        })
    }

    fn plan_link(&mut self, _: Options) -> BoxFuture<'_, Result<Recipe, CallError>> {
        let error = self.session.error(PLAN_LINK, unsupported("say how to link: it links itself"));
        Box::pin(async { Err(error) })
    }

    fn usage(&self) -> Usage {
        self.session.usage()
    }
}

impl TargetPack for Describing {
    fn targets(&mut self) -> BoxFuture<'_, Result<Vec<Target>, CallError>> {
        Box::pin(async {
            let Describing { session, bindings } = self;
            let guest = bindings.stryke_target_pack();
            let targets = session.call(TARGETS, async |store| guest.call_targets(store).await).await?;
            session.counted(TARGETS, targets.len() as u64)?;
            Ok(targets.into_iter().map(describing::target_of).collect())
        })
    }

    fn plan_sysroot(&mut self, options: Options) -> BoxFuture<'_, Result<Sysroot, CallError>> {
        Box::pin(async move {
            let Describing { session, bindings } = self;
            let (guest, options) = (bindings.stryke_target_pack(), describing::options_of(options));
            session
                .call(PLAN_SYSROOT, async |store| guest.call_plan_sysroot(store, &options).await)
                .await
                .flatten_fault(session, PLAN_SYSROOT)
                .map(describing::sysroot_of)
        })
    }

    fn link(&mut self, _: Job) -> BoxFuture<'_, Result<Linked, CallError>> {
        let error = self.session.error(LINK, unsupported("link: it only describes"));
        Box::pin(async { Err(error) })
    }

    fn plan_link(&mut self, options: Options) -> BoxFuture<'_, Result<Recipe, CallError>> {
        use target_data::exports::stryke::target::link_plan::Flavour;
        Box::pin(async move {
            let Describing { session, bindings } = self;
            let (guest, options) = (bindings.stryke_target_link_plan(), describing::options_of(options));
            let recipe = session
                .call(PLAN_LINK, async |store| guest.call_plan_link(store, &options).await)
                .await
                .flatten_fault(session, PLAN_LINK)?;
            session.counted(PLAN_LINK, recipe.arguments.len() as u64)?;
            Ok(Recipe {
                flavour: match recipe.flavour {
                    Flavour::Elf => ObjectFormat::Elf,
                    Flavour::Macho => ObjectFormat::MachO,
                    Flavour::Coff => ObjectFormat::Coff,
                    Flavour::Wasm => ObjectFormat::Wasm,
                },
                arguments: recipe.arguments,
            })
        })
    }

    fn usage(&self) -> Usage {
        self.session.usage()
    }
}

/// Hands the inputs over as handles that the guest owns.
fn lend(state: &mut State, job: Job) -> wasmtime::Result<target::exports::stryke::target::linker::Job> {
    use target::exports::stryke::target::linker;
    let mut inputs = Vec::with_capacity(job.inputs.len());
    for input in job.inputs {
        inputs.push(linker::Input {
            name: input.name,
            kind: match input.kind {
                InputKind::Object => linker::InputKind::Object,
                InputKind::Archive => linker::InputKind::Archive,
                InputKind::SharedLibrary => linker::InputKind::SharedLibrary,
                InputKind::Resource => linker::InputKind::Resource,
            },
            whole_archive: input.whole_archive,
            content: state.push_or_end(input.content)?,
        });
    }
    Ok(linker::Job {
        options: linking::options_of(job.options),
        output: match job.output {
            OutputKind::Executable => linker::OutputKind::Executable,
            OutputKind::SharedLibrary => linker::OutputKind::SharedLibrary,
            OutputKind::StaticLibrary => linker::OutputKind::StaticLibrary,
        },
        entry: job.entry,
        inputs,
        libraries: job.libraries,
        build_id: job.build_id,
        gc_sections: job.gc_sections,
        strip: job.strip,
        extra: into_kv(job.extra),
    })
}
