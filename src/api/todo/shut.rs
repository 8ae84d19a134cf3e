//! Reports that nobody can go on with: taken up again or sent back in a cycle that is closed for their city.

use std::collections::BTreeSet;

use super::{Reading, decisions::DECISIONS_MAX, views::NeedsExtensionItem};
use crate::{
    api::sittings::{SittingItem, person_names},
    domain::{
        cycle::{CycleState, ReportingCycle, today},
        reference::{City, CountryCode},
        report::ReportState,
        sitting::Seat,
        value::Slug,
    },
    store::{
        Conn, StoreResult, extensions, reference,
        reports::{
            self,
            queue::{self, QueueFilter, QueueQuery, QueueSort},
        },
    },
};

/// Whose reports are looked for.
pub(super) enum Places<'p> {
    /// Those of cities.
    Cities(Vec<Slug>),
    /// Those of countries.
    Countries(&'p [CountryCode]),
}

impl Reading<'_> {
    /// Lists those of the cities that the actor is an officer of.
    pub(super) fn shut_for_cities(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Vec<NeedsExtensionItem>> {
        let cities: Vec<Slug> = self.cities().collect();
        if cities.is_empty() {
            Ok(Vec::new())
        } else {
            self.shut(conn, all, &Places::Cities(cities))
        }
    }

    /// Lists those of some places, by cycle, city and number. One that a release went out without is left out: it is not an
    /// extension that it waits for.
    pub(super) fn shut(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
        places: &Places<'_>,
    ) -> StoreResult<Vec<NeedsExtensionItem>> {
        let mut out = Vec::new();
        for (cycle, city) in self.sent_back(conn, all, places)? {
            let cycle = all.iter().find(|c| c.slug == cycle);
            let (Some(cycle), Some(city)) = (cycle, reference::city(conn, &city)?) else {
                continue;
            };
            out.extend(self.shut_in(conn, cycle, &city)?);
        }
        Ok(out)
    }

    /// Finds the closed cycles and the cities in which reports were sent back.
    fn sent_back(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
        places: &Places<'_>,
    ) -> StoreResult<BTreeSet<(Slug, Slug)>> {
        let closed = all.iter().filter(|c| c.state == CycleState::Closed);
        let mut filter = QueueFilter {
            states: vec![ReportState::Returned],
            cycles: closed.map(|c| c.slug.to_string()).collect(),
            ..QueueFilter::default()
        };
        match places {
            Places::Cities(cities) => filter.cities = cities.iter().map(Slug::to_string).collect(),
            Places::Countries(countries) => {
                filter.countries = countries.iter().map(ToString::to_string).collect();
            }
        }
        // An empty list would mean any cycle.
        if filter.cycles.is_empty() {
            return Ok(BTreeSet::new());
        }
        let query = QueueQuery {
            visible: self.actor.visible(),
            filter,
            sort: QueueSort::Key,
            after: None,
            limit: DECISIONS_MAX,
            now: self.at,
        };
        let items = queue::page(conn, &query)?;
        Ok(items.into_iter().map(|i| (i.cycle, i.code.city().clone())).collect())
    }

    fn shut_in(
        self,
        conn: &mut Conn,
        cycle: &ReportingCycle,
        city: &City,
    ) -> StoreResult<Vec<NeedsExtensionItem>> {
        let extension = extensions::day(conn, &cycle.slug, &city.slug)?;
        if cycle.accepts_reports(extension, today(self.at, city.time_zone)) {
            return Ok(Vec::new());
        }
        let seats = reports::seats(conn, city, cycle)?;
        let names = person_names(conn, &seats)?;
        let state = |seat: &Seat| seat.on.report.as_ref().map(|r| r.state);
        let waits = |seat: &&Seat| state(seat) == Some(ReportState::Returned) && !seat.on.missed;
        let at = (city.slug.as_str(), cycle.slug.as_str());
        let item = |seat: &Seat| {
            NeedsExtensionItem::new(at, SittingItem::new(&seat.seen(self.actor, self.at), &names))
        };
        Ok(seats.iter().filter(waits).map(item).collect())
    }
}
