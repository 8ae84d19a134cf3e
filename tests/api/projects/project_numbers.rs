//! The numbers of a city's projects: each is used once, also after the project was deleted.

use ascn_tracker::store::{Conn, StoreError};
use diesel::RunQueryDsl as _;

use super::{create_project, project_body};
use crate::helpers::TestApp;

/// The statement of the migration that finds the last numbers of a database that is older than the table.
fn read_fill_statement(conn: &Conn) -> String {
    let migration = match conn {
        Conn::Sqlite(_) => {
            include_str!("../../../migrations/sqlite/2026-12-01-120000_duplicates/up.sql")
        }
        Conn::Pg(_) => {
            include_str!("../../../migrations/postgres/2026-12-01-120000_duplicates/up.sql")
        }
    };
    let (_, fill) = migration.split_once("insert into project_numbers").unwrap();
    let (fill, _) = fill.split_once(';').unwrap();
    format!("insert into project_numbers {fill}")
}

fn run_statement(conn: &mut Conn, statement: &str) -> Result<(), StoreError> {
    match conn {
        Conn::Pg(c) => diesel::sql_query(statement).execute(c)?,
        Conn::Sqlite(c) => diesel::sql_query(statement).execute(c)?,
    };
    Ok(())
}

async fn delete_project(app: &TestApp, code: &str) {
    let (city, _) = code.rsplit_once('-').unwrap();
    let officer = app.officer(city).await;
    officer.delete(&format!("projects/{code}"), Some("\"v1\"")).await.expect(200);
}

#[actix_web::test]
async fn number_of_a_deleted_project_is_never_used_again() {
    let app = TestApp::spawn().await;
    let body = project_body("da-nang", "Smart lights");
    for code in ["da-nang-1", "da-nang-2", "da-nang-3"] {
        assert_eq!(create_project(&app, &body).await, code);
    }
    delete_project(&app, "da-nang-3").await;
    assert_eq!(create_project(&app, &body).await, "da-nang-4");
    delete_project(&app, "da-nang-1").await;
    assert_eq!(create_project(&app, &body).await, "da-nang-5");
    assert_eq!(create_project(&app, &project_body("ha-noi", "Smart lights")).await, "ha-noi-1");
}

#[actix_web::test]
async fn migration_finds_the_last_numbers_of_deleted_projects_in_the_journal() {
    let app = TestApp::spawn().await;
    let body = project_body("da-nang", "Smart lights");
    for _ in 0..12 {
        create_project(&app, &body).await;
    }
    for code in ["da-nang-12", "da-nang-11", "da-nang-2"] {
        delete_project(&app, code).await;
    }
    create_project(&app, &project_body("ha-noi", "Smart lights")).await;
    let refill = |conn: &mut Conn| -> Result<(), StoreError> {
        let fill = read_fill_statement(conn);
        run_statement(conn, "delete from project_numbers")?;
        run_statement(conn, &fill)
    };
    app.state.db.write_unjournaled(refill).await.unwrap();
    assert_eq!(create_project(&app, &body).await, "da-nang-13");
    assert_eq!(create_project(&app, &project_body("ha-noi", "Smart lights")).await, "ha-noi-2");
}
