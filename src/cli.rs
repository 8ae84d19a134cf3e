//! The command line: commands, arguments and their help. `commands` runs them.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::help::render_settings_help;

/// Record and publish the action plans of the ASEAN Smart Cities Network
///
/// Settings come from environment variables; `serve --help` lists all of them.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API
    ///
    /// Brings the database up to date first: it applies migrations and writes the reference data. As long as no
    /// administrator is active, each start prints a new invitation for one.
    #[command(after_help = render_settings_help())]
    Serve {
        /// Serve a demo: fill an empty database with the published history, one open cycle and an account for every
        /// role, and listen on loopback only
        #[arg(long)]
        demo: bool,
    },
    /// Apply migrations to the database
    Migrate,
    /// Write the reference data: countries, pilot cities, framework, plan cycles
    ///
    /// May be repeated: it corrects records whose text in the program changed, and keeps records that users edited.
    Seed {
        /// Fill an empty database with a demo of N networks, to measure the service under load. Each network has a copy
        /// of the published history. Use `serve --demo` to serve it
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
        scale: Option<u32>,
    },
    /// Import the published monitoring reports of past years
    ///
    /// May be repeated: records that were imported before are not imported again.
    ImportHistory {
        /// A JSON file in the form of the built-in history; without it, the built-in history is imported
        file: Option<PathBuf>,
    },
    /// Write the OpenAPI document to standard output
    Openapi,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::config::help::SETTINGS;

    #[test]
    fn commands_are_valid_for_clap() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_of_serve_lists_all_settings_with_their_defaults() {
        let mut cli = Cli::command();
        let help = cli.find_subcommand_mut("serve").unwrap().render_long_help().to_string();
        for setting in SETTINGS {
            assert!(help.contains(setting.name), "{} is missing", setting.name);
            if let Some(default) = setting.default {
                let line = format!("{} [default: {default}]", setting.name);
                assert!(help.contains(&line), "{line} is missing");
            }
        }
    }

    #[test]
    fn arguments_are_parsed() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' ')).map(|cli| cli.command);
        assert!(matches!(parse("ascn serve --demo").unwrap(), Command::Serve { demo: true }));
        assert!(matches!(parse("ascn serve").unwrap(), Command::Serve { demo: false }));
        let Command::ImportHistory { file } = parse("ascn import-history a.json").unwrap() else {
            panic!("a different command");
        };
        assert_eq!(file.unwrap(), PathBuf::from("a.json"));
        assert!(matches!(parse("ascn seed").unwrap(), Command::Seed { scale: None }));
        assert!(matches!(
            parse("ascn seed --scale 10").unwrap(),
            Command::Seed { scale: Some(10) }
        ));
        for wrong in ["ascn migrate --down", "ascn seed --scale 0", "ascn seed --scale many"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
