//! The section on what is unknown.

use maud::{Markup, html};

use super::table::{render_name, render_table};
use crate::pages::annual_report::content::AnnualReport;

pub(super) fn render_unknown(c: &AnnualReport) -> Markup {
    let (says, u) = (c.wording, &c.unknown);
    let rows = [
        ("status", says.label("no_status"), u.status),
        ("percent", says.label("no_percent"), u.percent),
        ("percent_by_rule", says.label("no_percent_by_rule"), u.percent_by_rule),
        ("dates", says.label("no_dates"), u.dates),
        ("focus_area", says.label("no_focus_area"), u.focus_area),
    ];
    html! {
        section.new-page aria-labelledby="unknown" {
            h2 id="unknown" { (says.label("unknown")) }
            p { (says.help("unknown")) }
            (render_table("not-known", says.label("unknown"), rows.len(), &html! {
                thead { tr {
                    th scope="col" { (says.label("what")) }
                    th.n scope="col" { (says.label("reports")) }
                    th.n scope="col" { (says.label("of")) }
                } }
                tbody { @for (key, label, n) in rows { tr {
                    th scope="row" { (label) }
                    td.n data-table="unknown" data-row=(key) data-column="count" { (n) }
                    td.n { (u.of) }
                } } }
            }))
            h3 { (says.label("silent")) }
            p data-count="silent" {
                (says.fill_help("silent", &[&u.reporting.to_string(), &u.expected.to_string()]))
            }
            @if !u.silent.is_empty() {
                ul.many { @for (city, country) in &u.silent { li { (render_name(city)) ", " (country) } } }
            }
        }
    }
}
