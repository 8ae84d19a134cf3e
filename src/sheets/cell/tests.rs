//! What a cell holds, and what a spreadsheet does to it.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(kind: ColumnKind, cell: impl AsRef<SheetCell>) -> Result<Value, &'static str> {
    parse_cell(kind, cell.as_ref(), DecimalMark::Point).map_err(|fault| fault.code)
}
impl AsRef<Self> for SheetCell {
    fn as_ref(&self) -> &Self {
        self
    }
}
fn typed(s: &str) -> SheetCell {
    SheetCell::Text(s.to_owned())
}

#[test]
fn a_day_is_true_or_written_as_the_standard_has_it() {
    assert_eq!(read(ColumnKind::Day, typed("2026-03-01")), Ok(json!("2026-03-01")));
    assert_eq!(read(ColumnKind::Day, typed("03/01/26")), Err("day"));
    assert_eq!(read(ColumnKind::Day, typed("1.3.2026")), Err("day"));
    assert_eq!(read(ColumnKind::Day, SheetCell::Number(46082.0)), Err("day"));
    assert_eq!(read(ColumnKind::Day, SheetCell::Day(None)), Err("day"));
    let day = NaiveDate::from_ymd_opt(2026, 3, 1);
    assert_eq!(read(ColumnKind::Day, SheetCell::Day(day)), Ok(json!("2026-03-01")));
}

#[test]
fn a_number_is_finite_and_has_a_point() {
    assert_eq!(read(ColumnKind::Number, typed(" 62.5")), Ok(json!(62.5)));
    for wrong in ["62,5", "nan", "inf", "12%", "1 000", "0x10"] {
        assert_eq!(read(ColumnKind::Number, typed(wrong)), Err("number"), "{wrong}");
    }
    assert_eq!(read(ColumnKind::Whole, SheetCell::Number(12.0)), Ok(json!(12)));
    assert_eq!(read(ColumnKind::Whole, SheetCell::Number(12.5)), Err("number"));
    assert_eq!(read(ColumnKind::Whole, SheetCell::Number(1e300)), Err("number"));
    assert_eq!(read(ColumnKind::Whole, typed("250.000")), Err("number"));
    assert_eq!(read(ColumnKind::Wholes, typed("6.000")), Err("number"));
}

#[test]
fn percent_cell_is_the_number_that_is_shown_in_a_percent_column_only() {
    let shown = SheetCell::Percent(60.0);
    assert_eq!(read(ColumnKind::Percent, &shown), Ok(json!(60.0)));
    assert_eq!(read(ColumnKind::Percent, SheetCell::Percent(f64::INFINITY)), Err("number"));
    for text in ["61%", "61 %", "61,5"] {
        assert_eq!(read(ColumnKind::Percent, typed(text)), Err("number"), "{text}");
    }
    for kind in [ColumnKind::Number, ColumnKind::Degrees, ColumnKind::Whole, ColumnKind::Day] {
        assert!(read(kind, &shown).is_err(), "{kind:?}");
    }
    let fault = parse_cell(ColumnKind::Whole, &shown, DecimalMark::Point).unwrap_err();
    assert!(fault.message.to_string().contains("60% can be read as 60 or as 0.6"));
    assert_eq!(read(ColumnKind::Line, &shown), Ok(json!("60%")));
}

#[test]
fn yes_and_no_are_read_in_every_spoken_language() {
    for (text, flag) in [
        ("yes", true),
        ("Có", true),
        ("CO\u{301}", true),
        (" không", false),
        ("No", false),
        ("1", true),
    ] {
        assert_eq!(read(ColumnKind::Flag, typed(text)), Ok(json!(flag)), "{text}");
    }
    assert_eq!(read(ColumnKind::Flag, typed("perhaps")), Err("unknown"));
}

#[test]
fn nothing_is_null_and_never_zero() {
    for kind in
        [ColumnKind::Number, ColumnKind::Whole, ColumnKind::Day, ColumnKind::Line, ColumnKind::Flag]
    {
        assert_eq!(read(kind, SheetCell::Empty), Ok(Value::Null));
        assert_eq!(read(kind, typed("  ")), Ok(Value::Null));
    }
    assert_eq!(read(ColumnKind::Wholes, SheetCell::Empty), Ok(json!([])));
    assert_eq!(render_cell(ColumnKind::Number, &Value::Null), SheetCell::Empty);
    assert_eq!(render_cell(ColumnKind::Number, &json!(0)), SheetCell::Number(0.0));
}

#[test]
fn a_list_is_separated_as_people_separate_it() {
    assert_eq!(read(ColumnKind::Wholes, typed("6; 11,3")), Ok(json!([6, 11, 3])));
    assert_eq!(read(ColumnKind::Wholes, SheetCell::Number(6.0)), Ok(json!([6])));
    assert_eq!(read(ColumnKind::Wholes, typed("six")), Err("number"));
}

#[test]
fn what_a_spreadsheet_does_not_keep_is_no_change() {
    for (there, back) in [
        (json!("a\r\nb"), json!("a\nb")),
        (json!(41.123_456_789_012_345), json!(41.123_456_789_012_3)),
        (json!(9_007_199_254_740_991_i64), json!(9_007_199_254_740_990_i64)),
        (json!(false), Value::Null),
    ] {
        assert!(is_same_value(&there, &back), "{there} {back}");
    }
    for (there, back) in
        [(json!(62.5), json!(62.51)), (json!(0), Value::Null), (json!("a"), json!("A"))]
    {
        assert!(!is_same_value(&there, &back), "{there} {back}");
    }
}

#[test]
fn what_a_formula_failed_at_is_no_value() {
    assert_eq!(read(ColumnKind::Line, SheetCell::Error("#REF!".into())), Err("formula"));
}

// Issue 11, 7.7: East Asian versions of spreadsheets run full-width signs, and some skip a leading line feed.
#[test]
fn full_width_sign_and_leading_line_feed_are_guarded() {
    for text in ["＝1+1", "＋1", "－1", "＠SUM(A1)", "\n=1+1", "'＝1"] {
        assert_eq!(guard_formula(text), format!("'{text}"));
        assert_eq!(strip_guard(&guard_formula(text)), text);
    }
    assert_eq!(guard_formula("1＝1"), "1＝1");
}

proptest! {
    #[test]
    fn a_guarded_text_is_never_run_and_comes_back_as_it_was(text in r"[=+\-@\t\r\n＝＋－＠'a]{0,5}\PC{0,5}") {
        let guarded = guard_formula(&text);
        prop_assert!(!guarded.starts_with(RUN));
        prop_assert_eq!(strip_guard(&guarded), text);
    }
}
