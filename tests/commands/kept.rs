//! Compiled programs between starts: in `target/cache` of a project, else in the home folder.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

use crate::support::Sandbox;

/// A project whose program uses a module, and calls what its argument names.
fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("app/stryke.toml", "[package]\nname = \"app\"\nversion = \"1.0.0\"\n");
    sandbox.write("app/lib/Twice.stk", "package Twice\nfn of($x) { $x * 2 }\nfn text($x) { \"$x$x\" }\n1\n");
    sandbox.write(
        "app/main.stk",
        "use Twice\nval %do = (of => \\&Twice::of, text => \\&Twice::text)\n\
         p $do{shift @ARGV // \"of\"}->(21)\np \"ab\" =~ /(b)/ ? $1 : \"-\"\n",
    );
    sandbox
}

fn said(sandbox: &Sandbox, args: &[&str]) -> String {
    let mut command = sandbox.command(args);
    let outcome = sandbox.outcome(&command.current_dir(sandbox.work().join("app")).output().unwrap());
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
    outcome.stdout
}

/// The files of the cache.
fn kept(sandbox: &Sandbox) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(sandbox.work().join("app/target/cache")) else { return Vec::new() };
    folder.map(|entry| entry.unwrap().path()).collect()
}

/// The one file, and what changes when it is written again.
fn one(sandbox: &Sandbox) -> (PathBuf, (u64, i64)) {
    let files = kept(sandbox);
    let [file] = &files[..] else { panic!("{files:?}") };
    let metadata = fs::metadata(file).unwrap();
    (file.clone(), (metadata.ino(), metadata.mtime_nsec()))
}

#[test]
fn a_program_is_compiled_once() {
    let sandbox = project();
    assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
    let (file, first) = one(&sandbox);
    assert_eq!(file.extension().unwrap(), "stkc");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // Nothing new, nothing written; then a function more.
    assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
    assert_eq!(one(&sandbox).1, first);
    assert_eq!(said(&sandbox, &["main.stk", "text"]), "2121\nb\n");
    let (_, second) = one(&sandbox);
    assert_ne!(second, first);
    for argument in ["text", "of"] {
        let _ = said(&sandbox, &["main.stk", argument]);
        assert_eq!(one(&sandbox).1, second);
    }
    // Errors have their places.
    sandbox.write("app/main.stk", "fn f($x) { die \"no $x\" }\nf(1)\n");
    for _ in 0..2 {
        let mut command = sandbox.command(&["main.stk"]);
        let outcome = command.current_dir(sandbox.work().join("app")).output().unwrap();
        assert_eq!(outcome.status.code(), Some(255));
        let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert!(said.starts_with("no 1 at main.stk line 1.\n  in main::f at main.stk:1\n"), "{said}");
    }
}

#[test]
fn a_program_in_no_project_is_kept_in_the_home_folder() {
    let sandbox = Sandbox::new();
    let folder = sandbox.home().join("cache/programs");
    let count = || fs::read_dir(&folder).map_or(0, Iterator::count);
    let run = |args: &[&str], expected: &str| {
        let outcome = sandbox.run(args);
        assert_eq!(outcome.status, Some(0), "{}", outcome.text());
        assert_eq!(outcome.stdout, expected);
    };
    sandbox.write("one/a.stk", "p 1\n");
    sandbox.write("two/a.stk", "p 2\n");
    run(&["one/a.stk"], "1\n");
    assert_eq!(count(), 1);
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let metadata = fs::metadata(&file).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    // What is there is used: nothing is written again.
    run(&["one/a.stk"], "1\n");
    assert_eq!(fs::metadata(&file).unwrap().ino(), metadata.ino());
    // Another program of that name, and another text.
    run(&["two/a.stk"], "2\n");
    sandbox.write("one/a.stk", "p 3\n");
    run(&["one/a.stk"], "3\n");
    assert_eq!(count(), 2);
    // What is only said is not kept.
    run(&["-e", "p 4"], "4\n");
    assert_eq!(count(), 2);
}

#[test]
fn what_it_was_made_from_is_asked_again() {
    let sandbox = project();
    assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
    sandbox.write("app/lib/Twice.stk", "package Twice\nfn of($x) { $x * 3 }\nfn text($x) { $x }\n1\n");
    assert_eq!(said(&sandbox, &["main.stk"]), "63\nb\n");
    let text = fs::read_to_string(sandbox.work().join("app/main.stk")).unwrap();
    sandbox.write("app/main.stk", &text.replace("21", "10"));
    assert_eq!(said(&sandbox, &["main.stk"]), "30\nb\n");
    // A module that comes before the one that was found.
    sandbox.write("app/first/Twice.stk", "package Twice\nfn of($x) { \"first $x\" }\nfn text { }\n1\n");
    fs::rename(sandbox.work().join("app/lib"), sandbox.work().join("app/second")).unwrap();
    assert_eq!(said(&sandbox, &["-Isecond", "main.stk"]), "30\nb\n");
    assert_eq!(said(&sandbox, &["-Ifirst", "-Isecond", "main.stk"]), "first 10\nb\n");
    assert_eq!(said(&sandbox, &["-Isecond", "main.stk"]), "30\nb\n");
    // One that is gone.
    fs::remove_dir_all(sandbox.work().join("app/second")).unwrap();
    let outcome = sandbox.command(&["-Isecond", "main.stk"]).current_dir(sandbox.work().join("app")).output();
    let outcome = sandbox.outcome(&outcome.unwrap());
    assert!(outcome.status != Some(0) && outcome.text().contains("Twice"), "{outcome:?}");
    // Plain Perl is another program.
    sandbox.write("app/plain.pl", "print 7 / 2, \"\\n\";\n");
    assert_eq!(said(&sandbox, &["--compat", "plain.pl"]), "3.5\n");
    let count = kept(&sandbox).len();
    let _ = said(&sandbox, &["plain.pl"]);
    assert_eq!(kept(&sandbox).len(), count + 1);
}

#[test]
fn what_is_damaged_or_of_others_is_not_believed() {
    let sandbox = project();
    assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
    let (file, _) = one(&sandbox);
    let good = fs::read(&file).unwrap();
    let length = good.len();
    // Every byte of the beginning, and some of the rest.
    let places = (0..80).step_by(7).chain((80..length).step_by(length / 12));
    let damaged = places.map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x20;
        bytes
    });
    let cut = [0, 8, 40, 71, 72, length - 1].into_iter().map(|length| good[..length].to_vec());
    for bytes in damaged.chain(cut).chain([[&good[..], b"x"].concat()]) {
        fs::write(&file, &bytes).unwrap();
        assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
        assert_eq!(fs::read(&file).unwrap().len(), length, "it was made again");
    }
    // Others may write to it.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // A link, though to the same bytes.
    fs::rename(&file, sandbox.work().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(sandbox.work().join("elsewhere"), &file).unwrap();
    assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
    assert!(fs::symlink_metadata(&file).unwrap().is_file());
}

#[test]
fn where_nothing_can_be_kept_programs_run() {
    let sandbox = project();
    // A file where the folder would be, since a folder that cannot be written stops no administrator.
    sandbox.write("app/target", "");
    for _ in 0..2 {
        assert_eq!(said(&sandbox, &["main.stk"]), "42\nb\n");
    }
    fs::remove_file(sandbox.work().join("app/target")).unwrap();
    // Texts that are in no file, and files of no project, leave nothing behind.
    assert_eq!(said(&sandbox, &["-e", "p 1"]), "1\n");
    sandbox.write("alone/main.stk", "p 2\n");
    assert_eq!(said(&sandbox, &["../alone/main.stk"]), "2\n");
    assert!(kept(&sandbox).is_empty() && fs::read_dir(sandbox.work().join("alone")).unwrap().count() == 1);
}

#[test]
fn many_at_once_keep_one_whole_file() {
    let sandbox = project();
    std::thread::scope(|scope| {
        for number in 0..16 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let argument = if number % 2 == 0 { "of" } else { "text" };
                let says = if number % 2 == 0 { "42\nb\n" } else { "2121\nb\n" };
                for _ in 0..3 {
                    assert_eq!(said(sandbox, &["main.stk", argument]), says);
                }
            });
        }
    });
    // Whoever was last has kept what it knew; no temporary is left.
    let _ = one(&sandbox);
    assert_eq!(said(&sandbox, &["main.stk", "text"]), "2121\nb\n");
}
