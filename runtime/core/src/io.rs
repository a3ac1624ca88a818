//! File handles of the language: buffers over descriptors.
