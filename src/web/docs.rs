//! The pages of the documentation: an introduction, a page for each kind of problem, and recipes. Their
//! Content-Security-Policy allows the browser to load the stylesheet of this host and nothing else.

use actix_web::{
    HttpRequest, HttpResponse,
    guard::{self, GuardContext},
    http::header::{self, HeaderValue},
    web,
};

use super::response::{PAGE_POLICY, build_file_response, build_page_response, redirect_to};
use crate::{
    api::{
        error::{ApiError, ApiResult, PROBLEMS, ProblemKind},
        read_only_route::build_read_only_route,
    },
    pages::{
        integrate::render_integration_guide,
        introduction::render_introduction,
        layout::{STYLESHEET, STYLESHEET_PATH},
        problems::{ProblemDescription, render_problem, render_problem_list},
        recipes::{render_recipe, render_recipe_list},
    },
};

pub(super) fn register_routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/")
            .guard(guard::fn_guard(is_browser))
            .route(web::get().to(redirect_browser)),
    )
    .service(build_read_only_route("/docs", web::get().to(get_introduction)))
    .service(build_read_only_route("/docs/", web::get().to(get_introduction)))
    .service(build_read_only_route("/docs/integrate", web::get().to(get_integration_guide)))
    .service(build_read_only_route(STYLESHEET_PATH, web::get().to(get_stylesheet)))
    .service(build_read_only_route("/docs/problems", web::get().to(redirect_to_problems)))
    .service(build_read_only_route("/docs/problems/", web::get().to(get_problem_list)))
    .service(build_read_only_route("/docs/problems/{code}", web::get().to(get_problem)))
    .service(build_read_only_route("/docs/recipes", web::get().to(redirect_to_recipes)))
    .service(build_read_only_route("/docs/recipes/", web::get().to(get_recipe_list)))
    .service(build_read_only_route("/docs/recipes/{recipe}", web::get().to(get_recipe)));
}

/// Returns whether the caller asks for a page. Other programs get the problem of an unknown path.
fn is_browser(context: &GuardContext<'_>) -> bool {
    let accept = context.head().headers().get(header::ACCEPT);
    accept.and_then(|v| v.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

/// Redirects to the documentation, for now. Browsers do not keep the redirect.
async fn redirect_browser() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/docs")).finish()
}

/// Shows the address that the browser used. Shared caches must not keep the page, because a caller can state any address.
async fn get_introduction(req: HttpRequest) -> HttpResponse {
    let address = {
        let connection = req.connection_info();
        format!("{}://{}", connection.scheme(), connection.host())
    };
    let mut response = build_page_response(render_introduction(&address));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    response
}

async fn get_integration_guide() -> HttpResponse {
    build_page_response(render_integration_guide())
}

async fn get_stylesheet() -> HttpResponse {
    build_file_response("text/css; charset=utf-8", PAGE_POLICY, STYLESHEET)
}

async fn redirect_to_problems() -> HttpResponse {
    redirect_to("/docs/problems/")
}

async fn get_problem_list() -> HttpResponse {
    let problems: Vec<ProblemTexts> = PROBLEMS.iter().map(ProblemTexts::new).collect();
    build_page_response(render_problem_list(problems.iter().map(ProblemTexts::describe)))
}

async fn get_problem(code: web::Path<String>) -> ApiResult<HttpResponse> {
    let kind = PROBLEMS.iter().find(|kind| kind.code == *code).ok_or(ApiError::NotFound)?;
    Ok(build_page_response(render_problem(&ProblemTexts::new(kind).describe())))
}

/// A kind of problem with its English texts.
struct ProblemTexts {
    kind: &'static ProblemKind,
    title: String,
    help: String,
}

impl ProblemTexts {
    fn new(kind: &'static ProblemKind) -> Self {
        Self { kind, title: kind.title().to_string(), help: kind.help().to_string() }
    }

    fn describe(&self) -> ProblemDescription<'_> {
        let Self { kind, title, help } = self;
        ProblemDescription { code: kind.code, status: kind.status, title, help }
    }
}

async fn redirect_to_recipes() -> HttpResponse {
    redirect_to("/docs/recipes/")
}

async fn get_recipe_list() -> HttpResponse {
    build_page_response(render_recipe_list())
}

async fn get_recipe(key: web::Path<String>) -> ApiResult<HttpResponse> {
    Ok(build_page_response(render_recipe(&key).ok_or(ApiError::NotFound)?))
}
