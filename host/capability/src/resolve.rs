//! Fills a manifest's placeholders from the user's configuration.

use crate::config::ConfigValues;
use crate::manifest::Manifest;
use crate::rights::Asked;

impl Manifest {
    /// Says what the plugin asks for with this configuration.
    ///
    /// A `{config.KEY}` whose value is an `http(s)` URL becomes that exact origin. Where the value is
    /// a `file:` URL, a path or absent it gives no origin, and only then a view with `from =
    /// "config.KEY"` is bound to that directory.
    pub fn resolve(&self, values: &ConfigValues) -> Asked {
        let _ = values;
        todo!()
    }
}
