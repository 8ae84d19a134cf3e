mod between;
mod header_dimensions;

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    cycle::{CycleState, ReportingCycle},
    language::Language,
    policy::visibility::ReadScope,
    project::ProjectCode,
    reference::{City, Country, CountryCode, NamesByLanguage, Vocabulary, VocabularyTerm},
    report::ProjectStatus,
    value::{CurrencyCode, Percent, Slug, Title},
};

fn slug(s: &str) -> Slug {
    Slug::parse(s).unwrap()
}
fn names(en: &str) -> NamesByLanguage {
    [("en".to_owned(), en.to_owned())].into()
}
fn term(slug: &str, parent: Option<&str>) -> VocabularyTerm {
    VocabularyTerm {
        slug: slug.into(),
        names: names(&slug.to_uppercase()),
        parent: parent.map(Into::into),
    }
}
fn city(key: &str, country: &str, joined_year: i32, pilot: bool) -> City {
    City {
        slug: slug(key),
        names: names(key),
        aliases: Vec::new(),
        country: CountryCode::parse(country).unwrap(),
        un_locode: None,
        time_zone: chrono_tz::Tz::UTC,
        latitude: 0.0,
        longitude: 0.0,
        joined_year,
        pilot,
        note: None,
        version: 1,
    }
}
fn country(code: &str) -> Country {
    Country {
        code: CountryCode::parse(code).unwrap(),
        alpha3: code.into(),
        time_zone: chrono_tz::Tz::UTC,
        names: names(code),
        asean_member_since: 1967,
        ascn_member_since: 2018,
        version: 1,
    }
}
fn cycle(key: &str, as_of: &str) -> ReportingCycle {
    ReportingCycle {
        slug: slug(key),
        name: Title::parse(key.to_uppercase()).unwrap(),
        plan_cycle: slug("2018-2025"),
        opens_on: None,
        due_on: None,
        review_due_on: None,
        as_of: day(as_of),
        state: CycleState::Closed,
        imported: None,
        version: 1,
    }
}
fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
/// Two pilots in Viet Nam, one in Laos, a city that joined in the year of the cut-off and one before it.
fn ground(facts: Vec<ReportFact>) -> FigureDataset {
    FigureDataset {
        basis: FigureBasis::from_cycle(cycle("me-2023", "2023-08-14")),
        facts,
        countries: vec![country("LA"), country("TL"), country("VN")],
        cities: vec![
            city("da-nang", "VN", 2018, true),
            city("hue", "VN", 2022, false),
            city("vientiane", "LA", 2018, true),
            city("vinh", "VN", 2023, false),
        ],
        city_rows: CityRows::Expected,
        vocabulary: Arc::new(Vocabulary {
            focus_areas: vec![term("zeal", None), term("air", None)],
            sub_areas: vec![term("z1", Some("zeal")), term("a1", Some("air"))],
            sectors: vec![term("transport", None), term("water", None)],
            ..Vocabulary::default()
        }),
        reach: ReadScope { everything: true, ..ReadScope::default() },
    }
}
fn fact(city: &str, focus_area: &str, status: ProjectStatus) -> ReportFact {
    ReportFact {
        code: ProjectCode::new(slug(city), 1),
        city: slug(city),
        country: CountryCode::parse(if city == "vientiane" { "LA" } else { "VN" }).unwrap(),
        cycle: slug("me-2023"),
        as_of: day("2023-08-14"),
        status,
        percent: None,
        focus_area: Some(slug(focus_area)),
        sub_area: None,
        priority: false,
        spent: None,
        budget: None,
        partners: Vec::new(),
        terms: BTreeMap::new(),
        texts: None,
    }
}
fn question(rows: Dimension, columns: Option<Dimension>) -> FigureQuery {
    FigureQuery {
        rows,
        columns,
        measure: Measure::Projects,
        filter: FigureFilter::default(),
        language: Language::En,
        receipts: false,
    }
}
fn rows(table: &CrossTable) -> Vec<(&str, FigureValue)> {
    table.row_totals.iter().map(|(l, f)| (l.key.as_str(), f.value)).collect()
}
use FigureValue::{Count, Mean};

#[test]
fn every_combination_is_there_in_the_framework_s_order() {
    let ground = ground(vec![
        fact("da-nang", "air", ProjectStatus::Ongoing),
        fact("da-nang", "air", ProjectStatus::NotStated),
        fact("vientiane", "zeal", ProjectStatus::Planning),
    ]);
    let table = ground.count_table(&question(Dimension::FocusArea, Some(Dimension::Status)));
    assert_eq!(table.cells.len(), 2 * 6);
    assert_eq!(rows(&table), [("zeal", Count(1)), ("air", Count(2))]);
    assert_eq!(table.total.value, Count(3));
    assert_eq!(
        table.coverage,
        ReportingCoverage { cities_reporting: 2, cities_expected: 3, not_stated: 1, stale: 0 }
    );
    let zero =
        table.cells.iter().find(|c| c.row.key == "zeal" && c.figure.report_count == 0).unwrap();
    assert_eq!(zero.figure.value, Count(0));
    assert_eq!(table.cells[0].row.name, "ZEAL");
    assert_eq!(table.cells[1].column.as_ref().unwrap().name, "On-going");
}

#[test]
fn rows_of_cities_are_the_expected_ones_and_those_with_a_report() {
    let question = question(Dimension::City, None);
    let zero = Count(0);
    let empty = ground(Vec::new());
    let table = empty.count_table(&question);
    assert_eq!(rows(&table), [("da-nang", zero), ("hue", zero), ("vientiane", zero)]);
    assert_eq!((table.cells[0].column.as_ref(), table.column_totals.len()), (None, 0));
    // Vinh joined in the year of the cut-off.
    let reporting = ground(vec![fact("vinh", "air", ProjectStatus::Ongoing)]);
    assert_eq!(rows(&reporting.count_table(&question))[3], ("vinh", Count(1)));
    // It reports, although the filter does not count its report.
    let mut filtered = question.clone();
    filtered.filter.wanted.insert(Dimension::FocusArea, vec!["zeal".into()]);
    let table = reporting.count_table(&filtered);
    assert_eq!((rows(&table)[3], table.coverage.cities_expected), (("vinh", zero), 4));
    let mapped = |dataset: &FigureDataset| {
        let (cities, _) = dataset.map_cities(&question);
        cities.iter().map(|c| c.city.slug.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(mapped(&empty), ["da-nang", "hue", "vientiane"]);
    assert_eq!(mapped(&reporting), ["da-nang", "hue", "vientiane", "vinh"]);
}

#[test]
fn pilot_flag_does_not_change_the_rows_of_cities() {
    let mut none = ground(Vec::new());
    none.cities.iter_mut().for_each(|city| city.pilot = !city.pilot);
    let table = none.count_table(&question(Dimension::City, None));
    let zero = Count(0);
    assert_eq!(rows(&table), [("da-nang", zero), ("hue", zero), ("vientiane", zero)]);
}

#[test]
fn first_rules_list_the_pilots_and_the_cities_with_an_approved_project() {
    let first = |facts| FigureDataset {
        city_rows: CityRows::PilotsAnd([slug("vinh")].into()),
        ..ground(facts)
    };
    let table = first(Vec::new()).count_table(&question(Dimension::City, None));
    let zero = Count(0);
    assert_eq!(rows(&table), [("da-nang", zero), ("vientiane", zero), ("vinh", zero)]);
    let table = first(vec![fact("hue", "air", ProjectStatus::Ongoing)])
        .count_table(&question(Dimension::City, None));
    assert_eq!(rows(&table)[1], ("hue", Count(1)));
}

#[test]
fn a_city_that_joined_in_the_year_of_the_cut_off_is_expected_once_it_reports() {
    let expected = |facts| ground(facts).count_table(&question(Dimension::City, None)).coverage;
    assert_eq!(expected(Vec::new()).cities_expected, 3);
    let coverage = expected(vec![fact("vinh", "air", ProjectStatus::Ongoing)]);
    assert_eq!((coverage.cities_reporting, coverage.cities_expected), (1, 4));
}

#[test]
fn what_a_filter_rules_out_is_no_zero() {
    let ground = ground(vec![
        fact("da-nang", "air", ProjectStatus::Ongoing),
        fact("vientiane", "zeal", ProjectStatus::NotStated),
    ]);
    let mut q = question(Dimension::City, Some(Dimension::SubArea));
    q.filter.wanted.insert(Dimension::Country, vec!["VN".into()]);
    q.filter.wanted.insert(Dimension::FocusArea, vec!["air".into()]);
    let table = ground.count_table(&q);
    assert_eq!(rows(&table), [("da-nang", Count(1)), ("hue", Count(0))]);
    let columns: Vec<&str> = table.column_totals.iter().map(|(l, _)| l.key.as_str()).collect();
    assert_eq!(columns, ["a1", UNKNOWN]);
    assert_eq!(table.coverage.cities_expected, 2);
    let mut q = question(Dimension::Country, None);
    q.filter.pilot = Some(false);
    assert_eq!(ground.count_table(&q).total.value, Count(0));
    assert_eq!(rows(&ground.count_table(&q)).len(), 3);
    q.filter.wanted.insert(Dimension::City, vec!["hue".into()]);
    assert_eq!(rows(&ground.count_table(&q)), [("VN", Count(0))]);
}

#[test]
fn a_status_filter_does_not_hide_how_many_states_are_not_stated() {
    let ground = ground(vec![
        fact("da-nang", "air", ProjectStatus::Ongoing),
        fact("vientiane", "zeal", ProjectStatus::NotStated),
    ]);
    let mut q = question(Dimension::FocusArea, None);
    q.filter.wanted.insert(Dimension::Status, vec!["ongoing".into()]);
    let table = ground.count_table(&q);
    assert_eq!((table.total.value, table.coverage.not_stated), (Count(1), 1));
}

#[test]
fn a_reader_of_a_country_sees_no_zeros_of_other_countries() {
    let mut ground = ground(vec![fact("vientiane", "air", ProjectStatus::Ongoing)]);
    ground.reach =
        ReadScope { countries: vec![CountryCode::parse("LA").unwrap()], ..ReadScope::default() };
    for dimension in [Dimension::City, Dimension::Country] {
        assert_eq!(rows(&ground.count_table(&question(dimension, None))).len(), 1);
    }
    assert_eq!(ground.count_table(&question(Dimension::City, None)).coverage.cities_expected, 1);
}

#[test]
fn the_mean_leaves_out_what_is_not_stated_and_what_was_given_up() {
    let percent = |p: Option<f64>, status| ReportFact {
        percent: p.map(|p| Percent::parse(p).unwrap()),
        ..fact("da-nang", "air", status)
    };
    let ground = ground(vec![
        percent(Some(50.0), ProjectStatus::Ongoing),
        percent(Some(25.5), ProjectStatus::Ongoing),
        percent(None, ProjectStatus::Ongoing),
        percent(Some(10.0), ProjectStatus::Cancelled),
    ]);
    let q =
        FigureQuery { measure: Measure::PercentComplete, ..question(Dimension::FocusArea, None) };
    let table = ground.count_table(&q);
    assert_eq!(rows(&table), [("zeal", FigureValue::None), ("air", Mean(37.75))]);
    assert_eq!((table.total.known, table.total.report_count), (2, 4));
}

#[test]
fn money_is_never_added_across_currencies() {
    let spent = |amount, currency| ReportFact {
        spent: Some(Money {
            amount_minor: amount,
            currency: CurrencyCode::parse(currency).unwrap(),
        }),
        ..fact("da-nang", "air", ProjectStatus::Ongoing)
    };
    let ground = ground(vec![
        spent(5, "VND"),
        spent(7, "USD"),
        spent(2, "VND"),
        fact("da-nang", "air", ProjectStatus::Ongoing),
    ]);
    let q = FigureQuery { measure: Measure::Spent, ..question(Dimension::Country, None) };
    let total = ground.count_table(&q).total;
    assert_eq!((total.value, total.known, total.report_count), (FigureValue::None, 3, 4));
    let sums: Vec<(&str, i64)> =
        total.by_currency.iter().map(|m| (m.currency.as_str(), m.amount_minor)).collect();
    assert_eq!(sums, [("USD", 7), ("VND", 7)]);
}

#[test]
fn a_report_counts_in_each_of_its_sectors_and_once_in_the_total() {
    let tagged = |sectors: &[&str]| ReportFact {
        terms: [(Dimension::Sector, sectors.iter().map(ToString::to_string).collect())].into(),
        ..fact("da-nang", "air", ProjectStatus::Ongoing)
    };
    let ground = ground(vec![
        tagged(&["transport", "water"]),
        tagged(&["water"]),
        fact("vientiane", "air", ProjectStatus::Ongoing),
    ]);
    let mut q = question(Dimension::FocusArea, Some(Dimension::Sector));
    let table = ground.count_table(&q);
    let columns: Vec<_> =
        table.column_totals.iter().map(|(l, f)| (l.key.as_str(), f.value)).collect();
    assert_eq!(columns, [("transport", Count(1)), ("water", Count(2)), (UNKNOWN, Count(1))]);
    assert_eq!(rows(&table)[1], ("air", Count(3)));
    q.filter.wanted.insert(Dimension::Sector, vec!["transport".into()]);
    let table = ground.count_table(&q);
    assert_eq!((table.column_totals.len(), table.total.value), (1, Count(1)));
    q.filter.wanted.insert(Dimension::Sector, vec![UNKNOWN.into()]);
    assert_eq!(ground.count_table(&q).total.value, Count(1));
}

#[test]
fn a_filter_for_something_that_does_not_exist_is_refused() {
    let ground = ground(Vec::new());
    let mut filter = FigureFilter::default();
    assert_eq!(ground.check_filter(&filter), Ok(()));
    filter.wanted.insert(Dimension::FocusArea, vec!["air".into(), "nonsense".into()]);
    let (dimension, fault) = ground.check_filter(&filter).unwrap_err();
    assert_eq!(
        (dimension, fault.allowed.as_slice()),
        (
            Dimension::FocusArea,
            ["zeal".to_owned(), "air".to_owned(), UNKNOWN.to_owned()].as_slice()
        )
    );
}

#[test]
fn a_report_of_an_earlier_cycle_is_stale_where_its_plan_went_on() {
    let mut next_plan = cycle("me-2027", "2027-09-30");
    next_plan.plan_cycle = slug("2026-2035");
    let cycles = vec![next_plan, cycle("me-2024", "2024-09-25"), cycle("me-2023", "2023-08-14")];
    let fact = fact("da-nang", "air", ProjectStatus::Ongoing);
    let stale = |on: &str| FigureBasis::from_cycles_until(day(on), cycles.clone()).is_stale(&fact);
    assert_eq!(["2023-08-14", "2024-09-24"].map(stale), [false, false]);
    assert_eq!(["2024-09-25", "2028-01-01"].map(stale), [true, true]);
    let basis = FigureBasis::from_cycles_until(day("2024-09-24"), cycles.clone());
    assert_eq!((basis.cycles.len(), basis.age_days(&fact)), (1, 407));
    // While a cycle is open, a missing report may still arrive.
    let mut open = cycle("me-2024", "2024-09-25");
    open.state = CycleState::Open;
    let cycles = vec![cycle("me-2023", "2023-08-14"), open];
    assert!(!FigureBasis::from_cycles_until(day("2024-12-31"), cycles.clone()).is_stale(&fact));
    assert!(FigureBasis::from_cycles_until(day("2023-08-13"), cycles).is_empty());
}

fn any_fact() -> impl Strategy<Value = ReportFact> {
    let city = prop::sample::select(vec!["da-nang", "hue", "vientiane", "vinh"]);
    let area = prop::option::of(prop::sample::select(vec!["air", "zeal", "dropped"]));
    let status = prop::sample::select(ProjectStatus::ALL.to_vec());
    let percent = prop::option::of(0_i64..=10_000);
    let sectors = prop::sample::subsequence(vec!["transport", "water"], 0..=2);
    (city, area, status, percent, sectors, any::<bool>()).prop_map(
        |(c, a, s, p, sectors, priority)| ReportFact {
            focus_area: a.map(slug),
            percent: p.and_then(Percent::from_hundredths),
            priority,
            terms: [(Dimension::Sector, sectors.into_iter().map(String::from).collect())].into(),
            ..fact(c, "air", s)
        },
    )
}

proptest! {
    #[test]
    fn totals_agree_with_cells(
        facts in prop::collection::vec(any_fact(), 0..40),
        rows in prop::sample::select(Dimension::ALL.to_vec()),
        columns in prop::sample::select(Dimension::ALL.to_vec()),
    ) {
        let n = i64::try_from(facts.len()).unwrap();
        let table = ground(facts).count_table(&question(rows, Some(columns)));
        prop_assert_eq!(table.cells.len(), table.row_totals.len() * table.column_totals.len());
        prop_assert_eq!(table.total.report_count, n);
        for (label, total) in &table.row_totals {
            let sum: i64 = table.cells.iter().filter(|c| c.row == *label).map(|c| c.figure.report_count).sum();
            if columns.is_multiple() {
                prop_assert!(total.report_count <= sum);
            } else {
                prop_assert_eq!(total.report_count, sum);
            }
        }
        for (totals, dimension) in [(&table.row_totals, rows), (&table.column_totals, columns)] {
            let sum: i64 = totals.iter().map(|(_, f)| f.report_count).sum();
            if dimension.is_multiple() {
                prop_assert!(n <= sum);
            } else {
                prop_assert_eq!(n, sum);
            }
        }
    }
}
