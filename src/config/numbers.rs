//! Numbers and switches in settings.

use std::num::NonZeroU32;

use super::reader::ParseResult;

pub(super) fn parse_switch(text: &str) -> ParseResult<bool> {
    match text {
        "true" | "on" => Ok(true),
        "false" | "off" => Ok(false),
        _ => Err("expected on, off, true or false".to_owned()),
    }
}

/// Reads a limit. `off` stands for no limit. 0 is refused, because it could mean no limit or no request.
pub(super) fn parse_limit(text: &str) -> ParseResult<Option<NonZeroU32>> {
    if text == "off" {
        return Ok(None);
    }
    let invalid = || "expected a whole number from 1, or off".to_owned();
    text.parse().ok().ok_or_else(invalid).map(Some)
}

pub(super) fn parse_queue_length(text: &str) -> ParseResult<usize> {
    match text.parse() {
        Ok(jobs @ 1..=65_536) => Ok(jobs),
        Ok(_) | Err(_) => Err("expected a whole number from 1 to 65536".to_owned()),
    }
}

/// Reads a number of mebibytes and returns it in bytes.
pub(super) fn parse_mebibytes(text: &str) -> ParseResult<u64> {
    match text.parse::<u64>() {
        Ok(count @ 0..=65_536) => Ok(count * 1_048_576),
        Ok(_) | Err(_) => Err("expected a whole number from 0 to 65536".to_owned()),
    }
}
