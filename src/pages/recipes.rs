//! Recipes: how other programs read releases. Tests take the lines of code out of these pages and run them.

use maud::{Markup, html};

use super::{
    components::{HOME, PageLink, render_breadcrumbs, render_paragraph},
    layout::render_page,
};

mod excel;
mod google_sheets;
mod grafana;
mod pandas;
mod qgis;
mod r;
mod superset;

const LIST: PageLink = PageLink { path: "/docs/recipes/", name: "Recipes" };

struct Recipe {
    /// The last segment of the address of the page.
    key: &'static str,
    title: &'static str,
    render_body: fn() -> Markup,
}

const RECIPES: &[Recipe] = &[
    Recipe { key: "excel", title: "Excel and Power BI", render_body: excel::render_body },
    Recipe {
        key: "google-sheets",
        title: "Google Sheets",
        render_body: google_sheets::render_body,
    },
    Recipe { key: "grafana", title: "Grafana", render_body: grafana::render_body },
    Recipe {
        key: "superset",
        title: "Superset and other SQL tools",
        render_body: superset::render_body,
    },
    Recipe { key: "pandas", title: "Python with pandas", render_body: pandas::render_body },
    Recipe { key: "r", title: "R", render_body: r::render_body },
    Recipe { key: "qgis", title: "QGIS", render_body: qgis::render_body },
];

/// Renders the list of recipes.
pub(crate) fn render_recipe_list() -> String {
    let body = html! {
        (render_breadcrumbs(&[HOME]))
        h1 { (LIST.name) }
        (render_paragraph(
            "How to read releases with programs that cannot sign in. In each, `https://ascn.example/s/TOKEN.csv` stands for \
             the address of a share."
        ))
        ul {
            @for recipe in RECIPES {
                li { a href={ (LIST.path) (recipe.key) } { (recipe.title) } }
            }
        }
    };
    render_page(LIST.name, &body)
}

/// Renders the page of a recipe. `None` if no recipe has the key.
pub(crate) fn render_recipe(key: &str) -> Option<String> {
    let recipe = RECIPES.iter().find(|recipe| recipe.key == key)?;
    let body = html! {
        (render_breadcrumbs(&[HOME, LIST]))
        h1 { (recipe.title) }
        ((recipe.render_body)())
    };
    Some(render_page(recipe.title, &body))
}
