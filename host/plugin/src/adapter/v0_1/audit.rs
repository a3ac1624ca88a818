//! `stryke:audit@0.1`.

use super::super::feed::adapt_feed;

adapt_feed! {
    bindings: crate::bindings::audit,
    functions: |_affected| Vec::new(),
    describe: |_session, _bindings, _config| Ok(None),
}
