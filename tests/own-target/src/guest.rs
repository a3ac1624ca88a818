//! The component.

use s_guest::Error as PlainError;
use s_guest::target::types::{Digest, HashAlgorithm};
use s_guest::target::{self, Error, linker, pack};

use crate::MARK;

/// The mark, the digest, and the size with its lowest byte first.
#[repr(C)]
struct Place([u8; 16], [u8; 32], [u8; 8]);

#[used]
static PLACE: Place = Place(*MARK, [0; 32], [0; 8]);

struct Plugin;

impl pack::Guest for Plugin {
    fn targets() -> Vec<pack::Target> {
        let target = |triple: &str, isa: &str| pack::Target {
            triple: triple.to_owned(),
            aliases: vec![format!("{isa}-unknown-haiku")],
            format: pack::ObjectFormat::Elf,
            pointer_width: 64,
            little_endian: true,
            isa: isa.to_owned(),
            isa_flags: Vec::new(),
            exe_suffix: ".hk".to_owned(),
            minimum_os: Some("haiku 1".to_owned()),
            runner_hint: None,
            extra: Vec::new(),
        };
        vec![target("x86_64-haiku", "x86_64"), target("m68k-haiku", "m68k")]
    }

    fn plan_sysroot(options: pack::Options) -> Result<pack::Sysroot, Error> {
        if options.triple != "x86_64-haiku" {
            return Err(PlainError::not_found("haiku/unknown-target", "there is one target here").into());
        }
        // The bytes are written after this is compiled, so the compiler must not know them.
        let Place(_, digest, size) = std::hint::black_box(&PLACE);
        Ok(pack::Sysroot {
            id: "haiku-1".to_owned(),
            artifacts: vec![pack::Artifact {
                name: "runtime".to_owned(),
                urls: vec!["absent.pack".to_owned(), "haiku.pack".to_owned()],
                digest: Digest { algorithm: HashAlgorithm::Sha256, bytes: digest.to_vec() },
                size: u64::from_le_bytes(*size),
                format: "stryke-pack".to_owned(),
                strip_components: 0,
                license: None,
            }],
            library_dirs: Vec::new(),
            startup_objects: Vec::new(),
            end_objects: Vec::new(),
            default_libraries: Vec::new(),
            dynamic_linker: None,
        })
    }
}

impl linker::Guest for Plugin {
    fn link(mut job: linker::Job) -> Result<linker::Linked, Error> {
        job.options.triple = "x86_64-linux".to_owned();
        s_target_elf::perform(job)
    }
}

target::export!(Plugin);
