//! Every program of `tests/lang`, through the binary that was just built.

use std::path::Path;
use std::time::Duration;

use s_lang_corpus::{Settings, find_perl, run};

#[test]
fn the_corpus_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lang");
    let settings = Settings {
        s: env!("CARGO_BIN_EXE_s").into(),
        perl: find_perl(),
        folder: folder.canonicalize().expect("the corpus is part of the project"),
        sections: Vec::new(),
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        limit: Duration::from_secs(120),
    };
    let report = run(&settings).expect("the corpus can be read");
    eprintln!("{}{}", report.failures(), report.table());
    assert!(report.is_good(), "see the table");
}
