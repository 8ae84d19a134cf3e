//! An answer with a secret.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};

use super::Answer;
use crate::api::operation::{AnswerContract, OperationAnswer};

/// A successful response with a secret that is shown only once, such as a token: it has no `ETag`, and no cache may
/// store it.
#[derive(Debug)]
pub(crate) struct SecretAnswer(pub(super) Answer);

impl Responder for SecretAnswer {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        self.0.respond_to(req)
    }
}

impl OperationAnswer for SecretAnswer {
    const CONTRACT: AnswerContract = AnswerContract::UNTAGGED;
}
