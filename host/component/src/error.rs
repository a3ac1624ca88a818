//! What can be wrong with a component or with the module it is made from.

use thiserror::Error;

/// What is wrong with some bytes that should be a component or a core module.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ComponentError {
    /// The module cannot become a component: its imports or exports do not fit the world it was
    /// built for.
    #[error("the module cannot be made a component: {0}")]
    Encode(String),
    /// The bytes do not start like a component; a core module has the same magic number but
    /// another layer.
    #[error("this is {found}, not a component")]
    NotAComponent {
        /// What the first bytes look like.
        found: &'static str,
    },
    /// The bytes are not valid WebAssembly, or use a feature that plugins do not have.
    #[error("invalid component at byte {offset}: {message}")]
    Invalid {
        /// Where in the bytes, from 0.
        offset: u64,
        /// What the validator says.
        message: String,
    },
    /// The component is larger than the limits allow.
    #[error("the component has {found} {what}, more than the limit of {limit}")]
    Limit {
        /// What is counted, in the plural: `functions`, `bytes of code in one function`.
        what: &'static str,
        /// How much was found; counting stops at the first excess.
        found: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// The component imports something that is not an interface of ours.
    #[error("the component imports `{name}`: plugins can only import versioned interfaces of `stryke:*`")]
    ForeignImport {
        /// The name as it stands in the component.
        name: String,
    },
    /// The component passes strings in another encoding than UTF-8.
    #[error("the component passes strings as {encoding} (at byte {offset}): plugins use UTF-8")]
    StringEncoding {
        /// `UTF-16` or `compact UTF-16`.
        encoding: &'static str,
        /// Where in the bytes, from 0.
        offset: u64,
    },
    /// The section with the manifest is there twice, inside a nested component, too long or not text.
    #[error("the section `stryke:plugin` {0}")]
    Manifest(&'static str),
    /// The interface text of a release could not be read: a fault in that text.
    #[error("the interface text cannot be read: {0}")]
    Wit(String),
}
