//! Every program of `tests/lang`, through the binary that was just built: from its text, and as an
//! executable.

use std::path::Path;
use std::time::Duration;

use s_lang_corpus::{Built, Settings, find_perl, run};

#[test]
fn the_corpus_passes() {
    passes(None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_corpus_passes_as_executables() {
    let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
    passes(Some(Built { target: None, runner: None, folder: folder.path().to_path_buf() }));
}

fn passes(built: Option<Built>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lang");
    let settings = Settings {
        s: env!("CARGO_BIN_EXE_s").into(),
        perl: find_perl(),
        folder: folder.canonicalize().expect("the corpus is part of the project"),
        sections: Vec::new(),
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        limit: Duration::from_secs(120),
        built,
    };
    let report = run(&settings).expect("the corpus can be read");
    assert!(report.is_good(), "{}{}", report.failures(), report.table());
}
