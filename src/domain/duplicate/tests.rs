use super::*;
use crate::domain::{
    id::Id,
    testing::project,
    value::{Prose, Slug, Title},
};

fn is_same_title(a: &str, b: &str) -> bool {
    DuplicateKey::from_title(a) == DuplicateKey::from_title(b)
}

fn code(text: &str) -> ProjectCode {
    ProjectCode::parse(text).unwrap()
}

#[test]
fn titles_are_compared_without_case_form_and_spaces() {
    for same in [
        "đèn đường THÔNG MINH",
        "  Đèn đường  thông minh ",
        "Đèn\u{A0}đường\u{2009}thông minh",
        "Đèn\u{3000}đường thông\u{200B} minh\u{FEFF}",
        "Đe\u{300}n đươ\u{300}ng thông minh",
    ] {
        assert!(is_same_title("Đèn đường thông minh", same), "{same:?}");
    }
    assert!(is_same_title("Straße", "STRASSE"));
    assert!(is_same_title("ΟΔΟΣ", "οδος") && is_same_title("ΟΔΟΣ", "οδοσ"));
}

#[test]
fn titles_with_different_letters_marks_or_words_are_different() {
    assert!(!is_same_title("Đèn đường", "Den duong"));
    assert!(!is_same_title("Phase 1 2", "Phase 12"));
    assert!(!is_same_title("Smart lights", "Smart lights 2"));
}

fn partnership(partner: Option<&str>, as_stated: Option<&str>, note: Option<&str>) -> Partnership {
    let of = project();
    Partnership {
        id: Id::new(uuid::Uuid::from_u128(7)),
        project: of.id,
        code: of.code,
        partner: partner.map(|p| Slug::parse(p).unwrap()),
        as_stated: as_stated.map(|n| Title::parse(n).unwrap()),
        role: Some(PartnerRole::Funder),
        stage: Some(PartnerStage::Mou),
        amount: None,
        note: note.map(|n| Prose::parse(n).unwrap()),
        version: 1,
    }
}

#[test]
fn partnerships_are_compared_by_partner_role_stage_and_note() {
    let first = partnership(Some("jica"), None, Some("Phase one.\nPaid."));
    let same = partnership(Some("jica"), Some("JICA"), Some("phase one. paid."));
    assert_eq!(find_duplicate_part(&same, std::slice::from_ref(&first)), Some(&first));
    let others = [
        partnership(Some("adb"), None, Some("Phase one. Paid.")),
        partnership(None, Some("jica"), Some("Phase one. Paid.")),
        partnership(Some("jica"), None, None),
        Partnership { role: Some(PartnerRole::Lender), ..first.clone() },
        Partnership { stage: Some(PartnerStage::Study), ..first.clone() },
    ];
    assert_eq!(find_duplicate_part(&first, &others), None);
    let stated = partnership(None, Some("The  Bank"), None);
    assert_eq!(
        find_duplicate_part(
            &partnership(None, Some("the bank"), None),
            std::slice::from_ref(&stated)
        ),
        Some(&stated)
    );
}

#[test]
fn project_is_no_duplicate_of_a_project_that_it_continues() {
    let same = || vec![code("da-nang-1"), code("da-nang-4")];
    assert_eq!(find_duplicate_project(same(), &[]), Some(code("da-nang-1")));
    assert_eq!(find_duplicate_project(same(), &[code("da-nang-1")]), Some(code("da-nang-4")));
    let line = [code("da-nang-4"), code("da-nang-1")];
    assert_eq!(find_duplicate_project(same(), &line), None);
}
