//! Large, hard and hostile graphs: by work, never by time.

use std::fmt::Write as _;

use super::brute;
use super::dsl::{World, versions};
use crate::{Error, MultiVersion, Step};

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn name(place: u64) -> String {
    format!("p{place}")
}

/// Packages that need some of those behind them; older versions go with older ones.
fn layered(packages: u64, versions: u64) -> String {
    let mut numbers = Numbers(7);
    let mut text = String::new();
    for package in 0..packages {
        let needed: Vec<u64> = (0..5).map(|_| package + 1 + numbers.below(40)).collect();
        for version in 0..versions {
            let (major, minor) = (1 + version / 5, version % 5);
            write!(text, "{} {major}.{minor}.0:", name(package)).unwrap();
            let mut seen = Vec::new();
            for other in needed.iter().filter(|other| **other < packages) {
                if !seen.contains(other) {
                    let of = 1 + numbers.below(major);
                    let comma = if seen.is_empty() { "" } else { "," };
                    write!(text, "{comma} {} ^{of}.{}", name(*other), numbers.below(minor + 1)).unwrap();
                    seen.push(*other);
                }
            }
            text.push_str(" [fast:; default: fast]\n");
        }
    }
    let roots: Vec<String> = (0..40.min(packages)).map(|package| format!("{} *", name(package))).collect();
    writeln!(text, "root app: {}", roots.join(", ")).unwrap();
    text
}

#[test]
fn two_thousand_packages_are_within_the_limit() {
    let world = World::parse(&layered(2_000, 10));
    let resolution = world.solve().unwrap();
    assert!(resolution.nodes.len() > 1_500, "{}", resolution.nodes.len());
    assert_eq!(brute::check(&world, &resolution), Ok(()));
}

#[test]
fn one_dead_end_is_left_once() {
    // Each version of each needs the same of the next, and only the lowest have what they need.
    let mut text = String::new();
    for package in 0..20 {
        for version in 0..50 {
            writeln!(text, "{} 1.{version}.0: {} =1.{version}.0", name(package), name(package + 1)).unwrap();
        }
    }
    for version in 0..50 {
        let needs = if version == 0 { "end ^1" } else { "end ^2" };
        writeln!(text, "{} 1.{version}.0: {needs}", name(20)).unwrap();
    }
    text.push_str("end 1.0.0:\nroot app: p0 ^1\n");
    let world = World::parse(&text).with(|of| of.work_max = 1_000_000);
    let resolution = world.solve().unwrap();
    assert!(versions(&resolution).starts_with("end 1.0.0, p0 1.0.0, p1 1.0.0"));
}

/// So many pigeons and holes: no solution, and no short proof.
fn pigeons(pigeons: u64, holes: u64) -> World {
    let mut text = String::new();
    for pigeon in 0..pigeons {
        for hole in 0..holes {
            writeln!(text, "{} 1.{hole}.0: hole{hole} =1.{pigeon}.0", name(pigeon)).unwrap();
        }
    }
    for hole in 0..holes {
        for pigeon in 0..pigeons {
            writeln!(text, "hole{hole} 1.{pigeon}.0:").unwrap();
        }
    }
    let roots: Vec<String> = (0..pigeons).map(|pigeon| format!("{} ^1", name(pigeon))).collect();
    writeln!(text, "root app: {}", roots.join(", ")).unwrap();
    World::parse(&text)
}

#[test]
fn what_needs_much_trying_ends() {
    assert!(pigeons(6, 6).solve().is_ok());
    assert!(matches!(pigeons(6, 5).solve(), Err(Error::Conflict(_))));
}

#[test]
fn where_there_is_no_room_it_is_counted() {
    // By trying, nine for eight take 50 million steps, and twenty for nineteen longer than the sun shines.
    for (many, room) in [(9, 8), (20, 19)] {
        let world = pigeons(many, room).with(|of| of.work_max = 2_000_000);
        let conflict = match world.solve() {
            Err(Error::Conflict(conflict)) => conflict,
            other => panic!("{many} have no room for {room}: {other:?}"),
        };
        let counted = conflict.derivation.steps.iter().find_map(|step| match step {
            Step::Counted { terms, room, .. } => Some((terms.len() as u64, *room as u64)),
            _ => None,
        });
        assert_eq!(counted, Some((many, room)));
        let headline = conflict.report().headline;
        assert!(
            headline.starts_with(&format!("{many} packages compete for {room} places: `p0`, ")),
            "{headline}"
        );
        assert!(headline.ends_with(&format!(" and {} more", many - 4)), "{headline}");
    }
}

#[test]
fn what_would_not_end_is_stopped() {
    let world = pigeons(20, 19).with(|of| of.work_max = 10_000);
    let error = world.solve().unwrap_err();
    assert!(matches!(error, Error::WorkLimit { work_max: 10_000 }), "{error:?}");
    assert_eq!(error.to_string(), "no answer after 10000 steps");
}

#[test]
fn features_that_grow_are_stopped() {
    // Each instance asks itself for one feature more: twenty names, a million sets.
    let mut text = "a 1.0.0:".to_owned();
    let names: Vec<String> = (0..20).map(|place| format!("f{place}")).collect();
    text += &names.iter().map(|name| format!(" a{name}=a ^1 +{name}")).collect::<Vec<_>>().join(",");
    let items = |skip: &str| {
        let others = names.iter().filter(|name| *name != skip);
        others.map(|name| format!("a{name}/{skip}")).collect::<Vec<_>>().join(" ")
    };
    let features: Vec<String> = names.iter().map(|name| format!("{name}: {}", items(name))).collect();
    text += &format!(" [{}]\nroot app: a", features.join("; "));
    let error = World::parse(&text).with(|of| of.work_max = 100_000).solve().unwrap_err();
    assert!(matches!(error, Error::WorkLimit { .. }), "{error:?}");
}

#[test]
fn a_long_chain_does_not_recurse() {
    let mut text = String::new();
    for package in 0..5_000 {
        writeln!(text, "{} 1.0.0: {} ^1", name(package), name(package + 1)).unwrap();
    }
    text.push_str("p5000 1.0.0:\nroot app: p0\n");
    let world = World::parse(&text).with(|of| of.multi_version = MultiVersion::Never);
    assert_eq!(world.solve().unwrap().nodes.len(), 5_001);
    let broken = World::parse(&text.replace("p5000 1.0.0:", "p5000 2.0.0:"));
    assert_eq!(broken.versions(), "no version of `p5000` that may be chosen is ^1");
}
