//! What is told in words is told in the language of the caller: why something may not be done, why a report was left as it is,
//! what is wrong with a file.

use serde_json::{Value, json};

use crate::{
    helpers::pointers,
    report_fixtures::{CYCLE, complete_report_body, report_path, spawn_with_open_cycle},
};

#[actix_web::test]
async fn allowed_action_reasons_are_localised() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut draft = complete_report_body();
    draft["next_steps"] = Value::Null;
    officer.put(&report_path("da-nang-1"), &draft, None).await.expect(201);
    let path = report_path("da-nang-1");
    let [en, vi] = [
        officer.get(&path).await.expect(200),
        officer.get(&format!("{path}?lang=vi")).await.expect(200),
    ];
    let told = |answer: &crate::helpers::TestResponse, act: &str| {
        answer.json()["allowed_actions"][act]["reason"].as_str().unwrap().to_owned()
    };
    for (act, english, vietnamese) in [
        ("approve", "your role does not allow this", "vai trò của bạn không cho phép"),
        (
            "withdraw",
            "withdraw is not possible while it is draft",
            "không thể rút lại khi đang ở trạng thái: bản nháp",
        ),
        ("submit", "not ready: /next_steps", "chưa sẵn sàng: /next_steps"),
    ] {
        assert_eq!((told(&en, act).as_str(), told(&vi, act).as_str()), (english, vietnamese));
    }
    assert_eq!(
        (en.header("content-language"), vi.header("content-language")),
        (Some("en"), Some("vi"))
    );
    // Other words, another tag; the version in it is the same, and is what a write is held to.
    assert_ne!(en.etag(), vi.etag());
    let known = vi.etag();
    let read = |lang: &'static str, path: String| {
        let (officer, known) = (officer.clone(), known.clone());
        async move {
            let headers = [("accept-language", lang), ("if-none-match", known.as_str())];
            officer.send("GET", &path, None, &headers).await.status
        }
    };
    assert_eq!((read("vi", path.clone()).await, read("en", path.clone()).await), (304, 200));
    let written = [("accept-language", "vi"), ("if-match", known.as_str())];
    let written =
        officer.send("PUT", &path, Some(&complete_report_body()), &written).await.expect(200);
    assert_eq!(told(&written, "approve"), "vai trò của bạn không cho phép");
    let submitted = [("accept-language", "vi")];
    let submitted =
        officer.send("POST", &format!("{path}/submit"), None, &submitted).await.expect(200);
    assert_eq!(told(&submitted, "edit"), "không thể sửa khi đang ở trạng thái: đã nộp");
    let project = officer.get("projects/da-nang-1?lang=vi").await.expect(200);
    assert_eq!(told(&project, "delete"), "dự án đã có báo cáo");
    let list = officer.get("projects?city=da-nang&lang=vi").await.expect(200);
    assert_eq!(list.header("content-language"), Some("vi"));
    let delete = &list.json()["items"][0]["allowed_actions"]["delete"]["reason"];
    assert_eq!(delete, "dự án đã có báo cáo");
}

#[actix_web::test]
async fn bulk_problems_are_localised() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let representative = app.representative("VN").await;
    let order = json!({ "action": "approve", "dry_run": true, "items": [
        { "project": "da-nang-1", "cycle": CYCLE, "version": 9 },
        { "project": "da-nang-9", "cycle": CYCLE, "version": 1 }
    ] });
    let [en, vi] = [
        representative.post("reports/bulk", &order).await.expect(200),
        representative.post("reports/bulk?lang=vi", &order).await.expect(200),
    ];
    let titles = |v: &Value| -> Vec<String> {
        let all = v["results"].as_array().unwrap().iter();
        all.map(|r| r["problem"]["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&en.json()), ["The record changed since you read it", "No such resource"]);
    let vietnamese = ["Bản ghi đã thay đổi kể từ khi bạn đọc", "Không có dữ liệu này"];
    assert_eq!(titles(&vi.json()), vietnamese);
    assert_eq!(
        vi.json()["results"][0]["problem"]["detail"],
        "bản ghi đã thay đổi kể từ khi bạn đọc"
    );
    assert_eq!(vi.header("content-language"), Some("vi"));
    // What ties an act to its rehearsal knows no language.
    assert_eq!(en.json()["digest"], vi.json()["digest"]);
    let mut whole = order;
    (whole["dry_run"], whole["all_or_nothing"]) = (json!(false), json!(true));
    let refused = representative.post("reports/bulk?lang=vi", &whole).await.expect(409).json();
    assert_eq!(titles(&refused["bulk"]), vietnamese);
    assert_eq!(refused["detail"], "không thực hiện được mọi mục nên chưa thực hiện mục nào");
    let both = json!({ "action": "approve", "dry_run": true });
    let refused = representative.post("reports/bulk?lang=vi", &both).await.expect(422);
    assert_eq!(pointers(&refused), ["/items"]);
    assert_eq!(refused.json()["errors"][0]["detail"], "cần có danh sách items hoặc bộ lọc filter");
}

#[actix_web::test]
async fn import_faults_are_localised() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let file = b"id,project,version,title,due_on\n,da-nang-1,,A,soon\n".to_vec();
    let path = |more: &str| format!("imports?city=da-nang&cycle={CYCLE}&sheet=milestones{more}");
    let said = "cần ngày theo dạng YYYY-MM-DD từ năm 1900 đến năm 2200, hoặc ngày theo định dạng của bảng tính";
    let ask = |more: &'static str| {
        let (officer, file, path) = (officer.clone(), file.clone(), path(more));
        async move { officer.upload(&path, "text/csv", file).await }
    };
    let preview = ask("&lang=vi").await.expect(200);
    assert_eq!(preview.json()["faults"][0]["detail"], said);
    assert_eq!(preview.header("content-language"), Some("vi"));
    assert_eq!(preview.json()["digest"], ask("").await.json()["digest"]);
    let refused = ask("&lang=vi&dry_run=false").await.expect(422).json();
    assert_eq!(refused["errors"][0]["detail"], format!("milestones!E2: {said}"));
    assert_eq!(refused["import"]["faults"][0]["detail"], said);
    assert_eq!(refused["detail"], "chưa có gì được ghi: 1 dòng hoặc ô không nhận được");
}
