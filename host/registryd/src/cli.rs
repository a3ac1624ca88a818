//! The arguments.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use s_registry::Scope;

/// The registry server of stryke
#[derive(Debug, Parser)]
#[command(name = "s-registryd", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve until SIGTERM or SIGINT, and let the requests that run end
    Serve(ServeArgs),
    /// Make, list or revoke tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Write everything that can be read as files, for any web server
    Export(ExportArgs),
    /// Put a new key in the place of the one it signs with; servers are started again afterwards
    RotateKey {
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// Where the registry is.
#[derive(Args, Clone, Debug)]
pub(crate) struct PlaceArgs {
    /// The folder everything is kept in; made when it is missing
    #[arg(long, value_name = "FOLDER", default_value = "registry", conflicts_with = "store")]
    pub(crate) folder: PathBuf,

    /// The bucket everything is kept in, `s3://BUCKET/PREFIX`, instead of a folder. Its keys are
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,

    /// Where the service of the bucket is [default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or Amazon]
    #[arg(long, value_name = "URL", requires = "store")]
    pub(crate) endpoint: Option<String>,

    /// The region of the bucket [default: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1]
    #[arg(long, value_name = "NAME", requires = "store")]
    pub(crate) region: Option<String>,

    /// Which registry it is, wherever it is reached [default: as it was signed first]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,

    /// The file of the key it signs with, made at the first start; in a folder it is `signing.key`.
    /// A bucket without one signs nothing, unless S_REGISTRY_KEY of the environment has the key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,

    /// The folder of archives while they arrive [default: `scratch` in the folder]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) scratch: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,

    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8123")]
    pub(crate) listen: SocketAddr,

    /// The address clients use, when a proxy stands in front
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,

    /// A proxy that is believed in what it says of the client's address
    #[arg(long = "proxy", value_name = "ADDRESS")]
    pub(crate) proxies: Vec<IpAddr>,

    /// Give names without a scope too
    #[arg(long)]
    pub(crate) flat_names: bool,

    /// Ask everybody for a token, also to read
    #[arg(long)]
    pub(crate) private: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, this once
    New(NewTokenArgs),
    /// List the tokens, a line of JSON each
    List {
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Make a token invalid
    Revoke {
        #[command(flatten)]
        place: PlaceArgs,

        /// The id that `token list` shows
        #[arg(value_name = "ID")]
        token: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct NewTokenArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,

    /// Whose it is
    #[arg(long, value_name = "NAME")]
    pub(crate) user: String,

    /// What it is good for: read, publish, yank, owners or admin
    #[arg(long = "scope", value_name = "WHAT", required = true)]
    pub(crate) scopes: Vec<Scope>,

    /// For which packages, such as `acme/*`; without it, all
    #[arg(long = "package", value_name = "PATTERN")]
    pub(crate) packages: Vec<String>,

    /// For how many days; without it, for ever
    #[arg(long, value_name = "N")]
    pub(crate) days: Option<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,

    /// Where the files go; what is there already is not written again
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_not_meant_is_a_usage_error() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' ')).map_err(|error| error.kind());
        for (line, expected) in [
            ("s-registryd serve --listen 127.0.0.1:0 --proxy ::1 --proxy 10.0.0.1", None),
            ("s-registryd token new --user ann --scope publish --scope yank --days 3", None),
            ("s-registryd token revoke --folder x 0123", None),
            ("s-registryd serve --store s3://packages/a --endpoint http://[::1]:9000 --region x", None),
            ("s-registryd serve --store s3://packages --folder x", Some(ErrorKind::ArgumentConflict)),
            ("s-registryd serve --region x", Some(ErrorKind::MissingRequiredArgument)),
            ("s-registryd serve --listen here", Some(ErrorKind::ValueValidation)),
            ("s-registryd token new --user ann --scope everything", Some(ErrorKind::ValueValidation)),
            ("s-registryd token new --user ann", Some(ErrorKind::MissingRequiredArgument)),
            ("s-registryd export", Some(ErrorKind::MissingRequiredArgument)),
            ("s-registryd", Some(ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand)),
        ] {
            assert_eq!(parse(line).err(), expected, "{line}");
        }
    }
}
