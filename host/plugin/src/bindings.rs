//! The host's side of the interface text, generated.
//!
//! `host` holds what plugins import, once; each world refers to it, so that one implementation
//! serves all worlds and tracks. Only functions that may wait are asynchronous on our side; to a
//! plugin every call is a plain call.

/// What the host offers, track 0.1.
#[allow(clippy::all, unused_qualifications, reason = "generated")]
pub(crate) mod host {
    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0/host.wit",
        inline: "
            package stryke:every;
            world host {
                import stryke:host/types@0.1.0;
                import stryke:host/log@0.1.0;
                import stryke:host/progress@0.1.0;
                import stryke:host/clock@0.1.0;
                import stryke:host/blobs@0.1.0;
                import stryke:host/fs@0.1.0;
                import stryke:host/secrets@0.1.0;
                import stryke:host/vault@0.1.0;
                import stryke:host/sealing@0.1.0;
                import stryke:host/http@0.1.0;
                import stryke:host/cache@0.1.0;
                import stryke:host/crypto@0.1.0;
                import stryke:host/random@0.1.0;
                import stryke:host/ui@0.1.0;
            }
        ",
        imports: {
            "stryke:host/blobs.[method]blob.digest": async | trappable,
            "stryke:host/http.[static]pending.wait": async | trappable,
            "stryke:host/http.wait-any": async | trappable,
            "stryke:host/http.[method]body.read": async | trappable,
            "stryke:host/http.[static]response.into-blob": async | trappable,
            default: trappable,
        },
        trappable_error_type: { "stryke:host/types.error" => crate::host::HostError },
        with: {
            "stryke:host/progress.task": crate::host::progress::Bar,
            "stryke:host/blobs.blob": crate::Blob,
            "stryke:host/blobs.sink": crate::host::blobs::Sink,
            "stryke:host/fs.view": crate::host::fs::DirView,
            "stryke:host/secrets.secret": s_net::Secret,
            "stryke:host/http.body": crate::host::http::Body,
            "stryke:host/http.response": crate::host::http::Response,
            "stryke:host/http.pending": crate::host::http::Pending,
            "stryke:host/crypto.hasher": crate::host::crypto::Hasher,
        },
        require_store_data_send: true,
    });
}

macro_rules! world {
    ($module:ident, $name:literal, [$($path:literal),*]) => {
        #[allow(clippy::all, unused_qualifications, reason = "generated")]
        pub(crate) mod $module {
            wasmtime::component::bindgen!({
                path: [$($path),*],
                world: $name,
                imports: { default: trappable },
                exports: { default: async },
                with: { "stryke:host": crate::bindings::host::stryke::host },
                require_store_data_send: true,
            });
        }
    };
}

world!(
    registry,
    "stryke:registry/registry-plugin",
    ["../../wit/0.1.0/host.wit", "../../wit/0.1.0/registry.wit"]
);
world!(
    registry_v0_2,
    "stryke:registry/registry-plugin",
    ["../../wit/0.1.0/host.wit", "../../wit/0.2.0/registry.wit"]
);
world!(audit, "stryke:audit/audit-plugin", ["../../wit/0.1.0/host.wit", "../../wit/0.1.0/audit.wit"]);
world!(audit_v0_2, "stryke:audit/audit-plugin", ["../../wit/0.1.0/host.wit", "../../wit/0.2.0/audit.wit"]);
world!(auth, "stryke:auth/auth-plugin", ["../../wit/0.1.0/host.wit", "../../wit/0.1.0/auth.wit"]);
world!(target_data, "stryke:target/target-data", ["../../wit/0.1.0/host.wit", "../../wit/0.1.0/target.wit"]);
world!(target, "stryke:target/target-plugin", ["../../wit/0.1.0/host.wit", "../../wit/0.1.0/target.wit"]);
world!(
    command,
    "stryke:command/subcommand-plugin",
    ["../../wit/0.1.0/host.wit", "../../wit/0.1.0/command.wit"]
);
