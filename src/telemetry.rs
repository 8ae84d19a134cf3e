//! Sets up the log subscriber.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    thread,
    time::Duration,
};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogFormat, Settings};

mod log_queue;

use log_queue::{LogQueue, LogWriter};

/// How long the end of the program waits for the last log lines to be written.
const FLUSH_MAX: Duration = Duration::from_secs(1);

/// The log lines of this process.
static LOG: LogQueue = LogQueue::new();

/// Starts logging to standard error, in the format and with the filter of the settings.
///
/// A thread of its own writes the lines, so that no other thread waits for the reader of the log. Tests call this
/// several times; only the first call has an effect.
///
/// # Errors
/// The thread that writes the lines cannot be started.
pub(crate) fn init_logging(settings: &Settings) -> std::io::Result<()> {
    // The filter was checked when the settings were read, so the fallback is not expected.
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = fmt().with_env_filter(filter).with_writer(|| LogWriter::new(&LOG));
    let started = match settings.log_format {
        LogFormat::Text => subscriber.try_init(),
        // Each log entry is inside one span at most, so a list of spans would repeat it.
        LogFormat::Json => subscriber.json().flatten_event(true).with_span_list(false).try_init(),
    };
    // This fails only if a subscriber is installed already.
    if started.is_ok() {
        let write = || LOG.write_lines_to(std::io::stderr());
        thread::Builder::new().name("log".to_owned()).spawn(write)?;
    }
    Ok(())
}

/// Logs panics from now on. The standard library prints them to standard error instead, and so a reader of the log that
/// stands still would stop the thread that panicked.
pub(crate) fn log_panics() {
    panic::set_hook(Box::new(log_panic));
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let text = panic.payload_as_str().unwrap_or("a panic without a text");
    let at = panic.location().map(tracing::field::display);
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
    let backtrace = backtrace.map(tracing::field::display);
    let thread = thread::current();
    tracing::error!(text, at, thread = thread.name(), backtrace, "a thread panicked");
}

/// Waits until the log lines so far are written, for at most a second. Call it before the program ends.
pub(crate) fn flush_log() {
    LOG.flush(FLUSH_MAX);
}

/// Returns the number of log lines that were dropped since the start.
pub(crate) fn count_dropped_lines() -> u64 {
    LOG.count_dropped()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_may_be_started_twice() {
        let settings = Settings::from_vars(std::iter::empty()).unwrap();
        init_logging(&settings).unwrap();
        init_logging(&settings).unwrap();
    }
}
