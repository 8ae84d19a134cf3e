//! The tasks of an officer: the reports of each city in the cycles that accept them.

use super::{
    TodoReader,
    views::{BlockedItem, OfficerTodo, ReturnedItem, ToWriteItem},
};
use crate::{
    api::city_checklists::{ChecklistItemView, load_return_authors},
    domain::{
        city_checklist::{ChecklistTotals, CityDeadline, VisibleChecklistItem},
        cycle::{ReportingCycle, calendar_day},
        expected_city::is_expected_city,
        reference::City,
        report::ReportState,
        user::{Role, Scope},
        value::Slug,
    },
    store::{Conn, StoreResult, extensions, reference, reports},
};

impl TodoReader<'_> {
    /// Lists the cities that the actor is an officer of, each once.
    pub(super) fn list_cities(self) -> impl Iterator<Item = Slug> {
        let mut cities: Vec<Slug> = self
            .actor
            .scopes_of_role(Role::CityOfficer)
            .filter_map(|scope| match scope {
                Scope::City(city, _) => Some(city.clone()),
                Scope::Network | Scope::Country(_) => None,
            })
            .collect();
        cities.sort_unstable();
        cities.dedup();
        cities.into_iter()
    }

    pub(super) fn load_officer(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Vec<OfficerTodo>> {
        let mut out = Vec::new();
        for city in self.list_cities() {
            let Some(city) = reference::find_city(conn, &city)? else { continue };
            for cycle in all {
                out.extend(self.load_city(conn, &city, cycle)?);
            }
        }
        Ok(out)
    }

    /// Lists the tasks of a city in a cycle; `None` if the cycle does not accept reports of the city, or if the city is
    /// not expected to report and has no project.
    fn load_city(
        self,
        conn: &mut Conn,
        city: &City,
        cycle: &ReportingCycle,
    ) -> StoreResult<Option<OfficerTodo>> {
        let extension = extensions::find_due_day(conn, &cycle.slug, &city.slug)?;
        if !cycle.accepts_reports(extension, calendar_day(self.at, city.time_zone)) {
            return Ok(None);
        }
        let checklist = reports::load_checklist_items(conn, city, cycle)?;
        // An expected city without a project has something to do: it has to report.
        if checklist.is_empty() && !is_expected_city(city, cycle.as_of, false) {
            return Ok(None);
        }
        let names = load_return_authors(conn, &checklist)?;
        let visible: Vec<VisibleChecklistItem<'_>> = checklist
            .iter()
            .map(|s| s.visible_to(self.actor, self.at))
            .collect::<Result<_, _>>()?;
        let due = CityDeadline::for_cycle(cycle, extension, city.time_zone, self.at);
        let items = || visible.iter().map(|s| ChecklistItemView::new(s, &names, self.language));
        let began = |i: &ChecklistItemView| i.state.is_some();
        Ok(Some(OfficerTodo {
            city: city.slug.to_string(),
            cycle: cycle.slug.to_string(),
            due_on: due.map(|d| d.on),
            days_left: due.map(|d| d.days_left),
            totals: ChecklistTotals::count_items(&visible).into(),
            to_write: items().filter(|i| !began(i)).map(|i| i.project).collect(),
            to_write_items: items()
                .filter(|i| !began(i))
                .map(|i| ToWriteItem { project: i.project, title: i.title })
                .collect(),
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
