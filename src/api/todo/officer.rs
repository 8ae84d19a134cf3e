//! What waits for an officer: the reports of each city in the cycles that take them.

use super::{
    Reading,
    views::{BlockedItem, OfficerTodo, ReturnedItem},
};
use crate::{
    api::sittings::{SittingItem, person_names},
    domain::{
        cycle::{ReportingCycle, today},
        reference::City,
        report::ReportState,
        sitting::{Due, Seen, Totals},
        user::{Role, Scope},
        value::Slug,
    },
    store::{Conn, StoreResult, extensions, reference, reports},
};

impl Reading<'_> {
    /// Names the cities that the actor is an officer of.
    pub(super) fn cities(self) -> impl Iterator<Item = Slug> {
        let mut cities: Vec<Slug> = self
            .actor
            .scopes(Role::CityOfficer)
            .filter_map(|scope| match scope {
                Scope::City(city, _) => Some(city.clone()),
                Scope::Network | Scope::Country(_) => None,
            })
            .collect();
        cities.sort_unstable();
        cities.dedup();
        cities.into_iter()
    }

    pub(super) fn officer(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Vec<OfficerTodo>> {
        let mut out = Vec::new();
        for city in self.cities() {
            let Some(city) = reference::city(conn, &city)? else { continue };
            for cycle in all {
                out.extend(self.city(conn, &city, cycle)?);
            }
        }
        Ok(out)
    }

    /// Says what a city has to do in a cycle that takes its reports.
    fn city(
        self,
        conn: &mut Conn,
        city: &City,
        cycle: &ReportingCycle,
    ) -> StoreResult<Option<OfficerTodo>> {
        let extension = extensions::day(conn, &cycle.slug, &city.slug)?;
        if !cycle.accepts_reports(extension, today(self.at, city.time_zone)) {
            return Ok(None);
        }
        let seats = reports::seats(conn, city, cycle)?;
        if seats.is_empty() {
            return Ok(None);
        }
        let names = person_names(conn, &seats)?;
        let seen: Vec<Seen<'_>> = seats.iter().map(|s| s.seen(self.actor, self.at)).collect();
        let due = Due::of(cycle, extension, city.time_zone, self.at);
        let items = || seen.iter().map(|s| SittingItem::new(s, &names));
        let began = |i: &SittingItem| i.state.is_some();
        Ok(Some(OfficerTodo {
            city: city.slug.to_string(),
            cycle: cycle.slug.to_string(),
            due_on: due.map(|d| d.on),
            days_left: due.map(|d| d.days_left),
            totals: Totals::of(&seen).into(),
            to_write: items().filter(|i| !began(i)).map(|i| i.project).collect(),
            returned: items()
                .filter(|i| i.state == Some(ReportState::Returned))
                .map(|i| ReturnedItem { project: i.project, returned: i.returned })
                .collect(),
            blocked: items()
                .filter(|i| began(i) && i.ready == Some(false))
                .map(|i| BlockedItem { project: i.project, missing: i.missing })
                .collect(),
            ready: items()
                .filter(|i| began(i) && i.ready == Some(true))
                .map(|i| i.project)
                .collect(),
        }))
    }
}
