//! How an asking reads before consent.

use crate::Unit;
use crate::diff::show;
use crate::limits::{Limits, LimitsRequest};
use crate::rights::{Asked, EditScope};

/// One line of what the user sees before consent: `network    https://acme.example    get head`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `network`, `secret`, `download`, `files`, `environment`, `project`, `discloses`, `also`,
    /// `limits`, `cannot`.
    pub label: &'static str,
    /// What.
    pub subject: String,
    /// How, or under which condition; may be empty.
    pub detail: String,
}

/// Lists what is asked for, in the words of the consent question. The last line says what the
/// plugin cannot do.
pub fn describe(asked: &Asked) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |label, subject: String, detail: &str| {
        lines.push(Line { label, subject, detail: detail.to_owned() });
    };
    if let Some(http) = &asked.http {
        let methods: Vec<&str> = http.methods.iter().map(|method| method.as_str()).collect();
        if http.origins.is_empty() {
            line("network", "none in this configuration".to_owned(), "");
        }
        for origin in &http.origins {
            line("network", origin.to_string(), &methods.join(" "));
        }
    }
    for (name, origins) in &asked.secrets {
        let origins: Vec<String> = origins.iter().map(ToString::to_string).collect();
        let subject = match origins.as_slice() {
            [] => format!("\"{name}\": sent nowhere in this configuration"),
            origins => format!("\"{name}\": sent only to {}", origins.join(", ")),
        };
        line("secret", subject, "the plugin cannot read it");
    }
    for origin in &asked.download {
        line("download", origin.to_string(), "by the host, checked against the digest in the index");
    }
    for (name, view) in &asked.views {
        line("files", format!("\"{name}\": {}", show(view)), "read-only");
    }
    for name in &asked.env {
        line("environment", name.clone(), "");
    }
    if asked.project {
        line("project", "the text of stryke.toml, and the lock".to_owned(), "");
    }
    if let Some(scope) = asked.edits {
        let subject = match scope {
            EditScope::NewDirectory => "proposes new files below one new directory",
            EditScope::NewFiles => "proposes new files",
            EditScope::Project => "proposes new files and changes of existing ones",
        };
        line("project", subject.to_owned(), "written by the host, all or nothing");
    }
    if asked.disclose_packages {
        line("discloses", "names and versions of your packages".to_owned(), "to the origins above");
    }
    let also = also(asked);
    if !also.is_empty() {
        line("also", also.join(", "), "");
    }
    let limits = beyond_defaults(asked);
    if !limits.is_empty() {
        line("limits", limits.join(", "), "more than usual");
    }
    line("cannot", cannot(asked), "");
    lines
}

fn also(asked: &Asked) -> Vec<String> {
    let cache = asked.cache_bytes.map(|bytes| format!("{} cache", Unit::Size.show(bytes)));
    let words = [
        (asked.clock, "coarse clock"),
        (asked.random, "random numbers"),
        (asked.ui, "questions to you"),
        (asked.seal, "keeps tokens as secrets"),
    ];
    cache.into_iter().chain(words.into_iter().filter(|word| word.0).map(|word| word.1.to_owned())).collect()
}

fn beyond_defaults(asked: &Asked) -> Vec<String> {
    let defaults = LimitsRequest::default().or(&Limits::default_of(asked.kind)).entries();
    let requests = asked.limits.entries().into_iter().zip(defaults);
    requests
        .filter_map(|((key, unit, request), (_, _, default))| {
            request
                .filter(|&request| request > default)
                .map(|request| format!("{key} {}", unit.show(request)))
        })
        .collect()
}

fn cannot(asked: &Asked) -> String {
    let reaches = !asked.origins().is_empty();
    let words = [
        (true, "run programs"),
        (asked.views.is_empty(), "read files"),
        (!asked.views.is_empty(), "read other files"),
        (asked.env.is_empty(), "read the environment"),
        (asked.edits.is_none(), "write files"),
        (true, if reaches { "reach any other host" } else { "reach any host" }),
    ];
    words.into_iter().filter(|word| word.0).map(|word| word.1).collect::<Vec<_>>().join(", ")
}
