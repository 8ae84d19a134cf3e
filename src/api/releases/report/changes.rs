//! What became another: since the release of the cycle before, and since the release before of the same cycle.

use std::collections::BTreeMap;

use super::{
    says::Says,
    told::{self, FieldLine},
};
use crate::domain::{
    figures::{Dimension, UNKNOWN},
    project::ProjectCode,
    release::{Edition, Frame, errata::Erratum, published::CellChange},
    report::{ApprovedReport, Status},
    value::Prose,
    words,
};

/// A project by its code and title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Its code.
    pub(super) code: String,
    /// Its title; none where neither release at hand has it.
    pub(super) title: Option<String>,
}

/// A project whose status became another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    /// The project.
    pub(super) project: Named,
    /// The status that it had.
    pub(super) from: Status,
    /// The status that it has.
    pub(super) to: Status,
    /// Why, where the city had to say so.
    pub(super) reason: Option<String>,
}

/// What became another since the last release of the cycle before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Since {
    /// That release.
    pub(super) release: String,
    /// The name of its cycle.
    pub(super) cycle: String,
    /// Its reports by status.
    pub(super) was: BTreeMap<Status, i64>,
    /// The reports of this release by status.
    pub(super) is: BTreeMap<Status, i64>,
    /// Projects that this release has a report of and that one has not.
    pub(super) came: Vec<Named>,
    /// Projects that that release has a report of and this one has not.
    pub(super) went: Vec<Named>,
    /// Projects whose status is stated in both and is another.
    pub(super) moved: Vec<Move>,
    /// How many have the same status in both, stated.
    pub(super) same: i64,
    /// How many are in both and have a status that one of them does not state.
    pub(super) untold: i64,
}

/// Compares a release with that of the cycle before, project by project.
pub(super) fn since(edition: &Edition, before: &Edition) -> Since {
    let by_code = |edition: &'_ Edition| -> BTreeMap<ProjectCode, usize> {
        edition.reports.iter().enumerate().map(|(i, r)| (r.code.clone(), i)).collect()
    };
    let (old, new) = (by_code(before), by_code(edition));
    let without = |edition: &Edition, other: &BTreeMap<ProjectCode, usize>| -> Vec<Named> {
        edition.reports.iter().filter(|r| !other.contains_key(&r.code)).map(named).collect()
    };
    let mut since = Since {
        release: before.release.release.to_string(),
        cycle: before.frame.cycle.name.to_string(),
        was: before.release.counts.statuses.clone(),
        is: edition.release.counts.statuses.clone(),
        came: without(edition, &old),
        went: without(before, &new),
        moved: Vec::new(),
        same: 0,
        untold: 0,
    };
    for report in &edition.reports {
        let was = old.get(&report.code).and_then(|i| before.reports.get(*i));
        if let Some(was) = was {
            since.compare(was, report);
        }
    }
    since
}

fn status(report: &ApprovedReport) -> Status {
    report.content.status.unwrap_or(Status::NotStated)
}

impl Since {
    fn compare(&mut self, was: &ApprovedReport, is: &ApprovedReport) {
        let (from, to) = (status(was), status(is));
        if from == Status::NotStated || to == Status::NotStated {
            self.untold += 1;
        } else if from == to {
            self.same += 1;
        } else {
            let reason = is.content.status_reason.as_ref().map(Prose::to_string);
            self.moved.push(Move { project: named(is), from, to, reason });
        }
    }
}

fn named(report: &ApprovedReport) -> Named {
    let title = Some(report.header.details.title.to_string());
    Named { code: report.code.to_string(), title }
}

/// A report that became another since the release before of the same cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Correction {
    /// The project.
    pub(super) project: Named,
    /// Whether the report came, went or changed.
    pub(super) change: &'static str,
    /// Why it was taken up again.
    pub(super) reasons: Vec<String>,
    /// What it said and says now.
    pub(super) fields: Vec<FieldLine>,
}

/// Lists the errata of a release.
pub(super) fn corrections(edition: &Edition, says: Says) -> Vec<Correction> {
    edition.release.errata.iter().map(|e| correction(e, edition, says)).collect()
}

fn correction(erratum: &Erratum, edition: &Edition, says: Says) -> Correction {
    let report = edition.reports.iter().find(|r| r.code == erratum.project);
    let code = erratum.project.to_string();
    Correction {
        project: report.map_or(Named { code, title: None }, named),
        change: words::label(says.0, "item_change", erratum.change.as_str()),
        reasons: erratum.reasons.clone(),
        fields: told::fields_of(erratum, report, edition, says),
    }
}

/// A published figure that became another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FigureLine {
    /// What is measured.
    pub(super) measure: String,
    /// Its row: what it is, and which.
    pub(super) row: (String, String),
    /// Its column: what it is, and which.
    pub(super) column: (String, String),
    /// What it was; none where nothing was stated.
    pub(super) from: Option<String>,
    /// What it is.
    pub(super) to: Option<String>,
}

/// Lists the published figures that became others.
pub(super) fn figures(edition: &Edition, says: Says) -> Vec<FigureLine> {
    let line = |c: &CellChange| {
        let number = |n: Option<f64>| n.map(|n| says.number(c.measure, n));
        let at = |d: Dimension, key: &str| {
            (says.dimension(d).to_owned(), value(d, key, &edition.frame, says))
        };
        FigureLine {
            measure: words::label(says.0, "measure", c.measure.as_str()).to_owned(),
            row: at(c.rows, &c.row),
            column: at(c.columns, &c.column),
            from: number(c.from),
            to: number(c.to),
        }
    };
    edition.release.figures_changed.iter().map(line).collect()
}

/// Names a row or column of a table.
fn value(dimension: Dimension, key: &str, frame: &Frame, says: Says) -> String {
    if key == UNKNOWN {
        return says.unknown().to_owned();
    }
    match dimension {
        Dimension::Status => {
            Status::parse(key).map_or_else(|_other| key.to_owned(), |s| says.status(s).to_owned())
        }
        Dimension::FocusArea => says.focus_area(&frame.vocabulary.focus_areas, key),
        Dimension::Country => frame
            .countries
            .iter()
            .find(|c| c.code.as_str() == key)
            .map_or_else(|| key.to_owned(), |c| words::term(says.0, "country", &c.names, key)),
        Dimension::City => frame
            .cities
            .iter()
            .find(|c| c.slug.as_str() == key)
            .map_or_else(|| key.to_owned(), |c| says.name(&c.names, key)),
        // No published table is broken down by these.
        Dimension::SubArea
        | Dimension::Cycle
        | Dimension::Outcome
        | Dimension::Enabler
        | Dimension::Sector => key.to_owned(),
    }
}
