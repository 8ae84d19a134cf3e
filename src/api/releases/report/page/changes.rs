//! What became another: since the cycle before, and since the release before of the same cycle.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::table::{count, english, framed, stated, table, titled};
use crate::{
    api::releases::report::{
        changes::{Correction, FigureLine, Move, Named, Since},
        content::Content,
        says::Says,
    },
    domain::{figures::Dimension, report::Status},
};

pub(super) fn changes(c: &Content) -> Markup {
    let says = c.says;
    html! {
        section.new-page aria-labelledby="changes" {
            h2 id="changes" { (says.label("changes")) }
            @match &c.since {
                Some(since) => (since_before(says, since)),
                None => p { (says.label("no_earlier")) },
            }
            (corrected(c))
        }
    }
}

fn since_before(says: Says, since: &Since) -> Markup {
    html! {
        section {
            h3 { (says.fill("since", &[&since.cycle, &since.release])) }
            p { (says.help("since_explained")) }
            (then_and_now(says, since))
            (moves(says, &since.moved))
            p data-count="same" { (says.fill_help("same", &[&since.same.to_string(), &since.untold.to_string()])) }
            h4 { (says.label("came")) }
            (list(says, &since.came))
            h4 { (says.label("went")) }
            (list(says, &since.went))
        }
    }
}

fn then_and_now(says: Says, since: &Since) -> Markup {
    let of = |counts: &BTreeMap<Status, i64>, status: &Status| {
        counts.get(status).copied().unwrap_or_default()
    };
    table(
        "then-and-now",
        says.label("then_and_now"),
        Status::ALL.len(),
        &html! {
            thead { tr {
                th scope="col" { (says.dimension(Dimension::Status)) }
                th.n scope="col" { (since.release) }
                th.n scope="col" { (says.label("now")) }
            } }
            tbody { @for status in Status::ALL { tr {
                th scope="row" { (says.status(*status)) }
                td.n data-table="then" data-row=(status.as_str()) { (count(of(&since.was, status))) }
                td.n data-table="now" data-row=(status.as_str()) { (count(of(&since.is, status))) }
            } } }
            tfoot { tr {
                th scope="row" { (says.label("total")) }
                td.n { (since.was.values().sum::<i64>()) }
                td.n { (since.is.values().sum::<i64>()) }
            } }
        },
    )
}

fn moves(says: Says, moved: &[Move]) -> Markup {
    if moved.is_empty() {
        return html! { p { (says.label("no_moves")) } };
    }
    framed(
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
                (project(says, &m.project))
                td.status { (says.status(m.from)) }
                td.status { (says.status(m.to)) }
                td { (stated(says, m.reason.as_deref())) }
            } } }
        },
    )
}

fn project(says: Says, named: &Named) -> Markup {
    html! {
        td.code { (named.code) }
        th.title scope="row" {
            @match &named.title {
                Some(title) => (english(says, title)),
                None => (named.code),
            }
        }
    }
}

fn list(says: Says, projects: &[Named]) -> Markup {
    html! {
        @if projects.is_empty() {
            p { (says.label("none")) }
        } @else {
            ul.many { @for named in projects { li {
                span.code { (named.code) }
                @if let Some(title) = &named.title { " " (english(says, title)) }
            } } }
        }
    }
}

fn corrected(c: &Content) -> Markup {
    let says = c.says;
    html! {
        section id="corrections" {
            @if c.front.number == 1 {
                h3 { (says.label("corrections")) }
                p { (says.label("first_release")) }
            } @else {
                (titled(says, "corrections"))
                @for correction in &c.corrections { (one(says, correction)) }
                h4 { (says.label("figures")) }
                (figures(says, &c.figures))
            }
        }
    }
}

fn one(says: Says, correction: &Correction) -> Markup {
    let (code, fields) = (&correction.project.code, correction.fields.len());
    html! {
        section.erratum data-erratum=(code) {
            h4 {
                span.code { (code) }
                @if let Some(title) = &correction.project.title { " " (english(says, title)) }
            }
            p { (says.label("change")) ": " (correction.change) }
            @if correction.reasons.is_empty() {
                p { (says.label("no_reason")) }
            } @else {
                p { (says.label("reasons")) }
                ul.reasons { @for reason in &correction.reasons { li { bdi { (reason) } } } }
            }
            @if !correction.fields.is_empty() {
                (table(&format!("erratum-{code}"), &says.fill("fields_of", &[code]), fields, &html! {
                    thead { tr {
                        th scope="col" { (says.label("field")) }
                        th scope="col" { (says.label("before")) }
                        th scope="col" { (says.label("now")) }
                    } }
                    tbody { @for field in &correction.fields { tr {
                        th scope="row" { (field.name) }
                        td { (lines(says, &field.from)) }
                        td { (lines(says, &field.to)) }
                    } } }
                }))
            }
        }
    }
}

/// Writes what a field says, an item a line.
fn lines(says: Says, said: &[String]) -> Markup {
    match said {
        [] => stated(says, None),
        [one] => stated(says, Some(one)),
        several => html! { ul { @for one in several { li { (stated(says, Some(one))) } } } },
    }
}

fn figures(says: Says, lines: &[FigureLine]) -> Markup {
    if lines.is_empty() {
        return html! { p { (says.label("no_figures")) } };
    }
    framed(
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
                td.n { (stated(says, line.from.as_deref())) }
                td.n { (stated(says, line.to.as_deref())) }
            } } }
        },
    )
}
