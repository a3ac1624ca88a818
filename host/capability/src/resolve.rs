//! Fills a manifest's placeholders from the user's configuration.

use std::path::PathBuf;

use crate::config::{ConfigValues, Place, place};
use crate::manifest::{Ask, Manifest, OriginTemplate};
use crate::origin::{Origin, OriginPattern};
use crate::rights::{Asked, AskedView, HttpRight};
use crate::{Class, ConfigType};

impl Manifest {
    /// Says what the plugin asks for with this configuration.
    ///
    /// A `{config.KEY}` whose value is an `http(s)` URL becomes that exact origin. Where the value is
    /// a `file:` URL, a path or absent it gives no origin, and only then a view with `from =
    /// "config.KEY"` is bound to that directory. A default opens neither a directory nor a private
    /// network, because it is the author's word and not the user's.
    pub fn resolve(&self, values: &ConfigValues) -> Asked {
        let mut asked = Asked::nothing(self.id.clone(), self.kind, self.capabilities_digest());
        asked.limits = self.limits.clone();
        asked.edits = self.commands.values().filter_map(|command| command.edits).max();
        for (name, capability) in &self.capabilities {
            let called = name.name().unwrap_or_default().to_owned();
            match (name.class(), &capability.ask) {
                (_, Ask::Http { origins, methods }) => {
                    let origins = self.origins(origins, values, &mut asked.private_origins);
                    asked.http = Some(HttpRight { origins, methods: methods.clone() });
                }
                (Class::Secret, Ask::Origins(origins)) => {
                    let origins = self.origins(origins, values, &mut asked.private_origins);
                    asked.secrets.insert(called, origins);
                }
                (_, Ask::Origins(origins)) => {
                    asked.download = self.origins(origins, values, &mut asked.private_origins);
                }
                (_, Ask::Cache { max_bytes }) => asked.cache_bytes = Some(*max_bytes),
                (_, Ask::View { from: None }) => drop(asked.views.insert(called, AskedView::Bound)),
                (_, Ask::View { from: Some(key) }) => {
                    let directory = self.directory(key, values);
                    asked.views.insert(called, AskedView::Config(directory));
                }
                (Class::Seal, Ask::Plain) => asked.seal = true,
                (Class::Clock, Ask::Plain) => asked.clock = true,
                (Class::Random, Ask::Plain) => asked.random = true,
                (Class::Ui, Ask::Plain) => asked.ui = true,
                (Class::Project, Ask::Plain) => asked.project = true,
                (Class::DisclosePackages, Ask::Plain) => asked.disclose_packages = true,
                (Class::Env, Ask::Plain) => drop(asked.env.insert(called)),
                // What is proposed stands with the commands.
                (_, Ask::Plain) => {}
            }
        }
        asked.private_origins.sort();
        asked.private_origins.dedup();
        asked
    }

    fn origins(
        &self,
        templates: &[OriginTemplate],
        values: &ConfigValues,
        typed: &mut Vec<Origin>,
    ) -> Vec<OriginPattern> {
        let mut origins = Vec::new();
        for template in templates {
            match template {
                OriginTemplate::Fixed(pattern) => origins.push(pattern.clone()),
                OriginTemplate::Config(key) => {
                    let Some(Ok(Place::Origin(origin))) = values.get(key).map(place) else { continue };
                    // A default is the author's word, not the user's: it opens no private network.
                    if values.is_stated(key) {
                        typed.push(origin.clone());
                    }
                    origins.push(origin.into());
                }
            }
        }
        origins.sort();
        origins.dedup();
        origins
    }

    fn directory(&self, key: &str, values: &ConfigValues) -> Option<PathBuf> {
        // A default is the author's word: an author does not choose a directory of the user's.
        let value = values.get(key).filter(|_| values.is_stated(key))?;
        match self.config.get(key)?.kind {
            ConfigType::Path => Some(PathBuf::from(value)),
            _ => match place(value) {
                Ok(Place::Directory(directory)) => Some(directory),
                _ => None,
            },
        }
    }
}
