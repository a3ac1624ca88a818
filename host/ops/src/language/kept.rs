//! Where compiled programs of a project are kept between starts: `target/cache`, a file for each program.
//!
//! What is read is sealed with a secret of this user: a project that comes from somebody else brings nothing
//! that is run. A file that cannot be read or written, is damaged or old is as good as none: the program is
//! compiled.

use std::path::{Path, PathBuf};

use s_driver::jit::{Identity, Keep, Program};
use s_driver::{Files, Options};
use s_store::files::{self, Access};
use s_store::{Home, Sha256Digest};

use crate::context::Environment;
use crate::identity::tool;

/// The largest file that is read or written.
const BYTES_MAX: u64 = 64 << 20;

/// The place of one program.
pub(super) struct Place {
    path: PathBuf,
    identity: Identity,
}

impl Place {
    /// That of a program of the project in a folder, by its name; none where this `s` cannot be told from
    /// others.
    pub(super) fn of(
        project: &Path,
        name: &str,
        options: &Options,
        environment: &Environment,
    ) -> Option<Place> {
        let home = Home::from_env(|name| environment(name)).ok()?;
        let identity = Identity::of(tool(&home)?.secret()).ok()?;
        let key = Sha256Digest::of(format!("{} {} {name}", options.compat, options.test).as_bytes());
        let stem = Path::new(name).file_stem()?.to_string_lossy().into_owned();
        let short = key.short();
        let path = project.join("target").join("cache").join(format!("{stem}-{short}.stkc"));
        Some(Place { path, identity })
    }

    /// The program, if it is there and was made from this text and from what the files say now.
    pub(super) fn read(
        &self,
        name: &str,
        text: &str,
        options: &Options,
        asked: &dyn Files,
    ) -> Option<Program> {
        let bytes = files::read_own(&self.path, BYTES_MAX).ok()?;
        Program::open(&bytes, &self.identity).filter(|program| program.fits(name, text, options, asked))
    }

    /// What puts the program there when it has ended.
    pub(super) fn keep(self) -> Keep {
        let Place { path, identity } = self;
        let write = move |bytes: &[u8]| {
            if bytes.len() as u64 <= BYTES_MAX
                && let Some(folder) = path.parent()
                && files::create_dir_all(folder, Access::Shared).is_ok()
            {
                // A program that cannot be kept is compiled again.
                let _ = files::write_cached(&path, bytes, Access::Private);
            }
        };
        Keep { identity, write: Box::new(write) }
    }
}
