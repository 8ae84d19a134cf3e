//! The recipe for Grafana.

use maud::{Markup, html};

use crate::pages::components::{render_code_block, render_code_marks, render_paragraph};

const SETTINGS: &str = "\
Type    CSV
Source  URL
Method  GET
URL     https://ascn.example/s/TOKEN.csv
Columns project (string), city_name (string), status (string), percent_complete (number)";

pub(super) fn render_body() -> Markup {
    html! {
        p {
            "With the " em { "Infinity" } " data source. "
            (render_code_marks(
                "The secretariat makes a share (`POST /api/v1/shares`) of `/api/v1/releases/latest/reports` as `csv`. In a \
                 panel:"
            ))
        }
        (render_code_block("settings", SETTINGS))
        (render_paragraph(
            "Leave authentication off. A refresh once an hour is more than enough: a release never changes, and `latest` moves \
             once or twice a year. For live figures use an account, and `/api/v1/figures/…`."
        ))
    }
}
