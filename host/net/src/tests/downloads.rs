//! Downloads.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use s_kit::{Answer, Server};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{client, permit, secret};
use crate::{AttemptError, Auth, DownloadError, DownloadPlan, Downloaded, NetError, download};

const FILE: &[u8] = b"the file that was asked for";

/// Every writer that was given out.
#[derive(Clone, Default)]
struct Files(Arc<Mutex<Vec<Vec<u8>>>>);

struct File(Files, usize);

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.lock().unwrap()[self.1].extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Files {
    fn open(&self) -> Box<dyn Write + Send> {
        let mut files = self.0.lock().unwrap();
        files.push(Vec::new());
        Box::new(File(self.clone(), files.len() - 1))
    }
}

fn server() -> Server {
    Server::start(|request| match request.path() {
        "/file" => Answer::ok(FILE).chunked(5),
        "/other" => Answer::ok("another file, just as long!"),
        "/long" => Answer::ok(FILE.repeat(2)).chunked(5),
        "/endless" => Answer::endless(),
        "/announced" => Answer::ok(FILE.repeat(2)),
        "/short" => Answer::ok(&FILE[..5]).chunked(5),
        "/cut" => Answer::ok(FILE).truncated(9),
        "/echo" => Answer::echo(request),
        _ => Answer::status(404),
    })
}

fn plan(server: &Server, paths: &[&str]) -> DownloadPlan {
    DownloadPlan {
        urls: paths.iter().map(|path| Url::parse(&server.url(path)).unwrap()).collect(),
        headers: Vec::new(),
        auth: Auth::None,
        permit: permit(&[&server.origin()]),
        expected: Some(Sha256::digest(FILE).into()),
        expected_size: Some(FILE.len() as u64),
        bytes_max: 1 << 20,
    }
}

async fn run(plan: &DownloadPlan, files: &Files) -> Result<Downloaded, DownloadError> {
    download(&client(), plan, &mut || Ok(files.open())).await
}

#[tokio::test]
async fn the_first_mirror_that_has_the_file_gives_it() {
    let server = server();
    let files = Files::default();
    let found = run(&plan(&server, &["/gone", "/other", "/short", "/file", "/long"]), &files).await.unwrap();
    assert_eq!(found.bytes, FILE.len() as u64);
    assert_eq!(found.sha256, <[u8; 32]>::from(Sha256::digest(FILE)));
    assert_eq!(found.url.as_str(), server.url("/file"));
    let files = files.0.lock().unwrap();
    assert_eq!(files.len(), 4, "each attempt has a writer of its own");
    assert_eq!(files[3], FILE);
    assert_eq!(server.request_count(), 4);
}

#[tokio::test]
async fn every_failure_is_told() {
    let server = server();
    let plan = plan(&server, &["/gone", "/other", "/short", "/long", "/endless", "/announced", "/cut"]);
    let files = Files::default();
    let error = run(&plan, &files).await.unwrap_err();
    let text = error.to_string();
    let DownloadError::Failed(attempts) = error else { panic!("{text}") };
    assert!(matches!(attempts[0].error, AttemptError::Status { status: 404, .. }));
    assert!(
        matches!(attempts[1].error, AttemptError::DigestMismatch { expected, .. } if Some(expected) == plan.expected)
    );
    assert!(matches!(attempts[2].error, AttemptError::SizeMismatch { actual: Some(5), .. }));
    for attempt in &attempts[3..6] {
        assert!(matches!(attempt.error, AttemptError::SizeMismatch { actual: None, .. }), "{attempt:?}");
    }
    // What breaks off may not break off again.
    assert_eq!(attempts.len(), 9);
    for attempt in &attempts[6..] {
        assert!(matches!(attempt.error, AttemptError::Net(NetError::Truncated { received: 9, .. })));
    }
    assert_eq!(text.matches("; ").count(), 8);
    assert!(text.contains(&format!("`{}` answered 404", server.url("/gone"))), "{text}");
    assert!(
        files.0.lock().unwrap().iter().all(|file| file.len() <= FILE.len()),
        "no more than expected is written"
    );
}

#[tokio::test]
async fn unknown_files_are_limited_and_measured() {
    let server = server();
    let mut unknown = DownloadPlan { expected: None, expected_size: None, ..plan(&server, &["/file"]) };
    let files = Files::default();
    assert_eq!(run(&unknown, &files).await.unwrap().sha256, <[u8; 32]>::from(Sha256::digest(FILE)));
    unknown.bytes_max = 5;
    let error = run(&unknown, &files).await.unwrap_err();
    let DownloadError::Failed(attempts) = error else { panic!("{error:?}") };
    assert!(matches!(attempts[0].error, AttemptError::Net(NetError::BodyTooLarge { limit: 5, .. })));
    unknown.urls.clear();
    assert!(
        matches!(run(&unknown, &files).await, Err(DownloadError::Failed(attempts)) if attempts.is_empty())
    );
}

#[tokio::test]
async fn secrets_do_not_go_to_public_mirrors() {
    let (private, public) = (Server::start(|_| Answer::status(404)), server());
    let plan = DownloadPlan {
        urls: vec![Url::parse(&private.url("/file")).unwrap(), Url::parse(&public.url("/echo")).unwrap()],
        auth: Auth::Bearer(secret("t0ken-t0ken", &[&private.origin()])),
        permit: permit(&[&private.origin(), &public.origin()]),
        expected: None,
        expected_size: None,
        ..plan(&public, &[])
    };
    let files = Files::default();
    run(&plan, &files).await.unwrap();
    assert_eq!(private.received()[0].header("authorization"), Some("Bearer t0ken-t0ken"));
    assert_eq!(public.received()[0].header("authorization"), None);
}

#[tokio::test]
async fn writers_that_fail_end_the_download() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let server = server();
    let plan = plan(&server, &["/file", "/file"]);
    let error = download(&client(), &plan, &mut || Ok(Box::new(Full))).await.unwrap_err();
    assert!(matches!(error, DownloadError::Write(error) if error.kind() == io::ErrorKind::StorageFull));
    assert_eq!(server.request_count(), 1);
    let error = download(&client(), &plan, &mut || Err(io::ErrorKind::PermissionDenied.into())).await;
    assert!(matches!(error, Err(DownloadError::Write(_))));
}
