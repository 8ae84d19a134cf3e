//! Recipes: how other programs read releases. Tests take the commands out of these pages and run them.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};

use super::render_page;
use crate::api::error::{ApiError, ApiResult};

/// The pages: the last segment of the address, the title, and the HTML.
const RECIPES: &[(&str, &str, &str)] = &[
    ("excel", "Excel and Power BI", include_str!("recipes/excel.html")),
    ("google-sheets", "Google Sheets", include_str!("recipes/google-sheets.html")),
    ("grafana", "Grafana", include_str!("recipes/grafana.html")),
    ("superset", "Superset and other SQL tools", include_str!("recipes/superset.html")),
    ("pandas", "Python with pandas", include_str!("recipes/pandas.html")),
    ("r", "R", include_str!("recipes/r.html")),
    ("qgis", "QGIS", include_str!("recipes/qgis.html")),
];

pub(super) async fn get_recipe_list() -> HttpResponse {
    let list = RECIPES.iter().fold(String::new(), |mut list, (word, title, _)| {
        // Writing to a String cannot fail.
        let _ = write!(list, r#"<li><a href="/docs/recipes/{word}">{title}</a></li>"#);
        list
    });
    render_page(
        "Recipes",
        &format!(
            r#"<p><a href="/docs">ascn-tracker</a></p><h1>Recipes</h1>
<p>How to read releases with programs that cannot sign in. In each, <code>https://ascn.example/s/TOKEN.csv</code> stands for the address
of a share.</p><ul>{list}</ul>"#
        ),
    )
}

pub(super) async fn get_recipe(word: web::Path<String>) -> ApiResult<HttpResponse> {
    let found = RECIPES.iter().find(|(known, ..)| *known == *word);
    let (_, title, body) = found.ok_or(ApiError::NotFound)?;
    let lead = r#"<p><a href="/docs">ascn-tracker</a> · <a href="/docs/recipes/">Recipes</a></p>"#;
    Ok(render_page(title, &format!("{lead}<h1>{title}</h1>\n{body}")))
}
