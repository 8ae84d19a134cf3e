//! Who sees whom, and how people are found.

use serde_json::json;

use super::{grant_body, officer_grant_body};
use crate::helpers::{Caller, TestApp};

#[actix_web::test]
async fn user_visibility_depends_on_role_and_scope() {
    let app = TestApp::spawn().await;
    let (vn, _) = app.invite_user("a@vn.example", json!([officer_grant_body("da-nang")])).await;
    let (id, _) = app.invite_user("b@id.example", json!([officer_grant_body("makassar")])).await;
    let (none, _) = app.invite_user("c@no.example", json!([])).await;
    let sees = async |caller: Caller<'_>| {
        let mut seen = Vec::new();
        for user in [&vn, &id, &none] {
            seen.push(caller.get(&format!("users/{user}")).await.status);
        }
        let list = caller.get("users?q=.example&limit=1000").await;
        let emails: Vec<String> = list.json()["items"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|u| u["email"].as_str().unwrap().to_owned())
            .filter(|e| !e.contains("test.example"))
            .collect();
        (list.status, emails.join(" "), seen)
    };
    let all = || (200, "a@vn.example b@id.example c@no.example".to_owned(), vec![200, 200, 200]);
    assert_eq!(sees(app.administrator().await).await, all());
    assert_eq!(sees(app.secretariat().await).await, all());
    assert_eq!(
        sees(app.representative("VN").await).await,
        (200, "a@vn.example".into(), vec![200, 404, 404])
    );
    assert_eq!(sees(app.officer("da-nang").await).await, (403, String::new(), vec![404, 404, 404]));
    assert_eq!(sees(app.reader().await).await, (403, String::new(), vec![404, 404, 404]));
    app.administrator().await.get("users/nonsense").await.expect(404);
    app.administrator().await.get("users/019346a0-0000-7000-8000-000000000000").await.expect(404);
}

#[actix_web::test]
async fn list_users_filters_by_role_country_city_state_and_text() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    for (email, grants) in [
        (
            "a@x.example",
            json!([officer_grant_body("da-nang"), grant_body("reader", "country", "ID")]),
        ),
        ("b_1@x.example", json!([officer_grant_body("makassar")])),
        ("bx1@x.example", json!([grant_body("reader", "country", "VN")])),
    ] {
        app.invite_user(email, grants).await;
    }
    let found = async |query: &str| {
        let list = admin.get(&format!("users?{query}")).await.expect(200).json();
        let emails: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|u| u["email"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(list["total"], emails.len());
        emails.join(" ")
    };
    assert_eq!(found("role=city_officer").await, "a@x.example b_1@x.example");
    assert_eq!(found("role=city_officer&country=ID").await, "b_1@x.example");
    assert_eq!(found("country=VN").await, "a@x.example bx1@x.example");
    assert_eq!(found("city=da-nang&city=makassar").await, "a@x.example b_1@x.example");
    assert_eq!(found("state=invited&role=reader").await, "a@x.example bx1@x.example");
    assert_eq!(found("state=disabled").await, "");
    assert_eq!(found("q=B_1").await, "b_1@x.example");
    assert_eq!(
        found("q=some&role=reader&role=city_officer").await,
        "a@x.example b_1@x.example bx1@x.example"
    );
    let bad = admin.get("users?role=king").await.expect(400).json();
    assert_eq!(bad["errors"][0]["parameter"], "role");
    assert_eq!(bad["errors"][0]["allowed"].as_array().unwrap().len(), 5);
    admin.get("users?rolle=reader").await.expect(400);
}

#[actix_web::test]
async fn list_users_paginates_by_name() {
    let app = TestApp::spawn().await;
    let admin = app.administrator().await;
    for name in ["Bình", "an", "Cường", "Ân", "bình"] {
        let email =
            format!("{}@x.example", name.bytes().fold(String::new(), |s, b| s + &b.to_string()));
        admin.post("users", &json!({ "email": email, "name": name })).await.expect(201);
    }
    let mut names: Vec<String> = Vec::new();
    let mut path = "users?state=invited&limit=2".to_owned();
    loop {
        let page = admin.get(&path).await.expect(200);
        let list = page.json();
        assert_eq!(list["total"], 5);
        names.extend(
            list["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|u| u["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = list["next"].as_str() else { break };
        assert!(page.header("link").unwrap().contains("rel=\"next\""));
        admin.get(&format!("users?limit=2&state=active&cursor={next}")).await.expect(400);
        path = format!("users?limit=2&cursor={next}");
    }
    let folded: Vec<String> = names.iter().map(|n| n.to_lowercase()).collect();
    assert!(folded.is_sorted(), "{names:?}");
    assert_eq!(names.len(), 5);
}
