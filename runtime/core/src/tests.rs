//! Tests across files: operators against `perl`, counting of references, calls, patterns, objects.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::io::Write;
use std::process::{Command, Stdio};

use s_abi::layout::{Val, tag, want};

use crate::class::{ClassDescription, ClassKind, FieldDescription};
use crate::exception::Thrown;
use crate::memory::LIVE;
use crate::op::{arith, bits, compare, concat};
use crate::string::{Text, string};
use crate::testing::{Random, machine};
use crate::value::{Ptr, UNDEF, ValExt, bytes, counted, int, num};
use crate::vm::Vm;

/// What `perl` prints for a script; `None` without `perl`.
fn perl(script: &str) -> Option<String> {
    let mut child =
        Command::new("perl").arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(script.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()
}

/// An operand and how it is written in Perl.
fn operand(random: &mut Random) -> (Val, String) {
    match random.below(9) {
        0 => {
            let value = random.below(200) as i64 - 100;
            (int(value), format!("({value})"))
        }
        1 => {
            let value = random.next() as i64 >> (random.below(4) * 16);
            let value = value.max(i64::MIN + 1);
            (int(value), format!("({value})"))
        }
        2 => {
            let value = (random.below(2_000_000) as f64 - 1_000_000.0) / 64.0;
            (num(value), format!("({value:?})"))
        }
        3 => {
            let value = random.below(1 << 40) as f64 * 1e9;
            (num(value), format!("(0+\"{value:e}\")"))
        }
        4 => {
            let value = random.next() | 1 << 63;
            (crate::value::uint(value), format!("{value}"))
        }
        5 => {
            let value = random.below(100_000);
            let text = format!("{value}");
            (string(text.as_bytes()), format!("\"{text}\""))
        }
        6 => {
            let text = ["abc", "", "0", "12abc", " 7", "3.5", "-4", "1e3", "zz"][random.below(9) as usize];
            (string(text.as_bytes()), format!("\"{text}\""))
        }
        7 => (UNDEF, "undef".into()),
        _ => {
            let value = [0.0, 0.5, 1e15, 1e16, -2.0, 9007199254740993.0][random.below(6) as usize];
            (num(value), format!("(0+\"{value:e}\")"))
        }
    }
}

#[test]
fn operators_are_those_of_perl() {
    let mut vm = machine(true);
    let mut random = Random(2024);
    let mut script = String::from(
        "no warnings; $, = ''; sub t { my $r = eval { $_[0]->() }; $@ ? 'died' : defined $r ? $r : 'undef' }\n",
    );
    let mut expected = Vec::new();
    let symbols = [
        "+", "-", "*", "/", "%", "**", "==", "!=", "<", ">", "<=", ">=", "<=>", "eq", "lt", "cmp", ".", "&",
        "|", "^", "<<", ">>",
    ];
    for _ in 0..6000 {
        let symbol = symbols[random.below(symbols.len() as u64) as usize];
        let ((a, x), (mut b, mut y)) = (operand(&mut random), operand(&mut random));
        if matches!(symbol, "**" | "<<" | ">>") {
            let count = random.below(if symbol == "**" { 8 } else { 70 }) as i64;
            (b, y) = (int(count), format!("{count}"));
        }
        script.push_str(&format!("print t(sub {{ {x} {symbol} {y} }}), \"\\n\";\n"));
        let result = apply(&mut vm, symbol, a, b);
        let text = match result {
            Ok(value) if value.is_undef() => String::from("undef"),
            Ok(value) => {
                let text = vm.text(value).expect("a plain value");
                String::from_utf8_lossy(&text).into_owned()
            }
            Err(Thrown) => String::from("died"),
        };
        expected.push((format!("{x} {symbol} {y}"), text));
        if let Ok(value) = result {
            vm.release(value);
        }
    }
    let Some(output) = perl(&script) else { return };
    let mut wrong = Vec::new();
    for (line, (what, ours)) in output.lines().zip(&expected) {
        if line != ours {
            wrong.push(format!("{what}: perl {line}, ours {ours}"));
        }
    }
    assert!(output.lines().count() == expected.len(), "perl stopped early");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

fn apply(vm: &mut Vm, symbol: &str, a: Val, b: Val) -> Result<Val, Thrown> {
    let truth = |vm: &mut Vm, holds: Result<bool, Thrown>| holds.map(|holds| vm.boolean(holds));
    match symbol {
        "+" => arith::add(vm, a, b),
        "-" => arith::sub(vm, a, b),
        "*" => arith::mul(vm, a, b),
        "/" => arith::div(vm, a, b),
        "%" => arith::rem(vm, a, b),
        "**" => arith::pow(vm, a, b),
        "." => concat::concat(vm, a, b),
        "&" => bits::bit_and(vm, a, b),
        "|" => bits::bit_or(vm, a, b),
        "^" => bits::bit_xor(vm, a, b),
        "<<" => bits::shl(vm, a, b),
        ">>" => bits::shr(vm, a, b),
        "<=>" => compare::num_cmp(vm, a, b),
        "cmp" => compare::str_cmp(vm, a, b).map(int),
        "==" => {
            let holds = compare::num_eq(vm, a, b);
            truth(vm, holds)
        }
        "!=" => {
            let holds = compare::num_ne(vm, a, b);
            truth(vm, holds)
        }
        "<" => {
            let holds = compare::num_lt(vm, a, b);
            truth(vm, holds)
        }
        ">" => {
            let holds = compare::num_gt(vm, a, b);
            truth(vm, holds)
        }
        "<=" => {
            let holds = compare::num_le(vm, a, b);
            truth(vm, holds)
        }
        ">=" => {
            let holds = compare::num_ge(vm, a, b);
            truth(vm, holds)
        }
        "eq" => {
            let holds = compare::str_eq(vm, a, b);
            truth(vm, holds)
        }
        _ => {
            let holds = compare::str_lt(vm, a, b);
            truth(vm, holds)
        }
    }
}

#[test]
fn default_mode_wraps_and_divides_exactly() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    assert_eq!(arith::add(vm, int(i64::MAX), int(1)), Ok(int(i64::MIN)));
    assert_eq!(arith::div(vm, int(6), int(3)), Ok(int(2)));
    assert_eq!(arith::div(vm, int(7), int(2)), Ok(num(3.5)));
    assert_eq!(arith::rem(vm, int(-7), int(3)), Ok(int(2)));
    assert_eq!(arith::pow(vm, int(2), int(62)), Ok(int(1 << 62)));
    assert_eq!(bits::bit_not(vm, int(0)), Ok(int(-1)));
    assert_eq!(bits::shr(vm, int(-5), int(64)), Ok(int(-1)));
    assert_eq!(compare::num_eq(vm, string(b"abc"), string(b"abd")), Ok(false));
    assert_eq!(arith::div(vm, int(1), int(0)), Err(Thrown));
    let message = vm.take_exception();
    assert!(bytes(&message).starts_with(b"Illegal division by zero at "));
    vm.release(message);
}

#[test]
fn references_are_counted_to_the_end() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    let before = LIVE.get();
    let mut list = crate::array::new();
    for n in 0..100 {
        let table = crate::hash::new();
        crate::hash::set_text(
            vm,
            table,
            b"a name that is long",
            string(format!("a value that is long {n}").as_bytes()),
        );
        crate::array::push(&mut list, crate::value::href(table));
    }
    let copy = crate::array::copy_of(&list);
    let clone = vm.deep_copy(crate::value::aref(list), 0).expect("not deep");
    vm.release_ptr(list);
    vm.release_ptr(copy);
    vm.release(clone);
    assert_eq!(LIVE.get(), before);
    // A chain of a million links ends without recursion.
    let mut chain = UNDEF;
    for _ in 0..1_000_000 {
        let mut link = crate::array::new();
        crate::array::push(&mut link, chain);
        chain = crate::value::aref(link);
    }
    vm.release(chain);
    assert_eq!(LIVE.get(), before);
}

#[test]
fn weak_references_become_undefined() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    let before = LIVE.get();
    let target = crate::value::href(crate::hash::new());
    let holder = crate::cell::new(target.retained());
    let mut content = holder.value;
    vm.weaken_slot(&mut content);
    { holder }.value = content;
    assert_eq!(crate::cell::get(holder), target);
    vm.release(target);
    vm.release(target);
    assert!(crate::cell::get(holder).is_undef());
    vm.release_ptr(holder);
    assert_eq!(LIVE.get(), before);
}

#[test]
fn patterns_match_capture_and_replace() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    let pattern = vm.constant_pattern(b"(\\w+)@(\\w+)", false, 0).expect("a good pattern");
    let subject = string(b"mail bob@site and eve@home");
    assert_eq!(crate::pattern::match_once(vm, subject, pattern), Ok(true));
    let group = crate::pattern::capture(vm, 2);
    assert_eq!(bytes(&group), b"site");
    let cell = crate::cell::new(subject.retained());
    let mut found = Vec::new();
    while crate::pattern::match_next(vm, cell, pattern, 0) == Ok(true) {
        let group = crate::pattern::capture(vm, 1);
        found.push(bytes(&group).to_vec());
    }
    assert_eq!(found, [b"bob".to_vec(), b"eve".to_vec()]);
    let handle = crate::pattern::subst_begin(vm, subject, pattern).expect("begins");
    while crate::pattern::subst_next(vm, handle) == Ok(true) {
        crate::pattern::subst_add(vm, handle, string(b"<x>")).expect("adds");
    }
    assert_eq!(crate::pattern::subst_count(vm, handle), 2);
    let text = crate::pattern::subst_finish(vm, handle);
    assert_eq!(bytes(&text), b"mail <x> and <x>");
    vm.release(text);
    vm.release_ptr(cell);
}

fn fields(vm: &mut Vm, pattern: &[u8], subject: &[u8], limit: Val) -> Vec<String> {
    let mark = vm.height() as i64;
    let pattern = if pattern == b" " {
        string(b" ")
    } else {
        vm.pattern_of(string(pattern), 0).expect("a good pattern")
    };
    vm.push_all(&[pattern, string(subject), limit]).expect("room");
    crate::pattern::split(vm, mark).expect("splits");
    let values = vm.take_list(mark);
    values.iter().map(|value| String::from_utf8_lossy(bytes(value)).into_owned()).collect()
}

#[test]
fn split_is_that_of_perl() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    assert_eq!(fields(vm, b",", b"a,b,,c,,", UNDEF), ["a", "b", "", "c"]);
    assert_eq!(fields(vm, b",", b"a,b,,c,,", int(-1)), ["a", "b", "", "c", "", ""]);
    assert_eq!(fields(vm, b",", b",a", UNDEF), ["", "a"]);
    assert_eq!(fields(vm, b"", b"abc", UNDEF), ["a", "b", "c"]);
    assert_eq!(fields(vm, b" ", b"  a  b c ", UNDEF), ["a", "b", "c"]);
    assert_eq!(fields(vm, b"(-)|,", b"1-2,3", UNDEF), ["1", "-", "2", "", "3"]);
    assert_eq!(fields(vm, b"\\s*", b"a b c", UNDEF), ["a", "b", "c"]);
    assert_eq!(fields(vm, b"b*", b"abbc", UNDEF), ["a", "c"]);
    assert_eq!(fields(vm, b",", b"a,b,c", int(2)), ["a", "b,c"]);
    assert!(fields(vm, b",", b"", UNDEF).is_empty());
}

#[test]
fn declared_types_are_built_changed_and_printed() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    let field = |name: &[u8]| FieldDescription { name: name.to_vec(), ..FieldDescription::default() };
    let point = vm
        .register_class(ClassDescription {
            name: b"Pt".to_vec(),
            kind: ClassKind::Struct,
            fields: alloc::vec![field(b"x"), field(b"y")],
            ..ClassDescription::default()
        })
        .expect("a good class");
    let one = vm.construct_object(point, &[int(1), int(2)]).expect("builds");
    let two = vm.construct_object(point, &[string(b"y"), int(2), string(b"x"), int(1)]).expect("builds");
    let text = vm.text(one).expect("prints");
    assert_eq!(&*text, b"Pt(x => 1, y => 2)");
    assert_eq!(compare::num_eq(vm, one, two), Ok(true));
    let mark = vm.height() as i64;
    vm.push_all(&[two.retained(), int(7)]).expect("room");
    let set = crate::class::call_method(vm, string(b"x"), mark, want::SCALAR as i64);
    assert_eq!(set, Ok(int(7)));
    assert_eq!(compare::num_eq(vm, one, two), Ok(false));
    assert!(vm.construct_object(point, &[int(1), int(2), int(3)]).is_err());
    vm.release(one);
    vm.release(two);
}

fn twice(vm: &mut Vm, _held: &[Val], arguments: &[Val], _wanted: u64) -> Result<Val, Thrown> {
    arith::mul(vm, arguments[0], int(2))
}

fn dies(vm: &mut Vm, _held: &[Val], _arguments: &[Val], _wanted: u64) -> Result<Val, Thrown> {
    Err(vm.throw(string(b"an exception that is long\n")))
}

#[test]
fn calls_methods_and_exceptions() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    let glob = vm.glob(b"Animal::twice");
    let code = vm.new_native(twice, &[]);
    vm.define(glob, code);
    let isa = vm.glob(b"Dog::ISA");
    crate::array::push(&mut Ptr(isa.array), string(b"Animal"));
    let number = vm.package_number(b"Dog");
    assert!(vm.find_method(number, b"twice").is_some());
    assert!(vm.class_is(number, b"Animal"));
    assert_eq!(vm.call_glob_with(glob, &[int(21)], want::SCALAR), Ok(int(42)));
    let code = vm.new_native(dies, &[]);
    let caught = vm.attempt(|vm| vm.call(code, &[], want::SCALAR));
    let exception = caught.expect("is no exit").expect_err("it dies");
    assert_eq!(bytes(&exception), b"an exception that is long\n");
    vm.release(exception);
    assert_eq!(vm.run_main(code), 255);
    let missing = vm.glob(b"main::missing");
    assert!(vm.call_glob_with(missing, &[], want::SCALAR).is_err());
    let message = Text(vm.take_exception());
    assert!(message.starts_with(b"Undefined subroutine &main::missing called at "));
}

fn joins(vm: &mut Vm, _held: &[Val], arguments: &[Val], _wanted: u64) -> Result<Val, Thrown> {
    let text = if arguments.len() > 1 && vm.truth(arguments[2])? { "swapped" } else { "straight" };
    Ok(string(text.as_bytes()))
}

#[test]
fn operators_are_overloaded_by_globs() {
    let mut vm = machine(true);
    let vm = &mut *vm;
    let glob = vm.glob(b"Money::(+");
    let code = vm.new_native(joins, &[]);
    vm.define(glob, code);
    let money = crate::value::href(crate::hash::new());
    let blessed = crate::class::bless(vm, money, string(b"Money")).expect("a reference");
    vm.release(blessed);
    let straight = Text(arith::add(vm, money, int(1)).expect("adds"));
    assert_eq!(&*straight, b"straight");
    let swapped = Text(arith::add(vm, int(1), money).expect("adds"));
    assert_eq!(&*swapped, b"swapped");
    // Without a method for texts, and without `fallback`, there is no text.
    assert!(vm.text(money).is_err());
    let thrown = vm.take_exception();
    assert!(bytes(&thrown).starts_with(b"Operation \"\"\"\": no method found"));
    vm.release(thrown);
    vm.release(money);
}

#[test]
fn local_puts_back() {
    let mut vm = machine(false);
    let vm = &mut *vm;
    let glob = vm.glob(b"main::x");
    crate::cell::set(vm, Ptr(glob.scalar), int(1));
    let table = Ptr(glob.hash);
    crate::hash::set_text(vm, table, b"k", int(5));
    let mark = crate::saves::local_mark(vm);
    crate::saves::local_scalar(vm, glob);
    crate::cell::set(vm, Ptr(glob.scalar), int(2));
    crate::saves::local_hash_elem(vm, table, string(b"k")).expect("saves");
    crate::saves::local_hash_elem(vm, table, string(b"new")).expect("saves");
    crate::hash::set_text(vm, table, b"k", int(6));
    crate::hash::set_text(vm, table, b"new", int(7));
    crate::saves::local_restore(vm, mark);
    assert_eq!(crate::cell::get(Ptr(glob.scalar)), int(1));
    assert_eq!(crate::hash::get_text(table, b"k"), int(5));
    assert_eq!(table.len, 1);
}

#[test]
fn every_assertion_has_its_number_and_the_core_is_there() {
    for name in [
        "join",
        "push",
        "pop",
        "shift",
        "unshift",
        "splice",
        "keys",
        "values",
        "abs",
        "int",
        "sqrt",
        "sin",
        "cos",
        "exp",
        "log",
        "hex",
        "oct",
        "rand",
        "srand",
        "time",
        "length",
        "index",
        "rindex",
        "sprintf",
        "lc",
        "uc",
        "ucfirst",
        "chr",
        "ord",
        "quotemeta",
        "pack",
        "unpack",
        "chars",
        "e",
        "fore",
        "sum",
        "product",
        "min",
        "max",
        "avg",
        "uniq",
        "take",
        "drop",
        "head",
        "tail",
        "trim",
        "shuffle",
        "zip",
        "flatten",
        "enumerate",
        "set",
        "test_run",
        "assert_eq",
        "aeq",
    ] {
        assert!(crate::implemented(name), "{name}");
    }
    let _ = counted(tag::CODE, machine(true).new_native(twice, &[]));
}
