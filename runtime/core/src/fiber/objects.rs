//! What programs see of tasks: tasks, ends of channels, generators, barriers; and pipelines, which
//! look like them.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use s_abi::layout::{Header, Val, kind, tag, want};

use super::{Job, Wait, Woken};
use crate::array;
use crate::exception::Thrown;
use crate::late;
use crate::memory::{allocate, header, take_out};
use crate::text::sql::{Cell, Database};
use crate::value::{Ptr, UNDEF, ValExt, aref, counted, int};
use crate::vm::Vm;

/// [`Header::aux`] of tasks.
const TASK: u16 = 4;
/// Of the ends of channels.
const SENDER: u16 = 5;
const RECEIVER: u16 = 6;
/// Of generators.
const GENERATOR: u16 = 7;
/// Of barriers.
const BARRIER: u16 = 8;
/// Of pipelines.
const PIPELINE: u16 = 9;
/// Of databases.
const DATABASE: u16 = 10;

/// What `async` gives.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Task {
    header: Header,
    value: Val,
    failed: bool,
    done: bool,
}

impl Task {
    pub(super) fn finished(&self) -> bool {
        self.done
    }

    pub(super) fn finish(&mut self, value: Val, failed: bool) {
        self.value = value;
        self.failed = failed;
        self.done = true;
    }
}

/// A queue between tasks, and who still has an end of it.
#[derive(Debug)]
pub(crate) struct Channel {
    queue: VecDeque<Val>,
    most: usize,
    senders: bool,
    receivers: bool,
    /// Nothing more is sent, though the sending end is still there.
    closed: bool,
}

impl Channel {
    pub(super) fn readable(&self) -> bool {
        !self.queue.is_empty() || !self.senders || self.closed
    }

    pub(super) fn writable(&self) -> bool {
        self.queue.len() < self.most || !self.receivers
    }
}

/// One end of a channel.
#[derive(Debug)]
#[repr(C)]
struct End {
    header: Header,
    channel: Ptr<Channel>,
}

/// What `gen` gives.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Generator {
    header: Header,
    function: Val,
    value: Val,
    fiber: Option<usize>,
    wanted: bool,
    started: bool,
    done: bool,
}

impl Generator {
    pub(super) fn wanted(&self) -> bool {
        self.wanted
    }

    /// Its function, owned.
    pub(super) fn function(&self) -> Val {
        self.function.retained()
    }

    /// It has ended, with an exception or without.
    pub(super) fn finish(&mut self, exception: Val) {
        self.value = exception;
        self.done = true;
        self.wanted = false;
        self.fiber = None;
    }
}

/// Where several tasks wait for each other.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Barrier {
    header: Header,
    size: usize,
    waiting: usize,
    generation: u64,
}

impl Barrier {
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }
}

/// A list that methods work on one after the other.
#[derive(Debug)]
#[repr(C)]
struct Pipeline {
    header: Header,
    values: Vec<Val>,
}

/// A database in memory.
#[derive(Debug)]
#[repr(C)]
struct Store {
    header: Header,
    database: Database,
}

#[inline(always)]
fn object<T>(aux: u16, value: T) -> Val {
    if aux == DATABASE {
        late::END_DATABASE.set(end_database);
        late::DATABASE_METHOD.set(database_method);
    } else {
        late::END_FIBER.set(end);
        late::FIBER_METHOD.set(method);
    }
    let made = allocate(value);
    made.head().aux = aux;
    counted(tag::EXT, made)
}

fn is(value: Val, aux: u16) -> bool {
    value.w0 == tag::EXT && value.header().aux == aux
}

/// The type name of an object of this file.
#[must_use]
pub fn type_name(aux: u16) -> Option<&'static [u8]> {
    Some(match aux {
        TASK => b"Task",
        SENDER => b"Sender",
        RECEIVER => b"Receiver",
        GENERATOR => b"Generator",
        BARRIER => b"Barrier",
        PIPELINE => b"Pipeline",
        DATABASE => b"Database",
        _ => return None,
    })
}

/// Ends an object of this file.
pub(crate) fn free(vm: &mut Vm, object: Ptr<Header>) {
    let place = if object.aux == DATABASE { &late::END_DATABASE } else { &late::END_FIBER };
    if let Some(end) = place.get() {
        end(vm, object);
    }
}

/// The methods of an object of this file.
pub(crate) fn methods(aux: u16) -> Option<late::Method> {
    let place = if aux == DATABASE { &late::DATABASE_METHOD } else { &late::FIBER_METHOD };
    place.get()
}

fn end(vm: &mut Vm, object: Ptr<Header>) {
    match object.aux {
        TASK => {
            let task = take_out(Ptr(object.0.cast::<Task>()));
            vm.release(task.value);
        }
        SENDER | RECEIVER => {
            let sender = object.aux == SENDER;
            let end = take_out(Ptr(object.0.cast::<End>()));
            let mut channel = end.channel;
            if sender {
                channel.senders = false;
            } else {
                channel.receivers = false;
                for value in core::mem::take(&mut channel.queue) {
                    vm.release(value);
                }
            }
            if !channel.senders && !channel.receivers {
                drop(take_out(channel));
            }
        }
        GENERATOR => {
            let generator = Ptr(object.0.cast::<Generator>());
            if let Some(fiber) = generator.fiber {
                vm.cancel(fiber);
            }
            let generator = take_out(generator);
            vm.release(generator.function);
            vm.release(generator.value);
        }
        BARRIER => drop(take_out(Ptr(object.0.cast::<Barrier>()))),
        PIPELINE => {
            let pipeline = take_out(Ptr(object.0.cast::<Pipeline>()));
            vm.release_all(&pipeline.values);
        }
        _ => {}
    }
}

fn end_database(_: &mut Vm, object: Ptr<Header>) {
    drop(take_out(Ptr(object.0.cast::<Store>())));
}

/// `async`: runs a function until it first waits.
pub fn new_task(vm: &mut Vm, function: Val, arguments: &[Val]) -> Result<Val, Thrown> {
    let value = object(TASK, Task { header: header(kind::EXT), value: UNDEF, failed: false, done: false });
    let task = value.pointer::<Task>();
    let held = arguments.iter().map(|value| value.retained()).collect();
    match vm.start_fiber(Job::Task(function.retained(), held, task.retained())) {
        Ok(_) => Ok(value),
        Err(thrown) => {
            vm.release(value);
            Err(thrown)
        }
    }
}

/// The value of a task, or its exception; what is no task is itself.
pub fn await_task(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if !is(value, TASK) {
        return Ok(value.retained());
    }
    let task = value.pointer::<Task>();
    loop {
        if task.done {
            break;
        }
        if vm.wait_for(Wait::Task(task))? == Woken::Never {
            return Err(vm.die(b"await: the task waits for what never happens"));
        }
    }
    if task.failed { Err(vm.throw(task.value.retained())) } else { Ok(task.value.retained()) }
}

/// `pchannel`: the two ends, owned. Without a capacity any number fits.
pub fn new_channel(most: Option<usize>) -> [Val; 2] {
    let channel = allocate(Channel {
        queue: VecDeque::new(),
        most: most.map_or(usize::MAX, |most| most.max(1)),
        senders: true,
        receivers: true,
        closed: false,
    });
    [SENDER, RECEIVER].map(|aux| object(aux, End { header: header(kind::EXT), channel }))
}

/// `pselect`: the first value that some channel has, and which; undef and -1 when all have ended.
pub fn select(vm: &mut Vm, ends: &[Val]) -> Result<[Val; 2], Thrown> {
    let channels: Vec<Ptr<Channel>> =
        ends.iter().filter(|&&end| is(end, RECEIVER)).map(|end| end.pointer::<End>().channel).collect();
    loop {
        for (at, channel) in channels.iter().enumerate() {
            let mut channel = *channel;
            if let Some(value) = channel.queue.pop_front() {
                return Ok([value, int(at as i64)]);
            }
        }
        let open: Vec<_> =
            channels.iter().copied().filter(|channel| channel.senders && !channel.closed).collect();
        if open.is_empty() || vm.wait_for(Wait::Receive(open))? == Woken::Never {
            return Ok([UNDEF, int(-1)]);
        }
    }
}

/// `gen`: nothing runs before the first value is wanted.
#[must_use]
pub fn new_generator(function: Val) -> Val {
    object(
        GENERATOR,
        Generator {
            header: header(kind::EXT),
            function: function.retained(),
            value: UNDEF,
            fiber: None,
            wanted: false,
            started: false,
            done: false,
        },
    )
}

/// `yield`: hands a value, which it borrows, to whoever wants one, and waits for the next wish.
pub fn yield_value(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    let here = vm.fibers.current;
    let Some(mut generator) = vm.fibers.generator_of(here) else {
        return Err(vm.die(b"`yield` outside of a generator"));
    };
    generator.value = value.retained();
    generator.wanted = false;
    loop {
        if generator.wanted {
            break;
        }
        if vm.wait_for(Wait::Demand(generator))? == Woken::Never {
            return Err(vm.die(b"`yield`: nobody wants a value"));
        }
    }
    Ok(UNDEF)
}

/// The next value of a generator, and whether there was one.
fn next_value(vm: &mut Vm, mut generator: Ptr<Generator>) -> Result<Option<Val>, Thrown> {
    if !generator.done {
        if generator.wanted {
            return Err(vm.die(b"a generator wants its own value"));
        }
        generator.wanted = true;
        if !generator.started {
            generator.started = true;
            let id = vm.new_fiber(Job::Generator(generator))?;
            generator.fiber = Some(id);
        }
        loop {
            if !generator.wanted {
                break;
            }
            if vm.wait_for(Wait::Value(generator))? == Woken::Never {
                return Err(vm.die(b"the generator waits for what never happens"));
            }
        }
    }
    let value = core::mem::replace(&mut generator.value, UNDEF);
    if !generator.done {
        return Ok(Some(value));
    }
    // What it ended with: an exception once, then nothing.
    if value.is_undef() { Ok(None) } else { Err(vm.throw(value)) }
}

/// `barrier N`
#[must_use]
pub fn new_barrier(size: usize) -> Val {
    object(BARRIER, Barrier { header: header(kind::EXT), size: size.max(1), waiting: 0, generation: 0 })
}

/// `pipeline LIST`, borrowed.
#[must_use]
pub fn new_pipeline(values: &[Val]) -> Val {
    let values = values.iter().map(|value| value.retained()).collect();
    object(PIPELINE, Pipeline { header: header(kind::EXT), values })
}

fn method(vm: &mut Vm, name: &[u8], list: &[Val], wanted: u64) -> Result<Option<Val>, Thrown> {
    let invocant = list[0];
    let argument = list.get(1).copied().unwrap_or(UNDEF);
    Ok(Some(match (invocant.header().aux, name) {
        (TASK, b"await" | b"join" | b"result" | b"get") => await_task(vm, invocant)?,
        (TASK, b"done" | b"is_done" | b"finished") => vm.boolean(invocant.pointer::<Task>().done),
        (SENDER, b"send" | b"put" | b"push") => {
            let mut channel = invocant.pointer::<End>().channel;
            while !channel.writable() {
                if vm.wait_for(Wait::Send(channel))? == Woken::Never {
                    return Ok(Some(vm.boolean(false)));
                }
            }
            if !channel.receivers || channel.closed {
                return Ok(Some(vm.boolean(false)));
            }
            channel.queue.push_back(argument.retained());
            vm.boolean(true)
        }
        (SENDER, b"close") => {
            let mut channel = invocant.pointer::<End>().channel;
            channel.closed = true;
            UNDEF
        }
        (RECEIVER, b"recv" | b"receive" | b"get") => {
            let mut channel = invocant.pointer::<End>().channel;
            while !channel.readable() {
                if vm.wait_for(Wait::Receive(alloc::vec![channel]))? == Woken::Never {
                    break;
                }
            }
            channel.queue.pop_front().unwrap_or(UNDEF)
        }
        (RECEIVER, b"try_recv") => {
            let mut channel = invocant.pointer::<End>().channel;
            channel.queue.pop_front().unwrap_or(UNDEF)
        }
        (SENDER | RECEIVER, b"len" | b"size") => int(invocant.pointer::<End>().channel.queue.len() as i64),
        (GENERATOR, b"next") => {
            let next = next_value(vm, invocant.pointer())?;
            let more = int(i64::from(next.is_some()));
            aref(array::from_values(&[next.unwrap_or(UNDEF), more]))
        }
        (GENERATOR, b"collect" | b"all" | b"to_list") => {
            let mut values = Vec::new();
            loop {
                match next_value(vm, invocant.pointer()) {
                    Ok(Some(value)) => values.push(value),
                    Ok(None) => break,
                    Err(thrown) => {
                        vm.release_all(&values);
                        return Err(thrown);
                    }
                }
            }
            given(vm, values, wanted)?
        }
        (BARRIER, b"wait") => {
            let mut barrier = invocant.pointer::<Barrier>();
            barrier.waiting += 1;
            if barrier.waiting >= barrier.size {
                barrier.waiting = 0;
                barrier.generation += 1;
                return Ok(Some(vm.boolean(true)));
            }
            let generation = barrier.generation;
            loop {
                if barrier.generation != generation {
                    break;
                }
                if vm.wait_for(Wait::Barrier(barrier, generation))? == Woken::Never {
                    break;
                }
            }
            vm.boolean(false)
        }
        (PIPELINE, _) => return pipeline_method(vm, name, list, wanted),
        _ => return Ok(None),
    }))
}

/// `sqlite(":memory:")`
#[must_use]
pub fn new_database() -> Val {
    object(DATABASE, Store { header: header(kind::EXT), database: Database::default() })
}

fn database_method(vm: &mut Vm, name: &[u8], list: &[Val], wanted: u64) -> Result<Option<Val>, Thrown> {
    let mut store = list[0].pointer::<Store>();
    let queries = matches!(name, b"query" | b"select" | b"all" | b"query_one" | b"get" | b"value");
    if queries || matches!(name, b"exec" | b"execute" | b"do" | b"run") {
        let source = vm.text(list.get(1).copied().unwrap_or(UNDEF))?.to_vec();
        let mut binds = Vec::new();
        for value in crate::builtin::spread(vm, list.get(2..).unwrap_or(&[])) {
            binds.push(match value.w0 & 0xff {
                tag::UNDEF => Cell::Null,
                tag::INT => Cell::Int(value.as_int()),
                tag::NUM => Cell::Real(value.as_num()),
                _ => Cell::Text(vm.text(value)?.to_vec()),
            });
            vm.release(value);
        }
        let rows = match store.database.run(&source, &binds) {
            Ok(rows) => rows,
            Err(message) => return Err(vm.die_fmt(format_args!("sqlite: {message}"))),
        };
        if !queries {
            return Ok(Some(int(store.database.changes)));
        }
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let table = crate::hash::new();
            for (column, cell) in row {
                let value = cell_value(&cell);
                crate::hash::set_text(vm, table, &column, value);
            }
            values.push(crate::value::href(table));
        }
        if matches!(name, b"query_one" | b"get" | b"value") {
            values.reverse();
            let first = values.pop();
            vm.release_all(&values);
            return Ok(Some(first.unwrap_or(UNDEF)));
        }
        return given(vm, values, wanted).map(Some);
    }
    Ok(Some(match name {
        b"last_insert_id" | b"last_id" | b"last_insert_rowid" => int(store.database.last_id),
        b"changes" => int(store.database.changes),
        b"tables" => {
            let names = store.database.tables().into_iter().map(crate::string::string).collect();
            given(vm, names, wanted)?
        }
        b"begin" | b"commit" | b"rollback" => match store.database.run(name, &[]) {
            Ok(_) => int(1),
            Err(message) => return Err(vm.die_fmt(format_args!("sqlite: {message}"))),
        },
        b"close" | b"disconnect" => {
            store.database = Database::default();
            int(1)
        }
        _ => return Ok(None),
    }))
}

fn cell_value(cell: &Cell) -> Val {
    match cell {
        Cell::Null => UNDEF,
        Cell::Int(value) => int(*value),
        Cell::Real(value) => crate::value::num(*value),
        Cell::Text(text) => crate::string::string(text),
    }
}

fn given(vm: &mut Vm, values: Vec<Val>, wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST {
        let mark = vm.height() as i64;
        vm.push_all(&values)?;
        return Ok(vm.list_as_result(mark, want::LIST));
    }
    Ok(aref(array::from_values(&values)))
}

fn pipeline_method(vm: &mut Vm, name: &[u8], list: &[Val], wanted: u64) -> Result<Option<Val>, Thrown> {
    let pipeline = list[0].pointer::<Pipeline>();
    let argument = list.get(1).copied().unwrap_or(UNDEF);
    let values: &[Val] = &pipeline.values;
    Ok(Some(match name {
        b"filter" | b"grep" | b"map" | b"tap" | b"each" | b"flat_map" | b"for_each" => {
            let mut out: Vec<Val> = Vec::new();
            let context = if matches!(name, b"map" | b"flat_map") { want::LIST } else { want::SCALAR };
            for &value in values {
                let mark = vm.height() as i64;
                let worked = vm.call_value(argument, &[value], context).and_then(|result| {
                    if context == want::LIST {
                        vm.push_result(result)?;
                        out.extend(vm.take_list(mark));
                        return Ok(());
                    }
                    let result = vm.scalar_of(result);
                    let kept = matches!(name, b"tap" | b"each" | b"for_each") || vm.truth(result)?;
                    vm.release(result);
                    if kept {
                        out.push(value.retained());
                    }
                    Ok(())
                });
                if let Err(thrown) = worked {
                    vm.release_all(&out);
                    return Err(thrown);
                }
            }
            let made = new_pipeline(&out);
            vm.release_all(&out);
            made
        }
        b"take" | b"head" => {
            let count = usize::try_from(vm.integer(argument)?).unwrap_or(0).min(values.len());
            new_pipeline(&values[..count])
        }
        b"drop" | b"skip" => {
            let count = usize::try_from(vm.integer(argument)?).unwrap_or(0).min(values.len());
            new_pipeline(&values[count..])
        }
        b"collect" | b"to_list" | b"values" => {
            let held = values.iter().map(|value| value.retained()).collect();
            given(vm, held, wanted)?
        }
        b"count" | b"len" | b"size" => int(values.len() as i64),
        b"first" => values.first().map_or(UNDEF, |value| value.retained()),
        b"last" => values.last().map_or(UNDEF, |value| value.retained()),
        b"reduce" | b"fold" => {
            let Some((first, rest)) = values.split_first() else { return Ok(Some(UNDEF)) };
            let mut sum = first.retained();
            for &value in rest {
                let result = vm.call_value(argument, &[sum, value], want::SCALAR);
                vm.release(sum);
                let result = result?;
                sum = vm.scalar_of(result);
            }
            sum
        }
        other => {
            // What works on a list works on these: `sort`, `uniq`, `sum`, `join`, `rev`.
            let Some(function) = crate::builtin::by_name(vm, other) else { return Ok(None) };
            let mut all: Vec<Val> = list[1..].to_vec();
            all.extend_from_slice(values);
            let mark = vm.height() as i64;
            let result = function(vm, &all, want::LIST)?;
            if result.w0 == tag::LIST {
                let out = vm.take_list(mark);
                let made = new_pipeline(&out);
                vm.release_all(&out);
                made
            } else {
                result
            }
        }
    }))
}
