//! The section on changes: since the previous cycle, and since the previous release of the same cycle.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::table::{
    render_count, render_english, render_heading, render_long_table, render_stated, render_table,
};
use crate::{
    domain::{figures::Dimension, report::ProjectStatus},
    pages::annual_report::{
        changes::{
            CycleComparison, FigureCorrection, ProjectLabel, ReportCorrection, StatusChange,
        },
        content::AnnualReport,
        wording::ReportWording,
    },
};

pub(super) fn render_changes(c: &AnnualReport) -> Markup {
    let says = c.wording;
    html! {
        section.new-page aria-labelledby="changes" {
            h2 id="changes" { (says.label("changes")) }
            @match &c.since_last_cycle {
                Some(since) => (render_cycle_comparison(says, since)),
                None => p { (says.label("no_earlier")) },
            }
            (render_corrections(c))
        }
    }
}

fn render_cycle_comparison(says: ReportWording, since: &CycleComparison) -> Markup {
    html! {
        section {
            h3 { (says.fill_label("since", &[&since.cycle, &since.release])) }
            p { (says.help("since_explained")) }
            (render_status_counts(says, since))
            (render_status_changes(says, &since.status_changes))
            p data-count="same" { (says.fill_help("same", &[&since.same.to_string(), &since.not_stated.to_string()])) }
            h4 { (says.label("came")) }
            (render_project_list(says, &since.added))
            h4 { (says.label("went")) }
            (render_project_list(says, &since.removed))
        }
    }
}

fn render_status_counts(says: ReportWording, since: &CycleComparison) -> Markup {
    let of = |counts: &BTreeMap<ProjectStatus, i64>, status: &ProjectStatus| {
        counts.get(status).copied().unwrap_or_default()
    };
    render_table(
        "then-and-now",
        says.label("then_and_now"),
        ProjectStatus::ALL.len(),
        &html! {
            thead { tr {
                th scope="col" { (says.name_dimension(Dimension::Status)) }
                th.n scope="col" { (since.release) }
                th.n scope="col" { (says.label("now")) }
            } }
            tbody { @for status in ProjectStatus::ALL { tr {
                th scope="row" { (says.name_status(*status)) }
                td.n data-table="then" data-row=(status.as_str()) { (render_count(of(&since.earlier_counts, status))) }
                td.n data-table="now" data-row=(status.as_str()) { (render_count(of(&since.current_counts, status))) }
            } } }
            tfoot { tr {
                th scope="row" { (says.label("total")) }
                td.n { (since.earlier_counts.values().sum::<i64>()) }
                td.n { (since.current_counts.values().sum::<i64>()) }
            } }
        },
    )
}

fn render_status_changes(says: ReportWording, moved: &[StatusChange]) -> Markup {
    if moved.is_empty() {
        return html! { p { (says.label("no_moves")) } };
    }
    render_long_table(
        "moves",
        says.label("moves"),
        &html! {
            thead { tr {
                th scope="col" { (says.label("code")) }
                th scope="col" { (says.label("project")) }
                th scope="col" { (says.label("before")) }
                th scope="col" { (says.label("now")) }
                th scope="col" { (says.label("reason")) }
            } }
            tbody { @for m in moved { tr data-moved=(m.project.code) {
                (render_project(says, &m.project))
                td.status { (says.name_status(m.from)) }
                td.status { (says.name_status(m.to)) }
                td { (render_stated(says, m.reason.as_deref())) }
            } } }
        },
    )
}

fn render_project(says: ReportWording, named: &ProjectLabel) -> Markup {
    html! {
        td.code { (named.code) }
        th.title scope="row" {
            @match &named.title {
                Some(title) => (render_english(says, title)),
                None => (named.code),
            }
        }
    }
}

fn render_project_list(says: ReportWording, projects: &[ProjectLabel]) -> Markup {
    html! {
        @if projects.is_empty() {
            p { (says.label("none")) }
        } @else {
            ul.many { @for named in projects { li {
                span.code { (named.code) }
                @if let Some(title) = &named.title { " " (render_english(says, title)) }
            } } }
        }
    }
}

fn render_corrections(c: &AnnualReport) -> Markup {
    let says = c.wording;
    html! {
        section id="corrections" {
            @if c.front.number == 1 {
                h3 { (says.label("corrections")) }
                p { (says.label("first_release")) }
            } @else {
                (render_heading(says, "corrections"))
                @for correction in &c.corrections { (render_correction(says, correction)) }
                h4 { (says.label("figures")) }
                (render_figure_corrections(says, &c.figures))
            }
        }
    }
}

fn render_correction(says: ReportWording, correction: &ReportCorrection) -> Markup {
    let (code, fields) = (&correction.project.code, correction.fields.len());
    html! {
        section.erratum data-erratum=(code) {
            h4 {
                span.code { (code) }
                @if let Some(title) = &correction.project.title { " " (render_english(says, title)) }
            }
            p { (says.label("change")) ": " (correction.change) }
            @if correction.reasons.is_empty() {
                p { (says.label("no_reason")) }
            } @else {
                p { (says.label("reasons")) }
                ul.reasons { @for reason in &correction.reasons { li { bdi { (reason) } } } }
            }
            @if !correction.fields.is_empty() {
                (render_table(&format!("erratum-{code}"), &says.fill_label("fields_of", &[code]), fields, &html! {
                    thead { tr {
                        th scope="col" { (says.label("field")) }
                        th scope="col" { (says.label("before")) }
                        th scope="col" { (says.label("now")) }
                    } }
                    tbody { @for field in &correction.fields { tr {
                        th scope="row" { (field.name) }
                        td { (render_items(says, &field.from)) }
                        td { (render_items(says, &field.to)) }
                    } } }
                }))
            }
        }
    }
}

/// Renders the value of a field; several items become a list.
fn render_items(says: ReportWording, said: &[String]) -> Markup {
    match said {
        [] => render_stated(says, None),
        [one] => render_stated(says, Some(one)),
        several => html! { ul { @for one in several { li { (render_stated(says, Some(one))) } } } },
    }
}

fn render_figure_corrections(says: ReportWording, lines: &[FigureCorrection]) -> Markup {
    if lines.is_empty() {
        return html! { p { (says.label("no_figures")) } };
    }
    render_long_table(
        "figures-changed",
        says.label("figures"),
        &html! {
            thead { tr {
                th scope="col" { (says.label("figure")) }
                th scope="col" { (says.label("row")) }
                th scope="col" { (says.label("column")) }
                th.n scope="col" { (says.label("before")) }
                th.n scope="col" { (says.label("now")) }
            } }
            tbody { @for line in lines { tr {
                th scope="row" { (line.measure) }
                td { (line.row.0) ": " bdi { (line.row.1) } }
                td { (line.column.0) ": " bdi { (line.column.1) } }
                td.n { (render_stated(says, line.from.as_deref())) }
                td.n { (render_stated(says, line.to.as_deref())) }
            } } }
        },
    )
}
