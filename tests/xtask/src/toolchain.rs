//! A compiler for guests or for target packs: rustup's, with the targets installed; or, for guests,
//! Debian's, unpacked below `target/toolchain`, which builds the standard library from its sources.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{read, run};

/// The target of every guest.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages. They conflict with nothing because they are only unpacked, never installed.
const DEBIAN_PACKAGES: [&str; 5] =
    ["rustc-web", "libstd-rust-web-dev", "libstd-rust-web-1.96", "rust-web-src", "libllvm22"];

/// A compiler with what it needs to build guests.
#[derive(Debug)]
pub(crate) struct Toolchain {
    rustc: PathBuf,
    cargo: PathBuf,
    /// Set where the standard library is built along.
    debian: Option<Debian>,
    /// What the compiler says of itself.
    pub(crate) version: Version,
}

#[derive(Debug)]
struct Debian {
    libraries: PathBuf,
    linker: PathBuf,
}

/// What identifies a compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// Such as `rustc 1.95.0 (59807616e 2026-04-14)`.
    pub(crate) name: String,
    /// The commit it was built from; `unknown` where a distributor does not say.
    pub(crate) commit: String,
}

impl Version {
    fn of(rustc: &mut Command) -> Result<Version> {
        let text = read(rustc.arg("-vV"))?;
        let commit = text.lines().find_map(|line| line.strip_prefix("commit-hash: "));
        Ok(Version {
            name: text.lines().next().unwrap_or_default().to_owned(),
            commit: commit.unwrap_or("unknown").to_owned(),
        })
    }
}

impl Toolchain {
    /// Prepares a run of `cargo SUBCOMMAND` for a target.
    pub(crate) fn cargo(&self, subcommand: &str, target: &str) -> Command {
        let mut command = Command::new(&self.cargo);
        command.arg(subcommand).arg("--target").arg(target).envs(self.environment());
        if self.debian.is_some() {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        command
    }

    /// Where the sources of the standard library would be, if they are installed.
    pub(crate) fn library_source(&self) -> Result<PathBuf> {
        let sysroot = read(Command::new(&self.rustc).args(["--print", "sysroot"]).envs(self.environment()))?;
        Ok(Path::new(&sysroot).join("lib/rustlib/src/rust"))
    }

    /// The variables that make cargo use this compiler.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables =
            vec![("RUSTC", self.rustc.display().to_string()), ("CARGO", self.cargo.display().to_string())];
        if let Some(debian) = &self.debian {
            variables.push(("LD_LIBRARY_PATH", debian.libraries.display().to_string()));
            variables.push(("RUSTC_BOOTSTRAP", "1".to_owned()));
            variables
                .push(("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", debian.linker.display().to_string()));
        }
        variables
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = if self.debian.is_some() {
            "unpacked from Debian's packages"
        } else {
            "with its target installed"
        };
        write!(f, "{} at `{}`, {origin}", self.version.name, self.rustc.display())
    }
}

/// Finds a compiler for guests, changing nothing: one of rustup's, then the unpacked one. With `wanted`,
/// only one built from that commit will do.
pub(crate) fn find(root: &Path, wanted: Option<&str>) -> Result<Option<Toolchain>> {
    match find_with(root, &[TARGET], wanted)? {
        Some(toolchain) => Ok(Some(toolchain)),
        None => Ok(unpacked(root)?.filter(|toolchain| suits(toolchain, wanted))),
    }
}

/// Finds a compiler that has the standard library of every target, changing nothing: the active one, then
/// other toolchains of rustup. With `wanted`, only one built from that commit will do.
pub(crate) fn find_with(root: &Path, targets: &[&str], wanted: Option<&str>) -> Result<Option<Toolchain>> {
    let mut rustcs = vec![sysroot_of(Command::new("rustc").current_dir(root))];
    if let Ok(list) = read(Command::new("rustup").args(["toolchain", "list"])) {
        for name in list.lines().filter_map(|line| line.split_whitespace().next()) {
            rustcs.push(sysroot_of(Command::new("rustup").args(["run", name, "rustc"])));
        }
    }
    for sysroot in rustcs.into_iter().flatten() {
        if let Some(toolchain) = installed(&sysroot, targets)?
            && suits(&toolchain, wanted)
        {
            return Ok(Some(toolchain));
        }
    }
    Ok(None)
}

fn suits(toolchain: &Toolchain, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|commit| toolchain.version.commit == commit)
}

/// Finds a compiler or makes one: with `rustup target add`, else from Debian's packages.
pub(crate) fn make(root: &Path) -> Result<Toolchain> {
    if let Some(toolchain) = find(root, None)? {
        return Ok(toolchain);
    }
    let added = run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root));
    if added.is_ok()
        && let Some(toolchain) = find(root, None)?
    {
        return Ok(toolchain);
    }
    unpack(root).context("neither `rustup target add` nor Debian's packages gave a compiler for guests")?;
    unpacked(root)?.context("the unpacked compiler is not complete")
}

fn sysroot_of(rustc: &mut Command) -> Option<PathBuf> {
    read(rustc.args(["--print", "sysroot"])).ok().map(PathBuf::from)
}

/// The compiler of a sysroot that has the targets' standard libraries and a cargo beside it.
fn installed(sysroot: &Path, targets: &[&str]) -> Result<Option<Toolchain>> {
    let (rustc, cargo) = (sysroot.join("bin/rustc"), sysroot.join("bin/cargo"));
    let is_std = |entry: std::io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    };
    let has_std = targets.iter().all(|target| {
        let libraries = sysroot.join("lib/rustlib").join(target).join("lib");
        fs::read_dir(libraries).is_ok_and(|mut entries| entries.any(is_std))
    });
    if !has_std || !cargo.is_file() {
        return Ok(None);
    }
    let version = Version::of(&mut Command::new(&rustc))?;
    Ok(Some(Toolchain { rustc, cargo, debian: None, version }))
}

fn unpacked(root: &Path) -> Result<Option<Toolchain>> {
    let home = root.join("target/toolchain");
    let rustc = home.join("usr/bin/rustc");
    if !rustc.is_file() {
        return Ok(None);
    }
    let Some(sysroot) = sysroot_of(Command::new("rustc").current_dir(root)) else {
        bail!("the unpacked compiler needs a cargo, and none was found on the path");
    };
    let host = read(Command::new("rustc").arg("-vV"))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
    let libraries = home.join("usr/lib").join(multiarch(&host));
    let linker = sysroot.join("lib/rustlib").join(&host).join("bin/rust-lld");
    let version = Version::of(Command::new(&rustc).env("LD_LIBRARY_PATH", &libraries))?;
    let debian = Some(Debian { libraries, linker });
    Ok(Some(Toolchain { rustc, cargo: sysroot.join("bin/cargo"), debian, version }))
}

/// Debian's name of the folder for a machine's libraries.
fn multiarch(host: &str) -> String {
    host.replace("-unknown-", "-")
}

fn unpack(root: &Path) -> Result<()> {
    let home = root.join("target/toolchain");
    fs::create_dir_all(&home)?;
    let folder = tempfile::tempdir_in(&home)?;
    run(Command::new("apt-get").arg("download").args(DEBIAN_PACKAGES).current_dir(folder.path()))?;
    for entry in fs::read_dir(folder.path())? {
        run(Command::new("dpkg").arg("-x").arg(entry?.path()).arg(&home))?;
    }
    Ok(())
}
