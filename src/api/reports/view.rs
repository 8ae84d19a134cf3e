//! A report as it is answered: the working copy to those inside, the approved copy to strangers.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::header::HeaderView;
use crate::{
    api::{
        error::ApiResult,
        views::{AllowedAction, AllowedActions, Money, Person},
    },
    domain::{
        fault::FieldFault,
        policy::{Actor, Face, Resource as _, Sight},
        project::Header,
        readiness,
        report::{
            ApprovedReport, Content, Deed, Evidence, IndicatorValue, MilestoneDone, PercentMethod,
            Report, ReportState, Status,
        },
        subject::ReportSubject,
        value::{Percent, Prose},
        workflow,
    },
    store::{Conn, StoreError, users},
};

/// A milestone that was reached.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MilestoneDoneView {
    /// The milestone.
    pub milestone_id: Uuid,
    /// When it was reached.
    pub completed_on: NaiveDate,
}
impl From<&MilestoneDone> for MilestoneDoneView {
    fn from(m: &MilestoneDone) -> Self {
        Self { milestone_id: m.milestone_id.uuid(), completed_on: m.completed_on }
    }
}

/// A value that was measured.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IndicatorValueView {
    /// The indicator.
    pub indicator_id: Uuid,
    /// What was measured.
    pub value: f64,
    /// When.
    pub measured_on: NaiveDate,
}
impl From<&IndicatorValue> for IndicatorValueView {
    fn from(v: &IndicatorValue) -> Self {
        Self { indicator_id: v.indicator_id.uuid(), value: v.value, measured_on: v.measured_on }
    }
}

/// A link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EvidenceView {
    /// What it shows.
    pub title: String,
    /// Where it is.
    pub url: String,
}
impl From<&Evidence> for EvidenceView {
    fn from(e: &Evidence) -> Self {
        Self { title: e.title.to_string(), url: e.url.as_str().to_owned() }
    }
}

/// Something that blocks a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissingView {
    /// The field of the report as a JSON pointer; under `/project` for one of the project's own record.
    #[schema(example = "/next_steps")]
    pub pointer: String,
    /// A stable word for programs.
    #[schema(example = "required")]
    pub code: String,
}

/// Whether a report can be submitted as far as its content goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadinessView {
    /// Whether nothing is missing.
    pub ready: bool,
    /// Everything that is.
    pub missing: Vec<MissingView>,
}
impl From<Vec<FieldFault>> for ReadinessView {
    fn from(faults: Vec<FieldFault>) -> Self {
        let missing = |f: FieldFault| MissingView { pointer: f.pointer, code: f.code };
        Self { ready: faults.is_empty(), missing: faults.into_iter().map(missing).collect() }
    }
}

/// A project's report in a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportView {
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
    pub spent: Option<Money>,
    /// Milestones that were reached.
    pub milestones: Vec<MilestoneDoneView>,
    /// Values that were measured.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Where it can be looked up.
    pub evidence: Vec<EvidenceView>,
    /// An explicit statement that nothing changed.
    pub unchanged: bool,
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
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who submitted it; null for strangers.
    #[schema(required)]
    pub submitted_by: Option<Person>,
    /// When it was last decided on: approved, returned or reopened.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Who did; null for strangers.
    #[schema(required)]
    pub decided_by: Option<Person>,
    /// The release that it is part of.
    #[schema(required)]
    pub released_in: Option<String>,
}

/// What the two copies of a report have in common.
struct Shown<'a> {
    content: &'a Content,
    state: ReportState,
    version: i64,
    header: Option<&'a Header>,
    imported: Option<&'a Value>,
    submitted_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
}

impl<'a> Shown<'a> {
    fn working(r: &'a Report) -> Self {
        Self {
            content: &r.content,
            state: r.state,
            version: r.version,
            header: r.header.as_ref(),
            imported: r.imported.as_ref(),
            submitted_at: r.submitted.map(|d| d.at),
            decided_at: r.decided.map(|d| d.at),
        }
    }
    fn approved(a: &'a ApprovedReport) -> Self {
        Self {
            content: &a.content,
            state: ReportState::Approved,
            version: a.version,
            header: Some(&a.header),
            imported: a.imported.as_ref(),
            submitted_at: a.submitted_at,
            decided_at: a.decided_at,
        }
    }
}

/// Shows a report as the actor sees it.
///
/// # Errors
/// Failures of the database, which is asked for the names of persons alone.
pub(super) fn show(
    conn: &mut Conn,
    on: &ReportSubject,
    actor: &Actor,
    at: DateTime<Utc>,
) -> ApiResult<ReportView> {
    let inside = on.sight(actor) == Sight::Seen(Face::Working);
    let (shown, submitted, decided) = match (&on.report, &on.approved) {
        (Some(report), _) if inside => (Shown::working(report), report.submitted, report.decided),
        (_, Some(approved)) => (Shown::approved(approved), None, None),
        // The policy let nobody come here without one of them.
        (_, None) => return Err(StoreError::Corrupt("a report without a copy".into()).into()),
    };
    let readiness = if inside { readiness::of(on, shown.content) } else { Vec::new() };
    let ids: Vec<Uuid> = [submitted, decided].into_iter().flatten().map(|d| d.by.uuid()).collect();
    let names = if ids.is_empty() { Vec::new() } else { users::names(conn, &ids)? };
    let names: HashMap<Uuid, String> = names.into_iter().collect();
    Ok(ReportView::new(on, &shown, (submitted, decided), &names, (actor, at), readiness))
}

/// Answers what the actor may do with a report at an instant.
fn allowed(actor: &Actor, on: &ReportSubject, at: DateTime<Utc>) -> AllowedActions {
    let answer = |verdict: Result<(), String>| match verdict {
        Ok(()) => AllowedAction::yes(),
        Err(reason) => AllowedAction::no(reason),
    };
    workflow::allowed(actor, on, at)
        .into_iter()
        .map(|(act, verdict)| (act.as_str().to_owned(), answer(verdict)))
        .collect()
}

fn text(prose: Option<&Prose>) -> Option<String> {
    prose.map(Prose::to_string)
}

impl ReportView {
    fn new(
        on: &ReportSubject,
        shown: &Shown<'_>,
        (submitted, decided): (Option<Deed>, Option<Deed>),
        names: &HashMap<Uuid, String>,
        (actor, at): (&Actor, DateTime<Utc>),
        readiness: Vec<FieldFault>,
    ) -> Self {
        let person = |deed: Option<Deed>| {
            let id = deed?.by.uuid();
            Some(Person { id, name: names.get(&id)?.clone() })
        };
        let c = shown.content;
        Self {
            project: on.project.code.to_string(),
            cycle: on.cycle.slug.to_string(),
            state: shown.state,
            version: shown.version,
            status: c.status,
            status_reason: text(c.status_reason.as_ref()),
            percent_complete: c.percent_complete.map(Percent::value),
            percent_method: c.percent_method,
            achievements: text(c.achievements.as_ref()),
            challenges: text(c.challenges.as_ref()),
            next_steps: text(c.next_steps.as_ref()),
            support_needed: text(c.support_needed.as_ref()),
            spent: c.spent.map(Money::from),
            milestones: c.milestones.iter().map(MilestoneDoneView::from).collect(),
            indicator_values: c.indicator_values.iter().map(IndicatorValueView::from).collect(),
            evidence: c.evidence.iter().map(EvidenceView::from).collect(),
            unchanged: c.unchanged,
            readiness: ReadinessView::from(readiness),
            header: shown.header.map(HeaderView::from),
            allowed_actions: allowed(actor, on, at),
            imported: shown.imported.cloned(),
            submitted_at: shown.submitted_at,
            submitted_by: person(submitted),
            decided_at: shown.decided_at,
            decided_by: person(decided),
            // Releases are not kept yet.
            released_in: None,
        }
    }
}
