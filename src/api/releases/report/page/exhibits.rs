//! The exhibits: numbers in tables, with bars beside them.

use maud::{Markup, html};

use super::table::{bar, count, framed, legend, missing, stacked, table, titled};
use crate::{
    api::releases::report::{
        content::Content,
        exhibits::{CityRows, Grid, Mean, Means},
        says::Says,
    },
    domain::{figures::Dimension, report::Status},
};

pub(super) fn exhibits(c: &Content) -> Markup {
    let says = c.says;
    html! {
        section.new-page aria-labelledby="exhibits" {
            h2 id="exhibits" { (says.label("exhibits")) }
            section { (titled(says, "shares")) (shares(c)) }
            section {
                (titled(says, "statuses"))
                (legend(says))
                (statuses(says, &c.statuses))
            }
            section {
                (titled(says, "progress"))
                @for means in &c.progress { (progress(says, means)) }
            }
            section.wide { (titled(says, "cities")) (cities(c)) }
        }
    }
}

fn shares(c: &Content) -> Markup {
    let says = c.says;
    let total: i64 = c.shares.iter().map(|s| s.count).sum();
    let whole: i64 = c.shares.iter().map(|s| s.tenths).sum();
    table(
        "shares",
        says.label("shares"),
        c.shares.len(),
        &html! {
            thead { tr {
                th scope="col" { (says.dimension(Dimension::FocusArea)) }
                th.n scope="col" { (says.label("projects_count")) }
                th.n scope="col" { (says.label("share")) }
                th.drawn scope="col" { (says.label("bar")) }
            } }
            tbody { @for share in &c.shares { tr {
                th scope="row" { (share.label.name) }
                td.n data-table="shares" data-row=(share.label.key) data-column="count" { (share.count) }
                td.n data-table="shares" data-row=(share.label.key) data-column="share" { (says.tenths(share.tenths)) }
                td { (bar(share.tenths)) }
            } } }
            tfoot { tr {
                th scope="row" { (says.label("total")) }
                td.n data-table="shares" data-row="total" data-column="count" { (total) }
                td.n data-table="shares" data-row="total" data-column="share" { (says.tenths(whole)) }
                td {}
            } }
        },
    )
}

/// The statuses of a grid's columns, in order.
fn by_status(counts: &[i64]) -> Vec<(Status, i64)> {
    Status::ALL.iter().copied().zip(counts.iter().copied()).collect()
}

fn statuses(says: Says, grid: &Grid) -> Markup {
    let totals: Vec<i64> = grid.columns.iter().map(|(_, n)| *n).collect();
    table(
        "statuses",
        says.label("statuses"),
        grid.rows.len(),
        &html! {
            thead { tr {
                th scope="col" { (says.dimension(Dimension::FocusArea)) }
                @for (label, _) in &grid.columns { th.n scope="col" { (label.name) } }
                th.n scope="col" { (says.label("total")) }
                th.drawn scope="col" { (says.label("bar")) }
            } }
            tbody { @for (label, counts, total) in &grid.rows {
                tr { (row(("statuses", &label.key, &label.name), grid, (counts, *total))) }
            } }
            tfoot { tr { (row(("statuses", "total", says.label("total")), grid, (&totals, grid.total))) } }
        },
    )
}

fn row(
    (table, key, name): (&str, &str, &str),
    grid: &Grid,
    (counts, total): (&[i64], i64),
) -> Markup {
    html! {
        th scope="row" { (name) }
        @for ((label, _), n) in grid.columns.iter().zip(counts) {
            td.n data-table=(table) data-row=(key) data-column=(label.key) { (count(*n)) }
        }
        td.n data-table=(table) data-row=(key) data-column="total" { (count(total)) }
        td { (stacked(&by_status(counts))) }
    }
}

fn cities(c: &Content) -> Markup {
    let (says, cities) = (c.says, &c.cities);
    framed(
        "cities",
        says.label("cities"),
        &html! {
            thead { tr {
                th scope="col" { (says.dimension(Dimension::City)) }
                th scope="col" { (says.dimension(Dimension::Status)) }
                @for (label, _) in &cities.columns { th.n scope="col" { (label.name) } }
                th.n scope="col" { (says.label("total")) }
            } }
            @for city in &cities.rows { (city_rows(c, city)) }
            tfoot { tr {
                th scope="row" colspan="2" { (says.label("total")) }
                @for (label, n) in &cities.columns {
                    td.n data-table="cities" data-row="total" data-column=(label.key) { (n) }
                }
                td.n data-table="cities" data-row="total" data-column="total" { (cities.total) }
            } }
        },
    )
}

fn city_rows(c: &Content, CityRows { city, rows }: &CityRows) -> Markup {
    html! {
        tbody { @for (i, (status, counts, total)) in rows.iter().enumerate() { tr {
            @if i == 0 { th scope="rowgroup" rowspan=(rows.len()) { bdi { (city.name) } } }
            th.light scope="row" { (c.says.status(*status)) }
            @for ((label, _), n) in c.cities.columns.iter().zip(counts) {
                td.n data-table="cities" data-row=(city.key) data-status=(status.as_str()) data-column=(label.key) { (count(*n)) }
            }
            td.n data-table="cities" data-row=(city.key) data-status=(status.as_str()) data-column="total" { (total) }
        } } }
    }
}

fn progress(says: Says, means: &Means) -> Markup {
    let id = format!("progress-{}", means.rows_are.as_str().replace('_', "-"));
    let rows_are = says.dimension(means.rows_are);
    let drawn = means.total.value.is_some();
    table(
        &id,
        &says.fill("progress_by", &[rows_are]),
        means.rows.len(),
        &html! {
            thead { tr {
                th scope="col" { (rows_are) }
                th.n scope="col" { (says.label("mean")) }
                th.n scope="col" { (says.label("known")) }
                th.n scope="col" { (says.label("of")) }
                @if drawn { th.drawn scope="col" { (says.label("bar")) } }
            } }
            tbody { @for mean in &means.rows { tr { (mean_row(says, (&id, drawn), mean)) } } }
            tfoot { tr { (mean_row(says, (&id, drawn), &means.total)) } }
        },
    )
}

fn mean_row(says: Says, (table, drawn): (&str, bool), mean: &Mean) -> Markup {
    let key = &mean.label.key;
    html! {
        th scope="row" { (mean.label.name) }
        td.n data-table=(table) data-row=(key) data-column="mean" data-value=[mean.value.map(|m| m.to_string())] {
            @if let Some(value) = mean.value { (says.percent(value)) } @else { (missing(says)) }
        }
        td.n data-table=(table) data-row=(key) data-column="known" { (count(mean.known)) }
        td.n data-table=(table) data-row=(key) data-column="of" { (count(mean.of)) }
        @if drawn { td { @if let Some(value) = mean.value { (bar(in_tenths(value))) } } }
    }
}

/// Rounds a percentage to tenths, as a bar draws them.
fn in_tenths(percent: f64) -> i64 {
    // Rounded and within 0..=1000, so the text form is a whole number.
    format!("{:.0}", percent * 10.0).parse().unwrap_or_default()
}
