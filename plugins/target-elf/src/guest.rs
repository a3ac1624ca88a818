//! A link with the types of the interface, for components: this plugin, and packs of other systems that
//! link alike, which say themselves what their targets are.

use s_guest::Error as PlainError;
use s_guest::target::blobs::{self, Blob};
use s_guest::target::types::Kv;
use s_guest::target::{Error, linker};

use crate::{Input, InputKind, Job, Linked, OutputKind, link};

/// Links a job of the interface.
pub fn perform(job: linker::Job) -> Result<linker::Linked, Error> {
    let mut inputs = Vec::with_capacity(job.inputs.len());
    for input in job.inputs {
        inputs.push(Input {
            name: input.name,
            kind: match input.kind {
                linker::InputKind::Object => InputKind::Object,
                linker::InputKind::Archive => InputKind::Archive,
                linker::InputKind::SharedLibrary => InputKind::SharedLibrary,
                linker::InputKind::Resource => InputKind::Resource,
            },
            whole_archive: input.whole_archive,
            bytes: read(&input.content)?,
        });
    }
    let linked = link(&Job {
        triple: job.options.triple,
        static_link: job.options.static_link,
        options: pairs(job.options.options),
        output: match job.output {
            linker::OutputKind::Executable => OutputKind::Executable,
            linker::OutputKind::SharedLibrary => OutputKind::SharedLibrary,
            linker::OutputKind::StaticLibrary => OutputKind::StaticLibrary,
        },
        entry: job.entry,
        inputs,
        libraries: job.libraries,
        build_id: job.build_id,
        gc_sections: job.gc_sections,
        strip: job.strip,
        extra: pairs(job.extra),
    })?;
    let Linked { image, map, warnings } = linked;
    let map =
        map.map(|map| Ok(linker::SideFile { suffix: ".map".to_owned(), content: write(map.as_bytes())? }));
    let side_files = map.into_iter().collect::<Result<_, Error>>()?;
    Ok(linker::Linked { image: write(&image)?, side_files, warnings })
}

/// How much crosses in one call.
const PIECE_BYTES: usize = 1 << 20;

fn read(blob: &Blob) -> Result<Vec<u8>, Error> {
    let size = blob.size();
    let Ok(capacity) = usize::try_from(size) else {
        let message = format!("an input of {size} bytes is larger than any memory here");
        return Err(PlainError::limit_exceeded("target-elf/too-large", message).into());
    };
    let mut bytes = Vec::with_capacity(capacity);
    while bytes.len() < capacity {
        let piece = blob.read(bytes.len() as u64, PIECE_BYTES as u32)?;
        if piece.is_empty() {
            break;
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn write(bytes: &[u8]) -> Result<Blob, Error> {
    if bytes.len() <= PIECE_BYTES {
        return blobs::from_bytes(bytes);
    }
    let sink = blobs::new_sink(Some(bytes.len() as u64))?;
    bytes.chunks(PIECE_BYTES).try_for_each(|piece| sink.write(piece))?;
    blobs::Sink::finish(sink)
}

fn pairs(pairs: Vec<Kv>) -> Vec<(String, String)> {
    pairs.into_iter().map(|pair| (pair.key, pair.value)).collect()
}
