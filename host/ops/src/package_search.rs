//! `s search`: packages by what they are about, in every registry that can search.

use std::sync::Arc;

use s_diag::{Code, Diagnostic};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::registries::Registries;

/// A package that was found.
#[derive(Clone, Debug)]
pub struct FoundPackage {
    /// The name, with its scope.
    pub name: String,
    /// The newest version.
    pub newest: String,
    /// What it is for.
    pub description: String,
    /// The registry, for people.
    pub registry: String,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct FoundPackages {
    /// The packages, in the order of the registries.
    pub packages: Vec<FoundPackage>,
    /// Registries that have more.
    pub more: Vec<String>,
    /// Registries that cannot search.
    pub without_search: Vec<String>,
}

/// Searches in one registry, or in all of them; `limit` holds for each.
pub fn package_search(
    context: &Arc<Context>,
    text: &str,
    registry: Option<&str>,
    limit: u32,
) -> Result<FoundPackages, Failure> {
    let mut registries = Registries::of(context)?;
    let urls = registries.all(registry)?;
    if urls.is_empty() {
        let diagnostic = Diagnostic::error(Code::REGISTRY_UNKNOWN, "there is no registry to search in").hint(
            "name one in `stryke.toml`, or in the `config.toml` of your home folder:\n[registries.main]\nurl = \"https://…\"",
        );
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    let mut found = FoundPackages::default();
    for url in urls {
        let shown = registries.shown(&url);
        let open = registries.registry(&url)?;
        if !open.features()?.search {
            found.without_search.push(shown);
            continue;
        }
        let (mut count, mut cursor) = (0, None);
        loop {
            let page = open.search(text, cursor.take(), limit - count)?;
            // A page without anything on it would be asked for forever.
            let is_empty = page.hits.is_empty();
            for hit in page.hits.into_iter().take((limit - count) as usize) {
                count += 1;
                found.packages.push(FoundPackage {
                    name: match &hit.name.scope {
                        Some(scope) => format!("{scope}/{}", hit.name.name),
                        None => hit.name.name,
                    },
                    newest: hit.newest,
                    description: hit.description,
                    registry: shown.clone(),
                });
            }
            match page.next {
                Some(next) if !is_empty && count < limit => cursor = Some(next),
                Some(_) if !is_empty => {
                    found.more.push(shown.clone());
                    break;
                }
                _ => break,
            }
        }
    }
    if registry.is_some() && !found.without_search.is_empty() {
        let message = format!("the registry `{}` cannot search", found.without_search[0]);
        let diagnostic = Diagnostic::error(Code::REGISTRY_FEATURE, message)
            .note("a registry that is only files has nobody who could look through them")
            .hint("s info NAME shows a package whose name is known");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    Ok(found)
}
