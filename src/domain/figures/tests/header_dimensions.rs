//! Figures by tag, goal and type of partner, and budgets.

use super::*;
use crate::domain::testing::approved;

/// A dataset with a scheme of Viet Nam and two types of partner.
fn dataset(facts: Vec<ReportFact>) -> FigureDataset {
    let mut dataset = ground(facts);
    dataset.vocabulary = Arc::new(Vocabulary {
        tags: vec![term("planning", Some("VN")), term("utilities", Some("VN"))],
        partner_types: vec!["academia".into(), "programme_or_fund".into()],
        ..(*dataset.vocabulary).clone()
    });
    dataset
}

/// A report with these goals and partners.
fn described(sdgs: &[i64], partners: &[&str]) -> ReportFact {
    let types = [("fund", "programme_or_fund"), ("grant", "programme_or_fund"), ("club", "club")];
    let types = types.map(|(partner, kind)| (slug(partner), kind.to_owned())).into();
    let mut fact = fact("da-nang", "air", ProjectStatus::Ongoing);
    fact.add_details(FactDetails {
        sdgs: sdgs.to_vec(),
        partners: partners.iter().map(|p| slug(p)).collect(),
        ..FactDetails::default()
    });
    fact.add_partner_types(&types);
    fact
}

/// The rows with a report.
fn counted(table: &CrossTable) -> Vec<(&str, FigureValue)> {
    rows(table).into_iter().filter(|(_, value)| *value != Count(0)).collect()
}

#[test]
fn report_counts_once_in_each_goal() {
    let dataset = dataset(vec![described(&[11, 6, 11], &[]), described(&[], &[])]);
    let table = dataset.count_table(&question(Dimension::Sdg, None));
    assert_eq!(counted(&table), [("6", Count(1)), ("11", Count(1)), (UNKNOWN, Count(1))]);
    let keys: Vec<&str> = rows(&table).into_iter().map(|(key, _)| key).collect();
    assert_eq!((keys.len(), keys[0], keys[16]), (18, "1", "17"));
    assert_eq!(table.cells[5].row.name, "Clean water and sanitation");
    assert_eq!((table.total.value, table.cells[5].share), (Count(2), None));
}

#[test]
fn report_counts_once_in_each_type_of_its_partners() {
    let dataset = dataset(vec![
        described(&[], &["fund", "grant", "stranger"]),
        // A type that is no longer in the reference data keeps its row.
        described(&[], &["club"]),
        described(&[], &["stranger"]),
    ]);
    let table = dataset.count_table(&question(Dimension::PartnerType, None));
    let expected = [
        ("academia", Count(0)),
        ("programme_or_fund", Count(1)),
        ("club", Count(1)),
        (UNKNOWN, Count(1)),
    ];
    assert_eq!(rows(&table), expected);
    assert_eq!(table.cells[1].row.name, "Programme or fund");
}

#[test]
fn tags_are_those_of_the_selected_countries() {
    let tagged = ReportFact {
        terms: [(Dimension::Tag, vec!["planning".to_owned()])].into(),
        ..fact("da-nang", "air", ProjectStatus::Ongoing)
    };
    let dataset = dataset(vec![tagged]);
    let mut question = question(Dimension::Tag, None);
    let table = dataset.count_table(&question);
    assert_eq!(rows(&table), [("planning", Count(1)), ("utilities", Count(0))]);
    question.filter.wanted.insert(Dimension::Country, vec!["LA".into()]);
    assert!(rows(&dataset.count_table(&question)).is_empty());
}

#[test]
fn budgets_are_summed_by_currency() {
    let money = |amount_minor, currency| {
        Some(Money { amount_minor, currency: CurrencyCode::parse(currency).unwrap() })
    };
    let planned = |budget| ReportFact {
        budget,
        spent: money(1, "USD"),
        ..fact("da-nang", "air", ProjectStatus::Ongoing)
    };
    let facts = [money(5, "VND"), money(7, "USD"), money(2, "VND"), None].into_iter().map(planned);
    let dataset = dataset(facts.collect());
    let question = FigureQuery { measure: Measure::Budget, ..question(Dimension::Country, None) };
    let total = dataset.count_table(&question).total;
    assert_eq!((total.value, total.known, total.report_count), (FigureValue::None, 3, 4));
    let sums: Vec<(&str, i64)> =
        total.by_currency.iter().map(|m| (m.currency.as_str(), m.amount_minor)).collect();
    assert_eq!(sums, [("USD", 7), ("VND", 7)]);
}

#[test]
fn only_questions_about_the_header_need_it() {
    let plain = question(Dimension::Tag, Some(Dimension::Status));
    assert!(!plain.needs_headers());
    assert!(question(Dimension::Sdg, None).needs_headers());
    assert!(question(Dimension::City, Some(Dimension::PartnerType)).needs_headers());
    assert!(FigureQuery { measure: Measure::Budget, ..plain.clone() }.needs_headers());
    let mut filtered = plain;
    filtered.filter.wanted.insert(Dimension::Sdg, vec!["6".into()]);
    assert!(filtered.needs_headers());
}

#[test]
fn fact_of_an_approved_report_has_what_its_header_froze() {
    let mut report = approved();
    report.header.details.sdgs = vec![11, 6];
    report.header.details.tags = vec![slug("planning")];
    report.header.details.budget =
        Some(Money { amount_minor: 9, currency: CurrencyCode::parse("USD").unwrap() });
    let fact = ReportFact::from(&report);
    assert_eq!(fact.list_keys(Dimension::Sdg), ["6", "11"]);
    assert_eq!(fact.list_keys(Dimension::Tag), ["planning"]);
    assert_eq!(fact.budget, report.header.details.budget);
}
