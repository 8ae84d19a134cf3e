//! The first page of the documentation.

use maud::{Markup, html};

use super::{
    components::{HOME, render_code_block, render_code_marks, render_paragraph},
    layout::render_page,
};

/// The rules of all operations, with code between backquotes.
const RULES: &[&str] = &[
    "Bodies are JSON in UTF-8, with names in `snake_case`. Times are RFC 3339 in UTC, and days are ISO 8601. Money is an \
     integer of minor units with its ISO 4217 currency.",
    "An unknown key or parameter is refused with 400. The answer names the nearest known one.",
    "A change of a record needs `If-Match` with the `ETag` that you read. So nobody overwrites a change of somebody else.",
    "Lists have pages: `limit` sets their size. Send `next` of one page as `cursor` to get the next page.",
    "A record that you may not see is answered like a record that does not exist: 404.",
];

/// Renders the page. `address` is where readers reach this service, such as `http://127.0.0.1:8080`.
pub(crate) fn render_introduction(address: &str) -> String {
    let body = html! {
        h1 { (HOME.name) }
        (render_paragraph(
            "The record behind the monitoring of the ASEAN Smart Cities Network. City officers record projects and file \
             reports. National representatives approve or return the reports. The secretariat runs the reporting cycles and \
             publishes releases. Dashboards read figures, each of which can be recomputed from the records. A journal keeps \
             every change."
        ))
        p { "This service is at " code { (address) } "." }
        h2 { "Contents" }
        ul {
            li { a href="/docs/try" { "Try it" } ": every operation, with a form to call it" }
            li { a href="/openapi.json" { "The contract" } ": OpenAPI 3.1, for generated clients" }
            li {
                a href="/docs/integrate" { "Integrate" }
                ": sign-in, retries, a nightly sync, pages and formats, for people who write programs"
            }
            li { a href="/docs/problems/" { "Problems" } ": what each failure means and what to do about it" }
            li {
                a href="/docs/recipes/" { "Recipes" }
                ": releases in Excel, Google Sheets, Grafana, SQL tools, pandas, R and QGIS"
            }
            li { a href="/health/ready" { "Health" } ": whether the service is ready" }
        }
        (render_paragraph(
            "The annual report of the newest release is a page for reading and printing, at \
             `/api/v1/releases/latest/report`."
        ))
        (render_first_steps(address))
        h2 { "Rules of all operations" }
        ul { @for rule in RULES { li { (render_code_marks(rule)) } } }
    };
    render_page(HOME.name, &body)
}

fn render_first_steps(address: &str) -> Markup {
    let sign_in = format!(
        r#"API={address}/api/v1
TOKEN=$(curl -sS $API/auth/login -H 'Content-Type: application/json' \
  -d '{{"email":"officer.da-nang@demo.example","password":"…"}}' \
  | sed -E 's/.*"access_token":"([^"]+)".*/\1/')"#
    );
    let read_projects = r#"curl -sS "$API/projects?city=da-nang" -H "Authorization: Bearer $TOKEN"
curl -sSi "$API/projects/da-nang-4" -H "Authorization: Bearer $TOKEN""#;
    html! {
        h2 { "First steps" }
        (render_paragraph(
            "Sign in, and keep the access token in `$TOKEN`. It is valid for 15 minutes. `POST /api/v1/auth/refresh` \
             exchanges the refresh token for new tokens."
        ))
        (render_code_block("shell", &sign_in))
        (render_paragraph(
            "List the projects of a city, then read one project. Its `allowed_actions` say which actions you may do now, \
             and the reason if you may not. To change the project, send its `ETag` as `If-Match`."
        ))
        (render_code_block("shell", read_projects))
    }
}
