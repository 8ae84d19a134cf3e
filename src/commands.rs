//! What the program's commands do, each a few calls into `startup`.

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
/// What stops it, in words for an operator.
pub fn run_command(command: &Command) -> anyhow::Result<()> {
    // The contract is the same under every setting, a wrong one included.
    if matches!(command, Command::Openapi) {
        return print_text(&api::openapi::render_document()?);
    }
    // Before anything is opened: other commands end before it matters.
    if matches!(command, Command::Serve { .. }) {
        allocator::set_purge_delay();
    }
    let settings = Settings::from_env()?;
    telemetry::init_logging(&settings);
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    // A start that is refused leaves nothing behind, not even an empty file: what can refuse it is asked first.
    let doors = match command {
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
    let _claim = DatabaseLock::acquire(&settings.database)?;
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
        Command::Serve { demo } => match doors {
            Some(doors) => serve_api(&settings, clock, *demo, doors),
            None => Ok(()),
        },
    }
}

fn serve_api(
    settings: &Settings,
    clock: Clock,
    demo: bool,
    doors: BoundListeners,
) -> anyhow::Result<()> {
    let who_signs_in = if demo {
        Some(startup::start_demo(settings, &clock)?)
    } else {
        startup::refuse_demo(settings)?;
        startup::prepare_database(settings, &clock)?;
        startup::invite_first_administrator(settings, &clock)?
    };
    // Requests under way are answered after SIGTERM; `run` returns when they are.
    actix_web::rt::System::new().block_on(async {
        let application = Application::build_on(doors, settings, clock)?;
        // Not before it stands: nobody signs in at a service that did not start.
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

/// Writes to standard output. A reader that went away is no failure of the command.
fn print_text(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(e).context("cannot write to standard output")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The claim of this process on a SQLite file: the one writer is a thread of one process.
#[derive(Debug)]
pub struct DatabaseLock {
    _lock: Option<File>,
}

impl DatabaseLock {
    /// Takes the claim, and makes the database file for its owner's eyes only. PostgreSQL needs none.
    ///
    /// # Errors
    /// When another process has it, or the file cannot be made.
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
        // SQLite gives its journal files the mode of the database.
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
