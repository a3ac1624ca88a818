//! Finds the name somebody probably meant.

/// The known name most similar to a mistyped one; none when nothing is similar.
pub(crate) fn nearest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let far = typed.chars().count().max(3) / 3;
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(typed, name), name))
        .filter(|&(distance, _)| distance <= far)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_similar_names_are_offered() {
        let known = ["origins", "methods", "reason"];
        assert_eq!(nearest("orgins", known), Some("origins"));
        assert_eq!(nearest("raeson", known), Some("reason"));
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("", known), None);
    }
}
