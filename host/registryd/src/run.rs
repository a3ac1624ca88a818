//! The commands: each opens the registry that its arguments name and does one thing with it.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use s_registry::{
    Bucket, Clock as _, KeyPlace, Place, Registry, RegistryConfig, RegistryError, Serving, SystemClock,
    TokenInfo, TokenRequest, block_on, folder_store, rotate_key, serve,
};
use s_store::{Access, StoreError, files};
use serde_json::json;
use thiserror::Error;

use crate::cli::{Command, ExportArgs, NewTokenArgs, PlaceArgs, ServeArgs, TokenCommand};
use crate::log::Log;

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Files(#[from] StoreError),
    #[error("the answer could not be written: {0}")]
    Answer(#[from] io::Error),
    #[error("there is no token `{}`", .0.escape_debug())]
    NoToken(String),
    #[error("the key that is to be replaced has to be in a file: --key FILE")]
    NoKeyFile,
    #[error("requests that took too long were cut off")]
    CutOff,
}

/// Looks up a variable of the environment.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Runs a command. Answers go to `out`; a server ends when `stop` does.
pub(crate) fn run(
    command: Command,
    environment: Environment<'_>,
    out: &mut dyn Write,
    log: &Arc<Log>,
    stop: impl Future<Output = ()>,
) -> Result<(), RunError> {
    match command {
        Command::Serve(args) => serve_until(args, environment, log, stop),
        Command::Token(TokenCommand::New(args)) => new_token(args, environment, out, log),
        Command::Token(TokenCommand::List { place }) => list_tokens(&place, environment, out),
        Command::Token(TokenCommand::Revoke { place, token }) => {
            revoke_token(&place, environment, token, log)
        }
        Command::Export(args) => export(&args, environment, log),
        Command::RotateKey { place } => rotate(&place, environment, log),
    }
}

fn serve_until(
    args: ServeArgs,
    environment: Environment<'_>,
    log: &Arc<Log>,
    stop: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let mut config = config(&args.place, environment)?;
    config.flat_names = args.flat_names;
    config.auth_required = args.private;
    let serving = Serving {
        listen: args.listen,
        public_url: args.public_url,
        proxies: args.proxies,
        observer: log.clone(),
    };
    let ready = |address: std::net::SocketAddr, id: &str| {
        log.event("info", "listening", json!({ "address": address.to_string(), "registry": id }));
    };
    let stop = async {
        stop.await;
        log.event("info", "ending", json!({}));
    };
    let all_ended = block_on(serve(config, serving, ready, stop))??;
    if !all_ended {
        return Err(RunError::CutOff);
    }
    log.event("info", "ended", json!({}));
    Ok(())
}

fn new_token(
    args: NewTokenArgs,
    environment: Environment<'_>,
    out: &mut dyn Write,
    log: &Log,
) -> Result<(), RunError> {
    let registry = open(&args.place, environment)?;
    let now_ms = SystemClock.now_ms();
    let request = TokenRequest {
        user: args.user.clone(),
        scopes: args.scopes,
        packages: (!args.packages.is_empty()).then_some(args.packages),
        expires_ms: args.days.map(|days| now_ms.saturating_add(days.saturating_mul(DAY_MS))),
    };
    let token = block_on(registry.tokens().create(request))??;
    log.event("info", "token-made", json!({ "id": token.id, "user": args.user }));
    writeln!(out, "{}", token.reveal())?;
    Ok(out.flush()?)
}

fn list_tokens(place: &PlaceArgs, environment: Environment<'_>, out: &mut dyn Write) -> Result<(), RunError> {
    for token in block_on(open(place, environment)?.tokens().list())?? {
        let TokenInfo { id, user, scopes, packages, created_ms, expires_ms, is_revoked } = token;
        let scopes: Vec<&str> = scopes.into_iter().map(|scope| scope.as_str()).collect();
        let line = json!({
            "id": id, "user": user, "scopes": scopes, "packages": packages, "created_ms": created_ms,
            "expires_ms": expires_ms, "revoked": is_revoked,
        });
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

fn revoke_token(
    place: &PlaceArgs,
    environment: Environment<'_>,
    id: String,
    log: &Log,
) -> Result<(), RunError> {
    if !block_on(open(place, environment)?.tokens().revoke(&id))?? {
        return Err(RunError::NoToken(id));
    }
    log.event("info", "token-revoked", json!({ "id": id }));
    Ok(())
}

fn export(args: &ExportArgs, environment: Environment<'_>, log: &Log) -> Result<(), RunError> {
    let config = config(&args.place, environment)?;
    // A web server reads it.
    files::create_dir_all(&args.to, Access::Shared)?;
    let to = folder_store(&args.to)?;
    let count = block_on(async { Registry::open(config).await?.export(to.as_ref()).await })??;
    log.event("info", "exported", json!({ "versions": count, "to": args.to.display().to_string() }));
    Ok(())
}

fn rotate(place: &PlaceArgs, environment: Environment<'_>, log: &Log) -> Result<(), RunError> {
    let config = config(place, environment)?;
    let KeyPlace::File(file) = &config.key else { return Err(RunError::NoKeyFile) };
    let keys = block_on(rotate_key(config.store.as_ref(), config.clock.as_ref(), file))??;
    let texts: Vec<String> = keys.keys.iter().map(ToString::to_string).collect();
    log.event("info", "key-rotated", json!({ "registry": keys.id, "number": keys.number, "keys": texts }));
    Ok(())
}

fn open(place: &PlaceArgs, environment: Environment<'_>) -> Result<Registry, RunError> {
    Ok(Registry::new(config(place, environment)?))
}

fn config(place: &PlaceArgs, environment: Environment<'_>) -> Result<RegistryConfig, RunError> {
    let scratch: PathBuf = place.scratch.clone().unwrap_or_else(|| place.folder.join("scratch"));
    let at = match &place.store {
        Some(address) => {
            let (endpoint, region) = (place.endpoint.as_deref(), place.region.as_deref());
            let bucket = Bucket::new(address, endpoint, region, environment).map_err(RegistryError::from)?;
            Place::Bucket(Arc::new(bucket))
        }
        None => Place::Folder(place.folder.clone()),
    };
    let mut config = at.registry(&scratch, place.id.as_deref())?;
    if let Some(key) = KeyPlace::stated(place.key.as_deref(), environment(KeyPlace::VARIABLE)) {
        config.key = key;
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser as _;
    use std::io::Read as _;
    use std::net::TcpStream;
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    /// Keeps what is written.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Kept {
        fn lines(&self) -> Vec<serde_json::Value> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }

        fn events(&self) -> Vec<String> {
            self.lines().iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect()
        }
    }

    /// Runs a command over a folder; gives the outcome, the answer and the log.
    fn run_in(
        folder: &Path,
        words: &[&str],
        stop: impl Future<Output = ()>,
    ) -> (Result<(), RunError>, String, Kept) {
        let folder = folder.to_str().unwrap();
        let line = ["s-registryd"].iter().chain(words).copied().chain(["--folder", folder]);
        let cli = Cli::try_parse_from(line).unwrap();
        let (mut out, kept) = (Vec::new(), Kept::default());
        let result = run(cli.command, &|_| None, &mut out, &Arc::new(Log::to(kept.clone())), stop);
        (result, String::from_utf8(out).unwrap(), kept)
    }

    async fn never() {}

    #[test]
    fn a_token_is_made_listed_and_revoked() {
        let place = tempfile::tempdir().unwrap();
        let words =
            ["token", "new", "--user", "ann", "--scope", "publish", "--package", "acme/*", "--days", "1"];
        let (result, token, log) = run_in(place.path(), &words, never());
        result.unwrap();
        assert!(token.starts_with("stk_") && token.ends_with('\n'), "{token}");
        let made = &log.lines()[0];
        assert!(!made.to_string().contains(&token[20..40]), "the log has no secret");

        let list = || {
            let (result, answer, _) = run_in(place.path(), &["token", "list"], never());
            result.unwrap();
            serde_json::from_str::<serde_json::Value>(&answer).unwrap()
        };
        let listed = list();
        assert_eq!((&listed["id"], &listed["user"]), (&made["id"], &json!("ann")));
        assert_eq!((&listed["scopes"], &listed["packages"]), (&json!(["publish"]), &json!(["acme/*"])));
        let lasts = listed["expires_ms"].as_u64().unwrap() - listed["created_ms"].as_u64().unwrap();
        assert!(lasts <= DAY_MS && lasts > DAY_MS / 2, "{lasts}");
        assert_eq!(listed["revoked"], false);

        let id = made["id"].as_str().unwrap();
        let (result, _, log) = run_in(place.path(), &["token", "revoke", id], never());
        result.unwrap();
        assert_eq!(log.events(), ["token-revoked"]);
        assert_eq!(list()["revoked"], true);
        let (result, ..) = run_in(place.path(), &["token", "revoke", "\u{1b}x"], never());
        assert_eq!(result.unwrap_err().to_string(), "there is no token `\\u{1b}x`");
    }

    #[test]
    fn it_serves_until_it_is_asked_to_end_and_logs_what_happens() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("packages");
        let kept = Kept::default();
        let line = ["s-registryd", "serve", "--listen", "127.0.0.1:0", "--id", "corp", "--private"];
        let line = line.into_iter().chain(["--folder", folder.to_str().unwrap()]);
        let cli = Cli::try_parse_from(line).unwrap();
        let log = Arc::new(Log::to(kept.clone()));
        let asked = Mutex::new(String::new());
        // The server runs on this thread, so that the client needs one of its own.
        let stop = async {
            let address = kept.lines()[0]["address"].as_str().unwrap().to_owned();
            let ask = move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream
                    .write_all(b"GET /config.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                    .unwrap();
                let mut text = String::new();
                stream.read_to_string(&mut text).unwrap();
                text
            };
            *asked.lock().unwrap() = tokio::task::spawn_blocking(ask).await.unwrap();
        };
        run(cli.command, &|_| None, &mut Vec::new(), &log, stop).unwrap();
        let answer = asked.into_inner().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"corp\""), "{answer}");
        assert!(answer.contains("\"auth-required\":true"), "{answer}");
        assert_eq!(kept.events(), ["listening", "request", "ending", "ended"]);
    }

    #[test]
    fn what_cannot_be_opened_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        files::write_atomic(&file, b"x", Access::Shared).unwrap();
        let (result, ..) = run_in(&file, &["token", "list"], never());
        assert!(result.unwrap_err().to_string().contains("file"));
    }

    #[test]
    fn an_empty_registry_is_exported() {
        let place = tempfile::tempdir().unwrap();
        let to = place.path().join("mirror");
        let words = ["export", to.to_str().unwrap(), "--id", "corp"];
        let (result, answer, log) = run_in(&place.path().join("packages"), &words, never());
        result.unwrap();
        assert_eq!((answer.as_str(), log.lines()[0]["versions"].as_u64()), ("", Some(0)));
        let config = files::read_to_string(&to.join("config.json"), 10_000).unwrap();
        assert!(config.contains("\"corp\""), "{config}");
    }

    #[test]
    fn a_bucket_is_served_and_its_keys_are_in_no_log() {
        let bucket = s_kit::BucketServer::start("packages");
        let place = tempfile::tempdir().unwrap();
        let scratch = place.path().join("scratch");
        let environment = |name: &str| {
            let value = match name {
                "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE".to_owned(),
                "AWS_SECRET_ACCESS_KEY" => "wJalrXUtnFEMI".to_owned(),
                "AWS_ENDPOINT_URL_S3" => bucket.server().origin(),
                _ => return None,
            };
            Some(value)
        };
        let run_with = |words: &[&str], environment: Environment<'_>| {
            let more = ["--store", "s3://packages/a", "--scratch", scratch.to_str().unwrap()];
            let line = ["s-registryd"].iter().chain(words).chain(&more).copied();
            let cli = Cli::try_parse_from(line).unwrap();
            let (mut out, kept) = (Vec::new(), Kept::default());
            let result = run(cli.command, environment, &mut out, &Arc::new(Log::to(kept.clone())), never());
            (result, String::from_utf8(out).unwrap(), kept)
        };
        let (result, token, log) =
            run_with(&["token", "new", "--user", "ann", "--scope", "publish"], &environment);
        result.unwrap();
        assert!(token.starts_with("stk_"), "{token}");
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        let (result, _, served) = run_with(&serve, &environment);
        result.unwrap();
        assert_eq!(served.events(), ["listening", "ending", "ended"]);
        assert!(bucket.keys().contains(&"a/health".to_owned()), "{:?}", bucket.keys());

        // What is wrong is said before anybody is let in.
        let (result, ..) = run_with(&serve, &|_| None);
        assert!(result.unwrap_err().to_string().contains("AWS_ACCESS_KEY_ID"));
        bucket.ignore_conditions();
        let (result, _, refused) = run_with(&serve, &environment);
        assert!(result.unwrap_err().to_string().contains("If-None-Match"));
        for log in [log, served, refused] {
            assert!(!format!("{:?}", log.lines()).contains("wJalrXUtnFEMI"));
        }
    }
}
