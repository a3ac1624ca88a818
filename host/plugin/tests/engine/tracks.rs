//! Two tracks of the audit and the registry package side by side, through the host's own adapters.

use std::fmt::Write;
use std::sync::Arc;

use s_plugin::extension::audit::{AuditFeed, Config, Description, Sync};
use s_plugin::extension::registry::{self, Features, Owner, PackageName, Registry};
use s_plugin::{CallError, Cause, FaultKind};

use crate::lab::{ALLOC, Lab, code, component, engine, plugin, rights};

/// Numbers in memory.
fn words(at: u32, numbers: &[u32]) -> String {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    let text = bytes.fold(String::new(), |mut text, byte| {
        let _ = write!(text, "\\{byte:02x}");
        text
    });
    format!(r#"(data (i32.const {at}) "{text}")"#)
}

/// A feed with one advisory: `STR-1`, about the function `f` where the track can say so.
fn feed(version: &str) -> Vec<u8> {
    let newer = version == "0.2.0";
    let params = |count: usize| "i32 ".repeat(count);
    let describe = format!(
        r#"(func (export "stryke:audit/feed@{version}#describe") (param {}) (result i32) (i32.const 1024))"#,
        params(6)
    );
    let mut data = String::new();
    data.push_str(r#"(data (i32.const 16) "STR-1ftitle")"#);
    // result ok; description { title, no homepage, no licence }
    data.push_str(&words(1024, &[0, 0, 22, 5, 0, 0, 0, 0, 0, 0]));
    // result ok; sync batch { one advisory, none skipped, no cursor, no validator }
    data.push_str(&words(2048, &[0, 0, 1, 3072, 1, 0, 0, 0, 0, 0, 0, 0]));
    data.push_str(&words(3072, &[16, 5]));
    // title, no URL, one affected
    data.push_str(&words(3072 + 56, &[22, 5, 0, 0, 0, 3200, 1]));
    // ecosystem, name, no ranges, no versions, one function
    data.push_str(&words(3200, &[16, 5, 16, 5, 0, 0, 0, 0, 3300, 1]));
    data.push_str(&words(3300, &[21, 1]));
    let core = format!(
        r#"(module (memory (export "memory") 1) {ALLOC} {data} {}
            (func (export "stryke:audit/feed@{version}#pull") (param {}) (result i32) (i32.const 2048))
            (func (export "stryke:audit/feed@{version}#query") (param {}) (result i32) unreachable)
            (func (export "stryke:audit/feed@{version}#parse") (param {}) (result i32) unreachable))"#,
        if newer { &describe } else { "" },
        params(12),
        params(8),
        params(7),
    );
    component(&format!("stryke:audit/audit-plugin@{version}"), &core)
}

async fn open(version: &str, track: &str) -> Box<dyn AuditFeed> {
    let lab = Arc::new(Lab::default());
    let world = format!("stryke:audit/audit-plugin@{track}");
    plugin(&code(&feed(version)), &world, rights(), &lab).open_audit().await.unwrap()
}

#[test]
fn feeds_of_both_tracks_answer_side_by_side() {
    engine().block_on(async {
        let (mut older, mut newer) = (open("0.1.0", "0.1").await, open("0.2.0", "0.2").await);
        assert_eq!(older.describe(Config::default()).await.unwrap(), None);
        let described = newer.describe(Config::default()).await.unwrap();
        assert_eq!(described, Some(Description { title: "title".to_owned(), homepage: None, license: None }));
        for (feed, functions) in [(&mut older, &[][..]), (&mut newer, &["f".to_owned()])] {
            let Sync::Batch(batch) = feed.pull(Config::default(), None, None).await.unwrap() else {
                panic!("not a batch")
            };
            assert_eq!(batch.advisories.len(), 1);
            assert_eq!(batch.advisories[0].id, "STR-1");
            assert_eq!(batch.advisories[0].title, "title");
            assert_eq!(batch.advisories[0].affected[0].functions, functions);
        }
    });
}

#[test]
fn a_feed_that_names_the_wrong_track_does_not_start() {
    let lab = Arc::new(Lab::default());
    for (version, track) in [("0.1.0", "0.2"), ("0.2.0", "0.1")] {
        let plugin =
            plugin(&code(&feed(version)), &format!("stryke:audit/audit-plugin@{track}"), rights(), &lab);
        let Err(error) = engine().block_on(plugin.open_audit()) else { panic!("{version} as {track}") };
        let expected = format!("no exported instance named `stryke:audit/feed@{track}.0`");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}

#[test]
fn what_may_not_be_disclosed_is_not_even_asked() {
    let refused = engine().block_on(async {
        let mut feed = open("0.1.0", "0.1").await;
        feed.query(Config::default(), vec![("json".to_owned(), "1.0.0".to_owned())]).await
    });
    assert!(refused.unwrap_err().to_string().ends_with("not granted: disclose-packages"));
}

/// A registry that can do everything its track has flags for, and does nothing but answer: `unyank`
/// says yes, the owner of a package is called as the package, and `change-owner` says what `add` was.
fn backend(version: &str) -> Vec<u8> {
    let newer = version == "0.2.0";
    let own = format!("stryke:registry/backend@{version}");
    let params = |count: usize| "i32 ".repeat(count);
    let silent = |name: &str, count: usize| {
        format!(
            r#"(func (export "{own}#[method]registry.{name}") (param {}) (result i32) unreachable)"#,
            params(count)
        )
    };
    // A result is its tag and, 8 bytes further on, what it holds.
    let gained = format!(
        r#"
        (func (export "{own}#[method]registry.unyank") (param {}) (result i32)
            (i32.store8 (i32.const 1032) (i32.const 1)) (i32.const 1024))
        (func (export "{own}#[method]registry.owners") (param {}) (result i32)
            (i32.store (i32.const 3072) (local.get 4)) (i32.store (i32.const 3076) (local.get 5))
            (i32.store (i32.const 2056) (i32.const 3072)) (i32.store (i32.const 2060) (i32.const 1))
            (i32.const 2048))
        (func (export "{own}#[method]registry.change-owner") (param {}) (result i32)
            (i32.store8 (i32.const 1032) (local.get 8)) (i32.const 1024))"#,
        params(8),
        params(6),
        params(9),
    );
    let core = format!(
        r#"(module
            (import "[export]{own}" "[resource-new]registry" (func $new (param i32) (result i32)))
            (memory (export "memory") 1) {ALLOC}
            (func (export "{own}#[static]registry.open") (param {}) (result i32)
                (i32.store (i32.const 1032) (call $new (i32.const 7))) (i32.const 1024))
            (func (export "{own}#[method]registry.features") (param i32) (result i32) (i32.const {}))
            {} {} {} {} {} {})"#,
        params(6),
        if newer { 0b11_1111 } else { 0b1111 },
        silent("list", 3),
        silent("plan", 11),
        silent("publish", 9),
        silent("yank", 11),
        silent("search", 7),
        if newer { &gained } else { "" },
    );
    component(&format!("stryke:registry/registry-plugin@{version}"), &core)
}

async fn open_registry(version: &str, track: &str) -> Result<Box<dyn Registry>, CallError> {
    let lab = Arc::new(Lab::default());
    let world = format!("stryke:registry/registry-plugin@{track}");
    plugin(&code(&backend(version)), &world, rights(), &lab).open_registry(registry::Config::default()).await
}

fn json() -> PackageName {
    PackageName { scope: Some("acme".to_owned()), name: "json".to_owned() }
}

#[test]
fn registries_of_both_tracks_answer_side_by_side() {
    engine().block_on(async {
        let mut older = open_registry("0.1.0", "0.1").await.unwrap();
        let mut newer = open_registry("0.2.0", "0.2").await.unwrap();
        let all = Features {
            publish: true,
            yank: true,
            search: true,
            conditional: true,
            unyank: true,
            owners: true,
        };
        assert_eq!(newer.features().await.unwrap(), all);
        assert!(newer.unyank(json(), "1.0.0".to_owned()).await.unwrap());
        let owner = Owner { name: "json".to_owned(), extra: Vec::new() };
        assert_eq!(newer.owners(json()).await.unwrap(), [owner]);
        for add in [true, false] {
            assert_eq!(newer.change_owner(json(), "bob".to_owned(), add).await.unwrap(), add);
        }
        assert_eq!(older.features().await.unwrap(), Features { unyank: false, owners: false, ..all });
    });
}

#[test]
fn what_the_first_track_of_registries_lacks_is_unsupported_and_ends_nothing() {
    engine().block_on(async {
        let mut older = open_registry("0.1.0", "0.1").await.unwrap();
        let refused = [
            older.unyank(json(), "1.0.0".to_owned()).await.map(drop),
            older.owners(json()).await.map(drop),
            older.change_owner(json(), "bob".to_owned(), true).await.map(drop),
        ];
        let calls = ["registry.unyank", "registry.owners", "registry.change-owner"];
        for (refused, call) in refused.into_iter().zip(calls) {
            let error = refused.unwrap_err();
            let Cause::Fault(fault) = &error.cause else { panic!("{error}") };
            assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Unsupported, "host/unsupported"));
            assert_eq!(error.call, call);
        }
        assert!(older.features().await.unwrap().yank);
    });
}

#[test]
fn a_registry_that_names_the_wrong_track_does_not_start() {
    for (version, track) in [("0.1.0", "0.2"), ("0.2.0", "0.1")] {
        let Err(error) = engine().block_on(open_registry(version, track)) else {
            panic!("{version} as {track}")
        };
        let expected = format!("no exported instance named `stryke:registry/backend@{track}.0`");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}
