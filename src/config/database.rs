//! `DATABASE_URL`: the database, and the encryption of the connection to it.

use std::net::IpAddr;
use std::path::PathBuf;
use std::thread::available_parallelism;

use tokio_postgres::config::{Config, Host};
use url::form_urlencoded;

use super::reader::ParseResult;
use super::secret::Secret;

/// The address of a database. Its scheme selects the kind of database; an unknown scheme is an error, never a new file.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// An embedded database.
    Sqlite {
        /// The file of the database.
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres {
        /// The URL for tokio-postgres, without `sslrootcert`. Its `sslmode` is `disable` or `require`, in agreement with
        /// the field `sslmode`. With `require`, tokio-postgres refuses a connection without TLS.
        url: Secret,
        /// The password, if it was read from a file and is not part of the URL.
        password: Option<Secret>,
        /// The protection of the connection.
        sslmode: SslMode,
        /// A file of trusted certificates in PEM form, which replaces the built-in public roots.
        ca_file: Option<PathBuf>,
    },
}

/// The protection of the connection to PostgreSQL. There is no third value: encryption without verification of the server
/// does not protect from an attacker between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// Plain text.
    Disable,
    /// TLS with verification of the certificate and of the host name.
    Verify,
}

const SQLITE_EXPECTED: &str =
    "expected sqlite://FILE or sqlite:///FILE, without options; a database in memory is not served";
const POSTGRES_EXPECTED: &str = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE with options \
                                 that tokio-postgres knows, sslmode or sslrootcert";

impl DatabaseUrl {
    pub(super) fn parse(text: &str) -> ParseResult<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return parse_postgres(text);
        }
        match text.strip_prefix("sqlite:") {
            Some(rest) => parse_sqlite(rest.strip_prefix("//").unwrap_or(rest)),
            None => Err("expected sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE".into()),
        }
    }

    pub(super) fn parse_replica(&self, text: &str) -> ParseResult<Self> {
        match (self, Self::parse(text)?) {
            (Self::Postgres { .. }, replica @ Self::Postgres { .. }) => Ok(replica),
            _ => Err("expected a PostgreSQL URL beside a PostgreSQL DATABASE_URL".to_owned()),
        }
    }

    /// Reads the password from a file, for a URL without a password. The line end of the file is not part of it.
    pub(super) fn read_password(&mut self, path: &str) -> ParseResult<()> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("expected a readable file: {}", error.kind()))?;
        let text = text.trim_end_matches(['\r', '\n']);
        match self {
            Self::Postgres { url, password, .. } => {
                let config: Option<Config> = url.expose().parse().ok();
                if config.is_none_or(|config| config.get_password().is_some()) || text.is_empty() {
                    return Err("expected a file with the password of a DATABASE_URL without one"
                        .to_owned());
                }
                *password = Some(Secret::from(text));
                Ok(())
            }
            Self::Sqlite { .. } => Err("expected a PostgreSQL DATABASE_URL beside it".to_owned()),
        }
    }

    pub(super) fn parse_threads(&self, text: &str) -> ParseResult<usize> {
        match (text, text.parse()) {
            ("auto", _) => Ok(self.default_threads()),
            (_, Ok(count @ 1..=128)) => Ok(count),
            _ => Err("expected a whole number from 1 to 128, or auto".to_owned()),
        }
    }

    /// On SQLite, readers use the cores of this machine. On PostgreSQL they do not, but each connection is a process of
    /// the server, for each instance of the service. 4 and 16 connections were measured: they differ little.
    fn default_threads(&self) -> usize {
        match self {
            Self::Sqlite { .. } => available_parallelism().map_or(2, usize::from).clamp(2, 8),
            Self::Postgres { .. } => 8,
        }
    }
}

/// Takes the path as it is written, without percent-decoding and options.
fn parse_sqlite(path: &str) -> ParseResult<DatabaseUrl> {
    let is_refused = path.is_empty()
        || path.ends_with('/')
        || path.contains(['?', '#', '\0'])
        || path.contains(":memory:");
    if is_refused {
        return Err(SQLITE_EXPECTED.to_owned());
    }
    Ok(DatabaseUrl::Sqlite { path: PathBuf::from(path) })
}

fn parse_postgres(text: &str) -> ParseResult<DatabaseUrl> {
    let invalid = || POSTGRES_EXPECTED.to_owned();
    // tokio-postgres reads everything before the first @ as user and password, in which ? has no meaning.
    let user_end = text.find('@').unwrap_or(0);
    let (user, rest) = text.split_at(user_end);
    let (base, query) = match rest.split_once('?') {
        Some((host, query)) => (format!("{user}{host}"), query),
        None => (text.to_owned(), ""),
    };
    let options = PostgresOptions::parse(query)?;
    // tokio-postgres checks the URL here already, so that a mistake shows at the start and not at the first connection.
    // Its error is dropped, because it may quote the URL.
    let config: Config = options.append_to(&base, None).parse().ok().ok_or_else(invalid)?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(invalid());
    }
    let sslmode = options.resolve_ssl_mode(is_local(&config))?;
    let url = Secret::from(options.append_to(&base, Some(sslmode)));
    Ok(DatabaseUrl::Postgres { url, password: None, sslmode, ca_file: options.ca_file })
}

/// Returns `true` if every host is this machine.
fn is_local(config: &Config) -> bool {
    let hosts = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) if name == "localhost" => true,
        Host::Tcp(name) => name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        Host::Unix(_) => true,
    });
    hosts && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// The options of a URL. `others` are the options that tokio-postgres reads, as they were written.
#[derive(Default)]
struct PostgresOptions<'a> {
    sslmode: Option<String>,
    ca_file: Option<PathBuf>,
    others: Vec<&'a str>,
}

impl<'a> PostgresOptions<'a> {
    fn parse(query: &'a str) -> ParseResult<Self> {
        let mut options = Self::default();
        for option in query.split('&').filter(|option| !option.is_empty()) {
            // In these URLs a plus is a plus; in forms it is a space.
            let encoded = option.replace('+', "%2B");
            let (key, value) =
                form_urlencoded::parse(encoded.as_bytes()).next().unwrap_or_default();
            let is_repeated = match key.as_ref() {
                "sslmode" => options.sslmode.replace(value.into_owned()).is_some(),
                "sslrootcert" if value.is_empty() => {
                    return Err("sslrootcert: expected a file".to_owned());
                }
                "sslrootcert" => options.ca_file.replace(value.into_owned().into()).is_some(),
                _ => {
                    options.others.push(option);
                    false
                }
            };
            if is_repeated {
                return Err("expected sslmode and sslrootcert once at most".to_owned());
            }
        }
        Ok(options)
    }

    fn resolve_ssl_mode(&self, is_local: bool) -> ParseResult<SslMode> {
        match (self.sslmode.as_deref(), &self.ca_file) {
            (Some("disable"), Some(_)) => Err("sslrootcert has no meaning with sslmode=disable; \
                                               expected one of the two"
                .to_owned()),
            (Some("disable"), None) => Ok(SslMode::Disable),
            (Some("require" | "verify-ca" | "verify-full"), _) | (None, Some(_)) => {
                Ok(SslMode::Verify)
            }
            (Some("prefer" | "allow"), _) => Err("sslmode=prefer and allow use plain text if TLS \
                                                  is refused, and an attacker in between can \
                                                  refuse it; expected verify-full or disable"
                .to_owned()),
            (Some(_), _) => {
                Err("sslmode: expected disable, require, verify-ca or verify-full".to_owned())
            }
            (None, None) => Ok(if is_local { SslMode::Disable } else { SslMode::Verify }),
        }
    }

    fn append_to(&self, base: &str, sslmode: Option<SslMode>) -> String {
        let sslmode = sslmode.map(|mode| match mode {
            SslMode::Disable => "sslmode=disable",
            SslMode::Verify => "sslmode=require",
        });
        let options: Vec<&str> = self.others.iter().copied().chain(sslmode).collect();
        let separator = if options.is_empty() { "" } else { "?" };
        format!("{base}{separator}{}", options.join("&"))
    }
}

#[cfg(test)]
mod tests;
