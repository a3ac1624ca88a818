//! The value stack: lists on their way between compiled code and the runtime.
//!
//! The stack never moves, so that slices of it stay valid while more is pushed. A mark is a height
//! in values. Values on it are owned by it.

use alloc::vec::Vec;

use s_abi::constants::Constant;
use s_abi::layout::{Val, tag, want};

use crate::array;
use crate::cell;
use crate::exception::Thrown;
use crate::hash;
use crate::magic::{self, Operation};
use crate::value::{Array, Ptr, Slot, Table, UNDEF, ValExt, bytes, int, num};
use crate::vm::Vm;

impl Vm {
    /// Height of the stack in values.
    #[inline(always)]
    #[must_use]
    pub fn height(&self) -> usize {
        (self.abi.top as usize - self.stack_base as usize) / size_of::<Val>()
    }

    fn at(&self, height: usize) -> *mut Val {
        self.stack_base.wrapping_add(height)
    }

    /// The list from a mark. The slice must not be used after the stack was popped below it.
    #[inline(always)]
    #[must_use]
    pub fn list(&self, mark: i64) -> &'static [Val] {
        let mark = mark.max(0) as usize;
        let height = self.height();
        if mark >= height {
            return &[];
        }
        // SAFETY: values below the top are initialised and the stack never moves.
        unsafe { core::slice::from_raw_parts(self.at(mark), height - mark) }
    }

    /// The list from a mark, for changing its elements.
    #[must_use]
    pub fn list_mut(&mut self, mark: i64) -> &'static mut [Val] {
        let mark = mark.max(0) as usize;
        let height = self.height();
        if mark >= height {
            return &mut [];
        }
        // SAFETY: as for `list`; the callers keep no other slice of this range.
        unsafe { core::slice::from_raw_parts_mut(self.at(mark), height - mark) }
    }

    /// Pushes a value, which it consumes.
    #[inline(always)]
    pub fn push(&mut self, value: Val) -> Result<(), Thrown> {
        if self.abi.top == self.abi.end {
            return Err(self.overflow(value));
        }
        // SAFETY: the top is below the end of the mapped stack.
        unsafe { self.abi.top.write(value) };
        self.abi.top = self.abi.top.wrapping_add(1);
        Ok(())
    }

    #[cold]
    fn overflow(&mut self, value: Val) -> Thrown {
        self.release(value);
        self.list_too_long()
    }

    #[cold]
    fn list_too_long(&mut self) -> Thrown {
        self.die(b"Out of memory: a list is too long")
    }

    /// Whether as many values could be pushed: asked before a list whose length a program names is made.
    pub fn has_room(&mut self, count: u64) -> Result<(), Thrown> {
        let room = (self.abi.end as usize).saturating_sub(self.abi.top as usize) / size_of::<Val>();
        if count > room as u64 { Err(self.list_too_long()) } else { Ok(()) }
    }

    /// Pushes values, which it consumes, also on failure.
    pub fn push_all(&mut self, values: &[Val]) -> Result<(), Thrown> {
        for (at, &value) in values.iter().enumerate() {
            if let Err(thrown) = self.push(value) {
                for &rest in &values[at + 1..] {
                    self.release(rest);
                }
                return Err(thrown);
            }
        }
        Ok(())
    }

    /// Takes the list from a mark: the caller owns the values now.
    #[must_use]
    pub fn take_list(&mut self, mark: i64) -> Vec<Val> {
        let values = self.list(mark).to_vec();
        self.forget_list(mark);
        values
    }

    /// Pops without releasing: the values have another owner now.
    #[inline(always)]
    pub fn forget_list(&mut self, mark: i64) {
        let mark = mark.max(0) as usize;
        if mark < self.height() {
            self.abi.top = self.at(mark);
        }
    }

    /// Pops and releases the list from a mark.
    #[inline(always)]
    pub fn drop_list(&mut self, mark: i64) {
        let bottom = self.at(mark.max(0) as usize);
        while self.abi.top > bottom {
            self.abi.top = self.abi.top.wrapping_sub(1);
            // SAFETY: the value was initialised, being below the old top.
            let value = unsafe { self.abi.top.read() };
            self.release(value);
        }
    }

    /// Makes the list from a mark the result of a call: LIST in list context, else its last value.
    pub fn list_as_result(&mut self, mark: i64, wanted: u64) -> Val {
        if wanted == want::LIST {
            let count = self.height() - mark.max(0) as usize;
            return Val { w0: tag::LIST, w1: count as u64 };
        }
        list_last(self, mark)
    }

    /// The scalar of a call's result: the last of a list.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.list.scalar_of"))]
    pub fn scalar_of(&mut self, result: Val) -> Val {
        if result.w0 != tag::LIST {
            return result;
        }
        let mark = self.height() as i64 - result.w1 as i64;
        list_last(self, mark)
    }

    /// Pushes what a call returned so that it stands on the stack; a scalar is pushed.
    pub fn push_result(&mut self, result: Val) -> Result<(), Thrown> {
        if result.w0 == tag::LIST { Ok(()) } else { self.push(result) }
    }

    /// Removes the `count` values below the list of `kept` on top.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.list.remove_below"))]
    pub fn remove_below(&mut self, mark: i64, kept: usize) {
        let mark = mark.max(0) as usize;
        let height = self.height();
        let from = height - kept;
        if from <= mark {
            return;
        }
        // What destructors push meanwhile stands above the list that is kept.
        for &value in &self.list(mark as i64)[..from - mark] {
            self.release(value);
        }
        // SAFETY: both ranges are below the top.
        unsafe { core::ptr::copy(self.at(from), self.at(mark), kept) };
        self.abi.top = self.at(mark + kept);
    }

    /// Pushes the elements of an array, owned.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.list.push_array"))]
    pub fn push_array(&mut self, array: &Array) -> Result<(), Thrown> {
        if magic::is_tied_array(*array) {
            let all = magic::elements(self, *array)?;
            return self.push_all(&all);
        }
        let count = array.len;
        if (self.abi.end as usize - self.abi.top as usize) / size_of::<Val>() < count {
            return Err(self.overflow(UNDEF));
        }
        for at in 0..count {
            let value = array::value(self, array, at)?;
            self.push(value)?;
        }
        Ok(())
    }

    /// Appends the string forms of a list.
    pub fn append_all(&mut self, mark: i64, out: &mut Vec<u8>) -> Result<(), Thrown> {
        for &value in self.list(mark) {
            self.append_text(value, out)?;
        }
        Ok(())
    }
}

/// Height of the stack.
pub fn mark(vm: &mut Vm) -> i64 {
    vm.height() as i64
}

/// Pushes.
#[inline(always)]
pub fn list_push(vm: &mut Vm, value: Val) -> Result<(), Thrown> {
    vm.push(value)
}

/// Pushes the constants of a text, see [`s_abi::constants`].
pub fn list_push_constants(vm: &mut Vm, text: Val) -> Result<(), Thrown> {
    let mut rest = bytes(&text);
    while let Some(constant) = Constant::read(&mut rest) {
        vm.push(match constant {
            Constant::Int(value) => int(value),
            Constant::Float(value) => num(value),
            Constant::Text(content, wide) => crate::string::string_of(content, wide),
        })?;
    }
    Ok(())
}

/// Pops and releases.
pub fn list_drop(vm: &mut Vm, mark: i64) {
    vm.drop_list(mark);
}

/// Length of the list from a mark.
pub fn list_len(vm: &mut Vm, mark: i64) -> i64 {
    vm.height() as i64 - mark
}

/// The nth of the list from a mark.
pub fn list_get(vm: &mut Vm, mark: i64, n: i64) -> Val {
    let list = vm.list(mark);
    let at = if n < 0 { n + list.len() as i64 } else { n };
    match usize::try_from(at).ok().and_then(|at| list.get(at)) {
        Some(value) => value.retained(),
        None => UNDEF,
    }
}

/// The last of the list, which is consumed.
pub fn list_last(vm: &mut Vm, mark: i64) -> Val {
    if vm.height() as i64 <= mark {
        return UNDEF;
    }
    vm.abi.top = vm.abi.top.wrapping_sub(1);
    // SAFETY: the value was below the top.
    let value = unsafe { vm.abi.top.read() };
    vm.drop_list(mark);
    value
}

/// Where the list of a call's result begins; the top for a scalar.
pub fn list_result_mark(vm: &mut Vm, result: Val) -> i64 {
    let height = vm.height() as i64;
    if result.w0 == tag::LIST { height - result.w1 as i64 } else { height }
}

/// The list as a call's result.
pub fn list_result(vm: &mut Vm, mark: i64, wanted: i64) -> Val {
    vm.list_as_result(mark, wanted as u64)
}

/// List from one mark, indexes from the second: leaves the elements they choose.
pub fn list_slice(vm: &mut Vm, mark: i64, indexes: i64) {
    let chosen = vm.take_list(indexes);
    let list = vm.take_list(mark);
    if !list.is_empty() {
        for &index in &chosen {
            let n = vm.index_of(index);
            let at = if n < 0 { n.wrapping_add(list.len() as i64) } else { n };
            let value = usize::try_from(at).ok().and_then(|at| list.get(at));
            let value = value.map_or(UNDEF, |value| value.retained());
            let _ = vm.push(value);
        }
    }
    vm.release_all(&chosen);
    vm.release_all(&list);
}

/// Reverses the list.
pub fn list_reverse(vm: &mut Vm, mark: i64) {
    vm.list_mut(mark).reverse();
}

/// `(LIST) x N`.
pub fn list_repeat(vm: &mut Vm, mark: i64, times: Val) -> Result<(), Thrown> {
    let times = vm.integer(times)?;
    let list = vm.list(mark);
    if times <= 0 {
        vm.drop_list(mark);
        return Ok(());
    }
    vm.has_room((list.len() as u64).saturating_mul(times as u64 - 1))?;
    for _ in 1..times {
        for &value in list {
            vm.push(value.retained())?;
        }
    }
    Ok(())
}

/// Removes what stands between two marks.
pub fn list_move(vm: &mut Vm, from: i64, to: i64) {
    let kept = vm.height().saturating_sub(to.max(0) as usize);
    vm.remove_below(from, kept);
}

/// Pushes the elements of an array.
pub fn list_push_arr(vm: &mut Vm, array: Array) -> Result<(), Thrown> {
    vm.push_array(&array)
}

/// Pushes keys and values of a hash.
pub fn list_push_hash(vm: &mut Vm, table: Table) -> Result<(), Thrown> {
    if magic::is_tied_hash(table) {
        let mark = vm.height() as i64;
        magic::tied(vm, table, Operation::Keys)?;
        return crate::containers::hash_pairs(vm, table, mark);
    }
    let mut at = 0;
    while let Some(found) = hash::next(table, at) {
        vm.push(hash::key_at(table, found))?;
        let value = hash::value(vm, table, found)?;
        vm.push(value)?;
        at = found + 1;
    }
    Ok(())
}

/// Pushes arguments from memory.
pub fn list_push_args(vm: &mut Vm, address: i64, count: i64) -> Result<(), Thrown> {
    for at in 0..count.max(0) as usize {
        let slot: Slot = Ptr((address as *mut Val).wrapping_add(at));
        vm.push(cell::load(*slot))?;
    }
    Ok(())
}

/// From, to, step or undef: becomes the range.
pub fn list_range(vm: &mut Vm, mark: i64) -> Result<(), Thrown> {
    let operands = vm.take_list(mark);
    let result = range(vm, &operands);
    vm.release_all(&operands);
    result
}

fn range(vm: &mut Vm, operands: &[Val]) -> Result<(), Thrown> {
    let from = operands.first().copied().unwrap_or(UNDEF);
    let to = operands.get(1).copied().unwrap_or(UNDEF);
    let step = operands.get(2).copied().unwrap_or(UNDEF);
    if from.is_string() && !bytes(&from).is_empty() {
        use crate::text::number::looks_like_number;
        let (first, last) = (bytes(&from), vm.text(to)?);
        let numeric = looks_like_number(first);
        let leading_zero = first.len() > 1 && first[0] == b'0' && first.iter().all(u8::is_ascii_digit);
        if !numeric || leading_zero {
            return text_range(vm, first, &last, step);
        }
    } else if from.is_string() {
        // The empty string ranges over itself.
        let last = vm.text(to)?;
        if !crate::text::number::looks_like_number(&last) {
            return vm.push(from.retained());
        }
    }
    let step = if step.is_undef() { int(1) } else { vm.number(step)? };
    let (low, high) = (vm.number(from)?, vm.number(to)?);
    if !step.is_int() {
        let (mut at, end, step) = (vm.float(low)?, vm.float(high)?, vm.float(step)?);
        if step == 0.0 || step.is_nan() {
            return Err(vm.die(b"a range's step must not be zero"));
        }
        vm.has_room(((end - at) / step).max(0.0) as u64)?;
        let start = at;
        let mut count = 0u32;
        while if step > 0.0 { at <= end + step * 1e-9 } else { at >= end + step * 1e-9 } {
            vm.push(num(at))?;
            count += 1;
            at = start + f64::from(count) * step;
        }
        return Ok(());
    }
    let (mut at, end, step) = (vm.integer(low)?, vm.integer(high)?, step.as_int());
    if step == 0 {
        return Err(vm.die(b"a range's step must not be zero"));
    }
    if (at <= end) == (step > 0) {
        vm.has_room(at.abs_diff(end) / step.unsigned_abs())?;
    }
    while if step > 0 { at <= end } else { at >= end } {
        vm.push(int(at))?;
        match at.checked_add(step) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(())
}

fn text_range(vm: &mut Vm, from: &[u8], to: &[u8], step: Val) -> Result<(), Thrown> {
    // In Perl nothing is longer than the last one, not even the first.
    if vm.compat && from.len() > to.len() {
        return Ok(());
    }
    let step = if step.is_undef() { 1 } else { vm.integer(step)? };
    // Downwards over single letters: what `"e":"a":-1` means.
    if let ([first], [last]) = (from, to)
        && step < 0
    {
        let mut at = i64::from(*first);
        while at >= i64::from(*last) {
            vm.push(crate::value::short(&[at as u8]))?;
            at = at.saturating_add(step);
        }
        return Ok(());
    }
    if !vm.compat
        && let Some(texts) = crate::text::sequence::Sequence::new(from, to, step)
    {
        for text in texts {
            vm.push(crate::string::string(&text))?;
        }
        return Ok(());
    }
    let step = step.max(1) as usize;
    for text in crate::text::number::MagicRange::new(from, to).step_by(step) {
        vm.push(crate::string::string(&text))?;
    }
    Ok(())
}

/// `join SEP, LIST`.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.list.list_join"))]
pub fn list_join(vm: &mut Vm, separator: Val, mark: i64) -> Result<Val, Thrown> {
    let result = join_values(vm, separator, vm.list(mark));
    vm.drop_list(mark);
    result
}

/// Joins values by a separator.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.list.join_values"))]
pub fn join_values(vm: &mut Vm, separator: Val, values: &[Val]) -> Result<Val, Thrown> {
    let separator = vm.text(separator)?;
    if let Some(joined) = crate::convert::join_plain(values, separator.0) {
        return Ok(joined);
    }
    vm.check_operands(values)?;
    let between = separator.len().saturating_mul(values.len().saturating_sub(1));
    let room = crate::convert::Builder::room_for(values).saturating_add(between);
    let Some(mut out) = crate::convert::Builder::try_with_room(room) else {
        return Err(vm.die(b"Out of memory in join"));
    };
    for (n, &value) in values.iter().enumerate() {
        if n > 0 && !separator.is_empty() {
            out.push_value(vm, separator.0)?;
        }
        out.push_value(vm, value)?;
    }
    Ok(out.finish())
}

/// `reverse` in scalar context.
pub fn list_reverse_str(vm: &mut Vm, mark: i64) -> Result<Val, Thrown> {
    let joined = list_join(vm, crate::value::EMPTY, mark)?;
    let text = crate::string::Text(joined);
    Ok(vm.reversed(&text))
}

/// Array references among the list are spread.
pub fn list_flatten(vm: &mut Vm, mark: i64) {
    if !vm.list(mark).iter().any(|value| value.w0 == tag::AREF) {
        return;
    }
    let values = vm.take_list(mark);
    for value in values {
        match value.as_array() {
            Some(array) => {
                let _ = vm.push_array(&array);
                vm.release(value);
            }
            None => {
                let _ = vm.push(value);
            }
        }
    }
}

/// Every element becomes a reference to it.
pub fn ref_list(vm: &mut Vm, mark: i64) {
    for slot in vm.list_mut(mark) {
        let value = *slot;
        *slot = crate::value::counted(tag::SREF, cell::new(value));
    }
}

/// Pushes what a reference refers to: elements of an array, pairs of a hash.
pub fn list_spread(vm: &mut Vm, value: Val) -> Result<(), Thrown> {
    match value.tag() {
        tag::AREF => list_push_arr(vm, value.pointer()),
        tag::HREF => list_push_hash(vm, value.pointer()),
        tag::UNDEF => Ok(()),
        _ => vm.push(value.retained()),
    }
}
