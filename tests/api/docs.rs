//! The documentation as a browser gets it.

use ascn_tracker::api::error::PROBLEMS;

use crate::helpers::{TestApp, TestResponse};

/// The values of an attribute in a page, read well enough for pages that we write ourselves.
fn attribute_values(page: &str, name: &str) -> Vec<String> {
    page.split(&format!("{name}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn content_security_policy(answer: &TestResponse) -> &str {
    answer.header("content-security-policy").unwrap()
}

#[actix_web::test]
async fn every_link_of_the_docs_index_works() {
    let app = TestApp::spawn().await;
    let page = app.anonymous().get("/docs").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(content_security_policy(&page).starts_with("default-src 'none'; style-src 'self';"));
    let links = attribute_values(&page.text, "href");
    for expected in ["/docs/try", "/openapi.json", "/docs/problems/", "/docs/integrate"] {
        assert!(links.iter().any(|l| l == expected), "{links:?}");
    }
    for link in links {
        app.anonymous().get(&link).await.expect(200);
    }
}

#[actix_web::test]
async fn every_problem_type_has_a_docs_page() {
    let app = TestApp::spawn().await;
    let index = app.anonymous().get("/docs/problems/").await.expect(200);
    let links = attribute_values(&index.text, "href");
    for kind in PROBLEMS {
        let path = format!("/docs/problems/{}", kind.code);
        assert!(links.contains(&path), "{path}");
        let page = app.anonymous().get(&path).await.expect(200);
        assert!(page.text.contains(&format!("<h1>{}</h1>", kind.title())), "{}", page.text);
        assert!(content_security_policy(&page).starts_with("default-src 'none'"));
    }
    let missing = app.anonymous().get("/docs/problems/nothing").await.expect(404);
    assert_eq!(missing.header("content-type"), Some("application/problem+json"));
    // A problem that was really answered leads to its page.
    let problem = app.anonymous().get("countries").await.expect(401).json();
    app.anonymous().get(problem["type"].as_str().unwrap()).await.expect(200);
}

#[actix_web::test]
async fn every_recipe_has_a_docs_page_with_code() {
    let app = TestApp::spawn().await;
    let index = app.anonymous().get("/docs/recipes/").await.expect(200);
    let links = attribute_values(&index.text, "href");
    let recipes: Vec<&String> =
        links.iter().filter(|l| l.starts_with("/docs/recipes/") && l.len() > 14).collect();
    assert_eq!(recipes.len(), 7, "{links:?}");
    for recipe in recipes {
        let page = app.anonymous().get(recipe).await.expect(200);
        assert!(content_security_policy(&page).starts_with("default-src 'none'"));
        assert!(page.text.contains("<pre tabindex=\"0\"><code class="), "{recipe}");
    }
    app.anonymous().get("/docs/recipes/nothing").await.expect(404);
}

#[actix_web::test]
async fn swagger_ui_loads_no_external_files() {
    let app = TestApp::spawn().await;
    let page = app.anonymous().get("/docs/try").await.expect(200);
    let policy = content_security_policy(&page);
    assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self'"));
    // The policy forbids scripts in the page and files from elsewhere: there must be none.
    assert!(!page.text.contains("<script>"), "{}", page.text);
    let files: Vec<String> = attribute_values(&page.text, "src")
        .into_iter()
        .chain(attribute_values(&page.text, "href"))
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert!(!file.contains("://"), "{file}");
        let path = format!("/docs/try/{}", file.trim_start_matches("./"));
        let answer = app.anonymous().get(&path).await.expect(200);
        if path.ends_with("initializer.js") {
            assert!(answer.text.contains("/openapi.json"), "{}", answer.text);
            assert!(!answer.text.contains("http"), "{}", answer.text);
        }
    }
    app.anonymous().get("/docs/try/nothing.js").await.expect(404);
}

#[actix_web::test]
async fn docs_with_another_method_is_405() {
    let app = TestApp::spawn().await;
    for path in ["/docs", "/docs/problems/", "/docs/problems/stale", "/docs/try/", "/openapi.json"]
    {
        let refused = app.anonymous().send("POST", path, None, &[]).await.expect(405);
        assert_eq!(refused.header("allow"), Some("GET, HEAD"), "{path}");
        assert_eq!(refused.json()["code"], "method-not-allowed");
        let head = app.anonymous().send("HEAD", path, None, &[]).await.expect(200);
        assert!(head.text.is_empty());
    }
}

#[actix_web::test]
async fn docs_are_404_when_switched_off() {
    let app = TestApp::with_setting("ASCN_DOCS", "off").await;
    for path in ["/docs", "/docs/", "/docs/problems/stale", "/docs/try/", "/docs/style.css"] {
        app.anonymous().get(path).await.expect(404);
    }
    // The contract is no documentation: clients are made from it.
    app.anonymous().get("/openapi.json").await.expect(200);
}

#[actix_web::test]
async fn docs_show_the_address_of_the_request_and_how_to_keep_the_token() {
    let app = TestApp::spawn().await;
    let headers = [("host", "ascn.example:8443")];
    let page = app.anonymous().send("GET", "/docs", None, &headers).await.expect(200);
    assert!(page.text.contains("API=http://ascn.example:8443/api/v1\n"), "{}", page.text);
    assert!(page.text.contains("TOKEN=$(curl"), "{}", page.text);
    assert_eq!(page.header("cache-control"), Some("private, max-age=300"));
}

#[actix_web::test]
async fn swagger_ui_has_its_own_title_and_starts_collapsed_with_a_filter() {
    let app = TestApp::spawn().await;
    let page = app.anonymous().get("/docs/try/").await.expect(200);
    assert!(page.text.contains("<title>Try it: ascn-tracker</title>"), "{}", page.text);
    let script = app.anonymous().get("/docs/try/swagger-initializer.js").await.expect(200);
    for setting in
        ["\"filter\": true", "\"docExpansion\": \"none\"", "\"persistAuthorization\": false"]
    {
        assert!(script.text.contains(setting), "{setting}: {}", script.text);
    }
}

#[actix_web::test]
async fn root_redirects_browsers_to_the_docs_and_is_404_for_programs() {
    let app = TestApp::spawn().await;
    let browser = [("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")];
    // The client of the tests follows redirects.
    let page = app.anonymous().send("GET", "/", None, &browser).await.expect(200);
    assert!(page.text.contains("<h1>ascn-tracker</h1>"), "{}", page.text);
    app.anonymous().get("/").await.expect(404);
}
