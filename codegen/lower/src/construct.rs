//! `Name(ARGUMENTS)`: objects of declared types.

use s_ir::{Rt, Value};
use s_sema::hir::{ClassId, Expr, ExprKind};

use crate::function::Lower;

impl<'a> Lower<'a> {
    /// Makes an object. What names all fields in their order is known here, and needs no names when it runs.
    pub(crate) fn construct(&mut self, class: ClassId, args: &'a [Expr]) -> Value {
        let (function, mark) = match self.values_of_all_fields(class, args) {
            Some(values) => {
                let mark = self.begin_list();
                for value in values {
                    self.list(value);
                }
                self.end_list();
                (Rt::construct_values, mark)
            }
            None => (Rt::construct, self.list_of(args)),
        };
        let class = self.builder.int(i64::from(self.module.first.classes + class.0));
        self.rt(function, &[class, mark])
    }

    /// The values of arguments that name all fields that a class itself declares, in their order.
    fn values_of_all_fields(&self, class: ClassId, args: &'a [Expr]) -> Option<Vec<&'a Expr>> {
        let args = match args {
            [Expr { kind: ExprKind::List(items), .. }] => items,
            _ => args,
        };
        let fields = &self.program.classes[class.0 as usize].fields;
        if fields.is_empty() || args.len() != 2 * fields.len() {
            return None;
        }
        let values = args.chunks_exact(2).zip(fields).map(|(pair, field)| {
            let is_named =
                matches!(&pair[0].kind, ExprKind::Str { bytes, .. } if bytes == field.name.as_bytes());
            (is_named && self.is_single(&pair[1])).then_some(&pair[1])
        });
        values.collect()
    }
}
