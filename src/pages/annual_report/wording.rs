//! The headings, sentences, numbers and days of the report in the language of the page. The texts are data: the list
//! `annual_report` in the files of words has a heading and an explanation for each key.

use chrono::NaiveDate;

use crate::domain::{
    figures::{Dimension, Measure, UNKNOWN},
    language::Language,
    reference::{NamesByLanguage, VocabularyTerm},
    report::ProjectStatus,
    value::CurrencyCode,
    wording::{self, WordingLanguage},
};

const LIST: &str = "annual_report";

/// Writes texts and numbers in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReportWording(pub(super) Language);

impl ReportWording {
    pub(super) fn label(self, key: &'static str) -> &'static str {
        wording::value_label(self.0, LIST, key)
    }

    /// Returns the explanation of a heading. Empty if it has none.
    pub(super) fn help(self, key: &'static str) -> &'static str {
        wording::value_wording(self.0, LIST, key).map_or("", |word| word.help.as_str())
    }

    /// Returns a heading with its gaps (`{}`) filled in order.
    pub(super) fn fill_label(self, key: &'static str, gaps: &[&str]) -> String {
        fill_gaps(self.label(key), gaps)
    }

    /// Returns the explanation of a heading with its gaps (`{}`) filled in order.
    pub(super) fn fill_help(self, key: &'static str, gaps: &[&str]) -> String {
        fill_gaps(self.help(key), gaps)
    }

    pub(super) fn name_status(self, status: ProjectStatus) -> &'static str {
        wording::value_label(self.0, "status", status.as_str())
    }

    pub(super) fn name_dimension(self, dimension: Dimension) -> &'static str {
        wording::value_label(self.0, "dimension", dimension.as_str())
    }

    /// Returns the label of a field of a form.
    pub(super) fn name_field(self, form: &str, field: &str) -> Option<&'static str> {
        wording::field_wording(self.0, form, field).map(|word| word.label.as_str())
    }

    /// Returns the name of a record of the reference data, such as a city.
    pub(super) fn name_record(self, names: &NamesByLanguage, key: &str) -> String {
        wording::choose_name(self.0, names, key).to_owned()
    }

    /// Returns the name of a focus area, or its key if the framework no longer has it.
    pub(super) fn name_focus_area(self, terms: &[VocabularyTerm], key: &str) -> String {
        let term = terms.iter().find(|t| t.slug == key);
        term.map_or_else(
            || key.to_owned(),
            |t| wording::reference_label(self.0, "focus_area", &t.names, key),
        )
    }

    /// Returns the label of reports that do not state the dimension.
    pub(super) fn name_unknown(self) -> &'static str {
        wording::value_label(self.0, "figure", UNKNOWN)
    }

    /// Formats a number with a fixed number of decimals.
    pub(super) fn format_decimal(self, value: f64, decimals: usize) -> String {
        self.format_digits(&format!("{value:.decimals$}"))
    }

    /// Returns `true` if the language writes a comma before decimals.
    fn has_decimal_comma(self) -> bool {
        match WordingLanguage::from(self.0) {
            WordingLanguage::Vi => true,
            WordingLanguage::En => false,
        }
    }

    /// Formats tenths of a percent as a percentage.
    pub(super) fn format_tenths(self, tenths: i64) -> String {
        let written = i32::try_from(tenths).map_or(0.0, |t| f64::from(t) / 10.0);
        format!("{}%", self.format_decimal(written, 1))
    }

    /// Formats a percentage with its decimals, at most two.
    pub(super) fn format_percent(self, value: f64) -> String {
        let hundredths = (value * 100.0).round();
        let decimals = match (hundredths % 100.0 == 0.0, hundredths % 10.0 == 0.0) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        format!("{}%", self.format_decimal(value, decimals))
    }

    /// Formats a measured number: a percentage with its sign, anything else as a whole number.
    pub(super) fn format_measure(self, measure: Measure, value: f64) -> String {
        match measure {
            Measure::PercentComplete => self.format_percent(value),
            Measure::Projects | Measure::Spent | Measure::Budget => self.format_decimal(value, 0),
        }
    }

    /// Replaces the decimal point by the decimal sign of the language.
    pub(super) fn format_digits(self, plain: &str) -> String {
        if self.has_decimal_comma() { plain.replace('.', ",") } else { plain.to_owned() }
    }

    /// Formats an amount in whole units of its currency, with digits in groups of three. `None` if the unit of the
    /// currency is not a 64-bit integer.
    pub(super) fn format_money(self, minor: i64, currency: CurrencyCode) -> Option<String> {
        let decimals = currency.decimals();
        let unit = 10_i64.checked_pow(decimals)?;
        let (whole, rest) = (minor / unit, minor % unit);
        let (group, sign) = if self.has_decimal_comma() { ('.', ',') } else { (',', '.') };
        let digits = whole.to_string();
        let mut grouped = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i) % 3 == 0 {
                grouped.push(group);
            }
            grouped.push(digit);
        }
        let width = usize::try_from(decimals).ok()?;
        let rest = if width > 0 { format!("{sign}{rest:0width$}") } else { String::new() };
        Some(format!("{grouped}{rest} {}", currency.as_str()))
    }

    /// Formats a day in full.
    pub(super) fn format_day(self, day: NaiveDate) -> String {
        match WordingLanguage::from(self.0) {
            WordingLanguage::Vi => day.format("ngày %-d tháng %-m năm %Y").to_string(),
            WordingLanguage::En => day.format("%-d %B %Y").to_string(),
        }
    }
}

/// Fills the gaps in order. A `{}` in a filled text is not a gap.
fn fill_gaps(text: &str, gaps: &[&str]) -> String {
    let mut gaps = gaps.iter();
    let mut pieces = text.split("{}");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str(gaps.next().copied().unwrap_or_default());
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The files that use texts. They write every key as a literal.
    const SOURCES: &[&str] = &[
        include_str!("page.rs"),
        include_str!("page/changes.rs"),
        include_str!("page/exhibits.rs"),
        include_str!("page/places.rs"),
        include_str!("page/table.rs"),
        include_str!("page/unknown.rs"),
        include_str!("changes.rs"),
        include_str!("field_corrections.rs"),
    ];

    #[test]
    fn every_word_that_the_report_asks_for_is_there_with_the_gaps_that_it_fills() {
        let mut asked = BTreeSet::new();
        for source in SOURCES {
            for call in [
                ".label(\"",
                ".help(\"",
                ".fill_label(\"",
                ".fill_help(\"",
                "render_heading(says, \"",
            ] {
                for (at, _) in source.match_indices(call) {
                    let rest = &source[at + call.len()..];
                    asked.insert((call, rest.split('"').next().unwrap()));
                }
            }
        }
        assert!(asked.len() > 40, "{asked:?}");
        for language in Language::SPOKEN {
            for (call, key) in &asked {
                let word =
                    wording::value_wording(*language, LIST, key).unwrap_or_else(|| panic!("{key}"));
                assert!(!call.contains("help") || !word.help.is_empty(), "{language} {key}");
                let said = if call.contains("label") || *call == ".fill_label(\"" {
                    &word.label
                } else {
                    &word.help
                };
                assert_eq!(said.contains("{}"), call.contains("fill"), "{language} {key}");
            }
        }
    }

    #[test]
    fn numbers_and_days_are_written_as_the_language_has_them() {
        let (en, vi) = (ReportWording(Language::En), ReportWording(Language::Vi));
        let day = "2025-09-30".parse().unwrap();
        assert_eq!(
            (en.format_tenths(351), vi.format_tenths(351)),
            ("35.1%".into(), "35,1%".into())
        );
        assert_eq!(
            (en.format_day(day), vi.format_day(day)),
            ("30 September 2025".into(), "ngày 30 tháng 9 năm 2025".into())
        );
        let money = |says: ReportWording, minor, code| {
            says.format_money(minor, CurrencyCode::parse(code).unwrap())
        };
        for (minor, code, english, vietnamese) in [
            (125_000_000, "VND", "125,000,000 VND", "125.000.000 VND"),
            (125_000_005, "USD", "1,250,000.05 USD", "1.250.000,05 USD"),
            (7, "USD", "0.07 USD", "0,07 USD"),
            (999, "JPY", "999 JPY", "999 JPY"),
            (1_234, "KWD", "1.234 KWD", "1,234 KWD"),
        ] {
            assert_eq!(money(en, minor, code).as_deref(), Some(english));
            assert_eq!(money(vi, minor, code).as_deref(), Some(vietnamese));
        }
        for (value, written) in [(62.5, "62.5%"), (100.0, "100%"), (0.0, "0%"), (33.33, "33.33%")] {
            assert_eq!(en.format_percent(value), written);
        }
    }

    #[test]
    fn what_fills_a_gap_is_not_read_as_a_gap() {
        assert_eq!(fill_gaps("a {} b {}", &["{}", "x"]), "a {} b x");
        assert_eq!(fill_gaps("a {}", &[]), "a ");
    }
}
