//! `s audit`: whether what is used has known weaknesses.

use clap::Args;

/// The arguments of `s audit`.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct AuditArgs {
    /// What to check: a file with one NAME@VERSION a line, or - for standard input
    #[arg(value_name = "LIST|-")]
    pub(crate) list: Option<String>,

    /// Where the advisories are: a folder, a zip archive, or the address of one; may be given again
    #[arg(long = "feed", value_name = "URL|PATH", required = true)]
    pub(crate) feeds: Vec<String>,

    /// Whose names these are, as advisories call it
    #[arg(long, value_name = "NAME", default_value = "stryke")]
    pub(crate) ecosystem: String,
}

const EXAMPLES: &str = "\
Ends with status 7 when something was found. Nothing is told to the feed: it is read as a whole and
matched here.

Examples:
  s audit --feed ./advisories packages.txt
  s audit --feed https://feed.example/all.zip --json - < packages.txt";
