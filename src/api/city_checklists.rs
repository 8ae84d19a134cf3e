//! The checklist of a city: everything that the city has to report in a cycle, in one answer.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    answer::Answer, error::ApiResult, may::CachedMay, reports::MissingView,
    service_config::ServiceConfig, state::State, views::PersonView,
};
use crate::{
    domain::{
        city_checklist::{
            ChecklistItem, ChecklistTotals, CityDeadline, ReportHolder, VisibleChecklistItem,
        },
        comment::Comment,
        cycle::{CycleState, calendar_day},
        language::Language,
        policy::{Authorized, ReadCityCycle},
        report::{ProjectStatus, ReportState},
        subject::CityCycleSubject,
        value::Percent,
    },
    store::{
        Conn, StoreResult, extensions, reports,
        users::{self, PersonNames},
    },
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_sitting));
}

/// Number of reports of each kind.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = SittingTotals)]
pub(crate) struct ChecklistTotalsView {
    /// Projects that have to be reported.
    pub projects: usize,
    /// Projects whose report is not begun.
    pub to_write: usize,
    /// Reports that are drafts.
    pub draft: usize,
    /// Reports that were returned to the city.
    pub returned: usize,
    /// Reports that wait for a decision.
    pub submitted: usize,
    /// Reports that are approved.
    pub approved: usize,
    /// Reports that are with the city, begun, and complete. Counts only reports that the caller may read.
    pub ready: usize,
    /// Reports that are with the city, begun, and not complete. Counts only reports that the caller may read.
    pub blocked: usize,
    /// Reports that were submitted after the due day, or are not submitted although it has passed.
    pub late: usize,
}
impl From<ChecklistTotals> for ChecklistTotalsView {
    fn from(t: ChecklistTotals) -> Self {
        Self {
            projects: t.projects,
            to_write: t.to_write,
            draft: t.draft,
            returned: t.returned,
            submitted: t.submitted,
            approved: t.approved,
            ready: t.ready,
            blocked: t.blocked,
            late: t.late,
        }
    }
}

/// The comment with which a report was returned or reopened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReturnView {
    /// Identifier of the comment, to which replies can be added.
    pub comment_id: Uuid,
    /// Text of the comment.
    pub text: String,
    /// Author of the comment.
    pub by: PersonView,
    /// Time of the comment.
    pub at: DateTime<Utc>,
}

/// A project that has to be reported, with the state of its report.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SittingItem)]
pub(crate) struct ChecklistItemView {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Present title of the project.
    pub title: String,
    /// State of the report; null if it is not begun.
    #[schema(required)]
    pub state: Option<ReportState>,
    /// The party that has to act next.
    pub held_by: ReportHolder,
    /// Version of the report, for `If-Match`. Null if the report is not begun, or if the caller may not read it.
    #[schema(required)]
    pub version: Option<i64>,
    /// Status of the project in the report. Null if not stated, or if the caller may not read the report.
    #[schema(required)]
    pub status: Option<ProjectStatus>,
    /// Completed share of the project in percent, 0 to 100. Null if not stated, or if the caller may not read the
    /// report.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// `true` if nothing blocks the submission. Null if the report does not wait to be submitted, or if the caller may
    /// not read it.
    #[schema(required)]
    pub ready: Option<bool>,
    /// Everything that blocks the submission; empty if `ready` is null.
    pub missing: Vec<MissingView>,
    /// Number of comments that the city has to answer. 0 if the caller may not read the report.
    pub unanswered: usize,
    /// Comment with which the report was returned or reopened; null unless the report is returned.
    #[schema(required)]
    pub returned: Option<ReturnView>,
    /// Time of the submission. Null if the report is not submitted, or if the caller may not read it.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// `true` if the report was first submitted after the due day then in force, or is not submitted although the due
    /// day has passed.
    pub late: bool,
}

/// The checklist of a city: everything that the city has to report in a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SittingView)]
pub(crate) struct CityChecklistView {
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// State of the cycle.
    pub cycle_state: CycleState,
    /// `true` if the city may write and submit reports now, because the cycle is open or extended for the city.
    pub accepts_reports: bool,
    /// Last day to submit on time, with the city's extension if there is one; null if the cycle has no due day.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// `true` if an extension moved that day.
    pub extended: bool,
    /// Days from today to `due_on` in the city's time zone: 0 on the day itself, negative after it. Null if the cycle
    /// has no due day.
    #[schema(required)]
    pub days_left: Option<i64>,
    /// Number of reports of each kind.
    pub totals: ChecklistTotalsView,
    /// Every project of the plan, by number. Archived projects are listed only if they have a report.
    pub items: Vec<ChecklistItemView>,
}

/// Read a city's checklist
///
/// Lists every project of the city's plan in a cycle, with the state of its report, what blocks the submission, why it
/// was returned, and who has to act next. For officers of the city, the national representative of its country and the
/// secretariat. The representative and the secretariat see that a draft exists that was never submitted, but not its
/// content.
#[utoipa::path(get, path = "/cities/{city}/cycles/{cycle}", tag = "reports",
    responses((status = 200, body = CityChecklistView)))]
async fn get_sitting(may: CachedMay<ReadCityCycle>, state: Data<State>) -> ApiResult<Answer> {
    let (at, language) = (state.clock.now(), may.language);
    may.answer_cached(&state, "cities/cycles", at, move |c, proof| {
        Answer::from_value(&load_checklist(c, proof, at, language)?)
    })
    .await
}

fn load_checklist(
    conn: &mut Conn,
    proof: &Authorized<ReadCityCycle>,
    at: DateTime<Utc>,
    language: Language,
) -> StoreResult<CityChecklistView> {
    let (CityCycleSubject { city, cycle }, actor) = (proof.subject(), proof.actor());
    let extension = extensions::find_due_day(conn, &cycle.slug, &city.slug)?;
    let checklist = reports::load_checklist_items(conn, city, cycle)?;
    let names = load_return_authors(conn, &checklist)?;
    let visible: Vec<VisibleChecklistItem<'_>> =
        checklist.iter().map(|item| item.visible_to(actor, at)).collect::<Result<_, _>>()?;
    let due = CityDeadline::for_cycle(cycle, extension, city.time_zone, at);
    Ok(CityChecklistView {
        city: city.slug.to_string(),
        cycle: cycle.slug.to_string(),
        cycle_state: cycle.state,
        accepts_reports: cycle.accepts_reports(extension, calendar_day(at, city.time_zone)),
        due_on: due.map(|d| d.on),
        extended: due.is_some_and(|d| d.extended),
        days_left: due.map(|d| d.days_left),
        totals: ChecklistTotals::count_items(&visible).into(),
        items: visible.iter().map(|v| ChecklistItemView::new(v, &names, language)).collect(),
    })
}

pub(super) fn load_return_authors(
    conn: &mut Conn,
    checklist: &[ChecklistItem],
) -> StoreResult<PersonNames> {
    users::load_names(conn, checklist.iter().filter_map(|s| s.returned.as_ref()).map(|c| c.author))
}

impl ChecklistItemView {
    /// `language` is that of the faults.
    pub(super) fn new(
        visible: &VisibleChecklistItem<'_>,
        names: &PersonNames,
        language: Language,
    ) -> Self {
        let subject = &visible.item.report_subject;
        let report = subject.report.as_ref().filter(|_| visible.can_read_working);
        let missing = visible.missing.clone();
        Self {
            project: subject.project.code.to_string(),
            title: subject.project.details.title.to_string(),
            state: visible.state,
            held_by: visible.holder,
            version: report.map(|r| r.version),
            status: report.and_then(|r| r.content.status),
            percent_complete: report.and_then(|r| r.content.percent_complete).map(Percent::value),
            ready: missing.as_ref().map(Vec::is_empty),
            missing: MissingView::list(missing.unwrap_or_default(), language),
            unanswered: if visible.can_read_working {
                subject.unanswered_comments.get().map_or(0, Vec::len)
            } else {
                0
            },
            returned: visible.item.returned.as_ref().map(|c| ReturnView::new(c, names)),
            submitted_at: report.and_then(|r| r.submitted).map(|d| d.at),
            late: visible.late,
        }
    }
}

impl ReturnView {
    fn new(comment: &Comment, names: &PersonNames) -> Self {
        let name = names.name_of(comment.author).unwrap_or_default().to_owned();
        Self {
            comment_id: comment.id.as_uuid(),
            text: comment.text.to_string(),
            by: PersonView { id: comment.author.as_uuid(), name },
            at: comment.at,
        }
    }
}
