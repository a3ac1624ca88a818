//! The text form: what is written is read back as it was, and any bytes are answered.

use s_ir::module::{AssetTable, ClassData, FieldData, MethodData, SourceFile, TypeData};
use s_ir::op::RUNTIME;
use s_ir::{
    Block, Cond, Edge, Element, Fields, FuncId, GlobalRef, Inst, Means, Module, Op, StrId, Term, Ty, Value,
    parse, print,
};

use crate::generate::Random;

#[track_caller]
fn round(module: &Module) -> String {
    let text = print::module(module);
    match parse::module(text.as_bytes()) {
        Ok(again) => assert_eq!(again, *module, "\n{text}"),
        Err(error) => panic!("{error}\n{text}"),
    }
    text
}

fn everything() -> Module {
    let mut module = Module::default();
    module.compat = true;
    module.overloads = true;
    module.lines = true;
    module.string(b"a\"b\\c\n\0\xff", false);
    module.string("\u{e4}".as_bytes(), true);
    module.global("main::\u{e4} b");
    for rows in [vec![("a b".to_owned(), Some(StrId(0))), ("none".to_owned(), None)], Vec::new()] {
        module.asset_table(AssetTable { package: "acme/\u{e4}".to_owned(), rows });
    }
    module.regexes.push((b"a+ (b)".to_vec(), 5));
    module.transliterations.push((b"a-z".to_vec(), b"".to_vec(), "dr".to_owned()));
    module.files.push(SourceFile { name: "dir/x y.stk".to_owned(), package: "A::B".to_owned() });
    module.definitions.push((GlobalRef(0), FuncId(0)));
    module.data = Some(b"tail\nof file".to_vec());
    module.eval_sites.push(("main".to_owned(), vec!["$x".to_owned(), "@y".to_owned()]));
    module.eval_sites.push(("main".to_owned(), Vec::new()));
    let int = TypeData { name: "Int".to_owned(), args: Vec::new() };
    let map = TypeData { name: "Hash".to_owned(), args: vec![int.clone(), int.clone()] };
    let nested = TypeData { name: "Array".to_owned(), args: vec![map, int.clone()] };
    module.type_number(nested.clone());
    module.classes.push(ClassData {
        name: "A::B".to_owned(),
        kind: 2,
        parents: vec![1, 2],
        traits: vec![3],
        known: [vec!["P".to_owned()], vec!["T".to_owned(), "A::U".to_owned()]],
        fields: vec![
            FieldData { name: "x".to_owned(), ty: Some(nested), default: Some(FuncId(0)), visibility: 2 },
            FieldData { name: "y".to_owned(), ty: None, default: None, visibility: 0 },
        ],
        statics: vec![("n".to_owned(), GlobalRef(0))],
        methods: vec![
            MethodData {
                name: "m".to_owned(),
                function: Some(FuncId(0)),
                is_static: true,
                is_final: true,
                visibility: 1,
            },
            MethodData {
                name: "a".to_owned(),
                function: None,
                is_static: false,
                is_final: false,
                visibility: 0,
            },
        ],
        variants: vec![("V".to_owned(), Some(int)), ("W".to_owned(), None)],
        is_abstract: true,
        is_final: true,
    });
    module.classes.push(ClassData::default());
    let mut func = crate::function("main::<>", &[Ty::V, Ty::Int], Ty::Num);
    func.pos = 77;
    func.escapes = true;
    func.needs_frame = true;
    func.captures = vec![Ty::Cell, Ty::Hash];
    func.signature.captures = true;
    func.signature.want = true;
    func.types = vec![Ty::V, Ty::Int, Ty::Bool, Ty::Slot, Ty::Glob];
    let insts = every_operation().into_iter().enumerate().map(|(index, op)| Inst {
        op,
        args: (0..index % 3).map(|n| Value(n as u32)).collect(),
        result: (index == 0).then_some(Value(0)),
        cleanup: if index % 4 == 0 { vec![Value(0), Value(3)] } else { Vec::new() },
        names: (index % 5 == 0).then_some(StrId(1)),
    });
    func.blocks[0].insts = insts.collect();
    func.blocks[0].term = Term::Try { body: Block(1), handler: Block(2) };
    for _ in 0..7 {
        func.new_block();
    }
    func.blocks[1].handler = Some(Block(2));
    func.blocks[1].loop_depth = 3;
    func.blocks[1].term = Term::Branch {
        cond: Value(2),
        yes: Edge { block: Block(3), args: vec![Value(0), Value(0)] },
        no: Edge { block: Block(4), args: Vec::new() },
    };
    func.blocks[2].term = Term::Return(Some(Value(0)));
    func.blocks[3].params = vec![Value(1), Value(2)];
    func.blocks[3].term = Term::Jump(Edge { block: Block(4), args: Vec::new() });
    func.blocks[4].term = Term::Throw;
    // Not reached: shown all the same, unless it is empty.
    func.blocks[5].loop_depth = 1;
    func.blocks[5].has_twin = true;
    func.blocks[6].term = Term::Unreachable;
    func.blocks[7].term = Term::Unreachable;
    module.functions.push(func);
    let mut last = crate::function("", &[], Ty::V);
    last.signature.variadic = true;
    last.blocks[0].term = Term::Return(None);
    module.functions.push(last);
    module
}

fn every_operation() -> Vec<Op> {
    let mut all = vec![
        Op::Int(i64::MIN),
        Op::Num(-0.1),
        Op::Num(f64::INFINITY),
        Op::Num(-0.0),
        Op::Num(5e-324),
        Op::Bool(true),
        Op::Undef,
        Op::BoolVal(false),
        Op::Uint(u64::MAX),
        Op::Str(StrId(1)),
        Op::Regex(0),
        Op::Builtin(7),
        Op::Glob(GlobalRef(0)),
        Op::CellSlot,
        Op::GlobSlot,
        Op::Param(1),
        Op::Capture(0),
        Op::Want,
        Op::ListAddress,
        Op::Arg,
        Op::BoxInt,
        Op::BoxNum,
        Op::BoxBool,
        Op::UnboxInt,
        Op::UnboxNum,
        Op::BoxArr,
        Op::BoxHash,
        Op::BoxCell,
        Op::IntToNum,
        Op::ValToNum,
        Op::BoolToInt,
        Op::IAdd,
        Op::ISub,
        Op::IMul,
        Op::INeg,
        Op::IAnd,
        Op::IOr,
        Op::IXor,
        Op::INot,
        Op::IRemConst(-7),
        Op::IRem,
        Op::IShlConst(63),
        Op::IShrConst(0),
        Op::FAdd,
        Op::FSub,
        Op::FMul,
        Op::FDiv,
        Op::FDivChecked,
        Op::FNeg,
        Op::FAbs,
        Op::FSqrt,
        Op::Not,
        Op::HasTag(9),
        Op::Assets(0),
        Op::RefArr,
        Op::ElemIsNum(Element::Float),
        Op::ElemNum(Element::Number),
        Op::Pack,
        Op::Call(FuncId(1)),
        Op::CallValue(2),
        Op::CallValueWant,
        Op::CallGlob(0),
        Op::CallGlobWant,
        Op::CallMethod(Means::default()),
        Op::CallMethod(Means { functions: [Some(FuncId(1)), None], fields: Fields::None }),
        Op::CallMethod(Means { functions: [Some(FuncId(0)), Some(FuncId(1))], fields: Fields::Perhaps }),
        Op::CallMethod(Means { functions: [None; 2], fields: Fields::One }),
        Op::CallMethodList(Means { functions: [Some(FuncId(1)), None], fields: Fields::None }),
        Op::CallMethod(Means { functions: [None; 2], fields: Fields::Several }),
        Op::Closure(FuncId(1)),
        Op::Pos(u32::MAX),
        Op::Line(u32::MAX),
        Op::Keep,
        Op::Retain,
        Op::Release,
        Op::Copy,
    ];
    for cond in [Cond::Eq, Cond::Ne, Cond::Lt, Cond::Gt, Cond::Le, Cond::Ge] {
        all.push(Op::ICmp(cond));
        all.push(Op::FCmp(cond));
    }
    all.extend(RUNTIME.iter().map(|function| Op::Rt(*function)));
    all
}

/// What is asked of operations one by one agrees with the whole.
#[test]
fn shapes_agree() {
    for op in every_operation() {
        let shape = op.shape();
        assert_eq!(shape.throws, op.throws(), "{op:?}");
        assert_eq!(shape.pure_ && op != Op::Retain, op.is_pure(), "{op:?}");
        for (index, (_, own)) in shape.params.iter().enumerate() {
            assert_eq!(op.takes(index), *own, "{op:?}");
        }
        if let Some((_, own)) = shape.result {
            assert_eq!(op.gives(), own, "{op:?}");
        }
    }
}

#[test]
fn everything_comes_back() {
    let module = everything();
    let text = round(&module);
    let mut again = parse::module(text.as_bytes()).unwrap();
    // Constants are found by what they are, as in a module that was built.
    assert_eq!(again.string("\u{e4}".as_bytes(), true), StrId(1));
    assert_eq!(again.global("main::\u{e4} b"), GlobalRef(0));
    assert_eq!(again.global("new"), GlobalRef(1));
}

/// Not a number is not itself, but comes back as it was.
#[test]
fn not_a_number() {
    let text = "\"f\"() -> val {\nb0():\n    %0: num = Num bits 9221120237041090561\n    return\n}\n";
    let func = parse::func(text.as_bytes()).unwrap();
    assert_eq!(print::func(&func), text);
}

#[test]
fn random_modules_come_back() {
    for seed in 0..400 {
        let mut module = crate::generate::module(seed);
        round(&module);
        s_ir::optimise(&mut module);
        round(&module);
    }
}

#[track_caller]
fn refused(text: &str, line: usize, message: &str) {
    match parse::module(text.as_bytes()) {
        Ok(_) => panic!("read"),
        Err(error) => {
            assert_eq!((error.line, error.message.as_str()), (line, message));
            assert_eq!(error.to_string(), format!("line {line}: {message}"));
        }
    }
}

#[test]
fn mistakes() {
    refused("strong 0 = \"\"", 1, "no such fact");
    refused("\n\nstring 1 = \"\"", 3, "number 0 is next");
    refused("string 0 = \"a", 1, "a text without end");
    refused("string 0 = \"\\q\"", 1, "no such escape");
    refused("string 0 = \"\\x0\"", 1, "`\\x` needs two digits");
    refused("string 0 = \"\" \"\"", 1, "more than belongs on the line");
    refused("string 0 = b", 1, "a text in quotes is missing");
    refused("glob 0 = \"\\xff\"", 1, "a name has to be UTF-8");
    refused("$", 1, "a byte that begins nothing");
    let func = |body: &str| format!("function 0 = \"f\"() -> val {{\n{body}\n}}\n");
    refused(&func(""), 3, "a function needs a block");
    refused(&func("b0():\nreturn %0"), 4, "%0 is neither defined nor unused");
    refused(&func("b0():\njump b1()"), 4, "there is no b1");
    refused(
        &func("b0():\nreturn\nb0():\nreturn"),
        4,
        "the block stands there already, or its number is too large",
    );
    refused(&func("b99999999():\nreturn"), 2, "the block stands there already, or its number is too large");
    refused(&func("b0():\n%99999999: val = Undef"), 3, "the number of the value is too large");
    refused(
        &func("b0():\n%0: val = Undef\n%0: int = Int 1\nreturn"),
        4,
        "the value has another type already",
    );
    refused(&func("b0():\n%0: val = Undeff\nreturn"), 3, "no such operation");
    refused(&func("b0():\n%0: val = Int x\nreturn"), 3, "an integer is missing, or out of range");
    refused(&func("b0():\n%0: vol = Undef\nreturn"), 3, "no such type");
    refused(&func("b0():\n%0: bool = ICmp Lx\nreturn"), 3, "no such comparison");
    refused(&func("b0():\ntry b0 b0"), 3, "`else` is missing");
    refused(&func("b0()\nreturn"), 2, "`:` is missing");
    refused(&func("0():\nreturn"), 2, "no block");
    refused(&func("b0():\n%x: val = Undef\nreturn"), 3, "a value needs a number");
    let deep = format!("type 0 = {}", "\"A\"(".repeat(5000));
    refused(&deep, 1, "types nest too deep");
}

/// Any bytes: an answer, and no panic in the verifier or the passes on what was read and is right.
#[test]
fn any_bytes() {
    let mut random = Random::new(1);
    let seeds: Vec<Vec<u8>> = (0..6)
        .map(|seed| print::module(&crate::generate::module(seed)).into_bytes())
        .chain([print::module(&everything()).into_bytes()])
        .collect();
    for round in 0..3000 {
        let mut text = seeds[round % seeds.len()].clone();
        for _ in 0..1 + random.below(6) {
            let at = random.below(text.len());
            match random.below(4) {
                0 => text[at] = random.next() as u8,
                1 => text[at] = b"0123456789b%(){}:,=! \n\"-"[random.below(24)],
                2 => {
                    let end = (at + random.below(20)).min(text.len());
                    text.drain(at..end);
                }
                _ => {
                    let other = &seeds[random.below(seeds.len())];
                    let from = random.below(other.len());
                    let piece = other[from..(from + random.below(60)).min(other.len())].to_vec();
                    text.splice(at..at, piece);
                }
            }
            if text.is_empty() {
                break;
            }
        }
        if let Ok(mut module) = parse::module(&text) {
            let right = module.functions.iter().all(|func| s_ir::verify::verify(&module, func).is_empty());
            if right {
                s_ir::optimise(&mut module);
            }
        }
    }
}
