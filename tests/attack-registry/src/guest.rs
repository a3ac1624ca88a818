//! The lies. Whatever is not one of them is answered as a decent registry would, with one version
//! `1.0.0` whose artifact is `URL/artifact` with the digest of `artifact`.

use s_guest::registry::backend::{
    Answer, Artifact, Blob, Config, Features, FetchPlan, Guest, GuestRegistry, Listing, PackageName, Page,
    Query, Registry, Version, Want,
};
use s_guest::registry::types::{Digest, HashAlgorithm};
use s_guest::registry::{self, Error, crypto};

struct Attack;

impl Guest for Attack {
    type Registry = Liar;
}

registry::export!(Attack);

struct Liar {
    url: String,
    behave: String,
    count: usize,
}

impl GuestRegistry for Liar {
    fn open(config: Config) -> Result<Registry, Error> {
        let option = |key: &str| config.options.iter().find(|kv| kv.key == key).map(|kv| kv.value.clone());
        Ok(Registry::new(Liar {
            url: config.url,
            behave: option("behave").unwrap_or_default(),
            count: option("count").and_then(|count| count.parse().ok()).unwrap_or(1),
        }))
    }

    fn features(&self) -> Features {
        Features::all()
    }

    fn list(&self, queries: Vec<Query>) -> Vec<Result<Answer, Error>> {
        let listing =
            || Ok(Answer::Listing(Listing { versions: self.versions(), validator: self.validator() }));
        match self.behave.as_str() {
            "too-few" => Vec::new(),
            "too-many" => (0..queries.len() + self.count).map(|_| listing()).collect(),
            "unchanged" => queries.iter().map(|_| Ok(Answer::Unchanged)).collect(),
            "trap" => core::arch::wasm32::unreachable(),
            _ => queries.iter().map(|_| listing()).collect(),
        }
    }

    fn plan(&self, want: Want) -> Result<FetchPlan, Error> {
        let artifact = format!("{}/artifact", self.url.trim_end_matches('/'));
        let (urls, headers) = match self.behave.as_str() {
            "elsewhere" => (vec!["https://evil.example/artifact".to_owned()], Vec::new()),
            "file" => (vec!["file:///etc/passwd".to_owned()], Vec::new()),
            "mirrors" => ((0..self.count).map(|n| format!("{artifact}?{n}")).collect(), Vec::new()),
            "nowhere" => (Vec::new(), Vec::new()),
            "headers" => {
                let header = |key: &str, value: &str| registry::types::Kv {
                    key: key.to_owned(),
                    value: value.to_owned(),
                };
                (
                    vec![artifact],
                    vec![header("host", "evil.example"), header("x", "a\r\nauthorization: stolen")],
                )
            }
            _ => (vec![artifact], Vec::new()),
        };
        let size = if self.behave == "wrong-size" { Some(u64::MAX) } else { None };
        let format = if want.version == "1.0.0" { "tar.gz" } else { "" };
        Ok(FetchPlan { urls, headers, authenticated: true, format: format.to_owned(), size })
    }

    fn publish(&self, _: PackageName, _: String, archive: &Blob) -> Result<Option<String>, Error> {
        Ok(Some(format!("took {} bytes\u{1b}[2J", archive.size())))
    }

    fn yank(&self, _: PackageName, _: String, _: Option<String>) -> Result<(), Error> {
        Ok(())
    }

    fn search(&self, _: String, _: Option<String>, _: u32) -> Result<Page, Error> {
        Ok(Page { hits: Vec::new(), next: Some("again".to_owned()) })
    }
}

impl Liar {
    fn versions(&self) -> Vec<Version> {
        let count = if self.behave == "many-versions" { self.count } else { 1 };
        (0..count).map(|n| self.version(n)).collect()
    }

    fn version(&self, n: usize) -> Version {
        let version = match self.behave.as_str() {
            "long-version" => "9".repeat(self.count),
            "escape-version" => "../../1.0.0\u{1b}[2J".to_owned(),
            "same-versions" | "well" => "1.0.0".to_owned(),
            _ => format!("1.0.{n}"),
        };
        let bytes = match self.behave.as_str() {
            "wrong-digest" => vec![0; 32],
            "short-digest" => vec![0; 3],
            "long-digest" => vec![0; self.count],
            _ => crypto::hash(HashAlgorithm::Sha256, b"artifact"),
        };
        let artifact = Artifact {
            kind: "source".to_owned(),
            target: None,
            profile: None,
            digest: Digest { algorithm: HashAlgorithm::Sha256, bytes },
            size: None,
            extra: Vec::new(),
        };
        Version {
            version,
            yanked: None,
            published_unix: None,
            requires_stryke: None,
            artifacts: vec![artifact],
            dependencies: Vec::new(),
            features: Vec::new(),
            extra: Vec::new(),
        }
    }

    fn validator(&self) -> Option<String> {
        (self.behave == "long-validator").then(|| "v".repeat(self.count))
    }
}
