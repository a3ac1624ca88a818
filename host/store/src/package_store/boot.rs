//! Which run of the system this is, from one start of the machine to the next.

/// The identity of this run; none where the system tells none.
pub(super) fn current() -> Option<String> {
    crate::faults::boot().or_else(of_system)
}

#[cfg(target_os = "linux")]
fn of_system() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim_end().to_owned()).filter(|boot| !boot.is_empty() && boot.len() <= BYTES_MAX)
}

#[cfg(not(target_os = "linux"))]
fn of_system() -> Option<String> {
    None
}

/// What stands in a marker is short.
#[cfg(target_os = "linux")]
const BYTES_MAX: usize = 64;
