//! What the tests of this crate and of `s-formats` share: a small generator of random numbers and the second
//! opinion of the system's `perl`.

use prelude::*;
use std::io::Write;
use std::process::{Command, Stdio};

use super::number;
use super::sprintf::{Arguments, Integer};

/// What a module without the standard library misses in its tests.
pub mod prelude {
    pub use std::borrow::ToOwned;
    pub use std::string::{String, ToString};
    pub use std::vec::Vec;
    pub use std::{format, vec};
}

/// A generator of pseudo-random numbers (splitmix64): same seed, same numbers.
#[derive(Debug)]
pub struct Generator(u64);

impl Generator {
    /// The generator of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, any of 64 bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends, and is no iterator")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// A number from 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// At most so many bytes.
    pub fn bytes(&mut self, length_max: u64) -> Vec<u8> {
        let length = self.below(length_max + 1);
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// Runs a Perl program over `input` and returns the lines it printed.
///
/// # Panics
///
/// When there is no perl, or the program fails.
#[must_use]
pub fn perl_lines(program: &str, input: &str) -> Vec<String> {
    let mut child = Command::new("perl")
        .args(["-e", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("perl starts");
    let mut stdin = child.stdin.take().expect("it has a pipe");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("perl ends");
    // A program that does not read its input closes it early.
    let _ = writer.join().expect("the writer does not panic");
    assert!(output.status.success(), "perl failed");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Bytes in hexadecimal, to cross a line of text unharmed.
#[must_use]
pub fn show(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text that a function writes.
pub fn made(function: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    function(&mut out);
    String::from_utf8(out).expect("what a function writes is a text")
}

/// Arguments of `sprintf` and `pack` as strings or doubles.
#[derive(Debug)]
pub struct Texts {
    texts: Vec<Vec<u8>>,
    floats: Vec<f64>,
}

impl Texts {
    /// Strings.
    #[must_use]
    pub fn new(texts: &[&str]) -> Self {
        Self { texts: texts.iter().map(|text| text.as_bytes().to_vec()).collect(), floats: Vec::new() }
    }

    /// Doubles.
    #[must_use]
    pub fn floats(floats: &[f64]) -> Self {
        Self { texts: vec![Vec::new(); floats.len()], floats: floats.to_vec() }
    }
}

impl Arguments for Texts {
    fn count(&self) -> usize {
        self.texts.len()
    }

    fn int(&mut self, i: usize) -> Integer {
        match self.floats.get(i) {
            Some(&value) => Integer::Float(value),
            None => number::parse(&self.texts[i]).into(),
        }
    }

    fn float(&mut self, i: usize) -> f64 {
        self.floats.get(i).copied().unwrap_or_else(|| number::parse(&self.texts[i]).to_f64())
    }

    fn bytes(&mut self, i: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.texts[i]);
    }
}
