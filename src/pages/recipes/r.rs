//! The recipe for R.

use maud::{Markup, html};

use crate::pages::components::{render_code_block, render_paragraph};

const READ_CSV: &str = r#"reports <- read.csv("https://ascn.example/s/TOKEN.csv", na.strings = "", encoding = "UTF-8")
print(table(reports$country, reports$status))"#;

pub(super) fn render_body() -> Markup {
    html! {
        (render_paragraph(
            "The secretariat makes a share (`POST /api/v1/shares`) of `/api/v1/releases/latest/reports` as `csv`. With nothing \
             but base R:"
        ))
        (render_code_block("r", READ_CSV))
        (render_paragraph(
            "`na.strings`: an empty cell alone is unknown, and stays `NA`; give `na.rm = TRUE` to `mean` and say how many were \
             known. A column of which nothing is known yet is `logical`, and its mean is `NaN`."
        ))
    }
}
