//! Views: nothing outside of the directory that was bound.

use std::fs;
use std::sync::Arc;

use s_capability::Rights;

use crate::lab::{Lab, attack, attacker, call, command_core, commander, engine, rights};

fn seeing(folder: &std::path::Path) -> Rights {
    let mut rights = rights();
    rights.views.insert("data".to_owned(), Some(folder.to_owned()));
    rights
}

#[test]
fn a_view_has_no_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let view = folder.path().join("view");
    fs::create_dir_all(view.join("sub")).unwrap();
    fs::write(view.join("inside"), "12345").unwrap();
    fs::write(folder.path().join("secret"), "secret").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("../secret", view.join("link")).unwrap();
        symlink(folder.path(), view.join("up")).unwrap();
        symlink("/", view.join("root")).unwrap();
        symlink("inside", view.join("within")).unwrap();
    }
    let lab = Arc::new(Lab::default());
    let plugin = attacker(seeing(&view), &lab);
    let absolute = folder.path().join("secret").display().to_string();
    let mut outside = vec![
        "..",
        "../secret",
        "sub/../../secret",
        "./inside",
        "/etc/passwd",
        &absolute,
        "CON",
        "sub/nul",
        "a\0b",
        "inside:stream",
        "..\\secret",
        "C:\\secret",
        "//server/share",
        "",
    ];
    if cfg!(unix) {
        outside.extend(["link", "up/secret", "root/etc/passwd"]);
    }
    engine().block_on(async {
        let mut command = plugin.open_command().await.unwrap();
        for path in &outside {
            for words in [["fs", path].as_slice(), &["fs-sub", path, "secret"]] {
                command.run(call(words)).await.unwrap();
            }
        }
    });
    let said = lab.said();
    assert_eq!(said.len(), outside.len() * 2);
    for (line, path) in said.iter().zip(outside.iter().flat_map(|path| [path, path])) {
        let (kind, _) = line.split_once(' ').unwrap();
        assert!(["Denied", "NotFound", "Unavailable"].contains(&kind), "{path:?}: {line}");
    }
    attack(&plugin, &["fs", "inside"]).unwrap();
    assert_eq!(lab.said().last().unwrap(), "5 bytes");
    assert!(!lab.logged().iter().any(|line| line.contains(&absolute)), "where it lies is not said");
}

#[test]
fn a_name_nobody_bound_is_no_view() {
    let lab = Arc::new(Lab::default());
    let mut rights = rights();
    for bound in [None, Some(None)] {
        if let Some(path) = bound {
            rights.views.insert("data".to_owned(), path);
        }
        let error = attack(&attacker(rights.clone(), &lab), &["fs", "inside"]).unwrap_err();
        assert!(error.to_string().contains("no directory is bound"), "{error}");
    }
}

#[test]
fn a_session_opens_only_so_many_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f"), "").unwrap();
    let imports = r#"
        (import "stryke:host/fs@0.1.0" "open-view" (func $view (param i32 i32 i32)))
        (import "stryke:host/fs@0.1.0" "[method]view.open" (func $open (param i32 i32 i32 i32)))"#;
    let body = r#"
        (call $view (i32.const 16) (i32.const 4) (i32.const 64))
        (loop $on
            (call $open (i32.load (i32.const 68)) (i32.const 32) (i32.const 1) (i32.const 128))
            (global.set $opened (i32.add (global.get $opened) (i32.const 1)))
            (br_if $on (i32.eqz (i32.load8_u (i32.const 128)))))
        (i32.store8 (i32.const 2056) (global.get $opened))"#;
    let fields =
        r#"(data (i32.const 16) "data") (data (i32.const 32) "f") (global $opened (mut i32) (i32.const 0))"#;
    let lab = Arc::new(Lab::default());
    let plugin = commander(&command_core(imports, fields, body), seeing(folder.path()), &lab);
    assert_eq!(
        attack(&plugin, &[]).unwrap().status,
        128,
        "the view and 127 files are open, the 128th is refused"
    );
}
