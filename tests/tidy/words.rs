//! Words that may stand in few places only: each rule is an invariant of `docs/architecture.md`.

use crate::code::product;
use crate::tree::{Finding, Tree};

struct Rule {
    words: &'static [&'static str],
    /// Where the rule holds; empty for everywhere.
    within: &'static [&'static str],
    /// Where the words may stand all the same.
    except: &'static [&'static str],
    /// What to do instead.
    instead: &'static str,
}

/// Crates that turn values into values. `codegen/driver` holds code in memory and runs it.
const PURE: &[&str] = &[
    "codegen/diag/",
    "codegen/ir/",
    "codegen/lower/",
    "codegen/native/",
    "codegen/sema/",
    "codegen/syntax/",
    "host/advisory/",
    "host/capability/",
    "host/component/",
    "host/resolver/",
    "wit/host/",
];

const RULES: &[Rule] = &[
    Rule {
        words: &["wasmtime"],
        within: &[],
        except: &["host/plugin/"],
        instead: "only `s-plugin` names the engine; use what it exports",
    },
    Rule {
        words: &["cranelift_codegen"],
        within: &[],
        except: &["host/plugin/", "codegen/native/"],
        instead: "only `s-native` makes code of programs; use what it exports",
    },
    Rule {
        words: &["wasmparser", "wit_parser", "wit_component", "wasm_encoder"],
        within: &[],
        except: &["host/component/"],
        instead: "`s-component` reads and writes components; use what it exports",
    },
    Rule {
        words: &["target_os"],
        within: &[],
        except: &["host/store/", "runtime/sys/", "targets/"],
        instead: "ask `s-store` or the target description instead of the system's name",
    },
    Rule {
        words: &["std::fs", "tokio::fs", "cap_std", "tempfile", "File::open", "File::create", "OpenOptions"],
        within: &[],
        except: &["host/store/"],
        instead: "files are touched by `s-store` only: call it, or add there what is missing",
    },
    Rule {
        words: &["io::stdout", "io::stderr", "println!", "print!", "eprintln!", "eprint!"],
        within: &[],
        except: &["host/ui/", "host/s/", "host/registryd/"],
        instead: "hand a value to the caller; `s-ui` writes",
    },
    Rule {
        words: &["TcpStream", "TcpListener", "UdpSocket", "lookup_host", "ToSocketAddrs", "hyper", "rustls"],
        within: &[],
        // The server listens; it opens no connection.
        except: &["host/net/", "host/registry/"],
        instead: "the way to the network is `s_net::Client` under a `Permit`",
    },
    Rule {
        words: &["process::Command"],
        within: &[],
        except: &[
            // The second opinion of perl, in tests of two crates.
            "runtime/text/src/test_support.rs",
            "host/plugin/src/compile.rs",
            "host/ops/src/plugin_build/cargo.rs",
            // What a person asks for by its name: `s run`, `s x`, `s test` and `s bench`.
            "host/ops/src/script_run.rs",
            "host/ops/src/language/child.rs",
            "host/source/src/run.rs",
        ],
        instead: "nothing on the way of a plugin or package starts a process, but `git` in host/source/src/run.rs; if this is neither, add the file to the rule in tests/tidy/words.rs",
    },
    Rule {
        words: &["EXE_SUFFIX", "current_exe"],
        within: &["host/source/"],
        // Finds `git`, and starts what was found.
        except: &["host/source/src/environment.rs"],
        instead: "`git` is the only program this crate knows: its path is found in one place",
    },
    Rule {
        words: &["env::var", "env::var_os", "env::vars", "env::vars_os"],
        within: &[],
        // The last reads what shall fail, in builds for tests only: `faults_are_for_tests`.
        except: &["host/s/", "host/registryd/src/main.rs", "host/store/src/faults.rs"],
        instead: "the environment is read once, by the binary: take a function or a value",
    },
    Rule {
        words: &["clap"],
        within: &[],
        except: &["host/s/", "host/registryd/"],
        instead: "arguments are understood by the binaries only: take values",
    },
    Rule {
        words: &["unsafe"],
        within: &[],
        except: &[
            "host/plugin/src/compile.rs",
            // One call of the C library, where it is part of `s`.
            "host/s/src/names.rs",
            // An attribute: the constructor of a guest that installs its panic hook.
            "wit/guest/src/glue.rs",
            // Compiled programs, and the runtime below them: objects, pages and system calls.
            "codegen/driver/",
            "runtime/abi/src/layout.rs",
            "runtime/core/",
            "runtime/mem/",
            "runtime/start/",
            "runtime/sys/",
        ],
        instead: "machine code is loaded by `s-plugin` and `s-driver`, values are those of `s-core`; nothing else needs `unsafe`",
    },
    Rule {
        words: &[
            "std::net::Tcp",
            "std::io::stdin",
            "std::env",
            "std::process",
            "std::time::Instant",
            "SystemTime",
            "tokio",
        ],
        within: PURE,
        except: &[],
        instead: "this crate is pure: take a value, or a trait that an outer crate implements",
    },
    Rule {
        words: &["std::thread"],
        within: PURE,
        // A text that is nested deeply is read on a stack that is deep enough, and waited for.
        except: &[
            "codegen/sema/src/resolver.rs",
            "codegen/syntax/src/dump.rs",
            "codegen/syntax/src/parser.rs",
        ],
        instead: "this crate is pure: let an outer crate start threads",
    },
];

/// Finds words in places where they may not stand.
pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, code) in product(tree) {
        let holds =
            |rule: &&Rule| rule.within.is_empty() || rule.within.iter().any(|place| path.starts_with(place));
        let excepted = |rule: &&Rule| rule.except.iter().any(|place| path.starts_with(place));
        // Build scripts run on the developer's machine and talk to cargo.
        if path.ends_with("/build.rs") {
            continue;
        }
        for rule in RULES.iter().filter(holds).filter(|rule| !excepted(rule)) {
            for (index, line) in code.lines().enumerate() {
                if let Some(word) = rule.words.iter().find(|word| contains_word(line, word)) {
                    let message = format!("`{word}`: {}", rule.instead);
                    findings.push(Finding { path: path.to_owned(), line: index + 1, message });
                }
            }
        }
    }
    findings
}

/// Whether a line contains a word that is not part of a longer one; `use std::{fs, io}` contains
/// `std::fs`.
fn contains_word(line: &str, word: &str) -> bool {
    if let (Some((module, item)), Some(start)) = (word.rsplit_once("::"), line.find("::{")) {
        let grouped = line[..start].ends_with(module) && contains_word(&line[start + 3..], item);
        if grouped {
            return true;
        }
    }
    let is_word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    let ends_open = !word.ends_with(|char: char| char.is_alphanumeric());
    line.match_indices(word).any(|(start, _)| {
        let after = line[start + word.len()..].chars().next();
        !is_word(line[..start].chars().next_back()) && (ends_open || !is_word(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_may_not_stand() {
        let cases = [
            ("host/ops/src/a.rs", "use wasmtime::Engine;", 1),
            ("host/plugin/src/a.rs", "use wasmtime::Engine;", 0),
            ("host/ops/src/a.rs", "// wasmtime", 0),
            ("host/ops/src/a.rs", "fn wasmtime_version() {}", 0),
            ("host/source/src/a.rs", "use std::process::Command;", 1),
            ("host/source/src/run.rs", "use std::process::{Command, Stdio};", 0),
            ("host/source/src/run.rs", "std::env::current_exe()", 1),
            ("host/source/src/a.rs", "use std::fs;", 1),
            ("host/ops/src/a.rs", "use std::{fs, io};", 1),
            ("host/ops/src/a.rs", "use std::{fmt, io};", 0),
            ("host/ops/src/a.rs", "#[cfg(target_os = \"linux\")]", 1),
            ("host/ops/src/a.rs", "#[cfg(test)]\nmod tests { use std::fs; }", 0),
            ("host/net/build.rs", "std::env::var(\"TARGET\")", 0),
            ("host/ops/src/a.rs", "std::env::var_os(\"HOME\")", 1),
            ("host/capability/src/a.rs", "use std::time::SystemTime;", 1),
            ("tests/kit/src/a.rs", "use std::net::TcpStream;", 0),
        ];
        for (path, text, count) in cases {
            assert_eq!(findings(&Tree::of(&[(path, text)])).len(), count, "{path}: {text}");
        }
    }

    #[test]
    fn every_place_that_is_excepted_is_a_place() {
        let tree = Tree::of_the_project();
        let later = ["runtime/sys/", "targets/"];
        let places = RULES.iter().flat_map(|rule| rule.except.iter().chain(rule.within));
        for place in places.filter(|place| !later.contains(place)) {
            assert!(tree.has(place), "`{place}` is gone: take it out of the rule");
        }
    }
}
