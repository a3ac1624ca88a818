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
    1004 ANSWER_LOST "answer-lost" "The answer could not be written to standard output, most often because the disk it is redirected to is full. What the command did besides answering is done."
    1005 UNKNOWN_TOPIC "unknown-topic" "`s help` knows the commands, built in and from plugins, and a few topics. This word is none of them. `s help` alone lists all."
    1006 COMMAND_DESCRIPTION "command-description" "A plugin adds a command, but describes its arguments in a way that cannot be offered: a name that is taken or that a shell would act on, a default that is not among the values, or an argument that can never be reached. The author of the plugin has to correct `[commands]` in its `plugin.toml`."
    3001 MANIFEST_SYNTAX "manifest-syntax" "A TOML file could not be read. The place that is marked is where the text stops making sense; the mistake is there or just before."
    4001 IO "io" "The operating system refused a file operation. Nothing was left half-written: files are written beside their place and renamed into it."
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
