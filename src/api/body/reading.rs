//! Reads the body of a request within limits of size, time and memory.

use std::time::Duration;

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH},
    web::{BytesMut, Data},
};
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use crate::{
    api::{
        error::{ApiError, ApiResult, RequestFault},
        memory_budget::{MemoryBudgets, MemoryShare},
        message::request,
    },
    domain::fault::ValueFault,
};

/// How long a body may bring no byte.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How long a body may be slower than [`BYTES_PER_SEC_MIN`].
const SLOW_MAX: Duration = Duration::from_secs(10);
/// The lowest average speed of a body.
const BYTES_PER_SEC_MIN: u64 = 2048;
/// The largest body of an operation below `/auth`, in bytes. Most of them are open to everybody.
const CREDENTIALS_MAX: usize = 8 * 1024;
const CREDENTIALS_UNDER: &str = "/api/v1/auth/";

/// How fast a body arrives.
#[derive(Debug, Clone, Copy)]
struct BodyPace {
    began: Instant,
    last_byte: Instant,
    received_bytes: u64,
}

impl BodyPace {
    fn start(now: Instant) -> Self {
        Self { began: now, last_byte: now, received_bytes: 0 }
    }

    fn add_bytes(&mut self, count: usize, now: Instant) {
        if count > 0 {
            self.last_byte = now;
            self.received_bytes += u64::try_from(count).unwrap_or(u64::MAX);
        }
    }

    /// Returns the instant at which the body is too slow, if no byte arrives before.
    fn deadline(&self) -> Instant {
        let slow = Duration::from_millis(self.received_bytes * 1000 / BYTES_PER_SEC_MIN);
        (self.began + slow.max(SLOW_MAX)).min(self.last_byte + SILENCE_MAX)
    }
}

/// Reads a body of at most `max` bytes. Below `/auth` the limit is 8 KiB in any case.
///
/// # Errors
/// The body is too large (413), encoded (415), too slow (408) or does not arrive (400), or the bodies of all requests
/// together are too large (503).
pub(crate) async fn read_bytes(
    req: &HttpRequest,
    payload: &mut Payload,
    max: usize,
) -> ApiResult<BytesMut> {
    let max = limit_for_operation(req, max);
    let headers = req.headers();
    let declared = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    if declared.and_then(|v| v.parse::<usize>().ok()).is_some_and(|n| n > max) {
        return Err(ApiError::BodyTooLarge(max));
    }
    let is_plain = |name: &str| name.is_empty() || name.eq_ignore_ascii_case("identity");
    if headers.get_all(CONTENT_ENCODING).any(|v| !v.to_str().is_ok_and(|v| is_plain(v.trim()))) {
        return Err(ApiError::UnsupportedEncoding);
    }
    let mut share = req.app_data::<Data<MemoryBudgets>>().map(|m| m.bodies.start_share());
    let bytes = collect_chunks(payload, max, share.as_mut()).await?;
    // The values that are parsed from the body take memory until the request is answered.
    if let Some(share) = share {
        req.extensions_mut().insert(share);
    }
    Ok(bytes)
}

fn limit_for_operation(req: &HttpRequest, max: usize) -> usize {
    // The template, because the path of the request can be percent-encoded.
    let template = req.match_pattern().unwrap_or_default();
    if template.starts_with(CREDENTIALS_UNDER) { max.min(CREDENTIALS_MAX) } else { max }
}

async fn collect_chunks(
    payload: &mut Payload,
    max: usize,
    mut share: Option<&mut MemoryShare>,
) -> ApiResult<BytesMut> {
    let mut bytes = BytesMut::new();
    let mut pace = BodyPace::start(Instant::now());
    loop {
        let next = timeout_at(pace.deadline(), payload.next()).await;
        let Some(chunk) = next.map_err(|_late| ApiError::BodyTooSlow)? else { return Ok(bytes) };
        let chunk = chunk.map_err(|e| {
            // The text of the HTTP library is for the log.
            tracing::debug!(error = %e, "a body did not arrive");
            let fault = ValueFault::new("body", request::body_did_not_arrive());
            ApiError::malformed(RequestFault::at_pointer("", fault))
        })?;
        if bytes.len() + chunk.len() > max {
            return Err(ApiError::BodyTooLarge(max));
        }
        bytes.extend_from_slice(&chunk);
        if let Some(share) = &mut share {
            share.grow_to(bytes.capacity())?;
        }
        pace.add_bytes(chunk.len(), Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_is_cut_off_after_10_s_of_silence_and_below_2_kib_a_second() {
        let began = Instant::now();
        let after = |secs: u64| began + Duration::from_secs(secs);
        let mut pace = BodyPace::start(began);
        assert_eq!(pace.deadline(), after(10));
        // An empty chunk is no byte.
        pace.add_bytes(0, after(9));
        assert_eq!(pace.deadline(), after(10));
        // One byte each few seconds keeps it open for 10 s in all.
        pace.add_bytes(1, after(9));
        assert_eq!(pace.deadline(), after(10));
        // 40 KiB allow 20 s on average, but not 10 s of silence.
        pace.add_bytes(40 * 1024 - 1, after(9));
        assert_eq!(pace.deadline(), after(19));
        pace.add_bytes(0, after(12));
        assert_eq!(pace.deadline(), after(19));
        pace.add_bytes(2048, after(18));
        assert_eq!(pace.deadline(), after(21));
    }
}
