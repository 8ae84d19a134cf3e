//! The table `partners`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::super::{
    Conn, StoreError, StoreResult,
    condition::{BindValue, Condition, ConditionList, ListOrder, SortColumn},
    conn::on,
    json,
    load::LoadByKey,
    schema::partners,
    search,
    tx::{impl_journaled_record, impl_record},
};
use crate::domain::{
    reference::{CountryCode, Partner},
    subject::PartnerSubject,
    value::{Prose, Slug, Title, fold_for_search},
};

/// `name_key` is the sort key. `search_key` holds the name, the aliases and the slug, folded.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = partners, treat_none_as_null = true)]
struct PartnerRow {
    slug: String,
    name: String,
    name_key: String,
    search_key: String,
    kind: String,
    country: Option<String>,
    note: Option<String>,
    aliases: String,
    version: i64,
}

impl TryFrom<&Partner> for PartnerRow {
    type Error = StoreError;
    fn try_from(p: &Partner) -> StoreResult<Self> {
        let texts = [p.name.as_str(), p.slug.as_str()];
        Ok(Self {
            slug: p.slug.to_string(),
            name: p.name.to_string(),
            name_key: fold_for_search(p.name.as_str()),
            search_key: search::to_search_key(
                texts.into_iter().chain(p.aliases.iter().map(String::as_str)),
            ),
            kind: p.kind.clone(),
            country: p.country.map(|c| c.to_string()),
            note: p.note.as_ref().map(ToString::to_string),
            aliases: json::write(&p.aliases)?,
            version: p.version,
        })
    }
}
impl TryFrom<PartnerRow> for Partner {
    type Error = StoreError;
    fn try_from(r: PartnerRow) -> StoreResult<Self> {
        Ok(Self {
            slug: Slug::parse(r.slug)?,
            name: Title::parse(r.name)?,
            kind: r.kind,
            country: r.country.map(CountryCode::parse).transpose()?,
            note: r.note.map(Prose::parse).transpose()?,
            aliases: json::read(&r.aliases)?,
            version: r.version,
        })
    }
}
impl_journaled_record!(Partner, PartnerRow, partners, |p| p.slug.to_string());
impl_record!(Partner, "partner", public, |p| p.slug.to_string());

impl LoadByKey for PartnerSubject {
    fn load_by_key(conn: &mut Conn, key: &Slug) -> StoreResult<Option<Self>> {
        Ok(find_partner(conn, key)?.map(|partner| Self { partner }))
    }
}

/// Finds a partner by its slug.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_partner(conn: &mut Conn, slug: &Slug) -> StoreResult<Option<Partner>> {
    let row: Option<PartnerRow> = on!(conn, |c, DB| partners::table
        .find(slug.as_str())
        .select(PartnerRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Partner::try_from).transpose()
}

/// Lists all partners, ordered by slug.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_partners(conn: &mut Conn) -> StoreResult<Vec<Partner>> {
    let rows: Vec<PartnerRow> = on!(conn, |c, DB| partners::table
        .order(partners::slug)
        .select(PartnerRow::as_select())
        .load(c))?;
    rows.into_iter().map(Partner::try_from).collect()
}

/// Returns the type of each partner, by slug.
pub(crate) fn list_types_of_partners(conn: &mut Conn) -> StoreResult<BTreeMap<Slug, String>> {
    let rows: Vec<(String, String)> =
        on!(conn, |c, DB| partners::table.select((partners::slug, partners::kind)).load(c))?;
    rows.into_iter().map(|(slug, kind)| Ok((Slug::parse(slug)?, kind))).collect()
}

/// The filter and the order of a list of partners.
#[derive(Debug, Clone, Default)]
pub struct PartnerFilter {
    /// Types of partner. All types if empty.
    pub kinds: Vec<String>,
    /// Codes of countries. All countries if empty.
    pub countries: Vec<String>,
    /// Words that must all occur in the name, the aliases or the slug.
    pub q: Option<String>,
    /// Whether the list is ordered by name instead of slug.
    pub by_name: bool,
    /// Whether the order is descending.
    pub descending: bool,
}

/// The position of a partner in a list: the value that it is sorted by, and its slug.
pub type PartnerCursor = (String, String);

impl PartnerFilter {
    fn to_condition(&self) -> Condition {
        let mut all = ConditionList::default();
        all.add_list(partners::kind, &self.kinds);
        all.add_list(partners::country, &self.countries);
        all.add([Condition::has_words(partners::search_key, self.q.as_deref())]);
        all.into_condition()
    }

    fn to_order(&self) -> ListOrder {
        let slug = SortColumn::new(partners::slug);
        let columns =
            if self.by_name { vec![SortColumn::new(partners::name_key), slug] } else { vec![slug] };
        ListOrder::new(columns, self.descending)
    }

    /// Returns the values of a cursor, one for each column of the order.
    fn read_position(&self, (name, slug): &PartnerCursor) -> Vec<Option<BindValue>> {
        let values = if self.by_name { vec![name, slug] } else { vec![slug] };
        values.into_iter().map(|value| Some(BindValue::Text(value.clone()))).collect()
    }

    /// Returns the position of a partner in this list.
    #[must_use]
    pub fn make_cursor(&self, partner: &Partner) -> PartnerCursor {
        let slug = partner.slug.to_string();
        (if self.by_name { fold_for_search(partner.name.as_str()) } else { slug.clone() }, slug)
    }
}

/// Returns up to `limit` partners after a cursor, and the number of all matching partners.
///
/// # Errors
/// Returns an error if the database fails.
pub fn search_partners(
    conn: &mut Conn,
    filter: &PartnerFilter,
    after: Option<&PartnerCursor>,
    limit: i64,
) -> StoreResult<(Vec<Partner>, i64)> {
    let (all, order) = (filter.to_condition(), filter.to_order());
    let after = after.map(|cursor| order.after(&filter.read_position(cursor)));
    let page = Condition::all([all.clone()].into_iter().chain(after));
    let total: i64 = on!(conn, |c, DB| partners::table.filter(all).count().get_result(c))?;
    let rows: Vec<PartnerRow> = on!(conn, |c, DB| partners::table
        .filter(page)
        .order(order)
        .limit(limit)
        .select(PartnerRow::as_select())
        .load(c))?;
    let partners: StoreResult<Vec<Partner>> = rows.into_iter().map(Partner::try_from).collect();
    Ok((partners?, total))
}
