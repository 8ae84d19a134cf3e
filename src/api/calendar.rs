//! Deadlines as a calendar (RFC 5545) that a calendar program subscribes to. Such programs cannot sign in: the address is
//! the secret, tells nothing but days, and can be taken away.

use actix_web::{HttpResponse, delete, get, http::header, post, web::Data};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Answer,
    error::{ApiError, ApiResult},
    may::{OwnRequest, PublicRequest},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    auth::secret::{digest_token, generate_token},
    domain::{
        agenda::{DueWork, RoleDeadline},
        language::Language,
        policy::Actor,
        reference::City,
        user::{Role, Scope},
        wording,
    },
    store::{Conn, StoreError, StoreResult, agenda, cycles, extensions, reference, unguarded},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_calendar).service(create_calendar).service(delete_calendar);
}

/// Registers the address that calendar programs ask, at the root.
pub(super) fn register_calendar_feed(cfg: &mut ServiceConfig) {
    cfg.service(read_calendar);
}

/// One's own calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CalendarView {
    /// When its address was made; null when there is none.
    #[schema(required)]
    pub made_at: Option<DateTime<Utc>>,
}

/// The secret address of a calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NewCalendarView {
    /// The path below the service's own address; shown in this answer alone.
    #[schema(example = "/calendar/9Jx0.ics")]
    pub path: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// Say whether one's calendar has an address
///
/// The address itself is not told again: make a new one when it is lost.
#[utoipa::path(tag = "me", responses((status = 200, body = CalendarView)))]
#[get("/me/calendar")]
async fn get_calendar(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let user = own.caller.user;
    let made_at = state.db.read_point(move |c| unguarded::find_calendar_created_at(c, user)).await;
    let made_at = made_at.map_err(|e: StoreError| e)?;
    Ok(Answer::from_value(&CalendarView { made_at })?.forbid_storing())
}

/// Make an address for one's calendar
///
/// Calendar programs subscribe to it and show the deadlines of one's cities, countries or the network. Whoever knows it can
/// read them, and nothing else. An address made before no longer works.
#[utoipa::path(tag = "me", responses((status = 201, body = NewCalendarView)))]
#[post("/me/calendar")]
async fn create_calendar(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let (user, made_at) = (own.caller.user, state.clock.now());
    let (token, digest) = generate_token();
    let set = move |c: &mut Conn| unguarded::set_calendar(c, user, &digest, made_at);
    state.db.write_unjournaled(set).await.map_err(|e: StoreError| e)?;
    let path = format!("/calendar/{token}.ics");
    Ok(Answer::from_value(&NewCalendarView { path, made_at })?
        .mark_created("/api/v1/me/calendar")
        .mark_secret())
}

/// Take the address of one's calendar away
///
/// It no longer works from now on.
#[utoipa::path(tag = "me", responses((status = 200, body = CalendarView)))]
#[delete("/me/calendar")]
async fn delete_calendar(own: OwnRequest, state: Data<State>) -> ApiResult<Answer> {
    let user = own.caller.user;
    let ended = state.db.write_unjournaled(move |c| unguarded::delete_calendar(c, user)).await;
    if !ended.map_err(|e: StoreError| e)? {
        return Err(ApiError::NotFound);
    }
    Ok(Answer::from_value(&CalendarView { made_at: None })?.forbid_storing())
}

/// Read a calendar
///
/// The deadlines of the person that the address was made for, as iCalendar. Anything that is no address in use is 404.
#[utoipa::path(
    tag = "me",
    security(()),
    params(("token" = String, Path, description = "The secret part of the address.", example = "9Jx0")),
    responses((status = 200, body = String, content_type = "text/calendar", description = "An iCalendar (RFC 5545)."))
)]
#[get("/calendar/{token}.ics")]
async fn read_calendar(public: PublicRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    let token = public.path.into_iter().next().ok_or(ApiError::NotFound)?;
    let digest = digest_token(&token);
    let found = state.db.read_point(move |c| unguarded::find_calendar_user(c, &digest)).await;
    let user = found.map_err(|e: StoreError| e)?.ok_or(ApiError::NotFound)?;
    if !state.directory.is_current() {
        return Err(ApiError::Unavailable("who may act could not be read back".into()));
    }
    let at = state.clock.now();
    let actor = state.directory.resolve_account(user, at).ok_or(ApiError::NotFound)?;
    let language = public.language;
    let read = move |c: &mut Conn| {
        let deadlines = load_deadlines(c, &actor)?;
        Ok(render_calendar(
            &deadlines,
            &DeadlineTitles { language, cities: reference::list_cities(c)? },
        ))
    };
    let calendar = state.db.read(read).await.map_err(|e: StoreError| e)?;
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.as_str()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::HeaderName::from_static("x-robots-tag"), "noindex"))
        .body(calendar))
}

/// Reads the deadlines that concern an actor, by day.
fn load_deadlines(conn: &mut Conn, actor: &Actor) -> StoreResult<Vec<RoleDeadline>> {
    let cycles = cycles::list(conn)?;
    let cities = agenda::cities_with_projects(conn)?;
    let extensions = extensions::list_in_force(conn)?;
    let grants: Vec<(Role, Scope)> =
        actor.grants().iter().map(|g| (g.role, g.scope.clone())).collect();
    Ok(crate::domain::agenda::list_deadlines(&grants, &cycles, &cities, &extensions))
}

/// What a day is called by in a language.
struct DeadlineTitles {
    language: Language,
    cities: Vec<City>,
}

impl DeadlineTitles {
    /// Says what is due, with the names of the cycle and of the city.
    fn format_title(&self, deadline: &RoleDeadline) -> String {
        let name = &deadline.cycle;
        let english = match &deadline.due_work {
            DueWork::CityReports(city) => {
                let known = self.cities.iter().find(|c| c.slug == *city);
                let named = |c: &City| {
                    wording::choose_name(self.language, &c.names, city.as_str()).to_owned()
                };
                let city = known.map_or_else(|| city.to_string(), named);
                format!("{name}: reports of {city} due")
            }
            DueWork::EveryReport => format!("{name}: reports due"),
            DueWork::Decisions => format!("{name}: decisions due"),
        };
        wording::translate_sentence(self.language, &english).into_owned()
    }
}

/// A time zone of no consequence, as days have none: a calendar has one component at least (RFC 5545, 3.6), also while nothing
/// is due, and this one shows nowhere.
const NOTHING_DUE: &str = "BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n\
    TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nTZNAME:UTC\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
/// How a calendar ends.
const END: &str = "END:VCALENDAR\r\n";

/// Writes a calendar. The same deadlines give the same events: a program that asks again changes nothing.
fn render_calendar(deadlines: &[RoleDeadline], titles: &DeadlineTitles) -> String {
    let mut calendar = Calendar::new();
    calendar.name("ASEAN Smart Cities Network");
    for d in deadlines {
        let day: NaiveDate = d.on;
        let mut event = Event::new();
        // Stamped with the day itself, not with the moment of asking: what did not change is the same text. A day without
        // an end lasts that day (RFC 5545, 3.6.1).
        let stamp = day.and_time(NaiveTime::MIN).and_utc();
        let uid = format!("{}@ascn-tracker", d.key);
        event.uid(&uid).timestamp(stamp).summary(&titles.format_title(d)).starts(day);
        calendar.push(event.done());
    }
    let text = calendar.done().to_string();
    match text.strip_suffix(END).filter(|_| deadlines.is_empty()) {
        Some(begun) => format!("{begun}{NOTHING_DUE}{END}"),
        None => text,
    }
}
