//! Reference data: countries here, cities, documents, plan cycles and partners each in a file of its own.

use diesel::prelude::*;

use super::{Conn, StoreError, StoreResult, conn::on, json, schema::countries, tx::kept};
use crate::domain::reference::{Country, CountryCode, time_zone};

mod cities;
mod documents;
mod partners;
mod plan_cycles;

pub use cities::{CityFilter, CityPlace, cities, city, city_by_un_locode, find_cities};
pub use documents::{document, documents, vocabulary};
pub use partners::{PartnerFilter, PartnerPlace, find_partners, partner, partners};
pub use plan_cycles::{plan_cycle, plan_cycles};

/// A country's row.
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

/// Reads a year that was kept as a number of any size.
fn year(raw: i64) -> StoreResult<i32> {
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
            time_zone: time_zone(r.time_zone)?,
            names: json::read(&r.names)?,
            asean_member_since: year(r.asean_member_since)?,
            ascn_member_since: year(r.ascn_member_since)?,
            version: r.version,
        })
    }
}
kept!(Country, CountryRow, countries, |c| c.code.to_string());

/// Says how a public record stands in the journal: whole, under its key.
macro_rules! recorded {
    ($record:ty, $entity:literal, |$r:ident| $key:expr) => {
        impl $crate::store::Record for $record {
            const ENTITY: &'static str = $entity;
            const PUBLIC: bool = true;
            fn key(&self) -> String {
                let $r = self;
                $key
            }
            fn version(&self) -> i64 {
                self.version
            }
            fn content(&self) -> Result<String, serde_json::Error> {
                $crate::domain::journal::canonical(self)
            }
        }
    };
}
pub(super) use recorded;

recorded!(Country, "country", |c| c.code.to_string());

/// Reads a country.
///
/// # Errors
/// Failures of the database.
pub fn country(conn: &mut Conn, code: CountryCode) -> StoreResult<Option<Country>> {
    let row: Option<CountryRow> = on!(conn, |c, DB| countries::table
        .find(code.as_str())
        .select(CountryRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Country::try_from).transpose()
}

/// Reads all countries, by code.
///
/// # Errors
/// Failures of the database.
pub fn countries(conn: &mut Conn) -> StoreResult<Vec<Country>> {
    let rows: Vec<CountryRow> = on!(conn, |c, DB| countries::table
        .order(countries::code)
        .select(CountryRow::as_select())
        .load(c))?;
    rows.into_iter().map(Country::try_from).collect()
}
