//! The framework as a whole, with the sectors and national schemes that projects are tagged with.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::load_document;
use crate::{
    api::{
        answer::Answer,
        cache::{AnswerKey, CacheAudience},
        error::{ApiError, ApiResult},
        may::May,
        state::State,
    },
    domain::{language::Language, policy::ReadReference, reference::NamesByLanguage, wording},
    store::{Conn, reference},
};

/// A term that projects are tagged with.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct TermView {
    /// Slug of the term: its public key.
    #[schema(example = "quality-environment")]
    pub slug: String,
    /// Name in the language of the answer.
    #[serde(default)]
    pub name: String,
    /// Names by language: `en`, `vi`, and `local` for the local script, as far as they are known.
    #[schema(value_type = BTreeMap<String, String>)]
    pub names: NamesByLanguage,
}

/// An urban system of the framework: an aspect of how a city is planned and run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct UrbanSystemView {
    /// Slug of the urban system: its public key.
    pub slug: String,
    /// Name in the language of the answer.
    #[serde(default)]
    pub name: String,
    /// Names by language.
    #[schema(value_type = BTreeMap<String, String>)]
    pub names: NamesByLanguage,
    /// Principles of the urban system.
    #[serde(default)]
    pub principles: Vec<String>,
}

/// A focus area with its sub-areas.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct FocusAreaView {
    /// Slug of the focus area: its public key.
    #[schema(example = "quality-environment")]
    pub slug: String,
    /// Name in the language of the answer.
    #[serde(default)]
    pub name: String,
    /// Names by language.
    #[schema(value_type = BTreeMap<String, String>)]
    pub names: NamesByLanguage,
    /// Name that the published monitoring and evaluation reports use; null if it is not known.
    #[serde(default)]
    #[schema(required)]
    pub name_in_me_reports: Option<String>,
    /// Topics of the focus area.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Its sub-areas, in the framework's order.
    #[serde(default)]
    pub sub_areas: Vec<TermView>,
}

/// A national scheme, whose tags the projects of its country can have.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct SchemeView {
    /// Slug of the scheme: its public key.
    #[schema(example = "vn-decision-950")]
    pub slug: String,
    /// Code of the country.
    #[schema(example = "VN")]
    pub country: String,
    /// Number of the decision by which the scheme was adopted; null if not known.
    #[serde(default)]
    #[schema(required)]
    pub number: Option<String>,
    /// Day of that decision; null if not known.
    #[serde(default)]
    #[schema(required)]
    pub decided_on: Option<NaiveDate>,
    /// Name in the language of the answer.
    #[serde(default)]
    pub name: String,
    /// Names by language.
    #[schema(value_type = BTreeMap<String, String>)]
    pub names: NamesByLanguage,
    /// Tags of the scheme, in its own order.
    pub tags: Vec<TermView>,
}

/// The framework that action plans follow, with everything that projects are tagged with.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct FrameworkView {
    /// Slug of the framework: its public key.
    #[schema(example = "ascf-2018")]
    pub slug: String,
    /// Name of the framework.
    pub name: String,
    /// `true` if the framework binds the members.
    #[serde(default)]
    pub binding: bool,
    /// Day on which the network endorsed the framework; null if not known.
    #[serde(default)]
    #[schema(required)]
    pub endorsed_on: Option<NaiveDate>,
    /// Day on which the framework was adopted; null if not known.
    #[serde(default)]
    #[schema(required)]
    pub adopted_on: Option<NaiveDate>,
    /// Strategic outcomes.
    #[serde(alias = "strategic_outcomes")]
    pub outcomes: Vec<TermView>,
    /// Urban systems.
    pub urban_systems: Vec<UrbanSystemView>,
    /// Focus areas, in the order of official tables.
    pub focus_areas: Vec<FocusAreaView>,
    /// Enablers.
    pub enablers: Vec<TermView>,
    /// Sectors of projects.
    #[serde(default)]
    pub sectors: Vec<TermView>,
    /// National schemes.
    #[serde(default)]
    pub national_schemes: Vec<SchemeView>,
}

/// Read the framework
///
/// Returns the framework of the latest plan cycle with its outcomes, urban systems, focus areas and enablers, and the
/// sectors and national schemes that projects are tagged with. For every caller who holds a grant.
#[utoipa::path(get, path = "/framework", tag = "reference",
    responses((status = 200, body = FrameworkView)))]
pub(super) async fn get_framework(
    may: May<ReadReference>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let language = may.language;
    let key =
        AnswerKey::new("get_framework", CacheAudience::for_everybody(), &())?.in_language(language);
    state.cache.answer(key, move |c, _| load_framework(c, language)).await
}

fn fill_term_names(language: Language, list: &str, terms: &mut [TermView]) {
    for term in terms {
        term.name = wording::reference_label(language, list, &term.names, &term.slug);
    }
}

impl FrameworkView {
    /// Sets the name of every item in a language.
    fn fill_names(&mut self, language: Language) {
        fill_term_names(language, "outcome", &mut self.outcomes);
        fill_term_names(language, "enabler", &mut self.enablers);
        fill_term_names(language, "sector", &mut self.sectors);
        for system in &mut self.urban_systems {
            system.name =
                wording::reference_label(language, "urban_system", &system.names, &system.slug);
        }
        for area in &mut self.focus_areas {
            area.name = wording::reference_label(language, "focus_area", &area.names, &area.slug);
            fill_term_names(language, "sub_area", &mut area.sub_areas);
        }
        for scheme in &mut self.national_schemes {
            scheme.name =
                wording::reference_label(language, "national_scheme", &scheme.names, &scheme.slug);
            fill_term_names(language, "tag", &mut scheme.tags);
        }
    }
}

fn load_framework(conn: &mut Conn, language: Language) -> ApiResult<Answer> {
    let latest = reference::list_plan_cycles(conn)?.into_iter().max_by_key(|c| c.starts_year);
    let latest = latest.ok_or(ApiError::NotFound)?;
    let kind = format!("framework/{}", latest.framework);
    let stored = reference::find_document(conn, &kind)?.ok_or(ApiError::NotFound)?;
    let mut view: FrameworkView =
        serde_json::from_value(stored.document).map_err(|e| ApiError::Internal(Box::new(e)))?;
    view.sectors = load_document(conn, "sectors")?;
    view.national_schemes = load_document(conn, "national_schemes")?;
    view.fill_names(language);
    Answer::from_record(stored.version, &view)
}
