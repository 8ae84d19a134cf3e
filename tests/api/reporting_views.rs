//! The reporting views of PostgreSQL: a tool reads there the same as the API shows of releases, and nothing else.

use std::io::Write as _;

use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls, error::SqlState};

use crate::{
    helpers::{TestApp, run_sql},
    operation_fixture::close_cycle,
    report_fixtures::{self, CYCLE},
};

const VIEWS: &[&str] =
    &["releases", "cities", "reports", "milestones", "indicators", "figures", "errata"];

/// A login that holds the role of reporting tools, gone with the test.
struct ReportingLogin {
    client: Client,
    name: String,
    url: String,
}

impl ReportingLogin {
    async fn create_login(url: &str) -> Self {
        let name = format!("tool_{}", ascn_tracker::clock::generate_uuid().simple());
        let (made, at) = (name.clone(), url.to_owned());
        let make = move || {
            run_sql(
                &at,
                &format!("create role {made} login password 'x'; grant ascn_reporting to {made}"),
            );
        };
        tokio::task::spawn_blocking(make).await.unwrap();
        let mut own = url::Url::parse(url).unwrap();
        own.set_username(&name).unwrap();
        own.set_password(Some("x")).unwrap();
        let (client, connection) = tokio_postgres::connect(own.as_str(), NoTls).await.unwrap();
        actix_web::rt::spawn(connection);
        Self { client, name, url: url.to_owned() }
    }

    async fn count_rows(&self, of: &str) -> i64 {
        self.client.query_one(&format!("select count(*) from {of}"), &[]).await.unwrap().get(0)
    }

    async fn drop_login(self) {
        let Self { client, name, url } = self;
        drop(client);
        let drop_role = move || run_sql(&url, &format!("drop role {name}"));
        tokio::task::spawn_blocking(drop_role).await.unwrap();
    }
}

/// Says that a test was left out, past the capture of what tests print.
fn report_skipped_test() {
    std::io::stderr().write_all(b"SQLite has no reporting views\n").unwrap();
}

/// Checks that the views have the reports, the cities and the figures of a release.
async fn assert_views_equal_release(tool: &ReportingLogin, release: &Value, cities: &Value) {
    let key = release["release"].as_str().unwrap();
    let of = |view: &str| format!("reporting.v1_{view} where release = '{key}'");
    let counts = &release["counts"];
    assert_eq!(json!(tool.count_rows(&of("reports")).await), counts["reports"], "{key}");
    assert_eq!(json!(tool.count_rows(&of("cities")).await), cities["total"], "{key}");
    assert_eq!(tool.count_rows(&format!("{} and pilot", of("cities"))).await, 26, "{key}");
    assert!(tool.count_rows(&of("figures")).await > 50, "{key}");
    let ongoing = format!("{} and status = 'ongoing'", of("reports"));
    assert_eq!(json!(tool.count_rows(&ongoing).await), counts["statuses"]["ongoing"]);
    // Every report finds its city, its country and its focus area by name.
    let unnamed = "city_name is null or country_name is null or title is null \
                   or (focus_area is not null and focus_area_name is null)";
    let unnamed = format!("{} and ({unnamed})", of("reports"));
    assert_eq!(tool.count_rows(&unnamed).await, 0, "{key}");
}

#[actix_web::test]
async fn reporting_views_have_the_rows_of_every_release() {
    let app = TestApp::demo().await;
    let Some(url) = app.postgres_url() else { return report_skipped_test() };
    let tool = ReportingLogin::create_login(&url).await;
    let reader = app.reader().await;
    let releases = reader.get("releases").await.expect(200).json();
    assert_eq!(json!(tool.count_rows("reporting.v1_releases").await), releases["total"]);
    let cities = reader.get("cities").await.expect(200).json();
    for release in releases["items"].as_array().unwrap() {
        assert_views_equal_release(&tool, release, &cities).await;
    }
    let latest = "reporting.v1_releases where is_latest";
    assert_eq!(tool.count_rows(latest).await, 1);
    assert_eq!(tool.count_rows(&format!("{latest} and release = 'me-2025-r1'")).await, 1);
    tool.drop_login().await;
}

#[actix_web::test]
async fn reporting_role_is_refused_every_table_of_the_service() {
    let app = TestApp::demo().await;
    let Some(url) = app.postgres_url() else { return report_skipped_test() };
    let tool = ReportingLogin::create_login(&url).await;
    let others = "select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables where schemaname = 'public' \
                  union all select quote_ident(schemaname) || '.' || quote_ident(viewname) from pg_views where schemaname = 'public'";
    let others = tool.client.query(others, &[]).await.unwrap();
    assert!(others.len() > 30, "{}", others.len());
    for row in others {
        let table: String = row.get(0);
        let refused = tool.client.query(&format!("select 1 from {table} limit 1"), &[]).await;
        let code = refused.unwrap_err().code().cloned();
        assert_eq!(code, Some(SqlState::INSUFFICIENT_PRIVILEGE), "{table}");
    }
    tool.drop_login().await;
}

#[actix_web::test]
async fn reporting_role_cannot_write() {
    let app = TestApp::demo().await;
    let Some(url) = app.postgres_url() else { return report_skipped_test() };
    let tool = ReportingLogin::create_login(&url).await;
    for write in [
        "delete from reporting.v1_releases",
        "create table reporting.x (x int)",
        "create table public.x (x int)",
    ] {
        let code = tool.client.execute(write, &[]).await.unwrap_err().code().cloned();
        assert!(
            matches!(
                code,
                Some(SqlState::INSUFFICIENT_PRIVILEGE | SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE)
            ),
            "{write}: {code:?}"
        );
    }
    tool.drop_login().await;
}

/// A new project of Da Nang with a milestone and an indicator.
async fn insert_project_with_parts(app: &TestApp) {
    report_fixtures::insert_project(app, "da-nang", 90).await;
    let officer = app.officer("da-nang").await;
    let milestone = json!({ "title": "Depot opens", "due_on": "2024-06-30", "weight": 2 });
    officer.post("projects/da-nang-90/milestones", &milestone).await.expect(201);
    let indicator = json!({ "name": "Passengers", "kind": "outcome", "unit": "a day", "better": "up",
                            "target": { "value": 15, "on": "2025-12-31" } });
    officer.post("projects/da-nang-90/indicators", &indicator).await.expect(201);
}

#[actix_web::test]
async fn approved_report_is_not_in_reporting_views_before_its_release() {
    let app = TestApp::demo().await;
    let Some(url) = app.postgres_url() else { return report_skipped_test() };
    let tool = ReportingLogin::create_login(&url).await;
    insert_project_with_parts(&app).await;
    let count_all = async || {
        let mut counts = Vec::new();
        for view in VIEWS {
            counts.push(tool.count_rows(&format!("reporting.v1_{view}")).await);
        }
        counts
    };
    let before = count_all().await;
    report_fixtures::file_and_approve(&app, "da-nang-90").await;
    assert_eq!(count_all().await, before);
    let of_it = "reporting.v1_reports where project = 'da-nang-90'";
    assert_eq!(tool.count_rows(of_it).await, 0);
    tool.drop_login().await;
}

#[actix_web::test]
async fn released_report_is_in_reporting_views_with_its_parts() {
    let app = TestApp::demo().await;
    let Some(url) = app.postgres_url() else { return report_skipped_test() };
    let tool = ReportingLogin::create_login(&url).await;
    insert_project_with_parts(&app).await;
    report_fixtures::file_and_approve(&app, "da-nang-90").await;
    close_cycle(&app, CYCLE).await;
    app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    let of_it = "project = 'da-nang-90'";
    for view in ["reports", "milestones", "indicators"] {
        let rows = format!("reporting.v1_{view} where {of_it}");
        assert_eq!(tool.count_rows(&rows).await, 1, "{view}");
    }
    let typed = format!("{of_it} and due_on = date '2024-06-30' and weight = 2");
    assert_eq!(tool.count_rows(&format!("reporting.v1_milestones where {typed}")).await, 1);
    let latest = "reporting.v1_releases where is_latest and release = 'me-2026-r1'";
    assert_eq!(tool.count_rows(latest).await, 1);
    tool.drop_login().await;
}

#[actix_web::test]
async fn every_reporting_view_has_a_comment() {
    let app = TestApp::spawn().await;
    let Some(url) = app.postgres_url() else { return report_skipped_test() };
    let tool = ReportingLogin::create_login(&url).await;
    let silent = "pg_views v where schemaname = 'reporting' \
                  and obj_description((schemaname || '.' || viewname)::regclass) is null";
    assert_eq!(tool.count_rows(silent).await, 0);
    assert_eq!(
        tool.count_rows("pg_views where schemaname = 'reporting'").await,
        i64::try_from(VIEWS.len()).unwrap()
    );
    tool.drop_login().await;
}

/// Reads the three queries of the recipe for Superset from the documentation.
async fn read_recipe_queries(app: &TestApp) -> [String; 3] {
    let page = app.anonymous().get("/docs/recipes/superset").await.expect(200).text;
    let queries: Vec<String> = page
        .split("<code class=\"sql\">")
        .skip(1)
        .map(|rest| rest.split("</code>").next().unwrap())
        .map(|lines| lines.replace("&lt;", "<").replace("&gt;", ">"))
        .collect();
    queries.try_into().unwrap()
}

#[actix_web::test]
async fn recipe_queries_return_the_same_numbers_as_the_api() {
    let app = TestApp::demo().await;
    let Some(url) = app.postgres_url() else { return report_skipped_test() };
    let tool = ReportingLogin::create_login(&url).await;
    let [by_status, progress, figures] = read_recipe_queries(&app).await;
    let total = |rows: Vec<tokio_postgres::Row>, column: &str| -> i64 {
        rows.iter().map(|row| row.get::<_, i64>(column)).sum()
    };
    let latest = app.reader().await.get("releases/latest").await.expect(200).json();
    let rows = tool.client.query(&by_status, &[]).await.unwrap();
    assert_eq!(json!(total(rows, "reports")), latest["counts"]["reports"]);
    let rows = tool.client.query(&progress, &[]).await.unwrap();
    assert_eq!(
        total(rows, "total"),
        405,
        "every report of the four releases, none of them cancelled"
    );
    let rows = tool.client.query(&figures, &[]).await.unwrap();
    let ongoing: f64 = rows
        .iter()
        .filter(|r| {
            r.get::<_, &str>("release") == "me-2022-r1" && r.get::<_, &str>("status") == "ongoing"
        })
        .map(|r| r.get::<_, f64>("value"))
        .sum();
    assert_eq!(ongoing.to_string(), "57");
    tool.drop_login().await;
}
