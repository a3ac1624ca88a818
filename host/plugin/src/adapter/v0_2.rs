//! Track 0.2: so far the audit package, which gained the functions an advisory concerns and a
//! description of the feed.

pub(super) mod audit;
