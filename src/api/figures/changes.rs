//! Response shapes of earlier numbers and of the changes of projects.

use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::views::{list_money_sums, to_json_number};
use crate::{
    api::views::MoneyView,
    domain::{
        figures::{Figure, Measure, ProjectChange, ProjectMovement, ValueChange},
        report::ProjectStatus,
        value::{self, Percent},
    },
};

/// A number on one side of a comparison.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EarlierView {
    /// The number. Null if no report states it, and for money, which is in `by_currency`.
    #[schema(required, value_type = Option<f64>, example = 8)]
    pub value: Option<JsonNumber>,
    /// The number of reports that state the measured value.
    #[schema(example = 8)]
    pub known: i64,
    /// The number of reports that are counted.
    #[schema(example = 8)]
    pub of: i64,
    /// The sums of money, one amount for each currency. Present only if `spent` or `budget` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_currency: Option<Vec<MoneyView>>,
}

/// A status before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct StatusStep {
    /// The earlier status.
    pub from: ProjectStatus,
    /// The later status.
    pub to: ProjectStatus,
}

/// A text or key before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TextStep {
    /// The earlier value. Null if there was none.
    #[schema(required)]
    pub from: Option<String>,
    /// The later value. Null if there is none.
    #[schema(required)]
    pub to: Option<String>,
}

/// A percentage before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PercentStep {
    /// The earlier percentage, 0 to 100. Null if the report stated none.
    #[schema(required)]
    pub from: Option<f64>,
    /// The later percentage, 0 to 100. Null if the report states none.
    #[schema(required)]
    pub to: Option<f64>,
}

/// An amount of money before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MoneyStep {
    /// The earlier amount. Null if the report stated none.
    #[schema(required)]
    pub from: Option<MoneyView>,
    /// The later amount. Null if the report states none.
    #[schema(required)]
    pub to: Option<MoneyView>,
}

/// The changes of a project between the two sides. A change is null if the value is the same on both sides, or if only
/// one side has a report of the project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FigureChangeView {
    /// The code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The title of the project: the later one if it changed.
    #[schema(required, example = "Traffic control centre")]
    pub title: Option<String>,
    /// How the project moved: it entered the selection, left it, or changed within it.
    pub movement: ProjectMovement,
    /// The change of its status.
    #[schema(required)]
    pub status: Option<StatusStep>,
    /// The change of its title.
    #[schema(required)]
    pub retitled: Option<TextStep>,
    /// The change of the focus area that it is counted in, by key.
    #[schema(required)]
    pub focus_area: Option<TextStep>,
    /// The change of its stated percentage of completion.
    #[schema(required)]
    pub percent_complete: Option<PercentStep>,
    /// The change of the money spent to date.
    #[schema(required)]
    pub spent: Option<MoneyStep>,
    /// The change of the planned money.
    #[schema(required)]
    pub budget: Option<MoneyStep>,
    /// Why the status changed, as the later report explains. Null if the status did not change, or if the city did not
    /// have to explain it.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// Why the approved report was reopened; several reasons are separated by `; `. Only a comparison of two releases
    /// of one cycle (`/figures/compare`) has reasons. Null in every other answer, and if nobody reopened the report.
    #[schema(required)]
    pub reason: Option<String>,
}

impl EarlierView {
    pub(super) fn new(figure: &Figure, measure: Measure) -> Self {
        Self {
            value: to_json_number(figure.value),
            known: figure.known,
            of: figure.report_count,
            by_currency: measure.is_money().then(|| list_money_sums(figure)),
        }
    }
}

impl<T: ToString> From<ValueChange<Option<T>>> for TextStep {
    fn from(step: ValueChange<Option<T>>) -> Self {
        Self { from: step.from.map(|t| t.to_string()), to: step.to.map(|t| t.to_string()) }
    }
}
impl From<ValueChange<ProjectStatus>> for StatusStep {
    fn from(step: ValueChange<ProjectStatus>) -> Self {
        Self { from: step.from, to: step.to }
    }
}
impl From<ValueChange<Option<Percent>>> for PercentStep {
    fn from(step: ValueChange<Option<Percent>>) -> Self {
        Self { from: step.from.map(Percent::value), to: step.to.map(Percent::value) }
    }
}
impl From<ValueChange<Option<value::Money>>> for MoneyStep {
    fn from(step: ValueChange<Option<value::Money>>) -> Self {
        Self { from: step.from.map(MoneyView::from), to: step.to.map(MoneyView::from) }
    }
}

impl From<ProjectChange> for FigureChangeView {
    fn from(change: ProjectChange) -> Self {
        let named = |step: ValueChange<value::Title>| TextStep {
            from: Some(step.from.to_string()),
            to: Some(step.to.to_string()),
        };
        Self {
            project: change.code.to_string(),
            title: change.title.map(|t| t.to_string()),
            movement: change.movement,
            // A report keeps its explanation of an older change of status. It is shown only with a change that it
            // explains.
            status_reason: change
                .status_reason
                .filter(|_| change.status.is_some())
                .map(|reason| reason.to_string()),
            status: change.status.map(StatusStep::from),
            retitled: change.retitled.map(named),
            focus_area: change.focus_area.map(TextStep::from),
            percent_complete: change.percent.map(PercentStep::from),
            spent: change.spent.map(MoneyStep::from),
            budget: change.budget.map(MoneyStep::from),
            reason: None,
        }
    }
}
