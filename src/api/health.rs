//! Whether the service lives and is ready: for those who start, stop and balance instances.

use actix_web::{get, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::Answer, error::ApiResult, may::PublicRequest, service_config::ServiceConfig,
    state::State,
};
use crate::store::unguarded;

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_live).service(get_ready);
}

/// How the service is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// Always `ok`: what is not well is a problem answer.
    #[schema(example = "ok")]
    pub status: String,
}

impl HealthView {
    fn answer_ok() -> ApiResult<Answer> {
        Ok(Answer::from_value(&Self { status: "ok".to_owned() })?.mark_secret())
    }
}

/// Say whether the process lives
///
/// Answers as long as the process can answer at all; asks nothing of the database. Restart an instance that does not.
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = HealthView, description = "It lives.")))]
#[get("/health/live")]
async fn get_live(_public: PublicRequest) -> ApiResult<Answer> {
    HealthView::answer_ok()
}

/// Say whether requests can be served
///
/// Asks the database. Send no requests to an instance that answers 503; it gets well by itself when the database does.
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = HealthView, description = "It is ready.")))]
#[get("/health/ready")]
async fn get_ready(_public: PublicRequest, state: Data<State>) -> ApiResult<Answer> {
    state.db.read(unguarded::check_health).await?;
    HealthView::answer_ok()
}
