//! The shapes of what was before, and of what happened since.

use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::views::{list_money_sums, to_json_number};
use crate::{
    api::views::MoneyView,
    domain::{
        figures::{Figure, Measure, Movement, ProjectChange, ValueChange},
        report::Status,
        value::{self, Percent},
    },
};

/// A number as it was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EarlierView {
    /// The number; null where nobody stated it, and for money, which is only added per currency.
    #[schema(required, value_type = Option<f64>, example = 8)]
    pub value: Option<JsonNumber>,
    /// How many of the reports stated the measured thing.
    #[schema(example = 8)]
    pub known: i64,
    /// How many reports there were.
    #[schema(example = 8)]
    pub of: i64,
    /// The sums of money; only where `spent` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_currency: Option<Vec<MoneyView>>,
}

/// A status before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct StatusStep {
    /// Before.
    pub from: Status,
    /// After.
    pub to: Status,
}

/// A text or key before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TextStep {
    /// Before; null where there was none.
    #[schema(required)]
    pub from: Option<String>,
    /// After; null where there is none.
    #[schema(required)]
    pub to: Option<String>,
}

/// A percentage before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PercentStep {
    /// Before; null where none was stated.
    #[schema(required)]
    pub from: Option<f64>,
    /// After; null where none is stated.
    #[schema(required)]
    pub to: Option<f64>,
}

/// An amount of money before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MoneyStep {
    /// Before; null where none was stated.
    #[schema(required)]
    pub from: Option<MoneyView>,
    /// After; null where none is stated.
    #[schema(required)]
    pub to: Option<MoneyView>,
}

/// What happened to a project. A step is null where nothing changed, or where the project is on one side alone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FigureChangeView {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Its title, the later one.
    #[schema(required, example = "Traffic control centre")]
    pub title: Option<String>,
    /// What became of it among what is asked about.
    pub movement: Movement,
    /// Where it stands.
    #[schema(required)]
    pub status: Option<StatusStep>,
    /// What it is called.
    #[schema(required)]
    pub retitled: Option<TextStep>,
    /// The key of the focus area in which it is counted.
    #[schema(required)]
    pub focus_area: Option<TextStep>,
    /// How much is done.
    #[schema(required)]
    pub percent_complete: Option<PercentStep>,
    /// Money spent to date.
    #[schema(required)]
    pub spent: Option<MoneyStep>,
    /// Why the status changed, as the city says in the later report; null where it did not have to say.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// Why an approved report was taken up again, between two releases of one cycle; null between two cycles.
    #[schema(required)]
    pub reason: Option<String>,
}

impl EarlierView {
    pub(super) fn new(figure: &Figure, measure: Measure) -> Self {
        Self {
            value: to_json_number(figure.value),
            known: figure.known,
            of: figure.report_count,
            by_currency: (measure == Measure::Spent).then(|| list_money_sums(figure)),
        }
    }
}

impl<T: ToString> From<ValueChange<Option<T>>> for TextStep {
    fn from(step: ValueChange<Option<T>>) -> Self {
        Self { from: step.from.map(|t| t.to_string()), to: step.to.map(|t| t.to_string()) }
    }
}
impl From<ValueChange<Status>> for StatusStep {
    fn from(step: ValueChange<Status>) -> Self {
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
            // A reason explains a step; where none was taken it is about an older one.
            status_reason: change
                .status_reason
                .filter(|_| change.status.is_some())
                .map(|reason| reason.to_string()),
            status: change.status.map(StatusStep::from),
            retitled: change.retitled.map(named),
            focus_area: change.focus_area.map(TextStep::from),
            percent_complete: change.percent.map(PercentStep::from),
            spent: change.spent.map(MoneyStep::from),
            reason: None,
        }
    }
}
