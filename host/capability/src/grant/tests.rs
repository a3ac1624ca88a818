use s_diag::Code;

use super::*;
use crate::rights::{AskedView, EditScope, HttpRight, Method};
use crate::{Kind, LimitsRequest, digest_text};

const NOW: i64 = 1_800_000_000;

fn parse(text: &str) -> Result<Grants, Vec<Diagnostic>> {
    Grants::parse(&Source::new("grants.toml", text))
}

fn id(text: &str) -> PluginId {
    text.parse().unwrap()
}

/// Asks for something of everything.
fn everything() -> Asked {
    let mut asked = Asked::nothing(id("acme/tool"), Kind::Command, [7; 32]);
    asked.http = Some(HttpRight {
        origins: vec!["https://*.a.example".parse().unwrap(), "http://127.0.0.1:80".parse().unwrap()],
        methods: [Method::Get, Method::Put].into(),
    });
    asked.download = vec!["https://cdn.example".parse().unwrap()];
    asked.secrets =
        [("token".to_owned(), vec!["https://a.example".parse().unwrap()]), ("none".to_owned(), vec![])]
            .into();
    (asked.seal, asked.clock, asked.random, asked.ui, asked.project, asked.disclose_packages) =
        (true, true, true, true, true, true);
    asked.cache_bytes = Some(64 << 20);
    asked.views = [
        ("bound".to_owned(), AskedView::Bound),
        ("none".to_owned(), AskedView::Config(None)),
        ("path".to_owned(), AskedView::Config(Some(PathBuf::from("/srv/x \"y\"")))),
    ]
    .into();
    asked.env = ["CI".to_owned()].into();
    asked.edits = Some(EditScope::NewFiles);
    asked.private_origins = vec!["http://127.0.0.1".parse().unwrap()];
    asked.limits = LimitsRequest { time_ms: Some(90_000), instances: Some(9), ..Default::default() };
    asked
}

fn grant(rights: Asked, scope: Scope) -> Grant {
    Grant {
        plugin: rights.plugin.clone(),
        scope,
        integrity: Some(digest_text(&[9; 32])),
        rights,
        bound: [("url".to_owned(), "https://a.example/x".to_owned())].into(),
        granted_unix: NOW,
        expires_unix: None,
    }
}

#[test]
fn what_is_written_reads_back() {
    let mut grants = Grants::default();
    let narrow = Asked::nothing(id("acme/other"), Kind::Registry, [0; 32]);
    let mut expiring = grant(narrow, Scope::Project(PathBuf::from("/home/me/shop")));
    expiring.expires_unix = Some(NOW + 60);
    expiring.integrity = None;
    grants.grant(grant(everything(), Scope::User));
    grants.grant(expiring);
    grants.bind_secret(SecretBinding {
        plugin: id("acme/tool"),
        secret: "token".to_owned(),
        origin: "https://a.example".parse().unwrap(),
        from: SecretSource::Env("ACME_TOKEN".to_owned()),
    });
    grants.bind_view(ViewBinding {
        plugin: id("acme/tool"),
        name: "bound".to_owned(),
        path: PathBuf::from("/srv"),
    });
    let back = parse(&grants.to_text()).unwrap_or_else(|found| panic!("{}\n{found:?}", grants.to_text()));
    assert_eq!(back.grants(), grants.grants());
    assert_eq!(back.secrets(), grants.secrets());
    assert_eq!(back.views(), grants.views());
    assert_eq!(back.to_text(), grants.to_text());
}

#[test]
fn the_project_comes_before_the_user_and_expired_grants_never() {
    let mut grants = Grants::default();
    let shop = Path::new("/home/me/shop");
    assert!(grants.find(&id("acme/tool"), Some(shop), NOW).is_none());
    grants.grant(grant(everything(), Scope::User));
    assert_eq!(grants.find(&id("acme/tool"), Some(shop), NOW).unwrap().scope, Scope::User);
    let mut of_project = grant(everything(), Scope::Project(shop.to_owned()));
    of_project.expires_unix = Some(NOW + 1);
    grants.grant(of_project);
    let scope = |project, now| grants.find(&id("acme/tool"), project, now).map(|grant| grant.scope.clone());
    assert_eq!(scope(Some(shop), NOW), Some(Scope::Project(shop.to_owned())));
    assert_eq!(scope(Some(shop), NOW + 1), Some(Scope::User), "expired at that second");
    assert_eq!(scope(Some(Path::new("/home/me")), NOW), Some(Scope::User));
    assert_eq!(scope(None, NOW), Some(Scope::User));
    assert!(grants.find(&id("acme/other"), Some(shop), NOW).is_none());
}

#[test]
fn edits_keep_what_else_stands_in_the_file() {
    let mut first = Grants::default();
    first.grant(grant(everything(), Scope::User));
    let text = format!(
        "# mine\n{}\n# about the view\n[[view]]\nplugin = \"acme/x\"\nname = \"n\"\npath = \"/a\" # there\n",
        first.to_text()
    );
    let mut grants = parse(&text).unwrap();
    grants.grant(grant(Asked::nothing(id("acme/tool"), Kind::Command, [1; 32]), Scope::User));
    grants.grant(grant(Asked::nothing(id("acme/new"), Kind::Audit, [2; 32]), Scope::User));
    assert_eq!(grants.grants().len(), 2, "the same plugin and scope is replaced");
    let text = grants.to_text();
    for kept in ["# mine", "# about the view", "path = \"/a\" # there"] {
        assert!(text.contains(kept), "{text}");
    }
    assert_eq!(parse(&text).unwrap().grants(), grants.grants());
    assert_eq!(grants.revoke(&id("acme/tool"), Some(&Scope::Project(PathBuf::from("/x")))), 0);
    assert_eq!(grants.revoke(&id("acme/tool"), None), 1);
    assert_eq!(grants.revoke(&id("acme/new"), Some(&Scope::User)), 1);
    assert_eq!(grants.unbind(&id("acme/x")), 1);
    assert!(parse(&grants.to_text()).unwrap().grants().is_empty());
    assert!(!grants.to_text().contains("[["), "{}", grants.to_text());
}

#[test]
fn tables_that_are_written_inline_can_be_edited_too() {
    let text = "view = [{ plugin = \"acme/x\", name = \"n\", path = \"/a\" }]";
    let mut grants = parse(text).unwrap();
    let view = ViewBinding { plugin: id("acme/x"), name: "n".to_owned(), path: PathBuf::from("/b") };
    grants.bind_view(view);
    assert_eq!(parse(&grants.to_text()).unwrap().views_of(&id("acme/x"))["n"], Path::new("/b"));
}

#[test]
fn a_secret_is_found_by_plugin_name_and_origin() {
    let text = r#"
[[binding]]
plugin = "acme/x"
secret = "token"
origin = "https://A.example:443"
from = "file:/run/secrets/token"
[[binding]]
plugin = "acme/x"
secret = "token"
origin = "https://b.example"
from = "prompt"
"#;
    let grants = parse(text).unwrap();
    let find =
        |plugin: &str, name: &str, origin: &str| grants.secret(&id(plugin), name, &origin.parse().unwrap());
    let file = SecretSource::File(PathBuf::from("/run/secrets/token"));
    assert_eq!(find("acme/x", "token", "https://a.example"), Some(&file));
    assert_eq!(find("acme/x", "token", "https://b.example"), Some(&SecretSource::Prompt));
    assert_eq!(find("acme/x", "token", "http://a.example"), None);
    assert_eq!(find("acme/x", "other", "https://a.example"), None);
    assert_eq!(find("acme/y", "token", "https://a.example"), None);
}

#[test]
fn each_mistake_has_its_code_and_place() {
    let mut grants = Grants::default();
    grants.grant(grant(everything(), Scope::User));
    grants.bind_secret(SecretBinding {
        plugin: id("acme/tool"),
        secret: "token".to_owned(),
        origin: "https://a.example".parse().unwrap(),
        from: SecretSource::Prompt,
    });
    let text = grants.to_text();
    for (from, to, code) in [
        ("plugin = \"acme/tool\"", "plugin = \"acme\"", Code::GRANTS_FILE),
        ("plugin = \"acme/tool\"", "", Code::GRANTS_FILE),
        ("scope = \"user\"", "scope = \"project:shop\"", Code::GRANTS_FILE),
        ("scope = \"user\"", "scope = \"everyone\"", Code::GRANTS_FILE),
        ("scope = \"user\"", "", Code::GRANTS_FILE),
        ("granted = \"2027", "granted = \"next 2027", Code::GRANTS_FILE),
        ("integrity = \"sha256-", "integrity = \"sha1-", Code::GRANTS_FILE),
        ("capabilities = \"sha256-07", "capabilities = \"sha256-", Code::GRANTS_FILE),
        ("kind = \"command\"", "kind = \"commando\"", Code::GRANTS_FILE),
        ("\"seal\"", "\"http\"", Code::GRANTS_FILE),
        ("\"bound\"", "\"here\"", Code::GRANTS_FILE),
        ("\"put\"", "\"push\"", Code::GRANTS_FILE),
        ("https://*.a.example", "https://*.com", Code::GRANTS_FILE),
        ("origin = \"https://a.example\"", "origin = \"https://*.a.example\"", Code::ORIGIN),
        ("from = \"prompt\"", "from = \"hunter2\"", Code::GRANTS_FILE),
        ("from = \"prompt\"", "from = \"env:A B\"", Code::GRANTS_FILE),
        ("from = \"prompt\"", "form = \"prompt\"", Code::PLUGIN_KEY),
        ("[[binding]]", "[[bindings]]", Code::PLUGIN_KEY),
        ("[[grant]]", "[grant]", Code::GRANTS_FILE),
    ] {
        let mistaken = text.replacen(from, to, 1);
        assert_ne!(mistaken, text, "{from} is in {text}");
        let found = parse(&mistaken).unwrap_err();
        assert!(found.iter().any(|mistake| mistake.code == code), "{to}: {found:?}");
        assert!(
            found.iter().all(|mistake| !mistake.message.contains("hunter2") && !mistake.labels.is_empty())
        );
    }
    for twice in [
        "[[view]]\nplugin = \"a/b\"\nname = \"n\"\npath = \"/x\"\n",
        &text[text.find("[[grant]]").unwrap()..],
    ] {
        let found = parse(&format!("{twice}\n{twice}")).unwrap_err();
        assert!(found.iter().any(|mistake| mistake.labels.len() == 2), "says where the first is: {found:?}");
    }
}
