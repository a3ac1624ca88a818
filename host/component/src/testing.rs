//! Guests for the tests of this crate.

use crate::{encode, resolve_wit};
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

/// A core module with the imports and exports of a world and bodies that trap.
pub(crate) fn dummy_core(world: &str) -> Vec<u8> {
    let (resolve, id) = world_in(world, "");
    core_in(&resolve, id)
}

/// The component with the imports and exports of any world.
pub(crate) fn dummy_in(resolve: &Resolve, id: WorldId) -> Vec<u8> {
    encode(&core_in(resolve, id)).unwrap()
}

fn core_in(resolve: &Resolve, id: WorldId) -> Vec<u8> {
    let mut core = dummy_module(resolve, id, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut core, resolve, id, StringEncoding::UTF8).unwrap();
    core
}

/// The component of [`dummy_core`].
pub(crate) fn dummy_guest(world: &str) -> Vec<u8> {
    encode(&dummy_core(world)).unwrap()
}

/// A core module of WAT text, built for the world `test:tiny/tiny`; `wit` is that package.
pub(crate) fn tiny_core(wat: &str, wit: &str) -> Vec<u8> {
    let (resolve, id) = world_in("test:tiny/tiny@0.1.0", wit);
    let mut core = wat::parse_str(wat).unwrap();
    embed_component_metadata(&mut core, &resolve, id, StringEncoding::UTF8).unwrap();
    core
}

/// A small component that logs: one import, no export.
pub(crate) fn tiny_guest() -> Vec<u8> {
    encode(&tiny_core(TINY_WAT, TINY_WIT)).unwrap()
}

pub(crate) const TINY_WIT: &str = "package test:tiny@0.1.0; world tiny { import stryke:host/log@0.1.0; }";

pub(crate) const TINY_WAT: &str = r#"(module
    (import "stryke:host/log@0.1.0" "write" (func $write (param i32 i32 i32 i32 i32)))
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "_initialize") (call $write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))"#;

/// The released interfaces with one more package, and a world of them by its full name.
pub(crate) fn world_in(world: &str, wit: &str) -> (Resolve, WorldId) {
    let mut resolve = resolve_wit().unwrap();
    if !wit.is_empty() {
        resolve.push_source("tiny.wit", wit).unwrap();
    }
    let packages: Vec<_> = resolve.packages.iter().map(|(id, _)| id).collect();
    let id = resolve.select_world(&packages, Some(world)).unwrap();
    (resolve, id)
}
