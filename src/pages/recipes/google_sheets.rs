//! The recipe for Google Sheets.

use maud::{Markup, html};

use crate::pages::components::{render_code_block, render_paragraph};

pub(super) fn render_body() -> Markup {
    html! {
        (render_paragraph(
            "The secretariat makes a share (`POST /api/v1/shares`) of `/api/v1/releases/latest/reports` as `csv`. In an empty \
             sheet, cell A1:"
        ))
        (render_code_block("formula", r#"=IMPORTDATA("https://ascn.example/s/TOKEN.csv")"#))
        (render_paragraph(
            "Google asks again about once an hour, from its own machines: the service has to be reachable from the internet. \
             Whoever may see the formula can read the share; take it back with `DELETE /api/v1/shares/{id}` when the sheet \
             goes to others."
        ))
    }
}
