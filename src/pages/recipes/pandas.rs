//! The recipe for Python with pandas.

use maud::{Markup, html};

use crate::pages::components::{render_code_block, render_code_marks, render_paragraph};

const READ_CSV: &str = r#"import pandas as pd

reports = pd.read_csv("https://ascn.example/s/TOKEN.csv", keep_default_na=False, na_values=[""])
print(reports.groupby(["country", "status"]).size().unstack(fill_value=0))"#;

const READ_JSON: &str = r#"import json
import urllib.request

import pandas as pd

with urllib.request.urlopen("https://ascn.example/s/TOKEN.json") as answer:
    reports = pd.json_normalize(json.load(answer)["items"])
print(reports.groupby("status")["percent_complete"].agg(["count", "mean"]))"#;

pub(super) fn render_body() -> Markup {
    html! {
        (render_paragraph(
            "The secretariat makes a share (`POST /api/v1/shares`) of `/api/v1/releases/latest/reports`. As `csv` it is the \
             whole table:"
        ))
        (render_code_block("python", READ_CSV))
        p {
            (render_code_marks(
                "`na_values`: an empty cell alone is unknown; pandas would otherwise take words such as "
            ))
            em { "NA" }
            (render_code_marks(" for empty as well. As `json` it is records:"))
        }
        (render_code_block("python", READ_JSON))
    }
}
