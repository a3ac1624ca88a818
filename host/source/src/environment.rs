//! What git is told and what it is not: its program, its environment, its settings.
//!
//! Settings of the machine and the user are read, since they hold how to sign in and which mirror
//! to use. What could run something, or ask someone, is set here and wins over them.

use std::ffi::OsString;
use std::path::PathBuf;

use s_store::{EntryKind, files};

/// Variables that git gets as they are: where the user is, how to sign in, how to reach the network.
const KEPT: &[&str] = &[
    "ALL_PROXY",
    "APPDATA",
    "CURL_CA_BUNDLE",
    "DBUS_SESSION_BUS_ADDRESS",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "HOME",
    "HOMEDRIVE",
    "HOMEPATH",
    "HTTPS_PROXY",
    "KRB5CCNAME",
    "LOCALAPPDATA",
    "LOGNAME",
    "NO_PROXY",
    "PATHEXT",
    "PROGRAMDATA",
    "SSH_AGENT_PID",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "USER",
    "USERNAME",
    "USERPROFILE",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Variables with which nothing asks, nothing is replaced, and messages are those we know.
const SET: &[(&str, &str)] = &[
    ("GCM_INTERACTIVE", "never"),
    ("GIT_ASKPASS", ""),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
    ("SSH_ASKPASS_REQUIRE", "never"),
];

/// Settings that win over those of the user.
pub(crate) const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "core.askPass=",
    "credential.interactive=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.fsckObjects=true",
    "transfer.fsckObjects=true",
    "fetch.unpackLimit=1",
    "transfer.unpackLimit=1",
    "fetch.writeCommitGraph=false",
    "fetch.recurseSubmodules=false",
    "submodule.recurse=false",
    "transfer.bundleURI=false",
    "advice.detachedHead=false",
];

/// How git is started.
#[derive(Debug)]
pub(crate) struct Environment {
    /// By its absolute path; none where it is not installed.
    pub(crate) program: Option<PathBuf>,
    pub(crate) variables: Vec<(OsString, OsString)>,
    /// How the user wants `ssh` to be started, if the environment says so.
    pub(crate) ssh_command: Option<OsString>,
}

impl Environment {
    /// Takes from the user's environment what git may have of it.
    pub(crate) fn of(get: &dyn Fn(&str) -> Option<OsString>) -> Environment {
        // A relative entry would find a program in whatever the current folder is.
        let path = get("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> =
            std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
        let mut variables: Vec<(OsString, OsString)> =
            KEPT.iter().filter_map(|name| Some((OsString::from(name), get(name)?))).collect();
        variables.extend(SET.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
        if let Ok(path) = std::env::join_paths(&folders) {
            variables.push((OsString::from("PATH"), path));
        }
        let name = format!("git{}", std::env::consts::EXE_SUFFIX);
        let program = folders.iter().map(|folder| folder.join(&name)).find(|path| is_program(path));
        let ssh_command = get("GIT_SSH_COMMAND").or_else(|| get("GIT_SSH").map(quoted));
        Environment { program, variables, ssh_command: ssh_command.filter(|command| !command.is_empty()) }
    }
}

/// Adds what keeps `ssh` from asking to a command line that is one of OpenSSH.
pub(crate) fn silent_ssh(command: OsString, variant: Option<&str>) -> OsString {
    let mut command = command;
    if variant.is_none_or(|variant| matches!(variant, "ssh" | "auto")) {
        command.push(" -oBatchMode=yes");
    }
    command
}

fn is_program(path: &std::path::Path) -> bool {
    matches!(files::kind(path), Ok(Some(EntryKind::File)))
}

/// `GIT_SSH` is a program and not a command line.
fn quoted(program: OsString) -> OsString {
    let text = program.to_string_lossy().replace('\'', "'\\''");
    OsString::from(format!("'{text}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_handed_over_that_is_not_listed() {
        let get = |name: &str| Some(OsString::from(format!("value of {name}")));
        let environment = Environment::of(&get);
        let has = |name: &str| environment.variables.iter().any(|(key, _)| key == name);
        assert!(["HOME", "SSH_AUTH_SOCK", "https_proxy"].into_iter().all(has));
        for name in [
            "GIT_DIR",
            "GIT_CONFIG_COUNT",
            "GIT_CONFIG_PARAMETERS",
            "GIT_EXEC_PATH",
            "GIT_TRACE",
            "GIT_EXTERNAL_DIFF",
            "GIT_PROXY_COMMAND",
            "GIT_SSL_NO_VERIFY",
            "GIT_TEMPLATE_DIR",
            "SSH_ASKPASS",
            "LD_PRELOAD",
            "STRYKE_HOME",
        ] {
            assert!(!has(name), "{name}");
        }
        let value =
            |name: &str| environment.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        assert_eq!(value("GIT_TERMINAL_PROMPT"), Some(&OsString::from("0")));
        assert_eq!(value("GIT_ASKPASS"), Some(&OsString::from("")));
    }

    #[test]
    fn a_program_beside_the_project_is_not_git() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(format!("git{}", std::env::consts::EXE_SUFFIX));
        std::fs::write(&git, "").unwrap();
        let of =
            |path: OsString| Environment::of(&move |name| (name == "PATH").then(|| path.clone())).program;
        assert_eq!(of(".".into()), None);
        assert_eq!(of("".into()), None);
        let path = std::env::join_paths(["bin".into(), folder.path().to_path_buf()]).unwrap();
        assert_eq!(of(path), Some(git));
    }

    #[test]
    fn ssh_never_asks() {
        for (command, variant, expected) in [
            ("ssh", None, "ssh -oBatchMode=yes"),
            ("ssh -i key", Some("ssh"), "ssh -i key -oBatchMode=yes"),
            ("plink", Some("plink"), "plink"),
        ] {
            assert_eq!(silent_ssh(command.into(), variant), OsString::from(expected));
        }
        let get = |name: &str| (name == "GIT_SSH").then(|| OsString::from("/o'k/ssh"));
        assert_eq!(Environment::of(&get).ssh_command, Some(OsString::from("'/o'\\''k/ssh'")));
    }
}
