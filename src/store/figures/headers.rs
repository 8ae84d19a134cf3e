//! The parts of frozen headers and contents that figures need, and that no column has.

use std::collections::HashMap;

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
    fn parse(header: &str, content: &str, depth: FactDepth) -> StoreResult<Self> {
        let header: FrozenHeader = json::read(header)?;
        let texts = match depth {
            FactDepth::Texts => {
                let content: ReportContent = json::read(content)?;
                Some(FactTexts::new(header.title, &header.milestones, &header.indicators, &content))
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
        let rows: Vec<(StoredUuid, String, String)> = on!(conn, |c, DB| approved_reports::table
            .filter(approved_reports::id.eq_any(some))
            .select((approved_reports::id, approved_reports::header, approved_reports::content))
            .load(c))?;
        for (id, header, content) in rows {
            headers.insert(id, HeaderParts::parse(&header, &content, depth)?);
        }
    }
    Ok(headers)
}
