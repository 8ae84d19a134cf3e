//! Figures on a map: GeoJSON (RFC 7946) with a point for each city.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    dataset::{DatasetQuery, FrozenRelease},
    params::MapParams,
    response::{self, CountedFigures, FiguresResponse},
    views::{BasisView, CoverageView, explain_empty_basis, to_json_number},
};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        error::ApiResult,
        format::{AnswerFormat, MAP, TabularAnswer as _},
        may::May,
        service_config::ServiceConfig,
        state::State,
    },
    domain::{
        figures::{FigureBasis, FigureDataset, FigureQuery, MapCity, Measure},
        policy::ReadFigures,
        report::ProjectStatus,
    },
    store::{Conn, figures::FactDepth},
};

const GEO_JSON: &str = "application/geo+json";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_figures_map));
}

/// The figures of a city.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CityProperties {
    /// The key of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The name of the city, in the language of the answer.
    #[schema(example = "Da Nang")]
    pub city_name: String,
    /// The ISO 3166-1 alpha-2 code of its country.
    #[schema(example = "VN")]
    pub country: String,
    /// The name of its country, in the language of the answer.
    #[schema(example = "Viet Nam")]
    pub country_name: String,
    /// Whether it is one of the pilot cities of 2018.
    pub pilot: bool,
    /// The number of its approved reports that are counted, one for each project.
    #[schema(example = 4)]
    pub projects: i64,
    /// The number of reports with the status `planning`.
    pub planning: i64,
    /// The number of reports with the status `ongoing`.
    pub ongoing: i64,
    /// The number of reports with the status `completed`.
    pub completed: i64,
    /// The number of reports with the status `suspended`.
    pub suspended: i64,
    /// The number of reports with the status `cancelled`.
    pub cancelled: i64,
    /// The number of reports whose source states no status.
    pub not_stated: i64,
    /// The plain mean of the stated percentages, 0 to 100. Null if no report states one.
    #[schema(required, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// The number of reports that state a percentage and are not cancelled. Only these are in the mean.
    pub known: i64,
    /// The number of all reports.
    pub of: i64,
    /// The number of stale reports: a later cycle of their plan is closed and has no report of the project. 0 if the
    /// reports of one cycle are counted.
    pub stale: i64,
    /// The key of the cycle whose reports are counted. Null if the latest report of each project up to a day is
    /// counted.
    #[schema(required, example = "me-2025")]
    pub cycle: Option<String>,
    /// The cut-off day of the cycle, or the day that `as_of` gave.
    #[schema(example = "2025-09-30")]
    pub as_of: NaiveDate,
    /// The key of the release whose frozen reports are counted. Null if the reports that are approved now are counted.
    #[schema(required)]
    pub release: Option<String>,
}

/// The position of a city.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PointGeometry {
    /// The GeoJSON type: always `Point`.
    #[serde(rename = "type")]
    #[schema(example = "Point")]
    pub kind: &'static str,
    /// Longitude and latitude, in this order, in degrees of WGS 84.
    #[schema(example = json!([108.2208, 16.0678]))]
    pub coordinates: Vec<f64>,
}

/// A city on the map.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CityFeature {
    /// The GeoJSON type: always `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// The key of the city. It is the same in every answer.
    #[schema(example = "da-nang")]
    pub id: String,
    /// The position of the city.
    pub geometry: PointGeometry,
    /// The figures of the city.
    pub properties: CityProperties,
}

/// A map of figures (RFC 7946). Its basis, coverage and formula are foreign members.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CityCollection {
    /// The GeoJSON type: always `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// The cities by key: those that are expected to report, and those with a counted report. For a release, its `rules`
    /// decide.
    pub features: Vec<CityFeature>,
    /// The data that the figures are counted from.
    pub basis: BasisView,
    /// How complete the figures are.
    pub coverage: CoverageView,
    /// How the numbers are calculated, as sentences in the language of the answer.
    pub formula: String,
    /// Why there is nothing to count. Present only if the day is before the cut-off of every cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Read figures as a map
///
/// Returns GeoJSON with a point for each city. Its properties hold the number of projects by status and the mean of the
/// stated percentages. Give either `cycle` or `as_of`, as for the table.
///
/// Every signed-in user with a grant may call this. A reader whose grants cover some countries or cities gets the map
/// of those. A missing or unknown value of a parameter is refused with 400.
#[utoipa::path(get, path = "/figures/map", tag = "figures", params(MapParams),
    responses((status = 200, body = CityCollection, content_type = "application/geo+json")))]
async fn get_figures_map(
    may: May<ReadFigures, Query<MapParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    response::answer_current_figures(may, &state).await
}

impl FiguresResponse for CityCollection {
    type Question = FigureQuery;
    const FORMS: &'static [AnswerFormat] = MAP;

    fn count_for_release(
        conn: &mut Conn,
        release: &FrozenRelease,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &release.select_own_reports(), question)
    }

    /// The default format is GeoJSON, which has a media type of its own.
    fn render_answer(&self, form: AnswerFormat) -> ApiResult<Answer> {
        let answer = self.answer_in_format(form)?;
        Ok(if form == AnswerFormat::GeoJson { answer.with_media_type(GEO_JSON) } else { answer })
    }
}

impl CountedFigures for CityCollection {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        let dataset =
            from.load_dataset(conn, &question.filter, FactDepth::for_question(question))?;
        Ok(Self::new(&dataset, question, from.version))
    }
}

impl CityCollection {
    fn new(dataset: &FigureDataset, question: &FigureQuery, version: i64) -> Self {
        let (places, coverage) = dataset.map_cities(question);
        let basis = &dataset.basis;
        let formulas = [Measure::Projects, Measure::PercentComplete]
            .map(|m| m.formula().to_text(question.language));
        Self {
            kind: "FeatureCollection",
            features: places.into_iter().map(|place| CityFeature::new(place, basis)).collect(),
            basis: BasisView::new(basis, version),
            coverage: CoverageView::new(coverage, basis.is_dated()),
            formula: formulas.join("; "),
            note: explain_empty_basis(basis, question.language),
        }
    }
}

impl CityFeature {
    fn new(place: MapCity<'_>, basis: &FigureBasis) -> Self {
        Self {
            kind: "Feature",
            id: place.city.slug.to_string(),
            geometry: PointGeometry {
                kind: "Point",
                coordinates: vec![place.city.longitude, place.city.latitude],
            },
            properties: CityProperties::new(place, basis),
        }
    }
}

impl CityProperties {
    fn new(place: MapCity<'_>, basis: &FigureBasis) -> Self {
        let of = |wanted| {
            place.statuses.iter().find(|(status, _)| *status == wanted).map_or(0, |(_, n)| *n)
        };
        Self {
            city: place.city.slug.to_string(),
            country: place.city.country.to_string(),
            pilot: place.city.pilot,
            projects: place.projects,
            planning: of(ProjectStatus::Planning),
            ongoing: of(ProjectStatus::Ongoing),
            completed: of(ProjectStatus::Completed),
            suspended: of(ProjectStatus::Suspended),
            cancelled: of(ProjectStatus::Cancelled),
            not_stated: of(ProjectStatus::NotStated),
            percent_complete: to_json_number(place.percent.value).and_then(|n| n.as_f64()),
            known: place.percent.known,
            of: place.percent.report_count,
            stale: place.stale,
            cycle: basis.cycle.as_ref().map(ToString::to_string),
            as_of: basis.as_of,
            release: basis.release.as_ref().map(ToString::to_string),
            city_name: place.name,
            country_name: place.country_name,
        }
    }
}
