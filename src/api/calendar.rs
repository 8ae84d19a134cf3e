//! Deadlines as a calendar (RFC 5545) to which calendar programs subscribe. Such programs cannot sign in, so that the
//! address itself is the secret. It shows nothing but deadlines, and it can be revoked.

use std::sync::Arc;

use actix_web::{HttpResponse, http::header, web::Data};
use chrono::{DateTime, NaiveTime, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Answer, SecretAnswer},
    error::{ApiError, ApiResult},
    may::{OwnRequest, PublicRequest},
    message::calendar as message,
    problem::NotFoundResponse,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::calendars,
    auth::secret::digest_token,
    domain::{
        agenda::{DeadlineCities, DueWork, RoleDeadline, list_deadlines},
        language::Language,
        policy::Actor,
        reference::City,
        user::{Role, Scope},
        wording,
    },
    store::{
        Conn, StoreError, StoreResult, agenda, cycles,
        deadline_revisions::{self, DeadlineRevision},
        extensions, reference, unguarded,
    },
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_calendar))
        .post(operation!(create_calendar))
        .delete(operation!(delete_calendar));
}

/// Registers the address of calendars, which is outside of `/api/v1`.
pub(super) fn register_calendar_feed(cfg: &mut ServiceConfig) {
    cfg.get(operation!(read_calendar));
}

/// The calendar of the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CalendarView {
    /// Time at which the address of the calendar was created; null if there is none.
    #[schema(required)]
    pub made_at: Option<DateTime<Utc>>,
}

/// The secret address of a calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NewCalendarView {
    /// Path of the calendar on this service. It is in this answer only.
    #[schema(example = "/calendar/9Jx0.ics")]
    pub path: String,
    /// Time at which the address was created.
    pub made_at: DateTime<Utc>,
}

/// Read whether a calendar address exists
///
/// Returns when the caller's calendar address was created. The address itself cannot be read again: create a new one if
/// it is lost.
#[utoipa::path(get, path = "/me/calendar", tag = "me",
    responses((status = 200, body = CalendarView)))]
async fn get_calendar(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let user = own.caller.user;
    let made_at = state.db.read_point(move |c| unguarded::find_calendar_created_at(c, user)).await;
    let made_at = made_at.map_err(|e: StoreError| e)?;
    Ok(Answer::from_value(&CalendarView { made_at })?.forbid_storing())
}

/// Create a calendar address
///
/// Creates a secret address to which calendar programs subscribe. They show the deadlines of the caller's cities or
/// country, or of the network. Calendar programs cannot sign in: whoever knows the address can read these deadlines,
/// and nothing else. An earlier address of the caller stops working.
#[utoipa::path(post, path = "/me/calendar", tag = "me",
    responses((status = 201, body = NewCalendarView)))]
async fn create_calendar(own: OwnRequest, state: Data<State>) -> ApiResult<SecretAnswer> {
    let (user, made_at) = (own.caller.user, state.clock.now());
    let create = move |c: &mut Conn| calendars::create_calendar(c, user, made_at);
    let token = state.db.write_unjournaled(create).await?;
    let path = format!("/calendar/{token}.ics");
    Ok(Answer::from_value(&NewCalendarView { path, made_at })?
        .mark_created("/api/v1/me/calendar")
        .mark_secret())
}

/// Revoke the calendar address
///
/// The address stops working at once. The answer is 404 if there is none.
#[utoipa::path(delete, path = "/me/calendar", tag = "me",
    responses((status = 200, body = CalendarView), (status = 404, response = NotFoundResponse)))]
async fn delete_calendar(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let user = own.caller.user;
    state.db.write_unjournaled(move |c| calendars::delete_calendar(c, user)).await?;
    Ok(Answer::from_value(&CalendarView { made_at: None })?.forbid_storing())
}

/// Read a calendar
///
/// Returns the deadlines of the person for whom the address was created, as iCalendar (RFC 5545). The address is the
/// only secret; no sign-in is needed. The answer is 404 for an address that is not in use.
#[utoipa::path(
    get, path = "/calendar/{token}.ics",
    tag = "me",
    params(("token" = String, Path, description = "The secret part of the address.", example = "9Jx0")),
    responses((status = 200, body = String, content_type = "text/calendar", description = "An iCalendar (RFC 5545)."))
)]
async fn read_calendar(public: PublicRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    let token = public.path.into_iter().next().ok_or(ApiError::NotFound)?;
    let actor = find_calendar_owner(&state, &token).await?;
    let language = public.language;
    let calendar = state.db.read(move |c| load_calendar(c, &actor, language)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.as_str()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::HeaderName::from_static("x-robots-tag"), "noindex"))
        .body(calendar))
}

/// Finds the person for whom a calendar address was created, with the grants in force now.
async fn find_calendar_owner(state: &State, token: &str) -> ApiResult<Arc<Actor>> {
    let digest = digest_token(token);
    let found = state.db.read_point(move |c| unguarded::find_calendar_user(c, &digest)).await;
    let user = found.map_err(|e: StoreError| e)?.ok_or(ApiError::NotFound)?;
    if !state.directory.is_current() {
        return Err(ApiError::Unavailable("who may act could not be read back".into()));
    }
    state.directory.resolve_account(user, state.clock.now()).ok_or(ApiError::NotFound)
}

/// Loads the calendar of an actor, in a language.
fn load_calendar(conn: &mut Conn, actor: &Actor, language: Language) -> StoreResult<String> {
    let deadlines = load_deadlines(conn, actor)?;
    let titles = DeadlineTitles { language, cities: reference::list_cities(conn)? };
    Ok(render_calendar(&deadlines, &titles))
}

/// A deadline with its revision.
struct RevisedDeadline {
    deadline: RoleDeadline,
    revision: DeadlineRevision,
}

/// Loads the deadlines that concern an actor, by day.
fn load_deadlines(conn: &mut Conn, actor: &Actor) -> StoreResult<Vec<RevisedDeadline>> {
    let cycles = cycles::list(conn)?;
    let all = reference::list_cities(conn)?;
    let with_project = agenda::cities_with_projects(conn)?;
    let extensions = extensions::list_in_force(conn)?;
    let grants: Vec<(Role, Scope)> =
        actor.grants().iter().map(|g| (g.role, g.scope.clone())).collect();
    let cities = DeadlineCities { all: &all, with_project };
    let deadlines = list_deadlines(&grants, &cycles, &cities, &extensions);
    deadlines.into_iter().map(|deadline| load_revised(conn, deadline)).collect()
}

fn load_revised(conn: &mut Conn, deadline: RoleDeadline) -> StoreResult<RevisedDeadline> {
    let city = match &deadline.due_work {
        DueWork::CityReports(city) => Some(city),
        DueWork::EveryReport | DueWork::Decisions => None,
    };
    let found = deadline_revisions::load_revision(conn, &deadline.cycle_key, city)?;
    // Every cycle has an entry in the journal; without one, the day itself keeps the text the same.
    let first =
        DeadlineRevision { at: deadline.on.and_time(NaiveTime::MIN).and_utc(), sequence: 0 };
    Ok(RevisedDeadline { deadline, revision: found.unwrap_or(first) })
}

/// The names for the titles of deadlines, in a language.
struct DeadlineTitles {
    language: Language,
    cities: Vec<City>,
}

impl DeadlineTitles {
    /// Returns what is due, with the names of the cycle and of the city.
    fn format_title(&self, deadline: &RoleDeadline) -> String {
        let name = deadline.cycle.as_str();
        let message = match &deadline.due_work {
            DueWork::CityReports(city) => {
                let known = self.cities.iter().find(|c| c.slug == *city);
                let named = |c: &City| {
                    wording::choose_name(self.language, &c.names, city.as_str()).to_owned()
                };
                let city = known.map_or_else(|| city.to_string(), named);
                message::city_reports_due(name, &city)
            }
            DueWork::EveryReport => message::reports_due(name),
            DueWork::Decisions => message::decisions_due(name),
        };
        message.to_text(self.language)
    }
}

/// A calendar needs at least one component (RFC 5545, section 3.6), even if nothing is due. This time zone is one that
/// programs do not show, and no event refers to it: deadlines are whole days.
const NOTHING_DUE: &str = "BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n\
    TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nTZNAME:UTC\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
const END: &str = "END:VCALENDAR\r\n";

/// Renders a calendar. The same deadlines give the same text, so that a program that asks again sees no change.
fn render_calendar(deadlines: &[RevisedDeadline], titles: &DeadlineTitles) -> String {
    let mut calendar = Calendar::new();
    calendar.name("ASEAN Smart Cities Network");
    for RevisedDeadline { deadline, revision } in deadlines {
        let mut event = Event::new();
        // The time stamp is the time of the last change, not that of the request, so that an unchanged deadline gives
        // the same text. An event that begins on a day and has no end lasts that day (RFC 5545, section 3.6.1).
        event
            .uid(&format!("{}@ascn-tracker", deadline.key))
            .timestamp(revision.at)
            .add_property("SEQUENCE", revision.sequence.to_string())
            .summary(&titles.format_title(deadline))
            .starts(deadline.on);
        calendar.push(event.done());
    }
    let text = calendar.done().to_string();
    match text.strip_suffix(END).filter(|_| deadlines.is_empty()) {
        Some(begun) => format!("{begun}{NOTHING_DUE}{END}"),
        None => text,
    }
}
