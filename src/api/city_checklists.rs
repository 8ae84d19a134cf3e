//! One city, one sitting: what a city has to report in a cycle, in one answer.

use std::collections::HashMap;

use actix_web::{get, web::Data};
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
            ChecklistItem, ChecklistTotals, CityDeadline, Holder, VisibleChecklistItem,
        },
        comment::Comment,
        cycle::{CycleState, calendar_day},
        policy::{Actor, ReadCityCycle},
        report::{ReportState, Status},
        subject::CityCycleSubject,
        value::Percent,
    },
    store::{Conn, StoreResult, extensions, reports, users},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_sitting);
}

/// How many reports there are of each kind.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = SittingTotals)]
pub(crate) struct ChecklistTotalsView {
    /// The projects that are to be reported.
    pub projects: usize,
    /// No report was begun.
    pub to_write: usize,
    /// Being written and not handed in.
    pub draft: usize,
    /// Sent back to the city.
    pub returned: usize,
    /// Waiting for a decision.
    pub submitted: usize,
    /// Accepted.
    pub approved: usize,
    /// With the city, begun, and nothing is missing; 0 to those who do not see into them.
    pub ready: usize,
    /// With the city, begun, and something is missing; 0 to those who do not see into them.
    pub blocked: usize,
    /// Came late, or are late by now.
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

/// The words with which a report was sent back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReturnView {
    /// The comment, which threads go on from.
    pub comment_id: Uuid,
    /// What was said.
    pub text: String,
    /// Who said it.
    pub by: PersonView,
    /// When.
    pub at: DateTime<Utc>,
}

/// A project that is to be reported.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SittingItem)]
pub(crate) struct ChecklistItemView {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Its title as it is now.
    pub title: String,
    /// Where its report stands; null when none was begun.
    #[schema(required)]
    pub state: Option<ReportState>,
    /// Who has to do the next thing.
    pub held_by: Holder,
    /// The version of the report, for `If-Match`; null when none was begun or it is not for the caller to see.
    #[schema(required)]
    pub version: Option<i64>,
    /// The status that the report states; null also when it is not for the caller to see.
    #[schema(required)]
    pub status: Option<Status>,
    /// The percentage that the report states; null also when it is not for the caller to see.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// Whether nothing blocks its submission; null where nothing waits to be submitted or it is not for the caller to see.
    #[schema(required)]
    pub ready: Option<bool>,
    /// Everything that blocks its submission, field by field.
    pub missing: Vec<MissingView>,
    /// How many comments wait for a word of the city.
    pub unanswered: usize,
    /// Why it was sent back, while it is returned.
    #[schema(required)]
    pub returned: Option<ReturnView>,
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether it came late, or is late by now.
    pub late: bool,
}

/// What a city has to report in a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SittingView)]
pub(crate) struct CityChecklistView {
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Where the cycle stands.
    pub cycle_state: CycleState,
    /// Whether the city can write and submit now: the cycle is open, or extended for the city.
    pub accepts_reports: bool,
    /// The last day to be on time, an extension counted; null where nothing is due.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Whether that day is an extension's.
    pub extended: bool,
    /// Days to the last day in the city's time zone: 0 on the day itself, negative once it has passed.
    #[schema(required)]
    pub days_left: Option<i64>,
    /// How many reports there are of each kind.
    pub totals: ChecklistTotalsView,
    /// Every project of the plan by number, archived ones without a report aside.
    pub items: Vec<ChecklistItemView>,
}

/// Read what a city has to report
///
/// Every project of the city's plan in a cycle with where its report stands, what blocks it, why it was sent back and who
/// holds it: for the city, its representative and the secretariat. The latter two see that there is a draft that was never
/// submitted, not what is in it.
#[utoipa::path(tag = "reports", responses((status = 200, body = CityChecklistView)))]
#[get("/cities/{city}/cycles/{cycle}")]
async fn get_sitting(look: CachedMay<ReadCityCycle>, state: Data<State>) -> ApiResult<Answer> {
    let at = state.clock.now();
    look.answer_cached(&state, ("cities/cycles", at), move |c, proof| {
        Answer::from_value(&load_checklist(c, proof.subject(), proof.actor(), at)?)
    })
    .await
}

fn load_checklist(
    conn: &mut Conn,
    on: &CityCycleSubject,
    actor: &Actor,
    at: DateTime<Utc>,
) -> StoreResult<CityChecklistView> {
    let CityCycleSubject { city, cycle } = on;
    let extension = extensions::find_due_day(conn, &cycle.slug, &city.slug)?;
    let seats = reports::load_checklist_items(conn, city, cycle)?;
    let names = load_return_authors(conn, &seats)?;
    let seen: Vec<VisibleChecklistItem<'_>> =
        seats.iter().map(|seat| seat.visible_to(actor, at)).collect();
    let due = CityDeadline::for_cycle(cycle, extension, city.time_zone, at);
    Ok(CityChecklistView {
        city: city.slug.to_string(),
        cycle: cycle.slug.to_string(),
        cycle_state: cycle.state,
        accepts_reports: cycle.accepts_reports(extension, calendar_day(at, city.time_zone)),
        due_on: due.map(|d| d.on),
        extended: due.is_some_and(|d| d.extended),
        days_left: due.map(|d| d.days_left),
        totals: ChecklistTotals::count_items(&seen).into(),
        items: seen.iter().map(|seen| ChecklistItemView::new(seen, &names)).collect(),
    })
}

/// Reads the names of those who sent reports back.
pub(super) fn load_return_authors(
    conn: &mut Conn,
    seats: &[ChecklistItem],
) -> StoreResult<HashMap<Uuid, String>> {
    let mut ids: Vec<Uuid> =
        seats.iter().filter_map(|s| s.returned.as_ref()).map(|c| c.author.as_uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(users::list_names(conn, &ids)?.into_iter().collect())
}

impl ChecklistItemView {
    pub(super) fn new(seen: &VisibleChecklistItem<'_>, names: &HashMap<Uuid, String>) -> Self {
        let on = &seen.item.report_subject;
        let report = on.report.as_ref().filter(|_| seen.can_read_working);
        let missing = seen.missing.clone();
        Self {
            project: on.project.code.to_string(),
            title: on.project.details.title.to_string(),
            state: seen.state,
            held_by: seen.holder,
            version: report.map(|r| r.version),
            status: report.and_then(|r| r.content.status),
            percent_complete: report.and_then(|r| r.content.percent_complete).map(Percent::value),
            ready: missing.as_ref().map(Vec::is_empty),
            missing: missing.into_iter().flatten().map(MissingView::from).collect(),
            unanswered: if seen.can_read_working { on.unanswered_comments.len() } else { 0 },
            returned: seen.item.returned.as_ref().map(|c| ReturnView::new(c, names)),
            submitted_at: report.and_then(|r| r.submitted).map(|d| d.at),
            late: seen.late,
        }
    }
}

impl ReturnView {
    fn new(comment: &Comment, names: &HashMap<Uuid, String>) -> Self {
        let id = comment.author.as_uuid();
        Self {
            comment_id: comment.id.as_uuid(),
            text: comment.text.to_string(),
            by: PersonView { id, name: names.get(&id).cloned().unwrap_or_default() },
            at: comment.at,
        }
    }
}
