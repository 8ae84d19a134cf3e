//! The table `cities`.

use diesel::prelude::*;

use super::{
    super::{
        Conn, StoreError, StoreResult,
        condition::{BindValue, Condition, ConditionList, ListOrder, SortColumn},
        conn::on,
        json,
        load::LoadByKey,
        schema::cities,
        search,
        tx::{impl_journaled_record, impl_record},
    },
    parse_year,
};
use crate::domain::{
    reference::{City, CountryCode, parse_time_zone},
    subject::CitySubject,
    value::{Prose, Slug, fold_for_search},
};

/// `name_key` is the sort key. `search_key` holds every name, every alias, the UN/LOCODE and the slug, folded.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cities, treat_none_as_null = true)]
struct CityRow {
    slug: String,
    country: String,
    names: String,
    name_key: String,
    search_key: String,
    aliases: String,
    un_locode: Option<String>,
    time_zone: String,
    latitude: f64,
    longitude: f64,
    joined_year: i64,
    pilot: bool,
    note: Option<String>,
    version: i64,
}

fn build_name_key(city: &City) -> String {
    fold_for_search(city.names.get("en").map_or_else(|| city.slug.as_str(), String::as_str))
}

impl TryFrom<&City> for CityRow {
    type Error = StoreError;
    fn try_from(c: &City) -> StoreResult<Self> {
        let texts = c.names.values().chain(&c.aliases).chain(&c.un_locode).map(String::as_str);
        Ok(Self {
            slug: c.slug.to_string(),
            country: c.country.to_string(),
            names: json::write(&c.names)?,
            name_key: build_name_key(c),
            search_key: search::to_search_key(texts.chain([c.slug.as_str()])),
            aliases: json::write(&c.aliases)?,
            un_locode: c.un_locode.clone(),
            time_zone: c.time_zone.to_string(),
            latitude: c.latitude,
            longitude: c.longitude,
            joined_year: c.joined_year.into(),
            pilot: c.pilot,
            note: c.note.as_ref().map(ToString::to_string),
            version: c.version,
        })
    }
}
impl TryFrom<CityRow> for City {
    type Error = StoreError;
    fn try_from(r: CityRow) -> StoreResult<Self> {
        Ok(Self {
            slug: Slug::parse(r.slug)?,
            names: json::read(&r.names)?,
            aliases: json::read(&r.aliases)?,
            country: CountryCode::parse(r.country)?,
            un_locode: r.un_locode,
            time_zone: parse_time_zone(r.time_zone)?,
            latitude: r.latitude,
            longitude: r.longitude,
            joined_year: parse_year(r.joined_year)?,
            pilot: r.pilot,
            note: r.note.map(Prose::parse).transpose()?,
            version: r.version,
        })
    }
}
impl_journaled_record!(City, CityRow, cities, |c| c.slug.to_string());
impl_record!(City, "city", public, |c| c.slug.to_string());

impl LoadByKey for CitySubject {
    fn load_by_key(conn: &mut Conn, key: &Slug) -> StoreResult<Option<Self>> {
        Ok(find_city(conn, key)?.map(|city| Self { city }))
    }
}

/// Finds a city by its slug.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_city(conn: &mut Conn, slug: &Slug) -> StoreResult<Option<City>> {
    let row: Option<CityRow> = on!(conn, |c, DB| cities::table
        .find(slug.as_str())
        .select(CityRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(City::try_from).transpose()
}

/// Finds a city by its UN/LOCODE.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_city_by_un_locode(conn: &mut Conn, code: &str) -> StoreResult<Option<City>> {
    let row: Option<CityRow> = on!(conn, |c, DB| cities::table
        .filter(cities::un_locode.eq(code))
        .select(CityRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(City::try_from).transpose()
}

/// Lists all cities, ordered by slug.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_cities(conn: &mut Conn) -> StoreResult<Vec<City>> {
    let rows: Vec<CityRow> =
        on!(conn, |c, DB| cities::table.order(cities::slug).select(CityRow::as_select()).load(c))?;
    rows.into_iter().map(City::try_from).collect()
}

/// The filter and the order of a list of cities.
#[derive(Debug, Clone, Default)]
pub struct CityFilter {
    /// Codes of countries. All countries if empty.
    pub countries: Vec<String>,
    /// `true` for pilot cities, `false` for the others.
    pub pilot: Option<bool>,
    /// Joined in this year or later.
    pub joined_from: Option<i64>,
    /// Joined in this year or earlier.
    pub joined_until: Option<i64>,
    /// Words that must all occur in the names, the aliases or the slug.
    pub q: Option<String>,
    /// Whether the list is ordered by English name instead of slug.
    pub by_name: bool,
    /// Whether the order is descending.
    pub descending: bool,
}

/// The position of a city in a list: the value that it is sorted by, and its slug.
pub type CityCursor = (String, String);

impl CityFilter {
    fn to_condition(&self) -> Condition {
        let mut all = ConditionList::default();
        all.add_list(cities::country, &self.countries);
        all.add(self.pilot.map(|pilot| Condition::equals(cities::pilot, pilot)));
        all.add_range(cities::joined_year, self.joined_from, self.joined_until);
        all.add([Condition::has_words(cities::search_key, self.q.as_deref())]);
        all.into_condition()
    }

    fn to_order(&self) -> ListOrder {
        let slug = SortColumn::new(cities::slug);
        let columns =
            if self.by_name { vec![SortColumn::new(cities::name_key), slug] } else { vec![slug] };
        ListOrder::new(columns, self.descending)
    }

    /// Returns the values of a cursor, one for each column of the order.
    fn read_position(&self, (name, slug): &CityCursor) -> Vec<Option<BindValue>> {
        let values = if self.by_name { vec![name, slug] } else { vec![slug] };
        values.into_iter().map(|value| Some(BindValue::Text(value.clone()))).collect()
    }

    /// Returns the position of a city in this list.
    #[must_use]
    pub fn make_cursor(&self, city: &City) -> CityCursor {
        let slug = city.slug.to_string();
        (if self.by_name { build_name_key(city) } else { slug.clone() }, slug)
    }
}

/// Returns up to `limit` cities after a cursor, and the number of all matching cities.
///
/// # Errors
/// Returns an error if the database fails.
pub fn search_cities(
    conn: &mut Conn,
    filter: &CityFilter,
    after: Option<&CityCursor>,
    limit: i64,
) -> StoreResult<(Vec<City>, i64)> {
    let (all, order) = (filter.to_condition(), filter.to_order());
    let after = after.map(|cursor| order.after(&filter.read_position(cursor)));
    let page = Condition::all([all.clone()].into_iter().chain(after));
    let total: i64 = on!(conn, |c, DB| cities::table.filter(all).count().get_result(c))?;
    let rows: Vec<CityRow> = on!(conn, |c, DB| cities::table
        .filter(page)
        .order(order)
        .limit(limit)
        .select(CityRow::as_select())
        .load(c))?;
    let cities: StoreResult<Vec<City>> = rows.into_iter().map(City::try_from).collect();
    Ok((cities?, total))
}
