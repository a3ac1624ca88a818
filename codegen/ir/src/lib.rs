//! The typed middle representation: builder, text form, verifier, passes.
