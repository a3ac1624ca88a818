//! One graph as the registries of several tools, all of them files below one origin.
//!
//! Names, versions and requirements are those of the graph, and so are the contents; only what a
//! format asks for comes on top. A folder each: `/stryke`, `/cargo`, `/npm`, `/simple` and `/wheels`.

mod cargo;
mod npm;
mod python;
mod stryke;
mod tar;

use std::sync::Mutex;

use anyhow::Result;
use s_kit::Files;
use s_store::Sha256Digest;

use crate::graph::{Graph, Package};

pub(crate) use cargo::requirement as cargo_requirement;
pub(crate) use npm::dependencies as npm_dependencies;
pub(crate) use python::requirement as python_requirement;
pub(crate) use stryke::requirement as stryke_requirement;

/// Files that a registry is made of.
type Made = Vec<File>;

/// One file of a registry.
pub(crate) struct File {
    path: String,
    media_type: &'static str,
    body: Vec<u8>,
}

impl File {
    fn new(path: String, media_type: &'static str, body: impl Into<Vec<u8>>) -> File {
        File { path, media_type, body: body.into() }
    }
}

/// Makes all registries of a graph, to be served at an origin.
///
/// # Errors
/// Those of the packers.
pub(crate) fn all(graph: &Graph, origin: &str) -> Result<Files> {
    let mut files = Files::default();
    let mut add = |file: File| {
        let tag = &Sha256Digest::of(&file.body).to_hex()[..32];
        files.add(file.path, file.media_type, tag, &file.body);
    };
    for file in [stryke::root(), cargo::root(origin)] {
        add(file);
    }
    for made in in_parallel(&graph.packages, |package| {
        let mut made = stryke::package(package)?;
        made.extend(cargo::package(package));
        made.extend(npm::package(package, origin));
        made.extend(python::package(package)?);
        Ok(made)
    })? {
        made.into_iter().for_each(&mut add);
    }
    Ok(files)
}

/// Makes something of each package, on all processors: level 19 takes its time.
fn in_parallel(packages: &[Package], make: impl Fn(&Package) -> Result<Made> + Sync) -> Result<Vec<Made>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = Mutex::new(packages.iter());
    let take = || next.lock().expect("nobody panics while it is held").next();
    std::thread::scope(|scope| {
        let work = || {
            let mut made = Vec::new();
            while let Some(package) = take() {
                made.push(make(package)?);
            }
            Ok(made)
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::with_capacity(packages.len());
        for worker in workers {
            let made: Result<Vec<Made>> = worker.join().expect("a packer does not panic");
            all.extend(made?);
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests;
