//! Merges a row of the sheets of projects, milestones, indicators and partnerships into the raw form of its record.
//! Only columns whose value differs from the record are merged, so that a row has the effect of a `PATCH`.

use std::marker::PhantomData;

use super::row_members::RowMembers;
use crate::{
    app::{
        merge::{MergeMembers, set, set_or_default},
        parts::EditablePart,
    },
    domain::{
        project::parse::RawProjectDetails,
        project_parts::{
            Indicator, Milestone, Partnership,
            parse::{RawIndicator, RawMilestone, RawPartnership},
        },
        raw_values::{RawMoney, RawReading},
    },
    sheets::{WorkbookSheet, row_comparison::ComparedRow},
};

/// The changes of a row to the members of a project.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProjectMembers<'r>(RowMembers<'r>);

impl<'r> ProjectMembers<'r> {
    pub(super) const fn new(row: &'r ComparedRow) -> Self {
        Self(RowMembers::new(WorkbookSheet::Projects, row))
    }
}

impl MergeMembers for ProjectMembers<'_> {
    type Into = RawProjectDetails;
    fn merge(self, into: &mut RawProjectDetails) {
        let row = self.0;
        set(&mut into.title, row.changed("title"));
        set(&mut into.title_local, row.changed("title_local"));
        set(&mut into.summary, row.changed("summary"));
        set(&mut into.focus_area, row.changed("focus_area"));
        set_or_default(&mut into.other_focus_areas, row.changed("other_focus_areas"));
        set(&mut into.sub_area, row.changed("sub_area"));
        set_or_default(&mut into.outcomes, row.changed("outcomes"));
        set_or_default(&mut into.enablers, row.changed("enablers"));
        set_or_default(&mut into.sectors, row.changed("sectors"));
        set_or_default(&mut into.tags, row.changed("tags"));
        set_or_default(&mut into.priority, row.changed("priority"));
        set(&mut into.starts_on, row.changed("starts_on"));
        set(&mut into.ends_on, row.changed("ends_on"));
        set(&mut into.dates_reason, row.changed("dates_reason"));
        merge_money(row, &mut into.budget, "budget_minor", "budget_currency");
        set(&mut into.support_required, row.changed("support_required"));
        row.merge_object(&mut into.location, &["latitude", "longitude", "place"], |location| {
            set(&mut location.latitude, row.stated("latitude"));
            set(&mut location.longitude, row.stated("longitude"));
            set(&mut location.text, row.stated("place"));
        });
        set_or_default(&mut into.sdgs, row.changed("sdgs"));
        set(&mut into.inclusion_note, row.changed("inclusion_note"));
        set(&mut into.continues, row.changed("continues"));
        set_or_default(&mut into.archived, row.changed("archived"));
    }
}

/// A kind of part that an import writes.
pub(super) trait ImportedPart: EditablePart {
    /// The sheet of its rows.
    const SHEET: WorkbookSheet;
    /// Merges the members that a row changes.
    fn merge_row(row: RowMembers<'_>, into: &mut Self::Raw);
}

/// The changes of a row to the members of a part.
#[derive(Debug)]
pub(super) struct PartMembers<'r, P> {
    members: RowMembers<'r>,
    kind: PhantomData<fn() -> P>,
}

impl<'r, P: ImportedPart> PartMembers<'r, P> {
    pub(super) const fn new(row: &'r ComparedRow) -> Self {
        Self { members: RowMembers::new(P::SHEET, row), kind: PhantomData }
    }
}

impl<P: ImportedPart> MergeMembers for PartMembers<'_, P> {
    type Into = P::Raw;
    fn merge(self, into: &mut P::Raw) {
        P::merge_row(self.members, into);
    }
}

impl ImportedPart for Milestone {
    const SHEET: WorkbookSheet = WorkbookSheet::Milestones;
    fn merge_row(row: RowMembers<'_>, into: &mut RawMilestone) {
        set(&mut into.title, row.changed("title"));
        set(&mut into.due_on, row.changed("due_on"));
        set(&mut into.weight, row.changed("weight"));
        set(&mut into.completed_on, row.changed("completed_on"));
    }
}

impl ImportedPart for Indicator {
    const SHEET: WorkbookSheet = WorkbookSheet::Indicators;
    fn merge_row(row: RowMembers<'_>, into: &mut RawIndicator) {
        set(&mut into.name, row.changed("name"));
        set(&mut into.kind, row.changed("kind"));
        set(&mut into.unit, row.changed("unit"));
        set(&mut into.better, row.changed("better"));
        merge_reading(row, &mut into.baseline, "baseline_value", "baseline_on");
        merge_reading(row, &mut into.target, "target_value", "target_on");
    }
}

impl ImportedPart for Partnership {
    const SHEET: WorkbookSheet = WorkbookSheet::Partnerships;
    fn merge_row(row: RowMembers<'_>, into: &mut RawPartnership) {
        set(&mut into.partner, row.changed("partner"));
        set(&mut into.as_stated, row.changed("as_stated"));
        set(&mut into.role, row.changed("role"));
        set(&mut into.stage, row.changed("stage"));
        merge_money(row, &mut into.amount, "amount_minor", "amount_currency");
        set(&mut into.note, row.changed("note"));
    }
}

fn merge_money(row: RowMembers<'_>, into: &mut Option<RawMoney>, amount: &str, currency: &str) {
    row.merge_object(into, &[amount, currency], |money| {
        set(&mut money.amount_minor, row.stated(amount));
        set(&mut money.currency, row.stated(currency));
    });
}

fn merge_reading(row: RowMembers<'_>, into: &mut Option<RawReading>, value: &str, on: &str) {
    row.merge_object(into, &[value, on], |reading| {
        set(&mut reading.value, row.stated(value));
        set(&mut reading.on, row.stated(on));
    });
}
