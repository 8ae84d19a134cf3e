//! The tasks of those who run the network: progress of the countries, cycles that can be released, vacant roles.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    TodoReader,
    views::{CoverageItem, NewGrantItem, SecretariatTodo, VacancyItem},
};
use crate::{
    api::users::GrantView,
    domain::{
        agenda::{self, CountryReportCounts, ProjectReportState},
        cycle::{CycleState, ReportingCycle, calendar_day},
        expected_city::{is_expected_city, list_expected_cities},
        reference::{City, CountryCode},
        report::ReportState,
        user::{RecordPlace, Role, Scope},
        value::Slug,
    },
    store::{Conn, StoreResult, agenda as agenda_store, reference, releases},
};

/// The time for which a new grant is listed for the secretariat.
const NEW: TimeDelta = TimeDelta::days(30);

impl TodoReader<'_> {
    pub(super) fn load_secretariat(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Option<SecretariatTodo>> {
        if !self.actor.has_role_at(&[Role::Secretariat], &RecordPlace::Network) {
            return Ok(None);
        }
        let cities = reference::list_cities(conn)?;
        let (mut coverage, mut ready_to_release) = (Vec::new(), Vec::new());
        for cycle in all.iter().filter(|c| c.imported.is_none()) {
            match cycle.state {
                CycleState::Open => {
                    let by_country = CountryReportCounts::count_by_country(
                        &agenda_store::load_report_states(conn, cycle)?,
                        &cities,
                        cycle.as_of,
                    );
                    coverage.extend(
                        by_country.into_iter().map(|(country, counts)| {
                            CoverageItem::new(&cycle.slug, country, counts)
                        }),
                    );
                }
                CycleState::Closed
                    if is_all_decided(&agenda_store::load_report_states(conn, cycle)?)
                        && releases::has_unreleased_approvals(conn, &cycle.slug)? =>
                {
                    ready_to_release.push(cycle.slug.to_string());
                }
                CycleState::Scheduled | CycleState::Closed => {}
            }
        }
        let overdue =
            self.list_submitted(conn, all, &[])?.into_iter().filter(|d| d.overdue).collect();
        let new_grants = agenda_store::list_powerful_grants(conn, self.at - NEW)?
            .into_iter()
            .map(|g| NewGrantItem::new(g.user, GrantView::from(g)))
            .collect();
        Ok(Some(SecretariatTodo { coverage, overdue, ready_to_release, new_grants }))
    }

    /// Lists the vacant roles that the actor can give.
    pub(super) fn list_vacancies(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
        held: &BTreeSet<(Role, Scope)>,
    ) -> StoreResult<Vec<VacancyItem>> {
        let fills = |v: &agenda::VacantOffice| {
            self.actor.has_role_at(&[Role::Administrator], &RecordPlace::Network)
                || (v.role == Role::CityOfficer
                    && self.actor.has_role_at(&[Role::NationalRepresentative], &v.scope.as_place()))
        };
        if !self
            .actor
            .grants()
            .iter()
            .any(|g| matches!(g.role, Role::Administrator | Role::NationalRepresentative))
        {
            return Ok(Vec::new());
        }
        let vacancies = agenda::list_vacancies(&self.list_expected_cities(conn, all)?, held);
        Ok(vacancies.into_iter().filter(fills).map(VacancyItem::from).collect())
    }

    /// Lists the cities that are expected to report today. A city in its first year reports if it submitted a report in
    /// an open cycle.
    fn list_expected_cities(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<BTreeSet<(CountryCode, Slug)>> {
        let cities = reference::list_cities(conn)?;
        let today = |city: &City| calendar_day(self.at, city.time_zone);
        let new: Vec<&Slug> = cities
            .iter()
            .filter(|city| !is_expected_city(city, today(city), false))
            .map(|city| &city.slug)
            .collect();
        let open: Vec<&Slug> =
            all.iter().filter(|c| c.state == CycleState::Open).map(|c| &c.slug).collect();
        let submitting = agenda_store::list_submitting_cities(conn, &new, &open)?;
        Ok(list_expected_cities(&cities, today, |city| submitting.contains(&city.slug)))
    }
}

/// Returns `true` if a report was approved and none waits for a decision.
fn is_all_decided(standings: &[ProjectReportState]) -> bool {
    let any = |state| standings.iter().any(|s| s.state == Some(state));
    any(ReportState::Approved) && !any(ReportState::Submitted)
}
