//! The target pack of Linux on x86_64, aarch64 and riscv64: what is known of these targets, and the
//! linker of `s-link` as a component.
//!
//! A job of `stryke:target/linker` means:
//!
//! | field | meaning |
//! |---|---|
//! | `options.triple` | a name of [`TARGETS`], or one of its aliases |
//! | `options.static-link` | true: there is nothing else |
//! | `output` | `executable` |
//! | `inputs`, `object` | a unit of the program, bytes of `s_link::Unit::to_bytes`, in the order of its code |
//! | `inputs`, `archive` | the runtime, bytes of `s_link::Pack::to_bytes`; exactly one |
//! | `inputs`, `resource` | a file inside the executable; its name is the symbol of its first byte; with `whole-archive` it stays when nothing refers to it |
//! | `gc-sections` | true: what nothing reaches is left out |
//! | `strip` | without section headers, and names of functions and data |
//! | `build-id` | 1 to 64 bytes, or none |
//!
//! What the interface has no field for stands in `extra`, whose keys may be given once unless it says
//! otherwise:
//!
//! | key | value |
//! |---|---|
//! | `abi` | needed: digest of the runtime's ABI that the program was compiled against |
//! | `pie` | `true`: loaded anywhere; `false`, the default: at one address |
//! | `map` | `true`: the link map is the side file `.map` |
//! | `align` | `BYTES SYMBOL`, once an asset: its alignment, a power of two up to 4096; 1 is the default |
//! | `note` | `SECTION OWNER KIND HEX`, any number: a note in this order; `KIND` is a decimal number |
//!
//! Anything else in a job is an error: nothing that was asked for is passed over in silence. An error
//! has the code `target-elf/KIND`; its detail has all that is wrong, a line `KIND: MESSAGE` each, at
//! most [`LINES_MAX`].
//!
//! Left to others: the linking itself (`s-link`), packs, and writing the executable (the host).

#[cfg(all(target_arch = "wasm32", feature = "component"))]
mod component;
mod extra;
#[cfg(target_arch = "wasm32")]
mod guest;
mod job;
mod report;
mod target;

#[cfg(target_arch = "wasm32")]
pub use guest::perform;
pub use job::{Input, InputKind, Job, Linked, OutputKind, link};
pub use report::LINES_MAX;
pub use target::{Facts, TARGETS, find};
