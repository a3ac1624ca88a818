//! Which index each package has in a state of the registry.
//!
//! The host has read the note that says which state it is, and believes it. From its root on each node is
//! known by its digest, so that whoever answers can leave out nothing and mix in nothing of another state.

use std::collections::{BTreeMap, BTreeSet};

use s_guest::{CacheMode, Error, ErrorKind, Request};
use s_wire::{Digest, Node, node_path, way_of};

use crate::Site;
use crate::exchange::refused;

/// Bytes of the longest node.
const NODE_BYTES_MAX: u64 = 1 << 20;

/// Which index a package has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Whatever is answered: the registry signs nothing.
    Anything,
    /// None: there is no such package.
    Nothing,
    /// The one with this digest.
    Index(Digest),
}

/// Finds the index of each package, all on their ways together; answers stand in the order of the names.
pub(crate) fn indexes(site: &Site<'_>, root: &Digest, names: &[&str]) -> Vec<Result<Expected, Error>> {
    let mut found: Vec<Option<Result<Expected, Error>>> = names.iter().map(|_| None).collect();
    let mut ways: Vec<(usize, Digest)> = (0..names.len()).map(|at| (at, *root)).collect();
    let mut depth = 0;
    while !ways.is_empty() {
        let nodes = read_nodes(site, ways.iter().map(|(_, digest)| *digest).collect());
        let mut onward = Vec::new();
        for (at, digest) in ways {
            match &nodes[&digest] {
                Err(error) => found[at] = Some(Err(error.clone())),
                Ok(Node::Names(packages)) => {
                    let leaf = packages.get(names[at]);
                    found[at] = Some(Ok(leaf.map_or(Expected::Nothing, |leaf| Expected::Index(leaf.index))));
                }
                Ok(Node::Split(below)) => match way_of(names[at], depth).and_then(|way| below.get(&way)) {
                    Some(next) => onward.push((at, *next)),
                    None => found[at] = Some(Ok(Expected::Nothing)),
                },
            }
        }
        (ways, depth) = (onward, depth + 1);
    }
    found.into_iter().map(|found| found.expect("every way ends")).collect()
}

fn read_nodes(site: &Site<'_>, digests: BTreeSet<Digest>) -> BTreeMap<Digest, Result<Node, Error>> {
    let digests: Vec<Digest> = digests.into_iter().collect();
    let url = |digest: &Digest| format!("{}/{}", site.root(), node_path(digest));
    let node = |digest: &Digest, bytes: &[u8]| {
        Node::read(bytes, digest).map_err(|error| not_in_state(&url(digest), &error.to_string()))
    };
    let missing = |digest: &Digest| not_in_state(&url(digest), "it is missing");
    if let Some(folder) = &site.folder {
        let read = |digest: &Digest| match folder.read(&node_path(digest), NODE_BYTES_MAX) {
            Ok(bytes) => node(digest, &bytes),
            Err(error) if error.kind == ErrorKind::NotFound => Err(missing(digest)),
            Err(error) => Err(error.with_extra("url", url(digest))),
        };
        return digests.iter().map(|digest| (*digest, read(digest))).collect();
    }
    let request = |digest: &Digest| {
        let request = Request { cache: CacheMode::Standard, ..Request::get(url(digest)) };
        request.with_origin_auth().with_bytes_max(NODE_BYTES_MAX)
    };
    let mut nodes = BTreeMap::new();
    site.http.each(digests.iter().map(request).collect(), &mut |which, answer| {
        let digest = &digests[which];
        let read = answer.and_then(|answer| match answer.status {
            200 => node(digest, &answer.read_to_end(NODE_BYTES_MAX)?),
            404 | 410 => Err(missing(digest)),
            _ => Err(refused(answer)),
        });
        nodes.insert(*digest, read);
    });
    nodes
}

/// What is not as the state says. The host asks again in a newer state, and then says so.
pub(crate) fn not_in_state(url: &str, why: &str) -> Error {
    let message = format!("`{url}` is not what the registry signed: {}", why.escape_debug());
    Error::integrity("registry-stryke/snapshot", message).with_extra("url", url)
}
