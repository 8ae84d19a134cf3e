//! The program: parses the command line, runs the command in the library, and returns the exit code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use ascn_tracker::{cli::Cli, commands};
use clap::Parser;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::run_command(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A write error is ignored: if standard error is closed, there is no way to report it.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
