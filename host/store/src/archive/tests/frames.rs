//! Frames that are not one plain frame.

use super::builder::{RawTar, frame, look, verdict};

fn tar() -> Vec<u8> {
    RawTar::default().file("a", &[7; 3000]).end().0
}

/// A frame of stored blocks whose header says what it likes.
fn stored(descriptor: u8, fields: &[u8], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, descriptor];
    bytes.extend_from_slice(fields);
    let block = 1 | u32::try_from(content.len()).unwrap() << 3;
    bytes.extend_from_slice(&block.to_le_bytes()[..3]);
    bytes.extend_from_slice(content);
    bytes
}

#[test]
fn one_frame_and_nothing_else() {
    let good = frame(&tar());
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"skip"].concat();
    let tar_bytes = tar();
    let (one, two) = tar_bytes.split_at(1024);
    let empty = frame(b"");
    for (what, archive, expected) in [
        ("good", good.clone(), "ok"),
        ("nothing", Vec::new(), "Truncated"),
        ("tar without a frame", tar(), "NotZstd"),
        ("gzip", vec![0x1f, 0x8b, 8, 0, 0], "NotZstd"),
        ("only a skippable frame", skippable.clone(), "NotZstd"),
        ("a skippable frame first", [skippable.clone(), good.clone()].concat(), "NotZstd"),
        ("a skippable frame last", [good.clone(), skippable].concat(), "TrailingBytes"),
        ("the same twice", [good.clone(), good.clone()].concat(), "TrailingBytes"),
        ("in two parts", [frame(one), frame(two)].concat(), "TrailingBytes"),
        ("an empty frame first", [empty.clone(), good.clone()].concat(), "TrailingBytes"),
        ("an empty frame last", [good.clone(), empty].concat(), "TrailingBytes"),
        ("a zero behind", [good.clone(), vec![0]].concat(), "TrailingBytes"),
        ("only the magic", good[..4].to_vec(), "Truncated"),
        ("a part of the magic", good[..2].to_vec(), "Truncated"),
    ] {
        assert_eq!(verdict(&archive), expected, "{what}");
    }
}

#[test]
fn truncated_at_every_byte() {
    let good = frame(&tar());
    for len in 0..good.len() {
        assert_eq!(verdict(&good[..len]), "Truncated", "{len} of {}", good.len());
    }
}

#[test]
fn windows_and_dictionaries() {
    let content = RawTar::default().file("a", b"x").end().0;
    let window = |byte: u8| stored(0, &[byte], &content);
    // 8 MiB is 2 to the 23: exponent 13 above 1 KiB.
    assert_eq!(verdict(&window(13 << 3)), "ok");
    assert_eq!(verdict(&window(13 << 3 | 1)), "Window");
    assert_eq!(verdict(&window(14 << 3)), "Window");
    assert_eq!(verdict(&window(0xff)), "Window");
    let size = u32::try_from(content.len()).unwrap();
    assert_eq!(verdict(&stored(0xa0, &size.to_le_bytes(), &content)), "ok", "one segment");
    assert_eq!(verdict(&stored(0xa0, &(size + 1).to_le_bytes(), &content)), "Corrupt", "a lie");
    assert_eq!(verdict(&stored(0xa0, &(8 * 1024 * 1024 + 1_u32).to_le_bytes(), &content)), "Window");
    let huge = [&[0x50][..], &(1_u64 << 40).to_le_bytes()].concat();
    assert_eq!(verdict(&stored(0xc0, &huge, &content)), "UnpackedTooLarge");
    for (flag, len) in [(1, 1), (2, 2), (3, 4)] {
        let fields = [&[13 << 3][..], &vec![1; len]].concat();
        assert_eq!(verdict(&stored(flag, &fields, &content)), "Dictionary");
    }
    assert_eq!(verdict(&stored(0x08, &[13 << 3], &content)), "Corrupt", "the reserved bit");
}

#[test]
fn the_checksum_of_the_frame_counts() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    std::io::Write::write_all(&mut encoder, &tar()).unwrap();
    let good = encoder.finish().unwrap();
    assert_eq!(verdict(&good), "ok");
    let mut bad = good;
    *bad.last_mut().unwrap() ^= 1;
    assert_eq!(verdict(&bad), "Corrupt");
}

#[test]
fn a_source_may_come_in_any_portions_and_may_fail() {
    struct Drip<'a>(&'a [u8], bool);
    impl std::io::Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            if self.0.is_empty() {
                return Ok(0);
            }
            buffer[0] = self.0[0];
            self.0 = &self.0[1..];
            Ok(1)
        }
    }
    struct Fails;
    impl std::io::Read for Fails {
        fn read(&mut self, _buffer: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    let good = frame(&tar());
    let limits = crate::archive::ArchiveLimits::default();
    let root = super::builder::ROOT;
    let dripped = crate::archive::inspect(Drip(&good, false), root, &limits).unwrap();
    assert_eq!(dripped, look(&good).unwrap());
    let failed = crate::archive::inspect(std::io::Read::chain(&good[..20], Fails), root, &limits);
    assert!(matches!(failed, Err(crate::archive::ArchiveError::Read { .. })));
}
