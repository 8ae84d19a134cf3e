//! What a field of a report or of its project says, written for readers: money in whole units, days in full, words of lists by
//! their names, items of lists by what they are called. Identifiers and versions are for programs and are left out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::says::Says;
use crate::domain::{
    reference::Term,
    release::{Edition, Frame, errata::Erratum},
    report::ApprovedReport,
    value::{Currency, day},
    words::{
        self,
        forms::{FORMS, Takes},
    },
};

/// The lists of a project's parts, and the form that each item is of.
const PARTS: [(&str, &str); 3] =
    [("milestones", "milestone"), ("indicators", "indicator"), ("partnerships", "partnership")];

/// What the fields of one correction are written with.
pub(super) struct Telling<'a> {
    says: Says,
    frame: &'a Frame,
    /// What milestones and indicators are called, by their identifiers.
    called: BTreeMap<String, String>,
}

impl<'a> Telling<'a> {
    /// Prepares the names for a report that became another. Parts that are gone are called what the erratum says.
    pub(super) fn new(
        erratum: &Erratum,
        report: Option<&ApprovedReport>,
        edition: &'a Edition,
        says: Says,
    ) -> Self {
        let mut called = BTreeMap::new();
        let of_parts = erratum.fields.iter().filter(|f| f.pointer.starts_with("/header/"));
        of_parts.flat_map(|f| [&f.from, &f.to]).for_each(|list| collect(list, &mut called));
        // What has no JSON form was never frozen.
        let header = report.and_then(|r| serde_json::to_value(&r.header).ok());
        for (list, _form) in PARTS {
            header.iter().filter_map(|h| h.get(list)).for_each(|l| collect(l, &mut called));
        }
        Self { says, frame: &edition.frame, called }
    }

    /// Names the field that a pointer means.
    pub(super) fn name(&self, pointer: &str) -> String {
        let (form, key) = split(pointer);
        let label = match key {
            "milestones" if form == "project" => self.says.label("milestones"),
            "indicators" => self.says.label("indicators"),
            "partnerships" => self.says.label("partnerships"),
            "country" => self.says.label("country"),
            "code" => self.says.label("code"),
            "imported" => self.says.label("imported"),
            _ => self.says.field(form, key).unwrap_or(key),
        };
        label.to_owned()
    }

    /// Writes what the field says, an item a line; nothing where it says nothing.
    pub(super) fn lines(&self, pointer: &str, value: &Value) -> Vec<String> {
        let (form, key) = split(pointer);
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let part = PARTS.iter().find(|(list, _)| form == "project" && *list == key);
        let takes = part.map_or_else(|| takes(form, key), |(_, form)| Takes::Form(form));
        items.iter().filter_map(|item| self.written(key, takes, item)).collect()
    }

    fn written(&self, key: &str, takes: Takes, value: &Value) -> Option<String> {
        Some(match (takes, value) {
            (_, Value::Null) => return None,
            (_, Value::Bool(yes)) => self.says.label(if *yes { "yes" } else { "no" }).to_owned(),
            (Takes::List(list), Value::String(word)) => self.word(list, word),
            (Takes::List(list), Value::Number(number)) => self.word(list, &number.to_string()),
            (Takes::Form(form), Value::Object(members)) => self.form(form, members)?,
            (_, Value::String(text)) => self.text(key, text),
            (_, Value::Number(number)) => match (key, number.as_f64()) {
                ("percent_complete", Some(percent)) => self.says.percent(percent),
                _ => self.says.digits(&number.to_string()),
            },
            (_, Value::Array(items)) => joined(
                items.iter().filter_map(|item| self.written(key, Takes::Anything, item)),
                "; ",
            )?,
            (_, Value::Object(members)) => joined(
                members.iter().filter_map(|(name, value)| {
                    let told = self.written(name, Takes::Anything, value)?;
                    Some(format!("{}: {told}", name.replace('_', " ")))
                }),
                "; ",
            )?,
        })
    }

    fn text(&self, key: &str, text: &str) -> String {
        match key {
            "city" => {
                let city = self.frame.cities.iter().find(|c| c.slug.as_str() == text);
                city.map_or_else(|| text.to_owned(), |c| self.says.name(&c.names, text))
            }
            "country" => {
                let country = self.frame.countries.iter().find(|c| c.code.as_str() == text);
                country.map_or_else(|| text.to_owned(), |c| self.says.name(&c.names, text))
            }
            key if key == "on" || key.ends_with("_on") => {
                day(text).map_or_else(|_other| text.to_owned(), |day| self.says.day(day))
            }
            _ => text.to_owned(),
        }
    }

    /// Names a word of a list.
    fn word(&self, list: &str, word: &str) -> String {
        let words = &self.frame.vocabulary;
        let terms: &[Term] = match list {
            "focus_area" => &words.focus_areas,
            "sub_area" => &words.sub_areas,
            "outcome" => &words.outcomes,
            "enabler" => &words.enablers,
            "sector" => &words.sectors,
            "tag" => &words.tags,
            _ => &[],
        };
        match terms.iter().find(|t| t.slug == word) {
            Some(term) => words::term(self.says.0, list, &term.names, word),
            None => words::label(self.says.0, list, word).to_owned(),
        }
    }

    /// Writes an object of a form: by its first field that says something, then the others with their names.
    fn form(&self, form: &str, members: &Map<String, Value>) -> Option<String> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let told = |name: &str| self.written(name, takes(form, name), members.get(name)?);
        let called = |id: &str| {
            let known = text(id).and_then(|id| self.called.get(id)).cloned();
            known.or_else(|| self.says.field(form, id).map(str::to_owned))
        };
        match form {
            "money" => self.says.money(
                members.get("amount_minor")?.as_i64()?,
                Currency::parse(text("currency")?).ok()?,
            ),
            "reading" => Some(format!("{} ({})", told("value")?, told("on")?)),
            "milestone_done" => {
                Some(format!("{}: {}", called("milestone_id")?, told("completed_on")?))
            }
            "indicator_value" => Some(format!(
                "{}: {} ({})",
                called("indicator_id")?,
                told("value")?,
                told("measured_on")?
            )),
            "location" => {
                let place = told("latitude").zip(told("longitude"));
                let place = place.map(|(north, east)| format!("{north}; {east}"));
                match (told("text"), place) {
                    (Some(text), Some(place)) => Some(format!("{text} ({place})")),
                    (text, place) => text.or(place),
                }
            }
            "evidence" => Some(format!("{} ({})", told("title")?, told("url")?)),
            other => {
                let mut said = fields(other).iter().filter_map(|(name, _)| {
                    Some((self.says.field(other, name).unwrap_or(name), told(name)?))
                });
                let (_, first) = said.next()?;
                let rest = said.map(|(label, told)| format!("{label}: {told}"));
                joined(std::iter::once(first).chain(rest), "; ")
            }
        }
    }
}

/// Writes pieces one after the other; nothing where there is none.
fn joined(pieces: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let pieces: Vec<String> = pieces.collect();
    (!pieces.is_empty()).then(|| pieces.join(between))
}

/// Adds what the parts of a list are called.
fn collect(list: &Value, called: &mut BTreeMap<String, String>) {
    for part in list.as_array().into_iter().flatten() {
        let text = |name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
        if let (Some(id), Some(name)) = (text("id"), text("title").or_else(|| text("name"))) {
            called.insert(id, name);
        }
    }
}

/// Returns the form that a pointer is of, and the field.
fn split(pointer: &str) -> (&'static str, &str) {
    match pointer.strip_prefix("/header/") {
        Some(key) => ("project", key),
        None => ("report", pointer.trim_start_matches('/')),
    }
}

fn fields(form: &str) -> &'static [(&'static str, Takes)] {
    FORMS.iter().find(|(name, _)| *name == form).map_or(&[], |(_, fields)| fields)
}

fn takes(form: &str, field: &str) -> Takes {
    let found = fields(form).iter().find(|(name, _)| *name == field);
    found.map_or(Takes::Anything, |(_, takes)| *takes)
}

/// A field that became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldLine {
    /// Its name.
    pub(super) name: String,
    /// What it said, an item a line; nothing where it said nothing.
    pub(super) from: Vec<String>,
    /// What it says.
    pub(super) to: Vec<String>,
}

/// Writes the fields of an erratum.
pub(super) fn fields_of(
    erratum: &Erratum,
    report: Option<&ApprovedReport>,
    edition: &Edition,
    says: Says,
) -> Vec<FieldLine> {
    let telling = Telling::new(erratum, report, edition, says);
    let line = |pointer: &str, from: &Value, to: &Value| FieldLine {
        name: telling.name(pointer),
        from: telling.lines(pointer, from),
        to: telling.lines(pointer, to),
    };
    erratum.fields.iter().map(|f| line(&f.pointer, &f.from, &f.to)).collect()
}
