//! The HTML documentation: an introduction, a page for each kind of problem, recipes, and Swagger UI. Every file is
//! part of the binary. The Content-Security-Policy forbids the browser to load anything from a different host.

use std::{
    fmt::Write as _,
    sync::{Arc, OnceLock},
};

use actix_web::{HttpResponse, http::header, web};

use crate::api::{
    error::{ApiError, ApiResult, PROBLEMS, ProblemKind},
    read_only_route::build_read_only_route,
};

/// The policy of the pages written here: they load their own stylesheet and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The policy of Swagger UI: it also runs its own scripts, calls this service and sets inline styles.
const POLICY_TRY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The pages change only with the program, so browsers may cache them for five minutes.
const KEEP: &str = "public, max-age=300";

mod recipes;

const INTRODUCTION: &str = include_str!("docs/introduction.html");
const STYLE: &str = include_str!("docs/style.css");

pub(super) fn register_routes(cfg: &mut web::ServiceConfig) {
    cfg.service(build_read_only_route("/docs", web::get().to(get_introduction)))
        .service(build_read_only_route("/docs/", web::get().to(get_introduction)))
        .service(build_read_only_route("/docs/style.css", web::get().to(get_stylesheet)))
        .service(build_read_only_route("/docs/problems", web::get().to(|| async { redirect_to("/docs/problems/") })))
        .service(build_read_only_route("/docs/problems/", web::get().to(get_problem_list)))
        .service(build_read_only_route("/docs/problems/{code}", web::get().to(get_problem_page)))
        .service(build_read_only_route("/docs/recipes", web::get().to(|| async { redirect_to("/docs/recipes/") })))
        .service(build_read_only_route("/docs/recipes/", web::get().to(recipes::get_recipe_list)))
        .service(build_read_only_route("/docs/recipes/{recipe}", web::get().to(recipes::get_recipe)))
        // Swagger UI loads its files by relative addresses, so the address of the page has to end with a slash.
        .service(build_read_only_route("/docs/try", web::get().to(|| async { redirect_to("/docs/try/") })))
        .service(build_read_only_route("/docs/try/{file:.*}", web::get().to(get_swagger_file)));
}

fn redirect_to(to: &'static str) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, to)).finish()
}

async fn get_introduction() -> HttpResponse {
    render_page("ascn-tracker", INTRODUCTION)
}

async fn get_stylesheet() -> HttpResponse {
    build_response("text/css; charset=utf-8", POLICY, STYLE)
}

async fn get_problem_list() -> HttpResponse {
    let rows = PROBLEMS.iter().fold(String::new(), |mut rows, kind| {
        // Writing to a String cannot fail.
        let _ = write!(
            rows,
            r#"<tr><td>{}</td><td><a href="/docs/problems/{}">{}</a></td><td>{}</td></tr>"#,
            kind.status,
            escape_html(kind.code),
            escape_html(kind.code),
            escape_html(kind.title)
        );
        rows
    });
    render_page(
        "Problems",
        &format!(
            r#"<p><a href="/docs">ascn-tracker</a></p><h1>Problems</h1>
<p>Every failure is answered as <code>application/problem+json</code> (RFC 9457). Its <code>type</code> is one of these pages; its
<code>instance</code> names the request, as <code>X-Request-Id</code> does in every answer.</p>
<table><thead><tr><th>Status</th><th>Code</th><th>In short</th></tr></thead><tbody>{rows}</tbody></table>"#
        ),
    )
}

async fn get_problem_page(code: web::Path<String>) -> ApiResult<HttpResponse> {
    let kind = PROBLEMS.iter().find(|k| k.code == *code).ok_or(ApiError::NotFound)?;
    Ok(render_page(kind.title, &render_problem(kind)))
}

fn render_problem(kind: &ProblemKind) -> String {
    format!(
        r#"<p><a href="/docs">ascn-tracker</a> · <a href="/docs/problems/">Problems</a></p><h1>{}</h1>
<p>Status {}, code <code>{}</code></p><p>{}</p>"#,
        escape_html(kind.title),
        kind.status,
        escape_html(kind.code),
        render_code_marks(kind.help)
    )
}

async fn get_swagger_file(file: web::Path<String>) -> ApiResult<HttpResponse> {
    static CONFIG: OnceLock<Arc<utoipa_swagger_ui::Config<'static>>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| {
        Arc::new(
            utoipa_swagger_ui::Config::from("/openapi.json")
                .deep_linking(true)
                .display_operation_id(true)
                // By default, Swagger UI sends the address of the document to a public validator.
                .validator_url("none"),
        )
    });
    let file = utoipa_swagger_ui::serve(&file, Arc::clone(config))
        .map_err(|e| ApiError::Internal(e.to_string().into()))?
        .ok_or(ApiError::NotFound)?;
    Ok(build_response(&file.content_type, POLICY_TRY, file.bytes.into_owned()))
}

/// Renders a page. `title` is plain text, and `body` is HTML.
fn render_page(title: &str, body: &str) -> HttpResponse {
    let page = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title><link rel="stylesheet" href="/docs/style.css"></head><body><main>
{body}
</main></body></html>
"#,
        escape_html(title)
    );
    let mut response = build_response("text/html; charset=utf-8", POLICY, page);
    let english = header::HeaderValue::from_static("en");
    response.headers_mut().insert(header::CONTENT_LANGUAGE, english);
    response
}

fn build_response(
    content_type: &str,
    policy: &str,
    body: impl Into<actix_web::web::Bytes>,
) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, KEEP))
        .body(body.into())
}

/// Escapes text for HTML, also inside quoted attributes.
fn escape_html(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
        out
    })
}

/// Renders text as HTML, with the parts between backquotes as `<code>`.
fn render_code_marks(text: &str) -> String {
    text.split('`').enumerate().fold(String::new(), |mut out, (i, part)| {
        if i % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", escape_html(part));
        } else {
            out.push_str(&escape_html(part));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_and_not_obeyed() {
        assert_eq!(escape_html(r#"<b a="1">&'"#), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
        assert_eq!(render_code_marks("send `a < b` now"), "send <code>a &lt; b</code> now");
    }
}
