use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;
use crate::rights::{EditScope, HttpRight, Method};
use crate::{Kind, LimitsRequest, Origin, describe};

const PATTERNS: [&str; 7] = [
    "https://example.com",
    "https://a.example.com",
    "https://b.a.example.com",
    "https://*.example.com",
    "https://*.a.example.com",
    "http://*.example.com",
    "https://*.example.com:444",
];

/// Hosts that tell the patterns apart, with one below each wildcard that nothing else names.
const SAMPLES: [&str; 8] = [
    "https://example.com",
    "https://a.example.com",
    "https://b.a.example.com",
    "https://other.example.com",
    "https://other.a.example.com",
    "http://other.example.com",
    "http://a.example.com",
    "https://other.example.com:444",
];

const TIMES: [u64; 4] = [10_000, 60_000, 120_000, 600_000];

fn patterns() -> impl Strategy<Value = Vec<OriginPattern>> {
    subsequence(PATTERNS.map(|text| text.parse().unwrap()).to_vec(), 0..=3)
}

fn some_view() -> impl Strategy<Value = AskedView> {
    prop_oneof![
        Just(AskedView::Bound),
        Just(AskedView::Config(None)),
        Just(AskedView::Config(Some(PathBuf::from("/a")))),
        Just(AskedView::Config(Some(PathBuf::from("/b")))),
    ]
}

fn some_asked() -> impl Strategy<Value = Asked> {
    let methods = subsequence(vec![Method::Get, Method::Put], 0..=2);
    let http = prop::option::of((patterns(), methods));
    let secrets = prop::collection::btree_map(
        prop_oneof![Just("x".to_owned()), Just("y".to_owned())],
        patterns(),
        0..2,
    );
    let views = prop::collection::btree_map(Just("v".to_owned()), some_view(), 0..2);
    let sizes = (
        prop::option::of(1u64..4),
        prop::option::of(prop::sample::select(TIMES.to_vec())),
        prop::option::of(prop::sample::select(EditScope::ALL.to_vec())),
    );
    let env = subsequence(vec!["A".to_owned(), "B".to_owned()], 0..=2);
    let private = subsequence(vec!["http://10.0.0.1".parse::<Origin>().unwrap()], 0..=1);
    let kind = prop_oneof![4 => Just(Kind::Registry), 1 => Just(Kind::Command)];
    (kind, http, patterns(), secrets, views, sizes, env, private, any::<[bool; 6]>()).prop_map(
        |(
            kind,
            http,
            download,
            secrets,
            views,
            (cache_bytes, time_ms, edits),
            env,
            private_origins,
            flags,
        )| {
            let [seal, clock, random, ui, project, disclose_packages] = flags;
            Asked {
                http: http
                    .map(|(origins, methods)| HttpRight { origins, methods: methods.into_iter().collect() }),
                download,
                secrets,
                seal,
                cache_bytes,
                clock,
                random,
                ui,
                project,
                disclose_packages,
                views,
                env: env.into_iter().collect(),
                edits,
                private_origins,
                limits: LimitsRequest { time_ms, ..Default::default() },
                ..Asked::nothing("acme/x".parse().unwrap(), kind, [0; 32])
            }
        },
    )
}

/// Every single thing an asking would allow, spelt out.
fn atoms(asked: &Asked) -> BTreeSet<String> {
    let mut atoms = BTreeSet::from([format!("kind {}", asked.kind)]);
    let mut each = |what: &str, patterns: &[OriginPattern]| {
        for sample in SAMPLES {
            let origin: Origin = sample.parse().unwrap();
            if patterns.iter().any(|pattern| pattern.matches(&origin)) {
                atoms.insert(format!("{what} {sample}"));
            }
        }
    };
    if let Some(http) = &asked.http {
        each("http", &http.origins);
    }
    each("download", &asked.download);
    for (name, origins) in &asked.secrets {
        each(&format!("secret {name}"), origins);
    }
    if let Some(http) = &asked.http {
        atoms.insert("http".to_owned());
        atoms.extend(http.methods.iter().map(|method| format!("method {method}")));
    }
    atoms.extend(asked.secrets.keys().map(|name| format!("secret {name}")));
    atoms.extend(asked.env.iter().map(|name| format!("env {name}")));
    atoms.extend(asked.private_origins.iter().map(|origin| format!("private {origin}")));
    let flags = [asked.seal, asked.clock, asked.random, asked.ui, asked.project, asked.disclose_packages];
    atoms.extend(flags.iter().enumerate().filter(|flag| *flag.1).map(|flag| format!("flag {}", flag.0)));
    atoms.extend((1..=asked.cache_bytes.unwrap_or(0)).map(|bytes| format!("cache {bytes}")));
    atoms.extend(
        EditScope::ALL
            .iter()
            .filter(|&&scope| asked.edits >= Some(scope))
            .map(|scope| format!("edits {scope}")),
    );
    let time_ms = asked.limits.or(&Limits::default_of(asked.kind)).time_ms;
    atoms.extend(TIMES.iter().filter(|&&time| time <= time_ms).map(|time| format!("time {time}")));
    for (name, view) in &asked.views {
        atoms.insert(format!("view {name}"));
        if *view != AskedView::Config(None) {
            atoms.insert(format!("view {name} {view:?}"));
        }
    }
    atoms
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn widening_agrees_with_spelling_everything_out(old in some_asked(), new in some_asked(), same in 0..3) {
        // Two askings that have nothing to do with each other always differ: mostly compare
        // neighbours.
        let mut near = old.clone();
        match same {
            0 => near = new,
            1 => (near.http, near.download, near.limits) = (new.http, new.download, new.limits),
            _ => (near.views, near.edits, near.secrets, near.env) = (new.views, new.edits, new.secrets, new.env),
        }
        // The kind decides the defaults; as in the check, it is compared first.
        let expected = !atoms(&near).is_subset(&atoms(&old));
        prop_assert_eq!(widened(&old, &near), expected, "{:?}", excess(&near, &old));
        prop_assert_eq!(changes(&old, &near).iter().any(|change| change.sign == Sign::Added), expected);
        prop_assert!(changes(&old, &old).is_empty());
    }
}

#[test]
fn changes_say_what_comes_and_what_goes() {
    let nothing = Asked::nothing("acme/x".parse().unwrap(), Kind::Registry, [0; 32]);
    let old = Asked {
        http: Some(HttpRight {
            origins: vec!["https://*.acme.example".parse().unwrap()],
            methods: [Method::Get].into(),
        }),
        clock: true,
        cache_bytes: Some(1 << 20),
        ..nothing.clone()
    };
    let new = Asked {
        http: Some(HttpRight {
            origins: vec![
                "https://a.acme.example".parse().unwrap(),
                "https://stats.example".parse().unwrap(),
            ],
            methods: [Method::Get, Method::Post].into(),
        }),
        limits: LimitsRequest { memory_bytes: Some(1 << 30), ..Default::default() },
        cache_bytes: Some(1 << 20),
        ..nothing
    };
    let shown: Vec<String> = changes(&old, &new)
        .into_iter()
        .map(|change| format!("{} {} {}", change.sign.as_char(), change.capability, change.text))
        .collect();
    assert_eq!(
        shown,
        [
            "+ http https://stats.example",
            "+ http post",
            "+ limits memory 1 GiB",
            "- clock clock",
            "- http https://*.acme.example",
        ]
    );
}

#[test]
fn the_question_lists_everything_and_what_stays_impossible() {
    let mut asked = Asked::nothing("acme/x".parse().unwrap(), Kind::Registry, [0; 32]);
    let shown = |asked: &Asked| -> Vec<String> {
        describe(asked)
            .into_iter()
            .map(|line| format!("{}: {} ({})", line.label, line.subject, line.detail))
            .collect()
    };
    assert_eq!(
        shown(&asked),
        ["cannot: run programs, read files, read the environment, write files, reach any host ()"]
    );
    let origin: OriginPattern = "https://a.example".parse().unwrap();
    asked.http =
        Some(HttpRight { origins: vec![origin.clone()], methods: [Method::Get, Method::Head].into() });
    asked.secrets = [("token".to_owned(), vec![origin])].into();
    asked.download = vec!["https://*.cdn.example".parse().unwrap()];
    asked.views = [("registry".to_owned(), AskedView::Config(Some(PathBuf::from("/srv"))))].into();
    asked.cache_bytes = Some(64 << 20);
    asked.clock = true;
    asked.limits.time_ms = Some(600_000);
    assert_eq!(
        shown(&asked),
        [
            "network: https://a.example (get head)",
            "secret: \"token\": sent only to https://a.example (the plugin cannot read it)",
            "download: https://*.cdn.example (by the host, checked against the digest in the index)",
            "files: \"registry\": /srv (read-only)",
            "also: 64 MiB cache, coarse clock ()",
            "limits: time 10 min (more than usual)",
            "cannot: run programs, read other files, read the environment, write files, reach any other host ()",
        ]
    );
}
