//! The people of a test: one for each role and scope, and whoever is invited.

use ascn_tracker::{
    auth::secret::digest_token,
    clock,
    domain::{
        id::Id,
        reference::CountryCode,
        session::LoginSession,
        user::{EmailAddress, Grant, Role, Scope, User, UserState},
        value::{Slug, Title},
    },
    store::{Change, StoreError, fixtures, unguarded, users},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::helpers::{Caller, PASSWORD_OF_THEIRS, TestApp};

impl TestApp {
    /// A city's officer; the same person for each call with the same city.
    pub async fn officer(&self, city: &str) -> Caller<'_> {
        let country = self.country_of(city).await;
        let scope = Scope::City(Slug::parse(city).unwrap(), CountryCode::parse(country).unwrap());
        self.as_role(Role::CityOfficer, scope).await
    }
    /// A country's representative.
    pub async fn representative(&self, country: &str) -> Caller<'_> {
        self.as_role(
            Role::NationalRepresentative,
            Scope::Country(CountryCode::parse(country).unwrap()),
        )
        .await
    }
    /// The secretariat.
    pub async fn secretariat(&self) -> Caller<'_> {
        self.as_role(Role::Secretariat, Scope::Network).await
    }
    /// An administrator.
    pub async fn administrator(&self) -> Caller<'_> {
        self.as_role(Role::Administrator, Scope::Network).await
    }
    /// A reader of the whole network.
    pub async fn reader(&self) -> Caller<'_> {
        self.as_role(Role::Reader, Scope::Network).await
    }

    async fn country_of(&self, city: &str) -> String {
        let key = Slug::parse(city).unwrap();
        self.state
            .db
            .read(move |c| ascn_tracker::store::reference::find_city(c, &key))
            .await
            .unwrap_or_else(|e: StoreError| panic!("{e}"))
            .unwrap()
            .country
            .to_string()
    }

    /// The person who holds one role on one scope, made when first asked for.
    pub async fn as_role(&self, role: Role, scope: Scope) -> Caller<'_> {
        let name = format!("{role} {}", scope.key().unwrap_or("network"));
        let known = self.tokens.lock().unwrap().get(&name).cloned();
        let token = match known {
            Some(token) => token,
            None => {
                let (_, token) = self.insert_user(&name, &[(role, scope)]).await;
                self.tokens.lock().unwrap().insert(name, token.clone());
                token
            }
        };
        Caller { app: self, token: Some(token) }
    }

    /// Lets time pass, and gives new sessions to the persons of [`TestApp::as_role`], whose tokens are valid for minutes.
    pub async fn advance(&self, time: chrono::TimeDelta) {
        self.clock.advance(time);
        let names: Vec<String> = self.tokens.lock().unwrap().keys().cloned().collect();
        for name in names {
            let email =
                EmailAddress::parse(format!("{}@test.example", name.replace(' ', "."))).unwrap();
            let read = self.state.db.read(move |c| users::find_by_email(c, &email));
            let user = read.await.unwrap_or_else(|e: StoreError| panic!("{e}")).unwrap();
            let token = self.open_session(user.id).await;
            self.tokens.lock().unwrap().insert(name, token);
        }
    }

    /// Makes an active user with grants and a session, past the API; returns the id and an access token.
    pub async fn insert_user(&self, name: &str, grants: &[(Role, Scope)]) -> (Uuid, String) {
        let now = self.state.clock.now();
        let user = User {
            id: Id::new(clock::generate_uuid()),
            email: EmailAddress::parse(format!("{}@test.example", name.replace(' ', "."))).unwrap(),
            name: Title::parse(name).unwrap(),
            state: UserState::Active,
            created_at: now,
            version: 1,
        };
        let id = user.id;
        let grants: Vec<Grant> = grants
            .iter()
            .map(|(role, scope)| permanent_grant(id, *role, scope.clone(), now))
            .collect();
        self.state
            .db
            .write(move |tx| -> Result<(), StoreError> {
                fixtures::save_record(tx, &user, Change::without_reason("invite"))?;
                for g in &grants {
                    fixtures::save_record(tx, g, Change::without_reason("grant"))?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let token = self.open_session(id).await;
        (id.as_uuid(), token)
    }

    /// Has an administrator invite somebody; returns the id and the invitation's token.
    pub async fn invite_user(&self, email: &str, grants: Value) -> (String, String) {
        let body = serde_json::json!({ "email": email, "name": "Somebody", "grants": grants });
        let made = self.administrator().await.post("users", &body).await.expect(201).json();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        (text(&made["id"]), text(&made["invitation"]["token"]))
    }

    /// Has an administrator invite somebody who accepts; returns the id and the tokens.
    pub async fn invite_and_accept(&self, email: &str, grants: Value) -> (String, Value) {
        let (id, token) = self.invite_user(email, grants).await;
        let body = serde_json::json!({ "password": PASSWORD_OF_THEIRS });
        let path = format!("auth/invitations/{token}/accept");
        (id, self.anonymous().post(&path, &body).await.expect(200).json())
    }

    /// Opens a session for a user, past the login; returns an access token.
    pub async fn open_session(&self, user: Id<User>) -> String {
        let now = self.state.clock.now();
        let session = clock::generate_uuid();
        self.state
            .db
            .write_unjournaled(move |c| -> Result<(), StoreError> {
                let session = LoginSession::start_session(session, user, None, now);
                unguarded::insert_session(c, &session, &digest_token(&session.id.to_string()))
            })
            .await
            .unwrap();
        self.state.tokens.issue(user.as_uuid(), session, now).unwrap().0
    }
}

/// Makes a grant that holds without end.
pub fn permanent_grant(user: Id<User>, role: Role, scope: Scope, now: DateTime<Utc>) -> Grant {
    Grant {
        id: Id::new(clock::generate_uuid()),
        user,
        role,
        scope,
        from: None,
        until: None,
        acting_for: None,
        granted_by: None,
        granted_at: now,
        version: 1,
    }
}
