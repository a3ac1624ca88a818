//! A registry server and somebody who publishes there, for tests of what the two do together.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use s_store::Sha256Digest;
use serde_json::Value;

use crate::support::{Outcome, Sandbox, temporaries_below};

/// `s registry serve` in a folder of the sandbox; it ends with this value.
pub(crate) struct Served {
    child: Child,
    /// Where it listens.
    pub(crate) url: String,
}

impl Served {
    /// Starts it on a free port.
    pub(crate) fn start(sandbox: &Sandbox) -> Served {
        Served::start_at(sandbox, "127.0.0.1:0", "")
    }

    /// Starts it at an address, with a plan of what is to go wrong.
    pub(crate) fn start_at(sandbox: &Sandbox, address: &str, plan: &str) -> Served {
        let mut command = Served::command(sandbox, address);
        if !plan.is_empty() {
            command.env(s_store::faults::PLAN, plan);
        }
        Served::started(command)
    }

    /// Starts it with these arguments of its own.
    pub(crate) fn start_with(sandbox: &Sandbox, args: &[&str]) -> Served {
        let mut all = vec!["registry", "serve", "--json", "--listen", "127.0.0.1:0"];
        all.extend(args);
        Served::started(sandbox.command(&all))
    }

    fn command(sandbox: &Sandbox, address: &str) -> Command {
        let args =
            ["registry", "serve", "--folder", "packages", "--flat-names", "--json", "--listen", address];
        sandbox.command(&args)
    }

    /// Waits until it listens.
    fn started(mut command: Command) -> Served {
        command.stderr(Stdio::null());
        Served::logging(command)
    }

    /// The same for one that was told where standard error goes.
    pub(crate) fn logging(mut command: Command) -> Served {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        while !text.contains('}') {
            assert_ne!(lines.read_line(&mut text).unwrap(), 0, "it ended: {text}");
        }
        let ready: Value = serde_json::from_str(&text).unwrap();
        let url = format!("http://{}", ready["address"].as_str().unwrap());
        Served { child, url }
    }

    /// The address without the scheme.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Asks for a document; none where there is none.
    pub(crate) fn get(&self, path: &str) -> Option<Vec<u8>> {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nhost: {}\r\n\r\n", self.address()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        match head.split_whitespace().nth(1) {
            Some("200") => Some(answer.split_off(end + 4)),
            Some("404") => None,
            _ => panic!("{path}: {head}"),
        }
    }

    /// The versions of a package with the digests of their archives, which are downloaded and
    /// checked. Every line of the index has to be whole.
    pub(crate) fn versions(&self, name: &str) -> Vec<(String, String)> {
        let Some(index) = self.get(&format!("/api/v1/index/{name}")) else { return Vec::new() };
        let index = String::from_utf8(index).unwrap();
        assert!(index.ends_with('\n'), "{index}");
        let line = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let text = |key: &str| line[key].as_str().unwrap().to_owned();
            let (version, integrity) = (text("vers"), text("integrity"));
            let archive = self.get(&format!("/api/v1/packages/{name}/{version}/dl"));
            let digest = archive.map(|bytes| Sha256Digest::of(&bytes).to_string());
            assert_eq!(digest.as_ref(), Some(&integrity), "{name} {version}");
            (version, integrity)
        };
        index.lines().map(line).collect()
    }

    /// Makes a token of somebody.
    pub(crate) fn token(&self, sandbox: &Sandbox, user: &str, scopes: &[&str]) -> String {
        let mut args = vec!["registry", "token", "--folder", "packages", "--user", user, "--json"];
        args.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        let outcome = sandbox.run(&args);
        assert_eq!(outcome.status, Some(0), "{}", outcome.text());
        outcome.json()["token"].as_str().unwrap().to_owned()
    }

    /// Binds the token that the variable `OWN_TOKEN` has to this server.
    pub(crate) fn bind(&self, sandbox: &Sandbox) {
        let binding = format!(
            "[[binding]]\nplugin = \"stryke/auth-token\"\nsecret = \"token\"\norigin = \"{}\"\nfrom = \"env:OWN_TOKEN\"\n",
            self.url
        );
        std::fs::create_dir_all(sandbox.home()).unwrap();
        std::fs::write(sandbox.home().join("grants.toml"), binding).unwrap();
    }

    /// The table of a manifest that names this server `own`.
    pub(crate) fn table(&self) -> String {
        format!("[registries.own]\nurl = \"{}\"\nplugin = \"stryke/registry-stryke\"\n", self.url)
    }
}

/// Runs `s` in a folder of the sandbox as whoever has a token.
pub(crate) fn run_as(sandbox: &Sandbox, token: &str, folder: &str, args: &[&str]) -> Outcome {
    let mut command = sandbox.command(args);
    command.current_dir(sandbox.work().join(folder)).env("OWN_TOKEN", token);
    sandbox.outcome(&command.output().unwrap())
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody with a package, a server, and the right to publish there.
pub(crate) struct Publisher {
    /// Where everything is.
    pub(crate) sandbox: Sandbox,
    /// The server; none while it is down.
    pub(crate) served: Option<Served>,
    address: String,
}

impl Publisher {
    /// Starts a server and makes a token for it.
    pub(crate) fn new() -> Publisher {
        let sandbox = Sandbox::new();
        let served = Served::start(&sandbox);
        let args =
            ["registry", "token", "--folder", "packages", "--user", "me", "--scope", "publish", "--json"];
        let made = sandbox.run(&args);
        assert_eq!(made.status, Some(0), "{}", made.text());
        let token = made.json()["token"].as_str().unwrap().to_owned();
        std::fs::create_dir_all(sandbox.home()).unwrap();
        let binding = format!(
            "[[binding]]\nplugin = \"stryke/auth-token\"\nsecret = \"token\"\norigin = \"{}\"\nfrom = \"env:OWN_TOKEN\"\n",
            served.url
        );
        std::fs::write(sandbox.home().join("grants.toml"), binding).unwrap();
        let sandbox = sandbox.env("OWN_TOKEN", &token);
        let address = served.address().to_owned();
        Publisher { sandbox, served: Some(served), address }
    }

    /// Starts the server again where it was, with a plan of what is to go wrong.
    pub(crate) fn serve_again(&mut self, plan: &str) {
        self.served = None;
        self.served = Some(Served::start_at(&self.sandbox, &self.address, plan));
    }

    /// The same, through another program that runs it and ends with it.
    pub(crate) fn serve_under(&mut self, with: &dyn Fn(&Command) -> Command) {
        self.served = None;
        self.served = Some(Served::started(with(&Served::command(&self.sandbox, &self.address))));
    }

    /// The server, which is up.
    pub(crate) fn server(&self) -> &Served {
        self.served.as_ref().expect("it is up")
    }

    /// Makes the folder of a package the source of a version.
    pub(crate) fn prepare(&self, name: &str, version: &str) {
        let text = format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\n\n[registries.own]\nurl = \"http://{}\"\nplugin = \"stryke/registry-stryke\"\n",
            self.address
        );
        self.sandbox.write(&format!("{name}/stryke.toml"), &text);
        self.sandbox.write(&format!("{name}/lib/{name}.stk"), &format!("# {name} {version}\n"));
    }

    /// `s publish` in the folder of a package, ready to be started.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = self.sandbox.command(&["publish"]);
        command.current_dir(self.sandbox.work().join(name));
        command
    }

    /// Publishes what was prepared.
    pub(crate) fn publish(&self, name: &str) -> Outcome {
        self.sandbox.outcome(&self.command(name).output().unwrap())
    }

    /// The files that were only meant to be there for a while, here and on the server.
    pub(crate) fn temporaries(&self) -> Vec<PathBuf> {
        temporaries_below(&self.sandbox.work().join(".."))
    }
}
