//! Whole numbers that are written with a fraction of zeros. JSON Schema counts `6.0` and `6e0` as integers.

use crate::domain::value::MAX_SAFE_INTEGER;

/// Returns the whole number that a floating-point number stands for: `6.0` is 6. `None` if it has a fraction, or if it
/// is beyond ±(2^53 − 1), where a floating-point number does not tell every integer.
pub(super) fn to_whole_number(value: f64) -> Option<i64> {
    if value.fract() != 0.0 {
        return None;
    }
    // A whole number is written without a point and without an exponent.
    let whole: i64 = format!("{value:.0}").parse().ok()?;
    (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&whole).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_without_a_fraction_is_whole() {
        for (value, expected) in [
            (6.0, Some(6)),
            (-0.0, Some(0)),
            (-3.0, Some(-3)),
            (9_007_199_254_740_991.0, Some(MAX_SAFE_INTEGER)),
            (9_007_199_254_740_992.0, None),
            (1e300, None),
            (6.5, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(to_whole_number(value), expected, "{value}");
        }
    }
}
