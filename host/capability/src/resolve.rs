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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use s_diag::Source;

    use super::*;
    use crate::ConfigError;

    const MANIFEST: &str = r#"
[plugin]
id = "acme/static"
version = "1.0.0"
kind = "registry"
worlds = ["stryke:registry/registry-plugin@0.1"]
[capabilities]
http = { reason = "r", origins = ["{config.url}", "{config.mirror}", "https://login.example"] }
download = { reason = "r", origins = ["{config.url}"] }
secret.token = { reason = "r", origins = ["{config.url}"] }
fs.registry = { reason = "r", from = "config.url" }
fs.keys = { reason = "r", from = "config.keys" }
fs.notes = { reason = "r" }
[config]
url = { type = "url", required = true }
mirror = { type = "url", default = "https://mirror.example/x" }
keys = { type = "path", default = "/etc" }
fast = { type = "bool" }
"#;

    fn manifest() -> Manifest {
        Manifest::parse(&Source::new("plugin.toml", MANIFEST)).unwrap()
    }

    fn values(stated: &[(&str, &str)]) -> Result<ConfigValues, Vec<ConfigError>> {
        let stated: BTreeMap<_, _> =
            stated.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        ConfigValues::check(&stated, &manifest())
    }

    fn texts<T: ToString>(origins: &[T]) -> Vec<String> {
        origins.iter().map(T::to_string).collect()
    }

    #[test]
    fn a_url_becomes_its_exact_origin() {
        let asked = manifest().resolve(&values(&[("url", "http://10.0.0.7:8080/repo?x")]).unwrap());
        let http = asked.http.as_ref().unwrap();
        assert_eq!(
            texts(&http.origins),
            ["http://10.0.0.7:8080", "https://login.example", "https://mirror.example"]
        );
        assert_eq!(texts(&asked.download), ["http://10.0.0.7:8080"]);
        assert_eq!(texts(&asked.secrets["token"]), ["http://10.0.0.7:8080"]);
        assert_eq!(
            texts(&asked.private_origins),
            ["http://10.0.0.7:8080"],
            "the default is not the user's word"
        );
        assert_eq!(asked.views["registry"], AskedView::Config(None));
        assert_eq!(asked.views["keys"], AskedView::Config(None), "an author does not choose a directory");
        assert_eq!(asked.views["notes"], AskedView::Bound);
        assert_eq!(asked.capabilities, manifest().capabilities_digest());
    }

    #[test]
    fn a_directory_becomes_a_view_and_no_origin() {
        for url in ["file:///srv/registry", "/srv/registry"] {
            let asked = manifest().resolve(&values(&[("url", url), ("keys", "/srv/keys")]).unwrap());
            assert_eq!(
                texts(&asked.http.as_ref().unwrap().origins),
                ["https://login.example", "https://mirror.example"]
            );
            assert!(asked.download.is_empty() && asked.secrets["token"].is_empty());
            assert!(asked.private_origins.is_empty());
            assert_eq!(asked.views["registry"], AskedView::Config(Some(PathBuf::from("/srv/registry"))));
            assert_eq!(asked.views["keys"], AskedView::Config(Some(PathBuf::from("/srv/keys"))));
        }
    }

    #[test]
    fn mistakes_in_the_configuration_are_told_without_the_values() {
        for (stated, expected) in [
            (vec![], "`url` must be stated"),
            (vec![("url", "https://user:hunter2@example.com")], "`url` must be an `https:`"),
            (vec![("url", "hunter2")], "`url` must be an `https:`"),
            (vec![("url", "ftp://hunter2")], "`url` must be an `https:`"),
            (vec![("url", "file://hunter2/share")], "`url` must name an absolute path on this machine"),
            (vec![("url", "/x"), ("keys", "hunter2")], "`keys` must be an absolute path"),
            (vec![("url", "/x"), ("fast", "hunter2")], "`fast` must be `true` or `false`"),
            (vec![("url", "/x"), ("mirorr", "hunter2")], "there is no key `mirorr`"),
        ] {
            let errors = values(&stated).unwrap_err();
            assert_eq!(errors.len(), 1, "{stated:?}");
            assert!(errors[0].to_string().starts_with(expected), "{} for {stated:?}", errors[0]);
            assert!(!format!("{errors:?} {}", errors[0]).contains("hunter2"), "{errors:?}");
        }
        let errors = values(&[("mirorr", "x"), ("fast", "yes")]).unwrap_err();
        assert_eq!(errors.len(), 3, "all at once: {errors:?}");
        let misspelt = ConfigError::Unknown { key: "mirorr".to_owned(), nearest: Some("mirror".to_owned()) };
        assert!(errors.contains(&misspelt));
    }
}
