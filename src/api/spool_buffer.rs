//! Answers that are made completely before they are sent, in memory or, if they are long, in a temporary file. So a
//! database thread is busy only while the answer is written, and not while a slow client reads it. The memory does not
//! grow with the answer.

use std::{
    fs::File,
    io::{self, Cursor, Seek, SeekFrom, Write},
    os::unix::fs::FileExt as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::{
    body::{BoxBody, SizedStream},
    web::{Bytes, block},
};
use flate2::{Compression, write::GzEncoder};
use futures_util::stream;
use sha2::{Digest, Sha256};

use super::{
    memory_budget::MemoryShare,
    piece_body::{PIECE, PieceBody},
};
use crate::domain::journal::{JournalHash, to_hex};

/// The size in bytes above which an answer moves to disk.
const IN_MEMORY: u64 = 1024 * 1024;
/// The number of bytes that are read from a file at once.
const CHUNK: usize = 64 * 1024;

enum SpoolStorage {
    Memory(Cursor<Vec<u8>>),
    Disk(File),
    /// The disk failed. Whatever is written now is ignored, and the answer cannot be finished. The writer of archives
    /// still writes when it is dropped, and would print a second error to standard error.
    Failed(io::ErrorKind),
}

/// The buffer that an answer is written to. It supports seeking, which writers of archives need.
pub(crate) struct SpoolBuffer(SpoolStorage);

impl Default for SpoolBuffer {
    fn default() -> Self {
        Self(SpoolStorage::Memory(Cursor::new(Vec::new())))
    }
}

impl SpoolBuffer {
    /// Moves the content to disk, if writing `more` bytes would exceed the limit.
    fn move_to_disk_if_full(&mut self, more: usize) -> io::Result<()> {
        let SpoolStorage::Memory(so_far) = &mut self.0 else { return Ok(()) };
        if so_far.position() + u64::try_from(more).unwrap_or(u64::MAX) <= IN_MEMORY {
            return Ok(());
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(so_far.get_ref())?;
        file.seek(SeekFrom::Start(so_far.position()))?;
        self.0 = SpoolStorage::Disk(file);
        Ok(())
    }

    fn write_to_storage(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.move_to_disk_if_full(bytes.len())?;
        match &mut self.0 {
            SpoolStorage::Memory(to) => to.write(bytes),
            SpoolStorage::Disk(to) => to.write(bytes),
            SpoolStorage::Failed(_) => Ok(bytes.len()),
        }
    }

    /// Finishes the answer and hashes it.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn finish_hashed(self) -> io::Result<HashedBody> {
        match self.into_body()? {
            AnswerBody::Memory(bytes) => Ok(HashedBody {
                sha256: Sha256::digest(&bytes).into(),
                body: AnswerBody::Memory(bytes),
            }),
            AnswerBody::Disk(stored) => {
                Ok(HashedBody { sha256: stored.hash_content()?, body: AnswerBody::Disk(stored) })
            }
        }
    }

    fn into_body(self) -> io::Result<AnswerBody> {
        Ok(match self.0 {
            SpoolStorage::Memory(bytes) => AnswerBody::Memory(bytes.into_inner().into()),
            SpoolStorage::Failed(kind) => return Err(kind.into()),
            SpoolStorage::Disk(mut file) => {
                file.flush()?;
                let size = file.metadata()?.len();
                AnswerBody::Disk(TempFile(Arc::new(TempFileData {
                    file,
                    size,
                    broken: AtomicBool::new(false),
                })))
            }
        })
    }
}

impl Write for SpoolBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.write_to_storage(bytes);
        if let Err(e) = &written
            && e.kind() != io::ErrorKind::Interrupted
        {
            self.0 = SpoolStorage::Failed(e.kind());
        }
        written
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            SpoolStorage::Memory(_) | SpoolStorage::Failed(_) => Ok(()),
            SpoolStorage::Disk(to) => to.flush(),
        }
    }
}

impl Seek for SpoolBuffer {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            SpoolStorage::Memory(bytes) => bytes.seek(to),
            SpoolStorage::Disk(file) => file.seek(to),
            SpoolStorage::Failed(_) => Ok(0),
        }
    }
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(super) enum AnswerBody {
    Memory(Bytes),
    Disk(TempFile),
}

impl AnswerBody {
    /// Returns `true` if the body could not be read back.
    pub(super) fn is_broken(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Disk(stored) => stored.is_broken(),
        }
    }

    /// Returns the body to send. `share` is the memory of an answer that is not cached; it ends with the body.
    pub(super) fn into_response_body(self, share: Option<MemoryShare>) -> BoxBody {
        match self {
            Self::Memory(bytes) if bytes.len() > PIECE => {
                BoxBody::new(PieceBody::new(bytes, share))
            }
            Self::Memory(bytes) => BoxBody::new(bytes),
            Self::Disk(stored) => stored.into_response_body(),
        }
    }
}

/// A temporary file without a name. No other program can open or delete it, and the operating system removes it when
/// the last handle is closed, even after a crash. Clones share the file, and each reader has its own position.
#[derive(Debug, Clone)]
pub(super) struct TempFile(Arc<TempFileData>);

#[derive(Debug)]
struct TempFileData {
    file: File,
    size: u64,
    /// A reader got fewer bytes than were written.
    broken: AtomicBool,
}

impl TempFileData {
    /// Reads the piece at an offset in bytes. It is empty at the end of the file.
    fn read_piece(&self, at: u64) -> io::Result<Vec<u8>> {
        let read = || -> io::Result<Vec<u8>> {
            let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(CHUNK);
            let mut piece = vec![0; left.min(CHUNK)];
            self.file.read_exact_at(&mut piece, at)?;
            Ok(piece)
        };
        read().inspect_err(|_broken| self.broken.store(true, Ordering::Relaxed))
    }
}

impl TempFile {
    pub(super) fn size_bytes(&self) -> u64 {
        self.0.size
    }

    /// Returns `true` if a reader failed: the next one would fail too.
    pub(super) fn is_broken(&self) -> bool {
        self.0.broken.load(Ordering::Relaxed)
    }

    /// Calls `f` with each piece of the file, from the beginning.
    fn for_each_piece(&self, mut f: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut at = 0;
        while at < self.0.size {
            let piece = self.0.read_piece(at)?;
            f(&piece)?;
            at += count_piece_bytes(&piece);
        }
        Ok(())
    }

    fn hash_content(&self) -> io::Result<JournalHash> {
        let mut sha = Sha256::new();
        self.for_each_piece(|piece| {
            sha.update(piece);
            Ok(())
        })?;
        Ok(sha.finalize().into())
    }

    /// Compresses the file, piece by piece.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn gzip_to_body(&self) -> io::Result<AnswerBody> {
        let mut encoder = GzEncoder::new(SpoolBuffer::default(), Compression::new(6));
        self.for_each_piece(|piece| encoder.write_all(piece))?;
        encoder.finish()?.into_body()
    }

    /// Sends the file piece by piece. A piece is read when the client has received the one before.
    fn into_response_body(self) -> BoxBody {
        let size = self.size_bytes();
        let pieces = stream::try_unfold((self, 0), |(stored, at)| async move {
            let file = Arc::clone(&stored.0);
            let piece = block(move || file.read_piece(at)).await.map_err(io::Error::other)??;
            let next = at + count_piece_bytes(&piece);
            let piece = (!piece.is_empty()).then(|| (Bytes::from(piece), (stored, next)));
            Ok::<_, io::Error>(piece)
        });
        BoxBody::new(SizedStream::new(size, Box::pin(pieces)))
    }
}

#[cfg(test)]
impl TempFile {
    /// Cuts the end of the file off, as if the disk had failed.
    pub(super) fn truncate_for_test(&self) {
        self.0.file.set_len(1_000).unwrap();
    }
}

fn count_piece_bytes(piece: &[u8]) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
}

/// A finished answer with its hash.
#[derive(Debug, Clone)]
pub struct HashedBody {
    pub(super) body: AnswerBody,
    sha256: JournalHash,
}

impl HashedBody {
    /// Returns the SHA-256 of its bytes in lower-case hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        to_hex(&self.sha256)
    }

    /// Copies the bytes to a writer.
    ///
    /// # Errors
    /// The disk or the writer fails.
    pub fn copy_to(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.body {
            AnswerBody::Memory(bytes) => to.write_all(bytes),
            AnswerBody::Disk(stored) => stored.for_each_piece(|piece| to.write_all(piece)),
        }
    }
}

#[cfg(test)]
mod tests;
