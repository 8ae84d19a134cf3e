//! Faults that a library finds are told in our words and in the caller's language.

use crate::helpers::TestResponse;

/// Returns the first fault as "pointer-or-parameter code: text".
fn first_fault(answer: &TestResponse) -> String {
    let fault = &answer.json()["errors"][0];
    let at = fault["pointer"].as_str().or(fault["parameter"].as_str()).unwrap_or_default();
    format!("{at} {}: {}", fault["code"].as_str().unwrap(), fault["detail"].as_str().unwrap())
}

// Seen in a Vietnamese answer: "expected ident at line 1 column 10".
#[actix_web::test]
async fn faults_of_libraries_are_in_vietnamese_words() {
    let app = crate::report_fixtures::spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let import = "imports?city=da-nang&cycle=me-2026&sheet=projects&lang=vi";
    let mut told = Vec::new();
    for body in ["{\"title\": tru}", "{\"title\": 1e999}", "{\"title\":\n", "{}\n{}"] {
        let answer = officer.upload("projects?lang=vi", "application/json", body.into()).await;
        told.push(first_fault(&answer.expect(400)));
    }
    for query in ["limit=6.5", "limit=99999999999999999999", "updated_since=yesterday"] {
        let answer = officer.get(&format!("projects?{query}&lang=vi")).await.expect(400);
        told.push(first_fault(&answer));
    }
    let latin = b"code,version,title\nda-nang-1,4,\xc9t\xe9\n".to_vec();
    told.push(first_fault(&officer.upload(import, "text/csv", latin).await.expect(422)));
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let broken = b"PK\x03\x04 and nothing else".to_vec();
    told.push(first_fault(&officer.upload("imports?lang=vi", xlsx, broken).await.expect(422)));
    insta::assert_snapshot!(told.join("\n"), @r"
    /title json: cần JSON; không đọc tiếp được từ dòng 1, cột 14
    /title json: cần JSON; không đọc tiếp được từ dòng 1, cột 15
    /title json: cần JSON; văn bản kết thúc trước khi giá trị kết thúc
     json: cần một giá trị JSON; ở dòng 2, cột 1 còn nội dung theo sau
    limit type: cần một số nguyên có tối đa 18 chữ số
    limit type: cần một số nguyên có tối đa 18 chữ số
    updated_since instant: cần thời điểm theo RFC 3339, chẳng hạn 2026-07-01T00:00:00Z
     not_utf8: cần văn bản UTF-8; dòng 2 có các byte khác: hãy lưu tệp dưới dạng CSV UTF-8
     broken: cần một sổ tính XLSX nguyên vẹn; không đọc được tệp này: hãy mở bằng phần mềm bảng tính, xem lại và lưu mới
    ");
}
