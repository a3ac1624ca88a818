//! What holds for whatever bytes.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;

use super::builder::{ROOT, RawTar, frame, look, verdict};
use crate::archive::{
    ArchiveLimits, PackEntry, PackSource, inspect, pack, pack_entries_of, tree_digest, unpack,
};

fn files() -> impl Strategy<Value = BTreeMap<String, (bool, Vec<u8>)>> {
    // Files and folders have different names, so that they never meet.
    let path = "([dä][0-9]/){0,3}[fgö][0-9]{1,3}(\\.stk)?";
    let content = prop::collection::vec(any::<u8>(), 0..2000);
    prop::collection::btree_map(path, (any::<bool>(), content), 0..8)
}

fn entries(files: &BTreeMap<String, (bool, Vec<u8>)>) -> Vec<PackEntry> {
    let entry = |(path, (executable, content)): (&String, &(bool, Vec<u8>))| PackEntry {
        path: path.clone(),
        executable: *executable,
        source: PackSource::Bytes(content.clone()),
    };
    files.iter().map(entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    #[cfg(unix)]
    fn pack_unpack_pack_is_identical(files in files()) {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("into");
        let (mut one, mut other) = (Vec::new(), Vec::new());
        let packed = pack(ROOT, entries(&files), &mut one).unwrap();
        let summary = unpack(&one[..], ROOT, &into, &ArchiveLimits::default()).unwrap();
        prop_assert_eq!(summary.tree, packed.tree);
        prop_assert_eq!(tree_digest(&into).unwrap(), packed.tree);
        for (path, (_, content)) in &files {
            prop_assert_eq!(&fs::read(into.join(path)).unwrap(), content);
        }
        let again = pack(ROOT, pack_entries_of(&into).unwrap(), &mut other).unwrap();
        prop_assert_eq!(again, packed);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn another_bit_is_another_tree(files in files(), path in "[hi][0-9]") {
        let tree = |files: &BTreeMap<String, (bool, Vec<u8>)>| {
            pack(ROOT, entries(files), std::io::sink()).unwrap().tree
        };
        let before = tree(&files);
        let mut more = files.clone();
        more.insert(path, (false, Vec::new()));
        prop_assert_ne!(before, tree(&more));
        let Some(first) = files.keys().next().cloned() else { return Ok(()) };
        let mut executable = files.clone();
        executable.get_mut(&first).unwrap().0 ^= true;
        prop_assert_ne!(before, tree(&executable));
        let mut content = files.clone();
        content.get_mut(&first).unwrap().1.push(0);
        prop_assert_ne!(before, tree(&content));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert_ne!(verdict(&bytes), "ok");
        let _ = verdict(&frame(&bytes));
        let _ = verdict(&[&[0x28, 0xb5, 0x2f, 0xfd][..], &bytes].concat());
    }

    /// `verdict` holds reading against unpacking, and looks that nothing is written outside.
    #[test]
    fn a_changed_tar_is_refused_or_consistent(
        changes in prop::collection::vec((0..4608_usize, any::<u8>(), any::<bool>()), 1..6),
    ) {
        let tar = RawTar::default()
            .file("stryke.toml", b"x")
            .file("lib/a", &[5; 700])
            .pax(&super::builder::record("path", "p-1.0.0/ö"))
            .entry("?", b'0', b"y")
            .end();
        let mut bytes = tar.0;
        for (place, byte, reseal) in changes {
            let place = place % bytes.len();
            bytes[place] = byte;
            // Most changes break the sum; with a new one they get further.
            let start = place / 512 * 512;
            if reseal {
                let block: &mut [u8; 512] = (&mut bytes[start..start + 512]).try_into().unwrap();
                super::builder::seal(block);
            }
        }
        let _ = verdict(&frame(&bytes));
    }

    #[test]
    fn a_changed_frame_is_refused_or_says_the_same(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut good = Vec::new();
        let files = [PackEntry {
            path: "lib/a".to_owned(),
            executable: false,
            source: PackSource::Bytes((0..4000_u32).flat_map(|n| (n * n / 7).to_le_bytes()).collect()),
        }];
        let packed = pack(ROOT, files, &mut good).unwrap();
        for (place, byte) in changes {
            let place = place.index(good.len());
            good[place] = byte;
        }
        let _ = verdict(&good);
        // The checksum is over the content, so what is read at all is what was packed.
        if let Ok(summary) = look(&good) && good[4] & 0x04 != 0 {
            prop_assert_eq!(summary.tree, packed.tree);
        }
    }

    #[test]
    fn limits_hold(files in files(), unpacked_bytes_max in 0..6000_u64, entry_count_max in 0..8_usize) {
        let mut archive = Vec::new();
        let packed = pack(ROOT, entries(&files), &mut archive).unwrap();
        let limits = ArchiveLimits { unpacked_bytes_max, entry_count_max, ..ArchiveLimits::default() };
        let within = packed.unpacked_bytes <= unpacked_bytes_max && files.len() <= entry_count_max;
        prop_assert_eq!(inspect(&archive[..], ROOT, &limits).is_ok(), within);
    }
}
