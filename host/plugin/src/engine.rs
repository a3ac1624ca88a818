//! The engine: one configuration of wasmtime to run code, one to make it, one clock thread, one async
//! runtime; and beside it, on the same cache, one whose code counts what it burns.
//!
//! Everything here is made on first use, so that a process that runs no plugin pays nothing. The
//! configuration is the same in every process of one version of `s`: compiled code from one is
//! accepted by another exactly when [`Engine::compatibility`] is equal.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use s_capability::Import;
use s_store::Sha256Digest;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;
use wasmtime::{Config, InstanceAllocationStrategy, OptLevel};

use crate::cache::CodeCache;
use crate::compile::Compiler;
use crate::deadline::Questions;
use crate::error::EngineError;

/// How often the clock thread lets guests give way, and so how late an interruption can be.
const TICK: Duration = Duration::from_millis(10);

/// The stack a guest may use for its own frames. Part of the engine, not of a call.
pub(crate) const WASM_STACK_BYTES: usize = 1 << 20;

/// A handle to the engine; clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    /// Runs code. It cannot compile, and so needs no description of the machine to compile for.
    wasmtime: wasmtime::Engine,
    /// Makes code the first one accepts.
    compiling: OnceLock<wasmtime::Engine>,
    /// The same with fuel and one bit pattern for what is not a number.
    metered: OnceLock<Engine>,
    is_metered: bool,
    cache: Option<CodeCache>,
    runtime: OnceLock<tokio::runtime::Runtime>,
    ticker: OnceLock<()>,
    questions: Questions,
}

/// A component as machine code, ready to be instantiated.
#[derive(Clone)]
pub struct Code {
    pub(crate) component: Component,
    /// Of the component's bytes.
    pub digest: Sha256Digest,
    /// Whether it was compiled by an earlier process.
    pub from_cache: bool,
}

impl Engine {
    /// Prepares the engine; compiles and starts nothing. Without a cache everything is compiled anew.
    pub fn new(cache: Option<CodeCache>) -> Result<Engine, EngineError> {
        Engine::of(cache, false)
    }

    /// The engine for code that has to do the same on every machine: it counts fuel, a call ends when
    /// that is used up, and what is not a number has one bit pattern. Loops take half as long again.
    pub fn metered(&self) -> Result<Engine, EngineError> {
        if self.inner.is_metered {
            return Ok(self.clone());
        }
        if let Some(engine) = self.inner.metered.get() {
            return Ok(engine.clone());
        }
        let engine = Engine::of(self.inner.cache.clone(), true)?;
        Ok(self.inner.metered.get_or_init(|| engine).clone())
    }

    /// Whether the code of this engine counts fuel.
    pub fn is_metered(&self) -> bool {
        self.inner.is_metered
    }

    fn of(cache: Option<CodeCache>, is_metered: bool) -> Result<Engine, EngineError> {
        let mut config = settings(is_metered);
        let wasmtime = wasmtime::Engine::new(config.enable_compiler(false)).map_err(setup)?;
        Ok(Engine {
            inner: Arc::new(Inner {
                wasmtime,
                compiling: OnceLock::new(),
                metered: OnceLock::new(),
                is_metered,
                cache,
                runtime: OnceLock::new(),
                ticker: OnceLock::new(),
                questions: Questions::default(),
            }),
        })
    }

    /// Turns a component into code: from the cache when that holds what this engine made of these
    /// bytes, inspected and compiled otherwise. What the cache holds is authenticated before it is
    /// used; in doubt it is compiled again. `digest` is that of `bytes`: whoever calls has just
    /// computed it, or has the bytes in its own executable.
    pub fn load(&self, bytes: &[u8], digest: Sha256Digest, compiler: &Compiler) -> Result<Code, EngineError> {
        let key = self.cache_key(&digest);
        let cache = self.inner.cache.as_ref();
        if let Some(component) = cache.and_then(|cache| cache.load(&self.inner.wasmtime, &key)) {
            return Ok(Code { component, digest, from_cache: true });
        }
        s_component::inspect(bytes, &s_component::InspectLimits::default())?;
        let machine_code = compiler.compile(self, bytes)?;
        let component = crate::compile::from_own_machine_code(&self.inner.wasmtime, &machine_code)?;
        if let Some(cache) = cache {
            // A full disk costs the next start some time; it does not stop this one.
            let _ = cache.save(&key, &machine_code);
        }
        Ok(Code { component, digest, from_cache: false })
    }

    /// Forgets the compiled forms of a component, of this engine and of the metered one.
    pub fn forget(&self, digest: &Sha256Digest) -> Result<(), EngineError> {
        let Some(cache) = &self.inner.cache else { return Ok(()) };
        let remove = |key: &String| cache.remove(key).map_err(EngineError::Store);
        cache_keys(digest).iter().try_for_each(remove)
    }

    /// Returns where compiled forms of a component may lie, of this engine and of the metered one.
    pub fn code_paths(&self, digest: &Sha256Digest) -> Vec<std::path::PathBuf> {
        let Some(cache) = &self.inner.cache else { return Vec::new() };
        cache_keys(digest).iter().map(|key| cache.path(key)).collect()
    }

    /// Returns where the compiled form of a component lies, if this engine keeps any.
    pub fn code_path(&self, digest: &Sha256Digest) -> Option<std::path::PathBuf> {
        Some(self.inner.cache.as_ref()?.path(&self.cache_key(digest)))
    }

    /// Returns what makes compiled code acceptable to this engine: the versions of `s` and wasmtime,
    /// and the target, whose baseline is all the CPU has to have, and whether fuel is counted. In hexadecimal.
    ///
    /// The settings follow from the version of `s`. Should they not, wasmtime finds it out when it
    /// loads the code, and the code is made anew.
    pub fn compatibility(&self) -> String {
        compatibility(self.inner.is_metered)
    }

    /// The engine that compiles, made when it is needed.
    pub(crate) fn compiling(&self) -> Result<&wasmtime::Engine, EngineError> {
        if let Some(engine) = self.inner.compiling.get() {
            return Ok(engine);
        }
        let mut config = settings(self.inner.is_metered);
        // Naming the target makes one code for every CPU of that kind, whatever this one can do
        // beyond it: runners that share a cache do not rebuild each other's entries.
        config
            .cranelift_opt_level(OptLevel::Speed)
            .parallel_compilation(true)
            // Nobody but the engine itself walks these stacks.
            .native_unwind_info(cfg!(windows))
            .target(HOST_TARGET)
            .map_err(setup)?;
        let engine = wasmtime::Engine::new(&config).map_err(setup)?;
        Ok(self.inner.compiling.get_or_init(|| engine))
    }

    /// Runs a future to its end on the engine's runtime.
    ///
    /// # Panics
    /// When it is called from within such a future.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime().block_on(future)
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner.wasmtime
    }

    pub(crate) fn questions(&self) -> Questions {
        self.inner.questions.clone()
    }

    pub(crate) fn is_clock_running(&self) -> bool {
        self.inner.ticker.get().is_some()
    }

    pub(crate) fn start_clock(&self) {
        self.inner.ticker.get_or_init(|| {
            let engine = self.inner.wasmtime.weak();
            let alive: Weak<Inner> = Arc::downgrade(&self.inner);
            let tick = move || {
                while alive.strong_count() > 0 {
                    std::thread::sleep(TICK);
                    let Some(engine) = engine.upgrade() else { return };
                    engine.increment_epoch();
                }
            };
            std::thread::Builder::new()
                .name("plugin-clock".to_owned())
                .spawn(tick)
                .expect("a process that cannot start one thread cannot run plugins");
        });
    }

    fn runtime(&self) -> &tokio::runtime::Runtime {
        self.inner.runtime.get_or_init(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("the operating system gives a process its timers and sockets")
        })
    }

    fn cache_key(&self, digest: &Sha256Digest) -> String {
        cache_key(digest, self.inner.is_metered)
    }
}

fn compatibility(is_metered: bool) -> String {
    let mut facts = vec![env!("CARGO_PKG_VERSION"), WASMTIME, HOST_TARGET];
    facts.extend(is_metered.then_some("metered"));
    blake3::hash(facts.join("\n").as_bytes()).to_hex()[..16].to_owned()
}

fn cache_key(digest: &Sha256Digest, is_metered: bool) -> String {
    format!("{}-{}", digest.to_hex(), compatibility(is_metered))
}

fn cache_keys(digest: &Sha256Digest) -> [String; 2] {
    [false, true].map(|is_metered| cache_key(digest, is_metered))
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("cache", &self.inner.cache).finish_non_exhaustive()
    }
}

/// The version of wasmtime in this build.
pub const WASMTIME: &str = env!("S_PLUGIN_WASMTIME");

fn setup(error: wasmtime::Error) -> EngineError {
    EngineError::Setup { reason: format!("{error:#}") }
}

/// What both engines have in common: what code is made with it is run with. Threads, memories of 64 bits, relaxed SIMD and
/// wide arithmetic stay off; several memories and tail calls stay on, because components that
/// script toolchains make need them.
fn settings(is_metered: bool) -> Config {
    let mut config = Config::new();
    if is_metered {
        config.consume_fuel(true).cranelift_nan_canonicalization(true);
    }
    config
        .epoch_interruption(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(2 * WASM_STACK_BYTES)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        .wasm_wide_arithmetic(false)
        // One instance a process is the rule: an image to share between many costs more than it saves.
        .memory_init_cow(false)
        // A trace names functions; where in them is a matter of debug information nobody ships.
        .generate_address_map(false)
        .allocation_strategy(InstanceAllocationStrategy::OnDemand);
    config
}

/// The triple plugins are compiled for.
const HOST_TARGET: &str = env!("S_PLUGIN_TARGET");

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Code")
            .field("digest", &self.digest)
            .field("from_cache", &self.from_cache)
            .finish_non_exhaustive()
    }
}

impl Code {
    /// Returns what the component imports, as the engine found it when it compiled it.
    pub fn imports(&self, engine: &Engine) -> Vec<Import> {
        let wasmtime = engine.wasmtime();
        let imports = self.component.component_type();
        let imports = imports.imports(wasmtime).map(|(name, item)| {
            let (interface, version) = name.split_once('@').unwrap_or((name, ""));
            let functions = match item.ty {
                ComponentItem::ComponentInstance(instance) => instance
                    .exports(wasmtime)
                    .filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)))
                    .map(|(function, _)| function.to_owned())
                    .collect(),
                // Nothing of the kind is ever granted; named, so that the check can say so.
                _ => BTreeSet::from([name.to_owned()]),
            };
            Import {
                interface: interface.to_owned(),
                version: version.parse().unwrap_or(semver::Version::new(0, 0, 0)),
                functions,
            }
        });
        imports.collect()
    }
}
