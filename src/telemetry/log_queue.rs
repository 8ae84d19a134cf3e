//! The log lines that wait to be written.
//!
//! Whoever logs only appends to a buffer in memory. One thread writes the buffer to standard error. If the reader of the
//! log is slow or gone, or if the disk of the log is full, the lines that do not fit are dropped and counted, and the
//! service continues.

use std::{
    io::{self, Write},
    mem,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The bytes of lines that may wait, beside as many that are being written. A log of one busy second fits.
const WAITING_MAX: usize = 512 * 1024;

/// The lines that wait, and the count of those that were dropped.
#[derive(Debug)]
pub(super) struct LogQueue {
    lines: Mutex<LogLines>,
    /// Wakes the thread that writes.
    filled: Condvar,
    /// Wakes those that wait for the end of the writing.
    written: Condvar,
    dropped: AtomicU64,
}

#[derive(Debug)]
struct LogLines {
    waiting: Vec<u8>,
    /// Whether lines that were taken from here are being written.
    is_writing: bool,
}

impl LogQueue {
    pub(super) const fn new() -> Self {
        Self {
            lines: Mutex::new(LogLines { waiting: Vec::new(), is_writing: false }),
            filled: Condvar::new(),
            written: Condvar::new(),
            dropped: AtomicU64::new(0),
        }
    }

    /// Returns the number of lines that were dropped since the start.
    pub(super) fn count_dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// A panic while the lock is held leaves whole lines behind, so the lock stays usable.
    fn lock(&self) -> MutexGuard<'_, LogLines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a line, or drops and counts it if there is no room.
    fn add_line(&self, line: &[u8]) {
        let mut lines = self.lock();
        if lines.waiting.len() + line.len() > WAITING_MAX {
            drop(lines);
            self.count_as_dropped(line);
            return;
        }
        lines.waiting.extend_from_slice(line);
        drop(lines);
        self.filled.notify_one();
    }

    fn count_as_dropped(&self, lines: &[u8]) {
        let count = lines.split(|byte| *byte == b'\n').count().saturating_sub(1);
        self.dropped.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Writes all lines to `to`, without an end. Lines that cannot be written are dropped and counted.
    pub(super) fn write_lines_to(&self, to: impl Write) {
        let mut output = LogOutput { to, ends_within_line: false };
        let (mut batch, mut reported) = (Vec::new(), 0);
        loop {
            self.take_lines(&mut batch);
            let unwritten = output.write_batch(&batch);
            self.count_as_dropped(unwritten);
            let (dropped, arrived) = (self.count_dropped(), unwritten.is_empty());
            batch.clear();
            self.lock().is_writing = false;
            self.written.notify_all();
            if arrived && dropped > reported {
                tracing::warn!(lines = dropped - reported, "log lines were dropped");
                reported = dropped;
            }
        }
    }

    /// Waits for lines, and exchanges them for the empty `batch`.
    fn take_lines(&self, batch: &mut Vec<u8>) {
        let mut lines = self.lock();
        while lines.waiting.is_empty() {
            lines = self.filled.wait(lines).unwrap_or_else(PoisonError::into_inner);
        }
        mem::swap(batch, &mut lines.waiting);
        lines.is_writing = true;
    }

    /// Waits until all lines are written or dropped, for at most `patience`.
    pub(super) fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let mut lines = self.lock();
        while lines.is_writing || !lines.waiting.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.written.wait_timeout(lines, left);
            (lines, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Appends what it gets to the queue. `tracing` writes each entry with one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogWriter(&'static LogQueue);

impl LogWriter {
    pub(super) const fn new(queue: &'static LogQueue) -> Self {
        Self(queue)
    }
}

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add_line(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The output of the log.
struct LogOutput<W> {
    to: W,
    /// Whether the last failure came in the middle of a line. The next line must not continue it.
    ends_within_line: bool,
}

impl<W: Write> LogOutput<W> {
    /// Writes lines, and returns those that could not be written.
    fn write_batch<'b>(&mut self, batch: &'b [u8]) -> &'b [u8] {
        if self.ends_within_line && self.to.write_all(b"\n").is_err() {
            return batch;
        }
        self.ends_within_line = false;
        let mut left = batch;
        while !left.is_empty() {
            match self.to.write(left) {
                Ok(0) => break,
                Ok(count) => {
                    self.ends_within_line = left.get(count - 1) != Some(&b'\n');
                    left = left.get(count..).unwrap_or_default();
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// An output whose every write waits for an answer: how many bytes it takes, or an error.
    struct SlowOutput {
        answers: Receiver<io::Result<usize>>,
        taken: Sender<Vec<u8>>,
    }

    impl Write for SlowOutput {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = self.answers.recv().map_err(io::Error::other)??.min(bytes.len());
            self.taken.send(bytes[..count].to_vec()).map_err(io::Error::other)?;
            Ok(count)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A queue with the ends of its output.
    fn start() -> (&'static LogQueue, Sender<io::Result<usize>>, Receiver<Vec<u8>>) {
        let queue: &'static LogQueue = Box::leak(Box::new(LogQueue::new()));
        let ((answer, answers), (taken, seen)) = (channel(), channel());
        std::thread::spawn(move || queue.write_lines_to(SlowOutput { answers, taken }));
        (queue, answer, seen)
    }

    fn log(queue: &'static LogQueue, line: &str) {
        LogWriter::new(queue).write_all(line.as_bytes()).unwrap();
    }

    #[test]
    fn lines_beyond_the_limit_are_dropped_and_counted_while_nobody_reads() {
        let (queue, answer, seen) = start();
        let line = format!("{}\n", "x".repeat(1023));
        for _ in 0..2_000 {
            log(queue, &line);
        }
        // One batch is being written, and one waits.
        let kept = 2_000 - queue.count_dropped();
        assert!((512..=1_024).contains(&kept), "{kept}");
        let mut read = 0;
        while read < kept * 1_024 {
            answer.send(Ok(usize::MAX)).unwrap();
            read += u64::try_from(seen.recv().unwrap().len()).unwrap();
        }
        assert_eq!(read, kept * 1_024);
        queue.flush(Duration::from_secs(10));
        assert!(queue.lock().waiting.is_empty());
    }

    #[test]
    fn failed_output_drops_and_counts_lines_and_later_ones_arrive_whole() {
        let (queue, answer, seen) = start();
        log(queue, "first\n");
        answer.send(Ok(2)).unwrap();
        assert_eq!(seen.recv().unwrap(), b"fi");
        answer.send(Err(io::Error::from(io::ErrorKind::StorageFull))).unwrap();
        queue.flush(Duration::from_secs(10));
        assert_eq!(queue.count_dropped(), 1);
        log(queue, "second\n");
        for part in ["\n", "second\n"] {
            answer.send(Ok(usize::MAX)).unwrap();
            assert_eq!(seen.recv().unwrap(), part.as_bytes());
        }
    }

    #[test]
    fn flush_does_not_wait_for_ever() {
        let (queue, answer, _seen) = start();
        log(queue, "nobody reads this\n");
        queue.flush(Duration::from_millis(20));
        assert!(queue.lock().is_writing || !queue.lock().waiting.is_empty());
        drop(answer);
    }
}
