//! Scalars that the runtime computes or acts on.

use alloc::vec::Vec;

use s_abi::functions::SPECIALS;
use s_abi::layout::{Val, tag};

use crate::exception::Thrown;
use crate::string::{constant, string};
use crate::text::sprintf::PERL_VERSION;
use crate::value::{GlobRef, UNDEF, ValExt, bytes, int, num, short};
use crate::vm::Vm;

/// What they hold.
#[derive(Debug)]
pub struct Specials {
    /// `$!` as a number.
    pub errno: i32,
    /// `$?`
    pub child_status: i64,
    /// `$,`
    pub output_separator: Val,
    /// `$\`
    pub record_separator: Val,
    /// `$"`
    pub list_separator: Val,
    /// `$/`
    pub input_separator: Val,
    /// `$;`
    pub subscript_separator: Val,
    /// `$0`
    pub script_name: Vec<u8>,
    /// What was set of the others, by number.
    others: Vec<Val>,
}

impl Specials {
    /// As a program begins.
    #[must_use]
    pub fn new(script_name: Vec<u8>) -> Self {
        Self {
            errno: 0,
            child_status: 0,
            output_separator: UNDEF,
            record_separator: UNDEF,
            list_separator: short(b" "),
            input_separator: short(b"\n"),
            subscript_separator: short(b"\x1c"),
            script_name,
            others: alloc::vec![UNDEF; SPECIALS.len()],
        }
    }
}

/// The number of a special scalar, from its name without `$`.
#[must_use]
pub fn number_of(name: &str) -> Option<i64> {
    SPECIALS.iter().position(|known| *known == name).map(|at| at as i64)
}

/// Reads one.
pub fn special_get(vm: &mut Vm, number: i64) -> Result<Val, Thrown> {
    let at = number.max(0) as usize;
    let Some(&name) = SPECIALS.get(at) else { return Ok(UNDEF) };
    let set = vm.specials.others[at];
    Ok(match name {
        "!" => return Ok(crate::extension::error_value(vm)),
        "\"" => vm.specials.list_separator.retained(),
        "," => vm.specials.output_separator.retained(),
        "\\" => vm.specials.record_separator.retained(),
        "/" => vm.specials.input_separator.retained(),
        ";" => vm.specials.subscript_separator.retained(),
        "$" => int(i64::from(s_sys::getpid())),
        "0" => string(&vm.specials.script_name),
        "?" => int(vm.specials.child_status),
        "." => match vm.line_number() {
            Some(lines) => int(lines as i64),
            None => set.retained(),
        },
        "<" => int(i64::from(s_sys::getuid())),
        ">" => int(i64::from(s_sys::geteuid())),
        "(" => int(i64::from(s_sys::getgid())),
        ")" => int(i64::from(s_sys::getegid())),
        "|" => {
            let on = vm
                .output
                .selected
                .and_then(crate::output::stream_of)
                .is_some_and(|stream| stream.handle.autoflush());
            int(i64::from(on))
        }
        "]" if vm.compat => string(b"5.036000"),
        "]" => num(5.042_000),
        "^V" if vm.compat => string(PERL_VERSION),
        "^V" => string(b"v5.42.0"),
        "^O" => short(b"linux"),
        "^T" => int(vm.output.started.seconds),
        "^X" => string(&crate::builtin::process::own_path()),
        "^W" | "^H" | "^D" | "^F" | "^P" | "^S" | "^C" if set.is_undef() => {
            if name == "^F" {
                int(2)
            } else if name == "^S" {
                int(i64::from(!vm.tries.is_empty()))
            } else {
                int(0)
            }
        }
        "^TAINT" | "^UNICODE" => int(0),
        "^A" if set.is_undef() => short(b""),
        "^GLOBAL_PHASE" => short(if vm.code_is_ending() { b"END" } else { b"RUN" }),
        "^E" => return Ok(crate::extension::error_value(vm)),
        "^N" => crate::pattern::match_var(vm, 3),
        "^" | "~" => {
            let Some(glob) = vm.output.selected else { return Ok(short(b"STDOUT")) };
            let (name, top) = vm.format_names(glob);
            string(if at_top(SPECIALS[at]) { &top } else { &name })
        }
        "=" | "-" | "%" => match vm.output.selected {
            Some(glob) => int(*page_part(vm, glob, name)),
            None => int(0),
        },
        ":" if set.is_undef() => short(b" \n-"),
        "^L" if set.is_undef() => short(b"\x0c"),
        "[" => int(0),
        _ => set.retained(),
    })
}

/// Sets one.
pub fn special_set(vm: &mut Vm, number: i64, value: Val) -> Result<(), Thrown> {
    let at = number.max(0) as usize;
    let Some(&name) = SPECIALS.get(at) else { return Ok(()) };
    match name {
        "!" | "^E" => vm.specials.errno = vm.integer(value)? as i32,
        "\"" => replace(vm, value, |specials| &mut specials.list_separator),
        "," => replace(vm, value, |specials| &mut specials.output_separator),
        "\\" => replace(vm, value, |specials| &mut specials.record_separator),
        "/" => replace(vm, value, |specials| &mut specials.input_separator),
        ";" => replace(vm, value, |specials| &mut specials.subscript_separator),
        "0" => vm.specials.script_name = vm.text(value)?.to_vec(),
        "?" => vm.specials.child_status = vm.integer(value)?,
        "|" => {
            let on = vm.truth(value)?;
            if let Some(mut stream) = vm.output.selected.and_then(crate::output::stream_of)
                && let Err(error) = stream.handle.set_autoflush(on)
            {
                vm.set_errno(error);
            }
        }
        "^" | "~" => {
            let text = vm.text(value)?.to_vec();
            if let Some(glob) = vm.output.selected {
                vm.choose_format(glob, text, at_top(name));
            }
        }
        "=" | "-" | "%" => {
            let number = vm.integer(value)?;
            if let Some(glob) = vm.output.selected {
                // No fewer lines are left than none.
                *page_part(vm, glob, name) = if name == "-" { number.max(0) } else { number };
            }
        }
        "." => {
            let lines = vm.integer(value)?;
            vm.set_line_number(u64::try_from(lines).unwrap_or(0));
            let old = core::mem::replace(&mut vm.specials.others[at], value.retained());
            vm.release(old);
        }
        "$" | "^V" | "]" | "[" => {
            return Err(vm.die(b"Modification of a read-only value attempted"));
        }
        _ => {
            let old = core::mem::replace(&mut vm.specials.others[at], value.retained());
            vm.release(old);
        }
    }
    Ok(())
}

/// Whether `local` without a value leaves a special variable undefined.
#[must_use]
pub fn may_be_undefined(number: i64) -> bool {
    let name = SPECIALS.get(number.max(0) as usize).copied().unwrap_or("");
    matches!(name, "/" | "," | "\\" | "\"" | ";" | "|" | "!" | "?")
}

/// What `$=`, `$-` and `$%` stand for.
fn page_part<'a>(vm: &'a mut Vm, glob: GlobRef, name: &str) -> &'a mut i64 {
    let form = vm.form(glob);
    match name {
        "=" => &mut form.page_length,
        "-" => &mut form.lines_left,
        _ => &mut form.page,
    }
}

fn at_top(name: &str) -> bool {
    name == "^"
}

fn replace(vm: &mut Vm, value: Val, place: fn(&mut Specials) -> &mut Val) {
    let old = core::mem::replace(place(&mut vm.specials), value.retained());
    vm.release(old);
}

impl Vm {
    /// An immortal string value for a constant of the program.
    #[must_use]
    pub fn constant_string(&mut self, content: &[u8], wide: bool) -> Val {
        constant(content, wide)
    }

    /// `$;`
    pub fn subscript_separator(&mut self) -> Vec<u8> {
        let value = self.specials.subscript_separator;
        if value.tag() == tag::SSTR { bytes(&value).to_vec() } else { b"\x1c".to_vec() }
    }

    /// Whether END blocks run.
    #[must_use]
    pub fn code_is_ending(&self) -> bool {
        self.world.ending
    }
}
