//! A program: functions, constants, names and types.

use std::collections::HashMap;

use crate::func::{Func, Ty};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// A program in this representation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// Functions; the first is the main program.
    pub functions: Vec<Func>,
    /// Constant strings, and whether each is UTF-8 of code points above 0x7f.
    pub strings: Vec<(Vec<u8>, bool)>,
    /// Full names of package variables and functions, without sigil.
    pub globals: Vec<String>,
    /// Constant patterns: text and flags as of `s_abi::functions::pattern_flag`.
    pub regexes: Vec<(Vec<u8>, i64)>,
    /// Transliterations: from, to, flags.
    pub transliterations: Vec<(Vec<u8>, Vec<u8>, String)>,
    /// Names of source files.
    pub files: Vec<String>,
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
    strings_by_text: HashMap<(Vec<u8>, bool), StrId>,
    globals_by_name: HashMap<String, GlobalRef>,
    types_by_value: HashMap<TypeData, u32>,
}

/// How many of each a running program has already, when a module joins it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Declared classes.
    pub classes: u32,
    /// Types that values are checked against.
    pub types: u32,
    /// Transliterations.
    pub transliterations: u32,
}

/// A declared type as the runtime is told of it.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeData {
    /// `Int`, `Str`, a class.
    pub name: String,
    /// Arguments.
    pub args: Vec<TypeData>,
}

impl Module {
    /// The number of a constant string.
    pub fn string(&mut self, bytes: &[u8], wide: bool) -> StrId {
        let key = (bytes.to_vec(), wide);
        if let Some(id) = self.strings_by_text.get(&key) {
            return *id;
        }
        let id = StrId(u32::try_from(self.strings.len()).expect("fewer than 2^32 strings"));
        self.strings.push(key.clone());
        self.strings_by_text.insert(key, id);
        id
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
        for (index, key) in (0..).zip(&self.strings) {
            self.strings_by_text.entry(key.clone()).or_insert(StrId(index));
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
