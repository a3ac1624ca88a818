//! The child that compiles: whatever becomes of it, this process goes on.

#![cfg(unix)]

use std::fmt::Write;
use std::time::Duration;

use s_plugin::{Compiler, Engine, EngineError};
use s_store::Sha256Digest;

fn compile(program: &str, arguments: &[&str]) -> EngineError {
    let compiler = Compiler::Child {
        program: program.into(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        time_max: Duration::from_millis(500),
    };
    // Larger than a pipe holds, so that a child that does not read is noticed by its writer.
    let filler =
        format!(r#"(component (core module (memory 8) (data (i32.const 0) "{}")))"#, "x".repeat(300_000));
    let component = wat::parse_str(filler).unwrap();
    Engine::new(None).unwrap().load(&component, Sha256Digest::of(&component), &compiler).unwrap_err()
}

#[test]
fn a_child_that_misbehaves_is_an_error_that_says_how() {
    for (program, arguments, expected) in [
        ("sleep", ["100"].as_slice(), "compiling the component took more than its limit of 0 s of time"),
        ("no-such-compiler", &[], "cannot start the compiler"),
        ("false", &[], "the component cannot be compiled: the compiler ended with exit status: 1"),
        ("echo", &["garbage"], "the component cannot be compiled: "),
        ("true", &[], "the component cannot be compiled: "),
        ("sh", &["-c", "echo why >&2; exit 1"], "the component cannot be compiled: why"),
        ("sh", &["-c", "kill -XCPU $$"], "took more than its limit of 0 s of time"),
        ("sh", &["-c", "kill -ABRT $$"], "took more than its limit of 2048 MiB of memory"),
        ("sh", &["-c", "kill -SEGV $$"], "the compiler ended with signal: 11"),
        ("yes", &[], ""),
    ] {
        let error = compile(program, arguments).to_string();
        assert!(error.contains(expected), "{program} {arguments:?}: {error}");
    }
}

#[test]
fn a_child_inherits_nothing() {
    assert!(std::env::vars().count() > 3, "there is something to inherit");
    let told = compile("/bin/sh", &["-c", "env >&2; exit 1"]).to_string();
    let own = ["PWD", "OLDPWD", "SHLVL", "_", "RAYON_NUM_THREADS"];
    let names: Vec<&str> = told
        .trim_start_matches("the component cannot be compiled: ")
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .filter(|name| !own.contains(name))
        .collect();
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn a_function_that_would_take_minutes_is_refused_unread() {
    let mut body = String::new();
    for n in 0..32_000 {
        let _ = write!(
            body,
            "(block (br_if 0 (i32.eq (local.get 0) (i32.const {n}))) (local.set 0 (i32.const {n})))"
        );
    }
    let bomb = wat::parse_str(format!("(component (core module (func (param i32) {body})))")).unwrap();
    assert!(bomb.len() > 400 << 10, "{} bytes", bomb.len());
    let refused =
        Engine::new(None).unwrap().load(&bomb, Sha256Digest::of(&bomb), &Compiler::Here).unwrap_err();
    let EngineError::Component(error) = refused else { panic!("{refused}") };
    assert!(error.to_string().contains("bytes of code in one function"), "{error}");
}
