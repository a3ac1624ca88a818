//! Where things are in the home folder of `s`, and the key of this machine.
//!
//! The layout is one place so that a reader can see all of it; what the files contain is left to
//! the crates that write them.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::{self, Access};
use crate::{KeyFault, Sha256Digest, StoreError};

/// The home folder: `~/.stryke`, or wherever `STRYKE_HOME` says. Its methods only name paths;
/// nothing is made until something is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

#[cfg(not(windows))]
const USER_FOLDER: &str = "HOME";
#[cfg(windows)]
const USER_FOLDER: &str = "USERPROFILE";

impl Home {
    /// Uses a folder.
    pub fn new(root: impl Into<PathBuf>) -> Home {
        Home { root: root.into() }
    }

    /// Finds the folder by `STRYKE_HOME`, else `.stryke` in the user's folder. An empty variable
    /// counts as one that is not set.
    ///
    /// # Errors
    /// [`StoreError::NoHome`], [`StoreError::RelativeHome`].
    pub fn from_env(get: impl Fn(&str) -> Option<OsString>) -> Result<Home, StoreError> {
        let absolute = |variable: &'static str| -> Result<Option<PathBuf>, StoreError> {
            match get(variable).filter(|value| !value.is_empty()).map(PathBuf::from) {
                Some(path) if !path.is_absolute() => Err(StoreError::RelativeHome { variable, path }),
                found => Ok(found),
            }
        };
        if let Some(root) = absolute("STRYKE_HOME")? {
            return Ok(Home { root });
        }
        match absolute(USER_FOLDER)? {
            Some(user) => Ok(Home { root: user.join(".stryke") }),
            None => Err(StoreError::NoHome { variable: USER_FOLDER }),
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings of this user.
    pub fn config_toml(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// What this user allowed plugins to do.
    pub fn grants_toml(&self) -> PathBuf {
        self.root.join("grants.toml")
    }

    /// The plugins of this user, pinned.
    pub fn plugins_toml(&self) -> PathBuf {
        self.root.join("plugins.toml")
    }

    /// What was typed in sessions; private.
    pub fn repl_history(&self) -> PathBuf {
        self.root.join("repl_history")
    }

    /// Components of plugins, each under the digest of its bytes.
    pub fn components(&self) -> PathBuf {
        self.root.join("plugins").join("components")
    }

    /// The component with a digest.
    pub fn component(&self, digest: &Sha256Digest) -> PathBuf {
        self.components().join(format!("{}.wasm", digest.to_hex()))
    }

    /// Runtimes of target packs, each under the digest of its bytes.
    pub fn target_packs(&self) -> PathBuf {
        self.root.join("plugins").join("targets")
    }

    /// Compiled code of plugins; private.
    pub fn code(&self) -> PathBuf {
        self.root.join("plugins").join("code")
    }

    /// What no other user may read; private.
    pub fn private(&self) -> PathBuf {
        self.root.join("private")
    }

    /// A private file of a kind, such as a token, for whatever a text names.
    pub fn private_file(&self, kind: &str, text: &str) -> PathBuf {
        self.private().join(format!("{kind}-{}", folder_name(text)))
    }

    /// The key of this machine; see [`host_key_bytes`](Home::host_key_bytes).
    pub fn host_key(&self) -> PathBuf {
        self.private().join("host.key")
    }

    /// What can be made or fetched again.
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache")
    }

    /// Everything a plugin keeps, under all its keys; removed when it is revoked.
    pub fn plugin_caches(&self, plugin: &str) -> PathBuf {
        self.cache().join("plugins").join(folder_name(plugin))
    }

    /// What a plugin keeps under one key, such as its major version and configuration.
    pub fn plugin_cache(&self, plugin: &str, key: &str) -> PathBuf {
        self.plugin_caches(plugin).join(folder_name(key))
    }

    /// Downloads and other work that is not finished; on the same file system as the rest.
    pub fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// What is known of registries.
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// What registries said and may not take back: no cache, since what was forgotten is not noticed.
    pub fn trust(&self) -> PathBuf {
        self.root.join("trust")
    }

    /// Packages, unpacked; see [`PackageStore`](crate::package_store::PackageStore).
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// Programs of packages that the user installed.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// What the programs in [`bin`](Home::bin) need, one project for each package.
    pub fn tools(&self) -> PathBuf {
        self.root.join("tools")
    }

    /// The project of a package that the user installed.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.tools().join(folder_name(name))
    }

    /// The project of a package that is run without being installed, by what was typed.
    pub fn passing_tool(&self, spec: &str) -> PathBuf {
        self.cache().join("tools").join(folder_name(spec))
    }

    /// Compiled programs that lie in no project; each file is private.
    pub fn programs(&self) -> PathBuf {
        self.cache().join("programs")
    }

    /// Checkouts of git repositories.
    pub fn git(&self) -> PathBuf {
        self.root.join("git")
    }

    /// Archives of packages that were downloaded.
    pub fn package_cache(&self) -> PathBuf {
        self.cache().join("packages")
    }

    /// The archive of a package. Its digest is part of the name, so that two registries can have
    /// the same name and version; whoever reads it compares all of the digest.
    pub fn cached_archive(&self, name: &str, version: &str, integrity: &Sha256Digest) -> PathBuf {
        let mut text = format!("{}-{version}", name.replace('/', "+"));
        if text.len() > 120 || text.contains('/') || crate::check_new_path(&text).is_err() {
            text = folder_name(&text);
        }
        self.package_cache().join(format!("{text}-{}.tar.zst", integrity.short()))
    }

    /// Reads the key of this machine, 32 secret bytes, and makes it the first time. Of two
    /// processes that make it at once, both return the same.
    ///
    /// # Errors
    /// [`StoreError::HostKey`] when others could have read or changed it or it has another length;
    /// those of the operating system.
    pub fn host_key_bytes(&self) -> Result<[u8; 32], StoreError> {
        let path = self.host_key();
        match read_key(&path) {
            Err(error) if error.is_not_found() => {}
            result => return result,
        }
        files::create_dir_all(&self.private(), Access::Private)?;
        let mut key = [0; 32];
        getrandom::fill(&mut key)
            .map_err(|error| StoreError::io("make", &path)(io::Error::other(error.to_string())))?;
        match files::write_new(&path, &key, Access::Private) {
            Err(error) if error.is_already_exists() => read_key(&path),
            result => result.map(|()| key),
        }
    }
}

fn read_key(path: &Path) -> Result<[u8; 32], StoreError> {
    let fault = |reason| StoreError::HostKey { path: path.to_path_buf(), reason };
    let metadata = std::fs::symlink_metadata(path).map_err(StoreError::io("read", path))?;
    if !metadata.is_file() {
        return Err(fault(KeyFault::NotAFile));
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
        if mode & 0o077 != 0 {
            return Err(fault(KeyFault::Mode { mode }));
        }
    }
    if metadata.len() != 32 {
        return Err(fault(KeyFault::Length { len: metadata.len() }));
    }
    let bytes = files::read_capped(path, 32)?;
    <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| fault(KeyFault::Length { len: bytes.len() as u64 }))
}

/// A name that every file system takes and that is different for different texts: lower-case
/// letters, digits, `-` and `_` stand for themselves, `/` becomes `+`, everything else its bytes in
/// hexadecimal behind `=`; a long text becomes its digest.
fn folder_name(text: &str) -> String {
    use std::fmt::Write as _;
    let mut name = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            b'/' => name.push('+'),
            _ => write!(name, "={byte:02x}").expect("writing to a string does not fail"),
        }
    }
    if name.is_empty() || name.len() > 120 || crate::check_new_path(&name).is_err() {
        name = format!("={}", Sha256Digest::of(text.as_bytes()));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;

    fn from(variables: &[(&str, &str)]) -> Result<Home, StoreError> {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        Home::from_env(|name| variables.get(name).map(OsString::from))
    }

    #[test]
    #[cfg(unix)]
    fn the_environment_says_where() {
        assert_eq!(from(&[("STRYKE_HOME", "/a"), ("HOME", "/h")]).unwrap().root(), Path::new("/a"));
        assert_eq!(from(&[("HOME", "/h")]).unwrap().root(), Path::new("/h/.stryke"));
        assert_eq!(from(&[("STRYKE_HOME", ""), ("HOME", "/h")]).unwrap().root(), Path::new("/h/.stryke"));
        assert!(matches!(from(&[]), Err(StoreError::NoHome { .. })));
        assert!(matches!(from(&[("HOME", "")]), Err(StoreError::NoHome { .. })));
        for relative in [[("STRYKE_HOME", "a"), ("HOME", "/h")], [("STRYKE_HOME", ""), ("HOME", "h")]] {
            assert!(matches!(from(&relative), Err(StoreError::RelativeHome { .. })));
        }
    }

    #[test]
    fn names_are_safe_and_different() {
        assert_eq!(folder_name("acme/artifactory-2"), "acme+artifactory-2");
        assert_eq!(folder_name("../up"), "=2e=2e+up");
        assert_eq!(folder_name("A.b"), "=41=2eb");
        let long = "x".repeat(300);
        let texts = ["", "a/b", "a+b", "a=2fb", "A", "a", "con", "nul", "../..", "é", " ", &long];
        let names: BTreeSet<String> = texts.iter().map(|text| folder_name(text)).collect();
        assert_eq!(names.len(), texts.len());
        for name in names {
            assert!(crate::check_new_path(&name).is_ok() && !name.contains('/'), "{name}");
        }
    }

    #[test]
    fn s4_a_cached_archive_is_named_for_a_reader_and_for_its_bytes() {
        let home = Home::new("home");
        let digest = Sha256Digest::of(b"");
        let path = |name, version| {
            let path = home.cached_archive(name, version, &digest);
            assert_eq!(path.parent().unwrap(), home.cache().join("packages"));
            path.file_name().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(path("http", "1.0.0"), "http-1.0.0-e3b0c44298fc.tar.zst");
        assert_eq!(path("acme/http", "1.0.0-rc.1+b"), "acme+http-1.0.0-rc.1+b-e3b0c44298fc.tar.zst");
        assert_eq!(path("http", "../1"), "http-=2e=2e+1-e3b0c44298fc.tar.zst");
        assert_eq!(
            path("http", &"1".repeat(300)).len(),
            "=sha256-".len() + 64 + "-e3b0c44298fc.tar.zst".len()
        );
        let other = home.cached_archive("http", "1.0.0", &Sha256Digest::of(b"x"));
        assert_ne!(other, home.cached_archive("http", "1.0.0", &digest));
        assert_eq!(home.store(), Path::new("home").join("store"));
        assert_eq!(home.bin(), Path::new("home").join("bin"));
        assert_eq!(home.git(), Path::new("home").join("git"));
    }

    #[test]
    fn the_key_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("home"));
        let keys: BTreeSet<[u8; 32]> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| home.host_key_bytes().unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(keys.len(), 1);
        assert_eq!(fs::read(home.host_key()).unwrap(), *keys.first().unwrap());
        assert_eq!(fs::read_dir(home.private()).unwrap().count(), 1, "no temporary file is left");
        let other = Home::new(folder.path().join("other"));
        assert!(!keys.contains(&other.host_key_bytes().unwrap()));
    }

    #[test]
    fn a_full_disk_leaves_no_key_or_a_whole_one() {
        for n in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            let home = Home::new(folder.path());
            let fault = crate::faults::fail_at(n, io::ErrorKind::StorageFull);
            let result = home.host_key_bytes();
            let reached = crate::faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached);
            let again = home.host_key_bytes().unwrap();
            assert_eq!(fs::read(home.host_key()).unwrap(), again);
            assert_eq!(fs::read_dir(home.private()).unwrap().count(), 1);
            if !reached {
                return;
            }
        }
        panic!("the operation never ends");
    }

    #[test]
    #[cfg(unix)]
    fn a_key_that_cannot_be_trusted_is_refused() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        let fault = || match home.host_key_bytes() {
            Err(StoreError::HostKey { reason, .. }) => reason,
            other => panic!("{:?}", other.map(|_| "a key")),
        };
        home.host_key_bytes().unwrap();
        let mode = |mode| fs::set_permissions(home.host_key(), fs::Permissions::from_mode(mode)).unwrap();
        for open in [0o640, 0o604, 0o620, 0o610] {
            mode(open);
            assert_eq!(fault(), KeyFault::Mode { mode: open });
        }
        mode(0o600);
        for len in [0, 31, 33] {
            fs::write(home.host_key(), vec![1; len]).unwrap();
            assert_eq!(fault(), KeyFault::Length { len: len as u64 });
        }
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(home.host_key(), &elsewhere).unwrap();
        symlink(&elsewhere, home.host_key()).unwrap();
        assert_eq!(fault(), KeyFault::NotAFile);
    }
}
