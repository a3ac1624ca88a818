//! `s tree` and `s why`.

use std::collections::BTreeSet;

use clap::Args;
use s_ops::project::Group;
use s_ops::{Tree, TreeMember, TreePackage, Way, package_tree};
use s_ui::{Styled, style};
use serde_json::{Value, json};

use super::Context;
use super::packages::MemberArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s tree`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
A package that was shown before is marked (*); one that is there in several versions, (!).

Examples:
  s tree
  s tree --depth 1")]
pub(crate) struct TreeArgs {
    /// How deep to go
    #[arg(long, value_name = "N")]
    depth: Option<usize>,

    #[command(flatten)]
    member: MemberArgs,
}

/// The arguments of `s why`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s why json")]
pub(crate) struct WhyArgs {
    /// The package
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    member: MemberArgs,
}

/// Shows the tree.
pub(super) fn run(context: &Context<'_>, args: &TreeArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let tree = package_tree(&operations, args.member.member.as_deref())?;
    if context.ui.is_json() {
        context.ui.json(&to_json(&tree));
        return Ok(Exit::Done);
    }
    let mut text = Styled::new();
    let mut seen = BTreeSet::new();
    for (at, member) in tree.members.iter().enumerate() {
        if at > 0 {
            text.push(style::PLAIN, "\n");
        }
        draw_member(&tree, member, args.depth.unwrap_or(usize::MAX), &mut seen, &mut text);
    }
    context.ui.answer(text);
    Ok(Exit::Done)
}

/// Shows the shortest way to each version of a package.
pub(super) fn why(context: &Context<'_>, args: &WhyArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let tree = package_tree(&operations, args.member.member.as_deref())?;
    let ways = tree.ways_to(&args.name)?;
    let named = |place: &usize| {
        let package = &tree.packages[*place];
        format!("{} {}", package.name, package.version)
    };
    if context.ui.is_json() {
        let ways = ways.iter().map(|Way { member, group, places }| {
            let way: Vec<String> = places.iter().map(named).collect();
            json!({ "member": member.name, "table": group.table(), "way": way })
        });
        context.ui.json(&json!({ "name": args.name, "ways": ways.collect::<Vec<_>>() }));
        return Ok(Exit::Done);
    }
    let mut text = Styled::new();
    for Way { member, group, places } in &ways {
        let steps: Vec<String> = places.iter().map(named).collect();
        text.push(style::PLAIN, format!("{} {group} → {}\n", member.name, steps.join(" → ")));
    }
    context.ui.answer(text);
    Ok(Exit::Done)
}

fn draw_member(
    tree: &Tree,
    member: &TreeMember,
    depth: usize,
    seen: &mut BTreeSet<usize>,
    text: &mut Styled,
) {
    text.push(style::STRONG, &member.name);
    if let Some(version) = &member.version {
        text.push(style::PLAIN, format!(" {version}"));
    }
    text.push(style::PLAIN, "\n");
    let mut groups: Vec<&Group> = member.roots.iter().map(|(group, ..)| group).collect();
    groups.dedup();
    for group in groups {
        if *group != Group::Normal {
            text.push(style::PLAIN, format!("{group}\n"));
        }
        let roots: Vec<(&str, usize)> = member
            .roots
            .iter()
            .filter(|(other, ..)| other == group)
            .map(|(_, alias, place)| (alias.as_str(), *place))
            .collect();
        draw(tree, &roots, depth, seen, text);
    }
}

/// Draws what is below a member. A lock comes from outside and may be deep: nothing recurses.
fn draw(tree: &Tree, roots: &[(&str, usize)], depth: usize, seen: &mut BTreeSet<usize>, text: &mut Styled) {
    // What is still to be drawn: its place, the name it has, and for each level whether more follow.
    let mut open: Vec<(usize, String, Vec<bool>)> = Vec::new();
    let push = |open: &mut Vec<_>, children: &[(&str, usize)], levels: &[bool]| {
        for (index, (alias, place)) in children.iter().enumerate().rev() {
            let mut levels = levels.to_vec();
            levels.push(index + 1 < children.len());
            open.push((*place, (*alias).to_owned(), levels));
        }
    };
    push(&mut open, roots, &[]);
    while let Some((place, alias, levels)) = open.pop() {
        if levels.len() > depth {
            continue;
        }
        let package = &tree.packages[place];
        let (last, before) = levels.split_last().expect("each has a level");
        for more in before {
            text.push(style::PLAIN, if *more { "│   " } else { "    " });
        }
        text.push(style::PLAIN, if *last { "├── " } else { "└── " });
        let is_new = seen.insert(place);
        describe(package, &alias, is_new, text);
        if is_new {
            let children: Vec<(&str, usize)> =
                package.dependencies.iter().map(|(alias, place)| (alias.as_str(), *place)).collect();
            push(&mut open, &children, &levels);
        }
    }
}

fn describe(package: &TreePackage, alias: &str, is_new: bool, text: &mut Styled) {
    text.push(style::STRONG, package.name.as_str());
    text.push(style::PLAIN, format!(" {}", package.version));
    if alias != package.name.as_str() {
        text.push(style::PLAIN, format!(" as {alias}"));
    }
    if let s_ops::project::PackageSource::Path(path) = &package.source {
        text.push(style::PLAIN, format!(" ({path})"));
    }
    if !package.features.is_empty() {
        text.push(style::PLAIN, format!(" [{}]", package.features.join(", ")));
    }
    if package.has_others {
        text.push(style::PLAIN, " (!)");
    }
    if !is_new && !package.dependencies.is_empty() {
        text.push(style::PLAIN, " (*)");
    }
    text.push(style::PLAIN, "\n");
}

fn to_json(tree: &Tree) -> Value {
    let id = |place: usize| format!("{}@{}", tree.packages[place].name, tree.packages[place].version);
    let packages = tree.packages.iter().map(|package| {
        let needed =
            package.dependencies.iter().map(|(alias, place)| json!({ "alias": alias, "id": id(*place) }));
        json!({
            "name": package.name.as_str(),
            "version": package.version.to_string(),
            "source": package.source.to_string(),
            "features": package.features,
            "dependencies": needed.collect::<Vec<_>>(),
        })
    });
    let members = tree.members.iter().map(|member| {
        let roots = member
            .roots
            .iter()
            .map(|(group, alias, place)| json!({ "table": group.table(), "alias": alias, "id": id(*place) }));
        json!({
            "name": member.name,
            "version": member.version,
            "dependencies": roots.collect::<Vec<_>>(),
        })
    });
    json!({
        "members": members.collect::<Vec<_>>(),
        "packages": packages.collect::<Vec<_>>(),
    })
}
