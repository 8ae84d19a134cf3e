//! The pages on problems: the list of the kinds, and a page for each kind. The `type` of a problem document is the
//! address of its page.

use maud::html;

use super::{
    components::{HOME, PageLink, render_breadcrumbs, render_code_marks, render_paragraph},
    layout::render_page,
};

const LIST: PageLink = PageLink { path: "/docs/problems/", name: "Problems" };

/// A kind of problem, in English.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProblemDescription<'a> {
    /// The stable code. It is the last segment of the address of the page.
    pub(crate) code: &'a str,
    /// The HTTP status.
    pub(crate) status: u16,
    pub(crate) title: &'a str,
    /// The meaning of the problem and what the client can do, with code between backquotes.
    pub(crate) help: &'a str,
}

/// Renders the list of the kinds of problem.
pub(crate) fn render_problem_list<'a>(
    problems: impl Iterator<Item = ProblemDescription<'a>>,
) -> String {
    let body = html! {
        (render_breadcrumbs(&[HOME]))
        h1 { (LIST.name) }
        (render_paragraph(
            "Every failure is answered as `application/problem+json` (RFC 9457). Its `type` is one of these pages; its \
             `instance` names the request, as `X-Request-Id` does in every answer."
        ))
        table {
            thead { tr {
                th scope="col" { "Status" }
                th scope="col" { "Code" }
                th scope="col" { "In short" }
            } }
            tbody {
                @for problem in problems {
                    tr {
                        td { (problem.status) }
                        td { a href={ (LIST.path) (problem.code) } { (problem.code) } }
                        td { (problem.title) }
                    }
                }
            }
        }
    };
    render_page(LIST.name, &body)
}

/// Renders the page of one kind of problem.
pub(crate) fn render_problem(problem: &ProblemDescription<'_>) -> String {
    let body = html! {
        (render_breadcrumbs(&[HOME, LIST]))
        h1 { (problem.title) }
        p { "Status " (problem.status) ", code " code { (problem.code) } }
        p { (render_code_marks(problem.help)) }
    };
    render_page(problem.title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_in_a_problem_is_shown_as_text() {
        const SCRIPT: &str = "\"><script>alert('1')</script>";
        let problem = ProblemDescription { code: SCRIPT, status: 400, title: SCRIPT, help: SCRIPT };
        for page in [render_problem(&problem), render_problem_list([problem].into_iter())] {
            assert!(page.contains("&quot;&gt;&lt;script&gt;alert('1')&lt;/script&gt;"), "{page}");
            assert!(!page.contains("<script"), "{page}");
        }
    }
}
