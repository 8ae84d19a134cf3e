//! The environment, read once into validated [`Settings`]. Nothing else reads the environment,
//! and no secret is printed. What the settings lead to is built in `startup`.

pub(crate) mod allocator;
mod database;
mod help;
mod network;
mod reader;
mod secret;

use std::net::SocketAddr;
use std::num::NonZeroU32;

pub use database::{DatabaseUrl, SslMode};
pub use help::{SETTINGS, SettingDoc, settings_help};
pub use network::IpNetwork;
pub use secret::{MIN_TOKEN_SECRET_BYTES, Secret, TokenSecrets};

use reader::SettingReader;

/// Everything that can be set from outside. [`SETTINGS`] says what each means.
#[derive(Debug)]
pub struct Settings {
    /// The primary database (`DATABASE_URL`).
    pub database: DatabaseUrl,
    /// A PostgreSQL replica for reading (`DATABASE_READ_URL`).
    pub database_read: Option<DatabaseUrl>,
    /// Connections, each on its own thread (`ASCN_DB_THREADS`); on SQLite those that read.
    pub db_threads: usize,
    /// Jobs that may wait for those that read, and as many for those that write (`ASCN_DB_QUEUE`).
    pub db_queue: usize,
    /// Where the API listens (`ASCN_BIND`).
    pub bind: SocketAddr,
    /// Where the metrics listen, `None` for nowhere (`ASCN_METRICS_BIND`).
    pub metrics_bind: Option<SocketAddr>,
    /// What access tokens are signed with (`ASCN_TOKEN_SECRET`, `ASCN_TOKEN_SECRET_FILE`).
    pub token_secrets: TokenSecrets,
    /// The password of every demo account, `None` to make one up (`ASCN_DEMO_PASSWORD`).
    pub demo_password: Option<Secret>,
    /// Proxies whose `Forwarded` headers are believed (`ASCN_TRUSTED_PROXIES`).
    pub trusted_proxies: Vec<IpNetwork>,
    /// Origins of web pages that may call the API, as browsers spell them (`ASCN_CORS_ORIGINS`).
    pub cors_origins: Vec<String>,
    /// Whether releases are read without signing in (`ASCN_PUBLIC_RELEASES`).
    pub public_releases: bool,
    /// Where others reach the service, as browsers spell an origin (`ASCN_BASE_URL`).
    pub base_url: Option<String>,
    /// Sign-in attempts a minute, `None` for no limit (`ASCN_LOGIN_LIMIT_PER_MINUTE`).
    pub login_limit_per_minute: Option<NonZeroU32>,
    /// Requests of a caller a minute, `None` for no limit (`ASCN_REQUEST_LIMIT_PER_MINUTE`).
    pub request_limit_per_minute: Option<NonZeroU32>,
    /// Memory for cached answers in bytes, 0 for none (`ASCN_CACHE_MB`).
    pub cache_bytes: u64,
    /// Whether `/docs` is served (`ASCN_DOCS`).
    pub docs: bool,
    /// A filter of `tracing`, known to be well-formed (`ASCN_LOG`).
    pub log: String,
    /// The form of the log (`ASCN_LOG_FORMAT`).
    pub log_format: LogFormat,
    /// What the operator should know and what does not stop the start.
    pub warnings: Vec<String>,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A setting that cannot be understood. Never holds the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct SettingError {
    /// The setting's name.
    pub name: &'static str,
    /// What was expected instead.
    pub problem: String,
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// The first setting that cannot be understood.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::read_from(&mut reader::from_env()?)
    }

    /// Reads the settings from names and values; the last of a name counts.
    ///
    /// # Errors
    /// The first setting that cannot be understood.
    pub fn from_vars(vars: impl Iterator<Item = (String, String)>) -> Result<Self, SettingError> {
        Self::read_from(&mut SettingReader::new(vars))
    }

    /// Checks what a demo asks for beyond that: its password is printed, so that only this
    /// machine may reach it.
    ///
    /// # Errors
    /// When `ASCN_BIND` is not a loopback address.
    pub fn check_demo(&self) -> Result<(), SettingError> {
        if self.bind.ip().is_loopback() {
            return Ok(());
        }
        let problem = "a demo listens on loopback only, as 127.0.0.1:8080 or [::1]:8080".to_owned();
        Err(SettingError { name: "ASCN_BIND", problem })
    }

    fn read_from(vars: &mut SettingReader) -> Result<Self, SettingError> {
        let mut database = vars.read_required("DATABASE_URL", DatabaseUrl::parse)?;
        vars.read_optional("ASCN_DATABASE_PASSWORD_FILE", |path| database.read_password(path))?;
        let database_read =
            vars.read_optional("DATABASE_READ_URL", |url| database.parse_replica(url))?;
        let mut settings = Self {
            database_read,
            db_threads: vars.read_required("ASCN_DB_THREADS", |n| database.parse_threads(n))?,
            db_queue: vars.read_required("ASCN_DB_QUEUE", reader::parse_queue_length)?,
            bind: vars.read_required("ASCN_BIND", network::parse_socket_address)?,
            metrics_bind: vars.read_required("ASCN_METRICS_BIND", |s| {
                if s == "off" { Ok(None) } else { network::parse_socket_address(s).map(Some) }
            })?,
            token_secrets: secret::read_token_secrets(vars, &database)?,
            database,
            demo_password: vars.read_optional("ASCN_DEMO_PASSWORD", |s| Ok(Secret::from(s)))?,
            trusted_proxies: vars.read_list("ASCN_TRUSTED_PROXIES", IpNetwork::parse)?,
            cors_origins: vars.read_list("ASCN_CORS_ORIGINS", network::parse_origin)?,
            public_releases: vars.read_required("ASCN_PUBLIC_RELEASES", reader::parse_switch)?,
            base_url: vars.read_optional("ASCN_BASE_URL", network::parse_origin)?,
            login_limit_per_minute: vars
                .read_required("ASCN_LOGIN_LIMIT_PER_MINUTE", reader::parse_limit)?,
            request_limit_per_minute: vars
                .read_required("ASCN_REQUEST_LIMIT_PER_MINUTE", reader::parse_limit)?,
            cache_bytes: vars.read_required("ASCN_CACHE_MB", reader::parse_mebibytes)?,
            docs: vars.read_required("ASCN_DOCS", reader::parse_switch)?,
            log: vars.read_required("ASCN_LOG", reader::parse_log_filter)?,
            log_format: vars.read_required("ASCN_LOG_FORMAT", reader::parse_log_format)?,
            warnings: Vec::new(),
        };
        settings.warnings = vars.list_unknown();
        settings.warnings.extend(vars.list_unsupported());
        if settings.metrics_bind.is_some_and(|address| !address.ip().is_loopback()) {
            settings.warnings.push(
                "ASCN_METRICS_BIND is not a loopback address: metrics ask for no sign-in"
                    .to_owned(),
            );
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests;
