//! Renders the annual report as HTML. It reads [`AnnualReport`] and nothing else. `maud` escapes every text that it
//! inserts.

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{content::AnnualReport, wording::ReportWording};

mod changes;
mod exhibits;
mod places;
mod table;
mod unknown;

/// The sections after the title page: anchor and heading.
fn list_sections(says: ReportWording) -> [(&'static str, &'static str); 6] {
    [
        ("how", says.label("how")),
        ("exhibits", says.label("exhibits")),
        ("countries", says.label("countries")),
        ("projects", says.label("projects")),
        ("changes", says.label("changes")),
        ("unknown", says.label("unknown")),
    ]
}

/// Renders the report as one document. `style` is the text of its style sheet; it is not escaped.
pub(super) fn render_document(c: &AnnualReport, style: &str) -> String {
    let says = c.wording;
    let page = html! {
        (DOCTYPE)
        html lang=(says.0.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (says.label("title")) ": " (c.front.cycle) " (" (c.front.release) ")" }
                style { (PreEscaped(style)) }
            }
            body {
                a.skip href="#content" { (says.label("skip")) }
                (table::render_patterns())
                (render_title_page(c))
                (render_contents(says))
                main id="content" tabindex="-1" {
                    (render_reading_guide(c))
                    (exhibits::render_exhibits(c))
                    (places::render_countries(c))
                    (places::render_projects(c))
                    (changes::render_changes(c))
                    (unknown::render_unknown(c))
                }
                footer { p { (says.fill_label("footer", &[&c.front.release])) } }
            }
        }
    };
    page.into_string()
}

fn render_day(says: ReportWording, day: NaiveDate) -> Markup {
    html! { time datetime=(day.to_string()) { (says.format_day(day)) } }
}

fn render_title_page(c: &AnnualReport) -> Markup {
    let (says, front) = (c.wording, &c.front);
    let counts = &front.counts;
    html! {
        header.front {
            p.network { (says.label("network")) }
            h1 { (says.label("title")) ": " bdi { (front.cycle) } }
            dl {
                dt { (says.label("as_of")) } dd { (render_day(says, front.as_of)) }
                dt { (says.label("release")) } dd { code { (front.release) } }
                dt { (says.label(if front.taken_over { "taken_over_on" } else { "published_on" })) } dd { (render_day(says, front.published_at.date_naive())) }
                dt { (says.label("reports")) } dd data-count="reports" { (counts.reports) }
                dt { (says.label("cities_count")) } dd data-count="cities" { (counts.cities) }
                dt { (says.label("countries_count")) } dd data-count="countries" { (counts.countries) }
                @if let Some(note) = &front.note { dt { (says.label("note")) } dd.note { bdi { (note) } } }
                dt { (says.label("sha256")) } dd { code.hash { (front.sha256) } }
            }
        }
    }
}

fn render_contents(says: ReportWording) -> Markup {
    html! {
        nav aria-labelledby="contents" {
            h2 id="contents" { (says.label("contents")) }
            ol { @for (anchor, heading) in list_sections(says) { li { a href={ "#" (anchor) } { (heading) } } } }
        }
    }
}

fn render_reading_guide(c: &AnnualReport) -> Markup {
    let says = c.wording;
    let key = c.front.release.as_str();
    let rules = [
        (says.label("read_approved"), says.help("read_approved").to_owned()),
        (says.label("read_not_stated"), says.help("read_not_stated").to_owned()),
        (says.label("read_missing"), says.help("read_missing").to_owned()),
        (says.label("read_recompute"), says.fill_help("read_recompute", &[key, key, key])),
        (says.label("read_order"), says.help("read_order").to_owned()),
        (says.label("read_shares"), says.help("read_shares").to_owned()),
        (says.label("read_bars"), says.help("read_bars").to_owned()),
    ];
    html! {
        section.new-page aria-labelledby="how" {
            h2 id="how" { (says.label("how")) }
            dl.rules { @for (term, text) in rules { dt { (term) } dd { (text) } } }
        }
    }
}
