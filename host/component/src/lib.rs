//! Components as data: encode, embed, inspect, check.
