//! Which paths an archive may have, one by one and together.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::{ArchiveError, MARKER_NAME};
use crate::check_new_path;
use crate::error::cut;

/// The paths of an archive so far.
#[derive(Debug)]
pub(super) struct Names {
    /// The root and a slash.
    prefix: String,
    depth_max: usize,
    /// Every path below the root and every folder on the way, as a system that ignores case has
    /// it, with how it was written first and whether it is a folder.
    taken: BTreeMap<String, (String, bool)>,
    /// Folders that have an entry of their own.
    stated: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(root: &str, depth_max: usize) -> Result<Names, ArchiveError> {
        check_visible(root)?;
        check_new_path(root)?;
        if root.contains('/') {
            return Err(ArchiveError::OutsideRoot { entry: cut(root), root: cut(root) });
        }
        let prefix = format!("{root}/");
        Ok(Names { prefix, depth_max, taken: BTreeMap::new(), stated: BTreeSet::new() })
    }

    /// The root and a slash.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Takes the path of a file, root and all, and returns it without the root.
    pub(super) fn add_file<'a>(&mut self, full: &'a str) -> Result<&'a str, ArchiveError> {
        let path = self.below_root(full)?.ok_or_else(|| self.outside(full))?;
        self.add(path, false)?;
        Ok(path)
    }

    /// Takes the path of a folder, which may end with a slash. The root itself may be one.
    pub(super) fn add_folder(&mut self, full: &str) -> Result<(), ArchiveError> {
        let full = full.strip_suffix('/').unwrap_or(full);
        let path = self.below_root(full)?.unwrap_or_default();
        if !self.stated.insert(path.to_owned()) {
            return Err(ArchiveError::Duplicate { entry: cut(full) });
        }
        if path.is_empty() { Ok(()) } else { self.add(path, true) }
    }

    /// None for the root itself.
    fn below_root<'a>(&self, full: &'a str) -> Result<Option<&'a str>, ArchiveError> {
        check_visible(full)?;
        check_new_path(full)?;
        if full == self.prefix.trim_end_matches('/') {
            return Ok(None);
        }
        let path = full.strip_prefix(&self.prefix).ok_or_else(|| self.outside(full))?;
        if path.split('/').count() > self.depth_max {
            return Err(ArchiveError::TooDeep { entry: cut(full), depth_max: self.depth_max });
        }
        if path.split('/').next().is_some_and(|first| folded(first) == MARKER_NAME) {
            return Err(ArchiveError::Reserved { entry: cut(full) });
        }
        Ok(Some(path))
    }

    fn add(&mut self, path: &str, is_folder: bool) -> Result<(), ArchiveError> {
        let above = path.match_indices('/').map(|(index, _)| (&path[..index], true));
        for (name, is_folder) in above.chain([(path, is_folder)]) {
            let key = folded(name);
            match self.taken.get(&key) {
                None => {
                    self.taken.insert(key, (name.to_owned(), is_folder));
                }
                Some((_, known)) if *known != is_folder => {
                    return Err(ArchiveError::FileAndFolder { entry: cut(name) });
                }
                Some((first, _)) if first != name => {
                    return Err(ArchiveError::CaseCollision { entry: cut(name), first: cut(first) });
                }
                Some((_, true)) => {}
                Some((_, false)) => return Err(ArchiveError::Duplicate { entry: cut(name) }),
            }
        }
        Ok(())
    }

    fn outside(&self, full: &str) -> ArchiveError {
        ArchiveError::OutsideRoot { entry: cut(full), root: self.prefix.trim_end_matches('/').to_owned() }
    }
}

/// Refuses what a reader does not see, and what systems write in different ways.
fn check_visible(path: &str) -> Result<(), ArchiveError> {
    if path.is_ascii() {
        return Ok(());
    }
    if let Some(character) = path.chars().find(|c| is_invisible(*c)) {
        return Err(ArchiveError::Invisible { entry: cut(path), character });
    }
    if !is_nfc(path) {
        return Err(ArchiveError::NotNormalised { entry: cut(path) });
    }
    Ok(())
}

/// Marks of direction, joiners, separators of lines, fillers, variation selectors and tags: what
/// Unicode lets a display ignore, and what some file systems leave out when they compare.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What a file system that ignores case and composition makes of a path. Upper case first, so that
/// `ß` meets `ss` and both kinds of sigma meet.
fn folded(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    path.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_one_somewhere_are_folded_into_one() {
        for (a, b) in [
            ("README", "readme"),
            ("straße", "STRASSE"),
            ("ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
            ("é", "É"),
            ("\u{e9}", "e\u{301}"),
            ("\u{212a}", "k"),
            ("ſ", "s"),
            ("ﬁ", "FI"),
            ("Ǆ", "ǆ"),
        ] {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
        assert_ne!(folded("e"), folded("é"));
    }

    #[test]
    fn a_root_is_one_name() {
        for root in ["", ".", "..", "a/b", "/a", "a\\b", "con", "a ", "e\u{301}"] {
            assert!(Names::new(root, 3).is_err(), "{root}");
        }
        assert_eq!(Names::new("http-1.0.0", 3).unwrap().prefix(), "http-1.0.0/");
    }
}
