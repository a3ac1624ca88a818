//! The tree of all indexes of a registry: from the name of a package to the digest of its index.
//!
//! A node is a text, and goes by the SHA-256 of that text, so that a node never means anything else, can be
//! kept for ever and lies as a file in any web server. A node with few names lists them. One with more is
//! split by the next byte of the digest of each name: a way from the root to a name is short however many
//! packages there are, and one that is not in its node is not in the registry. The same names make the same
//! tree, whatever it was before.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Up to how many names one node lists.
const NAME_COUNT_MAX: usize = 128;
const NAMES: &str = "names";
const SPLIT: &str = "split";

/// A SHA-256.
pub type Digest = [u8; 32];

/// What the tree says of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// How many times its state was written: it only grows.
    pub number: u64,
    /// The digest of its index.
    pub index: Digest,
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// These packages, and no others on this way.
    Names(BTreeMap<String, Leaf>),
    /// The nodes below, by the next byte of the digest of a name.
    Split(BTreeMap<u8, Digest>),
}

/// A text that is no node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeError {
    /// What is wrong with it.
    pub reason: &'static str,
}

impl std::fmt::Display for TreeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "it is no node of a tree: {}", self.reason)
    }
}

impl std::error::Error for TreeError {}

impl Node {
    /// Reads a node that goes by a digest.
    ///
    /// # Errors
    /// [`TreeError`] for a text of another digest, and for one that is not written as a node is.
    pub fn read(text: &[u8], digest: &Digest) -> Result<Node, TreeError> {
        let wrong = |reason| TreeError { reason };
        if digest_of(text) != *digest {
            return Err(wrong("it has another digest"));
        }
        let text = std::str::from_utf8(text).map_err(|_| wrong("it is not UTF-8"))?;
        let (kind, rest) = text.split_once('\n').ok_or_else(|| wrong("it has no line"))?;
        let node = match kind {
            NAMES => {
                let line = |line: &str| {
                    let mut words = line.split(' ');
                    let (name, number, index) = (words.next()?, words.next()?, words.next()?);
                    let leaf = Leaf { number: number.parse().ok()?, index: from_hex(index)? };
                    words.next().is_none().then_some((name.to_owned(), leaf))
                };
                Node::Names(
                    rest.lines().map(line).collect::<Option<_>>().ok_or_else(|| wrong("a name is none"))?,
                )
            }
            SPLIT => {
                let line = |line: &str| {
                    let (byte, below) = line.split_once(' ')?;
                    Some((u8::from_str_radix(byte, 16).ok()?, from_hex(below)?))
                };
                Node::Split(
                    rest.lines().map(line).collect::<Option<_>>().ok_or_else(|| wrong("a way is none"))?,
                )
            }
            _ => return Err(wrong("its first line is not known")),
        };
        // One text for each node: nothing is there twice, in another order or in other words.
        if node.text() == text { Ok(node) } else { Err(wrong("it is not written as nodes are")) }
    }

    /// The text of the node.
    pub fn text(&self) -> String {
        let mut text = String::new();
        match self {
            Node::Names(names) => {
                let _ = writeln!(text, "{NAMES}");
                for (name, Leaf { number, index }) in names {
                    let _ = writeln!(text, "{name} {number} {}", to_hex(index));
                }
            }
            Node::Split(below) => {
                let _ = writeln!(text, "{SPLIT}");
                for (byte, digest) in below {
                    let _ = writeln!(text, "{byte:02x} {}", to_hex(digest));
                }
            }
        }
        text
    }
}

/// Makes the tree of packages: the digest of its root, and the texts of all nodes by their digests.
pub fn tree_of(packages: &BTreeMap<String, Leaf>) -> (Digest, BTreeMap<Digest, String>) {
    let placed: Vec<(Digest, &String, Leaf)> =
        packages.iter().map(|(name, leaf)| (digest_of(name.as_bytes()), name, *leaf)).collect();
    let mut nodes = BTreeMap::new();
    let root = add(&placed, 0, &mut nodes);
    (root, nodes)
}

/// Adds the node of packages that have the first `depth` bytes of their digests in common.
fn add(packages: &[(Digest, &String, Leaf)], depth: usize, nodes: &mut BTreeMap<Digest, String>) -> Digest {
    let node = if packages.len() <= NAME_COUNT_MAX || depth >= size_of::<Digest>() {
        Node::Names(packages.iter().map(|(_, name, leaf)| ((*name).clone(), *leaf)).collect())
    } else {
        let mut parts: BTreeMap<u8, Vec<(Digest, &String, Leaf)>> = BTreeMap::new();
        for package in packages {
            parts.entry(package.0[depth]).or_default().push(*package);
        }
        Node::Split(parts.iter().map(|(byte, part)| (*byte, add(part, depth + 1, nodes))).collect())
    };
    let text = node.text();
    let digest = digest_of(text.as_bytes());
    nodes.insert(digest, text);
    digest
}

/// The byte that leads on to a name in a split node which stands below `depth` others.
pub fn way_of(name: &str, depth: usize) -> Option<u8> {
    digest_of(name.as_bytes()).get(depth).copied()
}

/// Where a node stands below the root of the registry: `tree/ab/abcd…`.
pub fn node_path(digest: &Digest) -> String {
    let hex = to_hex(digest);
    format!("tree/{}/{hex}", &hex[..2])
}

/// The SHA-256 of bytes.
pub fn digest_of(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// Writes a digest as 64 digits.
pub fn to_hex(digest: &Digest) -> String {
    let mut text = String::with_capacity(64);
    for byte in digest {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads a digest of 64 digits, small letters among them.
pub fn from_hex(text: &str) -> Option<Digest> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 64 || !text.as_bytes().iter().all(is_digit) {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaf(text: &str) -> Leaf {
        Leaf { number: 1, index: digest_of(text.as_bytes()) }
    }

    fn packages(count: usize) -> BTreeMap<String, Leaf> {
        (0..count).map(|n| (format!("acme/p{n}"), leaf(&n.to_string()))).collect()
    }

    /// Goes the way from a root to a name; how many nodes that were, and what is said of it.
    fn find(root: Digest, nodes: &BTreeMap<Digest, String>, name: &str) -> (usize, Option<Leaf>) {
        let (mut at, mut depth) = (root, 0);
        loop {
            match Node::read(nodes[&at].as_bytes(), &at).unwrap() {
                Node::Names(names) => return (depth + 1, names.get(name).copied()),
                Node::Split(below) => match below.get(&way_of(name, depth).unwrap()) {
                    Some(next) => (at, depth) = (*next, depth + 1),
                    None => return (depth + 1, None),
                },
            }
        }
    }

    #[test]
    fn every_name_is_found_on_a_short_way() {
        for (count, node_count_max) in [(0, 1), (1, 1), (128, 1), (129, 2), (5000, 2), (40_000, 3)] {
            let packages = packages(count);
            let (root, nodes) = tree_of(&packages);
            for (name, leaf) in packages.iter().step_by(count / 20 + 1) {
                let (steps, found) = find(root, &nodes, name);
                assert_eq!(found, Some(*leaf));
                assert!(steps <= node_count_max, "{count} packages, {steps} nodes");
            }
            assert_eq!(find(root, &nodes, "acme/other").1, None);
        }
    }

    #[test]
    fn a_change_is_a_new_way_and_no_more() {
        let mut packages = packages(5000);
        let (_, before) = tree_of(&packages);
        packages.insert("acme/p7".to_owned(), leaf("other"));
        let (_, after) = tree_of(&packages);
        assert_eq!(after.keys().filter(|digest| !before.contains_key(*digest)).count(), 2);
    }

    #[test]
    fn what_is_no_node_is_refused() {
        let zeros = "0".repeat(64);
        for text in [
            "".to_owned(),
            "names".to_owned(),
            "other\n".to_owned(),
            format!("names\na 1 {zeros}"),
            format!("names\na 01 {zeros}\n"),
            format!("names\na 1 {zeros}\na 2 {zeros}\n"),
            format!("names\nb 1 {zeros}\na 1 {zeros}\n"),
            format!("names\na 1 {zeros} x\n"),
            format!("names\na 1 {}\n", zeros.replace('0', "A")),
            format!("split\n7 {zeros}\n"),
            format!("split\n07 {zeros}\n07 {zeros}\n"),
            "split\n07 0\n".to_owned(),
        ] {
            assert!(Node::read(text.as_bytes(), &digest_of(text.as_bytes())).is_err(), "{text:?}");
        }
        let text = format!("names\na 1 {zeros}\n");
        assert!(Node::read(text.as_bytes(), &digest_of(text.as_bytes())).is_ok());
        assert!(Node::read(text.as_bytes(), &[0; 32]).is_err());
        assert!(Node::read(b"\xff\n", &digest_of(b"\xff\n")).is_err());
    }

    #[test]
    fn digests_have_one_text() {
        let digest = digest_of(b"abc");
        assert_eq!(to_hex(&digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(from_hex(&to_hex(&digest)), Some(digest));
        assert_eq!(from_hex(&to_hex(&digest).to_uppercase()), None);
        assert_eq!(node_path(&digest), format!("tree/ba/{}", to_hex(&digest)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in proptest::collection::btree_map("[a-z/]{1,6}", 0..9u64, 0..150)) {
            let packages: BTreeMap<String, Leaf> =
                numbers.into_iter().map(|(name, number)| (name, Leaf { number, index: [7; 32] })).collect();
            let (root, nodes) = tree_of(&packages);
            for (digest, text) in &nodes {
                prop_assert_eq!(&Node::read(text.as_bytes(), digest).unwrap().text(), text);
            }
            for (name, leaf) in packages.iter().take(3) {
                prop_assert_eq!(find(root, &nodes, name).1, Some(*leaf));
            }
        }

        #[test]
        fn any_text_is_survived(text in "(names|split)\n\\PC{0,80}\n?") {
            let _ = Node::read(text.as_bytes(), &digest_of(text.as_bytes()));
        }
    }
}
