//! The settings of the log: its form and its filter.

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::reader::ParseResult;

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

impl LogFormat {
    pub(super) fn parse(text: &str) -> ParseResult<Self> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("expected text or json".to_owned()),
        }
    }
}

/// Checks a filter of `tracing` and returns it as it is.
///
/// A single word that is no level is refused: `tracing` takes it for the name of a module and logs nothing else.
pub(super) fn parse_log_filter(text: &str) -> ParseResult<String> {
    let is_clear = |part: &str| part.contains(['=', '[']) || part.parse::<LevelFilter>().is_ok();
    match EnvFilter::try_new(text) {
        Ok(_) if text.split(',').all(|part| is_clear(part.trim())) => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err("expected a level (error, warn, info, debug, trace) or a filter as \
                 info,ascn_tracker=debug"
            .to_owned()),
    }
}
