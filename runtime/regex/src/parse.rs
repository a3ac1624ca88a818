//! Pattern text to tree.
//!
//! Everything about flags, units and case is settled here: the tree holds plain code points and
//! sets. A reference to a name or number that only comes later makes the parser run twice.
//!
//! Invariant: the tree is no deeper than a small multiple of `DEPTH_MAX`.
//!
//! Long because one grammar, each construct a function.

use crate::charset::{self, CharSet};
use crate::error::{PatternError, PatternErrorKind as Kind};
use crate::property::{self, Named};
use crate::tree::{Cond, Greed, INF, Look, Node, Place, Tree, Verb};
use crate::utf8;
use crate::{Flags, Units};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Groups within groups.
const DEPTH_MAX: u32 = 100;
/// The largest count of a quantifier, as in Perl.
const COUNT_MAX: u32 = 65534;
/// Sets and captures of one pattern.
const ITEMS_MAX: usize = 20_000;

/// Parses a pattern.
pub(crate) fn parse(pattern: &[u8], flags: Flags, units: Units) -> Result<Tree, PatternError> {
    let mut parser = Parser::new(pattern, flags, units);
    let mut root = parser.whole()?;
    if parser.unresolved {
        let mut again = Parser::new(pattern, flags, units);
        again.known_names = Some(core::mem::take(&mut parser.names));
        again.known_count = parser.count;
        parser = again;
        root = parser.whole()?;
    }
    if let Some((number, at)) = parser.highest_reference
        && number > parser.count
    {
        return Err(PatternError { offset: at, kind: Kind::NoSuchGroup(number) });
    }
    Ok(Tree {
        root,
        sets: parser.sets,
        group_count: parser.count,
        names: parser.names,
        has_back: parser.has_back,
        has_call: parser.has_call,
        has_group_cond: parser.has_group_cond,
        has_verb: parser.has_verb,
    })
}

type Parsed<T> = Result<T, PatternError>;

struct Parser {
    chars: Vec<(u32, usize)>,
    at: usize,
    end_offset: usize,
    flags: Flags,
    unicode: bool,
    depth: u32,
    /// Lookarounds around
    looks: u32,
    count: u32,
    names: Vec<(String, Vec<usize>)>,
    known_names: Option<Vec<(String, Vec<usize>)>>,
    known_count: u32,
    unresolved: bool,
    highest_reference: Option<(u32, usize)>,
    sets: Vec<CharSet>,
    named_sets: Vec<(Named, bool, usize)>,
    quoting: bool,
    has_back: bool,
    has_call: bool,
    has_group_cond: bool,
    has_verb: bool,
}

fn ch(c: char) -> u32 {
    u32::from(c)
}

impl Parser {
    fn new(pattern: &[u8], flags: Flags, units: Units) -> Parser {
        let unicode = units == Units::Utf8;
        let mut chars = Vec::with_capacity(pattern.len());
        let mut at = 0;
        while at < pattern.len() {
            let (c, len) = if unicode { utf8::decode(pattern, at) } else { (u32::from(pattern[at]), 1) };
            chars.push((c, at));
            at += len;
        }
        Parser {
            chars,
            at: 0,
            end_offset: pattern.len(),
            flags,
            unicode,
            depth: 0,
            looks: 0,
            count: 0,
            names: Vec::new(),
            known_names: None,
            known_count: 0,
            unresolved: false,
            highest_reference: None,
            sets: Vec::new(),
            named_sets: Vec::new(),
            quoting: false,
            has_back: false,
            has_call: false,
            has_group_cond: false,
            has_verb: false,
        }
    }

    fn error<T>(&self, kind: Kind) -> Parsed<T> {
        self.error_at(self.at, kind)
    }

    fn error_at<T>(&self, at: usize, kind: Kind) -> Parsed<T> {
        let offset = self.chars.get(at).map_or(self.end_offset, |c| c.1);
        Err(PatternError { offset, kind })
    }

    fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    /// The character some places ahead; what is no `char` reads as U+FFFD.
    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|c| char::from_u32(c.0).unwrap_or('\u{fffd}'))
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn eat_str(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(i, c)| self.peek_at(i) == Some(c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn whole(&mut self) -> Parsed<Node> {
        let root = self.alternatives(false)?;
        if self.at < self.chars.len() {
            return self.error(Kind::UnmatchedClose);
        }
        Ok(root)
    }

    /// Branches up to `)` or the end. `reset` gives every branch the same group numbers.
    fn alternatives(&mut self, reset: bool) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.error(Kind::TooDeep);
        }
        let flags = self.flags;
        let first_group = self.count;
        let mut last_group = self.count;
        let mut branches = Vec::new();
        loop {
            if reset {
                last_group = last_group.max(self.count);
                self.count = first_group;
            }
            branches.push(self.sequence()?);
            if !self.eat('|') {
                break;
            }
        }
        self.count = self.count.max(last_group);
        self.flags = flags;
        self.depth -= 1;
        Ok(match branches.len() {
            1 => branches.pop().unwrap_or(Node::Empty),
            _ => Node::Alt(branches),
        })
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut parts = Vec::new();
        loop {
            self.skip_blank()?;
            match self.peek() {
                None => break,
                Some('|' | ')') if !self.quoting => break,
                Some(_) => {}
            }
            let start = self.at;
            let Some(atom) = self.atom()? else { continue };
            let atom = self.quantified(atom, start)?;
            parts.push(atom);
        }
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.pop().unwrap_or(Node::Empty),
            _ => Node::Cat(parts),
        })
    }

    /// Skips comments, and white space under `/x`, and handles `\Q` and `\E`.
    fn skip_blank(&mut self) -> Parsed<()> {
        loop {
            if self.eat_str("\\E") {
                self.quoting = false;
            } else if self.quoting {
                return Ok(());
            } else if self.eat_str("\\Q") {
                self.quoting = true;
            } else if self.eat_str("(?#") {
                let start = self.at;
                while !self.eat(')') {
                    if self.at >= self.chars.len() {
                        return self.error_at(start, Kind::UnmatchedOpen);
                    }
                    self.at += 1;
                }
            } else if self.flags.extended || self.flags.extended_more {
                match self.peek() {
                    Some(
                        '\t'..='\r' | ' ' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}',
                    ) => {
                        self.at += 1;
                    }
                    Some('#') => {
                        while self.peek().is_some_and(|c| c != '\n') {
                            self.at += 1;
                        }
                    }
                    _ => return Ok(()),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn quantified(&mut self, atom: Node, start: usize) -> Parsed<Node> {
        self.skip_blank()?;
        if self.quoting {
            return Ok(atom);
        }
        let Some((min, max)) = self.quantifier()? else { return Ok(atom) };
        let greed = if self.eat('?') {
            Greed::Lazy
        } else if self.eat('+') {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        self.skip_blank()?;
        let here = self.at;
        if !self.quoting && (matches!(self.peek(), Some('*' | '+' | '?')) || self.quantifier()?.is_some()) {
            return self.error_at(here, Kind::NestedQuantifier);
        }
        if min > max {
            return Ok(Node::Fail);
        }
        if max == 0 && !self.has_call && !contains_group(&atom) {
            return Ok(Node::Empty);
        }
        if matches!(atom, Node::Empty) {
            return self.error_at(start, Kind::NothingToRepeat);
        }
        Ok(Node::Repeat { body: Box::new(atom), min, max, greed })
    }

    /// `*`, `+`, `?` or a well-formed `{..}`.
    fn quantifier(&mut self) -> Parsed<Option<(u32, u32)>> {
        Ok(match self.peek() {
            Some('*') => {
                self.at += 1;
                Some((0, INF))
            }
            Some('+') => {
                self.at += 1;
                Some((1, INF))
            }
            Some('?') => {
                self.at += 1;
                Some((0, 1))
            }
            Some('{') => self.counts()?,
            _ => None,
        })
    }

    fn counts(&mut self) -> Parsed<Option<(u32, u32)>> {
        let start = self.at;
        self.at += 1;
        self.skip_space();
        let min = self.decimal();
        self.skip_space();
        let comma = self.eat(',');
        let max = if comma {
            self.skip_space();
            let max = self.decimal();
            self.skip_space();
            max
        } else {
            min
        };
        if !self.eat('}') || (min.is_none() && max.is_none()) {
            self.at = start;
            return Ok(None);
        }
        if min.unwrap_or(0).max(max.unwrap_or(0)) > COUNT_MAX {
            return self.error_at(start, Kind::CountTooBig);
        }
        Ok(Some((min.unwrap_or(0), max.unwrap_or(INF))))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.at += 1;
        }
    }

    fn decimal(&mut self) -> Option<u32> {
        let mut value = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            value = Some(value.unwrap_or(0u32).saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        value
    }

    /// One atom; `None` when something without a node was read.
    fn atom(&mut self) -> Parsed<Option<Node>> {
        let start = self.at;
        let c = self.chars[self.at].0;
        self.at += 1;
        if self.quoting {
            return self.literal(c).map(Some);
        }
        let node = match char::from_u32(c).unwrap_or('\u{fffd}') {
            '(' => return self.group(start),
            '[' => self.class(start)?,
            '.' if self.flags.dot_all => Node::Any,
            '.' => self.not_newline()?,
            '^' if self.flags.multi_line => Node::Place(Place::LineStart),
            '^' => Node::Place(Place::Start),
            '$' if self.flags.multi_line => Node::Place(Place::LineEnd),
            '$' => Node::Place(Place::EndOrNewline),
            '\\' => self.escape(start)?,
            '*' | '+' | '?' => return self.error_at(start, Kind::NothingToRepeat),
            _ => self.literal(c)?,
        };
        Ok(Some(node))
    }

    fn literal(&mut self, c: u32) -> Parsed<Node> {
        if !self.unicode && c > 0xff {
            return Ok(Node::Fail);
        }
        if self.flags.ignore_case {
            let orbit = charset::orbit(c, self.unicode);
            if orbit.ranges() != [(c, c)] {
                return self.set(orbit).map(Node::Set);
            }
        }
        Ok(Node::Char(c))
    }

    fn set(&mut self, mut set: CharSet) -> Parsed<usize> {
        if !self.unicode {
            set.cap(0xff);
        }
        if let Some(found) = self.sets.iter().rposition(|s| *s == set) {
            return Ok(found);
        }
        if self.sets.len() >= ITEMS_MAX {
            return self.error(Kind::TooLarge);
        }
        self.sets.push(set);
        Ok(self.sets.len() - 1)
    }

    fn not_newline(&mut self) -> Parsed<Node> {
        self.set(CharSet::single(ch('\n')).negate()).map(Node::Set)
    }

    fn ascii(&self) -> bool {
        self.flags.ascii || !self.unicode
    }

    /// The set of a named class under the flags in force.
    fn named(&mut self, class: Named) -> Parsed<usize> {
        let ascii = self.ascii();
        if let Some(found) = self.named_sets.iter().find(|n| n.0 == class && n.1 == ascii) {
            return Ok(found.2);
        }
        let index = self.set(property::named(class, ascii))?;
        self.named_sets.push((class, ascii, index));
        Ok(index)
    }

    fn escape(&mut self, start: usize) -> Parsed<Node> {
        let Some(c) = self.peek() else { return self.error_at(start, Kind::TrailingBackslash) };
        if let Some(set) = self.class_escape()? {
            return self.set(set).map(Node::Set);
        }
        self.at += 1;
        Ok(match c {
            'A' => Node::Place(Place::Start),
            'z' => Node::Place(Place::End),
            'Z' => Node::Place(Place::EndOrNewline),
            'G' => Node::Place(Place::LastEnd),
            'b' | 'B' => {
                if self.peek() == Some('{') {
                    return self.error_at(start, Kind::BadEscape("\\b{..}"));
                }
                let word = self.named(Named::Word)?;
                Node::Place(if c == 'b' { Place::Boundary(word) } else { Place::NoBoundary(word) })
            }
            'K' if self.looks > 0 => return self.error_at(start, Kind::KeepInLook),
            'K' => Node::Keep,
            'X' => Node::Cluster,
            'R' => {
                let crlf = Node::Cat(alloc::vec![Node::Char(13), Node::Char(10)]);
                let one = self.set(property::vertical())?;
                Node::Atomic(Box::new(Node::Alt(alloc::vec![crlf, Node::Set(one)])))
            }
            'N' if self.peek() != Some('{') || self.is_count() => self.not_newline()?,
            '1'..='9' => {
                self.at -= 1;
                let digits = self.at;
                let number = self.decimal().unwrap_or(0);
                if number < 10 || number <= self.count.max(self.known_count) {
                    return self.back(alloc::vec![number], start);
                }
                self.at = digits;
                match self.octal(3) {
                    Some(code) => self.literal(code)?,
                    None => return self.error_at(start, Kind::NoSuchGroup(number)),
                }
            }
            'g' => self.group_reference(start)?,
            'k' => {
                let close = match self.peek() {
                    Some('<') => '>',
                    Some('\'') => '\'',
                    Some('{') => '}',
                    _ => return self.error_at(start, Kind::BadEscape("\\k")),
                };
                self.at += 1;
                let name = self.name(close)?;
                self.back_by_name(&name, start)?
            }
            _ => {
                self.at -= 1;
                let code = self.char_escape(start)?;
                self.literal(code)?
            }
        })
    }

    fn is_count(&mut self) -> bool {
        let here = self.at;
        let found = matches!(self.counts(), Ok(Some(_)));
        self.at = here;
        found
    }

    /// The set of `\d`, `\p{..}` and their like, just after the backslash; `None` for others.
    fn class_escape(&mut self) -> Parsed<Option<CharSet>> {
        let Some(c) = self.peek() else { return Ok(None) };
        let class = match c.to_ascii_lowercase() {
            'd' => Named::Digit,
            'w' => Named::Word,
            's' => Named::Space,
            'h' | 'v' => {
                self.at += 1;
                let set =
                    if c.eq_ignore_ascii_case(&'h') { property::horizontal() } else { property::vertical() };
                return Ok(Some(if c.is_ascii_uppercase() { set.negate() } else { set }));
            }
            'p' => {
                self.at += 1;
                return self.property(c == 'P').map(Some);
            }
            _ => return Ok(None),
        };
        self.at += 1;
        let index = self.named(class)?;
        let set = &self.sets[index];
        Ok(Some(if c.is_ascii_uppercase() { set.negate() } else { set.clone() }))
    }

    fn property(&mut self, negated: bool) -> Parsed<CharSet> {
        let start = self.at;
        let mut name = String::new();
        if self.eat('{') {
            loop {
                let Some(c) = self.peek() else { return self.error_at(start, Kind::BadEscape("\\p{..}")) };
                self.at += 1;
                if c == '}' {
                    break;
                }
                name.push(c);
            }
        } else if let Some(c) = self.peek() {
            self.at += 1;
            name.push(c);
        }
        let trimmed = name.trim();
        let (negated, key) = match trimmed.strip_prefix('^') {
            Some(rest) => (!negated, rest.trim()),
            None => (negated, trimmed),
        };
        if key.is_empty() {
            return self.error_at(start, Kind::BadEscape("\\p{..}"));
        }
        let Some((mut set, cased)) = property::property(key) else {
            return self.error_at(start, Kind::UnknownProperty(name));
        };
        if cased && self.flags.ignore_case {
            // Under `/i` upper, lower and title case are all "has case".
            set = match property::property("lc") {
                Some((all, _)) if set.ranges().len() > 3 => all,
                _ => {
                    set.close_over_case(false);
                    set
                }
            };
        }
        Ok(if negated { set.negate() } else { set })
    }

    /// An escape for one code point, just after the backslash.
    fn char_escape(&mut self, start: usize) -> Parsed<u32> {
        let Some(c) = self.peek() else { return self.error_at(start, Kind::TrailingBackslash) };
        let code = self.chars[self.at].0;
        self.at += 1;
        Ok(match c {
            'n' => 10,
            't' => 9,
            'r' => 13,
            'f' => 12,
            'e' => 27,
            'a' => 7,
            '0' => {
                self.at -= 1;
                self.octal(3).unwrap_or(0)
            }
            'o' => self.braced(8, start, "\\o{..}")?,
            'x' if self.peek() == Some('{') => self.braced(16, start, "\\x{..}")?,
            'x' => {
                let mut value = 0;
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else { break };
                    value = value * 16 + digit;
                    self.at += 1;
                }
                value
            }
            'N' => {
                if !self.eat_str("{U+") {
                    return self.error_at(start, Kind::BadEscape("\\N{U+..}"));
                }
                self.digits_to_brace(16, start, "\\N{U+..}")?
            }
            'c' => {
                let Some(c) = self.peek().filter(char::is_ascii) else {
                    return self.error_at(start, Kind::BadEscape("\\c"));
                };
                self.at += 1;
                ch(c.to_ascii_uppercase()) ^ 64
            }
            _ => code,
        })
    }

    fn octal(&mut self, digits: u32) -> Option<u32> {
        let mut value = None;
        for _ in 0..digits {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
            value = Some(value.unwrap_or(0) * 8 + digit);
            self.at += 1;
        }
        value
    }

    fn braced(&mut self, radix: u32, start: usize, what: &'static str) -> Parsed<u32> {
        if !self.eat('{') {
            return self.error_at(start, Kind::BadEscape(what));
        }
        self.digits_to_brace(radix, start, what)
    }

    fn digits_to_brace(&mut self, radix: u32, start: usize, what: &'static str) -> Parsed<u32> {
        let mut value = 0u32;
        loop {
            let Some(c) = self.peek() else { return self.error_at(start, Kind::BadEscape(what)) };
            self.at += 1;
            match c {
                '}' => return Ok(value),
                '_' | ' ' | '\t' => continue,
                _ => {}
            }
            let next = c.to_digit(radix).and_then(|d| value.checked_mul(radix)?.checked_add(d));
            match next {
                Some(next) if next <= charset::MAX => value = next,
                _ => return self.error_at(start, Kind::BadEscape(what)),
            }
        }
    }

    /// A group name up to `close`.
    fn name(&mut self, close: char) -> Parsed<String> {
        let start = self.at;
        let mut name = String::new();
        self.skip_space();
        while let Some(c) = self.peek().filter(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c);
            self.at += 1;
        }
        self.skip_space();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !self.eat(close) {
            return self.error_at(start, Kind::BadName);
        }
        Ok(name)
    }

    fn lookup(&mut self, name: &str, at: usize) -> Parsed<Vec<u32>> {
        if let Some(known) = &self.known_names {
            return match known.iter().find(|n| n.0 == name) {
                Some(found) => Ok(found.1.iter().map(|&n| n as u32).collect()),
                None => self.error_at(at, Kind::NoSuchName(name.into())),
            };
        }
        self.unresolved = true;
        Ok(alloc::vec![0])
    }

    fn back(&mut self, groups: Vec<u32>, at: usize) -> Parsed<Node> {
        self.has_back = true;
        for &number in &groups {
            self.refer(number, at);
        }
        Ok(Node::Back { groups, fold: self.flags.ignore_case })
    }

    fn refer(&mut self, number: u32, at: usize) {
        if self.highest_reference.is_none_or(|h| h.0 < number) {
            let offset = self.chars.get(at).map_or(self.end_offset, |c| c.1);
            self.highest_reference = Some((number, offset));
        }
    }

    fn back_by_name(&mut self, name: &str, at: usize) -> Parsed<Node> {
        let groups = self.lookup(name, at)?;
        self.back(groups, at)
    }

    /// After `\g`.
    fn group_reference(&mut self, start: usize) -> Parsed<Node> {
        let braced = self.eat('{');
        if braced {
            self.skip_space();
        }
        let negative = self.eat('-');
        let number = match self.decimal() {
            Some(number) => number,
            None if braced && !negative => {
                let name = self.name('}')?;
                return self.back_by_name(&name, start);
            }
            None => return self.error_at(start, Kind::BadEscape("\\g")),
        };
        if braced {
            self.skip_space();
            if !self.eat('}') {
                return self.error_at(start, Kind::BadEscape("\\g{..}"));
            }
        }
        let number = if negative { (self.count + 1).checked_sub(number) } else { Some(number) };
        match number {
            Some(number) if number > 0 => self.back(alloc::vec![number], start),
            _ => self.error_at(start, Kind::NoSuchGroup(0)),
        }
    }

    /// After `[`.
    fn class(&mut self, start: usize) -> Parsed<Node> {
        self.skip_class_blank();
        let negated = self.eat('^');
        // What `/i` widens, and what it does not.
        let mut folding = CharSet::new();
        let mut plain = CharSet::new();
        let mut first = true;
        let mut quoting = false;
        loop {
            let Some(c) = self.peek() else { return self.error_at(start, Kind::UnmatchedBracket) };
            if self.eat_str("\\E") {
                quoting = false;
                continue;
            }
            if !quoting && self.eat_str("\\Q") {
                quoting = true;
                continue;
            }
            if c == ']' && !first && !quoting {
                self.at += 1;
                break;
            }
            if self.flags.extended_more && matches!(c, ' ' | '\t') && !quoting {
                self.at += 1;
                continue;
            }
            first = false;
            let item = self.at;
            let Some(lo) = self.class_item(quoting, &mut folding, &mut plain)? else { continue };
            self.skip_class_blank();
            // A hyphen makes a range unless it is last or a set follows.
            if !quoting && self.peek() == Some('-') {
                let hyphen = self.at;
                self.at += 1;
                self.skip_class_blank();
                if !matches!(self.peek(), None | Some(']')) {
                    match self.class_item(false, &mut folding, &mut plain)? {
                        Some(hi) if hi < lo => return self.error_at(item, Kind::ReversedRange),
                        Some(hi) => folding.push(lo, hi),
                        None => {
                            folding.push(lo, lo);
                            folding.push(ch('-'), ch('-'));
                        }
                    }
                    continue;
                }
                self.at = hyphen;
            }
            folding.push(lo, lo);
        }
        folding.finish();
        if self.flags.ignore_case {
            folding.close_over_case(self.unicode);
        }
        plain.finish();
        plain.union(&folding);
        let set = if negated { plain.negate() } else { plain };
        self.set(set).map(Node::Set)
    }

    fn skip_class_blank(&mut self) {
        if self.flags.extended_more {
            self.skip_space();
        }
    }

    /// One code point of a class, or `None` when a whole set was added.
    fn class_item(
        &mut self,
        quoting: bool,
        folding: &mut CharSet,
        plain: &mut CharSet,
    ) -> Parsed<Option<u32>> {
        let start = self.at;
        let Some(c) = self.peek() else { return self.error(Kind::UnmatchedBracket) };
        let code = self.chars[self.at].0;
        self.at += 1;
        if quoting {
            return Ok(Some(code));
        }
        if c == '[' && matches!(self.peek(), Some(':' | '.' | '=')) {
            if let Some((name, negated)) = self.posix_name() {
                let Some(class) = property::posix(&name) else {
                    return self.error_at(start, Kind::UnknownClass(name));
                };
                let index = self.named(class)?;
                let mut set = self.sets[index].clone();
                if self.flags.ignore_case && matches!(class, Named::Upper | Named::Lower) {
                    set.close_over_case(self.unicode && !self.flags.ascii);
                }
                plain.union(&if negated { set.negate() } else { set });
                return Ok(None);
            }
            return Ok(Some(code));
        }
        if c != '\\' {
            return Ok(Some(code));
        }
        if let Some(set) = self.class_escape()? {
            plain.union(&set);
            return Ok(None);
        }
        match self.peek() {
            Some('b') => {
                self.at += 1;
                Ok(Some(8))
            }
            Some('1'..='7') => Ok(self.octal(3)),
            Some('N') if !(self.peek_at(1) == Some('{') && self.peek_at(2) == Some('U')) => {
                self.error_at(start, Kind::BadEscape("\\N"))
            }
            Some('R' | 'X') => self.error_at(start, Kind::BadEscape("\\R or \\X in a class")),
            _ => {
                let _ = folding;
                self.char_escape(start).map(Some)
            }
        }
    }

    /// `:name:]` after `[`, when it is that.
    fn posix_name(&mut self) -> Option<(String, bool)> {
        let start = self.at;
        let mark = self.peek()?;
        self.at += 1;
        let negated = self.eat('^');
        let mut name = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_alphanumeric) {
            name.push(c);
            self.at += 1;
        }
        if self.eat(mark) && self.eat(']') {
            if mark != ':' {
                name.insert(0, mark);
            }
            return Some((name, negated));
        }
        self.at = start;
        None
    }

    /// After `(`.
    fn group(&mut self, start: usize) -> Parsed<Option<Node>> {
        if self.peek() == Some('*') {
            self.at += 1;
            return self.verb(start);
        }
        if !self.eat('?') {
            if self.flags.no_capture {
                return self.body(start).map(Some);
            }
            return self.capture(start, None).map(Some);
        }
        let Some(c) = self.peek() else { return self.error(Kind::UnknownGroup) };
        self.at += 1;
        let node = match c {
            ':' => self.body(start)?,
            '|' => {
                let node = self.alternatives(true)?;
                self.close(start)?;
                solid(node)
            }
            '>' => Node::Atomic(Box::new(self.body(start)?)),
            '=' => self.look(start, false, false)?,
            '!' => self.look(start, false, true)?,
            '<' if self.eat('=') => self.look(start, true, false)?,
            '<' if self.eat('!') => self.look(start, true, true)?,
            '<' => {
                let name = self.name('>')?;
                self.capture(start, Some(name))?
            }
            '\'' => {
                let name = self.name('\'')?;
                self.capture(start, Some(name))?
            }
            'P' if self.eat('<') => {
                let name = self.name('>')?;
                self.capture(start, Some(name))?
            }
            'P' if self.eat('=') => {
                let name = self.name(')')?;
                self.back_by_name(&name, start)?
            }
            'P' if self.eat('>') => {
                let name = self.name(')')?;
                self.call_by_name(&name, start)?
            }
            '&' => {
                let name = self.name(')')?;
                self.call_by_name(&name, start)?
            }
            'R' => {
                self.close(start)?;
                self.call(0, start)?
            }
            '0'..='9' => {
                self.at -= 1;
                let number = self.decimal().unwrap_or(0);
                self.close(start)?;
                self.call(number, start)?
            }
            '+' | '-' if self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                let distance = self.decimal().unwrap_or(0);
                self.close(start)?;
                let number = if c == '+' {
                    self.count.checked_add(distance)
                } else {
                    (self.count + 1).checked_sub(distance)
                };
                match number {
                    Some(number) if number > 0 && distance > 0 => self.call(number, start)?,
                    _ => return self.error_at(start, Kind::NoSuchGroup(0)),
                }
            }
            '(' => self.condition(start)?,
            '{' | '?' => return self.error_at(start, Kind::Code),
            _ => {
                self.at -= 1;
                return self.inline_flags(start);
            }
        };
        Ok(Some(node))
    }

    fn close(&mut self, start: usize) -> Parsed<()> {
        if self.eat(')') { Ok(()) } else { self.error_at(start, Kind::UnmatchedOpen) }
    }

    fn body(&mut self, start: usize) -> Parsed<Node> {
        let node = self.alternatives(false)?;
        self.close(start)?;
        Ok(solid(node))
    }

    fn capture(&mut self, start: usize, name: Option<String>) -> Parsed<Node> {
        if self.count as usize >= ITEMS_MAX {
            return self.error(Kind::TooLarge);
        }
        self.count += 1;
        let number = self.count;
        if let Some(name) = name {
            match self.names.iter_mut().find(|n| n.0 == name) {
                Some(known) => {
                    if !known.1.contains(&(number as usize)) {
                        known.1.push(number as usize);
                    }
                }
                None => self.names.push((name, alloc::vec![number as usize])),
            }
        }
        let body = self.body(start)?;
        Ok(Node::Group { number, body: Box::new(body) })
    }

    fn look(&mut self, start: usize, behind: bool, negative: bool) -> Parsed<Node> {
        self.looks += 1;
        let body = Box::new(self.body(start)?);
        self.looks -= 1;
        if !behind && negative && matches!(&*body, Node::Cat(parts) if parts.is_empty()) {
            return Ok(Node::Fail);
        }
        Ok(Node::Look(Look { body, behind, negative }))
    }

    fn call(&mut self, number: u32, start: usize) -> Parsed<Node> {
        self.has_call = true;
        self.refer(number, start);
        Ok(Node::Call(number))
    }

    fn call_by_name(&mut self, name: &str, start: usize) -> Parsed<Node> {
        let groups = self.lookup(name, start)?;
        self.call(groups.first().copied().unwrap_or(0), start)
    }

    fn condition(&mut self, start: usize) -> Parsed<Node> {
        let cond = self.condition_head()?;
        let node = self.alternatives(false)?;
        self.close(start)?;
        let (yes, no) = match node {
            Node::Alt(mut branches) => {
                if branches.len() > 2 || matches!(cond, Cond::Never) {
                    return self.error_at(start, Kind::ConditionBranches);
                }
                let no = branches.pop().unwrap_or(Node::Empty);
                (branches.pop().unwrap_or(Node::Empty), no)
            }
            other => (other, Node::Empty),
        };
        Ok(Node::Cond { cond, yes: Box::new(yes), no: Box::new(no) })
    }

    /// After `(?(`, through the `)` of the condition.
    fn condition_head(&mut self) -> Parsed<Cond> {
        let start = self.at;
        for (text, behind, negative) in
            [("?=", false, false), ("?!", false, true), ("?<=", true, false), ("?<!", true, true)]
        {
            if self.eat_str(text) {
                let body = Box::new(self.body(start)?);
                return Ok(Cond::Look(Look { body, behind, negative }));
            }
        }
        if self.eat_str("DEFINE)") {
            return Ok(Cond::Never);
        }
        let cond = match self.peek() {
            Some('<') => {
                self.at += 1;
                let name = self.name('>')?;
                Cond::Groups(self.lookup(&name, start)?)
            }
            Some('\'') => {
                self.at += 1;
                let name = self.name('\'')?;
                Cond::Groups(self.lookup(&name, start)?)
            }
            Some('1'..='9') => {
                let number = self.decimal().unwrap_or(0);
                Cond::Groups(alloc::vec![number])
            }
            Some('R') => {
                self.at += 1;
                if self.eat('&') {
                    let name = self.name(')')?;
                    self.at -= 1;
                    Cond::Called(Some(self.lookup(&name, start)?))
                } else if let Some(number) = self.decimal() {
                    Cond::Called(Some(alloc::vec![number]))
                } else {
                    Cond::Called(None)
                }
            }
            _ => return self.error_at(start, Kind::BadCondition),
        };
        self.has_group_cond = true;
        if !self.eat(')') {
            return self.error_at(start, Kind::BadCondition);
        }
        Ok(cond)
    }

    /// After `(*`.
    fn verb(&mut self, start: usize) -> Parsed<Option<Node>> {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            name.push(c);
            self.at += 1;
        }
        if self.eat(':') {
            let look = match name.as_str() {
                "pla" | "positive_lookahead" => Some((false, false)),
                "nla" | "negative_lookahead" => Some((false, true)),
                "plb" | "positive_lookbehind" => Some((true, false)),
                "nlb" | "negative_lookbehind" => Some((true, true)),
                _ => None,
            };
            if let Some((behind, negative)) = look {
                return self.look(start, behind, negative).map(Some);
            }
            if name == "atomic" {
                return self.body(start).map(|body| Some(Node::Atomic(Box::new(body))));
            }
            while self.peek().is_some_and(|c| c != ')') {
                self.at += 1;
            }
        }
        self.close(start)?;
        let verb = match name.as_str() {
            "F" | "FAIL" => return Ok(Some(Node::Fail)),
            "ACCEPT" => Verb::Accept,
            "PRUNE" => Verb::Prune,
            "SKIP" => Verb::Skip,
            "COMMIT" => Verb::Commit,
            "THEN" => Verb::Then,
            _ => return self.error_at(start, Kind::UnknownVerb(name)),
        };
        self.has_verb = true;
        Ok(Some(Node::Verb(verb)))
    }

    /// After `(?`: flags, then `)` or `:`.
    fn inline_flags(&mut self, start: usize) -> Parsed<Option<Node>> {
        let mut flags = self.flags;
        if self.eat('^') {
            flags = Flags::default();
        }
        let mut on = true;
        loop {
            let Some(c) = self.peek() else { return self.error_at(start, Kind::UnknownGroup) };
            self.at += 1;
            match c {
                'i' => flags.ignore_case = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_all = on,
                'x' => {
                    let more = self.eat('x');
                    flags.extended = on;
                    flags.extended_more = on && more;
                }
                'n' => flags.no_capture = on,
                'a' if on => {
                    self.eat('a');
                    flags.ascii = true;
                }
                'u' | 'd' | 'l' if on => flags.ascii = false,
                'p' => {}
                '-' if on => on = false,
                ')' => {
                    self.flags = flags;
                    return Ok(None);
                }
                ':' => {
                    let outer = self.flags;
                    self.flags = flags;
                    let body = self.body(start)?;
                    self.flags = outer;
                    return Ok(Some(body));
                }
                _ => return self.error_at(start, Kind::UnknownGroup),
            }
        }
    }
}

/// An empty group is something a quantifier may follow.
fn solid(node: Node) -> Node {
    if matches!(node, Node::Empty) { Node::Cat(Vec::new()) } else { node }
}

/// Whether a group could still be called or named from elsewhere.
fn contains_group(node: &Node) -> bool {
    match node {
        Node::Group { .. } => true,
        Node::Cat(parts) | Node::Alt(parts) => parts.iter().any(contains_group),
        Node::Repeat { body, .. } | Node::Atomic(body) => contains_group(body),
        Node::Look(look) => contains_group(&look.body),
        Node::Cond { cond, yes, no } => {
            matches!(cond, Cond::Look(look) if contains_group(&look.body))
                || contains_group(yes)
                || contains_group(no)
        }
        _ => false,
    }
}
