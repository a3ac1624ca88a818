//! How large a component may be before anyone looks at it more closely.

use wasmparser::WasmFeatures;

/// The WebAssembly features plugins have: the ones every compiler uses and every engine has, none
/// that brings shared memory, 64-bit memory, managed objects, or results that differ by machine.
pub const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::COMPONENT_MODEL);

/// Bounds of [`inspect`](crate::inspect()): what is beyond one is refused before it is validated.
///
/// Counts are over the whole component with everything nested in it, unless a field says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InspectLimits {
    /// Bytes of the component.
    pub size_bytes_max: u64,
    /// Components inside the component.
    pub nested_components_max: u64,
    /// Core modules.
    pub core_modules_max: u64,
    /// Functions with a body.
    pub functions_max: u64,
    /// Bytes of the body of one function: compile time grows with it, and one body is one thread.
    pub body_bytes_max: u64,
    /// Local variables of one function, without parameters.
    pub locals_max: u64,
    /// Bytes of memory that all memories together begin with.
    pub memory_minimum_bytes_max: u64,
    /// Entries that all tables together begin with.
    pub table_minimum_max: u64,
    /// Memories, tables, globals and tags.
    pub definitions_max: u64,
    /// Data and element segments.
    pub segments_max: u64,
    /// Entries in type sections.
    pub types_max: u64,
    /// Imports, exports, aliases, instances and canonical functions.
    pub links_max: u64,
    /// Bytes of one imported or exported name.
    pub name_bytes_max: u64,
}

impl Default for InspectLimits {
    /// Wide enough for an interpreter of another language, far from what hurts.
    fn default() -> Self {
        Self {
            size_bytes_max: 32 << 20,
            nested_components_max: 8,
            core_modules_max: 16,
            functions_max: 100_000,
            body_bytes_max: 256 << 10,
            locals_max: 10_000,
            memory_minimum_bytes_max: 64 << 20,
            table_minimum_max: 200_000,
            definitions_max: 10_000,
            segments_max: 100_000,
            types_max: 20_000,
            links_max: 50_000,
            name_bytes_max: 1024,
        }
    }
}
