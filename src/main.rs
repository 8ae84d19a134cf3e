//! Reads the command and the settings, calls the library, gives the exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use ascn_tracker::cli::{Cli, Command};
use ascn_tracker::config::Settings;
use ascn_tracker::telemetry;
use clap::Parser;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    telemetry::init(&settings);
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    dispatch(command, &settings)
}

/// Stands in for `startup::run` until that is there.
fn dispatch(command: &Command, _settings: &Settings) -> anyhow::Result<()> {
    anyhow::bail!("{command:?} is not built yet")
}
