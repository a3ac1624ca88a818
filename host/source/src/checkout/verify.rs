//! Compares folders with what their markers say.

use std::path::PathBuf;

use s_store::Sha256Digest;
use s_store::archive::tree_digest;
use thiserror::Error;

use super::{Checkout, folders, marker, places};
use crate::{Git, GitError};

/// A folder that is not what it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutFinding {
    /// The folder.
    pub path: PathBuf,
    /// What its marker says it is, if the marker can be read.
    pub checkout: Option<Checkout>,
    /// What is wrong.
    pub fault: CheckoutFault,
}

/// What can be wrong with a folder.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckoutFault {
    /// The marker is missing or says nothing.
    #[error("its marker is missing or damaged")]
    Marker,
    /// The marker says a package that would not be in this place.
    #[error("its marker is that of another package")]
    Place,
    /// The files are others.
    #[error("its files are not those of the commit: {found} instead of {expected}")]
    Tree {
        /// The digest that the marker says.
        expected: Sha256Digest,
        /// The digest of the files.
        found: Sha256Digest,
    },
    /// The files cannot be read, or something is among them that is none.
    #[error("it cannot be read: {reason}")]
    Unreadable {
        /// Why.
        reason: String,
    },
}

impl Git {
    /// Reads every file of every folder and returns what is damaged, sorted by path. `progress` is
    /// called with how many folders are done, and of how many. Runs nothing.
    ///
    /// # Errors
    /// Those of the operating system that concern the folders as a whole.
    pub fn verify(&self, progress: &dyn Fn(usize, usize)) -> Result<Vec<CheckoutFinding>, GitError> {
        let folders = folders(self)?;
        let mut findings = Vec::new();
        for (index, path) in folders.iter().enumerate() {
            if let Some((checkout, fault)) = self.fault_of(path)? {
                findings.push(CheckoutFinding { path: path.clone(), checkout, fault });
            }
            progress(index + 1, folders.len());
        }
        Ok(findings)
    }

    /// Removes what [`verify`](Git::verify) finds damaged, so that it is made again, and returns it.
    ///
    /// # Errors
    /// Those of the operating system; folders before the failing one are then gone.
    pub fn repair(&self, progress: &dyn Fn(usize, usize)) -> Result<Vec<CheckoutFinding>, GitError> {
        let findings = self.verify(progress)?;
        for finding in &findings {
            self.remove(&finding.path)?;
        }
        Ok(findings)
    }

    fn fault_of(
        &self,
        path: &std::path::Path,
    ) -> Result<Option<(Option<Checkout>, CheckoutFault)>, GitError> {
        let Some(marker) = marker::read(path)? else { return Ok(Some((None, CheckoutFault::Marker))) };
        let checkout = marker.checkout();
        if !places(self, &checkout, Some(marker.is_whole_repository())).iter().any(|place| place == path) {
            return Ok(Some((Some(checkout), CheckoutFault::Place)));
        }
        let fault = match tree_digest(path) {
            Ok(found) if found == marker.tree => return Ok(None),
            Ok(found) => CheckoutFault::Tree { expected: marker.tree, found },
            Err(error) => CheckoutFault::Unreadable { reason: error.to_string() },
        };
        Ok(Some((Some(checkout), fault)))
    }
}
