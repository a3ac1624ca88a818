//! What a module declares beside code: types that values are checked against, transliterations, and
//! classes, as bytes that the compiler writes and every program reads at start.
//!
//! Numbers are LEB128 without sign; a text is its length and its bytes; a list is its length and its
//! elements; what may be missing has 0 or 1 before it. A function is a number that means something to
//! whoever reads.
//!
//! ```text
//! module          = list(type) list(transliteration) list(class)
//! type            = text list(type)                              name, arguments
//! transliteration = text text text                               from, to, flags
//! class           = text kind bits list(text) list(text)         name, parents, traits
//!                   list(field) list(method) list(variant)
//! bits            = 1 abstract + 2 final
//! field           = text visibility maybe(type) maybe(function)  type, default
//! method          = text visibility bits maybe(function)
//! variant         = text maybe(type)
//! ```

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::class::{
    ClassDescription, ClassKind, FieldDescription, MethodDescription, TypeDescription, VariantDescription,
    Visibility,
};
use crate::value::CodeRef;
use crate::vm::Vm;

/// Gives the function object of a number.
pub type Functions<'a> = &'a mut dyn FnMut(&mut Vm, u32) -> Result<CodeRef, String>;

/// Reads a module's declarations into the machine.
///
/// # Errors
/// What is wrong with a declaration, or with the bytes.
pub fn declare(vm: &mut Vm, bytes: &[u8], functions: Functions<'_>) -> Result<(), String> {
    let mut reader = Reader { bytes, depth: 0 };
    for _ in 0..reader.number()? {
        let ty = reader.ty()?;
        vm.register_type(ty);
    }
    for _ in 0..reader.number()? {
        let (from, to, flags) = (reader.text()?, reader.text()?, reader.text()?);
        let register = crate::late::TRANSLITERATION.get().ok_or_else(damaged)?;
        register(vm, from, to, flags, true)?;
    }
    for _ in 0..reader.number()? {
        let class = class(vm, &mut reader, functions)?;
        vm.register_class(class)?;
    }
    if reader.bytes.is_empty() { Ok(()) } else { Err(damaged()) }
}

fn class(vm: &mut Vm, reader: &mut Reader<'_>, functions: Functions<'_>) -> Result<ClassDescription, String> {
    let name = reader.text()?.to_vec();
    let kind = match reader.number()? {
        0 => ClassKind::Class,
        1 => ClassKind::Struct,
        2 => ClassKind::Enum,
        _ => ClassKind::Trait,
    };
    let bits = reader.number()?;
    let parents = reader.texts()?;
    let traits = reader.texts()?;
    let mut fields = Vec::new();
    for _ in 0..reader.number()? {
        let name = reader.text()?.to_vec();
        let visibility = reader.visibility()?;
        let type_number = reader.maybe(Reader::ty)?.map(|ty| vm.register_type(ty));
        let default = match reader.maybe(Reader::number)? {
            Some(number) => Some(functions(vm, number)?),
            None => None,
        };
        fields.push(FieldDescription { name, type_number, default, visibility, is_static: false });
    }
    let mut methods = Vec::new();
    for _ in 0..reader.number()? {
        let method = reader.text()?.to_vec();
        let visibility = reader.visibility()?;
        let bits = reader.number()?;
        let function = reader.maybe(Reader::number)?;
        if let Some(number) = function {
            let code = functions(vm, number)?;
            let glob = vm.glob(&[&name, &b"::"[..], &method].concat());
            vm.define(glob, code);
        }
        methods.push(MethodDescription {
            name: method,
            visibility,
            is_abstract: function.is_none(),
            is_final: bits & 2 != 0,
            is_static: bits & 1 != 0,
        });
    }
    let mut variants = Vec::new();
    for _ in 0..reader.number()? {
        let name = reader.text()?.to_vec();
        let ty = reader.maybe(Reader::ty)?;
        let has_payload = ty.is_some();
        let type_number = ty.map(|ty| vm.register_type(ty));
        variants.push(VariantDescription { name, has_payload, type_number });
    }
    Ok(ClassDescription {
        name,
        kind,
        parents,
        traits,
        fields,
        methods,
        variants,
        is_abstract: bits & 1 != 0,
        is_final: bits & 2 != 0,
    })
}

/// Types within types that are followed.
const DEPTH_MAX: u32 = 64;

struct Reader<'a> {
    bytes: &'a [u8],
    depth: u32,
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Result<u32, String> {
        let mut value: u64 = 0;
        for shift in [0, 7, 14, 21, 28] {
            let (&byte, rest) = self.bytes.split_first().ok_or_else(damaged)?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| damaged());
            }
        }
        Err(damaged())
    }

    fn text(&mut self) -> Result<&'a [u8], String> {
        let len = self.number()? as usize;
        let (text, rest) = self.bytes.split_at_checked(len).ok_or_else(damaged)?;
        self.bytes = rest;
        Ok(text)
    }

    fn texts(&mut self) -> Result<Vec<Vec<u8>>, String> {
        (0..self.number()?).map(|_| self.text().map(<[u8]>::to_vec)).collect()
    }

    fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<Option<T>, String> {
        Ok(if self.number()? == 0 { None } else { Some(read(self)?) })
    }

    fn visibility(&mut self) -> Result<Visibility, String> {
        Ok(match self.number()? {
            0 => Visibility::Public,
            1 => Visibility::Protected,
            _ => Visibility::Private,
        })
    }

    fn ty(&mut self) -> Result<TypeDescription, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(damaged());
        }
        let name = self.text()?;
        let mut args = Vec::new();
        for _ in 0..self.number()? {
            args.push(self.ty()?);
        }
        self.depth -= 1;
        let mut arg = |index: usize| {
            Box::new(if index < args.len() { args.swap_remove(index) } else { TypeDescription::Any })
        };
        Ok(match name {
            b"Any" => TypeDescription::Any,
            b"Int" => TypeDescription::Int,
            b"Float" | b"Num" => TypeDescription::Float,
            b"Str" => TypeDescription::Str,
            b"Bool" => TypeDescription::Bool,
            b"Array" => TypeDescription::Array,
            b"Hash" => TypeDescription::Hash,
            b"Ref" => TypeDescription::Ref,
            b"Code" => TypeDescription::Code,
            b"List" => TypeDescription::List(arg(0)),
            b"Map" => TypeDescription::Map(arg(1)),
            b"Set" => TypeDescription::Set,
            name => TypeDescription::Named(name.to_vec()),
        })
    }
}

fn damaged() -> String {
    "the declarations of the program are damaged".into()
}

/// Writes what [`declare`] reads: the same order, the same parts.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// A number.
    pub fn number(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// The length of a list, or of a text.
    ///
    /// # Panics
    /// When it is not below 2^32.
    pub fn len(&mut self, len: usize) {
        self.number(u32::try_from(len).expect("a declaration is shorter than 4 GiB"));
    }

    /// A text.
    pub fn text(&mut self, text: &[u8]) {
        self.len(text.len());
        self.bytes.extend_from_slice(text);
    }

    /// What may be missing.
    pub fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(u32::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// The bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn damaged_declarations_are_errors() {
        let mut writer = Writer::default();
        writer.len(1);
        writer.text(b"List");
        writer.len(1);
        writer.text(b"Int");
        writer.len(0);
        writer.len(1);
        for part in [&b"a-c"[..], b"A-C", b""] {
            writer.text(part);
        }
        writer.len(0);
        let bytes = writer.finish();
        crate::late::everything();
        let mut none = |_: &mut Vm, _: u32| Err("no functions".to_string());
        let read = |bytes: &[u8], functions: Functions<'_>| {
            let mut vm = Vm::new(crate::Options::default());
            declare(&mut vm, bytes, functions)
        };
        assert_eq!(read(&bytes, &mut none), Ok(()));
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut], &mut none).is_err(), "{cut}");
        }
        let nested = b"\x01\x04List\x01".repeat(100);
        assert!(read(&nested, &mut none).is_err());
        assert!(read(&[0xff; 64], &mut none).is_err());
    }
}
