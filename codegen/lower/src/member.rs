//! `$o->x += 5` and its like: a method without arguments as a place. It is read by calling the method,
//! and given a value by calling it with that; the object, and a computed name, are evaluated once.

use s_ir::{Means, Op as Ir, Rt, Value};
use s_sema::hir::{Call, Callee};

use crate::function::Lower;

/// The context of a call that is to give one value.
const SCALAR: i64 = 1;
/// The context of a call whose value nobody wants.
const VOID: i64 = 0;

/// A member of an object, both evaluated.
pub(crate) struct Member {
    object: Value,
    method: Value,
    /// The name is known, and may name the parents of a package.
    named: bool,
}

/// Whether a call can be meant as a place.
pub(crate) fn is_member(call: &Call) -> bool {
    let method = matches!(&call.callee, Callee::Method { maybe: false, .. } | Callee::DynamicMethod { .. });
    method && call.args.is_empty() && call.topic.is_none()
}

impl<'a> Lower<'a> {
    /// Evaluates the object and the name of a call that [`is_member`].
    pub(crate) fn open_member(&mut self, call: &'a Call) -> Member {
        match &call.callee {
            Callee::Method { invocant, name, super_of, .. } => {
                let object = self.scalar(invocant);
                let method = match super_of {
                    Some(package) => self.text(&format!("{package}::SUPER::{name}")),
                    None => self.text(name),
                };
                Member { object, method, named: true }
            }
            Callee::DynamicMethod { invocant, method } => {
                let object = self.scalar(invocant);
                let method = self.scalar(method);
                Member { object, method, named: false }
            }
            _ => {
                let nothing = self.builder.undef();
                Member { object: nothing, method: nothing, named: true }
            }
        }
    }

    /// The value of a member.
    pub(crate) fn read_member(&mut self, member: &Member) -> Value {
        self.call_member(member, None, SCALAR)
    }

    /// Gives a member a value.
    pub(crate) fn write_member(&mut self, member: &Member, value: Value) {
        self.call_member(member, Some(value), VOID);
    }

    fn call_member(&mut self, member: &Member, value: Option<Value>, want: i64) -> Value {
        if member.named {
            let mut operands = vec![member.method, member.object];
            operands.extend(value);
            operands.push(self.builder.int(want));
            return self.emit_call(Ir::CallMethod(Means::default()), operands);
        }
        let mark = self.begin_list();
        self.rt_void(Rt::list_push, &[member.object]);
        if let Some(value) = value {
            self.rt_void(Rt::list_push, &[value]);
        }
        self.end_list();
        let want = self.builder.int(want);
        self.rt(Rt::call_dynamic, &[member.method, mark, want])
    }
}
