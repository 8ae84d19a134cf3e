//! Reference data: countries, cities, the framework, plan cycles and partners.
//!
//! All of it is loaded and edited as data. No code depends on the number of cities or focus areas.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    fault::ValueFault,
    message::{self, Message},
    value::{Prose, Slug, Title, text_enum},
};

/// Names by language: `en`, and if known others such as `vi`, or `local` for the local script.
pub type NamesByLanguage = BTreeMap<String, String>;

/// An ISO 3166-1 alpha-2 country code in capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Parses a code of two capital letters.
    ///
    /// # Errors
    /// The text is not two letters A–Z.
    pub fn parse(raw: impl AsRef<str>) -> Result<Self, ValueFault> {
        <[u8; 2]>::try_from(raw.as_ref().as_bytes())
            .ok()
            .filter(|b| b.iter().all(u8::is_ascii_uppercase))
            .map(Self)
            .ok_or_else(|| ValueFault::new("country", message::value::country_code()))
    }
    /// Returns the two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
impl TryFrom<String> for CountryCode {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, String> {
        Self::parse(&raw).map_err(|f| f.message.to_string())
    }
}
impl From<CountryCode> for String {
    fn from(c: CountryCode) -> Self {
        c.as_str().to_owned()
    }
}
impl std::fmt::Display for CountryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Parses an IANA time zone name.
///
/// # Errors
/// The time zone database does not know the name.
pub fn parse_time_zone(raw: impl AsRef<str>) -> Result<Tz, ValueFault> {
    raw.as_ref().parse().map_err(|_e: chrono_tz::ParseError| {
        ValueFault::new("time_zone", message::value::time_zone())
    })
}

/// A member state of ASEAN.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: CountryCode,
    /// ISO 3166-1 alpha-3.
    pub alpha3: String,
    /// The time zone in which deadlines of the country end.
    pub time_zone: Tz,
    /// Names by language.
    pub names: NamesByLanguage,
    /// The year in which the country joined ASEAN.
    pub asean_member_since: i32,
    /// The year in which the country joined the network.
    pub ascn_member_since: i32,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// A city of the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct City {
    /// The public key.
    pub slug: Slug,
    /// Names by language.
    pub names: NamesByLanguage,
    /// Other names in use.
    pub aliases: Vec<String>,
    /// The country of the city.
    pub country: CountryCode,
    /// The UN/LOCODE, if there is one.
    pub un_locode: Option<String>,
    /// The time zone in which deadlines of the city end.
    pub time_zone: Tz,
    /// Degrees north, in WGS 84.
    pub latitude: f64,
    /// Degrees east, in WGS 84.
    pub longitude: f64,
    /// The year in which the city joined the network.
    pub joined_year: i32,
    /// Whether it is one of the pilot cities of 2018.
    pub pilot: bool,
    /// A note about the entry.
    pub note: Option<Prose>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// A period of years in which action plans follow one framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanCycle {
    /// The public key, such as `2018-2025`.
    pub slug: Slug,
    /// The first year.
    pub starts_year: i32,
    /// The last year.
    pub ends_year: i32,
    /// The framework that the plans follow.
    pub framework: Slug,
    /// A note about the entry.
    pub note: Option<String>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// An organisation that funds, advises or builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// The public key.
    pub slug: Slug,
    /// The name of the organisation.
    pub name: Title,
    /// The type: one of the partner types of the reference data.
    #[serde(rename = "type")]
    pub kind: String,
    /// The country, if there is one; any country of the world.
    pub country: Option<CountryCode>,
    /// A note about the entry.
    pub note: Option<Prose>,
    /// Other names that sources use.
    pub aliases: Vec<String>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// A part of the reference data that is stored and answered as one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferenceDocument {
    /// `framework/ascf-2018`, `sectors`, `national_schemes`, `chairs`, `shepherds`, `annual_meetings`, `partner_types` or
    /// `sources`.
    pub kind: String,
    /// The content as JSON.
    pub document: Value,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

text_enum! {
    /// A kind of term that projects are tagged with. A project can have several terms of each kind.
    pub TermKind(term_kind) {
        /// Strategic outcomes of the framework.
        Outcome = "outcome",
        /// Enablers of the framework.
        Enabler = "enabler",
        /// Sectors of the framework.
        Sector = "sector",
        /// Tags of a national scheme, such as Viet Nam's Decision 950.
        Tag = "tag",
        /// Focus areas besides the one in which official tables count the project.
        OtherFocusArea = "other_focus_area",
    }
}

/// A term of the framework with its names. Terms are in the framework's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VocabularyTerm {
    /// The public key.
    pub slug: String,
    /// Names by language.
    pub names: NamesByLanguage,
    /// The focus area of a sub-area, or the country of a scheme's tag.
    pub parent: Option<String>,
}

/// The terms of the framework, built from the stored documents. The rules and the figures look terms up here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    /// Focus areas, in the framework's order.
    pub focus_areas: Vec<VocabularyTerm>,
    /// Sub-areas. The parent is the focus area.
    pub sub_areas: Vec<VocabularyTerm>,
    /// Strategic outcomes.
    pub outcomes: Vec<VocabularyTerm>,
    /// Enablers.
    pub enablers: Vec<VocabularyTerm>,
    /// Sectors.
    pub sectors: Vec<VocabularyTerm>,
    /// Tags of national schemes. The parent is the country.
    pub tags: Vec<VocabularyTerm>,
    /// Partner types.
    pub partner_types: Vec<String>,
}

impl Vocabulary {
    /// Returns the terms of a kind.
    #[must_use]
    pub fn list_terms(&self, kind: TermKind) -> &[VocabularyTerm] {
        match kind {
            TermKind::Outcome => &self.outcomes,
            TermKind::Enabler => &self.enablers,
            TermKind::Sector => &self.sectors,
            TermKind::Tag => &self.tags,
            TermKind::OtherFocusArea => &self.focus_areas,
        }
    }

    /// Finds a term by its key. `thing` names the kind of term in the fault.
    ///
    /// # Errors
    /// The key is not in the list; the fault contains the keys of the list.
    pub fn find_term(
        terms: &[VocabularyTerm],
        thing: Message,
        raw: &str,
    ) -> Result<Slug, ValueFault> {
        if terms.iter().any(|t| t.slug == raw)
            && let Ok(slug) = Slug::parse(raw)
        {
            return Ok(slug);
        }
        Err(ValueFault::unknown(thing, terms.iter().map(|t| t.slug.as_str())))
    }

    /// Reads the terms from the stored documents. Lists without a document stay empty.
    #[must_use]
    pub fn from_documents(documents: &[ReferenceDocument]) -> Self {
        let mut v = Self::default();
        for d in documents {
            let doc = &d.document;
            match d.kind.as_str() {
                "sectors" => v.sectors = read_terms(doc, None),
                "partner_types" => v.partner_types = read_strings(doc),
                "national_schemes" => {
                    for scheme in doc.as_array().into_iter().flatten() {
                        v.tags.extend(read_terms(&scheme["tags"], scheme["country"].as_str()));
                    }
                }
                kind if kind.starts_with("framework/") => {
                    v.outcomes.extend(read_terms(&doc["strategic_outcomes"], None));
                    v.enablers.extend(read_terms(&doc["enablers"], None));
                    for area in doc["focus_areas"].as_array().into_iter().flatten() {
                        v.sub_areas.extend(read_terms(&area["sub_areas"], area["slug"].as_str()));
                    }
                    v.focus_areas.extend(read_terms(&doc["focus_areas"], None));
                }
                _ => {}
            }
        }
        v
    }
}

fn read_strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn read_terms(list: &Value, parent: Option<&str>) -> Vec<VocabularyTerm> {
    let term = |t: &Value| {
        Some(VocabularyTerm {
            slug: t["slug"].as_str()?.to_owned(),
            names: serde_json::from_value(t["names"].clone()).unwrap_or_default(),
            parent: parent.map(str::to_owned),
        })
    };
    list.as_array().into_iter().flatten().filter_map(term).collect()
}
