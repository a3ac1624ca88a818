//! Tar files in gzip, as npm and cargo have them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

const BLOCK: usize = 512;

/// Packs files below a folder.
pub(crate) fn tar_gz(folder: &str, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut put = |bytes: &[u8]| encoder.write_all(bytes).expect("writing to memory does not fail");
    for (path, content) in files {
        put(&header(&format!("{folder}/{path}"), content.len()));
        put(content);
        put(&[0; BLOCK][..content.len().next_multiple_of(BLOCK) - content.len()]);
    }
    put(&[0; 2 * BLOCK]);
    encoder.finish().expect("writing to memory does not fail")
}

/// A header of ustar for a regular file.
fn header(path: &str, len: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    assert!(path.len() <= 100, "paths here are short");
    put(0, path);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{len:011o}\0"));
    // Before 1980 some readers of archives complain.
    put(136, &format!("{:011o}\0", 499_162_500));
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = block.iter().copied().map(u32::from).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}
