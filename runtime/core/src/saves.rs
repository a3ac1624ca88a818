//! `local`: what was changed for the time of a scope, and putting it back.

use s_abi::layout::{Arr, Cell, Code, Hash, Val};

use crate::array;
use crate::cell;
use crate::exception::Thrown;
use crate::hash;
use crate::string::Text;
use crate::value::{Array, CellRef, GlobRef, Ptr, Table, UNDEF, ValExt};
use crate::vm::Vm;

/// One thing to put back; it owns what it holds.
#[derive(Debug)]
pub enum Save {
    /// A glob's scalar.
    Scalar(GlobRef, Ptr<Cell>),
    /// A glob's array.
    Array(GlobRef, Ptr<Arr>),
    /// A glob's hash.
    Hash(GlobRef, Ptr<Hash>),
    /// A glob's function, perhaps null.
    Code(GlobRef, Ptr<Code>),
    /// An element of an array.
    Element(Array, i64, Option<Val>),
    /// An element of a hash.
    Entry(Table, Val, Option<Val>),
    /// A special variable.
    Special(i64, Val),
}

impl Vm {
    /// Puts everything back that was saved since.
    pub fn restore_saves(&mut self, mark: usize) {
        while self.saves.len() > mark {
            let Some(save) = self.saves.pop() else { break };
            match save {
                Save::Scalar(mut glob, old) => {
                    let new = core::mem::replace(&mut glob.scalar, old.0);
                    self.release_ptr(Ptr(new));
                }
                Save::Array(mut glob, old) => {
                    let new = core::mem::replace(&mut glob.array, old.0);
                    self.release_ptr(Ptr(new));
                }
                Save::Hash(mut glob, old) => {
                    let new = core::mem::replace(&mut glob.hash, old.0);
                    self.release_ptr(Ptr(new));
                }
                Save::Code(mut glob, old) => {
                    let new = core::mem::replace(&mut glob.code, old.0);
                    if !new.is_null() {
                        self.release_ptr(Ptr(new));
                    }
                    self.classes.changed();
                }
                Save::Element(mut array, index, old) => {
                    let removed = match old {
                        Some(value) => {
                            let _ = array::set(self, &mut array, index, value);
                            UNDEF
                        }
                        None => array::delete(self, &mut array, index),
                    };
                    self.release(removed);
                    self.release_ptr(array);
                }
                Save::Entry(table, key, old) => {
                    let normal = hash::normal(key);
                    if self.is_signals(table) {
                        self.arm_signal(key, old.unwrap_or(UNDEF));
                    }
                    match old {
                        Some(value) => hash::set(self, table, normal, value),
                        None => {
                            let removed = hash::delete(self, table, normal);
                            self.release(removed.unwrap_or(UNDEF));
                        }
                    }
                    self.release(key);
                    self.release_ptr(table);
                }
                Save::Special(number, value) => {
                    let _ = crate::special::special_set(self, number, value);
                    self.release(value);
                }
            }
        }
    }
}

/// How much is saved.
pub fn local_mark(vm: &mut Vm) -> i64 {
    vm.saves.len() as i64
}

/// Puts back what was saved since.
pub fn local_restore(vm: &mut Vm, mark: i64) {
    vm.restore_saves(mark.max(0) as usize);
}

/// `local $x`: a new undefined scalar.
pub fn local_scalar(vm: &mut Vm, glob: GlobRef) {
    let fresh = cell::new(UNDEF);
    local_alias_owned(vm, glob, fresh);
}

/// Binds the name to a cell.
pub fn local_alias(vm: &mut Vm, glob: GlobRef, cell: CellRef) {
    local_alias_owned(vm, glob, cell.retained());
}

fn local_alias_owned(vm: &mut Vm, mut glob: GlobRef, cell: CellRef) {
    let old = core::mem::replace(&mut glob.scalar, cell.0);
    vm.saves.push(Save::Scalar(glob, Ptr(old)));
}

/// `local @x`
pub fn local_array(vm: &mut Vm, mut glob: GlobRef) {
    let old = core::mem::replace(&mut glob.array, array::new().0);
    vm.saves.push(Save::Array(glob, Ptr(old)));
}

/// `local %x`
pub fn local_hash(vm: &mut Vm, mut glob: GlobRef) {
    let old = core::mem::replace(&mut glob.hash, hash::new().0);
    vm.saves.push(Save::Hash(glob, Ptr(old)));
}

/// `local *f = sub`: the function stays until it is replaced.
pub fn local_code(vm: &mut Vm, glob: GlobRef) {
    if !glob.code.is_null() {
        let _kept = Ptr(glob.code).retained();
    }
    vm.saves.push(Save::Code(glob, Ptr(glob.code)));
}

/// `local $a[i]`
pub fn local_arr_elem(vm: &mut Vm, array: Array, index: i64) -> Result<(), Thrown> {
    let at = match array::place(&array, index) {
        Some(at) => at as i64,
        None if index < 0 => return Err(crate::containers::no_such_element(vm, index)),
        None => index,
    };
    let old = array::exists(&array, at).then(|| array::get(&array, at));
    vm.saves.push(Save::Element(array.retained(), at, old));
    Ok(())
}

/// `local $h{k}`
pub fn local_hash_elem(vm: &mut Vm, table: Table, key: Val) -> Result<(), Thrown> {
    let (normal, text) = vm.key(key)?;
    let old = hash::lookup(table, normal).map(|slot| cell::load(*slot));
    let kept = match text {
        Some(text) => text.into_val(),
        None => Text(normal.retained()).into_val(),
    };
    vm.saves.push(Save::Entry(table.retained(), kept, old));
    Ok(())
}

/// `local` of a special variable.
pub fn local_special(vm: &mut Vm, number: i64) {
    if let Ok(value) = crate::special::special_get(vm, number) {
        vm.saves.push(Save::Special(number, value));
        // `local $/;` leaves it undefined; what cannot be undefined keeps its value.
        if vm.compat && crate::special::may_be_undefined(number) {
            let _ = crate::special::special_set(vm, number, UNDEF);
        }
    }
}
