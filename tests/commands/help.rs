//! `s`, `s help`, `-h` and `--help`.

use crate::support::Sandbox;

#[test]
fn all_ways_to_the_overview_are_the_same() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["help"]);
    insta::assert_snapshot!(help.text(), @"
    status 0
    --- stdout
    s, the toolchain of stryke

    Usage: s [OPTIONS] COMMAND [ARGUMENTS]
           s [SWITCHES] FILE|- [ARGUMENTS]
           s [SWITCHES] -e CODE [ARGUMENTS]

    Packages:
      add                 Add dependencies, and bring them here
      remove              Remove dependencies
      install             Bring everything the project needs here
      update              Move to newer versions, within what stryke.toml admits
      lock                Make stryke.lock fit stryke.toml
      tree                Show what the project needs, and what that needs
      why                 Show who needs a package
      list                List the packages this project has locked
      outdated            Show what is newer than what is locked
      audit               Check packages for known weaknesses
      vendor              Copy every package into the folder vendor

    Programs:
      run                 Run a file, or a script or program of this project
      build               Compile programs to native executables
      repl                Try out the language, entry by entry
      check               Find mistakes in programs, and what they can reach
      test                Run tests
      bench               Measure how long programs take
      x                   Run a program of a package without installing it
      uninstall           Remove programs you installed for yourself
      clean               Remove what was made from this project

    Registries and the store:
      search              Search registries for packages
      info                Show what a registry says of a package
      pack                Make the archive of this package
      publish             Publish this package
      yank                Advise against a published version: it is not chosen anew
      unyank              Take back a yank
      owner               See and change who may publish a package
      login               Keep the token of a registry
      logout              Forget the token of a registry
      registry            Look into a registry, or run one
      fetch               Download what the lock names, for working offline
      store               Check or clear the packages of this machine

    Plugins:
      plugin              Use, inspect, allow and write plugins
      target              See what programs can be built for, and add more

    About s:
      help                Show help for a command or a topic
      explain             Say more about a code such as S-5007
      completions         Print the script that completes commands in a shell
      version             Print the version; with -v, how this binary was built

    Commands from plugins:
      init                make the directory you are in a project  (stryke/new)
      new                 make a project in a new directory  (stryke/new)

    Options:
      -q, --quiet         Say less: only warnings and errors; twice, only errors
      -v, --verbose       Say more: why; twice, every step
          --json          Print answers and errors as JSON on standard output
          --offline       Use only what is already on this machine
          --no-input      Never ask; fail where a question would be needed
          --color WHEN    When to use colour: auto, always or never
      -h, --help          Show help; --help shows more than -h
      -V, --version       Print the version

    Topics:
      exit-statuses       How a command tells other programs what happened
      output              What goes where: answers, talk, JSON and colour

    More about one of them: s help NAME
    ");
    for args in [&[][..], &["-h"], &["--help"], &["-v", "--help"]] {
        assert_eq!(sandbox.run(args), help, "{args:?}");
    }
}

#[test]
fn one_command_in_full() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["help", "completions"]);
    insta::assert_snapshot!(help.text(), @"
    status 0
    --- stdout
    Print the script that completes commands in a shell

    Usage: s completions [OPTIONS] <SHELL>

    Arguments:
      <SHELL>
              The shell: bash, zsh, fish or powershell

    Options of every command:
      -q, --quiet...
              Say less: only warnings and errors; twice, only errors

      -v, --verbose...
              Say more: why; twice, every step

          --json
              Print answers and errors as JSON on standard output

          --offline
              Use only what is already on this machine

          --no-input
              Never ask; fail where a question would be needed

          --color <WHEN>
              When to use colour: auto, always or never

      -h, --help
              Show help; --help shows more than -h

    Commands of plugins are completed too; print the script again after adding a
    plugin that brings some.

    Examples:
      s completions bash > ~/.local/share/bash-completion/completions/s
      s completions zsh > ~/.zfunc/_s
      s completions fish > ~/.config/fish/completions/s.fish
      s completions powershell >> $PROFILE
    ");
    assert_eq!(sandbox.run(&["completions", "--help"]), help, "--help is the same");
    let short = sandbox.run(&["completions", "-h"]);
    assert!(!short.stdout.contains("Examples"), "{short:?}");
}

#[test]
fn exit_statuses_are_those_that_are_documented() {
    insta::assert_snapshot!(Sandbox::new().run(&["help", "exit-statuses"]).text(), @"
    status 0
    --- stdout
    Exit statuses

        0  done; also when the reader of the answer went away early
        1  failed for a reason that has no status of its own
        2  the command line could not be understood
        3  the lock does not fit the manifest and may not be changed
        4  no choice of versions suits every package
        5  a digest, a signature or a grant does not allow it
        6  offline, and something that is needed is not here
        7  the audit found something
        8  a transaction was cut short and needs repair
        9  the network, or a server, failed
       70  a bug in `s`; please report it
      130  interrupted, by ^C

    A command that a plugin adds ends with the status that the plugin chose.
    ");
}

#[test]
fn every_topic_and_command_of_the_overview_can_be_read() {
    let sandbox = Sandbox::new();
    let overview = sandbox.run(&["help"]).stdout;
    let names = overview.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<&str> = names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).collect();
    assert!(names.len() >= 6, "{names:?}");
    for name in names {
        let outcome = sandbox.run(&["help", name]);
        assert!(outcome.status == Some(0) && outcome.stdout.len() > 100, "{name}: {outcome:?}");
    }
}

#[test]
fn every_command_shows_how_it_is_used() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["help", "--json"]).json();
    let commands = answer["commands"].as_array().expect("a list");
    assert!(commands.len() >= 40, "{}", commands.len());
    for command in commands {
        let name = command["name"].as_str().expect("a name");
        let help = sandbox.run(&["help", name]).stdout;
        let examples = help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("none: {help}"));
        let mut lines = examples.lines().take_while(|line| !line.is_empty());
        assert!(lines.any(|line| line.contains(&format!("s {name}"))), "{help}");
    }
}

#[test]
fn no_such_command_or_topic() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.run(&["help", "completion"]).text(), @"
    status 2
    --- stderr
    error[S-1005]: there is no command or topic `completion`
    hint: did you mean: s help completions
    ");
    insta::assert_snapshot!(sandbox.run(&["help", "exit-status"]).text(), @"
    status 2
    --- stderr
    error[S-1005]: there is no command or topic `exit-status`
    hint: did you mean: s help exit-statuses
    ");
    insta::assert_snapshot!(sandbox.run(&["help", "version", "more"]).text(), @"
    status 2
    --- stderr
    error[S-1005]: `version` has no command `more`
    hint: all commands and topics: s help
    ");
}

#[test]
fn as_json() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["help", "--json"]).json();
    let commands = answer["commands"].as_array().expect("a list");
    assert!(commands.iter().any(|command| command["name"] == "explain" && command["plugin"].is_null()));
    let answer = sandbox.run(&["help", "explain", "--json"]).json();
    assert!(answer["help"].as_str().is_some_and(|help| help.contains("S-5007")), "{answer}");
}

#[test]
fn colour_is_used_where_it_is_asked_for_and_nowhere_else() {
    let colored = |variables: &[(&str, &str)], args: &[&str]| {
        let sandbox =
            variables.iter().fold(Sandbox::new(), |sandbox, (name, value)| sandbox.env(name, value));
        sandbox.run(args).stdout.contains('\x1b')
    };
    assert!(!colored(&[], &["help"]), "in a pipe");
    assert!(colored(&[("CLICOLOR_FORCE", "1")], &["help"]));
    assert!(colored(&[("CLICOLOR_FORCE", "1")], &["explain", "--help"]));
    assert!(!colored(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &["help"]));
    assert!(colored(&[("NO_COLOR", "1")], &["help", "--color=always"]));
    assert!(!colored(&[("CLICOLOR_FORCE", "1")], &["--color", "never", "help"]));
}
