//! The files of a program: parsed, with what each requires by a literal name.
//!
//! Files are read here and nowhere else, before any name is looked up.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use s_diag::{Code, Diagnostic, Source};
use s_syntax::ast::{self, ExprKind, Piece, Stmt, StmtKind};
use s_syntax::{ErrorKind, SyntaxError};

use crate::include::Change;
use crate::interop;
use crate::library;
use crate::walk::{self, Node};
use crate::{Files, Options, Require};

/// Files that are followed in one program.
const MAX_UNITS: usize = 10_000;

/// One parsed text.
pub(crate) struct Unit {
    pub(crate) source: Source,
    pub(crate) ast: ast::File,
    pub(crate) errors: Vec<SyntaxError>,
    /// Offsets of the starts of lines.
    lines: Vec<u32>,
    /// What comments say of where the lines behind them come from, in order.
    marks: Vec<LineMark>,
    /// The names of files in those comments.
    pub(crate) names: Vec<String>,
    /// In Perl: the packages that statements outside of functions are in, other than `main`.
    packages: Vec<String>,
    /// The package that a unit is there for, if it is there for one.
    pub(crate) package: String,
    /// The first of the units that stand for these names, and then for these packages, among all.
    pub(crate) aliases: usize,
    /// By the offset of a `require` or `use`: the unit it leads to, or why it leads nowhere.
    pub(crate) links: HashMap<u32, Link>,
    /// By the offset of a `use parent` or `use base`: the parents that are loaded, and where each is.
    pub(crate) parents: HashMap<u32, Vec<(String, Link)>>,
    /// The links of literal texts that are evaluated, by the offset of the `eval`.
    pub(crate) evaluated: HashMap<u32, HashMap<u32, Link>>,
    /// Those of them whose version is that of a package, and was looked at.
    pub(crate) pinned: HashSet<u32>,
    /// Depth of the tree.
    pub(crate) depth: usize,
    /// It is a module of Perl that comes with the compiler.
    pub(crate) supplied: bool,
    /// The machine has run it already.
    pub(crate) is_there: bool,
    /// Where else modules are is known when the program runs.
    pub(crate) looks_elsewhere: bool,
}

/// The unit that a request leads to, or why it leads nowhere.
pub(crate) type Link = Result<usize, String>;

/// A comment `# line N "FILE"`.
struct LineMark {
    /// Where the line behind it begins.
    from: u32,
    /// The number of that line less the one it has in the text.
    shift: i64,
    /// Which of [`Unit::names`] it is of, if any.
    name: Option<usize>,
}

/// Line and file of a comment that says where the next line comes from.
fn line_mark(line: &str) -> Option<(i64, Option<&str>)> {
    let rest = line.strip_prefix('#')?.trim_start().strip_prefix("line")?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim();
    let (number, name) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    let name = name.trim();
    let bare = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    if bare.contains(['"', ' ', '\t']) && bare == name {
        return None;
    }
    Some((number.parse().ok()?, (!bare.is_empty()).then_some(bare)))
}

impl Unit {
    pub(crate) fn parse(name: &str, text: Arc<str>, options: &Options) -> Unit {
        let settings = s_syntax::Options { compat: options.compat };
        let parsed = s_syntax::parse(&text, &settings);
        let lines = std::iter::once(0)
            .chain(
                text.bytes()
                    .enumerate()
                    .filter(|&(_, byte)| byte == b'\n')
                    .map(|(i, _)| u32::try_from(i + 1).unwrap_or(u32::MAX)),
            )
            .collect();
        let (mut marks, mut names) = (Vec::new(), Vec::new());
        if options.compat && text.contains("line") {
            for (at, line) in text.split('\n').enumerate() {
                let Some((number, file)) = line_mark(line.trim_end_matches('\r')) else { continue };
                let own = i64::try_from(at + 2).unwrap_or(i64::MAX);
                let from = line.as_ptr() as usize - text.as_ptr() as usize + line.len() + 1;
                names.extend(file.map(str::to_owned));
                let name = if file.is_some() {
                    names.len().checked_sub(1)
                } else {
                    marks.last().and_then(|mark: &LineMark| mark.name)
                };
                marks.push(LineMark {
                    from: u32::try_from(from).unwrap_or(u32::MAX),
                    shift: number - own,
                    name,
                });
            }
        }
        let mut packages = Vec::new();
        if options.compat {
            packages_of(&parsed.file.body, &mut packages);
        }
        let mut depth = 0;
        for stmt in &parsed.file.body {
            depth = depth.max(walk::depth(Node::Stmt(stmt), 64));
        }
        let mut errors = parsed.errors;
        if options.no_interop {
            errors.extend(interop::refused(&parsed.file.body));
        }
        Unit {
            source: Source::new(name, text),
            ast: parsed.file,
            errors,
            lines,
            marks,
            names,
            packages,
            package: String::new(),
            aliases: 0,
            links: HashMap::new(),
            parents: HashMap::new(),
            evaluated: HashMap::new(),
            pinned: HashSet::new(),
            depth,
            supplied: false,
            is_there: false,
            looks_elsewhere: false,
        }
    }

    /// A unit that comes at a place among all, with one behind it for each of its parts.
    pub(crate) fn with_aliases(mut self, at: usize) -> Vec<Unit> {
        self.aliases = at + 1;
        let others = self.named_parts();
        std::iter::once(self).chain(others).collect()
    }

    /// Empty units for places in the text: for each name that it gives itself, and for each package.
    fn named_parts(&self) -> Vec<Unit> {
        let part = |name: &str, package: &str| Unit {
            source: Source::new(name, Arc::clone(&self.source.text)),
            ast: ast::File::default(),
            errors: Vec::new(),
            lines: Vec::new(),
            marks: Vec::new(),
            names: Vec::new(),
            packages: Vec::new(),
            package: package.to_owned(),
            aliases: 0,
            links: HashMap::new(),
            parents: HashMap::new(),
            evaluated: HashMap::new(),
            pinned: HashSet::new(),
            depth: 0,
            supplied: self.supplied,
            is_there: self.is_there,
            looks_elsewhere: self.looks_elsewhere,
        };
        let named = self.names.iter().map(|name| part(name, ""));
        named.chain(self.packages.iter().map(|package| part(&self.source.name, package))).collect()
    }

    /// Which of the parts stands for a package.
    pub(crate) fn part_of_package(&self, package: &str) -> Option<usize> {
        self.packages.iter().position(|own| own == package).map(|at| self.names.len() + at)
    }

    /// The line of an offset, counted from one, and which of the names of the text its file has, if not its own.
    pub(crate) fn place(&self, offset: u32) -> (u32, Option<usize>) {
        let line = self.lines.partition_point(|&start| start <= offset);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match self.marks.partition_point(|mark| mark.from <= offset).checked_sub(1) {
            None => (line, None),
            Some(at) => {
                let mark = &self.marks[at];
                (u32::try_from(i64::from(line) + mark.shift).unwrap_or(line), mark.name)
            }
        }
    }

    /// What stands behind `__END__` or `__DATA__`.
    pub(crate) fn data(&self) -> Option<Arc<[u8]>> {
        let from = self.ast.data? as usize;
        Some(Arc::from(self.source.text.as_bytes().get(from..)?))
    }
}

/// Reads the main file and everything that it requires literally, each once.
pub(crate) fn load(name: &str, text: Arc<str>, files: &dyn Files, options: &Options) -> Vec<Unit> {
    let mut units = vec![Unit::parse(name, text, options)];
    let mut known: HashMap<String, usize> = HashMap::from([(name.to_owned(), 0)]);
    let mut folders = Vec::new();
    let mut computed = false;
    let mut next = 0;
    while next < units.len() {
        let mut wanted = Vec::new();
        let body: &[Stmt] = if units[next].is_there { &[] } else { &units[next].ast.body };
        for stmt in body {
            requests(stmt, &units[next].source.name, options.compat, None, &mut wanted);
        }
        for Wanted { evaluated, offset, wish } in wanted {
            let is_parent = matches!(wish, Wish::Parent(_));
            let request = match wish {
                Wish::File(request) | Wish::Parent(request) => request,
                Wish::Folders(change) => {
                    computed |= change == Change::Computed;
                    change.apply(&mut folders);
                    continue;
                }
            };
            let supplied = library::text(request.name()).filter(|_| options.compat);
            let built_in = is_built_in_module(request.name()) || is_pragma(request.name());
            let found = match supplied {
                Some(_) if built_in => Err(String::new()),
                _ => files.require(&request, &units[next].source.name, &folders),
            };
            let link = match found {
                Err(_) if let Some(text) = supplied => {
                    let name = format!("{}.pm", request.name().replace("::", "/"));
                    match known.get(&name) {
                        Some(&unit) => Ok(unit),
                        None => {
                            known.insert(name.clone(), units.len());
                            let mut unit = Unit::parse(&name, Arc::from(text), options);
                            unit.supplied = true;
                            unit.is_there = files.has_run(&name);
                            units.push(unit);
                            Ok(units.len() - 1)
                        }
                    }
                }
                Ok(loaded) => {
                    if loaded.pinned {
                        units[next].pinned.insert(offset);
                    }
                    match known.get(&loaded.name) {
                        Some(&unit) => Ok(unit),
                        None if units.len() >= MAX_UNITS => Err("too many files".to_owned()),
                        None => {
                            known.insert(loaded.name.clone(), units.len());
                            let unit = Unit::parse(&loaded.name, loaded.text, options);
                            units.push(Unit { is_there: files.has_run(&loaded.name), ..unit });
                            Ok(units.len() - 1)
                        }
                    }
                }
                // A module may stand in the file that uses it, or in another one.
                Err(message) => {
                    let declaring = |unit: &Unit| declares(&unit.ast.body, request.name());
                    let unit = Some(next).filter(|&unit| declaring(&units[unit]));
                    let unit = unit.or_else(|| units.iter().position(declaring));
                    unit.filter(|_| options.compat).ok_or(message)
                }
            };
            let unit = &mut units[next];
            if is_parent {
                unit.parents.entry(offset).or_default().push((request.name().to_owned(), link));
                continue;
            }
            let links = match evaluated {
                Some(eval) => unit.evaluated.entry(eval).or_default(),
                None => &mut unit.links,
            };
            links.insert(offset, link);
        }
        next += 1;
    }
    for at in 0..units.len() {
        units[at].looks_elsewhere = computed;
        units[at].aliases = units.len();
        let parts = units[at].named_parts();
        units.extend(parts);
    }
    units
}

/// The packages other than `main` that statements are in, each once.
fn packages_of(stmts: &[Stmt], found: &mut Vec<String>) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Package { name, body } => {
                if name.text != "main" && !found.contains(&name.text) {
                    found.push(name.text.clone());
                }
                packages_of(body.as_ref().map_or(&[], |body| body.stmts.as_slice()), found);
            }
            StmtKind::Phase { body, .. } | StmtKind::Block { body, .. } => packages_of(&body.stmts, found),
            _ => {}
        }
    }
}

/// Whether statements declare a package of that name.
pub(crate) fn declares(stmts: &[Stmt], package: &str) -> bool {
    stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Package { name, body } => {
            name.text == package || body.as_ref().is_some_and(|body| declares(&body.stmts, package))
        }
        StmtKind::Phase { body, .. } | StmtKind::Block { body, .. } => declares(&body.stmts, package),
        _ => false,
    })
}

/// Whether something is open at the end of a text: a bracket, a string, a here-document, or an operator
/// without its right side.
pub(crate) fn is_unfinished(text: &str, options: &Options) -> bool {
    let settings = s_syntax::Options { compat: options.compat };
    let end = text.trim_end().len();
    s_syntax::parse(text, &settings).errors.iter().any(|error| match error.code {
        ErrorKind::UnclosedBracket | ErrorKind::UnclosedString | ErrorKind::UnclosedHeredoc => true,
        ErrorKind::ExpectedExpression
        | ErrorKind::ExpectedBlock
        | ErrorKind::ExpectedName
        | ErrorKind::UnexpectedToken => error.span.start as usize >= end,
        _ => false,
    })
}

/// Modules that mean something to the compiler and are no files.
pub(crate) fn is_pragma(module: &str) -> bool {
    matches!(
        module,
        "" | "strict"
            | "warnings"
            | "feature"
            | "utf8"
            | "constant"
            | "parent"
            | "base"
            | "English"
            | "vars"
            | "lib"
            | "integer"
            | "bytes"
            | "locale"
            | "experimental"
            | "overload"
            | "overloading"
            | "diagnostics"
            | "subs"
            | "sigtrap"
            | "open"
            | "mro"
            | "re"
            | "bigint"
            | "bignum"
            | "autodie"
            | "less"
            | "sort"
            | "threads"
            | "version"
            | "if"
            | "fields"
            | "filetest"
            | "charnames"
            | "encoding"
            | "stryke"
            | "v5"
    )
}

/// Modules of Perl whose functions are builtins here, so that no file is needed.
pub(crate) fn is_built_in_module(module: &str) -> bool {
    matches!(
        module,
        "List::Util"
            | "Scalar::Util"
            | "POSIX"
            | "Data::Dumper"
            | "Time::HiRes"
            | "Carp"
            | "Exporter"
            | "Exporter::Heavy"
            | "overload::Heavy"
            | "warnings::register"
            | "Cwd"
            | "File::Basename"
            | "File::Spec"
            | "File::Temp"
            | "IO::Handle"
            | "IO::File"
            | "Storable"
            | "Math::Trig"
            | "Getopt::Long"
            | "Encode"
            | "Time::Local"
            | "Term::ANSIColor"
            | "Symbol"
            | "Fcntl"
            | "Errno"
            | "Config"
            | "Text::Wrap"
    )
}

/// The request that the operand of a `require` makes, if it is literal.
pub(crate) fn literal_request(operand: &ast::Expr) -> Option<Require> {
    match &operand.kind {
        ExprKind::Str(pieces) => {
            let mut bytes = Vec::new();
            for piece in pieces {
                let Piece::Text(text) = piece else { return None };
                bytes.extend_from_slice(text);
            }
            let path = String::from_utf8(bytes).ok()?;
            let module = path.strip_suffix(".pm").filter(|_| !path.starts_with(['.', '/']));
            Some(match module {
                Some(module) => Require::Module(module.replace('/', "::")),
                None => Require::Path(path),
            })
        }
        ExprKind::Bareword(name) => Some(Require::Module(name.clone())),
        ExprKind::Call(call) if call.args.is_empty() && call.block.is_none() && !call.parens => {
            Some(Require::Module(call.name.text.clone()))
        }
        _ => None,
    }
}

/// What a place in a text wants of the files.
enum Wish {
    /// One of them.
    File(Require),
    /// That of a parent of a package.
    Parent(Require),
    /// To look for modules elsewhere from here on.
    Folders(Change),
}

/// A wish, and where it stands.
struct Wanted {
    /// The offset of the `eval` in whose literal text it stands, if it stands in one.
    evaluated: Option<u32>,
    /// Its offset in its text.
    offset: u32,
    wish: Wish,
}

/// What a statement of the file `name`, or of a text that is evaluated there, wants, in the order of the text.
fn requests(stmt: &Stmt, name: &str, compat: bool, evaluated: Option<u32>, found: &mut Vec<Wanted>) {
    let first = found.len();
    let has_text = |module: &str| {
        !(is_pragma(module) || is_built_in_module(module)) || compat && library::text(module).is_some()
    };
    let want = |offset: u32, wish: Wish| Wanted { evaluated, offset, wish };
    let mut texts = Vec::new();
    // No recursion: this runs on the caller's stack, however deep the tree is.
    let mut todo = vec![Node::Stmt(stmt)];
    while let Some(node) = todo.pop() {
        match node {
            Node::Expr(expr) => {
                if let ExprKind::Call(call) = &expr.kind
                    && call.name.text == "require"
                    && let Some(request) = call.args.first().and_then(literal_request)
                    && !matches!(&request, Require::Module(m) if !has_text(m))
                {
                    found.push(want(expr.span.start, Wish::File(request)));
                }
                if let ExprKind::EvalStr(Some(text)) = &expr.kind
                    && evaluated.is_none()
                    && let Some(text) = crate::stmt::literal_word(text)
                        .filter(|text| text.contains("use ") || text.contains("require"))
                {
                    texts.push((expr.span.start, text));
                }
                if let ExprKind::Call(call) = &expr.kind {
                    let changes = Change::of_call(call, name).into_iter();
                    found.extend(changes.map(|change| want(expr.span.start, Wish::Folders(change))));
                }
                if compat && let Some(heavy) = imports_at_run_time(expr) {
                    found.push(want(expr.span.start, Wish::File(Require::Module(heavy.to_owned()))));
                }
                // Nor do `version->parse($text)`, and functions of some modules by their full names.
                if let ExprKind::Method { invocant, .. } = &expr.kind
                    && compat
                    && matches!(&invocant.kind, ExprKind::Bareword(class) if class == "version")
                {
                    found.push(want(expr.span.start, Wish::File(Require::Module("version".to_owned()))));
                }
                if let ExprKind::Call(call) = &expr.kind
                    && compat
                    && let Some((module @ ("builtin" | "bytes" | "mro" | "overload" | "utf8"), _)) =
                        call.name.text.rsplit_once("::")
                {
                    found.push(want(expr.span.start, Wish::File(Require::Module(module.to_owned()))));
                }
            }
            Node::Stmt(Stmt { span, kind: StmtKind::Use(used), .. }) => {
                let module = &used.module.text;
                let changes = Change::of_use(used, name).into_iter();
                found.extend(changes.map(|change| want(span.start, Wish::Folders(change))));
                if compat && !used.no && matches!(module.as_str(), "parent" | "base") && evaluated.is_none() {
                    let words = used.imports.as_ref().map_or_else(Vec::new, crate::stmt::literal_words);
                    if !words.iter().any(|word| word == "-norequire") {
                        let parents = words.into_iter().filter(|word| has_text(word));
                        let wish = |parent| want(span.start, Wish::Parent(Require::Module(parent)));
                        found.extend(parents.map(wish));
                    }
                }
                if (compat || !used.no) && has_text(module) {
                    let module = module.clone();
                    let request = match used.version.clone() {
                        Some(version) => Require::Pinned { module, version },
                        None => Require::Module(module),
                    };
                    found.push(want(span.start, Wish::File(request)));
                }
            }
            _ => {}
        }
        walk::children(node, &mut |child| todo.push(child));
    }
    found[first..].sort_by_key(|wanted| wanted.offset);
    texts.sort_by_key(|(offset, _)| *offset);
    for (offset, text) in texts {
        let parsed = s_syntax::parse(&text, &s_syntax::Options { compat });
        for stmt in &parsed.file.body {
            requests(stmt, name, compat, Some(offset), found);
        }
    }
}

/// The module behind an expression that imports while the program runs: what is used by `use` is imported
/// when the program is compiled.
fn imports_at_run_time(expr: &ast::Expr) -> Option<&'static str> {
    let of_function = |name: &str| match name {
        "Exporter::import" | "Exporter::export_to_level" => Some("Exporter::Heavy"),
        "Exporter::export_tags" | "Exporter::export_ok_tags" => Some("Exporter::Heavy"),
        "overload::import" | "overload::unimport" => Some("overload::Heavy"),
        _ => None,
    };
    match &expr.kind {
        ExprKind::Call(call) => of_function(&call.name.text),
        ExprKind::Var(ast::Sigil::Code, name) => of_function(name),
        ExprKind::Method { invocant, name: ast::MethodName::Name(name), .. } => {
            let exports = match (name.text.as_str(), &invocant.kind) {
                ("export_to_level", _) => true,
                ("import", ExprKind::Bareword(class)) => !is_pragma(class) && !is_built_in_module(class),
                ("import", _) => true,
                _ => false,
            };
            exports.then_some("Exporter::Heavy")
        }
        _ => None,
    }
}

/// That a module is not there, as Perl says it where that is caught.
pub(crate) fn not_located(module: &str) -> String {
    let file = crate::stmt::module_key(module);
    format!("Can't locate {file} in @INC (you may need to install the {module} module) (@INC contains: lib)")
}

/// The code of a kind of syntax error.
fn code(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::UnexpectedToken => Code::UNEXPECTED_TOKEN,
        ErrorKind::ExpectedExpression => Code::EXPECTED_EXPRESSION,
        ErrorKind::ExpectedName => Code::EXPECTED_NAME,
        ErrorKind::ExpectedBlock => Code::EXPECTED_BLOCK,
        ErrorKind::MissingSeparator => Code::MISSING_SEPARATOR,
        ErrorKind::UnclosedBracket => Code::UNCLOSED_BRACKET,
        ErrorKind::UnopenedBracket => Code::UNOPENED_BRACKET,
        ErrorKind::UnclosedString => Code::UNCLOSED_STRING,
        ErrorKind::UnclosedHeredoc => Code::UNCLOSED_HEREDOC,
        ErrorKind::BadNumber => Code::BAD_NUMBER,
        ErrorKind::BadEscape => Code::BAD_ESCAPE,
        ErrorKind::BadFlag => Code::BAD_FLAG,
        ErrorKind::UnknownKeyword => Code::UNKNOWN_KEYWORD,
        ErrorKind::BadPattern => Code::BAD_PATTERN,
        ErrorKind::Interop => Code::INTEROP,
        ErrorKind::TooDeep => Code::TOO_DEEP,
        ErrorKind::TooMany => Code::TOO_MANY_ERRORS,
    }
}

/// A syntax error as a diagnostic.
pub(crate) fn diagnostic(source: &Source, error: &SyntaxError) -> Diagnostic {
    let span = error.span.start as usize..error.span.end as usize;
    let found = Diagnostic::error(code(error.code), error.message.clone());
    let found = found.at(source, span, error.label.clone());
    match &error.hint {
        Some(hint) => found.hint(hint.clone()),
        None => found,
    }
}
