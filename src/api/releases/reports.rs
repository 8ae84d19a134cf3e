//! The reports that a release froze.

use std::io::Write as _;

use actix_web::{get, web::Data};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::IntoParams;

use crate::{
    api::{
        answer::Answer,
        body::Query,
        error::{ApiError, ApiResult},
        format::{self, Form},
        page::{PageRequest, list_type},
        released::Released,
        reports::ApprovedReportView,
        spool::Spool,
        state::State,
    },
    domain::{
        fault::ValueFault,
        report::{ApprovedReport, Status},
        value::Slug,
    },
    sheets::{
        flat::{self, About},
        released::{Context, REPORTS, reports},
    },
    store::{
        Conn, StoreError, StoreResult,
        releases::{
            self,
            frozen::{self, FrozenFilter, FrozenRow},
        },
    },
};

/// The formats.
pub(in crate::api) const FORMS: &[Form] =
    &[Form::Json, Form::Csv, Form::Xlsx, Form::Lines, Form::GeoJson];

/// Which reports of a release.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ReleasedReportParams {
    /// Of these cities.
    pub city: Vec<String>,
    /// Of these countries, by ISO 3166-1 alpha-2 code.
    pub country: Vec<String>,
    /// Of these focus areas.
    pub focus_area: Vec<String>,
    /// With one of these statuses.
    pub status: Vec<String>,
    /// The format, if not that of `Accept`. All but `json` give the whole list, and take neither `cursor` nor `limit`.
    #[param(value_type = Form, required = false, inline)]
    pub format: Option<String>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

list_type!(
    /// The reports of a release, by city and number.
    ReleasedReportList of ApprovedReportView
);

impl ReleasedReportParams {
    /// Refuses a filter for something that the release does not know: an empty list would look like an answer.
    fn filter(&self, conn: &mut Conn, release: &Slug) -> ApiResult<FrozenFilter> {
        let lists = [&self.city, &self.country, &self.focus_area, &self.status];
        if lists.iter().all(|list| list.is_empty()) {
            return Ok(FrozenFilter::default());
        }
        let frame = frozen::frame(conn, release)?;
        let cities: Vec<&str> = frame.cities.iter().map(|c| c.slug.as_str()).collect();
        let countries: Vec<&str> = frame.countries.iter().map(|c| c.code.as_str()).collect();
        let areas: Vec<&str> =
            frame.vocabulary.focus_areas.iter().map(|t| t.slug.as_str()).collect();
        let statuses: Vec<&str> = Status::ALL.iter().map(|s| s.as_str()).collect();
        for (name, given, known) in [
            ("city", &self.city, &cities),
            ("country", &self.country, &countries),
            ("focus_area", &self.focus_area, &areas),
            ("status", &self.status, &statuses),
        ] {
            if given.iter().any(|word| !known.contains(&word.as_str())) {
                let what = name.replace('_', " ");
                let fault = ValueFault::unknown(&what, known.iter().copied());
                return Err(ApiError::parameter(name, fault));
            }
        }
        Ok(FrozenFilter {
            cities: self.city.clone(),
            countries: self.country.clone(),
            focus_areas: self.focus_area.clone(),
            statuses: self.status.clone(),
        })
    }
}

/// List the reports of a release
///
/// As they were frozen, by city and number. As CSV, workbook or JSON lines one flat row a report, as GeoJSON one point a
/// project: whole, and never paged.
#[utoipa::path(tag = "releases", params(ReleasedReportParams), responses((status = 200, body = ReleasedReportList)))]
#[get("/releases/{release}/reports")]
pub(super) async fn list_release_reports(
    released: Released<Query<ReleasedReportParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer(
    released: Released<Query<ReleasedReportParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.form(|Query(params)| params.format.as_deref(), FORMS);
    let form = released.said(state, form).await?;
    released
        .answer_in(state, ("releases/reports", form), move |conn, release, Query(params), _| {
            match form.flat() {
                Some(format) => rows(conn, release, &params, format),
                None if form == Form::GeoJson => points(conn, release, &params),
                None => page(conn, release, &params),
            }
        })
        .await
}

/// Answers a share of the list: whole, as a share is, in the shape of a page that is the only one.
pub(in crate::api) async fn answer_whole(
    released: Released<Query<ReleasedReportParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let route = ("releases/reports/whole", Form::Json);
    released.answer_in(state, route, |conn, key, Query(params), _| whole(conn, key, &params)).await
}

fn whole(conn: &mut Conn, key: &Slug, params: &ReleasedReportParams) -> ApiResult<Answer> {
    format::whole(params.cursor.as_deref(), params.limit)?;
    let filter = params.filter(conn, key)?;
    let mut spool = Spool::default();
    spool.write_all(br#"{"items":["#).map_err(format::failed)?;
    let mut total: u64 = 0;
    frozen::each_of(conn, key, &filter, |row| -> ApiResult<()> {
        let before = if total == 0 { "" } else { "," };
        let view = ApprovedReportView::from(&row.report()?);
        let view = serde_json::to_string(&view).map_err(StoreError::json)?;
        write!(spool, "{before}{view}").map_err(format::failed)?;
        total += 1;
        Ok(())
    })?;
    write!(spool, r#"],"next":null,"total":{total}}}"#).map_err(format::failed)?;
    Ok(Answer::made(spool.finish().map_err(format::failed)?, "application/json", None))
}

/// Names the file by what it holds.
fn name(release: &Slug, params: &ReleasedReportParams) -> String {
    let lists = [&params.country, &params.city, &params.focus_area, &params.status];
    let cut: Vec<String> = lists.into_iter().flatten().map(|w| w.to_lowercase()).collect();
    let parts = ["ascn".to_owned(), release.to_string(), "reports".to_owned()];
    // Words of filters are keys that the release knows; a long list of them is no name.
    parts.into_iter().chain(cut.into_iter().take(4)).collect::<Vec<_>>().join("-").replace('_', "-")
}

fn rows(
    conn: &mut Conn,
    key: &Slug,
    params: &ReleasedReportParams,
    format: flat::Format,
) -> ApiResult<Answer> {
    format::whole(params.cursor.as_deref(), params.limit)?;
    let filter = params.filter(conn, key)?;
    let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
    let frame = frozen::frame(conn, key)?;
    let context = Context::new(&release, &frame);
    let about = About {
        name: name(key, params),
        title: REPORTS.title.to_owned(),
        notes: vec![
            ("release".to_owned(), release.release.to_string()),
            ("SHA-256 of the release".to_owned(), release.sha256.clone()),
        ],
    };
    format::flat(format, &about, REPORTS.columns, |sink| {
        frozen::each_of(conn, key, &filter, |row| -> ApiResult<()> {
            sink.row(&reports::row(&context, &row.report()?)).map_err(format::failed)
        })
    })
}

/// Writes each report as a point: where the project is, else where its city is.
fn points(conn: &mut Conn, key: &Slug, params: &ReleasedReportParams) -> ApiResult<Answer> {
    format::whole(params.cursor.as_deref(), params.limit)?;
    let filter = params.filter(conn, key)?;
    let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
    let frame = frozen::frame(conn, key)?;
    let context = Context::new(&release, &frame);
    let mut spool = Spool::default();
    spool.write_all(br#"{"type":"FeatureCollection","features":["#).map_err(format::failed)?;
    let mut before = "";
    frozen::each_of(conn, key, &filter, |row| -> ApiResult<()> {
        let report = row.report()?;
        let point = feature(&context, &report).map_err(StoreError::json)?;
        write!(spool, "{before}{point}").map_err(format::failed)?;
        before = ",";
        Ok(())
    })?;
    spool.write_all(b"]}").map_err(format::failed)?;
    let name = format!("{}.geojson", name(key, params));
    Ok(Answer::made(spool.finish().map_err(format::failed)?, "application/geo+json", Some(&name)))
}

/// Writes a report as a GeoJSON feature whose identifier is the project's code.
fn feature(context: &Context<'_>, report: &ApprovedReport) -> Result<String, serde_json::Error> {
    let at = reports::position(context, report);
    let geometry = at.map(|(latitude, longitude, _of)| {
        json!({ "type": "Point", "coordinates": [longitude, latitude] })
    });
    let row = reports::row(context, report);
    let members = REPORTS.columns.iter().zip(&row).map(|(c, d)| (c.name.to_owned(), d.to_json()));
    let properties: serde_json::Map<String, serde_json::Value> = members.collect();
    serde_json::to_string(&json!({
        "type": "Feature", "id": report.code.to_string(), "geometry": geometry, "properties": properties,
    }))
}

fn page(conn: &mut Conn, release: &Slug, params: &ReleasedReportParams) -> ApiResult<Answer> {
    let path = format!("/api/v1/releases/{release}/reports");
    let cursor = params.cursor.as_deref();
    let request = PageRequest::<(String, i64)>::read(&path, params, cursor, params.limit)?;
    let filter = params.filter(conn, release)?;
    let rows = frozen::page(conn, release, &filter, (request.after.clone(), request.limit + 1))?;
    let total = frozen::count(conn, release, &filter)?;
    let read = |row: FrozenRow| -> StoreResult<((String, i64), ApprovedReportView)> {
        Ok((row.key(), ApprovedReportView::from(&row.report()?)))
    };
    let items = rows.into_iter().map(read).collect::<StoreResult<Vec<_>>>()?;
    let page = request.page(items, total, |(key, _)| key.clone(), |(_, view)| view)?;
    let list = ReleasedReportList::from(page);
    request.answer(&list, list.next.as_deref())
}
