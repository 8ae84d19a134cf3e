//! The parts that tables of the report share: frame, cells, bars, names, and the legend of statuses.

use maud::{Markup, html};

use crate::{
    domain::{
        language::{Language, TextDirection},
        report::ProjectStatus,
    },
    pages::annual_report::{
        place_names::{PlaceName, TaggedText},
        wording::ReportWording,
    },
};

/// The maximum number of rows of a table that is kept on one printed page.
const WHOLE_MAX: usize = 16;

/// Renders a table that may be longer than a printed page.
pub(super) fn render_long_table(id: &str, caption: &str, inside: &Markup) -> Markup {
    render_table(id, caption, usize::MAX, inside)
}

/// Renders a table with a caption. If it is wider than the screen, it can be scrolled by keyboard. A table of at most
/// [`WHOLE_MAX`] rows is kept on one printed page.
pub(super) fn render_table(id: &str, caption: &str, rows: usize, inside: &Markup) -> Markup {
    let label = format!("{id}-caption");
    html! {
        div.scroll.whole[rows <= WHOLE_MAX] role="group" tabindex="0" aria-labelledby=(label) {
            table id=(id) {
                caption id=(label) { (caption) }
                (inside)
            }
        }
    }
}

/// Renders a heading of level 3 and the sentence that explains it.
pub(super) fn render_heading(says: ReportWording, key: &'static str) -> Markup {
    html! {
        h3 { (says.label(key)) }
        p { (says.help(key)) }
    }
}

/// Renders a count. A 0 is shown too, but less prominently.
pub(super) fn render_count(n: i64) -> Markup {
    html! { @if n == 0 { span.zero { "0" } } @else { (n) } }
}

/// Renders a text, or "not stated" if there is none.
pub(super) fn render_stated(says: ReportWording, text: Option<&str>) -> Markup {
    match text {
        Some(text) => html! { bdi.said { (text) } },
        None => render_not_stated(says),
    }
}

pub(super) fn render_not_stated(says: ReportWording) -> Markup {
    html! { span.missing { (says.label("not_stated")) } }
}

/// Renders a text with its language and direction.
pub(super) fn render_tagged_text(text: &TaggedText) -> Markup {
    let language = text.language.map(Language::as_str);
    let direction = text.language.and_then(|language| match language.direction() {
        TextDirection::Ltr => None,
        TextDirection::Rtl => Some("rtl"),
    });
    html! { bdi lang=[language] dir=[direction] { (text.text) } }
}

/// Renders a text that is in English on a page of any language.
pub(super) fn render_english(says: ReportWording, text: &str) -> Markup {
    let other = (says.0 != Language::En).then_some(Language::En.as_str());
    html! { bdi lang=[other] { (text) } }
}

/// Renders a name, followed by the local names.
pub(super) fn render_name(name: &PlaceName) -> Markup {
    html! {
        bdi { (name.name) }
        @for local in &name.local { " " span.local { (render_tagged_text(local)) } }
    }
}

/// Returns the fill of a status: a tone or a pattern. The fills must differ in black-and-white print too.
fn choose_pattern(status: ProjectStatus) -> &'static str {
    match status {
        ProjectStatus::Planning => "url(#planning)",
        ProjectStatus::Ongoing => "#9a9a9a",
        ProjectStatus::Completed => "#1a1a1a",
        ProjectStatus::Suspended => "url(#suspended)",
        ProjectStatus::Cancelled => "url(#cancelled)",
        ProjectStatus::NotStated => "#fff",
    }
}

/// Renders the definitions of the patterns, once for each page.
pub(super) fn render_patterns() -> Markup {
    let drawn = |id: &str, lines: &str| {
        html! {
            pattern id=(id) width="6" height="6" patternUnits="userSpaceOnUse" {
                rect width="6" height="6" fill="#fff" {}
                path d=(lines) stroke="#1a1a1a" stroke-width="1.2" fill="none" {}
            }
        }
    };
    html! {
        svg.defs width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                (drawn("planning", "M-1 1 1 -1M0 6 6 0M5 7 7 5"))
                (drawn("suspended", "M0 1.5H6M0 4.5H6"))
                (drawn("cancelled", "M0 0 6 6M6 0 0 6"))
            }
        }
    }
}

/// Formats tenths of a percent as an SVG length.
fn format_width(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Renders a bar. It is hidden from screen readers, because it repeats the number next to it.
pub(super) fn render_bar(tenths: i64) -> Markup {
    html! {
        svg.bar width="100%" height="12" aria-hidden="true" focusable="false" {
            rect width=(format_width(tenths)) height="12" fill="#1f4e79" {}
        }
    }
}

/// Renders a bar with one part for each status. It is hidden from screen readers, because it repeats the numbers next
/// to it.
pub(super) fn render_stacked_bar(parts: &[(ProjectStatus, i64)]) -> Markup {
    let counts: Vec<i64> = parts.iter().map(|(_, n)| *n).collect();
    let mut from = 0;
    let placed =
        parts.iter().zip(crate::pages::annual_report::exhibits::split_into_tenths(&counts));
    let placed: Vec<(ProjectStatus, i64, i64)> = placed
        .filter(|(_, tenths)| *tenths > 0)
        .map(|((status, _), tenths)| {
            let at = from;
            from += tenths;
            (*status, at, tenths)
        })
        .collect();
    html! {
        svg.bar width="100%" height="14" aria-hidden="true" focusable="false" {
            @for (status, at, tenths) in placed {
                rect x=(format_width(at)) y="0.5" width=(format_width(tenths)) height="13" fill=(choose_pattern(status))
                    stroke="#1a1a1a" stroke-width="1" {}
            }
        }
    }
}

/// Renders the fill of a status; the caller writes the name next to it.
pub(super) fn render_swatch(status: ProjectStatus) -> Markup {
    html! {
        svg.swatch width="14" height="12" aria-hidden="true" focusable="false" {
            rect x="0.5" y="0.5" width="13" height="11" fill=(choose_pattern(status)) stroke="#1a1a1a" {}
        }
    }
}

/// Renders the legend of the fills of statuses.
pub(super) fn render_legend(says: ReportWording) -> Markup {
    html! {
        ul.legend aria-label=(says.label("legend")) {
            @for status in ProjectStatus::ALL {
                li { (render_swatch(*status)) " " (says.name_status(*status)) }
            }
        }
    }
}
