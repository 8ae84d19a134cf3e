//! The reports that a release froze: as pages, as flat tables, as GeoJSON, and whole for shares.

use std::io::Write as _;

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::IntoParams;

use crate::{
    api::{
        answer::Answer,
        body::Query,
        closed_list::define_closed_list,
        error::{ApiError, ApiResult},
        filter_values::{UnknownValues, check_values},
        format::{self, AnswerFormat},
        page::{PageRequest, list_type},
        release_request::ReleaseRequest,
        reports::ApprovedReportView,
        spool_buffer::SpoolBuffer,
        state::State,
    },
    domain::{
        figures::Dimension,
        report::{ApprovedReport, ProjectStatus},
        value::Slug,
    },
    sheets::{
        flat::{self, TableMetadata},
        release_tables::{REPORTS, RowContext, reports},
    },
    store::{
        Conn, StoreError, StoreResult,
        releases::{
            self,
            frozen::{self, FrozenReportFilter, FrozenReportKey, FrozenReportRow},
        },
    },
};

/// The formats of the operation; the first one is the default.
pub(in crate::api) const FORMS: &[AnswerFormat] = &[
    AnswerFormat::Json,
    AnswerFormat::Csv,
    AnswerFormat::Xlsx,
    AnswerFormat::Lines,
    AnswerFormat::GeoJson,
];

define_closed_list!(
    /// The names of [`FORMS`].
    ReleasedReportFormats: FORMS.iter().map(|form| form.as_str())
);

/// The parameters of the reports of a release.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReleasedReportParams {
    /// Only reports of these cities, by key.
    pub city: Vec<String>,
    /// Only reports of these countries, by ISO 3166-1 alpha-2 code.
    pub country: Vec<String>,
    /// Only reports in these focus areas, by key.
    pub focus_area: Vec<String>,
    /// Only reports with one of these statuses.
    #[param(value_type = Vec<ProjectStatus>, inline)]
    pub status: Vec<String>,
    /// The format of the answer. It takes precedence over the header `Accept`. All formats except `json` give the whole
    /// list, and refuse `cursor` and `limit`.
    #[param(value_type = Option<ReleasedReportFormats>, inline)]
    pub format: Option<String>,
    /// The cursor of the page to return: `next` of the previous page. Without it the first page is returned.
    pub cursor: Option<String>,
    /// The maximum number of items on the page, 1 to 1000. Default: 50.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

list_type!(
    /// A page of the reports of a release, ordered by city and number.
    ReleasedReportList of ApprovedReportView
);

impl ReleasedReportParams {
    fn to_filter(&self) -> FrozenReportFilter {
        FrozenReportFilter {
            cities: self.city.clone(),
            countries: self.country.clone(),
            focus_areas: self.focus_area.clone(),
            statuses: self.status.clone(),
        }
    }

    /// Refuses a filter for a value that the release does not know. An empty list would look like a correct answer.
    fn check_filter(&self, conn: &mut Conn, release: &Slug) -> ApiResult<()> {
        let lists = [&self.city, &self.country, &self.focus_area, &self.status];
        if lists.iter().all(|list| list.is_empty()) {
            return Ok(());
        }
        let reference = frozen::load_reference(conn, release)?;
        let cities: Vec<&str> = reference.cities.iter().map(|c| c.slug.as_str()).collect();
        let countries: Vec<&str> = reference.countries.iter().map(|c| c.code.as_str()).collect();
        let areas: Vec<&str> =
            reference.vocabulary.focus_areas.iter().map(|t| t.slug.as_str()).collect();
        let statuses: Vec<&str> = ProjectStatus::ALL.iter().map(|s| s.as_str()).collect();
        for (dimension, given, known) in [
            (Dimension::City, &self.city, &cities),
            (Dimension::Country, &self.country, &countries),
            (Dimension::FocusArea, &self.focus_area, &areas),
            (Dimension::Status, &self.status, &statuses),
        ] {
            check_values(dimension.as_str(), dimension.name_value(), given, known)?;
        }
        Ok(())
    }
}

/// List the reports of a release
///
/// Lists the reports as the release froze them, ordered by city and number. `json` gives pages. The other formats give
/// the whole list: `csv`, `xlsx` and `jsonl` have one flat row for each report, and `geojson` has one feature for each
/// project.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in. A filter for a value that the release does not know is refused with 400; the problem lists the
/// values that it knows.
#[utoipa::path(get, path = "/releases/{release}/reports",
    tag = "releases", params(ReleasedReportParams),
    responses((status = 200, body = ReleasedReportList)))]
pub(super) async fn list_release_reports(
    released: ReleaseRequest<Query<ReleasedReportParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_reports(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer_release_reports(
    released: ReleaseRequest<Query<ReleasedReportParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.choose_format(|Query(params)| params.format.as_deref(), FORMS);
    let form = released.check_release_before_fault(state, form).await?;
    let unknown_values = released.unknown_values;
    released
        .answer_cached_in(
            state,
            "releases/reports",
            form,
            move |conn, release, Query(params), _| {
                if unknown_values == UnknownValues::Refuse {
                    params.check_filter(conn, release)?;
                }
                match form.to_table_format() {
                    Some(format) => write_flat_rows(conn, release, &params, format),
                    None if form == AnswerFormat::GeoJson => write_geojson(conn, release, &params),
                    None => load_page(conn, release, &params),
                }
            },
        )
        .await
}

/// Answers a share of the list as JSON. A reader of a share cannot turn pages, so the answer is one page with all
/// reports.
pub(in crate::api) async fn answer_all_reports(
    released: ReleaseRequest<Query<ReleasedReportParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let unknown_values = released.unknown_values;
    released
        .without_address()
        .answer_cached(state, "releases/reports/whole", move |conn, key, Query(params), _| {
            if unknown_values == UnknownValues::Refuse {
                params.check_filter(conn, key)?;
            }
            write_full_list(conn, key, &params)
        })
        .await
}

fn write_full_list(
    conn: &mut Conn,
    key: &Slug,
    params: &ReleasedReportParams,
) -> ApiResult<Answer> {
    format::refuse_paging(params.cursor.as_deref(), params.limit)?;
    let filter = params.to_filter();
    let mut spool = SpoolBuffer::default();
    spool.write_all(br#"{"items":["#).map_err(format::to_write_error)?;
    let mut total: u64 = 0;
    frozen::for_each_matching(conn, key, &filter, |row| -> ApiResult<()> {
        let before = if total == 0 { "" } else { "," };
        let view = ApprovedReportView::from(&row.parse_report()?);
        let view = serde_json::to_string(&view).map_err(StoreError::from_json)?;
        write!(spool, "{before}{view}").map_err(format::to_write_error)?;
        total += 1;
        Ok(())
    })?;
    writeln!(spool, r#"],"next":null,"total":{total}}}"#).map_err(format::to_write_error)?;
    Ok(Answer::from_hashed_body(
        spool.finish_hashed().map_err(format::to_write_error)?,
        "application/json",
        None,
    ))
}

/// Builds the name of a file from the release and the filters.
fn build_file_name(release: &Slug, params: &ReleasedReportParams) -> String {
    let lists = [&params.country, &params.city, &params.focus_area, &params.status];
    let cut: Vec<String> = lists.into_iter().flatten().map(|w| w.to_lowercase()).collect();
    let parts = ["ascn".to_owned(), release.to_string(), "reports".to_owned()];
    // The values of filters are keys that the release knows. The name has at most four of them, because a long list
    // makes no useful name.
    parts.into_iter().chain(cut.into_iter().take(4)).collect::<Vec<_>>().join("-").replace('_', "-")
}

fn write_flat_rows(
    conn: &mut Conn,
    key: &Slug,
    params: &ReleasedReportParams,
    format: flat::TableFormat,
) -> ApiResult<Answer> {
    format::refuse_paging(params.cursor.as_deref(), params.limit)?;
    let filter = params.to_filter();
    let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
    let reference = frozen::load_reference(conn, key)?;
    let context = RowContext::new(&release, &reference);
    let about = TableMetadata {
        name: build_file_name(key, params),
        title: REPORTS.title.to_owned(),
        notes: vec![
            ("release".to_owned(), release.release.to_string()),
            ("SHA-256 of the release".to_owned(), release.sha256.clone()),
        ],
    };
    format::answer_table(format, &about, REPORTS.columns, |sink| {
        frozen::for_each_matching(conn, key, &filter, |row| -> ApiResult<()> {
            sink.write_row(&reports::build_report_row(&context, &row.parse_report()?))
                .map_err(format::to_write_error)
        })
    })
}

/// Writes each report as a GeoJSON feature. The point is the location of the project, or that of its city if the
/// project has none.
fn write_geojson(conn: &mut Conn, key: &Slug, params: &ReleasedReportParams) -> ApiResult<Answer> {
    format::refuse_paging(params.cursor.as_deref(), params.limit)?;
    let filter = params.to_filter();
    let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
    let reference = frozen::load_reference(conn, key)?;
    let context = RowContext::new(&release, &reference);
    let mut spool = SpoolBuffer::default();
    spool
        .write_all(br#"{"type":"FeatureCollection","features":["#)
        .map_err(format::to_write_error)?;
    let mut before = "";
    frozen::for_each_matching(conn, key, &filter, |row| -> ApiResult<()> {
        let report = row.parse_report()?;
        let point = to_geojson_feature(&context, &report).map_err(StoreError::from_json)?;
        write!(spool, "{before}{point}").map_err(format::to_write_error)?;
        before = ",";
        Ok(())
    })?;
    spool.write_all(b"]}\n").map_err(format::to_write_error)?;
    let name = format!("{}.geojson", build_file_name(key, params));
    Ok(Answer::from_hashed_body(
        spool.finish_hashed().map_err(format::to_write_error)?,
        "application/geo+json",
        Some(&name),
    ))
}

/// The identifier of the feature is the code of the project.
fn to_geojson_feature(
    context: &RowContext<'_>,
    report: &ApprovedReport,
) -> Result<String, serde_json::Error> {
    let at = reports::locate_project(context, report);
    let geometry = at.map(|(latitude, longitude, _of)| {
        json!({ "type": "Point", "coordinates": [longitude, latitude] })
    });
    let row = reports::build_report_row(context, report);
    let members = REPORTS.columns.iter().zip(&row).map(|(c, d)| (c.name.to_owned(), d.to_json()));
    let properties: serde_json::Map<String, serde_json::Value> = members.collect();
    serde_json::to_string(&json!({
        "type": "Feature", "id": report.code.to_string(), "geometry": geometry, "properties": properties,
    }))
}

fn load_page(conn: &mut Conn, release: &Slug, params: &ReleasedReportParams) -> ApiResult<Answer> {
    let path = format!("/api/v1/releases/{release}/reports");
    let cursor = params.cursor.as_deref();
    let request =
        PageRequest::<FrozenReportKey>::from_parameters(&path, params, cursor, params.limit)?;
    let filter = params.to_filter();
    let rows =
        frozen::load_page(conn, release, &filter, request.after.as_ref(), request.limit + 1)?;
    let total = frozen::count(conn, release, &filter)?;
    let read = |row: FrozenReportRow| -> StoreResult<(FrozenReportKey, ApprovedReportView)> {
        Ok((row.page_key(), ApprovedReportView::from(&row.parse_report()?)))
    };
    let items = rows.into_iter().map(read).collect::<StoreResult<Vec<_>>>()?;
    let page = request.build_page(items, total, |(key, _)| key.clone(), |(_, view)| view)?;
    let list = ReleasedReportList::from(page);
    request.answer_list(&list, list.next.as_deref())
}
