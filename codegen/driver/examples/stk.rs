//! Runs a file, or shows what becomes of it: `stk [--compat] [--hir|--ir] FILE ARGS`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    reason = "a tool of those who work on the compiler"
)]
use std::sync::Arc;

struct Here;
impl s_driver::Files for Here {
    fn require(
        &self,
        request: &s_driver::Require,
        _from: &str,
        _: &[s_driver::Folder],
    ) -> Result<s_driver::Loaded, String> {
        let name = request.name();
        match std::fs::read(name) {
            Ok(text) => Ok(s_driver::Loaded {
                name: name.to_owned(),
                text: String::from_utf8_lossy(&text).into(),
                pinned: false,
            }),
            Err(_) => {
                let file = format!("{}.pm", name.replace("::", "/"));
                Err(format!(
                    "Can't locate {file} in @INC (you may need to install the {name} module) (@INC contains: .)"
                ))
            }
        }
    }
}

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut flag = |name: &str| args.iter().position(|a| a == name).map(|at| args.remove(at)).is_some();
    let (compat, hir, ir) = (flag("--compat"), flag("--hir"), flag("--ir"));
    let file = args.remove(0);
    let text: Arc<str> = if file == "-e" {
        args.remove(0).into()
    } else {
        String::from_utf8_lossy(&std::fs::read(&file).expect("readable")).into()
    };
    let options = s_driver::Options { compat, ..s_driver::Options::default() };
    if hir {
        let analysis = s_sema::analyse(&file, text, &Here, &options);
        println!("{}", s_sema::dump(&analysis.program));
        for d in analysis.diagnostics {
            eprintln!("{}: {} {:?}", d.severity.word(), d.message, d.notes);
        }
        return;
    }
    let compilation = s_driver::compile(&file, text, &Here, &options);
    for d in &compilation.diagnostics {
        if d.severity != s_diag::Severity::Error {
            continue;
        }
        let line = d.labels.first().map_or(0, |l| l.source.position(l.span.start).0);
        eprintln!("{}: {} at {file} line {line}.", d.severity.word(), d.message);
    }
    let Some(module) = compilation.module else { std::process::exit(255) };
    if ir {
        println!("{}", s_ir::print::module(&module));
        return;
    }
    let run = s_driver::jit::RunOptions {
        script: file.into_bytes(),
        args: args.into_iter().map(String::into_bytes).collect(),
        environment: std::env::vars_os()
            .map(|(k, v)| (k.into_encoded_bytes(), v.into_encoded_bytes()))
            .collect(),
        compat,
        keep: None,
    };
    std::process::exit(s_driver::jit::run(s_driver::jit::Program::new(module, None), Arc::new(Here), run));
}
