//! The recipe for Excel and Power BI.

use maud::{Markup, html};

use crate::pages::components::{render_code_block, render_code_marks, render_paragraph};

const QUERY: &str = r#"let
    Source = Csv.Document(Web.Contents("https://ascn.example/s/TOKEN.csv"), [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),
    Headed = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    Typed = Table.TransformColumnTypes(Headed, {{"percent_complete", type number}, {"as_of", type date}}, "en-US")
in
    Typed"#;

pub(super) fn render_body() -> Markup {
    html! {
        (render_paragraph(
            "The secretariat makes a share (`POST /api/v1/shares`) of `/api/v1/releases/latest/reports` as `csv`. Its address \
             needs no sign-in and follows each new release."
        ))
        h2 { "Excel, Power BI" }
        (render_paragraph(
            "Data, Get Data, From Other Sources, Blank Query; then Advanced Editor, and these lines with the share's address \
             in the first:"
        ))
        (render_code_block("powerquery", QUERY))
        p {
            "Asked how to sign in, choose " em { "Anonymous" } ". "
            (render_code_marks(
                "The culture `en-US` says that numbers have a point, whatever the computer's own settings. An empty cell is \
                 unknown, never 0: do not replace it. Refresh whenever you like; what did not change is not sent again."
            ))
        }
    }
}
