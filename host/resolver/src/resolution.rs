//! The answer: which versions, with which features, for whom.

use std::collections::{BTreeMap, BTreeSet};

use s_project::Version;

use crate::cycles::cycles;
use crate::model::Package;

/// One version of each package, or of each of its buckets, that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// What was chosen, by package and version.
    pub nodes: Vec<Node>,
    /// What the roots were given, by their names.
    pub roots: Vec<ResolvedRoot>,
    /// Nodes that need each other, in the order of needing, from the lowest on: one cycle for each
    /// knot of them. Whether that is allowed is left to the caller.
    pub cycles: Vec<Vec<usize>>,
}

/// A version of a package that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The package.
    pub package: Package,
    /// The version.
    pub version: Version,
    /// Whether it is yanked, and here only because it was locked.
    pub yanked: bool,
    /// Each set of features that somebody uses it with.
    pub instances: Vec<Instance>,
}

/// A node with one set of features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Every feature that is on.
    pub features: BTreeSet<String>,
    /// What it needs, by alias.
    pub edges: Vec<Edge>,
    /// Who needs it with these features.
    pub users: Vec<User>,
}

/// What a dependency leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The name it has for whoever needs it.
    pub alias: String,
    /// The place of its node.
    pub node: usize,
    /// The place of its instance within the node.
    pub instance: usize,
}

/// Who needs an instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum User {
    /// A root.
    Root {
        /// Its place in the answer.
        root: usize,
        /// The name it has there.
        alias: String,
    },
    /// Another instance.
    Instance {
        /// The place of its node.
        node: usize,
        /// The place of it within the node.
        instance: usize,
        /// The name it has there.
        alias: String,
    },
}

/// What a root was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedRoot {
    /// Its name.
    pub name: String,
    /// By alias.
    pub edges: Vec<RootEdge>,
}

/// What a dependency of a root leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootEdge {
    /// As it was given.
    pub origin: usize,
    /// Where it leads.
    pub edge: Edge,
}

/// An instance before the nodes have their places.
pub(crate) type Key = (Package, Version, BTreeSet<String>);

/// An edge of a root: origin, alias, and where it leads.
pub(crate) type FoundEdge = (usize, String, Key);

/// What a walk along the edges found.
#[derive(Default)]
pub(crate) struct Found {
    /// Whether it is yanked, and where its edges lead.
    pub(crate) instances: BTreeMap<Key, (bool, Vec<(String, Key)>)>,
    /// By root: its name and its edges, each with origin and alias.
    pub(crate) roots: Vec<(String, Vec<FoundEdge>)>,
}

impl Found {
    /// Gives everything its place.
    pub(crate) fn resolution(self) -> Resolution {
        let mut nodes: Vec<Node> = Vec::new();
        let mut places: BTreeMap<&Key, (usize, usize)> = BTreeMap::new();
        for (key @ (package, version, features), (yanked, _)) in &self.instances {
            let is_new = nodes.last().is_none_or(|node| (&node.package, &node.version) != (package, version));
            if is_new {
                let (package, version) = (package.clone(), version.clone());
                nodes.push(Node { package, version, yanked: *yanked, instances: Vec::new() });
            }
            let node = nodes.len() - 1;
            let instances = &mut nodes[node].instances;
            instances.push(Instance { features: features.clone(), edges: Vec::new(), users: Vec::new() });
            places.insert(key, (node, instances.len() - 1));
        }
        let edge = |alias: &String, key: &Key| {
            let (node, instance) = places[key];
            Edge { alias: alias.clone(), node, instance }
        };
        let mut roots = Vec::new();
        for (root, (name, found)) in self.roots.iter().enumerate() {
            let mut edges = Vec::new();
            for (origin, alias, key) in found {
                let edge = edge(alias, key);
                let user = User::Root { root, alias: alias.clone() };
                nodes[edge.node].instances[edge.instance].users.push(user);
                edges.push(RootEdge { origin: *origin, edge });
            }
            edges.sort_by(|a, b| (&a.edge, a.origin).cmp(&(&b.edge, b.origin)));
            roots.push(ResolvedRoot { name: name.clone(), edges });
        }
        for (key, (_, found)) in &self.instances {
            let (node, instance) = places[key];
            for (alias, key) in found {
                let edge = edge(alias, key);
                let user = User::Instance { node, instance, alias: alias.clone() };
                nodes[edge.node].instances[edge.instance].users.push(user);
                nodes[node].instances[instance].edges.push(edge);
            }
        }
        for instance in nodes.iter_mut().flat_map(|node| &mut node.instances) {
            instance.edges.sort();
            instance.users.sort();
        }
        let next: Vec<Vec<usize>> = nodes
            .iter()
            .map(|node| {
                let edges = node.instances.iter().flat_map(|instance| &instance.edges);
                edges.map(|edge| edge.node).collect::<BTreeSet<_>>().into_iter().collect()
            })
            .collect();
        Resolution { cycles: cycles(&next), nodes, roots }
    }
}
