//! The table of stable codes. A code never changes its meaning and is never used again.

use std::fmt;

/// A stable code such as `S-5007`.
///
/// The first digit says whose it is: 0 the language, 1 the command line, 2 the resolver, 3 manifest
/// and lock, 4 store and network, 5 plugins, 6 audit, 7 targets and linking, 9 the tool itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-{:04}", self.0)
    }
}

/// What `s explain` says of a code.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// The name of its constant, in lower case with hyphens.
    pub name: &'static str,
    /// When it appears, why, and what to do; Markdown.
    pub explanation: &'static str,
}

/// Finds a code by the way people type it: `S-5007`, `s5007`, `5007`.
pub fn entry(text: &str) -> Option<&'static Entry> {
    let digits = text.trim().trim_start_matches(['s', 'S']).trim_start_matches('-');
    let number: u16 = digits.parse().ok()?;
    CODES.iter().find(|entry| entry.code.0 == number)
}

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $explanation:literal)*) => {
        impl Code {
            $(#[doc = $explanation] pub const $constant: Code = Code($number);)*
        }
        /// Every code there is, in ascending order.
        pub static CODES: &[Entry] = &[$(Entry { code: Code::$constant, name: $name, explanation: $explanation },)*];
    };
}

codes! {
    101 UNEXPECTED_TOKEN "unexpected-token" "A word or sign stands where the language has no use for it. Most often something before it is missing: a closing bracket, an operator, the end of a statement."
    102 EXPECTED_EXPRESSION "expected-expression" "A value belongs here: a number, a text, a variable, a call. An operator may have lost its operand, or a comma may be one too many."
    103 EXPECTED_NAME "expected-name" "A name belongs here. Names begin with a letter or `_` and go on with letters, digits and `_`."
    104 EXPECTED_BLOCK "expected-block" "Statements in braces belong here; the braces are needed even around a single one."
    105 MISSING_SEPARATOR "missing-separator" "Two statements stand side by side. End the first with `;` or begin the second on a line of its own; in `--compat` only `;` ends a statement."
    106 UNCLOSED_BRACKET "unclosed-bracket" "A bracket is opened here and never closed. The indentation of what follows often shows where its partner was meant to be."
    107 UNOPENED_BRACKET "unopened-bracket" "A bracket is closed that was never opened, or was closed before."
    108 UNCLOSED_STRING "unclosed-string" "A quoted text or a pattern begins here and never ends. Its closing delimiter is missing, or was escaped with `\\`."
    109 UNCLOSED_HEREDOC "unclosed-heredoc" "The text behind `<<` ends with a line that holds its tag and nothing else. There is no such line."
    110 BAD_NUMBER "bad-number" "A number has a digit that its base does not have, or none at all: `0b102`, `0x`."
    111 BAD_ESCAPE "bad-escape" "A backslash in a text is followed by something that means nothing, such as a code point that does not exist."
    112 BAD_FLAG "bad-flag" "A letter behind a pattern means nothing there. Patterns take `i m s x n a g c o`, substitutions `e` and `r` as well, transliterations `c d s r`."
    113 UNKNOWN_KEYWORD "unknown-keyword" "A word looks like a misspelt keyword, because what follows makes sense behind no other."
    114 BAD_PATTERN "bad-pattern" "A pattern of `match`, of a parameter or of a declaration cannot be understood. `[$x, @rest]` takes an array apart, `{ key => $v }` a hash, `_` fits everything."
    115 INTEROP "interop" "This spelling of Perl is refused under `--no-interop`; the message names the one of the language."
    116 TOO_DEEP "too-deep" "The text is nested more deeply than the compiler follows. Give names to some of its parts."
    117 TOO_MANY_ERRORS "too-many-errors" "There are so many errors that the rest is not shown. They often share one cause; correct the first ones and look again."
    301 UNKNOWN_FUNCTION "unknown-function" "No function of this name is declared in the program or in what it requires, and none is built in. The hint names the nearest that there are."
    302 FROZEN "frozen" "A variable declared with `val` or `const` is given its value once and never changes. Declare it with `var` if it has to; what a reference in it refers to may change anyway."
    303 BUILTIN_NAME "builtin-name" "A function of package `main` has the name of one that is built in, or is called like a word of the language, so that nobody could call it. Choose another name, or qualify it: `fn My::name`."
    304 NOT_A_PLACE "not-a-place" "Only what can hold a value can be changed: variables, elements, slices, what a reference refers to, and a few builtins such as `substr`."
    305 UNKNOWN_LABEL "unknown-label" "`last`, `next` and `redo` name a loop by the label before it. No loop around this place, in this function, has that label."
    306 UNKNOWN_TYPE "unknown-type" "No class, struct, enum or trait of this name is declared in the program or in what it requires."
    307 CLASS_MEMBER "class-member" "A class does not keep a promise: a method that its trait or its abstract parent asks for is missing, a final class is extended, a final method is replaced, or two members have one name."
    308 ABSTRACT_CLASS "abstract-class" "An abstract class leaves methods to the classes that extend it, so that there are no objects of the class itself."
    309 UNKNOWN_FIELD "unknown-field" "A class or struct is given a field that it does not have, or more values than it has fields. The hint lists those it has."
    310 NOT_EXHAUSTIVE "not-exhaustive" "A `match` on an enum must have an arm for each of its variants, or one with `_` for all others. The message names those that are missing."
    311 FILE_NOT_FOUND "file-not-found" "A file that the program requires is not there, or cannot be read. The message says where it was looked for."
    312 NOT_SUPPORTED "not-supported" "This part of Perl is not compiled: formats, `tie`, jumps to a label in another function. The message says which."
    313 BAD_REGEX_FLAGS "bad-regex-flags" "Two letters behind a pattern exclude each other."
    314 DUPLICATE_TYPE "duplicate-type" "Two types of the program have one name. Each package has names of its own; put one into another package."
    315 WRONG_ARGUMENTS "wrong-arguments" "A builtin is called with fewer or other arguments than it can work with: an element, a variable or a function is missing."
    316 RESERVED_NAME "reserved-name" "The hashes `%a %b %c %d %e %k %o %p %v %pc %all` hold what the language knows about itself, so no program can declare one of its own by these names. Choose a longer one."
    317 MISSING_BUILTIN "missing-builtin" "The language has a builtin of this name, but this version of `s` cannot run it yet. A newer one may; until then a function of your own under another name has to do."
    318 MODULE_VERSION "module-version" "`use Foo 2.13` asks for at least that version of a module, and its `$VERSION` is lower. Of a module of a package the number is the version of the package instead. Use a newer one, or ask for less."
    319 UNKNOWN_ASSET "unknown-asset" "`asset` names a file that the package of this text does not have, or the text belongs to no package. Assets are files and folders that `[package.assets]` of `stryke.toml` names; a package sees its own and no other's. `assets()` gives their names."
    320 UNDECLARED_VARIABLE "undeclared-variable" "Under `use strict` a text of plain Perl that is evaluated names a package variable that nobody has declared. Declare it with `my` or `our`, or name its package."
    401 UNUSED "unused" "`s check` found a variable that is never read, or a function that is never called. Often a name is misspelt where it should be used. A name that begins with `_` is never reported, nor is a function in a folder `lib`."
    402 DEAD_CODE "dead-code" "`s check` found a statement that is never reached: the one before it always leaves, with `return`, `die`, `exit`, `next` or `last`."
    403 NOT_AHEAD_OF_TIME "not-ahead-of-time" "A program that is compiled ahead of time contains no compiler, so a text that only the running program knows cannot become code, nor can a file whose name only the running program knows. Reaching the place is an error that `eval` can catch. `[build] deny-eval = true` makes it an error of the build."
    404 NO_LIST "no-list" "`map { ... }`, `grep { ... }` and `sort { ... }` stand here without a list, and without a pipe that brings one, so they work on nothing. The list stands behind the block, `map { ... } @list`, or before the pipe, `@list |> map { ... }`."
    405 ENTRY_DIED "entry-died" "An entry of `s repl` ended with an exception that nothing in it caught. Below the message are the functions it passed through. What the entry did and declared before remains."
    1001 USAGE "usage" "The command line could not be understood. `s help COMMAND` shows what the command takes."
    1002 UNKNOWN_COMMAND "unknown-command" "There is no command of this name, built in or from a plugin. `s help` lists them all; `s plugin list` shows which plugins add commands."
    1003 UNKNOWN_CODE "unknown-code" "`s explain` knows the codes that `s` prints, such as `S-5007`. This one is not among them."
    1004 ANSWER_LOST "answer-lost" "The answer could not be written to standard output, most often because the disk it is redirected to is full. What the command did besides answering is done."
    1005 UNKNOWN_TOPIC "unknown-topic" "`s help` knows the commands, built in and from plugins, and a few topics. This word is none of them. `s help` alone lists all."
    1006 COMMAND_DESCRIPTION "command-description" "A plugin adds a command, but describes its arguments in a way that cannot be offered: a name that is taken or that a shell would act on, a default that is not among the values, or an argument that can never be reached. The author of the plugin has to correct `[commands]` in its `plugin.toml`."
    1007 PROGRAM "program" "A program could not be read or started: there is no such file, it may not be read, or it ended in a way that leaves nothing to report. The message has the reason in the system's words."
    1008 NO_TESTS "no-tests" "`s test` and `s bench` found no file to run. Tests are files `test_*` or `t_*` in the folders `t` and `tests`, benchmarks are files `bench_*` in `benches`; any file can be named itself."
    1009 BASELINE "baseline" "Results of `s bench` are saved under a name, with `--save NAME`, and compared with `--compare NAME`. There is no result of this name, or it cannot be read, or the name has other characters than letters, digits, `-`, `_` and `.`."
    2001 NO_SOLUTION "no-solution" "No choice of versions meets every requirement. The reasons stand below the error, the nearest first; each hint was tried, and with it there is an answer. Loosen or change one of the requirements that are marked."
    2002 RESOLVER_LIMIT "resolver-limit" "Choosing versions took more steps than is sensible: very many versions exclude each other. Narrower requirements in `stryke.toml` leave less to try."
    2003 DEPENDENCY_CYCLE "dependency-cycle" "Packages depend on each other in a circle, so that none of them could be built first. The circle is shown; one of its packages has to do without the next, or what both need has to become a package of its own."
    3001 MANIFEST_SYNTAX "manifest-syntax" "A TOML file could not be read. The place that is marked is where the text stops making sense; the mistake is there or just before."
    3002 UNKNOWN_KEY "unknown-key" "A table of `stryke.toml` has a key that means nothing to this version of `s`. It is kept, and otherwise ignored; most often it is misspelt."
    3003 MANIFEST_VALUE "manifest-value" "A value in `stryke.toml` is missing, empty or of another type than it must have. The place is marked, and the message says what belongs there."
    3004 PLUGIN_ORIGIN "plugin-origin" "An entry of `[plugins]` says exactly one of these: `path`, `url` or `version`. A plain string is a version."
    3005 NO_PROJECT "no-project" "There is no `stryke.toml` in the current folder or in one above it. `s init` makes one."
    3006 MANIFEST_NOT_EDITABLE "manifest-not-editable" "`s` does not change a `stryke.toml` that has errors, because it could not tell what the change would do. Correct the errors first."
    3007 PACKAGE_NAME "package-name" "The name of a package is `name` or `scope/name`. Each part begins with a lower-case letter and goes on with lower-case letters, digits and single `-` or `_` between them, so that it is the same on every file system."
    3008 REQUIREMENT "requirement" "A text is not a requirement of versions. `1.4` means from 1.4 on, below 2; `1.4.2` exactly that one; `^1.4.2` from there on, below 2; `~1.4.2` below 1.5; `>=1.2, <1.8` both; `^1 || ^2` either; `*` any release."
    3009 PATH_DEPENDENCY "path-dependency" "A dependency on a folder has to lead to the folder of a package: one with a `stryke.toml` that states the same name. The path is relative to the `stryke.toml` that names it."
    3010 LOCK_VERSION "lock-version" "`stryke.lock` was written by a newer version of `s`, in a form this one does not know. Update `s`; the file is left as it is."
    3011 LOCK_CONTENT "lock-content" "`stryke.lock` lacks something or contains something that `s` does not write there. It was edited by hand or merged wrongly; take it from version control, or remove it and let `s` write it anew."
    3012 LOCK_DRIFT "lock-drift" "`stryke.lock` was made for another `stryke.toml`, or is not there, and the command was told not to change it. Run `s lock` and commit both files together."
    3013 LOCK_INTEGRITY "lock-integrity" "A registry offers other bytes for a version than those that were locked. A published version never changes, so either it was replaced on the server or the lock was changed. Nothing was written. Find out which before you lock it anew."
    3014 CHANGED_MEANWHILE "changed-meanwhile" "A file was changed by another program between being read and being written. It was left as the other program wrote it; run the command again."
    3015 DEPENDENCY_UNKNOWN "dependency-unknown" "There is no dependency of this name where it was looked for. `s tree` shows what there is and who needs it."
    3016 LOCK_SOURCE "lock-source" "`stryke.lock` takes a package from a folder, a repository or a registry that no `stryke.toml` takes it from. A lock chooses versions and commits, and not where packages come from, so somebody changed it. Nothing was taken from there. Take the lock from version control, or remove it and run `s lock`."
    3017 WORKSPACE_MEMBER "workspace-member" "A workspace and its members do not fit together: two members have one name, a folder that `members` names is no package, there is no member of the name that was given, or a command that is about one package was run where it is not clear which."
    3018 SCRIPT "script" "There is no script of this name in `[scripts]` of `stryke.toml`, or the name is that of a script and of a program of `[bin]`, so that nobody can tell which is meant."
    3020 PACKAGE_LIST "package-list" "A list of packages has one `name@version` a line, such as `json@2.1.0` or `acme/json@2.1.0`. Empty lines and text behind `#` are ignored."
    3021 PACKAGE_ASSETS "package-assets" "`[package.assets]` gives names to files and folders that lie in the package: paths below the folder of `stryke.toml`, no links that lead out of it, nothing that archives leave out, and all together at most 64 MiB in 10 000 files. The message says which of these does not hold, and the place is marked."
    3022 REQUIRES_S "requires-s" "The project says in `s` of `[package]` that it was made for other versions of `s`. Another `s` fits, or the requirement is wider than it has to be."
    4001 IO "io" "The operating system refused a file operation. Nothing was left half-written: files are written beside their place and renamed into it."
    4002 LOCK_TIMEOUT "lock-timeout" "Another process of `s` kept a lock for longer than this one waited. When that process is gone, so is its lock; nothing has to be removed by hand."
    4003 UNSAFE_PATH "unsafe-path" "A path that came from a plugin or an archive could lead out of its folder, or is not possible on every system. Parts are separated by `/`; none is empty, `.`, `..` or the name of a device such as `con`."
    4004 TOO_LARGE "too-large" "A file, or a set of files, is larger than what is accepted in its place. The message names the limit."
    4005 BAD_DIGEST "bad-digest" "A text is not a SHA-256 digest. Accepted are `sha256-` or `sha256:` with 64 hexadecimal digits, the digits alone, and `sha256-` with base64."
    4006 NO_HOME "no-home" "`s` keeps what it fetches and what you allowed in one folder: the one that `STRYKE_HOME` names, else `.stryke` in your own. The variable has to be an absolute path."
    4007 HOST_KEY "host-key" "The key of this machine proves that compiled plugins were compiled here. Its file was damaged, or other users could read or change it. Remove the file: a new key is made, and plugins are compiled again."
    4008 ALREADY_EXISTS "already-exists" "Something stands where something new was to be made. Nothing was changed."
    4050 ORIGIN_DENIED "origin-denied" "Something wanted to reach an origin (scheme, host and port) or use a method that it is not permitted to. For a plugin, its manifest has to ask for the origin and its grant has to allow it; `s plugin info` shows both. A URL with a user name in it and schemes other than `http` and `https` are never permitted."
    4051 ADDRESS_DENIED "address-denied" "A name led to an address that is not public: private, loopback, link-local or the like. That is how a server can be tricked into reaching machines behind it, so it is refused unless the user has named exactly this origin as one that may be private."
    4052 REDIRECT_REFUSED "redirect-refused" "A server redirected to where the request may not go: to an origin that is not permitted, to a private address, from `https` back to `http`, or around and around. The permission of the first URL does not extend to where it points."
    4053 OFFLINE "offline" "Something that is not on this machine was needed while `s` was told to stay offline. Run the command once without `--offline`, or vendor what it needs."
    4054 TIMEOUT "timeout" "A server did not accept a connection, did not answer, or stopped in the middle of its answer for longer than is allowed. Try again; if it lasts, the server or the way to it is at fault."
    4055 UNREACHABLE "unreachable" "There is no connection to a server: its name has no address, it refuses connections, it hangs up, or what it says is not HTTP. `s` has tried several times where that was safe. Check the URL, the network and the proxy settings."
    4056 ANSWER_TOO_LARGE "answer-too-large" "A server sent, or announced, more than is allowed for this request. Nothing of it was kept. A limit stands where a file of that size would be a mistake or an attack."
    4057 ANSWER_TRUNCATED "answer-truncated" "An answer broke off before its announced end. Nothing of it was kept. Try again; if it lasts, the server or something between is cutting answers short."
    4058 DIGEST_MISMATCH "digest-mismatch" "A file that was downloaded is not the one that was expected: its SHA-256 or its size differs. It was thrown away. Either the file was replaced on the server, which should not happen, or something between changed it. Do not work around this by changing the expected digest unless you know why it changed."
    4059 TLS "tls" "No secure connection could be agreed on: the certificate of the server is not valid for its name, has expired, or is vouched for by nobody this machine trusts. `SSL_CERT_FILE` names a file of further certificates to trust."
    4060 REQUEST_INVALID "request-invalid" "A request could not be sent as it was: its URL is not one, a header has characters that cannot be sent, or a header was set that belongs to `s` itself. For a plugin this is a bug in the plugin."
    4061 STATUS "status" "A server answered, but not with what was asked for. The message shows the status it sent."
    4062 CREDENTIAL "credential" "A server wants to know who is there, and the credential bound to it could not be used. `s plugin grant` binds one."
    4063 REGISTRY_UNKNOWN "registry-unknown" "There is no registry of this name in `[registries]` of `stryke.toml` or of your `config.toml`, or what speaks to it is not a registry plugin."
    4064 REGISTRY_PACKAGE "registry-package" "The registry does not have this package, this version of it, or this form of the version. The message names the registry: check that it is the one that should have it."
    4065 REGISTRY_PLAN "registry-plan" "A registry said how to get a file in a way that is not followed: from a file outside its own folder, from an address that is none, or under another digest than SHA-256. Nothing was fetched."
    4066 REGISTRY_AMBIGUOUS "registry-ambiguous" "More than one registry has a package of this name, and nothing says which is meant. Whoever can publish the name in the other one could be let in by accident, so nothing is chosen. Name the registry with `--registry`, or give it the name in `scopes` of `[registries.NAME]`."
    4067 ARCHIVE "archive" "The archive of a package is damaged or is made in a way that two programs could read differently: links, absolute paths, names that differ only in case, sizes that contradict each other. It was refused, and nothing of it was kept. Its publisher can make it anew with `s pack`."
    4068 STORE_DAMAGED "store-damaged" "Files of packages in the store are not what was unpacked: a disk failed, power was cut, or somebody changed them. `s store verify --repair` removes the packages concerned, and the next `s install` brings them anew."
    4069 REGISTRY_SERVER "registry-server" "A registry could not be run or changed: its address is taken, its folder or its bucket cannot be written, or what is there is damaged or of a newer form. The message says which."
    4070 REGISTRY_FEATURE "registry-feature" "A registry, or the plugin that speaks to it, cannot do what was asked for: search, publish, withdraw or change owners. A registry of files can only be read; `s registry serve` runs one that can do all of it."
    4071 REPOSITORY "repository" "A package was to come out of a repository, and there is no `git` on this machine, the address is not one that is followed, there is no such tag, branch or commit, or no package of that name in it. The message says which. Addresses are `https`, `ssh` or `file`; user names and passwords belong into the settings of git, not into `stryke.toml`."
    4072 TOOL "tool" "The programs of a package could not be installed or run: it has none, its `[bin]` names a file that is not in it, another package or somebody else has the name in `bin` of your home folder already, or nothing of that name is installed. `s list -g` shows what is."
    4073 REGISTRY_OWNER "registry-owner" "Who was to lose a package does not own it, so nothing changed. Most often the name is mistyped, and whoever was meant can still publish: `s owner list` shows the names."
    4074 REGISTRY_YANKED "registry-yanked" "A version that the lock has was yanked: whoever published it advises against it. It stays where it is locked, and its archive can still be downloaded, so that nothing breaks; it is not chosen anew. `s update NAME` moves to another version where the requirements admit one."
    4075 REGISTRY_BUCKET "registry-bucket" "A bucket cannot be the store of a registry: its address is not `s3://BUCKET` or `s3://BUCKET/PREFIX`, its endpoint is no URL or not a secure one, no key is in the environment, or it ignores the condition `If-None-Match`, without which two servers would overwrite each other. The message says which. Nothing was changed."
    4076 REGISTRY_CHANGED "registry-changed" "A registry does not say any more what it said before of a version: it is gone, its files have other digests, or it needs something else. What a registry has listed it never changes or takes back, except that a version can be yanked. Either it was broken into, or somebody turned it back to an older state, or there is another registry at the address. Nothing was changed here. Where you know that the registry was made anew, `s registry trust NAME --forget` forgets what it said."
    4077 REGISTRY_SIGNATURE "registry-signature" "What a registry says of its state is not signed by the keys that are known of it, or is not signed any more. Keys are known from the first time the registry was asked, or from `stryke.lock`; a registry that gets new ones signs them with the old ones. Either somebody else answers at its address, or its keys were lost. `s registry trust NAME --key KEY` accepts a key that whoever runs the registry has told you. Nothing was changed."
    4078 REGISTRY_ROLLBACK "registry-rollback" "A registry is in an older state than it was before, or two different states have the same number. The first is what somebody shows who wants to hide newer versions; the second is a registry that says different things to different people, and both signed notes are shown, which prove it. Nothing was changed."
    4079 REGISTRY_STALE "registry-stale" "What a registry says of its state, or of its keys, was signed too long ago. A server signs anew every hour, so whoever answers may hold newer versions back; files that were exported have to be exported again from time to time. `snapshot-max-age` in `[resolver]` says how old it may be, seven days where nobody says so. The clock of this machine plays a part as well. Nothing was changed."
    4080 REGISTRY_PROOF "registry-proof" "An answer of a registry is not part of the state that it has signed: the index of a package, or what leads to it, is missing or is another one. It was mixed from several states, or changed on the way. Nothing was changed. Files that are exported while somebody reads them can look like this for a moment."
    4081 REGISTRY_IDENTITY "registry-identity" "A registry is not the one that it was: another one answers at its address, or two registries say that they are the same and have different keys. Locks name registries by what they say they are, so that one must not pass for another. Nothing was changed. Where you know why, `s registry trust NAME --forget` forgets what was known of it."
    5001 PLUGIN_MANIFEST "plugin-manifest" "A key of `plugin.toml` is missing, or its value has another form than it must have. The place that is marked says which form that is."
    5002 PLUGIN_KEY "plugin-key" "A file about plugins (`plugin.toml`, `grants.toml` or a policy) holds a key that `s` does not know. Unknown keys are refused, because one that is silently ignored could have been meant to restrict something."
    5003 PLUGIN_KIND "plugin-kind" "The kind of a plugin is one of `registry`, `audit`, `auth`, `target` and `command`, and every world in `worlds` must be of that kind. A plugin serves one extension point; two points are two plugins."
    5004 PLUGIN_WORLD "plugin-world" "`worlds` names a world that no interface package of `s` holds. `s plugin new --kind KIND` writes a manifest with the right one."
    5005 PLUGIN_INTERFACE_VERSION "plugin-interface-version" "The plugin was made for a version of the interface that this `s` does not offer. A newer `s` may offer it, or the author publishes a build against one of the versions listed."
    5006 CAPABILITY_UNKNOWN "capability-unknown" "There is no capability of this name. `http`, `download`, `seal`, `cache`, `clock`, `random`, `ui`, `project`, `propose-edits` and `disclose-packages` stand alone; `secret`, `fs` and `env` are followed by a name, as in `secret.token`."
    5007 CAPABILITY_DENIED "capability-denied" "While it ran, a plugin tried something that it was not granted. It was stopped and nothing was changed. If you trust it, its author has to ask for that in `plugin.toml`, and you allow it."
    5008 CAPABILITY_KIND "capability-kind" "Each kind of plugin can ask only for what its extension point can use: a target pack never has the network or a clock, only credential providers turn tokens into secrets, and only commands propose edits."
    5009 CAPABILITY_REASON "capability-reason" "Each capability in `plugin.toml` carries a `reason`: one phrase that says to the user, before they consent, what the plugin needs it for."
    5010 ORIGIN "origin" "An origin is scheme, host and port, such as `https://example.com`, or a wildcard such as `https://*.cdn.example`, or `{config.KEY}` for the origin of a URL in the user's configuration. User names, paths and wildcards over a whole top-level domain are refused."
    5011 PLUGIN_CONFIG_KEY "plugin-config-key" "A capability refers to a key that `[config]` does not declare, or declares with another type. Origins are filled from keys of type `url`, views from keys of type `url` or `path`."
    5012 PLUGIN_CONFIG_VALUE "plugin-config-value" "The configuration of a plugin does not fit the `[config]` table of its `plugin.toml`: a key is missing or not known, or its value has another type."
    5013 PLUGIN_LIMIT "plugin-limit" "A limit is a size such as `\"64 MiB\"`, a time such as `\"60 s\"` or a plain number, depending on what it limits. What the manifest states is a request; the user's ceiling wins."
    5014 PLUGIN_COMMAND "plugin-command" "A `[commands.NAME]` table contradicts itself, or describes a command line that could not be parsed in one way."
    5020 IMPORT_UNKNOWN "import-unknown" "The component imports an interface or a function that no plugin is given, so it cannot run here. Plugins import `stryke:*` only; there is no WASI, no environment and no process."
    5021 IMPORT_BEYOND_MANIFEST "import-beyond-manifest" "The code of the plugin calls functions whose capability its `plugin.toml` does not ask for. The import list of the component is read, not believed; the author must ask for the capability or drop the call."
    5022 PLUGIN_NO_CONSENT "plugin-no-consent" "Nobody allowed this plugin to run here. A lock file grants nothing: a person allows a plugin with `s plugin grant`, or an organisation with a rule in its policy file."
    5023 BEYOND_GRANT "beyond-grant" "The plugin asks for more than was allowed, because it was updated or because its configuration changed. `s plugin grant` shows the difference and asks."
    5024 GRANT_INTEGRITY "grant-integrity" "The component is not the one that was allowed: its digest differs from the one in the grant. If you did not expect it to change, do not run it."
    5025 POLICY_DENIES "policy-denies" "The organisation's policy file denies this plugin. Grants cannot override the policy; the people who keep the policy can."
    5026 BEYOND_POLICY "beyond-policy" "The plugin asks for more than the organisation's policy file allows. Grants cannot override the policy; the people who keep the policy can add a rule."
    5030 GRANTS_FILE "grants-file" "`grants.toml` holds something that cannot be a grant or a binding, or the same one twice. Nothing in it holds until it is mended; nothing was changed."
    5031 POLICY_FILE "policy-file" "The policy file holds something that cannot be a policy. Until it is mended no plugin runs, because nobody can tell what it was meant to forbid."
    5040 NOT_A_COMPONENT "not-a-component" "The file is not a WebAssembly component. A compiler writes a core module; `s plugin build` makes a component of it."
    5041 COMPONENT_INVALID "component-invalid" "The component is damaged, or uses a WebAssembly feature that plugins do not have: threads, 64-bit memory, garbage collection, exceptions, relaxed SIMD, asynchronous functions."
    5042 COMPONENT_TOO_LARGE "component-too-large" "The component has more of something than is compiled here: functions, code in one function, memory from the start. The message names the count and the limit."
    5043 FOREIGN_IMPORT "foreign-import" "The component imports something that is not an interface of `stryke:*`, such as WASI. Plugins have no files, environment or sockets of their own: build for `wasm32-unknown-unknown` and use the host's interfaces."
    5044 STRING_ENCODING "string-encoding" "The component passes strings in another encoding than UTF-8. Set the encoding in the tool that made the component."
    5045 WORLD_MISMATCH "world-mismatch" "The component does not fit the world its manifest names: an interface is missing, one is imported that the world does not have, or a type differs. Build it against the interface text of the track it names."
    5046 ENCODE_FAILED "encode-failed" "The core module could not be made a component: its imports or exports do not fit the world it was built for, or it is not a valid module."
    5047 EMBEDDED_MANIFEST "embedded-manifest" "The manifest inside the component, its section `stryke:plugin`, is there more than once, too long, not UTF-8, or not the same as the `plugin.toml` beside it. `s plugin build` embeds it anew."
    5060 PLUGIN_ENGINE "plugin-engine" "The plugin engine could not start, most often because the process may not reserve enough address space (`ulimit -v`). Nothing was run."
    5061 PLUGIN_COMPILE "plugin-compile" "A component is not one that can be compiled. It was damaged, or made with features of WebAssembly that plugins do not have. Nothing of it was run."
    5062 PLUGIN_COMPILE_LIMIT "plugin-compile-limit" "Compiling a component took more time or memory than any sensible plugin needs. Nothing of it was run."
    5063 PLUGIN_OVER_LIMIT "plugin-over-limit" "A plugin used more of something than it may: time, memory, stack, handles, or the size of what it hands back. It was stopped; nothing it had proposed was done. Limits are requested in `[limits]` of `plugin.toml`, up to a ceiling."
    5064 PLUGIN_CRASHED "plugin-crashed" "A plugin crashed inside its sandbox. This is a bug of the plugin; nothing it had proposed was done. With `-v` the functions that were running are shown, for a report to its author."
    5065 PLUGIN_MALFORMED "plugin-malformed" "A plugin handed over something that its interface does not allow, such as text that is not UTF-8. This is a bug of the plugin; it was stopped."
    5066 PLUGIN_MISMATCH "plugin-mismatch" "A component does not have what its interface says, or has it with other types. It was built against something else than `plugin.toml` claims."
    5067 PLUGIN_FAULT "plugin-fault" "A plugin answered with an error. The message is the plugin's own."
    5068 INTERRUPTED "interrupted" "You interrupted. What was under way was stopped, and what it had not finished was not done."
    5069 PLUGIN_EDITS "plugin-edits" "A command proposed to write where it may not: outside the one new directory, over a file that exists, or under a name that is not portable. Nothing was written."
    5100 PLUGIN_CARGO "plugin-cargo" "`s plugin build` runs `cargo`, the author's own, to compile a plugin that is written in Rust. It was not found, or it failed; what it said stands above. With `--module` any tool can make the core module instead."
    5101 WASM_TARGET_MISSING "wasm-target-missing" "The Rust toolchain that would compile the plugin has no standard library for `wasm32-unknown-unknown`. `rustup target add wasm32-unknown-unknown` installs it, for the toolchain of the folder."
    5102 NO_CORE_MODULE "no-core-module" "`cargo` built the folder, but made no core module: `[lib]` in its `Cargo.toml` needs `crate-type = [\"cdylib\"]`."
    5103 CAPABILITY_UNUSED "capability-unused" "`plugin.toml` asks for a capability that the code never uses. Users are asked to consent to it all the same; take it out."
    5104 PLUGIN_FOLDER "plugin-folder" "The folder has no `plugin.toml`, so it is not the folder of a plugin. `s plugin new` makes one."
    5105 FIXTURE "fixture" "A fixture, a file in the folder `fixtures` of a plugin, cannot be read: a key is missing, not known or of another type, or a file it refers to is not there. The message names the file and the key."
    5106 FIXTURES_FAILED "fixtures-failed" "A plugin did not do what its fixtures say. Each fixture is run as it was recorded, with bodies that arrive byte by byte, with answers in another order, with each request failing, and with little memory; the table says which run failed and how."
    5107 CALL_ARGUMENTS "call-arguments" "The arguments of a call are not of the shape the function takes. The message says where, and shows the shape."
    5108 CALL_UNKNOWN "call-unknown" "There is no such function to call on a plugin of this kind. The message lists those there are."
    5109 PLUGIN_NAME "plugin-name" "The name of a new plugin is that of a crate and of a folder: lower-case letters, digits and `-`, beginning with a letter."
    5130 PLUGIN_UNKNOWN "plugin-unknown" "There is no plugin of this id here. `s plugin list` shows those there are; `s plugin add` adds one."
    5131 PLUGIN_CHANGED "plugin-changed" "The component of a plugin is not the one that was pinned: its digest is another. It was not run. If you expected it to change, `s plugin update` pins the new one."
    5132 PLUGIN_MISSING "plugin-missing" "The component of a plugin is not where it should be. `s plugin add` from where it came brings it back."
    5133 PLUGIN_ID_TAKEN "plugin-id-taken" "The id of a plugin belongs to one that is part of `s`. Built-in ids cannot be taken, so that nobody can put something else in their place."
    5134 PLUGIN_COMMAND_TAKEN "plugin-command-taken" "A plugin brings a command whose name is that of a built-in command or of another plugin's. A command never shadows another, so the plugin was not added."
    5135 PLUGIN_SOURCE "plugin-source" "A plugin is added from a component, from a folder with `plugin.toml` and the component, or from the `http`, `https` or `file` address of one of these; the address of a folder ends with `/`."
    5136 PLUGIN_INTEGRITY "plugin-integrity" "The bytes of a component are not those that were asked for with `--integrity`, or that the lock pins. Nothing was changed. Do not work around this unless you know why they differ."
    5137 PLUGIN_REQUIRES_S "plugin-requires-s" "The plugin says in `requires-s` that it was made for other versions of `s`. A newer or older plugin, or another `s`, fits."
    5138 CONSENT_DECLINED "consent-declined" "You were asked whether a plugin may do what it asks for, and said no. Nothing was changed."
    5139 PLUGIN_OTHER_ID "plugin-other-id" "Where a plugin came from there is another one now: its `plugin.toml` has another id. An update never swaps one plugin for another; remove the old one and add the new one if that is meant."
    5140 PLUGIN_BINDING "plugin-binding" "A secret is bound with `--secret NAME=SOURCE --origin URL`, where SOURCE is `env:VARIABLE`, `file:PATH` or `prompt`; a view with `--fs NAME=DIRECTORY`. NAME is one that the plugin asks for: `s plugin info ID` shows them."
    5141 CAPABILITIES_CHANGED "capabilities-changed" "What the plugin asks for has another digest than `--capabilities` says, so nothing was allowed. `s plugin info ID` shows what it asks for, and the digest."
    5142 PLUGIN_LOCK "plugin-lock" "The lock says something else about a plugin than its component: its version, its worlds or what it asks for. The lock was edited by hand or merged wrongly; `s plugin update ID` pins what is there."
    5143 PLUGIN_NOT_PINNED "plugin-not-pinned" "`[plugins]` names a plugin that no lock pins, so it is not used. `s plugin add` without a source fetches and pins it."
    5144 PLUGIN_NEAR_NAME "plugin-near-name" "The id of a plugin that is new here resembles that of one that is already used. Both may be meant; but whoever wants to be taken for another chooses such a name. Compare the ids, and where the plugin comes from, before you allow it."
    5150 TARGET_UNKNOWN "target-unknown" "No target of this name is known here. `s target list` shows those there are; `s target add` adds a pack for others."
    5151 NOT_A_TARGET_PACK "not-a-target-pack" "The plugin is not a target pack: its kind is another. `s plugin` is for plugins of every kind."
    5152 LINK_FAILED "link-failed" "A program could not be made one executable: something it needs is not there, is there twice, or does not fit the target. The notes say where. After an update, build everything anew."
    5153 LINK_IMAGE "link-image" "What a target pack linked is not an executable for the target that was asked for, so nothing was written. This is a bug of the pack."
    5154 LINK_WARNING "link-warning" "The linker made the executable and noticed something that may not be meant. The message is the linker's own; if it names what is not yours, the pack of the target may need an update."
    5160 NOTHING_TO_BUILD "nothing-to-build" "There is no program to build, or none of that name: programs are the files of `[bin]` in stryke.toml and those in the folder `bin`, else `main.stk`. `s build FILE` builds a file by itself."
    5161 TARGET_PACK "target-pack" "The pack of the target, its runtime and its linker, is not here, is damaged, or belongs to another version of `s`. The message names the command that brings the right one."
    5162 NOT_REPRODUCED "not-reproduced" "Building the program again did not give the same bytes. Builds depend on nothing but the sources, the packages and `s` itself, so this is a bug in `s`; please report it with the program."
    5163 CODE_GENERATION "code-generation" "A function could not be turned into machine code. This is a bug in `s`; please report it with the program."
    6001 ADVISORY_MALFORMED "advisory-malformed" "An advisory of a feed leaves in doubt which versions it concerns and was left out. It is counted in the summary; tell whoever keeps the feed."
    6002 VULNERABLE "vulnerable" "An advisory concerns a package in the list. The message names a version that is not affected, where there is one; a finding that does not concern you can be ignored until a day, with a reason."
    6003 IGNORE_EXPIRED "ignore-expired" "A decision to ignore a finding has passed its day, and the finding is reported again. Look at it anew: update the package, or set another day with a reason that still holds."
    6004 IGNORE_UNUSED "ignore-unused" "A decision to ignore a finding concerns nothing that was found. It can be removed."
    6005 FEED_ADDRESS "feed-address" "A feed of advisories is a folder, a `.json` or `.zip` file, or the `https` address of one of these, without a user name in it. `docs/audit.md` describes all forms."
    6006 FEED_FAILED "feed-failed" "A feed of advisories could not be read to its end. An audit with half of the advisories would call things clean that are not, so it says nothing at all; `--offline` uses the copy of the last time."
    6007 FEED_NOT_KEPT "feed-not-kept" "The audit was told to stay offline, and there is no copy of this feed on this machine. Run it once without `--offline`."
    6008 IGNORE_FILE "ignore-file" "An entry of the file of ignored advisories lacks something or cannot be read. Each `[[ignore]]` has an `id`, a `reason` and the last day it holds, `until = 2027-01-31`. Nothing was ignored."
    6009 VERSION_UNORDERED "version-unordered" "A version in the list is not a complete version such as `1.2.0`, so it has no place among others. Only advisories that list exactly this text can be found for it."
    9001 BUG "bug" "`s` found itself in a state that should not exist. This is a bug in `s`; please report it with the text that was printed."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_found_however_typed() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code), "codes are unique and in order");
        for text in ["S-1001", "s-1001", "S1001", "1001", " s1001 "] {
            assert_eq!(entry(text).map(|entry| entry.code), Some(Code::USAGE), "{text}");
        }
        assert!(entry("S-0").is_none());
        assert!(entry("nonsense").is_none());
    }

    #[test]
    fn every_code_is_explained() {
        for entry in CODES {
            assert!(entry.explanation.len() > 40 && entry.explanation.ends_with('.'), "{}", entry.code);
            assert!(entry.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", entry.name);
        }
    }
}
