//! Parses cities and partners, both from the secretariat and from the seed file of the service, and collects all
//! faults.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    fault::{FaultList, ValueFault},
    message,
    reference::{City, CountryCode, NamesByLanguage, Partner, parse_time_zone},
    value::{Prose, Slug, Title, parse_degrees},
};

/// Maximum number of names, or of aliases, of one entry.
const NAMES_MAX: usize = 50;
/// The years that a city or partner can have. A year outside is a typing mistake.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Parses names by language. `en` is required; other keys are `local` or a language of ISO 639.
pub(crate) fn parse_names(
    faults: &mut FaultList,
    pointer: &str,
    raw: Option<BTreeMap<String, String>>,
) -> NamesByLanguage {
    let raw = raw.unwrap_or_default();
    if !raw.contains_key("en") {
        faults.add(format!("{pointer}/en"), ValueFault::required());
    }
    if raw.len() > NAMES_MAX {
        faults.add(pointer, ValueFault::too_many(NAMES_MAX));
    }
    let mut names = NamesByLanguage::new();
    for (language, name) in raw {
        let at = format!("{pointer}/{}", language.replace('~', "~0").replace('/', "~1"));
        if !is_language_key(&language) {
            faults.add(at, ValueFault::new("language", message::reference::language_key()));
        } else if let Some(name) = faults.take_parsed(&at, Title::parse(name)) {
            names.insert(language, name.to_string());
        }
    }
    names
}

fn is_language_key(key: &str) -> bool {
    key == "local" || (matches!(key.len(), 2 | 3) && key.bytes().all(|b| b.is_ascii_lowercase()))
}

fn parse_aliases(faults: &mut FaultList, raw: Option<Vec<String>>) -> Vec<String> {
    let raw = raw.unwrap_or_default();
    if raw.len() > NAMES_MAX {
        faults.add("/aliases", ValueFault::too_many(NAMES_MAX));
        return Vec::new();
    }
    faults.parse_each("/aliases", raw, Title::parse).iter().map(ToString::to_string).collect()
}

/// Parses a UN/LOCODE: the country's two letters, then three letters or digits 2–9.
///
/// # Errors
/// The text has a different form, or belongs to a different country.
pub(crate) fn parse_un_locode(
    raw: String,
    country: Option<CountryCode>,
) -> Result<String, ValueFault> {
    let own = country.is_none_or(|c| raw.starts_with(c.as_str()));
    let place = raw.as_bytes().get(2..).unwrap_or_default();
    let letters = raw.bytes().take(2).all(|b| b.is_ascii_uppercase());
    if own
        && letters
        && place.len() == 3
        && place.iter().all(|b| b.is_ascii_uppercase() || (b'2'..=b'9').contains(b))
    {
        Ok(raw)
    } else {
        Err(ValueFault::new("un_locode", message::reference::un_locode()))
    }
}

/// Parses a calendar year.
///
/// # Errors
/// The year is not in [`YEARS`].
pub(crate) fn parse_year(raw: i32) -> Result<i32, ValueFault> {
    if YEARS.contains(&raw) {
        Ok(raw)
    } else {
        Err(ValueFault::new("range", message::value::year(*YEARS.start(), *YEARS.end())))
    }
}

/// The fields of a city as they were sent; any of them may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct CityFields {
    pub slug: Option<String>,
    pub names: Option<BTreeMap<String, String>>,
    pub aliases: Option<Vec<String>>,
    pub country: Option<String>,
    pub un_locode: Option<String>,
    pub time_zone: Option<String>,
    /// Degrees north, in WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, in WGS 84.
    pub longitude: Option<f64>,
    pub joined_year: Option<i32>,
    /// A missing value means no.
    pub pilot: Option<bool>,
    pub note: Option<String>,
}

impl CityFields {
    /// Parses a city of one of the member states, and adds every fault.
    pub(crate) fn parse(
        self,
        members: &[CountryCode],
        version: i64,
        f: &mut FaultList,
    ) -> Option<City> {
        let slug = f.parse_required("/slug", self.slug, Slug::parse);
        let names = parse_names(f, "/names", self.names);
        let aliases = parse_aliases(f, self.aliases);
        let country = f.parse_required("/country", self.country, |raw| {
            let known = members.iter().copied().find(|m| m.as_str() == raw);
            known.ok_or_else(|| {
                let codes = members.iter().map(CountryCode::as_str);
                ValueFault::unknown(message::thing::member_state(), codes)
            })
        });
        let un_locode =
            f.parse_optional("/un_locode", self.un_locode, |raw| parse_un_locode(raw, country));
        let time_zone = f.parse_required("/time_zone", self.time_zone, parse_time_zone);
        let latitude = f.parse_required("/latitude", self.latitude, |raw| parse_degrees(raw, 90.0));
        let longitude =
            f.parse_required("/longitude", self.longitude, |raw| parse_degrees(raw, 180.0));
        let joined_year = f.parse_required("/joined_year", self.joined_year, parse_year);
        let note = f.parse_optional("/note", self.note, Prose::parse);
        Some(City {
            slug: slug?,
            names,
            aliases,
            country: country?,
            un_locode,
            time_zone: time_zone?,
            latitude: latitude?,
            longitude: longitude?,
            joined_year: joined_year?,
            pilot: self.pilot.unwrap_or_default(),
            note,
            version,
        })
    }
}

impl From<&City> for CityFields {
    fn from(c: &City) -> Self {
        Self {
            slug: Some(c.slug.to_string()),
            names: Some(c.names.clone()),
            aliases: Some(c.aliases.clone()),
            country: Some(c.country.to_string()),
            un_locode: c.un_locode.clone(),
            time_zone: Some(c.time_zone.to_string()),
            latitude: Some(c.latitude),
            longitude: Some(c.longitude),
            joined_year: Some(c.joined_year),
            pilot: Some(c.pilot),
            note: c.note.as_ref().map(ToString::to_string),
        }
    }
}

/// The fields of a partner as they were sent; any of them may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct PartnerFields {
    pub slug: Option<String>,
    pub name: Option<String>,
    /// One of the partner types of the reference data.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Any country of the world.
    pub country: Option<String>,
    pub note: Option<String>,
    pub aliases: Option<Vec<String>>,
}

impl PartnerFields {
    /// Parses a partner of one of the known types, and adds every fault.
    pub(crate) fn parse(
        self,
        types: &[String],
        version: i64,
        f: &mut FaultList,
    ) -> Option<Partner> {
        let slug = f.parse_required("/slug", self.slug, Slug::parse);
        let name = f.parse_required("/name", self.name, Title::parse);
        let kind = f.parse_required("/type", self.kind, |raw| {
            if types.contains(&raw) {
                Ok(raw)
            } else {
                let types = types.iter().map(String::as_str);
                Err(ValueFault::unknown(message::thing::partner_type(), types))
            }
        });
        let country = f.parse_optional("/country", self.country, CountryCode::parse);
        let note = f.parse_optional("/note", self.note, Prose::parse);
        let aliases = parse_aliases(f, self.aliases);
        Some(Partner { slug: slug?, name: name?, kind: kind?, country, note, aliases, version })
    }
}

impl From<&Partner> for PartnerFields {
    fn from(p: &Partner) -> Self {
        Self {
            slug: Some(p.slug.to_string()),
            name: Some(p.name.to_string()),
            kind: Some(p.kind.clone()),
            country: p.country.map(|c| c.to_string()),
            note: p.note.as_ref().map(ToString::to_string),
            aliases: Some(p.aliases.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
