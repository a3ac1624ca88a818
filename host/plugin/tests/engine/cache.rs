//! The cache of compiled code: what this user's `s` did not write is not run.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;
use s_plugin::{CodeCache, Compiler, Engine};
use s_store::Sha256Digest;

const KEY: [u8; 32] = [1; 32];
/// `s-code`, two bytes of version, and the code to authenticate by.
const HEAD_BYTES: usize = 8 + 32;

fn component(marker: u32) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component (core module (func (export "f") (result i32) (i32.const {marker}))))"#
    ))
    .unwrap()
}

/// An engine as a new process would make it.
fn process(folder: &Path, key: [u8; 32]) -> Engine {
    Engine::new(Some(CodeCache::new(folder.to_owned(), key))).unwrap()
}

/// Loads in a new process; says whether nothing had to be compiled.
fn is_cached(folder: &Path, key: [u8; 32], component: &[u8]) -> bool {
    process(folder, key).load(component, Sha256Digest::of(component), &Compiler::Here).unwrap().from_cache
}

fn entry(folder: &Path, component: &[u8]) -> PathBuf {
    process(folder, KEY).code_path(&Sha256Digest::of(component)).unwrap()
}

#[test]
fn a_second_process_compiles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code");
    assert!(!is_cached(&code, KEY, &component(1)));
    assert!(is_cached(&code, KEY, &component(1)));
    assert!(!is_cached(&code, KEY, &component(2)), "another component is another entry");
    let engine = process(&code, KEY);
    engine.forget(&Sha256Digest::of(&component(1))).unwrap();
    engine.forget(&Sha256Digest::of(&component(1))).unwrap();
    assert!(!is_cached(&code, KEY, &component(1)));
}

/// A sound entry, made once.
fn sound() -> &'static [u8] {
    static ENTRY: OnceLock<Vec<u8>> = OnceLock::new();
    ENTRY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        is_cached(folder.path(), KEY, &component(1));
        fs::read(entry(folder.path(), &component(1))).unwrap()
    })
}

/// Puts bytes where an entry is expected and shows that they are neither run nor kept.
fn assert_not_run(bytes: &[u8], what: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = entry(folder.path(), &component(1));
    fs::write(&path, bytes).unwrap();
    assert!(!is_cached(folder.path(), KEY, &component(1)), "{what} was run");
    assert!(is_cached(folder.path(), KEY, &component(1)), "{what} was not replaced");
}

#[test]
fn a_changed_head_is_compiled_anew() {
    for at in 0..HEAD_BYTES {
        let mut bytes = sound().to_vec();
        bytes[at] ^= 1;
        assert_not_run(&bytes, &format!("byte {at} flipped"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_byte_anywhere_is_compiled_anew(at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = sound().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        assert_not_run(&bytes, &format!("byte {at} of {} flipped by {flip:#x}", bytes.len()));
    }

    #[test]
    fn an_entry_of_another_length_is_compiled_anew(at in any::<prop::sample::Index>(), more in 1usize..100) {
        let at = at.index(sound().len());
        assert_not_run(&sound()[..at], &format!("the first {at} bytes"));
        assert_not_run(&[sound(), &vec![0; more]].concat(), &format!("{more} more bytes"));
    }
}

#[test]
fn another_users_entry_is_compiled_anew() {
    let folder = tempfile::tempdir().unwrap();
    is_cached(folder.path(), [2; 32], &component(1));
    assert!(!is_cached(folder.path(), KEY, &component(1)));
}

#[test]
fn an_entry_under_another_name_is_compiled_anew() {
    let folder = tempfile::tempdir().unwrap();
    is_cached(folder.path(), KEY, &component(1));
    fs::copy(entry(folder.path(), &component(1)), entry(folder.path(), &component(2))).unwrap();
    assert!(!is_cached(folder.path(), KEY, &component(2)), "of another component");

    // What another release or setting of the engine made lies beside it, under its own name.
    let own = entry(folder.path(), &component(1));
    let name = own.file_name().unwrap().to_str().unwrap();
    let (digest, compatibility) = name.split_once('-').unwrap();
    let engine = process(folder.path(), KEY);
    assert_eq!(compatibility, format!("{}.cwasm", engine.compatibility()));
    fs::rename(&own, folder.path().join(format!("{digest}-0123456789abcdef.cwasm"))).unwrap();
    assert!(!is_cached(folder.path(), KEY, &component(1)), "of another engine");
    fs::copy(folder.path().join(format!("{digest}-0123456789abcdef.cwasm")), &own).unwrap();
    assert!(is_cached(folder.path(), KEY, &component(1)), "its own again");
}

#[test]
fn a_cache_that_cannot_be_written_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("code");
    fs::write(&in_the_way, "a file").unwrap();
    assert!(!is_cached(&in_the_way, KEY, &component(1)));
    assert!(!is_cached(&in_the_way, KEY, &component(1)));
    assert_eq!(fs::read(&in_the_way).unwrap(), b"a file");

    // The entry itself is a folder.
    let path = entry(folder.path(), &component(1));
    fs::create_dir(&path).unwrap();
    assert!(!is_cached(folder.path(), KEY, &component(1)));
}

#[test]
fn many_at_once_leave_one_sound_entry() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code");
    let start = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                is_cached(&code, KEY, &component(1))
            });
        }
    });
    assert!(is_cached(&code, KEY, &component(1)));
    let names: Vec<_> = fs::read_dir(&code).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names, [entry(&code, &component(1))], "nothing half-written lies about");
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_or_writes_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code");
    is_cached(&code, KEY, &component(1));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&code), 0o700);
    assert_eq!(mode(&entry(&code, &component(1))), 0o600);
}
