//! A place to run hostile guests in: an engine, services that remember, and guests made of text.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use s_capability::{HttpRight, Kind, Limits, Method, Origin, OriginPattern, PluginId, Rights, WorldRef};
use s_net::{Client, RetryPolicy, Secret};
use s_plugin::extension::command::{Call, Outcome};
use s_plugin::services::{Cache, CacheEntry, Level, Services};
use s_plugin::{CallError, Cancel, Cause, Code, CodeCache, Compiler, Engine, Fault, Network, Plugin};
use s_store::Sha256Digest;

pub(crate) const ATTACK: &[u8] = include_bytes!("../../../../tests/fixtures/attack.wasm");
pub(crate) const LIAR: &[u8] = include_bytes!("../../../../tests/fixtures/attack-registry.wasm");

/// The engine all tests share, with a cache in the build folder: the fixtures are compiled once.
pub(crate) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine-code");
        Engine::new(Some(CodeCache::new(folder, [7; 32]))).unwrap()
    })
}

/// Loads a component.
pub(crate) fn code(component: &[u8]) -> Code {
    engine().load(component, Sha256Digest::of(component), &Compiler::Here).unwrap()
}

type Hook = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// Services that remember what a plugin said, and offer what a test put in.
#[derive(Default)]
pub(crate) struct Lab {
    pub(crate) said: Mutex<Vec<String>>,
    pub(crate) logged: Mutex<Vec<String>>,
    pub(crate) network: Option<Arc<Client>>,
    pub(crate) secrets: Vec<(&'static str, &'static str)>,
    /// Called with each line of the log.
    pub(crate) on_log: Option<Hook>,
    /// Answers questions, and is called for each secret; without it there is nobody to ask.
    pub(crate) on_question: Option<Hook>,
    pub(crate) caches: Shared,
}

/// What all plugins of a test keep, by plugin and key.
type Shared = Arc<Mutex<std::collections::BTreeMap<(String, String), Vec<u8>>>>;

struct OneCache(String, Shared);

impl Cache for OneCache {
    fn get(&mut self, key: &str) -> Result<Option<CacheEntry>, Fault> {
        let found = lock(&self.1).get(&(self.0.clone(), key.to_owned())).cloned();
        Ok(found.map(|value| CacheEntry { value, tag: "tag".to_owned(), age_seconds: 0 }))
    }

    fn put(&mut self, key: &str, value: &[u8], _: &str, _: Option<u64>, bytes_max: u64) -> Result<(), Fault> {
        if value.len() as u64 > bytes_max {
            return Err(Fault::new(s_plugin::FaultKind::LimitExceeded, "host/cache-full", "too much"));
        }
        lock(&self.1).insert((self.0.clone(), key.to_owned()), value.to_vec());
        Ok(())
    }

    fn remove(&mut self, key: &str) -> Result<(), Fault> {
        lock(&self.1).remove(&(self.0.clone(), key.to_owned()));
        Ok(())
    }
}

impl Services for Lab {
    fn log_enabled(&self, level: Level) -> bool {
        level <= Level::Debug
    }

    fn log(&self, _: &PluginId, level: Level, target: &str, message: &str) {
        if let Some(hook) = &self.on_log {
            hook(message);
        }
        lock(&self.logged).push(format!("{level:?} {target}: {message}"));
    }

    fn print(&self, _: &PluginId, text: &str) {
        lock(&self.said).push(text.trim_end().to_owned());
    }

    fn network(&self) -> Option<Arc<dyn Network>> {
        Some(self.network.clone()?)
    }

    fn secret(&self, _: &PluginId, name: &str, origin: &Origin) -> Result<Option<Secret>, Fault> {
        if let Some(hook) = &self.on_question {
            hook(name);
        }
        let found = self.secrets.iter().find(|(own, _)| *own == name);
        Ok(found.map(|(_, text)| Secret::new((*text).to_owned(), [OriginPattern::from(origin.clone())])))
    }

    fn cache(&self, plugin: &PluginId) -> Result<Box<dyn Cache>, Fault> {
        Ok(Box::new(OneCache(plugin.to_string(), Arc::clone(&self.caches))))
    }

    fn confirm(&self, _: &PluginId, question: &str, _: bool) -> Result<bool, Fault> {
        match &self.on_question {
            Some(hook) => Ok(hook(question)),
            None => Err(Fault::new(s_plugin::FaultKind::Unsupported, "host/not-interactive", "nobody")),
        }
    }

    fn password(&self, _: &PluginId, question: &str, origin: &Origin) -> Result<Secret, Fault> {
        match &self.on_question {
            Some(hook) if hook(question) => Ok(Secret::new("hunter2".to_owned(), [origin.clone().into()])),
            _ => Err(Fault::new(s_plugin::FaultKind::Unsupported, "host/not-interactive", "nobody")),
        }
    }

    fn environment(&self, name: &str) -> Option<String> {
        Some(format!("value of {name}"))
    }
}

impl Lab {
    /// Returns what was printed, a line each.
    pub(crate) fn said(&self) -> Vec<String> {
        lock(&self.said).clone()
    }

    /// Returns the log, a line each.
    pub(crate) fn logged(&self) -> Vec<String> {
        lock(&self.logged).clone()
    }
}

/// Rights to be used up, and nothing else.
pub(crate) fn rights() -> Rights {
    let limits = Limits { time_ms: 10_000, prompts: 8, ..Limits::default_of(Kind::Command) };
    Rights { ui: true, limits, ..Rights::default() }
}

/// The right to ask one origin with any method.
pub(crate) fn http_to(origin: &str) -> Option<HttpRight> {
    Some(HttpRight { origins: vec![origin.parse().unwrap()], methods: Method::ALL.into() })
}

/// A network without retries.
pub(crate) fn network() -> Option<Arc<Client>> {
    let retry = RetryPolicy { attempts_max: 1, ..RetryPolicy::default() };
    Some(Arc::new(Client::new(s_net::Options { retry, ..s_net::Options::default() })))
}

/// A plugin of this code.
pub(crate) fn plugin(code: &Code, world: &str, rights: Rights, lab: &Arc<Lab>) -> Plugin {
    Plugin {
        engine: engine().clone(),
        code: code.clone(),
        id: "attack/lab".parse().unwrap(),
        version: "0.1.0".to_owned(),
        worlds: vec![WorldRef::known(world).unwrap()],
        rights,
        services: Arc::clone(lab) as Arc<dyn Services>,
        cancel: Cancel::new(),
    }
}

pub(crate) const COMMAND: &str = "stryke:command/subcommand-plugin@0.1";

/// Makes a plugin of the fixture with every way to attack.
pub(crate) fn attacker(rights: Rights, lab: &Arc<Lab>) -> Plugin {
    plugin(&code(ATTACK), COMMAND, rights, lab)
}

/// Makes a plugin of a core module for the world of subcommands.
pub(crate) fn commander(core: &str, rights: Rights, lab: &Arc<Lab>) -> Plugin {
    plugin(&code(&component("stryke:command/subcommand-plugin@0.1.0", core)), COMMAND, rights, lab)
}

/// Runs a command of a plugin in a session of its own.
pub(crate) async fn run(plugin: &Plugin, words: &[&str]) -> Result<Outcome, CallError> {
    plugin.open_command().await?.run(call(words)).await
}

/// Words after a command.
pub(crate) fn call(words: &[&str]) -> Call {
    Call {
        name: "attack".to_owned(),
        arguments: words.iter().map(|word| (*word).to_owned()).collect(),
        ..Call::default()
    }
}

/// Attacks, and shows that another plugin on the same engine answers before, meanwhile and after.
pub(crate) fn attack(plugin: &Plugin, words: &[&str]) -> Result<Outcome, CallError> {
    let witness_lab = Arc::new(Lab::default());
    let witness = attacker(rights(), &witness_lab);
    let answers = |count: usize| assert_eq!(witness_lab.said(), vec!["hash true forged false"; count]);
    engine().block_on(async {
        run(&witness, &["crypto"]).await.unwrap();
        answers(1);
        let (ended, meanwhile) = tokio::join!(run(plugin, words), run(&witness, &["crypto"]));
        meanwhile.unwrap();
        answers(2);
        run(&witness, &["crypto"]).await.unwrap();
        answers(3);
        ended
    })
}

/// What ended a call that had to end badly.
#[track_caller]
pub(crate) fn cause(ended: Result<Outcome, CallError>) -> Cause {
    ended.expect_err("the attack had to be stopped").cause
}

/// Makes a component of a core module in text form, for a world of ours.
pub(crate) fn component(world: &str, core: &str) -> Vec<u8> {
    let resolve = s_component::resolve_wit().unwrap();
    let packages: Vec<_> = resolve.packages.iter().map(|(id, _)| id).collect();
    let id = resolve.select_world(&packages, Some(world)).unwrap();
    let mut core = wat::parse_str(core).unwrap();
    let utf8 = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut core, &resolve, id, utf8).unwrap();
    s_component::encode(&core).unwrap()
}

/// A core module for the world of subcommands: `imports`, then the body of `run`, which succeeds
/// with status 0 when it comes to its end. Memory up to 4096 belongs to the text; `$alloc` never
/// gives anything back.
pub(crate) fn command_core(imports: &str, fields: &str, body: &str) -> String {
    let params = "i32 ".repeat(11);
    format!(
        r#"(module {imports}
            (memory (export "memory") 1)
            {ALLOC} {fields}
            (func (export "stryke:command/subcommand@0.1.0#run") (param {params}) (result i32)
                {body} (i32.const 2048)))"#
    )
}

/// An allocator for core modules.
pub(crate) const ALLOC: &str = r#"
    (global $next (mut i32) (i32.const 4096))
    (func $alloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (global.set $next (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (local.set $at (global.get $next))
        (global.set $next (i32.add (global.get $next) (local.get 3)))
        (block $fits (loop $grow
            (br_if $fits (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
            (drop (memory.grow (i32.const 1)))
            (br $grow)))
        (local.get $at))"#;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
