//! `s plugin revoke`: takes back what a plugin was allowed, everywhere, and drops what it stored.

use std::collections::BTreeSet;

use s_capability::PluginId;
use s_diag::{Code, Diagnostic};
use s_store::{Access, ChangeSet, EntryKind, Sha256Digest, files};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::builtin::BuiltIn;
use crate::plugins::catalog::{self, Level, Stated};
use crate::plugins::level::exclusively;

/// What was taken away.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The plugin.
    pub id: String,
    /// How many grants, of all projects.
    pub grants: usize,
    /// How many bound secrets and directories.
    pub bindings: usize,
    /// Whether its cache was removed.
    pub cache: bool,
    /// How many compiled components.
    pub code: usize,
}

/// Removes grants and bindings first: from then on the plugin does not run, whatever follows.
pub fn plugin_revoke(context: &Context, id: &str) -> Result<Revoked, Failure> {
    let Ok(plugin) = id.parse::<PluginId>() else { return Err(catalog::unknown(id)) };
    let digests = digests(context, id)?;
    let lock = exclusively(context)?;
    let mut grants = context.grants()?;
    let (revoked, unbound) = (grants.revoke(&plugin, None), grants.unbind(&plugin));
    if revoked + unbound > 0 {
        let mut changes = ChangeSet::new();
        changes.write(&context.home().grants_toml(), grants.to_text(), Access::Private);
        changes.commit()?;
    }
    drop(lock);
    let folder = context.home().plugin_caches(id);
    let cache = files::kind(&folder)? == Some(EntryKind::Directory);
    if cache {
        files::remove_dir_all(&folder)?;
    }
    let engine = context.engine()?;
    let mut code = 0;
    for digest in &digests {
        let mut is_there = false;
        for path in engine.code_paths(digest) {
            is_there |= files::exists(&path)?;
        }
        if is_there {
            engine.forget(digest)?;
            code += 1;
        }
    }
    if revoked + unbound == 0 && !cache && digests.is_empty() {
        let message = format!("plugin `{id}` is not used here, and nothing is allowed to it");
        let diagnostic = Diagnostic::error(Code::PLUGIN_UNKNOWN, message).hint("s plugin list");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    Ok(Revoked { id: id.to_owned(), grants: revoked, bindings: unbound, cache, code })
}

/// The components under which the plugin is known here.
fn digests(context: &Context, id: &str) -> Result<BTreeSet<Sha256Digest>, Failure> {
    let mut digests: BTreeSet<Sha256Digest> = BuiltIn::find(id).map(BuiltIn::digest).into_iter().collect();
    for level in [Level::User, Level::Project] {
        if let Some(files) = Stated::read(context, level)? {
            digests.extend(files.lock.plugin(id).map(|pinned| pinned.integrity));
        }
    }
    Ok(digests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::testing::{Place, User, manifest, plugin};
    use crate::{Addition, Allowed, Granting, plugin_add, plugin_grant, plugin_info, plugin_remove};

    fn place() -> Place {
        let place = Place::new();
        place.write("osv.wasm", plugin(&manifest("acme/osv", "1.0.0", "https://feed.example")));
        let addition = Addition { source: Some("osv.wasm".to_owned()), ..Addition::default() };
        plugin_add(&place.context(&User::answering(&[true])), &addition).unwrap();
        place
    }

    fn granting(id: &str) -> Granting {
        Granting { id: id.to_owned(), ..Granting::default() }
    }

    #[test]
    fn what_is_revoked_does_not_run_until_it_is_allowed_again() {
        let place = place();
        let nobody = User::answering(&[]);
        let context = place.context(&nobody);
        std::fs::create_dir_all(context.home().plugin_cache("acme/osv", "k")).unwrap();
        std::fs::create_dir(place.work().join("feed")).unwrap();
        let binding = Granting { views: vec!["feed=feed".to_owned()], ..granting("acme/osv") };
        assert_eq!(plugin_grant(&context, &binding).unwrap().bindings, 1);
        assert_eq!(plugin_info(&context, "acme/osv").unwrap().views.len(), 1);
        let revoked = plugin_revoke(&context, "acme/osv").unwrap();
        assert_eq!((revoked.grants, revoked.bindings, revoked.cache, revoked.code), (1, 1, true, 1));
        assert!(!context.home().plugin_caches("acme/osv").exists());
        assert_eq!(plugin_info(&context, "acme/osv").unwrap().allowed, Allowed::No);

        let failure = plugin_grant(&context, &granting("acme/osv")).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::PLUGIN_NO_CONSENT);
        let capabilities = failure.diagnostics[0].hints[0].rsplit(' ').next().unwrap().to_owned();
        let other = Granting { capabilities: Some("sha256-00".to_owned()), ..granting("acme/osv") };
        let failure = plugin_grant(&context, &other).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::CAPABILITIES_CHANGED);
        let given = Granting { capabilities: Some(capabilities), ..granting("acme/osv") };
        assert!(plugin_grant(&context, &given).unwrap().is_new);
        assert!(!plugin_grant(&context, &granting("acme/osv")).unwrap().is_new, "nothing to ask");
        assert_eq!(plugin_info(&context, "acme/osv").unwrap().allowed, Allowed::Grant);
    }

    #[test]
    fn who_is_asked_can_say_no() {
        let place = place();
        plugin_revoke(&place.context(&User::answering(&[])), "acme/osv").unwrap();
        let before = place.files();
        let user = User::answering(&[false, true]);
        let context = place.context(&user);
        let failure = plugin_grant(&context, &granting("acme/osv")).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::CONSENT_DECLINED);
        assert_eq!(place.files(), before);
        assert!(plugin_grant(&context, &granting("acme/osv")).unwrap().is_new);
        assert!(user.questions()[0].ends_with("\nallow it in this project?"), "{:?}", user.questions());
    }

    #[test]
    fn removing_keeps_what_was_allowed_and_drops_the_component() {
        let place = place();
        let context = place.context(&User::answering(&[]));
        let removed = plugin_remove(&context, "acme/osv", false).unwrap();
        assert!(removed.grants_stay);
        let files = place.files();
        assert!(files.keys().all(|path| !path.contains("home/plugins/")), "{:?}", files.keys());
        let source = Some("osv.wasm".to_owned());
        plugin_add(&context, &Addition { source, ..Addition::default() }).expect("nobody needs to be asked");
        let failure = plugin_remove(&context, "acme/other", false).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, Code::PLUGIN_UNKNOWN);
    }

    #[test]
    fn whatever_fails_it_is_used_as_before_or_not_at_all() {
        for n in 0..200 {
            let place = place();
            let before = place.files();
            let context = place.context(&User::answering(&[]));
            let fault = s_store::faults::fail_at(n, std::io::ErrorKind::StorageFull);
            let result = plugin_remove(&context, "acme/osv", false);
            let reached = s_store::faults::steps_seen() > n;
            drop(fault);
            match result {
                Err(_) => assert!(place.files() == before, "step {n}"),
                Ok(_) => assert!(plugin_info(&context, "acme/osv").is_err(), "step {n}"),
            }
            if !reached {
                return;
            }
        }
        panic!("the operation never ends");
    }

    #[test]
    fn a_component_that_another_project_pins_stays() {
        let place = place();
        let context = place.context(&User::answering(&[]));
        let source = place.work().join("osv.wasm").display().to_string();
        let user = Addition { source: Some(source), user: true, ..Addition::default() };
        plugin_add(&context, &user).unwrap();
        plugin_remove(&context, "acme/osv", true).unwrap();
        assert!(place.files().keys().any(|path| path.contains("/components/")), "the project pins it");
    }

    #[test]
    fn bindings_that_nothing_would_use_are_refused() {
        let place = place();
        let context = place.context(&User::answering(&[]));
        let before = place.files();
        let text = str::to_owned;
        let token = |secret: &str, origin: Option<&str>| Granting {
            secrets: vec![text(secret)],
            origin: origin.map(text),
            ..granting("stryke/auth-token")
        };
        for bad in [
            token("token=env:TOKEN", None),
            token("token=env:TOKEN", Some("not an address")),
            token("token=hunter2", Some("https://a.example")),
            token("tokn=env:TOKEN", Some("https://a.example")),
            token("token", Some("https://a.example")),
            granting("stryke/auth-token"),
            Granting { views: vec![text("feed=nowhere")], ..granting("acme/osv") },
            Granting { views: vec![text("other=.")], ..granting("acme/osv") },
        ] {
            let failure = plugin_grant(&context, &bad).unwrap_err();
            assert_eq!(failure.diagnostics[0].code, Code::PLUGIN_BINDING, "{bad:?}");
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
        assert_eq!(place.files(), before);
        plugin_grant(&context, &token("token=env:TOKEN", Some("https://a.example/x"))).unwrap();
        let bound = &plugin_info(&context, "stryke/auth-token").unwrap().secrets[0];
        assert_eq!(
            (bound.origin.to_string(), bound.from.to_string()),
            (text("https://a.example"), text("env:TOKEN"))
        );
    }
}
