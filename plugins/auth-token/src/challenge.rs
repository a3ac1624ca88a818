//! The grammar of `WWW-Authenticate` (RFC 9110, section 11.6.1).
//!
//! One value can carry several challenges, and commas separate both challenges and the parameters
//! of one. A word followed by `=` is a parameter, any other word begins a challenge.

/// One way the server offers to prove who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as the server spelled it; compare without regard to case.
    pub scheme: String,
    /// The one value without a name that may stand instead of parameters.
    pub token68: Option<String>,
    /// Names in lower case, values without quotes.
    pub parameters: Vec<(String, String)>,
}

/// Reads all challenges of all values, in order. What is not understood ends its value: what was
/// read before it counts.
pub fn challenges<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Challenge> {
    let mut found = Vec::new();
    for value in values {
        let mut reader = Reader { rest: value };
        while reader.challenge(&mut found).is_some() {}
    }
    found
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Reads one challenge with all that belongs to it; none at the end or where it stops making
    /// sense.
    fn challenge(&mut self, found: &mut Vec<Challenge>) -> Option<()> {
        self.commas();
        let scheme = self.token()?.to_owned();
        found.push(Challenge { scheme, token68: None, parameters: Vec::new() });
        let challenge = found.last_mut().expect("one was just added");
        if !self.rest.starts_with([' ', '\t']) {
            return self.at_comma_or_end();
        }
        self.blanks();
        if let Some(value) = self.token68() {
            challenge.token68 = Some(value.to_owned());
            return self.at_comma_or_end();
        }
        while let Some((name, value)) = self.parameter()? {
            challenge.parameters.push((name, value));
        }
        Some(())
    }

    /// Reads one parameter. The inner none: what comes next is not one, and nothing was consumed;
    /// the outer none: it begins like one and goes wrong.
    #[expect(clippy::option_option, reason = "three outcomes of one private step")]
    fn parameter(&mut self) -> Option<Option<(String, String)>> {
        let before = self.rest;
        self.commas();
        let name = self.token();
        self.blanks();
        let (Some(name), Some(rest)) = (name, self.rest.strip_prefix('=')) else {
            self.rest = before;
            return Some(None);
        };
        self.rest = rest;
        self.blanks();
        let value = if self.rest.starts_with('"') { self.quoted()? } else { self.token()?.to_owned() };
        self.at_comma_or_end()?;
        Some(Some((name.to_ascii_lowercase(), value)))
    }

    fn token(&mut self) -> Option<&'a str> {
        self.take(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
    }

    /// A value without a name. It ends the challenge, while the `=` of a parameter has a value
    /// behind it; where it is neither, nothing is consumed.
    fn token68(&mut self) -> Option<&'a str> {
        let before = self.rest;
        self.take(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c))?;
        let padding = self.rest.len() - self.rest.trim_start_matches('=').len();
        let end = before.len() - self.rest.len() + padding;
        self.rest = &self.rest[padding..];
        if self.at_comma_or_end().is_some() {
            return Some(&before[..end]);
        }
        self.rest = before;
        None
    }

    fn quoted(&mut self) -> Option<String> {
        let mut value = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        loop {
            match chars.next()? {
                (at, '"') => {
                    self.rest = &self.rest[at + 1..];
                    return Some(value);
                }
                (_, '\\') => value.push(chars.next()?.1),
                (_, c) => value.push(c),
            }
        }
    }

    fn take(&mut self, fits: impl Fn(char) -> bool) -> Option<&'a str> {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!taken.is_empty()).then_some(taken)
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn commas(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', ',']);
    }

    fn at_comma_or_end(&self) -> Option<()> {
        let rest = self.rest.trim_start_matches([' ', '\t']);
        (rest.is_empty() || rest.starts_with(',')).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(value: &str) -> String {
        let one = |challenge: &Challenge| {
            let token68 = challenge.token68.iter().map(|value| format!(" {value}"));
            let parameters = challenge.parameters.iter().map(|(name, value)| format!(" {name}=<{value}>"));
            format!("{}{}", challenge.scheme, token68.chain(parameters).collect::<String>())
        };
        challenges([value]).iter().map(one).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn challenges_are_told_apart() {
        for (value, expected) in [
            ("", ""),
            ("Bearer", "Bearer"),
            ("Basic realm=\"x\"", "Basic realm=<x>"),
            ("Bearer realm=\"a\", Basic realm=\"b\"", "Bearer realm=<a> | Basic realm=<b>"),
            (
                "Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
                "Newauth realm=<apps> type=<1> title=<Login to \"apps\"> | Basic realm=<simple>",
            ),
            ("Negotiate, Basic", "Negotiate | Basic"),
            ("Negotiate YII=, Basic realm=x", "Negotiate YII= | Basic realm=<x>"),
            ("Negotiate a/b+c==", "Negotiate a/b+c=="),
            (
                ", ,Bearer  REALM = \"a, Basic realm=b\" ,, scope=x , ",
                "Bearer realm=<a, Basic realm=b> scope=<x>",
            ),
            ("Bearer realm=\"open", "Bearer"),
            ("Bearer realm=\"a\" junk, Basic", "Bearer"),
            ("Bearer error=invalid_token", "Bearer error=<invalid_token>"),
            ("Bearer a=\"\\", "Bearer"),
            ("\"Bearer\"", ""),
            ("Cargo login_url=\"https://x.example/me\"", "Cargo login_url=<https://x.example/me>"),
        ] {
            assert_eq!(shown(value), expected, "{value}");
        }
    }

    #[test]
    fn every_value_counts() {
        let found = challenges(["Bearer", "Basic realm=x"]);
        assert_eq!(found.iter().map(|c| c.scheme.as_str()).collect::<Vec<_>>(), ["Bearer", "Basic"]);
    }

    fn parameter() -> impl Strategy<Value = (String, String)> {
        ("[a-z][a-z0-9_-]{0,8}", "[ -~é]{0,12}")
    }

    proptest! {
        #[test]
        fn whatever_was_written_is_read_back(
            written in prop::collection::vec(("[A-Za-z][A-Za-z0-9-]{0,8}", prop::collection::vec(parameter(), 0..4)), 0..4),
        ) {
            let value = written
                .iter()
                .map(|(scheme, parameters)| {
                    let parameters = parameters.iter().map(|(name, value)| {
                        format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
                    });
                    format!("{scheme} {}", parameters.collect::<Vec<_>>().join(", ")).trim_end().to_owned()
                })
                .collect::<Vec<_>>()
                .join(", ");
            let read: Vec<_> = challenges([value.as_str()])
                .into_iter()
                .map(|challenge| (challenge.scheme, challenge.parameters))
                .collect();
            prop_assert_eq!(read, written);
        }

        #[test]
        fn any_text_is_survived(text in ".*", noise in "[A-Za-z=\", \\\\]{0,40}") {
            challenges([text.as_str(), noise.as_str()]);
        }
    }
}
