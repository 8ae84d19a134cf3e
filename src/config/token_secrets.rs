//! The secrets that sign access tokens: given in the settings, or kept in a file beside the SQLite database.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions, read_to_string, remove_file};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::database::DatabaseUrl;
use super::reader::{ParseResult, SettingError, SettingReader};
use super::secret::Secret;
use crate::clock::random_bytes;

/// The minimum length of a secret that signs tokens, in bytes: the length of an HMAC-SHA-256.
pub const MIN_TOKEN_SECRET_BYTES: usize = 32;

/// The place where the secrets of the access tokens are.
#[derive(Clone, Debug)]
pub enum TokenSecrets {
    /// In the settings: the first secret signs, all secrets verify.
    Given(Vec<Secret>),
    /// In this file beside the SQLite database.
    BesideSqlite(PathBuf),
}

impl TokenSecrets {
    /// Returns the secrets, at least one. Creates the file beside the database if it does not exist.
    ///
    /// # Errors
    /// The file cannot be created or read, other users may read it, or it holds no valid secret.
    pub fn load_secrets(&self) -> anyhow::Result<Vec<Secret>> {
        match self {
            Self::Given(secrets) => Ok(secrets.clone()),
            Self::BesideSqlite(path) => create_secret_file(path)
                .and_then(|()| read_secret_file(path))
                .with_context(|| format!("the token secret cannot be kept in {}", path.display())),
        }
    }

    /// Reads `ASCN_TOKEN_SECRET` or `ASCN_TOKEN_SECRET_FILE`. The permissions of the given file are not checked:
    /// container platforms often mount secrets readable for all users of the container.
    pub(super) fn read_setting(
        vars: &mut SettingReader,
        database: &DatabaseUrl,
    ) -> Result<Self, SettingError> {
        let from_value = vars.read_optional("ASCN_TOKEN_SECRET", parse_secrets)?;
        let from_file = vars.read_optional("ASCN_TOKEN_SECRET_FILE", |path| {
            let text = read_to_string(path)
                .map_err(|error| format!("expected a readable file: {}", error.kind()))?;
            parse_secrets(strip_line_end(&text))
        })?;
        match (from_value, from_file, database) {
            (Some(_), Some(_), _) => Err(SettingError::new(
                "ASCN_TOKEN_SECRET",
                "expected either this or ASCN_TOKEN_SECRET_FILE",
            )),
            (Some(secrets), None, _) | (None, Some(secrets), _) => Ok(Self::Given(secrets)),
            (None, None, DatabaseUrl::Sqlite { path }) => {
                let mut file = path.clone().into_os_string();
                file.push(".token-secret");
                Ok(Self::BesideSqlite(file.into()))
            }
            (None, None, DatabaseUrl::Postgres { .. }) => Err(SettingError::new(
                "ASCN_TOKEN_SECRET",
                "expected a secret of 32 bytes or more, the same for all instances; with PostgreSQL \
                 it, or ASCN_TOKEN_SECRET_FILE, is required",
            )),
        }
    }
}

/// Writes a new secret to `path`, unless the file exists.
fn create_secret_file(path: &Path) -> anyhow::Result<()> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = match opened {
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
        // An incomplete secret would stop every later start.
        remove_file(path)?;
    }
    Ok(written?)
}

fn read_secret_file(path: &Path) -> anyhow::Result<Vec<Secret>> {
    let mut file = File::open(path)?;
    // The mode is read from the open file, because the path could name a different file by now.
    let mode_of_others = file.metadata()?.mode() & 0o077;
    anyhow::ensure!(mode_of_others == 0, "others may read it; chmod 600 and change the secret");
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    parse_secrets(strip_line_end(&text)).map_err(anyhow::Error::msg)
}

/// Splits at commas. Each secret is used as it is, including spaces.
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
    fn secret_does_not_show_in_debug_or_display() {
        let secret = Secret::from("correct horse");
        let shown = format!("{secret} {secret:?} {:?}", TokenSecrets::Given(vec![secret.clone()]));
        assert!(!shown.contains("horse"), "{shown}");
    }

    #[test]
    fn secret_file_is_created_once_and_only_its_owner_may_read_it() {
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
    fn secret_file_that_others_may_read_is_refused() {
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
    fn damaged_secret_file_is_refused_and_kept() {
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
