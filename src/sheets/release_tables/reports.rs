//! The table of reports, with the record of the project that each report froze.

use super::{ForeignKey, ReleaseTable, ReleaseTableRow, RowContext, RowSource, table_columns};
use crate::{
    domain::{
        project::ProjectCode,
        reference::City,
        report::{
            ApprovedReport, PercentMethod, ProjectStatus,
            progress::{MilestoneWeighting, compute_elapsed},
        },
        value::{Money, Percent, Prose, Slug, Title},
    },
    sheets::flat::Datum,
};

/// One row per report.
pub(crate) const REPORTS: ReleaseTable = ReleaseTable {
    name: "reports",
    title: "Approved reports, one to a project, with the project's record as it was reported",
    columns: table_columns![
        ("project", Text, "The project's code: its city and a number that is never reused."),
        ("title", Text, "The project's title in English."),
        ("title_local", Text, "The title in the local language and script."),
        ("city", Text, "The city."),
        ("city_name", Text, "The city's name in English."),
        ("country", Text, "The country, ISO 3166-1 alpha-2."),
        ("country_name", Text, "The country's name in English."),
        ("plan_cycle", Text, "The plan cycle that the project belongs to."),
        ("focus_area", Text, "The one focus area that official tables count it in."),
        ("focus_area_name", Text, "The focus area's name in English."),
        ("other_focus_areas", Text, "Further focus areas, separated by ; and a space."),
        ("sub_area", Text, "The sub-area of the focus area."),
        ("sub_area_name", Text, "The sub-area's name in English."),
        ("outcomes", Text, "Strategic outcomes, separated by ; and a space."),
        ("enablers", Text, "Enablers, separated by ; and a space."),
        ("sectors", Text, "Sectors, separated by ; and a space."),
        ("tags", Text, "Tags of a national scheme, separated by ; and a space."),
        ("priority", Bool, "One of the plan's priority projects."),
        ("starts_on", Day, "First day; years alone are given as 1 January, see dates_reason."),
        ("ends_on", Day, "Last day; years alone are given as 31 December, see dates_reason."),
        (
            "dates_reason",
            Text,
            "What the dates are based on, or why they lie outside the plan cycle."
        ),
        ("budget_minor", Integer, "The money planned, in minor units of its currency."),
        ("budget_currency", Text, "The currency of the budget, ISO 4217."),
        ("sdgs", Text, "Sustainable Development Goals by number, separated by ; and a space."),
        ("continues", Text, "The project that it grew out of."),
        ("archived", Bool, "No longer pursued or listed."),
        (
            "latitude",
            Number,
            "WGS 84, degrees north: of the project where stated, else of its city."
        ),
        (
            "longitude",
            Number,
            "WGS 84, degrees east: of the project where stated, else of its city."
        ),
        ("located", Text, "What the coordinates are of: project or city."),
        (
            "status",
            Text,
            "Where the project stands; not_stated where the published source does not tell."
        ),
        ("status_reason", Text, "Why, where the step from the status before had to be explained."),
        ("percent_complete", Number, "How much is done, 0 to 100; empty where nobody states it."),
        ("percent_method", Text, "How that was found: self_assessed or milestones."),
        ("spent_minor", Integer, "Money spent to date, in minor units of its currency."),
        ("spent_currency", Text, "The currency of what was spent, ISO 4217."),
        ("achievements", Text, "What was reached."),
        ("challenges", Text, "What stood in the way."),
        ("next_steps", Text, "What comes next."),
        ("support_needed", Text, "What the city asks for."),
        ("unchanged", Bool, "An explicit statement that nothing changed."),
        (
            "submitted_at",
            Instant,
            "When it was submitted, in UTC; empty for the published history."
        ),
        ("decided_at", Instant, "When it was approved, in UTC; empty for the published history."),
        ("source", Text, "The source of an imported report."),
        ("version", Integer, "The version of the approved copy that was frozen."),
        ("summary", Text, "What the project is about."),
        ("support_required", Text, "Support that the city looks for."),
        ("inclusion_note", Text, "Who is reached, and who might be left out."),
        ("location", Text, "Where the project is, in words."),
        (
            "time_elapsed_percent",
            Number,
            "The share of the project's days that passed by the cut-off day, 0 to 100; empty without both dates."
        ),
        (
            "reached_weight",
            Integer,
            "The weights of the reached milestones, added; empty unless the percentage follows from milestones."
        ),
        (
            "total_weight",
            Integer,
            "The weights of all milestones, added; empty unless the percentage follows from milestones."
        ),
        ("source_basis", Text, "How the status of an imported report follows from its source."),
        (
            "published_facts",
            Text,
            "Facts of the published history that have no column of their own, as JSON."
        ),
        (
            "late",
            Bool,
            "Whether it was first submitted after the due day then in force; empty if nothing was due, or if that was not recorded."
        ),
    ],
    key: &["project"],
    foreign_keys: &[ForeignKey { columns: &["city"], table: "cities", to: &["city"] }],
    rows: RowSource::PerReport(|context, report| vec![build_report_row(context, report)]),
};

#[must_use]
pub(crate) fn build_report_row(
    context: &RowContext<'_>,
    report: &ApprovedReport,
) -> ReleaseTableRow {
    let mut row = context.leading_values();
    row.extend(project_values(context, report));
    row.extend(position_values(context, report));
    row.extend(content_values(report));
    row.extend(later_values(report));
    row
}

fn join_slugs(words: &[Slug]) -> Datum {
    join_items(words.iter().map(Slug::to_string))
}

/// Joins the items of a list. An empty list gives [`Datum::Empty`].
pub(super) fn join_items(items: impl Iterator<Item = String>) -> Datum {
    let text = items.collect::<Vec<String>>().join("; ");
    if text.is_empty() { Datum::Empty } else { text.into() }
}

fn to_slug_value(word: Option<&Slug>) -> Datum {
    word.map(Slug::to_string).into()
}

fn to_prose_value(text: Option<&Prose>) -> Datum {
    text.map(Prose::to_string).into()
}

pub(super) fn to_money_values(money: Option<Money>) -> [Datum; 2] {
    [money.map(|m| m.amount_minor).into(), money.map(|m| m.currency.as_str().to_owned()).into()]
}

fn project_values(context: &RowContext<'_>, report: &ApprovedReport) -> ReleaseTableRow {
    let (header, details) = (&report.header, &report.header.details);
    let city = report.code.city().as_str();
    let [budget, currency] = to_money_values(details.budget);
    vec![
        report.code.to_string().into(),
        details.title.to_string().into(),
        details.title_local.as_ref().map(Title::to_string).into(),
        city.into(),
        context.city_name(city),
        report.country.as_str().into(),
        context.country_name(report.country.as_str()),
        header.plan_cycle.as_str().into(),
        to_slug_value(details.focus_area.as_ref()),
        context.term_name(details.focus_area.as_ref()),
        join_slugs(&details.other_focus_areas),
        to_slug_value(details.sub_area.as_ref()),
        context.term_name(details.sub_area.as_ref()),
        join_slugs(&details.outcomes),
        join_slugs(&details.enablers),
        join_slugs(&details.sectors),
        join_slugs(&details.tags),
        details.priority.into(),
        details.starts_on.into(),
        details.ends_on.into(),
        to_prose_value(details.dates_reason.as_ref()),
        budget,
        currency,
        join_items(details.sdgs.iter().map(i64::to_string)),
        details.continues.as_ref().map(ProjectCode::to_string).into(),
        details.archived.into(),
    ]
}

/// Returns the latitude and longitude of a project, and `project` or `city`. If the project states no position, its
/// city's position is used.
#[must_use]
pub(crate) fn locate_project(
    context: &RowContext<'_>,
    report: &ApprovedReport,
) -> Option<(f64, f64, &'static str)> {
    let own = report.header.details.location.as_ref();
    if let Some((latitude, longitude)) = own.and_then(|l| l.latitude.zip(l.longitude)) {
        return Some((latitude, longitude, "project"));
    }
    let is_home = |c: &&City| &c.slug == report.code.city();
    context.reference.cities.iter().find(is_home).map(|c| (c.latitude, c.longitude, "city"))
}

fn position_values(context: &RowContext<'_>, report: &ApprovedReport) -> ReleaseTableRow {
    let at = locate_project(context, report);
    vec![at.map(|p| p.0).into(), at.map(|p| p.1).into(), at.map(|p| p.2).into()]
}

/// Returns the values of the columns that were added after the others.
fn later_values(report: &ApprovedReport) -> ReleaseTableRow {
    let (details, content) = (&report.header.details, &report.content);
    let place = details.location.as_ref().and_then(|l| l.text.as_ref());
    let weighting = MilestoneWeighting::from_milestones(&report.header.milestones, content, None)
        .filter(|_| content.percent_method == Some(PercentMethod::Milestones));
    let elapsed = compute_elapsed(details.starts_on, details.ends_on, report.as_of);
    vec![
        to_prose_value(details.summary.as_ref()),
        to_prose_value(details.support_required.as_ref()),
        to_prose_value(details.inclusion_note.as_ref()),
        place.map(Title::to_string).into(),
        elapsed.map(Percent::value).into(),
        weighting.as_ref().map(|w| w.reached).into(),
        weighting.as_ref().map(|w| w.total).into(),
        find_import_fact(report, "basis"),
        report.header.imported.as_ref().map(ToString::to_string).into(),
        report.late.into(),
    ]
}

/// Returns a fact about the import of a report.
fn find_import_fact(report: &ApprovedReport, name: &str) -> Datum {
    let fact = report.imported.as_ref().and_then(|imported| imported.get(name));
    fact.and_then(|fact| fact.as_str()).into()
}

fn content_values(report: &ApprovedReport) -> ReleaseTableRow {
    let content = &report.content;
    let [spent, currency] = to_money_values(content.spent);
    vec![
        content.status.unwrap_or(ProjectStatus::NotStated).as_str().into(),
        to_prose_value(content.status_reason.as_ref()),
        content.percent_complete.map(Percent::value).into(),
        content.percent_method.map(PercentMethod::as_str).into(),
        spent,
        currency,
        to_prose_value(content.achievements.as_ref()),
        to_prose_value(content.challenges.as_ref()),
        to_prose_value(content.next_steps.as_ref()),
        to_prose_value(content.support_needed.as_ref()),
        content.unchanged.into(),
        report.submitted_at.into(),
        report.decided_at.into(),
        find_import_fact(report, "source"),
        report.version.into(),
    ]
}
