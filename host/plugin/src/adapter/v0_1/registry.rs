//! `stryke:registry@0.1`.

use super::super::backend::adapt_backend;
use crate::adapter::unsupported;

adapt_backend! {
    bindings: crate::bindings::registry,
    features: |flags| { unyank: false, owners: false },
    gained: {
        fn unyank(&mut self, _: PackageName, _: String) -> BoxFuture<'_, Result<bool, CallError>> {
            let error = self.session.error("registry.unyank", unsupported("take back a yank"));
            Box::pin(async { Err(error) })
        }

        fn owners(&mut self, _: PackageName) -> BoxFuture<'_, Result<Vec<Owner>, CallError>> {
            let error = self.session.error("registry.owners", unsupported("tell the owners of a package"));
            Box::pin(async { Err(error) })
        }

        fn change_owner(
            &mut self,
            _: PackageName,
            _: String,
            _: bool,
        ) -> BoxFuture<'_, Result<bool, CallError>> {
            let what = unsupported("change the owners of a package");
            let error = self.session.error("registry.change-owner", what);
            Box::pin(async { Err(error) })
        }
    },
}
