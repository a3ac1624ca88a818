//! Counts: what is retained and released where, and what throwing instructions have to release.

use s_ir::counts;

use crate::{read_func, same, shown};

#[track_caller]
fn check(input: &str, expected: &str) {
    let mut func = read_func(&format!("\"f\"(val) -> val {{\n{input}\n}}\n"));
    counts::insert(&mut func, &counts::Plain::default());
    let found = shown(&func);
    let body: Vec<&str> = found.lines().collect();
    same(&body[1..body.len() - 1].join("\n"), expected);
}

/// A result used once moves; one used no more is released; a parameter is retained where it is taken.
#[test]
fn moves() {
    check(
        "b0():
        %0: val = Param 0
        %1: arr = arr_new
        %2: val = inc %0
        arr_push %1, %2
        arr_push %1, %0
        %3: val = inc %0
        %4: val = BoxArr %1
        return %4",
        r#"
b0():
    %0: val = Param 0
    %1: arr = arr_new
    %2: val = inc %0 ! %1
    arr_push %1, %2 ! %1
    Retain %0
    arr_push %1, %0 ! %1
    %3: val = inc %0 ! %1
    Release %3
    %4: val = BoxArr %1
    return %4
"#,
    );
}

/// A value that is looked at for the last time is released behind that, and by whoever throws there.
#[test]
fn borrows() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        %2: val = add %1, %1
        return %2",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    %2: val = add %1, %1 ! %1
    Release %1
    return %2
"#,
    );
}

/// Given to a jump and still needed behind: one more.
#[test]
fn double_use() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        jump b1(%1, %1)
        b1(%2: val, %3: val):
        %4: val = concat_onto %2, %1
        return %4",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    Retain %1
    Retain %1
    jump b1(%1, %1)
b1(%2: val, %3: val):
    Release %3
    %4: val = concat_onto %2, %1 ! %1
    Release %1
    return %4
"#,
    );
}

/// Taken and looked at by one instruction: it takes a reference of its own, and the value ends behind.
#[test]
fn taken_and_looked_at() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        %2: val = concat_onto %1, %1
        return %2",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    Retain %1
    %2: val = concat_onto %1, %1 ! %1
    Release %1
    return %2
"#,
    );
}

/// A value ends on each path where it ends.
#[test]
fn each_path() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        %2: bool = to_bool %0
        branch %2 b1() b2()
        b1():
        return %1
        b2():
        return %0",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    %2: bool = to_bool %0 ! %1
    branch %2 b1() b2()
b1():
    return %1
b2():
    Release %1
    Retain %0
    return %0
"#,
    );
}

/// A loop that does not use what is needed behind it keeps it; one that uses it last releases it behind.
#[test]
fn loops() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        jump b1(%0)
        b1(%2: val) loop 1:
        %3: bool = num_lt %2, %1
        branch %3 b2() b3()
        b2() loop 1:
        %4: val = inc %2
        jump b1(%4)
        b3():
        return %2",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    Retain %0
    jump b1(%0)
b1(%2: val) loop 1:
    %3: bool = num_lt %2, %1 ! %1, %2
    branch %3 b2() b3()
b2() loop 1:
    %4: val = inc %2 ! %1, %2
    Release %2
    jump b1(%4)
b3():
    Release %1
    return %2
"#,
    );
}

/// A parameter of a block that nobody uses is released at once, a result that nobody uses, too.
#[test]
fn never_used() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        jump b1(%1)
        b1(%2: val):
        %3: val = inc %0
        return %0",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    jump b1(%1)
b1(%2: val):
    Release %2
    %3: val = inc %0
    Release %3
    Retain %0
    return %0
"#,
    );
}

/// Only the handler uses the value: it is released wherever the region is left otherwise, and by nobody
/// who throws inside.
#[test]
fn only_in_the_handler() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        try b1 else b2
        b1() else b2:
        %2: val = inc %0
        %3: bool = to_bool %0
        branch %3 b3() b4()
        b2():
        return %1
        b3() else b2:
        jump b5(%2)
        b4() else b2:
        return %2
        b5(%4: val):
        return %4",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    try b1 else b2
b1() else b2:
    %2: val = inc %0
    %3: bool = to_bool %0 ! %2
    branch %3 b3() b4()
b3() else b2:
    Release %1
    jump b5(%2)
b5(%4: val):
    return %4
b4() else b2:
    Release %1
    return %2
b2():
    return %1
"#,
    );
}

/// What the handler needs is given to a join: it moves, since nothing can throw any more.
#[test]
fn handler_and_jump() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        try b1 else b2
        b1() else b2:
        %2: val = inc %0
        jump b3(%1)
        b2():
        jump b3(%1)
        b3(%3: val):
        return %3",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    try b1 else b2
b1() else b2:
    %2: val = inc %0
    Release %2
    jump b3(%1)
b2():
    jump b3(%1)
b3(%3: val):
    return %3
"#,
    );
}

/// Inside a region an instruction releases what the handler does not need; outside everything.
#[test]
fn cleanup_lists() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        %2: val = inc %0
        try b1 else b2
        b1() else b2:
        %3: val = inc %0
        %4: val = add %2, %3
        %5: val = add %4, %1
        return %5
        b2():
        %6: val = try_catch %7
        %8: val = add %6, %1
        return %8
        unused %7: int",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    %2: val = inc %0 ! %1
    try b1 else b2
b1() else b2:
    %3: val = inc %0 ! %2
    %4: val = add %2, %3 ! %2, %3
    Release %2
    Release %3
    %5: val = add %4, %1 ! %4
    Release %4
    Release %1
    return %5
b2():
    %6: val = try_catch %7 ! %1
    %8: val = add %6, %1 ! %1, %6
    Release %6
    Release %1
    return %8
"#,
    );
}

/// What an instruction takes is its own when it throws.
#[test]
fn taken_by_who_throws() {
    check(
        "b0():
        %0: val = Param 0
        %1: val = inc %0
        %2: arr = arr_new
        list_push %1
        list_push %0
        %3: val = BoxArr %2
        return %3",
        r#"
b0():
    %0: val = Param 0
    %1: val = inc %0
    %2: arr = arr_new
    list_push %1 ! %2
    Retain %0
    list_push %0 ! %2
    %3: val = BoxArr %2
    return %3
"#,
    );
}

/// What a glob or a closure keeps alive is never released.
#[test]
fn kept_alive_by_others() {
    check(
        "b0():
        %0: val = Param 0
        %1: glob = Glob 0
        %2: arr = GlobSlot %1
        %3: val = arr_ref %2
        %4: val = BoxArr %2
        %5: val = add %3, %4
        return %0",
        r#"
b0():
    %0: val = Param 0
    %1: glob = Glob 0
    %2: arr = GlobSlot %1
    %3: val = arr_ref %2
    Retain %2
    %4: val = BoxArr %2
    %5: val = add %3, %4 ! %3, %4
    Release %3
    Release %4
    Release %5
    Retain %0
    return %0
"#,
    );
}

/// The address of a slot keeps its container.
#[test]
fn slots() {
    check(
        "b0():
        %0: val = Param 0
        %1: cell = cell_new %0
        %2: slot = CellSlot %1
        %3: val = slot_get %2
        slot_set %2, %3
        return %0",
        r#"
b0():
    %0: val = Param 0
    Retain %0
    %1: cell = cell_new %0
    %2: slot = CellSlot %1
    %3: val = slot_get %2
    slot_set %2, %3 ! %1
    Release %1
    Retain %0
    return %0
"#,
    );
}

/// Numbers in boxes, texts and copies cost nothing.
#[test]
fn plain_values() {
    check(
        "b0():
        %0: val = Param 0
        %1: int = Int 1
        %2: val = BoxInt %1
        list_push %2
        list_push %2
        %3: val = Str 0
        list_push %3
        %4: val = inc %0
        %5: val = Copy %4
        return %5",
        r#"
b0():
    %0: val = Param 0
    %1: int = Int 1
    %2: val = BoxInt %1
    list_push %2
    list_push %2
    %3: val = Str 0
    list_push %3
    %4: val = inc %0
    return %4
"#,
    );
}
