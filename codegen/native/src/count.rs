//! References that are taken and given up: counts in the heads of objects.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{Block as ClifBlock, InstBuilder, Value as Clif};
use s_abi::layout::tag;
use s_ir::{Rt, Ty, Value};

use crate::function::{Translator, flags};
use crate::inline::at;

impl Translator<'_, '_> {
    /// One more reference to a counted object.
    pub(crate) fn retain_object(&mut self, object: Clif) {
        let count = self.b.ins().load(I32, flags(), object, at::COUNT);
        let mortal = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, count, 0);
        let add = self.b.create_block();
        let on = self.b.create_block();
        self.b.ins().brif(mortal, add, &[], on, &[]);
        self.b.switch_to_block(add);
        let more = self.b.ins().iadd_imm_s(count, 1);
        self.b.ins().store(flags(), more, object, at::COUNT);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(on);
    }

    /// Whether the tag of a value is one of the counted ones; a list's and an exception's are not.
    pub(crate) fn is_counted(&mut self, w0: Clif) -> Clif {
        let low = self.b.ins().band_imm_u(w0, 0xff);
        let off = self.b.ins().iadd_imm_s(low, -(tag::COUNTED.cast_signed()));
        self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, off, (tag::EXT - tag::COUNTED + 1).cast_signed())
    }

    pub(crate) fn retain(&mut self, value: Value) {
        if self.func.ty(value) != Ty::V {
            let object = self.one(value);
            self.retain_object(object);
            return;
        }
        let (w0, w1) = self.two(value);
        let counted = self.is_counted(w0);
        let add = self.b.create_block();
        let on = self.b.create_block();
        self.b.ins().brif(counted, add, &[], on, &[]);
        self.b.switch_to_block(add);
        self.retain_object(w1);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(on);
    }

    pub(crate) fn release(&mut self, value: Value, in_loop: bool) {
        let hot = self.hot || in_loop;
        if let Some(Some(owned)) = self.lent.get(&value).copied() {
            self.release_lent(value, owned);
            return;
        }
        if !hot {
            self.release_seldom(value);
            return;
        }
        if self.func.ty(value) == Ty::V {
            let words = self.two(value);
            return self.release_words(words, !self.has_twin);
        }
        let function = self.releasing(value);
        let object = self.one(value);
        let on = self.b.create_block();
        self.release_shared(object, on);
        self.runtime(function, &[object]);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(on);
    }

    /// One reference less to a value; where others hold what it refers to and this is `hot`, without the runtime.
    pub(crate) fn release_words(&mut self, (w0, w1): (Clif, Clif), hot: bool) {
        let counted = self.is_counted(w0);
        let drop = self.b.create_block();
        let on = self.b.create_block();
        self.b.ins().brif(counted, drop, &[], on, &[]);
        self.b.switch_to_block(drop);
        if hot {
            self.release_shared(w1, on);
        }
        self.runtime(Rt::release, &[w0, w1]);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(on);
    }

    /// Gives up a reference where control comes once or never: in the fewest bytes. The runtime looks at what it is.
    pub(crate) fn release_seldom(&mut self, value: Value) {
        if let Some(Some(owned)) = self.lent.get(&value).copied() {
            self.release_lent(value, owned);
            return;
        }
        let function = self.releasing(value);
        if self.func.ty(value) == Ty::V {
            let (w0, w1) = self.two(value);
            self.runtime(function, &[w0, w1]);
        } else {
            let object = self.one(value);
            self.runtime(function, &[object]);
        }
    }

    /// What gives up a reference to a value of its type.
    fn releasing(&self, value: Value) -> Rt {
        match self.func.ty(value) {
            Ty::Arr => Rt::arr_release,
            Ty::Hash => Rt::hash_release,
            Ty::Cell => Rt::cell_release,
            _ => Rt::release,
        }
    }

    /// Gives up a reference to what others hold, too: only the count changes, and control goes to `on`.
    /// Else it goes on here.
    fn release_shared(&mut self, object: Clif, on: ClifBlock) {
        let count = self.b.ins().load(I32, flags(), object, at::COUNT);
        let shared = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThan, count, 1);
        let less = self.b.create_block();
        let last = self.b.create_block();
        self.b.ins().brif(shared, less, &[], last, &[]);
        self.b.switch_to_block(less);
        let fewer = self.b.ins().iadd_imm_s(count, -1);
        self.b.ins().store(flags(), fewer, object, at::COUNT);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(last);
    }
}
