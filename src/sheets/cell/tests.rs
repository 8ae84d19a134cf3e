//! What a cell holds, and what a spreadsheet does to it.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(kind: Kind, cell: impl AsRef<Cell>) -> Result<Value, &'static str> {
    value(kind, cell.as_ref()).map_err(|fault| fault.code)
}
impl AsRef<Self> for Cell {
    fn as_ref(&self) -> &Self {
        self
    }
}
fn typed(s: &str) -> Cell {
    Cell::Text(s.to_owned())
}

#[test]
fn a_day_is_true_or_written_as_the_standard_has_it() {
    assert_eq!(read(Kind::Day, typed("2026-03-01")), Ok(json!("2026-03-01")));
    assert_eq!(read(Kind::Day, typed("03/01/26")), Err("day"));
    assert_eq!(read(Kind::Day, typed("1.3.2026")), Err("day"));
    assert_eq!(read(Kind::Day, Cell::Number(46082.0)), Err("day"));
    assert_eq!(read(Kind::Day, Cell::Day(None)), Err("day"));
    let day = NaiveDate::from_ymd_opt(2026, 3, 1);
    assert_eq!(read(Kind::Day, Cell::Day(day)), Ok(json!("2026-03-01")));
}

#[test]
fn a_number_is_finite_and_has_a_point() {
    assert_eq!(read(Kind::Number, typed(" 62.5")), Ok(json!(62.5)));
    for wrong in ["62,5", "nan", "inf", "12%", "1 000", "0x10"] {
        assert_eq!(read(Kind::Number, typed(wrong)), Err("number"), "{wrong}");
    }
    assert_eq!(read(Kind::Whole, Cell::Number(12.0)), Ok(json!(12)));
    assert_eq!(read(Kind::Whole, Cell::Number(12.5)), Err("number"));
    assert_eq!(read(Kind::Whole, Cell::Number(1e300)), Err("number"));
}

#[test]
fn nothing_is_null_and_never_zero() {
    for kind in [Kind::Number, Kind::Whole, Kind::Day, Kind::Line, Kind::Flag] {
        assert_eq!(read(kind, Cell::Empty), Ok(Value::Null));
        assert_eq!(read(kind, typed("  ")), Ok(Value::Null));
    }
    assert_eq!(read(Kind::Wholes, Cell::Empty), Ok(json!([])));
    assert_eq!(cell(Kind::Number, &Value::Null), Cell::Empty);
    assert_eq!(cell(Kind::Number, &json!(0)), Cell::Number(0.0));
}

#[test]
fn a_list_is_separated_as_people_separate_it() {
    assert_eq!(read(Kind::Wholes, typed("6; 11,3")), Ok(json!([6, 11, 3])));
    assert_eq!(read(Kind::Wholes, Cell::Number(6.0)), Ok(json!([6])));
    assert_eq!(read(Kind::Wholes, typed("six")), Err("number"));
}

#[test]
fn what_a_spreadsheet_does_not_keep_is_no_change() {
    for (there, back) in [
        (json!("a\r\nb"), json!("a\nb")),
        (json!(41.123_456_789_012_345), json!(41.123_456_789_012_3)),
        (json!(9_007_199_254_740_991_i64), json!(9_007_199_254_740_990_i64)),
        (json!(false), Value::Null),
    ] {
        assert!(is_same(&there, &back), "{there} {back}");
    }
    for (there, back) in
        [(json!(62.5), json!(62.51)), (json!(0), Value::Null), (json!("a"), json!("A"))]
    {
        assert!(!is_same(&there, &back), "{there} {back}");
    }
}

#[test]
fn what_a_formula_failed_at_is_no_value() {
    assert_eq!(read(Kind::Line, Cell::Error("#REF!".into())), Err("formula"));
}

proptest! {
    #[test]
    fn a_guarded_text_is_never_run_and_comes_back_as_it_was(text in r"[=+\-@\t\r'a]{0,5}\PC{0,5}") {
        let guarded = guard(&text);
        prop_assert!(!guarded.starts_with(RUN));
        prop_assert_eq!(unguard(&guarded), text);
    }
}
