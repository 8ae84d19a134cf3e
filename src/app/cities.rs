//! Cities: adding and correcting them.

use super::{
    AppResult, ChangeRequest, Refusal,
    merge::{MergeMembers, PatchMember, check_immutable},
};
use crate::{
    domain::{
        fault::FaultList,
        message,
        policy::{AddReference, EditCity},
        reference::{City, CountryCode},
        reference_input::{CityFields, parse_un_locode},
        value::Slug,
    },
    store::{Caller, Change, Conn, RecordWriter as _, Tx, reference},
};

/// A patch of a city.
#[derive(Debug, Clone)]
pub(crate) struct CityChange<P> {
    /// The slug. It never changes: only the present value is accepted.
    pub(crate) slug: PatchMember<String>,
    /// The code of the country. It never changes either.
    pub(crate) country: PatchMember<String>,
    /// The other fields.
    pub(crate) fields: P,
}

/// Adds a city to the network.
///
/// # Errors
/// Refuses a caller who may not do this, a slug or UN/LOCODE that a city has already, and values that are not
/// acceptable.
pub(crate) fn create_city(tx: &mut Tx<'_>, caller: Caller, fields: CityFields) -> AppResult<City> {
    let proof = tx.prove::<AddReference>(caller, &())?;
    let city = parse_new_city(tx.conn(), fields)?;
    proof.save(tx, &city, Change::without_reason("create"))?;
    Ok(city)
}

/// Corrects a city. A patch that changes nothing saves nothing.
///
/// # Errors
/// Refuses a caller who may not do this, a stale precondition, a UN/LOCODE that a different city has already, and values
/// that are not acceptable.
pub(crate) fn edit_city<P: MergeMembers<Into = CityFields>>(
    tx: &mut Tx<'_>,
    request: &ChangeRequest<Slug>,
    change: CityChange<P>,
) -> AppResult<City> {
    let proof = tx.prove::<EditCity>(request.caller, &request.key)?;
    let before = &proof.subject().city;
    request.precondition.check_required(tx, before)?;
    let city = apply_change(tx.conn(), before, change)?;
    Ok(proof.replace(tx, before, city, Change::without_reason("edit"))?)
}

fn parse_new_city(conn: &mut Conn, fields: CityFields) -> AppResult<City> {
    if let Some(slug) = fields.slug.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && reference::find_city(conn, &slug)?.is_some()
    {
        return Err(Refusal::Conflict(message::reference::city_exists(slug.as_str())));
    }
    refuse_taken_un_locode(conn, &fields, None)?;
    let mut faults = FaultList::new();
    let city = fields.parse(&load_member_codes(conn)?, 1, &mut faults);
    Ok(faults.finish_built(city)?)
}

/// Applies a patch to a city.
fn apply_change<P: MergeMembers<Into = CityFields>>(
    conn: &mut Conn,
    before: &City,
    change: CityChange<P>,
) -> AppResult<City> {
    let mut faults = FaultList::new();
    check_immutable(&mut faults, "/slug", change.slug, before.slug.as_str());
    check_immutable(&mut faults, "/country", change.country, before.country.as_str());
    let mut fields = CityFields::from(before);
    change.fields.merge(&mut fields);
    refuse_taken_un_locode(conn, &fields, Some(before))?;
    let city = fields.parse(&load_member_codes(conn)?, before.version + 1, &mut faults);
    Ok(faults.finish_built(city)?)
}

fn load_member_codes(conn: &mut Conn) -> AppResult<Vec<CountryCode>> {
    Ok(reference::list_countries(conn)?.into_iter().map(|c| c.code).collect())
}

fn refuse_taken_un_locode(
    conn: &mut Conn,
    fields: &CityFields,
    before: Option<&City>,
) -> AppResult<()> {
    let Some(Ok(code)) = fields.un_locode.clone().map(|raw| parse_un_locode(raw, None)) else {
        return Ok(());
    };
    match reference::find_city_by_un_locode(conn, &code)? {
        Some(other) if before.is_none_or(|b| b.slug != other.slug) => {
            let city = other.slug.as_str();
            Err(Refusal::Conflict(message::reference::un_locode_taken(&code, city)))
        }
        Some(_) | None => Ok(()),
    }
}
