//! A `PATCH` handler states how it uses `If-Match`.

use actix_web::{HttpResponse, web::Data};
use ascn_tracker::{
    api::{May, Operation, ServiceConfig, error::ApiResult, state::State},
    domain::policy::EditProject,
};

#[utoipa::path(patch, path = "/projects/{project}", responses((status = 200)))]
async fn edit_project(_may: May<EditProject>, _state: Data<State>) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().finish())
}

fn register_routes(cfg: &mut ServiceConfig<'_>) {
    cfg.patch(Operation::new(edit_project, __path_edit_project));
}

fn main() {}
