//! `stryke:registry@0.2`.

use super::super::backend::adapt_backend;

adapt_backend! {
    bindings: crate::bindings::registry_v0_2,
    features: |flags| {
        unyank: flags.contains(backend::Features::UNYANK),
        owners: flags.contains(backend::Features::OWNERS)
    },
    gained: {
        fn unyank(&mut self, name: PackageName, version: String) -> BoxFuture<'_, Result<bool, CallError>> {
            const CALL: &str = "registry.unyank";
            Box::pin(async move {
                let Open { session, bindings, registry } = self;
                let guest = bindings.stryke_registry_backend();
                let name = name.into();
                session
                    .call(CALL, async |store| {
                        guest.registry().call_unyank(store, *registry, &name, &version).await
                    })
                    .await
                    .flatten_fault(session, CALL)
            })
        }

        fn owners(&mut self, name: PackageName) -> BoxFuture<'_, Result<Vec<Owner>, CallError>> {
            const CALL: &str = "registry.owners";
            Box::pin(async move {
                let Open { session, bindings, registry } = self;
                let guest = bindings.stryke_registry_backend();
                let name = name.into();
                let owners = session
                    .call(CALL, async |store| guest.registry().call_owners(store, *registry, &name).await)
                    .await
                    .flatten_fault(session, CALL)?;
                session.counted(CALL, owners.len() as u64)?;
                let owner = |owner: backend::Owner| Owner { name: owner.name, extra: from_kv(owner.extra) };
                Ok(owners.into_iter().map(owner).collect())
            })
        }

        fn change_owner(
            &mut self,
            name: PackageName,
            user: String,
            add: bool,
        ) -> BoxFuture<'_, Result<bool, CallError>> {
            const CALL: &str = "registry.change-owner";
            Box::pin(async move {
                let Open { session, bindings, registry } = self;
                let guest = bindings.stryke_registry_backend();
                let name = name.into();
                session
                    .call(CALL, async |store| {
                        guest.registry().call_change_owner(store, *registry, &name, &user, add).await
                    })
                    .await
                    .flatten_fault(session, CALL)
            })
        }
    },
}
