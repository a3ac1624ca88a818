//! `use warnings` and `use strict 'refs'`: of what operators warn, and what is no reference, where the pragmas
//! are in force.

use s_abi::warning;
use s_syntax::ast;

use crate::resolver::Resolver;
use crate::source::Unit;
use crate::stmt::literal_words;

/// Everything there is.
const ALL: u8 = warning::UNDEFINED | warning::NUMERIC;

/// The bits of a category; those of other categories are none.
fn bits_of(category: &str) -> u8 {
    match category {
        "all" => ALL,
        "uninitialized" => warning::UNDEFINED,
        "numeric" => warning::NUMERIC,
        _ => 0,
    }
}

/// What makes them fatal.
fn fatal(bits: u8) -> u8 {
    let undefined = if bits & warning::UNDEFINED == 0 { 0 } else { warning::FATAL_UNDEFINED };
    let numeric = if bits & warning::NUMERIC == 0 { 0 } else { warning::FATAL_NUMERIC };
    undefined | numeric
}

impl Resolver<'_> {
    /// `use warnings LIST`.
    pub(crate) fn use_warnings(&mut self, used: &ast::Use) {
        let words = used.imports.as_ref().map_or_else(Vec::new, literal_words);
        let mut bits = self.warnings;
        let (mut is_fatal, mut is_harmless) = (false, false);
        let mut named = false;
        for word in &words {
            match word.as_str() {
                "FATAL" => is_fatal = true,
                "NONFATAL" => is_harmless = true,
                category => {
                    named = true;
                    bits = with(bits, bits_of(category), is_fatal, is_harmless);
                }
            }
        }
        if !named {
            bits = with(bits, ALL, is_fatal, is_harmless);
        }
        self.set_warnings(bits);
    }

    /// `no warnings LIST`.
    pub(crate) fn no_warnings(&mut self, used: &ast::Use) {
        let words = used.imports.as_ref().map_or_else(Vec::new, literal_words);
        let categories = words.iter().filter(|word| *word != "FATAL" && *word != "NONFATAL");
        let named = categories.fold(0, |bits, category| bits | bits_of(category));
        let off = if words.is_empty() { ALL } else { named };
        self.set_warnings(self.warnings & !(off | fatal(off)));
    }

    /// `use strict` and `no strict`, all of it or what it does to references.
    pub(crate) fn set_strict(&mut self, used: &ast::Use, on: bool) {
        self.strict |= on;
        let words = used.imports.as_ref().map_or_else(Vec::new, literal_words);
        self.free_names |= !on && (words.is_empty() || words.iter().any(|word| word == "vars"));
        if !words.is_empty() && !words.iter().any(|word| word == "refs") || !self.options.compat {
            return;
        }
        self.set_pragmas(if on { self.warnings & !warning::LAX } else { self.warnings | warning::LAX });
    }

    fn set_warnings(&mut self, bits: u8) {
        // What comes with the compiler keeps to itself what it does with undefined values.
        if self.options.compat && !self.units[self.file as usize].supplied {
            self.set_pragmas(bits);
        }
    }

    /// From here to the end of the scope.
    fn set_pragmas(&mut self, bits: u8) {
        let before = std::mem::replace(&mut self.warnings, bits);
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.warnings.get_or_insert(before);
        }
    }

    /// What operators warn of where a file begins: everything under `perl -w` in the first line of the
    /// program. A text may be a reference there.
    pub(crate) fn pragmas_of(&self, unit: &Unit) -> u8 {
        if !self.options.compat {
            return 0;
        }
        warning::LAX | if unit.supplied { 0 } else { self.warnings_of_switches() }
    }

    fn warnings_of_switches(&self) -> u8 {
        let program = self.units.first().map_or("", |unit| &unit.source.text);
        let Some(line) = program.strip_prefix("#!").and_then(|rest| rest.lines().next()) else { return 0 };
        let Some((_, switches)) = line.split_once("perl") else { return 0 };
        let asks = switches.split_whitespace().skip(usize::from(!switches.starts_with(' ')));
        let has_switch = asks
            .take_while(|word| word.starts_with('-'))
            .any(|word| !word.starts_with("--") && word.contains('w'));
        if has_switch { ALL } else { 0 }
    }
}

fn with(bits: u8, more: u8, is_fatal: bool, is_harmless: bool) -> u8 {
    let bits = bits | more;
    if is_fatal {
        bits | fatal(more)
    } else if is_harmless {
        bits & !fatal(more)
    } else {
        bits
    }
}
