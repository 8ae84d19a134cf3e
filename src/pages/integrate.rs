//! The guide for programs that use the API.

use maud::{Markup, html};

use super::{
    components::{
        HOME, render_breadcrumbs, render_code_block, render_code_marks, render_paragraph,
    },
    layout::render_page,
};

/// The program of the guide, which CI runs.
const NIGHTLY_SYNC: &str = include_str!("integrate/nightly_sync.py");

const EVENT_STREAM: &str = r#"const answer = await fetch(`${api}/changes?after=${last}`, {
  headers: { Accept: "text/event-stream", Authorization: `Bearer ${token}` },
});
const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
let text = "";
for (let part; !(part = await reader.read()).done; ) {
  text += part.value;
  const events = text.split("\n\n");
  text = events.pop();
  for (const event of events) handle(event);
}"#;

/// Renders the page.
pub(crate) fn render_integration_guide() -> String {
    let body = html! {
        (render_breadcrumbs(&[HOME]))
        h1 { "Integrate" }
        (render_paragraph(
            "For people who write programs against this service: a nightly sync, a dashboard, a generated client."
        ))
        (render_sign_in())
        (render_retries())
        (render_sync())
        (render_reading())
        (render_browser())
        (render_contract())
    };
    render_page("Integrate", &body)
}

fn render_rules(rules: &[&str]) -> Markup {
    html! { ul { @for rule in rules { li { (render_code_marks(rule)) } } } }
}

fn render_sign_in() -> Markup {
    html! {
        h2 { "Sign in" }
        (render_rules(&[
            "Give each program an account of its own, with the smallest grant that it needs. The journal then names the \
             program.",
            "`POST /api/v1/auth/login` answers an access token, which is valid for 15 minutes, and a refresh token.",
            "A short job signs in each time. A long one calls `POST /api/v1/auth/refresh` before the token expires, and \
             keeps the new refresh token: the old one is used up. If an old one comes again, the session ends.",
            "Programs that only read released data need no account: the secretariat creates a share for them.",
        ]))
    }
}

fn render_retries() -> Markup {
    html! {
        h2 { "Failures and retries" }
        (render_rules(&[
            "Every failure is a problem document (RFC 9457). Decide by `code`, not by the text. Log `instance`: the \
             operators find the request by it.",
            "503: wait as long as `Retry-After` says, then send the same request again.",
            "No answer at all: read before you write again. With `If-Match`, a change that was made already answers 412 the \
             second time, so that nothing is done twice.",
            "412: somebody else changed the record. Read it, apply your change to it, and send the new `ETag`.",
            "400 and 422: the request is wrong and stays wrong. `errors` lists every fault with its place.",
        ]))
    }
}

fn render_sync() -> Markup {
    html! {
        h2 { "A nightly sync by import" }
        (render_paragraph(
            "A city that keeps its progress in a system of its own need not type it again. This program reads the sheet of \
             reports, fills in the values of a CSV file, previews the result, and writes it. The digest ties the writing to the \
             preview: if anything changed in between, nothing is written. A person submits the reports."
        ))
        (render_code_block("sync", NIGHTLY_SYNC))
        (render_paragraph(
            "The file has a column `project` with the codes of the projects, and columns with the names of the sheet, such as \
             `status`, `percent_complete` and `achievements`."
        ))
    }
}

fn render_reading() -> Markup {
    html! {
        h2 { "Pages and formats" }
        (render_rules(&[
            "A list answers `items` and `next`. Send `next` as `cursor` until it is null. `limit` is at most 1,000.",
            "`fields=code,title` leaves out all other fields.",
            "Send the `ETag` of the last answer as `If-None-Match`. 304 means that nothing has changed.",
            "`format=csv`, `xlsx` or `jsonl` answers lists and tables of releases and figures as flat files, whole. `/docs/try` \
             says which operation has which format.",
            "To copy approved reports, follow `GET /api/v1/changes`: keep `next`, send it as `after`, and use `wait=30` to \
             wait for news.",
        ]))
    }
}

fn render_browser() -> Markup {
    html! {
        h2 { "From a browser" }
        (render_rules(&[
            "Pages of other hosts may call the API if the operator names their origin in `ASCN_CORS_ORIGINS`.",
            "`EventSource` cannot send the header `Authorization`. Read the stream of changes with `fetch`:",
        ]))
        (render_code_block("javascript", EVENT_STREAM))
        (render_paragraph(
            "The stream ends when the access token expires. Connect again with a new token and the last number."
        ))
    }
}

fn render_contract() -> Markup {
    html! {
        h2 { "Changes of the contract" }
        (render_rules(&[
            "`/openapi.json` is the contract. Within `/api/v1` it only gains: operations, parameters, members of answers, \
             columns at the end of files, values of open lists.",
            "So ignore members that you do not know, and find columns by their names.",
            "`CHANGELOG.md` lists each addition.",
        ]))
    }
}
