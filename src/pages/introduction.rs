//! The first page of the documentation.

use maud::{Markup, html};

use super::{
    components::{HOME, render_code_marks, render_paragraph},
    layout::render_page,
};

const SIGN_IN: &str = r#"curl -s http://127.0.0.1:8080/api/v1/auth/login \
  -H 'Content-Type: application/json' \
  -d '{"email":"officer.da-nang@demo.example","password":"…"}'"#;

const READ_PROJECTS: &str = r#"curl -s "http://127.0.0.1:8080/api/v1/projects?city=da-nang" \
  -H "Authorization: Bearer $TOKEN"
curl -si http://127.0.0.1:8080/api/v1/projects/da-nang-4 \
  -H "Authorization: Bearer $TOKEN""#;

/// The rules of all operations, with code between backquotes.
const RULES: &[&str] = &[
    "JSON in `snake_case` and UTF-8; times RFC 3339 in UTC; days ISO 8601; money an integer of minor units beside its ISO \
     4217 currency.",
    "An unknown key or parameter is refused, and the nearest known one is named.",
    "A change takes `If-Match`: nobody's change is overwritten unseen.",
    "Lists are pages: `limit`, then `cursor` with the `next` of the page before.",
    "What you may not know of is answered as what is not there.",
];

/// Renders the page.
pub(crate) fn render_introduction() -> String {
    let body = html! {
        h1 { (HOME.name) }
        (render_paragraph(
            "The one record behind the monitoring of the ASEAN Smart Cities Network. City officers record projects and file \
             reports, national representatives decide on them, the secretariat runs the cycles, dashboards read. Every figure \
             can be recomputed from records, and every change is kept."
        ))
        h2 { "Where to go" }
        ul {
            li { a href="/docs/try" { "Try it" } ": every operation, with a form to call it" }
            li { a href="/openapi.json" { "The contract" } ": OpenAPI 3.1, for generated clients" }
            li { a href="/docs/problems/" { "Problems" } ": what each failure means and what to do about it" }
            li {
                a href="/docs/recipes/" { "Recipes" }
                ": releases in Excel, Google Sheets, Grafana, SQL tools, pandas, R and QGIS"
            }
            li { a href="/health/ready" { "Is it ready?" } }
        }
        (render_first_steps())
        h2 { "Rules that hold everywhere" }
        ul { @for rule in RULES { li { (render_code_marks(rule)) } } }
    };
    render_page(HOME.name, &body)
}

fn render_first_steps() -> Markup {
    html! {
        h2 { "First steps" }
        (render_paragraph(
            "Sign in. The access token lives a quarter of an hour; `POST /api/v1/auth/refresh` gives the next."
        ))
        pre { code { (SIGN_IN) } }
        (render_paragraph(
            "List the projects of a city, then read one. Its `allowed_actions` names what you may do with it, and why not \
             where you may not; its `ETag` is what a change of it takes as `If-Match`."
        ))
        pre { code { (READ_PROJECTS) } }
    }
}
