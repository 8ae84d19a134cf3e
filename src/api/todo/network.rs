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
        cycle::{CycleState, ReportingCycle},
        report::ReportState,
        user::{RecordPlace, Role, Scope},
    },
    store::{Conn, StoreResult, agenda as agenda_store, releases},
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
        let (mut coverage, mut ready_to_release) = (Vec::new(), Vec::new());
        for cycle in all.iter().filter(|c| c.imported.is_none()) {
            match cycle.state {
                CycleState::Open => {
                    let by_country = CountryReportCounts::count_by_country(
                        &agenda_store::load_report_states(conn, cycle)?,
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
        let vacancies = agenda::list_vacancies(&agenda_store::cities_with_projects(conn)?, held);
        Ok(vacancies.into_iter().filter(fills).map(VacancyItem::from).collect())
    }
}

/// Returns `true` if a report was approved and none waits for a decision.
fn is_all_decided(standings: &[ProjectReportState]) -> bool {
    let any = |state| standings.iter().any(|s| s.state == Some(state));
    any(ReportState::Approved) && !any(ReportState::Submitted)
}
