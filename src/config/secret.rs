//! Values that must not be printed, and where the secrets of the access tokens come from.

use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions, read_to_string, remove_file};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::reader::{ParseResult, SettingReader, setting_error};
use super::{DatabaseUrl, SettingError};
use crate::clock::random_bytes;

/// The fewest bytes of a secret that signs tokens: the length of an HMAC-SHA-256.
pub const MIN_TOKEN_SECRET_BYTES: usize = 32;

/// A text that logs, errors and debug output do not show.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Returns the text. Keep it from logs and errors.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where the secrets that sign and verify access tokens come from.
#[derive(Clone, Debug)]
pub enum TokenSecrets {
    /// Given in the settings: the first signs, all verify.
    Given(Vec<Secret>),
    /// To be kept in this file beside the SQLite database.
    BesideSqlite(PathBuf),
}

impl TokenSecrets {
    /// Returns the secrets, at least one. Makes the file beside the database if there is none.
    ///
    /// # Errors
    /// When the file cannot be made or read, others may read it, or it holds no secret.
    pub fn load_secrets(&self) -> anyhow::Result<Vec<Secret>> {
        match self {
            Self::Given(secrets) => Ok(secrets.clone()),
            Self::BesideSqlite(path) => create_secret_file(path)
                .and_then(|()| read_secret_file(path))
                .with_context(|| format!("the token secret cannot be kept in {}", path.display())),
        }
    }
}

/// Writes a new secret to `path` unless the file is there.
fn create_secret_file(path: &Path) -> anyhow::Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = match made {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let mut text = String::new();
    for byte in random_bytes() {
        write!(text, "{byte:02x}")?;
    }
    text.push('\n');
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a secret would stop every later start.
        remove_file(path)?;
    }
    Ok(written?)
}

fn read_secret_file(path: &Path) -> anyhow::Result<Vec<Secret>> {
    let mut file = File::open(path)?;
    // Asked of the open file and not of the path, which could be another file by now.
    let for_others = file.metadata()?.mode() & 0o077;
    anyhow::ensure!(for_others == 0, "others may read it; chmod 600 and change the secret");
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    parse_secrets(strip_line_end(&text)).map_err(anyhow::Error::msg)
}

/// Reads `ASCN_TOKEN_SECRET` or `ASCN_TOKEN_SECRET_FILE`. The file's mode is not looked at: those
/// that container platforms hand in are often readable by all of the container.
pub(super) fn read_token_secrets(
    vars: &mut SettingReader,
    database: &DatabaseUrl,
) -> Result<TokenSecrets, SettingError> {
    let given = vars.read_optional("ASCN_TOKEN_SECRET", parse_secrets)?;
    let filed = vars.read_optional("ASCN_TOKEN_SECRET_FILE", |path| {
        let text = read_to_string(path)
            .map_err(|error| format!("expected a readable file: {}", error.kind()))?;
        parse_secrets(strip_line_end(&text))
    })?;
    match (given, filed, database) {
        (Some(_), Some(_), _) => Err(setting_error(
            "ASCN_TOKEN_SECRET",
            "expected either this or ASCN_TOKEN_SECRET_FILE",
        )),
        (Some(secrets), None, _) | (None, Some(secrets), _) => Ok(TokenSecrets::Given(secrets)),
        (None, None, DatabaseUrl::Sqlite { path }) => {
            let mut file = path.clone().into_os_string();
            file.push(".token-secret");
            Ok(TokenSecrets::BesideSqlite(file.into()))
        }
        (None, None, DatabaseUrl::Postgres { .. }) => Err(setting_error(
            "ASCN_TOKEN_SECRET",
            "expected a secret of 32 bytes or more, the same for all instances; with PostgreSQL \
             it, or ASCN_TOKEN_SECRET_FILE, is required",
        )),
    }
}

/// Splits at commas; each secret is used as it is, spaces included.
fn parse_secrets(text: &str) -> ParseResult<Vec<Secret>> {
    let secrets: Vec<&str> = text.split(',').collect();
    if secrets.iter().any(|secret| secret.len() < MIN_TOKEN_SECRET_BYTES) {
        return Err("expected secrets of 32 bytes or more, separated by commas".to_owned());
    }
    Ok(secrets.into_iter().map(Secret::from).collect())
}

fn strip_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, metadata, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_does_not_show() {
        let secret = Secret::from("correct horse");
        let shown = format!("{secret} {secret:?} {:?}", TokenSecrets::Given(vec![secret.clone()]));
        assert!(!shown.contains("horse"), "{shown}");
    }

    #[test]
    fn the_file_is_made_once_for_the_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ascn.db.token-secret");
        let source = TokenSecrets::BesideSqlite(path.clone());
        let first = source.load_secrets().unwrap();
        let again = source.load_secrets().unwrap();
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].expose().len(), 64);
        assert_eq!(first[0].expose(), again[0].expose());
        assert_eq!(metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        let source = TokenSecrets::BesideSqlite(path.clone());
        source.load_secrets().unwrap();
        for mode in [0o640, 0o604, 0o620] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let error = format!("{:#}", source.load_secrets().unwrap_err());
            assert!(error.contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn a_damaged_file_is_refused_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        write(&path, "short\n").unwrap();
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let error =
            format!("{:#}", TokenSecrets::BesideSqlite(path.clone()).load_secrets().unwrap_err());
        assert!(!error.contains("short"), "{error}");
        assert!(path.exists());
    }
}
