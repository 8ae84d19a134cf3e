//! The approved copy of a report, with what the figures count by in columns and in a side table.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    domain::{
        project::{Header, ProjectCode},
        reference::{CountryCode, TermKind},
        report::{ApprovedReport, Content, Status, report_key},
        value::{Percent, Slug},
    },
    store::{
        Conn, Kept, StoreError, StoreResult,
        conn::on,
        json,
        same::same,
        schema::{approved_reports, report_facets},
        tx::{Audited, audited, recorded},
        types::{DbTs, DbUuid},
    },
};

/// An approved copy's row.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = approved_reports, treat_none_as_null = true)]
pub(super) struct ApprovedRow {
    id: DbUuid,
    #[diesel(skip_update)]
    project_id: DbUuid,
    #[diesel(skip_update)]
    city: String,
    #[diesel(skip_update)]
    number: i64,
    #[diesel(skip_update)]
    country: String,
    #[diesel(skip_update)]
    cycle: String,
    as_of: NaiveDate,
    status: String,
    percent: Option<i64>,
    focus_area: Option<String>,
    sub_area: Option<String>,
    priority: bool,
    spent_minor: Option<i64>,
    spent_currency: Option<String>,
    content: String,
    header: String,
    imported: Option<String>,
    submitted_at: Option<DbTs>,
    decided_at: Option<DbTs>,
    updated_at: DbTs,
    version: i64,
}

impl TryFrom<&ApprovedReport> for ApprovedRow {
    type Error = StoreError;
    fn try_from(a: &ApprovedReport) -> StoreResult<Self> {
        let (content, details) = (&a.content, &a.header.details);
        Ok(Self {
            id: a.report.into(),
            project_id: a.project.into(),
            city: a.code.city().to_string(),
            number: a.code.number(),
            country: a.country.to_string(),
            cycle: a.cycle.to_string(),
            as_of: a.as_of,
            status: content.status.unwrap_or(Status::NotStated).to_string(),
            percent: content.percent_complete.map(Percent::hundredths),
            focus_area: details.focus_area.as_ref().map(Slug::to_string),
            sub_area: details.sub_area.as_ref().map(Slug::to_string),
            priority: details.priority,
            spent_minor: content.spent.map(|m| m.amount_minor),
            spent_currency: content.spent.map(|m| m.currency.as_str().to_owned()),
            content: json::write(content)?,
            header: json::write(&a.header)?,
            imported: json::write_opt(a.imported.as_ref())?,
            submitted_at: a.submitted_at.map(DbTs),
            decided_at: a.decided_at.map(DbTs),
            updated_at: DbTs(a.updated_at),
            version: a.version,
        })
    }
}
impl TryFrom<ApprovedRow> for ApprovedReport {
    type Error = StoreError;
    fn try_from(r: ApprovedRow) -> StoreResult<Self> {
        Ok(Self {
            report: r.id.into(),
            project: r.project_id.into(),
            code: ProjectCode::new(Slug::parse(r.city)?, r.number),
            country: CountryCode::parse(r.country)?,
            cycle: Slug::parse(r.cycle)?,
            as_of: r.as_of,
            content: json::read::<Content>(&r.content)?,
            header: json::read::<Header>(&r.header)?,
            imported: json::read_opt(r.imported.as_ref())?,
            submitted_at: r.submitted_at.map(|t| t.0),
            decided_at: r.decided_at.map(|t| t.0),
            updated_at: r.updated_at.0,
            version: r.version,
        })
    }
}

recorded!(ApprovedReport, "approved_report", public, |r| report_key(&r.code, &r.cycle));

impl Kept for ApprovedReport {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = ApprovedRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(approved_reports::table).values(&row).execute(c))?;
        self.add_facets(conn)
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = ApprovedRow::try_from(self)?;
        let n = on!(conn, |c, DB| same!(
            approved_reports::table.find(row.id).filter(approved_reports::version.eq(before)),
            &row
        )
        .execute(c))?;
        self.clear_facets(conn)?;
        self.add_facets(conn)?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        self.clear_facets(conn)?;
        let id = DbUuid::from(self.report);
        let n = on!(conn, |c, DB| diesel::delete(approved_reports::table.find(id))
            .filter(approved_reports::version.eq(self.version))
            .execute(c))?;
        Ok(n == 1)
    }
    fn all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        let rows: Vec<ApprovedRow> =
            on!(conn, |c, DB| approved_reports::table.select(ApprovedRow::as_select()).load(c))?;
        rows.into_iter().map(Self::try_from).collect()
    }
    fn audit(conn: &mut Conn) -> StoreResult<Vec<Audited<Self>>> {
        let rows: Vec<ApprovedRow> =
            on!(conn, |c, DB| approved_reports::table.select(ApprovedRow::as_select()).load(c))?;
        let mut found = audited(rows, |record| ApprovedRow::try_from(record));
        let mut kept = kept_facets(conn)?;
        for Audited { record, sound } in &mut found {
            let given: BTreeSet<_> =
                record.facets().map(|(kind, word)| (kind.to_string(), word.to_string())).collect();
            *sound &= kept.remove(&DbUuid::from(record.report)).unwrap_or_default() == given;
        }
        Ok(found)
    }
}

/// Reads the facets of every approved report: kind and value.
fn kept_facets(conn: &mut Conn) -> StoreResult<HashMap<DbUuid, BTreeSet<(String, String)>>> {
    let rows: Vec<(DbUuid, String, String)> = on!(conn, |c, DB| report_facets::table
        .select((report_facets::report_id, report_facets::kind, report_facets::value))
        .load(c))?;
    let mut all: HashMap<DbUuid, BTreeSet<(String, String)>> = HashMap::new();
    for (id, kind, value) in rows {
        all.entry(id).or_default().insert((kind, value));
    }
    Ok(all)
}

impl ApprovedReport {
    fn clear_facets(&self, conn: &mut Conn) -> StoreResult<()> {
        on!(conn, |c, DB| diesel::delete(report_facets::table)
            .filter(report_facets::report_id.eq(DbUuid::from(self.report)))
            .execute(c))?;
        Ok(())
    }

    /// Returns what the header gives to the side table.
    fn facets(&self) -> impl Iterator<Item = (TermKind, &Slug)> {
        let details = &self.header.details;
        let lists = [
            (TermKind::Outcome, &details.outcomes),
            (TermKind::Enabler, &details.enablers),
            (TermKind::Sector, &details.sectors),
            (TermKind::Tag, &details.tags),
            (TermKind::OtherFocusArea, &details.other_focus_areas),
        ];
        lists.into_iter().flat_map(|(kind, words)| words.iter().map(move |word| (kind, word)))
    }

    fn add_facets(&self, conn: &mut Conn) -> StoreResult<()> {
        let rows: Vec<_> = self
            .facets()
            .map(|(kind, word)| {
                (
                    report_facets::report_id.eq(DbUuid::from(self.report)),
                    report_facets::kind.eq(kind.as_str()),
                    report_facets::value.eq(word.as_str()),
                )
            })
            .collect();
        if !rows.is_empty() {
            on!(conn, |c, DB| diesel::insert_into(report_facets::table).values(&rows).execute(c))?;
        }
        Ok(())
    }
}
