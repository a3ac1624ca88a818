//! What the tests of this module share: a small generator of random numbers and the second
//! opinion of the system's `perl`.

extern crate std;

use prelude::*;
use std::io::Write;
use std::process::{Command, Stdio};

use super::number;
use super::sprintf::{Arguments, Integer};

/// What a module without the standard library misses in its tests.
pub(crate) mod prelude {
    pub(crate) use super::std::borrow::ToOwned;
    pub(crate) use super::std::string::{String, ToString};
    pub(crate) use super::std::vec::Vec;
    pub(crate) use super::std::{format, vec};
}

/// A generator of pseudo-random numbers (splitmix64): same seed, same numbers.
pub(crate) struct Generator(u64);

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn bytes(&mut self, length_max: u64) -> Vec<u8> {
        let length = self.below(length_max + 1);
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// Runs a Perl program over `input` and returns the lines it printed.
pub(crate) fn perl_lines(program: &str, input: &str) -> Vec<String> {
    let mut child = Command::new("perl")
        .args(["-e", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A program that does not read its input closes it early.
    let _ = writer.join().unwrap();
    assert!(output.status.success(), "perl failed");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Bytes in hexadecimal, to cross a line of text unharmed.
pub(crate) fn show(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Arguments of `sprintf` and `pack` as strings or doubles.
pub(crate) struct Texts {
    texts: Vec<Vec<u8>>,
    floats: Vec<f64>,
}

impl Texts {
    pub(crate) fn new(texts: &[&str]) -> Self {
        Self { texts: texts.iter().map(|text| text.as_bytes().to_vec()).collect(), floats: Vec::new() }
    }

    pub(crate) fn floats(floats: &[f64]) -> Self {
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
