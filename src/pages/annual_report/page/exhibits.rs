//! The exhibits: tables of numbers with bars.

use maud::{Markup, html};

use super::table::{
    render_bar, render_count, render_heading, render_legend, render_long_table, render_not_stated,
    render_stacked_bar, render_table,
};
use crate::{
    domain::{figures::Dimension, report::ProjectStatus},
    pages::annual_report::{
        content::AnnualReport,
        exhibits::{CityStatusRows, CountGrid, ProgressMean, ProgressMeans},
        wording::ReportWording,
    },
};

pub(super) fn render_exhibits(c: &AnnualReport) -> Markup {
    let says = c.wording;
    html! {
        section.new-page aria-labelledby="exhibits" {
            h2 id="exhibits" { (says.label("exhibits")) }
            section { (render_heading(says, "shares")) (render_shares(c)) }
            section {
                (render_heading(says, "statuses"))
                (render_legend(says))
                (render_statuses(says, &c.statuses))
            }
            section {
                (render_heading(says, "progress"))
                @for means in &c.progress { (render_progress(says, means)) }
            }
            section.wide { (render_heading(says, "cities")) (render_cities(c)) }
        }
    }
}

fn render_shares(c: &AnnualReport) -> Markup {
    let says = c.wording;
    let total: i64 = c.shares.iter().map(|s| s.count).sum();
    let whole: i64 = c.shares.iter().map(|s| s.tenths).sum();
    render_table(
        "shares",
        says.label("shares"),
        c.shares.len(),
        &html! {
            thead { tr {
                th scope="col" { (says.name_dimension(Dimension::FocusArea)) }
                th.n scope="col" { (says.label("projects_count")) }
                th.n scope="col" { (says.label("share")) }
                th.drawn scope="col" { (says.label("bar")) }
            } }
            tbody { @for share in &c.shares { tr {
                th scope="row" { (share.label.name) }
                td.n data-table="shares" data-row=(share.label.key) data-column="count" { (share.count) }
                td.n data-table="shares" data-row=(share.label.key) data-column="share" { (says.format_tenths(share.tenths)) }
                td { (render_bar(share.tenths)) }
            } } }
            tfoot { tr {
                th scope="row" { (says.label("total")) }
                td.n data-table="shares" data-row="total" data-column="count" { (total) }
                td.n data-table="shares" data-row="total" data-column="share" { (says.format_tenths(whole)) }
                td {}
            } }
        },
    )
}

/// Pairs the counts of a row with the statuses of its columns.
fn pair_with_statuses(counts: &[i64]) -> Vec<(ProjectStatus, i64)> {
    ProjectStatus::ALL.iter().copied().zip(counts.iter().copied()).collect()
}

fn render_statuses(says: ReportWording, grid: &CountGrid) -> Markup {
    let totals: Vec<i64> = grid.columns.iter().map(|(_, n)| *n).collect();
    render_table(
        "statuses",
        says.label("statuses"),
        grid.rows.len(),
        &html! {
            thead { tr {
                th scope="col" { (says.name_dimension(Dimension::FocusArea)) }
                @for (label, _) in &grid.columns { th.n scope="col" { (label.name) } }
                th.n scope="col" { (says.label("total")) }
                th.drawn scope="col" { (says.label("bar")) }
            } }
            tbody { @for (label, counts, total) in &grid.rows {
                tr { (render_grid_row(("statuses", &label.key, &label.name), grid, (counts, *total))) }
            } }
            tfoot { tr { (render_grid_row(("statuses", "total", says.label("total")), grid, (&totals, grid.total))) } }
        },
    )
}

fn render_grid_row(
    (table, key, name): (&str, &str, &str),
    grid: &CountGrid,
    (counts, total): (&[i64], i64),
) -> Markup {
    html! {
        th scope="row" { (name) }
        @for ((label, _), n) in grid.columns.iter().zip(counts) {
            td.n data-table=(table) data-row=(key) data-column=(label.key) { (render_count(*n)) }
        }
        td.n data-table=(table) data-row=(key) data-column="total" { (render_count(total)) }
        td { (render_stacked_bar(&pair_with_statuses(counts))) }
    }
}

fn render_cities(c: &AnnualReport) -> Markup {
    let (says, cities) = (c.wording, &c.cities);
    render_long_table(
        "cities",
        says.label("cities"),
        &html! {
            thead { tr {
                th scope="col" { (says.name_dimension(Dimension::City)) }
                th scope="col" { (says.name_dimension(Dimension::Status)) }
                @for (label, _) in &cities.columns { th.n scope="col" { (label.name) } }
                th.n scope="col" { (says.label("total")) }
            } }
            @for city in &cities.rows { (render_city_rows(c, city)) }
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

fn render_city_rows(c: &AnnualReport, CityStatusRows { city, rows }: &CityStatusRows) -> Markup {
    html! {
        tbody { @for (i, (status, counts, total)) in rows.iter().enumerate() { tr {
            @if i == 0 { th scope="rowgroup" rowspan=(rows.len()) { bdi { (city.name) } } }
            th.light scope="row" { (c.wording.name_status(*status)) }
            @for ((label, _), n) in c.cities.columns.iter().zip(counts) {
                td.n data-table="cities" data-row=(city.key) data-status=(status.as_str()) data-column=(label.key) { (render_count(*n)) }
            }
            td.n data-table="cities" data-row=(city.key) data-status=(status.as_str()) data-column="total" { (total) }
        } } }
    }
}

fn render_progress(says: ReportWording, means: &ProgressMeans) -> Markup {
    let id = format!("progress-{}", means.rows_are.as_str().replace('_', "-"));
    let rows_are = says.name_dimension(means.rows_are);
    let drawn = means.total.value.is_some();
    render_table(
        &id,
        &says.fill_label("progress_by", &[rows_are]),
        means.rows.len(),
        &html! {
            thead { tr {
                th scope="col" { (rows_are) }
                th.n scope="col" { (says.label("mean")) }
                th.n scope="col" { (says.label("known")) }
                th.n scope="col" { (says.label("of")) }
                @if drawn { th.drawn scope="col" { (says.label("bar")) } }
            } }
            tbody { @for mean in &means.rows { tr { (render_mean_row(says, (&id, drawn), mean)) } } }
            tfoot { tr { (render_mean_row(says, (&id, drawn), &means.total)) } }
        },
    )
}

fn render_mean_row(
    says: ReportWording,
    (table, drawn): (&str, bool),
    mean: &ProgressMean,
) -> Markup {
    let key = &mean.label.key;
    html! {
        th scope="row" { (mean.label.name) }
        td.n data-table=(table) data-row=(key) data-column="mean" data-value=[mean.value.map(|m| m.to_string())] {
            @if let Some(value) = mean.value { (says.format_percent(value)) } @else { (render_not_stated(says)) }
        }
        td.n data-table=(table) data-row=(key) data-column="known" { (render_count(mean.known)) }
        td.n data-table=(table) data-row=(key) data-column="of" { (render_count(mean.of)) }
        @if drawn { td { @if let Some(value) = mean.value { (render_bar(to_tenths(value))) } } }
    }
}

/// Rounds a percentage to tenths of a percent, the unit of bars.
fn to_tenths(percent: f64) -> i64 {
    // A float has no lossless conversion to an integer. The value is rounded and within 0..=1000, so its text is a
    // whole number.
    format!("{:.0}", percent * 10.0).parse().unwrap_or_default()
}
