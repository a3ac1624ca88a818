//! `s info`.

use clap::Args;
use s_ops::{PackageInfo, VersionInfo, package_info};
use s_ui::{Styled, one_line, style};
use serde_json::{Value, json};

use super::Context;
use super::packages::count;
use crate::exit::Exit;
use crate::frame::Failure;

/// How many versions are listed.
const VERSIONS_SHOWN_MAX: usize = 12;

/// The arguments of `s info`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s info json\n  s info acme/http@2.1.0 --registry corp")]
pub(crate) struct InfoArgs {
    /// The package, with a version behind `@` if another than the newest is meant
    #[arg(value_name = "NAME[@VERSION]")]
    spec: String,

    /// The registry: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,
}

/// Shows what a registry says of a package.
pub(super) fn run(context: &Context<'_>, args: &InfoArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let info = package_info(&operations, &args.spec, args.registry.as_deref())?;
    if context.ui.is_json() {
        context.ui.json(&to_json(&info));
    } else {
        context.ui.answer(to_text(&info));
    }
    Ok(Exit::Done)
}

fn to_text(info: &PackageInfo) -> Styled {
    let chosen = &info.versions[info.chosen];
    let mut text = Styled::new().styled(style::STRONG, &info.name).plain(format!(" {}\n", chosen.version));
    let mut line = |label: &str, value: String| {
        text.push(style::DIM, format!("  {label:<11}"));
        text.push(style::PLAIN, value + "\n");
    };
    line("registry", format!("{} ({})", info.registry, info.url));
    if let Some(reason) = &chosen.yanked {
        line("withdrawn", if reason.is_empty() { "yes".to_owned() } else { one_line(reason, 200) });
    }
    if let Some(day) = chosen.published_on() {
        line("published", day);
    }
    if let Some(size) = chosen.size_bytes {
        line("archive", count(usize::try_from(size).unwrap_or(usize::MAX), "byte"));
    }
    if let Some(integrity) = &chosen.integrity {
        line("integrity", integrity.clone());
    }
    if let Some(requires) = &chosen.requires_stryke {
        line("needs s", one_line(requires, 100));
    }
    for (at, (name, requirement, optional)) in chosen.dependencies.iter().enumerate() {
        let optional = if *optional { " (optional)" } else { "" };
        let label = if at == 0 { "needs" } else { "" };
        line(label, one_line(&format!("{name} {requirement}{optional}"), 200));
    }
    for (at, (name, on)) in chosen.features.iter().enumerate() {
        let label = if at == 0 { "features" } else { "" };
        let on = if on.is_empty() { String::new() } else { format!(": {}", on.join(", ")) };
        line(label, one_line(&format!("{name}{on}"), 200));
    }
    let shown: Vec<String> = info.versions.iter().take(VERSIONS_SHOWN_MAX).map(version_text).collect();
    let more = info.versions.len().saturating_sub(VERSIONS_SHOWN_MAX);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    line("versions", shown.join(", ") + &more);
    text
}

fn version_text(version: &VersionInfo) -> String {
    let marks: Vec<&str> = [(version.yanked.is_some(), "withdrawn"), (version.is_locked, "locked here")]
        .into_iter()
        .filter_map(|(holds, word)| holds.then_some(word))
        .collect();
    if marks.is_empty() {
        version.version.to_string()
    } else {
        format!("{} ({})", version.version, marks.join(", "))
    }
}

fn to_json(info: &PackageInfo) -> Value {
    let version = |one: &VersionInfo| {
        let dependencies = one.dependencies.iter().map(|(name, requirement, optional)| {
            json!({ "name": name, "requirement": requirement, "optional": optional })
        });
        let features: serde_json::Map<String, Value> =
            one.features.iter().map(|(name, on)| (name.clone(), json!(on))).collect();
        json!({
            "version": one.version.to_string(),
            "yanked": one.yanked,
            "published-unix": one.published_unix,
            "requires-s": one.requires_stryke,
            "integrity": one.integrity,
            "size": one.size_bytes,
            "dependencies": dependencies.collect::<Vec<_>>(),
            "features": features,
            "locked": one.is_locked,
        })
    };
    json!({
        "name": info.name,
        "registry": info.registry,
        "url": info.url,
        "chosen": info.versions[info.chosen].version.to_string(),
        "versions": info.versions.iter().map(version).collect::<Vec<_>>(),
    })
}
