//! Where compiled programs are kept between starts, a file for each: in `target/cache` of their project; those
//! that lie in none, in the home folder of the user, which has room for so many.
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

/// How many programs that lie in no project are kept.
const PROGRAMS_MAX: usize = 256;

/// The place of one program.
pub(super) struct Place {
    path: PathBuf,
    /// The most files in its folder.
    room: Option<usize>,
    identity: Identity,
}

impl Place {
    /// That of a program, by the name it is called by and the file it is in; none where this `s` cannot be told
    /// from others.
    pub(super) fn of(
        project: Option<&Path>,
        (name, file): (&str, &Path),
        options: &Options,
        environment: &Environment,
    ) -> Option<Place> {
        let home = Home::from_env(|name| environment(name)).ok()?;
        let identity = Identity::of(tool(&home)?.secret()).ok()?;
        let mut key =
            format!("{} {} {} {name}", options.compat, options.test, options.no_interop).into_bytes();
        if project.is_none() {
            key.push(0);
            key.extend_from_slice(file.as_os_str().as_encoded_bytes());
        }
        let stem = file.file_stem()?.to_string_lossy().into_owned();
        let file = format!("{stem}-{}.stkc", Sha256Digest::of(&key).short());
        let (folder, room) = match project {
            Some(project) => (project.join("target").join("cache"), None),
            None => (home.programs(), Some(PROGRAMS_MAX)),
        };
        Some(Place { path: folder.join(file), room, identity })
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
        let Place { path, room, identity } = self;
        let write = move |bytes: &[u8]| {
            if bytes.len() as u64 <= BYTES_MAX
                && let Some(folder) = path.parent()
                && files::create_dir_all(folder, Access::Shared).is_ok()
            {
                if let Some(room) = room
                    && matches!(files::exists(&path), Ok(false))
                {
                    make_room(folder, room);
                }
                // A program that cannot be kept is compiled again.
                let _ = files::write_cached(&path, bytes, Access::Private);
            }
        };
        Keep { identity, write: Box::new(write) }
    }
}

/// Makes room for one file more: of too many the ones go that were written the longest ago.
fn make_room(folder: &Path, room: usize) {
    let Ok(entries) = files::read_dir(folder) else { return };
    if entries.len() < room {
        return;
    }
    let written = |path: PathBuf| files::stamp(&path).map_or((0, path.clone()), |(_, time)| (time, path));
    let mut all: Vec<(u128, PathBuf)> = entries.into_iter().map(|entry| written(entry.path)).collect();
    all.sort();
    for (_, path) in &all[..=all.len() - room] {
        // Another process may have been here.
        let _ = files::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let mut names: Vec<_> =
                files::read_dir(folder.path()).unwrap().into_iter().map(|entry| entry.name).collect();
            names.sort();
            names
        };
        for name in ["d", "a", "c", "b"] {
            files::write_cached(&folder.path().join(name), b"", Access::Private).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        make_room(folder.path(), 5);
        assert_eq!(names(), ["a", "b", "c", "d"]);
        make_room(folder.path(), 4);
        assert_eq!(names(), ["a", "b", "c"]);
        make_room(folder.path(), 2);
        assert_eq!(names(), ["b"]);
        make_room(&folder.path().join("none"), 0);
    }
}
