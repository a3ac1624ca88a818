//! Rules of the project that the compiler does not know.
//!
//! Each module holds one subject: a function from the tree of sources to [`tree::Finding`]s, and
//! tests that show what it finds. The tests in this file run them all over the project itself. A
//! finding says where, what and how to mend it. What rustc and clippy can check is left to them.

mod code;
mod codes;
mod docs;
mod layers;
mod licences;
mod lock;
mod manifests;
mod modules;
mod paths;
mod tree;
mod words;

use tree::{Finding, Tree};

/// Runs one check over the project.
#[track_caller]
fn check(findings: impl FnOnce(&Tree) -> Vec<Finding>) {
    let findings = findings(&Tree::of_the_project());
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{} to mend:\n{}\n", findings.len(), lines.join("\n"));
}

#[test]
fn crates_depend_only_inwards() {
    check(layers::findings);
}

#[test]
fn words_stand_only_where_they_may() {
    check(words::findings);
}

#[test]
fn every_source_file_belongs_to_a_crate() {
    check(modules::forgotten);
}

#[test]
fn every_source_file_says_what_it_is_for() {
    check(modules::headers);
}

#[test]
fn no_file_is_long_without_a_reason() {
    check(modules::lengths);
}

#[test]
fn crates_inherit_from_the_workspace() {
    check(manifests::inheritance);
}

#[test]
fn the_version_table_has_nothing_unused() {
    check(manifests::unused);
}

#[test]
fn faults_are_for_tests() {
    check(manifests::faults);
}

#[test]
fn the_engine_is_one_release_and_one_copy() {
    check(lock::engine);
}

#[test]
fn several_versions_of_a_crate_have_a_reason() {
    check(lock::duplicates);
}

#[test]
fn licences_are_among_those_we_allow() {
    check(licences::findings);
}

#[test]
fn every_code_is_used() {
    check(codes::unused);
}

#[test]
fn no_file_knows_the_machine_it_was_made_on() {
    check(paths::findings);
}

#[test]
fn every_dependency_is_accounted_for() {
    check(docs::dependencies);
}

#[test]
fn decisions_are_numbered_and_complete() {
    check(docs::decisions);
}

#[test]
fn the_map_shows_every_crate() {
    check(docs::map);
}

#[test]
fn the_table_of_threats_names_tests_that_exist() {
    check(docs::threats);
}

#[test]
fn links_in_documents_lead_somewhere() {
    check(docs::links);
}

#[test]
fn the_readme_has_the_commands_that_ci_runs() {
    check(docs::commands);
}
