//! Advisories and which versions they concern.
