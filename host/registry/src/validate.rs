//! What a publication has to be: an archive that is read strictly, and a manifest that agrees with
//! the address. What the index says of a version is derived here, never taken from the publisher.

use std::io::Read;

use s_diag::{Diagnostic, Severity, Source};
use s_project::{DependencyOrigin, DependencyRequest, Group, PackageName, ProjectManifest};
use s_store::archive::{ArchiveError, ArchiveLimits, ArchiveSummary, inspect};
use s_store::{Sha256Digest, StoreError};
use s_wire::{About, Dependency, FORM, IndexLine, codes};
use semver::Version;

use crate::error::{Failure, Refusal};

/// A publication that may go into the index.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) line: IndexLine,
    pub(crate) about: About,
    /// What the publisher may want to know.
    pub(crate) warnings: Vec<String>,
}

/// Reads an archive and makes the line of the index of it. `digest` and `size` are those of the
/// archive; everything in it stands below `{base}-{version}`.
///
/// # Errors
/// A refusal for an archive or manifest that breaks a rule; failures of the disk.
pub(crate) fn check(
    archive: impl Read,
    name: &PackageName,
    version: &Version,
    digest: Sha256Digest,
    size: u64,
    size_max: u64,
) -> Result<Checked, Failure> {
    let root = format!("{}-{version}", name.base());
    let limits = ArchiveLimits { archive_bytes_max: size_max, ..ArchiveLimits::default() };
    let summary = inspect(archive, &root, &limits).map_err(refused)?;
    let manifest = manifest(&summary)?;
    let package = manifest.package();
    agrees("name", package.name.as_deref(), name.as_str())?;
    agrees("version", package.version.as_deref(), &version.to_string())?;
    let mut warnings = Vec::new();
    let mut deps = Vec::new();
    for request in manifest.dependencies() {
        match dependency(&manifest, request)? {
            Some(dependency) => deps.push(dependency),
            None => warnings.push(format!(
                "`{}` of `[{}]` is in no registry and was left out of the index",
                request.alias,
                request.group.table()
            )),
        }
    }
    let line = IndexLine {
        v: FORM,
        name: name.as_str().to_owned(),
        vers: version.to_string(),
        deps,
        features: manifest.features().clone(),
        integrity: digest.to_string(),
        tree: summary.tree.to_string(),
        size,
        unpacked: summary.unpacked_bytes,
        files: summary.file_count,
        s: package.requires_s.clone(),
        edition: package.edition.clone(),
        caps: Vec::new(),
        artifacts: Vec::new(),
        pubtime: None,
        yanked: false,
        yank_reason: None,
        deprecated: None,
        removed: None,
    };
    let about = About {
        description: package.description.clone(),
        authors: Vec::new(),
        license: package.license.clone(),
        repository: package.repository.clone(),
    };
    if about.description.is_none() {
        warnings.push("`description` is missing: a search shows it".to_owned());
    }
    if about.license.is_none() {
        warnings.push("`license` is missing: nobody can tell whether they may use the package".to_owned());
    }
    Ok(Checked { line, about, warnings })
}

fn manifest(summary: &ArchiveSummary) -> Result<ProjectManifest, Failure> {
    let wrong = |detail: String| Refusal::new(422, codes::MANIFEST, detail);
    let bytes = summary
        .manifest
        .clone()
        .ok_or_else(|| wrong("there is no `stryke.toml` at the root of the archive".to_owned()))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("`stryke.toml` is not UTF-8 text".to_owned()))?;
    let (manifest, diagnostics) = ProjectManifest::parse(Source::new("stryke.toml", text));
    match diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
        Some(diagnostic) => Err(wrong(placed(diagnostic)).into()),
        None => Ok(manifest),
    }
}

/// A diagnostic in one line.
fn placed(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.labels.iter().find(|label| label.primary).map(|label| {
        let (line, column) = label.source.position(label.span.start);
        format!("`{}` at {line}:{column}: ", label.source.name)
    });
    format!("{}{} ({})", place.unwrap_or_default(), diagnostic.message, diagnostic.code)
}

fn agrees(key: &str, found: Option<&str>, expected: &str) -> Result<(), Refusal> {
    match found {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(Refusal::new(
            422,
            codes::MANIFEST,
            format!(
                "`{key}` of `stryke.toml` is `{}`, and the address says `{expected}`",
                found.escape_debug()
            ),
        )),
        None => Err(Refusal::new(
            422,
            codes::MANIFEST,
            format!("`{key}` is missing in `[package]` of `stryke.toml`"),
        )),
    }
}

/// The dependency as the index has it; none for one that only who works on the package needs and
/// that no registry has.
fn dependency(
    manifest: &ProjectManifest,
    request: &DependencyRequest,
) -> Result<Option<Dependency>, Refusal> {
    let of_users = request.group == Group::Normal;
    let refuse = |what: &str| {
        let detail = format!("the dependency `{}` {what}", request.alias);
        if of_users { Err(Refusal::new(422, codes::MANIFEST, detail)) } else { Ok(None) }
    };
    let (requirement, registry) = match &request.origin {
        DependencyOrigin::Registry { requirement, registry } => (requirement, registry.as_deref()),
        DependencyOrigin::Path { requirement: Some(requirement), .. } => (requirement, None),
        DependencyOrigin::Path { requirement: None, .. } => {
            return refuse("is a folder: say as well which versions of it will do");
        }
        DependencyOrigin::Git { .. } => return refuse("is a repository: packages need packages"),
        DependencyOrigin::Workspace => {
            return refuse("refers to a workspace, which is not in the archive");
        }
    };
    // Names of registries mean something only where they were given.
    let registry = match registry {
        Some(address) if address.contains("://") => Some(address.to_owned()),
        Some(name) => match manifest.registries().iter().find(|registry| registry.name == name) {
            Some(registry) => Some(registry.url.clone()),
            None => {
                return refuse(&format!("is in the registry `{name}`, which `[registries]` does not know"));
            }
        },
        None => None,
    };
    let package = request.package.as_str();
    Ok(Some(Dependency {
        name: request.alias.clone(),
        req: requirement.as_str().to_owned(),
        features: request.features.clone(),
        optional: request.optional,
        default_features: request.default_features,
        kind: match &request.group {
            Group::Normal => "normal".to_owned(),
            Group::Dev => "dev".to_owned(),
            Group::Named(name) => format!("group:{name}"),
        },
        target: None,
        registry,
        package: (package != request.alias).then(|| package.to_owned()),
    }))
}

/// Whose fault it is that an archive could not be read.
fn refused(error: ArchiveError) -> Failure {
    match error {
        ArchiveError::Store(error @ StoreError::Io { .. }) => Failure::Broken(error.into()),
        ArchiveError::Read { .. } => Failure::Broken(crate::RegistryError::Task),
        ArchiveError::ArchiveTooLarge { .. } => Refusal::new(413, codes::TOO_LARGE, error.to_string()).into(),
        error => Refusal::new(422, codes::ARCHIVE, error.to_string()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_store::archive::{PackEntry, PackSource, pack};

    fn archive(root: &str, files: &[(&str, &str)]) -> Vec<u8> {
        let entries = files.iter().map(|(path, text)| PackEntry {
            path: (*path).to_owned(),
            executable: false,
            source: PackSource::Bytes(text.as_bytes().to_vec()),
        });
        let mut bytes = Vec::new();
        pack(root, entries, &mut bytes).unwrap();
        bytes
    }

    fn checked(bytes: &[u8]) -> Result<Checked, Refusal> {
        let (name, version) = ("acme/json".parse().unwrap(), "1.0.0".parse().unwrap());
        let size = bytes.len() as u64;
        check(bytes, &name, &version, Sha256Digest::of(bytes), size, 1 << 20).map_err(|failure| match failure
        {
            Failure::Refused(refusal) => refusal,
            Failure::Broken(error) => panic!("{error}"),
        })
    }

    fn of_manifest(text: &str) -> Result<Checked, Refusal> {
        checked(&archive("json-1.0.0", &[("stryke.toml", text), ("lib/Json.stk", "1")]))
    }

    const HEAD: &str = "[package]\nname = \"acme/json\"\nversion = \"1.0.0\"\n";

    #[test]
    fn the_line_says_what_the_archive_holds() {
        let text = format!(
            "{HEAD}description = \"Reads JSON\"\nlicense = \"MIT\"\nedition = \"2026\"\n[deps]\n\"acme/text\" = \"1.2\"\n\
             [dev-deps]\n\"acme/check\" = {{ path = \"../check\" }}\n[features]\nfast = []\n"
        );
        let Checked { line, about, warnings } = of_manifest(&text).unwrap();
        assert_eq!((line.name.as_str(), line.vers.as_str(), line.files), ("acme/json", "1.0.0", 2));
        assert_eq!(line.unpacked, text.len() as u64 + 1);
        assert_eq!(line.edition.as_deref(), Some("2026"));
        assert!(line.features.contains_key("fast") && line.tree.starts_with("sha256-"));
        let [dependency] = line.deps.as_slice() else { panic!("{:?}", line.deps) };
        assert_eq!(
            (dependency.name.as_str(), dependency.req.as_str(), dependency.kind.as_str()),
            ("acme/text", "1.2", "normal")
        );
        assert_eq!(about.description.as_deref(), Some("Reads JSON"));
        assert_eq!(
            warnings,
            ["`acme/check` of `[dev-deps]` is in no registry and was left out of the index"]
        );
    }

    #[test]
    fn registries_travel_by_address() {
        let dep = "[deps]\n\"acme/text\" = { version = \"1\", registry = \"corp\" }\n";
        let table = "[registries.corp]\nurl = \"https://r.example\"\n";
        let line = of_manifest(&format!("{HEAD}{dep}{table}")).unwrap().line;
        assert_eq!(line.deps[0].registry.as_deref(), Some("https://r.example"));
        assert_eq!(of_manifest(&format!("{HEAD}{dep}")).unwrap_err().code, codes::MANIFEST);
    }

    #[test]
    fn what_does_not_agree_is_refused() {
        for (text, expected) in [
            (
                HEAD.replace("acme/json", "acme/other"),
                "`name` of `stryke.toml` is `acme/other`, and the address says `acme/json`",
            ),
            (HEAD.replace("1.0.0", "1.0.1"), "`version` of `stryke.toml` is `1.0.1`"),
            ("[package]\nname = \"acme/json\"\n".to_owned(), "`version` is missing"),
            ("[package".to_owned(), "`stryke.toml` at 1:"),
            (format!("{HEAD}[deps]\n\"a/b\" = {{ path = \"../b\" }}\n"), "the dependency `a/b` is a folder"),
            (format!("{HEAD}[features]\ny = [\"zz\"]\n"), "the feature `y` turns on `zz`"),
            (format!("{HEAD}[features]\ny = [\"dep:nope\"]\n"), "the feature `y` turns on `dep:nope`"),
            (format!("{HEAD}edition = \"2027\"\n"), "`package.edition` is `2027`"),
            (format!("{HEAD}s = \"one\"\n"), "`package.s` is `one`"),
            (
                format!("{HEAD}[deps]\n\"a/b\" = {{ git = \"https://g.example/b\" }}\n"),
                "the dependency `a/b` is a repository",
            ),
        ] {
            let refusal = of_manifest(&text).unwrap_err();
            assert_eq!((refusal.status, refusal.code.as_str()), (422, codes::MANIFEST), "{text}");
            assert!(refusal.detail.contains(expected), "{}", refusal.detail);
        }
    }

    #[test]
    fn an_archive_that_is_none_is_refused() {
        let good = archive("json-1.0.0", &[("stryke.toml", HEAD)]);
        for (bytes, code) in [
            (archive("other-1.0.0", &[("stryke.toml", HEAD)]), codes::ARCHIVE),
            (archive("json-1.0.0", &[("lib/stryke.toml", HEAD)]), codes::MANIFEST),
            (good[..good.len() - 1].to_vec(), codes::ARCHIVE),
            ([good.clone(), good.clone()].concat(), codes::ARCHIVE),
            (b"PK\x03\x04".to_vec(), codes::ARCHIVE),
            (Vec::new(), codes::ARCHIVE),
        ] {
            assert_eq!(checked(&bytes).unwrap_err().code, code);
        }
        assert!(checked(&good).is_ok());
    }
}
