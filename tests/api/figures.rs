//! Figures over the published history: the numbers of the reports, and who gets which.

use ascn_tracker::{
    domain::{
        reference::CountryCode,
        user::{Role, Scope},
    },
    store::import,
};
use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp};

async fn read_table(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("figures/table?{query}")).await.expect(200).json()
}
fn laos_reader_grant() -> (Role, Scope) {
    (Role::Reader, Scope::Country(CountryCode::parse("LA").unwrap()))
}

#[actix_web::test]
async fn figures_table_counts_the_imported_cycles() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let t = read_table(&reader, "rows=focus_area&columns=status&cycle=me-2022").await;
    assert_eq!(
        (&t["measure"], &t["rows"], &t["columns"]),
        (&json!("projects"), &json!("focus_area"), &json!("status"))
    );
    assert_eq!(t["total"], 77);
    let cells = t["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 6 * 6);
    let areas: Vec<(&str, i64)> = cells
        .chunks(6)
        .map(|row| {
            (
                row[0]["row"].as_str().unwrap(),
                row.iter().map(|c| c["value"].as_i64().unwrap()).sum(),
            )
        })
        .collect();
    assert_eq!(
        areas,
        [
            ("civic-and-social", 22),
            ("health-and-well-being", 5),
            ("safety-and-security", 10),
            ("quality-environment", 17),
            ("built-infrastructure", 19),
            ("industry-and-innovation", 4),
        ]
    );
    assert_eq!(t["row_totals"]["quality-environment"], 17);
    assert_eq!(
        t["column_totals"],
        json!({
            "planning": 16, "ongoing": 57, "completed": 2, "suspended": 0, "cancelled": 0, "not_stated": 2
        })
    );
    assert_eq!(t["basis"]["cycle"], "me-2022");
    assert_eq!(t["basis"]["as_of"], "2022-09-21");
    assert_eq!(t["basis"]["release"], Value::Null);
    assert_eq!(t["basis"]["seq"], app.state.heads.feed());
    assert_eq!(
        t["coverage"],
        json!({"cities_reporting": 26, "cities_expected": 26, "not_stated": 2})
    );
    assert_eq!(t["formula"], "count of approved reports");
    let cell = &cells[1];
    assert_eq!(
        (&cell["row_name"], &cell["column_name"]),
        (&json!("Civic and Social"), &json!("On-going"))
    );
    assert_eq!((&cell["known"], &cell["of"]), (&cell["value"], &cell["value"]));
    for (cycle, total) in [("me-2023", 86), ("me-2024", 108), ("me-2025", 134)] {
        let t = read_table(&reader, &format!("rows=status&cycle={cycle}")).await;
        assert_eq!(t["total"], total);
    }
}

#[actix_web::test]
async fn figures_table_without_columns_and_with_filters() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let t = read_table(&reader, "rows=city&cycle=me-2022&country=VN").await;
    let rows: Vec<&str> = t["row_totals"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(rows, ["da-nang", "ha-noi", "ho-chi-minh-city"]);
    assert_eq!((&t["columns"], &t["cells"][0]["column"]), (&Value::Null, &Value::Null));
    assert_eq!(t["column_totals"], json!({}));
    // No filter: the pilots, and the cities that joined later and have a project.
    let t = read_table(&reader, "rows=city&cycle=me-2022").await;
    assert_eq!(t["cells"].as_array().unwrap().len(), 35);
    let zero = t["cells"].as_array().unwrap().iter().find(|c| c["row"] == "ipoh").unwrap().clone();
    assert_eq!((&zero["value"], &zero["of"]), (&json!(0), &json!(0)));
    let pilots = read_table(&reader, "rows=city&cycle=me-2022&pilot=true").await;
    assert_eq!(pilots["cells"].as_array().unwrap().len(), 26);
    let two =
        read_table(&reader, "rows=status&cycle=me-2022&status=planning&status=completed").await;
    assert_eq!(two["row_totals"], json!({"planning": 16, "completed": 2}));
    // What nobody states is unknown and never zero.
    let t = read_table(&reader, "rows=sector&cycle=me-2022").await;
    assert_eq!(
        (&t["row_totals"]["unknown"], &t["row_totals"]["transport"]),
        (&json!(77), &json!(0))
    );
    let t = read_table(&reader, "rows=country&cycle=me-2022&measure=percent_complete").await;
    assert_eq!((&t["total"], &t["cells"][0]["known"]), (&Value::Null, &json!(0)));
    let t = read_table(&reader, "rows=country&cycle=me-2022&measure=spent").await;
    assert_eq!(t["cells"][0]["by_currency"], json!([]));
    assert_eq!(t["totals_by_currency"]["total"], json!([]));
}

#[actix_web::test]
async fn figures_table_with_invalid_parameters_is_400_naming_them() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (query, parameter) in [
        ("cycle=me-2022", "rows"),
        ("rows=focus_area", "cycle"),
        ("rows=colour&cycle=me-2022", "rows"),
        ("rows=status&columns=status&cycle=me-2022", "columns"),
        ("rows=status&columns=mood&cycle=me-2022", "columns"),
        ("rows=status&measure=joy&cycle=me-2022", "measure"),
        ("rows=status&cycle=me-1999", "cycle"),
        ("rows=status&cycle=ME%202022", "cycle"),
        ("rows=status&cycle=me-2022&cycle=me-2023", "cycle"),
        ("rows=status&cycle=me-2022&focus_area=nonsense", "focus_area"),
        ("rows=status&cycle=me-2022&status=happy", "status"),
        ("rows=status&cycle=me-2022&city=atlantis", "city"),
        ("rows=status&cycle=me-2022&country=XX", "country"),
        ("rows=status&cycle=me-2022&sector=", "sector"),
        ("rows=status&cycle=me-2022&pilot=maybe", "pilot"),
        ("rows=status&cycle=me-2022&as_off=2022-01-01", "as_off"),
    ] {
        let problem = reader.get(&format!("figures/table?{query}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
    }
    let problem = reader.get("figures/table?rows=colour&cycle=me-2022").await.json();
    assert_eq!(problem["errors"][0]["allowed"].as_array().unwrap().len(), 9);
    let problem = reader.get("figures/table?rows=status&cycle=me-1999").await.json();
    assert_eq!(problem["errors"][0]["allowed"][0], "me-2022");
    app.anonymous().get("figures/table?rows=status&cycle=me-2022").await.expect(401);
}

#[actix_web::test]
async fn cached_figures_are_shared_only_by_callers_with_the_same_scope() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=city&cycle=me-2025";
    let first = reader.get(path).await.expect(200);
    let second = reader.get("figures/table?cycle=me-2025&rows=city").await.expect(200);
    assert_eq!((&first.text, first.etag()), (&second.text, second.etag()));
    let unchanged =
        reader.send("GET", path, None, &[("if-none-match", &first.etag())]).await.expect(304);
    assert!(unchanged.text.is_empty());
    // Somebody with the same rights shares the bytes; a reader of one country gets that country's.
    let secretariat = app.secretariat().await.get(path).await.expect(200);
    assert_eq!(secretariat.text, first.text);
    let (_, token) = app.insert_user("reader of laos", &[laos_reader_grant()]).await;
    let laos = app.bearer(&token).get(path).await.expect(200);
    assert_ne!(laos.etag(), first.etag());
    let rows: Vec<String> =
        laos.json()["row_totals"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(rows, ["luang-prabang", "vientiane"]);
    assert_eq!(laos.json()["coverage"]["cities_expected"], 2);
    let again =
        app.bearer(&token).send("GET", path, None, &[("if-none-match", &first.etag())]).await;
    assert_eq!(again.expect(200).text, laos.text);
}

#[actix_web::test]
async fn cached_figures_need_no_database_thread() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=city&cycle=me-2025";
    let first = reader.get(path).await.expect(200);
    // Every database thread is busy: whoever needs one waits.
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
    for _ in 0..64 {
        let (db, wait) = (app.state.db.clone(), std::sync::Arc::clone(&wait));
        actix_web::rt::spawn(async move {
            let blocked = db
                .read(move |_| -> Result<(), ascn_tracker::store::StoreError> {
                    let _ = wait.lock().unwrap().recv();
                    Ok(())
                })
                .await;
            drop(blocked);
        });
    }
    tokio::task::yield_now().await;
    let again = reader.get(path);
    let again = tokio::time::timeout(std::time::Duration::from_secs(20), again).await;
    drop(release);
    assert_eq!(again.unwrap().expect(200).text, first.text);
}

#[actix_web::test]
async fn figures_etag_changes_only_with_a_public_change() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=city&cycle=me-2025";
    let before = reader.get(path).await.expect(200);
    // What is no public change moves nothing, not even the tag.
    app.insert_user("somebody new", &[laos_reader_grant()]).await;
    assert_eq!(reader.get(path).await.expect(200).etag(), before.etag());
    let mut history = import::parse_embedded_history().unwrap();
    let mut another = history.projects.pop().unwrap();
    another.key = "another".into();
    let city = another.city.clone();
    another.reports.retain(|cycle, _| cycle == "me-2025");
    history.projects = vec![another];
    app.state.db.write(move |tx| import::import_history(tx, &history)).await.unwrap();
    let after = reader.get(path).await.expect(200);
    assert_ne!(after.etag(), before.etag());
    let (before, after) = (before.json(), after.json());
    assert_eq!(after["total"], before["total"].as_i64().unwrap() + 1);
    let moved = |t: &Value| t["row_totals"][&city].as_i64().unwrap();
    assert_eq!(moved(&after), moved(&before) + 1);
    assert!(after["basis"]["seq"].as_i64() > before["basis"]["seq"].as_i64());
    let stale = [("if-none-match", "\"0123456789abcdef\"")];
    reader.send("GET", path, None, &stale).await.expect(200);
}

#[actix_web::test]
async fn figures_change_on_approval_and_not_on_submission() {
    let app = TestApp::demo().await;
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let path = "figures/table?rows=city&cycle=me-2026&city=da-nang&measure=percent_complete";
    let empty = reader.get(path).await.expect(200);
    let spent = "figures/table?rows=city&cycle=me-2026&city=da-nang&measure=spent";
    assert_eq!(reader.get(spent).await.json()["totals_by_currency"]["total"], json!([]));
    let project = officer.get("projects/da-nang-1").await.expect(200);
    let dates = json!({ "starts_on": "2019-01-01", "ends_on": "2025-12-31" });
    officer.patch("projects/da-nang-1", &dates, Some(&project.etag())).await.expect(200);
    let report = json!({
        "status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "Half of the sensors.", "challenges": "Monsoon.", "next_steps": "The rest.",
        "spent": { "amount_minor": 125_000_000, "currency": "VND" },
    });
    let at = "projects/da-nang-1/reports/me-2026";
    officer.put(at, &report, None).await.expect(201);
    officer.post(&format!("{at}/submit"), &json!({})).await.expect(200);
    let unmoved = reader.get(path).await.expect(200);
    assert_eq!((unmoved.etag(), unmoved.json()["total"].clone()), (empty.etag(), Value::Null));
    let representative = app.representative("VN").await;
    representative.post(&format!("{at}/approve"), &json!({})).await.expect(200);
    let moved = reader.get(path).await.expect(200).json();
    assert_eq!(moved["total"], 62.5);
    assert_eq!((&moved["cells"][0]["known"], &moved["cells"][0]["of"]), (&json!(1), &json!(1)));
    assert_eq!(
        moved["coverage"],
        json!({"cities_reporting": 1, "cities_expected": 1, "not_stated": 0})
    );
    let money = json!([{ "amount_minor": 125_000_000, "currency": "VND" }]);
    let spent = reader.get(spent).await.json();
    assert_eq!(
        (&spent["cells"][0]["by_currency"], &spent["cells"][0]["value"]),
        (&money, &Value::Null)
    );
    assert_eq!(spent["totals_by_currency"]["total"], money);
}
