//! `s registry`: a look into a registry, by hand, and a registry of one's own.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use s_diag::{Code, Diagnostic};
use s_ops::registry::{
    Answer, Artifact, Dependency, DependencyKind, Digest, HashAlgorithm, PackageName, Registry,
    RegistryPlace, Version, Want,
};
use s_ui::{Align, Styled, Table, style};
use serde_json::{Value, json};

use super::Context;
use super::registry_serve::{self, ExportArgs, RevokeArgs, RotateKeyArgs, ServeArgs, TokenArgs, TokensArgs};
use super::registry_trust::{self, TrustArgs};
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s registry`.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = false, after_long_help = ABOUT)]
pub(crate) struct RegistryArgs {
    #[command(subcommand)]
    command: RegistrySubcommand,
}

const ABOUT: &str = "\
A registry is given by its address, or by its name in `[registries]` of stryke.toml or config.toml.

Examples:
  s registry show json --url https://pkg.example/stable
  s registry fetch json@2.1.0 --registry corp -o json.tar.gz";

#[derive(Debug, Subcommand)]
enum RegistrySubcommand {
    /// List the versions of packages
    Show(ShowArgs),
    /// Fetch one form of one version, and check its digest
    Fetch(FetchArgs),
    /// Show or forget what is known here of a registry
    Trust(TrustArgs),
    /// Run a registry, in one folder or in a bucket
    Serve(ServeArgs),
    /// Make a token for a registry of your own
    Token(TokenArgs),
    /// List the tokens of a registry of your own
    Tokens(TokensArgs),
    /// Make a token of a registry of your own invalid
    Revoke(RevokeArgs),
    /// Write everything that can be read as files, for any web server
    Export(ExportArgs),
    /// Put a new key in the place of the one a registry of your own signs with
    RotateKey(RotateKeyArgs),
}

#[derive(Args, Debug)]
#[group(id = "place", required = true, multiple = false, args = ["url", "registry"])]
struct PlaceArgs {
    /// The address of the registry, or its folder
    #[arg(long, value_name = "URL|PATH")]
    url: Option<String>,

    /// The name of the registry
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,

    /// The plugin that speaks to it
    #[arg(
        long,
        value_name = "ID",
        conflicts_with = "registry",
        help = "The plugin that speaks to it [default: stryke/registry-static]"
    )]
    plugin: Option<String>,
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s registry show json org/http --url ./mirror --json")]
struct ShowArgs {
    /// The packages
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s registry fetch json@2.1.0 --url ./mirror -o json.tar.gz")]
struct FetchArgs {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    package: String,

    #[command(flatten)]
    place: PlaceArgs,

    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// The binary for this target, instead of the source
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,

    /// The profile of the binary
    #[arg(long, value_name = "NAME", default_value = "release", requires = "target")]
    profile: String,
}

/// Shows or fetches.
pub(super) fn run(context: &Context<'_>, args: &RegistryArgs) -> Result<Exit, Failure> {
    match &args.command {
        RegistrySubcommand::Show(args) => show(context, args),
        RegistrySubcommand::Fetch(args) => fetch(context, args),
        RegistrySubcommand::Trust(args) => registry_trust::run(context, args),
        RegistrySubcommand::Serve(args) => registry_serve::serve(context, args),
        RegistrySubcommand::Token(args) => registry_serve::token(context, args),
        RegistrySubcommand::Tokens(args) => registry_serve::tokens(context, args),
        RegistrySubcommand::Revoke(args) => registry_serve::revoke(context, args),
        RegistrySubcommand::Export(args) => registry_serve::export(context, args),
        RegistrySubcommand::RotateKey(args) => registry_serve::rotate_key(context, args),
    }
}

fn open(context: &Context<'_>, args: &PlaceArgs) -> Result<Registry, Failure> {
    let operations = (context.operations)()?;
    let place = match (&args.url, &args.registry) {
        (_, Some(name)) => RegistryPlace::named(&operations, name)?,
        (url, None) => {
            let url = url.as_deref().unwrap_or_default();
            RegistryPlace::typed(&operations, url, args.plugin.as_deref())?
        }
    };
    Ok(Registry::at(&operations, &place)?)
}

/// Shows every package that was found; that one is missing is the end of it.
fn show(context: &Context<'_>, args: &ShowArgs) -> Result<Exit, Failure> {
    let names: Vec<PackageName> = args.names.iter().map(|name| package_name(name)).collect();
    let mut registry = open(context, &args.place)?;
    let answers = registry.list(&names)?;
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for (name, answer) in args.names.iter().zip(answers) {
        match answer {
            Ok(Answer::Listing { versions, .. }) => found.push((name, versions)),
            Ok(Answer::Unchanged) => {}
            Err(failure) => failures.push(Failure::from(failure)),
        }
    }
    if context.ui.is_json() {
        let packages = found.iter().map(|(name, versions)| {
            json!({ "name": name, "versions": versions.iter().map(version_json).collect::<Vec<_>>() })
        });
        let place = json!({ "name": registry.name(), "url": registry.url(), "plugin": registry.plugin() });
        context.ui.json(&json!({ "registry": place, "packages": packages.collect::<Vec<_>>() }));
    } else if !found.is_empty() {
        let mut text = Styled::new();
        for (name, versions) in &found {
            text.push(style::STRONG, format!("{name}\n"));
            text.append(&table(versions).render(context.ui.columns()));
        }
        context.ui.answer(text);
    }
    let Some(first) = failures.first() else { return Ok(Exit::Done) };
    let exit = first.exit;
    Err(Failure { exit, diagnostics: failures.into_iter().flat_map(|failure| failure.diagnostics).collect() })
}

fn fetch(context: &Context<'_>, args: &FetchArgs) -> Result<Exit, Failure> {
    let Some((name, number)) = args.package.rsplit_once('@').filter(|(name, _)| !name.is_empty()) else {
        let message = format!("`{}` is not NAME@VERSION", args.package);
        return Err(Failure::new(Exit::Usage, Diagnostic::error(Code::USAGE, message)));
    };
    let mut registry = open(context, &args.place)?;
    let package = package_name(name);
    let versions = registry.versions(&package)?;
    let Some(version) = versions.iter().find(|version| version.version == number) else {
        let known: Vec<&str> = versions.iter().map(|version| version.version.as_str()).collect();
        let diagnostic = Diagnostic::error(Code::REGISTRY_PACKAGE, format!("there is no `{name}@{number}`"))
            .note(format!("there are {}", listed(&known)));
        return Err(Failure::new(Exit::Failed, diagnostic));
    };
    let is_wanted = |artifact: &&Artifact| match &args.target {
        None => artifact.kind == "source",
        Some(target) => {
            artifact.target.as_ref() == Some(target) && artifact.profile.as_ref() == Some(&args.profile)
        }
    };
    let Some(artifact) = version.artifacts.iter().find(is_wanted) else {
        let forms: Vec<String> = version.artifacts.iter().map(form).collect();
        let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
        let message = format!("`{name}@{number}` has no such form");
        let diagnostic =
            Diagnostic::error(Code::REGISTRY_PACKAGE, message).note(format!("it has {}", listed(&forms)));
        return Err(Failure::new(Exit::Failed, diagnostic));
    };
    if let Some(reason) = &version.yanked {
        let message = format!("`{name}@{number}` was yanked");
        let diagnostic = Diagnostic::warning(Code::REGISTRY_PACKAGE, message);
        context.ui.diagnostic(&match reason.as_str() {
            "" => diagnostic,
            reason => diagnostic.note(format!("the reason is: {reason}")),
        });
    }
    let want = Want { name: package, version: number.to_owned(), digest: artifact.digest.clone() };
    let fetched = registry.fetch(want, &args.output)?;
    if context.ui.is_json() {
        context.ui.json(&json!({
            "name": name,
            "version": number,
            "file": args.output,
            "size": fetched.size,
            "digest": fetched.sha256.to_string(),
            "format": fetched.format,
            "from": fetched.from,
        }));
    } else {
        context.ui.status("Fetched", format!("{name}@{number}: {} bytes, {}", fetched.size, fetched.sha256));
    }
    Ok(Exit::Done)
}

/// `NAME` or `SCOPE/NAME`.
fn package_name(text: &str) -> PackageName {
    match text.split_once('/') {
        Some((scope, name)) => PackageName { scope: Some(scope.to_owned()), name: name.to_owned() },
        None => PackageName { scope: None, name: text.to_owned() },
    }
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() { "none".to_owned() } else { format!("`{}`", words.join("`, `")) }
}

fn table(versions: &[Version]) -> Table {
    let mut table = Table::new(&[("VERSION", Align::Left), ("FORMS", Align::Left), ("NOTE", Align::Left)]);
    for version in versions {
        let forms: Vec<String> = version.artifacts.iter().map(form).collect();
        let note = match version.yanked.as_deref() {
            None => String::new(),
            Some("") => "yanked".to_owned(),
            Some(reason) => format!("yanked: {reason}"),
        };
        table.row([version.version.clone(), forms.join(", "), note]);
    }
    table
}

/// `source`, or target and profile of a binary.
fn form(artifact: &Artifact) -> String {
    let parts = [artifact.target.as_deref(), artifact.profile.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    if parts.is_empty() { artifact.kind.clone() } else { parts.join("/") }
}

fn version_json(version: &Version) -> Value {
    json!({
        "version": version.version,
        "yanked": version.yanked,
        "published-unix": version.published_unix,
        "requires-stryke": version.requires_stryke,
        "artifacts": version.artifacts.iter().map(artifact_json).collect::<Vec<_>>(),
        "dependencies": version.dependencies.iter().map(dependency_json).collect::<Vec<_>>(),
    })
}

fn artifact_json(artifact: &Artifact) -> Value {
    json!({
        "kind": artifact.kind,
        "target": artifact.target,
        "profile": artifact.profile,
        "digest": digest_text(&artifact.digest),
        "size": artifact.size,
    })
}

fn dependency_json(dependency: &Dependency) -> Value {
    json!({
        "name": match &dependency.name.scope {
            Some(scope) => format!("{scope}/{}", dependency.name.name),
            None => dependency.name.name.clone(),
        },
        "requirement": dependency.requirement,
        "kind": match dependency.kind {
            DependencyKind::Normal => "normal",
            DependencyKind::Dev => "dev",
            DependencyKind::Build => "build",
        },
        "optional": dependency.optional,
        "features": dependency.features,
        "registry": dependency.registry,
    })
}

fn digest_text(digest: &Digest) -> String {
    let algorithm = match digest.algorithm {
        HashAlgorithm::Sha256 => "sha256",
        HashAlgorithm::Sha512 => "sha512",
        HashAlgorithm::Blake3 => "blake3",
    };
    let digits: String = digest.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{algorithm}-{digits}")
}
