//! Checks an uploaded workbook before it is read. The reader loads whole parts into memory, so every part is inflated
//! and counted first. The sizes that a zip archive states are not trusted.

use std::{
    io::{Cursor, Read as _},
    panic::{AssertUnwindSafe, catch_unwind},
};

use zip::ZipArchive;

use super::{grid::UnreadableFile, message::file};
use crate::domain::message::Message;

/// The limit for all parts together, in inflated bytes.
pub(crate) const INFLATED_MAX: u64 = 64 * 1024 * 1024;
/// The largest number of parts. A workbook of this service has about twenty.
const PARTS_MAX: usize = 500;
/// The end of the name of the part that holds macros.
const MACROS: &str = "vbaproject.bin";

/// Checks the archive of a workbook.
///
/// # Errors
/// Returns the reason if the file is not an archive, is broken, has too many parts, inflates to more than
/// [`INFLATED_MAX`], or holds macros.
pub(crate) fn inspect_archive(bytes: &[u8]) -> Result<(), UnreadableFile> {
    if !bytes.starts_with(b"PK") {
        return Err(UnreadableFile::new("not_a_workbook", file::not_a_workbook()));
    }
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|e| describe_library_error(&e))?;
    if archive.len() > PARTS_MAX {
        return Err(UnreadableFile::new("inflated", file::too_many_parts(PARTS_MAX)));
    }
    let mut left = INFLATED_MAX;
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(|e| describe_library_error(&e))?;
        if String::from_utf8_lossy(part.name_raw()).to_lowercase().ends_with(MACROS) {
            return Err(UnreadableFile::new("macros", file::has_macros()));
        }
        if part.size() > left {
            return Err(describe_oversized_file());
        }
        // Reading one byte more than the limit is enough to detect an oversized file.
        let mut counted = part.take(left + 1);
        let n = std::io::copy(&mut counted, &mut std::io::sink())
            .map_err(|e| describe_library_error(&e))?;
        left = left.checked_sub(n).ok_or_else(describe_oversized_file)?;
    }
    Ok(())
}

/// Describes a file on which the library that reads it failed. The text of the library is for the log.
pub(crate) fn describe_library_error(error: &dyn std::fmt::Display) -> UnreadableFile {
    tracing::debug!(%error, "a workbook cannot be read");
    UnreadableFile::new("broken", file::unreadable())
}

/// Describes a sheet on which the library that reads it failed.
pub(crate) fn describe_sheet_error(sheet: &str, error: &dyn std::fmt::Display) -> UnreadableFile {
    tracing::debug!(%error, sheet, "a sheet cannot be read");
    UnreadableFile::new("broken", file::broken_part(file::sheet_named(sheet)))
}

/// Runs `read` and turns a panic into a fault of `part`. The reader panics on some invalid input, such as the address
/// of a cell outside any sheet, and the request has to survive that.
///
/// # Errors
/// Returns the error of `read`, or `broken` if it panicked.
pub(crate) fn catch_reader_panic<T>(
    part: Message,
    read: impl FnOnce() -> Result<T, UnreadableFile>,
) -> Result<T, UnreadableFile> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_panic| {
        tracing::warn!(%part, "a file made its reader stumble");
        Err(UnreadableFile::new("broken", file::broken_part(part)))
    })
}

fn describe_oversized_file() -> UnreadableFile {
    let mebibytes = INFLATED_MAX / 1024 / 1024;
    UnreadableFile::new("inflated", file::unpacks_too_large(mebibytes))
}
