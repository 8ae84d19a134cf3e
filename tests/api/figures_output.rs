//! How figures are told: lists that outgrow a cell, names in the order of the alphabet, what two sides rest on.

use std::io::Cursor;

use ascn_tracker::domain::user::Role;
use calamine::{Reader as _, Xlsx};
use serde_json::{Value, json};

use crate::{
    helpers::TestApp,
    operation_fixture::close_cycle,
    report_fixtures::{
        CYCLE, complete_report_body, cycle_body, file_and_approve, insert_project, report_path,
        spawn_with_open_cycle,
    },
};

#[actix_web::test]
async fn figures_workbook_lists_receipts_on_their_own_sheet() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=focus_area&columns=status&cycle=me-2025&receipts=true";
    let view = reader.get(path).await.expect(200).json();
    let file = reader.download(&format!("{path}&format=xlsx")).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    assert_eq!(book.sheet_names(), ["data", "about", "project_codes"]);
    let rows: Vec<Vec<String>> = book
        .worksheet_range("project_codes")
        .unwrap()
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect();
    let head = [
        "cycle",
        "as_of",
        "release",
        "focus_area",
        "focus_area_name",
        "status",
        "status_name",
        "project",
    ];
    assert_eq!(rows[0], head);
    let told: Vec<[&str; 3]> = rows[1..].iter().map(|r| [&*r[3], &*r[5], &*r[7]]).collect();
    let cells = view["cells"].as_array().unwrap().iter();
    let behind = cells.flat_map(|c| {
        let at = [c["row"].as_str().unwrap(), c["column"].as_str().unwrap()];
        let codes = c["projects"].as_array().unwrap().iter();
        codes.map(move |code| [at[0], at[1], code.as_str().unwrap()])
    });
    assert_eq!(told, behind.collect::<Vec<_>>());
    assert_eq!(told.len(), 134);
    // What is asked for without them has no such sheet.
    let plain = path.replace("&receipts=true", "&format=xlsx");
    let book: Xlsx<_> = Xlsx::new(Cursor::new(reader.download(&plain).await)).unwrap();
    assert_eq!(book.sheet_names(), ["data", "about"]);
}

#[actix_web::test]
async fn progress_rows_are_sorted_by_localised_name() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let names = async |lang: &str| -> Vec<String> {
        let path = format!("figures/progress?by=city&cycle=me-2025&lang={lang}");
        let view = reader.get(&path).await.expect(200).json();
        let rows = view["rows"].as_array().unwrap();
        rows.iter().map(|r| r["name"].as_str().unwrap().to_owned()).collect()
    };
    for (lang, city, after) in [("vi", "Đà Nẵng", "Yangon"), ("en", "Da Nang", "Yangon")] {
        let names = names(lang).await;
        let place = |name: &str| names.iter().position(|n| n == name);
        let (city, after) = (place(city).unwrap(), place(after).unwrap());
        assert!(city < after, "{names:?}");
        assert!(names[city - 1].starts_with(['B', 'C', 'D']), "{names:?}");
    }
}

#[actix_web::test]
async fn compared_spending_csv_has_earlier_and_current_amounts_per_currency() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body("me-2027")).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    for (cycle, amount, currency) in [(CYCLE, 500, "VND"), ("me-2027", 700, "VND")] {
        approve_report_with_spending(&app, ("da-nang-1", cycle), (amount, currency)).await;
    }
    insert_project(&app, "da-nang", 2).await;
    approve_report_with_spending(&app, ("da-nang-2", CYCLE), (30, "USD")).await;
    approve_report_with_spending(&app, ("da-nang-2", "me-2027"), (40, "EUR")).await;
    let path = format!(
        "figures/table?rows=country&measure=spent&cycle=me-2027&compare={CYCLE}&country=VN"
    );
    let reader = app.reader().await;
    let csv = reader.get(&format!("{path}&format=csv")).await.expect(200).text;
    let mut lines = csv.lines();
    let head = lines.next().unwrap();
    assert!(
        head.ends_with("spent_minor,spent_currency,earlier_minor,difference_minor,known,of"),
        "{head}"
    );
    let own: Vec<&str> = lines.filter(|l| l.contains(",VN,")).collect();
    let told: Vec<&str> = own.iter().map(|l| l.split_once("Viet Nam,").unwrap().1).collect();
    // What nobody states on a side is empty there, and not 0.
    assert_eq!(told, ["40,EUR,,,2,2", ",USD,30,,2,2", "700,VND,500,200,2,2"], "{csv}");
}

async fn approve_report_with_spending(
    app: &TestApp,
    (project, cycle): (&str, &str),
    (amount, currency): (i64, &str),
) {
    let path = format!("projects/{project}/reports/{cycle}");
    let mut body = complete_report_body();
    body["spent"] = json!({ "amount_minor": amount, "currency": currency });
    let officer = app.officer("da-nang").await;
    officer.put(&path, &body, None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    let representative = app.representative("VN").await;
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
}

/// Publishes a cycle with one project, and corrects that with another one.
async fn spawn_with_corrected_release() -> TestApp {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    let secretariat = app.secretariat().await;
    close_cycle(&app, CYCLE).await;
    secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    file_and_approve(&app, "da-nang-2").await;
    close_cycle(&app, CYCLE).await;
    secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    app
}

#[actix_web::test]
async fn compared_figures_have_the_seq_of_each_release() {
    let app = spawn_with_corrected_release().await;
    let reader = app.reader().await;
    let seq = async |path: &str, pointer: &str| -> i64 {
        let view = reader.get(path).await.expect(200).json();
        view.pointer(pointer).and_then(Value::as_i64).unwrap()
    };
    let own = async |release: &str| {
        let path = format!("releases/{release}/figures/table?rows=status");
        seq(&path, "/basis/seq").await
    };
    let (first, second) = (own("me-2026-r1").await, own("me-2026-r2").await);
    assert!(first < second, "{first} {second}");
    let table = "releases/me-2026-r2/figures/table?rows=status&compare=me-2026-r1";
    assert_eq!(seq(table, "/basis/seq").await, second);
    assert_eq!(seq(table, "/earlier_basis/seq").await, first);
    let path = "figures/compare?a=me-2026-r1&b=me-2026-r2";
    assert_eq!((seq(path, "/basis/a/seq").await, seq(path, "/basis/b/seq").await), (first, second));
    // What is approved now rests on what is there now, beside a release as well.
    app.secretariat().await.post("cycles", &cycle_body("me-2027")).await.expect(201);
    let live = format!("figures/table?rows=status&cycle={CYCLE}&compare=me-2026-r1");
    assert!(seq(&live, "/basis/seq").await > second);
    assert_eq!(seq(&live, "/earlier_basis/seq").await, first);
}

#[actix_web::test]
async fn report_added_in_a_release_has_null_reason_and_counts_are_integers() {
    let app = spawn_with_corrected_release().await;
    let reader = app.reader().await;
    let view = reader.get("figures/compare?a=me-2026-r1&b=me-2026-r2").await.expect(200).json();
    let [added] = &view["changes"].as_array().unwrap()[..] else { panic!("{view}") };
    assert_eq!((&added["project"], &added["movement"]), (&json!("da-nang-2"), &json!("entered")));
    assert_eq!(added["reason"], Value::Null);
    let release = reader.get("releases/me-2026-r2").await.expect(200);
    let changed = release.json()["figures_changed"].as_array().unwrap().clone();
    let counts: Vec<&Value> = changed.iter().filter(|c| c["measure"] == "projects").collect();
    assert!(!counts.is_empty(), "{}", release.text);
    for count in counts {
        assert!(count["to"].is_i64(), "{count}");
        assert!(count["from"].is_i64() || count["from"].is_null(), "{count}");
    }
}

#[actix_web::test]
async fn review_queue_shows_the_title_frozen_at_submission() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let title = async || {
        let list = officer.get("reports?cycle=me-2026").await.expect(200).json();
        list["items"][0]["title"].clone()
    };
    let rename = async |to: &str| {
        let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
        officer.patch("projects/da-nang-1", &json!({ "title": to }), Some(&etag)).await.expect(200);
    };
    // A draft goes by what the project is called now.
    rename("Water").await;
    assert_eq!(title().await, "Water");
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    rename("Smart water").await;
    assert_eq!(title().await, "Water");
    let queue = app.representative("VN").await.get("reports?state=submitted").await.expect(200);
    assert_eq!(queue.json()["items"][0]["title"], "Water");
    let header = officer.get(&report_path("da-nang-1")).await.expect(200).json()["header"].clone();
    assert_eq!(header["title"], "Water");
    let todo =
        app.as_role(Role::NationalRepresentative, crate::report_fixtures::viet_nam_scope()).await;
    let todo = todo.get("me/todo").await.expect(200).json();
    assert_eq!(todo["representative"]["to_decide"][0]["title"], "Water");
}

#[actix_web::test]
async fn annual_report_of_an_imported_release_says_published_elsewhere() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let page = async |release: &str, lang: &str| {
        reader.get(&format!("releases/{release}/report?lang={lang}")).await.expect(200).text
    };
    let old = page("me-2022-r1", "en").await;
    assert!(!old.contains("<dt>Published on</dt>"), "{old:.2000}");
    assert!(old.contains("<dt>Published elsewhere, taken over into this record on</dt>"));
    assert!(page("me-2022-r1", "vi").await.contains("<dt>Đã công bố ở nơi khác"));
    // What this record publishes says so.
    let app = spawn_with_corrected_release().await;
    let own = app.reader().await.get("releases/me-2026-r1/report").await.expect(200).text;
    assert!(own.contains("<dt>Published on</dt>"), "{own:.2000}");
}
