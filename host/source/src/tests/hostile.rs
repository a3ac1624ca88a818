//! Repositories, settings and addresses that want to run something or change what is written.

use std::fs;
use std::path::Path;

use s_project::GitReference;

use super::kit::*;
use crate::{GitError, ReferenceFault, UrlFault};

/// Writes a program that leaves a trace when it is run.
fn trap(path: &Path, trace: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\necho \"$0\" >> '{}'\n", trace.display())).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755))
        .unwrap();
}

const HOOKS: [&str; 8] = [
    "applypatch-msg",
    "post-checkout",
    "post-index-change",
    "post-merge",
    "pre-auto-gc",
    "reference-transaction",
    "post-rewrite",
    "fsmonitor-watchman",
];

#[test]
fn nothing_of_a_repository_or_of_templates_runs() {
    let kit = Kit::new();
    let trace = kit.path("trace");
    let repo = kit.repo("json");
    let commit = repo.package("json", "1.0.0");
    for hook in HOOKS {
        trap(&repo.path.join(".git/hooks").join(hook), &trace);
        trap(&kit.path("user/templates/hooks").join(hook), &trace);
        trap(&kit.path("user/hooks").join(hook), &trace);
    }
    let program = kit.path("program");
    trap(&program, &trace);
    let program = program.display();
    // What the repository says of itself.
    let config = repo.path.join(".git/config");
    let mut text = fs::read_to_string(&config).unwrap();
    text.push_str(&format!(
        "[core]\n\tfsmonitor = {program}\n\tsshCommand = {program}\n\thooksPath = {}\n\talternateRefsCommand = {program}\n\tpager = {program}\n\
         [uploadpack]\n\tpackObjectsHook = {program}\n[filter \"x\"]\n\tsmudge = {program}\n\tclean = cat\n\trequired = true\n\
         [diff]\n\texternal = {program}\n[credential]\n\thelper = {program}\n",
        repo.path.join(".git/hooks").display(),
    ));
    fs::write(&config, text).unwrap();
    // What the user has set that would run here.
    fs::write(
        kit.path("user/.gitconfig"),
        format!(
            "[init]\n\ttemplateDir = {}\n[core]\n\thooksPath = {}\n\tfsmonitor = {program}\n\taskPass = {program}\n",
            kit.path("user/templates").display(),
            kit.path("user/hooks").display()
        ),
    )
    .unwrap();
    let git = kit.git();
    for reference in [GitReference::Head, branch("main"), rev(&commit.as_str()[..7])] {
        assert_eq!(git.resolve(&repo.url(), &reference, None).unwrap(), commit);
    }
    git.tags(&repo.url()).unwrap();
    git.package(&repo.url(), &commit, "json").unwrap();
    assert!(!trace.exists(), "{}", fs::read_to_string(&trace).unwrap());
    // The traps do work.
    trap(&kit.path("again"), &trace);
    assert!(std::process::Command::new(kit.path("again")).status().unwrap().success());
    assert!(trace.exists());
}

#[test]
fn attributes_change_no_byte() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let content = b"$Id$ $Format:%H$\r\nline\n\r\n";
    let toml = manifest("json", "1.0.0");
    let lines = [
        (".gitattributes", &b"* ident eol=crlf text export-subst filter=x working-tree-encoding=UTF-16\nsecret export-ignore\n"[..]),
        ("file", &content[..]),
        ("secret", &content[..]),
        ("stryke.toml", toml.as_bytes()),
    ]
    .map(|(name, content)| format!("100644 blob {}\t{name}\n", repo.blob(content)));
    let commit = repo.commit_tree(&lines.concat());
    let trace = kit.path("trace");
    trap(&kit.path("program"), &trace);
    fs::write(
        kit.path("user/.gitconfig"),
        format!(
            "[core]\n\tautocrlf = true\n\teol = crlf\n\tattributesFile = {}\n[filter \"x\"]\n\tsmudge = {}\n\trequired = true\n",
            repo.path.join(".gitattributes").display(),
            kit.path("program").display()
        ),
    )
    .unwrap();
    let package = kit.git().package(&repo.url(), &commit, "json").unwrap();
    for name in ["file", "secret"] {
        assert_eq!(fs::read(package.root.join(name)).unwrap(), content);
    }
    assert_eq!(files(&package.root).len(), 4);
    assert!(!trace.exists());
}

#[test]
fn settings_in_the_home_are_read_but_transports_are_not_opened() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    repo.package("json", "1.0.0");
    let trace = kit.path("trace");
    trap(&kit.path("program"), &trace);
    for instead in [format!("ext::{}%20", kit.path("program").display()), repo.url()] {
        fs::write(
            kit.path("user/.gitconfig"),
            format!(
                "[url \"{instead}\"]\n\tinsteadOf = https://git.example/json\n[protocol]\n\tallow = always\n"
            ),
        )
        .unwrap();
        match kit.git().resolve("https://git.example/json", &GitReference::Head, None) {
            Err(GitError::Unreachable { stderr, .. }) => assert!(stderr.contains("not allowed"), "{stderr}"),
            other => panic!("{other:?}"),
        }
    }
    assert!(!trace.exists());
}

#[test]
fn the_users_way_to_start_ssh_is_kept_and_never_asks() {
    let kit = Kit::new();
    let (trace, program) = (kit.path("trace"), kit.path("program"));
    fs::write(&program, format!("#!/bin/sh\necho \"$@\" >> '{}'\nexit 1\n", trace.display())).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&program, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755))
        .unwrap();
    fs::write(kit.path("user/.gitconfig"), format!("[core]\n\tsshCommand = {} -i key\n", program.display()))
        .unwrap();
    for url in ["git@git.example:acme/json", "ssh://git@git.example:22/acme/json"] {
        let error = kit.git().resolve(url, &GitReference::Head, None).unwrap_err();
        assert!(matches!(error, GitError::Unreachable { .. }), "{error:?}");
    }
    let said = fs::read_to_string(&trace).unwrap();
    assert!(
        said.lines().count() >= 2 && said.lines().all(|line| line.contains("-i key -oBatchMode=yes")),
        "{said}"
    );
    assert!(said.contains("git@git.example git-upload-pack 'acme/json'"), "{said}");
}

#[test]
fn addresses_and_names_that_are_options_are_refused() {
    let kit = Kit::new();
    let trace = kit.path("trace");
    trap(&kit.path("program"), &trace);
    let program = kit.path("program").display().to_string();
    let commit = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    for (url, expected) in [
        (format!("--upload-pack={program}"), UrlFault::Dash),
        (format!("-u{program}"), UrlFault::Dash),
        (format!("ext::{program}"), UrlFault::Transport("ext".into())),
        ("fd::0".to_owned(), UrlFault::Transport("fd".into())),
        (format!("ssh://-oProxyCommand={program}/x"), UrlFault::Dash),
    ] {
        let errors = [
            kit.git().resolve(&url, &GitReference::Head, None).unwrap_err(),
            kit.git().tags(&url).unwrap_err(),
            kit.git().package(&url, &commit, "json").unwrap_err(),
        ];
        for error in errors {
            match error {
                GitError::Url { why, .. } => assert_eq!(why, expected, "{url}"),
                other => panic!("{other:?}"),
            }
        }
    }
    let repo = kit.repo("json");
    for reference in [tag(&format!("--upload-pack={program}")), branch("-x"), rev("--exec=x")] {
        match kit.git().resolve(&repo.url(), &reference, None) {
            Err(GitError::Reference { why, .. }) => assert_eq!(why, ReferenceFault::Dash),
            other => panic!("{other:?}"),
        }
    }
    assert!(!trace.exists());
    assert!(!kit.path("home").exists(), "nothing was made");
}

#[test]
fn a_password_is_refused_and_not_repeated() {
    for url in [
        "https://user:hunter22@git.example/x",
        "https://hunter22@git.example/x",
        "user:hunter22@git.example:x",
        "https://git.example/x?token=hunter22",
    ] {
        let error = Kit::new().git().resolve(url, &GitReference::Head, None).unwrap_err();
        assert!(matches!(error, GitError::Url { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter22"), "{error}");
    }
}
