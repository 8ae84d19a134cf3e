//! The rows of approved copies of projects.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    facets::{self, FacetGroup, FacetSet},
    working::build_search_key,
};
use crate::{
    domain::{
        journal::to_canonical_json,
        policy::RecordCopy,
        project::{ApprovedProject, Header, LatestReport, ProjectCode},
        report::ProjectStatus,
        value::{Percent, Slug, fold_for_search},
    },
    store::{
        Conn, JournaledRecord, Record, StoreError, StoreResult,
        conn::on,
        json,
        record::StoredRows,
        schema::approved_projects,
        static_update::static_update,
        tx::{AuditedRecord, audit_rows},
        types::{StoredTimestamp, StoredUuid},
    },
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = approved_projects, treat_none_as_null = true)]
pub(super) struct ApprovedProjectRow {
    id: StoredUuid,
    city: String,
    number: i64,
    country: String,
    plan_cycle: String,
    title: String,
    title_key: String,
    search_key: String,
    focus_area: Option<String>,
    sub_area: Option<String>,
    priority: bool,
    archived: bool,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    header: String,
    latest_cycle: String,
    latest_status: String,
    latest_percent: Option<i64>,
    created_at: StoredTimestamp,
    updated_at: StoredTimestamp,
    version: i64,
    budget_minor: Option<i64>,
    budget_currency: Option<String>,
    continues: Option<String>,
    has_support: bool,
}

impl TryFrom<&ApprovedProject> for ApprovedProjectRow {
    type Error = StoreError;
    fn try_from(a: &ApprovedProject) -> StoreResult<Self> {
        let (h, d) = (&a.header, &a.header.details);
        Ok(Self {
            id: a.project.into(),
            city: h.city.to_string(),
            number: h.code.number(),
            country: h.country.to_string(),
            plan_cycle: h.plan_cycle.to_string(),
            title: d.title.to_string(),
            title_key: fold_for_search(d.title.as_str()),
            search_key: build_search_key(&h.code, d),
            focus_area: d.focus_area.as_ref().map(Slug::to_string),
            sub_area: d.sub_area.as_ref().map(Slug::to_string),
            priority: d.priority,
            archived: d.archived,
            starts_on: d.starts_on,
            ends_on: d.ends_on,
            header: json::write(h)?,
            latest_cycle: a.latest.cycle.to_string(),
            latest_status: a.latest.status.to_string(),
            latest_percent: a.latest.percent_complete.map(Percent::hundredths),
            created_at: StoredTimestamp(a.created_at),
            updated_at: StoredTimestamp(a.updated_at),
            version: a.version,
            budget_minor: d.budget.map(|m| m.amount_minor),
            budget_currency: d.budget.map(|m| m.currency.as_str().to_owned()),
            continues: d.continues.as_ref().map(ProjectCode::to_string),
            has_support: d.support_required.is_some(),
        })
    }
}

impl TryFrom<ApprovedProjectRow> for ApprovedProject {
    type Error = StoreError;
    fn try_from(r: ApprovedProjectRow) -> StoreResult<Self> {
        Ok(Self {
            project: r.id.into(),
            header: json::read::<Header>(&r.header)?,
            latest: LatestReport {
                cycle: Slug::parse(r.latest_cycle)?,
                status: ProjectStatus::parse(r.latest_status)?,
                percent_complete: r.latest_percent.and_then(Percent::from_hundredths),
            },
            created_at: r.created_at.0,
            updated_at: r.updated_at.0,
            version: r.version,
        })
    }
}

impl Record for ApprovedProject {
    const ENTITY: &'static str = "approved_project";
    const PUBLIC: bool = true;
    fn key(&self) -> String {
        self.header.code.to_string()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn journal_content(&self) -> Result<String, serde_json::Error> {
        to_canonical_json(self)
    }
    /// The project and its parts in the header have the version of the copy, which is no content.
    fn has_content_of(&self, before: &Self) -> bool {
        self.latest == before.latest
            && self.header.clone().into_approved_copy(before.version) == before.header
    }
}

impl ApprovedProject {
    fn collect_facets(&self) -> FacetSet {
        let mut facets = facets::from_details(&self.header.details);
        facets.extend(facets::from_partnerships(&self.header.partnerships));
        facets
    }

    fn insert_facets(&self, conn: &mut Conn) -> StoreResult<()> {
        facets::insert_facets(conn, self.project, RecordCopy::Approved, self.collect_facets())
    }
}

impl StoredRows for ApprovedProject {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = ApprovedProjectRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(approved_projects::table).values(&row).execute(c))?;
        self.insert_facets(conn)
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = ApprovedProjectRow::try_from(self)?;
        let n = on!(conn, |c, DB| static_update!(
            approved_projects::table.find(row.id).filter(approved_projects::version.eq(before)),
            &row
        )
        .execute(c))?;
        facets::delete_facets(conn, self.project, RecordCopy::Approved, FacetGroup::Everything)?;
        self.insert_facets(conn)?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        facets::delete_facets(conn, self.project, RecordCopy::Approved, FacetGroup::Everything)?;
        let id = StoredUuid::from(self.project);
        let n = on!(conn, |c, DB| diesel::delete(approved_projects::table.find(id))
            .filter(approved_projects::version.eq(self.version))
            .execute(c))?;
        Ok(n == 1)
    }
}
impl JournaledRecord for ApprovedProject {
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        let rows: Vec<ApprovedProjectRow> = on!(conn, |c, DB| approved_projects::table
            .select(ApprovedProjectRow::as_select())
            .load(c))?;
        rows.into_iter().map(Self::try_from).collect()
    }
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>> {
        let rows: Vec<ApprovedProjectRow> = on!(conn, |c, DB| approved_projects::table
            .select(ApprovedProjectRow::as_select())
            .load(c))?;
        let mut found = audit_rows(rows, |record| ApprovedProjectRow::try_from(record));
        let mut stored = facets::load_all_facets(conn, RecordCopy::Approved)?;
        for AuditedRecord { record, sound } in &mut found {
            *sound &= stored.remove(&StoredUuid::from(record.project)).unwrap_or_default()
                == record.collect_facets();
        }
        Ok(found)
    }
}
