//! The only place that touches files: atomic writes, directory handles, the home folder, digests.
