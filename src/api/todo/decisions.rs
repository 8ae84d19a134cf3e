//! The tasks of a national representative: reports to decide on, and cities that submitted nothing.

use std::collections::HashMap;

use chrono_tz::Tz;

use super::{
    TodoReader,
    needs_extension::AreaFilter,
    views::{DecisionItem, RepresentativeTodo, SilentCity},
};
use crate::{
    domain::{
        agenda,
        cycle::{CycleState, ReportingCycle, end_of_day},
        reference::CountryCode,
        report::ReportState,
        user::{Role, Scope},
    },
    store::{
        Conn, StoreResult, agenda as agenda_store, reference,
        reports::queue::{self, QueueFilter, QueueItem, QueueQuery, QueueSort, QueueSortKey},
    },
};

/// Most reports in a list of decisions.
pub(super) const DECISIONS_MAX: i64 = 500;

impl TodoReader<'_> {
    pub(super) fn load_representative(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Option<RepresentativeTodo>> {
        let countries: Vec<CountryCode> = self
            .actor
            .scopes_of_role(Role::NationalRepresentative)
            .filter_map(|scope| match scope {
                Scope::Country(code) => Some(*code),
                Scope::Network | Scope::City(..) => None,
            })
            .collect();
        if countries.is_empty() {
            return Ok(None);
        }
        let to_decide = self.list_submitted(conn, all, &countries)?;
        let (cities, mut silent_cities) = (reference::list_cities(conn)?, Vec::new());
        for cycle in all.iter().filter(|c| c.state == CycleState::Open) {
            let standings = agenda_store::load_report_states(conn, cycle)?;
            let silent = agenda::list_silent_cities(&standings, &cities, cycle.as_of);
            let own = silent.into_iter().filter(|(country, _)| countries.contains(country));
            silent_cities.extend(own.map(|(_, city)| SilentCity {
                city: city.to_string(),
                cycle: cycle.slug.to_string(),
            }));
        }
        let needs_extension =
            self.list_needing_extension(conn, all, &AreaFilter::Countries(&countries))?;
        Ok(Some(RepresentativeTodo { to_decide, silent_cities, needs_extension }))
    }

    /// Lists the submitted reports of some countries, the oldest submission first. An empty list means all countries.
    pub(super) fn list_submitted(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
        countries: &[CountryCode],
    ) -> StoreResult<Vec<DecisionItem>> {
        let filter = QueueFilter {
            states: vec![ReportState::Submitted],
            countries: countries.iter().map(ToString::to_string).collect(),
            ..QueueFilter::default()
        };
        let query = QueueQuery {
            visible: self.actor.visible_rows(),
            filter,
            sort: QueueSort::ascending(QueueSortKey::SubmittedAt),
            after: None,
            limit: DECISIONS_MAX,
            now: self.at,
        };
        let items = queue::load_page(conn, &query)?;
        let zones =
            if items.is_empty() { HashMap::new() } else { agenda_store::load_country_zones(conn)? };
        let decision = |item: QueueItem| {
            let overdue = self.is_overdue(all, &item, &zones);
            DecisionItem::new(item, overdue)
        };
        Ok(items.into_iter().map(decision).collect())
    }

    /// Returns `true` if the last day for decisions has passed in the country of the report.
    fn is_overdue(
        self,
        all: &[ReportingCycle],
        item: &QueueItem,
        zones: &HashMap<CountryCode, Tz>,
    ) -> bool {
        let cycle = all.iter().find(|c| c.slug == item.cycle);
        let zone = zones.get(&item.country).copied().unwrap_or(Tz::UTC);
        cycle.and_then(|c| c.review_due_on).is_some_and(|day| self.at >= end_of_day(day, zone))
    }
}
