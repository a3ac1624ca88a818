//! `asset` and `assets`: files of the package that the text belongs to.
//!
//! A name that is known here becomes the bytes themselves, so that a program has only what it names. A
//! name that is computed is looked for in a table of the whole package when the program runs. Which
//! package it is, and what lies there, [`crate::Files`] knows.

use std::sync::Arc;

use s_abi::builtins;
use s_diag::Code;
use s_syntax::ast::Span;

use crate::call::distance;
use crate::expr::op;
use crate::hir::{Asset, AssetTable, Expr, ExprKind, Op};
use crate::resolver::{Resolver, mk};
use crate::{Assets, NoAssets};

/// Names that a message proposes.
const NEAREST_MAX: usize = 3;
/// Names that a message lists where none is near.
const LISTED_MAX: usize = 8;

impl Resolver<'_> {
    /// A call of `asset` with its name, or of `assets`.
    pub(crate) fn assets(&mut self, builtin: &'static str, mut args: Vec<Expr>, span: Span) -> Expr {
        let pos = self.pos(span);
        let from = self.units[self.outermost()].source.name.clone();
        let assets = match self.files.assets(&from) {
            Ok(assets) => assets,
            Err(reason) => {
                self.no_assets(builtin, reason, span);
                return mk(pos, ExprKind::Undef);
            }
        };
        if let ("asset", [Expr { kind: ExprKind::Str { bytes, .. }, .. }]) = (builtin, args.as_slice()) {
            let name = String::from_utf8_lossy(bytes).into_owned();
            if assets.names.binary_search(&name).is_err() {
                self.unknown_asset(&assets, &name, span);
                return mk(pos, ExprKind::Undef);
            }
            let bytes = self.asset_bytes(&from, &name, span).unwrap_or_default();
            return mk(pos, op(Op::Asset(Asset { name, bytes })));
        }
        let table = self.asset_table(&from, &assets, builtin == "asset", span);
        args.insert(0, mk(pos, op(Op::AssetTable(table))));
        match builtins::find(builtin) {
            Some(row) => self.builtin_call(row, args, true, span),
            None => mk(pos, ExprKind::Undef),
        }
    }

    /// The unit that the running text stands in: a text that is evaluated belongs where it is written.
    fn outermost(&self) -> usize {
        let mut unit = self.file as usize;
        while let Some(((around, _), _)) = self.evals.iter().find(|(_, evaluated)| **evaluated == unit) {
            unit = *around as usize;
        }
        unit
    }

    /// The table of a package, with the bytes or without.
    fn asset_table(
        &mut self,
        from: &str,
        assets: &Arc<Assets>,
        with_bytes: bool,
        span: Span,
    ) -> Arc<AssetTable> {
        let known = self
            .asset_tables
            .iter()
            .find(|(made_of, with, _)| Arc::ptr_eq(made_of, assets) && *with == with_bytes);
        if let Some((_, _, table)) = known {
            return Arc::clone(table);
        }
        let mut rows = Vec::with_capacity(assets.names.len());
        for name in &assets.names {
            let bytes = if with_bytes { self.asset_bytes(from, name, span) } else { None };
            rows.push((name.clone(), bytes));
        }
        let table = Arc::new(AssetTable { package: assets.package.clone(), rows });
        self.asset_tables.push((Arc::clone(assets), with_bytes, Arc::clone(&table)));
        table
    }

    /// The bytes of a file; in the first pass nobody needs them.
    fn asset_bytes(&mut self, from: &str, name: &str, span: Span) -> Option<Arc<[u8]>> {
        self.prior.as_ref()?;
        match self.files.asset(from, name) {
            Ok(bytes) => Some(bytes),
            Err(reason) => {
                self.no_assets("asset", reason, span);
                None
            }
        }
    }

    fn no_assets(&mut self, builtin: &str, reason: NoAssets, span: Span) {
        match reason {
            NoAssets::NoPackage => {
                let message = format!(
                    "`{builtin}` is about the package that this text belongs to, and it belongs to none"
                );
                let hint = "assets are files that a `stryke.toml` beside or above this file names in `[package.assets]`";
                self.error_with(Code::UNKNOWN_ASSET, span, message, "", Some(hint.to_owned()));
            }
            NoAssets::Wrong(found) => {
                // What is wrong with a package is said once.
                if self.prior.is_some() && !self.diagnostics.contains(&found) {
                    self.diagnostics.push(*found);
                }
            }
        }
    }

    fn unknown_asset(&mut self, assets: &Assets, name: &str, span: Span) {
        let message = format!("there is no asset {name:?} in the package `{}`", assets.package);
        let quoted = |names: &[&str], word: &str| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(word)
        };
        let near = nearest(&assets.names, name);
        let (label, hint) = if !near.is_empty() {
            (String::new(), format!("did you mean {}?", quoted(&near, " or ")))
        } else if assets.names.is_empty() {
            let hint = "name files or folders in its stryke.toml:\n[package.assets]\ntemplates = \"share/templates\"";
            ("the package has no assets".to_owned(), hint.to_owned())
        } else {
            let first: Vec<&str> = assets.names.iter().take(LISTED_MAX).map(String::as_str).collect();
            let more = assets.names.len() - first.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            (String::new(), format!("there are {}{more}", quoted(&first, ", ")))
        };
        self.error_with(Code::UNKNOWN_ASSET, span, message, &label, Some(hint));
    }
}

/// The names that are most like one: written almost so, or the same file elsewhere.
fn nearest<'a>(names: &'a [String], name: &str) -> Vec<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    let last = name.rsplit('/').next().unwrap_or(name);
    let mut found: Vec<(usize, &str)> = names
        .iter()
        .filter_map(|known| {
            let same_file = known.rsplit('/').next() == Some(last);
            let far =
                if known.len().abs_diff(name.len()) > limit { usize::MAX } else { distance(known, name) };
            let far = if same_file { far.min(limit) } else { far };
            (far <= limit).then_some((far, known.as_str()))
        })
        .collect();
    found.sort_unstable();
    found.truncate(NEAREST_MAX);
    found.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_misspelt_ones_and_the_same_file_elsewhere() {
        let names = ["logo", "static/a.css", "templates/a.css", "templates/page.html"].map(str::to_owned);
        assert_eq!(nearest(&names, "templates/pge.html"), ["templates/page.html"]);
        assert_eq!(nearest(&names, "page.html"), ["templates/page.html"]);
        assert_eq!(nearest(&names, "css/a.css"), ["static/a.css", "templates/a.css"]);
        assert_eq!(nearest(&names, "loog"), Vec::<&str>::new());
        assert_eq!(nearest(&names, "log"), ["logo"]);
        assert_eq!(nearest(&names, ""), Vec::<&str>::new());
    }
}
