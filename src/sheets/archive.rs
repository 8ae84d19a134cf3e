//! Checks an uploaded workbook before it is read. The reader loads whole parts into memory, so every part is inflated
//! and counted first. The sizes that a zip archive states are not trusted.

use std::{
    io::{Cursor, Read},
    panic::{AssertUnwindSafe, catch_unwind},
};

use zip::ZipArchive;

use super::{
    grid::UnreadableFile,
    message::file,
    package::{PACKAGE_RELATIONSHIPS, list_main_parts, normalize_path},
    part_limits::{PartKind, SMALL_PART_MAX},
};
use crate::domain::message::{Argument, Message};

/// The limit for all parts together, in inflated bytes.
pub(crate) const INFLATED_MAX: u64 = 64 * MEBIBYTE;
const MEBIBYTE: u64 = 1024 * 1024;
/// The largest number of parts. A workbook of this service has about twenty.
const PARTS_MAX: usize = 500;
/// The end of the name of the part that holds macros.
const MACROS: &str = "vbaproject.bin";

/// Checks the archive of a workbook.
///
/// # Errors
/// Returns the reason if the file is not an archive, is broken, has too many parts, inflates to more than
/// [`INFLATED_MAX`], holds macros, or has a part beyond its own limit.
pub(crate) fn inspect_archive(bytes: &[u8]) -> Result<(), UnreadableFile> {
    if !bytes.starts_with(b"PK") {
        return Err(UnreadableFile::new("not_a_workbook", file::not_a_workbook()));
    }
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|e| describe_library_error(&e))?;
    if archive.len() > PARTS_MAX {
        return Err(UnreadableFile::new("inflated", file::too_many_parts(PARTS_MAX)));
    }
    let main = read_main_paths(&mut archive)?;
    let mut left = INFLATED_MAX;
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(|e| describe_library_error(&e))?;
        let path = normalize_path(&String::from_utf8_lossy(part.name_raw()));
        if path.ends_with(MACROS) {
            return Err(UnreadableFile::new("macros", file::has_macros()));
        }
        let size = inspect_part(part, PartKind::of_path(&path, &main), left)?;
        left = left.checked_sub(size).ok_or_else(describe_oversized_file)?;
    }
    if main.is_empty() {
        return Err(UnreadableFile::new("broken", file::broken_part(file::list_of_sheets())));
    }
    Ok(())
}

/// Returns the paths of the main part, in lower case.
fn read_main_paths(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Vec<String>, UnreadableFile> {
    let mut main = Vec::new();
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(|e| describe_library_error(&e))?;
        if normalize_path(&String::from_utf8_lossy(part.name_raw())) == PACKAGE_RELATIONSHIPS {
            let mut text = Vec::new();
            part.take(SMALL_PART_MAX)
                .read_to_end(&mut text)
                .map_err(|e| describe_library_error(&e))?;
            main.extend(list_main_parts(&String::from_utf8_lossy(&text)));
        }
    }
    Ok(main)
}

/// Inflates a part and checks it. Returns its size in bytes, which is above `left` if the file is too large.
fn inspect_part(part: impl Read, kind: PartKind, left: u64) -> Result<u64, UnreadableFile> {
    let limit = kind.size_limit().unwrap_or(left).min(left);
    // Reading one byte more than the limit is enough to detect an oversized part.
    let mut counted = part.take(limit + 1);
    let mut content = Vec::new();
    let size = match kind {
        PartKind::Directory | PartKind::Styles | PartKind::SharedTexts => {
            counted.read_to_end(&mut content).map(|n| u64::try_from(n).unwrap_or(u64::MAX))
        }
        PartKind::Other => std::io::copy(&mut counted, &mut std::io::sink()),
    };
    let size = size.map_err(|e| describe_library_error(&e))?;
    if size > limit {
        return Err(kind
            .size_limit()
            .map_or_else(describe_oversized_file, describe_oversized_part));
    }
    // Text in UTF-16 has zero bytes. Programs write these parts in UTF-8, and the checks read them so.
    if content.contains(&0) {
        return Err(describe_broken_file(file::zero_bytes().into()));
    }
    kind.check_content(&String::from_utf8_lossy(&content))?;
    Ok(size)
}

/// Describes a file that cannot be read, with a reason in our words.
pub(crate) fn describe_broken_file(reason: Argument) -> UnreadableFile {
    UnreadableFile::new("broken", file::unreadable_because(reason))
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
    UnreadableFile::new("inflated", file::unpacks_too_large(INFLATED_MAX / MEBIBYTE))
}

/// Describes a file of which a part inflates to more than `limit` bytes.
fn describe_oversized_part(limit: u64) -> UnreadableFile {
    UnreadableFile::new("inflated", file::part_too_large(limit / MEBIBYTE))
}
