//! Closes a connection whose request was answered before its body was read to the end.
//!
//! By itself, actix reads the rest of a chunked body that nobody wants, however long that takes. It closes the
//! connection instead if the payload still exists when the answer is sent.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    HttpMessage as _,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    web::Bytes,
};
use futures_util::Stream;

/// The body of a request, shared between its reader and this middleware.
#[derive(Clone)]
pub(super) struct SharedBody(Rc<SharedPayload>);

struct SharedPayload {
    payload: RefCell<Payload>,
    has_ended: Cell<bool>,
}

impl SharedBody {
    /// Shares the body of a request with its reader. `None` if the request has no body.
    pub(super) fn share(req: &mut ServiceRequest) -> Option<Self> {
        let payload = req.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let has_ended = Cell::new(false);
        let shared = Self(Rc::new(SharedPayload { payload: RefCell::new(payload), has_ended }));
        req.set_payload(Payload::Stream { payload: Box::pin(shared.clone()) });
        Some(shared)
    }

    /// Keeps an unread body until the answer is sent.
    pub(super) fn hold_if_unread(
        self,
        response: ServiceResponse<BoxBody>,
    ) -> ServiceResponse<BoxBody> {
        if self.0.has_ended.get() {
            return response;
        }
        response.map_body(|_, body| BoxBody::new(EarlyAnswer { body, _unread: self }))
    }
}

impl Stream for SharedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut *self.0.payload.borrow_mut()).poll_next(cx);
        if matches!(next, Poll::Ready(None)) {
            self.0.has_ended.set(true);
        }
        next
    }
}

/// An answer that is sent before the body of its request was read.
struct EarlyAnswer {
    body: BoxBody,
    _unread: SharedBody,
}

impl MessageBody for EarlyAnswer {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
