//! Places in code that note what they found: entries of hashes under constant keys, and methods.
//!
//! A key that stood at a position stands there in most other hashes that were filled the same way, and
//! an object that comes to a call is mostly of the class of the one before. Each place has an
//! `s_abi::layout::Site`. It looks there first, and asks the runtime, which notes what it finds, only where
//! something else turns up. A position is a guess that the key at it confirms; what a method means holds
//! until the runtime clears the site.

use std::mem::{offset_of, size_of};

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I16, I32, I64};
use cranelift_codegen::ir::{
    Block as ClifBlock, BlockArg, InstBuilder, StackSlot, StackSlotData, StackSlotKind, Value as Clif,
};
use s_abi::layout::{Hash, HashEntry, Header, ObjectHead, Site, Val, object, site, tag, want};
use s_ir::{Block, Fields, FuncId, Inst, Means, Rt, Value};

use crate::function::{self, Translator, flags, offset};
use crate::symbol::Symbol;

/// Offsets of fields that are touched here.
mod at {
    use super::{Hash, HashEntry, Header, ObjectHead, Site, object, offset, offset_of};
    pub(super) const AUX: i32 = offset(offset_of!(Header, aux));
    pub(super) const CLASS: i32 = offset(offset_of!(Header, class));
    pub(super) const USED: i32 = offset(offset_of!(Hash, used));
    pub(super) const ENTRIES: i32 = offset(offset_of!(Hash, entries));
    pub(super) const KEY: i32 = offset(offset_of!(HashEntry, key));
    pub(super) const VALUE: i32 = offset(offset_of!(HashEntry, value));
    pub(super) const FIELDS: i32 = offset(offset_of!(ObjectHead, fields));
    pub(super) const SHAPE: i32 = offset(offset_of!(ObjectHead, shape));
    pub(super) const FIRST_VALUE: i32 = offset(object::ENTRIES + offset_of!(HashEntry, value));
    pub(super) const SITE_CLASS: i32 = offset(offset_of!(Site, class));
    pub(super) const SITE_KIND: i32 = offset(offset_of!(Site, kind));
    pub(super) const SITE_TARGET: i32 = offset(offset_of!(Site, target));
    /// The lower half, on machines that write it first, as all do that code is made for.
    pub(super) const SITE_POSITION: i32 = SITE_TARGET;
}

impl Translator<'_, '_> {
    /// Whether it works on the entry of a hash under a constant key.
    pub(crate) fn is_of_fixed_key(&self, function: Rt, inst: &Inst) -> bool {
        matches!(function, Rt::hash_get | Rt::hash_set | Rt::hash_slot | Rt::hash_get_arr | Rt::hash_get_hash)
            && self.is_fixed_key(inst.args[1])
    }

    /// Whether a value is a constant text that is its own normal key.
    fn is_fixed_key(&self, key: Value) -> bool {
        self.texts.get(&key).is_some_and(|id| {
            let (bytes, wide) = &self.module.strings[id.index()];
            // What may be a number has another form as a key.
            !wide && bytes.first().is_none_or(|first| !first.is_ascii_digit() && *first != b'-')
        })
    }

    /// The address of a site of its own.
    fn site(&mut self) -> Clif {
        let base = self.address(Symbol::Sites(self.id));
        let at = i64::from(self.sites) * i64::try_from(size_of::<Site>()).expect("a small structure");
        self.sites += 1;
        self.b.ins().iadd_imm_s(base, at)
    }

    /// The address of the value under a key, if that stands where the site says; else goes to `other`. What comes
    /// behind a cold block is cold.
    fn entry_at(&mut self, table: Clif, position: Clif, key: (Clif, Clif), other: ClifBlock) -> Clif {
        let (inside, found) = (self.b.create_block(), self.b.create_block());
        if self.b.current_block().is_some_and(|block| self.b.func.layout.is_cold(block)) {
            self.b.set_cold_block(inside);
            self.b.set_cold_block(found);
        }
        let used = self.b.ins().load(I64, flags(), table, at::USED);
        let is_inside = self.b.ins().icmp(IntCC::UnsignedLessThan, position, used);
        self.b.ins().brif(is_inside, inside, &[], other, &[]);
        self.b.switch_to_block(inside);
        let entries = self.b.ins().load(I64, flags(), table, at::ENTRIES);
        let off = self.b.ins().ishl_imm_u(position, i64::from(size_of::<HashEntry>().trailing_zeros()));
        let entry = self.b.ins().iadd(entries, off);
        let k0 = self.b.ins().load(I64, flags(), entry, at::KEY);
        let k1 = self.b.ins().load(I64, flags(), entry, at::KEY + 8);
        let d0 = self.b.ins().bxor(k0, key.0);
        let d1 = self.b.ins().bxor(k1, key.1);
        let different = self.b.ins().bor(d0, d1);
        self.b.ins().brif(different, other, &[], found, &[]);
        self.b.switch_to_block(found);
        self.b.ins().iadd_imm_s(entry, i64::from(at::VALUE))
    }

    /// `$h{key}` in all forms, of a constant key.
    pub(crate) fn entry_of_key(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let (table, key) = (self.one(inst.args[0]), self.two(inst.args[1]));
        let site = self.site();
        let position = self.b.ins().load(I64, flags(), site, at::SITE_TARGET);
        let slow = self.cold();
        match function {
            Rt::hash_set => self.set_entry(inst, handler, table, key, (site, position), slow),
            Rt::hash_slot => self.slot_of_entry(inst, handler, table, key, (site, position), slow),
            Rt::hash_get => {
                let join = self.join_of(&[I64, I64]);
                let place = self.entry_at(table, position, key, slow);
                self.load_or(place, join, slow);
                self.b.switch_to_block(slow);
                let results = self.runtime(Rt::hash_get_site, &[table, key.0, key.1, site]);
                self.check_value(results[0], inst, handler);
                self.jump(join, &[results[0], results[1]]);
                self.b.switch_to_block(join);
                let params = self.b.block_params(join).to_vec();
                self.result_two(inst, params[0], params[1]);
            }
            _ => {
                // An array or hash that the entry refers to.
                let wanted = if function == Rt::hash_get_arr { tag::AREF } else { tag::HREF };
                let made = if function == Rt::hash_get_arr { Rt::slot_arr } else { Rt::slot_hash };
                let join = self.join_of(&[I64]);
                let place = self.entry_at(table, position, key, slow);
                let w0 = self.b.ins().load(I64, flags(), place, 0);
                let is_wanted = self.b.ins().icmp_imm_s(IntCC::Equal, w0, wanted.cast_signed());
                let there = self.b.create_block();
                self.b.ins().brif(is_wanted, there, &[], slow, &[]);
                self.b.switch_to_block(there);
                let object = self.b.ins().load(I64, flags(), place, 8);
                self.retain_object(object);
                self.jump(join, &[object]);
                self.b.switch_to_block(slow);
                let place = self.runtime(Rt::hash_slot_site, &[table, key.0, key.1, site]);
                self.check_status(place[1], inst, handler);
                let place = place[0];
                let results = self.runtime(made, &[place]);
                self.check_status(results[1], inst, handler);
                self.jump(join, &[results[0]]);
                self.b.switch_to_block(join);
                let object = self.b.block_params(join)[0];
                self.result_one(inst, object);
            }
        }
    }

    /// The value in a place goes to `join`, counted once more; a shared or weak one is left to `slow`.
    fn load_or(&mut self, place: Clif, join: ClifBlock, slow: ClifBlock) {
        let w0 = self.b.ins().load(I64, flags(), place, 0);
        let w1 = self.b.ins().load(I64, flags(), place, 8);
        let counted = self.b.create_block();
        self.split_by_tag(w0, w1, join, counted, slow);
        self.b.switch_to_block(counted);
        self.retain_object(w1);
        self.jump(join, &[w0, w1]);
    }

    fn slot_of_entry(
        &mut self,
        inst: &Inst,
        handler: Option<Block>,
        table: Clif,
        key: (Clif, Clif),
        (site, position): (Clif, Clif),
        slow: ClifBlock,
    ) {
        let join = self.join_of(&[I64]);
        let place = self.entry_at(table, position, key, slow);
        let w0 = self.b.ins().load(I64, flags(), place, 0);
        let is_shared = self.b.ins().icmp_imm_s(IntCC::Equal, w0, tag::BOX.cast_signed());
        self.b.ins().brif(is_shared, slow, &[], join, &[BlockArg::Value(place)]);
        self.b.switch_to_block(slow);
        let place = self.runtime(Rt::hash_slot_site, &[table, key.0, key.1, site]);
        self.check_status(place[1], inst, handler);
        self.jump(join, &[place[0]]);
        self.b.switch_to_block(join);
        let place = self.b.block_params(join)[0];
        self.result_one(inst, place);
    }

    fn set_entry(
        &mut self,
        inst: &Inst,
        handler: Option<Block>,
        table: Clif,
        key: (Clif, Clif),
        (site, position): (Clif, Clif),
        slow: ClifBlock,
    ) {
        let (w0, w1) = self.two(inst.args[2]);
        let join = self.b.create_block();
        let unseen = self.b.create_block();
        let aux = self.b.ins().load(I16, flags(), table, at::AUX);
        self.b.ins().brif(aux, slow, &[], unseen, &[]);
        self.b.switch_to_block(unseen);
        let place = self.entry_at(table, position, key, slow);
        let old = self.old_in(place, slow);
        self.replace(place, old, (w0, w1));
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(slow);
        let size = u32::try_from(size_of::<Val>()).expect("a small structure");
        let given = self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3));
        self.b.ins().stack_store(I64, w0, given, 0);
        self.b.ins().stack_store(I64, w1, given, 8);
        let given = self.b.ins().stack_addr(I64, given, 0);
        let results = self.runtime(Rt::hash_set_site, &[table, key.0, key.1, given, site]);
        self.check_status(results[1], inst, handler);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(join);
    }

    /// What a place holds that is to be given another value; a shared or weak one is left to `slow`.
    fn old_in(&mut self, place: Clif, slow: ClifBlock) -> (Clif, Clif) {
        let w0 = self.b.ins().load(I64, flags(), place, 0);
        let w1 = self.b.ins().load(I64, flags(), place, 8);
        let low = self.b.ins().band_imm_u(w0, 0xff);
        let odd = self.is_of_slots(low);
        let usual = self.b.create_block();
        self.b.ins().brif(odd, slow, &[], usual, &[]);
        self.b.switch_to_block(usual);
        (w0, w1)
    }

    /// Stores a value, which is consumed, in the place of an old one.
    fn replace(&mut self, place: Clif, old: (Clif, Clif), new: (Clif, Clif)) {
        self.b.ins().store(flags(), new.0, place, 0);
        self.b.ins().store(flags(), new.1, place, 8);
        let counted = self.is_counted(old.0);
        let (release, on) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(counted, release, &[], on, &[]);
        self.b.switch_to_block(release);
        self.runtime(Rt::release, &[old.0, old.1]);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(on);
    }

    /// Goes on where the field that a site describes takes a value at first sight; else goes to `slow`.
    fn be_taken(&mut self, value: (Clif, Clif), (kind, target): (Clif, Clif), slow: ClifBlock) {
        let (taken, closer, object) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let low = self.b.ins().band_imm_u(value.0, 0xff);
        let at = self.b.ins().iadd_imm_s(low, i64::from(site::TAKES));
        let bits = self.b.ins().ushr(kind, at);
        let has = self.b.ins().band_imm_u(bits, 1);
        self.b.ins().brif(has, taken, &[], closer, &[]);
        self.b.switch_to_block(closer);
        let is_object = self.b.ins().icmp_imm_s(IntCC::Equal, low, tag::OBJ.cast_signed());
        self.b.ins().brif(is_object, object, &[], slow, &[]);
        self.b.switch_to_block(object);
        let class = self.b.ins().uload32(flags(), value.1, at::CLASS);
        let wanted = self.b.ins().ushr_imm_u(target, 32);
        let same = self.b.ins().icmp(IntCC::Equal, class, wanted);
        self.b.ins().brif(same, taken, &[], slow, &[]);
        self.b.switch_to_block(taken);
    }

    /// Objects whose fields stand behind them: where one of two sites knows the class, goes to `there` with the place of
    /// the field and the site, or to `method` with the site; all else goes to `other`. Of `one` class the second site
    /// knows nothing.
    fn look_behind(
        &mut self,
        (w0, object): (Clif, Clif),
        sites: [Clif; 2],
        one: bool,
        (there, method, other): (ClifBlock, ClifBlock, ClifBlock),
    ) {
        let (declared, second) = (self.b.create_block(), self.b.create_block());
        if one {
            self.b.set_cold_block(second);
        }
        let (known, behind) = (self.b.create_block(), self.b.create_block());
        let found = self.b.append_block_param(known, I64);
        let is_object = self.b.ins().icmp_imm_s(IntCC::Equal, w0, tag::OBJ.cast_signed());
        self.b.ins().brif(is_object, declared, &[], other, &[]);
        self.b.switch_to_block(declared);
        let shape = self.b.ins().load(I32, flags(), object, at::SHAPE);
        for (site, next) in [(sites[0], second), (sites[1], other)] {
            let noted = self.b.ins().load(I32, flags(), site, at::SITE_CLASS);
            let same = self.b.ins().icmp(IntCC::Equal, shape, noted);
            self.b.ins().brif(same, known, &[BlockArg::Value(site)], next, &[]);
            if next != other {
                self.b.switch_to_block(next);
            }
        }
        self.b.switch_to_block(known);
        let kind = self.b.ins().load(I32, flags(), found, at::SITE_KIND);
        const { assert!(site::METHOD == 0) };
        self.b.ins().brif(kind, behind, &[], method, &[BlockArg::Value(found)]);
        self.b.switch_to_block(behind);
        let position = self.b.ins().uload32(flags(), found, at::SITE_POSITION);
        let bytes = self.b.ins().ishl_imm_u(position, i64::from(size_of::<HashEntry>().trailing_zeros()));
        let entry = self.b.ins().iadd(object, bytes);
        let place = self.b.ins().iadd_imm_s(entry, i64::from(at::FIRST_VALUE));
        self.jump(there, &[place, found]);
    }

    /// The one of two sites that knows the class of an invocant; without one goes to `slow`.
    fn site_that_knows(&mut self, (w0, object): (Clif, Clif), sites: [Clif; 2], slow: ClifBlock) -> Clif {
        let (known, other, hit) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let found = self.b.append_block_param(hit, I64);
        let off = self.b.ins().iadd_imm_s(w0, -(tag::AREF.cast_signed()));
        let references = (tag::OBJ - tag::AREF + 1).cast_signed();
        let is_reference = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, off, references);
        self.b.ins().brif(is_reference, known, &[], slow, &[]);
        self.b.switch_to_block(known);
        let class = self.b.ins().load(I32, flags(), object, at::CLASS);
        let turned = self.b.ins().bnot(class);
        for (site, next) in [(sites[0], other), (sites[1], slow)] {
            let noted = self.b.ins().load(I32, flags(), site, at::SITE_CLASS);
            let same = self.b.ins().icmp(IntCC::Equal, turned, noted);
            self.b.ins().brif(same, hit, &[BlockArg::Value(site)], next, &[]);
            if next != slow {
                self.b.switch_to_block(next);
            }
        }
        self.b.switch_to_block(hit);
        found
    }

    /// A method call with invocant and arguments on the value stack from a mark on, which go with it: its operands
    /// are the name, the mark and the context. It knows two classes; functions of the name that take as many values
    /// as there are are called directly.
    pub(crate) fn call_method_of_list(&mut self, means: Means, inst: &Inst, handler: Option<Block>) {
        let name = self.two(inst.args[0]);
        let (mark, wanted) = (self.one(inst.args[1]), self.one(inst.args[2]));
        let sites = [self.site(), self.site()];
        let slow = self.cold();
        let join = self.join_of(&[I64, I64]);
        let base = self.b.ins().load(I64, flags(), self.vm, function::at::BASE);
        let top = self.b.ins().load(I64, flags(), self.vm, function::at::TOP);
        let below = self.b.ins().ishl_imm_u(mark, i64::from(size_of::<Val>().trailing_zeros()));
        let address = self.b.ins().iadd(base, below);
        let bytes = self.b.ins().isub(top, address);
        let some = self.b.create_block();
        self.b.ins().brif(bytes, some, &[], slow, &[]);
        self.b.switch_to_block(some);
        let w0 = self.b.ins().load(I64, flags(), address, 0);
        let object = self.b.ins().load(I64, flags(), address, 8);
        let found = self.site_that_knows((w0, object), sites, slow);
        let kind = self.b.ins().load(I32, flags(), found, at::SITE_KIND);
        let method = self.b.create_block();
        const { assert!(site::METHOD == 0) };
        self.b.ins().brif(kind, slow, &[], method, &[]);
        self.b.switch_to_block(method);
        let code = self.b.ins().load(I64, flags(), found, at::SITE_TARGET);
        let entry = self.entry_of(code);
        let returned = self.join_of(&[I64, I64]);
        let list = List { address, bytes, first: (w0, object) };
        for id in means.functions.into_iter().flatten() {
            let other = self.b.create_block();
            self.call_with_list(id, entry, &list, wanted, (join, returned, other));
            self.b.switch_to_block(other);
        }
        let count = self.b.ins().ushr_imm_u(bytes, i64::from(size_of::<Val>().trailing_zeros()));
        let shifted = self.b.ins().ishl_imm_u(wanted, i64::from(want::SHIFT));
        let count_want = self.b.ins().bor(count, shifted);
        let (w0, w1) = self.enter(entry, code, address, count_want);
        self.jump(returned, &[w0, w1]);
        self.b.switch_to_block(returned);
        let answer = self.b.block_params(returned).to_vec();
        let results = self.runtime(Rt::list_settle, &[mark, answer[0], answer[1]]);
        self.jump(join, &[results[0], results[1]]);

        self.b.switch_to_block(slow);
        let results = self.runtime(Rt::call_method_list_site, &[name.0, name.1, mark, wanted, sites[0]]);
        self.jump(join, &[results[0], results[1]]);
        self.b.switch_to_block(join);
        let words = (self.b.block_params(join)[0], self.b.block_params(join)[1]);
        self.check_value(words.0, inst, handler);
        self.result_two(inst, words.0, words.1);
    }

    /// Calls a function with a list, if its entry is the one that was found and it takes as many values; else goes to
    /// `other`. One value goes to `join`, with the list gone; anything else to `returned`, with the list in its place.
    fn call_with_list(
        &mut self,
        id: FuncId,
        entry: Clif,
        list: &List,
        wanted: Clif,
        (join, returned, other): (ClifBlock, ClifBlock, ClifBlock),
    ) {
        let signature = &self.module.functions[id.index()].signature;
        let (params, takes_want) = (signature.params.len(), signature.want);
        if params == 0 {
            self.b.ins().jump(other, &[]);
            return;
        }
        let (fits, direct) = (self.b.create_block(), self.b.create_block());
        let own = self.address(Symbol::Entry(id));
        let same = self.b.ins().icmp(IntCC::Equal, entry, own);
        self.b.ins().brif(same, fits, &[], other, &[]);
        self.b.switch_to_block(fits);
        let size = i64::try_from(params * size_of::<Val>()).expect("few parameters");
        let exact = self.b.ins().icmp_imm_s(IntCC::Equal, list.bytes, size);
        self.b.ins().brif(exact, direct, &[], other, &[]);
        self.b.switch_to_block(direct);
        let mut values = vec![list.first];
        for index in 1..params {
            let at = offset(index * size_of::<Val>());
            let w0 = self.b.ins().load(I64, flags(), list.address, at);
            values.push((w0, self.b.ins().load(I64, flags(), list.address, at + 8)));
        }
        let mut operands = vec![self.vm];
        operands.extend(values.iter().flat_map(|words| [words.0, words.1]));
        operands.extend(takes_want.then_some(wanted));
        let results = self.call_function(id, &operands);
        let low = self.b.ins().band_imm_u(results[0], 0xff);
        let is_value = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, low, tag::LIST.cast_signed());
        let one = self.b.create_block();
        let args = [BlockArg::Value(results[0]), BlockArg::Value(results[1])];
        self.b.ins().brif(is_value, one, &[], returned, &args);
        self.b.switch_to_block(one);
        // The list is no longer there when destructors run; the last value goes first, as everywhere.
        self.b.ins().store(flags(), list.address, self.vm, function::at::TOP);
        for words in values.into_iter().rev() {
            self.release_words(words, true);
        }
        self.b.ins().jump(join, &args);
    }

    /// A method call: its operands are the name, the invocant, what else is given, and the context. It knows
    /// two classes. Where nothing but fields have the name, everything else is out of the way; functions of the
    /// name are called without arguments in memory.
    pub(crate) fn call_method(&mut self, means: Means, inst: &Inst, handler: Option<Block>, in_loop: bool) {
        let last = inst.args.len() - 1;
        let (name, given) = (inst.args[0], &inst.args[1..last]);
        let words: Vec<(Clif, Clif)> = given.iter().map(|&value| self.two(value)).collect();
        let invocant = words[0];
        let call = MethodCall {
            name: self.two(name),
            arguments: self.room_for(given.len()),
            words,
            want: self.one(inst.args[last]),
            sites: [self.site(), self.site()],
            slow: self.cold(),
            join: self.join_of(&[I64, I64]),
        };
        let method = self.join_of(&[I64]);
        // Plain Perl has none without a class.
        let has_fields = !self.module.compat || !self.module.classes.is_empty();
        let is_field =
            means.fields != Fields::None && has_fields && given.len() <= 2 && self.is_fixed_key(name);
        let is_only_field = is_field && matches!(means.fields, Fields::One | Fields::Several);
        let there = is_field.then(|| self.join_of(&[I64, I64]));
        let mut rare = None;
        if let Some(there) = there {
            let other = self.b.create_block();
            self.look_behind(invocant, call.sites, means.fields == Fields::One, (there, method, other));
            self.field_at(there, given, &call);
            if is_only_field {
                self.b.set_cold_block(other);
                self.b.set_cold_block(method);
                rare = Some(self.b.func.dfg.num_blocks());
            }
            self.b.switch_to_block(other);
        }
        let found = self.site_that_knows(invocant, call.sites, call.slow);
        let kind = self.b.ins().load(I32, flags(), found, at::SITE_KIND);
        let field = if is_field { self.cold() } else { call.slow };
        const { assert!(site::METHOD == 0) };
        self.b.ins().brif(kind, field, &[], method, &[BlockArg::Value(found)]);
        if let Some(there) = there {
            self.b.switch_to_block(field);
            let is_object = self.b.ins().icmp_imm_s(IntCC::Equal, invocant.0, tag::OBJ.cast_signed());
            let moved = self.cold();
            self.b.ins().brif(is_object, moved, &[], call.slow, &[]);
            self.b.switch_to_block(moved);
            let fields = self.b.ins().load(I64, flags(), invocant.1, at::FIELDS);
            let position = self.b.ins().uload32(flags(), found, at::SITE_POSITION);
            let place = self.entry_at(fields, position, call.name, call.slow);
            self.jump(there, &[place, found]);
        }
        self.b.switch_to_block(method);
        let functions = if is_only_field || !(self.hot || in_loop) { [None; 2] } else { means.functions };
        self.call_found(functions, &call, inst, handler);

        self.b.switch_to_block(call.slow);
        self.spill_to(call.arguments, &call.words);
        let address = self.b.ins().stack_addr(I64, call.arguments, 0);
        let count_want = self.count_want(&call);
        let operands = [call.name.0, call.name.1, address, count_want, call.sites[0]];
        let results = self.runtime(Rt::call_method_site, &operands);
        self.check_value(results[0], inst, handler);
        self.jump(call.join, &[results[0], results[1]]);
        if let Some(first) = rare {
            self.all_cold(first);
        }
        self.b.switch_to_block(call.join);
        let words = (self.b.block_params(call.join)[0], self.b.block_params(call.join)[1]);
        self.result_two(inst, words.0, words.1);
    }

    /// A field that was found: it is read, or given the second of the operands.
    fn field_at(&mut self, there: ClifBlock, given: &[Value], call: &MethodCall) {
        self.b.switch_to_block(there);
        let (place, found) = (self.b.block_params(there)[0], self.b.block_params(there)[1]);
        let Some(&value) = given.get(1) else { return self.load_or(place, call.join, call.slow) };
        let words = call.words[1];
        let kind = self.b.ins().uload32(flags(), found, at::SITE_KIND);
        let target = self.b.ins().load(I64, flags(), found, at::SITE_TARGET);
        self.be_taken(words, (kind, target), call.slow);
        let old = self.old_in(place, call.slow);
        // For the field, and for the result.
        self.retain(value);
        self.retain(value);
        self.replace(place, old, words);
        self.jump(call.join, &[words.0, words.1]);
    }

    /// Calls the function that a site, which the block is given, knows: directly where it is one of these, else by its
    /// entry.
    fn call_found(
        &mut self,
        functions: [Option<FuncId>; 2],
        call: &MethodCall,
        inst: &Inst,
        handler: Option<Block>,
    ) {
        let block = self.b.current_block().expect("it has been switched to");
        let found = self.b.block_params(block)[0];
        let code = self.b.ins().load(I64, flags(), found, at::SITE_TARGET);
        let entry = self.entry_of(code);
        for (index, id) in functions.iter().flatten().enumerate() {
            let direct = self.b.create_block();
            let is_last = functions.get(index + 1).copied().flatten().is_none();
            let next = if is_last { self.cold() } else { self.b.create_block() };
            let wanted = self.address(Symbol::Entry(*id));
            let same = self.b.ins().icmp(IntCC::Equal, entry, wanted);
            self.b.ins().brif(same, direct, &[], next, &[]);
            self.b.switch_to_block(direct);
            let signature = &self.module.functions[id.index()].signature;
            let (params, takes_want) = (signature.params.len(), signature.want);
            let mut operands = vec![self.vm];
            for index in 0..params {
                let (w0, w1) = match call.words.get(index) {
                    Some(words) => *words,
                    None => (self.word(tag::UNDEF), self.word(0)),
                };
                operands.extend([w0, w1]);
            }
            operands.extend(takes_want.then_some(call.want));
            let results = self.call_function(*id, &operands);
            self.check_value(results[0], inst, handler);
            self.jump(call.join, &[results[0], results[1]]);
            self.b.switch_to_block(next);
        }
        self.spill_to(call.arguments, &call.words);
        let address = self.b.ins().stack_addr(I64, call.arguments, 0);
        let count_want = self.count_want(call);
        let (w0, w1) = self.enter(entry, code, address, count_want);
        self.check_value(w0, inst, handler);
        self.jump(call.join, &[w0, w1]);
    }

    /// How many values a call is given, and its context, in one word.
    fn count_want(&mut self, call: &MethodCall) -> Clif {
        let want = self.b.ins().ishl_imm_u(call.want, i64::from(want::SHIFT));
        self.b.ins().bor_imm_u(want, i64::try_from(call.words.len()).expect("few arguments"))
    }
}

/// Invocant and arguments on the value stack.
struct List {
    address: Clif,
    bytes: Clif,
    /// The invocant.
    first: (Clif, Clif),
}

/// A method call as it is written.
struct MethodCall {
    name: (Clif, Clif),
    /// The invocant, and what else is given.
    words: Vec<(Clif, Clif)>,
    /// Room for them in memory.
    arguments: StackSlot,
    /// The context.
    want: Clif,
    sites: [Clif; 2],
    /// Where the runtime is asked.
    slow: ClifBlock,
    /// Where the result is given to.
    join: ClifBlock,
}
