//! The parts that pages share.

use maud::{Markup, html};

/// A link to a different page.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageLink {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
}

/// The link to the introduction.
pub(super) const HOME: PageLink = PageLink { path: "/docs", name: "ascn-tracker" };

/// Renders the links to the pages above this one, the outermost first.
pub(super) fn render_breadcrumbs(above: &[PageLink]) -> Markup {
    html! {
        p {
            @for (i, link) in above.iter().enumerate() {
                @if i > 0 { " · " }
                a href=(link.path) { (link.name) }
            }
        }
    }
}

/// Renders text, with the parts between backquotes as code.
pub(super) fn render_code_marks(text: &str) -> Markup {
    html! {
        @for (i, part) in text.split('`').enumerate() {
            @if i % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Renders a paragraph, with the parts between backquotes as code.
pub(super) fn render_paragraph(text: &str) -> Markup {
    html! { p { (render_code_marks(text)) } }
}

/// Renders lines of code as they are. `class` names their language. Programs find the lines by it. The block can have the
/// focus, so that readers without a mouse can scroll long lines.
pub(super) fn render_code_block(class: &str, lines: &str) -> Markup {
    html! { pre tabindex="0" { code class=(class) { (lines) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_shown_as_text() {
        let html = render_code_marks("send `a < b` & <script>").into_string();
        assert_eq!(html, "send <code>a &lt; b</code> &amp; &lt;script&gt;");
        let html = render_code_block("x\" onclick=\"y", "</code><script>").into_string();
        assert_eq!(
            html,
            "<pre tabindex=\"0\"><code class=\"x&quot; onclick=&quot;y\">&lt;/code&gt;&lt;script&gt;</code></pre>"
        );
    }

    #[test]
    fn breadcrumbs_are_separated_links() {
        let problems = PageLink { path: "/docs/problems/", name: "Problems" };
        assert_eq!(
            render_breadcrumbs(&[HOME, problems]).into_string(),
            r#"<p><a href="/docs">ascn-tracker</a> · <a href="/docs/problems/">Problems</a></p>"#
        );
    }
}
