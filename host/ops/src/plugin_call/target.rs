//! `target.*`: `stryke:target/pack` and `link-plan`.

use std::collections::BTreeMap;

use s_plugin::extension::target::{ObjectFormat, Options, Sysroot, Target};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, CallMistake, Nothing, Performed, digest_json, pairs_json, performed};

pub(super) const SHAPE: &str =
    r#"{"triple": "x86_64-linux-gnu", "static-link": false, "debug": false, "options": {"key": "value"}}"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Question {
    triple: String,
    #[serde(default)]
    static_link: bool,
    #[serde(default)]
    debug: bool,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

pub(super) async fn perform(call: Call<'_>) -> Result<Performed, CallMistake> {
    let open = call.plugin.open_target();
    if call.name == "target.targets" {
        let Nothing {} = call.arguments()?;
        return performed!(open, |pack| pack.targets(), |targets| json!({
            "targets": targets.iter().map(target).collect::<Vec<_>>(),
        }));
    }
    let question: Question = call.arguments()?;
    let options = Options {
        triple: question.triple,
        static_link: question.static_link,
        debug: question.debug,
        options: question.options.into_iter().collect(),
    };
    match call.name {
        "target.plan-sysroot" => {
            performed!(open, |pack| pack.plan_sysroot(options), |planned| sysroot(&planned))
        }
        _ => performed!(open, |pack| pack.plan_link(options), |recipe| json!({
            "flavour": format(recipe.flavour),
            "arguments": recipe.arguments,
        })),
    }
}

fn target(target: &Target) -> Value {
    json!({
        "triple": target.triple,
        "aliases": target.aliases,
        "format": format(target.format),
        "pointer-width": target.pointer_width,
        "little-endian": target.little_endian,
        "isa": target.isa,
        "isa-flags": pairs_json(&target.isa_flags),
        "exe-suffix": target.exe_suffix,
        "minimum-os": target.minimum_os,
        "runner-hint": target.runner_hint,
        "extra": pairs_json(&target.extra),
    })
}

fn sysroot(sysroot: &Sysroot) -> Value {
    let artifacts = sysroot.artifacts.iter().map(|artifact| {
        json!({
            "name": artifact.name,
            "urls": artifact.urls,
            "digest": digest_json(&artifact.digest),
            "size": artifact.size,
            "format": artifact.format,
            "strip-components": artifact.strip_components,
            "license": artifact.license,
        })
    });
    json!({
        "id": sysroot.id,
        "artifacts": artifacts.collect::<Vec<_>>(),
        "library-dirs": sysroot.library_dirs,
        "startup-objects": sysroot.startup_objects,
        "end-objects": sysroot.end_objects,
        "default-libraries": sysroot.default_libraries,
        "dynamic-linker": sysroot.dynamic_linker,
    })
}

fn format(format: ObjectFormat) -> &'static str {
    match format {
        ObjectFormat::Elf => "elf",
        ObjectFormat::MachO => "macho",
        ObjectFormat::Coff => "coff",
        ObjectFormat::Wasm => "wasm",
    }
}
