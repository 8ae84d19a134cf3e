//! The rows of approved copies, and how they are kept.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    facets::{self, Facets, Of},
    working::search_key,
};
use crate::{
    domain::{
        policy::Face,
        project::{ApprovedProject, Header, Latest},
        report::Status,
        value::{Percent, Slug, fold},
    },
    store::{
        Conn, Kept, StoreError, StoreResult,
        conn::on,
        json,
        same::same,
        schema::approved_projects,
        tx::{Audited, audited, recorded},
        types::{DbTs, DbUuid},
    },
};

/// An approved copy's row.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = approved_projects, treat_none_as_null = true)]
pub(super) struct ApprovedRow {
    id: DbUuid,
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
    created_at: DbTs,
    updated_at: DbTs,
    version: i64,
}

impl TryFrom<&ApprovedProject> for ApprovedRow {
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
            title_key: fold(d.title.as_str()),
            search_key: search_key(d),
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
            created_at: DbTs(a.created_at),
            updated_at: DbTs(a.updated_at),
            version: a.version,
        })
    }
}

impl TryFrom<ApprovedRow> for ApprovedProject {
    type Error = StoreError;
    fn try_from(r: ApprovedRow) -> StoreResult<Self> {
        Ok(Self {
            project: r.id.into(),
            header: json::read::<Header>(&r.header)?,
            latest: Latest {
                cycle: Slug::parse(r.latest_cycle)?,
                status: Status::parse(r.latest_status)?,
                percent_complete: r.latest_percent.and_then(Percent::from_hundredths),
            },
            created_at: r.created_at.0,
            updated_at: r.updated_at.0,
            version: r.version,
        })
    }
}

recorded!(ApprovedProject, "approved_project", public, |r| r.header.code.to_string());

impl ApprovedProject {
    fn facets(&self) -> Facets {
        let mut facets = facets::of_details(&self.header.details);
        facets.extend(facets::of_partnerships(&self.header.partnerships));
        facets
    }

    fn add_facets(&self, conn: &mut Conn) -> StoreResult<()> {
        facets::add(conn, self.project, Face::Approved, self.facets())
    }
}

impl Kept for ApprovedProject {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = ApprovedRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(approved_projects::table).values(&row).execute(c))?;
        self.add_facets(conn)
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = ApprovedRow::try_from(self)?;
        let n = on!(conn, |c, DB| same!(
            approved_projects::table.find(row.id).filter(approved_projects::version.eq(before)),
            &row
        )
        .execute(c))?;
        facets::clear(conn, self.project, Face::Approved, Of::Everything)?;
        self.add_facets(conn)?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        facets::clear(conn, self.project, Face::Approved, Of::Everything)?;
        let id = DbUuid::from(self.project);
        let n = on!(conn, |c, DB| diesel::delete(approved_projects::table.find(id))
            .filter(approved_projects::version.eq(self.version))
            .execute(c))?;
        Ok(n == 1)
    }
    fn all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        let rows: Vec<ApprovedRow> =
            on!(conn, |c, DB| approved_projects::table.select(ApprovedRow::as_select()).load(c))?;
        rows.into_iter().map(Self::try_from).collect()
    }
    fn audit(conn: &mut Conn) -> StoreResult<Vec<Audited<Self>>> {
        let rows: Vec<ApprovedRow> =
            on!(conn, |c, DB| approved_projects::table.select(ApprovedRow::as_select()).load(c))?;
        let mut found = audited(rows, |record| ApprovedRow::try_from(record));
        let mut kept = facets::kept(conn, Face::Approved)?;
        for Audited { record, sound } in &mut found {
            *sound &=
                kept.remove(&DbUuid::from(record.project)).unwrap_or_default() == record.facets();
        }
        Ok(found)
    }
}
