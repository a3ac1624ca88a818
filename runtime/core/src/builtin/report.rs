//! Formats: `formline`, and `write`, which calls the function a format was compiled to.
//!
//! The parser makes of `format NAME =` a function `format::NAME` that calls `formline` with each line of the
//! picture and references to the values below it; so a `^` field can shorten the variable it was filled
//! from. `formline` appends to `$^A`, which `write` sends to the handle. Where a record does not fit on the
//! page any more, another page begins with the top of form (`NAME_TOP`, or `top`), if there is one.

use alloc::vec::Vec;

use s_abi::layout::{Cell, Glob, Val, tag, want};

use super::{Form, arg};
use crate::exception::Thrown;
use crate::string::string;
use crate::value::{CodeRef, GlobRef, Ptr, ValExt, glob_name, int};
use crate::vm::Vm;

// The builtins of this file.
functions![("formline", formline), ("write", write)];

/// Records that a `~~` line may make of one text.
const REPEATS_MAX: usize = 10_000;

/// What a field may end in.
const DOTS: &[u8] = b"...";

/// A field of a picture.
struct Field {
    /// `^`: what was shown is cut off the variable.
    cuts: bool,
    /// Characters it takes.
    width: usize,
    kind: Kind,
    /// It ends in `...`, which are shown when text is left.
    dots: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Left,
    Right,
    Centre,
    /// Digits behind the point, whether there is one, and whether zeros lead.
    Number(usize, bool, bool),
    /// `@*`: all lines; `^*`: the next line.
    Lines,
}

/// A piece of a picture line.
enum Piece {
    Text(Vec<u8>),
    Field(Field),
}

fn formline(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let picture = vm.text(arg(a, 0))?.to_vec();
    let mut values = a.get(1..).unwrap_or(&[]);
    let mut out = Vec::new();
    let mut rest = picture.as_slice();
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        let pieces = pieces(line);
        let fields = pieces.iter().filter(|piece| matches!(piece, Piece::Field(_))).count();
        let (mine, others) = values.split_at(fields.min(values.len()));
        values = others;
        let repeats = line.windows(2).any(|pair| pair == b"~~");
        let suppress = line.contains(&b'~');
        for _ in 0..REPEATS_MAX {
            let (text, filled) = fill(vm, &pieces, mine)?;
            if suppress && !filled {
                break;
            }
            if text.ends_with(b"\n") || suppress {
                // Blanks at the end of a line go.
                let newline = text.ends_with(b"\n");
                let kept = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\n')).map_or(0, |at| at + 1);
                out.extend_from_slice(&text[..kept]);
                if newline {
                    out.push(b'\n');
                }
            } else {
                out.extend_from_slice(&text);
            }
            if !repeats {
                break;
            }
        }
    }
    let number = crate::special::number_of("^A").unwrap_or(-1);
    let before = crate::special::special_get(vm, number)?;
    let mut all = if before.is_undef() { Vec::new() } else { vm.text(before)?.to_vec() };
    vm.release(before);
    all.extend_from_slice(&out);
    let all = string(&all);
    crate::special::special_set(vm, number, all)?;
    vm.release(all);
    Ok(int(1))
}

/// Splits a line into text and fields.
fn pieces(line: &[u8]) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        if !matches!(byte, b'@' | b'^') {
            text.push(if byte == b'~' { b' ' } else { byte });
            at += 1;
            continue;
        }
        if !text.is_empty() {
            out.push(Piece::Text(core::mem::take(&mut text)));
        }
        let run = |from: usize, mark: u8| line[from..].iter().take_while(|&&b| b == mark).count();
        let begin = at;
        at += 1;
        let zeros = line.get(at) == Some(&b'0') && matches!(line.get(at + 1), Some(b'#' | b'.'));
        let kind = match line.get(at) {
            Some(b'*') => {
                at += 1;
                Kind::Lines
            }
            Some(b'<') => {
                at += run(at, b'<');
                Kind::Left
            }
            Some(b'>') => {
                at += run(at, b'>');
                Kind::Right
            }
            Some(b'|') => {
                at += run(at, b'|');
                Kind::Centre
            }
            Some(b'#' | b'.') | Some(b'0')
                if zeros || line.get(at) == Some(&b'#') || line.get(at + 1) == Some(&b'#') =>
            {
                at += usize::from(zeros);
                at += run(at, b'#');
                let mut digits = 0;
                let point = line.get(at) == Some(&b'.') && line.get(at + 1) == Some(&b'#');
                if point {
                    digits = run(at + 1, b'#');
                    at += 1 + digits;
                }
                Kind::Number(digits, point, zeros)
            }
            _ => Kind::Left,
        };
        let dots = line[at..].starts_with(DOTS) && matches!(kind, Kind::Left | Kind::Right | Kind::Centre);
        at += if dots { DOTS.len() } else { 0 };
        let width = at - begin;
        out.push(Piece::Field(Field { cuts: byte == b'^', width, kind, dots }));
    }
    if !text.is_empty() {
        out.push(Piece::Text(text));
    }
    out
}

/// Fills a line; whether any field had something to show.
fn fill(vm: &mut Vm, pieces: &[Piece], values: &[Val]) -> Result<(Vec<u8>, bool), Thrown> {
    let mut out = Vec::new();
    let mut filled = false;
    let mut next = 0;
    for piece in pieces {
        let field = match piece {
            Piece::Text(text) => {
                out.extend_from_slice(text);
                continue;
            }
            Piece::Field(field) => field,
        };
        let place = values.get(next).copied().unwrap_or(crate::value::UNDEF);
        next += 1;
        let value =
            if place.w0 == tag::SREF { crate::cell::get(place.pointer::<Cell>()) } else { place.retained() };
        let undefined = value.is_undef();
        if let Kind::Number(digits, point, zeros) = field.kind {
            if field.cuts && undefined {
                out.resize(out.len() + field.width, b' ');
                continue;
            }
            filled = true;
            let number = vm.number(value)?;
            let number = vm.float(number)?;
            vm.release(value);
            let digits = if point { digits } else { 0 };
            let mut shown = Vec::new();
            crate::text::sprintf::fixed(number, digits, &mut shown);
            let fill = if zeros { b'0' } else { b' ' };
            out.resize(out.len() + field.width.saturating_sub(shown.len()), fill);
            out.extend_from_slice(&shown);
            continue;
        }
        let text = if undefined { Vec::new() } else { vm.text(value)?.to_vec() };
        vm.release(value);
        if field.kind == Kind::Lines {
            let line_end = text.iter().position(|&byte| byte == b'\n');
            filled |= !text.is_empty();
            if field.cuts {
                let end = line_end.unwrap_or(text.len());
                out.extend_from_slice(&text[..end]);
                cut(vm, place, text.get(end + 1..).unwrap_or(&[]));
            } else {
                out.extend_from_slice(text.strip_suffix(b"\n").unwrap_or(&text));
            }
            continue;
        }
        let (shown, left) =
            if field.cuts { broken(&text, field.width) } else { one_line(&text, field.width) };
        filled |= !shown.is_empty();
        let missing = field.width.saturating_sub(characters(&shown));
        let before = match field.kind {
            Kind::Right => missing,
            Kind::Centre => missing / 2,
            _ => 0,
        };
        let mut shown = [&b" ".repeat(before), shown.as_slice()].concat();
        if field.dots && !left.is_empty() {
            // They stand behind the text, or over its end.
            let kept = fitting(&shown, field.width - DOTS.len());
            shown.truncate(kept);
            shown.extend_from_slice(DOTS);
        }
        let missing = field.width.saturating_sub(characters(&shown));
        out.extend_from_slice(&shown);
        out.resize(out.len() + missing, b' ');
        if field.cuts {
            cut(vm, place, &left);
        }
    }
    Ok((out, filled))
}

/// Gives the variable behind a `^` field what is left of its text.
fn cut(vm: &mut Vm, place: Val, left: &[u8]) {
    if place.w0 == tag::SREF {
        crate::cell::set(vm, place.pointer::<Cell>(), string(left));
    }
}

fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// The first line of a text, as much as fits.
fn one_line(text: &[u8], width: usize) -> (Vec<u8>, Vec<u8>) {
    let end = text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len());
    let end = fitting(&text[..end], width);
    (text[..end].to_vec(), text[end..].to_vec())
}

/// How many bytes of a text its first characters take.
fn fitting(text: &[u8], width: usize) -> usize {
    let mut count = 0;
    for (at, &byte) in text.iter().enumerate() {
        if byte & 0xc0 != 0x80 {
            if count == width {
                return at;
            }
            count += 1;
        }
    }
    text.len()
}

/// What of a text fits, broken between words, and what is left without the blanks it begins with.
fn broken(text: &[u8], width: usize) -> (Vec<u8>, Vec<u8>) {
    let line = text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len());
    let fits = fitting(&text[..line], width);
    let end = if fits == line {
        line
    } else if text[fits] == b' ' {
        fits
    } else {
        match text[..fits].iter().rposition(|byte| matches!(byte, b' ' | b'-')) {
            Some(at) if text[at] == b'-' => at + 1,
            Some(at) => at,
            None => fits,
        }
    };
    let kept = text[..end].iter().rposition(|&byte| byte != b' ').map_or(0, |at| at + 1);
    let mut left = &text[end..];
    if end == line {
        left = left.strip_prefix(b"\n").unwrap_or(left);
    }
    let begin = left.iter().position(|&byte| byte != b' ').unwrap_or(left.len());
    (text[..kept].to_vec(), left[begin..].to_vec())
}

/// `write`, `write HANDLE`.
fn write(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let glob: Option<GlobRef> = match a.first() {
        Some(&handle) => crate::convert::as_glob(handle),
        None => vm.output.selected,
    };
    let Some(glob) = glob else { return Err(vm.die(b"Undefined format \"STDOUT\" called")) };
    let (name, top) = vm.format_names(glob);
    let Some(code) = vm.format_code(&name) else {
        let shown = alloc::string::String::from_utf8_lossy(&name).into_owned();
        return Err(vm.die_fmt(format_args!("Undefined format \"{shown}\" called")));
    };
    let text = vm.format_text(code)?;
    let lines = lines(&text);
    let mut all = if vm.form(glob).lines_left < lines { begin_page(vm, glob, &top)? } else { Vec::new() };
    vm.form(glob).lines_left -= lines;
    all.extend_from_slice(&text);
    let handle = crate::value::counted(tag::GLOB, Ptr::<Glob>(glob.0));
    let mark = vm.height() as i64;
    vm.push(string(&all))?;
    let (comma, ending) = (vm.specials.output_separator, vm.specials.record_separator);
    vm.specials.output_separator = crate::value::UNDEF;
    vm.specials.record_separator = crate::value::UNDEF;
    let good = crate::output::print_to(vm, handle, mark, 0);
    vm.specials.output_separator = comma;
    vm.specials.record_separator = ending;
    let good = good?;
    Ok(vm.boolean(good))
}

/// Begins a page of a handle; what has to be written before its first record.
fn begin_page(vm: &mut Vm, glob: GlobRef, top: &[u8]) -> Result<Vec<u8>, Thrown> {
    let code = vm.format_code(top).or_else(|| vm.format_code(b"top"));
    let form = vm.form(glob);
    form.lines_left = form.page_length;
    let Some(code) = code else { return Ok(Vec::new()) };
    form.page += 1;
    let mut all = if form.page > 1 { form_feed(vm)? } else { Vec::new() };
    let text = vm.format_text(code)?;
    vm.form(glob).lines_left -= lines(&text);
    all.extend_from_slice(&text);
    Ok(all)
}

/// `$^L`, which stands between pages.
fn form_feed(vm: &mut Vm) -> Result<Vec<u8>, Thrown> {
    let number = crate::special::number_of("^L").unwrap_or(-1);
    let value = crate::special::special_get(vm, number)?;
    let text = vm.text(value)?.to_vec();
    vm.release(value);
    Ok(text)
}

fn lines(text: &[u8]) -> i64 {
    text.iter().filter(|&&byte| byte == b'\n').count() as i64
}

impl Vm {
    /// How a handle writes formats.
    pub(crate) fn form(&mut self, glob: GlobRef) -> &mut Form {
        self.world.forms.entry(glob.0 as usize as u64).or_default()
    }

    /// Names of the format of a handle and of its top, `$~` and `$^`.
    pub(crate) fn format_names(&mut self, glob: GlobRef) -> (Vec<u8>, Vec<u8>) {
        let full = glob_name(glob);
        let bare = full.strip_prefix(b"main::").unwrap_or(full).to_vec();
        let top = [&bare, b"_TOP".as_slice()].concat();
        let form = self.form(glob);
        (form.name.clone().unwrap_or(bare), form.top.clone().unwrap_or(top))
    }

    /// Chooses the format (or the top) of a handle.
    pub(crate) fn choose_format(&mut self, glob: GlobRef, name: Vec<u8>, top: bool) {
        let form = self.form(glob);
        if top {
            form.top = Some(name);
        } else {
            form.name = Some(name);
        }
    }

    fn format_code(&mut self, name: &[u8]) -> Option<CodeRef> {
        let name = name.strip_prefix(b"main::").unwrap_or(name);
        let glob = self.existing_glob(&[b"format::", name].concat())?;
        (!glob.code.is_null()).then(|| Ptr(glob.code))
    }

    fn format_text(&mut self, code: CodeRef) -> Result<Vec<u8>, Thrown> {
        let number = crate::special::number_of("^A").unwrap_or(-1);
        let before = crate::special::special_get(self, number)?;
        crate::special::special_set(self, number, crate::value::EMPTY)?;
        let result = self.call(code, &[], want::VOID);
        let text = crate::special::special_get(self, number)?;
        crate::special::special_set(self, number, before)?;
        self.release(before);
        let value = result?;
        let value = self.scalar_of(value);
        self.release(value);
        let bytes = self.text(text)?.to_vec();
        self.release(text);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_broken_between_words() {
        assert_eq!(broken(b"the quick fox", 10), (b"the quick".to_vec(), b"fox".to_vec()));
        assert_eq!(broken(b"unbreakable", 4), (b"unbr".to_vec(), b"eakable".to_vec()));
        assert_eq!(broken(b"one\ntwo", 10), (b"one".to_vec(), b"two".to_vec()));
        assert_eq!(one_line(b"abcdef", 3), (b"abc".to_vec(), b"def".to_vec()));
    }
}
