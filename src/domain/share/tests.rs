//! The path of a share, and the days on which the share is answered.

use super::*;
use crate::domain::testing::day;

fn path(raw: &str) -> Result<String, String> {
    SharedPath::parse(raw).map(|p| p.to_string()).map_err(|f| f.code.to_owned())
}

#[test]
fn a_path_is_written_in_one_way_only() {
    for (raw, written) in [
        ("/api/v1/releases/latest", "/api/v1/releases/latest"),
        ("/api/v1/releases/me-2025-r1/data?", "/api/v1/releases/me-2025-r1/data"),
        (
            "/api/v1/releases/latest/reports?status=ongoing&city=h%75e&city=da-nang",
            "/api/v1/releases/latest/reports?city=da-nang&city=hue&status=ongoing",
        ),
    ] {
        assert_eq!(path(raw).as_deref(), Ok(written));
        // The normal form is parsed into itself.
        assert_eq!(path(written).as_deref(), Ok(written));
    }
}

#[test]
fn nothing_but_a_path_over_releases_is_taken() {
    for raw in [
        "",
        "releases/latest",
        "/api/v1/releases",
        "/api/v1/releases/",
        "/api/v1/releases/latest/",
        "/api/v1/releases/latest/verify",
        "/api/v1/releases/latest//reports",
        "/api/v1/releases/latest/reports/",
        "/api/v1/releases/../projects",
        "/api/v1/releases/latest/../../projects",
        "/api/v1/releases/%2e%2e/projects",
        "/api/v1/releases/latest%2freports",
        "/api/v1/releases/l%61test",
        "/api/v1/releases/latest\\reports",
        "/api/v1/releases/latest/reports#x",
        "/api/v1/releases/latest/reports?city=\u{e9}",
        "/api/v1/releases/latest/reports?city=a b",
        "/api/v1/releases/latest/reports?cursor=x",
        "/api/v1/releases/latest/reports?form%61t=csv",
        "/api/v1/projects",
        "//elsewhere.example/api/v1/releases/latest",
        "https://elsewhere.example/api/v1/releases/latest",
        "/API/v1/releases/latest",
        "/api/v1/releases/LATEST",
    ] {
        assert_eq!(path(raw), Err("path".to_owned()), "{raw}");
    }
    let long = format!("{BASE}latest?lang={}", "e".repeat(PATH_MAX));
    assert!(path(&long).is_err());
}

fn terms(expires_on: &str) -> Result<ShareTerms, Vec<String>> {
    let raw = RawShare {
        name: Some("For the ministry".into()),
        path: Some("/api/v1/releases/latest".into()),
        format: Some("json".into()),
        expires_on: Some(expires_on.into()),
    };
    let mut faults = FaultList::new();
    let parsed = raw.parse(day("2026-11-20"), &mut faults);
    faults
        .finish_built(parsed.into_terms())
        .map_err(|f| f.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect())
}

#[test]
fn the_last_day_is_today_at_the_earliest_and_two_years_ahead_at_the_latest() {
    for on in ["2026-11-20", "2028-11-20"] {
        assert_eq!(terms(on).unwrap().expires_on, day(on));
    }
    for on in ["2026-11-19", "2028-11-21"] {
        assert_eq!(terms(on).unwrap_err(), ["/expires_on range"]);
    }
    assert_eq!(terms("soon").unwrap_err(), ["/expires_on day"]);
    let mut faults = FaultList::new();
    let parsed = RawShare::default().parse(day("2026-11-20"), &mut faults);
    assert!(parsed.into_terms().is_none());
    assert_eq!(faults.into_vec().len(), 4);
}

#[test]
fn a_share_is_answered_until_its_last_day_or_until_it_is_taken_back() {
    let (id, by) = (Id::new(uuid::Uuid::nil()), Id::new(uuid::Uuid::nil()));
    let share = Share::create(id, terms("2026-12-01").unwrap(), by, DateTime::UNIX_EPOCH);
    assert!(share.is_open(day("2026-12-01")) && !share.is_open(day("2026-12-02")));
    let revoked = share.revoke().unwrap();
    assert!(!revoked.is_open(day("2026-11-20")) && revoked.version == 2);
    assert_eq!(revoked.revoke(), None);
}
