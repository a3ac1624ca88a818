//! Places that are more than a value, and containers that are more than their elements: what cannot be
//! changed, what is tied to an object, and parts of a text to which there is a reference.
//!
//! A scalar of this kind is a cell whose value has the tag MAGIC. Whoever reads or stores tests the tag of
//! what is there anyway, so that others pay nothing; see [`crate::cell`]. A tied array or hash has no
//! elements of its own, so that every short way to one fails, and a bit in its header, which is looked at
//! where the runtime has failed to find an element, or is to change something. Behind both is one function
//! that who makes such a thing puts into its place in [`crate::late`].

use alloc::vec::Vec;

use s_abi::layout::{Arr, Hash, Header, Val, kind, tag, want};

use crate::cell;
use crate::exception::Thrown;
use crate::late;
use crate::memory::{allocate, header, take_out};
use crate::string::string;
use crate::value::{Array, CellRef, NONEXISTENT, Ptr, Table, UNDEF, ValExt, aref, counted, href, int};
use crate::vm::Vm;

/// [`Header::aux`] of a place with magic.
pub(crate) const PLACE: u16 = 11;
/// Bit of [`Header::aux`] of arrays and hashes: tied to an object.
pub(crate) const TIED: u16 = 2;
/// Bit of [`Header::aux`] of hashes: no other keys than some.
pub(crate) const RESTRICTED: u16 = 4;

/// The message of whoever changes what cannot be changed.
const READ_ONLY: &[u8] = b"Modification of a read-only value attempted";

/// What stands behind a place.
#[derive(Debug)]
enum Behind {
    /// A value that stays as it is.
    Constant,
    /// An object, asked by `FETCH` and `STORE`.
    Object(Val),
    /// An element of a tied container: the object and the key.
    Element(Val, Val),
    /// `substr`: the text, where it begins, how long it is; undef to the end.
    Part(CellRef, Val, Val),
    /// `pos`.
    Position(CellRef),
    /// `vec`: the text, the number of the element, its bits.
    Bits(CellRef, Val, Val),
}

/// A place with magic.
#[derive(Debug)]
#[repr(C)]
struct Magic {
    header: Header,
    /// What it gave last.
    last: Val,
    behind: Behind,
}

/// How a place is asked: what it holds without a value, which is stored otherwise.
pub(crate) type Access = fn(&mut Vm, Val, Option<Val>) -> Result<Val, Thrown>;

/// What is done with a tied array or hash.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation<'a> {
    /// A method with these arguments, for its result.
    Call(&'static [u8], &'a [Val]),
    /// The number of elements; of a hash whether there is one.
    Size,
    /// A cell that stands for the element under a key.
    Element(Val),
    /// Pushes all keys.
    Keys,
    /// The key behind the one before.
    NextKey,
    /// `splice` with these arguments in the context given; undef where the object cannot do it.
    Splice(&'a [Val], u64),
}

/// How a tied array or hash is asked.
pub(crate) type Tie = fn(&mut Vm, Ptr<Header>, Operation<'_>) -> Result<Val, Thrown>;

/// What a tied array or hash is tied to.
#[derive(Debug)]
pub(crate) struct Tied {
    object: Val,
    /// The key that came last.
    key: Val,
    /// What it held before, as a reference.
    former: Val,
}

/// A value of the tag MAGIC, which owns what it is given.
fn place(last: Val, behind: Behind) -> Val {
    late::ACCESS.set(access);
    let mut made = allocate(Magic { header: header(kind::EXT), last, behind });
    made.header.aux = PLACE;
    counted(tag::MAGIC, made)
}

/// What a place with magic gave last, owned.
#[must_use]
pub(crate) fn last(value: Val) -> Val {
    value.pointer::<Magic>().last.retained()
}

/// Whether a place stands for a part of another, of which there are references of their own type.
#[must_use]
pub(crate) fn is_part(value: Val) -> bool {
    let behind = &value.pointer::<Magic>().behind;
    matches!(behind, Behind::Part(..) | Behind::Position(_) | Behind::Bits(..))
}

/// Ends a place.
pub(crate) fn free(vm: &mut Vm, object: Ptr<Header>) {
    let magic = take_out(Ptr(object.0.cast::<Magic>()));
    vm.release(magic.last);
    match magic.behind {
        Behind::Constant => {}
        Behind::Object(object) => vm.release(object),
        Behind::Element(object, key) => vm.release_all(&[object, key]),
        Behind::Position(text) => vm.release_ptr(text),
        Behind::Part(text, from, length) | Behind::Bits(text, from, length) => {
            vm.release_ptr(text);
            vm.release_all(&[from, length]);
        }
    }
}

/// Reads a place with magic, or stores into it, which consumes the value.
fn access(vm: &mut Vm, raw: Val, given: Option<Val>) -> Result<Val, Thrown> {
    // The place may be left while its object is asked.
    let held = raw.retained();
    let mut magic = raw.pointer::<Magic>();
    let result = match given {
        None => read(vm, &magic),
        Some(value) => {
            let done = write(vm, &mut magic, value).map(|()| UNDEF);
            vm.release(value);
            done
        }
    };
    if given.is_none()
        && let Ok(value) = result
    {
        let old = core::mem::replace(&mut magic.last, value.retained());
        vm.release(old);
    }
    vm.release(held);
    result
}

fn read(vm: &mut Vm, magic: &Magic) -> Result<Val, Thrown> {
    match magic.behind {
        Behind::Constant => Ok(magic.last.retained()),
        Behind::Object(object) => vm.ask(object, b"FETCH", &[]),
        Behind::Element(object, key) => vm.ask(object, b"FETCH", &[key]),
        Behind::Part(text, from, length) => {
            let value = cell::fetch(vm, text.value)?;
            let from = vm.index_of(from);
            let result = if length.is_undef() {
                crate::places::substr_tail(vm, value, from)
            } else {
                let length = vm.index_of(length);
                crate::places::substr_get(vm, value, from, length)
            };
            vm.release(value);
            result
        }
        Behind::Position(text) => Ok(crate::pattern::pos_get(vm, text)),
        Behind::Bits(text, from, width) => {
            let value = cell::fetch(vm, text.value)?;
            let (from, width) = (vm.index_of(from), vm.index_of(width));
            let result = match vm.text(value) {
                Ok(text) => crate::places::vec_get(vm, &text, from, width),
                Err(thrown) => Err(thrown),
            };
            vm.release(value);
            result
        }
    }
}

fn write(vm: &mut Vm, magic: &mut Magic, value: Val) -> Result<(), Thrown> {
    let done = match magic.behind {
        Behind::Constant => return Err(vm.die(READ_ONLY)),
        Behind::Object(object) => vm.ask(object, b"STORE", &[value])?,
        Behind::Element(object, key) => vm.ask(object, b"STORE", &[key, value])?,
        Behind::Part(mut text, from, length) => {
            let slot = Ptr(&raw mut text.value);
            let (start, end) = crate::places::part_after(vm, slot, from, length, value)?;
            let old = crate::places::replace_part(vm, slot, &[from, length, value])?;
            // From now on it is what was put there.
            vm.release_all(&[from, length]);
            magic.behind = Behind::Part(text, int(start), int(end - start));
            old
        }
        Behind::Position(text) => return crate::pattern::pos_set(vm, text, value),
        Behind::Bits(mut text, from, width) => {
            let slot = Ptr(&raw mut text.value);
            return crate::places::replace_bits(vm, slot, &[from, width, value]);
        }
    };
    vm.release(done);
    Ok(())
}

/// A reference to a value that cannot be changed: `\1`. Consumes the value.
pub fn constant_ref(_vm: &mut Vm, value: Val) -> Val {
    counted(tag::SREF, constant_cell(value))
}

/// A cell whose value cannot be changed; consumes the value.
#[must_use]
pub(crate) fn constant_cell(value: Val) -> CellRef {
    cell::new(place(value, Behind::Constant))
}

/// The list from the mark becomes references to values that cannot be changed.
pub fn constant_list(vm: &mut Vm, mark: i64) {
    for slot in vm.list_mut(mark) {
        *slot = counted(tag::SREF, constant_cell(*slot));
    }
}

/// A reference to a part of a text that is changed through it: `\substr`, `\vec`, `\pos` (0, 1, 2) of a cell,
/// with two operands more.
pub fn part_ref(vm: &mut Vm, which: i64, text: CellRef, mark: i64) -> Val {
    let text = text.retained();
    let mut operands = vm.take_list(mark).into_iter().chain([UNDEF, UNDEF]);
    let mut next = || operands.next().unwrap_or(UNDEF);
    let behind = match which {
        0 => Behind::Part(text, next(), next()),
        1 => Behind::Bits(text, next(), next()),
        _ => Behind::Position(text),
    };
    counted(tag::SREF, cell::new(place(UNDEF, behind)))
}

/// Whether the value in a cell cannot be changed, which is settled when it is given.
pub(crate) fn read_only(vm: &mut Vm, mut cell: CellRef, wanted: Option<bool>) -> bool {
    let is_constant = is_constant(cell.value);
    match wanted {
        Some(true) if !is_constant && cell.value.w0 != tag::MAGIC => {
            cell.value = place(cell.value, Behind::Constant);
        }
        Some(false) if is_constant => {
            let value = last(cell.value);
            let old = core::mem::replace(&mut cell.value, value);
            vm.release(old);
        }
        _ => {}
    }
    wanted.unwrap_or(is_constant)
}

impl Vm {
    /// Calls a method of what something is tied to, for one value.
    pub(crate) fn ask(&mut self, object: Val, method: &[u8], arguments: &[Val]) -> Result<Val, Thrown> {
        let result = self.ask_for(object, method, arguments, want::SCALAR)?;
        Ok(self.scalar_of(result))
    }

    /// The same in a context.
    pub(crate) fn ask_for(
        &mut self,
        object: Val,
        method: &[u8],
        arguments: &[Val],
        wanted: u64,
    ) -> Result<Val, Thrown> {
        let mark = self.height() as i64;
        for value in [object].iter().chain(arguments) {
            self.push(value.retained())?;
        }
        self.call_tied(method, mark, wanted)
    }

    /// Calls a method of what something is tied to with the list from a mark, whose first it is.
    pub(crate) fn call_tied(&mut self, method: &[u8], mark: i64, wanted: u64) -> Result<Val, Thrown> {
        // Only who ties asks.
        let Some(call) = late::TIED_METHOD.get() else { return Ok(UNDEF) };
        let name = string(method);
        let result = call(self, name, mark, wanted as i64);
        self.release(name);
        result
    }

    fn class_has(&mut self, object: Val, method: &[u8]) -> bool {
        object.class() != 0 && self.find_method(object.class(), method).is_some()
    }

    /// `tie`: the place or container that a reference refers to, the class, and what its constructor gets.
    pub(crate) fn tie(&mut self, arguments: &[Val]) -> Result<Val, Thrown> {
        let [target, class, rest @ ..] = arguments else { return Ok(UNDEF) };
        let target = *target;
        late::TIED_METHOD.set(crate::class::call_method);
        if let Some(glob) = crate::convert::as_glob(target) {
            let object = self.ask(*class, b"TIEHANDLE", rest)?;
            if !object.is_undef() {
                self.tie_glob(glob, object.retained());
            }
            return Ok(object);
        }
        let method: &[u8] = match target.w0 {
            tag::AREF => b"TIEARRAY",
            tag::HREF => b"TIEHASH",
            tag::SREF => b"TIESCALAR",
            _ => return Err(self.die(b"Can't modify constant item in tie")),
        };
        let object = self.ask(*class, method, rest)?;
        if object.is_undef() {
            return Ok(object);
        }
        self.untie(target)?;
        match target.w0 {
            tag::SREF => {
                let mut cell: CellRef = target.pointer();
                let former = cell.value;
                cell.value = place(former, Behind::Object(object.retained()));
            }
            tag::AREF => {
                let mut array: Array = target.pointer();
                let mut former = crate::array::new();
                crate::array::swap_content(&mut array, &mut former);
                array.head().aux |= TIED;
                self.tied_to(array.head(), object, aref(former));
            }
            _ => {
                let table: Table = target.pointer();
                let former = crate::hash::new();
                crate::hash::swap_content(table, former);
                table.head().aux |= TIED;
                self.tied_to(table.head(), object, href(former));
            }
        }
        Ok(object)
    }

    /// Settles which keys a hash may have; more at once replace those before.
    pub(crate) fn restrict(&mut self, table: Table, keys: &[Val]) -> Result<(), Thrown> {
        self.unrestrict(table);
        let legal = crate::hash::new();
        for &key in keys {
            let (key, text) = self.key(key)?;
            crate::hash::set(self, legal, key, UNDEF);
            drop(text);
        }
        late::RESTRICT.set(allows);
        late::END_TIED.set(Vm::forget_tied);
        table.head().aux |= RESTRICTED;
        self.restricted.insert(table.address(), legal);
        Ok(())
    }

    /// Lets a hash have any key again.
    pub(crate) fn unrestrict(&mut self, table: Table) {
        table.head().aux &= !RESTRICTED;
        if let Some(legal) = self.restricted.remove(&table.address()) {
            self.release_ptr(legal);
        }
    }

    /// The keys that a restricted hash may have.
    pub(crate) fn legal_keys(&self, table: Table) -> Vec<Val> {
        let Some(&legal) = self.restricted.get(&table.address()) else { return Vec::new() };
        crate::hash::pairs(legal).into_iter().map(|(key, _)| key).collect()
    }

    fn tied_to(&mut self, container: Ptr<Header>, object: Val, former: Val) {
        late::TIE.set(operate);
        late::END_TIED.set(Vm::forget_tied);
        self.ties.insert(container.address(), Tied { object: object.retained(), key: UNDEF, former });
    }

    /// `tied`: the object, or undef.
    pub(crate) fn tied(&mut self, target: Val) -> Val {
        if let Some(glob) = crate::convert::as_glob(target) {
            return self.tied_glob(glob).unwrap_or(UNDEF);
        }
        match target.w0 {
            tag::SREF => match target.pointer::<s_abi::layout::Cell>().value {
                raw if raw.w0 == tag::MAGIC => match raw.pointer::<Magic>().behind {
                    Behind::Object(object) => object.retained(),
                    _ => UNDEF,
                },
                _ => UNDEF,
            },
            tag::AREF | tag::HREF => self.ties.get(&target.w1).map_or(UNDEF, |tied| tied.object.retained()),
            _ => UNDEF,
        }
    }

    /// `untie`: what it held before is there again.
    pub(crate) fn untie(&mut self, target: Val) -> Result<Val, Thrown> {
        let object = self.tied(target);
        if object.is_undef() {
            return Ok(self.boolean(true));
        }
        let result = if self.class_has(object, b"UNTIE") {
            self.ask(object, b"UNTIE", &[])
        } else {
            Ok(self.boolean(true))
        };
        if let Some(glob) = crate::convert::as_glob(target) {
            self.untie_glob(glob);
            self.release(object);
            return result;
        }
        match target.w0 {
            tag::SREF => {
                let mut cell: CellRef = target.pointer();
                let former = last(cell.value);
                let old = core::mem::replace(&mut cell.value, former);
                self.release(old);
            }
            tag::AREF => {
                let mut array: Array = target.pointer();
                if let Some(tied) = self.ties.remove(&target.w1) {
                    array.head().aux &= !TIED;
                    let mut former: Array = tied.former.pointer();
                    crate::array::swap_content(&mut array, &mut former);
                    self.release_all(&[tied.former, tied.object, tied.key]);
                }
            }
            _ => {
                let table: Table = target.pointer();
                if let Some(tied) = self.ties.remove(&target.w1) {
                    table.head().aux &= !TIED;
                    crate::hash::swap_content(table, tied.former.pointer());
                    self.release_all(&[tied.former, tied.object, tied.key]);
                }
            }
        }
        self.release(object);
        result
    }

    /// A tied or restricted container ends.
    fn forget_tied(&mut self, container: Ptr<Header>) {
        if let Some(legal) = self.restricted.remove(&container.address()) {
            self.release_ptr(legal);
        }
        if let Some(tied) = self.ties.remove(&container.address()) {
            self.release_all(&[tied.former, tied.object, tied.key]);
        }
    }
}

/// Asks whatever a tied array or hash is tied to.
fn operate(vm: &mut Vm, container: Ptr<Header>, operation: Operation<'_>) -> Result<Val, Thrown> {
    let Some(tied) = vm.ties.get(&container.address()) else { return Ok(UNDEF) };
    let object = tied.object.retained();
    let result = match operation {
        Operation::Call(method, arguments) => {
            let absent = matches!(method, b"EXTEND") && !vm.class_has(object, method);
            if absent { Ok(UNDEF) } else { vm.ask(object, method, arguments) }
        }
        Operation::Size if container.kind == kind::ARR => vm.ask(object, b"FETCHSIZE", &[]).map(|size| {
            let count = vm.index_of(size);
            vm.release(size);
            int(count.max(0))
        }),
        Operation::Size if vm.class_has(object, b"SCALAR") => vm.ask(object, b"SCALAR", &[]),
        Operation::Size => vm.ask(object, b"FIRSTKEY", &[]).map(|key| {
            let some = !key.is_undef();
            vm.release(key);
            vm.boolean(some)
        }),
        Operation::Element(key) => Ok(element(vm, container, object, key)),
        Operation::Keys => keys(vm, container, object).map(|()| UNDEF),
        Operation::NextKey => next_key(vm, container, object),
        Operation::Splice(arguments, wanted) if vm.class_has(object, b"SPLICE") => {
            vm.ask_for(object, b"SPLICE", arguments, wanted)
        }
        Operation::Splice(..) => Ok(NONEXISTENT),
    };
    vm.release(object);
    result
}

/// The cell that stands for an element. The container keeps it, among entries that nobody else sees.
fn element(vm: &mut Vm, container: Ptr<Header>, object: Val, key: Val) -> Val {
    let made = place(UNDEF, Behind::Element(object.retained(), key.retained()));
    let cell = cell::new(made);
    let kept = counted(tag::BOX, cell);
    let held = counted(tag::SREF, cell.retained());
    if container.kind == kind::HASH {
        let table: Table = Ptr(container.0.cast::<Hash>());
        if let Ok((normal, text)) = vm.key(key) {
            let mut slot = crate::hash::slot(table, normal);
            let old = core::mem::replace(&mut *slot, kept);
            vm.release(old);
            drop(text);
            return held;
        }
    }
    vm.release(kept);
    held
}

fn keys(vm: &mut Vm, container: Ptr<Header>, object: Val) -> Result<(), Thrown> {
    if container.kind == kind::ARR {
        let size = operate(vm, container, Operation::Size)?;
        for at in 0..size.as_int() {
            vm.push(int(at))?;
        }
        return Ok(());
    }
    let mut key = vm.ask(object, b"FIRSTKEY", &[])?;
    while !key.is_undef() {
        vm.push(key)?;
        key = vm.ask(object, b"NEXTKEY", &[key])?;
    }
    reset(vm, container);
    Ok(())
}

fn reset(vm: &mut Vm, container: Ptr<Header>) {
    if let Some(tied) = vm.ties.get_mut(&container.address()) {
        let old = core::mem::replace(&mut tied.key, UNDEF);
        vm.release(old);
    }
}

fn next_key(vm: &mut Vm, container: Ptr<Header>, object: Val) -> Result<Val, Thrown> {
    let before = vm.ties.get(&container.address()).map_or(UNDEF, |tied| tied.key.retained());
    let key = if before.is_undef() {
        vm.ask(object, b"FIRSTKEY", &[])
    } else {
        vm.ask(object, b"NEXTKEY", &[before])
    };
    vm.release(before);
    let key = key?;
    if let Some(tied) = vm.ties.get_mut(&container.address()) {
        let old = core::mem::replace(&mut tied.key, key.retained());
        vm.release(old);
    }
    Ok(key)
}

/// What somebody is about to do with a restricted hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Reading or storing under a key that it does not have.
    Access,
    /// Removing a key.
    Delete,
}

/// Refuses what a restricted hash does not allow; the key is a normal one.
pub(crate) type Restrict = fn(&mut Vm, Table, Val, Deed) -> Result<(), Thrown>;

fn allows(vm: &mut Vm, table: Table, key: Val, deed: Deed) -> Result<(), Thrown> {
    let is_legal =
        vm.restricted.get(&table.address()).is_none_or(|&legal| crate::hash::lookup(legal, key).is_some());
    let kept = deed == Deed::Delete
        && crate::hash::lookup(table, key).is_some_and(|slot| is_constant(*cell::target(slot)));
    if is_legal && !kept {
        return Ok(());
    }
    let shown = crate::hash::key_text(key);
    let mut message = match (deed, kept) {
        (Deed::Access, _) => b"Attempt to access disallowed key '".to_vec(),
        (Deed::Delete, true) => b"Attempt to delete readonly key '".to_vec(),
        (Deed::Delete, false) => b"Attempt to delete disallowed key '".to_vec(),
    };
    message.extend_from_slice(crate::value::bytes(&shown));
    message.extend_from_slice(match deed {
        Deed::Access => b"' in a restricted hash",
        Deed::Delete => b"' from a restricted hash",
    });
    vm.release(shown);
    Err(vm.die(&message))
}

fn is_constant(raw: Val) -> bool {
    raw.w0 == tag::MAGIC && matches!(raw.pointer::<Magic>().behind, Behind::Constant)
}

/// Asks whether a hash allows a deed; those that are not restricted allow all.
#[cold]
pub(crate) fn allowed(vm: &mut Vm, table: Table, key: Val, deed: Deed) -> Result<(), Thrown> {
    match late::RESTRICT.get() {
        Some(restrict) if table.header.aux & RESTRICTED != 0 => restrict(vm, table, key, deed),
        _ => Ok(()),
    }
}

/// Whether an array is tied.
#[inline(always)]
pub(crate) fn is_tied_array(array: Ptr<Arr>) -> bool {
    array.header.aux & TIED != 0
}

/// Whether a hash is tied.
#[inline(always)]
pub(crate) fn is_tied_hash(table: Table) -> bool {
    table.header.aux & TIED != 0
}

/// Asks a tied array or hash.
#[cold]
#[inline(never)]
pub(crate) fn tied<T>(vm: &mut Vm, container: Ptr<T>, operation: Operation<'_>) -> Result<Val, Thrown> {
    match late::TIE.get() {
        Some(tie) => tie(vm, container.head(), operation),
        None => Ok(UNDEF),
    }
}

/// Calls a method of what a container is tied to.
#[cold]
pub(crate) fn call<T>(
    vm: &mut Vm,
    container: Ptr<T>,
    method: &'static [u8],
    arguments: &[Val],
) -> Result<Val, Thrown> {
    tied(vm, container, Operation::Call(method, arguments))
}

/// The same without its result.
#[cold]
pub(crate) fn tell<T>(
    vm: &mut Vm,
    container: Ptr<T>,
    method: &'static [u8],
    arguments: &[Val],
) -> Result<(), Thrown> {
    let result = call(vm, container, method, arguments)?;
    vm.release(result);
    Ok(())
}

/// The number of elements of a tied array, and with them an index that may count from the end.
#[cold]
pub(crate) fn size(vm: &mut Vm, array: Array) -> Result<i64, Thrown> {
    Ok(tied(vm, array, Operation::Size)?.as_int())
}

/// The index that a negative one means; the others as they are.
#[cold]
pub(crate) fn index(vm: &mut Vm, array: Array, at: i64) -> Result<Val, Thrown> {
    if at >= 0 {
        return Ok(int(at));
    }
    let from_end = at + size(vm, array)?;
    if from_end < 0 { Err(crate::containers::no_such_element(vm, at)) } else { Ok(int(from_end)) }
}

/// The elements of a tied array, owned.
#[cold]
pub(crate) fn elements(vm: &mut Vm, array: Array) -> Result<Vec<Val>, Thrown> {
    let mut all = Vec::new();
    for at in 0..size(vm, array)? {
        match call(vm, array, b"FETCH", &[int(at)]) {
            Ok(value) => all.push(value),
            Err(thrown) => {
                vm.release_all(&all);
                return Err(thrown);
            }
        }
    }
    Ok(all)
}

/// A cell that stands for an element of a tied container, owned.
#[cold]
pub(crate) fn element_cell<T>(vm: &mut Vm, container: Ptr<T>, key: Val) -> Result<CellRef, Thrown> {
    Ok(tied(vm, container, Operation::Element(key))?.pointer())
}
