//! Machine code of functions as it is kept between builds.
//!
//! A function is compiled from an excerpt of the module ([`s_ir::excerpt`]), which is all that its code can
//! depend on; the digest of the excerpt is the name of the code. So code is found again after other
//! functions changed, came or went, and no list of what depends on what has to be right. What is opened
//! becomes part of executables, so the bytes are sealed with a secret.

use std::collections::BTreeMap;

use s_ir::excerpt::{Links, excerpt};
use s_ir::{FuncId, Module};
use s_native::{Code, CompileError, Compiler, Machine, Symbol, Target};

use super::Reached;
use crate::sealed;

/// What the bytes begin with: a mark, and the number of their form.
const MARK: &[u8; 8] = b"stkm\0\0\0\x02";

/// A digest: BLAKE3, 32 bytes.
type Digest = [u8; blake3::OUT_LEN];

/// The body of a function, and its entry if it has one.
pub(super) type Compiled = (Code, Option<Code>);

/// Code of earlier builds, and of this one.
#[derive(Debug)]
pub struct Codes {
    machine: Machine,
    /// Whose code it is: of which `s`, for which machine. Secret.
    identity: Digest,
    /// Postcard of [`Compiled`], in the numbers of excerpts.
    known: BTreeMap<Digest, Vec<u8>>,
    is_changed: bool,
}

/// The code of a function, and what is kept of it.
pub(super) struct Coded {
    pub(super) compiled: Compiled,
    key: Digest,
    bytes: Vec<u8>,
}

impl Codes {
    /// None yet. `tool` is a secret that tells one `s` of one user from any other, of the same version too.
    #[must_use]
    pub fn new(tool: &[u8], machine: Machine) -> Codes {
        let mut hasher = blake3::Hasher::new();
        for part in [tool, s_abi::DIGEST.as_bytes(), machine.name().as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Codes { machine, identity: hasher.finalize().into(), known: BTreeMap::new(), is_changed: false }
    }

    /// Takes what [`Codes::bytes`] gave; bytes that are damaged, or of another `s` or machine, are left.
    pub fn open(&mut self, bytes: &[u8]) {
        let payload = sealed::open(MARK, &self.identity, bytes);
        if let Some(known) = payload.and_then(|payload| postcard::from_bytes(payload).ok()) {
            self.known = known;
        }
    }

    /// The bytes to keep, when they are others than those that were opened.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        if !self.is_changed {
            return None;
        }
        let payload = postcard::to_stdvec(&self.known).ok()?;
        Some(sealed::seal(MARK, &self.identity, &payload))
    }

    /// The code of a function: what is known, or compiled now.
    pub(super) fn code(
        &self,
        module: &Module,
        function: Reached,
        compiler: &mut Option<Compiler>,
    ) -> Result<Coded, CompileError> {
        let (taken, own, links) = excerpt(module, function.id);
        let wrong = |message: String| CompileError {
            name: module.functions[function.id.index()].name.clone(),
            message,
        };
        let given = (&taken, function.entry);
        let key =
            blake3::hash(&postcard::to_stdvec(&given).map_err(|error| wrong(error.to_string()))?).into();
        let known = self.known.get(&key).and_then(|bytes| {
            let compiled: Compiled = postcard::from_bytes(bytes).ok()?;
            Some((compiled, bytes.clone()))
        });
        let (mut compiled, bytes) = match known {
            Some(known) => known,
            None => {
                let compiler = match compiler {
                    Some(compiler) => compiler,
                    None => compiler.insert(Compiler::target(self.machine)?),
                };
                let body = compiler.function(&taken, own)?;
                let entry = if function.entry { Some(compiler.entry(&taken, own)?) } else { None };
                let compiled = (body, entry);
                let bytes = postcard::to_stdvec(&compiled).map_err(|error| wrong(error.to_string()))?;
                (compiled, bytes)
            }
        };
        let (body, entry) = &mut compiled;
        for fixup in body.fixups.iter_mut().chain(entry.iter_mut().flat_map(|entry| &mut entry.fixups)) {
            if let Target::Symbol(symbol) = &mut fixup.target {
                *symbol = in_module(*symbol, &links);
            }
        }
        Ok(Coded { compiled, key, bytes })
    }

    /// From now on these are known, and no others.
    pub(super) fn keep(&mut self, made: Vec<Coded>) -> Vec<Compiled> {
        let mut known = BTreeMap::new();
        let mut all = Vec::with_capacity(made.len());
        for Coded { compiled, key, bytes } in made {
            known.insert(key, bytes);
            all.push(compiled);
        }
        self.is_changed = !known.keys().eq(self.known.keys());
        self.known = known;
        all
    }
}

/// A symbol of an excerpt in the numbers of its module.
fn in_module(symbol: Symbol, links: &Links) -> Symbol {
    let function = |id: FuncId| links.functions[id.index()];
    match symbol {
        Symbol::Function(id) => Symbol::Function(function(id)),
        Symbol::Entry(id) => Symbol::Entry(function(id)),
        Symbol::Slot(id) => Symbol::Slot(function(id)),
        Symbol::Info(id) => Symbol::Info(function(id)),
        Symbol::Sites(id) => Symbol::Sites(function(id)),
        Symbol::String(id) => Symbol::String(links.strings[id.index()]),
        Symbol::Glob(id) => Symbol::Glob(links.globals[id.index()]),
        Symbol::Regex(id) => Symbol::Regex(links.regexes[id as usize]),
        Symbol::Assets(id) => Symbol::Assets(links.assets[id as usize]),
        Symbol::Runtime(_) | Symbol::Builtin(_) | Symbol::Compile | Symbol::NewCode | Symbol::Pattern => {
            symbol
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{Object, object};
    use crate::{Files, Folder, Loaded, Options, Require};

    struct Nothing;

    impl Files for Nothing {
        fn require(&self, _: &Require, _: &str, _: &[Folder]) -> Result<Loaded, String> {
            Err("nothing is here".to_owned())
        }
    }

    const PROGRAM: &str = "fn f($x) { my %h = (name => $x); p $h{name}, \"a text of its own\"; g($x) }
fn g($x) { $x =~ /a(b)/ ? $1 : \"another text that is long\" }
class C { x: Int = 1\n fn twice { $self->x * 2 } }
p f(\"ab\"), C(x => 3)->twice, map { $_ + 1 } 1:3
";

    fn build(text: &str, codes: &mut Codes) -> Object {
        let module = crate::compile("a.stk", text.into(), &Nothing, &Options::default()).module.unwrap();
        object(&module, codes, 2).unwrap()
    }

    fn fresh() -> Codes {
        Codes::new(b"this", Machine::X86_64)
    }

    #[test]
    fn kept_code_is_what_would_be_compiled() {
        let mut first = fresh();
        build(PROGRAM, &mut first);
        let bytes = first.bytes().unwrap();
        // What comes before moves all numbers; what stands in the middle has another text.
        for text in [
            PROGRAM.to_owned(),
            PROGRAM.replace("$x * 2", "$x * 3"),
            PROGRAM
                .replace("fn g($x) {", "fn g($x) { fn early { \"quite another, longer text\" } p early();"),
            PROGRAM.replace("\"a text of its own\"", "\"a longer text than that\""),
            PROGRAM.replace("1:3", "1:4"),
        ] {
            let mut second = fresh();
            second.open(&bytes);
            assert_eq!(second.known, first.known);
            assert_eq!(build(&text, &mut second), build(&text, &mut fresh()), "{text}");
            let found = second.known.keys().filter(|key| first.known.contains_key(*key)).count();
            assert!(found > 2, "{found} of {}: {text}", second.known.len());
            assert_eq!(second.bytes().is_some(), text != PROGRAM, "{text}");
        }
    }

    #[test]
    fn other_bytes_are_no_code() {
        let mut first = fresh();
        build("p 1\n", &mut first);
        let bytes = first.bytes().unwrap();
        let known = |codes: &mut Codes, bytes: &[u8]| {
            codes.open(bytes);
            !codes.known.is_empty()
        };
        assert!(known(&mut fresh(), &bytes));
        assert!(!known(&mut Codes::new(b"that", Machine::X86_64), &bytes));
        assert!(!known(&mut Codes::new(b"this", Machine::Aarch64), &bytes));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(!known(&mut fresh(), &damaged), "byte {at}");
            assert!(!known(&mut fresh(), &bytes[..at]), "{at} bytes");
        }
    }
}
