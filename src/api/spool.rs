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

use crate::domain::journal::{Hash, hex};

/// From here on an answer goes to disk.
const IN_MEMORY: u64 = 1024 * 1024;
/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

enum Place {
    Memory(Cursor<Vec<u8>>),
    Disk(File),
}

/// An answer while it is made. It can be written like a file, also back where it was written before.
pub struct Spool(Place);

impl Default for Spool {
    fn default() -> Self {
        Self(Place::Memory(Cursor::new(Vec::new())))
    }
}

impl Spool {
    /// Moves to disk before a write that would be too long for memory.
    fn make_room(&mut self, more: usize) -> io::Result<()> {
        let Place::Memory(so_far) = &mut self.0 else { return Ok(()) };
        if so_far.position() + u64::try_from(more).unwrap_or(u64::MAX) <= IN_MEMORY {
            return Ok(());
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(so_far.get_ref())?;
        file.seek(SeekFrom::Start(so_far.position()))?;
        self.0 = Place::Disk(file);
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// The disk fails.
    pub fn finish(self) -> io::Result<Made> {
        match self.end()? {
            Body::Memory(bytes) => {
                Ok(Made { sha256: Sha256::digest(&bytes).into(), body: Body::Memory(bytes) })
            }
            Body::Disk(stored) => Ok(Made { sha256: stored.digest()?, body: Body::Disk(stored) }),
        }
    }

    fn end(self) -> io::Result<Body> {
        Ok(match self.0 {
            Place::Memory(bytes) => Body::Memory(bytes.into_inner().into()),
            Place::Disk(mut file) => {
                file.flush()?;
                let size = file.metadata()?.len();
                Body::Disk(Stored(Arc::new(OnDisk { file, size, broken: AtomicBool::new(false) })))
            }
        })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.make_room(bytes.len())?;
        match &mut self.0 {
            Place::Memory(to) => to.write(bytes),
            Place::Disk(to) => to.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Place::Memory(_) => Ok(()),
            Place::Disk(to) => to.flush(),
        }
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Place::Memory(bytes) => bytes.seek(to),
            Place::Disk(file) => file.seek(to),
        }
    }
}

/// What an answer is made of.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Memory(Bytes),
    Disk(Stored),
}

impl Body {
    /// Says whether it could not be read back.
    pub(super) fn is_broken(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Disk(stored) => stored.is_broken(),
        }
    }

    /// Sends it.
    pub(super) fn send(self) -> BoxBody {
        match self {
            Self::Memory(bytes) => BoxBody::new(bytes),
            Self::Disk(stored) => stored.send(),
        }
    }
}

/// A file without a name: nobody else can take it away, and it is gone when nobody here holds it any more, however that comes
/// about. Clones share it; each reader has a place of its own in it.
#[derive(Debug, Clone)]
pub(super) struct Stored(Arc<OnDisk>);

#[derive(Debug)]
struct OnDisk {
    file: File,
    size: u64,
    /// A reader found something else than what was written.
    broken: AtomicBool,
}

impl OnDisk {
    /// Reads the piece at a place; an empty one at the end.
    fn piece(&self, at: u64) -> io::Result<Vec<u8>> {
        let read = || -> io::Result<Vec<u8>> {
            let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(CHUNK);
            let mut piece = vec![0; left.min(CHUNK)];
            self.file.read_exact_at(&mut piece, at)?;
            Ok(piece)
        };
        read().inspect_err(|_broken| self.broken.store(true, Ordering::Relaxed))
    }
}

impl Stored {
    /// Returns how many bytes it has.
    pub(super) fn size(&self) -> u64 {
        self.0.size
    }

    /// Says whether a reader failed on it: then the next one would too.
    pub(super) fn is_broken(&self) -> bool {
        self.0.broken.load(Ordering::Relaxed)
    }

    /// Goes through it from the beginning.
    fn each(&self, mut f: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut at = 0;
        while at < self.0.size {
            let piece = self.0.piece(at)?;
            f(&piece)?;
            at += length(&piece);
        }
        Ok(())
    }

    fn digest(&self) -> io::Result<Hash> {
        let mut sha = Sha256::new();
        self.each(|piece| {
            sha.update(piece);
            Ok(())
        })?;
        Ok(sha.finalize().into())
    }

    /// Compresses it, piece by piece.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn gzip(&self) -> io::Result<Body> {
        let mut encoder = GzEncoder::new(Spool::default(), Compression::new(6));
        self.each(|piece| encoder.write_all(piece))?;
        encoder.finish()?.end()
    }

    /// Sends it piece by piece, read as fast as the reader takes it.
    fn send(self) -> BoxBody {
        let size = self.size();
        let pieces = stream::try_unfold((self, 0), |(stored, at)| async move {
            let file = Arc::clone(&stored.0);
            let piece = block(move || file.piece(at)).await.map_err(io::Error::other)??;
            let next = at + length(&piece);
            let piece = (!piece.is_empty()).then(|| (Bytes::from(piece), (stored, next)));
            Ok::<_, io::Error>(piece)
        });
        BoxBody::new(SizedStream::new(size, Box::pin(pieces)))
    }
}

#[cfg(test)]
impl Stored {
    /// Loses its end, as on a disk that fails.
    pub(super) fn spoil(&self) {
        self.0.file.set_len(1_000).unwrap();
    }
}

fn length(piece: &[u8]) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
}

/// An answer that was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub(super) body: Body,
    sha256: Hash,
}

impl Made {
    /// Returns the SHA-256 of its bytes, lower-case hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&self.sha256)
    }

    /// Writes it into something else.
    ///
    /// # Errors
    /// The disk fails, or what it is written to.
    pub fn copy_to(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.body {
            Body::Memory(bytes) => to.write_all(bytes),
            Body::Disk(stored) => stored.each(|piece| to.write_all(piece)),
        }
    }
}

#[cfg(test)]
mod tests;
