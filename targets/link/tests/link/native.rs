//! Programs for x86-64 Linux from assembler text, run here.

use s_link::object::{Options, Reader};
use s_link::{Asset, Note, OutputKind, Request, Target, Unit};

use crate::kit::{
    assemble, has, has_native_as, link_x64, pack, request, run, scratch, stdout, unit, write_program,
};

/// Writes what `rsi` and `rdx` say and exits with `edi` = 0.
pub(crate) const HELLO: &str = r#"
    .globl _start
    .type _start, @function
    .section .text._start,"ax",@progbits
_start:
    mov $1, %eax
    mov $1, %edi
    lea message(%rip), %rsi
    mov $6, %edx
    syscall
    mov $60, %eax
    xor %edi, %edi
    syscall
    .size _start, .-_start
    .section .rodata.message,"a",@progbits
message: .ascii "hello\n"
"#;

/// Adds its load address to each word that has to change, then goes on at `main`.
pub(crate) const PIE_START: &str = r#"
    .globl _start
    .type _start, @function
    .section .text._start,"ax",@progbits
_start:
    lea __ehdr_start(%rip), %rbx
    lea __rela_dyn_start(%rip), %rcx
    lea __rela_dyn_end(%rip), %rdx
1:  cmp %rdx, %rcx
    jae 2f
    mov (%rcx), %rax
    mov 16(%rcx), %rsi
    add %rbx, %rsi
    mov %rsi, (%rax,%rbx)
    add $24, %rcx
    jmp 1b
2:  # mprotect(relro, read)
    lea __relro_start(%rip), %rdi
    lea __relro_end(%rip), %rsi
    cmp %rsi, %rdi
    je 3f
    and $-4096, %rdi
    add $4095, %rsi
    and $-4096, %rsi
    sub %rdi, %rsi
    mov $1, %edx
    mov $10, %eax
    syscall
    test %eax, %eax
    jnz 4f
3:  call main
4:  mov %eax, %edi
    mov $60, %eax
    syscall
    .size _start, .-_start
"#;

/// Tests every kind of reference and returns 0, or the number of the first that is wrong.
const MAIN: &str = r#"
    .globl main
    .type main, @function
    .section .text.main,"ax",@progbits
main:
    # 1: a pointer in data to a string
    mov pointer(%rip), %rax
    cmpl $0x64636261, (%rax)
    mov $1, %eax
    jne 9f
    # 2: through the table, a load
    mov shared@GOTPCREL(%rip), %rax
    cmpl $77, (%rax)
    mov $2, %eax
    jne 9f
    # 3: through the table, a comparison: stays a slot
    lea shared(%rip), %rax
    cmp shared@GOTPCREL(%rip), %rax
    mov $3, %eax
    jne 9f
    # 4: through the table, a call
    call *seven@GOTPCREL(%rip)
    cmp $7, %eax
    mov $4, %eax
    jne 9f
    # 5: weak and undefined is zero
    mov nobody@GOTPCREL(%rip), %rax
    test %rax, %rax
    mov $5, %eax
    jne 9f
    # 6: variables begin as zeros, and can be written
    cmpl $0, zeros(%rip)
    mov $6, %eax
    jne 9f
    movl $5, zeros(%rip)
    movl $6, zeros+65532(%rip)
    # 7: weak and defined elsewhere
    call chosen
    cmp $42, %eax
    mov $7, %eax
    jne 9f
    # 8: common
    cmpl $0, common(%rip)
    mov $8, %eax
    jne 9f
    # 9: a table of functions, read-only
    lea table(%rip), %rcx
    call *8(%rcx)
    cmp $42, %eax
    mov $9, %eax
    jne 9f
    # 10: a table of distances
    lea distances(%rip), %rcx
    movslq 4(%rcx), %rax
    add %rcx, %rax
    call *%rax
    cmp $7, %eax
    mov $10, %eax
    jne 9f
    # 11: the table, a jump
    call 5f
    cmp $7, %eax
    mov $11, %eax
    jne 9f
    xor %eax, %eax
9:  ret
5:  jmp *seven@GOTPCREL(%rip)
    .size main, .-main
    .weak nobody
    .weak chosen
    .section .text.chosen,"ax",@progbits
chosen: mov $1, %eax
    ret
    .section .data.rel.ro.table,"aw",@progbits
    .balign 8
table: .quad main, chosen
    .section .rodata.distances,"a",@progbits
    .balign 4
distances: .long main - distances, seven - distances - 0
    .data
    .balign 8
pointer: .quad text
    .section .rodata.str1.1,"aMS",@progbits,1
text: .asciz "abcd"
    .comm common,64,32
    .local zeros
    .comm zeros,65536,4096
"#;

const OTHER: &str = r#"
    .globl shared, seven, chosen
    .data
    .balign 4
shared: .long 77
    .type seven, @function
    .section .text.seven,"ax",@progbits
seven: mov $7, %eax
    ret
    .size seven, .-seven
    .section .text.chosen,"ax",@progbits
chosen: mov $42, %eax
    ret
    .section .text.dead,"ax",@progbits
    .globl dead
dead: call missing_but_dead
    .ascii "never in the image"
    .section .data.dead,"aw",@progbits
    .skip 100000, 1
"#;

#[test]
fn hello_is_small_and_runs() {
    if !has_native_as() {
        return;
    }
    let object = assemble(HELLO);
    let program = [unit(Target::X86_64Linux, &[&object])];
    let pack = pack(Target::X86_64Linux, Unit::empty());
    let output = s_link::link(&Request { symbols: false, ..request(&pack, &program) }).unwrap();
    assert_eq!(stdout(&run(Target::X86_64Linux, &output.bytes).unwrap()), "hello\n");
    assert!(output.bytes.len() < 350, "{}", output.bytes.len());
    assert!(output.map.contains("`_start` (o0.o, .text._start)"), "{}", output.map);
    for kind in [OutputKind::Static, OutputKind::StaticPie] {
        let bytes = link_x64(kind, &[&object]).unwrap();
        assert_eq!(stdout(&run(Target::X86_64Linux, &bytes).unwrap()), "hello\n");
    }
}

#[test]
fn every_reference_works_at_a_fixed_address_and_at_any() {
    if !has_native_as() {
        return;
    }
    let objects = [assemble(PIE_START), assemble(MAIN), assemble(OTHER)];
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    for kind in [OutputKind::Static, OutputKind::StaticPie] {
        let bytes = link_x64(kind, &objects).unwrap_or_else(|errors| panic!("{errors:?}"));
        let status = run(Target::X86_64Linux, &bytes).unwrap().status;
        assert_eq!(status.code(), Some(0), "{kind:?}: check {status:?} failed");
        let dead = b"never in the image";
        assert!(!bytes.windows(dead.len()).any(|window| window == dead), "dead code is dropped");
        assert!(bytes.len() < 20_000, "{}", bytes.len());
    }
}

#[test]
fn constants_cannot_be_written_and_the_stack_cannot_be_executed() {
    if !has_native_as() {
        return;
    }
    let crash = |main: &str, kind| {
        let bytes = link_x64(kind, &[&assemble(PIE_START), &assemble(main)]).unwrap();
        std::os::unix::process::ExitStatusExt::signal(&run(Target::X86_64Linux, &bytes).unwrap().status)
    };
    let writes = |section: &str| {
        format!(
            ".globl main\n.text\nmain: movq $1, word(%rip)\nxor %eax,%eax\nret\n.section {section}\n.balign 8\nword: .quad main\n"
        )
    };
    for kind in [OutputKind::Static, OutputKind::StaticPie] {
        assert_eq!(crash(&writes(".rodata.w,\"a\",@progbits"), kind), Some(11));
        assert_eq!(crash(&writes(".data.rel.ro.w,\"aw\",@progbits"), kind), Some(11));
        assert_eq!(crash(&writes(".data"), kind), None);
        assert_eq!(
            crash(".globl main\n.text\nmain: movb $0x90, main(%rip)\nxor %eax,%eax\nret\n", kind),
            Some(11)
        );
        assert_eq!(
            crash(".globl main\n.text\nmain: pushq $0xc3\ncall *%rsp\npop %rax\nret\n", kind),
            Some(11)
        );
    }
}

#[test]
fn functions_at_start_are_called_in_order_or_reported() {
    if !has_native_as() {
        return;
    }
    let start = r#"
        .globl _start
        .section .text._start,"ax",@progbits
    _start: lea __init_array_start(%rip), %rbx
    1:  lea __init_array_end(%rip), %rax
        cmp %rax, %rbx
        jae 2f
        call *(%rbx)
        add $8, %rbx
        jmp 1b
    2:  mov value(%rip), %edi
        mov $60, %eax
        syscall
        .bss
        .globl value
        .balign 4
    value: .skip 4
    "#;
    let late = ".section .init_array,\"aw\",@init_array\n.quad f\n.text\nf: shll $1, value(%rip)\nret\n.globl used\nused: ret\n";
    let early = ".section .init_array.00100,\"aw\",@init_array\n.quad f\n.text\nf: addl $5, value(%rip)\nret\n.globl used2\nused2: ret\n";
    let unneeded =
        ".section .init_array.00100,\"aw\",@init_array\n.quad f\n.text\nf: movl $99, value(%rip)\nret\n";
    let needs = ".section .text.needs,\"ax\",@progbits\n.globl needs\nneeds: call used\ncall used2\n";
    let keep = ".section .text.keep,\"axR\",@progbits\ncall needs\n";
    let objects = [start, late, early, unneeded, needs, keep].map(assemble);
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    let bytes = link_x64(OutputKind::Static, &objects).unwrap();
    assert_eq!(run(Target::X86_64Linux, &bytes).unwrap().status.code(), Some(10));

    let objects = [
        assemble(HELLO),
        assemble(late),
        assemble(&keep.replace("needs", "used")),
        assemble(".bss\n.globl value\nvalue: .skip 4\n"),
    ];
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    let program = [unit(Target::X86_64Linux, &objects)];
    let pack = pack(Target::X86_64Linux, Unit::empty());
    let output = s_link::link(&request(&pack, &program)).unwrap();
    assert_eq!(crate::kit::kinds(&output.warnings), ["init-unused"]);
}

#[test]
fn groups_are_kept_once() {
    if !has_native_as() {
        return;
    }
    let one = |value: u32| {
        format!(
            ".section .text.inline,\"axG\",@progbits,inline,comdat\n.weak inline\ninline: mov ${value}, %eax\nret\n\
             .section .text.user{value},\"ax\",@progbits\n.globl user{value}\nuser{value}: jmp inline\n"
        )
    };
    let main = ".globl main\n.text\nmain: call user1\nmov %eax, %ebx\ncall user2\nadd %ebx, %eax\nret\n";
    let objects = [assemble(PIE_START), assemble(main), assemble(&one(1)), assemble(&one(2))];
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    let bytes = link_x64(OutputKind::Static, &objects).unwrap();
    assert_eq!(run(Target::X86_64Linux, &bytes).unwrap().status.code(), Some(2));
}

#[test]
fn assets_notes_and_build_id_can_be_read() {
    if !has_native_as() {
        return;
    }
    let main = ".globl main\n.text\nmain: mov $1,%eax\nmov $1,%edi\nlea asset.motd(%rip),%rsi\nlea asset.motd.end(%rip),%rdx\n\
                sub %rsi,%rdx\nsyscall\nxor %eax,%eax\nret\n";
    let objects = [assemble(PIE_START), assemble(main)];
    let program = [unit(Target::X86_64Linux, &[&objects[0], &objects[1]])];
    let pack = pack(Target::X86_64Linux, Unit::empty());
    let assets = [
        Asset { symbol: "asset.motd", bytes: b"read me\n", align: 16, keep: false },
        Asset { symbol: "asset.unused", bytes: b"nobody reads this", align: 1, keep: false },
        Asset { symbol: "asset.kept", bytes: b"kept although unused", align: 1, keep: true },
    ];
    let notes = [Note { section: ".note.stryke.packages", owner: "stryke", kind: 1, bytes: b"json 2.0.1" }];
    let output = s_link::link(&Request {
        assets: &assets,
        notes: &notes,
        build_id: Some(&[0xab; 32]),
        ..request(&pack, &program)
    })
    .unwrap();
    assert_eq!(stdout(&run(Target::X86_64Linux, &output.bytes).unwrap()), "read me\n");
    let holds = |text: &[u8]| output.bytes.windows(text.len()).any(|window| window == text);
    assert!(holds(b"kept although unused") && holds(b"json 2.0.1") && !holds(b"nobody reads this"));
    if has("readelf") {
        let dir = scratch();
        let path = dir.path().join("program");
        write_program(&path, &output.bytes);
        let notes = std::process::Command::new("readelf").arg("-n").arg(&path).output().unwrap();
        let notes = String::from_utf8_lossy(&notes.stdout).into_owned();
        assert!(notes.contains("Build ID: abababab"), "{notes}");
        assert!(notes.contains("stryke"), "{notes}");
    }
}

#[test]
fn debuggers_find_lines() {
    if !has_native_as() || !has("gcc") || !has("gdb") {
        return;
    }
    let main = "int dead(int x)\n{\n    return x / 3;\n}\nint half(int x)\n{\n    int y = x / 2;\n    return y;\n}\nint main(void)\n{\n    return half(14) - 7;\n}\n";
    let dir = scratch();
    let source = dir.path().join("lines.c");
    std::fs::write(&source, main).unwrap();
    let object = dir.path().join("lines.o");
    let flags = ["-c", "-g", "-O0", "-ffreestanding", "-fno-stack-protector", "-ffunction-sections"];
    let done =
        std::process::Command::new("gcc").args(flags).arg("-o").arg(&object).arg(&source).status().unwrap();
    assert!(done.success());
    let (start, lines) = (assemble(PIE_START), std::fs::read(&object).unwrap());
    let mut reader = Reader::new(Target::X86_64Linux, Options { tight: false, debug: true });
    reader.object("start.o", &start).unwrap();
    reader.object("lines.o", &lines).unwrap();
    let program = [reader.finish().unwrap()];
    let pack = pack(Target::X86_64Linux, Unit::empty());
    for kind in [OutputKind::Static, OutputKind::StaticPie] {
        let output = s_link::link(&Request { kind, ..request(&pack, &program) }).unwrap();
        assert_eq!(run(Target::X86_64Linux, &output.bytes).unwrap().status.code(), Some(0));
        let path = dir.path().join("program");
        write_program(&path, &output.bytes);
        let commands = ["info line half", "list half", "info scope half", "info line dead"];
        let mut gdb = std::process::Command::new("gdb");
        gdb.args(["-batch", "-nx"]);
        for command in commands {
            gdb.args(["-ex", command]);
        }
        let said = String::from_utf8_lossy(&gdb.arg(&path).output().unwrap().stdout).into_owned();
        assert!(said.contains("Line 6 of ") && said.contains("<half>"), "{said}");
        assert!(said.contains("int y = x / 2;"), "{said}");
        assert!(said.contains("Symbol y is "), "{said}");
        let bare = s_link::link(&Request { kind, symbols: false, ..request(&pack, &program) }).unwrap();
        assert!(bare.bytes.len() < output.bytes.len() / 2);
    }
}

#[test]
fn variables_without_any_bytes_in_the_file() {
    if !has_native_as() {
        return;
    }
    let main = ".globl main\n.text\nmain: lea zeros(%rip),%rdi\nmov $100000,%ecx\n1: mov (%rdi,%rcx),%al\n\
                movb $9,(%rdi,%rcx)\ntest %al,%al\njnz 2f\ndec %rcx\njns 1b\nxor %eax,%eax\nret\n2: mov $1,%eax\nret\n\
                .bss\n.balign 64\nzeros: .skip 100001\n";
    let objects = [assemble(PIE_START), assemble(main)];
    for kind in [OutputKind::Static, OutputKind::StaticPie] {
        let bytes = link_x64(kind, &[&objects[0], &objects[1]]).unwrap();
        assert!(bytes.len() < 3000);
        assert_eq!(run(Target::X86_64Linux, &bytes).unwrap().status.code(), Some(0), "{kind:?}");
    }
}

#[test]
fn constants_that_nothing_refers_to_are_left_out() {
    if !has_native_as() {
        return;
    }
    let main = ".globl main\n.section .text.main,\"ax\",@progbits\nmain: cmpb $'u',used(%rip)\njne 1f\n\
                mov pointer(%rip),%rdx\ncmpb $'w',(%rdx)\njne 1f\nxor %eax,%eax\nret\n1: mov $1,%eax\nret\n\
                .section .text.dead,\"ax\",@progbits\ndead: lea never(%rip),%rax\nret\n\
                .section .data.rel.ro.pointer,\"aw\",@progbits\n.balign 8\npointer: .quad wanted\n\
                .section .rodata.str1.1,\"aMS\",@progbits,1\nused: .asciz \"used text\"\n\
                never: .asciz \"never text\"\nwanted: .asciz \"wanted text\"\n";
    let objects = [assemble(PIE_START), assemble(main)];
    for (tight, dead) in [(true, false), (false, true)] {
        let mut reader = Reader::new(Target::X86_64Linux, Options { tight, debug: false });
        reader.object("start.o", &objects[0]).unwrap();
        reader.object("main.o", &objects[1]).unwrap();
        let program = [reader.finish().unwrap()];
        let pack = pack(Target::X86_64Linux, Unit::empty());
        let output = s_link::link(&request(&pack, &program)).unwrap();
        assert_eq!(run(Target::X86_64Linux, &output.bytes).unwrap().status.code(), Some(0));
        let has = |text: &[u8]| output.bytes.windows(text.len()).any(|part| part == text);
        assert!(has(b"used text\0") && has(b"wanted text\0"));
        assert_eq!(has(b"never text\0"), dead);
    }
}
