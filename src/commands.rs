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

/// Runs a command.
///
/// # Errors
/// The reason why the command failed, as a message for the operator.
pub fn run_command(command: &Command) -> anyhow::Result<()> {
    // The contract does not depend on the settings, so it is printed even if they are not valid.
    if matches!(command, Command::Openapi) {
        return print_text(&api::openapi::render_document()?);
    }
    // This restarts the program, so nothing may be open yet. Other commands end before it would make a difference.
    if matches!(command, Command::Serve { .. }) {
        allocator::set_purge_delay();
    }
    let settings = Settings::from_env()?;
    telemetry::init_logging(&settings);
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    // Checks that can refuse the start come first, so that a refused start leaves nothing behind, not even an empty
    // file.
    let listeners = match command {
        Command::Serve { demo } => {
            if *demo {
                settings.check_demo()?;
            }
            Some(BoundListeners::bind_all(&settings)?)
        }
        Command::Openapi
        | Command::Migrate
        | Command::Seed { .. }
        | Command::ImportHistory { .. } => None,
    };
    let _lock = DatabaseLock::acquire(&settings.database)?;
    let clock = Clock::real();
    match command {
        Command::Openapi => Ok(()),
        Command::Migrate => {
            let applied = startup::migrate_database(&settings)?;
            print_text(&format!("{applied} migrations applied\n"))
        }
        Command::Seed { scale: None } => {
            print_text(&format!("{}\n", startup::seed_reference_data(&settings, &clock)?))
        }
        Command::Seed { scale: Some(networks) } => {
            print_text(&format!("{}\n", startup::seed_scaled(&settings, &clock, *networks)?))
        }
        Command::ImportHistory { file } => print_text(&format!(
            "{}\n",
            startup::import_history(&settings, &clock, file.as_deref())?
        )),
        Command::Serve { demo } => match listeners {
            Some(listeners) => serve_api(&settings, clock, *demo, listeners),
            None => Ok(()),
        },
    }
}

fn serve_api(
    settings: &Settings,
    clock: Clock,
    demo: bool,
    listeners: BoundListeners,
) -> anyhow::Result<()> {
    let who_signs_in = if demo {
        Some(startup::start_demo(settings, &clock)?)
    } else {
        startup::refuse_demo(settings)?;
        startup::prepare_database(settings, &clock)?;
        startup::invite_first_administrator(settings, &clock)?
    };
    // After SIGTERM, `run` returns when the requests in progress are answered.
    actix_web::rt::System::new().block_on(async {
        let application = Application::build_on(listeners, settings, clock)?;
        // Printed only now: nobody can sign in at a service whose start failed.
        who_signs_in.as_deref().map(print_text).transpose()?;
        let base = format!("http://{}:{}", settings.bind.ip(), application.port());
        if let (Some(at), Some(port)) = (settings.metrics_bind, application.metrics_port()) {
            print_text(&format!(
                "\nMetrics at http://{}/metrics\n",
                SocketAddr::new(at.ip(), port)
            ))?;
        }
        print_text(&format!("\nListening on {base}, documentation at {base}/docs\n"))?;
        application.run().await.context("the listener failed")
    })
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
#[derive(Debug)]
pub struct DatabaseLock {
    _lock: Option<File>,
}

impl DatabaseLock {
    /// Takes the lock, and creates the database file so that only its owner can read it. PostgreSQL needs no lock.
    ///
    /// # Errors
    /// A different process holds the lock, or a file cannot be created.
    pub fn acquire(database: &DatabaseUrl) -> anyhow::Result<Self> {
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
