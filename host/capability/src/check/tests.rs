use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use s_diag::Source;

use super::*;
use crate::diff::widened;
use crate::{
    Capability, CapabilityName, ConfigValues, EditScope, Limits, OriginPattern, PluginPattern, Scope,
    digest_text,
};

const MANIFEST: &str = r#"
[plugin]
id = "acme/artifactory"
version = "1.4.2"
kind = "registry"
worlds = ["stryke:registry/registry-plugin@0.1"]
[capabilities]
http = { reason = "r", origins = ["{config.url}", "https://*.cdn.example"] }
download = { reason = "r", origins = ["https://*.cdn.example"] }
secret.token = { reason = "r", origins = ["{config.url}"] }
cache = { reason = "r", max = "8 MiB" }
clock = { reason = "r" }
fs.notes = { reason = "r" }
[limits]
memory = "1 GiB"
[config]
url = { type = "url", required = true }
"#;

fn manifest() -> Manifest {
    Manifest::parse(&Source::new("plugin.toml", MANIFEST)).unwrap()
}

fn asked(manifest: &Manifest, url: &str) -> Asked {
    let stated = manifest.config.keys().map(|key| (key.clone(), url.to_owned())).collect();
    manifest.resolve(&ConfigValues::check(&stated, manifest).unwrap())
}

fn import(interface: &str, functions: &[&str]) -> Import {
    Import {
        interface: interface.to_owned(),
        version: semver::Version::new(0, 1, 0),
        functions: functions.iter().map(|&name| name.to_owned()).collect(),
    }
}

fn grant(rights: &Asked) -> Grant {
    Grant {
        plugin: rights.plugin.clone(),
        scope: Scope::User,
        integrity: None,
        rights: rights.clone(),
        bound: BTreeMap::new(),
        granted_unix: 0,
        expires_unix: None,
    }
}

fn policy(text: &str) -> Policy {
    Policy::parse(&Source::new("policy.toml", text)).unwrap()
}

/// Checks with nothing bound and the usual ceiling.
fn run(
    imports: &[Import],
    manifest: &Manifest,
    asked: &Asked,
    consent: Consent<'_>,
    policy: Option<&Policy>,
) -> Result<Rights, Refusal> {
    let (integrity, ceiling, views) = (digest_text(&[1; 32]), Ceiling::default(), BTreeMap::new());
    check(
        imports,
        manifest,
        asked,
        consent,
        policy,
        Surroundings { integrity: &integrity, ceiling: &ceiling, views: &views },
    )
}

#[test]
fn what_is_asked_and_allowed_is_given() {
    let manifest = manifest();
    let asked = asked(&manifest, "https://art.example/x");
    let grant = grant(&asked);
    let imports = [import("stryke:host/http", &["start"]), import("stryke:host/log", &["write"])];
    let (integrity, views) =
        (digest_text(&[1; 32]), BTreeMap::from([("notes".to_owned(), PathBuf::from("/n"))]));
    let mut ceiling = Ceiling::default();
    (ceiling.0.memory_bytes, ceiling.0.cache_bytes) = (1 << 20, 1 << 10);
    let around = Surroundings { integrity: &integrity, ceiling: &ceiling, views: &views };
    let rights = check(&imports, &manifest, &asked, Consent::Grant(&grant), None, around).unwrap();
    let origins: Vec<String> =
        rights.http.as_ref().unwrap().origins.iter().map(ToString::to_string).collect();
    assert_eq!(origins, ["https://art.example", "https://*.cdn.example"]);
    assert_eq!(rights.private_origins.len(), 1);
    assert_eq!(rights.views["notes"], Some(PathBuf::from("/n")));
    assert_eq!((rights.cache_bytes, rights.limits.cache_bytes), (Some(1 << 10), 1 << 10));
    assert_eq!(rights.limits.memory_bytes, 1 << 20, "the ceiling wins over the request");
    assert!(rights.clock && !rights.random && !rights.seal && !rights.ui && !rights.edits && !rights.project);
    for consent in [Consent::OneRun, Consent::BuiltIn] {
        assert!(check(&imports, &manifest, &asked, consent, None, around).is_ok());
    }
}

#[test]
fn each_step_refuses_in_its_order() {
    let manifest = manifest();
    let asked = asked(&manifest, "https://art.example");
    let full = grant(&asked);
    let other_config = grant(&self::asked(&manifest, "https://other.example"));
    let mut other_plugin = full.clone();
    other_plugin.plugin = "evil/artifactory".parse().unwrap();
    let mut other_component = full.clone();
    other_component.integrity = Some(digest_text(&[2; 32]));
    let foreign = Asked { capabilities: [0; 32], ..asked.clone() };
    let good = [import("stryke:host/http", &["start"])];
    let wasi = [import("wasi:cli/run", &["run"])];
    let random = [import("stryke:host/random", &["bytes"])];
    let all = "[[rule]]\nplugin = 'acme/*'\norigins = ['https://art.example', 'https://*.cdn.example']\n\
               capabilities = ['http', 'download', 'secret', 'cache', 'clock', 'fs']\n";
    let denies = "deny = ['acme/*']";
    let cases: [(&[Import], &Asked, Consent<'_>, &str, Code); 17] = [
        (&wasi, &foreign, Consent::None, denies, Code::IMPORT_UNKNOWN),
        (&random, &foreign, Consent::None, denies, Code::IMPORT_BEYOND_MANIFEST),
        (&good, &foreign, Consent::Grant(&full), denies, Code::IMPORT_BEYOND_MANIFEST),
        (&good, &asked, Consent::Grant(&other_plugin), denies, Code::PLUGIN_NO_CONSENT),
        (&good, &asked, Consent::Grant(&other_component), denies, Code::GRANT_INTEGRITY),
        (&good, &asked, Consent::Grant(&other_config), denies, Code::BEYOND_GRANT),
        (&good, &asked, Consent::Grant(&full), denies, Code::POLICY_DENIES),
        (&good, &asked, Consent::BuiltIn, denies, Code::POLICY_DENIES),
        (&good, &asked, Consent::OneRun, denies, Code::POLICY_DENIES),
        (&good, &asked, Consent::None, "", Code::PLUGIN_NO_CONSENT),
        (&good, &asked, Consent::None, "allow = ['acme/*']", Code::PLUGIN_NO_CONSENT),
        (&good, &asked, Consent::Grant(&full), "max-capabilities = ['http']", Code::BEYOND_POLICY),
        (&good, &asked, Consent::None, &all.replace("'clock', ", ""), Code::BEYOND_POLICY),
        (&good, &asked, Consent::None, &all.replace("https://*.cdn", "https://a.cdn"), Code::BEYOND_POLICY),
        (&good, &asked, Consent::Grant(&full), &all.replace("'cache', ", ""), Code::BEYOND_POLICY),
        (
            &good,
            &asked,
            Consent::None,
            &all.replace("origins", &format!("integrity = '{}'\norigins", digest_text(&[3; 32]))),
            Code::BEYOND_POLICY,
        ),
        (&good, &asked, Consent::None, &all.replace("acme/*", "acme/other"), Code::PLUGIN_NO_CONSENT),
    ];
    for (imports, asked, consent, text, code) in cases {
        let refused = run(imports, &manifest, asked, consent, Some(&policy(text))).unwrap_err();
        assert_eq!(refused.code(), code, "{text}: {refused}");
    }
    for forged in [
        Asked { random: true, ..asked.clone() },
        Asked { kind: crate::Kind::Auth, ..asked.clone() },
        Asked { plugin: "acme/other".parse().unwrap(), ..asked.clone() },
        Asked { limits: crate::LimitsRequest::default(), ..asked.clone() },
    ] {
        assert_eq!(run(&good, &manifest, &forged, Consent::OneRun, None), Err(Refusal::NotThisManifest));
    }
    let newer = Import { version: semver::Version::new(0, 9, 0), ..good[0].clone() };
    let refused = run(&[newer], &manifest, &asked, Consent::OneRun, None).unwrap_err();
    assert_eq!(refused.code(), Code::PLUGIN_INTERFACE_VERSION);
    assert!(
        run(&good, &manifest, &asked, Consent::None, Some(&policy(all))).is_ok(),
        "a rule stands in for a grant"
    );
    let pasted = Policy::missing_rule(&asked, Some(&digest_text(&[1; 32])));
    assert!(run(&good, &manifest, &asked, Consent::None, Some(&policy(&pasted))).is_ok());
}

#[test]
fn a_refusal_says_what_exceeds_what() {
    let manifest = manifest();
    let asked = asked(&manifest, "https://art.example");
    let imports = [import("stryke:host/random", &["bytes"])];
    let refused = run(&imports, &manifest, &asked, Consent::OneRun, None).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the code calls `random.bytes`, and `plugin.toml` does not ask for `random`"
    );
    let granted = grant(&self::asked(&manifest, "file:///srv/registry"));
    let Err(Refusal::BeyondGrant { excess }) = run(&[], &manifest, &asked, Consent::Grant(&granted), None)
    else {
        panic!("the origin was not granted")
    };
    let texts: Vec<(&str, &str)> = excess.iter().map(|e| (e.capability.as_str(), e.text.as_str())).collect();
    assert_eq!(
        texts,
        [
            ("http", "https://art.example"),
            ("http", "https://art.example on a private network"),
            ("secret.token", "https://art.example"),
        ]
    );
}

/// Rights as an asking, so that the two can be compared.
fn as_asked(rights: &Rights, asked: &Asked) -> Asked {
    let view = |(name, path): (&String, &Option<PathBuf>)| {
        let view = match (path, &asked.views[name]) {
            (None, AskedView::Bound) => AskedView::Bound,
            (path, _) => AskedView::Config(path.clone()),
        };
        (name.clone(), view)
    };
    Asked {
        http: rights.http.clone(),
        download: rights.download.clone(),
        secrets: rights.secrets.clone(),
        seal: rights.seal,
        cache_bytes: rights.cache_bytes,
        clock: rights.clock,
        random: rights.random,
        ui: rights.ui,
        project: rights.project,
        disclose_packages: rights.disclose_packages,
        views: rights.views.iter().map(view).collect(),
        env: rights.env.clone(),
        edits: rights.edits.then_some(EditScope::NewFiles),
        private_origins: rights.private_origins.clone(),
        limits: {
            let Limits { time_ms, memory_bytes, .. } = rights.limits;
            crate::LimitsRequest {
                time_ms: Some(time_ms),
                memory_bytes: Some(memory_bytes),
                ..Default::default()
            }
        },
        ..asked.clone()
    }
}

const ALL: &str = r#"
[plugin]
id = "acme/tool"
version = "1.0.0"
kind = "command"
worlds = ["stryke:command/subcommand-plugin@0.1"]
[capabilities]
http = { reason = "r", origins = ["{config.url}", "https://*.a.example", "https://b.example"], methods = ["get", "put"] }
cache = { reason = "r", max = "8 MiB" }
clock = { reason = "r" }
random = { reason = "r" }
ui = { reason = "r" }
project = { reason = "r" }
propose-edits = { reason = "r" }
env.CI = { reason = "r" }
env.HOME = { reason = "r" }
fs.one = { reason = "r" }
fs.two = { reason = "r", from = "config.url" }
[limits]
time = "200 s"
[config]
url = { type = "url", required = true }
[commands.tool]
about = "does it"
edits = "new-files"
"#;

/// The manifest with some of the capabilities, in one of three configurations.
fn some_manifest() -> impl Strategy<Value = (Manifest, &'static str)> {
    let whole = Manifest::parse(&Source::new("plugin.toml", ALL)).unwrap();
    let all: Vec<(CapabilityName, Capability)> = whole.capabilities.clone().into_iter().collect();
    let count = all.len();
    let urls = prop_oneof![Just("https://x.a.example"), Just("http://127.0.0.1"), Just("file:///srv")];
    (subsequence(all, 0..=count), urls, any::<bool>()).prop_map(move |(some, url, long)| {
        let mut manifest = Manifest { capabilities: some.into_iter().collect(), ..whole.clone() };
        if !manifest.classes().contains(&Class::ProposeEdits) {
            manifest.commands.clear();
        }
        if !long {
            manifest.limits = Default::default();
        }
        (manifest, url)
    })
}

fn some_imports() -> impl Strategy<Value = Vec<Import>> {
    let all = vec![
        import("stryke:host/log", &["write"]),
        import("stryke:host/http", &["start"]),
        import("stryke:host/clock", &["now-unix"]),
        import("stryke:host/fs", &["open-view"]),
        import("stryke:command/edits", &["propose"]),
    ];
    subsequence(all, 0..=3)
}

fn some_policy() -> impl Strategy<Value = Policy> {
    let classes = || subsequence(Class::ALL.to_vec(), 8..=Class::ALL.len());
    let origins = || {
        let all = ["https://*.a.example", "https://b.example", "http://127.0.0.1"];
        subsequence(all.map(|text| text.parse::<OriginPattern>().unwrap()).to_vec(), 1..=3)
    };
    let filters =
        |classes: Vec<Class>| classes.into_iter().map(CapabilityFilter::from).collect::<BTreeSet<_>>();
    let rule = (origins(), classes()).prop_map(move |(origins, classes)| Rule {
        plugin: PluginPattern::Org("acme".to_owned()),
        integrity: None,
        origins,
        capabilities: filters(classes),
    });
    let rules = prop::collection::vec(rule, 0..3);
    (rules, prop::option::of(classes())).prop_map(move |(rules, most)| Policy {
        max_capabilities: most.map(filters),
        rules,
        ..Policy::default()
    })
}

/// Takes one thing away from an asking, if there is one to take.
fn take(asked: &mut Asked, what: Index) {
    match what.index(10) {
        0 => asked.http = None,
        1 => drop(asked.http.as_mut().and_then(|http| http.origins.pop())),
        2 => drop(asked.http.as_mut().and_then(|http| http.methods.pop_first())),
        3 => drop(asked.views.pop_first()),
        4 => drop(asked.env.pop_first()),
        5 => asked.edits = None,
        6 => asked.cache_bytes = asked.cache_bytes.map(|bytes| bytes / 2),
        7 => drop(asked.private_origins.pop()),
        8 => asked.clock = false,
        _ => asked.limits = Default::default(),
    }
}

proptest! {
    #[test]
    fn rights_are_within_each_side(
        (manifest, url) in some_manifest(),
        (other, other_url) in some_manifest(),
        same: bool,
        imports in some_imports(),
        policy in prop::option::of(some_policy()),
    ) {
        let asked = asked(&manifest, url);
        let granted = if same { grant(&asked) } else { grant(&self::asked(&other, other_url)) };
        let Ok(rights) = run(&imports, &manifest, &asked, Consent::Grant(&granted), policy.as_ref()) else { return Ok(()) };
        let given = as_asked(&rights, &asked);
        prop_assert!(!widened(&asked, &given));
        prop_assert!(!widened(&granted.rights, &given));
        let names: BTreeSet<CapabilityName> = manifest.capabilities.keys().cloned().collect();
        prop_assert!(given.names().is_subset(&names));
        for name in given.names() {
            let most = policy.iter().filter_map(|policy| policy.max_capabilities.as_ref());
            prop_assert!(most.into_iter().all(|most| most.iter().any(|filter| filter.allows(&name))));
        }
        if let Some(policy) = policy.filter(|policy| !policy.rules.is_empty()) {
            let fits = |rule: &Rule| {
                given.origins().into_iter().all(|origin| rule.origins.iter().any(|allowed| allowed.covers(origin)))
                    && given.names().iter().all(|name| rule.capabilities.iter().any(|filter| filter.allows(name)))
            };
            prop_assert!(policy.rules.iter().any(fits));
        }
        for (class, _) in import::uses(&imports).unwrap() {
            prop_assert!(manifest.classes().contains(&class));
        }
    }

    #[test]
    fn taking_something_away_never_adds_a_right(
        (manifest, url) in some_manifest(),
        imports in some_imports(),
        policy in some_policy(),
        what: Index,
        side in 0..4,
    ) {
        let before_asked = asked(&manifest, url);
        let whole = grant(&before_asked);
        let before = run(&imports, &manifest, &before_asked, Consent::Grant(&whole), Some(&policy));
        let (mut less, mut granted, mut policy) = (manifest, whole, policy);
        match side {
            0 => {
                let names: Vec<CapabilityName> = less.capabilities.keys().cloned().collect();
                if !names.is_empty() {
                    let name = &names[what.index(names.len())];
                    less.capabilities.remove(name);
                    if name.class() == Class::ProposeEdits {
                        less.commands.clear();
                    }
                }
            }
            1 => take(&mut granted.rights, what),
            2 => policy.rules.iter_mut().for_each(|rule| drop(rule.origins.pop())),
            _ => policy.rules.iter_mut().for_each(|rule| drop(rule.capabilities.pop_first())),
        }
        let after_asked = asked(&less, url);
        let after = run(&imports, &less, &after_asked, Consent::Grant(&granted), Some(&policy));
        match (before, after) {
            (_, Err(_)) => {}
            (Ok(before), Ok(after)) => {
                prop_assert!(!widened(&as_asked(&before, &before_asked), &as_asked(&after, &after_asked)));
            }
            // A manifest that asks for less may fit where the larger one did not; then what it
            // gets is still within what the larger one asked for.
            (Err(_), Ok(after)) => {
                prop_assert_eq!(side, 0);
                prop_assert!(!widened(&before_asked, &as_asked(&after, &after_asked)));
            }
        }
    }
}
