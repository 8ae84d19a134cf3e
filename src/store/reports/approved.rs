//! Approved copies of reports. Columns and a side table hold the values that figures count by.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    domain::{
        project::{Header, ProjectCode},
        reference::{CountryCode, TermKind},
        report::{ApprovedReport, ProjectStatus, ReportContent, report_key},
        value::{Percent, Slug},
    },
    store::{
        Conn, JournaledRecord, StoreError, StoreResult,
        conn::on,
        json,
        record::StoredRows,
        schema::{approved_reports, report_facets},
        static_update::static_update,
        tx::{AuditedRecord, audit_rows, impl_record},
        types::{StoredTimestamp, StoredUuid},
    },
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = approved_reports, treat_none_as_null = true)]
pub(super) struct ApprovedReportRow {
    id: StoredUuid,
    #[diesel(skip_update)]
    project_id: StoredUuid,
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
    submitted_at: Option<StoredTimestamp>,
    decided_at: Option<StoredTimestamp>,
    updated_at: StoredTimestamp,
    version: i64,
    late: Option<bool>,
}

impl TryFrom<&ApprovedReport> for ApprovedReportRow {
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
            status: content.status.unwrap_or(ProjectStatus::NotStated).to_string(),
            percent: content.percent_complete.map(Percent::hundredths),
            focus_area: details.focus_area.as_ref().map(Slug::to_string),
            sub_area: details.sub_area.as_ref().map(Slug::to_string),
            priority: details.priority,
            spent_minor: content.spent.map(|m| m.amount_minor),
            spent_currency: content.spent.map(|m| m.currency.as_str().to_owned()),
            content: json::write(content)?,
            header: json::write(&a.header)?,
            imported: json::write_optional(a.imported.as_ref())?,
            submitted_at: a.submitted_at.map(StoredTimestamp),
            decided_at: a.decided_at.map(StoredTimestamp),
            updated_at: StoredTimestamp(a.updated_at),
            version: a.version,
            late: a.late,
        })
    }
}
impl TryFrom<ApprovedReportRow> for ApprovedReport {
    type Error = StoreError;
    fn try_from(r: ApprovedReportRow) -> StoreResult<Self> {
        Ok(Self {
            report: r.id.into(),
            project: r.project_id.into(),
            code: ProjectCode::new(Slug::parse(r.city)?, r.number),
            country: CountryCode::parse(r.country)?,
            cycle: Slug::parse(r.cycle)?,
            as_of: r.as_of,
            content: json::read::<ReportContent>(&r.content)?,
            header: json::read::<Header>(&r.header)?,
            imported: json::read_optional(r.imported.as_ref())?,
            submitted_at: r.submitted_at.map(|t| t.0),
            late: r.late,
            decided_at: r.decided_at.map(|t| t.0),
            updated_at: r.updated_at.0,
            version: r.version,
        })
    }
}

impl_record!(ApprovedReport, "approved_report", public, |r| report_key(&r.code, &r.cycle));

impl StoredRows for ApprovedReport {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = ApprovedReportRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(approved_reports::table).values(&row).execute(c))?;
        self.insert_facets(conn)
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = ApprovedReportRow::try_from(self)?;
        let n = on!(conn, |c, DB| static_update!(
            approved_reports::table.find(row.id).filter(approved_reports::version.eq(before)),
            &row
        )
        .execute(c))?;
        self.delete_facets(conn)?;
        self.insert_facets(conn)?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        self.delete_facets(conn)?;
        let id = StoredUuid::from(self.report);
        let n = on!(conn, |c, DB| diesel::delete(approved_reports::table.find(id))
            .filter(approved_reports::version.eq(self.version))
            .execute(c))?;
        Ok(n == 1)
    }
}
impl JournaledRecord for ApprovedReport {
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        let rows: Vec<ApprovedReportRow> = on!(conn, |c, DB| approved_reports::table
            .select(ApprovedReportRow::as_select())
            .load(c))?;
        rows.into_iter().map(Self::try_from).collect()
    }
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>> {
        let rows: Vec<ApprovedReportRow> = on!(conn, |c, DB| approved_reports::table
            .select(ApprovedReportRow::as_select())
            .load(c))?;
        let mut found = audit_rows(rows, |record| ApprovedReportRow::try_from(record));
        let mut stored = load_all_facets(conn)?;
        for AuditedRecord { record, sound } in &mut found {
            let expected: BTreeSet<_> = record
                .collect_facets()
                .map(|(kind, word)| (kind.to_string(), word.to_string()))
                .collect();
            *sound &=
                stored.remove(&StoredUuid::from(record.report)).unwrap_or_default() == expected;
        }
        Ok(found)
    }
}

/// Loads the facets of every approved report: kind and value.
fn load_all_facets(
    conn: &mut Conn,
) -> StoreResult<HashMap<StoredUuid, BTreeSet<(String, String)>>> {
    let rows: Vec<(StoredUuid, String, String)> = on!(conn, |c, DB| report_facets::table
        .select((report_facets::report_id, report_facets::kind, report_facets::value))
        .load(c))?;
    let mut all: HashMap<StoredUuid, BTreeSet<(String, String)>> = HashMap::new();
    for (id, kind, value) in rows {
        all.entry(id).or_default().insert((kind, value));
    }
    Ok(all)
}

impl ApprovedReport {
    fn delete_facets(&self, conn: &mut Conn) -> StoreResult<()> {
        on!(conn, |c, DB| diesel::delete(report_facets::table)
            .filter(report_facets::report_id.eq(StoredUuid::from(self.report)))
            .execute(c))?;
        Ok(())
    }

    /// Returns the facets that come from the frozen header.
    fn collect_facets(&self) -> impl Iterator<Item = (TermKind, &Slug)> {
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

    fn insert_facets(&self, conn: &mut Conn) -> StoreResult<()> {
        let rows: Vec<_> = self
            .collect_facets()
            .map(|(kind, word)| {
                (
                    report_facets::report_id.eq(StoredUuid::from(self.report)),
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
