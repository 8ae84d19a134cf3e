//! The filter of lists of reports.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    domain::{
        cycle::CycleDeadlines,
        policy::RecordCopy,
        project::ProjectCode,
        report::{ProjectStatus, ReportState},
    },
    store::{
        condition::{Comparison, Condition, ConditionList, SideRows},
        schema::{approved_reports, projects, report_faces},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The first instant of a time span, and the first instant after it. Each may be missing.
pub(crate) type TimeSpan = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// A filter for reports. An empty list does not restrict.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueueFilter {
    pub projects: Vec<ProjectCode>,
    pub states: Vec<ReportState>,
    pub cities: Vec<String>,
    pub countries: Vec<String>,
    pub cycles: Vec<String>,
    /// The statuses that the reports state.
    pub statuses: Vec<ProjectStatus>,
    /// The focus areas of the projects, each in the copy that the caller sees.
    pub focus_areas: Vec<String>,
    /// The users who made the last decision.
    pub decided_by: Vec<Uuid>,
    /// The time of the submission.
    pub submitted: TimeSpan,
    /// The time of the last decision.
    pub decided: TimeSpan,
    /// `true` for late reports, `false` for the others.
    pub late: Option<bool>,
}

/// Accepts the rows that are late, as `SubmissionTiming` decides it: the copy states it, or the report was first submitted
/// after the due day, or it was not submitted and the due day is over.
fn select_late(deadlines: &CycleDeadlines, now: DateTime<Utc>) -> Condition {
    let waiting = || {
        let waiting = [ReportState::Draft, ReportState::Returned].map(ReportState::as_str);
        Condition::one_of(report_faces::state, waiting)
    };
    let late = |(cycle, cities, ends): (&str, Vec<String>, DateTime<Utc>)| {
        let here = Condition::all([
            Condition::equals(report_faces::cycle, cycle),
            Condition::one_of(report_faces::city, cities),
            Condition::is_null(report_faces::late),
        ]);
        // Without a time of submission the comparison is null. `NOT` of null is null too, so that neither `late=true`
        // nor `late=false` would find the row.
        let never = || Condition::is_null(report_faces::first_submitted_at);
        let submitted_late = Condition::all([
            never().not(),
            Condition::at_least(report_faces::first_submitted_at, StoredTimestamp(ends)),
        ]);
        let missing = (now >= ends).then(|| Condition::all([never(), waiting()]));
        Condition::all([here, Condition::any(missing.into_iter().chain([submitted_late]))])
    };
    let stated = Condition::all([
        Condition::is_null(report_faces::late).not(),
        Condition::equals(report_faces::late, true),
    ]);
    Condition::any([stated].into_iter().chain(deadlines.iter_deadlines().map(late)))
}

/// Accepts the rows whose project has one of the focus areas. A working copy counts with the working copy of the
/// project, an approved copy with the project as it was approved with the report.
fn select_focus_areas(focus_areas: &[String]) -> Condition {
    let copy = |copy: RecordCopy| Condition::equals(report_faces::face, copy.as_str());
    let areas = focus_areas.iter().cloned();
    let working = Condition::one_of(projects::focus_area, areas.clone());
    let working = SideRows::new("projects", projects::id, working);
    let approved = Condition::one_of(approved_reports::focus_area, areas);
    let approved = SideRows::new("approved_reports", approved_reports::id, approved);
    Condition::any([
        Condition::all([
            copy(RecordCopy::Working),
            Condition::in_rows(report_faces::project_id, working),
        ]),
        Condition::all([
            copy(RecordCopy::Approved),
            Condition::in_rows(report_faces::id, approved),
        ]),
    ])
}

impl QueueFilter {
    /// Builds the condition of the filters that the tallies in the database have columns for.
    pub(in crate::store::reports) fn to_tally_condition(&self) -> Condition {
        let mut all = ConditionList::default();
        if !self.states.is_empty() {
            let states = self.states.iter().map(|state| state.as_str());
            all.add([Condition::one_of(report_faces::state, states)]);
        }
        all.add_list(report_faces::country, &self.countries);
        all.add_list(report_faces::cycle, &self.cycles);
        all.into_condition()
    }

    /// Returns `true` if the tallies in the database have no columns for this filter.
    pub(in crate::store::reports) fn needs_scan(&self) -> bool {
        let Self { projects, cities, statuses, focus_areas, decided_by, .. } = self;
        let any_list = !(projects.is_empty()
            && cities.is_empty()
            && statuses.is_empty()
            && focus_areas.is_empty()
            && decided_by.is_empty());
        let nothing: TimeSpan = (None, None);
        any_list || self.late.is_some() || self.submitted != nothing || self.decided != nothing
    }

    /// Builds the condition of the whole filter.
    pub(super) fn to_condition(&self, deadlines: &CycleDeadlines, now: DateTime<Utc>) -> Condition {
        let mut all = ConditionList::default();
        all.add([self.to_tally_condition()]);
        all.add_list(report_faces::city, &self.cities);
        if !self.projects.is_empty() {
            let project = |code: &ProjectCode| {
                Condition::all([
                    Condition::equals(report_faces::city, code.city().as_str()),
                    Condition::equals(report_faces::number, code.number()),
                ])
            };
            all.add([Condition::any(self.projects.iter().map(project))]);
        }
        if !self.statuses.is_empty() {
            let statuses = self.statuses.iter().map(|status| status.as_str());
            all.add([Condition::one_of(report_faces::status, statuses)]);
        }
        if !self.focus_areas.is_empty() {
            all.add([select_focus_areas(&self.focus_areas)]);
        }
        if !self.decided_by.is_empty() {
            let users = self.decided_by.iter().copied().map(StoredUuid);
            all.add([Condition::one_of(report_faces::decided_by, users)]);
        }
        let (from, until) = (self.submitted.0.map(StoredTimestamp), self.submitted.1);
        all.add(from.map(|at| Condition::at_least(report_faces::submitted_at, at)));
        all.add(until.map(|at| {
            Condition::compare(report_faces::submitted_at, Comparison::Less, StoredTimestamp(at))
        }));
        let (from, until) = (self.decided.0.map(StoredTimestamp), self.decided.1);
        all.add(from.map(|at| Condition::at_least(report_faces::decided_at, at)));
        all.add(until.map(|at| {
            Condition::compare(report_faces::decided_at, Comparison::Less, StoredTimestamp(at))
        }));
        all.add(self.late.map(|late| {
            let condition = select_late(deadlines, now);
            if late { condition } else { condition.not() }
        }));
        all.into_condition()
    }
}
