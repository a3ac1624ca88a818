//! A registry server, for tests of what clients and servers do together.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::support::Sandbox;

/// `s registry serve` in a folder of the sandbox; it ends with this value.
pub(crate) struct Served {
    child: Child,
    /// Where it listens.
    pub(crate) url: String,
}

impl Served {
    /// Starts it on a free port.
    pub(crate) fn start(sandbox: &Sandbox) -> Served {
        let mut command = sandbox.command(&[
            "registry",
            "serve",
            "--folder",
            "packages",
            "--listen",
            "127.0.0.1:0",
            "--flat-names",
            "--json",
        ]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut text = String::new();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        while !text.contains('}') {
            assert_ne!(lines.read_line(&mut text).unwrap(), 0, "it ended: {text}");
        }
        let ready: serde_json::Value = serde_json::from_str(&text).unwrap();
        let url = format!("http://{}", ready["address"].as_str().unwrap());
        Served { child, url }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
