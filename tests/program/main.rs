//! The program as its operator meets it: started, stopped, killed, misconfigured; and the README's tour.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails here"
)]
#![expect(
    clippy::disallowed_methods,
    clippy::zombie_processes,
    reason = "a test sets the environment of the program, and ends it where its value is dropped"
)]

mod fixture;
mod full_disk;
mod log_reader;
mod open_connections;
mod process_lifecycle;
mod readme_tour;
mod surviving_database;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Command, Stdio},
};

/// The password of the demo's accounts, as the README has it.
const PASSWORD: &str = "smart cities of asean";

/// A running program; killed when dropped.
struct Service {
    child: Child,
    /// `http://127.0.0.1:port`.
    address: String,
    /// What it printed before it listened.
    printed: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program with a clean environment, in a folder of its own.
fn program_command(dir: &Path) -> Command {
    clean_command(Command::new(env!("CARGO_BIN_EXE_ascn-tracker")), dir)
}

/// A command in a folder of its own that starts the program, with a clean environment.
fn clean_command(mut command: Command, dir: &Path) -> Command {
    for (name, _) in
        std::env::vars().filter(|(n, _)| n.starts_with("ASCN_") || n.starts_with("DATABASE_"))
    {
        command.env_remove(name);
    }
    command
        .current_dir(dir)
        .env("ASCN_BIND", "127.0.0.1:0")
        .env("ASCN_METRICS_BIND", "off")
        .env("ASCN_DEMO_PASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The metrics of a running program with `ASCN_METRICS_BIND`: the value under a name without labels.
async fn read_metric(service: &Service, name: &str) -> f64 {
    let (_, rest) = service.printed.split_once("Metrics at ").unwrap();
    let text = reqwest::get(rest.lines().next().unwrap()).await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
}

impl Service {
    /// Starts it and waits until it says where it listens.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        loop {
            let start = printed.len();
            assert!(
                out.read_line(&mut printed).unwrap() > 0,
                "it ended before it listened: {printed}"
            );
            if let Some(rest) = printed[start..].strip_prefix("Listening on ") {
                let address = rest.split([',', ' ', '\n']).next().unwrap().to_owned();
                // What else it prints is read away, so that it never waits for a reader.
                std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
                return Self { child, address, printed };
            }
        }
    }

    fn demo(dir: &Path) -> Self {
        Self::start(program_command(dir).args(["serve", "--demo"]))
    }
}
