//! The vocabulary: every allowed value and every field, in words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{helpers::TestApp, operations::openapi_document};

/// A vocabulary's lists and forms by name.
fn index_by_name(vocabulary: &Value, group: &str, name: &str) -> BTreeMap<String, Value> {
    let all = vocabulary[group].as_array().unwrap().iter();
    all.map(|one| (one[name].as_str().unwrap().to_owned(), one.clone())).collect()
}

fn list_values(list: &Value) -> Vec<&str> {
    list["values"].as_array().unwrap().iter().map(|v| v["value"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn every_openapi_enum_is_in_the_vocabulary() {
    let app = TestApp::spawn().await;
    let vocabulary = app.reader().await.get("vocabulary").await.expect(200).json();
    let lists = index_by_name(&vocabulary, "lists", "list");
    let known: BTreeSet<Vec<&str>> = lists.values().map(list_values).collect();
    let document = openapi_document();
    let mut missing = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let Some(words) = schema["enum"].as_array() else { continue };
        let words: Vec<&str> = words.iter().map(|w| w.as_str().unwrap()).collect();
        if !known.contains(&words) {
            missing.push(format!("{name} has no words: {words:?}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    for name in [
        "focus_area",
        "sub_area",
        "outcome",
        "enabler",
        "sector",
        "tag",
        "partner_type",
        "plan_cycle",
        "country",
        "currency",
        "language",
        "problem",
        "sdg",
        "action",
    ] {
        assert!(!list_values(&lists[name]).is_empty(), "{name}");
    }
    let parents = |list: &str| lists[list]["values"][0]["parent"].clone();
    assert_eq!((parents("sub_area"), parents("tag")), ("civic-and-social".into(), "VN".into()));
    assert!(list_values(&lists["currency"]).contains(&"VND"));
}

#[actix_web::test]
async fn every_form_field_has_a_label_and_help_in_every_language() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let document = openapi_document();
    for lang in ["en", "vi"] {
        let vocabulary = reader.get(&format!("vocabulary?lang={lang}")).await.expect(200).json();
        let forms = index_by_name(&vocabulary, "forms", "form");
        for (form, schema) in [
            ("project", "NewProject"),
            ("milestone", "NewMilestone"),
            ("indicator", "NewIndicator"),
            ("partnership", "NewPartnership"),
            ("report", "NewReport"),
            ("money", "MoneyInput"),
            ("location", "LocationInput"),
            ("reading", "ReadingInput"),
            ("milestone_done", "NewMilestoneDone"),
            ("indicator_value", "NewIndicatorValue"),
            ("evidence", "NewEvidence"),
        ] {
            let fields = forms[form]["fields"].as_array().unwrap();
            let named: BTreeSet<&str> =
                fields.iter().map(|f| f["field"].as_str().unwrap()).collect();
            let members =
                document["components"]["schemas"][schema]["properties"].as_object().unwrap();
            assert_eq!(named, members.keys().map(String::as_str).collect(), "{form}");
            for field in fields {
                for text in ["label", "help"] {
                    assert!(
                        field[text].as_str().is_some_and(|t| !t.is_empty()),
                        "{lang} {form} {field}"
                    );
                }
            }
        }
    }
}

#[actix_web::test]
async fn vocabulary_labels_are_localised_and_values_are_not() {
    let app = TestApp::spawn().await;
    let reader = app.reader().await;
    let [en, vi] = [reader.get("vocabulary?lang=en").await, reader.get("vocabulary?lang=vi").await];
    assert_eq!(
        (en.header("content-language"), vi.header("content-language")),
        (Some("en"), Some("vi"))
    );
    assert_ne!(en.etag(), vi.etag());
    let [en, vi] = [en.json(), vi.json()].map(|v| index_by_name(&v, "lists", "list"));
    for (name, list) in &en {
        assert_eq!(list_values(list), list_values(&vi[name]), "{name}");
        assert_ne!(list["label"], vi[name]["label"], "{name}");
        let all = vi[name]["values"].as_array().unwrap();
        assert!(all.iter().all(|v| v["label"].as_str().is_some_and(|l| !l.is_empty())), "{name}");
    }
    assert_eq!(en["status"]["values"][1]["label"], "On-going");
    assert_eq!(vi["status"]["values"][1]["label"], "Đang triển khai");
    let sub = |v: &BTreeMap<String, Value>| v["sub_area"]["values"][0]["label"].clone();
    assert_eq!((sub(&en), sub(&vi)), ("Tourism".into(), "Du lịch".into()));
}

#[actix_web::test]
async fn vocabulary_without_credentials_is_401() {
    let app = TestApp::spawn().await;
    app.anonymous().get("vocabulary").await.expect(401);
    let answer = app.reader().await.get("vocabulary").await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    let languages = answer.json()["languages"].as_array().unwrap().clone();
    let complete: Vec<&str> = languages
        .iter()
        .filter(|l| l["complete"] == true)
        .map(|l| l["tag"].as_str().unwrap())
        .collect();
    assert_eq!(complete, ["en", "vi"]);
    let jawi = languages.iter().find(|l| l["tag"] == "ms-Arab").unwrap();
    assert_eq!((&jawi["direction"], &jawi["name"]), (&"rtl".into(), &"بهاس ملايو".into()));
}
