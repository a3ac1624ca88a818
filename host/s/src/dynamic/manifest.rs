//! From `[commands.NAME]` of a `plugin.toml` to the description a parser is built from.

use s_capability::{Argument, Command, CommandOption, Manifest};

use super::{ArgumentSpec, CommandSpec, OptionKind, OptionSpec, PluginCommand};

impl PluginCommand {
    /// Returns the commands that a manifest declares, sorted by name.
    pub(crate) fn declared(manifest: &Manifest) -> Vec<PluginCommand> {
        let commands = manifest.commands.iter().map(|(name, command)| PluginCommand {
            name: name.clone(),
            about: command.about.clone(),
            plugin: manifest.id.to_string(),
            spec: command.into(),
        });
        commands.collect()
    }
}

impl From<&Command> for CommandSpec {
    fn from(command: &Command) -> CommandSpec {
        CommandSpec {
            arguments: command.arguments.iter().map(ArgumentSpec::from).collect(),
            options: command.options.iter().map(OptionSpec::from).collect(),
            examples: command.examples.clone(),
        }
    }
}

impl From<&Argument> for ArgumentSpec {
    fn from(argument: &Argument) -> ArgumentSpec {
        ArgumentSpec {
            name: argument.name.clone(),
            about: argument.about.clone().unwrap_or_default(),
            required: argument.required,
            repeat: argument.repeat,
        }
    }
}

impl From<&CommandOption> for OptionSpec {
    fn from(option: &CommandOption) -> OptionSpec {
        let kind = if option.flag {
            OptionKind::Flag
        } else {
            OptionKind::Value { values: option.values.clone(), default: option.default.clone() }
        };
        OptionSpec {
            name: option.name.clone(),
            short: option.short,
            about: option.about.clone().unwrap_or_default(),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use s_diag::Source;

    use super::*;
    use crate::dynamic::build;

    const MANIFEST: &str = r#"
[plugin]
id = "acme/sbom"
version = "1.0.0"
kind = "command"
worlds = ["stryke:command/subcommand-plugin@0.1"]

[commands.sbom]
about = "write an SBOM"
arguments = [{ name = "files", about = "what to read", repeat = true }]
options = [
    { name = "format", short = "f", values = ["spdx", "cyclonedx"], default = "spdx" },
    { name = "force", flag = true, about = "overwrite" },
]
examples = ["s sbom stryke.lock", "s sbom --format cyclonedx"]
"#;

    #[test]
    fn what_a_manifest_declares_can_be_offered() {
        let manifest = Manifest::parse(&Source::new("plugin.toml", MANIFEST)).expect("it has no mistake");
        let commands = PluginCommand::declared(&manifest);
        let [command] = commands.as_slice() else { panic!("one command: {commands:?}") };
        assert_eq!((command.name.as_str(), command.plugin.as_str()), ("sbom", "acme/sbom"));
        let mut parser = build(command).expect("it can be offered").term_width(80);
        insta::assert_snapshot!(parser.render_help().to_string(), @"
        write an SBOM

        Usage: sbom [OPTIONS] [FILES]...

        Arguments:
          [FILES]...  what to read

        Options:
          -f, --format <VALUE>  [default: spdx] [possible values: spdx, cyclonedx]
              --force           overwrite
          -h, --help            Print help (see more with '--help')

        Added by plugin `acme/sbom`.
        ");
        let long = parser.render_long_help().to_string();
        let end =
            "Examples:\n  s sbom stryke.lock\n  s sbom --format cyclonedx\n\nAdded by plugin `acme/sbom`.\n";
        assert!(long.ends_with(end), "{long}");
    }
}
