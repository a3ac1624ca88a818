//! Reading a component without running it.
//!
//! One pass: each section is counted against the limits, then validated; function bodies are
//! validated at the end, when all counts are known to be bounded.

use crate::limits::{FEATURES, InspectLimits};
use crate::{ComponentError, section};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::Types;
use wasmparser::{
    BinaryReaderError, CanonicalFunction, CanonicalOption, ComponentExternalKind, ComponentTypeRef,
    FuncToValidate, FuncValidatorAllocations, FunctionBody, KnownCustom, Parser, Payload, ValidPayload,
    Validator, ValidatorResources,
};

/// What a component is made of, as its own types say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The interfaces it imports, in order of their names. Only `stryke:*` is ever here.
    pub imports: Vec<InterfaceUse>,
    /// The interfaces it exports, in order of their names. Single functions that it exports are
    /// left out: nothing calls them.
    pub exports: Vec<InterfaceUse>,
    /// Components inside it.
    pub nested_components: u64,
    /// Core modules, its own and those of nested components.
    pub core_modules: u64,
    /// Functions with a body.
    pub functions: u64,
    /// The size of the largest body of a function.
    pub largest_body_bytes: u64,
    /// What its memories begin with, all together.
    pub memory_minimum_bytes: u64,
    /// What it was made with, as `(tool, version)`, sorted: claims, not facts.
    pub producers: Vec<(String, String)>,
    /// The size of the component.
    pub size_bytes: u64,
}

/// One interface that a component imports or exports, and which of its functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceUse {
    /// `stryke:host`.
    pub package: String,
    /// `http`.
    pub interface: String,
    /// The version the component was built against.
    pub version: Version,
    /// The functions, spelled as in the component: `start`, `[method]pending.ready`,
    /// `[static]pending.wait`, `[constructor]task`. Empty when only types are used.
    pub functions: BTreeSet<String>,
}

impl InterfaceUse {
    /// The name without the version: `stryke:host/http`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.package, self.interface)
    }
}

impl std::fmt::Display for InterfaceUse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}@{}", self.package, self.interface, self.version)
    }
}

/// Validates a component completely and says what it is made of.
///
/// # Errors
/// The first thing found wrong: not a component, beyond a limit, invalid or using a feature that
/// is not in [`FEATURES`], importing what is not ours, or passing strings in another encoding.
pub fn inspect(component: &[u8], limits: &InspectLimits) -> Result<Shape, ComponentError> {
    section::check_header(component)?;
    let mut tally = Tally { limits, counts: Counts::default() };
    tally.at_most("bytes", component.len() as u64, limits.size_bytes_max)?;

    let mut validator = Validator::new_with_features(FEATURES);
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    let mut names = Names::default();
    let mut bodies = Vec::new();
    let mut types = None;
    let mut depth = 0usize;
    for payload in parser.parse_all(component) {
        let payload = payload.map_err(invalid)?;
        tally.count(&payload)?;
        if depth == 1 {
            names.collect(&payload)?;
        }
        match &payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            _ => {}
        }
        match validator.payload(&payload).map_err(invalid)? {
            ValidPayload::Func(function, body) => bodies.push((function, body)),
            ValidPayload::End(ended) => types = Some(ended),
            ValidPayload::Ok | ValidPayload::Parser(_) => {}
        }
    }
    validate_bodies(bodies)?;
    let types = types.expect("a component that was read to its end has types");
    Ok(tally.counts.into_shape(component, names.resolve(&types)?))
}

fn validate_bodies<'a>(
    bodies: Vec<(FuncToValidate<ValidatorResources>, FunctionBody<'a>)>,
) -> Result<(), ComponentError> {
    let mut allocations = FuncValidatorAllocations::default();
    for (function, body) in bodies {
        let mut validator = function.into_validator(allocations);
        validator.validate(&body).map_err(invalid)?;
        allocations = validator.into_allocations();
    }
    Ok(())
}

/// The names at the outermost level.
#[derive(Default)]
struct Names {
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

struct Uses {
    imports: Vec<InterfaceUse>,
    exports: Vec<InterfaceUse>,
}

impl Names {
    fn collect(&mut self, payload: &Payload<'_>) -> Result<(), ComponentError> {
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    let import = import.map_err(invalid)?;
                    let name = import.name.name.to_owned();
                    if !matches!(import.ty, ComponentTypeRef::Instance(_)) {
                        return Err(ComponentError::ForeignImport { name });
                    }
                    self.imports.insert(name);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    let export = export.map_err(invalid)?;
                    if export.kind == ComponentExternalKind::Instance {
                        self.exports.insert(export.name.name.to_owned());
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn resolve(self, types: &Types) -> Result<Uses, ComponentError> {
        let types = types.as_ref();
        let mut imports = Vec::new();
        for name in self.imports {
            let item = types.component_item_for_import(&name).map(|item| item.ty);
            match interface_use(&name, item, types) {
                Some(import) if import.package.starts_with("stryke:") => imports.push(import),
                _ => return Err(ComponentError::ForeignImport { name }),
            }
        }
        let exports = self.exports.iter().filter_map(|name| {
            interface_use(name, types.component_item_for_export(name).map(|item| item.ty), types)
        });
        Ok(Uses { imports, exports: exports.collect() })
    }
}

/// Reads `namespace:package/interface@version`; none when the name or the item is something else.
fn interface_use(
    name: &str,
    item: Option<ComponentEntityType>,
    types: wasmparser::types::TypesRef<'_>,
) -> Option<InterfaceUse> {
    let Some(ComponentEntityType::Instance(instance)) = item else { return None };
    let (path, version) = name.split_once('@')?;
    let (package, interface) = path.split_once('/')?;
    let functions = types[instance]
        .exports
        .iter()
        .filter(|(_, item)| matches!(item.ty, ComponentEntityType::Func(_)))
        .map(|(function, _)| function.clone());
    Some(InterfaceUse {
        package: package.to_owned(),
        interface: interface.to_owned(),
        version: Version::parse(version).ok()?,
        functions: functions.collect(),
    })
}

#[derive(Default)]
struct Counts {
    nested_components: u64,
    core_modules: u64,
    functions: u64,
    largest_body_bytes: u64,
    memory_minimum_bytes: u64,
    table_minimum: u64,
    definitions: u64,
    segments: u64,
    types: u64,
    links: u64,
    producers: BTreeMap<String, String>,
}

impl Counts {
    fn into_shape(self, component: &[u8], uses: Uses) -> Shape {
        Shape {
            imports: uses.imports,
            exports: uses.exports,
            nested_components: self.nested_components,
            core_modules: self.core_modules,
            functions: self.functions,
            largest_body_bytes: self.largest_body_bytes,
            memory_minimum_bytes: self.memory_minimum_bytes,
            producers: self.producers.into_iter().collect(),
            size_bytes: component.len() as u64,
        }
    }
}

/// Counts against the limits.
struct Tally<'l> {
    limits: &'l InspectLimits,
    counts: Counts,
}

impl Tally<'_> {
    fn at_most(&self, what: &'static str, found: u64, limit: u64) -> Result<(), ComponentError> {
        if found > limit { Err(ComponentError::Limit { what, found, limit }) } else { Ok(()) }
    }

    fn name(&self, name: &str) -> Result<(), ComponentError> {
        self.at_most("bytes in an imported or exported name", name.len() as u64, self.limits.name_bytes_max)
    }

    /// Adds what one section brings and refuses the component when it is too much.
    fn count(&mut self, payload: &Payload<'_>) -> Result<(), ComponentError> {
        let limits = self.limits;
        match payload {
            Payload::ModuleSection { .. } => {
                self.counts.core_modules += 1;
                self.at_most("core modules", self.counts.core_modules, limits.core_modules_max)
            }
            Payload::ComponentSection { .. } => {
                self.counts.nested_components += 1;
                self.at_most("nested components", self.counts.nested_components, limits.nested_components_max)
            }
            Payload::FunctionSection(section) => {
                self.counts.functions += u64::from(section.count());
                self.at_most("functions", self.counts.functions, limits.functions_max)
            }
            Payload::CodeSectionEntry(body) => self.body(body),
            Payload::MemorySection(section) => {
                self.definitions(section.count())?;
                for memory in section.clone() {
                    let pages = memory.map_err(invalid)?.initial;
                    self.counts.memory_minimum_bytes =
                        self.counts.memory_minimum_bytes.saturating_add(pages.saturating_mul(65536));
                }
                let found = self.counts.memory_minimum_bytes;
                self.at_most("bytes of memory from the start", found, limits.memory_minimum_bytes_max)
            }
            Payload::TableSection(section) => {
                self.definitions(section.count())?;
                for table in section.clone() {
                    let entries = table.map_err(invalid)?.ty.initial;
                    self.counts.table_minimum = self.counts.table_minimum.saturating_add(entries);
                }
                let found = self.counts.table_minimum;
                self.at_most("table entries from the start", found, limits.table_minimum_max)
            }
            Payload::GlobalSection(section) => self.definitions(section.count()),
            Payload::TagSection(section) => self.definitions(section.count()),
            Payload::DataSection(section) => self.segments(section.count()),
            Payload::ElementSection(section) => self.segments(section.count()),
            Payload::TypeSection(section) => self.types(section.count()),
            Payload::CoreTypeSection(section) => self.types(section.count()),
            Payload::ComponentTypeSection(section) => self.types(section.count()),
            Payload::InstanceSection(section) => self.links(section.count()),
            Payload::ComponentInstanceSection(section) => self.links(section.count()),
            Payload::ComponentAliasSection(section) => self.links(section.count()),
            Payload::ImportSection(section) => {
                self.links(section.count())?;
                for import in section.clone().into_imports() {
                    let import = import.map_err(invalid)?;
                    self.name(import.module)?;
                    self.name(import.name)?;
                }
                Ok(())
            }
            Payload::ExportSection(section) => {
                self.links(section.count())?;
                section.clone().into_iter().try_for_each(|export| self.name(export.map_err(invalid)?.name))
            }
            Payload::ComponentImportSection(section) => {
                self.links(section.count())?;
                section
                    .clone()
                    .into_iter()
                    .try_for_each(|import| self.name(import.map_err(invalid)?.name.name))
            }
            Payload::ComponentExportSection(section) => {
                self.links(section.count())?;
                section
                    .clone()
                    .into_iter()
                    .try_for_each(|export| self.name(export.map_err(invalid)?.name.name))
            }
            Payload::ComponentCanonicalSection(section) => {
                self.links(section.count())?;
                for function in section.clone().into_iter_with_offsets() {
                    let (offset, function) = function.map_err(invalid)?;
                    check_strings(offset as u64, &function)?;
                }
                Ok(())
            }
            Payload::CustomSection(custom) => {
                self.producers(custom);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), ComponentError> {
        let size = body.range().len() as u64;
        self.counts.largest_body_bytes = self.counts.largest_body_bytes.max(size);
        self.at_most("bytes of code in one function", size, self.limits.body_bytes_max)?;
        let mut locals = 0u64;
        for group in body.get_locals_reader().map_err(invalid)? {
            locals += u64::from(group.map_err(invalid)?.0);
            self.at_most("locals in one function", locals, self.limits.locals_max)?;
        }
        Ok(())
    }

    fn definitions(&mut self, count: u32) -> Result<(), ComponentError> {
        self.counts.definitions += u64::from(count);
        self.at_most("memories, tables and globals", self.counts.definitions, self.limits.definitions_max)
    }

    fn segments(&mut self, count: u32) -> Result<(), ComponentError> {
        self.counts.segments += u64::from(count);
        self.at_most("data and element segments", self.counts.segments, self.limits.segments_max)
    }

    fn types(&mut self, count: u32) -> Result<(), ComponentError> {
        self.counts.types += u64::from(count);
        self.at_most("types", self.counts.types, self.limits.types_max)
    }

    fn links(&mut self, count: u32) -> Result<(), ComponentError> {
        self.counts.links += u64::from(count);
        self.at_most("imports, exports and instances", self.counts.links, self.limits.links_max)
    }

    /// Keeps what fits; a section that cannot be read claims nothing.
    fn producers(&mut self, custom: &wasmparser::CustomSectionReader<'_>) {
        let KnownCustom::Producers(fields) = custom.as_known() else { return };
        for value in fields.into_iter().flatten().flat_map(|field| field.values.into_iter().flatten()) {
            let short = value.name.len() <= 128 && value.version.len() <= 128;
            if short && self.counts.producers.len() < 32 {
                self.counts.producers.insert(value.name.to_owned(), value.version.to_owned());
            }
        }
    }
}

fn check_strings(offset: u64, function: &CanonicalFunction) -> Result<(), ComponentError> {
    let (CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. }) = function
    else {
        return Ok(());
    };
    for option in options {
        let encoding = match option {
            CanonicalOption::UTF16 => "UTF-16",
            CanonicalOption::CompactUTF16 => "compact UTF-16",
            _ => continue,
        };
        return Err(ComponentError::StringEncoding { encoding, offset });
    }
    Ok(())
}

fn invalid(error: BinaryReaderError) -> ComponentError {
    ComponentError::Invalid { offset: error.offset() as u64, message: error.message().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TINY_WAT, TINY_WIT, dummy_guest, tiny_guest};
    use proptest::prelude::*;

    fn check(wat: &str) -> Result<Shape, ComponentError> {
        inspect(
            &wat::parse_str(wat).unwrap_or_else(|error| panic!("{wat}: {error}")),
            &InspectLimits::default(),
        )
    }

    fn names(uses: &[InterfaceUse]) -> Vec<String> {
        uses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_shape_says_what_the_types_say() {
        let component = dummy_guest("stryke:audit/audit-plugin@0.1.0");
        let shape = inspect(&component, &InspectLimits::default()).unwrap();
        assert_eq!(names(&shape.exports), ["stryke:audit/feed@0.1.0"]);
        assert_eq!(shape.exports[0].functions, ["parse", "pull", "query"].map(String::from).into());
        let imports =
            ["blobs", "cache", "clock", "crypto", "fs", "http", "log", "progress", "secrets", "types"];
        assert_eq!(names(&shape.imports), imports.map(|name| format!("stryke:host/{name}@0.1.0")));
        let of =
            |name: &str| &shape.imports.iter().find(|import| import.interface == name).unwrap().functions;
        assert!(of("types").is_empty(), "only types");
        assert!(of("http").contains("[method]pending.ready") && of("http").contains("[static]pending.wait"));
        assert!(of("progress").contains("[constructor]task"));
        assert_eq!(shape.size_bytes, component.len() as u64);
        assert!(
            shape.core_modules >= 1 && shape.functions >= 3 && shape.largest_body_bytes >= 1,
            "{shape:?}"
        );
        assert!(shape.producers.iter().any(|(tool, _)| tool == "wit-component"), "{:?}", shape.producers);
    }

    #[test]
    fn memories_of_all_modules_are_added() {
        let shape =
            check("(component (core module (memory 2) (memory 3)) (core module (memory 1)))").unwrap();
        assert_eq!(shape.memory_minimum_bytes, 6 * 65536);
        assert_eq!(shape.core_modules, 2);
    }

    #[test]
    fn a_nested_component_does_not_speak_for_its_parent() {
        let shape =
            check(r#"(component (component (import "wasi:cli/run@0.2.0" (instance))) (component))"#).unwrap();
        assert_eq!(shape.nested_components, 2);
        assert!(shape.imports.is_empty());
    }

    #[test]
    fn imports_that_are_not_ours_are_named() {
        for (import, name) in [
            (r#"(import "wasi:cli/run@0.2.0" (instance))"#, "wasi:cli/run@0.2.0"),
            (r#"(import "strykers:host/log@0.1.0" (instance))"#, "strykers:host/log@0.1.0"),
            (r#"(import "stryke:host/log" (instance))"#, "stryke:host/log"),
            (r#"(import "exec" (func))"#, "exec"),
            (r#"(import "m" (core module))"#, "m"),
            (r#"(import "t" (type (sub resource)))"#, "t"),
        ] {
            let error = check(&format!("(component {import})")).unwrap_err();
            assert_eq!(error, ComponentError::ForeignImport { name: name.to_owned() });
        }
    }

    #[test]
    fn features_that_plugins_do_not_have_are_invalid() {
        for module in [
            "(memory 1 1 shared)",
            "(memory i64 1)",
            "(memory 1 1 (pagesize 1))",
            "(func (param v128) (result v128) local.get 0 local.get 0 i8x16.relaxed_swizzle)",
            "(type (struct (field i32)))",
            "(func (param (ref func)))",
            "(tag (param i32))",
            "(func (result i64 i64) i64.const 1 i64.const 1 i64.mul_wide_u)",
        ] {
            let error = check(&format!("(component (core module {module}))")).unwrap_err();
            assert!(matches!(error, ComponentError::Invalid { .. }), "{module}: {error}");
        }
        let asynchronous = r#"(component
            (core module $m (func (export "f") (result i32) i32.const 0) (func (export "cb") (param i32 i32 i32) (result i32) i32.const 0))
            (core instance $i (instantiate $m))
            (func async (canon lift (core func $i "f") async (callback (core func $i "cb")))))"#;
        assert!(matches!(check(asynchronous), Err(ComponentError::Invalid { .. })));
    }

    #[test]
    fn features_that_compilers_use_are_valid() {
        for module in [
            "(memory 1) (memory 1)",
            "(func (param v128) (result v128) local.get 0 local.get 0 i8x16.swizzle)",
            "(func $f return_call $f)",
            "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
            "(table 1 externref)",
            "(global i32 (i32.add (i32.const 1) (i32.const 1)))",
        ] {
            check(&format!("(component (core module {module}))")).unwrap();
        }
    }

    #[test]
    fn strings_are_utf8() {
        for (option, encoding) in [("utf16", "UTF-16"), ("latin1+utf16", "compact UTF-16")] {
            let error = check(&format!(
                r#"(component
                    (core module $m (func (export "f") (param i32 i32)) (memory (export "memory") 1)
                        (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
                    (core instance $i (instantiate $m))
                    (func (param "text" string) (canon lift (core func $i "f") string-encoding={option}
                        (memory $i "memory") (realloc (func $i "realloc")))))"#
            ))
            .unwrap_err();
            assert!(
                matches!(error, ComponentError::StringEncoding { encoding: found, .. } if found == encoding),
                "{error}"
            );
        }
    }

    #[test]
    fn each_limit_is_kept_and_named() {
        let none = InspectLimits {
            size_bytes_max: 1 << 20,
            nested_components_max: 1,
            core_modules_max: 1,
            functions_max: 1,
            body_bytes_max: 8,
            locals_max: 2,
            memory_minimum_bytes_max: 65536,
            table_minimum_max: 3,
            definitions_max: 4,
            segments_max: 1,
            types_max: 2,
            links_max: 2,
            name_bytes_max: 8,
        };
        let module = |text: &str| format!("(core module {text})");
        for (inside, over, what) in [
            ("(component)".to_owned(), "(component) (component)".to_owned(), "nested components"),
            (module(""), format!("{}{}", module(""), module("")), "core modules"),
            (module("(func)"), module("(func) (func)"), "functions"),
            (
                module("(func nop nop)"),
                module("(func nop nop nop nop nop nop nop)"),
                "bytes of code in one function",
            ),
            (
                module("(func (local i32 i32))"),
                module("(func (local i32 i64 i32))"),
                "locals in one function",
            ),
            (module("(memory 1)"), module("(memory 1) (memory 1)"), "bytes of memory from the start"),
            (
                module("(table 3 funcref)"),
                module("(table 2 funcref) (table 2 funcref)"),
                "table entries from the start",
            ),
            (
                module("(memory 0) (memory 0) (table 0 funcref) (global i32 (i32.const 0))"),
                module(
                    "(memory 0) (memory 0) (table 0 funcref) (table 0 funcref) (global i32 (i32.const 0))",
                ),
                "memories, tables and globals",
            ),
            (
                module(r#"(memory 1) (data (i32.const 0) "a")"#),
                module(r#"(memory 1) (data "a") (data "b")"#),
                "data and element segments",
            ),
            (
                module("(type (func)) (type (func (param i32)))"),
                module("(type (func)) (type (func (param i32))) (type (func (param i64)))"),
                "types",
            ),
            (
                module(r#"(memory 0) (export "a" (memory 0)) (export "b" (memory 0))"#),
                module(
                    r#"(memory 0) (export "a" (memory 0)) (export "b" (memory 0)) (export "c" (memory 0))"#,
                ),
                "imports, exports and instances",
            ),
            (
                module(r#"(memory 0) (export "12345678" (memory 0))"#),
                module(r#"(memory 0) (export "123456789" (memory 0))"#),
                "bytes in an imported or exported name",
            ),
        ] {
            let parse = |text: &str| wat::parse_str(format!("(component {text})")).unwrap();
            inspect(&parse(&inside), &none).unwrap_or_else(|error| panic!("{inside}: {error}"));
            let error = inspect(&parse(&over), &none).unwrap_err();
            assert!(
                matches!(error, ComponentError::Limit { what: found, .. } if found == what),
                "{over}: {error}"
            );
        }
        let small = InspectLimits { size_bytes_max: 7, ..none };
        let error = inspect(&section::HEADER, &small).unwrap_err();
        assert_eq!(error, ComponentError::Limit { what: "bytes", found: 8, limit: 7 });
    }

    #[test]
    fn a_component_that_is_cut_off_is_an_error_or_a_shorter_component() {
        let component = tiny_guest();
        inspect(&component, &InspectLimits::default()).unwrap();
        for length in 0..component.len() {
            if let Ok(shape) = inspect(&component[..length], &InspectLimits::default()) {
                assert_eq!(shape.size_bytes, length as u64);
            }
        }
    }

    /// Replaces single bytes.
    fn damaged(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8)]) -> Vec<u8> {
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = *byte;
        }
        bytes
    }

    fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn damage_to_a_small_component_is_survived(changes in changes()) {
            thread_local!(static COMPONENT: Vec<u8> = tiny_guest());
            let component = damaged(COMPONENT.with(Clone::clone), &changes);
            let _ = inspect(&component, &InspectLimits::default());
        }

        #[test]
        fn damage_to_a_nested_component_is_survived(changes in changes()) {
            thread_local!(static COMPONENT: Vec<u8> = dummy_guest("stryke:audit/audit-plugin@0.1.0"));
            let component = damaged(COMPONENT.with(Clone::clone), &changes);
            if inspect(&component, &InspectLimits::default()).is_ok() {
                let _ = crate::check_world(&component, "stryke:audit/audit-plugin", "0.1");
            }
        }

        #[test]
        fn damage_to_a_module_is_survived_by_the_encoder(changes in changes()) {
            thread_local!(static CORE: Vec<u8> = crate::testing::tiny_core(TINY_WAT, TINY_WIT));
            if let Ok(component) = crate::encode(&damaged(CORE.with(Clone::clone), &changes)) {
                let _ = inspect(&component, &InspectLimits::default());
            }
        }
    }
}
