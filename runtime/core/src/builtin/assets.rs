//! `asset` and `assets` of names that are known only when a program runs. The compiler puts the table of
//! the package that the call stands in before what the program says; see [`crate::asset`].

use alloc::vec::Vec;

use s_abi::layout::Val;

use super::{arg, listed};
use crate::asset::{find, name, rows};
use crate::exception::Thrown;
use crate::string::string;
use crate::vm::Vm;

functions![
    ("asset", |vm, a, _| {
        let Some((package, rows)) = rows(arg(a, 0)) else { return Err(no_table(vm, "asset")) };
        let wanted = vm.text(arg(a, 1))?.to_vec();
        match find(rows, &wanted) {
            Some(value) => Ok(value),
            None => {
                let wanted = alloc::string::String::from_utf8_lossy(&wanted).into_owned();
                let package = alloc::string::String::from_utf8_lossy(package);
                Err(vm.die_fmt(format_args!("there is no asset {wanted:?} in the package `{package}`")))
            }
        }
    }),
    ("assets", |vm, a, w| {
        let Some((_, rows)) = rows(arg(a, 0)) else { return Err(no_table(vm, "assets")) };
        let names: Vec<Val> = rows.iter().map(|row| string(name(row))).collect();
        listed(vm, names, w)
    }),
];

/// A call that did not come from the compiler: that of a method.
fn no_table(vm: &mut Vm, name: &str) -> Thrown {
    vm.die_fmt(format_args!("`{name}` is about the package that calls it, and is no method"))
}
