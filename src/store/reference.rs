//! Reference data. Countries are in this file. Cities, documents, plan cycles and partners have their own files.

use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult,
    conn::on,
    json,
    schema::countries,
    tx::{impl_journaled_record, impl_record},
};
use crate::domain::reference::{Country, CountryCode, parse_time_zone};

mod cities;
mod documents;
mod partners;
mod plan_cycles;

pub use cities::{
    CityCursor, CityFilter, find_city, find_city_by_un_locode, list_cities, search_cities,
};
pub use documents::{find_document, list_documents, load_vocabulary};
pub(crate) use partners::list_types_of_partners;
pub use partners::{PartnerCursor, PartnerFilter, find_partner, list_partners, search_partners};
pub use plan_cycles::{find_plan_cycle, list_plan_cycles};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = countries, treat_none_as_null = true)]
struct CountryRow {
    code: String,
    alpha3: String,
    time_zone: String,
    names: String,
    asean_member_since: i64,
    ascn_member_since: i64,
    version: i64,
}

/// Converts a year from its 64-bit column.
fn parse_year(raw: i64) -> StoreResult<i32> {
    i32::try_from(raw).map_err(|_e| StoreError::Corrupt("a year".into()))
}

impl TryFrom<&Country> for CountryRow {
    type Error = StoreError;
    fn try_from(c: &Country) -> StoreResult<Self> {
        Ok(Self {
            code: c.code.to_string(),
            alpha3: c.alpha3.clone(),
            time_zone: c.time_zone.to_string(),
            names: json::write(&c.names)?,
            asean_member_since: c.asean_member_since.into(),
            ascn_member_since: c.ascn_member_since.into(),
            version: c.version,
        })
    }
}
impl TryFrom<CountryRow> for Country {
    type Error = StoreError;
    fn try_from(r: CountryRow) -> StoreResult<Self> {
        Ok(Self {
            code: CountryCode::parse(r.code)?,
            alpha3: r.alpha3,
            time_zone: parse_time_zone(r.time_zone)?,
            names: json::read(&r.names)?,
            asean_member_since: parse_year(r.asean_member_since)?,
            ascn_member_since: parse_year(r.ascn_member_since)?,
            version: r.version,
        })
    }
}
impl_journaled_record!(Country, CountryRow, countries, |c| c.code.to_string());

impl_record!(Country, "country", public, |c| c.code.to_string());

/// Finds a country by its code.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_country(conn: &mut Conn, code: CountryCode) -> StoreResult<Option<Country>> {
    let row: Option<CountryRow> = on!(conn, |c, DB| countries::table
        .find(code.as_str())
        .select(CountryRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Country::try_from).transpose()
}

/// Lists all countries, ordered by code.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_countries(conn: &mut Conn) -> StoreResult<Vec<Country>> {
    let rows: Vec<CountryRow> = on!(conn, |c, DB| countries::table
        .order(countries::code)
        .select(CountryRow::as_select())
        .load(c))?;
    rows.into_iter().map(Country::try_from).collect()
}
