//! Writes the old and new values of corrected fields for readers: amounts in whole units, days in full, terms and parts
//! by their names. Identifiers and versions are left out, because only programs need them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::wording::ReportWording;
use crate::domain::{
    reference::VocabularyTerm,
    release::{FullRelease, ReleaseReference, errata::Erratum},
    report::ApprovedReport,
    value::{CurrencyCode, parse_day},
    wording::{
        self,
        form_fields::{FORMS, FormFieldType},
    },
};

/// The lists of a project's parts, each with the form of its items.
const PARTS: [(&str, &str); 3] =
    [("milestones", "milestone"), ("indicators", "indicator"), ("partnerships", "partnership")];

/// Writes the fields of one correction.
pub(super) struct FieldWriter<'a> {
    wording: ReportWording,
    reference: &'a ReleaseReference,
    /// The names of milestones and indicators, by their identifiers.
    part_names: BTreeMap<String, String>,
}

impl<'a> FieldWriter<'a> {
    /// Collects the names of parts from the report and from the erratum. The names in the report come last, so they
    /// win. The names of removed parts are only in the erratum.
    pub(super) fn new(
        erratum: &Erratum,
        report: Option<&ApprovedReport>,
        full_release: &'a FullRelease,
        says: ReportWording,
    ) -> Self {
        let mut called = BTreeMap::new();
        let of_parts = erratum.fields.iter().filter(|f| f.pointer.starts_with("/header/"));
        of_parts
            .flat_map(|f| [&f.from, &f.to])
            .for_each(|list| collect_part_names(list, &mut called));
        // A frozen header always has a JSON form, so this cannot fail here.
        let header = report.and_then(|r| serde_json::to_value(&r.header).ok());
        for (list, _form) in PARTS {
            header
                .iter()
                .filter_map(|h| h.get(list))
                .for_each(|l| collect_part_names(l, &mut called));
        }
        Self { wording: says, reference: &full_release.reference, part_names: called }
    }

    /// Returns the name of the field that a JSON pointer names.
    pub(super) fn name_field(&self, pointer: &str) -> String {
        let (form, key) = split_pointer(pointer);
        let label = match key {
            "milestones" if form == "project" => self.wording.label("milestones"),
            "indicators" => self.wording.label("indicators"),
            "partnerships" => self.wording.label("partnerships"),
            "country" => self.wording.label("country"),
            "code" => self.wording.label("code"),
            "imported" => self.wording.label("imported"),
            _ => self.wording.name_field(form, key).unwrap_or(key),
        };
        label.to_owned()
    }

    /// Returns the value of a field as text, one entry for each item of a list. Empty if the field is empty.
    pub(super) fn write_items(&self, pointer: &str, value: &Value) -> Vec<String> {
        let (form, key) = split_pointer(pointer);
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let part = PARTS.iter().find(|(list, _)| form == "project" && *list == key);
        let takes =
            part.map_or_else(|| find_field_type(form, key), |(_, form)| FormFieldType::Form(form));
        items.iter().filter_map(|item| self.write_value(key, takes, item)).collect()
    }

    fn write_value(&self, key: &str, takes: FormFieldType, value: &Value) -> Option<String> {
        Some(match (takes, value) {
            (_, Value::Null) => return None,
            (_, Value::Bool(yes)) => self.wording.label(if *yes { "yes" } else { "no" }).to_owned(),
            (FormFieldType::List(list), Value::String(word)) => self.name_list_word(list, word),
            (FormFieldType::List(list), Value::Number(number)) => {
                self.name_list_word(list, &number.to_string())
            }
            (FormFieldType::Form(form), Value::Object(members)) => {
                self.write_form(form, members)?
            }
            (_, Value::String(text)) => self.write_text(key, text),
            (_, Value::Number(number)) => match (key, number.as_f64()) {
                ("percent_complete", Some(percent)) => self.wording.format_percent(percent),
                _ => self.wording.format_digits(&number.to_string()),
            },
            (_, Value::Array(items)) => join_pieces(
                items
                    .iter()
                    .filter_map(|item| self.write_value(key, FormFieldType::PlainValue, item)),
                "; ",
            )?,
            (_, Value::Object(members)) => join_pieces(
                members.iter().filter_map(|(name, value)| {
                    let written = self.write_value(name, FormFieldType::PlainValue, value)?;
                    Some(format!("{}: {written}", name.replace('_', " ")))
                }),
                "; ",
            )?,
        })
    }

    fn write_text(&self, key: &str, text: &str) -> String {
        match key {
            "city" => {
                let city = self.reference.cities.iter().find(|c| c.slug.as_str() == text);
                city.map_or_else(|| text.to_owned(), |c| self.wording.name_record(&c.names, text))
            }
            "country" => {
                let country = self.reference.countries.iter().find(|c| c.code.as_str() == text);
                country
                    .map_or_else(|| text.to_owned(), |c| self.wording.name_record(&c.names, text))
            }
            key if key == "on" || key.ends_with("_on") => parse_day(text)
                .map_or_else(|_other| text.to_owned(), |day| self.wording.format_day(day)),
            _ => text.to_owned(),
        }
    }

    /// Returns the name of a term in a list.
    fn name_list_word(&self, list: &str, word: &str) -> String {
        let words = &self.reference.vocabulary;
        let terms: &[VocabularyTerm] = match list {
            "focus_area" => &words.focus_areas,
            "sub_area" => &words.sub_areas,
            "outcome" => &words.outcomes,
            "enabler" => &words.enablers,
            "sector" => &words.sectors,
            "tag" => &words.tags,
            _ => &[],
        };
        match terms.iter().find(|t| t.slug == word) {
            Some(term) => wording::reference_label(self.wording.0, list, &term.names, word),
            None => wording::value_label(self.wording.0, list, word).to_owned(),
        }
    }

    /// Returns an object of a form as text: its first field that is not empty, then the other fields with their labels.
    /// Some forms have a text format of their own.
    fn write_form(&self, form: &str, members: &Map<String, Value>) -> Option<String> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let written =
            |name: &str| self.write_value(name, find_field_type(form, name), members.get(name)?);
        let called = |id: &str| {
            let known = text(id).and_then(|id| self.part_names.get(id)).cloned();
            known.or_else(|| self.wording.name_field(form, id).map(str::to_owned))
        };
        match form {
            "money" => self.wording.format_money(
                members.get("amount_minor")?.as_i64()?,
                CurrencyCode::parse(text("currency")?).ok()?,
            ),
            "reading" => Some(format!("{} ({})", written("value")?, written("on")?)),
            "milestone_done" => {
                Some(format!("{}: {}", called("milestone_id")?, written("completed_on")?))
            }
            "indicator_value" => Some(format!(
                "{}: {} ({})",
                called("indicator_id")?,
                written("value")?,
                written("measured_on")?
            )),
            "location" => {
                let place = written("latitude").zip(written("longitude"));
                let place = place.map(|(north, east)| format!("{north}; {east}"));
                match (written("text"), place) {
                    (Some(text), Some(place)) => Some(format!("{text} ({place})")),
                    (text, place) => text.or(place),
                }
            }
            "evidence" => Some(format!("{} ({})", written("title")?, written("url")?)),
            other => {
                let mut fields = list_form_fields(other).iter().filter_map(|(name, _)| {
                    Some((self.wording.name_field(other, name).unwrap_or(name), written(name)?))
                });
                let (_, first) = fields.next()?;
                let rest = fields.map(|(label, written)| format!("{label}: {written}"));
                join_pieces(std::iter::once(first).chain(rest), "; ")
            }
        }
    }
}

/// Joins pieces. `None` if there are none.
fn join_pieces(pieces: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let pieces: Vec<String> = pieces.collect();
    (!pieces.is_empty()).then(|| pieces.join(between))
}

/// Adds the names of the parts in a list to `called`, by their identifiers.
fn collect_part_names(list: &Value, called: &mut BTreeMap<String, String>) {
    for part in list.as_array().into_iter().flatten() {
        let text = |name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
        if let (Some(id), Some(name)) = (text("id"), text("title").or_else(|| text("name"))) {
            called.insert(id, name);
        }
    }
}

/// Returns the form and the field that a JSON pointer names.
fn split_pointer(pointer: &str) -> (&'static str, &str) {
    match pointer.strip_prefix("/header/") {
        Some(key) => ("project", key),
        None => ("report", pointer.trim_start_matches('/')),
    }
}

fn list_form_fields(form: &str) -> &'static [(&'static str, FormFieldType)] {
    FORMS.iter().find(|(name, _)| *name == form).map_or(&[], |(_, fields)| fields)
}

fn find_field_type(form: &str, field: &str) -> FormFieldType {
    let found = list_form_fields(form).iter().find(|(name, _)| *name == field);
    found.map_or(FormFieldType::PlainValue, |(_, takes)| *takes)
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldCorrection {
    /// The label of the field.
    pub(super) name: String,
    /// The earlier value, one entry for each item. Empty if the field was empty.
    pub(super) from: Vec<String>,
    /// The value in this release, one entry for each item.
    pub(super) to: Vec<String>,
}

/// Returns the corrected fields of an erratum.
pub(super) fn list_field_corrections(
    erratum: &Erratum,
    report: Option<&ApprovedReport>,
    full_release: &FullRelease,
    says: ReportWording,
) -> Vec<FieldCorrection> {
    let writer = FieldWriter::new(erratum, report, full_release, says);
    let line = |pointer: &str, from: &Value, to: &Value| FieldCorrection {
        name: writer.name_field(pointer),
        from: writer.write_items(pointer, from),
        to: writer.write_items(pointer, to),
    };
    erratum.fields.iter().map(|f| line(&f.pointer, &f.from, &f.to)).collect()
}
