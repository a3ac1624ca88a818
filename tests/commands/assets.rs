//! `[package.assets]`: what a program has in itself, from its text and as an executable.

use std::fs;
use std::process::Command;

use crate::build::in_an_empty_root;
use crate::market::Market;
use crate::support::{Outcome, Sandbox};

const MANIFEST: &str = "[package]\nname = \"acme/app\"\nversion = \"1.0.0\"\n\n[package.assets]\n\
                        templates = \"share/templates\"\nlogo = \"share/logo.png\"\n";

/// A project with assets, one of which is named by a text of the program and one by a computed name.
fn project(sandbox: &Sandbox) {
    sandbox.write("app/stryke.toml", MANIFEST);
    sandbox.write("app/share/templates/page.html", "<h1>a page that is longer than fourteen bytes</h1>\n");
    sandbox.write("app/share/templates/mail/short.txt", "short");
    sandbox.write("app/share/templates/.hidden", "hidden");
    fs::write(sandbox.work().join("app/share/logo.png"), b"\x89PNG\0\xff not UTF-8").unwrap();
    sandbox.write(
        "app/lib/View.stk",
        "package View\nfn page { asset(\"templates/page.html\") }\nfn any($name) { asset($name) }\n\
         fn names { assets() }\n",
    );
    sandbox.write(
        "app/main.stk",
        "use View\nprint View::page()\np View::any(\"templates/mail/short.txt\")\np join \" \", View::names()\n\
         p length asset(\"logo\")\np scalar(assets)\nmy $page = View::page(); $page .= \"!\"\n\
         p View::page() eq View::any(\"templates/page.html\")\neval { View::any(\"templates/none\") }\nprint $@\n\
         for (\"templates/mail/short.txt\") { p asset }\np join \",\", map { length asset $_ } assets\n\
         p eval 'asset(\"templates/mail/short.txt\")'\n",
    );
}

const SAYS: &str = "<h1>a page that is longer than fourteen bytes</h1>\nshort\n\
                    logo templates/mail/short.txt templates/page.html\n16\n3\n1\n\
                    there is no asset \"templates/none\" in the package `acme/app` at lib/View.stk line 3.\n\
                    short\n16,5,51\nshort\n";

fn in_folder(sandbox: &Sandbox, folder: &str, args: &[&str]) -> Outcome {
    let output = sandbox.command(args).current_dir(sandbox.work().join(folder)).output().unwrap();
    sandbox.outcome(&output)
}

fn says(outcome: &Outcome, text: &str) {
    assert_eq!((outcome.stdout.as_str(), outcome.status), (text, Some(0)), "{}", outcome.text());
}

#[test]
fn a_program_has_its_assets_from_its_text_and_as_an_executable() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    says(&in_folder(&sandbox, "app", &["main.stk"]), SAYS);
    says(&in_folder(&sandbox, "app", &["-e", "p asset(\"templates/mail/short.txt\")"]), "short\n");
    // A text that is only known when the program runs belongs where it is evaluated.
    sandbox.write("app/lib/Late.stk", "package Late\nfn run($text) { eval $text // die }\n");
    sandbox.write(
        "late.stk",
        "push @INC, \"app/lib\"\np Late::run(join \"\", \"ass\", \"et('logo')\")\nuse Late\n",
    );
    let late = in_folder(&sandbox, ".", &["-I", "app/lib", "late.stk"]);
    assert_eq!(late.status, Some(0), "{}", late.text());
    sandbox.write("app/t/test_view.stk", "use View\nassert_eq len(View::names()), 3, \"names\"\ntest_run\n");
    assert_eq!(in_folder(&sandbox, "app", &["test"]).status, Some(0));

    let built = in_folder(&sandbox, "app", &["build", "--release", "--verify"]);
    assert_eq!(built.status, Some(0), "{}", built.text());
    // What is in a file decides whether its executable is up to date.
    let fresh = |sandbox: &Sandbox| {
        in_folder(sandbox, "app", &["build", "--release", "--json"]).json()["programs"][0]["fresh"].clone()
    };
    assert_eq!(fresh(&sandbox), true);
    sandbox.write("app/share/templates/mail/short.txt", "other");
    assert_eq!(fresh(&sandbox), false);
    sandbox.write("app/share/templates/mail/short.txt", "short");
    assert_eq!(fresh(&sandbox), false);

    let file = sandbox.work().join("executable");
    fs::copy(sandbox.work().join("app/target/release/app"), &file).unwrap();
    fs::remove_dir_all(sandbox.work().join("app")).unwrap();
    let output = in_an_empty_root(&sandbox, &file);
    assert_eq!(
        (String::from_utf8_lossy(&output.stdout).as_ref(), output.status.code()),
        (SAYS, Some(0)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_package_sees_its_own_assets_and_no_others() {
    let mut market = Market::new();
    let assets = "[package.assets]\ngreeting = \"greeting.txt\"\n";
    for (folder, name) in [("sources/outer-1.0.0", "outer"), ("near", "near")] {
        market.sandbox.write(
            &format!("{folder}/stryke.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n\n{assets}"),
        );
        market.sandbox.write(&format!("{folder}/greeting.txt"), &format!("the greeting of {name}"));
        market.sandbox.write(
            &format!("{folder}/lib/Hello.stk"),
            &format!(
                "package {name}\nfn {name}::known {{ asset(\"greeting\") }}\nfn {name}::any($n) {{ asset($n) }}\n"
            ),
        );
    }
    market.publish("outer", "1.0.0", &[]);
    market.project(&format!("[deps]\nouter = \"^1\"\nnear = {{ path = \"../near\" }}\n\n{assets}"));
    market.sandbox.write("shop/greeting.txt", "the greeting of shop");
    market.sandbox.write(
        "shop/main.stk",
        "use Outer::Hello\nuse Near::Hello\n\
         p asset(\"greeting\")\np outer::known()\np near::known()\np asset(\"greet\" . \"ing\")\n\
         p $_->(\"greeting\") for \\&outer::any, \\&near::any\neval { outer::any(\"x\") }\nprint $@\n",
    );
    market.done(&["install"]);
    let text = |place: &str| {
        format!(
            "the greeting of shop\nthe greeting of outer\nthe greeting of near\nthe greeting of shop\n\
             the greeting of outer\nthe greeting of near\n\
             there is no asset \"x\" in the package `outer` at {place}lib/Hello.stk line 3.\n"
        )
    };
    let run = market.run(&["main.stk"]);
    assert_eq!(run.status, Some(0), "{}", run.text());
    let lines = |text: &str| text.lines().take(6).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&run.stdout), lines(&text("")));
    assert!(run.stdout.contains("there is no asset \"x\" in the package `outer` at "), "{}", run.stdout);

    market.done(&["build", "-o", "../program"]);
    for gone in
        [market.sandbox.work().join("shop"), market.sandbox.work().join("near"), market.sandbox.home()]
    {
        fs::remove_dir_all(gone).unwrap();
    }
    let output = Command::new(market.sandbox.work().join("program")).env_clear().output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), text("outer@1.0.0/"));
}

#[test]
fn an_executable_has_the_assets_that_its_program_can_ask_for() {
    let sandbox = Sandbox::new();
    sandbox.write("app/stryke.toml", MANIFEST);
    sandbox.write("app/share/logo.png", "the-bytes-of-the-logo");
    sandbox.write("app/share/templates/a", &"the-bytes-of-a".repeat(4000));
    sandbox.write("app/lib/Unused.stk", "package Unused\nfn logo($name) { asset($name) }\n");
    let parts = ["the-bytes-of-the-logo", "the-bytes-of-a", "templates/a"];
    for (text, holds) in [
        ("p 1\n", [false, false, false]),
        ("p asset(\"logo\")\n", [true, false, false]),
        ("p asset(\"lo\" . \"go\")\n", [true, false, false]),
        ("p assets\n", [false, false, true]),
        ("p asset($ARGV[0] // \"logo\")\n", [true, true, true]),
        // A function that nobody can call has nothing.
        ("use Unused\np 1\n", [false, false, false]),
    ] {
        sandbox.write("app/main.stk", text);
        let built = in_folder(&sandbox, "app", &["build", "--release"]);
        assert_eq!(built.status, Some(0), "{}", built.text());
        let bytes = fs::read(sandbox.work().join("app/target/release/app")).unwrap();
        let found = parts.map(|part| bytes.windows(part.len()).any(|window| window == part.as_bytes()));
        assert_eq!(found, holds, "{text}");
    }
    // Bytes are there once, however many places name them.
    sandbox
        .write("app/main.stk", "p asset($ARGV[0]), asset(\"templates/a\"), length asset(\"templates/a\")\n");
    assert_eq!(in_folder(&sandbox, "app", &["build", "--release"]).status, Some(0));
    let bytes = fs::read(sandbox.work().join("app/target/release/app")).unwrap();
    let count = bytes.windows(14).filter(|window| window == b"the-bytes-of-a").count();
    assert_eq!(count, 4000);
}

#[test]
fn names_that_are_not_there_are_mistakes() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    sandbox
        .write("app/wrong.stk", "p asset(\"templates/pgae.html\")\np asset(\"short.txt\")\np asset(\"x\")\n");
    let wrong = in_folder(&sandbox, "app", &["wrong.stk"]);
    assert_eq!(wrong.status, Some(255));
    insta::assert_snapshot!(wrong.stderr, @r#"
    error[S-0319]: there is no asset "templates/pgae.html" in the package `acme/app`
     --> wrong.stk:1:3
      |
    1 | p asset("templates/pgae.html")
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: did you mean `templates/page.html`?
    error[S-0319]: there is no asset "short.txt" in the package `acme/app`
     --> wrong.stk:2:3
      |
    2 | p asset("short.txt")
      |   ^^^^^^^^^^^^^^^^^^
    hint: did you mean `templates/mail/short.txt`?
    error[S-0319]: there is no asset "x" in the package `acme/app`
     --> wrong.stk:3:3
      |
    3 | p asset("x")
      |   ^^^^^^^^^^
    hint: there are `logo`, `templates/mail/short.txt`, `templates/page.html`
    note: Execution of wrong.stk aborted due to compilation errors (the first at wrong.stk line 1).
    "#);
    assert_eq!(in_folder(&sandbox, "app", &["build", "wrong.stk"]).status, Some(1));
    assert_eq!(in_folder(&sandbox, "app", &["check", "wrong.stk"]).status, Some(1));

    sandbox.write("outside.stk", "p asset(\"x\")\np assets\n");
    let outside = in_folder(&sandbox, ".", &["outside.stk"]);
    insta::assert_snapshot!(outside.stderr, @r#"
    error[S-0319]: `asset` is about the package that this text belongs to, and it belongs to none
     --> outside.stk:1:3
      |
    1 | p asset("x")
      |   ^^^^^^^^^^
    hint: assets are files that a `stryke.toml` beside or above this file names in `[package.assets]`
    error[S-0319]: `assets` is about the package that this text belongs to, and it belongs to none
     --> outside.stk:2:3
      |
    2 | p assets
      |   ^^^^^^
    hint: assets are files that a `stryke.toml` beside or above this file names in `[package.assets]`
    note: Execution of outside.stk aborted due to compilation errors (the first at outside.stk line 1).
    "#);
    sandbox.write("bare/stryke.toml", "[package]\nname = \"bare\"\n");
    sandbox.write("bare/main.stk", "p scalar(assets)\n");
    says(&in_folder(&sandbox, "bare", &["main.stk"]), "0\n");
    sandbox.write("bare/main.stk", "p asset(\"x\")\n");
    insta::assert_snapshot!(in_folder(&sandbox, "bare", &["main.stk"]).stderr, @r#"
    error[S-0319]: there is no asset "x" in the package `bare`
     --> main.stk:1:3
      |
    1 | p asset("x")
      |   ^^^^^^^^^^ the package has no assets
    hint: name files or folders in its stryke.toml:
          [package.assets]
          templates = "share/templates"
    note: Execution of main.stk aborted due to compilation errors (the first at main.stk line 1).
    "#);
    // No function of the program can stand in for the table of the compiler.
    sandbox
        .write("bare/main.stk", "my $n = \"asset\"; my @l = (1); eval { (\\@l)->$n(\"x\") }; p $@ ne \"\"\n");
    says(&in_folder(&sandbox, "bare", &["main.stk"]), "1\n");
    // Plain Perl knows neither word.
    sandbox.write("bare/main.pl", "sub assets { 5 } print assets(), \"\\n\";\n");
    says(&in_folder(&sandbox, "bare", &["--compat", "main.pl"]), "5\n");
}

#[test]
fn what_the_manifest_says_wrongly_is_told_with_its_line() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    sandbox.write("secret", "secret\n");
    std::os::unix::fs::symlink("../../secret", sandbox.work().join("app/share/link")).unwrap();
    let large = fs::File::create(sandbox.work().join("app/share/large")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let mut told = String::new();
    for path in ["share/lgo.png", "../secret", "/etc/passwd", "share/link", "share/large", "target", "."] {
        let manifest = MANIFEST.replace("share/logo.png", path);
        sandbox.write("app/stryke.toml", &manifest);
        sandbox.write("app/main.stk", "p length asset(\"logo\")\n");
        let run = in_folder(&sandbox, "app", &["main.stk"]);
        assert_eq!(run.status, Some(255), "{path}: {}", run.text());
        told.push_str(&run.stderr);
        let built = in_folder(&sandbox, "app", &["build"]);
        assert!(built.status == Some(1) && built.stderr.contains("S-3021"), "{path}: {}", built.text());
        let packed = in_folder(&sandbox, "app", &["pack"]);
        assert!(
            packed.status == Some(1) && packed.stderr.contains("stryke.toml:7:8"),
            "{path}: {}",
            packed.text()
        );
    }
    insta::assert_snapshot!(told, @r#"
    error[S-3021]: there is no `share/lgo.png` in the package
     --> stryke.toml:7:8
      |
    7 | logo = "share/lgo.png"
      |        ^^^^^^^^^^^^^^^ named here
    hint: did you mean `share/logo.png`?
    note: Execution of main.stk aborted due to compilation errors (the first at stryke.toml line 7).
    error[S-3021]: `package.assets.logo` leads out of the package, or nowhere: `..` is not allowed in it
     --> stryke.toml:7:8
      |
    7 | logo = "../secret"
      |        ^^^^^^^^^^^ a path below the folder of stryke.toml is expected here
    note: Execution of main.stk aborted due to compilation errors (the first at stryke.toml line 7).
    error[S-3021]: `package.assets.logo` leads out of the package, or nowhere: it is absolute
     --> stryke.toml:7:8
      |
    7 | logo = "/etc/passwd"
      |        ^^^^^^^^^^^^^ a path below the folder of stryke.toml is expected here
    note: Execution of main.stk aborted due to compilation errors (the first at stryke.toml line 7).
    error[S-3021]: `share/link` is a link that leads out of the package or nowhere, or no file at all
     --> stryke.toml:7:8
      |
    7 | logo = "share/link"
      |        ^^^^^^^^^^^^ named here
    hint: put the file itself there
    note: Execution of main.stk aborted due to compilation errors (the first at stryke.toml line 7).
    error[S-3021]: the assets of the package are larger than 64 MiB together, or more than 10000 files
     --> stryke.toml:7:8
      |
    7 | logo = "share/large"
      |        ^^^^^^^^^^^^^ named here
    hint: name only what programs need, and let them read the rest from a place that they are told
    note: Execution of main.stk aborted due to compilation errors (the first at stryke.toml line 7).
    error[S-3021]: `package.assets.logo` names what no archive of the package has
     --> stryke.toml:7:8
      |
    7 | logo = "target"
      |        ^^^^^^^^ hidden files, `target`, `vendor` and `examples` are left out of packages
    note: Execution of main.stk aborted due to compilation errors (the first at stryke.toml line 7).
    error[S-3021]: `package.assets.logo` is the folder of the package itself
     --> stryke.toml:7:8
      |
    7 | logo = "."
      |        ^^^ a file or folder below it is expected here
    note: Execution of main.stk aborted due to compilation errors (the first at stryke.toml line 7).
    "#);
}

#[test]
fn an_archive_has_the_assets() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    let packed = in_folder(&sandbox, "app", &["pack", "--json"]).json();
    let files: Vec<&str> =
        packed["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(
        files,
        [
            "lib/View.stk",
            "main.stk",
            "share/logo.png",
            "share/templates/mail/short.txt",
            "share/templates/page.html",
            "stryke.toml"
        ]
    );
}
