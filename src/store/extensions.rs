//! Deadline extensions of cities in reporting cycles.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult,
    conn::on,
    cycles,
    load::LoadByKey,
    reference,
    schema::extensions,
    tx::{impl_journaled_record, impl_record},
};
use crate::domain::{
    extension::DeadlineExtension,
    reference::CountryCode,
    subject::{CityCycleSubject, ExtensionSubject},
    value::{Prose, Slug},
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = extensions, primary_key(cycle, city))]
struct ExtensionRow {
    cycle: String,
    city: String,
    country: String,
    due_on: NaiveDate,
    reason: String,
    withdrawn: bool,
    version: i64,
}

impl TryFrom<&DeadlineExtension> for ExtensionRow {
    type Error = StoreError;
    fn try_from(e: &DeadlineExtension) -> StoreResult<Self> {
        Ok(Self {
            cycle: e.cycle.to_string(),
            city: e.city.to_string(),
            country: e.country.to_string(),
            due_on: e.due_on,
            reason: e.reason.to_string(),
            withdrawn: e.withdrawn,
            version: e.version,
        })
    }
}
impl TryFrom<ExtensionRow> for DeadlineExtension {
    type Error = StoreError;
    fn try_from(r: ExtensionRow) -> StoreResult<Self> {
        Ok(Self {
            cycle: Slug::parse(r.cycle)?,
            city: Slug::parse(r.city)?,
            country: CountryCode::parse(r.country)?,
            due_on: r.due_on,
            reason: Prose::parse(r.reason)?,
            withdrawn: r.withdrawn,
            version: r.version,
        })
    }
}
impl_journaled_record!(DeadlineExtension, ExtensionRow, extensions, |e| (
    e.cycle.as_str(),
    e.city.as_str()
));
impl_record!(DeadlineExtension, "extension", private, |r| r.key());

/// Finds the extension of a city in a cycle, also if it was withdrawn.
pub(crate) fn find(
    conn: &mut Conn,
    cycle: &Slug,
    city: &Slug,
) -> StoreResult<Option<DeadlineExtension>> {
    let row: Option<ExtensionRow> = on!(conn, |c, DB| extensions::table
        .find((cycle.as_str(), city.as_str()))
        .select(ExtensionRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(DeadlineExtension::try_from).transpose()
}

/// Returns the last day of a city's extension in a cycle. `None` if there is no extension or it was withdrawn.
pub(crate) fn find_due_day(
    conn: &mut Conn,
    cycle: &Slug,
    city: &Slug,
) -> StoreResult<Option<NaiveDate>> {
    Ok(on!(conn, |c, DB| extensions::table
        .find((cycle.as_str(), city.as_str()))
        .filter(extensions::withdrawn.eq(false))
        .select(extensions::due_on)
        .get_result(c)
        .optional())?)
}

/// Lists the extensions that were not withdrawn, ordered by cycle and city.
pub(crate) fn list_in_force(conn: &mut Conn) -> StoreResult<Vec<DeadlineExtension>> {
    let rows: Vec<ExtensionRow> = on!(conn, |c, DB| extensions::table
        .filter(extensions::withdrawn.eq(false))
        .order((extensions::cycle, extensions::city))
        .select(ExtensionRow::as_select())
        .load(c))?;
    rows.into_iter().map(DeadlineExtension::try_from).collect()
}

impl LoadByKey for ExtensionSubject {
    fn load_by_key(conn: &mut Conn, (cycle, city): &(Slug, Slug)) -> StoreResult<Option<Self>> {
        let Some(cycle) = cycles::find(conn, cycle)? else { return Ok(None) };
        let Some(city) = reference::find_city(conn, city)? else { return Ok(None) };
        let extension = find(conn, &cycle.slug, &city.slug)?;
        Ok(Some(Self { cycle, city, extension }))
    }
}

impl LoadByKey for CityCycleSubject {
    fn load_by_key(conn: &mut Conn, (city, cycle): &(Slug, Slug)) -> StoreResult<Option<Self>> {
        let Some(city) = reference::find_city(conn, city)? else { return Ok(None) };
        Ok(cycles::find(conn, cycle)?.map(|cycle| Self { city, cycle }))
    }
}
