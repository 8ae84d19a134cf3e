//! Reference data that is only read: countries, plan cycles and partner types. Chairs and the framework have their own
//! files.

use actix_web::web::Data;
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

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_countries))
        .get(operation!(framework::get_framework))
        .get(operation!(list_plan_cycles))
        .get(operation!(chairs::list_chairs))
        .get(operation!(list_partner_types));
}

/// Reads a stored document as `T`. A missing document is an empty one.
fn load_document<T: DeserializeOwned + Default>(conn: &mut Conn, kind: &str) -> ApiResult<T> {
    match reference::find_document(conn, kind)? {
        Some(d) => serde_json::from_value(d.document).map_err(|e| ApiError::Internal(Box::new(e))),
        None => Ok(T::default()),
    }
}

/// A member state of ASEAN.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CountryView {
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "VN")]
    pub code: String,
    /// ISO 3166-1 alpha-3 code.
    #[schema(example = "VNM")]
    pub alpha3: String,
    /// Name in the language of the answer.
    #[schema(example = "Viet Nam")]
    pub name: String,
    /// Names by language: `en`, `vi`, and `local` for the local script, as far as they are known.
    #[schema(value_type = BTreeMap<String, String>)]
    pub names: NamesByLanguage,
    /// IANA time zone in which the country's days end.
    #[schema(example = "Asia/Ho_Chi_Minh")]
    pub time_zone: String,
}
list_type!(
    /// A page of countries.
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
/// Lists the member states of ASEAN, ordered by code. For every caller who holds a grant.
#[utoipa::path(get, path = "/countries", tag = "reference", params(ListParams),
    responses((status = 200, body = CountryList)))]
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

/// A list that is read as a whole: its items, the key by which they are ordered, and the type of the answer.
struct ShortList<K, T, L> {
    all: Vec<T>,
    key: fn(&T) -> K,
    list: fn(ListPage<T>) -> L,
}

/// Answers a page of a short list, from the cache if it has the answer.
async fn answer_short_list<K, T, L>(
    state: &State,
    path: &'static str,
    // `None` if no text of the list depends on the language.
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
    state.cache.answer(key, answer).await
}

/// A span of years for which cities write action plans against one framework.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlanCycleView {
    /// Slug of the plan cycle: its public key.
    #[schema(example = "2018-2025")]
    pub slug: String,
    /// First year.
    #[schema(example = 2018)]
    pub starts_year: i32,
    /// Last year.
    #[schema(example = 2025)]
    pub ends_year: i32,
    /// Slug of the framework that the action plans follow.
    #[schema(example = "ascf-2018")]
    pub framework: String,
    /// Remark on the entry; null if none.
    #[schema(required)]
    pub note: Option<String>,
    /// Version of the record, from 1.
    pub version: i64,
}
list_type!(
    /// A page of plan cycles.
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
/// Lists the spans of years for which cities write action plans. For every caller who holds a grant.
#[utoipa::path(get, path = "/plan-cycles", tag = "reference", params(ListParams),
    responses((status = 200, body = PlanCycleList)))]
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
    /// Value that partners of this type have in `type`.
    #[serde(rename = "type")]
    #[schema(example = "multilateral_financial_institution")]
    pub kind: String,
    /// Name of the type in the language of the answer.
    #[schema(example = "Multilateral financial institution")]
    pub name: String,
    /// Position in the list, from 1.
    pub position: i64,
}
list_type!(
    /// A page of partner types.
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
/// Lists the types that a partner can have. For every caller who holds a grant.
#[utoipa::path(get, path = "/partner-types", tag = "reference", params(ListParams),
    responses((status = 200, body = PartnerTypeList)))]
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
