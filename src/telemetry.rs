//! The log subscriber. What is logged, and what never is, is up to those who log.

use std::io;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogFormat, Settings};

/// Starts logging to standard error, in the form and detail that the settings ask for.
///
/// May be called again, as tests do: the first subscriber stays.
pub(crate) fn init_logging(settings: &Settings) {
    // The filter was checked when the settings were read, so the other arm is not expected.
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match settings.log_format {
        LogFormat::Text => subscriber.try_init(),
        // A request has one span: the list of them would say it twice.
        LogFormat::Json => subscriber.json().flatten_event(true).with_span_list(false).try_init(),
    };
    // It fails only where a subscriber is installed already.
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
