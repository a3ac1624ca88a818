//! Pulling a feed page by page, and reading a file the user handed over.

use crate::archive::Unread;
use crate::database::Database;
use crate::model::{Batch, Sync};
use crate::osv::parse_entry;
use s_guest::{Blob, CacheMode, Error, ErrorKind, Files, Http, Request};

/// The most entries of a page.
pub(crate) const PAGE_ENTRIES_MAX: usize = 500;

/// Bytes of JSON after which a page ends.
const PAGE_BYTES_MAX: usize = 8 << 20;

/// The most entries of a file that comes in one answer.
const FILE_ENTRIES_MAX: usize = 5_000;

/// The largest download.
const DOWNLOAD_BYTES_MAX: u64 = 256 << 20;

/// What the logic needs of the host.
pub trait Host: Http {
    /// The view bound to a name; none when nothing is bound to it.
    fn view(&self, name: &str) -> Option<Box<dyn Files>>;

    /// Notes what was left out.
    fn warn(&self, message: &str);
}

/// Keeps a database open between the pages of one pull.
#[derive(Default)]
pub struct Feed {
    open: Option<(String, Database)>,
}

impl Feed {
    /// Gives one page.
    ///
    /// `url` is an `http` or `https` address, or a folder that the user bound to the view `feed`.
    /// `since` is the validator of the last complete pull; `cursor` is that of the page before.
    ///
    /// # Errors
    /// When the database cannot be reached or is not one; `conflict` when it changed between two
    /// pages, in which case the pull starts again.
    pub fn pull(
        &mut self,
        host: &dyn Host,
        url: &str,
        since: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<Sync, Error> {
        let start = cursor.map(parse_cursor).transpose()?;
        let mut database = match (start, self.open.take()) {
            (Some((_, validator)), Some((opened, database)))
                if opened == url && database.validator.as_deref() == validator =>
            {
                database
            }
            (Some((_, validator)), _) => match open(host, url, None)? {
                Some(database) if database.validator.as_deref() == validator => database,
                _ => return Err(changed(url)),
            },
            (None, _) => match open(host, url, since)? {
                Some(database) if since.is_none() || database.validator.as_deref() != since => database,
                _ => return Ok(Sync::Unchanged),
            },
        };
        let first = start.map_or(0, |(first, _)| first);
        let (mut batch, next) = read(&mut database, first, PAGE_ENTRIES_MAX, host)?;
        if next < database.len() {
            batch.cursor = Some(match &database.validator {
                Some(validator) => format!("{next} {validator}"),
                None => next.to_string(),
            });
            self.open = Some((url.to_owned(), database));
        } else {
            batch.validator = database.validator;
        }
        Ok(Sync::Batch(batch))
    }
}

/// Reads a file the user handed over: one entry, or a zip of a few thousand.
///
/// # Errors
/// When it is neither, or too much for one answer.
pub fn parse_file(host: &dyn Host, file: Box<dyn Blob>) -> Result<Batch, Error> {
    let mut database = Database::of_file(file, "the file", None)?;
    if database.len() > FILE_ENTRIES_MAX {
        return Err(Error::limit_exceeded(
            "osv/file",
            format!("the file has {} entries, more than {FILE_ENTRIES_MAX}", database.len()),
        )
        .with_help("put it into a folder and use the folder as the address of the feed"));
    }
    let mut whole = Batch::default();
    let mut next = 0;
    while next < database.len() {
        let (batch, after) = read(&mut database, next, PAGE_ENTRIES_MAX, host)?;
        whole.advisories.extend(batch.advisories);
        whole.skipped += batch.skipped;
        next = after;
    }
    Ok(whole)
}

/// Reads entries from one on, until a page is full; says where the next page begins.
fn read(
    database: &mut Database,
    first: usize,
    entries_max: usize,
    host: &dyn Host,
) -> Result<(Batch, usize), Error> {
    let mut batch = Batch::default();
    let mut bytes = 0;
    let mut next = first;
    while next < database.len() && next - first < entries_max && bytes < PAGE_BYTES_MAX {
        let parsed = match database.read(next) {
            Ok(json) => {
                bytes += json.len();
                parse_entry(&json)
            }
            Err(Unread::Entry(why)) => Err(why),
            Err(Unread::Host(error)) => return Err(error),
        };
        match parsed {
            Ok(advisory) => batch.advisories.push(advisory),
            Err(why) => {
                host.warn(&format!("skipped `{}`: {why}", database.name(next)));
                batch.skipped += 1;
            }
        }
        next += 1;
    }
    Ok((batch, next))
}

/// None when nothing changed since the validator.
fn open(host: &dyn Host, url: &str, since: Option<&str>) -> Result<Option<Database>, Error> {
    if is_web(url) {
        return download(host, url, since);
    }
    let Some(view) = host.view("feed") else {
        return Err(Error::not_found("osv/no-folder", format!("no folder is bound for `{url}`")).with_help(
            "the address of a feed is an `https` address, a `file://` address or an absolute path",
        ));
    };
    Database::of_folder(view, url).map(Some)
}

fn is_web(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}

fn download(host: &dyn Host, url: &str, since: Option<&str>) -> Result<Option<Database>, Error> {
    let mut request = Request { cache: CacheMode::Bypass, ..Request::get(url) }
        .with_origin_auth()
        .with_bytes_max(DOWNLOAD_BYTES_MAX);
    // A validator of another place, such as a folder's digest, is none here.
    let condition = since.and_then(|since| since.split_once(':'));
    let conditional = match condition {
        Some(("etag", tag)) => {
            request = request.with_header("if-none-match", tag);
            true
        }
        Some(("date", date)) => {
            request = request.with_header("if-modified-since", date);
            true
        }
        _ => false,
    };
    let mut answer = None;
    host.each(vec![request], &mut |_, given| answer = Some(given));
    let response = answer.expect("the host answers every request")?;
    match response.status {
        200 => {}
        304 if conditional => return Ok(None),
        status => return Err(refused(url, status, response.header("retry-after"))),
    }
    let validator = match (response.header("etag"), response.header("last-modified")) {
        (Some(tag), _) => Some(format!("etag:{tag}")),
        (None, Some(date)) => Some(format!("date:{date}")),
        (None, None) => None,
    };
    Database::of_file(response.into_blob()?, url, validator).map(Some)
}

fn refused(url: &str, status: u16, retry_after: Option<&str>) -> Error {
    let (kind, what) = match status {
        401 => (ErrorKind::Unauthenticated, "asks for a credential"),
        403 => (ErrorKind::Denied, "refuses this credential"),
        404 | 410 => (ErrorKind::NotFound, "does not exist"),
        429 => (ErrorKind::RateLimited, "was asked too often"),
        _ => (ErrorKind::Unavailable, "gives no database"),
    };
    let mut error = Error::new(kind, "osv/status", format!("`{url}` {what} (status {status})"));
    error.retry_after_ms =
        retry_after.and_then(|seconds| seconds.trim().parse::<u64>().ok()).map(|s| s.saturating_mul(1000));
    error
}

fn changed(url: &str) -> Error {
    Error::new(ErrorKind::Conflict, "osv/changed", format!("`{url}` changed while it was read"))
        .with_help("try again")
}

/// The place of the next entry, and the validator of the database it is in.
fn parse_cursor(cursor: &str) -> Result<(usize, Option<&str>), Error> {
    let (next, validator) = match cursor.split_once(' ') {
        Some((next, validator)) => (next, Some(validator)),
        None => (cursor, None),
    };
    let next = next.parse();
    next.map(|next| (next, validator))
        .map_err(|_| Error::invalid_input("osv/cursor", format!("`{cursor}` is not a cursor of this plugin")))
}

#[cfg(test)]
mod tests;
