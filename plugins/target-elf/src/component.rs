//! The component: what its targets are, and that it links.

use s_guest::target::types::Kv;
use s_guest::target::{self, Error, linker, pack};

use crate::{TARGETS, find, perform};

struct Plugin;

impl pack::Guest for Plugin {
    fn targets() -> Vec<pack::Target> {
        TARGETS.iter().map(wire_target).collect()
    }

    fn plan_sysroot(options: pack::Options) -> Result<pack::Sysroot, Error> {
        find(&options.triple)?;
        Ok(pack::Sysroot {
            id: "none".to_owned(),
            artifacts: Vec::new(),
            library_dirs: Vec::new(),
            startup_objects: Vec::new(),
            end_objects: Vec::new(),
            default_libraries: Vec::new(),
            dynamic_linker: None,
        })
    }
}

impl linker::Guest for Plugin {
    fn link(job: linker::Job) -> Result<linker::Linked, Error> {
        perform(job)
    }
}

fn wire_target(facts: &crate::Facts) -> pack::Target {
    let flag = |feature: &&str| Kv { key: (*feature).to_owned(), value: "true".to_owned() };
    pack::Target {
        triple: facts.target.name().to_owned(),
        aliases: facts.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        format: pack::ObjectFormat::Elf,
        pointer_width: 64,
        little_endian: true,
        isa: facts.target.machine().to_string(),
        isa_flags: facts.features.iter().map(flag).collect(),
        exe_suffix: String::new(),
        minimum_os: Some(facts.minimum_os.to_owned()),
        runner_hint: Some(facts.runner_hint.to_owned()),
        extra: Vec::new(),
    }
}

target::export!(Plugin);
