//! Runs the commands of the program with the functions of `startup`.

use std::{
    fs::File,
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use crate::{
    api,
    cli::Command,
    clock::Clock,
    config::{DatabaseUrl, Settings, allocator},
    startup::{self, Application, BoundListeners},
    telemetry,
};

/// Runs a command, and writes the last lines of the log.
///
/// # Errors
/// The reason why the command failed, as a message for the operator.
pub fn run_command(command: &Command) -> anyhow::Result<()> {
    let done = dispatch_command(command);
    telemetry::flush_log();
    done
}

fn dispatch_command(command: &Command) -> anyhow::Result<()> {
    match command {
        // The contract does not depend on the settings, so it is printed even if they are not valid.
        Command::Openapi => print_text(&api::openapi::render_document()?),
        Command::Migrate => change_database(|settings, _clock| {
            Ok(format!("{} migrations applied", startup::migrate_database(settings)?))
        }),
        Command::Seed { scale: None } => change_database(startup::seed_reference_data),
        Command::Seed { scale: Some(networks) } => {
            change_database(|settings, clock| startup::seed_scaled(settings, clock, *networks))
        }
        Command::ImportHistory { file } => change_database(|settings, clock| {
            startup::import_history(settings, clock, file.as_deref())
        }),
        Command::Serve { demo } => serve_api(*demo),
    }
}

/// Reads the settings, starts logging and logs the warnings about the settings.
fn load_settings() -> anyhow::Result<Settings> {
    let settings = Settings::from_env()?;
    telemetry::init_logging(&settings).context("the log cannot be started")?;
    telemetry::log_panics();
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    Ok(settings)
}

/// Runs a change of the database, and prints the summary that it returns.
fn change_database(
    change: impl FnOnce(&Settings, &Clock) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    let settings = load_settings()?;
    let _lock = DatabaseLock::acquire(&settings.database)?;
    let summary = change(&settings, &Clock::real())?;
    print_text(&format!("{summary}\n"))
}

fn serve_api(demo: bool) -> anyhow::Result<()> {
    // This restarts the program, so nothing may be open yet. Other commands end before it would make a difference.
    allocator::set_purge_delay();
    let settings = load_settings()?;
    // Checks that can refuse the start come first, so that a refused start leaves nothing behind, not even an empty
    // file.
    if demo {
        settings.check_demo()?;
    }
    let listeners = BoundListeners::bind_all(&settings)?;
    let _lock = DatabaseLock::acquire(&settings.database)?;
    startup::warn_of_temp_folder();
    let clock = Clock::real();
    let sign_in_text = prepare_accounts(&settings, &clock, demo)?;
    // After SIGTERM, `run` returns when the requests in progress are answered.
    actix_web::rt::System::new().block_on(async {
        let application = Application::build_on(listeners, &settings, clock)?;
        // Printed only now: nobody can sign in at a service whose start failed.
        sign_in_text.as_deref().map(print_text).transpose()?;
        // Port 0 in the settings stands for a free port, so the port comes from the listener.
        let api = SocketAddr::new(settings.bind.ip(), application.port());
        let metrics = settings.metrics_bind.zip(application.metrics_port());
        let metrics = metrics.map(|(address, port)| SocketAddr::new(address.ip(), port));
        if let Err(error) = print_text(&describe_addresses(api, metrics)) {
            tracing::warn!("{error:#}");
        }
        application.run().await.context("the listener failed")
    })
}

/// Fills the database, and returns the text that tells the operator who can sign in.
fn prepare_accounts(
    settings: &Settings,
    clock: &Clock,
    demo: bool,
) -> anyhow::Result<Option<String>> {
    if demo {
        return startup::start_demo(settings, clock).map(Some);
    }
    startup::refuse_demo(settings)?;
    startup::prepare_database(settings, clock)?;
    startup::invite_first_administrator(settings, clock)
}

/// Returns the lines that tell the operator where the service listens.
fn describe_addresses(api: SocketAddr, metrics: Option<SocketAddr>) -> String {
    let metrics = metrics.map(|address| format!("\nMetrics at http://{address}/metrics\n"));
    let metrics = metrics.unwrap_or_default();
    format!("{metrics}\nListening on http://{api}, documentation at http://{api}/docs\n")
}

/// Writes to standard output. If the reader has closed it, that is not a failure of the command.
fn print_text(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(e).context("cannot write to standard output")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The lock of this process on a SQLite file. Only one process may use the file, because a single thread makes all
/// writes.
struct DatabaseLock {
    _lock: Option<File>,
}

impl DatabaseLock {
    /// Takes the lock, and creates the database file so that only its owner can read it. PostgreSQL needs no lock.
    ///
    /// # Errors
    /// A different process holds the lock, or a file cannot be created.
    fn acquire(database: &DatabaseUrl) -> anyhow::Result<Self> {
        let DatabaseUrl::Sqlite { path } = database else { return Ok(Self { _lock: None }) };
        let lock_path = PathBuf::from(format!("{}.lock", path.display()));
        let lock = open_private_file(&lock_path)?;
        lock.try_lock().with_context(|| {
            format!(
                "{} is in use by another process: only one may write to a SQLite file",
                path.display()
            )
        })?;
        // SQLite gives its journal files the same permissions as the database file.
        open_private_file(path)?;
        Ok(Self { _lock: Some(lock) })
    }
}

fn open_private_file(path: &Path) -> anyhow::Result<File> {
    let mut options = File::options();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("cannot open {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Seen with ASCN_BIND=[::1]:8080: the brackets were missing, so that the printed address could not be opened.
    #[test]
    fn ipv6_address_is_printed_in_brackets() {
        let printed = describe_addresses("[::1]:8080".parse().unwrap(), None);
        assert_eq!(
            printed,
            "\nListening on http://[::1]:8080, documentation at http://[::1]:8080/docs\n"
        );
    }

    #[test]
    fn address_of_the_metrics_is_printed_first() {
        let printed = describe_addresses(
            "127.0.0.1:8080".parse().unwrap(),
            Some("127.0.0.1:9464".parse().unwrap()),
        );
        assert!(printed.starts_with("\nMetrics at http://127.0.0.1:9464/metrics\n\nListening on"));
    }
}
