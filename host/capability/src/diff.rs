//! What one asking has beyond another.
//!
//! An asking is within another when nothing is beyond it; origins are compared as sets of origins,
//! so `https://a.cdn.example` is not beyond `https://*.cdn.example`.

use std::collections::BTreeSet;

use crate::capability::{CapabilityName, Class};
use crate::limits::Limits;
use crate::origin::OriginPattern;
use crate::rights::{Asked, AskedView};

/// One thing that is beyond what was allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excess {
    /// Which capability, `http`, `secret.token`; or `limits`, or `kind`.
    pub capability: String,
    /// What of it, for people: `https://stats.acme.example`, `post`, `memory 128 MiB`.
    pub text: String,
}

/// Whether something comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// `+`: only the new one asks for it.
    Added,
    /// `-`: only the old one does.
    Removed,
}

impl Sign {
    /// `+` or `-`.
    pub fn as_char(self) -> char {
        match self {
            Sign::Added => '+',
            Sign::Removed => '-',
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Comes or goes.
    pub sign: Sign,
    /// `http`, `secret.token`, `limits`, `kind`.
    pub capability: String,
    /// What of it, for people.
    pub text: String,
}

/// What the new asking has that the old one has not, then the reverse.
pub fn changes(old: &Asked, new: &Asked) -> Vec<Change> {
    let of = |sign, excess: Vec<Excess>| {
        excess.into_iter().map(move |Excess { capability, text }| Change { sign, capability, text })
    };
    of(Sign::Added, excess(new, old)).chain(of(Sign::Removed, excess(old, new))).collect()
}

/// Whether the new asking goes beyond the old one, so that it needs a new consent.
pub fn widened(old: &Asked, new: &Asked) -> bool {
    !excess(new, old).is_empty()
}

/// Everything that is asked beyond what is allowed, by capability. Who asks is not compared.
pub fn excess(asked: &Asked, allowed: &Asked) -> Vec<Excess> {
    let mut beyond = Beyond(Vec::new());
    if asked.kind != allowed.kind {
        beyond.note("kind", asked.kind);
    }
    let names = allowed.names();
    for name in asked.names().difference(&names) {
        // What has parts is compared part by part; a name with no parts is still something.
        let parts = match name.class() {
            Class::Http | Class::Secret => asked.origins_by_capability().contains_key(name),
            Class::Download | Class::Cache | Class::Fs | Class::ProposeEdits => true,
            _ => false,
        };
        if !parts {
            beyond.note(name, name);
        }
    }
    let allowed_origins = allowed.origins_by_capability();
    for (name, origins) in asked.origins_by_capability() {
        beyond.origins(&name, origins, allowed_origins.get(&name).copied().unwrap_or_default());
    }
    if let Some(http) = &asked.http {
        let nothing = BTreeSet::new();
        let methods = allowed.http.as_ref().map_or(&nothing, |http| &http.methods);
        for method in http.methods.difference(methods) {
            beyond.note("http", method);
        }
    }
    for origin in asked.private_origins.iter().filter(|origin| !allowed.private_origins.contains(origin)) {
        beyond.note("http", format_args!("{origin} on a private network"));
    }
    if let Some(bytes) = asked.cache_bytes
        && allowed.cache_bytes.is_none_or(|allowed| bytes > allowed)
    {
        beyond.note("cache", crate::Unit::Size.show(bytes));
    }
    for (name, view) in &asked.views {
        if !allowed.views.get(name).is_some_and(|allowed| is_within(view, allowed)) {
            beyond.note(format_args!("fs.{name}"), show(view));
        }
    }
    if let Some(scope) = asked.edits.filter(|_| asked.edits > allowed.edits) {
        beyond.note("propose-edits", scope);
    }
    let limits = |asked: &Asked| asked.limits.or(&Limits::default_of(asked.kind)).entries();
    for ((key, unit, limit), (_, _, most)) in limits(asked).into_iter().zip(limits(allowed)) {
        if limit > most {
            beyond.note("limits", format_args!("{key} {}", unit.show(limit)));
        }
    }
    beyond.0.sort();
    beyond.0
}

struct Beyond(Vec<Excess>);

impl Beyond {
    fn note(&mut self, capability: impl ToString, text: impl ToString) {
        self.0.push(Excess { capability: capability.to_string(), text: text.to_string() });
    }

    fn origins(&mut self, name: &CapabilityName, asked: &[OriginPattern], allowed: &[OriginPattern]) {
        for origin in asked.iter().filter(|origin| !allowed.iter().any(|allowed| allowed.covers(origin))) {
            self.note(name, origin);
        }
    }
}

/// A view of no directory is within any view of that name.
fn is_within(asked: &AskedView, allowed: &AskedView) -> bool {
    asked == allowed || *asked == AskedView::Config(None)
}

/// What is behind a view, for people.
pub(crate) fn show(view: &AskedView) -> String {
    match view {
        AskedView::Bound => "a directory that you bind".to_owned(),
        AskedView::Config(None) => "no directory in this configuration".to_owned(),
        AskedView::Config(Some(path)) => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests;
