//! The body of a long answer in memory. It is handed over in pieces, because the HTTP library copies what it gets into
//! the buffer of the connection.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};

use super::memory_budget::MemoryShare;

/// The bytes of a piece. A client that does not read costs the copy of one piece or two.
pub(super) const PIECE: usize = 64 * 1024;

/// A body that is handed over in pieces.
pub(super) struct PieceBody {
    left: Bytes,
    /// The part of the memory for answers. `None` if the cache counts the bytes.
    _share: Option<MemoryShare>,
}

impl PieceBody {
    pub(super) const fn new(bytes: Bytes, share: Option<MemoryShare>) -> Self {
        Self { left: bytes, _share: share }
    }
}

impl MessageBody for PieceBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(u64::try_from(self.left.len()).unwrap_or(u64::MAX))
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let length = self.left.len().min(PIECE);
        Poll::Ready((length > 0).then(|| Ok(self.left.split_to(length))))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;
    use crate::api::memory_budget::MemoryBudget;

    #[actix_web::test]
    async fn long_body_arrives_whole_in_pieces_and_returns_its_memory() {
        let bytes = Bytes::from((0..200_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
        let budget = MemoryBudget::new(1_000_000);
        let mut share = budget.start_share();
        share.grow_to(bytes.len()).unwrap();
        let mut body = PieceBody::new(bytes.clone(), Some(share));
        assert_eq!(body.size(), BodySize::Sized(800_000));
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let Poll::Ready(Some(Ok(first))) = Pin::new(&mut body).poll_next(&mut cx) else { panic!() };
        assert_eq!((first.len(), budget.used_bytes()), (PIECE, 800_000));
        assert_eq!(to_bytes(body).await.unwrap(), bytes.slice(PIECE..));
        assert_eq!(budget.used_bytes(), 0);
    }
}
