//! The file of a fixture: `docs/plugins.md` has the reference.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use s_capability::{Method, Origin, Unit};
use s_diag::{Code, Diagnostic, Source};
use s_store::{EntryKind, check_view_path, files};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::folder::PluginFolder;

/// One fixture, checked; files it refers to are read.
#[derive(Clone, Debug)]
pub(super) struct Fixture {
    /// The name of its file without the ending.
    pub(super) name: String,
    /// The function.
    pub(super) call: String,
    pub(super) config: BTreeMap<String, String>,
    /// The arguments of the function.
    pub(super) args: Value,
    pub(super) http: Vec<Exchange>,
    pub(super) files: Vec<ViewFile>,
    pub(super) secrets: Vec<Secret>,
    pub(super) environment: BTreeMap<String, String>,
    /// The text of `stryke.toml`.
    pub(super) project: Option<String>,
    /// Seconds since the Unix epoch.
    pub(super) clock: u64,
    pub(super) expect: Expect,
}

/// A request and its answer.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) method: Method,
    pub(super) url: Url,
    /// Headers the request has to have, names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    /// The body it has to have.
    pub(super) sent: Option<String>,
    pub(super) status: u16,
    pub(super) answer_headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
    pub(super) delay: Duration,
}

/// A file of a view.
#[derive(Clone, Debug)]
pub(super) struct ViewFile {
    pub(super) view: String,
    pub(super) path: String,
    pub(super) content: Vec<u8>,
}

/// A secret that is bound.
#[derive(Clone)]
pub(super) struct Secret {
    pub(super) name: String,
    pub(super) origin: Origin,
    pub(super) value: String,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} for {}", self.name, self.origin)
    }
}

/// What the plugin has to answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Expect {
    pub(super) ok: Option<Value>,
    /// `kind` and `code`.
    pub(super) error: Option<Value>,
    pub(super) max_memory_bytes: Option<u64>,
}

const FOLDER: &str = "fixtures";
const FIXTURE_BYTES_MAX: u64 = 4 << 20;
const FILE_BYTES_MAX: u64 = 256 << 20;
/// What the clock shows where a fixture does not say: noon of the first day of 2026.
const CLOCK_UNIX: u64 = 1_767_268_800;
const DELAY_MAX: Duration = Duration::from_secs(5);

/// Reads the fixtures of a folder, by name.
pub(super) fn read_all(
    context: &Context,
    folder: &PluginFolder,
    only: Option<&str>,
) -> Result<Vec<Fixture>, Failure> {
    let path = folder.path.join(FOLDER);
    let entries = match files::read_dir(&path) {
        Err(error) if error.is_not_found() => Vec::new(),
        read => read?,
    };
    let mut fixtures = Vec::new();
    let mut mistakes = Vec::new();
    for entry in entries.iter().filter(|entry| entry.kind == EntryKind::File) {
        let file = entry.name.to_string_lossy();
        let Some(name) = file.strip_suffix(".toml") else { continue };
        if only.is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let file = path.join(&*file);
        let text = files::read_to_string(&file, FIXTURE_BYTES_MAX)?;
        match parse(name, &path, &Source::new(context.shown(&file), text)) {
            Ok(fixture) => fixtures.push(fixture),
            Err(mistake) => mistakes.push(*mistake),
        }
    }
    if !mistakes.is_empty() {
        return Err(Failure::mistakes(mistakes));
    }
    if fixtures.is_empty() {
        let which = only.map_or(String::new(), |only| format!(" whose name contains `{only}`"));
        let message = format!("there is no fixture in `{}`{which}", context.shown(&path));
        return Err(Failure::new(FailureKind::Failed, Diagnostic::error(Code::FIXTURE, message)));
    }
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(fixtures)
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    call: String,
    #[serde(default)]
    config: BTreeMap<String, Setting>,
    #[serde(default)]
    args: Value,
    #[serde(default)]
    http: Vec<HttpEntry>,
    #[serde(default)]
    files: Vec<FileEntry>,
    #[serde(default)]
    secret: Vec<SecretEntry>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    project: Option<String>,
    clock: Option<u64>,
    expect: ExpectTable,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Setting {
    Text(String),
    Bool(bool),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpEntry {
    request: RequestTable,
    response: ResponseTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestTable {
    #[serde(default = "get")]
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ResponseTable {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    body_file: Option<String>,
    delay: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileEntry {
    view: String,
    path: String,
    content: Option<String>,
    content_file: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretEntry {
    name: String,
    origin: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExpectTable {
    ok: Option<Value>,
    error: Option<ExpectedError>,
    max_memory: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedError {
    kind: String,
    code: Option<String>,
}

fn get() -> String {
    "get".to_owned()
}

fn parse(name: &str, folder: &Path, source: &Source) -> Result<Fixture, Box<Diagnostic>> {
    let file: File = toml::from_str(&source.text).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::FIXTURE, format!("fixture `{name}` cannot be read"));
        Box::new(match error.span() {
            Some(span) => diagnostic.at(source, span, error.message()),
            None => diagnostic.note(error.message()),
        })
    })?;
    checked(name, folder, file).map_err(|why| {
        Box::new(Diagnostic::error(Code::FIXTURE, format!("fixture `{name}` cannot be replayed: {why}")))
    })
}

fn checked(name: &str, folder: &Path, file: File) -> Result<Fixture, String> {
    let text = |setting| match setting {
        Setting::Text(text) => text,
        Setting::Bool(value) => value.to_string(),
    };
    Ok(Fixture {
        name: name.to_owned(),
        call: file.call,
        config: file.config.into_iter().map(|(key, value)| (key, text(value))).collect(),
        args: file.args,
        http: file.http.into_iter().map(|entry| exchange(folder, entry)).collect::<Result<_, _>>()?,
        files: file.files.into_iter().map(|entry| view_file(folder, entry)).collect::<Result<_, _>>()?,
        secrets: file.secret.into_iter().map(secret).collect::<Result<_, _>>()?,
        environment: file.environment,
        project: file.project,
        clock: file.clock.unwrap_or(CLOCK_UNIX),
        expect: expect(file.expect)?,
    })
}

fn exchange(folder: &Path, entry: HttpEntry) -> Result<Exchange, String> {
    let (request, response) = (entry.request, entry.response);
    let lower = |headers: BTreeMap<String, String>| {
        headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
    };
    let delay = match &response.delay {
        Some(text) => {
            Unit::Time.parse(text).ok_or_else(|| format!("`delay` must be {}", Unit::Time.form()))?
        }
        None => 0,
    };
    if !(200..=599).contains(&response.status) {
        return Err(format!("`status` is {}, not one of 200 to 599", response.status));
    }
    Ok(Exchange {
        method: Method::from_word(&request.method)
            .ok_or_else(|| format!("there is no method `{}`", request.method))?,
        url: Url::parse(&request.url).map_err(|error| format!("`url` of a request: {error}"))?,
        headers: lower(request.headers),
        sent: request.body,
        status: response.status,
        answer_headers: lower(response.headers),
        body: content(folder, "body", response.body, response.body_file)?.unwrap_or_default(),
        delay: Duration::from_millis(delay).min(DELAY_MAX),
    })
}

fn view_file(folder: &Path, entry: FileEntry) -> Result<ViewFile, String> {
    check_view_path(&entry.path).map_err(|error| error.to_string())?;
    let content = content(folder, "content", entry.content, entry.content_file)?;
    let content = content.ok_or_else(|| format!("`{}` needs `content` or `content-file`", entry.path))?;
    Ok(ViewFile { view: entry.view, path: entry.path, content })
}

fn content(
    folder: &Path,
    key: &str,
    text: Option<String>,
    file: Option<String>,
) -> Result<Option<Vec<u8>>, String> {
    match (text, file) {
        (Some(_), Some(_)) => Err(format!("`{key}` and `{key}-file` cannot both be stated")),
        (Some(text), None) => Ok(Some(text.into_bytes())),
        (None, None) => Ok(None),
        (None, Some(path)) => {
            check_view_path(&path).map_err(|error| error.to_string())?;
            let read = files::read_capped(&folder.join(&path), FILE_BYTES_MAX);
            read.map(Some).map_err(|error| format!("`{key}-file`: {error}"))
        }
    }
}

fn secret(entry: SecretEntry) -> Result<Secret, String> {
    let origin =
        entry.origin.parse().map_err(|error| format!("`origin` of secret `{}` {error}", entry.name))?;
    Ok(Secret { name: entry.name, origin, value: entry.value })
}

fn expect(table: ExpectTable) -> Result<Expect, String> {
    if table.ok.is_some() == table.error.is_some() {
        return Err("`[expect]` states either `ok` or `error`".to_owned());
    }
    let bytes = |text: &String| {
        Unit::Size.parse(text).ok_or_else(|| format!("`max-memory` must be {}", Unit::Size.form()))
    };
    let error = table.error.map(|error| {
        let code = error.code.map(|code| ("code".to_owned(), code.into()));
        Value::Object([("kind".to_owned(), error.kind.into())].into_iter().chain(code).collect())
    });
    Ok(Expect { ok: table.ok, error, max_memory_bytes: table.max_memory.as_ref().map(bytes).transpose()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let head = "call = \"feed.pull\"\n";
        for (text, expected) in [
            ("call = 1", "invalid type"),
            ("call = \"a\"\nheaders = {}", "unknown field `headers`"),
            ("call = \"a\"", "missing field `expect`"),
            ("call = \"a\"\n[expect]", "either `ok` or `error`"),
            ("[expect]\nok = {}\nmax-memory = \"2 MB\"", "a size such as"),
            (
                "http = [{ request = { url = \"x\" }, response = { status = 200 } }]\n[expect]\nok = {}",
                "`url`",
            ),
            (
                "http = [{ request = { url = \"http://a\", method = \"put it\" }, response = { status = 200 } }]\n[expect]\nok = {}",
                "`put it`",
            ),
            (
                "http = [{ request = { url = \"http://a\" }, response = { status = 20 } }]\n[expect]\nok = {}",
                "200 to 599",
            ),
            (
                "http = [{ request = { url = \"http://a\" }, response = { status = 200, body-file = \"../x\" } }]\n[expect]\nok = {}",
                "../x",
            ),
            ("files = [{ view = \"v\", path = \"../x\", content = \"\" }]\n[expect]\nok = {}", "../x"),
            ("files = [{ view = \"v\", path = \"x\" }]\n[expect]\nok = {}", "needs `content`"),
            (
                "secret = [{ name = \"t\", origin = \"ftp://a\", value = \"v\" }]\n[expect]\nok = {}",
                "secret `t`",
            ),
        ] {
            let text = if text.starts_with("call") { text.to_owned() } else { format!("{head}{text}") };
            let source = Source::new("f.toml", text.as_str());
            let diagnostic = parse("f", Path::new("."), &source).unwrap_err();
            assert!(format!("{diagnostic:?}").contains(expected), "{text}: {diagnostic:?}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let text = "call = \"provider.get\"\nsecret = [{ name = \"t\", origin = \"https://a.example\", value = \"hush\" }]\n[expect]\nok = {}";
        let fixture = parse("f", Path::new("."), &Source::new("f.toml", text)).unwrap();
        assert!(!format!("{fixture:?}").contains("hush"));
    }
}
