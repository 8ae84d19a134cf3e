//! Figures: tables computed from approved reports.

use actix_web::{get, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    body::Query,
    cache::{Key, View},
    error::{ApiError, ApiResult},
    may::May,
    state::State,
};
use crate::{
    domain::{
        fault::ValueFault,
        figures::{Base, Dimension, Filter, Measure, Question},
        language::Language,
        policy::{ReadFigures, sight::Reachable},
        report::Status,
        value::Slug,
    },
    store::{
        Conn, cycles,
        figures::{self, Depth},
    },
};

pub mod views;

use views::FiguresTable;

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_table);
}

/// What a table is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct TableParams {
    /// What the rows are.
    #[param(value_type = Dimension, required = true, inline, example = "focus_area")]
    pub rows: Option<String>,
    /// What the columns are, another dimension than the rows; without it the table is a list of rows.
    #[param(value_type = Dimension, required = false, inline, example = "status")]
    pub columns: Option<String>,
    /// What is measured; `projects` without it.
    #[param(value_type = Measure, required = false, inline)]
    pub measure: Option<String>,
    /// The cycle that was reported in.
    #[param(value_type = String, required = true, example = "me-2022")]
    pub cycle: Option<String>,
    /// Only these focus areas; `unknown` for reports without one.
    pub focus_area: Vec<String>,
    /// Only these sub-areas; `unknown` for reports without one.
    pub sub_area: Vec<String>,
    /// Only these statuses.
    #[param(value_type = Vec<Status>, inline)]
    pub status: Vec<String>,
    /// Only these countries, by ISO 3166-1 alpha-2 code.
    pub country: Vec<String>,
    /// Only these cities.
    pub city: Vec<String>,
    /// Only reports with one of these outcomes; `unknown` for reports without any.
    pub outcome: Vec<String>,
    /// Only reports with one of these enablers; `unknown` for reports without any.
    pub enabler: Vec<String>,
    /// Only reports with one of these sectors; `unknown` for reports without any.
    pub sector: Vec<String>,
    /// Only the pilot cities, or only others.
    pub pilot: Option<bool>,
    /// Only the priority projects of the plans, or only others.
    pub priority: Option<bool>,
}

impl TableParams {
    fn question(&self, language: Language) -> ApiResult<(Slug, Question)> {
        let rows = parse("rows", self.rows.as_deref(), Dimension::parse)?
            .ok_or_else(|| required("rows", Dimension::ALL))?;
        let columns = parse("columns", self.columns.as_deref(), Dimension::parse)?;
        if columns == Some(rows) {
            let detail = "another dimension than that of the rows is expected";
            return Err(ApiError::parameter("columns", ValueFault::new("same", detail)));
        }
        let measure = parse("measure", self.measure.as_deref(), Measure::parse)?;
        let cycle = parse("cycle", self.cycle.as_deref(), Slug::parse)?
            .ok_or_else(|| ApiError::parameter("cycle", ValueFault::required()))?;
        let measure = measure.unwrap_or(Measure::Projects);
        Ok((cycle, Question { rows, columns, measure, filter: self.filter(), language }))
    }

    fn filter(&self) -> Filter {
        let lists = [
            (Dimension::FocusArea, &self.focus_area),
            (Dimension::SubArea, &self.sub_area),
            (Dimension::Status, &self.status),
            (Dimension::Country, &self.country),
            (Dimension::City, &self.city),
            (Dimension::Outcome, &self.outcome),
            (Dimension::Enabler, &self.enabler),
            (Dimension::Sector, &self.sector),
        ];
        let wanted = lists.into_iter().filter(|(_, list)| !list.is_empty());
        Filter {
            wanted: wanted.map(|(d, list)| (d, list.clone())).collect(),
            pilot: self.pilot,
            priority: self.priority,
        }
    }
}

fn parse<T>(
    name: &str,
    raw: Option<&str>,
    parse: impl FnOnce(String) -> Result<T, ValueFault>,
) -> ApiResult<Option<T>> {
    raw.map(|raw| parse(raw.to_owned()))
        .transpose()
        .map_err(|fault| ApiError::parameter(name, fault))
}

fn required(name: &str, dimensions: &[Dimension]) -> ApiError {
    let mut fault = ValueFault::required();
    fault.allowed = dimensions.iter().map(ToString::to_string).collect();
    ApiError::parameter(name, fault)
}

/// Count a table
///
/// Counts the approved reports of a cycle by one or two dimensions. Every combination is there, zeros included; what a
/// filter rules out is not. Parameters of one name mean any of their values, different names mean all of them. A reader
/// with a narrower scope gets the table of that scope.
#[utoipa::path(tag = "figures", params(TableParams), responses((status = 200, body = FiguresTable)))]
#[get("/figures/table")]
async fn get_figures_table(
    may: May<ReadFigures, Query<TableParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let (cycle, question) = params.question(may.language)?;
    let visible = may.actor.visible();
    let key = Key::new("figures/table", View::approved(&visible), params)?;
    let key = key.in_language(may.language);
    state.kept(key, move |c, version| count(c, version, &visible.approved, &cycle, &question)).await
}

fn count(
    conn: &mut Conn,
    version: i64,
    reach: &Reachable,
    cycle: &Slug,
    question: &Question,
) -> ApiResult<Answer> {
    let base = Base::Cycle(cycle.clone());
    let Some(ground) = figures::ground(conn, reach, &base, Depth::Columns)? else {
        let cycles = cycles::list(conn)?;
        let fault = ValueFault::unknown("cycle", cycles.iter().map(|c| c.slug.as_str()));
        return Err(ApiError::parameter("cycle", fault));
    };
    ground
        .check(&question.filter)
        .map_err(|(dimension, fault)| ApiError::parameter(dimension.as_str(), fault))?;
    let table = ground.table(question);
    Answer::of(&FiguresTable::new(&ground, question, table, version))
}
