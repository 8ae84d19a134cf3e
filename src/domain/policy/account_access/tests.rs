use std::sync::Arc;

use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::domain::{
    id::Id,
    policy::Unproved,
    reference::CountryCode,
    user::{EmailAddress, User, UserState},
    value::{Slug, Title},
};

fn country(code: &str) -> Scope {
    Scope::Country(CountryCode::parse(code).unwrap())
}
fn city(slug: &str, code: &str) -> Scope {
    Scope::City(Slug::parse(slug).unwrap(), CountryCode::parse(code).unwrap())
}

fn grant(user: u128, role: Role, scope: Scope) -> Grant {
    Grant {
        id: Id::new(Uuid::from_u128(user)),
        user: Id::new(Uuid::from_u128(user)),
        role,
        scope,
        from: None,
        until: None,
        acting_for: None,
        granted_by: None,
        granted_at: DateTime::UNIX_EPOCH,
        version: 1,
    }
}

fn actor(id: u128, grants: &[(Role, Scope)]) -> Arc<Actor> {
    let grants = grants.iter().map(|(r, s)| grant(id, *r, s.clone())).collect();
    Arc::new(Actor::new(Id::new(Uuid::from_u128(id)), grants))
}

fn person(id: u128, grants: &[(Role, Scope)]) -> UserSubject {
    UserSubject {
        user: User {
            id: Id::new(Uuid::from_u128(id)),
            email: EmailAddress::parse("a@b.example").unwrap(),
            name: Title::parse("A").unwrap(),
            state: UserState::Active,
            created_at: DateTime::UNIX_EPOCH,
            version: 1,
        },
        grants: grants.iter().map(|(r, s)| grant(id, *r, s.clone())).collect(),
    }
}

fn read(by: &Arc<Actor>, whom: UserSubject) -> Result<(), AccessDenied> {
    Unproved::seal_resource(whom).authorize::<ReadUser>(by).map(drop)
}
fn edit(by: &Arc<Actor>, whom: UserSubject) -> Result<(), &'static str> {
    Unproved::seal_resource(whom).authorize::<EditUser>(by).map(drop).map_err(|d| match d {
        AccessDenied::Hidden => "hidden",
        AccessDenied::Forbidden(_) => "forbidden",
        AccessDenied::Undecided(part) => panic!("{part}"),
    })
}

#[test]
fn a_representative_manages_the_officers_and_readers_of_the_own_country() {
    use Role::{Administrator, CityOfficer, NationalRepresentative, Reader, Secretariat};
    let by = actor(1, &[(NationalRepresentative, country("VN"))]);
    let officer = (CityOfficer, city("da-nang", "VN"));
    assert_eq!(edit(&by, person(2, std::slice::from_ref(&officer))), Ok(()));
    assert_eq!(edit(&by, person(2, &[officer.clone(), (Reader, country("VN"))])), Ok(()));
    for beside in [
        (NationalRepresentative, country("VN")),
        (Secretariat, Scope::Network),
        (Administrator, Scope::Network),
        (Reader, Scope::Network),
        (CityOfficer, city("makassar", "ID")),
    ] {
        assert_eq!(edit(&by, person(2, &[officer.clone(), beside])), Err("forbidden"));
    }
    assert_eq!(edit(&by, person(2, &[(CityOfficer, city("makassar", "ID"))])), Err("hidden"));
    assert_eq!(edit(&by, person(2, &[(Reader, Scope::Network)])), Err("hidden"));
    assert_eq!(edit(&by, person(2, &[])), Err("hidden"));
}

#[test]
fn nobody_manages_their_own_account() {
    let by = actor(1, &[(Role::Administrator, Scope::Network)]);
    assert_eq!(edit(&by, person(2, &[])), Ok(()));
    assert_eq!(edit(&by, person(1, &[(Role::Administrator, Scope::Network)])), Err("forbidden"));
    let by = actor(
        1,
        &[(Role::NationalRepresentative, country("VN")), (Role::CityOfficer, city("hue", "VN"))],
    );
    assert_eq!(edit(&by, person(1, &[(Role::CityOfficer, city("hue", "VN"))])), Err("forbidden"));
}

#[test]
fn who_sees_whom() {
    let officer = || person(2, &[(Role::CityOfficer, city("da-nang", "VN"))]);
    for (role, scope, sees, edits) in [
        (Role::CityOfficer, city("da-nang", "VN"), false, Err("hidden")),
        (Role::Reader, Scope::Network, false, Err("hidden")),
        (Role::NationalRepresentative, country("ID"), false, Err("hidden")),
        (Role::NationalRepresentative, country("VN"), true, Ok(())),
        (Role::Secretariat, Scope::Network, true, Err("forbidden")),
        (Role::Administrator, Scope::Network, true, Ok(())),
    ] {
        let by = actor(1, &[(role, scope)]);
        assert_eq!(read(&by, officer()).is_ok(), sees, "{role}");
        assert_eq!(edit(&by, officer()), edits, "{role}");
    }
    assert_eq!(edit(&actor(1, &[]), officer()), Err("hidden"));
}

#[test]
fn a_grant_is_given_by_virtue_of_the_grant_that_allows_it() {
    let mut by = actor(
        1,
        &[
            (Role::NationalRepresentative, country("ID")),
            (Role::NationalRepresentative, country("VN")),
        ],
    );
    let principal = Id::new(Uuid::from_u128(9));
    Arc::get_mut(&mut by).unwrap().grants[1].acting_for = Some(principal);
    let give = |role, scope| {
        let on = GrantSubject { role, scope };
        Unproved::seal_resource(on).authorize::<GiveGrant>(&by).map(|p| p.basis().acting_for)
    };
    assert_eq!(give(Role::CityOfficer, city("makassar", "ID")), Ok(None));
    assert_eq!(give(Role::CityOfficer, city("da-nang", "VN")), Ok(Some(principal)));
    assert!(give(Role::CityOfficer, city("cebu-city", "PH")).is_err());
    assert!(give(Role::NationalRepresentative, country("VN")).is_err());
    assert!(give(Role::Reader, Scope::Network).is_err());
}
