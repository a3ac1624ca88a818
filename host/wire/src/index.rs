//! The index of a package: one line of JSON for each version, in the order of publication.

use serde::Deserialize;

use crate::{FORM, IndexLine};

/// What an index says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// The versions, in the order of the text.
    pub lines: Vec<IndexLine>,
    /// How many lines have a form that is not known here. They may be what someone looks for.
    pub newer_count: usize,
}

/// A line of an index that cannot be read. Whoever wrote it made a mistake: nothing of the index
/// is used, as what is missing might be what counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl std::fmt::Display for IndexError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} of the index cannot be read: {}", self.line, self.reason)
    }
}

impl std::error::Error for IndexError {}

/// Reads an index. Empty lines play no role.
///
/// # Errors
/// [`IndexError`] for the first line that is not JSON, or of a known form and not complete.
pub fn read_index(text: &str) -> Result<Index, IndexError> {
    let mut index = Index::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |error: serde_json::Error| IndexError { line: number + 1, reason: error.to_string() };
        let Form { v } = serde_json::from_str(line).map_err(wrong)?;
        if v == FORM {
            index.lines.push(serde_json::from_str(line).map_err(wrong)?);
        } else {
            index.newer_count += 1;
        }
    }
    Ok(index)
}

/// Writes a line, with the end of the line.
pub fn write_line(line: &IndexLine, out: &mut String) {
    out.push_str(&serde_json::to_string(line).expect("texts, numbers and lists are JSON"));
    out.push('\n');
}

#[derive(Deserialize)]
struct Form {
    v: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Artifact, Dependency, Removal};
    use proptest::prelude::*;

    const MINIMAL: &str =
        r#"{"v":1,"name":"a/b","vers":"1.0.0","integrity":"i","tree":"t","size":1,"unpacked":2,"files":3}"#;

    #[test]
    fn what_is_not_known_is_ignored_or_counted() {
        let more = MINIMAL.replace(
            "\"files\":3",
            "\"files\":3,\"sig\":[{}],\"deps\":[{\"name\":\"c\",\"req\":\"1\",\"x\":1}]",
        );
        let text = format!("{MINIMAL}\n\n{{\"v\":2,\"surprise\":[]}}\r\n{more}\n{{\"v\":7}}");
        let index = read_index(&text).unwrap();
        assert_eq!((index.lines.len(), index.newer_count), (2, 2));
        let dependency = &index.lines[1].deps[0];
        assert_eq!((dependency.kind.as_str(), dependency.default_features), ("normal", true));
        assert!(index.lines.iter().all(IndexLine::is_known));
        assert_eq!(read_index("").unwrap(), Index::default());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (text, line) in [
            ("{}", 1),
            ("[", 1),
            (&format!("{MINIMAL}\n{{\"v\":1}}")[..], 2),
            ("{\"v\":-1}", 1),
            ("<html>", 1),
        ] {
            let error = read_index(text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(error.to_string().starts_with(&format!("line {line} of the index cannot be read: ")));
        }
    }

    fn maybe() -> impl Strategy<Value = Option<String>> {
        proptest::option::of(".{0,6}")
    }

    fn dependencies() -> impl Strategy<Value = Vec<Dependency>> {
        let one = (
            ".{0,6}",
            ".{0,6}",
            proptest::collection::vec(".{0,4}", 0..3),
            any::<[bool; 2]>(),
            maybe(),
            maybe(),
        )
            .prop_map(|(name, req, features, [optional, default_features], target, package)| {
                Dependency {
                    kind: if optional { "dev".into() } else { "group:x".into() },
                    registry: package.clone(),
                    name,
                    req,
                    features,
                    optional,
                    default_features,
                    target,
                    package,
                }
            });
        proptest::collection::vec(one, 0..3)
    }

    fn lines() -> impl Strategy<Value = IndexLine> {
        (".{0,8}", ".{0,8}", dependencies(), any::<[u64; 3]>(), maybe(), maybe(), any::<bool>()).prop_map(
            |(name, vers, deps, [size, unpacked, files], s, deprecated, yanked)| IndexLine {
                v: FORM,
                features: [(name.clone(), vec![vers.clone()])].into(),
                integrity: vers.clone(),
                tree: name.clone(),
                edition: s.clone(),
                caps: s.iter().cloned().collect(),
                artifacts: deprecated
                    .iter()
                    .map(|url| Artifact {
                        kind: "binary".into(),
                        target: s.clone(),
                        profile: None,
                        url: url.clone(),
                        size,
                        integrity: vers.clone(),
                    })
                    .collect(),
                pubtime: deprecated.clone(),
                yank_reason: s.clone(),
                removed: deprecated.clone().map(|reason| Removal { time: reason.clone(), reason }),
                name,
                vers,
                deps,
                size,
                unpacked,
                files,
                s,
                deprecated,
                yanked,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(lines in proptest::collection::vec(lines(), 0..5)) {
            let mut text = String::new();
            for line in &lines {
                write_line(line, &mut text);
            }
            prop_assert_eq!(text.lines().count(), lines.len());
            prop_assert_eq!(read_index(&text).unwrap(), Index { lines, newer_count: 0 });
        }

        #[test]
        fn any_text_is_survived(text in ".{0,80}", cut in 0usize..100) {
            let _ = read_index(&text);
            let _ = read_index(&MINIMAL[..cut.min(MINIMAL.len())]);
        }
    }
}
