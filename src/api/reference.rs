//! Reference data: countries, cities, the framework, partners.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    error::ApiResult,
    may::May,
    page::{Page, list_type},
    state::State,
};
use crate::{
    domain::{
        policy::ReadReference,
        reference::{Country, Names},
    },
    store::{StoreError, reference},
};
use actix_web::web::Data;

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_countries);
}

/// A member state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CountryView {
    /// ISO 3166-1 alpha-2.
    #[schema(example = "VN")]
    pub code: String,
    /// ISO 3166-1 alpha-3.
    pub alpha3: String,
    /// Names by language: `en`, `vi`, `local`.
    #[schema(inline)]
    pub names: Names,
    /// The IANA time zone of the country's own days.
    pub time_zone: String,
}
list_type!(
    /// Countries.
    CountryList of CountryView
);

impl From<Country> for CountryView {
    fn from(c: Country) -> Self {
        Self {
            code: c.code.to_string(),
            alpha3: c.alpha3,
            names: c.names,
            time_zone: c.time_zone.to_string(),
        }
    }
}

/// List countries
///
/// The member states of ASEAN, by code.
#[utoipa::path(tag = "reference", responses((status = 200, body = CountryList)))]
#[get("/countries")]
async fn list_countries(_may: May<ReadReference>, state: Data<State>) -> ApiResult<Answer> {
    let items: Vec<CountryView> = state
        .db
        .read(reference::countries)
        .await
        .map_err(|e: StoreError| e)?
        .into_iter()
        .map(CountryView::from)
        .collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Answer::of(&CountryList::from(Page { items, next: None, total }))
}
