//! Every kind of reference, online and offline.

use super::kit::*;
use crate::{Commit, GitError};
use s_project::GitReference;

#[test]
fn every_reference_leads_to_its_commit() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let one = repo.package("json", "1.0.0");
    repo.git(&["tag", "v1.0.0"]);
    repo.git(&["tag", "--annotate", "--message", "x", "annotated"]);
    repo.git(&["tag", "--annotate", "--message", "x", "twice", "annotated"]);
    let two = repo.package("json", "1.1.0");
    repo.git(&["tag", "--annotate", "--message", "x", "v1.1.0"]);
    repo.git(&["branch", "feature/x"]);
    let three = repo.package("json", "2.0.0-rc.1");
    repo.git(&["tag", "2.0.0-rc.1"]);
    let object = repo.git(&["rev-parse", "annotated"]);
    assert_ne!(object, one.as_str());
    let cases = [
        (GitReference::Head, &three),
        (branch("main"), &three),
        (branch("feature/x"), &two),
        (tag("v1.0.0"), &one),
        (tag("annotated"), &one),
        (tag("twice"), &one),
        (tag("v1.1.0"), &two),
        (rev(one.as_str()), &one),
        (rev(&one.as_str().to_uppercase()), &one),
        (rev(&one.as_str()[..7]), &one),
        (rev(&two.as_str()[..20]), &two),
        (rev(&object), &one),
        (version("1"), &two),
        (version("=1.0.0"), &one),
        (version("*"), &two),
        (version(">=2.0.0-rc.1, <3"), &three),
    ];
    for (reference, expected) in cases {
        // Each in a home of its own, so that none finds what another has brought.
        let home = Kit::new();
        let found = home.git().resolve(&repo.url(), &reference, None);
        assert_eq!(found.as_ref().ok(), Some(expected), "{reference:?} {found:?}");
        if !matches!(reference, GitReference::Version(_) | GitReference::Rev(_)) {
            assert_eq!(home.offline().resolve(&repo.url(), &reference, None).unwrap(), *expected);
        }
        let package = home.git().package(&repo.url(), expected, "json").unwrap();
        assert!(package.manifest.is_some());
        assert_eq!(
            home.offline().resolve(&repo.url(), &reference, None).unwrap(),
            *expected,
            "{reference:?}"
        );
    }
}

#[test]
fn a_path_is_an_address_and_the_format_of_names_plays_no_role() {
    let kit = Kit::new();
    let repo = kit.repo_with("json", &["--object-format=sha256"]);
    let commit = repo.package("json", "1.0.0");
    repo.git(&["tag", "v1.0.0"]);
    assert_eq!(commit.as_str().len(), 64);
    let url = repo.path.to_str().unwrap();
    for reference in
        [GitReference::Head, tag("v1.0.0"), version("1"), rev(commit.as_str()), rev(&commit.as_str()[..9])]
    {
        assert_eq!(kit.git().resolve(url, &reference, None).unwrap(), commit, "{reference:?}");
    }
    assert_eq!(files(&kit.git().package(url, &commit, "json").unwrap().root).len(), 1);
}

#[test]
fn tags_are_told_with_versions_and_commits() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let one = repo.package("json", "1.0.0");
    repo.git(&["tag", "--annotate", "--message", "x", "1.0.0"]);
    let two = repo.package("json", "1.10.0");
    for name in ["v1.0.0", "v1.10.0", "nightly", "v1.9"] {
        repo.git(&["tag", name]);
    }
    let found = kit.git().tags(&repo.url()).unwrap();
    let found: Vec<(&str, &Commit)> =
        found.iter().map(|tagged| (tagged.tag.as_str(), &tagged.commit)).collect();
    assert_eq!(found, [("v1.10.0", &two), ("1.0.0", &one)]);
    assert_eq!(kit.offline().tags(&repo.url()).unwrap().len(), 2);
    assert!(matches!(Kit::new().offline().tags(&repo.url()), Err(GitError::Offline { .. })));
}

#[test]
fn what_is_locked_stays_until_it_is_resolved_anew() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let one = repo.package("json", "1.0.0");
    repo.git(&["tag", "v1.0.0"]);
    let git = kit.git();
    assert_eq!(git.resolve(&repo.url(), &branch("main"), None).unwrap(), one);
    let two = repo.package("json", "1.0.1");
    // Somebody moves a tag: who asks anew sees another commit than the locked one.
    repo.git(&["tag", "--force", "v1.0.0"]);
    for reference in [branch("main"), tag("v1.0.0"), GitReference::Head, version("1")] {
        assert_eq!(git.resolve(&repo.url(), &reference, Some(&one)).unwrap(), one, "{reference:?}");
        assert_eq!(git.resolve(&repo.url(), &reference, None).unwrap(), two, "{reference:?}");
    }
    // Digits that the locked commit does not begin with are another commit.
    assert_eq!(git.resolve(&repo.url(), &rev(two.as_str()), Some(&one)).unwrap(), two);
    assert_eq!(git.resolve(&repo.url(), &rev(&one.as_str()[..8]), Some(&one)).unwrap(), one);
    // Without a network, too, and the commit that no name leads to any more can still be had.
    assert_eq!(kit.offline().resolve(&repo.url(), &branch("main"), Some(&one)).unwrap(), one);
    repo.git(&["reset", "--quiet", "--hard", two.as_str()]);
    assert!(git.package(&repo.url(), &one, "json").is_ok());
}

#[test]
fn what_is_missing_is_told_with_what_is_like_it() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    repo.package("json", "1.0.0");
    repo.git(&["tag", "v1.2.0"]);
    repo.git(&["branch", "develop"]);
    let gone = "0123456789abcdef0123456789abcdef01234567";
    for (reference, expected) in [
        (tag("1.2.0"), vec!["v1.2.0"]),
        (tag("v1.2.1"), vec!["v1.2.0"]),
        (branch("mian"), vec!["main"]),
        (tag("develop"), vec!["develop"]),
        (version("^2"), vec!["1.2.0"]),
        (rev(gone), vec![]),
        (rev(&gone[..9]), vec![]),
    ] {
        match kit.git().resolve(&repo.url(), &reference, None) {
            Err(GitError::NotFound { near, reference: of, .. }) => {
                assert_eq!(near, expected, "{reference:?}");
                assert_eq!(of, reference);
            }
            other => panic!("{reference:?}: {other:?}"),
        }
    }
    match kit.git().package(&repo.url(), &gone.parse().unwrap(), "json") {
        Err(GitError::NotFound { .. }) => {}
        other => panic!("{other:?}"),
    }
    let nowhere = format!("file://{}", kit.path("nowhere").display());
    for reference in [GitReference::Head, version("1"), rev(&gone[..9])] {
        match kit.git().resolve(&nowhere, &reference, None) {
            Err(GitError::Unreachable { stderr, .. }) => assert!(stderr.contains("nowhere"), "{stderr}"),
            other => panic!("{other:?}"),
        }
    }
    let empty = kit.repo("empty");
    assert!(matches!(
        kit.git().resolve(&empty.url(), &GitReference::Head, None),
        Err(GitError::NotFound { .. })
    ));
    let blob = repo.blob(b"no commit");
    repo.git(&["tag", "key", &blob]);
    assert!(matches!(kit.git().resolve(&repo.url(), &tag("key"), None), Err(GitError::NotFound { .. })));
}

#[test]
fn digits_of_two_commits_are_ambiguous() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    // Seven digits in common are too rare to be found by trying, so the digits of the question are
    // cut where the crate reads them: the shortest beginning that two of many commits share.
    let mut commits: Vec<Commit> = Vec::new();
    let mut stream = Vec::new();
    for n in 0..2000 {
        let text = format!("commit refs/heads/main\ncommitter a <a@example.com> {n} +0000\ndata 0\n");
        stream.extend_from_slice(text.as_bytes());
    }
    repo.git_with(&["fast-import", "--quiet"], &stream);
    commits.extend(repo.git(&["rev-list", "main"]).lines().map(|line| line.parse::<Commit>().unwrap()));
    commits.sort();
    let pair = commits.windows(2).find(|pair| pair[0].as_str()[..4] == pair[1].as_str()[..4]).unwrap();
    let digits = &pair[0].as_str()[..4];
    let repository =
        crate::objects::Repository { git: kit.git(), url: crate::GitUrl::parse(&repo.url()).unwrap() };
    match crate::resolve::resolve(&repository, &rev(digits)) {
        Err(GitError::AmbiguousRev { rev, commits: found, .. }) => {
            assert_eq!(rev, digits);
            let expected: Vec<Commit> =
                commits.iter().filter(|commit| commit.as_str().starts_with(digits)).cloned().collect();
            assert_eq!(found, expected);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn offline_nothing_is_fetched() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let one = repo.package("json", "1.0.0");
    repo.git(&["tag", "v1.0.0"]);
    let all = [
        GitReference::Head,
        branch("main"),
        tag("v1.0.0"),
        version("1"),
        rev(one.as_str()),
        rev(&one.as_str()[..7]),
    ];
    for reference in &all {
        match kit.offline().resolve(&repo.url(), reference, None) {
            Err(GitError::Offline { reference: of, .. }) => assert_eq!(of, *reference),
            other => panic!("{reference:?}: {other:?}"),
        }
    }
    assert!(matches!(kit.offline().package(&repo.url(), &one, "json"), Err(GitError::Offline { .. })));
    kit.git().resolve(&repo.url(), &branch("main"), None).unwrap();
    let two = repo.package("json", "1.0.1");
    // The objects are here, the folder is not yet.
    assert_eq!(kit.offline().resolve(&repo.url(), &branch("main"), None).unwrap(), one);
    assert!(kit.offline().package(&repo.url(), &one, "json").is_ok());
    assert!(matches!(kit.offline().package(&repo.url(), &two, "json"), Err(GitError::Offline { .. })));
    // A version whose commit is not here is passed over.
    kit.git().tags(&repo.url()).unwrap();
    repo.git(&["tag", "v1.0.1"]);
    kit.git().tags(&repo.url()).unwrap();
    assert_eq!(kit.offline().resolve(&repo.url(), &version("1"), None).unwrap(), one);
}

#[test]
fn digits_are_looked_for_without_files_where_the_server_can() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let one = repo.package("json", "1.0.0");
    repo.package("json", "1.0.1");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let git = kit.git();
    assert_eq!(git.resolve(&repo.url(), &rev(&one.as_str()[..10]), None).unwrap(), one);
    // What was fetched to count commits has no files, so it is not among the objects.
    assert!(matches!(kit.offline().package(&repo.url(), &one, "json"), Err(GitError::Offline { .. })));
    assert_eq!(files(&git.package(&repo.url(), &one, "json").unwrap().root).len(), 1);
}

#[test]
fn a_server_that_gives_only_what_has_a_name_is_asked_for_all() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let one = repo.package("json", "1.0.0");
    repo.package("json", "1.0.1");
    // The first protocol refuses commits by name unless it is told otherwise.
    std::fs::write(kit.path("user/.gitconfig"), "[protocol]\n\tversion = 0\n").unwrap();
    let package = kit.git().package(&repo.url(), &one, "json").unwrap();
    assert_eq!(package.manifest.unwrap(), manifest("json", "1.0.0").as_bytes());
}

/// Serves the files of a folder over HTTP, and nothing that would be worked out.
fn serve(folder: std::path::PathBuf) -> String {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let Some(Ok(first)) = lines.next() else { continue };
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let path = first.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/");
            let (status, body) = match std::fs::read(folder.join(&path[1..])) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    address
}

#[test]
fn a_server_of_plain_files_on_this_machine_will_do() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let one = repo.package("json", "1.0.0");
    repo.git(&["tag", "v1.0.0"]);
    let two = repo.package("json", "1.0.1");
    repo.git(&["update-server-info"]);
    let url = format!("{}/json/.git", serve(kit.folder.path().to_path_buf()));
    let git = kit.git();
    for (reference, expected) in [
        (branch("main"), &two),
        (version("1"), &one),
        (rev(&one.as_str()[..7]), &one),
        (GitReference::Head, &two),
    ] {
        assert_eq!(git.resolve(&url, &reference, None).unwrap(), *expected, "{reference:?}");
    }
    assert!(matches!(git.resolve(&url, &branch("mian"), None), Err(GitError::NotFound { .. })));
    let other = Kit::new();
    assert_eq!(files(&other.git().package(&url, &one, "json").unwrap().root).len(), 1);
    // Git does not check what comes one by one; here it is.
    let blob = repo.blob(b"");
    let folder = repo.git_with(&["mktree"], format!("100644 blob {blob}\tconfig\n").as_bytes());
    repo.commit_literally(&[("40000", ".git", &folder)]);
    repo.git(&["update-server-info"]);
    let error = git.resolve(&url, &branch("main"), None).unwrap_err();
    assert!(matches!(error, GitError::Malformed { .. }), "{error:?}");
}
