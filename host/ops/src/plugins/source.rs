//! Where a plugin comes from: what was typed, how that is recorded, and the bytes behind it.
//!
//! A source is a file or a folder of this machine, an `http(s)` address of one of these, or a package of a
//! registry whose name is the plugin's id. What the bytes mean is left to others. Over the network exactly
//! the origin of the address may answer: a redirect to another one is refused. Private addresses are reached
//! only when this user typed the address, not because a repository names it.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use s_capability::{Manifest, Origin, PluginId};
use s_component::{InspectLimits, MANIFEST_MAX_BYTES};
use s_diag::{Code, Diagnostic, Source};
use s_net::{Auth, DownloadPlan, Permit};
use s_project::{PackageName, PackageSource, PluginOrigin};
use s_store::{EntryKind, files};
use url::Url;

use super::catalog::Level;
use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::tools::passing_package;

/// The name of the text beside a component.
pub(crate) const MANIFEST_FILE: &str = "plugin.toml";

/// Where a plugin comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PluginSource {
    /// A file or folder, absolute.
    Path(PathBuf),
    /// An `http` or `https` address; of a folder when it ends with `/`.
    Url {
        /// The address.
        url: Url,
        /// Whether this user typed it, so that it may lead to a private network.
        typed: bool,
    },
    /// A package.
    Package {
        /// Its name, which is the id of the plugin.
        name: PackageName,
        /// Which versions, as `[plugins]` has it; none: any.
        requirement: Option<String>,
        /// The address of its registry and its version, once they are known.
        found: Option<(String, String)>,
        /// Where it is, once it was brought here.
        folder: Option<PathBuf>,
    },
}

/// What lay at a source.
pub(crate) struct Fetched {
    /// Of the component.
    pub(crate) bytes: Vec<u8>,
    /// The file or address of the component, for messages.
    pub(crate) shown: String,
    /// The `plugin.toml` beside it that speaks of it.
    pub(crate) beside: Option<Source>,
}

impl PluginSource {
    /// Understands what was typed; paths are relative to the directory the user is in.
    pub(crate) fn typed(context: &Context, text: &str) -> Result<PluginSource, Failure> {
        if let Some((name, requirement)) = package(text) {
            if files::kind(&context.directory().join(text))?.is_none() {
                return Ok(PluginSource::Package { name, requirement, found: None, folder: None });
            }
            let message = format!("`{text}` is a path here, and the name of a package");
            let diagnostic = Diagnostic::error(Code::USAGE, message)
                .hint(format!("for the path: s plugin add ./{text}"))
                .hint(format!("for the package: s plugin add {text}@*"));
            return Err(Failure::new(FailureKind::Usage, diagnostic));
        }
        PluginSource::parse(text, context.directory(), true)
    }

    /// Understands an entry of `[plugins]`. What the user's own files say counts as typed.
    pub(crate) fn wanted(
        context: &Context,
        level: Level,
        id: &str,
        origin: &PluginOrigin,
    ) -> Result<PluginSource, Failure> {
        match origin {
            PluginOrigin::Path(text) | PluginOrigin::Url(text) => {
                PluginSource::parse(text, base(context, level), level == Level::User)
            }
            PluginOrigin::Version(version) => match package(id) {
                Some((name, None)) => Ok(PluginSource::Package {
                    name,
                    requirement: Some(version.clone()),
                    found: None,
                    folder: None,
                }),
                _ => Err(unusable(format!("`{id}` is not the name of a package"))),
            },
        }
    }

    /// Understands what a lock records, as [`recorded`](PluginSource::recorded) writes it.
    pub(crate) fn pinned(context: &Context, level: Level, text: &str) -> Result<PluginSource, Failure> {
        match text.split_once('+') {
            Some(("path" | "url", rest)) => {
                PluginSource::parse(rest, base(context, level), level == Level::User)
            }
            Some(("registry", rest)) => {
                let parts = rest.rsplit_once('#').and_then(|(url, spec)| Some((url, package(spec)?)));
                match parts {
                    Some((url, (name, Some(version)))) => Ok(PluginSource::Package {
                        name,
                        requirement: None,
                        found: Some((url.to_owned(), version)),
                        folder: None,
                    }),
                    _ => Err(unusable(format!("the lock records `{text}`, which names no package"))),
                }
            }
            _ => Err(unusable(format!("the lock records `{text}`, which is no source that this `s` knows"))),
        }
    }

    fn parse(text: &str, base: &Path, typed: bool) -> Result<PluginSource, Failure> {
        let is_address = text.contains("://") || text.starts_with("file:");
        if !is_address {
            return Ok(PluginSource::Path(cleaned(&base.join(text))));
        }
        // The text is not repeated where it cannot be understood: it may hold a password.
        let url = Url::parse(text)
            .map_err(|error| unusable(format!("the address of the plugin cannot be read: {error}")))?;
        match url.scheme() {
            "file" => match url.to_file_path() {
                Ok(path) => Ok(PluginSource::Path(cleaned(&path))),
                Err(()) => Err(unusable("the `file` address names no path on this machine".to_owned())),
            },
            "http" | "https" => Ok(PluginSource::Url { url, typed }),
            scheme => Err(unusable(format!("a plugin cannot be fetched over `{scheme}`"))),
        }
    }

    /// How a lock records it: `path+` relative to the folder of the files of the level, absolute
    /// for a user; `url+`; `registry+ADDRESS#NAME@VERSION`.
    pub(crate) fn recorded(&self, context: &Context, level: Level) -> String {
        if let PluginSource::Package { name, found: Some((url, version)), .. } = self {
            return format!("registry+{url}#{name}@{version}");
        }
        match self.origin(context, level) {
            PluginOrigin::Path(path) => format!("path+{path}"),
            PluginOrigin::Url(url) | PluginOrigin::Version(url) => format!("url+{url}"),
        }
    }

    /// How `[plugins]` names it.
    pub(crate) fn origin(&self, context: &Context, level: Level) -> PluginOrigin {
        match self {
            PluginSource::Url { url, .. } => PluginOrigin::Url(url.to_string()),
            PluginSource::Package { requirement, found, .. } => {
                // As `s add` does it: what is compatible with what was found.
                let compatible = found.as_ref().map(|(_, version)| format!("^{version}"));
                PluginOrigin::Version(requirement.clone().or(compatible).unwrap_or_else(|| "*".to_owned()))
            }
            PluginSource::Path(path) => PluginOrigin::Path(match (level, context.project()) {
                (Level::Project, Some(root)) => relative(path, &cleaned(root)),
                _ => path.display().to_string(),
            }),
        }
    }

    /// Whether both lead to the same place, whoever named it.
    pub(crate) fn is_same(&self, other: &PluginSource) -> bool {
        match (self, other) {
            (PluginSource::Path(one), PluginSource::Path(other)) => one == other,
            (PluginSource::Url { url: one, .. }, PluginSource::Url { url: other, .. }) => one == other,
            // What `[plugins]` asks for is kept while it does not name another version.
            (
                PluginSource::Package { name: one, requirement: wanted, .. },
                PluginSource::Package { name: other, requirement: typed, .. },
            ) => one == other && (typed.is_none() || wanted == typed),
            _ => false,
        }
    }

    /// Reads the component and what lies beside it. Nothing is written.
    pub(crate) fn fetch(&self, context: &Arc<Context>) -> Result<Fetched, Failure> {
        match self {
            PluginSource::Path(path) => from_path(context, path),
            PluginSource::Url { url, typed } => from_url(context, url, *typed),
            PluginSource::Package { .. } => from_path(context, &self.package_folder(context)?),
        }
    }

    /// The same source with what only looking there can tell: which version of a package, from where.
    pub(crate) fn resolved(self, context: &Arc<Context>) -> Result<PluginSource, Failure> {
        let PluginSource::Package { name, requirement, found: None, .. } = self else { return Ok(self) };
        let (package, folder) = passing_package(context, &name, requirement.as_deref(), None)?;
        let PackageSource::Registry(url) = &package.source else {
            return Err(unusable(format!("`{name}` comes from no registry")));
        };
        let found = Some((url.clone(), package.version.to_string()));
        Ok(PluginSource::Package { name, requirement, found, folder: Some(folder) })
    }

    /// Where the package is on this machine; it is brought there.
    fn package_folder(&self, context: &Arc<Context>) -> Result<PathBuf, Failure> {
        let PluginSource::Package { name, requirement, found, folder } = self else {
            return Err(unusable("no package is meant".to_owned()));
        };
        if let Some(folder) = folder {
            return Ok(folder.clone());
        }
        let (requirement, registry) = match found {
            Some((url, version)) => (Some(format!("={version}")), Some(url.as_str())),
            None => (requirement.clone(), None),
        };
        Ok(passing_package(context, name, requirement.as_deref(), registry)?.1)
    }
}

/// `SCOPE/NAME` or `SCOPE/NAME@REQUIREMENT`.
fn package(text: &str) -> Option<(PackageName, Option<String>)> {
    let (name, requirement) = match text.split_once('@') {
        Some((name, requirement)) => (name, Some(requirement.to_owned())),
        None => (text, None),
    };
    // Ids of plugins are scoped, so a bare word is a file.
    let is_scoped = name.parse::<PluginId>().is_ok() && Path::new(name).extension().is_none();
    Some((name.parse().ok().filter(|_| is_scoped)?, requirement))
}

impl PluginSource {
    /// Reads a file that a plugin names: an address, or a path from where its component lies, inside that
    /// folder.
    pub(crate) fn fetch_beside(
        &self,
        context: &Arc<Context>,
        name: &str,
        bytes_max: u64,
    ) -> Result<Vec<u8>, Failure> {
        if name.contains("://") {
            return match PluginSource::parse(name, Path::new(""), false)? {
                // The plugin says where; what this user may read there is not for it to fetch.
                PluginSource::Url { url, .. } => download(context, &url, false, Auth::None, bytes_max),
                _ => Err(unusable("a plugin may not name files of this machine".to_owned())),
            };
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let inside =
            |part: &str| !part.is_empty() && part != "." && part != ".." && part.bytes().all(is_plain);
        if !name.split('/').all(inside) {
            return Err(unusable(format!(
                "`{}` is no path inside the folder of the plugin",
                name.escape_debug()
            )));
        }
        match self {
            PluginSource::Path(path) => {
                let is_folder = files::kind(path)? == Some(EntryKind::Directory);
                let folder = if is_folder { path } else { path.parent().unwrap_or(path) };
                Ok(files::read_capped(&folder.join(name), bytes_max)?)
            }
            PluginSource::Package { .. } => {
                let folder = self.package_folder(context)?;
                Ok(files::read_capped(&folder.join(name), bytes_max)?)
            }
            PluginSource::Url { url, typed } => {
                let url = url.join(name).map_err(|error| {
                    unusable(format!("`{}` makes no address there: {error}", name.escape_debug()))
                })?;
                download(context, &url, *typed, Auth::Origin, bytes_max)
            }
        }
    }
}

fn base(context: &Context, level: Level) -> &Path {
    match (level, context.project()) {
        (Level::Project, Some(root)) => root,
        _ => context.home().root(),
    }
}

fn from_path(context: &Context, path: &Path) -> Result<Fetched, Failure> {
    let shown = context.shown(path);
    let (component, beside) = match files::kind(path)? {
        None => return Err(unusable(format!("there is nothing at `{shown}`"))),
        Some(EntryKind::Directory) => {
            let text = files::read_to_string(&path.join(MANIFEST_FILE), MANIFEST_MAX_BYTES as u64)?;
            let source = Source::new(context.shown(&path.join(MANIFEST_FILE)), text);
            let manifest = Manifest::parse(&source).map_err(Failure::mistakes)?;
            (path.join(&manifest.component), Some(source))
        }
        Some(_) => (path.to_path_buf(), speaks_of(context, path)?),
    };
    let bytes = files::read_capped(&component, InspectLimits::default().size_bytes_max)?;
    Ok(Fetched { bytes, shown: context.shown(&component), beside })
}

/// A `plugin.toml` in the folder of a component, when it names this very file.
fn speaks_of(context: &Context, component: &Path) -> Result<Option<Source>, Failure> {
    let path = component.with_file_name(MANIFEST_FILE);
    if files::kind(&path)? != Some(EntryKind::File) {
        return Ok(None);
    }
    let text = files::read_to_string(&path, MANIFEST_MAX_BYTES as u64)?;
    let source = Source::new(context.shown(&path), text);
    let name = component.file_name().unwrap_or_default();
    let manifest = Manifest::parse(&source).map_err(Failure::mistakes)?;
    Ok((manifest.component.as_str() == name).then_some(source))
}

fn from_url(context: &Arc<Context>, url: &Url, typed: bool) -> Result<Fetched, Failure> {
    let bytes_max = InspectLimits::default().size_bytes_max;
    if !url.path().ends_with('/') {
        let bytes = download(context, url, typed, Auth::Origin, bytes_max)?;
        return Ok(Fetched { bytes, shown: shown_url(url), beside: None });
    }
    let join = |name: &str| {
        url.join(name).map_err(|error| unusable(format!("`{name}` makes no address there: {error}")))
    };
    let address = join(MANIFEST_FILE)?;
    let text = download(context, &address, typed, Auth::Origin, MANIFEST_MAX_BYTES as u64)?;
    let text =
        String::from_utf8(text).map_err(|_| unusable(format!("`{}` is not UTF-8", shown_url(&address))))?;
    let source = Source::new(shown_url(&address), text);
    let manifest = Manifest::parse(&source).map_err(Failure::mistakes)?;
    let address = join(&manifest.component)?;
    let bytes = download(context, &address, typed, Auth::Origin, bytes_max)?;
    Ok(Fetched { bytes, shown: shown_url(&address), beside: Some(source) })
}

fn download(
    context: &Arc<Context>,
    url: &Url,
    typed: bool,
    auth: Auth,
    bytes_max: u64,
) -> Result<Vec<u8>, Failure> {
    let origin = Origin::from_url(url)
        .map_err(|error| unusable(format!("the address of the plugin cannot be used: it {error}")))?;
    let mut permit = Permit::new("s");
    permit.origins.push(origin.clone().into());
    permit.private_origins.extend(typed.then_some(origin));
    let plan = DownloadPlan {
        urls: vec![url.clone()],
        headers: Vec::new(),
        auth,
        permit: Arc::new(permit),
        expected: None,
        expected_size: None,
        bytes_max,
    };
    let network = context.network()?;
    let bytes = Shared::default();
    let mut open = || -> io::Result<Box<dyn io::Write + Send>> {
        bytes.lock().clear();
        Ok(Box::new(bytes.clone()))
    };
    let engine = context.engine()?;
    let downloaded = engine.block_on(s_net::download(&network, &plan, &mut open));
    downloaded.map_err(|error| {
        let mut failure = Failure::from(error);
        if !typed && failure.diagnostics.iter().any(|diagnostic| diagnostic.code == Code::ADDRESS_DENIED) {
            for diagnostic in &mut failure.diagnostics {
                diagnostic
                    .notes
                    .push("the address stands in the project, and you did not type it".to_owned());
                diagnostic.hints.push(format!("if you trust it: s plugin add {}", shown_url(url)));
            }
        }
        failure
    })?;
    let downloaded = std::mem::take(&mut *bytes.lock());
    Ok(downloaded)
}

/// What is downloaded, in memory: its size is bounded, and nothing is left when it breaks off.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The address without what may be secret in it.
fn shown_url(url: &Url) -> String {
    s_net::DisplayUrl::new(url).to_string()
}

fn unusable(message: String) -> Failure {
    let diagnostic =
        Diagnostic::error(Code::PLUGIN_SOURCE, message).hint("what can be added: s help plugin add");
    Failure::new(FailureKind::Failed, diagnostic)
}

/// The path without `.` and `..`. Links on the way are resolved, the last part is not: it may be a
/// link that is moved to newer files.
fn cleaned(path: &Path) -> PathBuf {
    if let (Some(parent), Some(name)) = (path.parent(), path.file_name())
        && let Ok(parent) = files::canonicalize(parent)
    {
        return parent.join(name);
    }
    files::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The way from a folder to a path, with `/`; the path itself where they share nothing.
fn relative(path: &Path, folder: &Path) -> String {
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let is_name = |part: &Component<'_>| matches!(part, Component::Normal(_));
    if !path.components().take(shared).any(|part| is_name(&part)) {
        return path.display().to_string();
    }
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn paths_are_recorded_relative_to_the_project() {
        for (path, expected) in [
            ("/home/me/shop/plugins/a.wasm", "plugins/a.wasm"),
            ("/home/me/shop", "."),
            ("/home/me/a.wasm", "../a.wasm"),
            ("/home/other/x", "../../other/x"),
            ("/srv/plugins/a.wasm", "/srv/plugins/a.wasm"),
        ] {
            assert_eq!(relative(Path::new(path), Path::new("/home/me/shop")), expected, "{path}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_is_typed_is_told_apart() {
        let parse = |text: &str| PluginSource::parse(text, Path::new("/nowhere/here"), true);
        let path = |text: &str| PluginSource::Path(PathBuf::from(text));
        assert_eq!(parse("a.wasm").unwrap(), path("/nowhere/here/a.wasm"));
        assert_eq!(parse("file:///nowhere/x/").unwrap(), path("/nowhere/x/"));
        assert_eq!(parse("file:/nowhere/x").unwrap(), path("/nowhere/x"));
        let url = parse("https://plugins.example/a.wasm").unwrap();
        assert!(matches!(url, PluginSource::Url { typed: true, .. }), "{url:?}");
        for text in ["ftp://me:hunter2@x/a.wasm", "https://me:hunter2@[", "file://hunter2/x"] {
            let failure = parse(text).unwrap_err();
            assert_eq!(failure.diagnostics[0].code, Code::PLUGIN_SOURCE, "{text}");
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
    }
}
