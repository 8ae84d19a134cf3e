//! The rows of working copies, and how they are kept.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::facets::{self, Of};
use crate::{
    domain::{
        policy::Face,
        project::{Location, Project, ProjectCode, ProjectDetails},
        reference::CountryCode,
        value::{Currency, Money, Prose, Slug, Title, fold},
    },
    store::{
        Conn, Kept, StoreError, StoreResult,
        conn::on,
        json,
        same::same,
        schema::projects,
        search,
        tx::{Audited, audited, recorded},
        types::{DbTs, DbUuid},
    },
};

/// What has no column of its own.
#[derive(Serialize, Deserialize)]
struct Further {
    title_local: Option<Title>,
    summary: Option<Prose>,
    other_focus_areas: Vec<Slug>,
    outcomes: Vec<Slug>,
    enablers: Vec<Slug>,
    sectors: Vec<Slug>,
    tags: Vec<Slug>,
    dates_reason: Option<Prose>,
    support_required: Option<Prose>,
    location: Option<Location>,
    sdgs: Vec<i64>,
    inclusion_note: Option<Prose>,
    imported: Option<Value>,
}

impl Further {
    fn of(p: &Project) -> Self {
        let d = &p.details;
        Self {
            title_local: d.title_local.clone(),
            summary: d.summary.clone(),
            other_focus_areas: d.other_focus_areas.clone(),
            outcomes: d.outcomes.clone(),
            enablers: d.enablers.clone(),
            sectors: d.sectors.clone(),
            tags: d.tags.clone(),
            dates_reason: d.dates_reason.clone(),
            support_required: d.support_required.clone(),
            location: d.location.clone(),
            sdgs: d.sdgs.clone(),
            inclusion_note: d.inclusion_note.clone(),
            imported: p.imported.clone(),
        }
    }
}

/// Folds what `q` searches: titles and summary, whatever their script.
pub(super) fn search_key(d: &ProjectDetails) -> String {
    let further =
        [d.title_local.as_ref().map(Title::as_str), d.summary.as_ref().map(Prose::as_str)];
    search::key(std::iter::once(d.title.as_str()).chain(further.into_iter().flatten()))
}

/// A working copy's row.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_null = true)]
pub(super) struct ProjectRow {
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
    budget_minor: Option<i64>,
    budget_currency: Option<String>,
    continues: Option<String>,
    details: String,
    import_key: Option<String>,
    created_at: DbTs,
    updated_at: DbTs,
    version: i64,
}

impl TryFrom<&Project> for ProjectRow {
    type Error = StoreError;
    fn try_from(p: &Project) -> StoreResult<Self> {
        let d = &p.details;
        Ok(Self {
            id: p.id.into(),
            city: p.city.to_string(),
            number: p.code.number(),
            country: p.country.to_string(),
            plan_cycle: p.plan_cycle.to_string(),
            title: d.title.to_string(),
            title_key: fold(d.title.as_str()),
            search_key: search_key(d),
            focus_area: d.focus_area.as_ref().map(Slug::to_string),
            sub_area: d.sub_area.as_ref().map(Slug::to_string),
            priority: d.priority,
            archived: d.archived,
            starts_on: d.starts_on,
            ends_on: d.ends_on,
            budget_minor: d.budget.map(|m| m.amount_minor),
            budget_currency: d.budget.map(|m| m.currency.as_str().to_owned()),
            continues: d.continues.as_ref().map(ProjectCode::to_string),
            details: json::write(&Further::of(p))?,
            import_key: p.import_key.clone(),
            created_at: DbTs(p.created_at),
            updated_at: DbTs(p.updated_at),
            version: p.version,
        })
    }
}

/// Reads money from its two columns.
pub(in crate::store) fn money(
    minor: Option<i64>,
    currency: Option<String>,
) -> StoreResult<Option<Money>> {
    match (minor, currency) {
        (Some(amount_minor), Some(currency)) => {
            let currency = Currency::listed(&currency)
                .ok_or_else(|| StoreError::Corrupt("an amount of no currency".into()))?;
            Ok(Some(Money { amount_minor, currency }))
        }
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(StoreError::Corrupt("half of an amount".into())),
    }
}

impl TryFrom<ProjectRow> for Project {
    type Error = StoreError;
    fn try_from(r: ProjectRow) -> StoreResult<Self> {
        let further: Further = json::read(&r.details)?;
        let city = Slug::parse(r.city)?;
        Ok(Self {
            id: r.id.into(),
            code: ProjectCode::new(city.clone(), r.number),
            city,
            country: CountryCode::parse(r.country)?,
            plan_cycle: Slug::parse(r.plan_cycle)?,
            details: ProjectDetails {
                title: Title::parse(r.title)?,
                title_local: further.title_local,
                summary: further.summary,
                focus_area: r.focus_area.map(Slug::parse).transpose()?,
                other_focus_areas: further.other_focus_areas,
                sub_area: r.sub_area.map(Slug::parse).transpose()?,
                outcomes: further.outcomes,
                enablers: further.enablers,
                sectors: further.sectors,
                tags: further.tags,
                priority: r.priority,
                starts_on: r.starts_on,
                ends_on: r.ends_on,
                dates_reason: further.dates_reason,
                budget: money(r.budget_minor, r.budget_currency)?,
                support_required: further.support_required,
                location: further.location,
                sdgs: further.sdgs,
                inclusion_note: further.inclusion_note,
                continues: r.continues.map(ProjectCode::parse).transpose()?,
                archived: r.archived,
            },
            imported: further.imported,
            import_key: r.import_key,
            created_at: r.created_at.0,
            updated_at: r.updated_at.0,
            version: r.version,
        })
    }
}

recorded!(Project, "project", private, |r| r.code.to_string());

impl Kept for Project {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = ProjectRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(projects::table).values(&row).execute(c))?;
        facets::add(conn, self.id, Face::Working, facets::of_details(&self.details))
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = ProjectRow::try_from(self)?;
        let n = on!(conn, |c, DB| same!(
            projects::table.find(row.id).filter(projects::version.eq(before)),
            &row
        )
        .execute(c))?;
        facets::clear(conn, self.id, Face::Working, Of::Details)?;
        facets::add(conn, self.id, Face::Working, facets::of_details(&self.details))?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        facets::clear(conn, self.id, Face::Working, Of::Everything)?;
        let n = on!(conn, |c, DB| diesel::delete(projects::table.find(DbUuid::from(self.id)))
            .filter(projects::version.eq(self.version))
            .execute(c))?;
        Ok(n == 1)
    }
    fn all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        let rows: Vec<ProjectRow> =
            on!(conn, |c, DB| projects::table.select(ProjectRow::as_select()).load(c))?;
        rows.into_iter().map(Self::try_from).collect()
    }
    fn audit(conn: &mut Conn) -> StoreResult<Vec<Audited<Self>>> {
        let rows: Vec<ProjectRow> =
            on!(conn, |c, DB| projects::table.select(ProjectRow::as_select()).load(c))?;
        let mut found = audited(rows, |record| ProjectRow::try_from(record));
        let mut kept = facets::kept(conn, Face::Working)?;
        let mut partners = facets::partners(conn)?;
        for Audited { record, sound } in &mut found {
            let mut given = facets::of_details(&record.details);
            given.append(&mut partners.remove(&DbUuid::from(record.id)).unwrap_or_default());
            *sound &= kept.remove(&DbUuid::from(record.id)).unwrap_or_default() == given;
        }
        Ok(found)
    }
}
