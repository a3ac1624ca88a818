//! Each registry is read back, and has to say what the graph says.

use std::collections::BTreeMap;
use std::io::Read as _;

use super::*;
use crate::graph::{Need, Plan, Version};
use serde_json::Value;

/// Package and version to what it needs: name, from, below.
type Edges = BTreeMap<(String, String), Vec<(String, String, String)>>;

const ORIGIN: &str = "http://127.0.0.1:1";

fn graphs() -> Vec<Graph> {
    let plan = Plan { name: "test", packages: 25, files: 3, file_bytes: 500, extras: 1 };
    vec![Graph::layered(&plan), Graph::tangled(12, 4)]
}

fn edges_of_graph(graph: &Graph) -> Edges {
    let edge = |need: &Need| (need.name.clone(), need.from.to_string(), need.below.to_string());
    let mut edges = Edges::new();
    for package in &graph.packages {
        for release in &package.releases {
            let key = (package.name.clone(), release.version.to_string());
            edges.insert(key, release.needs.iter().map(edge).collect());
        }
    }
    edges
}

/// Splits `>=1.0.0` and `<2.0.0`, whatever is between them.
fn range(text: &str) -> (String, String) {
    let (from, below) = text.split_once('<').unwrap();
    let from = from.trim_start_matches(">=").trim_end_matches([' ', ',']);
    (from.to_owned(), below.to_owned())
}

fn edge(name: &str, requirement: &str) -> (String, String, String) {
    let (from, below) = range(requirement);
    (name.to_owned(), from, below)
}

fn json(files: &Files, path: &str) -> Value {
    serde_json::from_slice(files.body(path).unwrap_or_else(|| panic!("{path} is not there"))).unwrap()
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    std::str::from_utf8(files.body(path).unwrap_or_else(|| panic!("{path} is not there"))).unwrap()
}

fn edges_of_stryke(graph: &Graph, files: &Files) -> Edges {
    let config: s_wire::Config = serde_json::from_value(json(files, "/stryke/config.json")).unwrap();
    let mut edges = Edges::new();
    for package in &graph.packages {
        let index =
            s_wire::read_index(text(files, &format!("/stryke/{}", s_wire::index_path(&package.name))))
                .unwrap();
        assert_eq!(index.newer_count, 0);
        for line in index.lines {
            let url = s_wire::download_url(&config, "/stryke", &line.name, &line.vers);
            let archive = files.body(&url).unwrap();
            assert_eq!(line.integrity, Sha256Digest::of(archive).to_string());
            assert_eq!(line.size, archive.len() as u64);
            assert!(
                line.deps.iter().all(|dependency| dependency.kind == "normal" && dependency.default_features)
            );
            let needs = line.deps.iter().map(|dependency| edge(&dependency.name, &dependency.req)).collect();
            edges.insert((line.name, line.vers), needs);
        }
    }
    edges
}

fn edges_of_cargo(graph: &Graph, files: &Files) -> Edges {
    let template = json(files, "/cargo/index/config.json")["dl"].as_str().unwrap().to_owned();
    let mut edges = Edges::new();
    for package in &graph.packages {
        for line in text(files, &cargo::index_path(&package.name)).lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let word = |value: &Value| value.as_str().unwrap().to_owned();
            let (name, version) = (word(&line["name"]), word(&line["vers"]));
            let url = template.replace("{crate}", &name).replace("{version}", &version);
            let archive = files.body(url.strip_prefix(ORIGIN).unwrap()).unwrap();
            assert_eq!(line["cksum"], Sha256Digest::of(archive).to_hex());
            let needs = line["deps"].as_array().unwrap();
            let needs = needs.iter().map(|need| edge(&word(&need["name"]), &word(&need["req"]))).collect();
            edges.insert((name, version), needs);
        }
    }
    edges
}

fn edges_of_npm(graph: &Graph, files: &Files) -> Edges {
    let mut edges = Edges::new();
    for package in &graph.packages {
        let packument = json(files, &format!("/npm/{}", package.name));
        for (version, manifest) in packument["versions"].as_object().unwrap() {
            let url = manifest["dist"]["tarball"].as_str().unwrap();
            assert!(files.body(url.strip_prefix(ORIGIN).unwrap()).is_some());
            let needs = manifest["dependencies"].as_object().unwrap();
            let needs = needs.iter().map(|(name, range)| edge(name, range.as_str().unwrap())).collect();
            edges.insert((package.name.clone(), version.clone()), needs);
        }
    }
    edges
}

fn edges_of_python(graph: &Graph, files: &Files) -> Edges {
    let mut edges = Edges::new();
    for package in &graph.packages {
        for file in json(files, &format!("/simple/{}/", package.name))["files"].as_array().unwrap() {
            let url = file["url"].as_str().unwrap();
            let wheel = files.body(url).unwrap();
            assert_eq!(file["hashes"]["sha256"], Sha256Digest::of(wheel).to_hex());
            let metadata = text(files, &format!("{url}.metadata"));
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(wheel)).unwrap();
            let version = file["filename"].as_str().unwrap().split('-').nth(1).unwrap().to_owned();
            let mut inside = String::new();
            let name = format!("{}-{version}.dist-info/METADATA", package.name);
            archive.by_name(&name).unwrap().read_to_string(&mut inside).unwrap();
            assert_eq!(inside, metadata);
            let needs = metadata.lines().filter_map(|line| line.strip_prefix("Requires-Dist: "));
            let needs = needs.map(|need| {
                let (name, range) = need.split_once(">=").unwrap();
                edge(name, range)
            });
            edges.insert((package.name.clone(), version), needs.collect());
        }
    }
    edges
}

#[test]
fn every_registry_has_the_same_graph() {
    for graph in graphs() {
        let files = all(&graph, ORIGIN).unwrap();
        let mut expected = edges_of_graph(&graph);
        assert_eq!(edges_of_stryke(&graph, &files), expected);
        assert_eq!(edges_of_cargo(&graph, &files), expected);
        assert_eq!(edges_of_python(&graph, &files), expected);
        // An object has no order.
        expected.values_mut().for_each(|needs| needs.sort());
        assert_eq!(edges_of_npm(&graph, &files), expected);
    }
}

#[test]
fn requirements_mean_the_same() {
    let need = Need { name: "a".to_owned(), from: Version(1, 2, 0), below: Version(1, 5, 0) };
    let ours = s_project::Requirement::parse(&stryke::requirement(&need), s_project::Bare::Exact).unwrap();
    let cargos = semver::VersionReq::parse(&cargo::requirement(&need)).unwrap();
    for (candidate, expected) in [("1.1.9", false), ("1.2.0", true), ("1.4.9", true), ("1.5.0", false)] {
        let candidate = candidate.parse().unwrap();
        assert_eq!((ours.matches(&candidate), cargos.matches(&candidate)), (expected, expected));
    }
    assert_eq!(npm::requirement(&need), ">=1.2.0 <1.5.0");
    assert_eq!(python::requirement(&need), "a>=1.2.0,<1.5.0");
}

#[test]
fn contents_are_the_same_in_every_archive() {
    let graph = &graphs()[0];
    let files = all(graph, ORIGIN).unwrap();
    let release = graph.packages[3].releases.last().unwrap();
    let expected: Vec<Vec<u8>> = release.files().map(|(_, content)| content).collect();
    let tar_of = |path: &str| {
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(files.body(path).unwrap()).read_to_end(&mut tar).unwrap();
        tar
    };
    let stryke = zstd::decode_all(files.body("/stryke/archives/unit0003/1.4.0").unwrap()).unwrap();
    for tar in [stryke, tar_of("/cargo/crates/unit0003/1.4.0"), tar_of("/npm/unit0003/-/unit0003-1.4.0.tgz")]
    {
        let found = members(&tar);
        assert_eq!(found, expected);
    }
    let wheel = files.body("/wheels/unit0003-1.4.0-py3-none-any.whl").unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(wheel)).unwrap();
    for (number, content) in expected.iter().enumerate() {
        let mut found = Vec::new();
        let name = format!("unit0003/part{number:03}.txt");
        archive.by_name(&name).unwrap().read_to_end(&mut found).unwrap();
        assert_eq!(&found, content);
    }
}

/// The contents of a tar file whose names begin with `part`, in their order.
fn members(mut tar: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while tar.len() > 512 && tar[0] != 0 {
        let (header, rest) = tar.split_at(512);
        let name = std::str::from_utf8(&header[..100]).unwrap().trim_end_matches('\0');
        let len = usize::from_str_radix(std::str::from_utf8(&header[124..135]).unwrap(), 8).unwrap();
        if name.contains("/part") {
            found.push(rest[..len].to_vec());
        }
        tar = &rest[len.next_multiple_of(512)..];
    }
    found
}
