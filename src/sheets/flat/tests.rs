use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx as Book};
use proptest::prelude::*;

use super::*;

const COLUMNS: &[TableColumn] = &[
    new_column("key", DatumType::Text, "The key."),
    new_column("count", DatumType::Integer, "How many."),
    new_column("mean", DatumType::Number, "The mean; empty where nothing is known."),
    new_column("on", DatumType::Day, "The day."),
    new_column("pilot", DatumType::Bool, "Whether it is one."),
    new_column("at", DatumType::Instant, "When."),
];

fn about() -> TableMetadata {
    TableMetadata {
        name: "table".to_owned(),
        title: "A table".to_owned(),
        notes: vec![("basis".to_owned(), "me-2022, cut off on 2022-09-21".to_owned())],
    }
}

fn rows() -> Vec<Vec<Datum>> {
    vec![
        vec![
            "=1+1".into(),
            9_i64.into(),
            62.5.into(),
            NaiveDate::from_ymd_opt(2022, 9, 21).into(),
            true.into(),
            DateTime::from_timestamp(1_700_000_000, 0).into(),
        ],
        vec![
            "Đà Nẵng, \"ເວີ ຈັນ\"\nကမ္ဘာ".into(),
            9_007_199_254_740_991_i64.into(),
            Datum::Empty,
            Datum::Empty,
            false.into(),
            Datum::Empty,
        ],
    ]
}

fn written(format: TableFormat, rows: &[Vec<Datum>]) -> Vec<u8> {
    written_under(COLUMNS, format, rows)
}

fn written_under(columns: &[TableColumn], format: TableFormat, rows: &[Vec<Datum>]) -> Vec<u8> {
    let mut to = Cursor::new(Vec::new());
    let mut sink = format.begin_table(&about(), columns, &mut to).unwrap();
    for row in rows {
        sink.write_row(row).unwrap();
    }
    sink.finish().unwrap();
    to.into_inner()
}

#[test]
fn csv_has_a_header_iso_days_guarded_texts_and_nothing_for_what_is_unknown() {
    let text = String::from_utf8(written(TableFormat::Csv, &rows())).unwrap();
    assert_eq!(
        text,
        "key,count,mean,on,pilot,at\r\n\
         '=1+1,9,62.5,2022-09-21,true,2023-11-14T22:13:20Z\r\n\
         \"Đà Nẵng, \"\"ເວີ ຈັນ\"\"\nကမ္ဘာ\",9007199254740991,,,false,\r\n"
    );
}

#[test]
fn lines_are_objects_with_the_columns_in_their_order() {
    let text = String::from_utf8(written(TableFormat::Lines, &rows())).unwrap();
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        r#"{"key":"=1+1","count":9,"mean":62.5,"on":"2022-09-21","pilot":true,"at":"2023-11-14T22:13:20Z"}"#
    );
    let second: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    assert_eq!(second["key"], "Đà Nẵng, \"ເວີ ຈັນ\"\nကမ္ဘာ");
    assert!(second["mean"].is_null() && text.ends_with("}\n"));
}

#[test]
fn a_workbook_has_typed_cells_and_a_sheet_that_explains() {
    let mut book: Book<_> = Book::new(Cursor::new(written(TableFormat::Xlsx, &rows()))).unwrap();
    assert_eq!(book.sheet_names(), ["data", "about"]);
    let data = book.worksheet_range("data").unwrap();
    let at = |row, column| data.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    assert_eq!(at(0, 2), Data::String("mean".into()));
    assert_eq!((at(1, 0), at(1, 1)), (Data::String("'=1+1".into()), Data::Float(9.0)));
    assert!(matches!(at(1, 3), Data::DateTime(_)), "{:?}", at(1, 3));
    assert_eq!((at(1, 4), at(2, 2)), (Data::Bool(true), Data::Empty));
    // A spreadsheet would round it.
    assert_eq!(at(2, 1), Data::String("9007199254740991".into()));
    let about = book.worksheet_range("about").unwrap();
    let texts: Vec<String> = about.cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert!(texts.contains(&"How many.".to_owned()) && texts.contains(&"A table".to_owned()));
}

#[test]
fn a_list_longer_than_a_cell_stands_on_a_sheet_of_its_own_in_a_workbook() {
    let columns = [
        new_column("city", DatumType::Text, "The city."),
        new_column("projects", DatumType::Integer, "How many."),
        new_column("project_codes", DatumType::Text, "Which.").with_item_name("project"),
    ];
    let codes: Vec<String> = (1..=3_000).map(|n| format!("da-nang-{n}")).collect();
    let rows = [
        vec!["da-nang".into(), 3_000_i64.into(), codes.join(BETWEEN).into()],
        vec!["hue".into(), 0_i64.into(), "".into()],
    ];
    let mut book: Book<_> =
        Book::new(Cursor::new(written_under(&columns, TableFormat::Xlsx, &rows))).unwrap();
    assert_eq!(book.sheet_names(), ["data", "about", "project_codes"]);
    let data = book.worksheet_range("data").unwrap();
    assert_eq!(data.get_size(), (3, 2));
    let list = book.worksheet_range("project_codes").unwrap();
    let told: Vec<Vec<String>> =
        list.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert_eq!((told.len(), &*told[0]), (3_001, &["city".to_owned(), "project".to_owned()][..]));
    assert_eq!(told[3_000], ["da-nang", "da-nang-3000"]);
    // The other formats have no such limit: one cell, one member.
    for format in [TableFormat::Csv, TableFormat::Lines] {
        let text = String::from_utf8(written_under(&columns, format, &rows)).unwrap();
        assert!(text.contains(&codes.join("; ")) && text.lines().count() <= 3, "{text:.100}");
    }
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    for format in [TableFormat::Csv, TableFormat::Xlsx, TableFormat::Lines] {
        assert_eq!(written(format, &rows()), written(format, &rows()), "{}", format.as_str());
    }
}

proptest! {
    #[test]
    fn whatever_stands_in_a_text_comes_back(text in "[^\u{0}\r]{0,40}", n in any::<i64>()) {
        let row = vec![
            Datum::Text(text.clone()), n.into(), Datum::Empty, Datum::Empty, true.into(), Datum::Empty,
        ];
        let csv_text = written(TableFormat::Csv, std::slice::from_ref(&row));
        let mut reader = ::csv::Reader::from_reader(csv_text.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        prop_assert_eq!(crate::sheets::cell::strip_guard(&record[0]), &text);
        prop_assert_eq!(&record[1], n.to_string());
        let line = written(TableFormat::Lines, &[row]);
        let value: Value = serde_json::from_slice(&line).unwrap();
        prop_assert_eq!(value["key"].as_str(), Some(text.as_str()));
        prop_assert_eq!(value["count"].as_i64(), Some(n));
    }

    #[test]
    fn whole_numbers_of_fifteen_digits_stay_exact(n in -999_999_999_999_999_i64..=999_999_999_999_999) {
        let told = format!("{:.0}", super::xlsx::to_exact_number(n));
        prop_assert_eq!(told.parse::<i64>().unwrap(), n);
    }
}
