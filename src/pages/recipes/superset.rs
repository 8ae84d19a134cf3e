//! The recipe for Superset and other SQL tools.

use maud::{Markup, html};

use crate::pages::components::{render_code_block, render_paragraph};

const LOGIN: &str = "\
create role superset login password 'a password of your own';
grant ascn_reporting to superset;";

const REPORTS_BY_STATUS: &str = "\
select country_name, status, count(*) as reports
from reporting.v1_reports
join reporting.v1_releases using (release)
where is_latest
group by country_name, status
order by country_name, status";

const PROGRESS: &str = "\
select release, focus_area_name, avg(percent_complete) as mean, count(percent_complete) as known, count(*) as total
from reporting.v1_reports
where status <> 'cancelled'
group by release, focus_area_name
order by release, focus_area_name";

const PUBLISHED_FIGURES: &str = "\
select release, row_key as focus_area, column_key as status, value
from reporting.v1_figures
where measure = 'projects' and row_dimension = 'focus_area' and column_dimension = 'status'
order by release, row_key, column_key";

pub(super) fn render_body() -> Markup {
    html! {
        (render_paragraph(
            "Superset, Metabase, Tableau and anything else that speaks SQL read the views of the PostgreSQL schema \
             `reporting`. They hold what was released and nothing else; `v1_…` views only gain columns. A service on SQLite \
             has none: take `release.sqlite` out of `/api/v1/releases/{release}/data` instead."
        ))
        h2 { "Once, by the operator" }
        (render_paragraph(
            "The migration makes the role `ascn_reporting` where it may. Give it to a login of the tool:"
        ))
        (render_code_block("sql-operator", LOGIN))
        h2 { "Queries" }
        (render_paragraph("Reports of the latest release by country and status:"))
        (render_code_block("sql", REPORTS_BY_STATUS))
        (render_paragraph("Progress, with how many state it; what nobody states is no zero:"))
        (render_code_block("sql", PROGRESS))
        (render_paragraph("The published figures themselves:"))
        (render_code_block("sql", PUBLISHED_FIGURES))
        (render_paragraph(
            "What each view and column means stands beside it: `\\d+ reporting.v1_reports` in psql shows the comments."
        ))
    }
}
