//! `stryke:audit@0.2`.

use super::super::feed::adapt_feed;

adapt_feed! {
    bindings: crate::bindings::audit_v0_2,
    functions: |affected| affected.functions,
    describe: |session, bindings, config| {
        const CALL: &str = "feed.describe";
        let guest = bindings.stryke_audit_feed();
        let description = session
            .call(CALL, async |store| guest.call_describe(store, &config).await)
            .await
            .flatten_fault(session, CALL)?;
        Ok(Some(Description {
            title: description.title,
            homepage: description.homepage,
            license: description.license,
        }))
    },
}
