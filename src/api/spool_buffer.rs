//! Answers that are made before they are sent: in memory while they are short, on disk from there on. Whoever makes one holds
//! a database thread for as long as it takes to write, never for as long as a slow reader takes to read; and memory does
//! not grow with the answer.

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

use crate::domain::journal::{JournalHash, to_hex};

/// From here on an answer goes to disk.
const IN_MEMORY: u64 = 1024 * 1024;
/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

enum SpoolStorage {
    Memory(Cursor<Vec<u8>>),
    Disk(File),
}

/// An answer while it is made. It can be written like a file, also back where it was written before.
pub(crate) struct SpoolBuffer(SpoolStorage);

impl Default for SpoolBuffer {
    fn default() -> Self {
        Self(SpoolStorage::Memory(Cursor::new(Vec::new())))
    }
}

impl SpoolBuffer {
    /// Moves to disk before a write that would be too long for memory.
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

    /// Ends it.
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
        self.move_to_disk_if_full(bytes.len())?;
        match &mut self.0 {
            SpoolStorage::Memory(to) => to.write(bytes),
            SpoolStorage::Disk(to) => to.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            SpoolStorage::Memory(_) => Ok(()),
            SpoolStorage::Disk(to) => to.flush(),
        }
    }
}

impl Seek for SpoolBuffer {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            SpoolStorage::Memory(bytes) => bytes.seek(to),
            SpoolStorage::Disk(file) => file.seek(to),
        }
    }
}

/// What an answer is made of.
#[derive(Debug, Clone)]
pub(super) enum AnswerBody {
    Memory(Bytes),
    Disk(TempFile),
}

impl AnswerBody {
    /// Says whether it could not be read back.
    pub(super) fn is_broken(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Disk(stored) => stored.is_broken(),
        }
    }

    /// Sends it.
    pub(super) fn into_response_body(self) -> BoxBody {
        match self {
            Self::Memory(bytes) => BoxBody::new(bytes),
            Self::Disk(stored) => stored.into_response_body(),
        }
    }
}

/// A file without a name: nobody else can take it away, and it is gone when nobody here holds it any more, however that comes
/// about. Clones share it; each reader has a place of its own in it.
#[derive(Debug, Clone)]
pub(super) struct TempFile(Arc<TempFileData>);

#[derive(Debug)]
struct TempFileData {
    file: File,
    size: u64,
    /// A reader found something else than what was written.
    broken: AtomicBool,
}

impl TempFileData {
    /// Reads the piece at a place; an empty one at the end.
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
    /// Returns how many bytes it has.
    pub(super) fn size_bytes(&self) -> u64 {
        self.0.size
    }

    /// Says whether a reader failed on it: then the next one would too.
    pub(super) fn is_broken(&self) -> bool {
        self.0.broken.load(Ordering::Relaxed)
    }

    /// Goes through it from the beginning.
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

    /// Compresses it, piece by piece.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn gzip_to_body(&self) -> io::Result<AnswerBody> {
        let mut encoder = GzEncoder::new(SpoolBuffer::default(), Compression::new(6));
        self.for_each_piece(|piece| encoder.write_all(piece))?;
        encoder.finish()?.into_body()
    }

    /// Sends it piece by piece, read as fast as the reader takes it.
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
    /// Loses its end, as on a disk that fails.
    pub(super) fn truncate_for_test(&self) {
        self.0.file.set_len(1_000).unwrap();
    }
}

fn count_piece_bytes(piece: &[u8]) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
}

/// An answer that was made.
#[derive(Debug, Clone)]
pub struct HashedBody {
    pub(super) body: AnswerBody,
    sha256: JournalHash,
}

impl HashedBody {
    /// Returns the SHA-256 of its bytes, lower-case hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        to_hex(&self.sha256)
    }

    /// Writes it into something else.
    ///
    /// # Errors
    /// The disk fails, or what it is written to.
    pub fn copy_to(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.body {
            AnswerBody::Memory(bytes) => to.write_all(bytes),
            AnswerBody::Disk(stored) => stored.for_each_piece(|piece| to.write_all(piece)),
        }
    }
}

#[cfg(test)]
mod tests;
