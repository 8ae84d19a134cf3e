use super::*;

fn raw() -> RawGrant {
    let text = |t: &str| Some(t.to_owned());
    RawGrant {
        role: text("city_officer"),
        scope_kind: text("city"),
        scope_key: text("da-nang"),
        ..RawGrant::default()
    }
}

fn faults(raw: &RawGrant) -> Vec<(String, String)> {
    let mut faults = FaultList::new();
    assert!(raw.parse("/grants/0", &mut faults).is_none() || !faults.is_empty());
    faults.into_vec().into_iter().map(|f| (f.pointer, f.code)).collect()
}

fn pair(pointer: &str, code: &str) -> (String, String) {
    (format!("/grants/0{pointer}"), code.to_owned())
}

#[test]
fn a_grant_is_parsed() {
    let mut faults = FaultList::new();
    let raw =
        RawGrant { from: Some("2026-01-01".into()), until: Some("2026-01-01".into()), ..raw() };
    let wanted = raw.parse("", &mut faults).unwrap();
    assert!(faults.is_empty());
    assert_eq!(wanted.scope, WantedScope::City(Slug::parse("da-nang").unwrap()));
    assert_eq!(wanted.terms.from, wanted.terms.until);
}

#[test]
fn every_fault_of_a_grant_is_named() {
    assert_eq!(
        faults(&RawGrant::default()),
        [pair("/role", "required"), pair("/scope/kind", "required")]
    );
    let bad = RawGrant {
        scope_key: None,
        from: Some("2026-02-30".into()),
        until: Some("tomorrow".into()),
        acting_for: Some("me".into()),
        ..raw()
    };
    assert_eq!(
        faults(&bad),
        [
            pair("/scope/key", "required"),
            pair("/from", "day"),
            pair("/until", "day"),
            pair("/acting_for", "acting_for")
        ]
    );
    let backwards =
        RawGrant { from: Some("2026-01-02".into()), until: Some("2026-01-01".into()), ..raw() };
    assert_eq!(faults(&backwards), [pair("/until", "date_order")]);
}

#[test]
fn a_role_is_given_on_its_own_kind_of_scope() {
    for (role, kind, key, fault) in [
        ("city_officer", "country", Some("VN"), pair("/scope/kind", "scope")),
        ("secretariat", "city", Some("da-nang"), pair("/scope/kind", "scope")),
        ("reader", "network", Some("VN"), pair("/scope/key", "not_null")),
        ("reader", "country", Some("vn"), pair("/scope/key", "unknown")),
        ("reader", "city", Some("Da Nang"), pair("/scope/key", "unknown")),
        ("reader", "world", None, pair("/scope/kind", "unknown")),
        ("king", "network", None, pair("/role", "unknown")),
    ] {
        let text = |t: &str| Some(t.to_owned());
        let raw = RawGrant {
            role: text(role),
            scope_kind: text(kind),
            scope_key: key.map(str::to_owned),
            ..RawGrant::default()
        };
        assert_eq!(faults(&raw), [fault], "{role} on {kind}");
    }
}

#[test]
fn an_account_is_let_in_again_as_it_was() {
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let email = EmailAddress::parse("a@b.example").unwrap();
    let user = User::new_invited(Id::new(uuid::Uuid::nil()), email, Title::parse("A").unwrap(), at);
    let disabled = |v| UserEdit { name: None, disabled: Some(v) };
    let (out, action) = user.apply_edit(disabled(true), false).unwrap();
    assert_eq!((out.state, out.version, action), (UserState::Disabled, 2, "disable"));
    assert_eq!(out.apply_edit(disabled(true), false), None);
    assert_eq!(out.apply_edit(disabled(false), false).unwrap().0.state, UserState::Invited);
    let (back, action) = out.apply_edit(disabled(false), true).unwrap();
    assert_eq!((back.state, back.version, action), (UserState::Active, 3, "enable"));
    assert_eq!(back.apply_edit(disabled(false), true), None);
    let name = |n: &str| UserEdit { name: Some(Title::parse(n).unwrap()), disabled: None };
    assert_eq!(back.apply_edit(name("A"), true), None);
    assert_eq!(back.apply_edit(name("B"), true).unwrap().1, "rename");
}
