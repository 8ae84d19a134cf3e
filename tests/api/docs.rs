//! The documentation as a browser gets it.

use ascn_tracker::api::error::PROBLEMS;

use crate::helpers::{Answered, TestApp};

/// The values of an attribute in a page, read well enough for pages that we write ourselves.
fn attribute(page: &str, name: &str) -> Vec<String> {
    page.split(&format!("{name}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn policy(answer: &Answered) -> &str {
    answer.header("content-security-policy").unwrap()
}

#[actix_web::test]
async fn the_way_in_leads_on_and_every_link_works() {
    let app = TestApp::spawn().await;
    let page = app.anonymous().get("/docs").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(policy(&page).starts_with("default-src 'none'; style-src 'self';"));
    let links = attribute(&page.text, "href");
    for expected in ["/docs/try", "/openapi.json", "/docs/problems/"] {
        assert!(links.iter().any(|l| l == expected), "{links:?}");
    }
    for link in links {
        app.anonymous().get(&link).await.expect(200);
    }
}

#[actix_web::test]
async fn every_kind_of_problem_has_its_page() {
    let app = TestApp::spawn().await;
    let index = app.anonymous().get("/docs/problems/").await.expect(200);
    let links = attribute(&index.text, "href");
    for kind in PROBLEMS {
        let path = format!("/docs/problems/{}", kind.code);
        assert!(links.contains(&path), "{path}");
        let page = app.anonymous().get(&path).await.expect(200);
        assert!(page.text.contains(&format!("<h1>{}</h1>", kind.title)), "{}", page.text);
        assert!(policy(&page).starts_with("default-src 'none'"));
    }
    let missing = app.anonymous().get("/docs/problems/nothing").await.expect(404);
    assert_eq!(missing.header("content-type"), Some("application/problem+json"));
    // A problem that was really answered leads to its page.
    let problem = app.anonymous().get("countries").await.expect(401).json();
    app.anonymous().get(problem["type"].as_str().unwrap()).await.expect(200);
}

#[actix_web::test]
async fn every_recipe_has_its_page_with_lines_to_take_over() {
    let app = TestApp::spawn().await;
    let index = app.anonymous().get("/docs/recipes/").await.expect(200);
    let links = attribute(&index.text, "href");
    let recipes: Vec<&String> =
        links.iter().filter(|l| l.starts_with("/docs/recipes/") && l.len() > 14).collect();
    assert_eq!(recipes.len(), 7, "{links:?}");
    for recipe in recipes {
        let page = app.anonymous().get(recipe).await.expect(200);
        assert!(policy(&page).starts_with("default-src 'none'"));
        assert!(page.text.contains("<pre><code class="), "{recipe}");
    }
    app.anonymous().get("/docs/recipes/nothing").await.expect(404);
}

#[actix_web::test]
async fn swagger_ui_comes_from_the_binary_alone() {
    let app = TestApp::spawn().await;
    let page = app.anonymous().get("/docs/try").await.expect(200);
    let policy = policy(&page);
    assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self'"));
    // The policy forbids scripts in the page and files from elsewhere: there must be none.
    assert!(!page.text.contains("<script>"), "{}", page.text);
    let files: Vec<String> =
        attribute(&page.text, "src").into_iter().chain(attribute(&page.text, "href")).collect();
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
async fn the_documentation_is_only_read() {
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
async fn the_documentation_can_be_switched_off() {
    let app = TestApp::with_setting("ASCN_DOCS", "off").await;
    for path in ["/docs", "/docs/", "/docs/problems/stale", "/docs/try/", "/docs/style.css"] {
        app.anonymous().get(path).await.expect(404);
    }
    // The contract is no documentation: clients are made from it.
    app.anonymous().get("/openapi.json").await.expect(200);
}
