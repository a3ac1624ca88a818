//! A program: functions, constants, names and types.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::func::{Func, Ty};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// Its place in its table.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A function of the module.
    FuncId
);
id!(
    /// A constant string of the module.
    StrId
);
id!(
    /// A name of the module.
    GlobalRef
);

/// A source file, or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name.
    pub name: String,
    /// The package of its statements; empty where the name of their function says it.
    pub package: String,
}

/// A program in this representation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// Functions; the first is the main program.
    pub functions: Vec<Func>,
    /// Constant strings, and whether each is UTF-8 of code points above 0x7f.
    pub strings: Vec<(Arc<[u8]>, bool)>,
    /// Full names of package variables and functions, without sigil.
    pub globals: Vec<String>,
    /// Constant patterns: text and flags as of `s_abi::functions::pattern_flag`.
    pub regexes: Vec<(Vec<u8>, i64)>,
    /// Transliterations: from, to, flags.
    pub transliterations: Vec<(Vec<u8>, Vec<u8>, String)>,
    /// Source files, as positions number them.
    pub files: Vec<SourceFile>,
    /// Named functions that exist from the start.
    pub definitions: Vec<(GlobalRef, FuncId)>,
    /// Declared types, in the order of their numbers.
    pub classes: Vec<ClassData>,
    /// Declared types of variables and fields that are checked, by number.
    pub types: Vec<TypeData>,
    /// What stands behind `__DATA__` in the main file.
    pub data: Option<Vec<u8>>,
    /// Sites of computed evals: package, and the names of what is visible, in order.
    pub eval_sites: Vec<(String, Vec<String>)>,
    /// Plain Perl.
    pub compat: bool,
    /// Operators on objects may run code of the program, or give objects.
    pub overloads: bool,
    /// Statements are marked for debuggers, by [`crate::Op::Line`].
    pub lines: bool,
    /// The numbers its first class, type and table have at run time.
    pub first: Numbers,
    /// Assets of packages that are looked for by computed names.
    pub assets: Vec<AssetTable>,
    /// Those that are not wide, and those that are.
    #[serde(skip)]
    strings_by_text: [HashMap<Arc<[u8]>, StrId>; 2],
    #[serde(skip)]
    globals_by_name: HashMap<String, GlobalRef>,
    #[serde(skip)]
    types_by_value: HashMap<TypeData, u32>,
}

/// The assets of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetTable {
    /// What the package is called.
    pub package: String,
    /// Names in ascending order, and their bytes where a program may ask for them.
    pub rows: Vec<(String, Option<StrId>)>,
}

/// How many of each a running program has already, when a module joins it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// Declared classes.
    pub classes: u32,
    /// Types that values are checked against.
    pub types: u32,
    /// Transliterations.
    pub transliterations: u32,
}

/// A declared type as the runtime is told of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassData {
    /// Full name.
    pub name: String,
    /// 0 class, 1 struct, 2 enum, 3 trait.
    pub kind: u8,
    /// Numbers of parents.
    pub parents: Vec<u32>,
    /// Parents and traits that the machine has already, by name.
    pub known: [Vec<String>; 2],
    /// Numbers of traits.
    pub traits: Vec<u32>,
    /// Own fields.
    pub fields: Vec<FieldData>,
    /// Static fields: name and the glob whose scalar it is.
    pub statics: Vec<(String, GlobalRef)>,
    /// Methods: name, function, static, final, visibility.
    pub methods: Vec<MethodData>,
    /// Variants and the types of their payloads.
    pub variants: Vec<(String, Option<TypeData>)>,
    /// Cannot be instantiated.
    pub is_abstract: bool,
    /// Cannot be extended.
    pub is_final: bool,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldData {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Option<TypeData>,
    /// Yields the default.
    pub default: Option<FuncId>,
    /// 0 public, 1 protected, 2 private.
    pub visibility: u8,
}

/// A method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodData {
    /// Its name.
    pub name: String,
    /// Absent: abstract.
    pub function: Option<FuncId>,
    /// Called on the class.
    pub is_static: bool,
    /// Cannot be overridden.
    pub is_final: bool,
    /// 0 public, 1 protected, 2 private.
    pub visibility: u8,
}

/// A type that values are checked against.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TypeData {
    /// `Int`, `Str`, a class.
    pub name: String,
    /// Arguments.
    pub args: Vec<TypeData>,
}

impl Module {
    /// The number of a constant string.
    pub fn string(&mut self, bytes: &[u8], wide: bool) -> StrId {
        match self.strings_by_text[usize::from(wide)].get(bytes) {
            Some(id) => *id,
            None => self.add_string(Arc::from(bytes), wide),
        }
    }

    /// The same of bytes that are not copied.
    pub fn shared_string(&mut self, bytes: &Arc<[u8]>) -> StrId {
        match self.strings_by_text[0].get(bytes) {
            Some(id) => *id,
            None => self.add_string(Arc::clone(bytes), false),
        }
    }

    fn add_string(&mut self, bytes: Arc<[u8]>, wide: bool) -> StrId {
        let id = StrId(u32::try_from(self.strings.len()).expect("fewer than 2^32 strings"));
        self.strings.push((Arc::clone(&bytes), wide));
        self.strings_by_text[usize::from(wide)].insert(bytes, id);
        id
    }

    /// The number of a table of assets.
    pub fn asset_table(&mut self, table: AssetTable) -> u32 {
        let known = self.assets.iter().position(|known| *known == table);
        let index = known.unwrap_or_else(|| {
            self.assets.push(table);
            self.assets.len() - 1
        });
        u32::try_from(index).expect("fewer than 2^32 tables")
    }

    /// The number of a name.
    pub fn global(&mut self, name: &str) -> GlobalRef {
        if let Some(id) = self.globals_by_name.get(name) {
            return *id;
        }
        let id = GlobalRef(u32::try_from(self.globals.len()).expect("fewer than 2^32 names"));
        self.globals.push(name.to_owned());
        self.globals_by_name.insert(name.to_owned(), id);
        id
    }

    /// The number of a checked type.
    pub fn type_number(&mut self, ty: TypeData) -> u32 {
        if let Some(id) = self.types_by_value.get(&ty) {
            return *id;
        }
        let id = u32::try_from(self.types.len()).expect("fewer than 2^32 types");
        self.types.push(ty.clone());
        self.types_by_value.insert(ty, id);
        id
    }

    /// Fills the tables that find constants by their contents, where a module was not built with them.
    pub(crate) fn index(&mut self) {
        for (index, (bytes, wide)) in (0..).zip(&self.strings) {
            let known = &mut self.strings_by_text[usize::from(*wide)];
            known.entry(Arc::clone(bytes)).or_insert(StrId(index));
        }
        for (index, name) in (0..).zip(&self.globals) {
            self.globals_by_name.entry(name.clone()).or_insert(GlobalRef(index));
        }
        for (index, ty) in (0..).zip(&self.types) {
            self.types_by_value.entry(ty.clone()).or_insert(index);
        }
    }

    /// The type and ownership of the result of a call of a function.
    #[must_use]
    pub fn result(&self, function: FuncId) -> Ty {
        self.functions[function.index()].signature.result
    }
}
