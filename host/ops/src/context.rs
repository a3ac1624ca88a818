//! What operations share: where things are, who talks to the user, and what is made on first use.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use s_capability::{Ceiling, Grants, Kind, Policy};
use s_diag::{Code, Diagnostic, Source};
use s_net::{Client, CredentialSource, Options, Proxies, ResponseCache};
use s_plugin::{Cancel, CodeCache, Compiler, Engine};
use s_project::{LockedRegistry, ProjectLock};
use s_store::{Access, Home, files};

use crate::Frontend;
use crate::failure::{Failure, FailureKind};
use crate::plugins::credentials::Credentials;
use crate::plugins::http_cache::HttpCache;
use crate::steps::Steps;

/// Looks up a variable of the environment.
pub type Environment = Arc<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// What a context is made of.
#[derive(Clone)]
pub struct Setup {
    /// The directory the user is in.
    pub directory: PathBuf,
    /// The environment.
    pub environment: Environment,
    /// Who talks to the user.
    pub frontend: Arc<dyn Frontend>,
    /// Whether the network may not be used.
    pub offline: bool,
    /// What makes this executable compile one component: see [`s_plugin::compile_as_child`]. Empty
    /// when it cannot; it then compiles in its own process.
    pub compiler_arguments: Vec<String>,
    /// Raised when the user interrupts.
    pub cancel: Cancel,
}

/// What operations share. Nothing in it is read or made before it is needed.
pub struct Context {
    setup: Setup,
    home: Home,
    project: OnceLock<Option<PathBuf>>,
    engine: OnceLock<Engine>,
    network: OnceLock<Arc<Client>>,
    steps: Steps,
    /// What files were warned of.
    warned: Mutex<Vec<Diagnostic>>,
    /// What locks say of registries.
    locked_registries: Mutex<Vec<LockedRegistry>>,
}

const FILE_BYTES_MAX: u64 = 4 << 20;

impl Context {
    /// Prepares a context; an error when there is no home folder to use.
    pub fn new(setup: Setup) -> Result<Arc<Context>, Failure> {
        let home = Home::from_env(|name| (setup.environment)(name))?;
        Ok(Arc::new(Context {
            setup,
            home,
            project: OnceLock::new(),
            engine: OnceLock::new(),
            network: OnceLock::new(),
            steps: Steps::default(),
            warned: Mutex::default(),
            locked_registries: Mutex::default(),
        }))
    }

    /// The same for another directory, such as that of a project the user is not in.
    pub(crate) fn in_directory(&self, directory: &Path) -> Arc<Context> {
        Arc::new(Context {
            setup: Setup { directory: directory.to_path_buf(), ..self.setup.clone() },
            home: self.home.clone(),
            project: OnceLock::new(),
            engine: OnceLock::new(),
            network: OnceLock::new(),
            steps: Steps::default(),
            warned: Mutex::default(),
            locked_registries: Mutex::default(),
        })
    }

    /// The user's folder.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The directory the user is in.
    pub fn directory(&self) -> &Path {
        &self.setup.directory
    }

    /// The root of the project the user is in: of its workspace, where it is a member of one.
    pub fn project(&self) -> Option<&Path> {
        let find = || {
            let nearest = s_project::find_root(&self.setup.directory)?;
            Some(s_project::find_workspace(&nearest).unwrap_or(nearest))
        };
        self.project.get_or_init(find).as_deref()
    }

    /// Who talks to the user.
    pub fn frontend(&self) -> &Arc<dyn Frontend> {
        &self.setup.frontend
    }

    /// Reports what is odd about a file, once, however often the file is read.
    pub(crate) fn warn_once(&self, diagnostic: &Diagnostic) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if !warned.contains(diagnostic) {
            warned.push(diagnostic.clone());
            self.frontend().warn(diagnostic);
        }
    }

    pub(crate) fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Takes over what a lock says of registries, so that they are held to it.
    pub(crate) fn hold_to(&self, lock: &ProjectLock) {
        let mut locked = self.locked_registries.lock().unwrap_or_else(PoisonError::into_inner);
        locked.extend(lock.registries().cloned());
    }

    /// What a lock says of the registry that is meant.
    pub(crate) fn locked_registry(
        &self,
        is_meant: impl Fn(&LockedRegistry) -> bool,
    ) -> Option<LockedRegistry> {
        let locked = self.locked_registries.lock().unwrap_or_else(PoisonError::into_inner);
        locked.iter().find(|registry| is_meant(registry)).cloned()
    }

    /// Whether the network may not be used.
    pub fn is_offline(&self) -> bool {
        self.setup.offline
    }

    /// Raised when the user interrupts.
    pub fn cancel(&self) -> &Cancel {
        &self.setup.cancel
    }

    /// The environment itself, for what outlives the context.
    pub(crate) fn environment(&self) -> Environment {
        Arc::clone(&self.setup.environment)
    }

    /// A variable of the environment that is text.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.os_variable(name)?.into_string().ok()
    }

    /// A variable of the environment.
    pub fn os_variable(&self, name: &str) -> Option<OsString> {
        (self.setup.environment)(name)
    }

    /// Seconds since the Unix epoch; `SOURCE_DATE_EPOCH` when that is set.
    pub fn now_unix(&self) -> u64 {
        let fixed = self.variable("SOURCE_DATE_EPOCH").and_then(|text| text.parse().ok());
        fixed.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(0, |elapsed| elapsed.as_secs())
        })
    }

    /// The plugin engine, with the cache of compiled code.
    pub fn engine(&self) -> Result<&Engine, Failure> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        let key = self.home.host_key_bytes()?;
        let engine = Engine::new(Some(CodeCache::new(self.home.code(), key)))?;
        Ok(self.engine.get_or_init(|| engine))
    }

    /// The engine for plugins of a kind: what target packs make is the same on every machine, so their
    /// code counts what it burns.
    pub fn engine_for(&self, kind: Kind) -> Result<Engine, Failure> {
        let engine = self.engine()?;
        Ok(if kind == Kind::Target { engine.metered()? } else { engine.clone() })
    }

    /// Compiles components that are not part of this executable.
    pub fn compiler(&self) -> Compiler {
        match std::env::current_exe() {
            Ok(program) if !self.setup.compiler_arguments.is_empty() => Compiler::Child {
                program,
                arguments: self.setup.compiler_arguments.clone(),
                time_max: s_plugin::COMPILE_TIME_MAX,
            },
            _ => Compiler::Here,
        }
    }

    /// The network.
    pub fn network(self: &Arc<Context>) -> Result<Arc<Client>, Failure> {
        if let Some(network) = self.network.get() {
            return Ok(Arc::clone(network));
        }
        let proxy = |names: [&str; 2]| names.into_iter().find_map(|name| self.variable(name));
        let (http, https) = (proxy(["HTTP_PROXY", "http_proxy"]), proxy(["HTTPS_PROXY", "https_proxy"]));
        let direct = proxy(["NO_PROXY", "no_proxy"]);
        let proxies = Proxies::new(http.as_deref(), https.as_deref(), direct.as_deref())?;
        let credentials: Arc<dyn CredentialSource> = Arc::new(Credentials::new(self));
        let cache: Arc<dyn ResponseCache> = Arc::new(HttpCache::new(self.home.cache().join("http")));
        let options = Options {
            offline: self.setup.offline,
            credentials: Some(credentials),
            cache: Some(cache),
            proxies,
            ..Options::default()
        };
        Ok(Arc::clone(self.network.get_or_init(|| Arc::new(Client::new(options)))))
    }

    /// What the user allowed.
    pub fn grants(&self) -> Result<Grants, Failure> {
        let path = self.home.grants_toml();
        Grants::parse(&self.source_or_empty(&path)?).map_err(Failure::mistakes)
    }

    /// Writes what the user allowed.
    pub fn save_grants(&self, grants: &Grants) -> Result<(), Failure> {
        files::create_dir_all(self.home.root(), Access::Private)?;
        Ok(files::write_atomic(&self.home.grants_toml(), grants.to_text().as_bytes(), Access::Private)?)
    }

    /// The organisation's policy: the file that `S_PLUGIN_POLICY` names.
    pub fn policy(&self) -> Result<Option<Policy>, Failure> {
        let Some(path) = self.variable("S_PLUGIN_POLICY").filter(|path| !path.is_empty()) else {
            return Ok(None);
        };
        let text = files::read_to_string(Path::new(&path), FILE_BYTES_MAX).map_err(|error| {
            let diagnostic = Diagnostic::error(Code::POLICY_FILE, error.to_string())
                .note("the variable `S_PLUGIN_POLICY` names this file, and without it no plugin runs");
            Failure::new(FailureKind::Integrity, diagnostic)
        })?;
        let mistakes = |diagnostics| Failure { kind: FailureKind::Integrity, diagnostics };
        Policy::parse(&Source::new(path, text)).map(Some).map_err(mistakes)
    }

    /// What any plugin may use at most.
    pub fn ceiling(&self) -> Ceiling {
        Ceiling::default()
    }

    /// Reads a text file that the user named, relative to the directory the user is in.
    pub fn source(&self, path: &Path) -> Result<Source, Failure> {
        let path = self.directory().join(path);
        Ok(Source::new(self.shown(&path), files::read_to_string(&path, FILE_BYTES_MAX)?))
    }

    /// Reads a text file; an absent one is empty.
    pub fn source_or_empty(&self, path: &Path) -> Result<Source, Failure> {
        match files::read_to_string(path, FILE_BYTES_MAX) {
            Ok(text) => Ok(Source::new(self.shown(path), text)),
            Err(error) if error.is_not_found() => Ok(Source::new(self.shown(path), "")),
            Err(error) => Err(error.into()),
        }
    }

    /// A path as it is shown: relative to the project or the directory the user is in.
    pub fn shown(&self, path: &Path) -> String {
        let bases = [self.project(), Some(self.directory())];
        let relative = bases.into_iter().flatten().find_map(|base| path.strip_prefix(base).ok());
        relative.filter(|path| !path.as_os_str().is_empty()).unwrap_or(path).display().to_string()
    }
}
