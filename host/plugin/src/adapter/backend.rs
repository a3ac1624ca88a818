//! What the tracks of the registry package have in common: everything but what one of them gained.
//!
//! Each track has types of its own, so the common part is a macro over the module that holds them.

/// Implements [`crate::extension::registry::Registry`] over one track's bindings. `gained` are the
/// functions that not every track has, `features` says whether a plugin has them.
macro_rules! adapt_backend {
    (
        bindings: $bindings:path,
        features: |$flags:ident| { unyank: $unyank:expr, owners: $owners:expr },
        gained: { $($gained:tt)* },
    ) => {
        use wasmtime::component::{Resource, ResourceAny};
        use $bindings as bindings;

        use crate::adapter::v0_1::{Flatten, digest_of, to_digest};
        use crate::extension::BoxFuture;
        use crate::extension::registry::{
            Answer, Artifact, Config, Dependency, DependencyKind, Features, FetchPlan, Hit, Owner, PackageName,
            Page, Query, Registry, Version, Want,
        };
        use crate::host::types::{from_kv, into_kv};
        use crate::session::Session;
        use crate::{Blob, CallError, Fault, Plugin, Usage};
        use bindings::RegistryPlugin;
        use bindings::exports::stryke::registry::backend;

        struct Open {
            session: Session,
            bindings: RegistryPlugin,
            registry: ResourceAny,
        }

        pub(in crate::adapter) async fn open(
            plugin: &Plugin,
            config: Config,
        ) -> Result<Box<dyn Registry>, CallError> {
            const CALL: &str = "registry.open";
            let component = plugin.code.component.clone();
            let (mut session, bindings) = plugin
                .open(CALL, crate::link::REGISTRY, async |store, linker| {
                    RegistryPlugin::instantiate_async(store, &component, linker).await
                })
                .await?;
            let config = backend::Config { name: config.name, url: config.url, options: into_kv(config.options) };
            let registry = session
                .call(CALL, async |store| {
                    bindings.stryke_registry_backend().registry().call_open(store, &config).await
                })
                .await
                .flatten_fault(&session, CALL)?;
            Ok(Box::new(Open { session, bindings, registry }))
        }

        impl Registry for Open {
            fn features(&mut self) -> BoxFuture<'_, Result<Features, CallError>> {
                Box::pin(async {
                    let Open { session, bindings, registry } = self;
                    let guest = bindings.stryke_registry_backend();
                    let $flags = session
                        .call("registry.features", async |store| {
                            guest.registry().call_features(store, *registry).await
                        })
                        .await?;
                    Ok(Features {
                        publish: $flags.contains(backend::Features::PUBLISH),
                        yank: $flags.contains(backend::Features::YANK),
                        search: $flags.contains(backend::Features::SEARCH),
                        conditional: $flags.contains(backend::Features::CONDITIONAL),
                        unyank: $unyank,
                        owners: $owners,
                    })
                })
            }

            fn list(&mut self, queries: Vec<Query>) -> BoxFuture<'_, Result<Vec<Result<Answer, Fault>>, CallError>> {
                const CALL: &str = "registry.list";
                Box::pin(async move {
                    let Open { session, bindings, registry } = self;
                    let guest = bindings.stryke_registry_backend();
                    let asked = queries.len();
                    let queries: Vec<backend::Query> = queries
                        .into_iter()
                        .map(|query| backend::Query { name: query.name.into(), if_changed: query.if_changed })
                        .collect();
                    let answers = session
                        .call(CALL, async |store| guest.registry().call_list(store, *registry, &queries).await)
                        .await?;
                    if answers.len() != asked {
                        let reason = format!("{} answers to {asked} queries", answers.len());
                        return Err(session.end(CALL, crate::Cause::Malformed { reason }));
                    }
                    let versions = answers.iter().map(|answer| match answer {
                        Ok(backend::Answer::Listing(listing)) => listing.versions.len() as u64,
                        _ => 0,
                    });
                    session.counted(CALL, versions.sum())?;
                    Ok(answers.into_iter().map(|answer| answer.map(Answer::from).map_err(Fault::from)).collect())
                })
            }

            fn plan(&mut self, want: Want) -> BoxFuture<'_, Result<FetchPlan, CallError>> {
                const CALL: &str = "registry.plan";
                Box::pin(async move {
                    let Open { session, bindings, registry } = self;
                    let guest = bindings.stryke_registry_backend();
                    let want = backend::Want {
                        name: want.name.into(),
                        version: want.version,
                        digest: to_digest(want.digest),
                    };
                    let plan = session
                        .call(CALL, async |store| guest.registry().call_plan(store, *registry, &want).await)
                        .await
                        .flatten_fault(session, CALL)?;
                    Ok(FetchPlan {
                        urls: plan.urls,
                        headers: from_kv(plan.headers),
                        authenticated: plan.authenticated,
                        format: plan.format,
                        size: plan.size,
                    })
                })
            }

            fn publish(
                &mut self,
                name: PackageName,
                version: String,
                archive: Blob,
            ) -> BoxFuture<'_, Result<Option<String>, CallError>> {
                const CALL: &str = "registry.publish";
                Box::pin(async move {
                    let Open { session, bindings, registry } = self;
                    let guest = bindings.stryke_registry_backend();
                    let name = name.into();
                    session
                        .call(CALL, async |store| {
                            let archive = store.data_mut().push_or_end(archive)?;
                            let lent = Resource::new_borrow(archive.rep());
                            let answer =
                                guest.registry().call_publish(&mut *store, *registry, &name, &version, lent).await;
                            store.data_mut().table.delete(archive)?;
                            answer
                        })
                        .await
                        .flatten_fault(session, CALL)
                })
            }

            fn yank(
                &mut self,
                name: PackageName,
                version: String,
                reason: Option<String>,
            ) -> BoxFuture<'_, Result<(), CallError>> {
                const CALL: &str = "registry.yank";
                Box::pin(async move {
                    let Open { session, bindings, registry } = self;
                    let guest = bindings.stryke_registry_backend();
                    let name = name.into();
                    session
                        .call(CALL, async |store| {
                            guest.registry().call_yank(store, *registry, &name, &version, reason.as_deref()).await
                        })
                        .await
                        .flatten_fault(session, CALL)
                })
            }

            fn search(
                &mut self,
                text: String,
                cursor: Option<String>,
                limit: u32,
            ) -> BoxFuture<'_, Result<Page, CallError>> {
                const CALL: &str = "registry.search";
                Box::pin(async move {
                    let Open { session, bindings, registry } = self;
                    let guest = bindings.stryke_registry_backend();
                    let page = session
                        .call(CALL, async |store| {
                            guest.registry().call_search(store, *registry, &text, cursor.as_deref(), limit).await
                        })
                        .await
                        .flatten_fault(session, CALL)?;
                    session.counted(CALL, page.hits.len() as u64)?;
                    let hits = page.hits.into_iter().map(|hit| Hit {
                        name: hit.name.into(),
                        newest: hit.newest,
                        description: hit.description,
                        downloads: hit.downloads,
                    });
                    Ok(Page { hits: hits.collect(), next: page.next })
                })
            }

            $($gained)*

            fn usage(&self) -> Usage {
                self.session.usage()
            }
        }

        impl From<PackageName> for backend::PackageName {
            fn from(name: PackageName) -> backend::PackageName {
                backend::PackageName { scope: name.scope, name: name.name }
            }
        }

        impl From<backend::PackageName> for PackageName {
            fn from(name: backend::PackageName) -> PackageName {
                PackageName { scope: name.scope, name: name.name }
            }
        }

        impl From<backend::Answer> for Answer {
            fn from(answer: backend::Answer) -> Answer {
                match answer {
                    backend::Answer::Unchanged => Answer::Unchanged,
                    backend::Answer::Listing(listing) => Answer::Listing {
                        versions: listing.versions.into_iter().map(Version::from).collect(),
                        validator: listing.validator,
                    },
                }
            }
        }

        impl From<backend::Version> for Version {
            fn from(version: backend::Version) -> Version {
                let artifacts = version.artifacts.into_iter().map(|artifact| Artifact {
                    kind: artifact.kind,
                    target: artifact.target,
                    profile: artifact.profile,
                    digest: digest_of(artifact.digest),
                    size: artifact.size,
                    extra: from_kv(artifact.extra),
                });
                let dependencies = version.dependencies.into_iter().map(|dependency| Dependency {
                    name: dependency.name.into(),
                    requirement: dependency.requirement,
                    kind: match dependency.kind {
                        backend::DependencyKind::Normal => DependencyKind::Normal,
                        backend::DependencyKind::Dev => DependencyKind::Dev,
                        backend::DependencyKind::Build => DependencyKind::Build,
                    },
                    optional: dependency.optional,
                    features: dependency.features,
                    registry: dependency.registry,
                    extra: from_kv(dependency.extra),
                });
                Version {
                    version: version.version,
                    yanked: version.yanked,
                    published_unix: version.published_unix,
                    requires_stryke: version.requires_stryke,
                    artifacts: artifacts.collect(),
                    dependencies: dependencies.collect(),
                    features: version.features,
                    extra: from_kv(version.extra),
                }
            }
        }
    };
}

pub(super) use adapt_backend;
