//! A small relational database in memory, spoken to in SQL: tables, rows, queries over one table or
//! joined ones, groups, order, changes, transactions. No indexes, no files.
//! Reading and running a statement are one subject, so they are one long file.
//!
//! Long because one small language, read and run.

use alloc::string::String;
use alloc::vec::Vec;

use s_text::number;

/// Deepest nesting of expressions.
const DEPTH_MAX: usize = 100;

/// A value of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// NULL
    Null,
    /// INTEGER
    Int(i64),
    /// REAL
    Real(f64),
    /// TEXT
    Text(Vec<u8>),
}

/// A row of a result: names and values in order.
pub type Row = Vec<(Vec<u8>, Cell)>;

#[derive(Clone, Debug)]
struct Table {
    name: Vec<u8>,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    next: i64,
}

#[derive(Clone, Debug)]
struct Column {
    name: Vec<u8>,
    kind: Vec<u8>,
    key: bool,
    unique: bool,
    not_null: bool,
    default: Cell,
}

/// A database.
#[derive(Debug, Default)]
pub struct Database {
    tables: Vec<Table>,
    /// The tables as they were when the transaction began.
    before: Option<Vec<Table>>,
    /// The number of the row inserted last.
    pub last_id: i64,
    /// How many rows the last statement changed.
    pub changes: i64,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(Vec<u8>),
    Quoted(Vec<u8>),
    Text(Vec<u8>),
    Number(Cell),
    Sign(&'static str),
    Bind,
}

#[derive(Clone, Debug)]
enum Expr {
    Value(Cell),
    Column(Option<Vec<u8>>, Vec<u8>),
    Star,
    Not(alloc::boxed::Box<Expr>),
    Minus(alloc::boxed::Box<Expr>),
    Binary(&'static str, alloc::boxed::Box<Expr>, alloc::boxed::Box<Expr>),
    In(alloc::boxed::Box<Expr>, Vec<Expr>),
    Between(alloc::boxed::Box<Expr>, alloc::boxed::Box<Expr>, alloc::boxed::Box<Expr>),
    IsNull(alloc::boxed::Box<Expr>, bool),
    Call(Vec<u8>, Vec<Expr>, bool),
}

type Fallible<T> = Result<T, String>;

const SIGNS: &[&str] =
    &["<>", "!=", "<=", ">=", "==", "||", "(", ")", ",", ";", "=", "<", ">", "+", "-", "*", "/", "%", "."];

fn tokens(text: &[u8]) -> Fallible<Vec<Token>> {
    let mut out = Vec::new();
    let mut i = 0;
    'next: while i < text.len() {
        let byte = text[i];
        if byte.is_ascii_whitespace() {
            i += 1;
            continue;
        }
        if text[i..].starts_with(b"--") {
            while i < text.len() && text[i] != b'\n' {
                i += 1;
            }
            continue;
        }
        if byte == b'?' {
            out.push(Token::Bind);
            i += 1;
            while text.get(i).is_some_and(u8::is_ascii_digit) {
                i += 1;
            }
            continue;
        }
        if matches!(byte, b'\'' | b'"' | b'`' | b'[') {
            let closer = if byte == b'[' { b']' } else { byte };
            let mut content = Vec::new();
            i += 1;
            loop {
                match text.get(i) {
                    None => return Err("a quoted text is not closed".into()),
                    Some(&found) if found == closer => {
                        if text.get(i + 1) == Some(&closer) && closer != b']' {
                            content.push(closer);
                            i += 2;
                            continue;
                        }
                        i += 1;
                        break;
                    }
                    Some(&found) => {
                        content.push(found);
                        i += 1;
                    }
                }
            }
            out.push(if byte == b'\'' { Token::Text(content) } else { Token::Quoted(content) });
            continue;
        }
        if byte.is_ascii_digit() || byte == b'.' && text.get(i + 1).is_some_and(u8::is_ascii_digit) {
            let from = i;
            while i < text.len()
                && (text[i].is_ascii_alphanumeric()
                    || text[i] == b'.'
                    || matches!(text[i], b'+' | b'-') && matches!(text[i - 1], b'e' | b'E'))
            {
                i += 1;
            }
            let word = core::str::from_utf8(&text[from..i]).unwrap_or("");
            let cell = match word.parse::<i64>() {
                Ok(value) => Cell::Int(value),
                Err(_) if number::looks_like_number(word.as_bytes()) => {
                    Cell::Real(number::parse(word.as_bytes()).to_f64())
                }
                Err(_) => return Err(alloc::format!("`{word}` is no number")),
            };
            out.push(Token::Number(cell));
            continue;
        }
        if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 {
            let from = i;
            while i < text.len() && (text[i].is_ascii_alphanumeric() || text[i] == b'_' || text[i] >= 0x80) {
                i += 1;
            }
            out.push(Token::Word(text[from..i].to_vec()));
            continue;
        }
        for sign in SIGNS {
            if text[i..].starts_with(sign.as_bytes()) {
                out.push(Token::Sign(sign));
                i += sign.len();
                continue 'next;
            }
        }
        return Err(alloc::format!("`{}` means nothing here", char::from(byte)));
    }
    Ok(out)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    binds: core::slice::Iter<'a, Cell>,
    depth: usize,
}

/// Words that end a list of operands, so that they are no alias.
const RESERVED: &[&str] = &[
    "FROM", "WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "HAVING", "JOIN", "INNER", "LEFT", "CROSS", "ON",
    "SET", "VALUES", "UNION", "AND", "OR", "AS", "ASC", "DESC", "NOT", "IN", "IS", "LIKE", "BETWEEN",
];

impl<'a> Parser<'a> {
    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(text)) if text.eq_ignore_ascii_case(word.as_bytes()));
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(text)) if *text == sign);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Fallible<()> {
        if self.sign(sign) { Ok(()) } else { Err(self.wrong(sign)) }
    }

    fn need_word(&mut self, word: &str) -> Fallible<()> {
        if self.word(word) { Ok(()) } else { Err(self.wrong(word)) }
    }

    /// What is left of a statement says nothing that matters here.
    fn skip(&mut self) {
        while self.at < self.tokens.len() && self.tokens[self.at] != Token::Sign(";") {
            self.at += 1;
        }
    }

    fn wrong(&self, wanted: &str) -> String {
        match self.tokens.get(self.at) {
            None => alloc::format!("{wanted} is missing at the end"),
            Some(Token::Word(text) | Token::Quoted(text) | Token::Text(text)) => {
                alloc::format!("{wanted} is missing before `{}`", String::from_utf8_lossy(text))
            }
            Some(Token::Sign(sign)) => alloc::format!("{wanted} is missing before `{sign}`"),
            Some(_) => alloc::format!("{wanted} is missing"),
        }
    }

    fn name(&mut self) -> Fallible<Vec<u8>> {
        match self.tokens.get(self.at) {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                self.at += 1;
                Ok(text.clone())
            }
            _ => Err(self.wrong("a name")),
        }
    }

    fn expr(&mut self) -> Fallible<Expr> {
        self.level(0)
    }

    fn level(&mut self, level: usize) -> Fallible<Expr> {
        const LEVELS: [&[&str]; 6] = [
            &["OR"],
            &["AND"],
            &["=", "==", "<>", "!=", "<=", ">=", "<", ">"],
            &["+", "-"],
            &["*", "/", "%"],
            &["||"],
        ];
        self.depth += 1;
        if self.depth > DEPTH_MAX * 8 {
            return Err("nested too deeply".into());
        }
        if level == 2 && self.word("NOT") {
            let inner = self.level(2)?;
            self.depth -= 1;
            return Ok(Expr::Not(inner.into()));
        }
        let Some(signs) = LEVELS.get(level) else {
            let found = self.operand();
            self.depth -= 1;
            return found;
        };
        let mut left = self.level(level + 1)?;
        loop {
            if level == 2
                && let Some(done) = self.predicate(&left)?
            {
                left = done;
                continue;
            }
            let Some(sign) =
                signs.iter().find(|sign| if level < 2 { self.word(sign) } else { self.sign(sign) })
            else {
                break;
            };
            let right = self.level(level + 1)?;
            left = Expr::Binary(sign, left.into(), right.into());
        }
        self.depth -= 1;
        Ok(left)
    }

    /// `IS NULL`, `IN`, `LIKE`, `BETWEEN`, each perhaps with `NOT`.
    fn predicate(&mut self, left: &Expr) -> Fallible<Option<Expr>> {
        if self.word("IS") {
            let not = self.word("NOT");
            self.need_word("NULL")?;
            return Ok(Some(Expr::IsNull(left.clone().into(), not)));
        }
        let before = self.at;
        let not = self.word("NOT");
        let done = if self.word("IN") {
            self.need("(")?;
            let list = self.list()?;
            self.need(")")?;
            Expr::In(left.clone().into(), list)
        } else if self.word("LIKE") {
            let right = self.level(3)?;
            Expr::Binary("LIKE", left.clone().into(), right.into())
        } else if self.word("BETWEEN") {
            let low = self.level(3)?;
            self.need_word("AND")?;
            let high = self.level(3)?;
            Expr::Between(left.clone().into(), low.into(), high.into())
        } else {
            self.at = before;
            return Ok(None);
        };
        Ok(Some(if not { Expr::Not(done.into()) } else { done }))
    }

    fn list(&mut self) -> Fallible<Vec<Expr>> {
        let mut out = alloc::vec![self.expr()?];
        while self.sign(",") {
            out.push(self.expr()?);
        }
        Ok(out)
    }

    fn operand(&mut self) -> Fallible<Expr> {
        let Some(token) = self.tokens.get(self.at) else { return Err(self.wrong("a value")) };
        self.at += 1;
        Ok(match token {
            Token::Number(cell) => Expr::Value(cell.clone()),
            Token::Text(text) => Expr::Value(Cell::Text(text.clone())),
            Token::Bind => Expr::Value(self.binds.next().cloned().unwrap_or(Cell::Null)),
            Token::Sign("(") => {
                let inner = self.expr()?;
                self.need(")")?;
                inner
            }
            Token::Sign("-") => Expr::Minus(self.level(6)?.into()),
            Token::Sign("+") => self.level(6)?,
            Token::Sign("*") => Expr::Star,
            Token::Word(text) if text.eq_ignore_ascii_case(b"NULL") => Expr::Value(Cell::Null),
            Token::Word(text) if text.eq_ignore_ascii_case(b"TRUE") => Expr::Value(Cell::Int(1)),
            Token::Word(text) if text.eq_ignore_ascii_case(b"FALSE") => Expr::Value(Cell::Int(0)),
            Token::Word(text) | Token::Quoted(text) => {
                if matches!(token, Token::Word(_)) && self.sign("(") {
                    let distinct = self.word("DISTINCT");
                    let args = if self.sign(")") {
                        Vec::new()
                    } else {
                        let args = self.list()?;
                        self.need(")")?;
                        args
                    };
                    return Ok(Expr::Call(text.to_ascii_uppercase(), args, distinct));
                }
                if self.sign(".") {
                    if self.sign("*") {
                        return Ok(Expr::Star);
                    }
                    let column = self.name()?;
                    return Ok(Expr::Column(Some(text.clone()), column));
                }
                Expr::Column(None, text.clone())
            }
            Token::Sign(_) => {
                self.at -= 1;
                return Err(self.wrong("a value"));
            }
        })
    }

    fn alias(&mut self) -> Fallible<Option<Vec<u8>>> {
        if self.word("AS") {
            return self.name().map(Some);
        }
        match self.tokens.get(self.at) {
            Some(Token::Word(text))
                if !RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())) =>
            {
                self.name().map(Some)
            }
            Some(Token::Quoted(_)) => self.name().map(Some),
            _ => Ok(None),
        }
    }
}

/// Where columns are looked up: tables under their names, and one row of each.
struct Scope<'a> {
    columns: &'a [(Vec<u8>, Vec<u8>)],
}

fn as_number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Null => None,
        Cell::Int(value) => Some(*value as f64),
        Cell::Real(value) => Some(*value),
        Cell::Text(text) => Some(match number::parse(text) {
            number::Number::Int(value) => value as f64,
            number::Number::Uint(value) => value as f64,
            number::Number::Float(value) => value,
        }),
    }
}

fn text_of(cell: &Cell) -> Vec<u8> {
    let mut out = Vec::new();
    match cell {
        Cell::Null => {}
        Cell::Int(value) => number::format_int(*value, &mut out),
        Cell::Real(value) => number::format_float(*value, &mut out),
        Cell::Text(text) => out.extend_from_slice(text),
    }
    out
}

/// NULL before numbers before texts.
fn order(one: &Cell, two: &Cell) -> core::cmp::Ordering {
    let rank = |cell: &Cell| match cell {
        Cell::Null => 0,
        Cell::Int(_) | Cell::Real(_) => 1,
        Cell::Text(_) => 2,
    };
    match (one, two) {
        (Cell::Int(one), Cell::Int(two)) => one.cmp(two),
        (Cell::Text(one), Cell::Text(two)) => one.cmp(two),
        _ if rank(one) != rank(two) => rank(one).cmp(&rank(two)),
        _ => as_number(one).partial_cmp(&as_number(two)).unwrap_or(core::cmp::Ordering::Equal),
    }
}

/// Comparison with a text that is a number on one side counts as numbers.
fn compare(one: &Cell, two: &Cell) -> core::cmp::Ordering {
    match (one, two) {
        (Cell::Text(text), Cell::Int(_) | Cell::Real(_))
        | (Cell::Int(_) | Cell::Real(_), Cell::Text(text))
            if number::looks_like_number(text) =>
        {
            as_number(one).partial_cmp(&as_number(two)).unwrap_or(core::cmp::Ordering::Equal)
        }
        _ => order(one, two),
    }
}

fn truth(cell: &Cell) -> bool {
    as_number(cell).is_some_and(|value| value != 0.0)
}

fn boolean(holds: bool) -> Cell {
    Cell::Int(i64::from(holds))
}

/// `LIKE`: `%` any number, `_` one; letters of ASCII in either case. Needs no more than both lengths multiplied.
fn like(text: &[u8], pattern: &[u8]) -> bool {
    let (mut t, mut p) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'%' {
            back = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == b'_' || pattern[p].eq_ignore_ascii_case(&text[t])) {
            t += 1;
            p += 1;
        } else if let Some((star, from)) = back {
            p = star + 1;
            t = from + 1;
            back = Some((star, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'%')
}

const AGGREGATES: &[&[u8]] = &[b"COUNT", b"SUM", b"AVG", b"MIN", b"MAX", b"TOTAL", b"GROUP_CONCAT"];

fn has_aggregate(expr: &Expr) -> bool {
    match expr {
        Expr::Call(name, args, _) => {
            AGGREGATES.contains(&name.as_slice())
                && !(args.len() > 1 && matches!(name.as_slice(), b"MIN" | b"MAX"))
                || args.iter().any(has_aggregate)
        }
        Expr::Not(one) | Expr::Minus(one) | Expr::IsNull(one, _) => has_aggregate(one),
        Expr::Binary(_, one, two) => has_aggregate(one) || has_aggregate(two),
        Expr::In(one, list) => has_aggregate(one) || list.iter().any(has_aggregate),
        Expr::Between(one, two, three) => has_aggregate(one) || has_aggregate(two) || has_aggregate(three),
        Expr::Value(_) | Expr::Column(..) | Expr::Star => false,
    }
}

impl Scope<'_> {
    fn find(&self, table: Option<&[u8]>, column: &[u8]) -> Option<usize> {
        self.columns.iter().position(|(owner, name)| {
            name.eq_ignore_ascii_case(column) && table.is_none_or(|table| owner.eq_ignore_ascii_case(table))
        })
    }

    /// The value of an expression; `group` holds the rows that aggregates work on.
    fn value(&self, expr: &Expr, row: &[Cell], group: &[&[Cell]]) -> Fallible<Cell> {
        Ok(match expr {
            Expr::Value(cell) => cell.clone(),
            Expr::Star => Cell::Int(1),
            Expr::Column(table, name) => match self.find(table.as_deref(), name) {
                Some(at) => row.get(at).cloned().unwrap_or(Cell::Null),
                None => return Err(alloc::format!("no such column: {}", String::from_utf8_lossy(name))),
            },
            Expr::Not(inner) => match self.value(inner, row, group)? {
                Cell::Null => Cell::Null,
                cell => boolean(!truth(&cell)),
            },
            Expr::Minus(inner) => match self.value(inner, row, group)? {
                Cell::Null => Cell::Null,
                Cell::Int(value) => Cell::Int(value.wrapping_neg()),
                cell => Cell::Real(-as_number(&cell).unwrap_or(0.0)),
            },
            Expr::IsNull(inner, not) => boolean((self.value(inner, row, group)? == Cell::Null) != *not),
            Expr::In(inner, list) => {
                let wanted = self.value(inner, row, group)?;
                let mut found = false;
                for item in list {
                    let item = self.value(item, row, group)?;
                    found |= item != Cell::Null && compare(&wanted, &item).is_eq();
                }
                if wanted == Cell::Null { Cell::Null } else { boolean(found) }
            }
            Expr::Between(inner, low, high) => {
                let cell = self.value(inner, row, group)?;
                let (low, high) = (self.value(low, row, group)?, self.value(high, row, group)?);
                boolean(cell != Cell::Null && compare(&cell, &low).is_ge() && compare(&cell, &high).is_le())
            }
            Expr::Binary(sign, left, right) => {
                let left = self.value(left, row, group)?;
                let right = self.value(right, row, group)?;
                binary(sign, &left, &right)
            }
            Expr::Call(name, args, distinct)
                if has_aggregate(expr) && AGGREGATES.contains(&name.as_slice()) =>
            {
                let mut cells = Vec::new();
                for row in group {
                    let cell = match args.first() {
                        None | Some(Expr::Star) => Cell::Int(1),
                        Some(arg) => self.value(arg, row, &[])?,
                    };
                    if cell != Cell::Null && !(*distinct && cells.contains(&cell)) {
                        cells.push(cell);
                    }
                }
                aggregate(name, &cells)
            }
            Expr::Call(name, args, _) => {
                let mut cells = Vec::new();
                for arg in args {
                    cells.push(self.value(arg, row, group)?);
                }
                call(name, &cells)?
            }
        })
    }
}

fn binary(sign: &str, left: &Cell, right: &Cell) -> Cell {
    if sign == "AND" {
        return boolean(truth(left) && truth(right));
    }
    if sign == "OR" {
        return boolean(truth(left) || truth(right));
    }
    if *left == Cell::Null || *right == Cell::Null {
        return Cell::Null;
    }
    let ordering = compare(left, right);
    match sign {
        "=" | "==" => boolean(ordering.is_eq()),
        "<>" | "!=" => boolean(ordering.is_ne()),
        "<" => boolean(ordering.is_lt()),
        ">" => boolean(ordering.is_gt()),
        "<=" => boolean(ordering.is_le()),
        ">=" => boolean(ordering.is_ge()),
        "LIKE" => boolean(like(&text_of(left), &text_of(right))),
        "||" => Cell::Text([text_of(left), text_of(right)].concat()),
        _ => {
            if let (Cell::Int(one), Cell::Int(two)) = (left, right) {
                let exact = match sign {
                    "+" => one.checked_add(*two),
                    "-" => one.checked_sub(*two),
                    "*" => one.checked_mul(*two),
                    "/" => one.checked_div(*two),
                    _ => one.checked_rem(*two),
                };
                match exact {
                    Some(value) => return Cell::Int(value),
                    None if *two == 0 && matches!(sign, "/" | "%") => return Cell::Null,
                    None => {}
                }
            }
            let (one, two) = (as_number(left).unwrap_or(0.0), as_number(right).unwrap_or(0.0));
            Cell::Real(match sign {
                "+" => one + two,
                "-" => one - two,
                "*" => one * two,
                _ if two == 0.0 => return Cell::Null,
                "/" => one / two,
                _ => libm::fmod(one, two),
            })
        }
    }
}

fn aggregate(name: &[u8], cells: &[Cell]) -> Cell {
    let whole = cells.iter().all(|cell| matches!(cell, Cell::Int(_)));
    let sum: f64 = cells.iter().filter_map(as_number).sum();
    match name {
        b"COUNT" => Cell::Int(cells.len() as i64),
        b"TOTAL" => Cell::Real(sum),
        b"GROUP_CONCAT" => Cell::Text(cells.iter().map(text_of).collect::<Vec<_>>().join(&b","[..])),
        _ if cells.is_empty() => Cell::Null,
        b"SUM" if whole => Cell::Int(cells.iter().fold(0, |sum, cell| match cell {
            Cell::Int(value) => value.wrapping_add(sum),
            _ => sum,
        })),
        b"SUM" => Cell::Real(sum),
        b"AVG" => Cell::Real(sum / cells.len() as f64),
        b"MIN" => cells.iter().min_by(|one, two| order(one, two)).cloned().unwrap_or(Cell::Null),
        _ => cells.iter().max_by(|one, two| order(one, two)).cloned().unwrap_or(Cell::Null),
    }
}

fn call(name: &[u8], cells: &[Cell]) -> Fallible<Cell> {
    let first = cells.first().cloned().unwrap_or(Cell::Null);
    Ok(match name {
        b"COALESCE" | b"IFNULL" => {
            cells.iter().find(|cell| **cell != Cell::Null).cloned().unwrap_or(Cell::Null)
        }
        b"MIN" => cells.iter().min_by(|one, two| order(one, two)).cloned().unwrap_or(Cell::Null),
        b"MAX" => cells.iter().max_by(|one, two| order(one, two)).cloned().unwrap_or(Cell::Null),
        _ if first == Cell::Null => Cell::Null,
        b"UPPER" => Cell::Text(text_of(&first).to_ascii_uppercase()),
        b"LOWER" => Cell::Text(text_of(&first).to_ascii_lowercase()),
        b"LENGTH" => Cell::Int(s_text::utf8::count(&text_of(&first)) as i64),
        b"TRIM" => Cell::Text(text_of(&first).trim_ascii().to_vec()),
        b"ABS" => match first {
            Cell::Int(value) => Cell::Int(value.wrapping_abs()),
            cell => Cell::Real(as_number(&cell).unwrap_or(0.0).abs()),
        },
        b"ROUND" => {
            let places = cells.get(1).and_then(as_number).unwrap_or(0.0).clamp(0.0, 15.0);
            let scale = libm::pow(10.0, places);
            Cell::Real(libm::round(as_number(&first).unwrap_or(0.0) * scale) / scale)
        }
        b"SUBSTR" => {
            let text = text_of(&first);
            let from = cells.get(1).and_then(as_number).unwrap_or(1.0).max(1.0) as usize - 1;
            let count = cells.get(2).and_then(as_number).map_or(usize::MAX, |count| count.max(0.0) as usize);
            let parts: Vec<&[u8]> =
                s_text::utf8::code_points(&text).map(|(_, part)| part).skip(from).take(count).collect();
            Cell::Text(parts.concat())
        }
        _ => return Err(alloc::format!("no such function: {}", String::from_utf8_lossy(name))),
    })
}

fn converted(cell: Cell, kind: &[u8]) -> Cell {
    let kind = kind.to_ascii_uppercase();
    let has = |part: &[u8]| kind.windows(part.len()).any(|window| window == part);
    match cell {
        Cell::Text(text)
            if (has(b"INT") || has(b"REAL") || has(b"NUM") || has(b"FLOA") || has(b"DOUB"))
                && number::looks_like_number(&text) =>
        {
            match number::parse(&text) {
                number::Number::Int(value) if !has(b"REAL") => Cell::Int(value),
                _ => Cell::Real(as_number(&Cell::Text(text)).unwrap_or(0.0)),
            }
        }
        Cell::Int(value) if has(b"REAL") || has(b"FLOA") || has(b"DOUB") => Cell::Real(value as f64),
        cell @ (Cell::Int(_) | Cell::Real(_)) if has(b"CHAR") || has(b"TEXT") => Cell::Text(text_of(&cell)),
        cell => cell,
    }
}

impl Database {
    /// Runs statements, separated by `;`, and gives the rows of the last. The binds stand for `?`.
    ///
    /// # Errors
    /// Says what is wrong with the text or with the data.
    pub fn run(&mut self, text: &[u8], binds: &[Cell]) -> Fallible<Vec<Row>> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, binds: binds.iter(), depth: 0 };
        let mut result = Vec::new();
        loop {
            while parser.sign(";") {}
            if parser.at >= tokens.len() {
                return Ok(result);
            }
            result = self.statement(&mut parser)?;
            if parser.at < tokens.len() && !parser.sign(";") {
                return Err(parser.wrong("the end of the statement"));
            }
        }
    }

    /// The names of the tables.
    #[must_use]
    pub fn tables(&self) -> Vec<&[u8]> {
        self.tables.iter().map(|table| table.name.as_slice()).collect()
    }

    fn table(&self, name: &[u8]) -> Fallible<usize> {
        self.tables
            .iter()
            .position(|table| table.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| alloc::format!("no such table: {}", String::from_utf8_lossy(name)))
    }

    fn statement(&mut self, p: &mut Parser<'_>) -> Fallible<Vec<Row>> {
        self.changes = 0;
        if p.word("SELECT") {
            return self.select(p);
        }
        if p.word("CREATE") {
            return self.create(p);
        }
        if p.word("DROP") {
            p.need_word("TABLE")?;
            let maybe = p.word("IF") && p.word("EXISTS");
            let name = p.name()?;
            match self.table(&name) {
                Ok(at) => drop(self.tables.remove(at)),
                Err(_) if maybe => {}
                Err(error) => return Err(error),
            }
            return Ok(Vec::new());
        }
        if p.word("INSERT") {
            return self.insert(p);
        }
        if p.word("UPDATE") {
            let name = p.name()?;
            let at = self.table(&name)?;
            p.need_word("SET")?;
            let mut sets = Vec::new();
            loop {
                let column = p.name()?;
                p.need("=")?;
                sets.push((column, p.expr()?));
                if !p.sign(",") {
                    break;
                }
            }
            let condition = if p.word("WHERE") { Some(p.expr()?) } else { None };
            return self.change(at, condition.as_ref(), Some(&sets));
        }
        if p.word("DELETE") {
            p.need_word("FROM")?;
            let name = p.name()?;
            let at = self.table(&name)?;
            let condition = if p.word("WHERE") { Some(p.expr()?) } else { None };
            return self.change(at, condition.as_ref(), None);
        }
        if p.word("BEGIN") {
            p.skip();
            if self.before.is_some() {
                return Err("cannot start a transaction within a transaction".into());
            }
            self.before = Some(self.tables.clone());
            return Ok(Vec::new());
        }
        if p.word("COMMIT") || p.word("END") {
            p.skip();
            return match self.before.take() {
                Some(_) => Ok(Vec::new()),
                None => Err("cannot commit - no transaction is active".into()),
            };
        }
        if p.word("ROLLBACK") {
            p.skip();
            self.tables = self.before.take().ok_or("cannot rollback - no transaction is active")?;
            return Ok(Vec::new());
        }
        if p.word("PRAGMA") {
            p.skip();
            return Ok(Vec::new());
        }
        Err(p.wrong("a statement"))
    }

    fn create(&mut self, p: &mut Parser<'_>) -> Fallible<Vec<Row>> {
        if p.word("UNIQUE")
            || matches!(p.tokens.get(p.at), Some(Token::Word(word)) if word.eq_ignore_ascii_case(b"INDEX"))
        {
            // Everything is searched from end to end: an index is only remembered by who made it.
            while p.at < p.tokens.len() && p.tokens[p.at] != Token::Sign(";") {
                p.at += 1;
            }
            return Ok(Vec::new());
        }
        p.need_word("TABLE")?;
        let maybe = p.word("IF") && p.word("NOT") && p.word("EXISTS");
        let name = p.name()?;
        let known = self.table(&name).is_ok();
        if known && !maybe {
            return Err(alloc::format!("table {} already exists", String::from_utf8_lossy(&name)));
        }
        p.need("(")?;
        let mut columns: Vec<Column> = Vec::new();
        loop {
            if p.word("PRIMARY")
                || p.word("FOREIGN")
                || p.word("CONSTRAINT")
                || p.word("CHECK")
                || p.word("UNIQUE")
            {
                Self::skip_parts(p);
            } else {
                let mut column = Column {
                    name: p.name()?,
                    kind: Vec::new(),
                    key: false,
                    unique: false,
                    not_null: false,
                    default: Cell::Null,
                };
                loop {
                    if p.word("PRIMARY") {
                        p.need_word("KEY")?;
                        column.key = column.kind.eq_ignore_ascii_case(b"INTEGER");
                        column.unique = true;
                    } else if p.word("NOT") {
                        p.need_word("NULL")?;
                        column.not_null = true;
                    } else if p.word("UNIQUE") {
                        column.unique = true;
                    } else if p.word("DEFAULT") {
                        let value = p.level(6)?;
                        column.default = Scope { columns: &[] }.value(&value, &[], &[])?;
                    } else if p.word("AUTOINCREMENT") {
                    } else if p.word("CHECK") || p.word("REFERENCES") {
                        Self::skip_parts(p);
                    } else if matches!(p.tokens.get(p.at), Some(Token::Word(_))) {
                        column.kind.extend(p.name()?);
                    } else if p.sign("(") {
                        while p.at < p.tokens.len() && !p.sign(")") {
                            p.at += 1;
                        }
                    } else {
                        break;
                    }
                }
                columns.push(column);
            }
            if !p.sign(",") {
                break;
            }
        }
        p.need(")")?;
        if !known {
            self.tables.push(Table { name, columns, rows: Vec::new(), next: 1 });
        }
        Ok(Vec::new())
    }

    /// Skips a constraint up to the next comma or the end of the columns.
    fn skip_parts(p: &mut Parser<'_>) {
        let mut depth = 0;
        while let Some(token) = p.tokens.get(p.at) {
            match token {
                Token::Sign("(") => depth += 1,
                Token::Sign(")") if depth == 0 => return,
                Token::Sign(")") => depth -= 1,
                Token::Sign(",") if depth == 0 => return,
                _ => {}
            }
            p.at += 1;
        }
    }

    fn insert(&mut self, p: &mut Parser<'_>) -> Fallible<Vec<Row>> {
        let replace = p.word("OR")
            && (p.word("REPLACE") || {
                p.need_word("IGNORE")?;
                false
            });
        p.need_word("INTO")?;
        let name = p.name()?;
        let at = self.table(&name)?;
        let mut order: Vec<usize> = (0..self.tables[at].columns.len()).collect();
        if p.sign("(") {
            order.clear();
            loop {
                let column = p.name()?;
                order.push(self.column(at, &column)?);
                if !p.sign(",") {
                    break;
                }
            }
            p.need(")")?;
        }
        p.need_word("VALUES")?;
        let mut fresh = Vec::new();
        loop {
            p.need("(")?;
            let values = p.list()?;
            p.need(")")?;
            if values.len() != order.len() {
                return Err(alloc::format!("{} values for {} columns", values.len(), order.len()));
            }
            let mut row: Vec<Cell> =
                self.tables[at].columns.iter().map(|column| column.default.clone()).collect();
            for (value, &place) in values.iter().zip(&order) {
                row[place] = Scope { columns: &[] }.value(value, &[], &[])?;
            }
            fresh.push(row);
            if !p.sign(",") {
                break;
            }
        }
        let count = fresh.len();
        let saved = (self.tables[at].rows.len(), self.tables[at].next);
        for row in fresh {
            if let Err(error) = self.add_row(at, row, replace) {
                let table = &mut self.tables[at];
                table.rows.truncate(saved.0);
                table.next = saved.1;
                return Err(error);
            }
        }
        self.changes = count as i64;
        Ok(Vec::new())
    }

    fn column(&self, table: usize, name: &[u8]) -> Fallible<usize> {
        let columns = &self.tables[table].columns;
        columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| alloc::format!("no such column: {}", String::from_utf8_lossy(name)))
    }

    fn add_row(&mut self, at: usize, mut row: Vec<Cell>, replace: bool) -> Fallible<()> {
        let table = &mut self.tables[at];
        let mut id = table.next;
        for (place, column) in table.columns.iter().enumerate() {
            let cell = core::mem::replace(&mut row[place], Cell::Null);
            row[place] = converted(cell, &column.kind);
            if column.key {
                match row[place] {
                    Cell::Null => row[place] = Cell::Int(id),
                    Cell::Int(given) => id = given,
                    _ => {}
                }
            }
        }
        check(table, &row, if replace { None } else { Some(usize::MAX) })?;
        if replace {
            for (place, column) in table.columns.iter().enumerate() {
                if column.unique {
                    table.rows.retain(|known| known[place] != row[place]);
                }
            }
        }
        table.rows.push(row);
        table.next = table.next.max(id.saturating_add(1));
        self.last_id = id;
        Ok(())
    }

    fn change(
        &mut self,
        at: usize,
        condition: Option<&Expr>,
        sets: Option<&Vec<(Vec<u8>, Expr)>>,
    ) -> Fallible<Vec<Row>> {
        let columns: Vec<(Vec<u8>, Vec<u8>)> = self.tables[at]
            .columns
            .iter()
            .map(|column| (self.tables[at].name.clone(), column.name.clone()))
            .collect();
        let scope = Scope { columns: &columns };
        let places: Vec<usize> = match sets {
            Some(sets) => sets.iter().map(|(name, _)| self.column(at, name)).collect::<Fallible<_>>()?,
            None => Vec::new(),
        };
        let mut kept = Vec::new();
        let mut changes = 0;
        let rows = self.tables[at].rows.clone();
        for mut row in rows {
            let hit = match condition {
                Some(condition) => truth(&scope.value(condition, &row, &[])?),
                None => true,
            };
            if hit {
                changes += 1;
                let Some(sets) = sets else { continue };
                let mut new = row.clone();
                for ((_, value), &place) in sets.iter().zip(&places) {
                    let cell = scope.value(value, &row, &[])?;
                    new[place] = converted(cell, &self.tables[at].columns[place].kind);
                }
                row = new;
            }
            kept.push(row);
        }
        let table = &mut self.tables[at];
        let old = core::mem::replace(&mut table.rows, kept);
        for n in 0..table.rows.len() {
            if sets.is_some()
                && let Err(error) = check(table, &table.rows[n], Some(n))
            {
                table.rows = old;
                return Err(error);
            }
        }
        self.changes = changes;
        Ok(Vec::new())
    }

    fn select(&mut self, p: &mut Parser<'_>) -> Fallible<Vec<Row>> {
        let distinct = p.word("DISTINCT");
        let mut outputs: Vec<(Expr, Option<Vec<u8>>, String)> = Vec::new();
        loop {
            let from = p.at;
            let expr = p.expr()?;
            let shown = shown(&p.tokens[from..p.at]);
            let alias = if matches!(expr, Expr::Star) { None } else { p.alias()? };
            outputs.push((expr, alias, shown));
            if !p.sign(",") {
                break;
            }
        }
        let mut columns: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let mut rows: Vec<Vec<Cell>> = alloc::vec![Vec::new()];
        if p.word("FROM") {
            self.source(p, &mut columns, &mut rows, None)?;
            loop {
                let left = p.word("LEFT");
                if left {
                    let _ = p.word("OUTER");
                }
                let plain = p.word("INNER") || p.word("CROSS");
                if p.word("JOIN") {
                    self.source(p, &mut columns, &mut rows, Some(left))?;
                } else if !left && !plain && p.sign(",") {
                    self.source(p, &mut columns, &mut rows, Some(false))?;
                } else {
                    break;
                }
            }
        }
        let scope = Scope { columns: &columns };
        if p.word("WHERE") {
            let condition = p.expr()?;
            let mut kept = Vec::new();
            for row in rows {
                if truth(&scope.value(&condition, &row, &[])?) {
                    kept.push(row);
                }
            }
            rows = kept;
        }
        let mut keys = Vec::new();
        let mut having = None;
        if p.word("GROUP") {
            p.need_word("BY")?;
            keys = p.list()?;
            if p.word("HAVING") {
                having = Some(p.expr()?);
            }
        }
        let mut sorts = Vec::new();
        if p.word("ORDER") {
            p.need_word("BY")?;
            loop {
                let expr = p.expr()?;
                let down = p.word("DESC");
                if !down {
                    let _ = p.word("ASC");
                }
                sorts.push((expr, down));
                if !p.sign(",") {
                    break;
                }
            }
        }
        let count = |p: &mut Parser<'_>| -> Fallible<usize> {
            let expr = p.expr()?;
            let cell = Scope { columns: &[] }.value(&expr, &[], &[])?;
            Ok(as_number(&cell)
                .map_or(usize::MAX, |count| if count < 0.0 { usize::MAX } else { count as usize }))
        };
        let mut limit = usize::MAX;
        let mut skip = 0;
        if p.word("LIMIT") {
            limit = count(p)?;
            if p.word("OFFSET") {
                skip = count(p)?;
            } else if p.sign(",") {
                skip = limit;
                limit = count(p)?;
            }
        }
        let grouped = !keys.is_empty() || outputs.iter().any(|(expr, ..)| has_aggregate(expr));
        let mut groups: Vec<(Vec<Cell>, Vec<&[Cell]>)> = Vec::new();
        if grouped {
            for row in &rows {
                let mut key = Vec::new();
                for expr in &keys {
                    // A name of an output stands for what it is.
                    key.push(scope.value(aliased(expr, &outputs, &scope), row, &[])?);
                }
                match groups.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, members)) => members.push(row),
                    None => groups.push((key, alloc::vec![row])),
                }
            }
            if groups.is_empty() && keys.is_empty() {
                groups.push((Vec::new(), Vec::new()));
            }
        } else {
            groups = rows.iter().map(|row| (Vec::new(), alloc::vec![row.as_slice()])).collect();
        }
        let mut found: Vec<(Vec<Cell>, Row)> = Vec::new();
        for (_, members) in &groups {
            let empty: &[Cell] = &[];
            let first = members.first().copied().unwrap_or(empty);
            if let Some(having) = &having
                && !truth(&scope.value(aliased(having, &outputs, &scope), first, members)?)
            {
                continue;
            }
            let mut out: Row = Vec::new();
            for (expr, alias, shown) in &outputs {
                if matches!(expr, Expr::Star) {
                    for (at, (_, name)) in columns.iter().enumerate() {
                        out.push((name.clone(), first.get(at).cloned().unwrap_or(Cell::Null)));
                    }
                    continue;
                }
                let name = match (alias, expr) {
                    (Some(alias), _) => alias.clone(),
                    (None, Expr::Column(_, name)) => name.clone(),
                    (None, _) => shown.clone().into_bytes(),
                };
                out.push((name, scope.value(expr, first, members)?));
            }
            let mut key = Vec::new();
            for (expr, _) in &sorts {
                key.push(match expr {
                    Expr::Value(Cell::Int(number)) if *number >= 1 && *number as usize <= out.len() => {
                        out[*number as usize - 1].1.clone()
                    }
                    _ => scope.value(aliased(expr, &outputs, &scope), first, members)?,
                });
            }
            if !(distinct && found.iter().any(|(_, known)| *known == out)) {
                found.push((key, out));
            }
        }
        found.sort_by(|(one, _), (two, _)| {
            let pairs = one.iter().zip(two).zip(&sorts);
            pairs.fold(core::cmp::Ordering::Equal, |known, ((one, two), (_, down))| {
                known.then_with(|| if *down { order(two, one) } else { order(one, two) })
            })
        });
        Ok(found.into_iter().map(|(_, row)| row).skip(skip).take(limit).collect())
    }

    /// One more table of a query, joined to what there is.
    fn source(
        &self,
        p: &mut Parser<'_>,
        columns: &mut Vec<(Vec<u8>, Vec<u8>)>,
        rows: &mut Vec<Vec<Cell>>,
        join: Option<bool>,
    ) -> Fallible<()> {
        const MOST: usize = 10_000_000;
        let name = p.name()?;
        let table = &self.tables[self.table(&name)?];
        let alias = p.alias()?.unwrap_or_else(|| table.name.clone());
        columns.extend(table.columns.iter().map(|column| (alias.clone(), column.name.clone())));
        let condition = if join.is_some() && p.word("ON") { Some(p.expr()?) } else { None };
        let scope = Scope { columns };
        let mut out = Vec::new();
        for row in rows.iter() {
            let mut matched = false;
            for other in &table.rows {
                let both = [row.as_slice(), other.as_slice()].concat();
                let hit = match &condition {
                    Some(condition) => truth(&scope.value(condition, &both, &[])?),
                    None => true,
                };
                if hit {
                    matched = true;
                    out.push(both);
                }
                if out.len() > MOST {
                    return Err("too many rows".into());
                }
            }
            if !matched && join == Some(true) {
                let mut both = row.clone();
                both.extend(table.columns.iter().map(|_| Cell::Null));
                out.push(both);
            }
        }
        *rows = out;
        Ok(())
    }
}

/// Constraints of a row; `own` is its place among the rows, `usize::MAX` for a new one, `None` not to look.
fn check(table: &Table, row: &[Cell], own: Option<usize>) -> Fallible<()> {
    for (place, column) in table.columns.iter().enumerate() {
        let shown = || {
            alloc::format!(
                "{}.{}",
                String::from_utf8_lossy(&table.name),
                String::from_utf8_lossy(&column.name)
            )
        };
        if column.not_null && row[place] == Cell::Null {
            return Err(alloc::format!("NOT NULL constraint failed: {}", shown()));
        }
        if let Some(own) = own
            && column.unique
            && row[place] != Cell::Null
            && table.rows.iter().enumerate().any(|(n, known)| n != own && known[place] == row[place])
        {
            return Err(alloc::format!("UNIQUE constraint failed: {}", shown()));
        }
    }
    Ok(())
}

/// What a name of an output stands for, unless it is a column.
fn aliased<'e>(
    expr: &'e Expr,
    outputs: &'e [(Expr, Option<Vec<u8>>, String)],
    scope: &Scope<'_>,
) -> &'e Expr {
    let Expr::Column(None, name) = expr else { return expr };
    if scope.find(None, name).is_some() {
        return expr;
    }
    let found = outputs
        .iter()
        .find(|(_, alias, _)| alias.as_ref().is_some_and(|alias| alias.eq_ignore_ascii_case(name)));
    found.map_or(expr, |(expr, ..)| expr)
}

/// An expression as it was written, which names its column.
fn shown(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens {
        match token {
            Token::Word(text) | Token::Quoted(text) | Token::Text(text) => {
                out.push_str(&String::from_utf8_lossy(text))
            }
            Token::Number(cell) => out.push_str(&String::from_utf8_lossy(&text_of(cell))),
            Token::Sign(sign) => out.push_str(sign),
            Token::Bind => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.as_bytes().to_vec())
    }

    fn first(rows: &[Row]) -> Vec<Cell> {
        rows.iter().map(|row| row[0].1.clone()).collect()
    }

    #[test]
    fn statements_and_queries() {
        let mut db = Database::default();
        db.run(b"CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INT)", &[]).unwrap();
        db.run(b"INSERT INTO t (name, n) VALUES (?, ?), ('b', 2), ('c', 3)", &[text("a"), Cell::Int(1)])
            .unwrap();
        assert_eq!((db.last_id, db.changes), (3, 3));
        let rows = db.run(
            b"SELECT name FROM t WHERE n >= ? AND name LIKE '%' ORDER BY n DESC LIMIT 2",
            &[Cell::Int(2)],
        );
        assert_eq!(first(&rows.unwrap()), [text("c"), text("b")]);
        db.run(b"UPDATE t SET n = n * 10 WHERE name IN ('a', 'b')", &[]).unwrap();
        assert_eq!(first(&db.run(b"SELECT SUM(n) AS s FROM t", &[]).unwrap()), [Cell::Int(33)]);
        db.run(b"DELETE FROM t WHERE n = 3", &[]).unwrap();
        assert_eq!(first(&db.run(b"select count(*) from t", &[]).unwrap()), [Cell::Int(2)]);
        db.run(b"CREATE TABLE u (t_id INT, v TEXT); INSERT INTO u VALUES (1, 'x'), (1, 'y')", &[]).unwrap();
        let rows = db
            .run(
                b"SELECT t.name, COUNT(u.v) c FROM t LEFT JOIN u ON u.t_id = t.id GROUP BY t.name ORDER BY c",
                &[],
            )
            .unwrap();
        assert_eq!(first(&rows), [text("b"), text("a")]);
        assert_eq!(rows[1][1].1, Cell::Int(2));
    }

    #[test]
    fn mistakes_are_told() {
        let mut db = Database::default();
        db.run(b"CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE NOT NULL)", &[]).unwrap();
        db.run(b"INSERT INTO t VALUES (1, 'x')", &[]).unwrap();
        for source in [
            &b"SELECT"[..],
            b"SELECT x FROM t",
            b"SELECT * FROM v",
            b"INSERT INTO t VALUES (1, 'y')",
            b"INSERT INTO t VALUES (2, 'x')",
            b"INSERT INTO t VALUES (2, NULL)",
            b"INSERT INTO t VALUES (2)",
            b"SELECT 'x",
            b"DROP",
            b"CREATE TABLE t (a",
            b"SELECT ((1)",
            b"\xff",
            b"SELECT 1 FROM t WHERE",
            b"x",
        ] {
            assert!(db.run(source, &[]).is_err(), "{}", String::from_utf8_lossy(source));
        }
        let deep = [b"SELECT ".to_vec(), b"(".repeat(5000)].concat();
        assert!(db.run(&deep, &[]).is_err());
        assert_eq!(db.run(b"SELECT 1/0", &[]).unwrap()[0][0].1, Cell::Null);
    }
}
