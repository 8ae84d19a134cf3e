//! Cities: list, read, add and correct.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    answer::Answer,
    body::{Json, Query},
    cache::{AnswerKey, CacheAudience},
    error::ApiResult,
    field_selection::FieldSelection,
    filter_values::{check_keys, parse_search},
    may::May,
    page::{BY_SLUG_OR_NAME, PageRequest, SlugOrNameSort, choose_order, list_type},
    precondition::{VersionRefused, VersionRequired},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::{
        ChangeRequest,
        cities::{self, CityChange},
    },
    domain::{
        language::Language,
        policy::{AddReference, EditCity, ReadCity, ReadReference},
        reference::{City, NamesByLanguage},
        reference_input::CityFields,
        wording,
    },
    store::{
        Conn,
        keys::KeyKind,
        reference::{self, CityCursor, CityFilter},
    },
};

mod input;

pub(crate) use input::{CityPatch, NewCity};

const PATH: &str = "/api/v1/cities";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_cities))
        .post(operation!(create_city))
        .get(operation!(get_city))
        .patch(operation!(edit_city));
}

/// A city of the network.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CityView {
    /// Slug of the city: its public key, which never changes.
    #[schema(example = "da-nang")]
    pub slug: String,
    /// Name in the language of the answer.
    #[schema(example = "Da Nang")]
    pub name: String,
    /// Names by language: `en`, `vi`, and `local` for the local script, as far as they are known.
    #[schema(value_type = BTreeMap<String, String>)]
    pub names: NamesByLanguage,
    /// Other names in use.
    pub aliases: Vec<String>,
    /// ISO 3166-1 alpha-2 code of the country.
    #[schema(example = "VN")]
    pub country: String,
    /// IANA time zone in which the city's days end.
    #[schema(example = "Asia/Ho_Chi_Minh")]
    pub time_zone: String,
    /// Latitude in degrees north (WGS 84).
    #[schema(example = 16.0678)]
    pub latitude: f64,
    /// Longitude in degrees east (WGS 84).
    #[schema(example = 108.2208)]
    pub longitude: f64,
    /// UN/LOCODE; null if the city has none.
    #[schema(required, example = "VNDAD")]
    pub un_locode: Option<String>,
    /// `true` for a pilot city.
    pub pilot: bool,
    /// Year in which the city joined the network.
    #[schema(example = 2018)]
    pub joined_year: i32,
    /// Remark on the entry; null if none.
    #[schema(required)]
    pub note: Option<String>,
    /// Version of the record, from 1.
    pub version: i64,
}
list_type!(
    /// A page of cities.
    CityList of CityView
);

impl CityView {
    pub(super) fn new(c: City, language: Language) -> Self {
        Self {
            slug: c.slug.to_string(),
            name: wording::choose_name(language, &c.names, c.slug.as_str()).to_owned(),
            names: c.names,
            aliases: c.aliases,
            country: c.country.to_string(),
            time_zone: c.time_zone.to_string(),
            latitude: c.latitude,
            longitude: c.longitude,
            un_locode: c.un_locode,
            pilot: c.pilot,
            joined_year: c.joined_year,
            note: c.note.map(|n| n.to_string()),
            version: c.version,
        }
    }
}

/// Filters, order and page of the list of cities. A repeated parameter matches any of its values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CityParams {
    /// Codes of countries.
    #[param(required = false, example = json!(["VN"]))]
    pub country: Vec<String>,
    /// `true` for pilot cities, `false` for all others.
    pub pilot: Option<bool>,
    /// Cities that joined in this year or later.
    pub joined_year_gte: Option<i64>,
    /// Cities that joined in this year or earlier.
    pub joined_year_lte: Option<i64>,
    /// Words that must all occur in the names, aliases, UN/LOCODE or slug, in any script; at most 200 characters. Case and
    /// the marks on letters do not matter.
    pub q: Option<String>,
    /// Order: `slug`, `-slug`, `name` or `-name` (the English name), where `-` means descending; by slug when absent.
    #[param(value_type = Option<SlugOrNameSort>, inline)]
    pub sort: Option<String>,
    /// Members to return of each item, repeated or separated by commas; all when absent.
    #[param(required = false)]
    pub fields: Vec<String>,
    /// Cursor of the page: `next` of the previous page. It carries filters and order; different ones beside it are refused.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

impl CityParams {
    fn to_filter(&self) -> ApiResult<CityFilter> {
        let (by_name, descending) = choose_order(self.sort.as_deref(), &BY_SLUG_OR_NAME)?;
        Ok(CityFilter {
            countries: self.country.clone(),
            pilot: self.pilot,
            joined_from: self.joined_year_gte,
            joined_until: self.joined_year_lte,
            q: parse_search(self.q.as_ref())?,
            by_name,
            descending,
        })
    }
}

/// A request for a page of the list of cities.
struct CityListRequest {
    filter: CityFilter,
    page: PageRequest<CityCursor>,
    fields: FieldSelection,
    language: Language,
}

impl CityListRequest {
    fn from_params(params: &CityParams, language: Language) -> ApiResult<Self> {
        let filter = params.to_filter()?;
        let cursor = params.cursor.as_deref();
        let page = PageRequest::from_parameters(PATH, params, cursor, params.limit)?;
        let fields = FieldSelection::from_names("CityView", &params.fields)?;
        Ok(Self { filter, page, fields, language })
    }

    fn load_answer(&self, conn: &mut Conn) -> ApiResult<Answer> {
        let (after, limit) = (self.page.after.as_ref(), self.page.limit + 1);
        let (rows, total) = reference::search_cities(conn, &self.filter, after, limit)?;
        let cursor = |city: &City| self.filter.make_cursor(city);
        let page =
            self.page.build_page(rows, total, cursor, |c| CityView::new(c, self.language))?;
        self.fields.answer_page::<_, _, CityList>(&self.page, page)
    }
}

/// List cities
///
/// Lists the cities of the network, pilot cities and later ones. For every caller who holds a grant.
#[utoipa::path(get, path = "/cities", tag = "cities", params(CityParams),
    responses((status = 200, body = CityList)))]
async fn list_cities(
    may: May<ReadReference, Query<CityParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (Query(params), language) = (may.body, may.language);
    let request = CityListRequest::from_params(&params, language)?;
    let key = AnswerKey::new("list_cities", CacheAudience::for_everybody(), &params)?
        .in_language(language);
    let read = move |c: &mut Conn, _| {
        check_keys(c, &[("country", KeyKind::Country, &params.country)])?;
        request.load_answer(c)
    };
    state.cache.answer(key, read).await
}

/// Read a city
///
/// Returns the names of the city, its country and location, and the year in which it joined the network. For every
/// caller who holds a grant.
#[utoipa::path(get, path = "/cities/{city}", tag = "cities",
    responses((status = 200, body = CityView)))]
async fn get_city(may: May<ReadCity>) -> ApiResult<Answer> {
    let view = CityView::new(may.proof.into_subject().city, may.language);
    Ok(Answer::from_record(view.version, &view)?.in_language(may.language))
}

/// Add a city
///
/// Adds a city to the network. Only the secretariat may do this. The slug is the key of the city and never changes. The
/// answer is 409 if a city has this slug or this UN/LOCODE already.
#[utoipa::path(post, path = "/cities", tag = "cities", request_body = NewCity,
    responses((status = 201, body = CityView)))]
async fn create_city(
    may: May<AddReference, Json<NewCity>, VersionRefused>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, fields) = (may.caller, CityFields::from(may.body.0));
    let city = state.db.write(move |tx| cities::create_city(tx, caller, fields)).await?;
    let view = CityView::new(city, may.language);
    let answer = Answer::from_record(view.version, &view)?.in_language(may.language);
    Ok(answer.mark_created(format!("{PATH}/{}", view.slug)))
}

/// Correct a city
///
/// Changes the members that the patch contains (RFC 7396), and validates the whole record again. Only the secretariat
/// may do this. Slug and country never change: another value for them is refused with 422. A patch that changes nothing
/// adds no version.
#[utoipa::path(patch, path = "/cities/{city}", tag = "cities", request_body = CityPatch,
    responses((status = 200, body = CityView)))]
async fn edit_city(
    may: May<EditCity, Json<CityPatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = ChangeRequest { caller, key, precondition };
    let change = CityChange::from(may.body.0);
    let city = state.db.write(move |tx| cities::edit_city(tx, &request, change)).await?;
    let view = CityView::new(city, may.language);
    Ok(Answer::from_record(view.version, &view)?.in_language(may.language))
}
