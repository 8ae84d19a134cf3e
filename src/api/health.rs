//! Health checks, for programs that start, stop and balance instances.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Answer, SecretAnswer},
    error::ApiResult,
    may::PublicRequest,
    operation::{AnswerContract, OperationAnswer},
    service_config::ServiceConfig,
    state::State,
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_live)).get(operation!(get_ready));
}

/// The health of the service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// Always `ok`, because a failed check is answered with a problem.
    #[schema(example = "ok")]
    pub status: String,
}

impl HealthView {
    fn answer_ok() -> ApiResult<HealthAnswer> {
        Ok(HealthAnswer(Answer::from_value(&Self { status: "ok".to_owned() })?.mark_secret()))
    }
}

/// The answer of a health check. It is never cached, and has no texts of this service.
struct HealthAnswer(SecretAnswer);

impl Responder for HealthAnswer {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        self.0.respond_to(req)
    }
}

impl OperationAnswer for HealthAnswer {
    const CONTRACT: AnswerContract =
        AnswerContract { has_etag: false, has_language: false, is_feed: false };
}

/// Check that the process is alive
///
/// Answers as long as the process can answer at all, without using the database. No sign-in is needed. Restart an
/// instance that does not answer.
#[utoipa::path(get, path = "/health/live", tag = "health",
    responses((status = 200, body = HealthView, description = "The process is alive.")))]
async fn get_live(_public: PublicRequest) -> ApiResult<HealthAnswer> {
    HealthView::answer_ok()
}

/// Check that requests can be served
///
/// Checks that the database can be read and written. No sign-in is needed. The answer comes within 2 seconds. It is 503
/// if the database cannot be reached, or if nothing can be written, for example because a disk is full: do not send
/// requests to that instance. It recovers by itself when the database is available again.
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, body = HealthView, description = "Requests can be served.")))]
async fn get_ready(_public: PublicRequest, state: Data<State>) -> ApiResult<HealthAnswer> {
    state.db.check_health().await?;
    HealthView::answer_ok()
}
