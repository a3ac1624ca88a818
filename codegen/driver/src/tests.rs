//! Whether the table of builtins, the compiler and the runtime agree.

use std::path::Path;
use std::sync::Arc;

use s_abi::builtins::{BUILTINS, find};
use s_core::builtin::implemented;

use crate::{Files, Folder, Loaded, Options, Require, compile};

/// Words that the compiler makes nodes of its own of, so that the runtime needs no function for them.
const FORMS: &[&str] = &[
    "__FILE__",
    "__LINE__",
    "__PACKAGE__",
    "__SUB__",
    "accept",
    "chomp",
    "chop",
    "dbmclose",
    "dbmopen",
    "defined",
    "delete",
    "do",
    "dump",
    "ep",
    "eval",
    "evalbytes",
    "exists",
    "goto",
    "last",
    "local",
    "lock",
    "next",
    "open",
    "opendir",
    "p",
    "pipe",
    "pos",
    "print",
    "printf",
    "read",
    "recv",
    "redo",
    "require",
    "return",
    "say",
    "scalar",
    "socket",
    "socketpair",
    "sort",
    "split",
    "study",
    "sysopen",
    "sysread",
    "undef",
    "wantarray",
];

/// Builtins that may be missing: a program that calls one that is not there is refused.
const MISSING: &[&str] = &["ioctl", "reset", "syscall", "ttl"];

struct NoFiles;

impl Files for NoFiles {
    fn require(&self, _: &Require, _: &str, _: &[Folder]) -> Result<Loaded, String> {
        Err("there are no files".to_owned())
    }
}

#[test]
fn every_row_is_a_function_or_a_form_or_known_to_be_missing() {
    for row in BUILTINS {
        let known = implemented(row.name) || FORMS.contains(&row.name) || MISSING.contains(&row.name);
        assert!(known, "`{}` has a row and no function", row.name);
    }
    for name in FORMS.iter().chain(MISSING) {
        assert!(find(name).is_some(), "{name} has no row");
    }
}

#[test]
fn every_name_that_the_compiler_calls_has_a_function() {
    let mut count = 0;
    for folder in ["../sema/src", "../lower/src"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(&folder).expect("sources of the compiler") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            for call in ["builtin_with(\"", "call_builtin(\"", "builtin_number(\""] {
                for rest in text.split(call).skip(1) {
                    let name = rest.split('"').next().expect("a name");
                    assert!(find(name).is_some(), "{name}, called in {}, has no row", path.display());
                    assert!(
                        implemented(name) || FORMS.contains(&name) || MISSING.contains(&name),
                        "{name}, called in {}, is not there",
                        path.display()
                    );
                    count += 1;
                }
            }
        }
    }
    assert!(count > 5, "only {count} calls were found");
}

#[test]
fn a_missing_builtin_is_an_error_where_it_is_called() {
    let text = "p 1\nval $id = syscall(1)\nsyscall(2)\n";
    let found = compile("t.stk", Arc::from(text), &NoFiles, &Options::default());
    assert!(found.module.is_none());
    let messages: Vec<&str> = found.diagnostics.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, ["the builtin `syscall` is not there yet"]);
    let label = &found.diagnostics[0].labels[0];
    assert_eq!(label.source.position(label.span.start).0, 2);
    let quoted = compile("t.stk", Arc::from("p { syscall => 1 }"), &NoFiles, &Options::default());
    assert!(quoted.module.is_some());
}
