//! Duplicates: records that say the same as a record of their city or project that is there already. There is one rule
//! for every way in: an import refuses a row that would add a duplicate, and `POST` takes it with a warning.

use unicode_normalization::UnicodeNormalization as _;

use super::{
    project::ProjectCode,
    project_parts::{Indicator, Milestone, PartnerRole, PartnerStage, Partnership},
    value::is_blank,
};

#[cfg(test)]
mod tests;

/// The content by which duplicates are found. Two projects of a city, or two milestones, indicators or partnerships of a
/// project, are duplicates if their keys are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DuplicateKey(String);

impl DuplicateKey {
    /// Returns the key of a project, milestone or indicator: its title or name.
    #[must_use]
    pub(crate) fn from_title(title: &str) -> Self {
        Self(fold_text(title))
    }

    /// Returns the key of a partnership: its partner or the stated name, the role, the stage and the note.
    #[must_use]
    fn from_partnership(partnership: &Partnership) -> Self {
        let partner = match (&partnership.partner, &partnership.as_stated) {
            (Some(partner), _) => format!("partner {partner}"),
            (None, Some(name)) => format!("stated {}", fold_text(name.as_str())),
            (None, None) => String::new(),
        };
        let role = partnership.role.map(PartnerRole::as_str).unwrap_or_default();
        let stage = partnership.stage.map(PartnerStage::as_str).unwrap_or_default();
        let note = partnership.note.as_ref().map(|n| fold_text(n.as_str())).unwrap_or_default();
        // A folded text has no line break, so the four values stay apart.
        Self([&partner, role, stage, &note].join("\n"))
    }

    /// Returns the text, for a database column.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Folds a text for the comparison: letters to one case, marks to normal form C, and spaces. A run of visible spaces of
/// any width becomes one space. Outer spaces and characters without a visible shape are removed.
fn fold_text(text: &str) -> String {
    let visible = |word: &str| word.chars().filter(|c| !is_blank(*c)).collect::<String>();
    let words = text.split(char::is_whitespace).map(visible).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<String>>().join(" ");
    // Upper case first: `ß` and `SS`, and the two small forms of the Greek sigma, are then equal.
    joined.to_uppercase().to_lowercase().nfc().collect()
}

/// A part of a project that can be a duplicate of a different part of the same kind.
pub(crate) trait DuplicablePart {
    /// Returns the key by which duplicates are found.
    fn duplicate_key(&self) -> DuplicateKey;
    /// Returns the JSON pointer of the field that names the part.
    fn naming_pointer(&self) -> &'static str;
}

impl DuplicablePart for Milestone {
    fn duplicate_key(&self) -> DuplicateKey {
        DuplicateKey::from_title(self.title.as_str())
    }
    fn naming_pointer(&self) -> &'static str {
        "/title"
    }
}
impl DuplicablePart for Indicator {
    fn duplicate_key(&self) -> DuplicateKey {
        DuplicateKey::from_title(self.name.as_str())
    }
    fn naming_pointer(&self) -> &'static str {
        "/name"
    }
}
impl DuplicablePart for Partnership {
    fn duplicate_key(&self) -> DuplicateKey {
        DuplicateKey::from_partnership(self)
    }
    fn naming_pointer(&self) -> &'static str {
        if self.partner.is_some() { "/partner" } else { "/as_stated" }
    }
}

/// Returns the first of the project's parts that says the same as a new part.
pub(crate) fn find_duplicate_part<'p, P: DuplicablePart>(new: &P, there: &'p [P]) -> Option<&'p P> {
    let key = new.duplicate_key();
    there.iter().find(|part| part.duplicate_key() == key)
}

/// Returns the first of the city's projects that says the same as a new project. `same` are the projects of the city with
/// the same key. `continued` are the projects that the new project continues, directly or over several steps: they keep
/// their title, and the new project is no duplicate of them.
pub(crate) fn find_duplicate_project(
    same: Vec<ProjectCode>,
    continued: &[ProjectCode],
) -> Option<ProjectCode> {
    same.into_iter().find(|code| !continued.contains(code))
}
