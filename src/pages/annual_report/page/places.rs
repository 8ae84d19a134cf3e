//! The sections on countries with their cities, each on a new page, and the list of projects.

use maud::{Markup, html};

use super::table::{
    render_count, render_english, render_long_table, render_name, render_not_stated,
    render_stacked_bar, render_swatch, render_table, render_tagged_text,
};
use crate::{
    domain::{figures::Dimension, report::ProjectStatus},
    pages::annual_report::{
        content::AnnualReport,
        places::{CitySection, CountrySection, ProjectSummary},
        wording::ReportWording,
    },
};

pub(super) fn render_countries(c: &AnnualReport) -> Markup {
    let says = c.wording;
    html! {
        section.new-page aria-labelledby="countries" {
            h2 id="countries" { (says.label("countries")) }
            p { (says.help("countries")) }
            @for (i, country) in c.countries.iter().enumerate() {
                section.new-page[i > 0 && country.total > 0] data-country=(country.key) { (render_country(says, country)) }
            }
        }
    }
}

fn render_country(says: ReportWording, country: &CountrySection) -> Markup {
    let id = format!("country-{}", country.key);
    html! {
        h3 id=(id) { (render_name(&country.name)) }
        @if country.total > 0 {
            (render_status_summary(says, &id, country))
        }
        @for city in &country.cities { (render_city(says, city)) }
    }
}

fn render_status_summary(says: ReportWording, id: &str, country: &CountrySection) -> Markup {
    let parts = ProjectStatus::ALL.iter().copied().zip(country.statuses.iter().map(|(_, n)| *n));
    let parts: Vec<(ProjectStatus, i64)> = parts.collect();
    let caption = says.fill_label("statuses_of", &[&country.name.name]);
    render_table(
        &format!("{id}-statuses"),
        &caption,
        2,
        &html! {
            thead { tr {
                @for (label, _) in &country.statuses { th.n scope="col" { (label.name) } }
                th.n scope="col" { (says.label("total")) }
            } }
            tbody {
                tr {
                    @for (label, n) in &country.statuses {
                        td.n data-table="countries" data-row=(country.key) data-column=(label.key) { (render_count(*n)) }
                    }
                    td.n data-table="countries" data-row=(country.key) data-column="total" { (country.total) }
                }
                tr { td colspan=(country.statuses.len() + 1) { (render_stacked_bar(&parts)) } }
            }
        },
    )
}

fn render_city(says: ReportWording, city: &CitySection) -> Markup {
    let caption = says.fill_label("projects_of", &[&city.name.name]);
    html! {
        section.city data-city=(city.key) {
            h4 { (render_name(&city.name)) }
            @if city.projects.is_empty() {
                p.missing { (says.label("no_report")) }
            } @else {
                (render_table(&format!("city-{}", city.key), &caption, city.projects.len(), &html! {
                    thead { tr {
                        th scope="col" { (says.label("code")) }
                        th scope="col" { (says.label("project")) }
                        th scope="col" { (says.name_dimension(Dimension::FocusArea)) }
                        th scope="col" { (says.name_dimension(Dimension::Status)) }
                        th.n scope="col" { (says.label("done")) }
                    } }
                    tbody { @for line in &city.projects { tr {
                        (render_project(says, line))
                        (render_focus_area(says, line))
                        (render_status(says, line))
                        (render_percent(says, line))
                    } } }
                }))
            }
        }
    }
}

fn render_project(says: ReportWording, line: &ProjectSummary) -> Markup {
    html! {
        td.code { (line.code) }
        th.title scope="row" {
            (render_english(says, &line.title))
            @if let Some(local) = &line.title_local { br; span.local { (render_tagged_text(local)) } }
        }
    }
}

fn render_focus_area(says: ReportWording, line: &ProjectSummary) -> Markup {
    html! { td { @if let Some(area) = &line.focus_area { (area) } @else { (render_not_stated(says)) } } }
}

fn render_status(says: ReportWording, line: &ProjectSummary) -> Markup {
    html! { td.status data-project=(line.code) data-status=(line.status.as_str()) {
        (render_swatch(line.status)) " " (says.name_status(line.status))
    } }
}

fn render_percent(says: ReportWording, line: &ProjectSummary) -> Markup {
    html! { td.n data-project=(line.code) data-percent=[line.percent.map(|p| p.to_string())] {
        @if let Some(percent) = line.percent { (says.format_percent(percent)) } @else { (render_not_stated(says)) }
    } }
}

pub(super) fn render_projects(c: &AnnualReport) -> Markup {
    let says = c.wording;
    html! {
        section.wide aria-labelledby="projects" {
            h2 id="projects" { (says.label("projects")) }
            p { (says.help("projects")) }
            (render_long_table("project-list", says.label("projects"), &html! {
                thead { tr {
                    th scope="col" { (says.label("code")) }
                    th scope="col" { (says.label("project")) }
                    th scope="col" { (says.name_dimension(Dimension::City)) }
                    th scope="col" { (says.name_dimension(Dimension::FocusArea)) }
                    th scope="col" { (says.name_dimension(Dimension::Status)) }
                    th.n scope="col" { (says.label("done")) }
                    th scope="col" { (says.label("starts")) }
                    th scope="col" { (says.label("ends")) }
                } }
                tbody { @for line in &c.projects { tr {
                    (render_project(says, line))
                    td { bdi { (line.city) } }
                    (render_focus_area(says, line))
                    (render_status(says, line))
                    (render_percent(says, line))
                    @for day in [line.starts_on, line.ends_on] {
                        td.day { @if let Some(day) = day {
                            time datetime=(day.to_string()) { (day.to_string()) }
                        } @else { (render_not_stated(says)) } }
                    }
                } } }
            }))
        }
    }
}
