//! Partnerships of projects. Their partners are a facet of the project, by which lists filter.

use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        project::{Project, ProjectCode},
        project_parts::{PartnerRole, PartnerStage, Partnership},
        value::{Prose, Slug, Title},
    },
    store::{
        Conn, JournaledRecord, StoreError, StoreResult,
        conn::on,
        projects::{parse_money, rewrite_partner_facets},
        record::StoredRows,
        schema::{partnerships, projects},
        tx::{AuditedRecord, audit_rows, impl_record},
        types::StoredUuid,
    },
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = partnerships, treat_none_as_null = true)]
struct PartnershipRow {
    id: StoredUuid,
    project_id: StoredUuid,
    code: String,
    partner: Option<String>,
    as_stated: Option<String>,
    role: Option<String>,
    stage: Option<String>,
    amount_minor: Option<i64>,
    amount_currency: Option<String>,
    note: Option<String>,
    version: i64,
}

impl From<&Partnership> for PartnershipRow {
    fn from(p: &Partnership) -> Self {
        Self {
            id: p.id.into(),
            project_id: p.project.into(),
            code: p.code.to_string(),
            partner: p.partner.as_ref().map(Slug::to_string),
            as_stated: p.as_stated.as_ref().map(Title::to_string),
            role: p.role.map(|r| r.to_string()),
            stage: p.stage.map(|s| s.to_string()),
            amount_minor: p.amount.map(|m| m.amount_minor),
            amount_currency: p.amount.map(|m| m.currency.as_str().to_owned()),
            note: p.note.as_ref().map(Prose::to_string),
            version: p.version,
        }
    }
}
impl TryFrom<PartnershipRow> for Partnership {
    type Error = StoreError;
    fn try_from(r: PartnershipRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            project: r.project_id.into(),
            code: ProjectCode::parse(r.code)?,
            partner: r.partner.map(Slug::parse).transpose()?,
            as_stated: r.as_stated.map(Title::parse).transpose()?,
            role: r.role.map(PartnerRole::parse).transpose()?,
            stage: r.stage.map(PartnerStage::parse).transpose()?,
            amount: parse_money(r.amount_minor, r.amount_currency)?,
            note: r.note.map(Prose::parse).transpose()?,
            version: r.version,
        })
    }
}

impl StoredRows for Partnership {
    fn insert(&self, conn: &mut Conn) -> StoreResult<()> {
        let row = PartnershipRow::from(self);
        on!(conn, |c, DB| diesel::insert_into(partnerships::table).values(&row).execute(c))?;
        rewrite_partner_facets(conn, self.project)
    }
    fn replace(&self, conn: &mut Conn, before: i64) -> StoreResult<bool> {
        let row = PartnershipRow::from(self);
        let n = on!(conn, |c, DB| diesel::update(partnerships::table.find(row.id))
            .filter(partnerships::version.eq(before))
            .set(&row)
            .execute(c))?;
        rewrite_partner_facets(conn, self.project)?;
        Ok(n == 1)
    }
    fn delete(&self, conn: &mut Conn) -> StoreResult<bool> {
        let id = StoredUuid::from(self.id);
        let n = on!(conn, |c, DB| diesel::delete(partnerships::table.find(id))
            .filter(partnerships::version.eq(self.version))
            .execute(c))?;
        rewrite_partner_facets(conn, self.project)?;
        Ok(n == 1)
    }
}
impl JournaledRecord for Partnership {
    fn load_all(conn: &mut Conn) -> StoreResult<Vec<Self>> {
        let rows: Vec<PartnershipRow> =
            on!(conn, |c, DB| partnerships::table.select(PartnershipRow::as_select()).load(c))?;
        rows.into_iter().map(Self::try_from).collect()
    }
    fn load_audited(conn: &mut Conn) -> StoreResult<Vec<AuditedRecord<Self>>> {
        let rows: Vec<PartnershipRow> =
            on!(conn, |c, DB| partnerships::table.select(PartnershipRow::as_select()).load(c))?;
        Ok(audit_rows(rows, |record| Ok(PartnershipRow::from(record))))
    }
}
impl_record!(Partnership, "partnership", private, |r| format!("{}/{}", r.code, r.id));
/// Lists the partnerships of a project, in the order in which they were created.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_partnerships(conn: &mut Conn, project: Id<Project>) -> StoreResult<Vec<Partnership>> {
    let rows: Vec<PartnershipRow> = on!(conn, |c, DB| partnerships::table
        .filter(partnerships::project_id.eq(StoredUuid::from(project)))
        .order(partnerships::id)
        .select(PartnershipRow::as_select())
        .load(c))?;
    rows.into_iter().map(Partnership::try_from).collect()
}

/// Lists the partnerships of all projects of a city, in the order in which they were created.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_city_partnerships(conn: &mut Conn, city: &Slug) -> StoreResult<Vec<Partnership>> {
    let rows: Vec<PartnershipRow> = on!(conn, |c, DB| partnerships::table
        .inner_join(projects::table.on(projects::id.eq(partnerships::project_id)))
        .filter(projects::city.eq(city.as_str()))
        .order(partnerships::id)
        .select(PartnershipRow::as_select())
        .load(c))?;
    rows.into_iter().map(Partnership::try_from).collect()
}

/// Finds a partnership of a project.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_partnership(
    conn: &mut Conn,
    project: Id<Project>,
    id: Id<Partnership>,
) -> StoreResult<Option<Partnership>> {
    let row: Option<PartnershipRow> = on!(conn, |c, DB| partnerships::table
        .find(StoredUuid::from(id))
        .filter(partnerships::project_id.eq(StoredUuid::from(project)))
        .select(PartnershipRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Partnership::try_from).transpose()
}
