//! Health checks, for programs that start, stop and balance instances.

use actix_web::{get, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Answer, error::ApiResult, may::PublicRequest, service_config::ServiceConfig,
    state::State,
};
use crate::store::{Conn, journal};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_live).service(get_ready);
}

/// The health of the service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// Always `ok`, because a failed check is answered with a problem.
    #[schema(example = "ok")]
    pub status: String,
}

impl HealthView {
    fn answer_ok() -> ApiResult<Answer> {
        Ok(Answer::from_value(&Self { status: "ok".to_owned() })?.mark_secret())
    }
}

/// Check that the process is alive
///
/// Answers as long as the process can answer at all, without using the database. No sign-in is needed. Restart an
/// instance that does not answer.
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = HealthView, description = "The process is alive.")))]
#[get("/health/live")]
async fn get_live(_public: PublicRequest) -> ApiResult<Answer> {
    HealthView::answer_ok()
}

/// Check that requests can be served
///
/// Checks the connection to the database. No sign-in is needed. The answer is 503 if the database cannot be reached: do
/// not send requests to that instance. It recovers by itself when the database is available again.
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = HealthView, description = "Requests can be served.")))]
#[get("/health/ready")]
async fn get_ready(_public: PublicRequest, state: Data<State>) -> ApiResult<Answer> {
    // The head of the journal always exists.
    state.db.read(|c: &mut Conn| journal::load_head(c).map(drop)).await?;
    HealthView::answer_ok()
}
