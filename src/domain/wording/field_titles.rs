//! Titles for the fields at which faults of a report point, for people who do not read JSON pointers.

use super::{
    capitalise_first, field_wording,
    form_fields::{FORMS, FormFieldType},
};
use crate::domain::{language::Language, message::thing};

/// Separates the title of a field from that of the field or record that contains it.
const SEPARATOR: &str = ": ";

/// The parts of a project. They have forms of their own, but are no fields of the form of a project.
const PROJECT_PARTS: &[(&str, &str)] =
    &[("milestones", "milestone"), ("indicators", "indicator"), ("partnerships", "partnership")];

/// Returns the title of the field that blocks the submission of a report, such as `Milestones: Completed on`. The
/// pointer is returned unchanged if it names no known field.
#[must_use]
pub(crate) fn choose_field_title(language: Language, pointer: &str) -> String {
    let segments: Vec<&str> = pointer.split('/').skip(1).collect();
    let titles = match segments.as_slice() {
        ["comments", ..] => vec![capitalise_first(&thing::question().to_text(language))],
        ["cycle"] => vec![capitalise_first(&thing::cycle().to_text(language))],
        ["project", rest @ ..] => list_project_labels(language, rest),
        fields => list_labels(language, "report", fields),
    };
    if titles.is_empty() { pointer.to_owned() } else { titles.join(SEPARATOR) }
}

/// Returns the labels of the project and of a field in it, or of one of its parts and of a field in the part.
fn list_project_labels(language: Language, segments: &[&str]) -> Vec<String> {
    let part = |name: &&str| PROJECT_PARTS.iter().find(|(list, _)| list == name);
    let (form, rest) = match segments.split_first() {
        Some((name, rest)) => part(name).map_or(("project", segments), |(_, form)| (*form, rest)),
        None => ("project", segments),
    };
    let own = field_wording(language, form, "").map(|wording| wording.label.clone());
    own.into_iter().chain(list_labels(language, form, rest)).collect()
}

/// Returns the labels of the fields along a path in a form, from the outer to the inner one. Indices and ids have no
/// label.
fn list_labels(language: Language, form: &'static str, segments: &[&str]) -> Vec<String> {
    let mut labels = Vec::new();
    let mut form = Some(form);
    for segment in segments.iter().filter(|segment| !segment.is_empty()) {
        let Some(own) = form else { break };
        if let Some(wording) = field_wording(language, own, segment) {
            labels.push(wording.label.clone());
            form = find_nested_form(own, segment);
        }
    }
    labels
}

/// Returns the form that a field consists of; `None` for a plain value.
fn find_nested_form(form: &str, field: &str) -> Option<&'static str> {
    let (_, fields) = FORMS.iter().find(|(name, _)| *name == form)?;
    let (_, takes) = fields.iter().find(|(name, _)| *name == field)?;
    match takes {
        FormFieldType::Form(nested) => Some(nested),
        FormFieldType::PlainValue | FormFieldType::List(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pointer_of_a_blocker_has_a_title() {
        let titles = [
            ("/next_steps", "Next steps"),
            ("/milestones/0/completed_on", "Milestones: Completed on"),
            ("/indicator_values/12/measured_on", "Values of indicators: Measured on"),
            ("/spent", "Spent to date"),
            ("/project/starts_on", "Project: Start"),
            ("/project/milestones/0198c0de/completed_on", "Milestone: Completed on"),
            ("/comments/0198c0de", "Question of the reviewers"),
            ("/cycle", "Cycle"),
            ("/nobody/knows", "/nobody/knows"),
            ("", ""),
        ];
        for (pointer, title) in titles {
            assert_eq!(choose_field_title(Language::En, pointer), title);
        }
        assert_eq!(choose_field_title(Language::Vi, "/next_steps"), "Các bước tiếp theo");
    }
}
