//! Places: reading, assigning, changing, localising.
//!
//! Long because every kind of place is read, assigned, changed and put aside here, side by side.

use s_abi::warning;
use s_ir::{Cond, Op as Ir, Rt, Ty, Value};
use s_sema::hir::{
    Array, BinaryOp, Expr, ExprKind, Hash, LocalId, LogicOp, MagicPlace, Pos, Target, VarKind,
};

use crate::binary::comparison;
use crate::expr::special_number;
use crate::function::{Context, Lower, Var};
use crate::member::{Member, is_member};
use crate::op::operator_number;
use crate::warning::CONCATENATION;

impl<'a> Lower<'a> {
    // Arrays and hashes

    /// The array of a local.
    pub(crate) fn local_array(&mut self, id: LocalId) -> Value {
        match self.var(id) {
            Var::Arr(variable) => self.builder.read(variable),
            _ => self.rt(Rt::arr_new, &[]),
        }
    }

    /// The hash of a local.
    pub(crate) fn local_hash(&mut self, id: LocalId) -> Value {
        match self.var(id) {
            Var::Hash(variable) => self.builder.read(variable),
            _ => self.rt(Rt::hash_new, &[]),
        }
    }

    /// An array to look at as a whole.
    pub(crate) fn array_value(&mut self, array: &'a Array) -> Value {
        match array {
            Array::Local(id) => self.local_array(*id),
            Array::Global(id) => {
                let glob = self.glob(*id);
                if self.is_parents(array) {
                    self.rt_void(Rt::isa_lent, &[glob]);
                }
                self.slot_of(glob, Ty::Arr)
            }
            Array::Deref(inner) => {
                let reference = self.scalar(inner);
                self.rt(Rt::deref_arr, &[reference])
            }
        }
    }

    /// An array whose elements are read as a list, or counted: under `use strict` there must be one.
    pub(crate) fn array_read(&mut self, array: &'a Array) -> Value {
        let value = self.array_value(array);
        if matches!(array, Array::Deref(_)) && !self.lends {
            self.dereferences_here(warning::UNDEFINED);
        }
        value
    }

    /// The same of a hash.
    pub(crate) fn hash_read(&mut self, hash: &'a Hash) -> Value {
        let value = self.hash_value(hash);
        if matches!(hash, Hash::Deref(_)) && !self.lends {
            self.dereferences_here(warning::UNDEFINED);
        }
        value
    }

    /// Whether it is `@ISA` of a package.
    fn is_parents(&self, array: &Array) -> bool {
        matches!(array, Array::Global(id) if self.program.globals[id.index()].name.ends_with("::ISA"))
    }

    /// An array to store into, by an operation behind which [`Lower::stored_into`] stands: nobody keeps it.
    pub(crate) fn array_to_store(&mut self, array: &'a Array) -> Value {
        match array {
            Array::Global(id) if self.is_parents(array) => {
                let glob = self.glob(*id);
                self.slot_of(glob, Ty::Arr)
            }
            _ => self.array_place(array),
        }
    }

    /// See [`Lower::array_to_store`].
    pub(crate) fn stored_into(&mut self, array: &Array) {
        if self.is_parents(array) {
            self.rt_void(Rt::isa_changed, &[]);
        }
    }

    /// A hash to look at as a whole.
    pub(crate) fn hash_value(&mut self, hash: &'a Hash) -> Value {
        match hash {
            Hash::Local(id) => self.local_hash(*id),
            Hash::Global(id) => {
                let glob = self.glob(*id);
                self.slot_of(glob, Ty::Hash)
            }
            Hash::Deref(inner) => {
                let reference = self.scalar(inner);
                self.rt(Rt::deref_hash, &[reference])
            }
        }
    }

    /// An array to change: what holds no reference yet is made to.
    pub(crate) fn array_place(&mut self, array: &'a Array) -> Value {
        let Array::Deref(inner) = array else { return self.array_value(array) };
        match &inner.kind {
            ExprKind::Index(outer, index) => {
                let outer = self.array_place(outer);
                let index = self.int(index);
                self.rt(Rt::arr_get_arr, &[outer, index])
            }
            ExprKind::Key(outer, key) => {
                let outer = self.hash_place(outer);
                let key = self.scalar(key);
                self.rt(Rt::hash_get_arr, &[outer, key])
            }
            ExprKind::Local(id) if matches!(self.var(*id), Var::Value(_)) => {
                let old = self.read_local(*id);
                let new = self.rt(Rt::viv_arr, &[old]);
                self.write_local(*id, new);
                self.rt(Rt::deref_arr, &[new])
            }
            _ if self.has_cell(inner) => {
                let cell = self.cell_of(inner, true);
                self.rt(Rt::cell_arr, &[cell])
            }
            _ => {
                let reference = self.scalar(inner);
                self.rt(Rt::deref_arr, &[reference])
            }
        }
    }

    /// A hash to change: what holds no reference yet is made to.
    pub(crate) fn hash_place(&mut self, hash: &'a Hash) -> Value {
        let Hash::Deref(inner) = hash else { return self.hash_value(hash) };
        match &inner.kind {
            ExprKind::Index(outer, index) => {
                let outer = self.array_place(outer);
                let index = self.int(index);
                self.rt(Rt::arr_get_hash, &[outer, index])
            }
            ExprKind::Key(outer, key) => {
                let outer = self.hash_place(outer);
                let key = self.scalar(key);
                self.rt(Rt::hash_get_hash, &[outer, key])
            }
            ExprKind::Local(id) if matches!(self.var(*id), Var::Value(_)) => {
                let old = self.read_local(*id);
                let new = self.rt(Rt::viv_hash, &[old]);
                self.write_local(*id, new);
                self.rt(Rt::deref_hash, &[new])
            }
            _ if self.has_cell(inner) => {
                let cell = self.cell_of(inner, true);
                self.rt(Rt::cell_hash, &[cell])
            }
            _ => {
                let reference = self.scalar(inner);
                self.rt(Rt::deref_hash, &[reference])
            }
        }
    }

    /// The array whose element is read. Levels between come into being, as the language says; the
    /// variable at the root does not when it is a plain register, which nobody could tell.
    pub(crate) fn array_element_base(&mut self, array: &'a Array) -> Value {
        match array {
            Array::Deref(inner) if matches!(inner.kind, ExprKind::Index(..) | ExprKind::Key(..)) => {
                self.array_place(array)
            }
            _ => self.array_value(array),
        }
    }

    /// The hash whose element is read; see [`Lower::array_element_base`].
    pub(crate) fn hash_element_base(&mut self, hash: &'a Hash) -> Value {
        match hash {
            Hash::Deref(inner) if matches!(inner.kind, ExprKind::Index(..) | ExprKind::Key(..)) => {
                self.hash_place(hash)
            }
            _ => self.hash_value(hash),
        }
    }

    // Cells

    /// Whether a place is or can become a cell that others can share.
    pub(crate) fn has_cell(&mut self, place: &Expr) -> bool {
        match &place.kind {
            ExprKind::Local(id) => matches!(self.var(*id), Var::Cell(_) | Var::Element { .. }),
            ExprKind::Global(_) | ExprKind::Index(..) | ExprKind::Key(..) | ExprKind::DerefScalar(_) => true,
            ExprKind::Declare(ids) => ids.len() == 1 && matches!(self.var(ids[0]), Var::Cell(_)),
            ExprKind::Special(name) => special_number(name).is_none(),
            ExprKind::Assign(place, _) | ExprKind::Localize(place) => {
                self.is_scalar_place(place) && self.has_cell(place)
            }
            ExprKind::Step { target, prefix: true, .. } => self.has_cell(target),
            ExprKind::AssignOp(_, place, _) => self.has_cell(place),
            ExprKind::List(items) if items.len() == 1 => self.has_cell(&items[0]),
            _ => false,
        }
    }

    /// The cell of a place; what is none gets one of its own.
    pub(crate) fn cell_of(&mut self, place: &'a Expr, declare: bool) -> Value {
        match &place.kind {
            ExprKind::Local(id) => match self.var(*id) {
                Var::Cell(variable) => self.builder.read(variable),
                Var::Element { array, index } => {
                    let (array, index) = (self.builder.read(array), self.builder.read(index));
                    self.rt(Rt::arr_cell, &[array, index])
                }
                _ => {
                    let value = self.read_local(*id);
                    self.rt(Rt::cell_new, &[value])
                }
            },
            ExprKind::Declare(ids) if ids.len() == 1 => {
                if declare {
                    self.declare(ids[0]);
                }
                match self.var(ids[0]) {
                    Var::Cell(variable) => self.builder.read(variable),
                    _ => {
                        let value = self.read_local(ids[0]);
                        self.rt(Rt::cell_new, &[value])
                    }
                }
            }
            ExprKind::Global(id) => {
                let glob = self.glob(*id);
                self.slot_of(glob, Ty::Cell)
            }
            ExprKind::Special(name) if special_number(name).is_none() => {
                let glob = self.glob_named(&format!("main::{name}"));
                self.slot_of(glob, Ty::Cell)
            }
            ExprKind::Index(array, index) => {
                let array = self.array_place(array);
                let index = self.int(index);
                self.rt(Rt::arr_cell, &[array, index])
            }
            ExprKind::Key(hash, key) => {
                let hash = self.hash_place(hash);
                let key = self.scalar(key);
                self.rt(Rt::hash_cell, &[hash, key])
            }
            ExprKind::DerefScalar(inner) => self.scalar_target(inner),
            ExprKind::Assign(inner, _) | ExprKind::Localize(inner) if self.is_scalar_place(inner) => {
                self.void(place);
                match &inner.kind {
                    ExprKind::Declare(_) => self.cell_of(inner, false),
                    ExprKind::Localize(inner) => self.cell_of(inner, false),
                    _ => self.cell_of(inner, false),
                }
            }
            ExprKind::Step { target, .. } => {
                self.void(place);
                self.cell_of(target, false)
            }
            ExprKind::AssignOp(_, target, _) => {
                self.void(place);
                self.cell_of(target, false)
            }
            ExprKind::List(items) if items.len() == 1 => self.cell_of(&items[0], declare),
            _ => {
                let value = self.scalar(place);
                self.rt(Rt::cell_new, &[value])
            }
        }
    }

    /// The cell that a scalar reference refers to, made when there is none.
    fn scalar_target(&mut self, inner: &'a Expr) -> Value {
        if self.has_cell(inner) {
            let outer = self.cell_of(inner, true);
            let old = self.rt(Rt::cell_get, &[outer]);
            let new = self.rt(Rt::viv_scalar, &[old]);
            self.rt_void(Rt::cell_set, &[outer, new]);
            return self.rt(Rt::deref_cell, &[new]);
        }
        if let ExprKind::Local(id) = &inner.kind {
            let old = self.read_local(*id);
            let new = self.rt(Rt::viv_scalar, &[old]);
            self.write_local(*id, new);
            return self.rt(Rt::deref_cell, &[new]);
        }
        let reference = self.scalar(inner);
        self.rt(Rt::deref_cell, &[reference])
    }

    /// The address of the value in a place that has a cell or is an element.
    pub(crate) fn slot(&mut self, place: &'a Expr) -> Value {
        let cell = self.cell_of(place, true);
        self.builder.emit(Ir::CellSlot, vec![cell], Ty::Slot)
    }

    // Assignment

    /// `PLACE = VALUE`. The value of the place afterwards when it is wanted.
    pub(crate) fn assign(&mut self, place: &'a Expr, value: &'a Expr, wanted: bool) -> Option<Value> {
        if let Some(rest) = self.appended(place, value) {
            let text = match rest {
                [one] => self.scalar(one),
                parts => self.concat(value.pos, parts),
            };
            let operands: Vec<&Expr> = match rest {
                [one] => vec![place, one],
                _ => vec![place],
            };
            return Some(self.append(place, text, |lower| {
                lower.warns_as(value.pos, warning::TEXTS, CONCATENATION, &operands);
            }));
        }
        match &place.kind {
            ExprKind::Array(array) => {
                self.assign_array(array, value);
                return wanted.then(|| self.scalar(place));
            }
            ExprKind::Hash(hash) => {
                self.assign_hash(hash, value);
                return wanted.then(|| self.scalar(place));
            }
            _ if one_local(place)
                .is_some_and(|id| self.function.locals[id.index()].kind != VarKind::Scalar) =>
            {
                let id = one_local(place).expect("tested");
                self.assign_aggregate(id, value, matches!(place.kind, ExprKind::Declare(_)));
                return wanted.then(|| self.read_local(id));
            }
            ExprKind::Localize(inner) if !self.is_scalar_place(inner) => {
                // The value is seen before the name is put aside.
                let mark = self.list_from(value);
                self.localize(inner);
                self.assign_marked(inner, mark);
                return wanted.then(|| self.scalar(inner));
            }
            ExprKind::ArraySlice(..) | ExprKind::HashSlice(..) => {
                let mark = self.list_from(value);
                self.assign_slice(place, mark, None);
                self.rt_void(Rt::list_drop, &[mark]);
                return wanted.then(|| self.scalar(place));
            }
            ExprKind::Ternary(condition, yes, no) if !self.is_scalar_place(place) => {
                let (first, second) = (self.builder.block(), self.builder.block());
                self.branch_on(condition, first, second);
                return self.join(
                    if wanted { Context::Scalar } else { Context::Void },
                    vec![
                        (first, Box::new(move |lower: &mut Lower<'a>| lower.assign(yes, value, wanted))),
                        (second, Box::new(move |lower: &mut Lower<'a>| lower.assign(no, value, wanted))),
                    ],
                );
            }
            _ => {}
        }
        // What is replaced ends when its successor is there, which a destructor shows.
        let before = match &place.kind {
            ExprKind::Local(id) if self.program.facts.timely_drops => self.value_before(*id),
            _ => None,
        };
        let value = self.scalar(value);
        if self.builder.is_filled() {
            return None;
        }
        if let Some(before) = before {
            self.builder.emit_void(Ir::Keep, vec![before]);
        }
        self.store(place, value);
        if !wanted {
            return None;
        }
        // Reading the place again would evaluate its parts twice; only special places change what is
        // stored.
        match &place.kind {
            ExprKind::Magic(..) | ExprKind::LastIndex(_) | ExprKind::Special(_) => Some(value),
            _ => match one_local(place) {
                Some(id) => Some(self.read_local(id)),
                None => Some(value),
            },
        }
    }

    /// The value of a local that is kept as such.
    fn value_before(&mut self, id: LocalId) -> Option<Value> {
        match self.var(id) {
            Var::Value(variable) => Some(self.builder.read(variable)),
            _ => None,
        }
    }

    /// Stores a value, which is consumed, in a scalar place.
    pub(crate) fn store(&mut self, place: &'a Expr, value: Value) {
        match &place.kind {
            ExprKind::Local(id) => self.write_local(*id, value),
            ExprKind::Declare(ids) => {
                if let Some(id) = ids.first() {
                    self.declare_scalar(*id, value);
                }
            }
            ExprKind::Global(id) => {
                let glob = self.glob(*id);
                let cell = self.slot_of(glob, Ty::Cell);
                self.rt_void(Rt::cell_set, &[cell, value]);
            }
            ExprKind::Index(array, index) => {
                let array = self.array_place(array);
                let index = self.int(index);
                self.rt_void(Rt::arr_set, &[array, index, value]);
            }
            ExprKind::Key(hash, key) => {
                let hash = self.hash_place(hash);
                let name = self.scalar(key);
                self.rt_void(Rt::hash_set, &[hash, name, value]);
                self.warns_as_key(key);
            }
            ExprKind::DerefScalar(inner) => {
                let cell = self.scalar_target(inner);
                self.rt_void(Rt::cell_set, &[cell, value]);
            }
            ExprKind::LastIndex(array) => {
                let array = self.array_place(array);
                let last = self.rt(Rt::to_int, &[value]);
                let one = self.builder.int(1);
                let length = self.builder.emit(Ir::IAdd, vec![last, one], Ty::Int);
                self.rt_void(Rt::arr_set_len, &[array, length]);
            }
            ExprKind::Magic(what, args) => self.store_magic(*what, args, value),
            ExprKind::Special(name) => match special_number(name) {
                Some(number) => {
                    let number = self.builder.int(number);
                    self.rt_void(Rt::special_set, &[number, value]);
                }
                None => {
                    let glob = self.glob_named(&format!("main::{name}"));
                    let cell = self.slot_of(glob, Ty::Cell);
                    self.rt_void(Rt::cell_set, &[cell, value]);
                }
            },
            ExprKind::Glob(name) => {
                let glob = self.glob_named(name);
                self.rt_void(Rt::glob_assign, &[glob, value]);
            }
            ExprKind::DerefGlob(name, package) => {
                let glob = self.computed_glob(name, package);
                self.rt_void(Rt::glob_assign_to, &[glob, value]);
            }
            ExprKind::Localize(inner) => {
                self.localize(inner);
                self.store(inner, value);
            }
            ExprKind::Ternary(condition, yes, no) => {
                let (first, second) = (self.builder.block(), self.builder.block());
                self.branch_on(condition, first, second);
                self.join(
                    Context::Void,
                    vec![
                        (
                            first,
                            Box::new(move |lower: &mut Lower<'a>| {
                                lower.store(yes, value);
                                None
                            }),
                        ),
                        (
                            second,
                            Box::new(move |lower: &mut Lower<'a>| {
                                lower.store(no, value);
                                None
                            }),
                        ),
                    ],
                );
            }
            ExprKind::Capture(_) if self.program.compat => {
                let text = self.text("Modification of a read-only value attempted");
                self.rt(Rt::die_text, &[text]);
            }
            ExprKind::And(..) | ExprKind::Or(..) | ExprKind::DefinedOr(..) => self.void(place),
            ExprKind::List(items) => {
                if let Some((first, _)) = items.split_first() {
                    self.store(first, value);
                }
            }
            ExprKind::Assign(inner, _) | ExprKind::AssignOp(_, inner, _) => {
                self.void(place);
                self.store(inner, value);
            }
            ExprKind::Call(call) if is_member(call) => {
                let member = self.open_member(call);
                self.write_member(&member, value);
            }
            ExprKind::Do(_) | ExprKind::Call(_) => {
                // An lvalue function: its result is a copy here, and the assignment is lost on it.
                self.void(place);
            }
            _ => self.void(place),
        }
    }

    fn store_magic(&mut self, what: MagicPlace, args: &'a [Expr], value: Value) {
        match (what, args) {
            (MagicPlace::Substr, [text, rest @ ..]) => {
                let slot = self.slot(text);
                let mark = self.begin_list();
                for index in 0..2 {
                    let part = match rest.get(index) {
                        Some(part) => self.scalar(part),
                        None => self.builder.undef(),
                    };
                    self.rt_void(Rt::list_push, &[part]);
                }
                self.rt_void(Rt::list_push, &[value]);
                self.end_list();
                self.rt(Rt::substr_set, &[slot, mark]);
            }
            (MagicPlace::Pos, [place]) => {
                let cell = self.cell_of(place, true);
                self.rt_void(Rt::pos_set, &[cell, value]);
            }
            (MagicPlace::Vec, [text, rest @ ..]) => {
                let slot = self.slot(text);
                let mark = self.begin_list();
                for part in rest {
                    let part = self.scalar(part);
                    self.rt_void(Rt::list_push, &[part]);
                }
                self.rt_void(Rt::list_push, &[value]);
                self.end_list();
                self.rt_void(Rt::vec_set, &[slot, mark]);
            }
            _ => {}
        }
    }

    /// A reference to a place behind a builtin: `\substr` and its kin.
    pub(crate) fn part_reference(&mut self, what: MagicPlace, args: &'a [Expr]) -> Value {
        let (which, [text, rest @ ..]) = (
            match what {
                MagicPlace::Substr => 0,
                MagicPlace::Vec => 1,
                _ => 2,
            },
            args,
        ) else {
            return self.builder.undef();
        };
        let cell = self.cell_of(text, true);
        let mark = self.begin_list();
        for part in rest {
            let part = self.scalar(part);
            self.rt_void(Rt::list_push, &[part]);
        }
        self.end_list();
        let which = self.builder.int(which);
        self.rt(Rt::part_ref, &[which, cell, mark])
    }

    /// A reference to a value that is no place; in plain Perl a constant cannot be changed through it.
    pub(crate) fn value_reference(&mut self, value: &'a Expr) -> Value {
        let fixed = self.program.compat && value.is_literal();
        let value = self.scalar(value);
        self.rt(if fixed { Rt::constant_ref } else { Rt::scalar_ref }, &[value])
    }

    fn assign_array(&mut self, array: &'a Array, value: &'a Expr) {
        if let Array::Local(id) = array {
            return self.assign_aggregate(*id, value, false);
        }
        let mark = self.list_from(value);
        let place = self.array_to_store(array);
        self.rt_void(Rt::arr_assign_list, &[place, mark]);
        self.stored_into(array);
    }

    fn assign_hash(&mut self, hash: &'a Hash, value: &'a Expr) {
        if let Hash::Local(id) = hash {
            return self.assign_aggregate(*id, value, false);
        }
        let mark = self.list_from(value);
        let hash = self.hash_place(hash);
        self.rt(Rt::hash_assign_list, &[hash, mark]);
    }

    /// `my @a = LIST`, `@a = LIST`, and the same of hashes.
    fn assign_aggregate(&mut self, id: LocalId, value: &'a Expr, declare: bool) {
        let is_hash = self.function.locals[id.index()].kind == VarKind::Hash;
        if declare
            && !is_hash
            && let Some(array) = self.collected(value)
        {
            self.set_aggregate(id, array);
            return;
        }
        let mark = self.list_from(value);
        if declare {
            let aggregate = self.rt(if is_hash { Rt::hash_from_list } else { Rt::arr_from_list }, &[mark]);
            self.set_aggregate(id, aggregate);
        } else if is_hash {
            let hash = self.local_hash(id);
            self.rt(Rt::hash_assign_list, &[hash, mark]);
        } else {
            let array = self.local_array(id);
            self.rt_void(Rt::arr_assign_list, &[array, mark]);
        }
    }

    /// An array or hash place takes a list that is on the value stack.
    fn assign_marked(&mut self, place: &'a Expr, mark: Value) {
        match &place.kind {
            ExprKind::Array(array) => {
                let array = self.array_place(array);
                self.rt_void(Rt::arr_assign_list, &[array, mark]);
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_place(hash);
                self.rt(Rt::hash_assign_list, &[hash, mark]);
            }
            ExprKind::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.assign_from(item, mark, index);
                }
                self.rt_void(Rt::list_drop, &[mark]);
            }
            _ => {
                let last = self.rt(Rt::list_last, &[mark]);
                self.store(place, last);
            }
        }
    }

    /// One place takes the nth element of a list, or the rest from there.
    fn assign_from(&mut self, place: &'a Expr, mark: Value, index: usize) {
        let index = self.builder.int(i64::try_from(index).expect("short lists"));
        match &place.kind {
            ExprKind::Array(array) => {
                let rest = self.rt(Rt::arr_from_list_at, &[mark, index]);
                let array = self.array_place(array);
                self.rt_void(Rt::arr_assign_arr, &[array, rest]);
            }
            ExprKind::Hash(hash) => {
                let rest = self.rt(Rt::hash_from_list_at, &[mark, index]);
                let hash = self.hash_place(hash);
                self.rt_void(Rt::hash_assign_hash, &[hash, rest]);
            }
            _ => {
                let value = self.rt(Rt::list_get, &[mark, index]);
                self.store(place, value);
            }
        }
    }

    /// In list context an assignment gives its places.
    pub(crate) fn assign_in_list(&mut self, place: &'a Expr, value: &'a Expr) {
        self.assign(place, value, false);
        if self.builder.is_filled() {
            return;
        }
        match &place.kind {
            ExprKind::Declare(ids) => {
                for id in ids {
                    match self.function.locals[id.index()].kind {
                        VarKind::Array => {
                            let array = self.local_array(*id);
                            self.rt_void(Rt::list_push_arr, &[array]);
                        }
                        VarKind::Hash => {
                            let hash = self.local_hash(*id);
                            self.rt_void(Rt::list_push_hash, &[hash]);
                        }
                        _ => {
                            let value = self.read_local(*id);
                            self.rt_void(Rt::list_push, &[value]);
                        }
                    }
                }
            }
            ExprKind::Localize(inner) => self.list(inner),
            _ => self.list(place),
        }
    }

    /// `(TARGETS) = LIST`; the number of elements on the right when it is wanted.
    pub(crate) fn assign_list(&mut self, targets: &'a [Target], value: &'a Expr, wanted: bool) -> Value {
        if let Some(count) = self.assign_each(targets, value) {
            return count;
        }
        let mark = self.list_from(value);
        let count = if wanted {
            let length = self.rt(Rt::list_len, &[mark]);
            Some(self.box_int(length))
        } else {
            None
        };
        let mut at = 0;
        let mut offset: Option<Value> = None;
        for target in targets {
            let base = self.builder.int(at);
            let index = match offset {
                Some(offset) => self.builder.emit(Ir::IAdd, vec![base, offset], Ty::Int),
                None => base,
            };
            match target {
                Target::Skip => at += 1,
                Target::Place(Expr { kind: ExprKind::Localize(inner), .. })
                    if !self.is_scalar_place(inner) =>
                {
                    self.localize(inner);
                    match &inner.kind {
                        ExprKind::Array(array) => self.take_rest(array, mark, index),
                        ExprKind::Hash(hash) => self.take_rest_as_hash(hash, mark, index),
                        _ => {}
                    }
                    at = i64::MAX / 2;
                }
                Target::Place(place) => {
                    at += 1;
                    let value = self.rt(Rt::list_get, &[mark, index]);
                    self.store(place, value);
                }
                Target::Array(array) => {
                    self.take_rest(array, mark, index);
                    at = i64::MAX / 2;
                }
                Target::Hash(hash) => {
                    self.take_rest_as_hash(hash, mark, index);
                    at = i64::MAX / 2;
                }
                Target::Slice(slice) => {
                    let taken = self.assign_slice(slice, mark, Some(index));
                    offset = Some(match offset {
                        Some(offset) => self.builder.emit(Ir::IAdd, vec![offset, taken], Ty::Int),
                        None => taken,
                    });
                }
            }
        }
        self.rt_void(Rt::list_drop, &[mark]);
        count.unwrap_or_else(|| self.builder.undef())
    }

    /// Assigns the list from an element on to an array.
    fn take_rest(&mut self, array: &'a Array, mark: Value, index: Value) {
        let rest = self.rt(Rt::arr_from_list_at, &[mark, index]);
        let array = self.array_place(array);
        self.rt_void(Rt::arr_assign_arr, &[array, rest]);
    }

    /// Assigns the list from an element on to a hash.
    fn take_rest_as_hash(&mut self, hash: &'a Hash, mark: Value, index: Value) {
        let rest = self.rt(Rt::hash_from_list_at, &[mark, index]);
        let hash = self.hash_place(hash);
        self.rt_void(Rt::hash_assign_hash, &[hash, rest]);
    }

    /// `($a, $b) = (X, Y)` of variables and single values: without a list. The number of elements.
    fn assign_each(&mut self, targets: &'a [Target], value: &'a Expr) -> Option<Value> {
        let ExprKind::List(items) = &value.kind else { return None };
        let plain = targets.iter().all(|target| match target {
            Target::Skip => true,
            Target::Place(place) => {
                one_local(place).is_some_and(|id| self.function.locals[id.index()].kind == VarKind::Scalar)
            }
            _ => false,
        });
        if !plain || !items.iter().all(|item| self.is_single(item)) {
            return None;
        }
        let values: Vec<Value> = items.iter().map(|item| self.scalar(item)).collect();
        for (index, target) in targets.iter().enumerate() {
            if let Target::Place(place) = target {
                let value = match values.get(index) {
                    Some(value) => *value,
                    None => self.builder.undef(),
                };
                self.store(place, value);
            }
        }
        Some(self.builder.int_val(i64::try_from(items.len()).expect("short lists")))
    }

    /// Pushes what a target of a list assignment holds now.
    pub(crate) fn push_target(&mut self, target: &'a Target) {
        match target {
            Target::Skip => {}
            Target::Place(place) => match &place.kind {
                ExprKind::Declare(ids) => {
                    for id in ids {
                        let value = self.read_local(*id);
                        self.rt_void(Rt::list_push, &[value]);
                    }
                }
                ExprKind::Localize(inner) => self.list(inner),
                _ => self.list(place),
            },
            Target::Slice(place) => self.list(place),
            Target::Array(array) => {
                let array = self.array_value(array);
                self.rt_void(Rt::list_push_arr, &[array]);
            }
            Target::Hash(hash) => {
                let hash = self.hash_value(hash);
                self.rt_void(Rt::list_push_hash, &[hash]);
            }
        }
    }

    /// The places of a slice take elements of a list, from an index; how many places there are.
    fn assign_slice(&mut self, slice: &'a Expr, from: Value, start: Option<Value>) -> Value {
        // The references stand above the values, so the end of these has to be known.
        let available = self.rt(Rt::list_len, &[from]);
        let references = self.begin_list();
        self.push_slice_references(slice);
        self.end_list();
        let count = self.rt(Rt::list_len, &[references]);
        let at = self.builder.variable(Ty::Int);
        let zero = self.builder.int(0);
        self.builder.write(at, zero);
        let start = start.unwrap_or(zero);
        let exit = self.builder.block();
        self.builder.enter_loop();
        let body = self.builder.block();
        let test = self.builder.icmp(Cond::Lt, zero, count);
        self.builder.branch(test, body, exit);
        self.builder.switch_to(body);
        let now = self.builder.read(at);
        let reference = self.rt(Rt::list_get, &[references, now]);
        let cell = self.rt(Rt::deref_cell, &[reference]);
        let index = self.builder.emit(Ir::IAdd, vec![start, now], Ty::Int);
        let there = self.builder.icmp(Cond::Lt, index, available);
        let (present, absent) = (self.builder.block(), self.builder.block());
        self.builder.branch(there, present, absent);
        let value = self
            .join(
                Context::Scalar,
                vec![
                    (
                        present,
                        Box::new(move |lower: &mut Lower<'a>| Some(lower.rt(Rt::list_get, &[from, index]))),
                    ),
                    (absent, Box::new(|lower: &mut Lower<'a>| Some(lower.builder.undef()))),
                ],
            )
            .unwrap_or_else(|| self.builder.undef());
        self.rt_void(Rt::cell_set, &[cell, value]);
        let one = self.builder.int(1);
        let next = self.builder.emit(Ir::IAdd, vec![now, one], Ty::Int);
        self.builder.write(at, next);
        let test = self.builder.icmp(Cond::Lt, next, count);
        self.builder.branch(test, body, exit);
        self.builder.seal(body);
        self.builder.leave_loop();
        self.builder.switch_sealed(exit);
        self.rt_void(Rt::list_drop, &[references]);
        count
    }

    /// Pushes a reference to each place of a slice.
    pub(crate) fn push_slice_references(&mut self, slice: &'a Expr) {
        match &slice.kind {
            ExprKind::ArraySlice(array, index) => {
                let array = self.array_place(array);
                let mark = self.list_from(index);
                self.rt_void(Rt::arr_slice_cells, &[array, mark]);
            }
            ExprKind::HashSlice(hash, index) => {
                let hash = self.hash_place(hash);
                let mark = self.list_from(index);
                self.rt_void(Rt::hash_slice_cells, &[hash, mark]);
            }
            ExprKind::Localize(inner) => {
                self.localize(inner);
                self.push_slice_references(inner);
            }
            _ => self.list_of_references(slice),
        }
    }

    // Changing in place

    /// `PLACE op= VALUE`; the new value.
    pub(crate) fn assign_op(&mut self, pos: Pos, op: BinaryOp, place: &'a Expr, value: &'a Expr) -> Value {
        match &place.kind {
            ExprKind::Array(array) if op == BinaryOp::Repeat => {
                let mark = self.begin_list();
                let array = self.array_place(array);
                self.rt_void(Rt::list_push_arr, &[array]);
                self.end_list();
                let count = self.scalar(value);
                self.rt_void(Rt::list_repeat, &[mark, count]);
                self.rt_void(Rt::arr_assign_list, &[array, mark]);
                let length = self.rt(Rt::arr_len, &[array]);
                return self.box_int(length);
            }
            ExprKind::ArraySlice(..) | ExprKind::HashSlice(..) => {
                // The operator applies to the last place.
                let value = self.scalar(value);
                let mark = self.begin_list();
                self.push_slice_references(place);
                self.end_list();
                let reference = self.rt(Rt::list_last, &[mark]);
                let cell = self.rt(Rt::deref_cell, &[reference]);
                let old = self.rt(Rt::cell_get, &[cell]);
                let new = self.arithmetic(op, old, value);
                self.rt_void(Rt::cell_set, &[cell, new]);
                return new;
            }
            _ => {}
        }
        let place = match &place.kind {
            ExprKind::Assign(inner, _) | ExprKind::AssignOp(_, inner, _) => {
                self.void(place);
                inner
            }
            _ => place,
        };
        let operand = self.scalar(value);
        if self.builder.is_filled() {
            return self.builder.undef();
        }
        let said = |lower: &mut Self| lower.warns_as_assigning(pos, op, place, value);
        if self.overloads() && comparison(op).is_none() {
            let number = self.builder.int(operator_number(op));
            return self.modify(place, |lower, old| {
                let new = lower.rt(Rt::assign_op, &[number, old, operand]);
                said(lower);
                new
            });
        }
        if op == BinaryOp::Concat {
            return self.append(place, operand, said);
        }
        self.modify(place, |lower, old| lower.operate(op, old, operand, said))
    }

    /// Whether operators, or reading a place, may run code of the program, which may change any place.
    fn runs_code(&self) -> bool {
        self.program.facts.overloads || self.program.facts.ties
    }

    /// `.=` with the value at hand.
    fn append(&mut self, place: &'a Expr, value: Value, said: impl FnOnce(&mut Self)) -> Value {
        if !self.runs_code()
            && let Some(slot) = self.slot_for_append(place)
        {
            // The text is taken out, so that nobody else holds it while it grows in place.
            let old = self.rt(Rt::slot_take, &[slot]);
            let new = self.rt(Rt::concat_onto, &[old, value]);
            said(self);
            self.rt_void(Rt::slot_set, &[slot, new]);
            return new;
        }
        self.modify(place, |lower, old| {
            let new = lower.rt(Rt::concat_onto, &[old, value]);
            said(lower);
            new
        })
    }

    /// What `$s = "$s..."` and `$s = $s . X` append to the variable they assign: it would be copied
    /// each time otherwise. Only what cannot change the variable meanwhile.
    fn appended(&self, place: &Expr, value: &'a Expr) -> Option<&'a [Expr]> {
        let is_it = |expr: &Expr| match (&place.kind, &expr.kind) {
            (ExprKind::Local(one), ExprKind::Local(two)) => one == two,
            (ExprKind::Global(one), ExprKind::Global(two)) => one == two,
            _ => false,
        };
        let is_plain = |expr: &Expr| {
            let kind = &expr.kind;
            matches!(kind, ExprKind::Str { .. } | ExprKind::Int(_) | ExprKind::Local(_) | ExprKind::Global(_))
                && !is_it(expr)
        };
        if self.runs_code() {
            return None;
        }
        let rest = match &value.kind {
            ExprKind::Concat(parts) if is_it(parts.first()?) => &parts[1..],
            ExprKind::Binary(BinaryOp::Concat, left, right) if is_it(left) => core::slice::from_ref(&**right),
            _ => return None,
        };
        (!rest.is_empty() && rest.iter().all(is_plain)).then_some(rest)
    }

    /// The slot of a place that is not in a register.
    fn slot_for_append(&mut self, place: &'a Expr) -> Option<Value> {
        match &place.kind {
            ExprKind::Index(array, index) => {
                let array = self.array_place(array);
                let index = self.int(index);
                Some(self.rt(Rt::arr_slot, &[array, index]))
            }
            ExprKind::Key(hash, key) => {
                let hash = self.hash_place(hash);
                let name = self.scalar(key);
                let slot = self.rt(Rt::hash_slot, &[hash, name]);
                self.warns_as_key(key);
                Some(slot)
            }
            ExprKind::Local(id) => match self.var(*id) {
                Var::Cell(variable) => {
                    let cell = self.builder.read(variable);
                    Some(self.builder.emit(Ir::CellSlot, vec![cell], Ty::Slot))
                }
                _ => None,
            },
            ExprKind::Global(_) | ExprKind::DerefScalar(_) => {
                let cell = self.cell_of(place, true);
                Some(self.builder.emit(Ir::CellSlot, vec![cell], Ty::Slot))
            }
            _ => None,
        }
    }

    /// Reads a place, computes its new value, and stores it; the parts of the place are evaluated once.
    /// Returns the new value.
    pub(crate) fn modify(
        &mut self,
        place: &'a Expr,
        change: impl FnOnce(&mut Lower<'a>, Value) -> Value,
    ) -> Value {
        match &place.kind {
            ExprKind::Index(array, index) => {
                let array = self.array_place(array);
                let index = self.int(index);
                let old = self.rt(Rt::arr_get, &[array, index]);
                let new = change(self, old);
                self.rt_void(Rt::arr_set, &[array, index, new]);
                new
            }
            ExprKind::Key(hash, key) => {
                let hash = self.hash_place(hash);
                let name = self.scalar(key);
                if self.runs_code() {
                    let old = self.rt(Rt::hash_get, &[hash, name]);
                    self.warns_as_key(key);
                    let new = change(self, old);
                    self.rt_void(Rt::hash_set, &[hash, name, new]);
                    return new;
                }
                // Nothing that runs in between changes the hash: its slot stays where it is.
                let slot = self.rt(Rt::hash_slot, &[hash, name]);
                self.warns_as_key(key);
                let old = self.rt(Rt::slot_get, &[slot]);
                let new = change(self, old);
                self.rt_void(Rt::slot_set, &[slot, new]);
                self.builder.emit_void(Ir::Keep, vec![hash]);
                new
            }
            ExprKind::Local(id) => {
                if let Var::Cell(variable) = self.var(*id) {
                    let cell = self.builder.read(variable);
                    let old = self.rt(Rt::cell_get, &[cell]);
                    let new = change(self, old);
                    self.rt_void(Rt::cell_set, &[cell, new]);
                    return new;
                }
                let old = self.read_local(*id);
                let new = change(self, old);
                self.write_local(*id, new);
                new
            }
            ExprKind::Global(_) | ExprKind::DerefScalar(_) => {
                let cell = self.cell_of(place, true);
                let old = self.rt(Rt::cell_get, &[cell]);
                let new = change(self, old);
                self.rt_void(Rt::cell_set, &[cell, new]);
                new
            }
            ExprKind::Declare(ids) => {
                for id in ids {
                    self.declare(*id);
                }
                let undef = self.builder.undef();
                let new = change(self, undef);
                if let Some(id) = ids.first() {
                    self.write_local(*id, new);
                }
                new
            }
            ExprKind::Localize(inner) => {
                let old = self.scalar(inner);
                self.localize(inner);
                let new = change(self, old);
                self.store(inner, new);
                new
            }
            ExprKind::Call(call) if is_member(call) => {
                let member = self.open_member(call);
                let old = self.read_member(&member);
                let new = change(self, old);
                self.write_member(&member, new);
                new
            }
            _ => {
                let old = self.scalar(place);
                let new = change(self, old);
                self.store(place, new);
                new
            }
        }
    }

    /// `&&=`, `||=`, `//=`.
    pub(crate) fn assign_logic(&mut self, op: LogicOp, place: &'a Expr, value: &'a Expr) -> Value {
        if !self.is_scalar_place(place) && !matches!(&place.kind, ExprKind::Call(call) if is_member(call)) {
            // `@a ||= LIST`: the test is on the whole.
            let truth = self.condition(place);
            let (keep, more) = (self.builder.block(), self.builder.block());
            if op == LogicOp::And {
                self.builder.branch(truth, more, keep);
            } else {
                self.builder.branch(truth, keep, more);
            }
            return self
                .join(
                    Context::Scalar,
                    vec![
                        (keep, Box::new(move |lower: &mut Lower<'a>| Some(lower.scalar(place)))),
                        (more, Box::new(move |lower: &mut Lower<'a>| lower.assign(place, value, true))),
                    ],
                )
                .unwrap_or_else(|| self.builder.undef());
        }
        // Containers and keys are evaluated once.
        let base = self.open_place(place);
        let old = self.read_open(&base, place);
        let test = match op {
            LogicOp::DefinedOr => self.rt(Rt::is_defined, &[old]),
            _ => self.rt(Rt::to_bool, &[old]),
        };
        let (keep, more) = (self.builder.block(), self.builder.block());
        if op == LogicOp::And {
            self.builder.branch(test, more, keep);
        } else {
            self.builder.branch(test, keep, more);
        }
        self.join(
            Context::Scalar,
            vec![
                (keep, Box::new(move |_: &mut Lower<'a>| Some(old))),
                (
                    more,
                    Box::new(move |lower: &mut Lower<'a>| {
                        let new = lower.scalar(value);
                        if lower.builder.is_filled() {
                            return None;
                        }
                        lower.write_open(&base, place, new);
                        Some(new)
                    }),
                ),
            ],
        )
        .unwrap_or_else(|| self.builder.undef())
    }

    fn open_place(&mut self, place: &'a Expr) -> Open {
        match &place.kind {
            ExprKind::Index(array, index) => {
                let array = self.array_place(array);
                let index = self.int(index);
                Open::Element(array, index)
            }
            ExprKind::Key(hash, key) => {
                let hash = self.hash_place(hash);
                let key = self.scalar(key);
                Open::Entry(hash, key)
            }
            ExprKind::Declare(ids) => {
                for id in ids {
                    self.declare(*id);
                }
                Open::Plain
            }
            ExprKind::Localize(inner) => {
                self.localize(inner);
                Open::Plain
            }
            ExprKind::DerefScalar(_) => {
                let cell = self.cell_of(place, true);
                Open::Cell(cell)
            }
            ExprKind::Call(call) if is_member(call) => Open::Member(self.open_member(call)),
            _ => Open::Plain,
        }
    }

    fn read_open(&mut self, base: &Open, place: &'a Expr) -> Value {
        match base {
            Open::Element(array, index) => self.rt(Rt::arr_get, &[*array, *index]),
            Open::Entry(hash, key) => self.rt(Rt::hash_get, &[*hash, *key]),
            Open::Cell(cell) => self.rt(Rt::cell_get, &[*cell]),
            Open::Member(member) => self.read_member(member),
            Open::Plain => match &place.kind {
                ExprKind::Declare(ids) => self.read_local(ids[0]),
                ExprKind::Localize(inner) => self.scalar(inner),
                _ => self.scalar(place),
            },
        }
    }

    fn write_open(&mut self, base: &Open, place: &'a Expr, value: Value) {
        match base {
            Open::Element(array, index) => self.rt_void(Rt::arr_set, &[*array, *index, value]),
            Open::Entry(hash, key) => self.rt_void(Rt::hash_set, &[*hash, *key, value]),
            Open::Cell(cell) => self.rt_void(Rt::cell_set, &[*cell, value]),
            Open::Member(member) => self.write_member(member, value),
            Open::Plain => match &place.kind {
                ExprKind::Declare(ids) => self.write_local(ids[0], value),
                ExprKind::Localize(inner) => self.store(inner, value),
                _ => self.store(place, value),
            },
        }
    }

    /// `++` and `--`. The value is the new one when `prefix`, else the old as a number.
    pub(crate) fn step(&mut self, target: &'a Expr, up: bool, prefix: bool, wanted: bool) -> Option<Value> {
        let function = if up { Rt::inc } else { Rt::dec };
        let mut before = None;
        let new = self.modify(target, |lower, old| {
            before = Some(old);
            lower.rt(function, &[old])
        });
        if !wanted {
            return None;
        }
        if prefix {
            return Some(new);
        }
        let old = before.unwrap_or(new);
        // What was undefined gives 0; `$s++` on a text gives the text.
        let defined = self.rt(Rt::is_defined, &[old]);
        let (yes, no) = (self.builder.block(), self.builder.block());
        self.builder.branch(defined, yes, no);
        self.join(
            Context::Scalar,
            vec![
                (yes, Box::new(move |_: &mut Lower<'a>| Some(old))),
                (no, Box::new(move |lower: &mut Lower<'a>| Some(lower.builder.int_val(0)))),
            ],
        )
    }

    // `local` and `undef`

    /// Puts a place aside until the enclosing block ends.
    pub(crate) fn localize(&mut self, place: &'a Expr) {
        match &place.kind {
            ExprKind::Global(id) => {
                let glob = self.glob(*id);
                self.rt_void(Rt::local_scalar, &[glob]);
            }
            ExprKind::Array(Array::Global(id)) => {
                let glob = self.glob(*id);
                self.rt_void(Rt::local_array, &[glob]);
            }
            ExprKind::Hash(Hash::Global(id)) => {
                let glob = self.glob(*id);
                self.rt_void(Rt::local_hash, &[glob]);
            }
            ExprKind::Index(array, index) => {
                let array = self.array_place(array);
                let index = self.int(index);
                self.rt_void(Rt::local_arr_elem, &[array, index]);
            }
            ExprKind::Key(hash, key) => {
                let hash = self.hash_place(hash);
                let key = self.scalar(key);
                self.rt_void(Rt::local_hash_elem, &[hash, key]);
            }
            ExprKind::Special(name) => match special_number(name) {
                Some(number) => {
                    let number = self.builder.int(number);
                    self.rt_void(Rt::local_special, &[number]);
                }
                None => {
                    let glob = self.glob_named(&format!("main::{name}"));
                    self.rt_void(Rt::local_scalar, &[glob]);
                }
            },
            ExprKind::Glob(name) => {
                let glob = self.glob_named(name);
                self.rt_void(Rt::local_scalar, &[glob]);
                self.rt_void(Rt::local_array, &[glob]);
                self.rt_void(Rt::local_hash, &[glob]);
                self.rt_void(Rt::local_code, &[glob]);
                self.rt_void(Rt::local_handle, &[glob]);
            }
            ExprKind::List(items) => {
                for item in items {
                    self.localize(item);
                }
            }
            ExprKind::HashSlice(hash, keys) => {
                let hash = self.hash_place(hash);
                let mark = self.list_from(keys);
                self.rt_void(Rt::local_hash_elems, &[hash, mark]);
            }
            ExprKind::ArraySlice(array, indexes) => {
                let array = self.array_place(array);
                let mark = self.list_from(indexes);
                self.rt_void(Rt::local_arr_elems, &[array, mark]);
            }
            ExprKind::Assign(inner, _) => {
                self.localize(inner);
                self.void(place);
            }
            // Lexicals are not localised; sema has said so.
            _ => {}
        }
    }

    /// `undef PLACE`.
    pub(crate) fn undefine(&mut self, place: &'a Expr) {
        match &place.kind {
            ExprKind::Array(array) => {
                let array = self.array_place(array);
                self.rt_void(Rt::arr_clear, &[array]);
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_place(hash);
                self.rt_void(Rt::hash_clear, &[hash]);
            }
            ExprKind::Local(id) if self.function.locals[id.index()].kind == VarKind::Array => {
                let array = self.local_array(*id);
                self.rt_void(Rt::arr_clear, &[array]);
            }
            ExprKind::Local(id) if self.function.locals[id.index()].kind == VarKind::Hash => {
                let hash = self.local_hash(*id);
                self.rt_void(Rt::hash_clear, &[hash]);
            }
            ExprKind::FunctionRef(_) => {
                let code = self.scalar(place);
                self.rt_void(Rt::undef_value, &[code]);
            }
            _ => {
                if let ExprKind::Local(id) = &place.kind
                    && self.program.facts.timely_drops
                    && let Some(before) = self.value_before(*id)
                {
                    self.builder.emit_void(Ir::Keep, vec![before]);
                }
                let undef = self.builder.undef();
                self.store(place, undef);
            }
        }
    }

    /// A reference to whatever an expression names.
    pub(crate) fn computed_glob(&mut self, name: &'a Expr, package: &str) -> Value {
        let name = self.scalar(name);
        let package = self.text(package);
        self.rt(Rt::glob_named, &[name, package])
    }

    /// A reference to a place.
    pub(crate) fn reference_to(&mut self, item: &'a Expr) -> Value {
        match &item.kind {
            ExprKind::Array(array) => {
                let array = self.array_place(array);
                self.rt(Rt::arr_ref, &[array])
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_place(hash);
                self.rt(Rt::hash_ref, &[hash])
            }
            ExprKind::FunctionRef(_) => self.scalar(item),
            _ if self.has_cell(item) => {
                let cell = self.cell_of(item, true);
                self.rt(Rt::cell_ref, &[cell])
            }
            ExprKind::Magic(what, args) => self.part_reference(*what, args),
            _ => self.value_reference(item),
        }
    }
}

/// The variable, when the place is one, declared here or before.
fn one_local(place: &Expr) -> Option<LocalId> {
    match &place.kind {
        ExprKind::Local(id) => Some(*id),
        ExprKind::Declare(ids) if ids.len() == 1 => Some(ids[0]),
        _ => None,
    }
}

/// A place whose parts have been evaluated.
enum Open {
    Element(Value, Value),
    Entry(Value, Value),
    Cell(Value),
    Member(Member),
    /// Reading and writing it again does no harm.
    Plain,
}
