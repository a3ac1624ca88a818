//! The table of stable codes. A code never changes its meaning and is never used again.

use std::fmt;

/// A stable code such as `S-5007`.
///
/// The first digit says whose it is: 0 the language, 1 the command line, 2 the resolver, 3 manifest
/// and lock, 4 store and network, 5 plugins, 6 audit, 7 targets and linking, 9 the tool itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-{:04}", self.0)
    }
}

/// What `s explain` says of a code.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// The name of its constant, in lower case with hyphens.
    pub name: &'static str,
    /// When it appears, why, and what to do; Markdown.
    pub explanation: &'static str,
}

/// Finds a code by the way people type it: `S-5007`, `s5007`, `5007`.
pub fn entry(text: &str) -> Option<&'static Entry> {
    let digits = text.trim().trim_start_matches(['s', 'S']).trim_start_matches('-');
    let number: u16 = digits.parse().ok()?;
    CODES.iter().find(|entry| entry.code.0 == number)
}

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $explanation:literal)*) => {
        impl Code {
            $(#[doc = $explanation] pub const $constant: Code = Code($number);)*
        }
        /// Every code there is, in ascending order.
        pub static CODES: &[Entry] = &[$(Entry { code: Code::$constant, name: $name, explanation: $explanation },)*];
    };
}

codes! {
    1001 USAGE "usage" "The command line could not be understood. `s help COMMAND` shows what the command takes."
    1002 UNKNOWN_COMMAND "unknown-command" "There is no command of this name, built in or from a plugin. `s help` lists them all; `s plugin list` shows which plugins add commands."
    1003 UNKNOWN_CODE "unknown-code" "`s explain` knows the codes that `s` prints, such as `S-5007`. This one is not among them."
    3001 MANIFEST_SYNTAX "manifest-syntax" "A TOML file could not be read. The place that is marked is where the text stops making sense; the mistake is there or just before."
    4001 IO "io" "The operating system refused a file operation. Nothing was left half-written: files are written beside their place and renamed into it."
    4050 ORIGIN_DENIED "origin-denied" "Something wanted to reach an origin (scheme, host and port) or use a method that it is not permitted to. For a plugin, its manifest has to ask for the origin and its grant has to allow it; `s plugin info` shows both. A URL with a user name in it and schemes other than `http` and `https` are never permitted."
    4051 ADDRESS_DENIED "address-denied" "A name led to an address that is not public: private, loopback, link-local or the like. That is how a server can be tricked into reaching machines behind it, so it is refused unless the user has named exactly this origin as one that may be private."
    4052 REDIRECT_REFUSED "redirect-refused" "A server redirected to where the request may not go: to an origin that is not permitted, to a private address, from `https` back to `http`, or around and around. The permission of the first URL does not extend to where it points."
    4053 OFFLINE "offline" "Something that is not on this machine was needed while `s` was told to stay offline. Run the command once without `--offline`, or vendor what it needs."
    4054 TIMEOUT "timeout" "A server did not accept a connection, did not answer, or stopped in the middle of its answer for longer than is allowed. Try again; if it lasts, the server or the way to it is at fault."
    4055 UNREACHABLE "unreachable" "There is no connection to a server: its name has no address, it refuses connections, it hangs up, or what it says is not HTTP. `s` has tried several times where that was safe. Check the URL, the network and the proxy settings."
    4056 ANSWER_TOO_LARGE "answer-too-large" "A server sent, or announced, more than is allowed for this request. Nothing of it was kept. A limit stands where a file of that size would be a mistake or an attack."
    4057 ANSWER_TRUNCATED "answer-truncated" "An answer broke off before its announced end. Nothing of it was kept. Try again; if it lasts, the server or something between is cutting answers short."
    4058 DIGEST_MISMATCH "digest-mismatch" "A file that was downloaded is not the one that was expected: its SHA-256 or its size differs. It was thrown away. Either the file was replaced on the server, which should not happen, or something between changed it. Do not work around this by changing the expected digest unless you know why it changed."
    4059 TLS "tls" "No secure connection could be agreed on: the certificate of the server is not valid for its name, has expired, or is vouched for by nobody this machine trusts. `SSL_CERT_FILE` names a file of further certificates to trust."
    4060 REQUEST_INVALID "request-invalid" "A request could not be sent as it was: its URL is not one, a header has characters that cannot be sent, or a header was set that belongs to `s` itself. For a plugin this is a bug in the plugin."
    9001 BUG "bug" "`s` found itself in a state that should not exist. This is a bug in `s`; please report it with the text that was printed."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_found_however_typed() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code), "codes are unique and in order");
        for text in ["S-1001", "s-1001", "S1001", "1001", " s1001 "] {
            assert_eq!(entry(text).map(|entry| entry.code), Some(Code::USAGE), "{text}");
        }
        assert!(entry("S-0").is_none());
        assert!(entry("nonsense").is_none());
    }

    #[test]
    fn every_code_is_explained() {
        for entry in CODES {
            assert!(entry.explanation.len() > 40 && entry.explanation.ends_with('.'), "{}", entry.code);
            assert!(entry.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", entry.name);
        }
    }
}
