//! What an uploaded workbook may weigh when it is unpacked. The reader takes whole parts into memory, so everything is inflated
//! and counted before it sees the file: what a zip archive says of its own sizes is no proof.

use std::{
    io::{Cursor, Read as _},
    panic::{AssertUnwindSafe, catch_unwind},
};

use zip::ZipArchive;

use super::grid::UnreadableFile;

/// Most bytes of all parts together, inflated.
pub(crate) const INFLATED_MAX: u64 = 64 * 1024 * 1024;
/// Most parts. A workbook of this service has about twenty.
const PARTS_MAX: usize = 500;
/// The part that holds macros.
const MACROS: &str = "vbaproject.bin";

/// Looks through the archive of a workbook.
///
/// # Errors
/// Why it is not read: no archive, a broken one, one that inflates to too much, or one with macros.
pub(crate) fn inspect_archive(bytes: &[u8]) -> Result<(), UnreadableFile> {
    if !bytes.starts_with(b"PK") {
        let detail = "an XLSX workbook or a CSV file is expected; older and other formats are saved as XLSX first";
        return Err(UnreadableFile::new("not_a_workbook", detail));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| describe_broken_file(&e))?;
    if archive.len() > PARTS_MAX {
        return Err(UnreadableFile::new(
            "inflated",
            format!("at most {PARTS_MAX} parts are expected"),
        ));
    }
    let mut left = INFLATED_MAX;
    for i in 0..archive.len() {
        let part = archive.by_index(i).map_err(|e| describe_broken_file(&e))?;
        if String::from_utf8_lossy(part.name_raw()).to_lowercase().ends_with(MACROS) {
            let detail = "a workbook without macros is expected; save it as XLSX, not as XLSM";
            return Err(UnreadableFile::new("macros", detail));
        }
        if part.size() > left {
            return Err(describe_oversized_file());
        }
        // One byte more than there may be is enough to know.
        let mut counted = part.take(left + 1);
        let n = std::io::copy(&mut counted, &mut std::io::sink())
            .map_err(|e| describe_broken_file(&e))?;
        left = left.checked_sub(n).ok_or_else(describe_oversized_file)?;
    }
    Ok(())
}

/// Says that a file cannot be read to its end.
pub(crate) fn describe_broken_file(why: &dyn std::fmt::Display) -> UnreadableFile {
    UnreadableFile::new(
        "broken",
        format!("a whole XLSX workbook is expected; this one cannot be read: {why}"),
    )
}

/// Does what reads a part of a file, and says so where it cannot be read: a reader that stumbles over nonsense, such as the
/// address of a cell that no sheet has, ends here and not with the request.
///
/// # Errors
/// Those of `read`, or that the part is broken.
pub(crate) fn catch_reader_panic<T>(
    part: &str,
    read: impl FnOnce() -> Result<T, UnreadableFile>,
) -> Result<T, UnreadableFile> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_panic| {
        tracing::warn!(part, "a file made its reader stumble");
        let detail = format!(
            "the file is broken in {part}: open it in a spreadsheet program, look through it and save it anew"
        );
        Err(UnreadableFile::new("broken", detail))
    })
}

fn describe_oversized_file() -> UnreadableFile {
    let mebibytes = INFLATED_MAX / 1024 / 1024;
    UnreadableFile::new(
        "inflated",
        format!("at most {mebibytes} MiB are expected once the file is unpacked"),
    )
}
