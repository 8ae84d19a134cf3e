//! Reads numbers that are typed as text. A point or a comma can stand before the decimals or between thousands:
//! `250.000` is 250 in one country and 250,000 in the next. A text with two readings is refused, so that no value is
//! wrong by a factor of 1,000 in silence.

use super::message::file;
use crate::domain::{fault::ValueFault, value::MAX_SAFE_INTEGER};

/// The mark before the decimals of a number in a text file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DecimalMark {
    /// A point, as in `62.5`.
    #[default]
    Point,
    /// A point or a comma. A spreadsheet whose decimal mark is the comma does not separate cells by commas.
    PointOrComma,
}

/// The sizes of the numbers in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberRange {
    /// Every value is below 1,000, so that `16.054` has only one possible reading.
    BelowThousand,
    /// Any size.
    Any,
}

/// The digits of a group of thousands.
const GROUP: usize = 3;

/// Parses a whole number in plain digits.
///
/// # Errors
/// Returns the readings of a text with a point, a comma or an exponent, or what was expected.
pub(super) fn parse_whole_text(text: &str) -> Result<i64, ValueFault> {
    if split_sign(text).bytes().all(|b| b.is_ascii_digit()) {
        let number = text.parse().ok();
        return number.filter(|n| is_safe_integer(*n)).ok_or_else(whole_number_fault);
    }
    Err(match *list_readings(text).as_slice() {
        [] => whole_number_fault(),
        [reading] => {
            ValueFault::new("number", file::whole_number_one_reading(&shorten(text), reading))
        }
        [first, second, ..] => {
            let message = file::whole_number_two_readings(&shorten(text), first, second);
            ValueFault::new("number", message)
        }
    })
}

/// Converts a number to a whole number.
///
/// # Errors
/// The number has a fraction, or more digits than a JSON number keeps.
pub(super) fn to_whole_number(number: f64) -> Result<i64, ValueFault> {
    // Converted through its rounded text, which is exact for a whole number. Fractions are refused below.
    let parsed: Option<i64> = format!("{number:.0}").parse().ok();
    parsed.filter(|n| number.fract() == 0.0 && is_safe_integer(*n)).ok_or_else(whole_number_fault)
}

/// Parses a number with decimals.
///
/// # Errors
/// Returns both readings of a text whose point or comma can also stand between thousands, or what was expected.
pub(super) fn parse_decimal_text(
    text: &str,
    mark: DecimalMark,
    range: NumberRange,
) -> Result<f64, ValueFault> {
    let is_mark = |b: u8| b == b'.' || (b == b',' && mark == DecimalMark::PointOrComma);
    let is_plain = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'e' | b'E');
    if !text.bytes().all(|b| is_plain(b) || is_mark(b)) {
        return Err(number_fault());
    }
    let number = parse_finite(&text.replace(',', ".")).ok_or_else(number_fault)?;
    match *list_readings(text).as_slice() {
        [first, second, ..] if range == NumberRange::Any && has_group_of_thousands(text) => {
            let message = file::number_two_readings(&shorten(text), first, second);
            Err(ValueFault::new("number", message))
        }
        _ => Ok(number),
    }
}

/// Returns `true` if a number is one of the readings of a text.
pub(super) fn is_reading(text: &str, number: f64) -> bool {
    list_readings(text).iter().any(|reading| reading.to_string() == number.to_string())
}

/// Writes a number so that [`parse_decimal_text`] reads it back: three decimals get a fourth, which no group of
/// thousands has.
pub(super) fn render_decimal(number: f64) -> String {
    let text = number.to_string();
    if has_group_of_thousands(&text) { text + "0" } else { text }
}

/// Lists the numbers that a text can mean: with its last point or comma before the decimals, and with every point and
/// comma between thousands. A text with an exponent has one reading, and a text that is no number has none.
fn list_readings(text: &str) -> Vec<f64> {
    if text.contains(['e', 'E']) {
        return parse_finite(&text.replace(',', ".")).into_iter().collect();
    }
    if !split_sign(text).bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')) {
        return Vec::new();
    }
    let without_marks = |part: &str| part.replace(['.', ','], "");
    let decimal = text.rsplit_once(['.', ',']).and_then(|(whole, decimals)| {
        let mark = text.get(whole.len()..)?.chars().next()?;
        // A mark that stands twice separates thousands.
        let is_single = !whole.contains(mark);
        is_single.then(|| format!("{}.{decimals}", without_marks(whole)))
    });
    let mut readings: Vec<f64> = decimal.as_deref().and_then(parse_finite).into_iter().collect();
    if let Some(grouped) = parse_finite(&without_marks(text)) {
        readings.push(grouped);
    }
    readings.dedup();
    readings
}

/// Returns `true` for a text such as `1.250` or `250,000`: one mark, with a group of thousands before and after it. No
/// group begins with a zero.
fn has_group_of_thousands(text: &str) -> bool {
    let is_group = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    split_sign(text).split_once(['.', ',']).is_some_and(|(first, second)| {
        (1..=GROUP).contains(&first.len())
            && !first.starts_with('0')
            && second.len() == GROUP
            && is_group(first)
            && is_group(second)
    })
}

fn split_sign(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn parse_finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|n: &f64| n.is_finite())
}

fn is_safe_integer(number: i64) -> bool {
    (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&number)
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Returns the fault of a cell that holds no number.
pub(super) fn number_fault() -> ValueFault {
    ValueFault::new("number", file::number())
}

fn whole_number_fault() -> ValueFault {
    ValueFault::new("number", file::whole_number())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_whole(text: &str) -> Result<i64, String> {
        parse_whole_text(text).map_err(|fault| fault.message.to_string())
    }

    fn read_decimal(text: &str, mark: DecimalMark) -> Result<f64, String> {
        parse_decimal_text(text, mark, NumberRange::Any).map_err(|fault| fault.message.to_string())
    }

    #[test]
    fn whole_number_with_a_mark_or_an_exponent_is_refused_with_its_readings() {
        assert_eq!(read_whole("250000"), Ok(250_000));
        assert_eq!(read_whole("-7"), Ok(-7));
        for (text, readings) in [
            ("250.000", "250.000 can be read as 250 or as 250000"),
            ("250,000", "250,000 can be read as 250 or as 250000"),
            ("62.5", "62.5 can be read as 62.5 or as 625"),
            ("1.250,50", "1.250,50 can be read as 1250.5 or as 125050"),
            ("1.250.000", "1.250.000 can be read as 1250000"),
            ("2.5E+11", "2.5E+11 can be read as 250000000000"),
            ("1e3", "1e3 can be read as 1000"),
        ] {
            let told = read_whole(text).unwrap_err();
            assert!(told.ends_with(readings), "{text}: {told}");
        }
        for text in ["", "-", "twelve", "12%", "1 000", "0x10", ".", "9007199254740992"] {
            assert!(read_whole(text).unwrap_err().starts_with("a whole number is expected"));
        }
        assert!(read_whole("-9223372036854775808").is_err());
        assert!(to_whole_number(-9_223_372_036_854_775_808.0).is_err());
    }

    #[test]
    fn decimal_comma_is_read_in_files_that_do_not_separate_by_commas() {
        assert_eq!(read_decimal("62,5", DecimalMark::PointOrComma), Ok(62.5));
        assert_eq!(read_decimal("62.5", DecimalMark::PointOrComma), Ok(62.5));
        assert_eq!(read_decimal("-0,125", DecimalMark::PointOrComma), Ok(-0.125));
        assert_eq!(read_decimal("1.5e3", DecimalMark::Point), Ok(1500.0));
        for text in ["62,5", "1.250,5", "1,250.5", "nan", "inf", "12%", "1 000", "", "1.2.3"] {
            assert!(read_decimal(text, DecimalMark::Point).is_err(), "{text}");
        }
        assert!(read_decimal("1.250,5", DecimalMark::PointOrComma).is_err());
    }

    #[test]
    fn decimal_number_that_can_be_a_group_of_thousands_is_refused_with_both_readings() {
        let told = read_decimal("1.250", DecimalMark::Point).unwrap_err();
        assert!(told.contains("1.250 can be read as 1.25 or as 1250"), "{told}");
        assert!(read_decimal("250,000", DecimalMark::PointOrComma).is_err());
        for (text, number) in [("0.125", 0.125), ("1.2500", 1.25), ("1250.125", 1250.125)] {
            assert_eq!(read_decimal(text, DecimalMark::Point), Ok(number));
        }
        let degrees = parse_decimal_text("16.054", DecimalMark::Point, NumberRange::BelowThousand);
        assert_eq!(degrees, Ok(16.054));
    }

    #[test]
    fn rendered_number_has_one_reading() {
        for (number, text) in [(1.125, "1.1250"), (0.125, "0.125"), (62.5, "62.5"), (3.0, "3")] {
            assert_eq!(render_decimal(number), text);
            assert_eq!(read_decimal(text, DecimalMark::Point), Ok(number));
        }
        assert!(is_reading("1.125", 1.125) && is_reading("1.125", 1125.0));
        assert!(!is_reading("1.125", 11.25));
    }
}
