//! One compilation: sources in, code and diagnostics out.
