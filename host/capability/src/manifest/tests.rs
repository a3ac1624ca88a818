use proptest::prelude::*;
use s_diag::Code;

use super::*;

/// A manifest that uses everything.
const WHOLE: &str = r#"
[plugin]
id = "acme/artifactory"
version = "1.4.2"
kind = "registry"
worlds = ["stryke:registry/registry-plugin@0.1"]
requires-s = ">=0.4"
license = "MIT"
description = "packages from Artifactory"
repository = "https://git.acme.example/artifactory"

[capabilities.http]
reason = "reads the index"
origins = ["{config.url}", "https://login.acme.example"]
methods = ["get", "head", "put"]
[capabilities.download]
reason = "fetches archives"
origins = ["{config.url}", "https://*.cdn.acme.example"]
[capabilities.secret.token]
reason = "private packages"
origins = ["{config.url}"]
[capabilities.cache]
reason = "keeps the index"
max = "64 MiB"
[capabilities.clock]
reason = "ages the cache"
[capabilities.fs.registry]
reason = "a registry in a folder"
from = "config.url"

[limits]
memory = "96 MiB"
time = "90 s"
requests = 8

[config]
url = { type = "url", required = true }
repo = { type = "string", default = "stryke-local" }
"#;

/// A command plugin that uses everything.
const COMMAND: &str = r#"
[plugin]
id = "acme/sbom"
version = "0.1.0"
kind = "command"
worlds = ["stryke:command/subcommand-plugin@0.1"]
component = "sbom.wasm"
[capabilities]
project = { reason = "lists what is locked" }
propose-edits = { reason = "writes the report" }
env.CI = { reason = "is quiet there" }
ui = { reason = "asks for the name" }
random = { reason = "serial numbers" }
fs.licenses = { reason = "reads licence texts" }
[commands.sbom]
about = "write an SBOM"
arguments = [{ name = "file", required = true, about = "where to" }, { name = "more", repeat = true }]
options = [
  { name = "format", short = "f", values = ["spdx", "cyclonedx"], default = "spdx" },
  { name = "pretty", flag = true, about = "with line breaks" },
]
examples = ["s sbom report.json", "s sbom report.xml -f cyclonedx --pretty"]
edits = "new-files"
"#;

fn parse(text: &str) -> Result<Manifest, Vec<Diagnostic>> {
    Manifest::parse(&Source::new("plugin.toml", text))
}

/// The code of each mistake, with the text it is about.
fn mistakes(text: &str) -> Vec<(Code, String)> {
    let Err(found) = parse(text) else { return Vec::new() };
    found
        .into_iter()
        .map(|mistake| {
            let label = &mistake.labels[0];
            assert_eq!(label.source.name, "plugin.toml");
            assert!(!mistake.message.ends_with('.') && !mistake.message.is_empty());
            (mistake.code, label.source.text[label.span.start..label.span.end].to_owned())
        })
        .collect()
}

#[test]
fn a_whole_manifest_is_read() {
    let manifest = parse(WHOLE).unwrap();
    assert_eq!(manifest.id.as_str(), "acme/artifactory");
    assert_eq!((manifest.kind, manifest.component.as_str()), (Kind::Registry, "plugin.wasm"));
    let names: Vec<String> = manifest.capabilities.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["http", "download", "secret.token", "cache", "clock", "fs.registry"]);
    let http = &manifest.capabilities[&CapabilityName::whole(Class::Http)];
    assert_eq!(http.reason, "reads the index");
    let Ask::Http { origins, methods } = &http.ask else { panic!("http asks for origins") };
    assert_eq!(
        origins.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["https://login.acme.example", "{config.url}"]
    );
    assert_eq!(methods.len(), 3);
    assert_eq!((manifest.limits.memory_bytes, manifest.limits.time_ms), (Some(96 << 20), Some(90_000)));
    assert_eq!(manifest.config["repo"].default.as_deref(), Some("stryke-local"));
    assert!(manifest.config["url"].required);

    let command = &parse(COMMAND).unwrap().commands["sbom"];
    assert!(command.arguments[0].required && command.arguments[1].repeat);
    assert_eq!((command.options[0].short, command.options[1].flag), (Some('f'), true));
    assert_eq!(command.edits, Some(EditScope::NewFiles));
}

#[test]
fn each_mistake_has_its_code_and_place() {
    let clock = "[capabilities.clock]\nreason = \"ages the cache\"";
    for (from, to, code, place) in [
        ("id = \"acme/artifactory\"", "id = \"artifactory\"", Code::PLUGIN_MANIFEST, "\"artifactory\""),
        ("id = \"acme/artifactory\"", "", Code::PLUGIN_MANIFEST, "plugin"),
        ("id = \"acme/artifactory\"", "id = 7", Code::PLUGIN_MANIFEST, "id"),
        ("version = \"1.4.2\"", "version = \"1.4\"", Code::PLUGIN_MANIFEST, "\"1.4\""),
        ("kind = \"registry\"", "kind = \"regsitry\"", Code::PLUGIN_KIND, "\"regsitry\""),
        ("license = \"MIT\"", "licence = \"MIT\"", Code::PLUGIN_KEY, "licence"),
        ("license = \"MIT\"", "component = \"../evil.wasm\"", Code::PLUGIN_MANIFEST, "\"../evil.wasm\""),
        ("license = \"MIT\"", "component = \"plugin.exe\"", Code::PLUGIN_MANIFEST, "\"plugin.exe\""),
        ("license = \"MIT\"", "license = \"M\\u001bIT\"", Code::PLUGIN_MANIFEST, "\"M\\u001bIT\""),
        (">=0.4", "four", Code::PLUGIN_MANIFEST, "\"four\""),
        (
            "https://git.acme",
            "https://me:pw@git.acme",
            Code::PLUGIN_MANIFEST,
            "\"https://me:pw@git.acme.example/artifactory\"",
        ),
        (
            "registry-plugin@0.1",
            "registry-plugin@0.7",
            Code::PLUGIN_INTERFACE_VERSION,
            "\"stryke:registry/registry-plugin@0.7\"",
        ),
        (
            "registry-plugin@0.1",
            "registry-plug@0.1",
            Code::PLUGIN_WORLD,
            "\"stryke:registry/registry-plug@0.1\"",
        ),
        ("registry-plugin@0.1", "registry-plugin", Code::PLUGIN_WORLD, "\"stryke:registry/registry-plugin\""),
        ("[\"stryke:registry/registry-plugin@0.1\"]", "[]", Code::PLUGIN_MANIFEST, "worlds"),
        (
            "[\"stryke:registry/registry-plugin@0.1\"]",
            "[\"stryke:auth/auth-plugin@0.1\"]",
            Code::PLUGIN_KIND,
            "\"stryke:auth/auth-plugin@0.1\"",
        ),
        ("[capabilities.clock]", "[capabilities.clokc]", Code::CAPABILITY_UNKNOWN, "clokc"),
        ("[capabilities.clock]", "[capabilities.random]", Code::CAPABILITY_KIND, "random"),
        ("[capabilities.clock]", "[capabilities.seal]", Code::CAPABILITY_KIND, "seal"),
        ("[capabilities.clock]", "[capabilities.project]", Code::CAPABILITY_KIND, "project"),
        (clock, "[capabilities.clock]", Code::CAPABILITY_REASON, "clock"),
        (clock, "[capabilities.clock]\nreason = \"  \"", Code::CAPABILITY_REASON, "\"  \""),
        (clock, "[capabilities.clock]\nreason = \"a\\nb\"", Code::CAPABILITY_REASON, "\"a\\nb\""),
        (clock, "[capabilities.clock]\nreason = \"x\"\nmax = 3", Code::PLUGIN_KEY, "max"),
        ("[capabilities.secret.token]", "[capabilities.secret]", Code::CAPABILITY_UNKNOWN, "secret"),
        ("[capabilities.secret.token]", "[capabilities.secret.\"a b\"]", Code::CAPABILITY_UNKNOWN, "\"a b\""),
        (
            "https://login.acme.example",
            "https://good@evil.example",
            Code::ORIGIN,
            "\"https://good@evil.example\"",
        ),
        ("https://login.acme.example", "https://*.com", Code::ORIGIN, "\"https://*.com\""),
        ("https://login.acme.example", "https://{config.url}", Code::ORIGIN, "\"https://{config.url}\""),
        ("https://login.acme.example", "{config.uri}", Code::PLUGIN_CONFIG_KEY, "\"{config.uri}\""),
        ("https://login.acme.example", "{config.repo}", Code::PLUGIN_CONFIG_KEY, "\"{config.repo}\""),
        ("https://login.acme.example", "{config.url}", Code::ORIGIN, "\"{config.url}\""),
        ("\"put\"", "\"PUT\"", Code::PLUGIN_MANIFEST, "\"PUT\""),
        ("\"put\"", "\"get\"", Code::PLUGIN_MANIFEST, "\"get\""),
        ("from = \"config.url\"", "from = \"url\"", Code::PLUGIN_CONFIG_KEY, "\"url\""),
        ("from = \"config.url\"", "from = \"config.repo\"", Code::PLUGIN_CONFIG_KEY, "\"config.repo\""),
        ("\"64 MiB\"", "\"64 MB\"", Code::PLUGIN_LIMIT, "\"64 MB\""),
        ("\"90 s\"", "\"90 MiB\"", Code::PLUGIN_LIMIT, "\"90 MiB\""),
        ("requests = 8", "requests = -8", Code::PLUGIN_LIMIT, "requests"),
        ("requests = 8", "cache = \"1 MiB\"", Code::PLUGIN_KEY, "cache"),
        ("type = \"url\"", "type = \"uri\"", Code::PLUGIN_MANIFEST, "\"uri\""),
        ("type = \"string\"", "type = \"text\"", Code::PLUGIN_MANIFEST, "\"text\""),
        ("type = \"string\"", "type = \"bool\"", Code::PLUGIN_MANIFEST, "\"stryke-local\""),
        ("repo = { type", "Repo = { type", Code::PLUGIN_MANIFEST, "Repo"),
        (
            "required = true",
            "required = true, default = \"https://a.example\"",
            Code::PLUGIN_MANIFEST,
            "\"https://a.example\"",
        ),
        ("[limits]", "[commands.x]\nabout = \"y\"\n[limits]", Code::PLUGIN_KIND, ""),
        ("[limits]", "[stuff]\n[limits]", Code::PLUGIN_KEY, "stuff"),
        ("[plugin]", "[plugin", Code::MANIFEST_SYNTAX, ""),
    ] {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from} is in the text");
        let found = mistakes(&text);
        assert_eq!(found.len(), 1, "{to}: {found:?}");
        assert_eq!(found[0].0, code, "{to}");
        assert!(place.is_empty() || found[0].1.trim() == place, "{to}: {:?}", found[0].1);
    }
}

#[test]
fn each_mistake_in_a_command_has_its_code_and_place() {
    for (from, to, place) in [
        ("edits = \"new-files\"", "", "propose-edits"),
        ("propose-edits = { reason = \"writes the report\" }", "", "sbom"),
        ("\"new-files\"", "\"everything\"", "\"everything\""),
        ("about = \"write an SBOM\"", "", "sbom"),
        ("{ name = \"file\"", "{ name = \"first\" }, { name = \"file\"", ""),
        ("required = true", "repeat = true", ""),
        ("name = \"more\"", "name = \"file\"", "\"file\""),
        ("name = \"pretty\"", "name = \"format\"", "\"format\""),
        ("name = \"pretty\"", "name = \"more\"", "\"more\""),
        ("name = \"pretty\"", "name = \"help\"", "\"help\""),
        ("short = \"f\"", "short = \"h\"", "\"h\""),
        ("short = \"f\"", "short = \"ff\"", "\"ff\""),
        ("flag = true", "flag = true, default = \"x\"", ""),
        ("default = \"spdx\"", "default = \"xml\"", "default"),
        ("\"cyclonedx\"]", "\"spdx\"]", "\"spdx\""),
        ("\"s sbom report.json\"", "\"sbom report.json\"", "\"sbom report.json\""),
        ("\"s sbom report.json\"", "\"s other\"", "\"s other\""),
        ("\"s sbom report.json\"", "\"s sbom\\u001b[1m\"", "\"s sbom\\u001b[1m\""),
    ] {
        let text = COMMAND.replacen(from, to, 1);
        assert_ne!(text, COMMAND, "{from} is in the text");
        let found = mistakes(&text);
        assert_eq!(found.len(), 1, "{to}: {found:?}");
        assert!([Code::PLUGIN_COMMAND, Code::PLUGIN_MANIFEST].contains(&found[0].0), "{to}: {found:?}");
        assert!(place.is_empty() || found[0].1.trim() == place, "{to}: {found:?}");
    }
    let text = COMMAND.replace("commands.sbom", "commands.SBOM").replace("s sbom", "s SBOM");
    assert_eq!(mistakes(&text), [(Code::PLUGIN_MANIFEST, "SBOM".to_owned())]);
}

#[test]
fn every_mistake_is_reported_at_once_and_in_order() {
    let text = "[plugin]\nid = \"x\"\nkind = \"registry\"\nworlds = [\"a:b/c@0.1\"]\ncolour = 1\n[capabilities.htpt]\n[capabilities.cache]\n[limits]\ntime = \"soon\"\n";
    let codes: Vec<Code> = mistakes(text).into_iter().map(|mistake| mistake.0).collect();
    assert_eq!(
        codes,
        [
            Code::PLUGIN_MANIFEST, // version is missing
            Code::PLUGIN_MANIFEST,
            Code::PLUGIN_WORLD,
            Code::PLUGIN_KEY,
            Code::CAPABILITY_UNKNOWN,
            Code::CAPABILITY_REASON,
            Code::PLUGIN_MANIFEST, // max is missing
            Code::PLUGIN_LIMIT,
        ]
    );
    let hints: Vec<String> = parse(text).unwrap_err().into_iter().flat_map(|mistake| mistake.hints).collect();
    assert_eq!(hints, ["did you mean `http`?"]);
}

#[test]
fn messages_say_what_is_wrong_and_what_was_meant() {
    for (from, to, message, more) in [
        ("clock]", "clokc]", "there is no capability `clokc`", "did you mean `clock`?"),
        (
            "clock]",
            "random]",
            "a plugin of kind `registry` cannot ask for `random`",
            "only for `auth`, `command`",
        ),
        ("license", "licence", "there is no key `licence` in `[plugin]`", "did you mean `license`?"),
        (
            "registry/registry-plugin@0.1",
            "auth/auth-plugin@0.1",
            "`stryke:auth/auth-plugin@0.1` is a world of kind `auth`, and the plugin says `registry`",
            "of kind `auth`",
        ),
        (
            "plugin@0.1",
            "plugin@0.7",
            "this version of `s` has no track 0.7 of `stryke:registry/registry-plugin`",
            "it offers `0.1` and `0.2`",
        ),
        (
            "https://login.acme.example",
            "https://me:hunter2@acme.example",
            "an entry of `capabilities.http.origins` must not hold a user name or password",
            "",
        ),
        ("\"90 s\"", "\"soon\"", "`limits.time` must be a time such as \"60 s\" (ms, s, min, h)", ""),
        ("reason = \"ages the cache\"", "", "`capabilities.clock` must carry a `reason`", "what for?"),
        ("max = \"64 MiB\"", "", "`capabilities.cache.max` must be stated", "missing here"),
    ] {
        let found = parse(&WHOLE.replacen(from, to, 1)).unwrap_err();
        let [mistake] = found.as_slice() else { panic!("{to}: {found:?}") };
        assert_eq!(mistake.message, message);
        let said = mistake.hints.first().unwrap_or(&mistake.labels[0].text);
        assert_eq!(said, more, "{message}");
    }
}

#[test]
fn the_canonical_text_says_the_same_however_it_was_written() {
    for text in [WHOLE, COMMAND] {
        let manifest = parse(text).unwrap();
        let canonical = manifest.canonical();
        let back = parse(&canonical).unwrap_or_else(|found| panic!("{canonical}\n{found:?}"));
        assert!(manifest.same_as(&back), "{canonical}");
        assert_eq!(back.canonical(), canonical);
        assert_eq!(back.capabilities_digest(), manifest.capabilities_digest());
    }
    let other = WHOLE.replace("[\"get\", \"head\", \"put\"]", "['put', 'get', 'head'] # all three");
    assert!(parse(WHOLE).unwrap().same_as(&parse(&other).unwrap()));
    assert!(!parse(WHOLE).unwrap().same_as(&parse(&WHOLE.replace("1.4.2", "1.4.3")).unwrap()));
}

#[test]
fn the_digest_is_of_what_is_asked_and_of_nothing_else() {
    let digest = parse(WHOLE).unwrap().capabilities_digest();
    for (from, to, same) in [
        ("1.4.2", "1.4.3", true),
        ("reads the index", "reads the index of packages", true),
        ("MIT", "Apache-2.0", true),
        ("\"put\"", "\"post\"", false),
        ("https://login.acme.example", "https://stats.acme.example", false),
        ("max = \"64 MiB\"", "max = \"65 MiB\"", false),
        ("96 MiB", "97 MiB", false),
        ("secret.token", "secret.other", false),
        ("from = \"config.url\"", "", false),
    ] {
        let other = parse(&WHOLE.replacen(from, to, 1)).unwrap().capabilities_digest();
        assert_eq!(other == digest, same, "{to}");
    }
    let digest = parse(COMMAND).unwrap().capabilities_digest();
    assert_ne!(
        parse(&COMMAND.replace("\"new-files\"", "\"project\"")).unwrap().capabilities_digest(),
        digest
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(at in 0..WHOLE.len(), len in 0usize..30, new in "\\PC{0,10}|\\[\\[?|= *|\\{|\"") {
        for text in [WHOLE, COMMAND] {
            let (start, end) = (at.min(text.len()), (at + len).min(text.len()));
            if text.is_char_boundary(start) && text.is_char_boundary(end) {
                let _ = parse(&format!("{}{new}{}", &text[..start], &text[end..]));
            }
        }
    }
}
