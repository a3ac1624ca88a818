//! Middle representation to machine code, in memory or in objects.
