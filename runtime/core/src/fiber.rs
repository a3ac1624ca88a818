//! Tasks that take turns: each has stacks of its own, and one runs at a time.
//!
//! A task runs from the moment it is made until it has to wait (`sleep`, `await`, a channel, a
//! generator, a socket); then whoever can go on goes on. Counts and containers are therefore never
//! touched by two at once. When the program's own part ends, tasks that still wait are given up.
//!
//! The program itself is fiber 0. A fiber that waits for what can never happen is told so.

mod objects;

use alloc::boxed::Box;
use alloc::vec::Vec;

use s_abi::layout::{Frame, Val, want};

use crate::exception::{Flight, Thrown, TraceLine, TryRecord};
use crate::pattern::Dynamic;
use crate::saves::Saved;
use crate::value::{Ptr, UNDEF};
use crate::vm::Vm;

use objects::{Barrier, Channel, Generator, Task};
pub use objects::{
    await_task, new_barrier, new_channel, new_database, new_generator, new_pipeline, new_task, select,
    type_name, yield_value,
};
pub(crate) use objects::{free, methods};

/// Bytes of address space of a fiber's machine stack; memory is taken as it is used.
const MACHINE_BYTES: usize = 64 << 20;
/// What of it is left to the runtime when a function has used up the rest.
const MACHINE_RESERVE: usize = 256 << 10;
/// Bytes of address space of a fiber's value stack.
const VALUES_BYTES: usize = 64 << 20;
/// Stacks kept for the next fiber.
const SPARE: usize = 16;
/// Fibers at once.
const MOST: usize = 100_000;

/// What a fiber waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing.
    Nothing,
    /// A time of the monotonic clock, in nanoseconds.
    Until(i64),
    /// The end of a task.
    Task(Ptr<Task>),
    /// Something in one of these channels, or their end.
    Receive(Vec<Ptr<Channel>>),
    /// Room in a channel, or the end of its receiver.
    Send(Ptr<Channel>),
    /// A descriptor: events of `poll`.
    Descriptor(s_sys::Fd, i16),
    /// A value of a generator, or its end.
    Value(Ptr<Generator>),
    /// Somebody who wants a value of the generator.
    Demand(Ptr<Generator>),
    /// A barrier's next generation.
    Barrier(Ptr<Barrier>, u64),
}

/// What a fiber is for.
#[derive(Debug)]
enum Job {
    /// The program.
    Program,
    /// A task: a function, its arguments, where the result goes. All owned.
    Task(Val, Vec<Val>, Ptr<Task>),
    /// A generator, not owned: it ends its fiber when it goes.
    Generator(Ptr<Generator>),
    /// Finished.
    Nothing,
}

#[derive(Debug)]
struct Stacks {
    machine: *mut u8,
    values: *mut Val,
}

/// What of the machine belongs to a fiber.
#[derive(Debug)]
struct State {
    top: *mut Val,
    end: *mut Val,
    base: *mut Val,
    stack_limit: usize,
    frame: *mut Frame,
    stack_base: *mut Val,
    tries: Vec<TryRecord>,
    saves: Vec<Saved>,
    trace: Vec<TraceLine>,
    overload_depth: u32,
    matches: Dynamic,
}

#[derive(Debug)]
struct Fiber {
    position: usize,
    state: State,
    stacks: Option<Stacks>,
    wait: Wait,
    job: Job,
    /// The generator whose body runs here, not owned.
    generator: Option<Ptr<Generator>>,
    cancelled: bool,
}

/// All fibers of a machine.
#[derive(Debug, Default)]
pub(crate) struct Fibers {
    list: Vec<Option<Box<Fiber>>>,
    current: usize,
    spare: Vec<Stacks>,
    /// Finished, its stacks not given back yet.
    dead: Option<usize>,
    /// `exit` in a task.
    exiting: Option<i32>,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// It happened.
    Ready,
    /// It never can: everybody waits.
    Never,
    /// A signal came.
    Signal,
}

impl Fibers {
    /// Whether there is anybody besides the program.
    pub(crate) fn several(&self) -> bool {
        self.list.iter().skip(1).any(Option::is_some)
    }

    /// How many tasks and generators there are.
    pub(crate) fn alive(&self) -> usize {
        self.list.iter().skip(1).flatten().count()
    }

    fn ready(&self, id: usize) -> bool {
        let Some(Some(fiber)) = self.list.get(id) else { return false };
        if fiber.cancelled || id == 0 && self.exiting.is_some() {
            return true;
        }
        match &fiber.wait {
            Wait::Nothing => true,
            Wait::Until(time) => s_sys::clock_monotonic().as_nanoseconds() >= *time,
            Wait::Task(task) => task.finished(),
            Wait::Receive(channels) => channels.iter().any(|channel| channel.readable()),
            Wait::Send(channel) => channel.writable(),
            Wait::Descriptor(fd, events) => {
                let mut one = [s_sys::PollFd { fd: *fd, events: *events, revents: 0 }];
                matches!(s_sys::poll(&mut one, Some(s_sys::Time::default())), Ok(1..))
            }
            Wait::Value(generator) => !generator.wanted(),
            Wait::Demand(generator) => generator.wanted(),
            Wait::Barrier(barrier, generation) => barrier.generation() != *generation,
        }
    }

    fn generator_of(&self, id: usize) -> Option<Ptr<Generator>> {
        self.list.get(id)?.as_ref()?.generator
    }

    fn next(&self) -> Option<usize> {
        let count = self.list.len();
        (1..=count).map(|step| (self.current + step) % count).find(|&id| self.ready(id))
    }

    /// Waits for the first time or descriptor; `None` when nobody waits for such.
    fn idle(&self) -> Option<Result<(), s_sys::Errno>> {
        let mut first: Option<i64> = None;
        let mut descriptors = Vec::new();
        for fiber in self.list.iter().flatten() {
            match fiber.wait {
                Wait::Until(time) => first = Some(first.map_or(time, |known| known.min(time))),
                Wait::Descriptor(fd, events) => {
                    descriptors.push(s_sys::PollFd { fd, events, revents: 0 });
                }
                _ => {}
            }
        }
        if first.is_none() && descriptors.is_empty() {
            return None;
        }
        let left = first.map(|time| {
            let left = (time - s_sys::clock_monotonic().as_nanoseconds()).max(0);
            s_sys::Time { seconds: left / 1_000_000_000, nanoseconds: (left % 1_000_000_000) as u32 }
        });
        Some(s_sys::poll(&mut descriptors, left).map(drop))
    }
}

impl Vm {
    /// Lets others run until `wait` is over.
    pub(crate) fn wait_for(&mut self, wait: Wait) -> Result<Woken, Thrown> {
        self.program_fiber();
        let here = self.fibers.current;
        let asleep = matches!(wait, Wait::Until(_) | Wait::Descriptor(..));
        if asleep {
            crate::output::flush_everything(self);
        }
        self.set_wait(here, wait);
        let woken = loop {
            if let Some(id) = self.fibers.next() {
                self.switch_to(id);
                break Woken::Ready;
            }
            match self.fibers.idle() {
                Some(Ok(())) => {}
                Some(Err(_)) => {
                    if asleep {
                        break Woken::Signal;
                    }
                    self.poll_signals()?;
                }
                None => break Woken::Never,
            }
        };
        self.set_wait(here, Wait::Nothing);
        if let Some(Some(fiber)) = self.fibers.list.get(here)
            && fiber.cancelled
        {
            return Err(self.throw_exit(0));
        }
        if here == 0
            && let Some(status) = self.fibers.exiting.take()
        {
            return Err(self.throw_exit(status));
        }
        Ok(woken)
    }

    fn set_wait(&mut self, id: usize, wait: Wait) {
        if let Some(Some(fiber)) = self.fibers.list.get_mut(id) {
            fiber.wait = wait;
        }
    }

    fn program_fiber(&mut self) {
        if self.fibers.list.is_empty() {
            let state = self.empty_state();
            self.fibers.list.push(Some(Box::new(Fiber {
                position: 0,
                state,
                stacks: None,
                wait: Wait::Nothing,
                job: Job::Program,
                generator: None,
                cancelled: false,
            })));
        }
    }

    fn empty_state(&self) -> State {
        State {
            top: core::ptr::null_mut(),
            end: core::ptr::null_mut(),
            base: core::ptr::null_mut(),
            stack_limit: 0,
            frame: core::ptr::null_mut(),
            stack_base: core::ptr::null_mut(),
            tries: Vec::new(),
            saves: Vec::new(),
            trace: Vec::new(),
            overload_depth: 0,
            matches: Dynamic::default(),
        }
    }

    fn stacks(&mut self) -> Result<Stacks, Thrown> {
        if let Some(stacks) = self.fibers.spare.pop() {
            return Ok(stacks);
        }
        let protection = s_sys::PROT_READ | s_sys::PROT_WRITE;
        let machine = s_sys::map_anonymous(MACHINE_BYTES, protection, s_sys::MAP_NORESERVE);
        let values = s_sys::map_anonymous(VALUES_BYTES, protection, s_sys::MAP_NORESERVE);
        match (machine, values) {
            (Ok(machine), Ok(values)) => Ok(Stacks { machine, values: values.cast() }),
            (machine, values) => {
                for (base, size) in [(machine, MACHINE_BYTES), (values, VALUES_BYTES)] {
                    if let Ok(base) = base {
                        // SAFETY: mapped above, used by nobody.
                        let _ = unsafe { s_sys::munmap(base, size) };
                    }
                }
                Err(self.die(b"Out of memory: too many tasks"))
            }
        }
    }

    /// A fiber that is ready to begin; its number.
    fn new_fiber(&mut self, job: Job) -> Result<usize, Thrown> {
        self.program_fiber();
        let stacks = if self.fibers.list.len() < MOST {
            self.stacks()
        } else {
            Err(self.die(b"Out of memory: too many tasks"))
        };
        let stacks = match stacks {
            Ok(stacks) => stacks,
            Err(thrown) => {
                self.drop_job(job);
                return Err(thrown);
            }
        };
        let mut state = self.empty_state();
        state.base = stacks.values;
        state.top = stacks.values;
        state.stack_base = stacks.values;
        state.end = stacks.values.wrapping_add(VALUES_BYTES / size_of::<Val>());
        state.stack_limit = stacks.machine as usize + MACHINE_RESERVE;
        state.frame = self.abi.frame;
        let top = stacks.machine.wrapping_add(MACHINE_BYTES);
        let machine = core::ptr::from_mut(self).cast();
        // SAFETY: the stack is mapped and fresh or spare; `fiber_main` never returns.
        let position = unsafe { s_sys::prepare_stack(top, fiber_main, machine) };
        let generator = if let Job::Generator(generator) = job { Some(generator) } else { None };
        let fiber = Box::new(Fiber {
            position,
            state,
            stacks: Some(stacks),
            wait: Wait::Nothing,
            job,
            generator,
            cancelled: false,
        });
        let free = self.fibers.list.iter().position(Option::is_none);
        let id = free.unwrap_or(self.fibers.list.len());
        if free.is_none() {
            self.fibers.list.push(None);
        }
        self.fibers.list[id] = Some(fiber);
        Ok(id)
    }

    fn drop_job(&mut self, job: Job) {
        if let Job::Task(function, arguments, task) = job {
            self.release(function);
            self.release_all(&arguments);
            self.release_ptr(task);
        }
    }

    /// Runs another fiber; comes back when somebody switches here.
    fn switch_to(&mut self, id: usize) {
        let here = self.fibers.current;
        if id == here {
            return;
        }
        self.exchange(here);
        self.exchange(id);
        self.fibers.current = id;
        let (Some(Some(from)), Some(Some(to))) = (
            self.fibers.list.get(here).map(|fiber| fiber.as_deref().map(core::ptr::from_ref)),
            self.fibers.list.get(id).map(|fiber| fiber.as_deref().map(|fiber| fiber.position)),
        ) else {
            return;
        };
        // SAFETY: fibers are boxed, so the place stays where it is; the position was left by this
        // function or prepared, and each is used once because it is written anew when left.
        unsafe { s_sys::switch_stack(&raw mut (*from.cast_mut()).position, to) };
        self.reap();
    }

    /// Exchanges the machine's state with what a fiber has kept.
    fn exchange(&mut self, id: usize) {
        let Some(Some(fiber)) = self.fibers.list.get_mut(id) else { return };
        let state = &mut fiber.state;
        core::mem::swap(&mut self.abi.top, &mut state.top);
        core::mem::swap(&mut self.abi.end, &mut state.end);
        core::mem::swap(&mut self.abi.base, &mut state.base);
        core::mem::swap(&mut self.abi.stack_limit, &mut state.stack_limit);
        core::mem::swap(&mut self.abi.frame, &mut state.frame);
        core::mem::swap(&mut self.stack_base, &mut state.stack_base);
        core::mem::swap(&mut self.tries, &mut state.tries);
        core::mem::swap(&mut self.saves, &mut state.saves);
        core::mem::swap(&mut self.trace, &mut state.trace);
        core::mem::swap(&mut self.overload_depth, &mut state.overload_depth);
        self.patterns.exchange(&mut state.matches);
    }

    /// Gives back the stacks of a fiber that has finished.
    fn reap(&mut self) {
        let Some(id) = self.fibers.dead.take() else { return };
        let Some(fiber) = self.fibers.list.get_mut(id).and_then(Option::take) else { return };
        let Some(stacks) = fiber.stacks else { return };
        if self.fibers.spare.len() < SPARE {
            self.fibers.spare.push(stacks);
            return;
        }
        // SAFETY: mapped in `stacks`; the fiber is gone.
        unsafe {
            let _ = s_sys::munmap(stacks.machine, MACHINE_BYTES);
            let _ = s_sys::munmap(stacks.values.cast(), VALUES_BYTES);
        }
    }

    /// Starts a fiber and runs it until it first waits.
    fn start_fiber(&mut self, job: Job) -> Result<usize, Thrown> {
        let id = self.new_fiber(job)?;
        self.switch_to(id);
        if self.fibers.current == 0
            && let Some(status) = self.fibers.exiting.take()
        {
            return Err(self.throw_exit(status));
        }
        Ok(id)
    }

    /// Ends a fiber that waits: what it holds is released as by an exception.
    fn cancel(&mut self, id: usize) {
        let Some(Some(fiber)) = self.fibers.list.get_mut(id) else { return };
        fiber.cancelled = true;
        let here = self.fibers.current;
        let burying = core::mem::replace(&mut self.burying, false);
        let graves = core::mem::take(&mut self.graves);
        let exception = core::mem::replace(&mut self.abi.exception, UNDEF);
        let flight = self.flight;
        // Nobody else shall run before it has ended.
        while matches!(self.fibers.list.get(id), Some(Some(fiber)) if fiber.cancelled) && id != here {
            self.switch_to(id);
        }
        self.flight = flight;
        self.abi.exception = exception;
        let more = core::mem::replace(&mut self.graves, graves);
        self.graves.extend(more);
        self.burying = burying;
    }

    /// What a fiber does.
    fn run_job(&mut self) {
        let here = self.fibers.current;
        let Some(Some(fiber)) = self.fibers.list.get_mut(here) else { return };
        match core::mem::replace(&mut fiber.job, Job::Nothing) {
            Job::Task(function, arguments, mut task) => {
                let outcome = self.attempt(|vm| {
                    let result = vm.call_value(function, &arguments, want::SCALAR)?;
                    Ok(vm.scalar_of(result))
                });
                let (value, failed) = match outcome {
                    Ok(Ok(value)) => (value, false),
                    Ok(Err(exception)) => (exception, true),
                    Err(Thrown) => {
                        self.leave();
                        (UNDEF, false)
                    }
                };
                task.finish(value, failed);
                self.release(function);
                self.release_all(&arguments);
                self.release_ptr(task);
            }
            Job::Generator(mut generator) => {
                let function = generator.function();
                let outcome = self.attempt(|vm| {
                    let result = vm.call_value(function, &[], want::SCALAR)?;
                    Ok(vm.scalar_of(result))
                });
                let cancelled = matches!(self.fibers.list.get(here), Some(Some(fiber)) if fiber.cancelled);
                match outcome {
                    _ if cancelled => {
                        if let Ok(Ok(value) | Err(value)) = outcome {
                            self.release(value);
                        }
                        self.release(function);
                        return;
                    }
                    Ok(Ok(value)) => {
                        self.release(value);
                        generator.finish(UNDEF);
                    }
                    Ok(Err(exception)) => generator.finish(exception),
                    Err(Thrown) => {
                        self.leave();
                        generator.finish(UNDEF);
                    }
                }
                self.release(function);
            }
            Job::Program | Job::Nothing => {}
        }
    }

    /// `exit`, or a jump out of everything, in a fiber.
    fn leave(&mut self) {
        let value = self.take_exception();
        self.release(value);
        if let Flight::Exit(status) = self.flight {
            let here = self.fibers.current;
            if !matches!(self.fibers.list.get(here), Some(Some(fiber)) if fiber.cancelled) {
                self.fibers.exiting = Some(status);
            }
        }
    }
}

/// Where a fiber begins.
unsafe extern "C" fn fiber_main(machine: *mut u8) -> ! {
    let mut vm = Ptr(machine.cast::<Vm>());
    vm.reap();
    vm.run_job();
    let here = vm.fibers.current;
    vm.fibers.dead = Some(here);
    if let Some(Some(fiber)) = vm.fibers.list.get_mut(here) {
        fiber.cancelled = false;
        // Nobody waits here any more: it is never ready.
        fiber.wait = Wait::Receive(Vec::new());
    }
    loop {
        match vm.fibers.next() {
            Some(id) => vm.switch_to(id),
            None => {
                if vm.fibers.idle().is_none() {
                    // Somebody has to be told that what is waited for never happens.
                    vm.set_wait(0, Wait::Nothing);
                }
            }
        }
    }
}
