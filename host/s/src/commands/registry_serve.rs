//! `s registry serve`, `token`, `tokens`, `revoke`, `export` and `rotate-key`.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use s_ops::{
    NewToken, OwnRegistry, Serving, registry_export, registry_revoke, registry_rotate_key, registry_serve,
    registry_token, registry_tokens,
};
use s_ui::{Align, Table};
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// Where the registry is.
#[derive(Args, Debug)]
struct OwnArgs {
    /// The folder everything is kept in; made when it is missing
    #[arg(long, value_name = "FOLDER", default_value = "registry", conflicts_with = "store")]
    folder: PathBuf,

    /// The bucket everything is kept in, `s3://BUCKET/PREFIX`, instead of a folder
    #[arg(long, value_name = "URL")]
    store: Option<String>,

    /// Where the service of the bucket is [default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or Amazon]
    #[arg(long, value_name = "URL", requires = "store")]
    endpoint: Option<String>,

    /// The region of the bucket [default: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1]
    #[arg(long, value_name = "NAME", requires = "store")]
    region: Option<String>,

    /// The file of the key it signs with, made at the first start; in a folder it is `signing.key`.
    /// A bucket without one signs nothing, unless S_REGISTRY_KEY of the environment has the key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl OwnArgs {
    fn own(&self) -> OwnRegistry {
        OwnRegistry {
            folder: self.folder.clone(),
            store: self.store.clone(),
            endpoint: self.endpoint.clone(),
            region: self.region.clone(),
            key: self.key.clone(),
        }
    }
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Everything is in the folder, or in a bucket that several servers may share. The keys of a bucket are
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment.
^C lets the requests that run end. docs/registry.md says how to run it for others.

Examples:
  s registry serve --folder ./packages --flat-names
  s registry serve --folder /srv/packages --listen 127.0.0.1:8123 --public-url https://packages.example
  s registry serve --store s3://packages/stable --region eu-west-1
  s registry serve --store s3://packages --endpoint http://127.0.0.1:9000")]
pub(super) struct ServeArgs {
    #[command(flatten)]
    own: OwnArgs,

    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8123")]
    listen: SocketAddr,

    /// Which registry it is, wherever it is reached [default: as it was signed first]
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// Give names without a scope too
    #[arg(long)]
    flat_names: bool,

    /// Ask everybody for a token, also to read
    #[arg(long)]
    private: bool,

    /// The address clients use, when a proxy stands in front
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,

    /// A proxy that is believed in what it says of the client's address
    #[arg(long = "proxy", value_name = "ADDRESS")]
    proxies: Vec<IpAddr>,

    /// Write a line of JSON for each request to standard error
    #[arg(long)]
    log: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
The token is printed once; the registry keeps only its digest.

Examples:
  s registry token --folder ./packages --user me --scope publish --scope yank")]
pub(super) struct TokenArgs {
    #[command(flatten)]
    own: OwnArgs,

    /// Whose it is
    #[arg(long, value_name = "NAME")]
    user: String,

    /// What it is good for: read, publish, yank, owners or admin
    #[arg(long = "scope", value_name = "WHAT", required = true)]
    scopes: Vec<String>,

    /// For which packages, such as `acme/*`; without it, all
    #[arg(long = "package", value_name = "PATTERN")]
    packages: Vec<String>,

    /// For how many days; without it, for ever
    #[arg(long, value_name = "N")]
    days: Option<u64>,
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s registry tokens --folder ./packages")]
pub(super) struct TokensArgs {
    #[command(flatten)]
    own: OwnArgs,
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s registry revoke 4f9a12 --folder ./packages")]
pub(super) struct RevokeArgs {
    /// The id of the token, which `s registry tokens` shows
    #[arg(value_name = "ID")]
    id: String,

    #[command(flatten)]
    own: OwnArgs,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Any web server can serve the files. What is there already is not written again, so that it can be done often.

Examples:
  s registry export ./public --folder ./packages")]
pub(super) struct ExportArgs {
    /// Where the files go
    #[arg(value_name = "DIR")]
    to: PathBuf,

    #[command(flatten)]
    own: OwnArgs,
}

#[derive(Args, Debug)]
#[command(after_long_help = "\
Whoever knows the old key follows to the new one; signatures of the old one do not count any more. Servers that
run are ended before and started again afterwards.

Examples:
  s registry rotate-key --folder ./packages")]
pub(super) struct RotateKeyArgs {
    #[command(flatten)]
    own: OwnArgs,
}

/// Serves until ^C.
pub(super) fn serve(context: &Context<'_>, args: &ServeArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let log = args.log;
    let serving = Serving {
        own: args.own.own(),
        listen: args.listen,
        id: args.id.clone(),
        flat_names: args.flat_names,
        private: args.private,
        public_url: args.public_url.clone(),
        proxies: args.proxies.clone(),
        observer: Arc::new(move |line| {
            if log {
                // Whoever read the log is gone, if this fails.
                let _ = writeln!(std::io::stderr(), "{line}");
            }
        }),
    };
    let ui = context.ui;
    let all_ended = registry_serve(&operations, serving, &|address, id| {
        ui.status("Serving", format!("http://{address}"));
        if ui.is_json() {
            ui.json(&json!({ "address": address.to_string(), "registry": id }));
        }
    })?;
    ui.status("Ended", if all_ended { "no request was cut off" } else { "what took too long was cut off" });
    Ok(Exit::Done)
}

/// Makes a token and prints it, this once.
pub(super) fn token(context: &Context<'_>, args: &TokenArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let new = NewToken {
        user: args.user.clone(),
        scopes: args.scopes.clone(),
        packages: args.packages.clone(),
        expires_s: args.days.map(|days| days.saturating_mul(24 * 60 * 60)),
    };
    let token = registry_token(&operations, &args.own.own(), &new)?;
    if context.ui.is_json() {
        context.ui.json(&json!({ "user": args.user, "token": token }));
    } else {
        context.ui.answer(format!("{token}\n"));
    }
    Ok(Exit::Done)
}

/// Lists tokens.
pub(super) fn tokens(context: &Context<'_>, args: &TokensArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let tokens = registry_tokens(&operations, &args.own.own())?;
    let ui = context.ui;
    if ui.is_json() {
        let tokens = tokens.iter().map(|token| {
            json!({
                "id": token.id,
                "user": token.user,
                "scopes": token.scopes,
                "packages": token.packages,
                "expires-unix": token.expires_unix,
                "revoked": token.is_revoked,
            })
        });
        ui.json(&json!({ "tokens": tokens.collect::<Vec<_>>() }));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&[
        ("Id", Align::Left),
        ("User", Align::Left),
        ("Good for", Align::Left),
        ("Packages", Align::Left),
        ("State", Align::Left),
    ]);
    for token in &tokens {
        let packages = token.packages.as_ref().map_or("all".to_owned(), |packages| packages.join(", "));
        let state = if token.is_revoked { "revoked" } else { "valid" };
        table.row([&token.id, &token.user, &token.scopes.join(", "), &packages, state]);
    }
    if table.is_empty() {
        ui.note("there are no tokens");
    } else {
        ui.answer(table.render(ui.columns()));
    }
    Ok(Exit::Done)
}

/// Makes a token invalid.
pub(super) fn revoke(context: &Context<'_>, args: &RevokeArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    registry_revoke(&operations, &args.own.own(), &args.id)?;
    context.ui.status("Revoked", &args.id);
    if context.ui.is_json() {
        context.ui.json(&json!({ "revoked": args.id }));
    }
    Ok(Exit::Done)
}

/// Writes the read side as files.
pub(super) fn export(context: &Context<'_>, args: &ExportArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let versions = registry_export(&operations, &args.own.own(), &args.to)?;
    context.ui.status("Exported", format!("{versions} versions to {}", args.to.display()));
    if context.ui.is_json() {
        context.ui.json(&json!({ "versions": versions, "folder": args.to }));
    }
    Ok(Exit::Done)
}

/// Puts a new key in the place of the old one.
pub(super) fn rotate_key(context: &Context<'_>, args: &RotateKeyArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let rotated = registry_rotate_key(&operations, &args.own.own())?;
    context.ui.status("Rotated", format!("the key of {}, for the {}. time", rotated.id, rotated.number - 1));
    if context.ui.is_json() {
        let keys = json!({ "registry": rotated.id, "number": rotated.number, "keys": rotated.keys });
        context.ui.json(&keys);
    }
    Ok(Exit::Done)
}
