//! Partners: list, read, add and correct.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    answer::Answer,
    body::{Json, Query},
    cache::{AnswerKey, CacheAudience},
    error::ApiResult,
    field_selection::FieldSelection,
    filter_values::{check_keys, check_values, parse_search},
    may::May,
    page::{BY_SLUG_OR_NAME, PageRequest, SlugOrNameSort, choose_order, list_type},
    precondition::{VersionRefused, VersionRequired},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::{
        ChangeRequest,
        partners::{self, PartnerChange},
    },
    domain::{
        message::thing,
        policy::{AddReference, EditPartner, ReadPartner, ReadReference},
        reference::Partner,
        reference_input::PartnerFields,
    },
    store::{
        Conn,
        keys::KeyKind,
        reference::{self, PartnerCursor, PartnerFilter},
    },
};

mod input;

pub(crate) use input::{NewPartner, PartnerPatch};

const PATH: &str = "/api/v1/partners";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_partners))
        .post(operation!(create_partner))
        .get(operation!(get_partner))
        .patch(operation!(edit_partner));
}

/// An organisation that funds, advises or builds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PartnerView {
    /// Slug of the partner: its public key, which never changes.
    #[schema(example = "world-bank")]
    pub slug: String,
    /// Name of the partner.
    #[schema(example = "World Bank")]
    pub name: String,
    /// Type of the partner, one of `/partner-types`.
    #[serde(rename = "type")]
    #[schema(example = "multilateral_financial_institution")]
    pub kind: String,
    /// Code of the country, any country of the world; null for an international organisation.
    #[schema(required)]
    pub country: Option<String>,
    /// Remark on the entry; null if none.
    #[schema(required)]
    pub note: Option<String>,
    /// Other names under which sources mention the partner.
    pub aliases: Vec<String>,
    /// Version of the record, from 1.
    pub version: i64,
}
list_type!(
    /// A page of partners.
    PartnerList of PartnerView
);

impl From<Partner> for PartnerView {
    fn from(p: Partner) -> Self {
        Self {
            slug: p.slug.to_string(),
            name: p.name.to_string(),
            kind: p.kind,
            country: p.country.map(|c| c.to_string()),
            note: p.note.map(|n| n.to_string()),
            aliases: p.aliases,
            version: p.version,
        }
    }
}

/// Filters, order and page of the list of partners. A repeated parameter matches any of its values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PartnerParams {
    /// Types of partners, from `/partner-types`.
    #[serde(rename = "type")]
    #[param(required = false, example = json!(["academia"]))]
    pub kind: Vec<String>,
    /// Codes of countries.
    #[param(required = false, example = json!(["JP"]))]
    pub country: Vec<String>,
    /// Words that must all occur in the name, aliases or slug, in any script; at most 200 characters. Case and the marks
    /// on letters do not matter.
    pub q: Option<String>,
    /// Order: `slug`, `-slug`, `name` or `-name`, where `-` means descending; by slug when absent.
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

impl PartnerParams {
    fn to_filter(&self, types: &[String]) -> ApiResult<PartnerFilter> {
        check_values("type", thing::partner_type(), &self.kind, types)?;
        let (by_name, descending) = choose_order(self.sort.as_deref(), &BY_SLUG_OR_NAME)?;
        Ok(PartnerFilter {
            kinds: self.kind.clone(),
            countries: self.country.clone(),
            q: parse_search(self.q.as_ref())?,
            by_name,
            descending,
        })
    }
}

/// A request for a page of the list of partners.
struct PartnerListRequest {
    filter: PartnerFilter,
    page: PageRequest<PartnerCursor>,
    fields: FieldSelection,
}

impl PartnerListRequest {
    /// Parses the parameters. `types` are the types of partners.
    fn from_params(params: &PartnerParams, types: &[String]) -> ApiResult<Self> {
        let filter = params.to_filter(types)?;
        let cursor = params.cursor.as_deref();
        let page = PageRequest::from_parameters(PATH, params, cursor, params.limit)?;
        let fields = FieldSelection::from_names("PartnerView", &params.fields)?;
        Ok(Self { filter, page, fields })
    }

    fn load_answer(&self, conn: &mut Conn) -> ApiResult<Answer> {
        let (after, limit) = (self.page.after.as_ref(), self.page.limit + 1);
        let (rows, total) = reference::search_partners(conn, &self.filter, after, limit)?;
        let cursor = |partner: &Partner| self.filter.make_cursor(partner);
        let page = self.page.build_page(rows, total, cursor, PartnerView::from)?;
        self.fields.answer_page::<_, _, PartnerList>(&self.page, page)
    }
}

/// List partners
///
/// Lists the organisations that fund, advise or build, and that projects name in their partnerships. For every caller
/// who holds a grant.
#[utoipa::path(get, path = "/partners", tag = "partners", params(PartnerParams),
    responses((status = 200, body = PartnerList)))]
async fn list_partners(
    may: May<ReadReference, Query<PartnerParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let words = state.vocabulary.load_full();
    let request = PartnerListRequest::from_params(&params, &words.partner_types)?;
    let key = AnswerKey::new("list_partners", CacheAudience::for_everybody(), &params)?;
    let read = move |c: &mut Conn, _| {
        check_keys(c, &[("country", KeyKind::PartnerCountry, &params.country)])?;
        request.load_answer(c)
    };
    state.cache.answer(key, read).await
}

/// Read a partner
///
/// Returns the name, type and country of the partner. For every caller who holds a grant.
#[utoipa::path(get, path = "/partners/{partner}", tag = "partners",
    responses((status = 200, body = PartnerView)))]
async fn get_partner(may: May<ReadPartner>) -> ApiResult<Answer> {
    let view = PartnerView::from(may.proof.into_subject().partner);
    Answer::from_record(view.version, &view)
}

/// Add a partner
///
/// Adds an organisation that projects can name in their partnerships. Only the secretariat may do this. The slug is the
/// key of the partner and never changes. The answer is 409 if a partner has this slug already.
#[utoipa::path(post, path = "/partners", tag = "partners", request_body = NewPartner,
    responses((status = 201, body = PartnerView)))]
async fn create_partner(
    may: May<AddReference, Json<NewPartner>, VersionRefused>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, fields) = (may.caller, PartnerFields::from(may.body.0));
    let words = state.vocabulary.load_full();
    let partner = state
        .db
        .write(move |tx| partners::create_partner(tx, caller, fields, &words.partner_types))
        .await?;
    let view = PartnerView::from(partner);
    Ok(Answer::from_record(view.version, &view)?.mark_created(format!("{PATH}/{}", view.slug)))
}

/// Correct a partner
///
/// Changes the members that the patch contains (RFC 7396), and validates the whole record again. Only the secretariat
/// may do this. The slug never changes: another value is refused with 422. A patch that changes nothing adds no
/// version.
#[utoipa::path(patch, path = "/partners/{partner}", tag = "partners", request_body = PartnerPatch,
    responses((status = 200, body = PartnerView)))]
async fn edit_partner(
    may: May<EditPartner, Json<PartnerPatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = ChangeRequest { caller, key, precondition };
    let (change, words) = (PartnerChange::from(may.body.0), state.vocabulary.load_full());
    let partner = state
        .db
        .write(move |tx| partners::edit_partner(tx, &request, change, &words.partner_types))
        .await?;
    let view = PartnerView::from(partner);
    Answer::from_record(view.version, &view)
}
