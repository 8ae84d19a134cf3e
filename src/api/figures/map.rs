//! Figures on a map: GeoJSON (RFC 7946), a point for each city.

use actix_web::{get, web::Data};
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
        format::{Form, TabularAnswer as _},
        may::May,
        service_config::ServiceConfig,
        state::State,
    },
    domain::{
        figures::{FigureBasis, FigureDataset, FigureQuery, MapCity, Measure},
        policy::ReadFigures,
        report::Status,
        wording,
    },
    store::{Conn, figures::FactDepth},
};

/// The media type of GeoJSON.
const GEO_JSON: &str = "application/geo+json";

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_map);
}

/// What a city's point tells.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CityProperties {
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Its name.
    #[schema(example = "Da Nang")]
    pub city_name: String,
    /// Its country.
    #[schema(example = "VN")]
    pub country: String,
    /// The country's name.
    #[schema(example = "Viet Nam")]
    pub country_name: String,
    /// One of the pilot cities of 2018.
    pub pilot: bool,
    /// Its approved reports, one for each project.
    #[schema(example = 4)]
    pub projects: i64,
    /// Those that state `planning`.
    pub planning: i64,
    /// Those that state `ongoing`.
    pub ongoing: i64,
    /// Those that state `completed`.
    pub completed: i64,
    /// Those that state `suspended`.
    pub suspended: i64,
    /// Those that state `cancelled`.
    pub cancelled: i64,
    /// Those whose source does not tell.
    pub not_stated: i64,
    /// The plain mean of the stated percentages, 0 to 100; null where none is stated.
    #[schema(required, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// Reports that state a percentage and are not cancelled.
    pub known: i64,
    /// All reports.
    pub of: i64,
    /// Reports whose project fell out of the list since; 0 for the reports of one cycle.
    pub stale: i64,
    /// The cycle that was reported in; null for the latest reports up to a day.
    #[schema(required, example = "me-2025")]
    pub cycle: Option<String>,
    /// The cut-off day.
    #[schema(example = "2025-09-30")]
    pub as_of: NaiveDate,
    /// The release, for figures of one.
    #[schema(required)]
    pub release: Option<String>,
}

/// Where a city lies.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PointGeometry {
    /// `Point`.
    #[serde(rename = "type")]
    #[schema(example = "Point")]
    pub kind: &'static str,
    /// Longitude and latitude, in degrees of WGS 84, in this order.
    #[schema(example = json!([108.2208, 16.0678]))]
    pub coordinates: Vec<f64>,
}

/// A city on the map.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CityFeature {
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// The city; stays the same whatever is asked.
    #[schema(example = "da-nang")]
    pub id: String,
    /// Where it lies.
    pub geometry: PointGeometry,
    /// What there is to tell.
    pub properties: CityProperties,
}

/// A map of figures (RFC 7946), with what it rests on as foreign members.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CityCollection {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// The cities by key: the pilots, and those with a project.
    pub features: Vec<CityFeature>,
    /// What the figures rest on.
    pub basis: BasisView,
    /// How complete they are.
    pub coverage: CoverageView,
    /// How the numbers are made.
    pub formula: String,
    /// Why there is nothing to count; only where the day lies before the cut-off of every cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Read figures as a map
///
/// GeoJSON with a point for each city: its projects by status, and the mean of what they state of their progress.
#[utoipa::path(tag = "figures", params(MapParams),
    responses((status = 200, body = CityCollection, content_type = "application/geo+json")))]
#[get("/figures/map")]
async fn get_figures_map(
    may: May<ReadFigures, Query<MapParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    response::answer_current_figures(may, &state).await
}

impl FiguresResponse for CityCollection {
    type Question = FigureQuery;
    const FORMS: &'static [Form] = &[Form::GeoJson, Form::Csv, Form::Xlsx, Form::Lines];

    fn count_for_release(
        conn: &mut Conn,
        render_release: &FrozenRelease,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &render_release.select_own_reports(), question)
    }

    /// As JSON it is GeoJSON.
    fn render_answer(&self, form: Form) -> ApiResult<Answer> {
        let answer = self.answer_in_format(form)?;
        Ok(if form == Form::GeoJson { answer.with_media_type(GEO_JSON) } else { answer })
    }
}

impl CountedFigures for CityCollection {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        let ground = from.load_dataset(conn, &question.filter, FactDepth::Columns)?;
        Ok(Self::new(&ground, question, from.version))
    }
}

impl CityCollection {
    fn new(ground: &FigureDataset, question: &FigureQuery, version: i64) -> Self {
        let (places, coverage) = ground.map_cities(question);
        let basis = &ground.basis;
        let formulas = [Measure::Projects, Measure::PercentComplete]
            .map(|m| wording::translate_sentence(question.language, m.formula()).into_owned());
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
            planning: of(Status::Planning),
            ongoing: of(Status::Ongoing),
            completed: of(Status::Completed),
            suspended: of(Status::Suspended),
            cancelled: of(Status::Cancelled),
            not_stated: of(Status::NotStated),
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
