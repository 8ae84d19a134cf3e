//! The recipe for QGIS.

use maud::{Markup, html};

use crate::pages::components::{render_code_block, render_code_marks, render_paragraph};

pub(super) fn render_body() -> Markup {
    html! {
        p {
            (render_code_marks(
                "Points are GeoJSON (RFC 7946, WGS 84). The secretariat makes a share (`POST /api/v1/shares`) as `geojson`, of \
                 `/api/v1/releases/latest/figures/map` for a point a city with its projects by status, or of \
                 `/api/v1/releases/latest/reports` for a point a project. Then Layer, Add Layer, Add Vector Layer, Source type "
            ))
            em { "Protocol: HTTP(S)" } ", Type " em { "GeoJSON" } ", and as URI:"
        }
        (render_code_block("address", "https://ascn.example/s/TOKEN.geojson"))
        (render_paragraph(
            "Each point has an `id` of its own, the city or the project, to join other layers by. A project that gives no \
             place of its own lies where its city does; `located` says which. A field of which nothing is known yet, as \
             `percent_complete` where nobody states one, is read as text."
        ))
        p {
            (render_code_marks(
                "Without a share, `v1_cities` and `v1_reports` of the schema `reporting` have `latitude` and `longitude`; the \
                 data source manager's "
            ))
            em { "Delimited text" }
            (render_code_marks(
                " reads the same columns from a `csv` share of the reports that was saved as a file."
            ))
        }
    }
}
