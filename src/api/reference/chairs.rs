//! The country that chairs the network in each year, with the sources.

use std::collections::BTreeMap;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ShortList, answer_short_list, load_document};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        error::ApiResult,
        may::May,
        page::{ListParams, list_type},
        state::State,
    },
    domain::policy::ReadReference,
    store::Conn,
};

/// A published source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SourceView {
    /// Short name of the source in the reference data.
    #[schema(example = "ASEANWEB")]
    pub key: String,
    /// Title of the source.
    pub title: String,
    /// Publisher of the source.
    pub publisher: String,
    /// Address at which the source can be read; null if not known.
    #[schema(required)]
    pub url: Option<String>,
}

/// The country that chairs the network in a year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ChairView {
    /// Calendar year.
    #[schema(example = 2026)]
    pub year: i32,
    /// Code of the country.
    #[schema(example = "PH")]
    pub country: String,
    /// `true` if a source states it; `false` if it follows from the order in which countries take turns.
    pub confirmed: bool,
    /// Sources that state it.
    pub sources: Vec<SourceView>,
}
list_type!(
    /// A page of chairs.
    ChairList of ChairView
);

/// A chair in the form of the reference data.
#[derive(Deserialize)]
struct StoredChair {
    year: i32,
    country: String,
    #[serde(default)]
    confirmed: bool,
    #[serde(default)]
    sources: Vec<String>,
}

/// A source in the form of the reference data.
#[derive(Deserialize)]
struct StoredSource {
    title: String,
    publisher: String,
    url: Option<String>,
}

fn load_chairs(conn: &mut Conn) -> ApiResult<Vec<ChairView>> {
    let sources: BTreeMap<String, StoredSource> = load_document(conn, "sources")?;
    let source = |key: String| {
        let s = sources.get(&key)?;
        let (title, publisher) = (s.title.clone(), s.publisher.clone());
        Some(SourceView { key, title, publisher, url: s.url.clone() })
    };
    let view = |c: StoredChair| ChairView {
        year: c.year,
        country: c.country,
        confirmed: c.confirmed,
        sources: c.sources.into_iter().filter_map(source).collect(),
    };
    let mut chairs: Vec<ChairView> =
        load_document::<Vec<StoredChair>>(conn, "chairs")?.into_iter().map(view).collect();
    chairs.sort_by_key(|c| c.year);
    Ok(chairs)
}

/// List chairs
///
/// Lists the country that chairs the network in each year, ordered by year. For every caller who holds a grant.
#[utoipa::path(get, path = "/chairs", tag = "reference", params(ListParams),
    responses((status = 200, body = ChairList)))]
pub(super) async fn list_chairs(
    may: May<ReadReference, Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_short_list(&state, "/api/v1/chairs", None, may.body.0, |c| {
        Ok(ShortList { all: load_chairs(c)?, key: |c| c.year, list: ChairList::from })
    })
    .await
}
