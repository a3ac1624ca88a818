//! Track 0.2: the audit package, which gained the functions an advisory concerns and a description
//! of the feed, and the registry package, which gained owners and taking back a yank.

pub(super) mod audit;
pub(super) mod registry;
