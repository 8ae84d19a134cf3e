//! Projects.

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations of this file.
pub(super) fn routes(_cfg: &mut ServiceConfig) {}
