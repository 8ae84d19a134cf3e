//! The view of a report: the working copy for callers who work on it, the approved copy for all others.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    content_views::{
        EvidenceView, IndicatorValueView, MilestoneDoneView, PercentCalculation, PrefillView,
        ReadinessView, ScheduleView,
    },
    header::HeaderView,
};
use crate::{
    api::{
        answer::Answer,
        error::ApiResult,
        views::{AllowedAction, AllowedActions, MoneyView, PersonView},
    },
    app::reports::ReportDetail,
    domain::{
        id::Id,
        language::Language,
        message::Message,
        report::{AuditStamp, PercentMethod, ProjectStatus, ReportState},
        user::User,
        value::Slug,
        workflow::ActionVerdict,
    },
};

/// A project's report in a cycle. Officers of the project's city, the national representative of its country and the
/// secretariat get the working copy; all other callers get the approved copy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// State of the report.
    pub state: ReportState,
    /// Version of the copy in this answer. It increases with every change of that copy.
    pub version: i64,
    /// Status of the project; null if the report does not state it yet.
    #[schema(required)]
    pub status: Option<ProjectStatus>,
    /// Reason for the status; null if none was given.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// Completed share of the project in percent, 0 to 100 with at most two decimals; null if not stated.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// Method by which the percentage was found; null if not stated.
    #[schema(required)]
    pub percent_method: Option<PercentMethod>,
    /// Achievements of the project; null if not stated.
    #[schema(required)]
    pub achievements: Option<String>,
    /// Difficulties in the work; null if not stated.
    #[schema(required)]
    pub challenges: Option<String>,
    /// Planned next steps; null if not stated.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// Support that the city asks for; null if none.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Money spent on the project to date; null if not stated.
    #[schema(required)]
    pub spent: Option<MoneyView>,
    /// Reached milestones.
    pub milestones: Vec<MilestoneDoneView>,
    /// Measured values.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Links to evidence.
    pub evidence: Vec<EvidenceView>,
    /// `true` if the city states that nothing changed since the latest approved report of an earlier cycle.
    pub unchanged: bool,
    /// Calculation of the percentage from the milestones; null if the percentage is self-assessed or not stated.
    #[schema(required)]
    pub percent_calculation: Option<PercentCalculation>,
    /// Share of the project's duration that has passed at the cycle's cut-off day; null unless both dates of the
    /// project are known. It does not say whether the project is on schedule.
    #[schema(required)]
    pub schedule: Option<ScheduleView>,
    /// Whether the content is complete enough to be submitted. The approved copy is always ready.
    pub readiness: ReadinessView,
    /// The project's record as it was frozen at the last submission; null before the first submission.
    #[schema(required)]
    pub header: Option<HeaderView>,
    /// Actions that the caller may take now, each with the reason if it is refused: `edit`, `submit`, `withdraw`,
    /// `return`, `approve`, `reopen`, `comment`.
    #[schema(
        value_type = BTreeMap<String, AllowedAction>,
        example = json!({"edit": {"allowed": true}, "submit": {"allowed": false, "reason": "the report is approved"}})
    )]
    pub allowed_actions: AllowedActions,
    /// Source and basis of an imported report; null for all other reports.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// Last day to submit on time, in the city's time zone. An extension of the city is included. Null if the cycle has
    /// no due day, as imported cycles.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// `true` if the report was first submitted after the due day then in force, or is not submitted although `due_on`
    /// has passed. Later submissions, returns, reopenings and extensions do not change it.
    pub late: bool,
    /// Time of the last change of the content. Null in the approved copy and for imported reports.
    #[schema(required)]
    pub edited_at: Option<DateTime<Utc>>,
    /// Person who changed the content last; a review does not change this. Null in the approved copy.
    #[schema(required)]
    pub edited_by: Option<PersonView>,
    /// Person on whose behalf `edited_by` acted; null if none, and in the approved copy.
    #[schema(required)]
    pub edited_for: Option<PersonView>,
    /// Time of the submission. Null before the first submission, after a withdrawal, and for imported reports.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Time of the first submission in the cycle, which decides whether the report is late. A withdrawal sets it to null
    /// unless a return, an approval or a reopening followed that submission. Null in the approved copy.
    #[schema(required)]
    pub first_submitted_at: Option<DateTime<Utc>>,
    /// Person who submitted the report; null in the approved copy.
    #[schema(required)]
    pub submitted_by: Option<PersonView>,
    /// Person on whose behalf `submitted_by` acted; null if none, and in the approved copy.
    #[schema(required)]
    pub submitted_for: Option<PersonView>,
    /// Time of the last decision: an approval, a return or a reopening. A new submission sets it to null.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Person who made that decision; null in the approved copy.
    #[schema(required)]
    pub decided_by: Option<PersonView>,
    /// Person on whose behalf `decided_by` acted; null if none, and in the approved copy.
    #[schema(required)]
    pub decided_for: Option<PersonView>,
    /// Key of the latest release that contains the report as it is approved now; null if there is none.
    #[schema(required)]
    pub released_in: Option<String>,
}

fn to_allowed_actions(actions: Vec<ActionVerdict>) -> AllowedActions {
    let answer = |verdict: Result<(), Message>| match verdict {
        Ok(()) => AllowedAction::new_allowed(),
        Err(reason) => AllowedAction::new_refused(reason),
    };
    actions.into_iter().map(|(act, verdict)| (act.as_str().to_owned(), answer(verdict))).collect()
}

impl ReportView {
    /// Puts the texts into words, and builds the answer.
    pub(super) fn build_answer(detail: ReportDetail, language: Language) -> ApiResult<Answer> {
        let mut view = Self::new(detail, language);
        view.allowed_actions.word_reasons(language);
        if let Some(calculation) = &mut view.percent_calculation {
            calculation.formula.word(language);
        }
        Ok(Answer::from_record(view.version, &view)?.in_language(language))
    }

    fn new(detail: ReportDetail, language: Language) -> Self {
        let ReportDetail { copy, authorship, names, .. } = detail;
        let person = |id: Option<Id<User>>| {
            let id = id?;
            Some(PersonView { id: id.as_uuid(), name: names.name_of(id)?.to_owned() })
        };
        let by = |stamp: Option<AuditStamp>| person(stamp.map(|d| d.by));
        let on_behalf = |stamp: Option<AuditStamp>| person(stamp.and_then(|d| d.acting_for));
        let content = PrefillView::from(&copy.content);
        Self {
            project: detail.code.to_string(),
            cycle: detail.cycle.to_string(),
            state: copy.state,
            version: copy.version,
            status: content.status,
            status_reason: content.status_reason,
            percent_complete: content.percent_complete,
            percent_method: content.percent_method,
            achievements: content.achievements,
            challenges: content.challenges,
            next_steps: content.next_steps,
            support_needed: content.support_needed,
            spent: content.spent,
            milestones: content.milestones,
            indicator_values: content.indicator_values,
            evidence: content.evidence,
            unchanged: content.unchanged,
            percent_calculation: PercentCalculation::from_milestones(
                &copy.milestones,
                &copy.content,
                (!copy.is_frozen()).then_some(detail.as_of),
            ),
            schedule: ScheduleView::from_dates(copy.starts_on, copy.ends_on, detail.as_of),
            readiness: ReadinessView::new(detail.blockers, language),
            header: copy.header.as_ref().map(HeaderView::from),
            allowed_actions: to_allowed_actions(detail.allowed_actions),
            imported: copy.imported,
            due_on: detail.due_on,
            late: detail.late,
            edited_at: authorship.edited.map(|d| d.at),
            edited_by: by(authorship.edited),
            edited_for: on_behalf(authorship.edited),
            submitted_at: copy.submitted_at,
            first_submitted_at: copy.first_submitted_at,
            submitted_by: by(authorship.submitted),
            submitted_for: on_behalf(authorship.submitted),
            decided_at: copy.decided_at,
            decided_by: by(authorship.decided),
            decided_for: on_behalf(authorship.decided),
            released_in: detail.released_in.as_ref().map(Slug::to_string),
        }
    }
}
