//! The parts of frozen headers and contents that figures need, and that no column has.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Deserialize;

use super::FactDepth;
use crate::{
    domain::{
        figures::{FactDetails, FactTexts},
        project_parts::{Indicator, Milestone},
        report::ReportContent,
        value::{Money, Slug, Title},
    },
    store::{Conn, StoreResult, conn::on, json, schema::approved_reports, types::StoredUuid},
};

/// The columns from which the parts of a report are parsed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = approved_reports)]
struct HeaderRow {
    id: StoredUuid,
    as_of: NaiveDate,
    header: String,
    content: String,
}

/// The members of a frozen header that figures need.
#[derive(Deserialize)]
struct FrozenHeader {
    title: Title,
    budget: Option<Money>,
    sdgs: Vec<i64>,
    milestones: Vec<Milestone>,
    indicators: Vec<Indicator>,
    partnerships: Vec<FrozenPartnership>,
}

/// The member of a frozen partnership that figures need.
#[derive(Deserialize)]
struct FrozenPartnership {
    partner: Option<Slug>,
}

/// The parts of one report.
pub(super) struct HeaderParts {
    pub(super) details: FactDetails,
    /// None if only the headers are read.
    pub(super) texts: Option<FactTexts>,
}

impl HeaderParts {
    /// Parses the parts of a report with its cut-off. Copies that were approved by the older rule can hold days after the
    /// cut-off, which do not count.
    fn parse(row: &HeaderRow, depth: FactDepth) -> StoreResult<Self> {
        let header: FrozenHeader = json::read(&row.header)?;
        let texts = match depth {
            FactDepth::Texts => {
                let content = json::read::<ReportContent>(&row.content)?.before_cut_off(row.as_of);
                let milestones: Vec<Milestone> = header
                    .milestones
                    .into_iter()
                    .map(|milestone| milestone.before_cut_off(row.as_of))
                    .collect();
                Some(FactTexts::new(header.title, &milestones, &header.indicators, &content))
            }
            FactDepth::Columns | FactDepth::Headers => None,
        };
        let partners = header.partnerships.into_iter().filter_map(|p| p.partner).collect();
        let details = FactDetails { budget: header.budget, sdgs: header.sdgs, partners };
        Ok(Self { details, texts })
    }
}

/// The largest number of reports that one query reads.
const CHUNK: usize = 500;

/// Loads the parts of some approved reports, by report.
pub(super) fn load_headers(
    conn: &mut Conn,
    reports: &[StoredUuid],
    depth: FactDepth,
) -> StoreResult<HashMap<StoredUuid, HeaderParts>> {
    let mut headers = HashMap::new();
    for some in reports.chunks(CHUNK) {
        let rows: Vec<HeaderRow> = on!(conn, |c, DB| approved_reports::table
            .filter(approved_reports::id.eq_any(some))
            .select(HeaderRow::as_select())
            .load(c))?;
        for row in rows {
            headers.insert(row.id, HeaderParts::parse(&row, depth)?);
        }
    }
    Ok(headers)
}
