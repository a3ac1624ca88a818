//! `examples/story.sh`, the first command of the README: from an empty home to a program on an empty machine.

use std::fs;

use crate::reader::{root, shell};
use crate::support::Sandbox;

#[test]
fn the_whole_story() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains("\nPATH=$PWD/target/release:$PATH sh examples/story.sh demo\n"));

    let sandbox = Sandbox::new();
    let mut command = shell(&sandbox, &sandbox.work());
    command.env_remove("STRYKE_HOME").arg(root().join("examples/story.sh"));
    let outcome = sandbox.outcome(&command.output().expect("there is a shell"));
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    // From the text, and from the file in an empty root.
    let printed = "where  sold\n-----  ----  --------------------\nnorth    20  ████████████████████\n\
                   south     5  █████\nwest     12  ████████████\n";
    assert_eq!(outcome.stdout.matches(printed).count(), 2, "{}", outcome.text());
    for done in
        ["Published acme/text-table 1.0.0 to acme", "Added acme/text-table 1.0.0", "Built target/release/app"]
    {
        assert!(outcome.text().contains(done), "{done}: {}", outcome.text());
    }
    let story = sandbox.work().join("story");
    let left: Vec<_> =
        fs::read_dir(story.join("empty")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["app"]);
}
