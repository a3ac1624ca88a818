//! Output that nobody reads, or that cannot be written.

use std::io::Read;
use std::process::Stdio;

use crate::support::Sandbox;

#[test]
fn a_reader_who_went_away_changes_nothing_and_hears_nothing() {
    let sandbox = Sandbox::new();
    for (args, status) in
        [(&["help"][..], 0), (&["completions", "bash"], 0), (&["explain", "0", "--json"], 2)]
    {
        let (reader, writer) = std::io::pipe().expect("the system has pipes");
        drop(reader);
        let output =
            sandbox.command(args).stdout(writer).stderr(Stdio::piped()).output().expect("it was built");
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(status), &b""[..]), "{args:?}");
    }
}

#[test]
fn a_reader_who_goes_away_in_the_middle() {
    let sandbox = Sandbox::new();
    let mut child =
        sandbox.command(&["completions", "bash"]).stdout(Stdio::piped()).spawn().expect("it was built");
    let mut first = [0; 16];
    child.stdout.take().expect("it is piped").read_exact(&mut first).expect("there is a script");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn errors_that_nobody_reads() {
    let sandbox = Sandbox::new();
    let (reader, writer) = std::io::pipe().expect("the system has pipes");
    drop(reader);
    let output =
        sandbox.command(&["nonsense"]).stderr(writer).stdout(Stdio::piped()).output().expect("it was built");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
}

#[test]
fn a_full_disk_is_an_error() {
    let sandbox = Sandbox::new();
    // A file that is always full; not every system has one.
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let output =
        sandbox.command(&["version"]).stdout(full).stderr(Stdio::piped()).output().expect("it was built");
    let outcome = sandbox.outcome(&output);
    assert_eq!(outcome.status, Some(1), "{outcome:?}");
    assert!(outcome.stderr.starts_with("error[S-1004]: cannot write to standard output: "), "{outcome:?}");
}
