//! What somebody may have meant.

/// Returns the candidates nearest to `word`, best first, at most three.
///
/// A candidate is near when at most a third of its letters, and at least one, have to be added,
/// dropped, changed or swapped, or when it starts with `word`.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word.to_lowercase(), candidate);
            let allowed = (candidate.chars().count() / 3).max(1);
            let starts = word.chars().count() >= 2 && candidate.starts_with(word);
            (distance <= allowed || starts).then_some((distance, candidate))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["help", "explain", "completions", "version", "plugin", "audit", "new"];
        let cases: &[(&str, &[&str])] = &[
            ("hepl", &["help"]),
            ("expalin", &["explain"]),
            ("PLUGIN", &["plugin"]),
            ("plugins", &["plugin"]),
            ("comp", &["completions"]),
            ("nwe", &["new"]),
            ("zzz", &[]),
            ("", &[]),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, names), *expected, "{word}");
        }
    }
}
