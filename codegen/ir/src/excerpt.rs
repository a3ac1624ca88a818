//! One function with all that its code depends on, and nothing else.
//!
//! Numbers of functions, texts and names are those of their first use, so that the same function of
//! another module, or of the same one after something else changed, gives the same excerpt. Of callees
//! there is the signature, of texts the content; names, patterns and assets are numbers only.

use std::collections::HashMap;
use std::hash::Hash;

use crate::func::Func;
use crate::module::{FuncId, GlobalRef, Module, StrId};
use crate::op::Op;

/// What the numbers in an excerpt mean in the module it was taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Functions.
    pub functions: Vec<FuncId>,
    /// Constant strings.
    pub strings: Vec<StrId>,
    /// Names.
    pub globals: Vec<GlobalRef>,
    /// Patterns.
    pub regexes: Vec<u32>,
    /// Tables of assets.
    pub assets: Vec<u32>,
}

/// A module of one function, and its number there: 0 for the main function, which is compiled otherwise.
#[must_use]
pub fn excerpt(module: &Module, id: FuncId) -> (Module, FuncId, Links) {
    let mut functions = Numbering::default();
    let (mut strings, mut globals) = (Numbering::default(), Numbering::default());
    let (mut regexes, mut assets) = (Numbering::default(), Numbering::default());
    functions.of(FuncId(0));
    let own = functions.of(id);
    let mut func = module.functions[id.index()].clone();
    for inst in func.blocks.iter_mut().flat_map(|block| &mut block.insts) {
        if let Some(names) = &mut inst.names {
            names.0 = strings.of(*names);
        }
        match &mut inst.op {
            Op::Str(text) => text.0 = strings.of(*text),
            Op::Glob(name) => name.0 = globals.of(*name),
            Op::Regex(number) => *number = regexes.of(*number),
            Op::Assets(number) => *number = assets.of(*number),
            Op::Call(callee) | Op::Closure(callee) => callee.0 = functions.of(*callee),
            Op::CallMethod(means) | Op::CallMethodList(means) => {
                for callee in means.functions.iter_mut().flatten() {
                    callee.0 = functions.of(*callee);
                }
            }
            _ => {}
        }
    }
    let callee = |callee: &FuncId| {
        let callee = &module.functions[callee.index()];
        Func { captures: callee.captures.clone(), ..Func::new(String::new(), callee.signature.clone()) }
    };
    let mut taken = Module::default();
    taken.functions = functions.known.iter().map(callee).collect();
    taken.strings = strings.known.iter().map(|text| module.strings[text.index()].clone()).collect();
    (taken.compat, taken.overloads, taken.lines) = (module.compat, module.overloads, module.lines);
    // The main function is there for its number only.
    taken.functions[0] = Func::new(String::new(), module.functions[0].signature.clone());
    taken.functions[own as usize] = func;
    let links = Links {
        functions: functions.known,
        strings: strings.known,
        globals: globals.known,
        regexes: regexes.known,
        assets: assets.known,
    };
    (taken, FuncId(own), links)
}

/// Numbers in the order of first use.
struct Numbering<T> {
    known: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Numbering<T> {
    fn default() -> Numbering<T> {
        Numbering { known: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Copy + Eq + Hash> Numbering<T> {
    fn of(&mut self, value: T) -> u32 {
        *self.numbers.entry(value).or_insert_with(|| {
            self.known.push(value);
            u32::try_from(self.known.len() - 1).expect("fewer than 2^32 of each")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "function 2 = \"main::f\"(val) at 7 -> val {
b0():
    %0: val = Param 0
    %1: val = Str 1
    %2: val = add %0, %1
    %3: val = Call 1 %2
    return %3
}
";

    #[test]
    fn other_functions_and_texts_do_not_show() {
        let first = format!(
            "string 0 = \"x\"\nstring 1 = \"y\"\n
function 0 = \"main::__MAIN__\"() at 1 -> val {{\nb0():\n    %0: val = Undef\n    return %0\n}}
function 1 = \"main::g\"(val) at 3 -> val {{\nb0():\n    %0: val = Param 0\n    return %0\n}}
{FUNCTION}"
        );
        let second = first
            .replace("string 0 = \"x\"\nstring 1 = \"y\"", "string 0 = \"y\"\nstring 1 = \"z\"")
            .replace("main::g\"(val) at 3", "main::h\"(val) at 9")
            .replace("Str 1", "Str 0");
        let (first, second) = (
            crate::parse::module(first.as_bytes()).unwrap(),
            crate::parse::module(second.as_bytes()).unwrap(),
        );
        let (one, own, links) = excerpt(&first, FuncId(2));
        let (other, _, other_links) = excerpt(&second, FuncId(2));
        assert_eq!(own, FuncId(1));
        assert_eq!(one, other);
        assert_eq!((&links.strings[..], &other_links.strings[..]), (&[StrId(1)][..], &[StrId(0)][..]));
        assert_eq!(links.functions, [FuncId(0), FuncId(2), FuncId(1)]);

        let third = crate::parse::module(first_with_other_result(&first).as_bytes()).unwrap();
        assert_ne!(excerpt(&third, FuncId(2)).0, one);
    }

    /// The same with a callee that gives something else.
    fn first_with_other_result(module: &Module) -> String {
        crate::print::module(module)
            .replace("\"main::g\"(val) at 3 -> val", "\"main::g\"(val) want at 3 -> val")
    }
}
