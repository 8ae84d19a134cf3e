//! Finds the parts of a workbook by their relationships (ECMA-376, part 2).

use std::{
    io::{Cursor, Read as _},
    string::FromUtf8Error,
};

use zip::ZipArchive;

use super::{
    archive::INFLATED_MAX,
    xml_tags::{Tag, list_tags},
};

/// The part that names the main part of the workbook.
pub(super) const PACKAGE_RELATIONSHIPS: &str = "_rels/.rels";
/// The end of the type of the relationship to the main part.
const MAIN_PART_TYPE: &str = "/relationships/officeDocument";

/// Lists the main parts that the relationships of a package name. A workbook has one.
pub(super) fn list_main_parts(relationships: &str) -> Vec<String> {
    let is_main = |tag: &Tag<'_>| {
        tag.find_attribute("Type").is_some_and(|kind| kind.ends_with(MAIN_PART_TYPE))
    };
    let tags = list_tags(relationships).filter(|tag| tag.name == "Relationship").filter(is_main);
    tags.filter_map(|tag| tag.find_attribute("Target")).map(normalize_path).collect()
}

/// Returns the path as the archive is searched: without a leading slash, in lower case.
pub(super) fn normalize_path(path: &str) -> String {
    path.strip_prefix('/').unwrap_or(path).replace('\\', "/").to_lowercase()
}

/// The archive of a workbook that was inspected.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// The relationships of the main part: id and target.
    relationships: Vec<(String, String)>,
    /// The text of the main part.
    main: String,
    /// The folder of the main part, with a slash at its end.
    folder: String,
}

impl<'b> Package<'b> {
    /// Opens a package. `None` if its parts cannot be found.
    pub(super) fn open(bytes: &'b [u8]) -> Option<Self> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
        let path = list_main_parts(&read_part(&mut archive, PACKAGE_RELATIONSHIPS)?).pop()?;
        let split = path.rfind('/').map_or(0, |slash| slash + 1);
        let (folder, name) = path.split_at(split);
        let main = read_part(&mut archive, &path)?;
        let listed = read_part(&mut archive, &format!("{folder}_rels/{name}.rels"))?;
        let relationships = list_tags(&listed).filter_map(|tag| {
            Some((tag.find_attribute("Id")?.to_owned(), tag.find_attribute("Target")?.to_owned()))
        });
        let relationships = relationships.collect();
        Some(Self { archive, relationships, main, folder: folder.to_owned() })
    }

    /// Reads the part of a sheet. `None` if it cannot be found.
    pub(super) fn read_sheet(&mut self, sheet: &str) -> Option<String> {
        let is_own = |tag: &Tag<'_>| {
            tag.name == "sheet" && tag.find_attribute("name").is_some_and(|name| name == sheet)
        };
        let id = list_tags(&self.main).find(is_own)?.find_attribute("id")?;
        let (_, target) = self.relationships.iter().find(|(own, _)| own == id)?;
        let path = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("{}{target}", self.folder),
        };
        read_part(&mut self.archive, &normalize_path(&path))
    }
}

/// Reads a part as text. The names of parts ignore case.
fn read_part(archive: &mut ZipArchive<Cursor<&[u8]>>, path: &str) -> Option<String> {
    let mut names = archive.file_names().filter_map(Result::ok);
    let name = names.find(|name| normalize_path(name) == path)?.into_owned();
    drop(names);
    let mut bytes = Vec::new();
    archive.by_name(&name).ok()?.take(INFLATED_MAX).read_to_end(&mut bytes).ok()?;
    // Lossy decoding would hold a second copy of a large part.
    let lossy = |e: FromUtf8Error| String::from_utf8_lossy(e.as_bytes()).into_owned();
    Some(String::from_utf8(bytes).unwrap_or_else(lossy))
}
