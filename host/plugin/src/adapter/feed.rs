//! What the tracks of the audit package have in common: everything but what one of them gained.
//!
//! Each track has types of its own, so the common part is a macro over the module that holds them.

/// Implements [`crate::extension::audit::AuditFeed`] over one track's bindings.
macro_rules! adapt_feed {
    (
        bindings: $bindings:path,
        functions: |$affected:ident| $functions:expr,
        describe: |$session:ident, $guest:ident, $config:ident| $describe:expr,
    ) => {
        use s_advisory::{Advisory, Affected, Event, Range, RangeKind, Severity};
        use wasmtime::component::Resource;
        use $bindings as bindings;

        use crate::adapter::v0_1::Flatten;
        use crate::extension::BoxFuture;
        use crate::extension::audit::{AuditFeed, Batch, Config, Description, Sync};
        use crate::host::types::{from_kv, into_kv};
        use crate::session::Session;
        use crate::{Blob, CallError, Cause, Fault, FaultKind, Plugin, Usage};
        use bindings::AuditPlugin;
        use bindings::exports::stryke::audit::feed;

        struct Open {
            session: Session,
            bindings: AuditPlugin,
        }

        pub(in crate::adapter) async fn open(plugin: &Plugin) -> Result<Box<dyn AuditFeed>, CallError> {
            let component = plugin.code.component.clone();
            let (session, bindings) = plugin
                .open("feed.open", crate::link::AUDIT, async |store, linker| {
                    AuditPlugin::instantiate_async(store, &component, linker).await
                })
                .await?;
            Ok(Box::new(Open { session, bindings }))
        }

        impl AuditFeed for Open {
            fn describe(&mut self, config: Config) -> BoxFuture<'_, Result<Option<Description>, CallError>> {
                Box::pin(async move {
                    let Open { session: $session, bindings: $guest } = self;
                    let $config = feed::Config::from(config);
                    $describe
                })
            }

            fn pull(
                &mut self,
                config: Config,
                since: Option<String>,
                cursor: Option<String>,
            ) -> BoxFuture<'_, Result<Sync, CallError>> {
                const CALL: &str = "feed.pull";
                Box::pin(async move {
                    let Open { session, bindings } = self;
                    let config = feed::Config::from(config);
                    let guest = bindings.stryke_audit_feed();
                    let sync = session
                        .call(CALL, async |store| {
                            guest.call_pull(store, &config, since.as_deref(), cursor.as_deref()).await
                        })
                        .await
                        .flatten_fault(session, CALL)?;
                    match sync {
                        feed::Sync::Unchanged => Ok(Sync::Unchanged),
                        feed::Sync::Batch(batch) => Ok(Sync::Batch(take_batch(session, CALL, batch)?)),
                    }
                })
            }

            fn query(
                &mut self,
                config: Config,
                packages: Vec<(String, String)>,
            ) -> BoxFuture<'_, Result<Vec<Advisory>, CallError>> {
                const CALL: &str = "feed.query";
                Box::pin(async move {
                    let Open { session, bindings } = self;
                    if !session.store.data().rights.disclose_packages {
                        let fault =
                            Fault::new(FaultKind::Denied, "host/denied", "not granted: disclose-packages");
                        return Err(session.error(CALL, Cause::Fault(fault)));
                    }
                    session.store.data_mut().count("disclose-packages");
                    let config = feed::Config::from(config);
                    let guest = bindings.stryke_audit_feed();
                    let advisories = session
                        .call(CALL, async |store| guest.call_query(store, &config, &packages).await)
                        .await
                        .flatten_fault(session, CALL)?;
                    session.counted(CALL, items(&advisories))?;
                    Ok(advisories.into_iter().map(advisory_of).collect())
                })
            }

            fn parse(&mut self, config: Config, file: Blob) -> BoxFuture<'_, Result<Batch, CallError>> {
                const CALL: &str = "feed.parse";
                Box::pin(async move {
                    let Open { session, bindings } = self;
                    let config = feed::Config::from(config);
                    let guest = bindings.stryke_audit_feed();
                    let batch = session
                        .call(CALL, async |store| {
                            let file = store.data_mut().push_or_end(file)?;
                            let lent = Resource::new_borrow(file.rep());
                            let answer = guest.call_parse(&mut *store, &config, lent).await;
                            store.data_mut().table.delete(file)?;
                            answer
                        })
                        .await
                        .flatten_fault(session, CALL)?;
                    take_batch(session, CALL, batch)
                })
            }

            fn usage(&self) -> Usage {
                self.session.usage()
            }
        }

        impl From<Config> for feed::Config {
            fn from(config: Config) -> feed::Config {
                feed::Config { name: config.name, url: config.url, options: into_kv(config.options) }
            }
        }

        fn take_batch(
            session: &mut Session,
            call: &'static str,
            batch: feed::Batch,
        ) -> Result<Batch, CallError> {
            session.counted(call, items(&batch.advisories))?;
            Ok(Batch {
                advisories: batch.advisories.into_iter().map(advisory_of).collect(),
                skipped: batch.skipped,
                cursor: batch.cursor,
                validator: batch.validator,
            })
        }

        fn items(advisories: &[feed::Advisory]) -> u64 {
            let affected = advisories.iter().flat_map(|advisory| &advisory.affected);
            let inner = affected.map(|affected| 1 + affected.ranges.len() + affected.versions.len());
            advisories.len() as u64 + inner.sum::<usize>() as u64
        }

        fn advisory_of(advisory: feed::Advisory) -> Advisory {
            Advisory {
                id: advisory.id,
                aliases: advisory.aliases,
                withdrawn_unix: advisory.withdrawn_unix,
                modified_unix: advisory.modified_unix,
                severity: match advisory.severity {
                    feed::Severity::Unknown => Severity::Unknown,
                    feed::Severity::Informational => Severity::Informational,
                    feed::Severity::Low => Severity::Low,
                    feed::Severity::Medium => Severity::Medium,
                    feed::Severity::High => Severity::High,
                    feed::Severity::Critical => Severity::Critical,
                },
                cvss: advisory.cvss,
                title: advisory.title,
                url: advisory.url,
                affected: advisory.affected.into_iter().map(affected_of).collect(),
                extra: from_kv(advisory.extra),
            }
        }

        fn affected_of($affected: feed::Affected) -> Affected {
            Affected {
                ecosystem: $affected.ecosystem,
                name: $affected.name,
                ranges: $affected.ranges.into_iter().map(range_of).collect(),
                versions: $affected.versions,
                functions: $functions,
            }
        }

        fn range_of(range: feed::Range) -> Range {
            let events = range.events.into_iter().map(|event| match event {
                feed::Event::Introduced(version) => Event::Introduced(version),
                feed::Event::Fixed(version) => Event::Fixed(version),
                feed::Event::LastAffected(version) => Event::LastAffected(version),
                feed::Event::Limit(version) => Event::Limit(version),
            });
            Range {
                kind: match range.kind {
                    feed::RangeKind::Semver => RangeKind::Semver,
                    feed::RangeKind::Ecosystem => RangeKind::Ecosystem,
                    feed::RangeKind::Git => RangeKind::Git,
                },
                events: events.collect(),
            }
        }
    };
}

pub(super) use adapt_feed;
