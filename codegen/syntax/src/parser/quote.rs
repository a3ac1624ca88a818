//! Quoted texts: where they end, what is interpolated, which escapes mean what.
//!
//! The end of a text is found first, as the language says; only then is its inside read. What is
//! interpolated is read in place, so that its spans are exact, except where the text escapes its own
//! delimiter inside an expression: then a copy without those backslashes is read.
//!
//! Long because every form of quoting shares its way to the end of the quote.

use super::term::ScalarBase;
use super::{Parser, is_ident_char, is_ident_start};
use crate::ast::{CaseMod, Expr, ExprKind, Piece, Regex, Replacement, Sigil, Subst, Trans};
use crate::error::ErrorKind;

/// How the inside of a quoted text is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted {
    /// A pattern: escapes are left to the engine.
    regex: bool,
    /// The closing delimiter.
    closer: u8,
}

impl Quoted {
    /// A text.
    pub(super) fn string(closer: u8) -> Self {
        Self { regex: false, closer }
    }

    fn regex(closer: u8) -> Self {
        Self { regex: true, closer }
    }
}

/// The inside of a quoted text, as offsets, and the offset behind the closing delimiter.
#[derive(Clone, Copy, Debug)]
struct Inside {
    from: usize,
    to: usize,
    next: usize,
    closer: u8,
    closed: bool,
}

fn closing(opener: u8) -> u8 {
    match opener {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        other => other,
    }
}

impl Parser<'_> {
    /// Whether the word that is next opens a quote rather than naming something.
    pub(super) fn is_quote(&self, word: &str) -> bool {
        let end = self.at + word.len();
        let direct = self.byte_at(end);
        // Directly behind the word `#` is a delimiter, behind a blank a comment.
        let (place, newline) = if direct == b'#' { (end, false) } else { self.after_blanks(end) };
        let delimiter = self.byte_at(place);
        if delimiter == 0 || is_ident_char(delimiter) && delimiter < 0x80 {
            return false;
        }
        if self.sees_at(place, "=>") {
            return false;
        }
        match delimiter {
            b';' | b')' | b']' | b'}' => direct == delimiter && self.compat && matches!(delimiter, b';'),
            b',' => self.compat && direct == b',' || self.three_commas(word, place),
            b'=' => direct == b'=' && matches!(word, "s" | "m" | "q" | "qq" | "qr") && self.compat,
            _ if newline && !self.compat => false,
            b'-' if self.byte_at(place + 1) == b'>' => false,
            _ => true,
        }
    }

    /// Whether `s,a,b,` has its three commas before the statement ends.
    fn three_commas(&self, word: &str, place: usize) -> bool {
        let wanted = if matches!(word, "s" | "tr" | "y") { 3 } else { 2 };
        let mut commas = 0;
        let mut i = place;
        while !matches!(self.byte_at(i), b';' | b'\n' | 0) {
            if self.byte_at(i) == b',' {
                commas += 1;
            }
            i += 1;
        }
        commas >= wanted && place == self.at + word.len()
    }

    // --- finding ends

    /// The inside of the text whose opening delimiter is at `place`; reports one without an end.
    fn inside(&mut self, place: usize, code: bool) -> Inside {
        let opener = self.byte_at(place);
        let width = self.char_at(place).map_or(1, char::len_utf8);
        let closer = closing(opener);
        let from = place + width;
        if opener >= 0x80 {
            let delimiter = self.slice(place, from).to_owned();
            let rest = self.slice(from.min(self.end), self.end);
            if let Some(found) = rest.find(&delimiter) {
                let to = from + found;
                return Inside { from, to, next: to + width, closer: 0, closed: true };
            }
            return self.unclosed(place, from, opener);
        }
        let mut depth = 0_usize;
        let mut i = from;
        while i < self.end {
            let byte = self.src[i];
            if byte == b'\\' {
                i += 2;
                continue;
            }
            if byte == closer {
                if depth == 0 {
                    return Inside { from, to: i, next: i + 1, closer, closed: true };
                }
                depth -= 1;
            } else if byte == opener {
                depth += 1;
            } else if code
                && byte == b'#'
                && !self.compat
                && self.byte_at(i + 1) == b'{'
                && opener == closer
                && let Some(end) = self.block_in_string(i + 1)
            {
                i = end;
                continue;
            }
            i += 1;
        }
        self.unclosed(place, from, opener)
    }

    fn unclosed(&mut self, place: usize, from: usize, opener: u8) -> Inside {
        let span = self.span(place, from);
        let what = match opener {
            b'"' | b'\'' | b'`' => "string",
            b'/' => "pattern",
            _ => "quoted text",
        };
        let closer = char::from(closing(opener));
        let message = format!("the {what} is never closed");
        let hint = format!("add a `{closer}` where it ends");
        self.report(ErrorKind::UnclosedString, span, message, "opened here", Some(hint));
        // What follows on the line is lost; the lines behind it may still make sense.
        let to = self.line_end(from.min(self.end));
        Inside { from: from.min(to), to, next: to, closer: closing(opener), closed: false }
    }

    /// The end of the `{...}` at `place` inside a string, quotes in it being seen; it has to end on
    /// its line, or within a screenful of lines.
    fn block_in_string(&self, place: usize) -> Option<usize> {
        let limit = self.end.min(place + 2048);
        let mut depth = 0_usize;
        let mut i = place;
        while i < limit {
            match self.src[i] {
                b'\\' => i += 1,
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(i + 1);
                    }
                }
                quote @ (b'"' | b'\'') => {
                    if quote == b'\'' && is_ident_char(self.src[i - 1]) {
                        i += 1;
                        continue;
                    }
                    let mut j = i + 1;
                    while j < limit && self.src[j] != quote && self.src[j] != b'\n' {
                        j += if self.src[j] == b'\\' { 2 } else { 1 };
                    }
                    if j >= limit || self.src[j] != quote {
                        return None;
                    }
                    i = j;
                }
                b';' | b'\n' if depth == 0 => return None,
                _ => {}
            }
            i += 1;
        }
        None
    }

    // --- literals

    /// `"..."`, `'...'` or a command in backticks.
    pub(super) fn quoted(&mut self) -> Expr {
        let from = self.at;
        let opener = self.byte(0);
        let inside = self.inside(from, opener != b'\'');
        let kind = match opener {
            b'\'' => ExprKind::Str(self.raw(inside)),
            b'"' => ExprKind::Str(self.interpolate(inside.from, inside.to, Quoted::string(b'"'))),
            _ => ExprKind::Command(self.interpolate(inside.from, inside.to, Quoted::string(b'`'))),
        };
        self.advance_to(inside.next);
        let text = self.node(from, kind);
        if self.byte(0) == b'-' && self.byte(1) == b'>' { self.suffixes(text, false) } else { text }
    }

    /// `"""..."""`, raw with an `r` before it.
    pub(super) fn triple_quoted(&mut self, raw: bool) -> Expr {
        let from = self.at;
        let start = from + 3 + usize::from(raw);
        let rest = self.slice(start.min(self.end), self.end);
        let Some(length) = rest.find("\"\"\"") else {
            let inside = self.unclosed(from, start, b'"');
            self.advance_to(inside.next);
            return self.node(from, ExprKind::Error);
        };
        let end = start + length;
        let pieces = if raw {
            text_piece(self.slice(start, end).as_bytes().to_vec())
        } else {
            self.interpolate(start, end, Quoted::string(0))
        };
        self.advance_to(end + 3);
        self.node(from, ExprKind::Str(pieces))
    }

    /// The text of single quotes: only the delimiter and the backslash are escaped.
    fn raw(&self, inside: Inside) -> Vec<Piece> {
        let bytes = &self.src[inside.from..inside.to];
        if !bytes.contains(&b'\\') {
            return text_piece(bytes.to_vec());
        }
        let opener = self.src[inside.from - 1];
        let mut text = Vec::with_capacity(bytes.len());
        let mut i = 0;
        while i < bytes.len() {
            if bytes[i] == b'\\' && i + 1 < bytes.len() {
                let next = bytes[i + 1];
                if next == b'\\' || next == inside.closer || next == opener {
                    text.push(next);
                    i += 2;
                    continue;
                }
            }
            text.push(bytes[i]);
            i += 1;
        }
        text_piece(text)
    }

    /// A quote-like operator; its word is next.
    pub(super) fn quote_like(&mut self, word: &str) -> Expr {
        let from = self.at;
        let end = from + word.len();
        let open = if self.byte_at(end) == b'#' { end } else { self.after_blanks(end).0 };
        let opener = self.byte_at(open);
        let inside = self.inside(open, word == "qq");
        match word {
            "q" => {
                let pieces = self.raw(inside);
                self.advance_to(inside.next);
                self.node(from, ExprKind::Str(pieces))
            }
            "qq" | "qx" => {
                let pieces = if opener == b'\'' && word == "qx" {
                    self.raw(inside)
                } else {
                    self.interpolate(inside.from, inside.to, Quoted::string(inside.closer))
                };
                self.advance_to(inside.next);
                let kind = if word == "qq" { ExprKind::Str(pieces) } else { ExprKind::Command(pieces) };
                self.node(from, kind)
            }
            "qw" => {
                let text = self.slice(inside.from, inside.to);
                let words = text
                    .split_ascii_whitespace()
                    .map(|word| unescaped_word(word, opener, inside.closer))
                    .collect();
                self.advance_to(inside.next);
                let words = self.node(from, ExprKind::Words(words));
                if self.byte(0) == b'[' && !self.on_new_line() {
                    return self.list_slice(words);
                }
                words
            }
            "m" | "qr" => {
                let (flags, next) = self.regex_flags(inside.next, "msixxnpgcodualr");
                let regex = Box::new(self.regex(inside, opener, flags));
                self.advance_to(next);
                let kind = if word == "m" { ExprKind::Match(regex) } else { ExprKind::Qr(regex) };
                self.node(from, kind)
            }
            "s" => self.substitution(from, inside, opener),
            _ => self.transliteration(from, inside, opener),
        }
    }

    /// `/.../`; the slash is next.
    pub(super) fn regex_literal(&mut self) -> Expr {
        let from = self.at;
        let inside = self.inside(from, false);
        let (flags, next) = self.regex_flags(inside.next, "msixxnpgcodualr");
        let regex = Box::new(self.regex(inside, b'/', flags));
        self.advance_to(next);
        self.node(from, ExprKind::Match(regex))
    }

    fn regex(&mut self, inside: Inside, opener: u8, flags: String) -> Regex {
        let raw = opener == b'\'';
        let pattern = if raw {
            text_piece(self.src[inside.from..inside.to].to_vec())
        } else {
            self.interpolate(inside.from, inside.to, Quoted::regex(inside.closer))
        };
        Regex { pattern, flags, raw, once: opener == b'?' }
    }

    /// The letters behind a pattern. A word that is an operator is none.
    fn regex_flags(&mut self, place: usize, known: &str) -> (String, usize) {
        let end = self.ident_end(place);
        let word = self.slice(place, end);
        let all_known = word.chars().all(|letter| known.contains(letter));
        let operator = super::word::is_operator_word(word);
        if matches!(word, "and" | "or" | "xor") || operator && !all_known {
            return (String::new(), place);
        }
        for (offset, letter) in word.char_indices() {
            if !known.contains(letter) {
                let span = self.span(place + offset, place + offset + letter.len_utf8());
                let message = format!("`{letter}` is no flag of this pattern");
                self.report(ErrorKind::BadFlag, span, message, "unknown flag", None);
                break;
            }
        }
        (word.to_owned(), end)
    }

    /// The second part of `s` or `tr`: its inside and its opening delimiter.
    fn second_part(&mut self, first: Inside, opener: u8) -> (Inside, u8) {
        if !first.closed {
            return (Inside { from: first.next, to: first.next, ..first }, opener);
        }
        if closing(opener) != opener {
            let (open, _) = self.after_blanks(first.next);
            let second = self.byte_at(open);
            if open >= self.end || is_ident_char(second) && second < 0x80 {
                let inside = self.unclosed(first.next.saturating_sub(1), first.next, second);
                return (inside, opener);
            }
            return (self.inside(open, false), second);
        }
        (self.inside(first.to, false), opener)
    }

    fn substitution(&mut self, from: usize, first: Inside, opener: u8) -> Expr {
        let (second, second_opener) = self.second_part(first, opener);
        let (flags, next) = self.regex_flags(second.next, "msixxnpgcodualree");
        let evals = flags.matches('e').count() as u32;
        let kept: String = flags.chars().filter(|flag| *flag != 'e').collect();
        let regex = self.regex(first, opener, kept);
        let replacement = if evals > 0 {
            let body = self.code_in_quotes(second);
            Replacement::Code { body, evals: evals - 1 }
        } else if second_opener == b'\'' {
            Replacement::Text(text_piece(self.src[second.from..second.to].to_vec()))
        } else {
            Replacement::Text(self.interpolate(second.from, second.to, Quoted::string(second.closer)))
        };
        self.advance_to(next);
        self.node(from, ExprKind::Subst(Box::new(Subst { regex, replacement })))
    }

    /// Statements between the delimiters of a quote.
    fn code_in_quotes(&mut self, inside: Inside) -> crate::ast::Block {
        let span = self.span(inside.from, inside.to);
        if self.escapes_delimiter(inside.from, inside.to, inside.closer) {
            let text = without_backslashes(self.slice(inside.from, inside.to), inside.closer);
            return self.detached(&text, span, |parser| parser.statements_as_block());
        }
        let (from, to) = (inside.from, inside.to);
        self.within(from, to, |parser| parser.statements_as_block())
    }

    fn statements_as_block(&mut self) -> crate::ast::Block {
        let from = self.at;
        let stmts = self.statements(None);
        crate::ast::Block { span: self.span(from, self.end), stmts, params: Vec::new() }
    }

    fn transliteration(&mut self, from: usize, first: Inside, opener: u8) -> Expr {
        let (second, _) = self.second_part(first, opener);
        let (flags, next) = self.regex_flags(second.next, "cdsr");
        let trans = Trans {
            from: self.src[first.from..first.to].to_vec(),
            to: self.src[second.from..second.to].to_vec(),
            flags,
        };
        self.advance_to(next);
        self.node(from, ExprKind::Trans(Box::new(trans)))
    }

    // --- here-documents

    /// A here-document, whose `<<` is next; `None` if it is none.
    pub(super) fn heredoc_start(&mut self) -> Option<Expr> {
        let from = self.at;
        let mut place = from + 2;
        let indented = self.byte_at(place) == b'~';
        if indented {
            place += 1;
        }
        if self.compat {
            // A blank may stand before a quoted tag.
            let (next, newline) = self.after_blanks(place);
            if !newline && matches!(self.byte_at(next), b'"' | b'\'' | b'`') {
                place = next;
            }
        }
        let quote = self.byte_at(place);
        let (tag, end, interpolates) = if matches!(quote, b'"' | b'\'') || quote == b'`' && self.compat {
            let mut end = place + 1;
            while !matches!(self.byte_at(end), b'\n' | 0) && self.byte_at(end) != quote {
                end += 1;
            }
            if self.byte_at(end) != quote {
                return None;
            }
            (self.slice(place + 1, end).to_owned(), end + 1, quote != b'\'')
        } else {
            let end = self.ident_end(place);
            if end == place {
                return None;
            }
            (self.slice(place, end).to_owned(), end, true)
        };
        // The text starts on the next line, or behind the text before it.
        let (line_end, start) = match self.heredoc {
            Some((line_end, resume)) if line_end >= from => (line_end, resume),
            _ => {
                let line_end = self.line_end(end);
                (line_end, (line_end + 1).min(self.end))
            }
        };
        let Some((to, resume)) = self.heredoc_end(start, &tag, indented) else {
            let span = self.span(from, end);
            let message = format!("the here-document `{tag}` is never closed");
            let hint = format!("add a line `{tag}` behind it");
            self.report(ErrorKind::UnclosedHeredoc, span, message, "opened here", Some(hint));
            self.advance_to(end);
            return Some(self.node(from, ExprKind::Error));
        };
        let pieces = self.heredoc_pieces(start, to, indented, interpolates);
        self.heredoc = Some((line_end, resume));
        self.advance_to(end);
        let kind = if quote == b'`' { ExprKind::Command(pieces) } else { ExprKind::Str(pieces) };
        Some(self.node(from, kind))
    }

    /// In Perl: whether `<< "TAG"` is next, with a blank, and the lines behind this one end in its tag.
    pub(super) fn spaced_heredoc(&self) -> bool {
        let (open, newline) = self.after_blanks(self.at + 2);
        let quote = self.byte_at(open);
        if !self.compat || newline || !matches!(quote, b'"' | b'\'') {
            return false;
        }
        let line_end = self.line_end(open);
        let tag = self.slice(open + 1, line_end).split(char::from(quote)).next().unwrap_or_default();
        !tag.is_empty() && self.heredoc_end((line_end + 1).min(self.end), tag, false).is_some()
    }

    /// Where the lines of a here-document end, and where the text goes on.
    fn heredoc_end(&self, start: usize, tag: &str, indented: bool) -> Option<(usize, usize)> {
        let mut line = start;
        while line < self.end {
            let end = self.line_end(line);
            let text = self.slice(line, end);
            let text = text.strip_suffix('\r').unwrap_or(text);
            let found = if indented || !self.compat { text.trim() == tag } else { text == tag };
            if found {
                return Some((line, (end + 1).min(self.end)));
            }
            if end >= self.end {
                return None;
            }
            line = end + 1;
        }
        None
    }

    fn heredoc_pieces(&mut self, from: usize, to: usize, indented: bool, interpolates: bool) -> Vec<Piece> {
        if !indented {
            return if interpolates {
                self.interpolate(from, to, Quoted::string(0))
            } else {
                text_piece(self.src[from..to].to_vec())
            };
        }
        let text = self.slice(from, to);
        // Perl strips the least indentation of all lines; the language that of the last line.
        let indent = if self.compat {
            let filled = text.lines().filter(|line| !line.trim().is_empty());
            filled.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0)
        } else {
            let last = self.slice(to, self.line_end(to));
            last.len() - last.trim_start().len()
        };
        let mut stripped = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let blanks = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            stripped.push_str(&line[blanks.min(indent)..]);
        }
        if interpolates {
            let span = self.span(from, to);
            return self
                .detached(&stripped, span, |parser| parser.interpolate(0, parser.end, Quoted::string(0)));
        }
        text_piece(stripped.into_bytes())
    }

    // --- interpolation

    /// The pieces of the text between two offsets.
    pub(super) fn interpolate(&mut self, from: usize, to: usize, quoted: Quoted) -> Vec<Piece> {
        let bytes = &self.src[from..to];
        let plain = !bytes.iter().any(|byte| matches!(byte, b'\\' | b'$' | b'@' | b'#'));
        if plain {
            return text_piece(bytes.to_vec());
        }
        let mut place = from;
        let mut pieces = Vec::new();
        while place < to {
            let before = place;
            let mut more = self.pieces(&mut place, to, quoted, None);
            pieces.append(&mut more);
            if place <= before {
                break;
            }
        }
        pieces
    }

    /// Pieces up to the end or, inside a case modifier, up to what ends it.
    fn pieces(
        &mut self,
        place: &mut usize,
        to: usize,
        quoted: Quoted,
        within: Option<CaseMod>,
    ) -> Vec<Piece> {
        let mut out = Pieces::default();
        while *place < to {
            let byte = self.src[*place];
            match byte {
                b'\\' => {
                    if let Some(case) = self.case_modifier(*place, to, quoted) {
                        let ends = match (case, within) {
                            (Modifier::End, _) => true,
                            (Modifier::Until(new), Some(old)) => toggles(old, new),
                            _ => false,
                        };
                        if ends {
                            if within.is_none() {
                                *place += 2;
                                continue;
                            }
                            if matches!(case, Modifier::End) {
                                *place += 2;
                            }
                            return out.done();
                        }
                        match case {
                            Modifier::End => {}
                            Modifier::Next(modifier) => {
                                *place += 2;
                                out.next = Some(modifier);
                            }
                            Modifier::Until(modifier) => {
                                *place += 2;
                                // `\L\u` means `\u\L`.
                                if let Some(Modifier::Next(first)) = self.case_modifier(*place, to, quoted) {
                                    *place += 2;
                                    out.next = Some(first);
                                }
                                let Some(outer) = self.enter() else { return out.done() };
                                let inner = self.pieces(place, to, quoted, Some(modifier));
                                self.leave(outer);
                                out.piece(Piece::Case(modifier, inner));
                            }
                        }
                        continue;
                    }
                    if quoted.regex {
                        self.regex_escape(place, to, &mut out);
                    } else {
                        self.escape(place, to, &mut out, quoted);
                    }
                }
                b'$' => {
                    if let Some((expr, end)) = self.scalar_piece(*place, to, quoted) {
                        // `$r->@*` and `$r->@[0, 1]` are lists.
                        let list =
                            matches!(expr.kind, ExprKind::Deref(Sigil::Array, _) | ExprKind::Slice { .. });
                        out.piece(if list { Piece::List(expr) } else { Piece::Scalar(expr) });
                        *place = end;
                    } else {
                        out.byte(b'$');
                        *place += 1;
                    }
                }
                b'@' => {
                    if let Some((expr, end)) = self.list_piece(*place, to, quoted) {
                        out.piece(Piece::List(expr));
                        *place = end;
                    } else {
                        out.byte(b'@');
                        *place += 1;
                    }
                }
                b'#' if !self.compat
                    && *place + 1 < to
                    && self.src[*place + 1] == b'{'
                    && !(quoted.regex && self.quantifier_at(*place + 1, to)) =>
                {
                    let open = *place + 1;
                    let end = self.block_in_string(open).filter(|end| *end <= to);
                    match end {
                        Some(end) => {
                            let block = self.block_piece(open, end, quoted);
                            out.piece(Piece::Block(block));
                            *place = end;
                        }
                        None => {
                            out.byte(b'#');
                            *place += 1;
                        }
                    }
                }
                _ => {
                    let start = *place;
                    let rest = &self.src[start..to];
                    let run = rest
                        .iter()
                        .position(|byte| matches!(byte, b'\\' | b'$' | b'@' | b'#'))
                        .unwrap_or(rest.len())
                        .max(1);
                    out.text(&rest[..run]);
                    *place = start + run;
                }
            }
        }
        out.done()
    }

    fn case_modifier(&self, place: usize, to: usize, quoted: Quoted) -> Option<Modifier> {
        if place + 1 >= to || self.src[place] != b'\\' {
            return None;
        }
        Some(match self.src[place + 1] {
            b'U' => Modifier::Until(CaseMod::Upper),
            b'L' => Modifier::Until(CaseMod::Lower),
            b'Q' => Modifier::Until(CaseMod::Quote),
            b'F' => Modifier::Until(CaseMod::Fold),
            b'E' => Modifier::End,
            b'u' => {
                let braced = !self.compat && !quoted.regex && place + 2 < to && self.src[place + 2] == b'{';
                if braced {
                    return None;
                }
                Modifier::Next(CaseMod::UpperFirst)
            }
            b'l' => Modifier::Next(CaseMod::LowerFirst),
            _ => return None,
        })
    }

    /// An escape of a pattern, left to the engine. A backslash before the delimiter stays, which
    /// means the same to the engine, unless the delimiter is nothing special unescaped.
    fn regex_escape(&mut self, place: &mut usize, to: usize, out: &mut Pieces) {
        let width = self.char_at(*place + 1).map_or(0, char::len_utf8);
        let end = (*place + 1 + width).min(to);
        out.raw(&self.src[*place..end]);
        *place = end;
    }

    /// An escape of a string.
    fn escape(&mut self, place: &mut usize, to: usize, out: &mut Pieces, quoted: Quoted) {
        let from = *place;
        let Some(next) = self.char_at(from + 1).filter(|_| from + 1 < to) else {
            out.byte(b'\\');
            *place = to;
            return;
        };
        *place = from + 1 + next.len_utf8();
        match next {
            'n' => out.byte(b'\n'),
            't' => out.byte(b'\t'),
            'r' => out.byte(b'\r'),
            'a' => out.byte(7),
            'b' => out.byte(8),
            'f' => out.byte(12),
            'e' => out.byte(27),
            '0'..='7' => {
                let mut value = 0;
                let mut i = from + 1;
                while i < to && i < from + 4 && matches!(self.src[i], b'0'..=b'7') {
                    value = value * 8 + u32::from(self.src[i] - b'0');
                    i += 1;
                }
                *place = i;
                out.code_point(value);
            }
            'o' | 'x' | 'u' if self.braced_at(*place, to) => {
                let open = *place;
                let close = self.src[open..to].iter().position(|byte| *byte == b'}');
                let close = open + close.unwrap_or(0);
                let digits: String =
                    self.slice(open + 1, close).chars().filter(|c| *c != '_' && *c != ' ').collect();
                let base = if next == 'o' { 8 } else { 16 };
                let value = if digits.is_empty() { Some(0) } else { u32::from_str_radix(&digits, base).ok() };
                match value {
                    Some(value) => out.code_point(value),
                    None => self.bad_escape(from, close + 1, "holds no number"),
                }
                *place = close + 1;
            }
            'x' => {
                let mut value = 0;
                let mut i = *place;
                while i < to && i < *place + 2 {
                    let Some(digit) = char::from(self.src[i]).to_digit(16) else { break };
                    value = value * 16 + digit;
                    i += 1;
                }
                *place = i;
                out.code_point(value);
            }
            'N' if self.braced_at(*place, to) => {
                let open = *place;
                let close = open + self.src[open..to].iter().position(|byte| *byte == b'}').unwrap_or(0);
                let name = self.slice(open + 1, close);
                let value = match name.strip_prefix("U+") {
                    Some(digits) => u32::from_str_radix(digits, 16).ok(),
                    None => character_named(name),
                };
                match value {
                    Some(value) => out.code_point(value),
                    None => self.bad_escape(from, close + 1, "names no character"),
                }
                *place = close + 1;
            }
            'c' if *place < to => {
                let control = self.src[*place].to_ascii_uppercase() ^ 64;
                if control < 0x80 {
                    *place += 1;
                    out.byte(control);
                }
            }
            // An unknown letter keeps its backslash; in Perl it does not.
            letter if letter.is_ascii_alphabetic() && !self.compat && quoted.closer != letter as u8 => {
                out.byte(b'\\');
                out.byte(letter as u8);
            }
            other => {
                let mut buffer = [0; 4];
                out.raw(other.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }

    fn braced_at(&self, place: usize, to: usize) -> bool {
        place < to && self.src[place] == b'{' && self.src[place..to].iter().take(80).any(|byte| *byte == b'}')
    }

    fn bad_escape(&mut self, from: usize, to: usize, why: &str) {
        let span = self.span(from, to);
        let message = format!("`{}` {why}", self.slice(from, to));
        self.report(ErrorKind::BadEscape, span, message, "means nothing", None);
    }

    /// Whether `{...}` at `place` is a quantifier of a pattern.
    fn quantifier_at(&self, place: usize, to: usize) -> bool {
        let mut i = place + 1;
        while i < to && matches!(self.src[i], b'0'..=b'9' | b',') {
            i += 1;
        }
        i > place + 1 && i < to && self.src[i] == b'}'
    }

    /// Whether a text between two offsets escapes its own delimiter.
    fn escapes_delimiter(&self, from: usize, to: usize, closer: u8) -> bool {
        closer != 0
            && closer != b'\\'
            && !matches!(closer, b'}' | b')' | b']' | b'>')
            && self.src[from..to].windows(2).any(|pair| pair == [b'\\', closer])
    }

    /// Statements in `#{...}` between two offsets, braces included.
    fn block_piece(&mut self, from: usize, to: usize, quoted: Quoted) -> crate::ast::Block {
        if self.escapes_delimiter(from, to, quoted.closer) {
            let text = without_backslashes(self.slice(from, to), quoted.closer);
            let span = self.span(from, to);
            return self.detached(&text, span, |parser| parser.block());
        }
        self.within(from, to, |parser| parser.block())
    }

    /// A variable in a text that begins at `place`: its expression and where the text goes on.
    fn scalar_piece(&mut self, place: usize, to: usize, quoted: Quoted) -> Option<(Expr, usize)> {
        if !self.interpolates_scalar(place, to, quoted) {
            return None;
        }
        self.variable_piece(place, to, quoted)
    }

    fn variable_piece(&mut self, place: usize, to: usize, quoted: Quoted) -> Option<(Expr, usize)> {
        if quoted.closer != 0 {
            let extent = self.variable_extent(place, to);
            if self.escapes_delimiter(place, extent, quoted.closer) {
                let text = without_backslashes(self.slice(place, extent), quoted.closer);
                let span = self.span(place, extent);
                let expr = self.detached(&text, span, |parser| {
                    parser.at = 0;
                    let end = parser.end;
                    parser.variable_in(end, quoted)
                });
                return Some((expr, extent));
            }
        }
        let outer = self.place();
        self.at = place;
        self.prev_end = place;
        self.end = to;
        self.heredoc = None;
        self.flags = super::OPEN;
        self.newline = false;
        let expr = self.variable_in(to, quoted);
        let end = self.prev_end.clamp(place + 1, to);
        self.go_back(outer);
        Some((expr, end))
    }

    /// A variable with its subscripts, which is next, inside a text.
    fn variable_in(&mut self, to: usize, quoted: Quoted) -> Expr {
        let from = self.at;
        if self.byte(0) == b'@' {
            let subscript = self.array_in_string();
            self.at = self.prev_end;
            return subscript;
        }
        let braced = self.byte(1) == b'{';
        let base = self.scalar_base();
        self.at = self.prev_end;
        if braced && matches!(base, ScalarBase::Named(_)) {
            // `${name}` ends where it ends: that is what the braces are for.
            self.prev_end = self.prev_end.min(to);
            return self.scalar_whole(from, base);
        }
        let mut expr = if self.subscript_in(to, quoted)
            && !matches!(&base, ScalarBase::Whole(expr) if !matches!(expr.kind, ExprKind::Topic { .. }))
        {
            self.element(from, base)
        } else {
            // `$x->[0]` and `$x->{k}`, and `$r->@*` outside Perl.
            self.prev_end = self.prev_end.min(to);
            self.scalar_whole(from, base)
        };
        self.at = self.prev_end;
        loop {
            let arrow = self.byte(0) == b'-' && self.byte(1) == b'>';
            let element = matches!(expr.kind, ExprKind::Index { .. } | ExprKind::Key { .. });
            let bracket = if arrow { self.byte(2) } else { self.byte(0) };
            let continues = match bracket {
                b'[' | b'{' if arrow => {
                    self.at += 2;
                    let subscript = self.subscript_in(to, quoted);
                    self.at -= 2;
                    subscript
                }
                b'[' | b'{' => element && self.subscript_in(to, quoted),
                b'@' => arrow && !self.compat && !quoted.regex && matches!(self.byte(3), b'*' | b'[' | b'{'),
                _ => false,
            };
            if !continues || !self.grow() {
                break;
            }
            let span = expr.span;
            if arrow {
                self.at += 2;
            }
            if bracket == b'@' && self.byte(1) == b'*' {
                let base = Box::new(expr);
                self.advance(2);
                expr = self.node_after(span, ExprKind::Deref(Sigil::Array, base));
            } else if bracket == b'@' {
                let of_hash = self.byte(1) == b'{';
                let container = if of_hash { Sigil::Hash } else { Sigil::Array };
                self.at += 1;
                let base = self.node_after(span, ExprKind::Deref(container, Box::new(expr)));
                let index = Box::new(if of_hash { self.key() } else { self.index() });
                let kind = ExprKind::Slice { base: Box::new(base), index, of_hash, pairs: false };
                expr = self.node_after(span, kind);
            } else if bracket == b'{' {
                let key = Box::new(self.key());
                expr = self.node_after(span, ExprKind::Key { base: Box::new(expr), key, arrow: true });
            } else {
                let index = Box::new(self.index());
                expr = self.node_after(span, ExprKind::Index { base: Box::new(expr), index, arrow: true });
            }
            self.at = self.prev_end;
        }
        expr
    }

    /// Whether the bracket that is next in a text is a subscript.
    fn subscript_in(&self, to: usize, quoted: Quoted) -> bool {
        let open = self.at;
        match self.byte(0) {
            b'[' => {
                let mut close = open + 1;
                let mut depth = 1_u32;
                while close < to && close < open + 4096 {
                    match self.src[close] {
                        b'[' => depth += 1,
                        b']' => depth -= 1,
                        b'\n' if quoted.regex => return false,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    close += 1;
                }
                if close >= to || depth != 0 || close == open + 1 {
                    return false;
                }
                let text = &self.src[open + 1..close];
                if quoted.regex {
                    let number = text.strip_prefix(b"-").unwrap_or(text);
                    return number.iter().all(u8::is_ascii_digit) && !number.is_empty()
                        || text[0] == b'$'
                            && text.len() > 1
                            && text[1..].iter().all(|byte| {
                                is_ident_char(*byte)
                                    || matches!(byte, b'+' | b'-' | b'*' | b' ' | b'#' | b'$')
                            });
                }
                // What begins like an index; anything else is text in brackets.
                matches!(
                    text[0],
                    b'$' | b'-' | b'+' | b'0'..=b'9' | b'#' | b'@' | b'(' | b' ' | b':' | b'\\' | b'&'
                ) || is_ident_start(text[0]) && (self.compat || text[0] == b'_' || text.contains(&b'('))
            }
            b'{' => {
                if quoted.regex && self.quantifier_at(open, to) {
                    return false;
                }
                open + 1 < to
                    && self.src[open + 1] != b'}'
                    && self.matching(open, to.min(open + 4096)).is_some()
            }
            _ => false,
        }
    }

    /// The end of the variable at `place` with all its brackets, found without reading them.
    fn variable_extent(&self, place: usize, to: usize) -> usize {
        let mut i = place + 1;
        while i < to && matches!(self.src[i], b'$' | b'#') {
            i += 1;
        }
        if i < to && self.src[i] == b'{' {
            i = self.matching_loose(i, to);
        } else if self.compat && self.src[place + 1] == b'#' && matches!(self.src.get(i), Some(b'+' | b'-')) {
            return (i + 1).min(to);
        } else {
            i = self.name_end(i).min(to).max(i);
        }
        loop {
            let bracket = if self.sees_at(i, "->") { i + 2 } else { i };
            if bracket >= to || !matches!(self.src[bracket], b'[' | b'{') {
                return i.min(to);
            }
            let end = self.matching_loose(bracket, to);
            if end <= i {
                return i.min(to);
            }
            i = end;
        }
    }

    fn matching_loose(&self, place: usize, to: usize) -> usize {
        let limit = to.min(place + 4096);
        let mut depth = 0_usize;
        let mut i = place;
        while i < limit {
            match self.src[i] {
                b'[' | b'{' | b'(' => depth += 1,
                b']' | b'}' | b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return i + 1;
                    }
                }
                _ => {}
            }
            i += 1;
        }
        place
    }

    /// Whether the `$` at `place` begins a variable in a text.
    fn interpolates_scalar(&self, place: usize, to: usize, quoted: Quoted) -> bool {
        let at = |offset: usize| if place + offset < to { self.src[place + offset] } else { 0 };
        let next = at(1);
        if is_ident_start(next) {
            return next < 0x80 || self.ident_end(place + 1) > place + 1;
        }
        match next {
            b'0'..=b'9' => true,
            b'{' => {
                let close = self.matching_loose(place + 1, to);
                close > place + 3 && !(quoted.regex && self.quantifier_at(place + 1, to))
            }
            b':' => at(2) == b':' && is_ident_start(at(3)),
            b'$' => {
                if quoted.regex && !(is_ident_start(at(2)) || at(2) == b'{') {
                    return false;
                }
                true
            }
            b'#' => {
                !quoted.regex
                    && (matches!(at(2), b'{' | b'$')
                        || is_ident_start(at(2))
                        || self.compat && matches!(at(2), b'+' | b'-'))
            }
            b'&' | b'`' | b'\'' | b'+' => !quoted.regex || next == b'&',
            b'!' | b'@' => !quoted.regex,
            // `/$;/` takes keys of several parts apart.
            b';' if quoted.regex && !self.compat => at(2) == 0,
            b',' | b';' if quoted.regex => self.compat,
            b'/' | b',' | b';' | b'.' | b'?' | b'>' | b']' => {
                !quoted.regex
                    && (self.compat || !matches!(next, b'/' | b'?' | b'>' | b']'))
                    && (self.compat
                        || !(matches!(next, b'.' | b',' | b';') && matches!(at(2), b' ' | 0 | b'\n')))
            }
            b'|' | b'^' | b'-' | b'<' | b'\\' | b'[' | b'=' | b'~' | b'%' | b'(' | b')' => {
                if next == b'^' && at(2).is_ascii_uppercase() || next == b'-' && at(2) == b'[' {
                    return !quoted.regex;
                }
                self.compat && !quoted.regex && (next != b'\\' || at(2) != 0)
            }
            _ => false,
        }
    }

    /// An array in a text that begins at `place`.
    fn list_piece(&mut self, place: usize, to: usize, quoted: Quoted) -> Option<(Expr, usize)> {
        let at = |offset: usize| if place + offset < to { self.src[place + offset] } else { 0 };
        let next = at(1);
        let begins = match next {
            b'{' => self.matching_loose(place + 1, to) > place + 3,
            b'$' => is_ident_start(at(2)) || matches!(at(2), b'{' | b'$'),
            b':' => at(2) == b':' && is_ident_start(at(3)),
            b'-' | b'+' => self.compat && !quoted.regex,
            _ => is_ident_start(next) && self.ident_end(place + 1) > place + 1,
        };
        if !begins {
            return None;
        }
        self.variable_piece(place, to, quoted)
    }
}

/// A case modifier of a text.
#[derive(Clone, Copy, Debug)]
enum Modifier {
    /// `\u`, `\l`: of the next character.
    Next(CaseMod),
    /// `\U`, `\L`, `\Q`, `\F`: up to `\E`.
    Until(CaseMod),
    /// `\E`.
    End,
}

/// Whether a modifier ends another that is in force.
fn toggles(old: CaseMod, new: CaseMod) -> bool {
    let case = |modifier| matches!(modifier, CaseMod::Upper | CaseMod::Lower | CaseMod::Fold);
    case(old) && case(new)
}

/// Pieces as they are collected.
#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
    text: Vec<u8>,
    next: Option<CaseMod>,
}

impl Pieces {
    fn byte(&mut self, byte: u8) {
        self.text(&[byte]);
    }

    fn text(&mut self, bytes: &[u8]) {
        if let Some(modifier) = self.next.take() {
            let text = String::from_utf8_lossy(bytes);
            let Some(first) = text.chars().next() else {
                self.next = Some(modifier);
                return;
            };
            let width = first.len_utf8().min(bytes.len());
            if first.is_ascii() {
                let byte = if modifier == CaseMod::UpperFirst {
                    bytes[0].to_ascii_uppercase()
                } else {
                    bytes[0].to_ascii_lowercase()
                };
                self.text.push(byte);
            } else {
                self.flush();
                let piece = Piece::Text(bytes[..width].to_vec());
                self.list.push(Piece::Case(modifier, vec![piece]));
            }
            self.text.extend_from_slice(&bytes[width..]);
            return;
        }
        self.text.extend_from_slice(bytes);
    }

    /// Bytes that no case modifier of one character applies to half.
    fn raw(&mut self, bytes: &[u8]) {
        self.text(bytes);
    }

    fn code_point(&mut self, value: u32) {
        if value < 0x80 {
            self.byte(value as u8);
        } else {
            self.piece(Piece::Char(value));
        }
    }

    fn piece(&mut self, piece: Piece) {
        self.flush();
        match self.next.take() {
            Some(modifier) => self.list.push(Piece::Case(modifier, vec![piece])),
            None => self.list.push(piece),
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.list.push(Piece::Text(std::mem::take(&mut self.text)));
        }
    }

    fn done(mut self) -> Vec<Piece> {
        self.flush();
        self.list
    }
}

fn text_piece(bytes: Vec<u8>) -> Vec<Piece> {
    if bytes.is_empty() { Vec::new() } else { vec![Piece::Text(bytes)] }
}

fn unescaped_word(word: &str, opener: u8, closer: u8) -> String {
    if !word.contains('\\') {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = c == '\\'
            && chars.peek().is_some_and(|next| {
                *next == '\\' || *next == char::from(opener) || *next == char::from(closer)
            });
        if escaped && let Some(next) = chars.next() {
            out.push(next);
        } else {
            out.push(c);
        }
    }
    out
}

/// A text without the backslashes before its delimiter.
fn without_backslashes(text: &str, closer: u8) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.next() {
                Some(next) if next == char::from(closer) => out.push(next),
                Some(next) => {
                    out.push(c);
                    out.push(next);
                }
                None => out.push(c),
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The few characters that programs name most; the full table of Unicode is not kept here.
fn character_named(name: &str) -> Option<u32> {
    Some(match name {
        "SPACE" => 0x20,
        "NO-BREAK SPACE" => 0xa0,
        "SNOWMAN" => 0x2603,
        "BLACK HEART SUIT" => 0x2665,
        "EURO SIGN" => 0x20ac,
        "COPYRIGHT SIGN" => 0xa9,
        "DEGREE SIGN" => 0xb0,
        "BULLET" => 0x2022,
        "HORIZONTAL ELLIPSIS" => 0x2026,
        "EM DASH" => 0x2014,
        "EN DASH" => 0x2013,
        "ZERO WIDTH SPACE" => 0x200b,
        "GREEK SMALL LETTER ALPHA" => 0x3b1,
        "GREEK SMALL LETTER BETA" => 0x3b2,
        "GREEK SMALL LETTER PI" => 0x3c0,
        "LATIN SMALL LETTER E WITH ACUTE" => 0xe9,
        "LATIN SMALL LETTER SHARP S" => 0xdf,
        "CHECK MARK" => 0x2713,
        "RIGHTWARDS ARROW" => 0x2192,
        _ => return None,
    })
}
