//! The rows of working copies of projects.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    facets::{self, FacetGroup},
    numbers::note_number,
};
use crate::{
    domain::{
        duplicate::DuplicateKey,
        policy::RecordCopy,
        project::{Project, ProjectCode, ProjectDetails, ProjectLocation},
        reference::CountryCode,
        value::{CurrencyCode, Money, Prose, Slug, Title, fold_for_search},
    },
    store::{
        Conn, JournaledRecord, StoreError, StoreResult,
        conn::on,
        json,
        record::StoredRows,
        schema::projects,
        search,
        static_update::static_update,
        tx::{AuditedRecord, audit_rows, impl_record},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The details that have no column of their own, as JSON.
#[derive(Serialize, Deserialize)]
struct ProjectDetailsJson {
    title_local: Option<Title>,
    summary: Option<Prose>,
    other_focus_areas: Vec<Slug>,
    outcomes: Vec<Slug>,
    enablers: Vec<Slug>,
    sectors: Vec<Slug>,
    tags: Vec<Slug>,
    dates_reason: Option<Prose>,
    support_required: Option<Prose>,
    location: Option<ProjectLocation>,
    sdgs: Vec<i64>,
    inclusion_note: Option<Prose>,
    imported: Option<Value>,
}

impl ProjectDetailsJson {
    fn from_project(p: &Project) -> Self {
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

/// Folds the texts that `q` searches: the code, the titles, the summary and the support that the city looks for. Partners
/// are facets, because they are not part of the project's row.
pub(super) fn build_search_key(code: &ProjectCode, d: &ProjectDetails) -> String {
    let code = code.to_string();
    let texts = [
        Some(code.as_str()),
        Some(d.title.as_str()),
        d.title_local.as_ref().map(Title::as_str),
        d.summary.as_ref().map(Prose::as_str),
        d.support_required.as_ref().map(Prose::as_str),
    ];
    search::to_search_key(texts.into_iter().flatten())
}

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_null = true)]
pub(super) struct ProjectRow {
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
    budget_minor: Option<i64>,
    budget_currency: Option<String>,
    continues: Option<String>,
    details: String,
    import_key: Option<String>,
    created_at: StoredTimestamp,
    updated_at: StoredTimestamp,
    version: i64,
    /// The key by which duplicates are found. A migration leaves it empty, and the start fills it.
    duplicate_key: Option<String>,
    has_support: bool,
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
            title_key: fold_for_search(d.title.as_str()),
            search_key: build_search_key(&p.code, d),
            focus_area: d.focus_area.as_ref().map(Slug::to_string),
            sub_area: d.sub_area.as_ref().map(Slug::to_string),
            priority: d.priority,
            archived: d.archived,
            starts_on: d.starts_on,
            ends_on: d.ends_on,
            budget_minor: d.budget.map(|m| m.amount_minor),
            budget_currency: d.budget.map(|m| m.currency.as_str().to_owned()),
            continues: d.continues.as_ref().map(ProjectCode::to_string),
            details: json::write(&ProjectDetailsJson::from_project(p))?,
            import_key: p.import_key.clone(),
            created_at: StoredTimestamp(p.created_at),
            updated_at: StoredTimestamp(p.updated_at),
            version: p.version,
            duplicate_key: Some(DuplicateKey::from_title(d.title.as_str()).as_str().to_owned()),
            has_support: d.support_required.is_some(),
        })
    }
}

/// Parses money from its two columns.
pub(in crate::store) fn parse_money(
    minor: Option<i64>,
    currency: Option<String>,
) -> StoreResult<Option<Money>> {
    match (minor, currency) {
        (Some(amount_minor), Some(currency)) => {
            let currency = CurrencyCode::from_listed_code(&currency)
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
        let further: ProjectDetailsJson = json::read(&r.details)?;
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
                budget: parse_money(r.budget_minor, r.budget_currency)?,
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

impl_record!(Project, "project", private, |r| r.code.to_string(), stamps[updated_at]);

impl StoredRows for Project {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = ProjectRow::try_from(self)?;
        on!(conn, |c, DB| diesel::insert_into(projects::table).values(&row).execute(c))?;
        note_number(conn, &self.code)?;
        facets::insert_facets(
            conn,
            self.id,
            RecordCopy::Working,
            facets::from_details(&self.details),
        )
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = ProjectRow::try_from(self)?;
        let n = on!(conn, |c, DB| static_update!(
            projects::table.find(row.id).filter(projects::version.eq(before)),
            &row
        )
        .execute(c))?;
        facets::delete_facets(conn, self.id, RecordCopy::Working, FacetGroup::Details)?;
        facets::insert_facets(
            conn,
            self.id,
            RecordCopy::Working,
            facets::from_details(&self.details),
        )?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        facets::delete_facets(conn, self.id, RecordCopy::Working, FacetGroup::Everything)?;
        let n = on!(conn, |c, DB| diesel::delete(projects::table.find(StoredUuid::from(self.id)))
            .filter(projects::version.eq(self.version))
            .execute(c))?;
        Ok(n == 1)
    }
}
impl JournaledRecord for Project {
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        let rows: Vec<ProjectRow> =
            on!(conn, |c, DB| projects::table.select(ProjectRow::as_select()).load(c))?;
        rows.into_iter().map(Self::try_from).collect()
    }
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>> {
        let rows: Vec<ProjectRow> =
            on!(conn, |c, DB| projects::table.select(ProjectRow::as_select()).load(c))?;
        let mut found = audit_rows(rows, |record| ProjectRow::try_from(record));
        let mut stored = facets::load_all_facets(conn, RecordCopy::Working)?;
        let mut partners = facets::load_partner_facets(conn)?;
        for AuditedRecord { record, sound } in &mut found {
            let mut expected = facets::from_details(&record.details);
            expected.append(&mut partners.remove(&StoredUuid::from(record.id)).unwrap_or_default());
            *sound &= stored.remove(&StoredUuid::from(record.id)).unwrap_or_default() == expected;
        }
        Ok(found)
    }
}
