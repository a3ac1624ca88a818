//! `s plugin add`: from a source to a plugin that is pinned, allowed and compiled; or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::Kind;
use s_diag::{Code, Diagnostic};
use s_store::Sha256Digest;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::candidate::{Candidate, Terms};
use crate::plugins::catalog::{self, Level, Stated};
use crate::plugins::consent::{Allowed, Asking, allowed, obtain, open};
use crate::plugins::install::{Installation, install};
use crate::plugins::launch::configure;
use crate::plugins::level::{level_of, scope_of, stated};
use crate::plugins::source::PluginSource;

/// What is to be added.
#[derive(Clone, Debug, Default)]
pub struct Addition {
    /// A path or an address as it was typed; none: everything that the manifest and the lock of the
    /// level name and that is not here, or not allowed.
    pub source: Option<String>,
    /// For all projects of the user.
    pub user: bool,
    /// The digest its bytes must have.
    pub integrity: Option<String>,
    /// Values for its `[config]`.
    pub config: BTreeMap<String, String>,
    /// The only kind that is wanted; none: any.
    pub kind: Option<Kind>,
    /// Whether it is allowed what it asks for without a question.
    pub allow: bool,
    /// Names of commands that no plugin may have.
    pub reserved: Vec<String>,
}

/// A plugin that is used now.
#[derive(Clone, Debug)]
pub struct Added {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it does.
    pub kind: Kind,
    /// For whom.
    pub level: Level,
    /// Of its component.
    pub integrity: Sha256Digest,
    /// Where it came from, as the lock records it.
    pub source: String,
    /// The commands it brings.
    pub commands: Vec<String>,
    /// Who allowed it.
    pub allowed: Allowed,
}

/// Fetches plugins, checks them, asks whether they may do what they ask for, and pins them.
pub fn plugin_add(context: &Arc<Context>, addition: &Addition) -> Result<Vec<Added>, Failure> {
    let level = level_of(context, addition.user);
    let integrity = addition.integrity.as_deref().map(str::parse).transpose()?;
    let (candidates, hint) = match &addition.source {
        Some(text) => {
            let config = addition.config.clone();
            let terms = Terms { level, config, integrity, reserved: &addition.reserved };
            let candidate = Candidate::fetch(context, PluginSource::typed(context, text)?, terms)?;
            of_kind(addition.kind, &candidate)?;
            let hint = again(addition, text, &candidate);
            (vec![candidate], hint)
        }
        None => {
            let hint = "at a terminal you are asked whether to allow it: s plugin add".to_owned();
            (missing(context, level, &addition.reserved)?, hint)
        }
    };
    warn_of_near_names(context, &candidates);
    let asking = if addition.allow { Asking::Given } else { Asking::Question };
    let open = open(context, &candidates)?;
    let scope = scope_of(context, level);
    obtain(context, &open, asking, &scope, &hint)?;
    let consented = open.iter().map(|open| open.id().to_owned()).collect();
    drop(open);
    install(context, &Installation { level, candidates: &candidates, consented, scope })?;
    Ok(candidates.iter().map(|candidate| added(context, level, candidate)).collect())
}

/// Says which new ids could be taken for those of plugins that are used here.
fn warn_of_near_names(context: &Context, candidates: &[Candidate]) {
    let (known, _) = catalog::all(context);
    let is_known = |candidate: &&Candidate| known.iter().any(|entry| entry.id() == candidate.entry.id());
    for candidate in candidates.iter().filter(|candidate| !is_known(candidate)) {
        let id = candidate.entry.id();
        let Some(near) = known.iter().find(|entry| id.resembles(entry.id())) else { continue };
        let message = format!("`{id}` looks like `{}`, which is another plugin", near.id());
        let diagnostic = Diagnostic::warning(Code::PLUGIN_NEAR_NAME, message)
            .note(format!("`{id}` comes from {}", candidate.entry.source))
            .note(format!("`{}` comes from {}", near.id(), near.source))
            .hint("make sure which of the two you want before you allow it");
        context.frontend().warn(&diagnostic);
    }
}

/// Refuses a plugin of another kind than the one that is wanted.
fn of_kind(wanted: Option<Kind>, candidate: &Candidate) -> Result<(), Failure> {
    let manifest = &candidate.entry.manifest;
    if wanted.is_none_or(|wanted| wanted == manifest.kind) {
        return Ok(());
    }
    let (id, kind) = (&manifest.id, manifest.kind);
    let message = format!("plugin `{id}` is no target pack: its kind is `{kind}`");
    let diagnostic = Diagnostic::error(Code::NOT_A_TARGET_PACK, message)
        .note("nothing was changed")
        .hint("to add it for what it is: s plugin add");
    Err(Failure::new(FailureKind::Failed, diagnostic))
}

/// The line that consents to these bytes. The configuration is not repeated: it may hold a secret.
fn again(addition: &Addition, source: &str, candidate: &Candidate) -> String {
    let integrity = format!("--integrity {} --allow", candidate.entry.digest);
    if addition.config.is_empty() {
        let user = if addition.user { "--user " } else { "" };
        format!("if you trust it: s plugin add {user}{source} {integrity}")
    } else {
        format!("if you trust it, add to the same line: {integrity}")
    }
}

/// What is said of a plugin that is allowed and written. That cannot fail any more: who allowed it is
/// taken for the user where the files that say so cannot be read.
fn added(context: &Context, level: Level, candidate: &Candidate) -> Added {
    let (entry, manifest) = (&candidate.entry, &candidate.entry.manifest);
    let allowed = allowed(context, entry, &candidate.asked, &candidate.imports);
    Added {
        id: manifest.id.to_string(),
        version: manifest.version.to_string(),
        kind: manifest.kind,
        level,
        integrity: entry.digest,
        source: entry.source.clone(),
        commands: manifest.commands.keys().cloned().collect(),
        allowed: allowed.map_or(Allowed::Grant, |(allowed, _)| allowed),
    }
}

/// Fetches what the files of a level name and this user does not have: what is pinned must be what
/// the lock pins.
fn missing(context: &Arc<Context>, level: Level, reserved: &[String]) -> Result<Vec<Candidate>, Failure> {
    let files = stated(context, level)?;
    let terms = |integrity| Terms { level, config: BTreeMap::new(), integrity, reserved };
    let mut candidates = Vec::new();
    for pinned in files.lock.plugins() {
        if is_here_and_allowed(context, &files, &pinned.id) {
            continue;
        }
        let source = PluginSource::pinned(context, level, &pinned.source)?;
        let candidate = Candidate::fetch(context, source, terms(Some(pinned.integrity)))?;
        same_id(&pinned.id, &candidate)?;
        candidates.push(candidate);
    }
    for wanted in files.manifest.plugins().iter().filter(|wanted| files.lock.plugin(&wanted.id).is_none()) {
        let source = PluginSource::wanted(context, level, &wanted.id, &wanted.origin)?;
        let candidate = Candidate::fetch(context, source, terms(None))?;
        same_id(&wanted.id, &candidate)?;
        candidates.push(candidate);
    }
    Ok(candidates)
}

fn is_here_and_allowed(context: &Context, files: &Stated, id: &str) -> bool {
    let Ok(Some(entry)) = files.entry(context, id) else { return false };
    let Ok((_, asked)) = configure(&entry, &BTreeMap::new()) else { return false };
    // The imports were checked when this component was pinned, and are again before it runs.
    matches!(allowed(context, &entry, &asked, &[]), Ok((_, None)))
}

/// Refuses another plugin in the place of one.
pub(crate) fn same_id(id: &str, candidate: &Candidate) -> Result<(), Failure> {
    let found = candidate.entry.id().as_str();
    if found == id {
        return Ok(());
    }
    let message = format!("where plugin `{id}` came from there is `{found}` now");
    let diagnostic = Diagnostic::error(Code::PLUGIN_OTHER_ID, message)
        .note(format!("its source is `{}`", candidate.entry.source))
        .hint(format!("if that is meant: s plugin remove {id}"));
    Err(Failure::new(FailureKind::Integrity, diagnostic))
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use s_store::faults;

    use super::*;
    use crate::plugins::testing::{Place, User, manifest, plugin};
    use crate::{plugin_list, plugin_verify};

    const FEED: &str = "https://feed.example";

    fn from(source: &str) -> Addition {
        Addition { source: Some(source.to_owned()), ..Addition::default() }
    }

    fn code(result: Result<Vec<Added>, Failure>) -> Code {
        result.unwrap_err().diagnostics[0].code
    }

    #[test]
    fn whatever_fails_the_plugin_is_there_or_nothing_is() {
        let component = plugin(&manifest("acme/osv", "1.0.0", FEED));
        for n in 0..1000 {
            let place = Place::new();
            place.write("osv.wasm", &component);
            let before = place.files();
            let context = place.context(&User::answering(&[true]));
            let fault = faults::fail_at(n, ErrorKind::StorageFull);
            let result = plugin_add(&context, &from("osv.wasm"));
            let reached = faults::steps_seen() > n;
            drop(fault);
            // What only saves time may fail without harm; nothing else.
            if let Err(failure) = &result {
                assert!(reached, "{failure:?}");
                assert_eq!(failure.diagnostics[0].code, Code::IO, "step {n}");
                assert_eq!(place.files(), before, "step {n}");
                assert_eq!(plugin_list(&context, Some(Kind::Audit)).unwrap().0.len(), 1, "step {n}");
            } else {
                let context = place.context(&User::answering(&[]));
                let verified = plugin_verify(&context, &["acme/osv".to_owned()]).unwrap();
                assert_eq!(verified.len(), 1, "step {n}");
            }
            if !reached {
                assert!(n > 30, "components, grants, lock and manifest take many steps, not {n}");
                return;
            }
        }
        panic!("the operation never ends");
    }

    #[test]
    fn one_question_with_everything_in_it_and_no_means_nothing() {
        let place = Place::new();
        place.write("osv.wasm", plugin(&manifest("acme/osv", "1.0.0", FEED)));
        let before = place.files();
        let user = User::answering(&[false]);
        assert_eq!(code(plugin_add(&place.context(&user), &from("osv.wasm"))), Code::CONSENT_DECLINED);
        assert_eq!(place.files(), before);
        let question = user.questions().join("\n---\n");
        let expected = "\
acme/osv 1.0.0   audit
  network     https://feed.example               get head
  files       \"feed\": a directory that you bind  read-only
  also        1 MiB cache, coarse clock
  cannot      run programs, read other files, read the environment, write files, reach any other host
  because     http: \"asks the feed\"
              cache: \"keeps the feed\"
              clock: \"knows how old it is\"
              fs.feed: \"reads a feed from a folder\"
allow it in this project?";
        assert_eq!(question, expected);
    }

    #[test]
    fn words_of_the_author_begin_no_line_of_the_question() {
        let place = Place::new();
        let text = manifest("acme/osv", "1.0.0", FEED).replace("asks the feed", "x\\n  cannot      harm you");
        place.write("osv.wasm", plugin(&text));
        let user = User::answering(&[false]);
        let _ = plugin_add(&place.context(&user), &from("osv.wasm"));
        // Either the manifest is refused or the words stand on the line of their label.
        assert!(!user.questions().concat().contains("\n  cannot      harm you"), "{:?}", user.questions());
    }

    #[test]
    fn where_nobody_can_be_asked_a_policy_or_the_digest_consents() {
        let component = plugin(&manifest("acme/osv", "1.0.0", FEED));
        let integrity = Sha256Digest::of(&component).to_string();
        let place = Place::new();
        place.write("osv.wasm", &component);
        let context = place.context(&User::answering(&[]));
        let failure = plugin_add(&context, &from("osv.wasm")).unwrap_err();
        let diagnostic = &failure.diagnostics[0];
        assert_eq!(diagnostic.code, Code::PLUGIN_NO_CONSENT);
        let hints = diagnostic.hints.join("\n");
        assert!(hints.contains(&format!("s plugin add osv.wasm --integrity {integrity} --allow")), "{hints}");
        assert!(hints.contains("[[rule]]\nplugin = \"acme/osv\"\n"), "{hints}");

        let rule = hints.split("allows it:\n").nth(1).unwrap().to_owned();
        let other = Place::new();
        other.write("osv.wasm", &component);
        let policy = other.write("policy.toml", &rule);
        let other = other.env("S_PLUGIN_POLICY", &policy.display().to_string());
        let added = plugin_add(&other.context(&User::answering(&[])), &from("osv.wasm")).unwrap();
        assert_eq!(added[0].allowed, Allowed::Policy);
        assert!(!other.files().contains_key("home/grants.toml"), "a rule is no grant");

        let given = Addition { integrity: Some(integrity), allow: true, ..from("osv.wasm") };
        let added = plugin_add(&context, &given).unwrap();
        assert_eq!(added[0].allowed, Allowed::Grant);
    }

    #[test]
    fn a_policy_that_denies_is_asked_before_the_user_is() {
        let place = Place::new();
        place.write("osv.wasm", plugin(&manifest("acme/osv", "1.0.0", FEED)));
        let policy = place.write("policy.toml", "deny = [\"acme/*\"]\n");
        let place = place.env("S_PLUGIN_POLICY", &policy.display().to_string());
        let before = place.files();
        let user = User::answering(&[true]);
        assert_eq!(code(plugin_add(&place.context(&user), &from("osv.wasm"))), Code::POLICY_DENIES);
        assert!(user.questions().is_empty());
        assert_eq!(place.files(), before);
    }

    #[test]
    fn a_clone_is_asked_once_for_everything_it_pins() {
        let first = Place::new();
        first.write("osv.wasm", plugin(&manifest("acme/osv", "1.0.0", FEED)));
        first.write("more.wasm", plugin(&manifest("acme/more", "2.0.0", FEED)));
        for source in ["osv.wasm", "more.wasm"] {
            plugin_add(&first.context(&User::answering(&[true])), &from(source)).unwrap();
        }
        let clone = Place::new();
        for (path, content) in first.files() {
            if let Some(name) = path.strip_prefix("work/") {
                clone.write(name, content);
            }
        }
        let before = clone.files();
        let nobody = clone.context(&User::answering(&[]));
        assert_eq!(plugin_verify(&nobody, &[]).unwrap_err().diagnostics.len(), 2);
        assert_eq!(code(plugin_add(&nobody, &Addition::default())), Code::PLUGIN_NO_CONSENT);
        assert_eq!(clone.files(), before);
        let user = User::answering(&[true]);
        let added = plugin_add(&clone.context(&user), &Addition::default()).unwrap();
        assert_eq!((added.len(), user.questions().len()), (2, 1));
        assert!(plugin_add(&nobody, &Addition::default()).unwrap().is_empty(), "all is here");
        let work = |place: &Place| {
            place.files().into_iter().filter(|(path, _)| path.starts_with("work/")).collect::<Vec<_>>()
        };
        assert_eq!(work(&clone), work(&first), "the files of the project are as they were");

        let tampered = Place::new();
        tampered.write("stryke.toml", &before["work/stryke.toml"]);
        tampered.write("stryke.lock", &before["work/stryke.lock"]);
        tampered.write("osv.wasm", plugin(&manifest("acme/osv", "1.0.1", FEED)));
        tampered.write("more.wasm", &before["work/more.wasm"]);
        let user = User::answering(&[true]);
        let result = plugin_add(&tampered.context(&user), &Addition::default());
        assert_eq!(code(result), Code::PLUGIN_INTEGRITY);
        assert!(user.questions().is_empty());
    }
}
