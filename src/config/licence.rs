//! The licence of the data of releases.

/// Parses an SPDX identifier, such as `CC-BY-4.0`.
///
/// # Errors
/// The text cannot be an identifier.
pub(super) fn parse_licence(text: &str) -> Result<String, String> {
    let is_word = |text: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))
    };
    if (1..=64).contains(&text.len()) && is_word(text) {
        Ok(text.to_owned())
    } else {
        Err("expected an SPDX identifier, as CC-BY-4.0".to_owned())
    }
}
