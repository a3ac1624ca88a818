//! What the mode of `open` says: how to open, and which layers.

use alloc::vec::Vec;

/// How `open` opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenKind {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>>`
    Append,
    /// `+<`
    Update,
    /// `+>`
    UpdateTruncate,
    /// `+>>`
    UpdateAppend,
    /// `-|`: reads what a command writes.
    PipeFrom,
    /// `|-`: writes what a command reads.
    PipeTo,
    /// `<&` and, with `same`, `<&=`; the kind is that of the duplicate.
    DupRead {
        /// The same descriptor, not a copy.
        same: bool,
    },
    /// `>&` and `>&=`, `>>&` too.
    DupWrite {
        /// The same descriptor, not a copy.
        same: bool,
    },
    /// `+<&` and `+<&=`.
    DupUpdate {
        /// The same descriptor, not a copy.
        same: bool,
    },
    /// The program's own input: `-` with two arguments.
    Stdin,
    /// The program's own output: `>-` with two arguments.
    Stdout,
}

/// Layers of a handle. Remembered for the caller, which converts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layers {
    /// Text is UTF-8, by `:utf8` or `:encoding(UTF-8)`.
    pub utf8: bool,
    /// `\r\n` stands for a new line.
    pub crlf: bool,
    /// The name inside `:encoding(...)`, if one was given.
    pub encoding: Option<Vec<u8>>,
}

impl Layers {
    /// Adds layers as `binmode` does: `:raw` and `:bytes` take the others away. `false` for text
    /// that is no list of layers; nothing is changed then.
    pub fn apply(&mut self, text: &[u8]) -> bool {
        let mut new = self.clone();
        let mut rest = text.trim_ascii();
        while !rest.is_empty() {
            let Some(after) = rest.strip_prefix(b":") else { return false };
            let length = after
                .iter()
                .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'-')
                .unwrap_or(after.len());
            let (name, mut tail) = after.split_at(length);
            let mut argument = None;
            if let Some(inside) = tail.strip_prefix(b"(") {
                let Some(end) = memchr::memchr(b')', inside) else { return false };
                argument = Some(inside[..end].trim_ascii());
                tail = &inside[end + 1..];
            }
            rest = tail.trim_ascii_start();
            match name {
                b"raw" | b"bytes" | b"pop" | b"unix" | b"perlio" | b"stdio" => {
                    if matches!(name, b"raw" | b"bytes" | b"pop") {
                        new = Layers::default();
                    }
                }
                b"utf8" => new.utf8 = true,
                b"crlf" => new.crlf = true,
                b"encoding" => {
                    let Some(argument) = argument else { return false };
                    new.utf8 = argument.eq_ignore_ascii_case(b"utf-8")
                        || argument.eq_ignore_ascii_case(b"utf8")
                        || argument.eq_ignore_ascii_case(b"utf-8-strict");
                    new.encoding = Some(argument.to_vec());
                }
                _ => return false,
            }
        }
        *self = new;
        true
    }
}

/// The mode of `open`: how, and with which layers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mode {
    /// How to open.
    pub kind: OpenKind,
    /// With which layers.
    pub layers: Layers,
}

/// Reads the second of three arguments of `open`, like `<:encoding(UTF-8)`; `None` if it is no
/// mode.
pub fn parse_mode(text: &[u8]) -> Option<Mode> {
    let text = text.trim_ascii();
    let end = memchr::memchr(b':', text).unwrap_or(text.len());
    let (sign, layer_text) = text.split_at(end);
    let kind = match sign.trim_ascii_end() {
        b"<" => OpenKind::Read,
        b">" => OpenKind::Write,
        b">>" => OpenKind::Append,
        b"+<" => OpenKind::Update,
        b"+>" => OpenKind::UpdateTruncate,
        b"+>>" => OpenKind::UpdateAppend,
        b"-|" => OpenKind::PipeFrom,
        b"|-" => OpenKind::PipeTo,
        b"<&" => OpenKind::DupRead { same: false },
        b"<&=" => OpenKind::DupRead { same: true },
        b">&" | b">>&" => OpenKind::DupWrite { same: false },
        b">&=" | b">>&=" => OpenKind::DupWrite { same: true },
        b"+<&" | b"+>&" | b"+>>&" => OpenKind::DupUpdate { same: false },
        b"+<&=" | b"+>&=" | b"+>>&=" => OpenKind::DupUpdate { same: true },
        _ => return None,
    };
    let mut layers = Layers::default();
    layers.apply(layer_text).then_some(Mode { kind, layers })
}

/// Reads the second of two arguments of `open`: mode and name in one, blanks around the name cut
/// off. The name of a pipe is the command, that of a duplicate a number or a handle's name.
pub fn parse_two_argument(text: &[u8]) -> (Mode, Vec<u8>) {
    let text = text.trim_ascii();
    let with = |kind, name: &[u8]| (Mode { kind, layers: Layers::default() }, name.trim_ascii().to_vec());
    if let Some(command) = text.strip_prefix(b"|") {
        return with(OpenKind::PipeTo, command);
    }
    let signs: [(&[u8], OpenKind); 16] = [
        (b"+<&=", OpenKind::DupUpdate { same: true }),
        (b"+>&=", OpenKind::DupUpdate { same: true }),
        (b"+<&", OpenKind::DupUpdate { same: false }),
        (b"+>&", OpenKind::DupUpdate { same: false }),
        (b"+>>", OpenKind::UpdateAppend),
        (b">>&=", OpenKind::DupWrite { same: true }),
        (b">>&", OpenKind::DupWrite { same: false }),
        (b">&=", OpenKind::DupWrite { same: true }),
        (b">&", OpenKind::DupWrite { same: false }),
        (b"<&=", OpenKind::DupRead { same: true }),
        (b"<&", OpenKind::DupRead { same: false }),
        (b"+<", OpenKind::Update),
        (b"+>", OpenKind::UpdateTruncate),
        (b">>", OpenKind::Append),
        (b">", OpenKind::Write),
        (b"<", OpenKind::Read),
    ];
    for (sign, kind) in signs {
        let Some(name) = text.strip_prefix(sign) else { continue };
        let kind = match (kind, name.trim_ascii()) {
            (OpenKind::Write, b"-") => OpenKind::Stdout,
            (OpenKind::Read, b"-") => OpenKind::Stdin,
            _ => kind,
        };
        return with(kind, name);
    }
    match text.strip_suffix(b"|") {
        Some(command) => with(OpenKind::PipeFrom, command),
        None if text == b"-" => with(OpenKind::Stdin, text),
        None => with(OpenKind::Read, text),
    }
}
