//! `s plugin verify`: whether every plugin is the one that was pinned and within what was allowed.

use std::collections::BTreeMap;

use s_component::{InspectLimits, inspect};
use s_diag::{Code, Diagnostic};
use s_project::LockedPlugin;
use s_store::Sha256Digest;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::builtin::{BUILT_IN, BuiltIn};
use crate::plugins::candidate::{fits_worlds, imports_of, in_file};
use crate::plugins::catalog::{self, Entry, Level, Stated};
use crate::plugins::launch::{Allow, authorize, configure};

/// A plugin in which nothing was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Who says that it is used.
    pub level: Level,
    /// Of its component.
    pub integrity: Sha256Digest,
}

/// Checks plugins; without ids all of them, those of `s` too.
///
/// # Errors
/// [`FailureKind::Integrity`] with everything that was found.
pub fn plugin_verify(context: &Context, ids: &[String]) -> Result<Vec<Verified>, Failure> {
    let wanted = |id: &str| ids.is_empty() || ids.iter().any(|wanted| wanted == id);
    let mut verified = Vec::new();
    let mut diagnostics = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for built_in in BUILT_IN.iter().filter(|built_in| wanted(built_in.id)) {
        seen.push(built_in.id.to_owned());
        let entry = Entry::built_in(built_in);
        let intact = Sha256Digest::of(built_in.component) == built_in.digest();
        if !intact {
            let message = format!("the component of plugin `{}` in this executable is damaged", built_in.id);
            diagnostics.push(Diagnostic::error(Code::PLUGIN_CHANGED, message));
        }
        note(&mut verified, &mut diagnostics, &entry, world_and_imports(&entry));
    }
    for level in [Level::User, Level::Project] {
        let Some(files) = Stated::read(context, level)? else { continue };
        for pinned in files.lock.plugins().filter(|pinned| wanted(&pinned.id)) {
            seen.push(pinned.id.clone());
            match files.open(context, pinned) {
                Ok(entry) => {
                    let found = check(context, &files, pinned, &entry);
                    note(&mut verified, &mut diagnostics, &entry, found);
                }
                Err(failure) => diagnostics.extend(failure.diagnostics),
            }
        }
        for (id, failure) in files.unpinned().filter(|(id, _)| wanted(id)) {
            seen.push(id.to_owned());
            diagnostics.extend(failure.diagnostics);
        }
    }
    if let Some(unknown) = ids.iter().find(|id| !seen.contains(id)) {
        return Err(catalog::unknown(unknown));
    }
    if diagnostics.is_empty() {
        Ok(verified)
    } else {
        Err(Failure { kind: FailureKind::Integrity, diagnostics })
    }
}

fn note(
    verified: &mut Vec<Verified>,
    diagnostics: &mut Vec<Diagnostic>,
    entry: &Entry,
    found: Vec<Diagnostic>,
) {
    if found.is_empty() {
        verified.push(Verified {
            id: entry.id().to_string(),
            version: entry.manifest.version.to_string(),
            level: entry.level,
            integrity: entry.digest,
        });
    }
    diagnostics.extend(found);
}

/// Everything that can be wrong with a component that has the digest that was pinned.
fn check(context: &Context, files: &Stated, pinned: &LockedPlugin, entry: &Entry) -> Vec<Diagnostic> {
    let mut found = against_lock(context, files, pinned, entry);
    if BuiltIn::find(&pinned.id).is_some() {
        found.extend(files.taken(&pinned.id).diagnostics);
    }
    found.extend(world_and_imports(entry));
    if found.is_empty() {
        found.extend(consent(context, entry).err().into_iter().flat_map(|failure| failure.diagnostics));
    }
    found
}

fn against_lock(context: &Context, files: &Stated, pinned: &LockedPlugin, entry: &Entry) -> Vec<Diagnostic> {
    let manifest = &entry.manifest;
    let worlds: Vec<String> = manifest.worlds.iter().map(ToString::to_string).collect();
    let capabilities = Sha256Digest::from_bytes(manifest.capabilities_digest());
    let facts = [
        ("version", pinned.version.clone(), manifest.version.to_string()),
        ("worlds", pinned.worlds.join(", "), worlds.join(", ")),
        ("capabilities", pinned.capabilities.to_string(), capabilities.to_string()),
    ];
    let lock = context.shown(&files.lock_path);
    let differs = facts.into_iter().filter(|(_, locked, own)| locked != own).map(|(what, locked, own)| {
        let message = format!("`{lock}` and the component of plugin `{}` differ about its {what}", pinned.id);
        Diagnostic::error(Code::PLUGIN_LOCK, message)
            .note(format!("the lock says {locked}"))
            .note(format!("the component says {own}"))
            .hint(format!("s plugin update {}", pinned.id))
    });
    differs.collect()
}

fn world_and_imports(entry: &Entry) -> Vec<Diagnostic> {
    let inspected = inspect(&entry.bytes(), &InspectLimits::default());
    let result = inspected.map_err(Failure::from).and_then(|_| fits_worlds(entry, entry.id().as_str()));
    result.err().map(|failure| failure.diagnostics).unwrap_or_default()
}

/// Imports within the manifest, within the grant, within the policy.
fn consent(context: &Context, entry: &Entry) -> Result<(), Failure> {
    let (_, asked) = configure(entry, &BTreeMap::new())?;
    let shape = inspect(&entry.bytes(), &InspectLimits::default())
        .map_err(|error| in_file(error.into(), entry.id().as_str()))?;
    authorize(context, entry, &asked, &imports_of(&shape), Allow::Granted).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::testing::{Place, User, manifest, plugin};
    use crate::{Addition, plugin_add};

    #[test]
    fn everything_that_does_not_fit_is_found() {
        let place = Place::new();
        place.write("osv.wasm", plugin(&manifest("acme/osv", "1.0.0", "https://feed.example")));
        let context = place.context(&User::answering(&[true]));
        let addition = Addition { source: Some("osv.wasm".to_owned()), ..Addition::default() };
        let digest = plugin_add(&context, &addition).unwrap()[0].integrity;
        assert_eq!(plugin_verify(&context, &[]).unwrap().len(), BUILT_IN.len() + 1);

        let component = context.home().component(&digest);
        let lock = place.work().join("stryke.lock");
        let manifest_path = place.work().join("stryke.toml");
        let read = |path: &std::path::Path| std::fs::read(path).unwrap();
        let text = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
        let (bytes, locked, wanted) = (read(&component), text(&lock), text(&manifest_path));
        let grants = text(&context.home().grants_toml());
        let cases: Vec<(&std::path::Path, Vec<u8>, Code)> = vec![
            (&component, plugin("[plugin]"), Code::PLUGIN_CHANGED),
            (&component, plugin(&manifest("acme/osv", "1.0.1", "https://x.example")), Code::PLUGIN_CHANGED),
            (&lock, locked.replace("\"1.0.0\"", "\"1.0.1\"").into(), Code::PLUGIN_LOCK),
            (&lock, locked.replace("audit-plugin@0.1", "audit-plugin@0.9").into(), Code::PLUGIN_LOCK),
            (&lock, Vec::new(), Code::PLUGIN_NOT_PINNED),
            (
                &manifest_path,
                wanted.replace("path =", "config = { x = \"y\" }, path =").into(),
                Code::PLUGIN_CONFIG_VALUE,
            ),
        ];
        for (path, content, code) in cases {
            let before = read(path);
            std::fs::write(path, content).unwrap();
            let fresh = place.context(&User::answering(&[]));
            let failure = plugin_verify(&fresh, &[]).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Integrity);
            assert_eq!(failure.diagnostics[0].code, code, "{failure:?}");
            std::fs::write(path, before).unwrap();
        }
        std::fs::write(
            context.home().grants_toml(),
            grants.replace("https://feed.example", "https://x.example"),
        )
        .unwrap();
        assert_eq!(plugin_verify(&context, &[]).unwrap_err().diagnostics[0].code, Code::BEYOND_GRANT);
        std::fs::remove_file(&component).unwrap();
        assert_eq!(plugin_verify(&context, &[]).unwrap_err().diagnostics[0].code, Code::PLUGIN_MISSING);
        std::fs::write(&component, bytes).unwrap();
        assert_eq!(
            plugin_verify(&context, &["acme/no".to_owned()]).unwrap_err().diagnostics[0].code,
            Code::PLUGIN_UNKNOWN
        );
    }
}
