//! A plugin that attacks its host.
