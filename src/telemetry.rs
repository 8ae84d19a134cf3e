//! Sets up the log subscriber.

use std::io;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogFormat, Settings};

/// Starts logging to standard error, in the format and with the filter of the settings.
///
/// Tests call this several times; only the first call has an effect.
pub(crate) fn init_logging(settings: &Settings) {
    // The filter was checked when the settings were read, so the fallback is not expected.
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match settings.log_format {
        LogFormat::Text => subscriber.try_init(),
        // Each log entry is inside one span at most, so a list of spans would repeat it.
        LogFormat::Json => subscriber.json().flatten_event(true).with_span_list(false).try_init(),
    };
    // This fails only if a subscriber is installed already.
    drop(started);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_may_be_started_twice() {
        let settings = Settings::from_vars(std::iter::empty()).unwrap();
        init_logging(&settings);
        init_logging(&settings);
    }
}
