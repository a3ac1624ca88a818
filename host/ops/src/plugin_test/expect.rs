//! Whether an answer is what a fixture expects.

use serde_json::Value;

use super::fixture::Expect;

/// Says where an answer differs first; none when it holds all that is expected. Keys that are not
/// expected may be there; lists have as many items as expected.
pub(super) fn difference(expect: &Expect, answer: &Result<Value, Value>) -> Option<String> {
    match (&expect.error, answer) {
        (None, Ok(answer)) => expect.ok.as_ref().and_then(|expected| beyond("the answer", expected, answer)),
        (None, Err(fault)) => Some(format!("it answered with an error: {}", shown(fault))),
        (Some(expected), Err(fault)) => beyond("the error", expected, fault),
        // One question has one answer: its error is the error of the call.
        (Some(expected), Ok(answer)) => match answer["answers"].as_array().map(Vec::as_slice) {
            Some([one]) if one.get("error").is_some() => beyond("the error", expected, &one["error"]),
            _ => Some(format!("it answered without an error: {}", shown(answer))),
        },
    }
}

fn beyond(place: &str, expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected.iter().find_map(|(key, expected)| {
            let place = format!("{place}.{key}");
            match found.get(key) {
                Some(found) => beyond(&place, expected, found),
                None => Some(format!("{place} is not there")),
            }
        }),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let items = expected.iter().zip(found).enumerate();
            items
                .into_iter()
                .find_map(|(index, (expected, found))| beyond(&format!("{place}[{index}]"), expected, found))
        }
        (Value::Array(expected), Value::Array(found)) => {
            Some(format!("{place} has {} items, expected were {}", found.len(), expected.len()))
        }
        _ if expected == found => None,
        _ => Some(format!("{place} is {}, expected was {}", shown(found), shown(expected))),
    }
}

const SHOWN_CHARS_MAX: usize = 200;

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named_by_its_place() {
        let found = json!({ "a": [{ "b": 1, "c": 2 }], "d": null });
        for (expected, difference) in [
            (json!({}), None),
            (json!({ "a": [{ "b": 1 }], "d": null }), None),
            (json!({ "a": [{ "b": 2 }] }), Some("the answer.a[0].b is 1, expected was 2")),
            (json!({ "a": [] }), Some("the answer.a has 1 items, expected were 0")),
            (json!({ "e": 1 }), Some("the answer.e is not there")),
            (json!({ "a": {} }), Some("the answer.a is [{\"b\":1,\"c\":2}], expected was {}")),
        ] {
            let expect = Expect { ok: Some(expected), ..Expect::default() };
            assert_eq!(super::difference(&expect, &Ok(found.clone())).as_deref(), difference);
        }
    }

    #[test]
    fn errors_are_compared_with_errors() {
        let expect = Expect { error: Some(json!({ "kind": "not-found" })), ..Expect::default() };
        let fault = json!({ "kind": "not-found", "code": "x/y" });
        let one = json!({ "answers": [{ "error": fault }] });
        assert_eq!(difference(&expect, &Err(fault.clone())), None);
        assert_eq!(difference(&expect, &Ok(one)), None);
        assert!(difference(&expect, &Ok(json!({ "answers": [{ "error": fault }, "unchanged"] }))).is_some());
        assert!(difference(&expect, &Ok(json!({}))).is_some_and(|text| text.contains("without an error")));
        assert!(difference(&Expect::default(), &Err(fault)).is_some_and(|text| text.contains("x/y")));
    }
}
