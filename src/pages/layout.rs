//! The frame of every page of the service: its head, and the stylesheet that all of them share. The annual report has a
//! frame of its own, because readers save and print it.

use maud::{DOCTYPE, Markup, html};

/// The stylesheet of all pages.
pub(crate) const STYLESHEET: &str = include_str!("style.css");
/// The path at which pages load [`STYLESHEET`].
pub(crate) const STYLESHEET_PATH: &str = "/docs/style.css";

/// Renders a page in English. `title` is the text of its tab.
pub(super) fn render_page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href=(STYLESHEET_PATH);
            }
            body { main { (body) } }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_in_a_title_is_shown_as_text() {
        let page = render_page("</title><script>alert(1)</script>", &html! { h1 { "A" } });
        assert!(page.contains("<title>&lt;/title&gt;&lt;script&gt;"), "{page}");
        assert!(!page.contains("<script"), "{page}");
    }
}
