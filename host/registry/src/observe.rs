//! What happens, for whoever runs the server: one line of JSON for each request.

/// Is told what happens. It may write, count or drop it; it should not wait.
pub trait Observer: Send + Sync {
    /// One thing that happened, as an object of JSON on one line, without the end of the line.
    fn line(&self, json: &str);
}

/// Drops everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Observer for Quiet {
    fn line(&self, _json: &str) {}
}
