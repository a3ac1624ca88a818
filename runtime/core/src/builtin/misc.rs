//! Builtins on any values: tests of what they are, references, functions; and what fits nowhere else.

use alloc::vec::Vec;

use s_abi::layout::{Cell, Val, tag, want};

use super::{arg, listed};
use crate::exception::Thrown;
use crate::fiber;
use crate::string::string;
use crate::text::number;
use crate::text::strings;
use crate::value::{UNDEF, ValExt, bytes, counted, int};
use crate::vm::Vm;

macro_rules! is {
    ($test:expr) => {
        |vm, a, _| {
            let test: fn(Val) -> bool = $test;
            let holds = test(arg(a, 0));
            Ok(vm.boolean(holds))
        }
    };
}

macro_rules! assertion {
    ($name:literal) => {
        |vm, a, _| {
            let number = crate::assert::assertion_number($name).unwrap_or(0);
            crate::assert::run(vm, number, a)
        }
    };
}

// The builtins of this file.
functions![
    ("assert_contains", assertion!("assert_contains")),
    ("assert_dies", assertion!("assert_dies")),
    ("assert_eq", assertion!("assert_eq")),
    ("assert_err", assertion!("assert_err")),
    ("assert_false", assertion!("assert_false")),
    ("assert_ge", assertion!("assert_ge")),
    ("assert_gt", assertion!("assert_gt")),
    ("assert_le", assertion!("assert_le")),
    ("assert_lt", assertion!("assert_lt")),
    ("assert_match", assertion!("assert_match")),
    ("assert_ne", assertion!("assert_ne")),
    ("assert_near", assertion!("assert_near")),
    ("assert_ok", assertion!("assert_ok")),
    ("assert_true", assertion!("assert_true")),
    ("atrue", assertion!("assert_true")),
    ("test_run", assertion!("test_run")),
    ("run_tests", assertion!("test_run")),
    ("test_skip", assertion!("test_skip")),
    ("async", |vm, a, _| fiber::new_task(vm, arg(a, 0), a.get(1..).unwrap_or(&[]))),
    ("spawn", |vm, a, _| fiber::new_task(vm, arg(a, 0), a.get(1..).unwrap_or(&[]))),
    ("await", |vm, a, _| fiber::await_task(vm, arg(a, 0))),
    ("barrier", |vm, a, _| {
        let size = vm.integer(arg(a, 0))?;
        Ok(fiber::new_barrier(usize::try_from(size).unwrap_or(1)))
    }),
    ("gen", |_, a, _| Ok(fiber::new_generator(arg(a, 0)))),
    ("yield", |vm, a, _| match a {
        [] | [_] => fiber::yield_value(vm, arg(a, 0)),
        several => {
            let held: Vec<Val> = several.iter().map(|value| value.retained()).collect();
            let value = crate::value::aref(crate::array::from_values(&held));
            let result = fiber::yield_value(vm, value);
            vm.release(value);
            result
        }
    }),
    ("pchannel", |vm, a, w| {
        let most = match a.first() {
            Some(&most) => Some(usize::try_from(vm.integer(most)?).unwrap_or(1)),
            None => None,
        };
        let ends = fiber::new_channel(most);
        super::listed_last(vm, ends.to_vec(), w)
    }),
    ("pselect", |vm, a, w| {
        let ends = super::flat(vm, a);
        let chosen = fiber::select(vm, &ends);
        vm.release_all(&ends);
        let [value, index] = chosen?;
        if w == want::LIST {
            return listed(vm, alloc::vec![value, index], w);
        }
        Ok(value)
    }),
    ("pipeline", |vm, a, _| {
        let values = super::flat(vm, a);
        let made = fiber::new_pipeline(&values);
        vm.release_all(&values);
        Ok(made)
    }),
    ("par_pipeline", |vm, a, _| {
        let values = super::flat(vm, a);
        let made = fiber::new_pipeline(&values);
        vm.release_all(&values);
        Ok(made)
    }),
    ("sqlite", |vm, a, _| {
        let place = vm.text(arg(a, 0))?;
        if a.is_empty() || &*place == b":memory:" {
            return Ok(fiber::new_database());
        }
        Err(vm.die(b"sqlite: only \":memory:\" is there yet, no files"))
    }),
    ("bench", |vm, a, _| {
        // Seconds that a function takes, the mean of some runs.
        let runs = match a.get(1) {
            Some(&runs) => vm.integer(runs)?.clamp(1, 1 << 30),
            None => 1,
        };
        let before = s_sys::clock_monotonic();
        for _ in 0..runs {
            let result = vm.call_value(arg(a, 0), &[], want::VOID)?;
            let result = vm.scalar_of(result);
            vm.release(result);
        }
        Ok(crate::value::num(s_sys::clock_monotonic().since(before).as_seconds() / runs as f64))
    }),
    ("fan", |vm, a, _| {
        // The function first, then how often.
        let count = vm.integer(arg(a, 1))?;
        for n in 0..count {
            let result = vm.call_value(arg(a, 0), &[int(n)], want::VOID)?;
            let result = vm.scalar_of(result);
            vm.release(result);
        }
        Ok(int(count.max(0)))
    }),
    ("bless", |vm, a, _| crate::class::bless(vm, arg(a, 0), arg(a, 1))),
    ("reset", |vm, a, _| {
        // Clears the variables of the package whose names begin with the letters given.
        let letters = if a.is_empty() { Vec::new() } else { vm.text(arg(a, 0))?.to_vec() };
        let wanted = letter_set(&letters);
        let package = vm.running_package().to_vec();
        // Without any, what its `m?x?` have matched is forgotten.
        if a.is_empty()
            && let Some(glob) = vm.existing_glob(&[&package[..], b"::?"].concat())
        {
            crate::hash::clear(vm, crate::value::Ptr(glob.hash));
        }
        for (name, glob) in vm.package_symbols(&package) {
            if name.first().is_some_and(|byte| wanted.contains(byte)) {
                crate::cell::set(vm, crate::value::Ptr(glob.scalar), UNDEF);
                crate::array::clear(vm, &mut crate::value::Ptr(glob.array));
                crate::hash::clear(vm, crate::value::Ptr(glob.hash));
            }
        }
        Ok(int(1))
    }),
    ("ref", |vm, a, _| Ok(crate::class::ref_type(vm, arg(a, 0)))),
    ("__blessed", |vm, a, _| {
        let value = arg(a, 0);
        let class = if value.is_reference() { value.class() } else { 0 };
        Ok(match class {
            0 if value.is_reference() && crate::convert::base_type(value) == b"Regexp" => string(b"Regexp"),
            0 => UNDEF,
            class => string(vm.class_name(class)),
        })
    }),
    // How many arguments there are, the least, the most, what takes the rest, the function's name, and
    // something more where the call itself stands here.
    ("__check_count", |vm, a, _| {
        let (got, least, most) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?, vm.integer(arg(a, 2))?);
        let rest = vm.text(arg(a, 3))?;
        let open = !rest.is_empty();
        let fits = got >= least && (open || got <= most);
        if fits && !(&*rest == b"%" && got > most && (got - most) % 2 != 0) {
            return Ok(UNDEF);
        }
        let name = alloc::string::String::from_utf8_lossy(&vm.text(arg(a, 4))?).into_owned();
        let frame = vm.abi.frame;
        if a.len() < 6
            && let Some(caller) = vm.caller_frame()
        {
            vm.abi.frame = caller;
        }
        let thrown = if fits {
            vm.die_fmt(format_args!("Odd name/value argument for subroutine '{name}'"))
        } else {
            let (many, wanted) = if got < least { ("few", least) } else { ("many", most) };
            let bound = match () {
                () if least == most && !open => "",
                () if got < least => "at least ",
                () => "at most ",
            };
            vm.die_fmt(format_args!(
                "Too {many} arguments for subroutine '{name}' (got {got}; expected {bound}{wanted})"
            ))
        };
        vm.abi.frame = frame;
        Err(thrown)
    }),
    // A full name and values: the function of that name gives them.
    ("__constant_sub", |vm, a, _| {
        let name = vm.text(arg(a, 0))?.to_vec();
        let held: Vec<Val> = a.get(1..).unwrap_or(&[]).iter().map(|value| value.retained()).collect();
        let code = vm.new_native(constant_values, &held);
        let glob = vm.glob(&name);
        vm.define(glob, code);
        Ok(UNDEF)
    }),
    ("__define", |vm, a, _| {
        let name = vm.text(arg(a, 0))?.to_vec();
        if let Some(code) = arg(a, 1).as_code() {
            let glob = vm.glob(&name);
            vm.define(glob, code.retained());
        }
        Ok(UNDEF)
    }),
    // `%Package::` of a name that ends in `::`.
    ("__symbols", |vm, a, _| {
        let name = vm.text(arg(a, 0))?.to_vec();
        Ok(crate::value::href(vm.symbol_table(&name).retained()))
    }),
    // `delete %h{...}` and `delete %a[...]`: the container by reference, and the keys.
    ("__delete_pairs", |vm, a, w| {
        let mark = vm.height() as i64;
        for &key in &a[1..] {
            let value = if let Some(table) = arg(a, 0).as_table() {
                crate::containers::hash_delete(vm, table, key)?
            } else if let Some(array) = arg(a, 0).as_array() {
                let index = vm.index_of(key);
                crate::containers::arr_delete(vm, array, index)?
            } else {
                UNDEF
            };
            vm.push(key.retained())?;
            vm.push(value)?;
        }
        Ok(vm.list_as_result(mark, w))
    }),
    ("__function", |vm, a, _| {
        let name = vm.text(arg(a, 0))?.to_vec();
        let glob = vm.glob(&name);
        if glob.code.is_null() {
            return Ok(UNDEF);
        }
        Ok(counted(tag::CODE, crate::value::Ptr(glob.code).retained()))
    }),
    // The function that a value is, holds or names in a package.
    ("__function_of", |vm, a, _| {
        let value = arg(a, 0);
        if value.as_code().is_some() {
            return Ok(value.retained());
        }
        let glob = match crate::convert::as_glob(value) {
            Some(glob) => Some(glob),
            None if value.is_string() => {
                let package = vm.text(arg(a, 1))?.to_vec();
                let full = crate::glob::qualify(&vm.text(value)?, &package);
                vm.existing_glob(&full)
            }
            None => None,
        };
        Ok(match glob {
            Some(glob) if !glob.code.is_null() => counted(tag::CODE, crate::value::Ptr(glob.code).retained()),
            _ => UNDEF,
        })
    }),
    // What was thrown and the label of a loop: 1, 2, 3 for `last`, `next`, `redo` of that loop from a
    // function called in it, and 0 for anything else.
    ("__far_jump", |vm, a, _| {
        let label = vm.text(arg(a, 1))?.to_vec();
        let Some((which, wanted, message)) = vm.world.far_jump.take() else { return Ok(int(0)) };
        let thrown = vm.text(arg(a, 0))?;
        if wanted == label && thrown.starts_with(&message) {
            return Ok(int(which + 1));
        }
        vm.world.far_jump = Some((which, wanted, message));
        Ok(int(0))
    }),
    // What a frame was called with is not kept.
    // `$!{NAME}`: the number if it is that of the last error, else 0.
    ("__errno_is", |vm, a, _| {
        let name = vm.text(arg(a, 0))?.to_vec();
        let number = core::str::from_utf8(&name).ok().and_then(s_sys::Errno::from_name);
        Ok(
            int(number
                .map_or(0, |number| if number.0 == vm.specials.errno { i64::from(number.0) } else { 0 })),
        )
    }),
    ("__input_place", |vm, _, _| {
        let mut text = Vec::new();
        vm.append_input_place(&mut text);
        Ok(string(&text))
    }),
    // A level of `caller`: the arguments of the function there.
    ("__frame_args", |vm, a, w| {
        let arguments = crate::code::frame_arguments(vm, arg(a, 0)).unwrap_or_default();
        listed(vm, arguments, w)
    }),
    ("__is_bool", |vm, a, _| {
        let holds = arg(a, 0).w0 == tag::BOOL;
        Ok(vm.boolean(holds))
    }),
    ("__is_number", |vm, a, _| {
        let holds = arg(a, 0).is_numeric();
        Ok(vm.boolean(holds))
    }),
    ("__is_wide", |vm, a, _| {
        let holds = arg(a, 0).is_string() && arg(a, 0).is_wide();
        Ok(vm.boolean(holds))
    }),
    // A reference to the place that holds the reference in question.
    ("__is_weak", |vm, a, _| {
        let holds = arg(a, 0).w0 == tag::SREF && arg(a, 0).pointer::<Cell>().value.w0 == tag::WEAK;
        Ok(vm.boolean(holds))
    }),
    ("__weaken", |vm, a, _| {
        if arg(a, 0).w0 == tag::SREF {
            let mut cell = arg(a, 0).pointer::<Cell>();
            vm.weaken_slot(&mut cell.value);
        }
        Ok(UNDEF)
    }),
    ("__unweaken", |vm, a, _| {
        if arg(a, 0).w0 == tag::SREF {
            let cell = arg(a, 0).pointer::<Cell>();
            let target = crate::cell::get(cell);
            crate::cell::set(vm, cell, target);
        }
        Ok(UNDEF)
    }),
    // References to the variable; `__read_only` says or settles whether it can be changed.
    ("tie", |vm, a, _| vm.tie(a)),
    ("tied", |vm, a, _| Ok(vm.tied(arg(a, 0)))),
    ("untie", |vm, a, _| vm.untie(arg(a, 0))),
    // A reference to a hash, and the keys that it may have.
    ("__restrict", |vm, a, _| {
        if let Some(table) = arg(a, 0).as_table() {
            vm.restrict(table, a.get(1..).unwrap_or(&[]))?;
        }
        Ok(UNDEF)
    }),
    ("__unrestrict", |vm, a, _| {
        if let Some(table) = arg(a, 0).as_table() {
            vm.unrestrict(table);
        }
        Ok(UNDEF)
    }),
    ("__is_restricted", |vm, a, _| {
        let holds =
            arg(a, 0).as_table().is_some_and(|table| table.header.aux & crate::magic::RESTRICTED != 0);
        Ok(vm.boolean(holds))
    }),
    ("__legal_keys", |vm, a, w| {
        let keys = arg(a, 0).as_table().map_or_else(Vec::new, |table| vm.legal_keys(table));
        listed(vm, keys, w)
    }),
    ("__read_only", |vm, a, _| {
        let wanted = match a.get(1) {
            Some(&wanted) => Some(vm.truth(wanted)?),
            None => None,
        };
        let holds = match arg(a, 0) {
            place if place.w0 == tag::SREF => crate::magic::read_only(vm, place.pointer(), wanted),
            _ => false,
        };
        Ok(vm.boolean(holds))
    }),
    ("__linear_isa", |vm, a, w| {
        let name = vm.text(arg(a, 0))?.to_vec();
        let number = vm.package_number(&name);
        let names = vm.linear(number).iter().map(|&class| string(vm.class_name(class))).collect();
        listed(vm, names, w)
    }),
    // An object, the full name of the method that asks, and whether it may be absent.
    ("__next_method", |vm, a, _| {
        let class = match arg(a, 0) {
            value if value.is_reference() => value.class(),
            name => {
                let name = vm.text(name)?.to_vec();
                vm.package_number(&name)
            }
        };
        let full = vm.text(arg(a, 1))?.to_vec();
        let how = vm.text(arg(a, 2))?.to_vec();
        let at = full.windows(2).rposition(|pair| pair == b"::").unwrap_or(0);
        let (package, method) = (&full[..at], full.get(at + 2..).unwrap_or(b""));
        let found = vm.find_next_method(class, package, method).map(crate::value::Ptr::retained);
        match (found, how.as_slice()) {
            (Some(code), _) => Ok(counted(tag::CODE, code)),
            (None, b"next::can") => Ok(UNDEF),
            (None, b"maybe::next::method") => Ok(counted(tag::CODE, vm.new_native(nothing, &[]))),
            (None, _) => {
                let method = alloc::string::String::from_utf8_lossy(method).into_owned();
                let class = vm.class_name(class).to_vec();
                let class = alloc::string::String::from_utf8_lossy(&class).into_owned();
                Err(vm.die_fmt(format_args!("No next::method '{method}' found for {class}")))
            }
        }
    }),
    ("__use_c3", |vm, a, _| {
        let name = vm.text(arg(a, 0))?.to_vec();
        vm.use_c3(&name);
        Ok(UNDEF)
    }),
    // An object or class and an operator: its function. Without an operator: whether there is any.
    ("__overload", |vm, a, _| {
        let class = match arg(a, 0) {
            value if value.is_reference() => value.class(),
            name => {
                let name = vm.text(name)?.to_vec();
                vm.package_number(&name)
            }
        };
        let symbol = if a.len() > 1 { Some(vm.text(arg(a, 1))?.to_vec()) } else { None };
        Ok(vm.overload_function(class, symbol.as_deref()))
    }),
    ("__strval", |vm, a, _| {
        let value = arg(a, 0);
        if !value.is_reference() {
            return Ok(value.retained());
        }
        let mut out = Vec::new();
        vm.plain_form(value, &mut out);
        Ok(string(&out))
    }),
    // `use open ':utf8'`: of every file opened from now on, with "std" of the three standard ones too.
    ("__use_utf8_layers", |vm, a, _| {
        vm.world.utf8_files = true;
        if &*vm.text(arg(a, 0))? == b"std" {
            for glob in [vm.known.stdin, vm.known.stdout, vm.known.stderr] {
                if let Some(mut stream) = crate::output::stream_of(glob) {
                    let _ = stream.handle.binmode(Some(b":utf8"));
                }
            }
        }
        Ok(UNDEF)
    }),
    ("__utf8_decode", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let mut narrow = Vec::new();
        if text.is_wide() && !crate::text::utf8::to_latin1(&text, &mut narrow) {
            return Ok(UNDEF);
        }
        let read = if text.is_wide() { &narrow[..] } else { &text[..] };
        Ok(match core::str::from_utf8(read) {
            Ok(_) => crate::string::string_of(read, !read.is_ascii()),
            Err(_) => UNDEF,
        })
    }),
    ("__utf8_encode", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        Ok(if text.is_wide() { string(&text) } else { string(&crate::convert::widened(&text)) })
    }),
    ("__looks_like_number", |vm, a, _| {
        let value = arg(a, 0);
        let holds = match () {
            () if value.is_undef() => false,
            () if value.is_numeric() || value.w0 == tag::BOOL => true,
            () if value.is_reference() => false,
            () => number::looks_like_number(&vm.text(value)?),
        };
        Ok(vm.boolean(holds))
    }),
    ("__refaddr", |_, a, _| {
        let value = arg(a, 0);
        Ok(if value.is_reference() { int(value.w1 as i64) } else { UNDEF })
    }),
    // The full name of a function.
    ("__subname", |_, a, _| {
        Ok(match arg(a, 0).as_code() {
            Some(code) => string(crate::exception::function_name(crate::value::Ptr(code.info.cast_mut()))),
            None => UNDEF,
        })
    }),
    ("__reftype", |_, a, _| {
        let value = arg(a, 0);
        if !value.is_reference() {
            return Ok(UNDEF);
        }
        Ok(match crate::convert::base_type(value) {
            b"Regexp" => string(b"REGEXP"),
            name => string(name),
        })
    }),
    ("both", |vm, a, _| logic(vm, a, |x, y| x && y)),
    ("either", |vm, a, _| logic(vm, a, |x, y| x || y)),
    ("neither", |vm, a, _| logic(vm, a, |x, y| !x && !y)),
    ("xor_bool", |vm, a, _| logic(vm, a, |x, y| x != y)),
    ("caller", |vm, a, w| Ok(crate::code::caller(vm, arg(a, 0), w as i64))),
    ("compose", |vm, a, _| {
        let held: Vec<Val> = a.iter().map(|value| value.retained()).collect();
        Ok(counted(tag::CODE, vm.new_native(composed, &held)))
    }),
    ("deep_clone", |vm, a, _| vm.deep_copy(arg(a, 0), 0)),
    ("deep_equal", |vm, a, _| {
        let same = vm.deep_equal(arg(a, 0), arg(a, 1), 0)?;
        Ok(vm.boolean(same))
    }),
    ("die", |vm, a, _| {
        let mark = vm.height() as i64;
        for &value in a {
            vm.push(value.retained())?;
        }
        crate::exception::die_list(vm, mark)
    }),
    ("warn", |vm, a, _| {
        let mark = vm.height() as i64;
        for &value in a {
            vm.push(value.retained())?;
        }
        crate::exception::warn_list(vm, mark)
    }),
    ("fizzbuzz", |vm, a, w| {
        let n = vm.integer(arg(a, 0))?;
        let word = |n: i64| match (n % 3, n % 5) {
            (0, 0) => string(b"FizzBuzz"),
            (0, _) => string(b"Fizz"),
            (_, 0) => string(b"Buzz"),
            _ => int(n),
        };
        if w != want::LIST {
            return Ok(word(n));
        }
        let values = (1..=n.min(1 << 24)).map(word).collect();
        listed(vm, values, w)
    }),
    ("format_duration", |vm, a, _| {
        let seconds = vm.float(arg(a, 0))?;
        let mut out = Vec::new();
        strings::format_duration(seconds, &mut out);
        Ok(string(&out))
    }),
    ("human_duration", |vm, a, _| {
        let seconds = vm.float(arg(a, 0))?;
        let mut out = Vec::new();
        strings::format_duration(seconds, &mut out);
        Ok(string(&out))
    }),
    ("human_bytes", |vm, a, _| {
        let size = vm.float(arg(a, 0))?;
        let mut out = Vec::new();
        strings::human_bytes(size, &mut out);
        Ok(string(&out))
    }),
    ("is_array", is!(|value| value.w0 == tag::AREF)),
    ("is_code", is!(|value| value.w0 == tag::CODE)),
    ("is_defined", is!(|value| !value.is_undef())),
    ("is_undef", is!(|value| value.is_undef())),
    ("is_hash", is!(|value| value.w0 == tag::HREF)),
    ("is_ref", is!(|value| value.is_reference())),
    ("is_string", is!(|value| value.is_string())),
    (
        "is_int",
        is!(|value| {
            value.w0 == tag::INT || value.is_string() && number::looks_like_integer(bytes(&value))
        }),
    ),
    (
        "is_float",
        is!(|value| {
            value.w0 == tag::NUM
                || value.is_string()
                    && number::looks_like_number(bytes(&value))
                    && !number::looks_like_integer(bytes(&value))
        }),
    ),
    ("is_numeric", |vm, a, _| {
        let holds = super::text::is_number(vm, arg(a, 0))?;
        Ok(vm.boolean(holds))
    }),
    ("is_empty", |vm, a, _| {
        let holds = match a {
            [] => true,
            [only] => match (only.as_array(), only.as_table()) {
                (Some(array), _) => array.len == 0,
                (_, Some(table)) => table.len == 0,
                _ => vm.text(*only)?.is_empty(),
            },
            _ => false,
        };
        Ok(vm.boolean(holds))
    }),
    ("is_empty_arr", is!(|value| value.as_array().is_some_and(|array| array.len == 0))),
    ("is_empty_hash", is!(|value| value.as_table().is_some_and(|table| table.len == 0))),
    ("is_pair", is!(|value| value.as_array().is_some_and(|array| array.len == 2))),
    ("is_triple", is!(|value| value.as_array().is_some_and(|array| array.len == 3))),
    ("len", |vm, a, _| match a {
        [only] => crate::convert::val_len(vm, *only).map(int),
        _ => Ok(int(a.len() as i64)),
    }),
    ("isa", |vm, a, _| {
        let name = vm.text(arg(a, 1))?;
        let class = arg(a, 0).class();
        let holds = class != 0 && vm.class_is(class, &name);
        Ok(vm.boolean(holds))
    }),
    ("set", |vm, a, _| {
        let values = super::flat(vm, a);
        let set = crate::extension::new_set(vm, &values);
        vm.release_all(&values);
        set
    }),
    ("sparkline", |vm, a, _| {
        let values = super::numbers::floats(vm, a)?;
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut out = Vec::new();
        for value in values {
            let level = if high > low { (value - low) / (high - low) * 7.0 } else { 3.0 };
            crate::text::utf8::encode(0x2581 + (libm::round(level) as u32).min(7), &mut out);
        }
        Ok(string(&out))
    }),
    ("bar_chart", |vm, a, _| {
        let table = crate::containers::deref_hash(vm, arg(a, 0))?;
        let mut out = Vec::new();
        for (key, value) in crate::hash::pairs(table) {
            let size = vm.float(value)?;
            out.extend_from_slice(bytes(&key));
            out.extend_from_slice(b" | ");
            out.extend(core::iter::repeat_n(b'#', size.clamp(0.0, 200.0) as usize));
            out.push(b' ');
            vm.append_text(value, &mut out)?;
            out.push(b'\n');
            vm.release(key);
            vm.release(value);
        }
        vm.release_ptr(table);
        Ok(string(&out))
    }),
    ("tee", |vm, a, w| {
        for &value in a.get(1..).unwrap_or(&[]) {
            let result = vm.call_value(arg(a, 0), &[value], want::VOID)?;
            let result = vm.scalar_of(result);
            vm.release(result);
        }
        let values = a.get(1..).unwrap_or(&[]).iter().map(|value| value.retained()).collect();
        super::listed_last(vm, values, w)
    }),
];

fn logic(vm: &mut Vm, a: &[Val], join: fn(bool, bool) -> bool) -> Result<Val, Thrown> {
    let holds = join(vm.truth(arg(a, 0))?, vm.truth(arg(a, 1))?);
    Ok(vm.boolean(holds))
}

/// A composition: the last function first.
fn composed(vm: &mut Vm, held: &[Val], arguments: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let Some((last, rest)) = held.split_last() else { return Ok(UNDEF) };
    let mut value = vm.call_value(*last, arguments, want::SCALAR)?;
    value = vm.scalar_of(value);
    for &function in rest.iter().rev() {
        let result = vm.call_value(function, &[value], want::SCALAR);
        vm.release(value);
        let result = result?;
        value = vm.scalar_of(result);
    }
    if wanted == want::LIST {
        return listed(vm, alloc::vec![value], wanted);
    }
    Ok(value)
}

/// The values of a constant.
fn constant_values(vm: &mut Vm, held: &[Val], _: &[Val], wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST {
        let values = held.iter().map(|value| value.retained()).collect();
        return listed(vm, values, wanted);
    }
    Ok(match held {
        [one] => one.retained(),
        several => int(several.len() as i64),
    })
}

/// A function that does nothing.
fn nothing(vm: &mut Vm, _: &[Val], _: &[Val], wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST { listed(vm, Vec::new(), wanted) } else { Ok(UNDEF) }
}

/// The letters of `reset`, ranges written out.
fn letter_set(letters: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&first) = letters.get(at) {
        match (letters.get(at + 1), letters.get(at + 2)) {
            (Some(b'-'), Some(&last)) => {
                out.extend(first..=last);
                at += 3;
            }
            _ => {
                out.push(first);
                at += 1;
            }
        }
    }
    out
}
