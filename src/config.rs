//! Reads the environment once, into validated [`Settings`]. No other module reads the environment, and no secret is
//! printed. `startup` builds the service from the settings.
//!
//! # Why clap does not read the settings
//!
//! Two forms with clap 4.6 and its feature `env` were written; both pass the tests of this module. Lines of `config/` and
//! `cli.rs` without tests, at that time:
//!
//! | form | lines |
//! | --- | --- |
//! | this reader | 1,014 |
//! | clap on a command that users do not see, with errors and help in our words | 1,036 |
//! | clap with a flag for each setting on each command, and the help of clap | 1,052 |
//!
//! About half of the lines parse database addresses, networks and secret files, and stay whichever crate reads the
//! variables. The checks need code beside clap: its errors quote the value, name the flag and not the variable, and name
//! nothing if the value is not UTF-8. It reads the variables of the process only, but tests in one process have
//! different settings. With flags, a secret can be given on the command line, which other users of the machine can read.
//! The crate `conf` 0.4 reports all errors at once and needs no flags, but its error is a text without the name as a
//! field, and it adds two crates and a second version of `clap_lex`.

pub(crate) mod allocator;
mod database;
pub(crate) mod help;
mod licence;
mod log_format;
mod network;
mod numbers;
mod reader;
mod secret;
mod token_secrets;

use std::net::SocketAddr;
use std::num::NonZeroU32;

pub use database::{DatabaseUrl, SslMode};
pub use log_format::LogFormat;
pub use network::IpNetwork;
pub use reader::SettingError;
pub use secret::Secret;
pub use token_secrets::{MIN_TOKEN_SECRET_BYTES, TokenSecrets};

use reader::SettingReader;

/// The settings of the program. The table in `config/help.rs` describes them.
#[derive(Debug)]
pub struct Settings {
    /// The primary database (`DATABASE_URL`).
    pub database: DatabaseUrl,
    /// A PostgreSQL replica for reading (`DATABASE_READ_URL`).
    pub database_read: Option<DatabaseUrl>,
    /// The number of database connections, each on its own thread (`ASCN_DB_THREADS`). On SQLite, the number of
    /// readers.
    pub db_threads: usize,
    /// The number of reads that may wait for a connection, and the same number for writes (`ASCN_DB_QUEUE`).
    pub db_queue: usize,
    /// The address of the API (`ASCN_BIND`).
    pub bind: SocketAddr,
    /// The address of the metrics, `None` for no metrics (`ASCN_METRICS_BIND`).
    pub metrics_bind: Option<SocketAddr>,
    /// The secrets that sign access tokens (`ASCN_TOKEN_SECRET`, `ASCN_TOKEN_SECRET_FILE`).
    pub token_secrets: TokenSecrets,
    /// The password of all demo accounts, `None` to generate one (`ASCN_DEMO_PASSWORD`).
    pub demo_password: Option<Secret>,
    /// The proxies whose `Forwarded` headers are trusted (`ASCN_TRUSTED_PROXIES`).
    pub trusted_proxies: Vec<IpNetwork>,
    /// The origins of web pages that may call the API, as browsers send them (`ASCN_CORS_ORIGINS`).
    pub cors_origins: Vec<String>,
    /// `true` if releases can be read without signing in (`ASCN_PUBLIC_RELEASES`).
    pub public_releases: bool,
    /// The public address of the service, as an origin (`ASCN_BASE_URL`).
    pub base_url: Option<String>,
    /// The licence of the data of releases, as an SPDX identifier (`ASCN_DATA_LICENCE`).
    pub data_licence: String,
    /// Sign-in attempts per minute, `None` for no limit (`ASCN_LOGIN_LIMIT_PER_MINUTE`).
    pub login_limit_per_minute: Option<NonZeroU32>,
    /// Requests of a caller per minute, `None` for no limit (`ASCN_REQUEST_LIMIT_PER_MINUTE`).
    pub request_limit_per_minute: Option<NonZeroU32>,
    /// Memory for cached answers in bytes, 0 for no cache (`ASCN_CACHE_MB`).
    pub cache_bytes: u64,
    /// `true` if `/docs` is served (`ASCN_DOCS`).
    pub docs: bool,
    /// A valid filter of `tracing` (`ASCN_LOG`).
    pub log: String,
    /// The form of the log (`ASCN_LOG_FORMAT`).
    pub log_format: LogFormat,
    /// Messages for the operator about settings that do not stop the start.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// The first setting that is not valid.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::read_from(&mut SettingReader::from_env()?)
    }

    /// Reads the settings from names and values. If a name occurs more than once, its last value counts.
    ///
    /// # Errors
    /// The first setting that is not valid.
    pub fn from_vars(vars: impl Iterator<Item = (String, String)>) -> Result<Self, SettingError> {
        Self::read_from(&mut SettingReader::new(vars))
    }

    /// Checks the additional rule for a demo: it must listen on loopback only, because its password is printed.
    ///
    /// # Errors
    /// `ASCN_BIND` is not a loopback address.
    pub fn check_demo(&self) -> Result<(), SettingError> {
        if self.bind.ip().is_loopback() {
            return Ok(());
        }
        let problem = "a demo listens on loopback only, as 127.0.0.1:8080 or [::1]:8080";
        Err(SettingError::new("ASCN_BIND", problem))
    }

    fn read_from(vars: &mut SettingReader) -> Result<Self, SettingError> {
        let mut database = vars.read_required("DATABASE_URL", DatabaseUrl::parse)?;
        vars.read_optional("ASCN_DATABASE_PASSWORD_FILE", |path| database.read_password(path))?;
        let database_read =
            vars.read_optional("DATABASE_READ_URL", |url| database.parse_replica(url))?;
        let mut settings = Self {
            database_read,
            db_threads: vars.read_required("ASCN_DB_THREADS", |n| database.parse_threads(n))?,
            db_queue: vars.read_required("ASCN_DB_QUEUE", numbers::parse_queue_length)?,
            bind: vars.read_required("ASCN_BIND", network::parse_socket_address)?,
            metrics_bind: vars
                .read_required("ASCN_METRICS_BIND", network::parse_optional_address)?,
            token_secrets: TokenSecrets::read_setting(vars, &database)?,
            database,
            demo_password: vars.read_optional("ASCN_DEMO_PASSWORD", |s| Ok(Secret::from(s)))?,
            trusted_proxies: vars.read_list("ASCN_TRUSTED_PROXIES", IpNetwork::parse)?,
            cors_origins: vars.read_list("ASCN_CORS_ORIGINS", network::parse_origin)?,
            public_releases: vars.read_required("ASCN_PUBLIC_RELEASES", numbers::parse_switch)?,
            base_url: vars.read_optional("ASCN_BASE_URL", network::parse_origin)?,
            data_licence: vars.read_required("ASCN_DATA_LICENCE", licence::parse_licence)?,
            login_limit_per_minute: vars
                .read_required("ASCN_LOGIN_LIMIT_PER_MINUTE", numbers::parse_limit)?,
            request_limit_per_minute: vars
                .read_required("ASCN_REQUEST_LIMIT_PER_MINUTE", numbers::parse_limit)?,
            cache_bytes: vars.read_required("ASCN_CACHE_MB", numbers::parse_mebibytes)?,
            docs: vars.read_required("ASCN_DOCS", numbers::parse_switch)?,
            log: vars.read_required("ASCN_LOG", log_format::parse_log_filter)?,
            log_format: vars.read_required("ASCN_LOG_FORMAT", LogFormat::parse)?,
            warnings: Vec::new(),
        };
        settings.warnings = settings.list_warnings(vars);
        Ok(settings)
    }

    fn list_warnings(&self, vars: &SettingReader) -> Vec<String> {
        let mut warnings = vars.list_unknown();
        warnings.extend(vars.list_unsupported());
        if self.metrics_bind.is_some_and(|address| !address.ip().is_loopback()) {
            let warning = "ASCN_METRICS_BIND is not a loopback address: metrics ask for no sign-in";
            warnings.push(warning.to_owned());
        }
        warnings
    }
}

#[cfg(test)]
mod tests;
