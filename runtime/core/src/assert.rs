//! The test vocabulary: assertions that print to the standard error, count, and never die.

use alloc::string::String;
use alloc::vec::Vec;

use s_abi::layout::{Val, want};

use crate::builtin::rows;
use crate::exception::Thrown;
use crate::late;
use crate::value::{UNDEF, ValExt, bytes};
use crate::vm::Vm;

/// Counters since the last summary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tests {
    passed: u64,
    failed: u64,
    skipped: u64,
    /// A failure was counted at any time: the program ends with status 1.
    pub(crate) any_failed: bool,
    colour: Option<bool>,
}

/// The names of assertions by the number that `assert` takes, aliases apart.
pub const ASSERTIONS: [&str; 16] = [
    "assert_eq",
    "assert_ne",
    "assert_ok",
    "assert_err",
    "assert_true",
    "assert_false",
    "assert_gt",
    "assert_lt",
    "assert_ge",
    "assert_le",
    "assert_match",
    "assert_contains",
    "assert_near",
    "assert_dies",
    "test_skip",
    "test_run",
];

/// The same by their rows in the table of builtins.
static ROWS: [(i64, &str); ASSERTIONS.len()] = rows(&ASSERTIONS);

/// The number of an assertion.
#[must_use]
pub fn assertion_number(name: &str) -> Option<i64> {
    ASSERTIONS.iter().position(|known| *known == name).map(|at| at as i64)
}

const GREEN: &str = "32";
const RED: &str = "31";
const YELLOW: &str = "33";

fn line(vm: &mut Vm, colour: &str, sign: &str, text: &[u8]) {
    let coloured = match vm.tests.colour {
        Some(coloured) => coloured,
        None => {
            let on = s_sys::isatty(s_sys::Fd::STDERR) && s_sys::environment_get(b"NO_COLOR").is_none();
            vm.tests.colour = Some(on);
            on
        }
    };
    let mut out = Vec::with_capacity(text.len() + 16);
    out.extend_from_slice(b"  ");
    if coloured {
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(colour.as_bytes());
        out.push(b'm');
    }
    out.extend_from_slice(sign.as_bytes());
    if coloured {
        out.extend_from_slice(b"\x1b[0m");
    }
    out.push(b' ');
    out.extend_from_slice(text);
    out.push(b'\n');
    crate::output::write_error(vm, &out);
}

fn shown(vm: &mut Vm, value: Val) -> Result<Vec<u8>, Thrown> {
    Ok(vm.text(value)?.to_vec())
}

/// Runs an assertion on its arguments, which it borrows.
pub fn run(vm: &mut Vm, which: i64, arguments: &[Val]) -> Result<Val, Thrown> {
    let name = usize::try_from(which).ok().and_then(|at| ASSERTIONS.get(at)).copied().unwrap_or("test_run");
    let operand = |n: usize| arguments.get(n).copied().unwrap_or(UNDEF);
    let (a, b) = (operand(0), operand(1));
    match name {
        "test_run" => return Ok(summary(vm)),
        "test_skip" => {
            vm.tests.skipped += 1;
            let text = [b"skipped: ".as_slice(), &shown(vm, a)?].concat();
            line(vm, YELLOW, "↷", &text);
            return Ok(crate::value::int(1));
        }
        _ => {}
    }
    let mut why: Vec<u8> = Vec::new();
    let quoted = |text: &[u8]| [b"'".as_slice(), text, b"'"].concat();
    let (holds, label_at) = match name {
        "assert_eq" | "assert_ne" => {
            let (x, y) = (shown(vm, a)?, shown(vm, b)?);
            if name == "assert_eq" {
                why = [b"got ".as_slice(), &quoted(&x), b", expected ", &quoted(&y)].concat();
            } else {
                why = [b"got ".as_slice(), &quoted(&x), b", expected something else"].concat();
            }
            ((x == y) == (name == "assert_eq"), 2)
        }
        "assert_ok" | "assert_true" => {
            let text = shown(vm, a)?;
            why = [b"got ".as_slice(), &quoted(&text), b", expected a true value"].concat();
            (vm.truth(a)?, 1)
        }
        "assert_false" | "assert_err" => {
            let text = shown(vm, a)?;
            why = [b"got ".as_slice(), &quoted(&text), b", expected a false value"].concat();
            (!vm.truth(a)?, 1)
        }
        "assert_gt" | "assert_lt" | "assert_ge" | "assert_le" => {
            let (x, y) = (shown(vm, a)?, shown(vm, b)?);
            let (holds, sign): (bool, &[u8]) = match name {
                "assert_gt" => (crate::op::compare::num_gt(vm, a, b)?, b">"),
                "assert_lt" => (crate::op::compare::num_lt(vm, a, b)?, b"<"),
                "assert_ge" => (crate::op::compare::num_ge(vm, a, b)?, b">="),
                _ => (crate::op::compare::num_le(vm, a, b)?, b"<="),
            };
            why = [b"expected ".as_slice(), &quoted(&x), b" ", sign, b" ", &quoted(&y)].concat();
            (holds, 2)
        }
        "assert_match" => {
            let text = shown(vm, b)?;
            let pattern = shown(vm, a)?;
            why = [quoted(&text).as_slice(), b" does not match ", &pattern].concat();
            // Who may call it has filled the place.
            let matches = late::MATCH_ASSERTION.get();
            (matches.map_or(Ok(false), |matches| matches(vm, b, a))?, 2)
        }
        "assert_contains" => {
            let (x, y) = (shown(vm, a)?, shown(vm, b)?);
            why = [quoted(&x).as_slice(), b" does not contain ", &quoted(&y)].concat();
            (memchr::memmem::find(&x, &y).is_some(), 2)
        }
        "assert_near" => {
            let (x, y) = (vm.float(a)?, vm.float(b)?);
            let third = operand(2);
            // Two forms: with a tolerance, or with the label at once.
            let is_label = third.is_string() && !crate::text::number::looks_like_number(bytes(&third));
            let tolerance = if third.is_undef() || is_label { 1e-9 } else { vm.float(third)? };
            let (one, two) = (shown(vm, a)?, shown(vm, b)?);
            why = [b"got ".as_slice(), &quoted(&one), b", expected about ", &quoted(&two)].concat();
            let holds = libm::fabs(x - y) <= tolerance || x == y;
            (holds, if is_label { 2 } else { 3 })
        }
        "assert_dies" => {
            why.extend_from_slice(b"expected it to die");
            let died = vm.attempt(|vm| {
                let result = vm.call_value(a, &[], want::SCALAR)?;
                Ok(vm.scalar_of(result))
            })?;
            let holds = match died {
                Ok(value) => {
                    vm.release(value);
                    false
                }
                Err(exception) => {
                    vm.release(exception);
                    true
                }
            };
            (holds, 1)
        }
        _ => (true, 0),
    };
    let label = operand(label_at);
    let mut text = if label.is_undef() { name.as_bytes().to_vec() } else { shown(vm, label)? };
    if holds {
        vm.tests.passed += 1;
        line(vm, GREEN, "✓", &text);
    } else {
        vm.tests.failed += 1;
        vm.tests.any_failed = true;
        text.extend_from_slice(" — ".as_bytes());
        text.extend_from_slice(&why);
        line(vm, RED, "✗", &text);
    }
    Ok(vm.boolean(holds))
}

fn summary(vm: &mut Vm) -> Val {
    let tests = vm.tests;
    let total = tests.passed + tests.failed + tests.skipped;
    crate::output::flush_everything(vm);
    crate::output::write_error(vm, b"\n");
    let text: String;
    if tests.failed > 0 {
        text = alloc::format!("{} of {total} tests failed", tests.failed);
        line(vm, RED, "✗", text.as_bytes());
    } else if tests.skipped > 0 {
        text = alloc::format!("{} passed, {} skipped (of {total})", tests.passed, tests.skipped);
        line(vm, GREEN, "✓", text.as_bytes());
    } else {
        text = alloc::format!("All {total} tests passed");
        line(vm, GREEN, "✓", text.as_bytes());
    }
    vm.tests = Tests { any_failed: tests.any_failed, colour: tests.colour, ..Tests::default() };
    vm.boolean(tests.failed == 0)
}

/// An assertion, by the row of the table of builtins, on the list from the mark, which it consumes.
pub fn assert(vm: &mut Vm, row: i64, mark: i64, _wanted: i64) -> Result<Val, Thrown> {
    let which = ROWS.iter().position(|known| known.0 == row).map_or(-1, |at| at as i64);
    let result = run(vm, which, vm.list(mark));
    vm.drop_list(mark);
    result
}
