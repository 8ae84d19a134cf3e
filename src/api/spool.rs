//! Answers that are made before they are sent: in memory while they are short, on disk from there on. Whoever makes one holds
//! a database thread for as long as it takes to write, never for as long as a slow reader takes to read; and memory does
//! not grow with the answer.

use std::{
    fs::File,
    io::{self, Cursor, Read as _, Seek, SeekFrom, Write},
    sync::Arc,
};

use actix_web::{
    body::{BoxBody, SizedStream},
    web::{Bytes, block},
};
use futures_util::stream;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::domain::journal::{Hash, hex};

/// From here on an answer goes to disk.
const IN_MEMORY: u64 = 1024 * 1024;
/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

enum Place {
    Memory(Cursor<Vec<u8>>),
    Disk(NamedTempFile),
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
        let mut file = NamedTempFile::new()?;
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
        match self.0 {
            Place::Memory(bytes) => {
                let bytes = Bytes::from(bytes.into_inner());
                Ok(Made { sha256: Sha256::digest(&bytes).into(), body: Body::Memory(bytes) })
            }
            Place::Disk(mut file) => {
                file.flush()?;
                let (sha256, size) = digest(file.reopen()?)?;
                Ok(Made { sha256, body: Body::Disk(Arc::new(file), size) })
            }
        }
    }
}

fn digest(mut file: File) -> io::Result<(Hash, u64)> {
    let mut sha = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut size = 0;
    loop {
        let read = file.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|b| !b.is_empty()) else { break };
        sha.update(bytes);
        size += u64::try_from(read).unwrap_or_default();
    }
    Ok((sha.finalize().into(), size))
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

/// What an answer is made of. Clones share the file, which goes with the last of them.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Memory(Bytes),
    Disk(Arc<NamedTempFile>, u64),
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
}

/// Sends a file piece by piece, read as fast as the reader takes it. Each reader has its own place in it.
pub(super) fn send(file: Arc<NamedTempFile>, size: u64) -> io::Result<BoxBody> {
    let handle = file.reopen()?;
    // The file itself goes along: it is deleted when nobody holds it any more.
    let pieces = stream::try_unfold((handle, file), |(mut handle, file)| async move {
        let read = block(move || -> io::Result<_> {
            let mut chunk = vec![0; CHUNK];
            let read = handle.read(&mut chunk)?;
            chunk.truncate(read);
            Ok((chunk, handle))
        });
        let (chunk, handle) = read.await.map_err(io::Error::other)??;
        let piece = (!chunk.is_empty()).then(|| (Bytes::from(chunk), (handle, file)));
        Ok::<_, io::Error>(piece)
    });
    Ok(BoxBody::new(SizedStream::new(size, Box::pin(pieces))))
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    fn spooled(pieces: usize) -> Made {
        let mut spool = Spool::default();
        for i in 0..pieces {
            writeln!(spool, "{i:07}").unwrap();
        }
        // Back to the beginning, as one who writes an archive does.
        spool.seek(SeekFrom::Start(0)).unwrap();
        spool.write_all(b"first  \n").unwrap();
        spool.seek(SeekFrom::End(0)).unwrap();
        spool.write_all(b"last").unwrap();
        spool.finish().unwrap()
    }

    fn expected(pieces: usize) -> Vec<u8> {
        let lines: Vec<String> = (0..pieces).map(|i| format!("{i:07}\n")).collect();
        let mut text = lines.concat();
        text.replace_range(..8, "first  \n");
        text.push_str("last");
        text.into_bytes()
    }

    #[actix_web::test]
    async fn short_ones_stay_in_memory_and_long_ones_go_to_disk_and_are_gone_afterwards() {
        for (pieces, on_disk) in [(10, false), (131_071, false), (131_072, true), (400_000, true)] {
            let made = spooled(pieces);
            let expected = expected(pieces);
            assert_eq!(made.sha256(), hex(&Sha256::digest(&expected)));
            match made.body {
                Body::Memory(bytes) => assert!(!on_disk && bytes == expected, "{pieces}"),
                Body::Disk(file, size) => {
                    assert!(on_disk, "{pieces}");
                    let path = file.path().to_owned();
                    // Two readers at once, each from the beginning.
                    let (a, b) = (send(Arc::clone(&file), size), send(file, size));
                    assert_eq!(to_bytes(a.unwrap()).await.unwrap(), expected);
                    assert!(path.exists());
                    assert_eq!(to_bytes(b.unwrap()).await.unwrap(), expected);
                    assert!(!path.exists());
                }
            }
        }
    }
}
