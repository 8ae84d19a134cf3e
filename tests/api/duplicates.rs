//! The same record twice: `POST` takes it and warns, an import refuses the row.

use calamine::Data;
use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_members, helpers::Caller, report_fixtures::spawn_with_open_cycle,
    sheet_file::SheetFile,
};

fn project_body(title: &str) -> Value {
    json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": title, "summary": "What it is about.",
        "focus_area": "civic-and-social", "starts_on": "2020-01-01", "ends_on": "2024-12-31"
    })
}

async fn create_part(officer: &Caller<'_>, kind: &str, body: &Value, status: u16) -> Value {
    let path = format!("projects/da-nang-1/{kind}");
    officer.post(&path, body).await.expect(status).json()
}

/// Adds a row to a sheet.
fn add_row(file: &mut SheetFile, sheet: &str, cells: &[(&str, &str)]) {
    let cells: Vec<(&str, Data)> = cells.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    file.add(sheet, &cells);
}

fn add_project_row(file: &mut SheetFile, title: &str, continues: Option<&str>) {
    let mut cells = vec![
        ("title", title),
        ("summary", "What it is about."),
        ("focus_area", "civic-and-social"),
        ("starts_on", "2020-01-01"),
        ("ends_on", "2024-12-31"),
    ];
    cells.extend(continues.map(|code| ("continues", code)));
    add_row(file, "projects", &cells);
}

/// The faults of a preview: sheet, pointer, code and existing record.
fn list_faults(view: &Value) -> Vec<String> {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let line = |f: &Value| {
        let [sheet, pointer, code, existing] =
            ["sheet", "pointer", "code", "existing"].map(|name| text(&f[name]));
        format!("{sheet} {pointer} {code} {existing}")
    };
    view["faults"].as_array().unwrap().iter().map(line).collect()
}

#[actix_web::test]
async fn post_of_a_project_with_a_title_of_its_city_is_201_with_a_warning() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let first = officer.post("projects", &project_body("Đèn đường thông minh")).await.expect(201);
    insta::assert_snapshot!(first.show_members(&["code", "warnings"]), @r#"
    201
    code: "da-nang-2"
    warnings: (absent)
    "#);
    for title in [
        "Đèn đường thông minh",
        "đèn đường THÔNG MINH",
        " Đèn  đường thông minh",
        "Đèn\u{A0}đường\u{200B} thông minh",
        "Đe\u{300}n đường thông minh",
    ] {
        let second = officer.post("projects", &project_body(title)).await.expect(201).json();
        let expected = json!([{ "code": "duplicate", "existing": "da-nang-2" }]);
        assert_eq!(second["warnings"], expected, "{title:?}");
        let path = format!("projects/{}", second["code"].as_str().unwrap());
        assert_eq!(officer.get(&path).await.expect(200).json().get("warnings"), None);
    }
    let other = officer.post("projects", &project_body("Den duong thong minh")).await.expect(201);
    assert_eq!(other.json().get("warnings"), None);
}

#[actix_web::test]
async fn project_of_a_different_city_or_one_that_is_continued_is_no_duplicate() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut body = project_body("Project 1 of da-nang");
    body["continues"] = json!("da-nang-1");
    let next = officer.post("projects", &body).await.expect(201).json();
    assert_eq!((&next["code"], next.get("warnings")), (&json!("da-nang-2"), None));
    body["continues"] = json!("da-nang-2");
    let third = officer.post("projects", &body).await.expect(201).json();
    assert_eq!((&third["code"], third.get("warnings")), (&json!("da-nang-3"), None));
    let mut elsewhere = project_body("Project 1 of da-nang");
    elsewhere["city"] = json!("ha-noi");
    let elsewhere = app.officer("ha-noi").await.post("projects", &elsewhere).await.expect(201);
    assert_eq!(elsewhere.json().get("warnings"), None);
}

#[actix_web::test]
async fn post_of_a_part_that_is_there_is_201_with_a_warning() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for (kind, body, second) in [
        (
            "milestones",
            json!({ "title": "Depot opens", "due_on": "2024-06-30" }),
            json!({ "title": "depot OPENS", "due_on": "2025-06-30" }),
        ),
        (
            "indicators",
            json!({ "name": "Passengers", "kind": "outcome", "unit": "a day", "better": "up" }),
            json!({ "name": "Passengers ", "kind": "output", "unit": "a year", "better": "up" }),
        ),
        (
            "partnerships",
            json!({ "as_stated": "The Bank", "role": "funder", "stage": "mou", "note": "One." }),
            json!({ "as_stated": "the  bank", "role": "funder", "stage": "mou", "note": "one.",
                    "amount": { "amount_minor": 5, "currency": "USD" } }),
        ),
    ] {
        let first = create_part(&officer, kind, &body, 201).await;
        assert_eq!(first.get("warnings"), None, "{kind}");
        let second = create_part(&officer, kind, &second, 201).await;
        let expected = json!([{ "code": "duplicate", "existing": first["id"] }]);
        assert_eq!(second["warnings"], expected, "{kind}");
    }
    // The database takes no second milestone with the same title on the same day.
    let same = json!({ "title": "Depot opens", "due_on": "2024-06-30" });
    create_part(&officer, "milestones", &same, 409).await;
    // A different role is a different partnership.
    let lender =
        json!({ "as_stated": "The Bank", "role": "lender", "stage": "mou", "note": "One." });
    assert_eq!(create_part(&officer, "partnerships", &lender, 201).await.get("warnings"), None);
}

#[actix_web::test]
async fn import_refuses_rows_without_a_key_that_repeat_a_record() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let milestone = json!({ "title": "Depot opens", "due_on": "2024-06-30" });
    let milestone = create_part(&officer, "milestones", &milestone, 201).await;
    let indicator =
        json!({ "name": "Passengers", "kind": "outcome", "unit": "a day", "better": "up" });
    let indicator = create_part(&officer, "indicators", &indicator, 201).await;
    let partnership = json!({ "as_stated": "The Bank", "role": "funder", "stage": "mou" });
    let partnership = create_part(&officer, "partnerships", &partnership, 201).await;
    let mut file = officer.read_workbook().await;
    add_project_row(&mut file, "PROJECT 1\u{A0}of  da-nang", None);
    let row = [("project", "da-nang-1"), ("title", "Depot opens"), ("due_on", "2024-06-30")];
    add_row(&mut file, "milestones", &row);
    let row = [
        ("project", "da-nang-1"),
        ("name", "passengers"),
        ("kind", "outcome"),
        ("unit", "a day"),
        ("better", "up"),
    ];
    add_row(&mut file, "indicators", &row);
    let row =
        [("project", "da-nang-1"), ("as_stated", "the bank"), ("role", "funder"), ("stage", "mou")];
    add_row(&mut file, "partnerships", &row);
    let view = officer.preview_import(&file).await;
    let id = |part: &Value| part["id"].as_str().unwrap().to_owned();
    let expected = [
        "projects /title duplicate da-nang-1".to_owned(),
        format!("milestones /title duplicate {}", id(&milestone)),
        format!("indicators /name duplicate {}", id(&indicator)),
        format!("partnerships /as_stated duplicate {}", id(&partnership)),
    ];
    assert_eq!(list_faults(&view), expected);
    // The import itself is refused with the same keys.
    let refused = officer.import_workbook(&file).await.expect(422).json();
    let existing = |f: &Value| f["existing"].as_str().unwrap().to_owned();
    let named: Vec<String> = refused["errors"].as_array().unwrap().iter().map(existing).collect();
    assert_eq!(named[0], "da-nang-1");
    assert_eq!(named[1..], [id(&milestone), id(&indicator), id(&partnership)]);
    insta::assert_snapshot!(
        show_members(&refused, &["errors/0"]),
        @r#"
    errors/0: {
      "code": "duplicate",
      "detail": "projects!C5: a project of this title is there already: da-nang-1",
      "existing": "da-nang-1",
      "parameter": null,
      "pointer": "/title"
    }
    "#
    );
}

#[actix_web::test]
async fn row_that_repeats_a_row_of_the_same_file_names_the_row_and_no_key() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let due = ["2024-06-30", "2025-06-30"];
    for day in due {
        add_row(
            &mut file,
            "milestones",
            &[("project", "da-nang-1"), ("title", "Depot opens"), ("due_on", day)],
        );
    }
    let view = officer.preview_import(&file).await;
    assert_eq!(list_faults(&view), ["milestones /title duplicate -"]);
    let detail = view["faults"][0]["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("the project has the same among its milestones already: row "),
        "{detail}"
    );
}

#[actix_web::test]
async fn imported_project_that_continues_a_project_may_keep_its_title() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    add_project_row(&mut file, "Project 1 of da-nang", Some("da-nang-1"));
    officer.import_workbook(&file).await.expect(200);
    let made = officer.get("projects/da-nang-2").await.expect(200).json();
    assert_eq!(made["continues"], "da-nang-1");
}
