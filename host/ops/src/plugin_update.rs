//! `s plugin update`: what lies at the sources of plugins now, if it asks for no more, or if the
//! user allows what is more.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::{Asked, Change, changes};
use s_project::LockedPlugin;
use s_store::Sha256Digest;

use crate::Context;
use crate::failure::Failure;
use crate::plugin_add::same_id;
use crate::plugins::candidate::{Candidate, Terms};
use crate::plugins::catalog::{self, Stated};
use crate::plugins::consent::{Asking, grant_of, obtain, open};
use crate::plugins::install::{Installation, install};
use crate::plugins::launch::configure;
use crate::plugins::level::{drop_unpinned, exclusively, level_of, scope_of, stated};
use crate::plugins::source::PluginSource;

/// What is to be updated.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The plugins; none: all of the level.
    pub ids: Vec<String>,
    /// Those of the user, not those of the project.
    pub user: bool,
    /// Whether only to say what would change.
    pub dry_run: bool,
    /// Names of commands that no plugin may have.
    pub reserved: Vec<String>,
}

/// What became of one plugin.
#[derive(Clone, Debug)]
pub struct Updated {
    /// Its id.
    pub id: String,
    /// The version that was pinned.
    pub version_before: String,
    /// The version that is there now.
    pub version: String,
    /// Of the component that was pinned.
    pub integrity_before: Sha256Digest,
    /// Of the component that is there now.
    pub integrity: Sha256Digest,
    /// What it asks for beyond what it did, and what no more.
    pub changes: Vec<Change>,
    /// Whether that needs a consent that nobody gave before.
    pub needs_consent: bool,
}

impl Updated {
    /// Whether there are new bytes.
    pub fn is_new(&self) -> bool {
        self.integrity != self.integrity_before
    }
}

/// Looks at the sources again and pins what is there: of all of them or of none.
pub fn plugin_update(context: &Arc<Context>, update: &Update) -> Result<Vec<Updated>, Failure> {
    let level = level_of(context, update.user);
    let files = stated(context, level)?;
    let pinned = chosen(&files, &update.ids)?;
    let mut candidates = Vec::new();
    for pinned in &pinned {
        let source = match files.manifest.plugin(&pinned.id) {
            Some(wanted) => PluginSource::wanted(context, level, &pinned.id, &wanted.origin)?,
            None => PluginSource::pinned(context, level, &pinned.source)?,
        };
        let config = BTreeMap::new();
        let terms = Terms { level, config, integrity: None, reserved: &update.reserved };
        let candidate = Candidate::fetch(context, source, terms)?;
        same_id(&pinned.id, &candidate)?;
        candidates.push(candidate);
    }
    let mut updated = Vec::new();
    for (pinned, candidate) in pinned.iter().zip(&candidates) {
        updated.push(compare(context, &files, pinned, candidate)?);
    }
    // What has the same bytes is written all the same where its component is missing.
    let is_changed =
        |before: &Updated| before.is_new() || !matches!(files.entry(context, &before.id), Ok(Some(_)));
    let mut keep = updated.iter().map(is_changed);
    candidates.retain(|_| keep.next().unwrap_or(false));
    let open = open(context, &candidates)?;
    for updated in &mut updated {
        updated.needs_consent = open.iter().any(|open| open.id() == updated.id);
    }
    if update.dry_run {
        return Ok(updated);
    }
    let hint = "at a terminal you are asked about the difference: s plugin update";
    let scope = scope_of(context, level);
    obtain(context, &open, Asking::Question, &scope, hint)?;
    let consented = open.iter().map(|open| open.id().to_owned()).collect();
    drop(open);
    install(context, &Installation { level, candidates: &candidates, consented, scope })?;
    // The update is done; where this fails, nothing but space is lost.
    if let Ok(_lock) = exclusively(context) {
        for old in updated.iter().filter(|updated| updated.is_new()) {
            drop_unpinned(context, &old.integrity_before);
        }
    }
    Ok(updated)
}

fn chosen(files: &Stated, ids: &[String]) -> Result<Vec<LockedPlugin>, Failure> {
    if ids.is_empty() {
        return Ok(files.lock.plugins().cloned().collect());
    }
    ids.iter().map(|id| files.lock.plugin(id).cloned().ok_or_else(|| catalog::unknown(id))).collect()
}

fn compare(
    context: &Context,
    files: &Stated,
    pinned: &LockedPlugin,
    candidate: &Candidate,
) -> Result<Updated, Failure> {
    let before = asked_before(context, files, pinned, candidate)?;
    Ok(Updated {
        id: pinned.id.clone(),
        version_before: pinned.version.clone(),
        version: candidate.entry.manifest.version.to_string(),
        integrity_before: pinned.integrity,
        integrity: candidate.entry.digest,
        changes: before.map(|before| changes(&before, &candidate.asked)).unwrap_or_default(),
        needs_consent: false,
    })
}

/// What it was allowed, else what the component that is pinned asks for; none when that is gone.
fn asked_before(
    context: &Context,
    files: &Stated,
    pinned: &LockedPlugin,
    candidate: &Candidate,
) -> Result<Option<Asked>, Failure> {
    if let Some(grant) = grant_of(context, &candidate.entry)? {
        return Ok(Some(grant.rights));
    }
    let entry = files.entry(context, &pinned.id).ok().flatten();
    Ok(entry.and_then(|entry| configure(&entry, &BTreeMap::new()).ok()).map(|(_, asked)| asked))
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use s_diag::Code;
    use s_store::faults;

    use super::*;
    use crate::plugins::builtin::BUILT_IN;
    use crate::plugins::testing::{Place, User, manifest, plugin};
    use crate::{Addition, plugin_add, plugin_verify};

    const FEED: &str = "https://feed.example";

    fn place() -> Place {
        let place = Place::new();
        place.write("osv.wasm", plugin(&manifest("acme/osv", "1.0.0", FEED)));
        let addition = Addition { source: Some("osv.wasm".to_owned()), ..Addition::default() };
        plugin_add(&place.context(&User::answering(&[true])), &addition).unwrap();
        place
    }

    fn update(place: &Place, user: &Arc<User>) -> Result<Vec<Updated>, Failure> {
        plugin_update(&place.context(user), &Update::default())
    }

    #[test]
    fn the_same_bytes_change_nothing() {
        let place = place();
        let before = place.files();
        let updated = update(&place, &User::answering(&[])).unwrap();
        assert!(!updated[0].is_new() && !updated[0].needs_consent);
        assert_eq!(place.files(), before);
    }

    #[test]
    fn equal_and_narrower_rights_need_no_question() {
        let narrower = manifest("acme/osv", "1.2.0", FEED).replace("1 MiB", "512 KiB");
        for (text, changes) in [(manifest("acme/osv", "1.1.0", FEED), 0), (narrower, 1)] {
            let place = place();
            place.write("osv.wasm", plugin(&text));
            let updated = update(&place, &User::answering(&[])).unwrap();
            assert!(updated[0].is_new() && !updated[0].needs_consent);
            assert_eq!(updated[0].changes.len(), changes, "{:?}", updated[0].changes);
            let verified = plugin_verify(&place.context(&User::answering(&[])), &[]).unwrap();
            assert_eq!(verified.len(), BUILT_IN.len() + 1);
            let components = place.files().into_keys().filter(|path| path.contains("/components/")).count();
            assert_eq!(components, 1, "the old one is gone");
        }
    }

    #[test]
    fn wider_rights_are_shown_and_asked_for() {
        let place = place();
        place.write("osv.wasm", plugin(&manifest("acme/osv", "2.0.0", "https://*.feed.example")));
        let before = place.files();
        let nobody = User::answering(&[]);
        let failure = update(&place, &nobody).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::BEYOND_GRANT);
        let notes = failure.diagnostics[0].notes.join("\n");
        assert!(notes.contains("+ http        https://*.feed.example"), "{notes}");
        assert_eq!(
            update(&place, &User::answering(&[false])).unwrap_err().diagnostics[0].code,
            Code::CONSENT_DECLINED
        );
        let dry = Update { dry_run: true, ..Update::default() };
        assert!(plugin_update(&place.context(&nobody), &dry).unwrap()[0].needs_consent);
        assert_eq!(place.files(), before);
        let user = User::answering(&[true]);
        assert_eq!(update(&place, &user).unwrap()[0].version, "2.0.0");
        let expected = "\
acme/osv 2.0.0   audit
  asks for something else than you allowed:
  + http        https://*.feed.example
  - http        https://feed.example
allow it in this project?";
        assert_eq!(user.questions(), [expected]);
        plugin_verify(&place.context(&nobody), &["acme/osv".to_owned()]).unwrap();
    }

    #[test]
    fn what_the_user_wrote_in_the_manifest_stays() {
        let place = place();
        let stated = String::from_utf8(place.files()["work/stryke.toml"].clone()).unwrap();
        let stated = stated.replace("path = \"osv.wasm\"", "path   =   './osv.wasm'");
        place.write("stryke.toml", &stated);
        place.write("osv.wasm", plugin(&manifest("acme/osv", "1.1.0", FEED)));
        assert!(update(&place, &User::answering(&[])).unwrap()[0].is_new());
        assert_eq!(place.files()["work/stryke.toml"], stated.as_bytes());
    }

    #[test]
    fn another_plugin_in_its_place_is_refused() {
        let place = place();
        place.write("osv.wasm", plugin(&manifest("evil/osv", "1.0.0", FEED)));
        let before = place.files();
        let failure = update(&place, &User::answering(&[true])).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::PLUGIN_OTHER_ID);
        assert_eq!(place.files(), before);
    }

    #[test]
    fn whatever_fails_the_old_one_or_the_new_one_is_there() {
        let new = plugin(&manifest("acme/osv", "2.0.0", "https://other.example"));
        for n in 0..1000 {
            let place = place();
            place.write("osv.wasm", &new);
            let before = place.files();
            let context = place.context(&User::answering(&[true]));
            let fault = faults::fail_at(n, ErrorKind::StorageFull);
            let result = plugin_update(&context, &Update::default());
            let reached = faults::steps_seen() > n;
            drop(fault);
            match result {
                Err(_) => assert_eq!(place.files(), before, "step {n}"),
                Ok(updated) => assert_eq!(updated[0].version, "2.0.0"),
            }
            plugin_verify(&place.context(&User::answering(&[])), &["acme/osv".to_owned()]).unwrap();
            if !reached {
                return;
            }
        }
        panic!("the operation never ends");
    }
}
