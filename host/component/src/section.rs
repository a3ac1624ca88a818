//! The outermost layer of a binary: its header and its list of sections.
//!
//! Enough to find and replace a custom section without understanding any other. Nothing inside a
//! section is checked; that is what [`inspect`](crate::inspect()) is for.

use crate::ComponentError;

/// Magic number, version 13, layer 1: how every component begins.
pub(crate) const HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";

/// One section: where it lies in the component, and its content.
pub(crate) struct Section<'a> {
    /// From the first byte of the identifier to the end of the content.
    pub(crate) range: std::ops::Range<usize>,
    pub(crate) id: u8,
    pub(crate) content: &'a [u8],
}

impl<'a> Section<'a> {
    /// The data of a custom section of this name; none for all other sections.
    pub(crate) fn custom(&self, wanted: &str) -> Result<Option<&'a [u8]>, ComponentError> {
        if self.id != 0 {
            return Ok(None);
        }
        let mut rest = Cursor { bytes: self.content, at: 0 };
        let name = rest.length().and_then(|length| rest.take(length));
        match name {
            Some(name) => Ok((name == wanted.as_bytes()).then(|| &self.content[rest.at..])),
            None => Err(invalid(self.range.start, "the name of a custom section is cut off")),
        }
    }
}

/// Splits a component into its outermost sections, in order.
pub(crate) fn sections(component: &[u8]) -> Result<Vec<Section<'_>>, ComponentError> {
    check_header(component)?;
    let mut cursor = Cursor { bytes: component, at: HEADER.len() };
    let mut sections = Vec::new();
    while cursor.at < component.len() {
        let start = cursor.at;
        let section = cursor.take(1).and_then(|id| {
            let length = cursor.length()?;
            let content = cursor.take(length)?;
            Some(Section { range: start..cursor.at, id: id[0], content })
        });
        sections.push(section.ok_or_else(|| invalid(start, "a section is cut off"))?);
    }
    Ok(sections)
}

/// The outermost sections of a component in order, each with its size: `core module`, `imports`,
/// and for a custom section its own name behind `custom`.
///
/// # Errors
/// When the bytes are not a list of sections.
pub fn section_sizes(component: &[u8]) -> Result<Vec<(String, u64)>, ComponentError> {
    const NAMES: [&str; 13] = [
        "custom",
        "core module",
        "core instances",
        "core types",
        "component",
        "instances",
        "aliases",
        "types",
        "canonical functions",
        "start",
        "imports",
        "exports",
        "values",
    ];
    let size = |section: Section<'_>| {
        let name = NAMES.get(usize::from(section.id)).copied().unwrap_or("unknown");
        let mut rest = Cursor { bytes: section.content, at: 0 };
        let own = match section.id {
            0 => rest.length().and_then(|length| rest.take(length)),
            _ => None,
        };
        let own = own.map(|own| format!(" {}", String::from_utf8_lossy(own))).unwrap_or_default();
        (format!("{name}{own}"), section.range.len() as u64)
    };
    Ok(sections(component)?.into_iter().map(size).collect())
}

/// Refuses what does not begin like a component, saying what it looks like instead.
pub(crate) fn check_header(component: &[u8]) -> Result<(), ComponentError> {
    if component.starts_with(&HEADER) {
        return Ok(());
    }
    let found = if wasmparser::Parser::is_core_wasm(component) {
        "a core module"
    } else if component.starts_with(b"\0asm") {
        "WebAssembly of an unknown version"
    } else if component.is_empty() {
        "an empty file"
    } else {
        "not WebAssembly"
    };
    Err(ComponentError::NotAComponent { found })
}

fn invalid(offset: usize, message: &str) -> ComponentError {
    ComponentError::Invalid { offset: offset as u64, message: message.to_owned() }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    /// An unsigned LEB128 number of at most 32 bits.
    fn length(&mut self) -> Option<usize> {
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return usize::try_from(u32::try_from(value).ok()?).ok();
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_named_and_make_up_the_whole() {
        let component = crate::embed_manifest(&crate::testing::tiny_guest(), "[plugin]").unwrap();
        let sections = section_sizes(&component).unwrap();
        let total: u64 = sections.iter().map(|(_, bytes)| bytes).sum();
        assert_eq!(total + HEADER.len() as u64, component.len() as u64);
        for name in ["core module", "imports", "types", "custom stryke:plugin"] {
            assert!(sections.iter().any(|(own, _)| own == name), "{name}: {sections:?}");
        }
        assert!(section_sizes(&component[..component.len() - 1]).is_err());
    }
}
