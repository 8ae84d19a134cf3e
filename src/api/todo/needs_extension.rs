//! Reports that were reopened or returned in a cycle that is closed for their city, so that nobody can continue with
//! them.

use std::collections::BTreeSet;

use super::{TodoReader, decisions::DECISIONS_MAX, views::NeedsExtensionItem};
use crate::{
    api::city_checklists::{ChecklistItemView, load_return_authors},
    domain::{
        city_checklist::ChecklistItem,
        cycle::{CycleState, ReportingCycle, calendar_day},
        reference::{City, CountryCode},
        report::ReportState,
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

pub(super) enum AreaFilter<'p> {
    Cities(Vec<Slug>),
    Countries(&'p [CountryCode]),
}

impl TodoReader<'_> {
    /// Lists the reports of the cities that the actor is an officer of.
    pub(super) fn list_needing_extension_for_officer(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Vec<NeedsExtensionItem>> {
        let cities: Vec<Slug> = self.list_cities().collect();
        if cities.is_empty() {
            Ok(Vec::new())
        } else {
            self.list_needing_extension(conn, all, &AreaFilter::Cities(cities))
        }
    }

    /// Lists the reports of some cities or countries, by cycle, city and number. Leaves out reports that missed the
    /// release of their cycle: an extension does not help them.
    pub(super) fn list_needing_extension(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
        area: &AreaFilter<'_>,
    ) -> StoreResult<Vec<NeedsExtensionItem>> {
        let mut out = Vec::new();
        for (cycle, city) in self.find_returned_in_closed_cycles(conn, all, area)? {
            let cycle = all.iter().find(|c| c.slug == cycle);
            let (Some(cycle), Some(city)) = (cycle, reference::find_city(conn, &city)?) else {
                continue;
            };
            out.extend(self.list_needing_extension_in_city(conn, cycle, &city)?);
        }
        Ok(out)
    }

    /// Finds the closed cycles, and their cities with returned reports.
    fn find_returned_in_closed_cycles(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
        area: &AreaFilter<'_>,
    ) -> StoreResult<BTreeSet<(Slug, Slug)>> {
        let closed = all.iter().filter(|c| c.state == CycleState::Closed);
        let mut filter = QueueFilter {
            states: vec![ReportState::Returned],
            cycles: closed.map(|c| c.slug.to_string()).collect(),
            ..QueueFilter::default()
        };
        match area {
            AreaFilter::Cities(cities) => {
                filter.cities = cities.iter().map(Slug::to_string).collect();
            }
            AreaFilter::Countries(countries) => {
                filter.countries = countries.iter().map(ToString::to_string).collect();
            }
        }
        // The query would take an empty list as any cycle.
        if filter.cycles.is_empty() {
            return Ok(BTreeSet::new());
        }
        let query = QueueQuery {
            visible: self.actor.visible_rows(),
            filter,
            sort: QueueSort::default(),
            after: None,
            limit: DECISIONS_MAX,
            now: self.at,
        };
        let items = queue::load_page(conn, &query)?;
        Ok(items.into_iter().map(|i| (i.cycle, i.code.city().clone())).collect())
    }

    fn list_needing_extension_in_city(
        self,
        conn: &mut Conn,
        cycle: &ReportingCycle,
        city: &City,
    ) -> StoreResult<Vec<NeedsExtensionItem>> {
        let extension = extensions::find_due_day(conn, &cycle.slug, &city.slug)?;
        if cycle.accepts_reports(extension, calendar_day(self.at, city.time_zone)) {
            return Ok(Vec::new());
        }
        let checklist = reports::load_checklist_items(conn, city, cycle)?;
        let names = load_return_authors(conn, &checklist)?;
        let state = |item: &ChecklistItem| item.report_subject.report.as_ref().map(|r| r.state);
        let waits = |item: &&ChecklistItem| {
            state(item) == Some(ReportState::Returned) && !item.report_subject.missed_release
        };
        let view = |item: &ChecklistItem| -> StoreResult<NeedsExtensionItem> {
            let visible = item.visible_to(self.actor, self.at)?;
            let item = ChecklistItemView::new(&visible, &names, self.language);
            Ok(NeedsExtensionItem::new(&city.slug, &cycle.slug, item, self.language))
        };
        checklist.iter().filter(waits).map(view).collect()
    }
}
