//! What a module declares beside code, as the bytes that `s_core::declare` reads.

use s_core::declare::Writer;
use s_ir::module::{ClassData, TypeData};
use s_ir::{FuncId, Module};

/// Whether there is anything to declare.
pub(crate) fn are_empty(module: &Module) -> bool {
    module.types.is_empty() && module.transliterations.is_empty() && module.classes.is_empty()
}

/// Writes the declarations; `number` says how functions are numbered for whoever reads them.
pub(crate) fn write(module: &Module, mut number: impl FnMut(FuncId) -> u32) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.len(module.types.len());
    for data in &module.types {
        ty(&mut writer, data);
    }
    writer.len(module.transliterations.len());
    for (from, to, flags) in &module.transliterations {
        for part in [from, to, flags.as_bytes()] {
            writer.text(part);
        }
    }
    writer.len(module.classes.len());
    for data in &module.classes {
        class(&mut writer, module, data, &mut number);
    }
    writer.finish()
}

fn ty(writer: &mut Writer, data: &TypeData) {
    writer.text(data.name.as_bytes());
    writer.len(data.args.len());
    for arg in &data.args {
        ty(writer, arg);
    }
}

fn class(writer: &mut Writer, module: &Module, data: &ClassData, number: &mut impl FnMut(FuncId) -> u32) {
    writer.text(data.name.as_bytes());
    writer.number(data.kind.into());
    writer.number(u32::from(data.is_abstract) | u32::from(data.is_final) << 1);
    for (list, known) in [&data.parents, &data.traits].into_iter().zip(&data.known) {
        writer.len(list.len() + known.len());
        for other in list {
            writer.text(module.classes[*other as usize].name.as_bytes());
        }
        for name in known {
            writer.text(name.as_bytes());
        }
    }
    writer.len(data.fields.len());
    for field in &data.fields {
        writer.text(field.name.as_bytes());
        writer.number(field.visibility.into());
        writer.maybe(field.ty.as_ref(), ty);
        writer.maybe(field.default.map(&mut *number), Writer::number);
    }
    writer.len(data.methods.len());
    for method in &data.methods {
        writer.text(method.name.as_bytes());
        writer.number(method.visibility.into());
        writer.number(u32::from(method.is_static) | u32::from(method.is_final) << 1);
        writer.maybe(method.function.map(&mut *number), Writer::number);
    }
    writer.len(data.variants.len());
    for (name, payload) in &data.variants {
        writer.text(name.as_bytes());
        writer.maybe(payload.as_ref(), ty);
    }
}
