//! Countries with their cities, each beginning on a new page, and the list of projects.

use maud::{Markup, html};

use super::table::{count, english, framed, missing, name, stacked, swatch, table, tagged};
use crate::{
    api::releases::report::{
        content::Content,
        places::{CityPart, CountryPart, Line},
        says::Says,
    },
    domain::{figures::Dimension, report::Status},
};

pub(super) fn countries(c: &Content) -> Markup {
    let says = c.says;
    html! {
        section.new-page aria-labelledby="countries" {
            h2 id="countries" { (says.label("countries")) }
            p { (says.help("countries")) }
            @for (i, country) in c.countries.iter().enumerate() {
                section.new-page[i > 0 && country.total > 0] data-country=(country.key) { (one(says, country)) }
            }
        }
    }
}

fn one(says: Says, country: &CountryPart) -> Markup {
    let id = format!("country-{}", country.key);
    html! {
        h3 id=(id) { (name(&country.name)) }
        @if country.total > 0 {
            (summary(says, &id, country))
        }
        @for city in &country.cities { (of_city(says, city)) }
    }
}

fn summary(says: Says, id: &str, country: &CountryPart) -> Markup {
    let parts = Status::ALL.iter().copied().zip(country.statuses.iter().map(|(_, n)| *n));
    let parts: Vec<(Status, i64)> = parts.collect();
    let caption = says.fill("statuses_of", &[&country.name.name]);
    table(
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
                        td.n data-table="countries" data-row=(country.key) data-column=(label.key) { (count(*n)) }
                    }
                    td.n data-table="countries" data-row=(country.key) data-column="total" { (country.total) }
                }
                tr { td colspan=(country.statuses.len() + 1) { (stacked(&parts)) } }
            }
        },
    )
}

fn of_city(says: Says, city: &CityPart) -> Markup {
    let caption = says.fill("projects_of", &[&city.name.name]);
    html! {
        section.city data-city=(city.key) {
            h4 { (name(&city.name)) }
            @if city.lines.is_empty() {
                p.missing { (says.label("no_report")) }
            } @else {
                (table(&format!("city-{}", city.key), &caption, city.lines.len(), &html! {
                    thead { tr {
                        th scope="col" { (says.label("code")) }
                        th scope="col" { (says.label("project")) }
                        th scope="col" { (says.dimension(Dimension::FocusArea)) }
                        th scope="col" { (says.dimension(Dimension::Status)) }
                        th.n scope="col" { (says.label("done")) }
                    } }
                    tbody { @for line in &city.lines { tr {
                        (project(says, line))
                        (area(says, line))
                        (status(says, line))
                        (percent(says, line))
                    } } }
                }))
            }
        }
    }
}

fn project(says: Says, line: &Line) -> Markup {
    html! {
        td.code { (line.code) }
        th.title scope="row" {
            (english(says, &line.title))
            @if let Some(local) = &line.title_local { br; span.local { (tagged(local)) } }
        }
    }
}

fn area(says: Says, line: &Line) -> Markup {
    html! { td { @if let Some(area) = &line.focus_area { (area) } @else { (missing(says)) } } }
}

fn status(says: Says, line: &Line) -> Markup {
    html! { td.status data-project=(line.code) data-status=(line.status.as_str()) {
        (swatch(line.status)) " " (says.status(line.status))
    } }
}

fn percent(says: Says, line: &Line) -> Markup {
    html! { td.n data-project=(line.code) data-percent=[line.percent.map(|p| p.to_string())] {
        @if let Some(percent) = line.percent { (says.percent(percent)) } @else { (missing(says)) }
    } }
}

pub(super) fn projects(c: &Content) -> Markup {
    let says = c.says;
    html! {
        section.wide aria-labelledby="projects" {
            h2 id="projects" { (says.label("projects")) }
            p { (says.help("projects")) }
            (framed("project-list", says.label("projects"), &html! {
                thead { tr {
                    th scope="col" { (says.label("code")) }
                    th scope="col" { (says.label("project")) }
                    th scope="col" { (says.dimension(Dimension::City)) }
                    th scope="col" { (says.dimension(Dimension::FocusArea)) }
                    th scope="col" { (says.dimension(Dimension::Status)) }
                    th.n scope="col" { (says.label("done")) }
                    th scope="col" { (says.label("starts")) }
                    th scope="col" { (says.label("ends")) }
                } }
                tbody { @for line in &c.lines { tr {
                    (project(says, line))
                    td { bdi { (line.city) } }
                    (area(says, line))
                    (status(says, line))
                    (percent(says, line))
                    @for day in [line.starts_on, line.ends_on] {
                        td.day { @if let Some(day) = day {
                            time datetime=(day.to_string()) { (day.to_string()) }
                        } @else { (missing(says)) } }
                    }
                } } }
            }))
        }
    }
}
