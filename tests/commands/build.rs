//! `s build`: executables, what they are, and what happens where none can be made.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{Sandbox, temporaries_below};

/// A project with a module of its own, a class, a pattern, data and a closure.
fn project(sandbox: &Sandbox) {
    sandbox.write("app/stryke.toml", "[package]\nname = \"acme/app\"\nversion = \"1.0.0\"\n");
    sandbox.write(
        "app/main.stk",
        "use Shapes;\nmy @all = map { Shapes::square($_) } 1..4;\nsay join(\",\", map { $_->area } @all);\n\
         my $secret_source_marker = \"x=41\";\nsay $1 + 1 if $secret_source_marker =~ /x=(\\d+)/;\n\
         my %count; $count{length $_}++ for qw(a bb cc ddd);\n\
         say join \" \", map { \"$_:$count{$_}\" } sort { $a <=> $b } keys %count;\n\
         say eval { die \"caught\\n\"; 1 } // \"error: $@\";\nsay sprintf(\"%.3f\", 2 ** 0.5);\nexit 3;\n",
    );
    sandbox.write(
        "app/lib/Shapes.stk",
        "package Shapes;\nclass Square { side: Int = 0; fn area { $self->side * $self->side } }\n\
         fn square($side) { Square(side => $side) }\n1;\n",
    );
}

const SAYS: &str = "1,4,9,16\n42\n1:1 2:2 3:1\nerror: caught\n\n1.414\n";

fn in_app(sandbox: &Sandbox, args: &[&str]) -> crate::support::Outcome {
    let mut command = sandbox.command(args);
    let output = command.current_dir(sandbox.work().join("app")).output().unwrap();
    sandbox.outcome(&output)
}

fn ran(output: &Output) -> (String, Option<i32>) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

#[test]
fn s03_a_project_becomes_one_file_that_does_what_its_text_does() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    // `command` clears the environment: there is no PATH, so no compiler and no linker of the system.
    let built = in_app(&sandbox, &["build", "--release", "--json"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    let answer = built.json();
    assert_eq!(answer["programs"][0]["name"], "app");
    assert_eq!(answer["programs"][0]["fresh"], false);
    let file = sandbox.work().join("app/target/release/app");
    let from_text = sandbox.command(&["main.stk"]).current_dir(sandbox.work().join("app")).output().unwrap();
    let from_file = Command::new(&file).env_clear().output().unwrap();
    assert_eq!(ran(&from_file), (SAYS.to_owned(), Some(3)));
    assert_eq!(ran(&from_file), ran(&from_text));
    assert_eq!(from_file.stderr, from_text.stderr);

    let bytes = fs::read(&file).unwrap();
    let again = in_app(&sandbox, &["build", "--release", "--json"]).json();
    assert_eq!(again["programs"][0]["fresh"], true);
    assert_eq!(again["programs"][0]["digest"], answer["programs"][0]["digest"]);

    // A record that somebody changed is none.
    let record = sandbox.work().join("app/target/release/.app.built");
    let mut text = fs::read(&record).unwrap();
    *text.last_mut().unwrap() ^= 1;
    fs::write(&record, text).unwrap();
    assert_eq!(in_app(&sandbox, &["build", "--release", "--json"]).json()["programs"][0]["fresh"], false);

    // What somebody did to the file is noticed, and so is another text.
    fs::write(&file, "something else").unwrap();
    assert_eq!(in_app(&sandbox, &["build", "--release", "--json"]).json()["programs"][0]["fresh"], false);
    assert!(fs::read(&file).unwrap() == bytes, "the same program has the same bytes");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(in_app(&sandbox, &["build", "--release", "--json"]).json()["programs"][0]["fresh"], false);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o111, 0o111);
    sandbox.write("app/lib/Shapes.stk", "package Shapes;\nfn square($side) { die \"no squares\\n\" }\n1;\n");
    assert_eq!(in_app(&sandbox, &["build", "--release", "--json"]).json()["programs"][0]["fresh"], false);
    let changed = Command::new(&file).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&changed.stderr).lines().next(), Some("no squares"));
}

#[test]
fn what_did_not_change_is_not_done_again() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    let built = |says: &str| {
        let answer = in_app(&sandbox, &["build", "--release", "--timings", "--json"]).json();
        let program = &answer["programs"][0];
        let output = Command::new(sandbox.work().join("app/target/release/app")).output().unwrap();
        assert_eq!(ran(&output), (says.to_owned(), Some(3)), "{answer}");
        let steps: Vec<String> = program["milliseconds"].as_object().unwrap().keys().cloned().collect();
        (program["fresh"].as_bool().unwrap(), steps, program["digest"].as_str().unwrap().to_owned())
    };
    let kept = sandbox.work().join("app/target/cache/app-x86_64-linux-release.stkm");
    let first = built(SAYS);
    assert!(!first.0);
    let code = fs::read(&kept).unwrap();
    let again = built(SAYS);
    assert_eq!((again.0, &again.2), (true, &first.2));
    assert_eq!(again.1, ["compare"], "nothing is read but texts");

    // A file that stands before the one that was found, and one that only looks different.
    let module = fs::read_to_string(sandbox.work().join("app/lib/Shapes.stk")).unwrap();
    sandbox.write("app/lib/Shapes.stk", &module.replace("class Square", "# Shapes.\nclass Square"));
    assert!(!built(SAYS).0, "lines of the text are in the executable");
    sandbox.write("app/lib/Shapes.stk", &module);
    assert_eq!(built(SAYS).2, first.2);
    assert_eq!(fs::read(&kept).unwrap(), code);

    // One function changes; all others are taken from what is kept, and what comes out is what a build from
    // nothing gives.
    sandbox.write("app/lib/Shapes.stk", &module.replace("$self->side * $self->side", "$self->side * 10"));
    let changed = built(&SAYS.replace("1,4,9,16", "10,20,30,40"));
    fs::remove_dir_all(sandbox.work().join("app/target")).unwrap();
    assert_eq!(built(&SAYS.replace("1,4,9,16", "10,20,30,40")).2, changed.2);

    // What is kept is checked; damaged, it is compiled.
    sandbox.write("app/lib/Shapes.stk", &module);
    let mut damaged = fs::read(&kept).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&kept, damaged).unwrap();
    assert_eq!(built(SAYS).2, first.2);
    assert_eq!(fs::read(&kept).unwrap(), code);
}

#[test]
fn nothing_is_written_where_no_executable_belongs() {
    let sandbox = Sandbox::new();
    let before = |name: &str| fs::read_to_string(sandbox.work().join(name)).unwrap();
    // A project of somebody else names programs as it likes.
    sandbox.write("victim", "precious\n");
    for name in ["../../../victim", "/tmp/anywhere", "a/b", ".."] {
        let manifest =
            format!("[package]\nname = \"app\"\nversion = \"1.0.0\"\n[bin]\n\"{name}\" = \"main.stk\"\n");
        sandbox.write("app/stryke.toml", &manifest);
        sandbox.write("app/main.stk", "p 1\n");
        let refused = in_app(&sandbox, &["build"]);
        assert!(refused.status == Some(1) && refused.stderr.starts_with("error[S-3003]"), "{refused:?}");
        assert!(!sandbox.work().join("app/target").exists());
    }
    assert_eq!(before("victim"), "precious\n");

    // A program whose name has no ending, and what else stands where its executable would.
    sandbox.write("prog", "p \"hi\"\n");
    sandbox.write("other.stk", "p 2\n");
    sandbox.write("other", "notes\n");
    for (args, kept) in [
        (&["build", "prog"][..], "prog"),
        (&["build", "other.stk"], "other"),
        (&["build", "other.stk", "-o", "other.stk"], "other.stk"),
    ] {
        let text = before(kept);
        let refused = sandbox.run(args);
        assert!(refused.status == Some(2) && refused.stderr.contains("-o FILE"), "{refused:?}");
        assert_eq!(before(kept), text);
    }
    assert_eq!(sandbox.run(&["build", "prog", "-o", "made"]).status, Some(0));
    assert_eq!(sandbox.run(&["build", "prog", "-o", "made"]).status, Some(0), "an executable is replaced");

    // What is kept in a project is nobody else's word: sealed by another home, it is not believed.
    sandbox.write("app/stryke.toml", "[package]\nname = \"app\"\nversion = \"1.0.0\"\n");
    assert_eq!(in_app(&sandbox, &["build", "--json"]).json()["programs"][0]["fresh"], false);
    assert_eq!(in_app(&sandbox, &["build", "--json"]).json()["programs"][0]["fresh"], true);
    fs::remove_dir_all(sandbox.home().join("private")).unwrap();
    assert_eq!(in_app(&sandbox, &["build", "--json"]).json()["programs"][0]["fresh"], false);
}

#[test]
fn an_executable_needs_nothing_and_holds_no_text_of_its_program() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    for (args, is_pie) in [(&["build", "--release"][..], false), (&["build", "--release", "--pie"], true)] {
        assert_eq!(in_app(&sandbox, args).status, Some(0));
        let file = sandbox.work().join("app/target/release/app");
        let bytes = fs::read(&file).unwrap();
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        assert_eq!(&bytes[..4], b"\x7fELF");
        assert_eq!(word(16), if is_pie { 3 } else { 2 }, "ET_DYN or ET_EXEC");
        let headers = usize::try_from(u64::from_le_bytes(bytes[32..40].try_into().unwrap())).unwrap();
        let mut stack_flags = None;
        for index in 0..usize::from(word(56)) {
            let at = headers + index * usize::from(word(54));
            let kind = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            let flags = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap());
            assert_ne!(kind, 3, "an interpreter");
            assert!(is_pie || kind != 2, "a dynamic section");
            assert!(kind != 1 || flags & 3 != 3, "pages that are written and run");
            if kind == 0x6474_e551 {
                stack_flags = Some(flags);
            }
        }
        assert_eq!(stack_flags.map(|flags| flags & 1), Some(0), "the stack is not executable");
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        for part in [
            // The program's own text and names of what it has.
            "secret_source_marker",
            "my @all",
            "map {",
            "fn square",
            "keys %count",
            "use Shapes",
            // What makes code, in any of its forms.
            "cranelift",
            "regalloc",
            "wasmtime",
            "codegen/",
            "stkc",
            "iadd",
            "brif",
        ] {
            assert!(!holds(part), "the executable holds `{part}`");
        }
        assert_eq!(ran(&Command::new(&file).output().unwrap()), (SAYS.to_owned(), Some(3)));
        assert_eq!(ran(&in_an_empty_root(&sandbox, &file)), (SAYS.to_owned(), Some(3)));
    }
}

/// Runs a file in a root directory that holds nothing else.
pub(crate) fn in_an_empty_root(sandbox: &Sandbox, file: &Path) -> Output {
    let root = sandbox.work().join("root");
    fs::create_dir_all(&root).unwrap();
    fs::copy(file, root.join("app")).unwrap();
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut command = Command::new(if is_root { "chroot" } else { "unshare" });
    if !is_root {
        command.args(["--map-root-user", "chroot"]);
    }
    let output = command.arg(&root).arg("/app").output().unwrap();
    fs::remove_dir_all(&root).unwrap();
    output
}

#[test]
fn folders_homes_and_threads_change_no_byte() {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for jobs in ["1", "2", "7"] {
        let sandbox = Sandbox::new();
        project(&sandbox);
        for args in [&["build", "--release", "-j", jobs][..], &["build", "-j", jobs, "--verify"]] {
            let built = in_app(&sandbox, args);
            assert_eq!(built.status, Some(0), "{built:?}");
        }
        let of =
            |profile: &str| fs::read(sandbox.work().join("app/target").join(profile).join("app")).unwrap();
        all.push([of("release"), of("debug")].concat());
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn s23_executables_for_other_machines() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    for (target, runner) in
        [("aarch64-linux", "qemu-aarch64-static"), ("riscv64-linux", "qemu-riscv64-static")]
    {
        let built = in_app(&sandbox, &["build", "--release", "--target", target, "--json"]);
        assert_eq!(built.status, Some(0), "{built:?}");
        let file = sandbox.work().join("app/target").join(target).join("release/app");
        assert_eq!(built.json()["target"], target);
        assert_eq!(&fs::read(&file).unwrap()[..4], b"\x7fELF");
        // Where there is no emulator, that it was built is all that can be said.
        if Command::new(runner).arg("--version").output().is_ok() {
            assert_eq!(ran(&Command::new(runner).arg(&file).output().unwrap()), (SAYS.to_owned(), Some(3)));
        }
    }
}

#[test]
fn files_by_themselves_and_what_is_written_beside() {
    let sandbox = Sandbox::new();
    sandbox.write("tool.stk", "fn twice($n) { $n * 2 }\nsay twice($ARGV[0]);\n");
    let built = sandbox.run(&["build", "tool.stk", "-o", "out/tool", "--emit=ir,clif,asm,obj,link-map"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    let output = Command::new(sandbox.work().join("out/tool")).arg("21").output().unwrap();
    assert_eq!(ran(&output), ("42\n".to_owned(), Some(0)));
    let beside = |ending: &str| fs::read(sandbox.work().join(format!("out/tool.{ending}"))).unwrap();
    for (ending, part) in [("ir", "function 0"), ("clif", "block0"), ("s", "main::twice"), ("map", "_start")]
    {
        let text = String::from_utf8(beside(ending)).unwrap();
        assert!(text.contains(part) && text.lines().count() > 5, "{ending}: {text}");
    }
    assert_eq!(&beside("o")[..4], b"\x7fELF");
    assert_eq!(sandbox.run(&["build", "tool.stk"]).status, Some(0));
    assert!(sandbox.work().join("tool").is_file());
}

#[test]
fn what_needs_a_compiler_later_is_said_now() {
    let sandbox = Sandbox::new();
    sandbox.write("stryke.toml", "[package]\nname = \"a/b\"\nversion = \"1.0.0\"\n");
    sandbox.write(
        "main.stk",
        "my $r = eval $ARGV[0];\nprint $@ ? \"no: $@\" : $r;\nprint eval \"1 + 1\", \"\\n\";\n",
    );
    let built = sandbox.run(&["build"]);
    assert_eq!(built.status, Some(0));
    let (warned, _) = built.stderr.rsplit_once("      Built ").unwrap();
    insta::assert_snapshot!(warned, @r#"
    warning[S-0403]: this text is known only when the program runs, and an executable has no compiler: the `eval` will fail with an error in `$@`
     --> main.stk:1:9
      |
    1 | my $r = eval $ARGV[0];
      |         ^^^^^^^^^^^^^
    hint: a text that can be told from the program is compiled into it; a table of functions often says the same
    "#);
    let output = Command::new(sandbox.work().join("target/debug/b")).arg("2").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    insta::assert_snapshot!(text, @r#"
    no: eval STRING: code generation is not available in this binary at main.stk line 1.
    2
    "#);
    sandbox.write(
        "stryke.toml",
        "[package]\nname = \"a/b\"\nversion = \"1.0.0\"\n\n[build]\ndeny-eval = true\n",
    );
    let denied = sandbox.run(&["build"]);
    assert_eq!(denied.status, Some(1));
    insta::assert_snapshot!(denied.stderr, @r#"
    error[S-0403]: this text is known only when the program runs, and an executable has no compiler: the `eval` will fail with an error in `$@`
      `[build] deny-eval` is on
     --> main.stk:1:9
      |
    1 | my $r = eval $ARGV[0];
      |         ^^^^^^^^^^^^^
    hint: a text that can be told from the program is compiled into it; a table of functions often says the same
    "#);
}

#[test]
fn what_is_part_of_an_executable_can_be_required_by_a_computed_name() {
    let sandbox = Sandbox::new();
    sandbox.write("lib/Deep/Part.stk", "package Deep::Part;\nfn one { 1 }\n1;\n");
    sandbox.write("stryke.toml", "[package]\nname = \"a/b\"\nversion = \"1.0.0\"\n");
    sandbox.write(
        "main.stk",
        "use Deep::Part;\nfor my $name (\"Deep::Part\", \"Deep/Part.pm\", \"Part\", \"eep::Part\", \"Other\") {\n  \
         my $there = eval { require $name; 1 };\n  say \"$name: \", $there ? \"yes\" : \"no\";\n}\n",
    );
    assert_eq!(sandbox.run(&["build"]).status, Some(0));
    let output = Command::new(sandbox.work().join("target/debug/b")).output().unwrap();
    let says = "Deep::Part: yes\nDeep/Part.pm: yes\nPart: no\neep::Part: no\nOther: no\n";
    assert_eq!(ran(&output), (says.to_owned(), Some(0)));
}

#[test]
fn an_executable_has_the_builtins_its_methods_may_mean() {
    let sandbox = Sandbox::new();
    let text = |method: &str| {
        format!(
            "class Point {{ x: Int = 0; fn shown {{ \"x is \" . $self->x }} }}\np Point(x => 3)->shown\n\
             open my $file, \"<\", \"some.txt\" or die\np {method}\nprint $file->getline\n"
        )
    };
    sandbox.write("some.txt", "abcdef\n");
    let mut sizes = Vec::new();
    // No method, one whose name is in the text, and one whose name is computed: of a handle, then of what may
    // be a pipeline, whose methods are all builtins of lists.
    for (name, method, says) in [
        ("none", "\"-\"", "-\nabcdef"),
        ("named", "$file->sysseek(2, 0)", "2\ncdef"),
        ("computed", "do { my $name = join \"\", qw(sys seek); $file->$name(2, 0) }", "2\ncdef"),
        (
            "piped",
            "do { my $name = join \"\", qw(un iq); join \"\", pipeline(1, 1, 2)->$name->collect }",
            "12\nabcdef",
        ),
    ] {
        sandbox.write(&format!("{name}.stk"), &text(method));
        let built = sandbox.run(&["build", &format!("{name}.stk"), "-o", name]);
        assert_eq!(built.status, Some(0), "{built:?}");
        let file = sandbox.work().join(name);
        let output = Command::new(&file).current_dir(sandbox.work()).output().unwrap();
        assert_eq!(ran(&output), (format!("x is 3\n{says}\n"), Some(0)), "{name}");
        sizes.push(fs::metadata(&file).unwrap().len());
    }
    assert!(sizes[0] < 320_000 && sizes[1] < sizes[0] + 10_000, "{sizes:?}");
    assert!(sizes[2] < sizes[0] + 80_000 && sizes[3] > 1_000_000, "{sizes:?}");
}

#[test]
fn the_names_of_the_language_take_no_builtins_along() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "all.stk",
        "p join \" \", map { \"$_:$all{$_}\" } grep { exists $all{$_} } qw(sum sin gzip pmap nobody)\n",
    );
    let built = sandbox.run(&["build", "--release", "all.stk", "-o", "all"]);
    assert_eq!(built.status, Some(0), "{built:?}");
    let file = sandbox.work().join("all");
    let output = Command::new(&file).output().unwrap();
    assert_eq!(ran(&output), ("sum:math sin:math gzip:codec pmap:parallel\n".to_owned(), Some(0)));
    let size = fs::metadata(&file).unwrap().len();
    assert!(size < 300_000, "{size}");
}

#[test]
fn what_cannot_be_built_leaves_what_was_there() {
    let sandbox = Sandbox::new();
    let none = sandbox.run(&["build"]);
    assert!(none.stderr.starts_with("error[S-3005]"), "{none:?}");
    sandbox.write("stryke.toml", "[package]\nname = \"a/b\"\nversion = \"1.0.0\"\n");
    let none = sandbox.run(&["build"]);
    insta::assert_snapshot!(none.stderr, @r#"
    error[S-5160]: this package has no program
      looked for `[bin]` in stryke.toml, for files in `bin`, and for `main.stk`
    hint: a file by itself: s build FILE
    "#);
    sandbox.write("bin/one.stk", "say 1\n");
    sandbox.write("bin/two.stk", "say 2\n");
    assert_eq!(sandbox.run(&["build", "--bin", "one"]).status, Some(0));
    let file = sandbox.work().join("target/debug/one");
    let bytes = fs::read(&file).unwrap();
    insta::assert_snapshot!(sandbox.run(&["build", "--bin", "three"]).stderr, @r#"
    error[S-5160]: this package has no program `three`
      there are: one, two
    hint: for one of them: s build --bin one
    "#);
    insta::assert_snapshot!(sandbox.run(&["build", "-o", "x"]).stderr, @r#"
    error[S-1001]: one name cannot be that of several executables
      programs: one, two
    hint: choose one: s build --bin NAME -o FILE
    "#);
    insta::assert_snapshot!(sandbox.run(&["build", "--target", "riscv46-linux"]).stderr, @r#"
    error[S-5150]: there is no target `riscv46-linux`: `riscv46` means nothing in a target
    hint: did you mean: s target info riscv64-linux
    hint: did you mean: s target info aarch64-linux
    hint: did you mean: s target info x86_64-linux
    hint: if you have a pack for it: s target add PATH|URL|PACKAGE
    hint: all that are known: s target list
    "#);

    sandbox.write("bin/one.stk", "say (1\n");
    let wrong = sandbox.run(&["build", "--bin", "one"]);
    assert_eq!(wrong.status, Some(1));
    insta::assert_snapshot!(wrong.stderr, @r#"
    error[S-0106]: `(` is never closed
     --> bin/one.stk:1:5
      |
    1 | say (1
      |     ^ opened here, and still open at the end
    hint: add a `)`
    "#);
    assert!(fs::read(&file).unwrap() == bytes);

    // No room for the file: the limit of a process stands for a disk that is full.
    sandbox.write("bin/one.stk", "say 11\n");
    let script = "trap '' XFSZ; ulimit -f 16; exec \"$0\" build --bin one";
    let s = sandbox.command(&[]).get_program().to_owned();
    let mut command = Command::new("/bin/sh");
    let full = sandbox.command(&[]);
    for (name, value) in full.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.args(["-c", script]).arg(&s).current_dir(sandbox.work()).output().unwrap();
    let full = sandbox.outcome(&output);
    assert!(full.status == Some(1) && full.stderr.starts_with("error[S-4001]"), "{full:?}");
    assert!(fs::read(&file).unwrap() == bytes);
    assert_eq!(temporaries_below(&sandbox.work().join("target")), Vec::<std::path::PathBuf>::new());

    // A folder that is not a folder, whoever runs this.
    fs::rename(sandbox.work().join("target"), sandbox.work().join("kept")).unwrap();
    sandbox.write("target", "a file");
    let blocked = sandbox.run(&["build", "--bin", "one"]);
    assert!(blocked.status == Some(1) && blocked.stderr.starts_with("error[S-40"), "{blocked:?}");
    assert!(fs::read(sandbox.work().join("kept/debug/one")).unwrap() == bytes);
    assert_eq!(
        fs::metadata(sandbox.work().join("kept/debug/one")).unwrap().permissions().mode() & 0o111,
        0o111
    );
}
