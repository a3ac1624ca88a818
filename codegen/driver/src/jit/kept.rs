//! A program as it is kept between starts: what it was made from, its module, and the machine code of the
//! functions that were called so far.
//!
//! [`Program::open`] takes bytes that [`Program::bytes`] gave, for the same `s`, runtime and machine, and
//! whole; [`Program::fits`] asks for every file again and compares what it gets. Bytes that are anything
//! else are as good as none: what is opened is executed, so it is sealed with the secret of the identity.

use std::collections::HashMap;

use s_ir::{FuncId, Module};
use s_native::{Code, CompileError, Compiler};
use serde::{Deserialize, Serialize};

use crate::sealed;
use crate::sources::Sources;
use crate::{Files, Options};

/// What the bytes begin with: a mark, and the number of their form.
const MARK: &[u8; 8] = b"stkc\0\0\0\x02";

/// A digest: BLAKE3, 32 bytes.
type Digest = [u8; blake3::OUT_LEN];

/// Which compiler and machine code is for, and whose it is: secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identity(Digest);

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(..)")
    }
}

impl Identity {
    /// That of this process. `tool` is a secret that tells one `s` of one user from any other, of the same
    /// version too.
    ///
    /// # Errors
    /// When the code generator does not know the machine.
    pub fn of(tool: &[u8]) -> Result<Identity, CompileError> {
        let mut hasher = blake3::Hasher::new();
        for part in [tool, s_abi::DIGEST.as_bytes(), s_native::host_identity()?.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Ok(Identity(hasher.finalize().into()))
    }
}

/// A program that can be run.
#[derive(Debug)]
pub struct Program {
    content: Content,
    /// There is code that was not there when it was opened.
    is_changed: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    /// Absent: it is not to be kept.
    sources: Option<Sources>,
    module: Module,
    codes: HashMap<(Part, u32), Code>,
}

/// Which code of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Part {
    /// Its body.
    Body,
    /// Its entry with arguments in memory.
    Entry,
    /// What asks for it to be compiled.
    Stub,
}

impl Program {
    /// A program that was compiled now; without sources it is never kept.
    #[must_use]
    pub fn new(module: Module, sources: Option<Sources>) -> Program {
        let is_changed = sources.is_some();
        Program { content: Content { sources, module, codes: HashMap::new() }, is_changed }
    }

    /// A program out of bytes; `None` when they are for another compiler or machine, or damaged.
    #[must_use]
    pub fn open(bytes: &[u8], identity: &Identity) -> Option<Program> {
        let content = postcard::from_bytes(sealed::open(MARK, &identity.0, bytes)?).ok()?;
        Some(Program { content, is_changed: false })
    }

    /// Whether it was made from this text and from what the files say now.
    #[must_use]
    pub fn fits(&self, name: &str, text: &str, options: &Options, files: &dyn Files) -> bool {
        self.content.sources.as_ref().is_some_and(|sources| sources.fit(name, text, options, files))
    }

    /// The bytes to keep, when there is something new in them.
    pub(super) fn bytes(&self, identity: &Identity) -> Option<Vec<u8>> {
        if !self.is_changed {
            return None;
        }
        let payload = postcard::to_stdvec(&self.content).ok()?;
        Some(sealed::seal(MARK, &identity.0, &payload))
    }

    pub(super) fn module(&self) -> &Module {
        &self.content.module
    }

    /// Code of a function: what is kept, or compiled now, by the compiler of that unit.
    pub(super) fn code(
        &mut self,
        part: Part,
        id: FuncId,
        compiler: &mut Option<Compiler>,
        unit: usize,
    ) -> Result<Code, CompileError> {
        let key = (part, id.0);
        if let Some(code) = self.content.codes.get(&key) {
            return Ok(code.clone());
        }
        let compiler = match compiler {
            Some(compiler) => compiler,
            None => compiler.insert(Compiler::host(unit)?),
        };
        let module = &self.content.module;
        let code = match part {
            Part::Body => compiler.function(module, id)?,
            Part::Entry => compiler.entry(module, id)?,
            Part::Stub => compiler.stub(module, id)?,
        };
        if self.content.sources.is_some() {
            self.is_changed = true;
            self.content.codes.insert(key, code.clone());
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Recorder;
    use crate::{Folder, Loaded, Require};

    struct Nothing;

    impl Files for Nothing {
        fn require(&self, _: &Require, _: &str, _: &[Folder]) -> Result<Loaded, String> {
            Err("nothing is here".to_owned())
        }
    }

    fn program(text: &str) -> Program {
        let recorder = Recorder::new(&Nothing);
        let options = Options::default();
        let module = crate::compile("a.stk", text.into(), &recorder, &options).module.unwrap();
        Program::new(module, recorder.sources("a.stk", text, &options))
    }

    #[test]
    fn what_was_compiled_once_needs_no_compiler() {
        let text = "fn f($x) { $x + 1 }\np f(2), \"\\xff\", 1.5, qr/a(b)/i\n";
        let identity = Identity::of(b"this").unwrap();
        let mut first = program(text);
        let parts = [(Part::Body, FuncId(0)), (Part::Entry, FuncId(0)), (Part::Stub, FuncId(1))];
        let mut compiler = None;
        let codes = parts.map(|(part, id)| first.code(part, id, &mut compiler, 0).unwrap());
        let bytes = first.bytes(&identity).unwrap();

        let mut second = Program::open(&bytes, &identity).unwrap();
        assert!(second.fits("a.stk", text, &Options::default(), &Nothing));
        assert!(!second.fits("a.stk", "p 1\n", &Options::default(), &Nothing));
        assert!(!second.fits("b.stk", text, &Options::default(), &Nothing));
        assert!(!second.fits("a.stk", text, &Options { test: true, ..Options::default() }, &Nothing));
        let mut none = None;
        for ((part, id), code) in parts.into_iter().zip(codes) {
            let again = second.code(part, id, &mut none, 0).unwrap();
            assert_eq!((again.bytes, again.fixups), (code.bytes, code.fixups));
        }
        assert!(none.is_none() && second.bytes(&identity).is_none());
        let _ = second.code(Part::Body, FuncId(1), &mut none, 0).unwrap();
        assert!(none.is_some() && second.bytes(&identity).is_some());
    }

    #[test]
    fn other_bytes_are_no_program() {
        let identity = Identity::of(b"this").unwrap();
        let bytes = program("p 1\n").bytes(&identity).unwrap();
        assert!(Program::open(&bytes, &identity).is_some());
        assert!(Program::open(&bytes, &Identity::of(b"that").unwrap()).is_none());
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(Program::open(&damaged, &identity).is_none(), "byte {at}");
            assert!(Program::open(&bytes[..at], &identity).is_none(), "{at} bytes");
        }
    }

    #[test]
    fn what_is_not_to_be_kept_is_not() {
        let module = crate::compile("a.stk", "p 1\n".into(), &Nothing, &Options::default()).module.unwrap();
        let mut program = Program::new(module, None);
        let _ = program.code(Part::Body, FuncId(0), &mut None, 0).unwrap();
        assert!(program.bytes(&Identity::of(b"this").unwrap()).is_none());
    }
}
