//! The folder for temporary files, which long answers need.

use std::{
    io::{self, Write as _},
    path::Path,
};

/// Logs a warning if no file can be written in the folder for temporary files. The service serves without it, except
/// for long answers, workbooks and the data of releases, which are answered with 503.
pub fn warn_of_temp_folder() {
    let folder = tempfile::env::temp_dir();
    if let Err(error) = try_write_in(&folder) {
        tracing::warn!(
            folder = %folder.display(),
            %error,
            "no temporary file can be written: long answers and the data of releases will be answered with 503; set TMPDIR to a folder with room"
        );
    }
}

/// Writes and removes a file.
fn try_write_in(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder)?.write_all(&vec![0; 64 * 1024])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_folder_is_an_error() {
        let folder = tempfile::TempDir::new().unwrap();
        assert!(try_write_in(folder.path()).is_ok());
        let missing = try_write_in(&folder.path().join("none")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
