//! Reference data that is only read: countries, plan cycles and partner types; chairs and the framework have their own files.

use actix_web::{get, web::Data};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::Query,
    cache::{AnswerKey, CacheAudience},
    error::{ApiError, ApiResult},
    may::May,
    page::{ListPage, ListParams, PageRequest, list_type},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        language::Language,
        policy::ReadReference,
        reference::{Country, NamesByLanguage, PlanCycle},
        wording,
    },
    store::{Conn, reference},
};

mod chairs;
mod framework;

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_countries)
        .service(framework::get_framework)
        .service(list_plan_cycles)
        .service(chairs::list_chairs)
        .service(list_partner_types);
}

/// Reads a stored document as what it is answered as; one that is missing says nothing.
fn load_document<T: DeserializeOwned + Default>(conn: &mut Conn, kind: &str) -> ApiResult<T> {
    match reference::find_document(conn, kind)? {
        Some(d) => serde_json::from_value(d.document).map_err(|e| ApiError::Internal(Box::new(e))),
        None => Ok(T::default()),
    }
}

/// A member state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CountryView {
    /// ISO 3166-1 alpha-2.
    #[schema(example = "VN")]
    pub code: String,
    /// ISO 3166-1 alpha-3.
    #[schema(example = "VNM")]
    pub alpha3: String,
    /// The name in the language of the answer.
    #[schema(example = "Viet Nam")]
    pub name: String,
    /// Names by language: `en`, `vi`, `local`.
    #[schema(value_type = BTreeMap<String, String>)]
    pub names: NamesByLanguage,
    /// The IANA time zone of the country's own days.
    #[schema(example = "Asia/Ho_Chi_Minh")]
    pub time_zone: String,
}
list_type!(
    /// Countries.
    CountryList of CountryView
);

impl CountryView {
    pub(super) fn new(c: Country, language: Language) -> Self {
        Self {
            code: c.code.to_string(),
            alpha3: c.alpha3,
            name: wording::reference_label(language, "country", &c.names, c.code.as_str()),
            names: c.names,
            time_zone: c.time_zone.to_string(),
        }
    }
}

/// List countries
///
/// The member states of ASEAN, by code.
#[utoipa::path(tag = "reference", params(ListParams), responses((status = 200, body = CountryList)))]
#[get("/countries")]
async fn list_countries(
    may: May<ReadReference, Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let language = may.language;
    answer_short_list(&state, "/api/v1/countries", language, may.body.0, move |c| {
        let countries = reference::list_countries(c)?.into_iter();
        let all = countries.map(|country| CountryView::new(country, language)).collect();
        Ok(ShortList { all, key: |c| c.code.clone(), list: CountryList::from })
    })
    .await
}

/// A list that is read whole: its items, their key in order, and its type.
struct ShortList<K, T, L> {
    all: Vec<T>,
    key: fn(&T) -> K,
    list: fn(ListPage<T>) -> L,
}

/// Answers a page of a short list, from memory where it is known.
async fn answer_short_list<K, T, L>(
    state: &State,
    path: &'static str,
    // None where there are no words in the list.
    language: impl Into<Option<Language>>,
    params: ListParams,
    read: impl FnOnce(&mut Conn) -> ApiResult<ShortList<K, T, L>> + Send + 'static,
) -> ApiResult<Answer>
where
    K: Serialize + DeserializeOwned + PartialOrd + Send + 'static,
    L: Serialize,
{
    let request: PageRequest<K> =
        PageRequest::from_parameters(path, &params, params.cursor.as_deref(), params.limit)?;
    let mut key = AnswerKey::new(path, CacheAudience::for_everybody(), &params)?;
    if let Some(language) = language.into() {
        key = key.in_language(language);
    }
    let answer = move |c: &mut Conn, _| {
        let ShortList { all, key, list } = read(c)?;
        let page = request.cut_page(all, key)?;
        let next = page.next.clone();
        request.answer_list(&list(page), next.as_deref())
    };
    state.answer_cached(key, answer).await
}

/// A span of years with action plans against one framework.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlanCycleView {
    /// The public key.
    #[schema(example = "2018-2025")]
    pub slug: String,
    /// First year.
    #[schema(example = 2018)]
    pub starts_year: i32,
    /// Last year.
    #[schema(example = 2025)]
    pub ends_year: i32,
    /// The framework that its plans are written against.
    #[schema(example = "ascf-2018")]
    pub framework: String,
    /// What should be known about the entry.
    #[schema(required)]
    pub note: Option<String>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}
list_type!(
    /// Plan cycles.
    PlanCycleList of PlanCycleView
);

impl From<PlanCycle> for PlanCycleView {
    fn from(p: PlanCycle) -> Self {
        Self {
            slug: p.slug.to_string(),
            starts_year: p.starts_year,
            ends_year: p.ends_year,
            framework: p.framework.to_string(),
            note: p.note,
            version: p.version,
        }
    }
}

/// List plan cycles
///
/// The spans of years for which cities write action plans.
#[utoipa::path(tag = "reference", params(ListParams), responses((status = 200, body = PlanCycleList)))]
#[get("/plan-cycles")]
async fn list_plan_cycles(
    may: May<ReadReference, Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_short_list(&state, "/api/v1/plan-cycles", None, may.body.0, |c| {
        let all = reference::list_plan_cycles(c)?.into_iter().map(PlanCycleView::from).collect();
        Ok(ShortList { all, key: |p| p.slug.clone(), list: PlanCycleList::from })
    })
    .await
}

/// A type of partners.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PartnerTypeView {
    /// The word that partners have as their `type`.
    #[serde(rename = "type")]
    #[schema(example = "multilateral_financial_institution")]
    pub kind: String,
    /// What it is called in the language of the answer.
    #[schema(example = "Multilateral financial institution")]
    pub name: String,
    /// Its place in the list, from 1.
    pub position: i64,
}
list_type!(
    /// Types of partners.
    PartnerTypeList of PartnerTypeView
);

fn load_partner_types(conn: &mut Conn, language: Language) -> ApiResult<Vec<PartnerTypeView>> {
    let types = reference::load_vocabulary(conn)?.partner_types;
    let view = |(position, kind): (i64, String)| {
        let name = wording::value_label(language, "partner_type", &kind).to_owned();
        PartnerTypeView { kind, name, position }
    };
    Ok((1..).zip(types).map(view).collect())
}

/// List partner types
///
/// The types that a partner can have.
#[utoipa::path(tag = "reference", params(ListParams), responses((status = 200, body = PartnerTypeList)))]
#[get("/partner-types")]
async fn list_partner_types(
    may: May<ReadReference, Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let language = may.language;
    answer_short_list(&state, "/api/v1/partner-types", language, may.body.0, move |c| {
        Ok(ShortList {
            all: load_partner_types(c, language)?,
            key: |t| t.position,
            list: PartnerTypeList::from,
        })
    })
    .await
}
