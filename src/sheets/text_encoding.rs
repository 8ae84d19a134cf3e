//! Decodes text files: UTF-8, or UTF-16 with a byte order mark.

use std::borrow::Cow;

use super::{grid::UnreadableFile, message::file};

/// Decodes a text file, and removes its byte order mark.
///
/// # Errors
/// The file is in a different encoding, or ends within a character.
pub(super) fn decode_text(bytes: &[u8]) -> Result<Cow<'_, str>, UnreadableFile> {
    match bytes {
        [0xff, 0xfe, units @ ..] => decode_utf16(units, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, units @ ..] => decode_utf16(units, u16::from_be_bytes).map(Cow::Owned),
        _ => decode_utf8(bytes).map(Cow::Borrowed),
    }
}

fn decode_utf8(bytes: &[u8]) -> Result<&str, UnreadableFile> {
    let text =
        std::str::from_utf8(bytes).map_err(|e| describe_other_encoding(bytes, e.valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Names the line at which a text is no UTF-8 any more. `valid` is the number of bytes before.
fn describe_other_encoding(bytes: &[u8], valid: usize) -> UnreadableFile {
    let before = bytes.iter().take(valid).filter(|byte| **byte == b'\n').count();
    UnreadableFile::new("not_utf8", file::not_utf8(before + 1))
}

fn decode_utf16(bytes: &[u8], to_unit: fn([u8; 2]) -> u16) -> Result<String, UnreadableFile> {
    let (units, rest) = bytes.as_chunks::<2>();
    let characters = char::decode_utf16(units.iter().map(|unit| to_unit(*unit)));
    let text = characters.collect::<Result<String, _>>().ok().filter(|_| rest.is_empty());
    text.ok_or_else(|| UnreadableFile::new("not_utf16", file::not_utf16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str, mark: [u8; 2], to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(to_bytes)).collect()
    }

    #[test]
    fn utf16_with_a_byte_order_mark_is_decoded() {
        let text = "id,Đà Nẵng,𝄞";
        let little = encode(text, [0xff, 0xfe], u16::to_le_bytes);
        let big = encode(text, [0xfe, 0xff], u16::to_be_bytes);
        assert_eq!(decode_text(&little).unwrap(), text);
        assert_eq!(decode_text(&big).unwrap(), text);
        assert_eq!(decode_text("\u{feff}id".as_bytes()).unwrap(), "id");
        assert_eq!(decode_text(&[0xff, 0xfe]).unwrap(), "");
    }

    #[test]
    fn utf16_that_is_cut_in_a_character_is_refused() {
        let whole = encode("a𝄞", [0xff, 0xfe], u16::to_le_bytes);
        for cut in [1, 2, 3] {
            let code = decode_text(&whole[..whole.len() - cut]).unwrap_err().code;
            assert_eq!(code, "not_utf16", "{cut}");
        }
        assert_eq!(decode_text(&[0xff]).unwrap_err().code, "not_utf8");
    }
}
