//! Why a file of a project could not be edited.

use thiserror::Error;

/// A failure of an edit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProjectError {
    /// The file has errors, which were reported when it was parsed.
    #[error("`{name}` cannot be changed while it has errors")]
    NotEditable {
        /// The name of the file.
        name: String,
    },
}
