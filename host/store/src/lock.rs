//! One process at a time.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::StoreError;
use crate::faults::step;

/// An exclusive lock between processes, held until it is dropped or the process ends, however it
/// ends. The file stays; removing it would let two processes hold locks on two files of one name.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

const PAUSE_MIN: Duration = Duration::from_millis(1);
const PAUSE_MAX: Duration = Duration::from_millis(50);

impl FileLock {
    /// Locks a file, creating it in its folder, and waits at most `wait` for whoever holds it.
    ///
    /// # Errors
    /// [`StoreError::LockTimeout`]; those of the operating system.
    pub fn exclusive(path: &Path, wait: Duration) -> Result<FileLock, StoreError> {
        step("lock", path)?;
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(StoreError::io("lock", path))?;
        let start = Instant::now();
        let mut pause = PAUSE_MIN;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    note_holder(&mut file);
                    return Ok(FileLock { file });
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", path)(error)),
            }
            let left = wait.saturating_sub(start.elapsed());
            if left.is_zero() {
                let holder = holder(&mut file);
                return Err(StoreError::LockTimeout { path: path.to_path_buf(), waited: wait, holder });
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // A note that nobody holds; closing the file releases the lock in any case.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// Writes who holds the lock, for the message of whoever waits. Only a help: errors do not matter.
fn note_holder(file: &mut File) {
    let _ = file.set_len(0);
    let _ = file.rewind();
    let _ = write!(file, "{}", std::process::id());
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_waits_until_its_time_is_up_and_says_for_whom() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = FileLock::exclusive(&path, Duration::ZERO).unwrap();
        match FileLock::exclusive(&path, Duration::ZERO) {
            Err(StoreError::LockTimeout { path: waited_for, holder, .. }) => {
                assert_eq!(waited_for, path);
                assert_eq!(holder, Some(std::process::id()));
            }
            other => panic!("{other:?}"),
        }
        drop(held);
        FileLock::exclusive(&path, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_waiting_one_gets_the_lock_when_it_is_released() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = FileLock::exclusive(&path, Duration::ZERO).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| FileLock::exclusive(&path, Duration::from_secs(600)).map(drop));
            drop(held);
            waiting.join().unwrap().unwrap();
        });
    }

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, counter) = (folder.path().join("lock"), folder.path().join("counter"));
        fs::write(&counter, "0").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let _held = FileLock::exclusive(&lock, Duration::from_secs(600)).unwrap();
                        let count: u32 = fs::read_to_string(&counter).unwrap().parse().unwrap();
                        fs::write(&counter, (count + 1).to_string()).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&counter).unwrap(), "40");
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = FileLock::exclusive(&folder.path().join("a/lock"), Duration::ZERO).unwrap_err();
        assert!(error.is_not_found());
    }
}
