//! stub
use crate::domain::project::Header;
use serde::Serialize;
use utoipa::ToSchema;
/// stub
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeaderView {
    /// stub
    pub code: String,
}
impl From<&Header> for HeaderView {
    fn from(h: &Header) -> Self {
        Self { code: h.code.to_string() }
    }
}
