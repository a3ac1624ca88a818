//! Who performs the requests of plugins.
//!
//! The engine decides whether a plugin may ask at all and turns what it wants into a request with
//! the permit that was granted; what stands behind the trait decides again for every hop.

use std::sync::Arc;

use s_net::{Client, NetError, Permit, Request, Response};

use crate::extension::BoxFuture;

/// Sends requests. The network does, and so does what replays a recorded one.
pub trait Network: Send + Sync {
    /// Sends a request within a permit. Dropping the future ends the exchange.
    ///
    /// # Errors
    /// Why there is no answer; an answer with a bad status is an answer.
    fn send(
        self: Arc<Self>,
        permit: Arc<Permit>,
        request: Request,
    ) -> BoxFuture<'static, Result<Response, NetError>>;
}

impl Network for Client {
    fn send(
        self: Arc<Self>,
        permit: Arc<Permit>,
        request: Request,
    ) -> BoxFuture<'static, Result<Response, NetError>> {
        Box::pin(async move { Client::send(&self, &permit, request).await })
    }
}
