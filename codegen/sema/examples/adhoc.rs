use std::sync::Arc;
use s_sema::*;
struct F;
impl Files for F {
    fn require(&self, r: &Require, from: &str) -> Result<Loaded, String> {
        let Require::Path(p) = r else { return Err(format!("Can't locate {r:?}")) };
        let mut dir = std::path::Path::new(from).parent();
        while let Some(d) = dir {
            let f = d.join(p);
            if let Ok(t) = std::fs::read_to_string(&f) { return Ok(Loaded { name: f.canonicalize().unwrap().display().to_string(), text: t.into() }); }
            dir = d.parent();
        }
        Err(format!("Can't locate {p}"))
    }
}
fn main() {
    let mut quiet = false; let mut compat = false; let mut bad = 0; let mut n = 0;
    for a in std::env::args().skip(1) {
        if a == "-q" { quiet = true; continue }
        if a == "--compat" { compat = true; continue }
        let bytes = std::fs::read(&a).unwrap();
        let text: Arc<str> = s_syntax::decode(&bytes).into();
        let t = std::time::Instant::now();
        let r = analyse(&a, text, &F, &Options { compat, test: false });
        n += 1;
        if !quiet { print!("{}", dump(&r.program)); println!("{:?} {:?}", t.elapsed(), r.program.facts); for f in &r.findings { println!("{f:?}"); } }
        if !r.diagnostics.is_empty() { bad += 1; }
        for d in r.diagnostics.iter().take(3) {
            let l = d.labels.first();
            println!("{a}:{:?}: {} {} {:?}", l.map(|l| l.source.position(l.span.start)), d.code, d.message, d.hints);
        }
    }
    eprintln!("{n} files, {bad} with diagnostics");
}
