//! A plugin and the calls into it.

use std::sync::Arc;
use std::time::Duration;

use s_capability::{Limits, PluginId, Rights, WorldRef};
use wasmtime::component::Linker;
use wasmtime::{Store, UpdateDeadline};

use crate::cancel::{Cancel, GRACE};
use crate::engine::WASM_STACK_BYTES;
use crate::error::{CallError, Cause, Limit, Trap};
use crate::host::cut;
use crate::link;
use crate::state::{State, Usage};
use crate::{Code, Engine, Services};

/// A component with its name, its rights and what serves it: everything a call needs.
#[derive(Clone)]
pub struct Plugin {
    /// The engine that runs it.
    pub engine: Engine,
    /// Its machine code.
    pub code: Code,
    /// Who it is.
    pub id: PluginId,
    /// Its version.
    pub version: String,
    /// The worlds it says it was built for; its component was held against them.
    pub worlds: Vec<WorldRef>,
    /// What it may do: the answer of `s_capability::check`.
    pub rights: Rights,
    /// What the embedder does for it.
    pub services: Arc<dyn Services>,
    /// What interrupts it.
    pub cancel: Cancel,
}

/// One store: the guest's memory and all it holds. A session with a call that gave no answer is
/// over, however it ended: it holds nothing any more, and every later call says so.
pub(crate) struct Session {
    pub(crate) store: Store<State>,
    plugin: PluginId,
    version: String,
    cancel: Cancel,
    /// Whether the code counts what it burns.
    metered: bool,
    over: bool,
}

impl Plugin {
    /// Makes a store and instantiates the component with `instantiate`.
    pub(crate) async fn open<B>(
        &self,
        call: &'static str,
        world: &[&str],
        instantiate: impl AsyncFnOnce(&mut Store<State>, &Linker<State>) -> wasmtime::Result<B>,
    ) -> Result<(Session, B), CallError> {
        let limits = &self.rights.limits;
        let count = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let state = State::new(
            self.id.clone(),
            self.rights.clone(),
            Arc::clone(&self.services),
            self.cancel.clone(),
            self.engine.questions(),
        );
        let mut store = Store::new(self.engine.wasmtime(), state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(count(limits.answer_bytes));
        store.set_max_component_handles(count(limits.handles.saturating_mul(4)));
        give_way(&mut store, &self.engine);
        let mut session = Session {
            store,
            plugin: self.id.clone(),
            version: self.version.clone(),
            cancel: self.cancel.clone(),
            metered: self.engine.is_metered(),
            over: false,
        };
        let mut linker = Linker::new(self.engine.wasmtime());
        if let Err(error) = link::imports(&mut linker, &self.engine, &self.code, world) {
            return Err(session.error(call, Cause::Mismatch { reason: format!("{error:#}") }));
        }
        let bindings = session
            .guarded(
                call,
                async |store| instantiate(store, &linker).await,
                |error| Cause::Mismatch { reason: format!("{error:#}") },
            )
            .await?;
        Ok((session, bindings))
    }
}

/// After this many entries of functions and rounds of loops a guest is one that takes its time.
const CHECKS_WITHOUT_CLOCK: u32 = 4096;

/// Lets the guest give way at every tick, so that time, interruption and requests get their turn.
///
/// Most guests answer long before the first tick. Until one has passed as many checks as a fraction
/// of a tick has room for, each of them comes here, and no thread has to be started for the clock.
fn give_way(store: &mut Store<State>, engine: &Engine) {
    let engine = engine.clone();
    let mut checks = if engine.is_clock_running() { CHECKS_WITHOUT_CLOCK } else { 0 };
    // Zero ticks from now is now: the first check comes here.
    store.set_epoch_deadline(u64::from(checks == CHECKS_WITHOUT_CLOCK));
    store.epoch_deadline_callback(move |_| {
        if checks < CHECKS_WITHOUT_CLOCK {
            checks += 1;
            return Ok(UpdateDeadline::Continue(0));
        }
        engine.start_clock();
        Ok(UpdateDeadline::Yield(1))
    });
}

impl Session {
    /// Runs one call to its end, to its limits or to an interruption.
    pub(crate) async fn call<T>(
        &mut self,
        call: &'static str,
        run: impl AsyncFnOnce(&mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, CallError> {
        // What stands around the cause is where the guest was, in numbers.
        self.guarded(call, run, |error| Cause::Malformed { reason: error.root_cause().to_string() }).await
    }

    async fn guarded<T>(
        &mut self,
        call: &'static str,
        run: impl AsyncFnOnce(&mut Store<State>) -> wasmtime::Result<T>,
        other: impl FnOnce(wasmtime::Error) -> Cause,
    ) -> Result<T, CallError> {
        if self.over {
            let message = "it ended in an earlier call".to_owned();
            return Err(self.error(call, Cause::Trap(Trap { message, frames: Vec::new() })));
        }
        if self.cancel.is_raised() {
            return Err(self.end(call, Cause::Cancelled));
        }
        let time_ms = self.store.data().limits().time_ms;
        let cancel = self.cancel.clone();
        let interrupted = async {
            cancel.raised().await;
            tokio::time::sleep(GRACE).await;
        };
        let deadline = self.store.data().deadline.clone();
        deadline.start(Duration::from_millis(time_ms));
        // Also for a call whose future is dropped half-way.
        self.over = true;
        let fuel = if self.metered { self.store.data().limits().fuel } else { 0 };
        if self.metered
            && let Err(error) = self.store.set_fuel(fuel)
        {
            return Err(self.end(call, other(error)));
        }
        let ended = tokio::select! {
            biased;
            () = interrupted => Err(Cause::Cancelled),
            () = deadline.passed() => Err(Cause::Limit(Limit::Time(time_ms))),
            answer = run(&mut self.store) => answer.map_err(|error| cause_of(&self.store, error, other)),
        };
        let left = if self.metered { self.store.get_fuel().unwrap_or(0) } else { 0 };
        self.store.data_mut().usage.fuel += fuel.saturating_sub(left);
        match ended {
            Ok(answer) => {
                self.over = false;
                Ok(answer)
            }
            Err(cause) => Err(self.end(call, cause)),
        }
    }

    /// Ends the session for good, and says why.
    pub(crate) fn end(&mut self, call: &'static str, cause: Cause) -> CallError {
        self.over = true;
        self.store.data_mut().clear();
        self.error(call, cause)
    }

    pub(crate) fn error(&self, call: &'static str, cause: Cause) -> CallError {
        CallError { plugin: self.plugin.clone(), version: self.version.clone(), call, cause }
    }

    /// Holds an answer against the limit on its number of items.
    pub(crate) fn counted(&mut self, call: &'static str, items: u64) -> Result<(), CallError> {
        let max = self.store.data().limits().answer_items;
        if items > max {
            return Err(self.end(call, Cause::Limit(Limit::AnswerItems(max))));
        }
        Ok(())
    }

    pub(crate) fn usage(&self) -> Usage {
        let state = self.store.data();
        Usage {
            memory_bytes_peak: state.limiter.memory_bytes_peak,
            scratch_bytes_peak: state.scratch.bytes_peak(),
            ..state.usage.clone()
        }
    }
}

/// Finds out why the engine ended a call.
fn cause_of(
    store: &Store<State>,
    error: wasmtime::Error,
    other: impl FnOnce(wasmtime::Error) -> Cause,
) -> Cause {
    if let Some(limit) = error.downcast_ref::<Limit>() {
        return Cause::Limit(*limit);
    }
    if let Some(fault) = error.downcast_ref::<crate::Fault>() {
        return Cause::Fault(fault.clone());
    }
    let limits = store.data().limits();
    if let Some(trap) = error.downcast_ref::<wasmtime::Trap>() {
        return match trap {
            wasmtime::Trap::StackOverflow => Cause::Limit(Limit::Stack(WASM_STACK_BYTES as u64)),
            wasmtime::Trap::OutOfFuel => Cause::Limit(Limit::Fuel(limits.fuel)),
            trap => {
                let message = trap.to_string();
                let message = message.strip_prefix("wasm trap: ").unwrap_or(&message).to_owned();
                Cause::Trap(Trap { message, frames: frames(&error) })
            }
        };
    }
    match limit_in_words(&format!("{error:#}"), limits) {
        Some(limit) => Cause::Limit(limit),
        None => other(error),
    }
}

/// Limits that wasmtime keeps have errors without a public type: their words are all there is. A
/// test breaks each of them, so that other words in another release do not go unnoticed.
fn limit_in_words(text: &str, limits: &Limits) -> Option<Limit> {
    let says = |words: &str| text.contains(words);
    if says("fuel allocated for hostcalls has been exhausted") {
        Some(Limit::Answer(limits.answer_bytes))
    } else if says("resource limit exceeded: instance count") {
        Some(Limit::Instances(limits.instances))
    } else if says("resource limit exceeded: memory count") {
        Some(Limit::Memories(limits.memories))
    } else if says("resource limit exceeded: table count") {
        Some(Limit::Tables(limits.tables))
    } else if says("cannot allocate another handle") {
        Some(Limit::Handles(limits.handles))
    } else {
        None
    }
}

/// The longest name of a function that is kept; names come from the component.
const FRAME_BYTES_MAX: usize = 200;

fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(trace) = error.downcast_ref::<wasmtime::WasmBacktrace>() else { return Vec::new() };
    let named = trace.frames().iter().filter_map(|frame| frame.func_name());
    // As the author wrote them, without what the compiler tells copies apart by.
    let written = named.take(20).map(|name| format!("{:#}", rustc_demangle::demangle(name)));
    written.map(|name| cut(&name, FRAME_BYTES_MAX).to_owned()).collect()
}
