//! A report as it is answered: the working copy to those inside, the approved copy to strangers.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    content_views::{
        EvidenceView, IndicatorValueView, MilestoneDoneView, PercentCalculation, PrefillView,
        ReadinessView, ScheduleView,
    },
    header::HeaderView,
    report_copy::{ReportAuthorship, ReportCopy},
};
use crate::{
    api::{
        answer::Answer,
        error::ApiResult,
        views::{AllowedAction, AllowedActions, MoneyView, PersonView},
    },
    domain::{
        fault::FieldFault,
        id::Id,
        language::Language,
        policy::{Actor, PolicyResource as _, RecordCopy, Visibility},
        readiness,
        report::{AuditStamp, PercentMethod, ReportState, Status},
        subject::ReportSubject,
        user::User,
        value::Slug,
        wording, workflow,
    },
    store::{Conn, StoreError, users},
};

/// A project's report in a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Where it stands between its city and its representative.
    pub state: ReportState,
    /// Counts the changes of the copy that is shown.
    pub version: i64,
    /// Where the project stands.
    #[schema(required)]
    pub status: Option<Status>,
    /// Why, where the step from the previous status has to be explained.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// How much is done, 0 to 100.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// How that was found.
    #[schema(required)]
    pub percent_method: Option<PercentMethod>,
    /// What was reached.
    #[schema(required)]
    pub achievements: Option<String>,
    /// What stood in the way.
    #[schema(required)]
    pub challenges: Option<String>,
    /// What comes next.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// What the city asks for.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Money spent to date.
    #[schema(required)]
    pub spent: Option<MoneyView>,
    /// Milestones that were reached.
    pub milestones: Vec<MilestoneDoneView>,
    /// Values that were measured.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Where it can be looked up.
    pub evidence: Vec<EvidenceView>,
    /// An explicit statement that nothing changed.
    pub unchanged: bool,
    /// How the percentage follows from the milestones; null when it is self-assessed or not stated.
    #[schema(required)]
    pub percent_calculation: Option<PercentCalculation>,
    /// How much of the project's time has passed at the cycle's cut-off; null without both dates. A fact, not a judgement.
    #[schema(required)]
    pub schedule: Option<ScheduleView>,
    /// Whether it can be submitted as far as its content goes.
    pub readiness: ReadinessView,
    /// The project as frozen at the last submission; null before the first.
    #[schema(required)]
    pub header: Option<HeaderView>,
    /// What the caller may do now: `edit`, `submit`, `withdraw`, `return`, `approve`, `reopen`, `comment`.
    #[schema(inline)]
    pub allowed_actions: AllowedActions,
    /// Source and basis of an imported report.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// Last day to be on time, the city's extension counted; null where nothing is due.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Whether it came after that day, or is not handed in and the day has passed.
    pub late: bool,
    /// When it was last written; null for strangers and imported reports.
    #[schema(required)]
    pub edited_at: Option<DateTime<Utc>>,
    /// Who wrote it: no review changes this. Null for strangers.
    #[schema(required)]
    pub edited_by: Option<PersonView>,
    /// On whose behalf; null for strangers.
    #[schema(required)]
    pub edited_for: Option<PersonView>,
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who submitted it; null for strangers.
    #[schema(required)]
    pub submitted_by: Option<PersonView>,
    /// On whose behalf; null for strangers.
    #[schema(required)]
    pub submitted_for: Option<PersonView>,
    /// When it was last decided on: approved, returned or reopened.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Who did; null for strangers.
    #[schema(required)]
    pub decided_by: Option<PersonView>,
    /// On whose behalf; null for strangers.
    #[schema(required)]
    pub decided_for: Option<PersonView>,
    /// The latest release that holds it as it is approved now; null for what is in none.
    #[schema(required)]
    pub released_in: Option<String>,
}

/// Shows a report as the actor sees it.
///
/// # Errors
/// Failures of the database, which is asked for the names of persons alone.
pub(super) fn load_report_view(
    conn: &mut Conn,
    on: &ReportSubject,
    actor: &Actor,
    at: DateTime<Utc>,
) -> ApiResult<ReportView> {
    let inside = on.visibility_for(actor) == Visibility::Readable(RecordCopy::Working);
    let (shown, deeds) = match (&on.report, &on.approved) {
        (Some(report), _) if inside => {
            (ReportCopy::from_working(on, report), ReportAuthorship::from_report(report))
        }
        (_, Some(approved)) => (ReportCopy::from_approved(approved), ReportAuthorship::default()),
        // The policy let nobody come here without one of them.
        (_, None) => return Err(StoreError::Corrupt("a report without a copy".into()).into()),
    };
    let readiness =
        if inside { readiness::list_blockers(on, shown.content, at) } else { Vec::new() };
    let ids = deeds.collect_user_ids();
    let names = if ids.is_empty() { Vec::new() } else { users::list_names(conn, &ids)? };
    let names: HashMap<Uuid, String> = names.into_iter().collect();
    Ok(ReportView::new(on, shown, (&deeds, &names), (actor, at), readiness))
}

/// Answers what the actor may do with a report at an instant.
fn list_allowed_actions(actor: &Actor, on: &ReportSubject, at: DateTime<Utc>) -> AllowedActions {
    let answer = |verdict: Result<(), String>| match verdict {
        Ok(()) => AllowedAction::new_allowed(),
        Err(reason) => AllowedAction::new_refused(reason),
    };
    workflow::list_allowed_actions(actor, on, at)
        .into_iter()
        .map(|(act, verdict)| (act.as_str().to_owned(), answer(verdict)))
        .collect()
}

impl ReportView {
    /// Answers it with its words in a language.
    ///
    /// # Errors
    /// None: it has a JSON form.
    pub(super) fn into_answer(mut self, language: Language) -> ApiResult<Answer> {
        self.allowed_actions.translate_reasons(language);
        if let Some(calculation) = &mut self.percent_calculation {
            calculation.formula =
                wording::translate_sentence(language, &calculation.formula).into_owned();
        }
        Ok(Answer::from_record(self.version, &self)?.in_language(language))
    }

    fn new(
        on: &ReportSubject,
        shown: ReportCopy<'_>,
        (deeds, names): (&ReportAuthorship, &HashMap<Uuid, String>),
        (actor, at): (&Actor, DateTime<Utc>),
        readiness: Vec<FieldFault>,
    ) -> Self {
        let person = |id: Option<Id<User>>| {
            let id = id?.as_uuid();
            Some(PersonView { id, name: names.get(&id)?.clone() })
        };
        let by = |deed: Option<AuditStamp>| person(deed.map(|d| d.by));
        let on_behalf = |deed: Option<AuditStamp>| person(deed.and_then(|d| d.acting_for));
        let due = on.due_day();
        let said = PrefillView::from(shown.content);
        Self {
            project: on.project.code.to_string(),
            cycle: on.cycle.slug.to_string(),
            state: shown.state,
            version: shown.version,
            status: said.status,
            status_reason: said.status_reason,
            percent_complete: said.percent_complete,
            percent_method: said.percent_method,
            achievements: said.achievements,
            challenges: said.challenges,
            next_steps: said.next_steps,
            support_needed: said.support_needed,
            spent: said.spent,
            milestones: said.milestones,
            indicator_values: said.indicator_values,
            evidence: said.evidence,
            unchanged: said.unchanged,
            percent_calculation: PercentCalculation::from_milestones(
                shown.milestones,
                shown.content,
            ),
            schedule: ScheduleView::from_dates(shown.dates, on.cycle.as_of),
            readiness: ReadinessView::from(readiness),
            header: shown.header,
            allowed_actions: list_allowed_actions(actor, on, at),
            imported: shown.imported.cloned(),
            due_on: due.map(|(day, _)| day),
            late: due.is_some_and(|(_, ends)| shown.state.is_late(shown.submitted_at, ends, at)),
            edited_at: deeds.edited.map(|d| d.at),
            edited_by: by(deeds.edited),
            edited_for: on_behalf(deeds.edited),
            submitted_at: shown.submitted_at,
            submitted_by: by(deeds.submitted),
            submitted_for: on_behalf(deeds.submitted),
            decided_at: shown.decided_at,
            decided_by: by(deeds.decided),
            decided_for: on_behalf(deeds.decided),
            released_in: on.released_in.as_ref().map(Slug::to_string),
        }
    }
}
