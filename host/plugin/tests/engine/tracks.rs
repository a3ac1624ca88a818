//! Two tracks of the audit package side by side, through the host's own adapters.

use std::fmt::Write;
use std::sync::Arc;

use s_plugin::extension::audit::{AuditFeed, Config, Description, Sync};

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
