use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

use super::*;
use crate::{
    domain::{
        cycle::CycleState,
        reference::City,
        release::{JournalPosition, ReleaseMetadata, publish_release},
        testing,
    },
    sheets::flat::DatumType,
};

/// The city of the report that is frozen.
fn home() -> City {
    City {
        slug: testing::slug("da-nang"),
        names: [("en".to_owned(), "Da Nang".to_owned())].into(),
        aliases: Vec::new(),
        country: testing::country("VN"),
        un_locode: None,
        time_zone: chrono_tz::Tz::UTC,
        latitude: 16.1,
        longitude: 108.2,
        joined_year: 2018,
        pilot: true,
        note: None,
        version: 1,
    }
}

fn full_release() -> crate::domain::release::FullRelease {
    let reference = ReleaseReference {
        cycle: testing::cycle(CycleState::Closed),
        countries: Vec::new(),
        cities: vec![home()],
        with_project: std::collections::BTreeSet::new(),
        partner_types: std::collections::BTreeMap::new(),
        rules: crate::domain::figures::CountingRules::CURRENT,
        vocabulary: crate::domain::reference::Vocabulary::default(),
    };
    let metadata = ReleaseMetadata {
        note: None,
        published: None,
        at: DateTime::UNIX_EPOCH,
        recorded: JournalPosition { seq: 1, hash: "0".repeat(64), feed: 1 },
    };
    publish_release(metadata, reference, vec![testing::approved()], None).unwrap()
}

fn rows(table: &ReleaseTable) -> Vec<ReleaseTableRow> {
    let full_release = full_release();
    let context = RowContext::new(&full_release.release, &full_release.reference);
    match table.rows {
        RowSource::PerRelease(rows) => rows(&context),
        RowSource::PerReport(rows) => {
            full_release.reports.iter().flat_map(|r| rows(&context, r)).collect()
        }
    }
}

#[test]
fn every_row_has_a_value_of_its_type_for_every_column() {
    for table in TABLES {
        for row in rows(table) {
            assert_eq!(row.len(), table.columns.len(), "{}", table.name);
            for (column, datum) in table.columns.iter().zip(&row) {
                let fits = matches!(
                    (datum, column.kind),
                    (Datum::Empty, _)
                        | (Datum::Text(_), DatumType::Text)
                        | (Datum::Integer(_), DatumType::Integer)
                        | (Datum::Number(_), DatumType::Number)
                        | (Datum::Bool(_), DatumType::Bool)
                        | (Datum::Day(_), DatumType::Day)
                        | (Datum::Instant(_), DatumType::Instant)
                );
                assert!(fits, "{}.{}: {datum:?}", table.name, column.name);
            }
        }
    }
    assert_eq!(rows(&REPORTS).len(), 1);
    assert!(!rows(&FIGURES).is_empty());
}

#[test]
fn names_of_columns_are_unique_and_references_lead_somewhere_before_them() {
    let mut before: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for table in TABLES {
        let names: BTreeSet<&str> = table.columns.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), table.columns.len(), "{}", table.name);
        assert!(table.key.iter().all(|name| names.contains(name)), "{}", table.name);
        for reference in table.foreign_keys {
            assert!(reference.columns.iter().all(|name| names.contains(name)));
            let there = &before[reference.table];
            assert!(reference.to.iter().all(|name| there.contains(name)), "{}", table.name);
        }
        before.insert(table.name, names);
    }
}
