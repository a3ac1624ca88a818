//! The states of a registry, signed: which index each package has, under a number that only grows.
//!
//! A state is an object `checkpoint/0000000001.note` and so on, created like an entry of a journal and never
//! changed: of several servers that go on from one state a single one succeeds, and the others go on from
//! its state. Nodes of the tree are objects below `tree`, under their digests, and are written before the
//! note that leads to them. What the tree says of a package only grows too, by the number of its journal, so
//! that a server that is behind turns nothing back.
//!
//! Journals come first: whoever changes a package says that it is done when a state has the change. One that
//! is killed between the two leaves a change that the next who is asked for that index takes up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use s_note::Note;
use s_wire::{Digest, Leaf, Node, from_hex, node_path, tree_of};

use crate::signing::{Signing, create_note, note_at};
use crate::state::State;
use crate::{Clock, RegistryError};

/// How often a writer tries again when others were faster.
const TRIES_MAX: usize = 10_000;
/// How many nodes are read or written at the same time.
const NODES_AT_ONCE: usize = 32;
/// How old a signature may be before a server signs the same state again, in seconds. It is far less than
/// what readers bear, and whoever holds a reader off cannot show an old one for long.
const SIGNED_AGE_MAX_S: u64 = 3600;

/// A state, with everything that leads from it to an index.
pub(crate) struct Snapshot {
    /// From 1; 0 before the first.
    pub(crate) number: u64,
    root: Digest,
    /// What is said of each package.
    pub(crate) packages: BTreeMap<String, Leaf>,
    /// The texts of the nodes.
    nodes: BTreeMap<Digest, Bytes>,
}

/// The states of a registry.
pub(crate) struct Snapshots {
    store: Arc<dyn ObjectStore>,
    clock: Arc<dyn Clock>,
    pub(crate) signing: Signing,
    known: Mutex<Arc<Snapshot>>,
    /// The newest note, and when it was signed.
    signed: Mutex<Option<(u64, u64, Note)>>,
    /// What is to be in the next state.
    pending: Mutex<BTreeMap<String, Leaf>>,
    /// Held by whoever writes the next state.
    writer: tokio::sync::Mutex<()>,
}

impl Snapshots {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, clock: Arc<dyn Clock>, signing: Signing) -> Snapshots {
        let (root, nodes) = tree_of(&BTreeMap::new());
        let nodes = nodes.into_iter().map(|(digest, text)| (digest, Bytes::from(text))).collect();
        let empty = Snapshot { number: 0, root, packages: BTreeMap::new(), nodes };
        Snapshots {
            store,
            clock,
            signing,
            known: Mutex::new(Arc::new(empty)),
            signed: Mutex::default(),
            pending: Mutex::default(),
            writer: tokio::sync::Mutex::default(),
        }
    }

    /// The newest state there is now.
    pub(crate) async fn current(&self) -> Result<Arc<Snapshot>, RegistryError> {
        let known = self.known();
        let number = self.newest(known.number).await?;
        if number == known.number {
            return Ok(known);
        }
        let damaged = |reason: String| RegistryError::Damaged { path: path(number).to_string(), reason };
        let note = note_at(self.store.as_ref(), &path(number)).await?;
        let note = note.ok_or_else(|| damaged("it is missing".to_owned()))?;
        let checkpoint = self.signing.read(&note).map_err(|error| damaged(error.to_string()))?;
        if checkpoint.number != number {
            return Err(damaged(format!("it is the state {}", checkpoint.number)));
        }
        let snapshot = Arc::new(self.read(number, checkpoint.root, &known).await?);
        Ok(self.keep(snapshot))
    }

    /// The number of the newest state, where one is known already. No number is left out, so that few looks
    /// will do however many there are.
    async fn newest(&self, known: u64) -> Result<u64, RegistryError> {
        let (mut there, mut step) = (known, 1);
        while self.is_there(there + step).await? {
            there += step;
            step *= 2;
        }
        let mut absent = there + step;
        while absent - there > 1 {
            let middle = there + (absent - there) / 2;
            match self.is_there(middle).await? {
                true => there = middle,
                false => absent = middle,
            }
        }
        Ok(there)
    }

    async fn is_there(&self, number: u64) -> Result<bool, RegistryError> {
        match self.store.head(&path(number)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The note of the newest state, signed not long ago.
    pub(crate) async fn note(&self) -> Result<Note, RegistryError> {
        let snapshot = match self.current().await? {
            none if none.number == 0 => self.covered(&[]).await?,
            snapshot => snapshot,
        };
        self.note_of(&snapshot)
    }

    /// The note of a state, signed not long ago.
    pub(crate) fn note_of(&self, snapshot: &Snapshot) -> Result<Note, RegistryError> {
        let now_unix = self.clock.now_ms() / 1000;
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, signed_unix, note)) = signed.as_ref()
            && *number == snapshot.number
            && now_unix.saturating_sub(*signed_unix) < SIGNED_AGE_MAX_S
        {
            return Ok(note.clone());
        }
        let note = self.signing.checkpoint(snapshot.number, snapshot.root, now_unix)?;
        *signed = Some((snapshot.number, now_unix, note.clone()));
        Ok(note)
    }

    /// The text of a node of the tree; none where no state ever had it.
    pub(crate) async fn node(&self, hex: &str) -> Result<Option<Bytes>, RegistryError> {
        let Some(digest) = from_hex(hex) else { return Ok(None) };
        if let Some(text) = self.known().nodes.get(&digest) {
            return Ok(Some(text.clone()));
        }
        self.stored(&digest).await
    }

    /// A state that says of packages at least what is known of them. One is written where there is none.
    pub(crate) async fn covered(&self, states: &[&State]) -> Result<Arc<Snapshot>, RegistryError> {
        let wanted: BTreeMap<String, Leaf> = states.iter().filter_map(|state| leaf_of(state)).collect();
        let known = self.known();
        if !wanted.is_empty() && covers(&known, &wanted) {
            return Ok(known);
        }
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).extend(wanted.clone());
        let _writer = self.writer.lock().await;
        let mut pending = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        pending.extend(wanted);
        for _ in 0..TRIES_MAX {
            let snapshot = self.current().await?;
            if snapshot.number > 0 && covers(&snapshot, &pending) {
                return Ok(snapshot);
            }
            let mut packages = snapshot.packages.clone();
            for (name, leaf) in &pending {
                if !has(packages.get(name), leaf) {
                    packages.insert(name.clone(), *leaf);
                }
            }
            if let Some(written) = self.write(&snapshot, packages).await? {
                return Ok(self.keep(Arc::new(written)));
            }
        }
        Err(RegistryError::Contended { subject: "checkpoint".to_owned() })
    }

    /// Writes the state after another one; none where somebody else was faster.
    async fn write(
        &self,
        before: &Snapshot,
        packages: BTreeMap<String, Leaf>,
    ) -> Result<Option<Snapshot>, RegistryError> {
        let number = before.number + 1;
        let (root, texts) = tree_of(&packages);
        let nodes: BTreeMap<Digest, Bytes> =
            texts.into_iter().map(|(digest, text)| (digest, Bytes::from(text))).collect();
        let write = |(digest, text): (Digest, Bytes)| async move {
            self.store.put(&Path::from(node_path(&digest)), PutPayload::from(text)).await
        };
        let new = new_nodes(before, &nodes);
        stream::iter(new).map(write).buffer_unordered(NODES_AT_ONCE).try_collect::<Vec<_>>().await?;
        let now_unix = self.clock.now_ms() / 1000;
        let note = self.signing.checkpoint(number, root, now_unix)?;
        let is_there = create_note(self.store.as_ref(), &path(number), &note).await?;
        Ok(is_there.then_some(Snapshot { number, root, packages, nodes }))
    }

    /// Reads a state; what it has in common with another one is not read again.
    async fn read(&self, number: u64, root: Digest, known: &Snapshot) -> Result<Snapshot, RegistryError> {
        let mut snapshot = Snapshot { number, root, packages: BTreeMap::new(), nodes: BTreeMap::new() };
        let mut level = vec![root];
        while !level.is_empty() {
            let read = |(digest, there): (Digest, Option<Bytes>)| async move {
                let text = match there {
                    Some(text) => Some(text),
                    None => self.stored(&digest).await?,
                };
                let damaged = |reason: String| RegistryError::Damaged { path: node_path(&digest), reason };
                let text = text.ok_or_else(|| damaged("it is missing".to_owned()))?;
                let node = Node::read(&text, &digest).map_err(|error| damaged(error.to_string()))?;
                Ok::<_, RegistryError>((digest, text, node))
            };
            let wanted = with_texts(known, std::mem::take(&mut level));
            let nodes: Vec<_> =
                stream::iter(wanted).map(read).buffer_unordered(NODES_AT_ONCE).try_collect().await?;
            for (digest, text, node) in nodes {
                snapshot.nodes.insert(digest, text);
                match node {
                    Node::Names(names) => snapshot.packages.extend(names),
                    Node::Split(below) => level.extend(below.into_values()),
                }
            }
        }
        Ok(snapshot)
    }

    async fn stored(&self, digest: &Digest) -> Result<Option<Bytes>, RegistryError> {
        match self.store.get(&Path::from(node_path(digest))).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn known(&self) -> Arc<Snapshot> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a state unless a newer one is known; gives the newer one.
    fn keep(&self, snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.number < snapshot.number {
            *known = snapshot;
        }
        known.clone()
    }
}

impl Snapshot {
    /// The texts of all nodes of its tree, by their digests.
    pub(crate) fn nodes(&self) -> &BTreeMap<Digest, Bytes> {
        &self.nodes
    }
}

/// The nodes that a state did not have.
fn new_nodes(before: &Snapshot, nodes: &BTreeMap<Digest, Bytes>) -> Vec<(Digest, Bytes)> {
    // The first state is nowhere yet.
    let is_new = |digest: &Digest| before.number == 0 || !before.nodes.contains_key(digest);
    let new = nodes.iter().filter(|(digest, _)| is_new(digest));
    new.map(|(digest, text)| (*digest, text.clone())).collect()
}

/// Nodes with their texts, where a state has them.
fn with_texts(known: &Snapshot, digests: Vec<Digest>) -> Vec<(Digest, Option<Bytes>)> {
    digests.into_iter().map(|digest| (digest, known.nodes.get(&digest).cloned())).collect()
}

/// What a state of a package is in the tree; none of one that has no versions.
fn leaf_of(state: &State) -> Option<(String, Leaf)> {
    let index = from_hex(&state.index().1)?;
    Some((state.name.clone()?, Leaf { number: state.number, index }))
}

fn covers(snapshot: &Snapshot, wanted: &BTreeMap<String, Leaf>) -> bool {
    wanted.iter().all(|(name, leaf)| has(snapshot.packages.get(name), leaf))
}

/// Whether what a tree says of a package is what is wanted, or newer.
fn has(there: Option<&Leaf>, wanted: &Leaf) -> bool {
    there.is_some_and(|there| there.index == wanted.index || there.number > wanted.number)
}

fn path(number: u64) -> Path {
    Path::from_iter(["checkpoint", &format!("{number:010}.note")])
}
