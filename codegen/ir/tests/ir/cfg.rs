//! The graph: order, dominators, critical edges, parameters that are always the same.

use s_ir::{Block, cfg};

use crate::{read_func, same, shown};

const GRAPH: &str = r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    branch %1 b1() b2()
b1():
    jump b3(%0)
b2():
    %2: val = inc %0
    jump b3(%2)
b3(%3: val):
    %4: bool = to_bool %3
    branch %4 b3(%3) b4()
b4():
    return %3
b5():
    jump b4()
}
"#;

#[test]
fn orders() {
    let func = read_func(GRAPH);
    let order = cfg::reverse_postorder(&func);
    assert_eq!(order, [0, 1, 2, 3, 4].map(Block));
    let predecessors = cfg::predecessors(&func);
    assert_eq!(predecessors[3], [1, 2, 3].map(Block));
    assert_eq!(predecessors[4], [Block(3)]);
    let idom = cfg::dominators(&func);
    assert_eq!(idom[3], Some(Block(0)));
    assert_eq!(idom[4], Some(Block(3)));
    assert_eq!(idom[5], None);
    let dominance = cfg::Dominance::of(&func);
    for by in func.block_ids() {
        for block in func.block_ids() {
            let mut walk = Some(block);
            let mut expected = false;
            while let Some(at) = walk {
                expected |= at == by && idom[block.index()].is_some();
                walk = idom[at.index()].filter(|next| *next != at);
            }
            assert_eq!(dominance.dominates(by, block), expected, "{by} {block}");
        }
    }
}

/// Brute force: one block dominates another when removing it cuts the other off.
#[test]
fn dominators_by_removal() {
    for seed in 0..300 {
        let module = crate::generate::module(seed);
        let func = &module.functions[0];
        let dominance = cfg::Dominance::of(func);
        let order = cfg::reverse_postorder(func);
        for by in &order {
            let mut cut = func.clone();
            cut.block_mut(*by).term = s_ir::Term::Unreachable;
            let left = cfg::reverse_postorder(&cut);
            for block in &order {
                let reached = left.contains(block) && (block != by);
                assert_eq!(dominance.dominates(*by, *block), !reached, "seed {seed}: {by} {block}");
            }
        }
    }
}

#[test]
fn critical_edges() {
    let mut func = read_func(GRAPH);
    cfg::split_critical_edges(&mut func);
    same(
        &shown(&func),
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    branch %1 b1() b2()
b1():
    jump b3(%0)
b2():
    %2: val = inc %0
    jump b3(%2)
b3(%3: val):
    %4: bool = to_bool %3
    branch %4 b6() b4()
b6():
    jump b3(%3)
b4():
    return %3
b5():
    jump b4()
}
"#,
    );
}

/// Handlers are never entered through a block between; bodies may be.
#[test]
fn critical_edges_of_regions() {
    let mut func = read_func(
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    jump b1()
b1():
    try b2 else b3
b2() else b3:
    branch %1 b2() b4()
b3():
    return %0
b4() else b3:
    branch %1 b4() b5()
b5():
    return %0
}
"#,
    );
    cfg::split_critical_edges(&mut func);
    same(
        &shown(&func),
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    jump b1()
b1():
    try b6 else b3
b6() else b3:
    jump b2()
b2() else b3:
    branch %1 b7() b8()
b7() else b3:
    jump b2()
b8() else b3:
    jump b4()
b4() else b3:
    branch %1 b9() b5()
b9() else b3:
    jump b4()
b5():
    return %0
b3():
    return %0
}
"#,
    );
}

/// Parameters that are one value on every way, also through each other round a loop.
#[test]
fn trivial_parameters() {
    let mut func = read_func(
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    jump b1(%0, %0, %0)
b1(%2: val, %3: val, %4: val):
    branch %1 b2(%3, %2) b3()
b2(%5: val, %6: val):
    %7: val = inc %4
    jump b1(%5, %6, %7)
b3():
    %8: val = add %2, %3
    %9: val = add %8, %4
    return %9
}
"#,
    );
    cfg::drop_trivial_params(&mut func);
    same(
        &shown(&func),
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: bool = to_bool %0
    jump b1(%0)
b1(%4: val):
    branch %1 b2() b3()
b2():
    %7: val = inc %4
    jump b1(%7)
b3():
    %8: val = add %0, %0
    %9: val = add %8, %4
    return %9
}
"#,
    );
}

#[test]
fn copies() {
    let mut func = read_func(
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    %1: val = Copy %0
    %2: val = Copy %1
    return %2
}
"#,
    );
    cfg::drop_copies(&mut func);
    same(
        &shown(&func),
        r#"
"f"(val) -> val {
b0():
    %0: val = Param 0
    return %0
}
"#,
    );
}

#[test]
fn unreachable_blocks() {
    let mut func = read_func(GRAPH);
    cfg::drop_unreachable(&mut func);
    assert_eq!(
        func.block(Block(5)),
        &s_ir::BlockData { term: s_ir::Term::Unreachable, ..Default::default() }
    );
}

/// A loop that is entered on two ways gets a block before it; what it only carries round is no parameter of
/// it any more.
#[test]
fn entries_are_gathered() {
    let mut func = read_func(
        r#"
"f"(val, val) -> val {
b0():
    %0: val = Param 0
    %1: val = Param 1
    %2: bool = to_bool %0
    branch %2 b1() b2()
b1():
    jump b3(%0, %0)
b2():
    jump b3(%1, %0)
b3(%3: val, %4: val) loop 1:
    %5: val = add %3, %4
    %6: bool = to_bool %5
    branch %6 b3(%3, %5) b4()
b4():
    return %5
}
"#,
    );
    cfg::gather_entries(&mut func);
    cfg::drop_trivial_params(&mut func);
    same(
        &shown(&func),
        r#"
"f"(val, val) -> val {
b0():
    %0: val = Param 0
    %1: val = Param 1
    %2: bool = to_bool %0
    branch %2 b1() b2()
b1():
    jump b5(%0)
b2():
    jump b5(%1)
b5(%7: val):
    jump b3(%0)
b3(%4: val) loop 1:
    %5: val = add %7, %4
    %6: bool = to_bool %5
    branch %6 b3(%5) b4()
b4():
    return %5
}
"#,
    );
    crate::clean(&crate::module_of(func));
}
