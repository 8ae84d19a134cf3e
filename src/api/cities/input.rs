//! What is typed of a city: a new one, and a patch of one.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        error::{ApiError, ApiResult},
        views::patch::{Member, keep, set, some},
    },
    domain::{
        entries::{CityFields, un_locode},
        fault::Faults,
        reference::{City, CountryCode},
        value::Slug,
    },
    store::{Conn, reference},
};

/// A new city. Null is the same as absent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "slug": "vinh", "names": {"en": "Vinh", "vi": "Vinh"}, "country": "VN", "time_zone": "Asia/Ho_Chi_Minh",
    "latitude": 18.6734, "longitude": 105.6923, "un_locode": "VNVII", "joined_year": 2027
}))]
pub struct NewCity {
    /// The public key, which never changes: small letters, digits and single hyphens.
    #[schema(value_type = String, required, example = "vinh")]
    pub slug: Option<String>,
    /// Names by language: `en` is required; `vi`, other languages of ISO 639, and `local` for the local script.
    #[schema(value_type = BTreeMap<String, String>, required)]
    pub names: Option<BTreeMap<String, String>>,
    /// Other names in use.
    #[schema(value_type = Option<Vec<String>>)]
    pub aliases: Option<Vec<String>>,
    /// The code of its country, a member state. It never changes.
    #[schema(value_type = String, required, example = "VN")]
    pub country: Option<String>,
    /// IANA time zone.
    #[schema(value_type = String, required, example = "Asia/Ho_Chi_Minh")]
    pub time_zone: Option<String>,
    /// WGS 84, degrees north.
    #[schema(value_type = f64, required, minimum = -90, maximum = 90, example = 18.6734)]
    pub latitude: Option<f64>,
    /// WGS 84, degrees east.
    #[schema(value_type = f64, required, minimum = -180, maximum = 180, example = 105.6923)]
    pub longitude: Option<f64>,
    /// UN/LOCODE.
    #[schema(example = "VNVII")]
    pub un_locode: Option<String>,
    /// One of the pilot cities; not, unless it is said.
    pub pilot: Option<bool>,
    /// Year of joining the network.
    #[schema(value_type = i32, required, example = 2027)]
    pub joined_year: Option<i32>,
    /// What should be known about the entry.
    pub note: Option<String>,
}

impl From<NewCity> for CityFields {
    fn from(n: NewCity) -> Self {
        Self {
            slug: n.slug,
            names: n.names,
            aliases: n.aliases,
            country: n.country,
            un_locode: n.un_locode,
            time_zone: n.time_zone,
            latitude: n.latitude,
            longitude: n.longitude,
            joined_year: n.joined_year,
            pilot: n.pilot,
            note: n.note,
        }
    }
}

/// What changes of a city (RFC 7396): an absent member stays, null clears, lists are replaced whole, names are merged by
/// language.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"names": {"vi": "Đà Nẵng"}, "un_locode": null}))]
pub struct CityPatch {
    /// The public key; accepted only as it is.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub slug: Member<String>,
    /// Names by language; null takes one away.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub names: Member<BTreeMap<String, Option<String>>>,
    /// Other names in use.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<Vec<String>>)]
    pub aliases: Member<Vec<String>>,
    /// The code of its country; accepted only as it is.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub country: Member<String>,
    /// IANA time zone.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub time_zone: Member<String>,
    /// WGS 84, degrees north.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<f64>, minimum = -90, maximum = 90)]
    pub latitude: Member<f64>,
    /// WGS 84, degrees east.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<f64>, minimum = -180, maximum = 180)]
    pub longitude: Member<f64>,
    /// UN/LOCODE.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub un_locode: Member<String>,
    /// One of the pilot cities.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<bool>)]
    pub pilot: Member<bool>,
    /// Year of joining the network.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<i32>)]
    pub joined_year: Member<i32>,
    /// What should be known about the entry.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub note: Member<String>,
}

impl CityPatch {
    fn merge(self, fields: &mut CityFields) {
        match self.names {
            None => {}
            Some(None) => fields.names = None,
            Some(Some(changes)) => {
                let names = fields.names.get_or_insert_default();
                for (language, name) in changes {
                    match name {
                        Some(name) => names.insert(language, name),
                        None => names.remove(&language),
                    };
                }
            }
        }
        set(&mut fields.aliases, self.aliases);
        set(&mut fields.time_zone, self.time_zone);
        set(&mut fields.latitude, self.latitude);
        set(&mut fields.longitude, self.longitude);
        set(&mut fields.un_locode, self.un_locode);
        set(&mut fields.pilot, self.pilot);
        set(&mut fields.joined_year, self.joined_year);
        set(&mut fields.note, self.note);
    }
}

/// Makes a city of what was typed.
pub(super) fn create(conn: &mut Conn, body: NewCity) -> ApiResult<City> {
    let fields = CityFields::from(body);
    if let Some(slug) = fields.slug.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && reference::city(conn, &slug)?.is_some()
    {
        return Err(ApiError::Conflict(format!("there is a city {slug} already")));
    }
    refuse_un_locode_of_another(conn, &fields, None)?;
    let mut faults = Faults::new();
    let city = fields.parse(&members(conn)?, 1, &mut faults);
    Ok(faults.build(city)?)
}

/// Makes the city after a patch: of the next version, or of the same if the patch changes nothing.
pub(super) fn edit(conn: &mut Conn, before: &City, patch: CityPatch) -> ApiResult<City> {
    let mut faults = Faults::new();
    keep(&mut faults, "/slug", patch.slug.as_ref(), before.slug.as_str());
    keep(&mut faults, "/country", patch.country.as_ref(), before.country.as_str());
    let mut fields = CityFields::from(before);
    patch.merge(&mut fields);
    refuse_un_locode_of_another(conn, &fields, Some(before))?;
    let city = fields.parse(&members(conn)?, before.version, &mut faults);
    let mut city = faults.build(city)?;
    if city != *before {
        city.version += 1;
    }
    Ok(city)
}

fn members(conn: &mut Conn) -> ApiResult<Vec<CountryCode>> {
    Ok(reference::countries(conn)?.into_iter().map(|c| c.code).collect())
}

fn refuse_un_locode_of_another(
    conn: &mut Conn,
    fields: &CityFields,
    before: Option<&City>,
) -> ApiResult<()> {
    let Some(Ok(code)) = fields.un_locode.clone().map(|raw| un_locode(raw, None)) else {
        return Ok(());
    };
    match reference::city_by_un_locode(conn, &code)? {
        Some(other) if before.is_none_or(|b| b.slug != other.slug) => {
            Err(ApiError::Conflict(format!("{code} is the UN/LOCODE of {} already", other.slug)))
        }
        Some(_) | None => Ok(()),
    }
}
