//! The limits of single parts of a workbook. The reader keeps styles, the list of sheets, relationships and shared
//! texts in memory, and copies some of them for each entry, so that a small file could cost much memory and time.

use super::{
    SHEETS_MAX, archive::describe_broken_file, grid::UnreadableFile, message::file,
    xml_tags::list_tags,
};

/// The limit for the parts of which the reader keeps everything, in inflated bytes.
pub(super) const SMALL_PART_MAX: u64 = 1024 * 1024;
/// The longest value of an attribute in these parts, in bytes.
const ATTRIBUTE_MAX: usize = 8 * 1024;
/// The largest number of cell formats. Excel has the same limit.
const CELL_FORMATS_MAX: usize = 65_490;
/// The limit for the texts that the reader copies into cell formats, in bytes.
const FORMAT_TEXTS_MAX: usize = 16 * 1024 * 1024;
/// The largest number of shared texts: one for each cell that an import reads.
const TEXTS_MAX: usize = 1_000_000;

/// The kind of a part, by what the reader does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartKind {
    /// The main part with the list of sheets, or relationships.
    Directory,
    /// The formats of cells, or the theme.
    Styles,
    /// The texts that cells share.
    SharedTexts,
    /// A sheet, or a part that is not read.
    Other,
}

impl PartKind {
    /// Returns the kind of a part. `path` is in lower case; `main` are the paths of the main part.
    pub(super) fn of_path(path: &str, main: &[String]) -> Self {
        if path.rsplit('.').next() == Some("rels") || main.iter().any(|own| own == path) {
            Self::Directory
        } else if path.ends_with("styles.xml") || path.ends_with("theme1.xml") {
            Self::Styles
        } else if path.ends_with("sharedstrings.xml") {
            Self::SharedTexts
        } else {
            Self::Other
        }
    }

    /// Returns the limit in inflated bytes, if the part has one of its own.
    pub(super) const fn size_limit(self) -> Option<u64> {
        match self {
            Self::Directory | Self::Styles => Some(SMALL_PART_MAX),
            Self::SharedTexts | Self::Other => None,
        }
    }

    /// Checks the content of a part.
    ///
    /// # Errors
    /// The part has more entries than a workbook needs, or too long ones.
    pub(super) fn check_content(self, part: &str) -> Result<(), UnreadableFile> {
        match self {
            Self::Directory => check_directory(part),
            Self::Styles => check_styles(part),
            Self::SharedTexts => check_shared_texts(part),
            Self::Other => Ok(()),
        }
    }
}

fn check_directory(part: &str) -> Result<(), UnreadableFile> {
    find_longest_attribute(part)?;
    if list_tags(part).filter(|tag| tag.name == "sheet").count() > SHEETS_MAX {
        return Err(UnreadableFile::new("too_large", file::too_many_sheets(SHEETS_MAX)));
    }
    Ok(())
}

fn check_styles(part: &str) -> Result<(), UnreadableFile> {
    let longest = find_longest_attribute(part)?;
    let formats = list_tags(part).filter(|tag| tag.name == "xf").count();
    if formats > CELL_FORMATS_MAX || formats.saturating_mul(longest) > FORMAT_TEXTS_MAX {
        return Err(UnreadableFile::new("too_large", file::too_many_formats()));
    }
    Ok(())
}

/// The reader reserves memory for the number of texts that the part states.
fn check_shared_texts(part: &str) -> Result<(), UnreadableFile> {
    let stated = list_tags(part)
        .filter(|tag| tag.name == "sst")
        .filter_map(|tag| tag.find_attribute("uniqueCount"))
        .map(|count| count.trim().parse().unwrap_or(usize::MAX));
    let found = list_tags(part).filter(|tag| tag.name == "si").count();
    if stated.max().unwrap_or_default().max(found) > TEXTS_MAX {
        return Err(UnreadableFile::new("inflated", file::too_much_text()));
    }
    Ok(())
}

/// Returns the length of the longest value of an attribute, in bytes.
fn find_longest_attribute(part: &str) -> Result<usize, UnreadableFile> {
    let mut longest = 0;
    for attribute in list_tags(part).flat_map(super::xml_tags::Tag::list_attributes) {
        let Some((_, value)) = attribute else {
            return Err(describe_broken_file(file::broken_attribute().into()));
        };
        longest = longest.max(value.len());
    }
    if longest > ATTRIBUTE_MAX {
        return Err(UnreadableFile::new("too_large", file::too_long_attribute(ATTRIBUTE_MAX)));
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: PartKind, part: &str) -> Result<(), &'static str> {
        kind.check_content(part).map_err(|refused| refused.code)
    }

    #[test]
    fn main_part_and_relationships_are_directories() {
        let kind = |path| PartKind::of_path(path, &["odd/book.bin".to_owned()]);
        assert_eq!(kind("odd/book.bin"), PartKind::Directory);
        assert_eq!(kind("odd/_rels/book.bin.rels"), PartKind::Directory);
        assert_eq!(kind("odd/styles.xml"), PartKind::Styles);
        assert_eq!(kind("xl/sharedstrings.xml"), PartKind::SharedTexts);
        assert_eq!(kind("xl/worksheets/sheet1.xml"), PartKind::Other);
    }

    #[test]
    fn part_with_more_entries_than_a_workbook_needs_is_refused() {
        assert_eq!(check(PartKind::Styles, &"<xf/>".repeat(65_490)), Ok(()));
        assert_eq!(check(PartKind::Styles, &"<x:xf/>".repeat(65_491)), Err("too_large"));
        let sheets = |n: usize| "<sheet name=\"a\" r:id=\"b\"/>".repeat(n);
        assert_eq!(check(PartKind::Directory, &sheets(100)), Ok(()));
        assert_eq!(check(PartKind::Directory, &sheets(101)), Err("too_large"));
        assert_eq!(check(PartKind::SharedTexts, &"<si/>".repeat(1_000_001)), Err("inflated"));
        for count in ["99999999999", "1000001", "-1"] {
            let part = format!("<sst count='1' uniqueCount='{count}'><si/></sst>");
            assert_eq!(check(PartKind::SharedTexts, &part), Err("inflated"), "{count}");
        }
    }

    #[test]
    fn long_texts_that_are_copied_into_every_format_are_refused() {
        let font = format!("<font><name val=\"{}\"/></font>", "a".repeat(8000));
        assert_eq!(check(PartKind::Styles, &font), Ok(()));
        assert_eq!(check(PartKind::Styles, &(font + &"<xf/>".repeat(3000))), Err("too_large"));
        let target = format!("<Relationship Target='{}'/>", "a".repeat(8193));
        assert_eq!(check(PartKind::Directory, &target), Err("too_large"));
        assert_eq!(check(PartKind::Directory, "<sheet name=\"<sheet name=\"b\"/>"), Err("broken"));
    }
}
