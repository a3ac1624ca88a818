//! Patterns at run time: compiled pattern values, matching with captures, substitution, `split`,
//! `tr`.
//!
//! Default mode reads subjects as UTF-8. Under `--compat` a subject is bytes unless it or the
//! pattern is wide. The captures belong to the last successful match of the running function:
//! a scope opened at its entry puts the caller's back.
//!
//! Long because matching, substituting and splitting share the captures and their scopes.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use s_abi::functions::pattern_flag as bit;
use s_abi::layout::{Header, Val, kind, tag};
use s_regex::{Flags, From, Regex, Scratch};

use crate::cell;
use crate::convert::Builder;
use crate::exception::Thrown;
use crate::late;
use crate::memory::{allocate, header, take_out};
use crate::string::{Text, string, string_of};
use crate::text::transliterate;
use crate::text::utf8;
use crate::value::{CellRef, EMPTY, GlobRef, Ptr, UNDEF, ValExt, bytes, counted, int};
use crate::vm::Vm;

/// A compiled pattern.
#[derive(Debug)]
#[repr(C)]
pub struct Pattern {
    header: Header,
    regex: Box<Regex>,
    /// For wide subjects, made when first met (`--compat`).
    wide: Option<Box<Regex>>,
    text: Vec<u8>,
    is_wide: bool,
    flags: Flags,
    /// The text when it means itself.
    literal: Option<Vec<u8>>,
    has_names: bool,
}

const UNSET: usize = usize::MAX;

/// The last successful match.
#[derive(Debug)]
struct Captures {
    subject: Val,
    groups: Vec<(usize, usize)>,
    pattern: Val,
    last_group: usize,
    last_closed: usize,
}

impl Captures {
    fn none() -> Self {
        Self { subject: UNDEF, groups: Vec::new(), pattern: UNDEF, last_group: 0, last_closed: 0 }
    }
}

#[derive(Debug)]
struct Substitution {
    subject: Text,
    pattern: Val,
    out: Builder,
    copied: usize,
    at: usize,
    not_empty: bool,
    count: i64,
    over: bool,
}

#[derive(Debug)]
struct Transliteration {
    bytes: transliterate::Table,
    code_points: transliterate::Table,
    to_wide: bool,
}

/// What matching needs.
#[derive(Debug)]
pub struct Patterns {
    cache: BTreeMap<(Vec<u8>, i64), Val>,
    scratch: Scratch,
    current: Captures,
    scopes: Vec<Option<Captures>>,
    substitutions: Vec<Option<Substitution>>,
    tables: Vec<Transliteration>,
    /// `%+`, `@+`, when the program names them.
    pub(crate) plus: Option<GlobRef>,
    /// `@-`, when the program names it.
    pub(crate) minus: Option<GlobRef>,
}

/// What of [`Patterns`] belongs to what is running: every task has its own.
#[derive(Debug)]
pub(crate) struct Dynamic {
    current: Captures,
    scopes: Vec<Option<Captures>>,
    substitutions: Vec<Option<Substitution>>,
}

impl Default for Dynamic {
    fn default() -> Self {
        Self { current: Captures::none(), scopes: Vec::new(), substitutions: Vec::new() }
    }
}

impl Patterns {
    /// Exchanges what belongs to the running task.
    pub(crate) fn exchange(&mut self, other: &mut Dynamic) {
        core::mem::swap(&mut self.current, &mut other.current);
        core::mem::swap(&mut self.scopes, &mut other.scopes);
        core::mem::swap(&mut self.substitutions, &mut other.substitutions);
    }
}

impl Default for Patterns {
    fn default() -> Self {
        Self {
            cache: BTreeMap::new(),
            scratch: Scratch::new(),
            current: Captures::none(),
            scopes: Vec::new(),
            substitutions: Vec::new(),
            tables: Vec::new(),
            plus: None,
            minus: None,
        }
    }
}

impl Patterns {
    /// Depth of the scopes of captures.
    #[must_use]
    pub fn scope_depth(&self) -> usize {
        self.scopes.len()
    }

    /// Substitutions that were begun.
    #[must_use]
    pub fn open_substitutions(&self) -> usize {
        self.substitutions.len()
    }
}

const CACHE_MAX: usize = 2000;

fn flags_of(bits: i64) -> Flags {
    Flags {
        ignore_case: bits & bit::IGNORE_CASE != 0,
        multi_line: bits & bit::MULTI_LINE != 0,
        dot_all: bits & bit::DOT_ALL != 0,
        extended: bits & (bit::EXTENDED | bit::EXTENDED_MORE) != 0,
        extended_more: bits & bit::EXTENDED_MORE != 0,
        no_capture: bits & bit::NO_CAPTURE != 0,
        ascii: bits & bit::ASCII != 0,
    }
}

/// Ends a pattern.
pub fn free(_vm: &mut Vm, object: Ptr<Header>) {
    drop(take_out(Ptr(object.0.cast::<Pattern>())));
}

/// Appends the form of a pattern, `(?^i:..)`.
pub fn append_form(value: Val, out: &mut Vec<u8>) {
    let pattern = value.pointer::<Pattern>();
    out.extend_from_slice(&s_regex::stringify(&pattern.text, pattern.flags));
}

/// What Perl says of a wrong pattern, where it marks the place.
fn perl_message(text: &[u8], error: &s_regex::PatternError) -> Option<String> {
    use s_regex::PatternErrorKind as Kind;
    let at = error.offset.min(text.len());
    let from = |n: usize| &text[n.min(text.len())..];
    // Behind the first of some bytes, from a place on.
    let behind = |place: usize, ends: &[u8]| {
        from(place).iter().position(|byte| ends.contains(byte)).map_or(text.len(), |n| place + n + 1)
    };
    let (what, mark) = match &error.kind {
        Kind::UnmatchedOpen => ("Unmatched (".to_owned(), at + 1),
        Kind::UnmatchedClose => ("Unmatched )".to_owned(), at + 1),
        Kind::UnmatchedBracket => ("Unmatched [".to_owned(), at + 1),
        Kind::NothingToRepeat => ("Quantifier follows nothing".to_owned(), at + 1),
        Kind::NestedQuantifier => ("Nested quantifiers".to_owned(), at + 1),
        Kind::TrailingBackslash => {
            return Some(alloc::format!("Trailing \\ in regex m/{}/", String::from_utf8_lossy(text)));
        }
        Kind::CountTooBig => ("Quantifier in {,} bigger than 65534".to_owned(), behind(at, b"}") - 1),
        Kind::NoSuchGroup(_) => {
            let mark = match (from(at).first(), from(at).get(1)) {
                (Some(b'('), _) => behind(at, b")"),
                (_, Some(b'g')) if from(at).get(2) == Some(&b'{') => behind(at, b"}"),
                _ => {
                    let digits = from(at + 1).iter().skip_while(|byte| **byte == b'g');
                    at + 1
                        + usize::from(from(at + 1).first() == Some(&b'g'))
                        + digits.take_while(|byte| byte.is_ascii_digit()).count()
                }
            };
            ("Reference to nonexistent group".to_owned(), mark)
        }
        Kind::NoSuchName(_) => {
            ("Reference to nonexistent named group".to_owned(), behind(at, b">}')").saturating_sub(1))
        }
        Kind::ReversedRange => {
            let first = if from(at).first() == Some(&b'\\') { 2 } else { 1 };
            let second = if from(at + first + 1).first() == Some(&b'\\') { 2 } else { 1 };
            let end = (at + first + 1 + second).min(text.len());
            (alloc::format!("Invalid [] range \"{}\"", String::from_utf8_lossy(&text[at..end])), end)
        }
        Kind::UnknownClass(name) => (alloc::format!("POSIX class [:{name}:] unknown"), at + name.len() + 4),
        Kind::UnknownProperty(name) => {
            let what = alloc::format!("Can't find Unicode property definition \"{name}\"");
            (what, behind(at, b"}"))
        }
        Kind::UnknownVerb(name) => (alloc::format!("Unknown verb pattern '{name}'"), behind(at, b")")),
        Kind::UnknownGroup if at + 3 <= text.len() => {
            let end = at + 3;
            let shown = String::from_utf8_lossy(&text[at..end]).into_owned();
            (alloc::format!("Sequence {shown}...) not recognized"), end)
        }
        _ => return None,
    };
    let mark = mark.min(text.len());
    Some(alloc::format!(
        "{what} in regex; marked by <-- HERE in m/{} <-- HERE {}/",
        String::from_utf8_lossy(&text[..mark]),
        String::from_utf8_lossy(&text[mark..])
    ))
}

fn compile(text: &[u8], wide: bool, flags: i64, compat: bool) -> Result<Ptr<Pattern>, String> {
    let flags = flags_of(flags);
    // Only programs in compatibility mode have patterns of bytes, and say so at their start.
    let make =
        if compat && !wide { late::BYTES_PATTERN.get().unwrap_or(Regex::of_text) } else { Regex::of_text };
    let regex = make(text, flags).map_err(|error| match perl_message(text, &error).filter(|_| compat) {
        Some(message) => message,
        None => alloc::format!("invalid pattern /{}/: {error}", String::from_utf8_lossy(text)),
    })?;
    let plain = !flags.ignore_case
        && !flags.extended
        && !text.is_empty()
        && !text.iter().any(|byte| b"\\^$.|?*+()[]{}".contains(byte));
    let has_names = regex.names().next().is_some();
    let mut head = header(kind::RX);
    if wide && !text.is_ascii() {
        head.flags |= crate::value::FLAG_WIDE;
    }
    Ok(allocate(Pattern {
        header: head,
        regex: Box::new(regex),
        wide: None,
        literal: plain.then(|| text.to_vec()),
        text: text.to_vec(),
        is_wide: wide,
        flags,
        has_names,
    }))
}

/// Whether a pattern compiles.
///
/// # Errors
/// What is wrong with it.
pub fn check(text: &[u8], flags: i64, compat: bool) -> Result<(), String> {
    late::bytes_patterns();
    compile(text, false, flags, compat).map(|pattern| drop(take_out(pattern)))
}

impl Patterns {
    /// How many transliterations have been registered.
    pub(crate) fn table_count(&self) -> usize {
        self.tables.len()
    }
}

impl Vm {
    /// A pattern of the program, which lives for ever.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn constant_pattern(&mut self, text: &[u8], wide: bool, flags: i64) -> Result<Val, String> {
        let pattern = compile(text, wide, flags, self.compat)?;
        crate::containers::immortalise(pattern.head());
        Ok(counted(tag::RX, pattern))
    }

    /// Registers a transliteration; its number. `raw` says that escapes are still to be read.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn register_transliteration(
        &mut self,
        from: &[u8],
        to: &[u8],
        flags: &[u8],
        raw: bool,
    ) -> Result<usize, String> {
        use crate::text::sprintf::Units as Characters;
        let letters: Vec<u8> = flags.iter().copied().filter(|&letter| letter != b'r').collect();
        let Some(flags) = transliterate::Flags::parse(&letters) else {
            return Err("unknown modifier of tr".into());
        };
        let make = |units| {
            transliterate::Table::new(from, to, flags, raw, units).map_err(|error| alloc::format!("{error}"))
        };
        let table = Transliteration {
            bytes: make(Characters::Bytes)?,
            code_points: make(Characters::CodePoints)?,
            to_wide: !to.is_ascii(),
        };
        self.patterns.tables.push(table);
        Ok(self.patterns.tables.len() - 1)
    }

    /// A pattern value of a text or pattern, owned.
    pub fn pattern_of(&mut self, value: Val, flags: i64) -> Result<Val, Thrown> {
        if value.w0 == tag::RX && flags == 0 {
            return Ok(value.retained());
        }
        if value.w0 == tag::SREF {
            let inner = cell::get(value.pointer());
            if inner.w0 == tag::RX {
                return Ok(inner);
            }
            self.release(inner);
        }
        let text = self.text(value)?;
        let key = (text.to_vec(), flags << 1 | i64::from(text.is_wide()));
        if let Some(known) = self.patterns.cache.get(&key) {
            return Ok(known.retained());
        }
        let pattern = match compile(&text, text.is_wide(), flags, self.compat) {
            Ok(pattern) => counted(tag::RX, pattern),
            Err(message) => return Err(self.die(message.as_bytes())),
        };
        if self.patterns.cache.len() >= CACHE_MAX {
            for (_, old) in core::mem::take(&mut self.patterns.cache) {
                self.release(old);
            }
        }
        self.patterns.cache.insert(key, pattern.retained());
        Ok(pattern)
    }

    /// A subject as the pattern reads it: wide if either is.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.subject"))]
    fn subject(&mut self, value: Val, pattern: Ptr<Pattern>) -> Result<Text, Thrown> {
        if value.is_undef() {
            self.check_operands(&[value])?;
        }
        let text = self.text(value)?;
        if self.compat && pattern.is_wide && !text.is_wide() {
            if text.is_ascii() {
                return Ok(Text(string_of(&text, true)));
            }
            let wide = crate::convert::widened(&text);
            return Ok(Text(string_of(&wide, true)));
        }
        Ok(text)
    }

    /// Searches and, on success, makes the captures the current ones.
    #[inline]
    fn search(
        &mut self,
        subject: &Text,
        pattern: Val,
        start: usize,
        last_end: Option<usize>,
        not_empty_at: Option<usize>,
    ) -> Result<Option<(usize, usize)>, Thrown> {
        let found = self.look(subject, pattern, start, last_end, not_empty_at)?;
        if found.is_some() {
            self.remember(subject, pattern);
        }
        Ok(found)
    }

    /// Searches; what was found is in the scratch memory.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.look"))]
    fn look(
        &mut self,
        subject: &Text,
        pattern: Val,
        start: usize,
        last_end: Option<usize>,
        not_empty_at: Option<usize>,
    ) -> Result<Option<(usize, usize)>, Thrown> {
        let mut object = pattern.pointer::<Pattern>();
        let from = From { last_end, not_empty_at, ..From::default() };
        if self.compat && subject.is_wide() && !object.is_wide && object.wide.is_none() {
            let text = crate::convert::widened(&object.text);
            match Regex::of_text(&text, object.flags) {
                Ok(regex) => object.wide = Some(Box::new(regex)),
                Err(error) => return Err(self.die_fmt(format_args!("invalid pattern: {error}"))),
            }
        }
        let regex = match &object.wide {
            Some(wide) if subject.is_wide() => wide,
            _ => &object.regex,
        };
        match regex.find_at(subject, start, &from, &mut self.patterns.scratch) {
            Ok(false) => Ok(None),
            Ok(true) => Ok(self.patterns.scratch.group(0)),
            Err(error) => Err(self.die_fmt(format_args!("{error}"))),
        }
    }

    /// Makes the captures of the last search, which was successful, the current ones.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.remember"))]
    fn remember(&mut self, subject: &Text, pattern: Val) {
        let groups = pattern.pointer::<Pattern>().regex.group_count();
        self.keep_captures(subject, pattern, |captures, scratch| {
            captures.groups.extend((0..=groups).map(|n| scratch.group(n).unwrap_or((UNSET, UNSET))));
            captures.last_group = scratch.last_group();
            captures.last_closed = scratch.last_closed();
        });
    }

    fn keep_captures(&mut self, subject: &Text, pattern: Val, fill: impl FnOnce(&mut Captures, &Scratch)) {
        if let Some(scope) = self.patterns.scopes.last_mut()
            && scope.is_none()
        {
            *scope = Some(core::mem::replace(&mut self.patterns.current, Captures::none()));
        }
        let patterns = &mut self.patterns;
        let current = &mut patterns.current;
        current.groups.clear();
        fill(current, &patterns.scratch);
        if current.subject != subject.0 {
            let old = core::mem::replace(&mut current.subject, subject.0.retained());
            self.release(old);
        }
        if self.patterns.current.pattern != pattern {
            let old = core::mem::replace(&mut self.patterns.current.pattern, pattern.retained());
            self.release(old);
        }
        if self.patterns.plus.is_some() || self.patterns.minus.is_some() {
            self.publish_captures();
        }
    }

    /// Fills `%+`, `%-`, `@-` and `@+`.
    #[cold]
    fn publish_captures(&mut self) {
        let groups = self.patterns.current.groups.clone();
        let last = groups.iter().rposition(|group| group.0 != UNSET).unwrap_or(0);
        let subject = self.patterns.current.subject.retained();
        let place = |vm: &Vm, at: usize| {
            if at == UNSET {
                UNDEF
            } else if vm.compat && subject.is_wide() {
                int(utf8::index_of_offset(bytes(&subject), at) as i64)
            } else {
                int(at as i64)
            }
        };
        if let Some(glob) = self.patterns.minus {
            let mut array = Ptr(glob.array);
            crate::array::clear(self, &mut array);
            for group in &groups[..=last] {
                let value = place(self, group.0);
                crate::array::push(&mut array, value);
            }
            let pattern = self.patterns.current.pattern.pointer::<Pattern>();
            let table = Ptr(glob.hash);
            crate::hash::clear(self, table);
            if pattern.has_names {
                for (name, numbers) in pattern.regex.names() {
                    let mut all = crate::array::new();
                    for &number in numbers {
                        let value = self.group_value(number);
                        crate::array::push(&mut all, value);
                    }
                    crate::hash::set_text(self, table, name.as_bytes(), crate::value::aref(all));
                }
            }
        }
        if let Some(glob) = self.patterns.plus {
            let mut array = Ptr(glob.array);
            crate::array::clear(self, &mut array);
            for group in &groups {
                let value = place(self, group.1);
                crate::array::push(&mut array, value);
            }
            let pattern = self.patterns.current.pattern.pointer::<Pattern>();
            let table = Ptr(glob.hash);
            crate::hash::clear(self, table);
            if pattern.has_names {
                for (name, numbers) in pattern.regex.names() {
                    let number = numbers
                        .iter()
                        .copied()
                        .find(|&n| groups.get(n).is_some_and(|group| group.0 != UNSET));
                    if let Some(number) = number {
                        let value = self.group_value(number);
                        crate::hash::set_text(self, table, name.as_bytes(), value);
                    }
                }
            }
        }
        self.release(subject);
    }

    /// The text of a group of the last match, owned.
    #[must_use]
    fn group_value(&self, n: usize) -> Val {
        let current = &self.patterns.current;
        match current.groups.get(n) {
            Some(&(start, end)) if start != UNSET && start <= end => self.piece(&current.subject, start, end),
            _ => UNDEF,
        }
    }

    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.piece"))]
    fn piece(&self, subject: &Val, start: usize, end: usize) -> Val {
        let text = bytes(subject);
        if self.compat && subject.is_wide() {
            return string_of(&text[start..end], true);
        }
        cut(text, start, end)
    }

    /// Pushes the groups of the last match; the number pushed.
    fn push_groups(&mut self) -> Result<i64, Thrown> {
        let count = self.patterns.current.groups.len();
        for n in 1..count {
            let value = self.group_value(n);
            self.push(value)?;
        }
        Ok(count as i64 - 1)
    }

    /// Leaves scopes of captures down to a depth.
    pub(crate) fn leave_match_scopes(&mut self, depth: usize) {
        while self.patterns.scopes.len() > depth {
            if let Some(Some(outer)) = self.patterns.scopes.pop() {
                let inner = core::mem::replace(&mut self.patterns.current, outer);
                self.release(inner.subject);
                self.release(inner.pattern);
            }
        }
    }

    /// Gives up substitutions that an exception left.
    pub(crate) fn drop_substitutions(&mut self, kept: usize) {
        while self.patterns.substitutions.len() > kept {
            if let Some(Some(left)) = self.patterns.substitutions.pop() {
                self.release(left.pattern);
            }
        }
    }

    /// All matches from `start`; pushes captures or whole matches. The number pushed.
    fn push_all_matches(&mut self, subject: &Text, pattern: Val, start: usize) -> Result<i64, Thrown> {
        if pattern.pointer::<Pattern>().regex.group_count() == 0 {
            return self.push_whole_matches(subject, pattern, start);
        }
        let (mut at, mut barred, mut pushed) = (start, None, 0);
        let mut last_end = Some(start);
        while at <= subject.len() {
            let Some((start, end)) = self.search(subject, pattern, at, last_end, barred)? else { break };
            pushed += self.push_groups()?;
            at = end;
            last_end = Some(end);
            // An empty match may not follow another one at the same place.
            barred = (start == end).then_some(end);
        }
        Ok(pushed)
    }
}

impl Vm {
    /// As [`Vm::push_all_matches`] of a pattern without groups: only the last match is remembered.
    fn push_whole_matches(&mut self, subject: &Text, pattern: Val, start: usize) -> Result<i64, Thrown> {
        let (mut at, mut last_end, mut pushed) = (start, start, 0);
        let mut last = None;
        while at <= subject.len() {
            let barred = last.filter(|(start, end)| start == end).map(|_| at);
            let Some(found) = self.look(subject, pattern, at, Some(last_end), barred)? else { break };
            let value = self.piece(&subject.0, found.0, found.1);
            self.push(value)?;
            pushed += 1;
            (at, last_end, last) = (found.1, found.1, Some(found));
        }
        if let Some(whole) = last {
            self.keep_captures(subject, pattern, |captures, _| {
                captures.groups.push(whole);
                captures.last_group = 0;
                captures.last_closed = 0;
            });
        }
        Ok(pushed)
    }
}

/// A pattern of a text or pattern.
pub fn pattern(vm: &mut Vm, value: Val, flags: i64) -> Result<Val, Thrown> {
    vm.pattern_of(value, flags)
}

/// `=~` once.
#[inline]
pub fn match_once(vm: &mut Vm, subject: Val, pattern: Val) -> Result<bool, Thrown> {
    if pattern.w0 != tag::RX {
        let compiled = vm.pattern_of(pattern, 0)?;
        let result = match_once(vm, subject, compiled);
        vm.release(compiled);
        return result;
    }
    let text = vm.subject(subject, pattern.pointer())?;
    Ok(vm.search(&text, pattern, 0, None, None)?.is_some())
}

fn checksum(value: Val) -> u16 {
    let mixed = crate::string::fold(value.w0 ^ 0x9e37_79b9, value.w1 ^ 0x85eb_ca6b_27d4_eb2f);
    (mixed >> 32) as u16 | 1
}

/// `pos` of a cell in bytes, and whether an empty match may not begin there.
fn position(cell: CellRef) -> Option<(usize, bool)> {
    let head = cell.head();
    if head.extra == 0 || head.aux != checksum(cell.value) {
        return None;
    }
    Some(((head.extra as usize >> 1) - 1, head.extra & 1 != 0))
}

fn set_position(cell: CellRef, to: Option<(usize, bool)>) {
    let mut head = cell.head();
    match to {
        Some((at, barred)) if at < (1 << 30) => {
            head.extra = ((at as u32 + 1) << 1) | u32::from(barred);
            head.aux = checksum(cell.value);
        }
        _ => head.extra = 0,
    }
}

/// `//g` in scalar context.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.match_next"))]
pub fn match_next(vm: &mut Vm, cell: CellRef, pattern: Val, keep: i64) -> Result<bool, Thrown> {
    if pattern.w0 != tag::RX {
        let compiled = vm.pattern_of(pattern, 0)?;
        let result = match_next(vm, cell, compiled, keep);
        vm.release(compiled);
        return result;
    }
    let value = cell::get(cell);
    let text = vm.subject(value, pattern.pointer());
    vm.release(value);
    let text = text?;
    let (start, barred) = position(cell).unwrap_or((0, false));
    if start <= text.len() {
        let not_empty = barred.then_some(start);
        if let Some((from, end)) = vm.search(&text, pattern, start, Some(start), not_empty)? {
            set_position(cell, Some((end, from == end)));
            return Ok(true);
        }
    }
    if keep == 0 {
        set_position(cell, None);
    }
    Ok(false)
}

/// `=~` in list context.
pub fn match_list(vm: &mut Vm, subject: Val, pattern: Val) -> Result<i64, Thrown> {
    if !match_once(vm, subject, pattern)? {
        return Ok(0);
    }
    if vm.patterns.current.groups.len() > 1 {
        return vm.push_groups();
    }
    vm.push(int(1))?;
    Ok(1)
}

/// `//g` in list context on a place.
pub fn match_all(vm: &mut Vm, cell: CellRef, pattern: Val) -> Result<i64, Thrown> {
    let start = position(cell).map_or(0, |position| position.0);
    let value = cell::get(cell);
    let result = all_from(vm, value, pattern, start);
    vm.release(value);
    set_position(cell, None);
    result
}

/// `//g` in list context on a value.
pub fn match_all_value(vm: &mut Vm, subject: Val, pattern: Val) -> Result<i64, Thrown> {
    all_from(vm, subject, pattern, 0)
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.all_from"))]
fn all_from(vm: &mut Vm, subject: Val, pattern: Val, start: usize) -> Result<i64, Thrown> {
    let pattern = vm.pattern_of(pattern, 0)?;
    let result = match vm.subject(subject, pattern.pointer()) {
        Ok(text) => vm.push_all_matches(&text, pattern, start),
        Err(thrown) => Err(thrown),
    };
    vm.release(pattern);
    result
}

/// `$1` and its kin.
pub fn capture(vm: &mut Vm, n: i64) -> Val {
    vm.group_value(n.max(0) as usize)
}

/// `` $` ``, `$'`, `$+`, `$^N`.
pub fn match_var(vm: &mut Vm, which: i64) -> Val {
    let current = &vm.patterns.current;
    let Some(&(start, end)) = current.groups.first() else { return UNDEF };
    match which {
        0 => vm.piece(&current.subject, 0, start),
        1 => vm.piece(&current.subject, end, bytes(&current.subject).len()),
        2 if current.last_group > 0 => vm.group_value(current.last_group),
        3 if current.last_closed > 0 => vm.group_value(current.last_closed),
        _ => UNDEF,
    }
}

/// Begins a substitution; a handle.
pub fn subst_begin(vm: &mut Vm, subject: Val, pattern: Val) -> Result<i64, Thrown> {
    let pattern = vm.pattern_of(pattern, 0)?;
    let subject = match vm.subject(subject, pattern.pointer()) {
        Ok(subject) => subject,
        Err(thrown) => {
            vm.release(pattern);
            return Err(thrown);
        }
    };
    let mut out = Builder::new();
    if subject.is_wide() {
        out.set_wide();
    }
    vm.patterns.substitutions.push(Some(Substitution {
        subject,
        pattern,
        out,
        copied: 0,
        at: 0,
        not_empty: false,
        count: 0,
        over: false,
    }));
    Ok(vm.patterns.substitutions.len() as i64 - 1)
}

/// Finds the next match of a substitution.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.subst_next"))]
pub fn subst_next(vm: &mut Vm, handle: i64) -> Result<bool, Thrown> {
    let at = handle.max(0) as usize;
    let Some(mut open) = vm.patterns.substitutions.get_mut(at).and_then(Option::take) else {
        return Ok(false);
    };
    let mut found = None;
    if !open.over && open.at <= open.subject.len() {
        let barred = open.not_empty.then_some(open.at);
        let last_end = (open.count > 0).then_some(open.at);
        match vm.search(&open.subject, open.pattern, open.at, last_end, barred) {
            Ok(place) => found = place,
            Err(thrown) => {
                vm.patterns.substitutions[at] = Some(open);
                return Err(thrown);
            }
        }
    }
    match found {
        Some((start, end)) => {
            // `\K` may leave the start before what was copied.
            let start = start.max(open.copied);
            open.out.push_same(&open.subject[open.copied..start]);
            open.copied = end.max(start);
            open.at = end;
            // Only an empty match bars another one at its place.
            open.not_empty = start == end;
            open.count += 1;
        }
        None => open.over = true,
    }
    vm.patterns.substitutions[at] = Some(open);
    Ok(found.is_some())
}

/// Adds the replacement of the match found last.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.subst_add"))]
pub fn subst_add(vm: &mut Vm, handle: i64, value: Val) -> Result<(), Thrown> {
    let at = handle.max(0) as usize;
    let Some(mut open) = vm.patterns.substitutions.get_mut(at).and_then(Option::take) else {
        return Ok(());
    };
    let was_wide = open.out.is_wide();
    let result = open.out.push_value(vm, value);
    if open.out.is_wide() && !was_wide {
        // The rest of the subject goes on wide.
        let rest = open.subject[open.copied..].to_vec();
        let done = open.subject.len() - rest.len();
        let wide = crate::convert::widened(&open.subject);
        let front = crate::convert::widened(&open.subject[..done]).len();
        let shift = front - done;
        open.subject = Text(string_of(&wide, true));
        open.copied += shift;
        open.at += shift;
    }
    vm.patterns.substitutions[at] = Some(open);
    result
}

/// How many matches a substitution had.
pub fn subst_count(vm: &mut Vm, handle: i64) -> i64 {
    let open = vm.patterns.substitutions.get(handle.max(0) as usize);
    open.and_then(Option::as_ref).map_or(0, |open| open.count)
}

/// Ends a substitution; the new text.
pub fn subst_finish(vm: &mut Vm, handle: i64) -> Val {
    let at = handle.max(0) as usize;
    let Some(mut open) = vm.patterns.substitutions.get_mut(at).and_then(Option::take) else { return EMPTY };
    vm.drop_substitutions(at);
    vm.release(open.pattern);
    if open.count == 0 {
        return open.subject.0.retained();
    }
    open.out.push_same(&open.subject[open.copied..]);
    open.out.finish()
}

/// `split`: the list from the mark, pattern, subject, limit, becomes the fields.
pub fn split(vm: &mut Vm, mark: i64) -> Result<(), Thrown> {
    let held = take_operands(vm, mark);
    let result = split_list(vm, &held, mark);
    vm.release_all(&held);
    result
}

/// Takes what `split` works on from the stack: pattern, subject and limit, undef when missing.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.take_operands"))]
fn take_operands(vm: &mut Vm, mark: i64) -> [Val; 3] {
    let mut held = [UNDEF; 3];
    for (at, &value) in vm.list(mark).iter().enumerate() {
        match held.get_mut(at) {
            Some(slot) => *slot = value,
            None => vm.release(value),
        }
    }
    vm.forget_list(mark);
    held
}

fn split_list(vm: &mut Vm, list: &[Val], mark: i64) -> Result<(), Thrown> {
    let pattern = list.first().copied().unwrap_or(UNDEF);
    let subject = list.get(1).copied().unwrap_or(UNDEF);
    vm.check_operands(&[subject])?;
    let subject = vm.text(subject)?;
    let limit = match list.get(2) {
        Some(&limit) if !limit.is_undef() => vm.integer(limit)?,
        _ => 0,
    };
    if subject.is_empty() {
        return Ok(());
    }
    if pattern.is_string() && bytes(&pattern) == b" " {
        split_blank(vm, &subject, limit)?;
    } else if pattern.is_string() && bytes(&pattern).is_empty() {
        split_characters(vm, &subject, limit)?;
    } else {
        let compiled = vm.pattern_of(pattern, 0)?;
        let object = compiled.pointer::<Pattern>();
        let text = &object.text;
        let result = if text.is_empty() {
            split_characters(vm, &subject, limit)
        } else if let (Some(literal), false) = (&object.literal, vm.compat) {
            split_literal(vm, &subject, literal, limit)
        } else if text == b"^" && !object.flags.multi_line {
            match vm.pattern_of(pattern_text(), bit::MULTI_LINE) {
                Ok(lines) => {
                    let result = split_pattern(vm, &subject, lines, limit);
                    vm.release(lines);
                    result
                }
                Err(thrown) => Err(thrown),
            }
        } else {
            split_pattern(vm, &subject, compiled, limit)
        };
        vm.release(compiled);
        result?;
    }
    if limit == 0 {
        drop_trailing_empty(vm, mark);
    }
    Ok(())
}

fn pattern_text() -> Val {
    crate::value::short(b"^")
}

fn drop_trailing_empty(vm: &mut Vm, mark: i64) {
    while let Some(last) = vm.list(mark).last() {
        if !(last.is_undef() || last.is_string() && bytes(last).is_empty()) {
            break;
        }
        let height = vm.height() as i64;
        vm.drop_list(height - 1);
    }
}

fn split_blank(vm: &mut Vm, subject: &Text, limit: i64) -> Result<(), Thrown> {
    let text: &[u8] = subject;
    let blank = |byte: u8| byte.is_ascii_whitespace() || byte == 0x0b;
    let mut at = text.iter().position(|&byte| !blank(byte)).unwrap_or(text.len());
    let mut fields = 0;
    while at < text.len() {
        if limit > 0 && fields + 1 >= limit {
            let value = vm.piece(&subject.0, at, text.len());
            return vm.push(value);
        }
        let end = text[at..].iter().position(|&byte| blank(byte)).map_or(text.len(), |n| at + n);
        let value = vm.piece(&subject.0, at, end);
        vm.push(value)?;
        fields += 1;
        let next = text[end..].iter().position(|&byte| !blank(byte)).map_or(text.len(), |n| end + n);
        if next == text.len() && end < text.len() && (limit < 0 || limit > fields) {
            vm.push(EMPTY)?;
        }
        at = next;
    }
    Ok(())
}

fn split_characters(vm: &mut Vm, subject: &Text, limit: i64) -> Result<(), Thrown> {
    let code_points = vm.by_code_points(&subject.0);
    let (mut at, mut fields) = (0, 0);
    while at < subject.len() {
        let end = if limit > 0 && fields + 1 >= limit {
            subject.len()
        } else if code_points {
            utf8::next(subject, at)
        } else {
            at + 1
        };
        let value = vm.piece(&subject.0, at, end);
        vm.push(value)?;
        fields += 1;
        at = end;
    }
    if limit < 0 || limit > fields {
        vm.push(EMPTY)?;
    }
    Ok(())
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.pattern.split_literal"))]
fn split_literal(vm: &mut Vm, subject: &Text, literal: &[u8], limit: i64) -> Result<(), Thrown> {
    let text: &[u8] = subject;
    let (mut at, mut fields) = (0, 1);
    let finder = (literal.len() > 1).then(|| memchr::memmem::Finder::new(literal));
    while limit <= 0 || fields < limit {
        let found = match (&finder, literal) {
            (None, [byte, ..]) => memchr::memchr(*byte, &text[at..]),
            (Some(finder), _) => finder.find(&text[at..]),
            (None, []) => None,
        };
        let Some(found) = found else { break };
        vm.push(cut(text, at, at + found))?;
        at += found + literal.len();
        fields += 1;
    }
    vm.push(string(&text[at..]))
}

/// A piece of a text that is not wide, as a value.
#[inline(always)]
fn cut(text: &[u8], start: usize, end: usize) -> Val {
    if end - start <= crate::value::SHORT_MAX {
        return crate::value::short_within(text, start, end);
    }
    string(&text[start..end])
}

fn split_pattern(vm: &mut Vm, subject: &Text, pattern: Val, limit: i64) -> Result<(), Thrown> {
    let mut object = pattern.pointer::<Pattern>();
    let subject = &vm.subject(subject.0, object)?;
    if vm.compat && subject.is_wide() && !object.is_wide && object.wide.is_none() {
        let text = crate::convert::widened(&object.text);
        if let Ok(regex) = Regex::of_text(&text, object.flags) {
            object.wide = Some(Box::new(regex));
        }
    }
    let (mut field, mut at, mut fields) = (0, 0, 1);
    while (limit <= 0 || fields < limit) && at <= subject.len() {
        // An empty match splits only behind the start of a field.
        let from = From { not_empty_at: Some(field), ..From::default() };
        let regex = match &object.wide {
            Some(wide) if subject.is_wide() => wide,
            _ => &object.regex,
        };
        match regex.find_at(subject, at, &from, &mut vm.patterns.scratch) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(vm.die_fmt(format_args!("{error}"))),
        }
        let Some((start, end)) = vm.patterns.scratch.group(0) else { break };
        if end == start && start >= subject.len() {
            break;
        }
        push_field(vm, subject, field, start, regex.group_count())?;
        fields += 1;
        field = end;
        at = end;
    }
    let value = vm.piece(&subject.0, field, subject.len());
    vm.push(value)
}

fn push_field(vm: &mut Vm, subject: &Text, from: usize, to: usize, groups: usize) -> Result<(), Thrown> {
    let value = vm.piece(&subject.0, from, to);
    vm.push(value)?;
    for n in 1..=groups {
        let value = match vm.patterns.scratch.group(n) {
            Some((start, end)) => vm.piece(&subject.0, start, end),
            None => UNDEF,
        };
        vm.push(value)?;
    }
    Ok(())
}

/// `split` on a text without special meaning; empty: characters.
pub fn split_text(vm: &mut Vm, mark: i64) -> Result<(), Thrown> {
    let held = take_operands(vm, mark);
    let result = split_text_list(vm, &held, mark);
    vm.release_all(&held);
    result
}

fn split_text_list(vm: &mut Vm, list: &[Val], mark: i64) -> Result<(), Thrown> {
    let subject = list.get(1).copied().unwrap_or(UNDEF);
    vm.check_operands(&[subject])?;
    let separator = vm.text(list.first().copied().unwrap_or(UNDEF))?;
    let subject = vm.text(subject)?;
    let limit = match list.get(2) {
        Some(&limit) if !limit.is_undef() => vm.integer(limit)?,
        _ => 0,
    };
    if subject.is_empty() {
        return Ok(());
    }
    if separator.is_empty() {
        split_characters(vm, &subject, limit)?;
    } else if vm.compat {
        let quoted = Text(string_of(&s_regex::quote(&separator), separator.is_wide()));
        let pattern = vm.pattern_of(quoted.0, 0)?;
        let result = split_pattern(vm, &subject, pattern, limit);
        vm.release(pattern);
        result?;
    } else {
        split_literal(vm, &subject, &separator, limit)?;
    }
    if limit == 0 {
        drop_trailing_empty(vm, mark);
    }
    Ok(())
}

/// `tr`: the changed text.
pub fn trans(vm: &mut Vm, subject: Val, number: i64) -> Result<Val, Thrown> {
    use crate::text::sprintf::Units as Characters;
    vm.check_operands(&[subject])?;
    let text = vm.text(subject)?;
    let code_points = vm.by_code_points(&text.0);
    let Some(table) = vm.patterns.tables.get(number.max(0) as usize) else { return Ok(text.into_val()) };
    let mut out = Vec::new();
    if vm.compat && table.to_wide && !text.is_wide() {
        let wide = crate::convert::widened(&text);
        table.code_points.apply(&wide, &mut out, Characters::CodePoints);
        return Ok(string_of(&out, true));
    }
    if code_points {
        table.code_points.apply(&text, &mut out, Characters::CodePoints);
    } else {
        table.bytes.apply(&text, &mut out, Characters::Bytes);
    }
    Ok(string_of(&out, text.is_wide()))
}

/// How many characters `tr` would change.
pub fn trans_count(vm: &mut Vm, subject: Val, number: i64) -> Result<i64, Thrown> {
    use crate::text::sprintf::Units as Characters;
    vm.check_operands(&[subject])?;
    let text = vm.text(subject)?;
    let code_points = vm.by_code_points(&text.0);
    let Some(table) = vm.patterns.tables.get(number.max(0) as usize) else { return Ok(0) };
    Ok(if code_points {
        table.code_points.count(&text, Characters::CodePoints)
    } else {
        table.bytes.count(&text, Characters::Bytes)
    } as i64)
}

/// `pos $x`
pub fn pos_get(vm: &mut Vm, cell: CellRef) -> Val {
    let Some((at, _)) = position(cell) else { return UNDEF };
    let value = cell.value;
    if vm.compat && value.is_wide() {
        return int(utf8::index_of_offset(bytes(&value), at) as i64);
    }
    int(at as i64)
}

/// `pos $x = N`
pub fn pos_set(vm: &mut Vm, cell: CellRef, value: Val) -> Result<(), Thrown> {
    if value.is_undef() {
        set_position(cell, None);
        return Ok(());
    }
    let wanted = vm.integer(value)?;
    let content = cell::get(cell);
    let text = vm.text(content);
    vm.release(content);
    let text = text?;
    let by_points = vm.compat && text.is_wide();
    let len = if by_points { utf8::count(&text) } else { text.len() } as i64;
    let at = if wanted < 0 { (wanted + len).max(0) } else { wanted.min(len) } as usize;
    let at = if by_points { utf8::offset(&text, at).unwrap_or(text.len()) } else { at };
    set_position(cell, Some((at, false)));
    Ok(())
}

/// Opens a scope of captures; its handle.
#[inline]
pub fn match_scope(vm: &mut Vm) -> i64 {
    vm.patterns.scopes.push(None);
    vm.patterns.scopes.len() as i64 - 1
}

/// Leaves a scope of captures.
#[inline]
pub fn match_restore(vm: &mut Vm, handle: i64) {
    vm.leave_match_scopes(handle.max(0) as usize);
}
