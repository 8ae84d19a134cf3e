//! What an operation is called on: a project of Da Nang with its parts, a cycle or an account, brought as far as the
//! operation needs it.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    helpers::{PASSWORD_OF_THEIRS, TestApp},
    report_fixtures::{CYCLE, complete_report_body, cycle_body, report_path},
};

/// How far things are when the operation is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixtureStage {
    /// What every demo has: reference data and the published history.
    Demo,
    /// A project that was never reported on, with a milestone, an indicator and a partnership.
    Recorded,
    /// Its report is a draft that was never handed in.
    Draft,
    /// Its report waits for a decision, with a comment.
    Submitted,
    /// Its report is approved.
    Approved,
    /// A cycle that is not open yet.
    Scheduled,
    /// A cycle that is open.
    Open,
    /// A cycle that is open, with an extension of Da Nang.
    Extended,
    /// An account of a reader of Da Nang, with a session, and an invitation of somebody else.
    Account,
    /// The same, with an address of a calendar.
    Calendar,
    /// A share of the latest release.
    Shared,
    /// The open cycle of the demo is closed, with an approved report in it.
    Closed,
}

/// The names of what is there.
#[derive(Debug, Clone)]
pub struct OperationFixture {
    /// The plan cycle of the plan that is read or written.
    pub plan_cycle: String,
    /// The access token of the account.
    pub access_token: String,
    /// The refresh token of the account.
    pub refresh_token: String,
    project: String,
    milestone: String,
    indicator: String,
    partnership: String,
    comment: String,
    cycle: String,
    user: String,
    grant: String,
    invitation: String,
    /// The path of the calendar.
    calendar: String,
    share: String,
    /// The path of the share.
    address: String,
}

fn to_text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A word that was not used before.
fn unique_word() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    format!("x{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl OperationFixture {
    /// Sets the scene, through the API as its people would.
    pub async fn prepare(app: &TestApp, stage: FixtureStage) -> Self {
        let nobody = || Uuid::nil().to_string();
        let mut scene = Self {
            plan_cycle: "2018-2025".to_owned(),
            access_token: String::new(),
            refresh_token: String::new(),
            project: "da-nang-1".to_owned(),
            milestone: nobody(),
            indicator: nobody(),
            partnership: nobody(),
            comment: nobody(),
            cycle: CYCLE.to_owned(),
            user: nobody(),
            grant: nobody(),
            invitation: "none".to_owned(),
            calendar: "/calendar/none.ics".to_owned(),
            share: nobody(),
            address: "/s/none.json".to_owned(),
        };
        match stage {
            FixtureStage::Demo => {}
            FixtureStage::Scheduled | FixtureStage::Open => {
                scene.create_cycle(app, stage == FixtureStage::Open).await
            }
            FixtureStage::Extended => {
                scene.create_cycle(app, true).await;
                let path = format!("cycles/{}/extensions/da-nang", scene.cycle);
                let more = json!({ "due_on": "2027-02-28", "reason": "A flood." });
                app.secretariat().await.put(&path, &more, None).await.expect(201);
            }
            FixtureStage::Account => scene.invite_users(app).await,
            FixtureStage::Calendar => {
                scene.invite_users(app).await;
                let guest = app.bearer(&scene.access_token);
                let made = guest.send("POST", "me/calendar", None, &[]).await.expect(201).json();
                scene.calendar = to_text(&made["path"]);
            }
            FixtureStage::Shared => {
                let body = json!({ "name": "For all", "path": "/api/v1/releases/latest/reports",
                                   "format": "json", "expires_on": "2027-06-30" });
                let made = app.secretariat().await.post("shares", &body).await.expect(201).json();
                scene.share = to_text(&made["share"]["id"]);
                scene.address = to_text(&made["address"]);
            }
            FixtureStage::Recorded => scene.create_project(app).await,
            FixtureStage::Draft | FixtureStage::Submitted | FixtureStage::Approved => {
                scene.create_project(app).await;
                scene.file_report(app, stage).await;
            }
            FixtureStage::Closed => {
                scene.create_project(app).await;
                scene.file_report(app, FixtureStage::Approved).await;
                close_cycle(app, CYCLE).await;
            }
        }
        scene
    }

    async fn create_project(&mut self, app: &TestApp) {
        let officer = app.officer("da-nang").await;
        let body = json!({
            "city": "da-nang", "plan_cycle": "2018-2025", "title": "Smart buses", "summary": "What it is about.",
            "focus_area": "built-infrastructure", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
        });
        self.project = to_text(&officer.post("projects", &body).await.expect(201).json()["code"]);
        for (kind, body, id) in [
            (
                "milestones",
                json!({ "title": "Depot opens", "due_on": "2024-06-30" }),
                &mut self.milestone,
            ),
            (
                "indicators",
                json!({ "name": "Passengers", "kind": "outcome", "unit": "a day", "better": "up",
                        "target": { "value": 15, "on": "2025-12-31" } }),
                &mut self.indicator,
            ),
            (
                "partnerships",
                json!({ "partner": "asean-korea-cooperation-fund", "role": "funder", "stage": "mou" }),
                &mut self.partnership,
            ),
        ] {
            let path = format!("projects/{}/{kind}", self.project);
            *id = to_text(&officer.post(&path, &body).await.expect(201).json()["id"]);
        }
    }

    async fn file_report(&mut self, app: &TestApp, stage: FixtureStage) {
        let officer = app.officer("da-nang").await;
        officer.put(&report_path(&self.project), &complete_report_body(), None).await.expect(201);
        if stage == FixtureStage::Draft {
            return;
        }
        officer.take_transition(&self.project, "submit").await.expect(200);
        let comments = format!("{}/comments", report_path(&self.project));
        let said = json!({ "text": "Since when?" });
        self.comment = to_text(&officer.post(&comments, &said).await.expect(201).json()["id"]);
        if stage == FixtureStage::Approved {
            let representative = app.representative("VN").await;
            representative.take_transition(&self.project, "approve").await.expect(200);
        }
    }

    async fn create_cycle(&mut self, app: &TestApp, open: bool) {
        let secretariat = app.secretariat().await;
        self.cycle = format!("me-{}", unique_word());
        let mut wanted = cycle_body(&self.cycle);
        // Each scene has a cycle of its own, and no two of a plan are cut off on one day.
        let days: u64 = self.cycle.trim_start_matches("me-x").parse().unwrap();
        let as_of = chrono::NaiveDate::from_ymd_opt(2028, 1, 1).unwrap() + chrono::Days::new(days);
        wanted["as_of"] = json!(as_of);
        secretariat.post("cycles", &wanted).await.expect(201);
        if open {
            let path = format!("cycles/{}/open", self.cycle);
            secretariat.send("POST", &path, None, &[]).await.expect(200);
        }
    }

    async fn invite_users(&mut self, app: &TestApp) {
        let role = json!([{ "role": "reader", "scope": { "kind": "city", "key": "da-nang" } }]);
        let (user, tokens) =
            app.invite_and_accept(&format!("{}@scene.example", unique_word()), role.clone()).await;
        let (_, invitation) =
            app.invite_user(&format!("{}@scene.example", unique_word()), role).await;
        let account =
            app.administrator().await.get(&format!("users/{user}")).await.expect(200).json();
        self.grant = to_text(&account["grants"][0]["id"]);
        self.access_token = to_text(&tokens["access_token"]);
        self.refresh_token = to_text(&tokens["refresh_token"]);
        (self.user, self.invitation) = (user, invitation);
    }

    /// Fills in a path of the contract.
    pub fn fill_path(&self, template: &str) -> String {
        let segments: Vec<&str> = template.split('/').collect();
        let filled = segments.iter().enumerate().map(|(i, segment)| {
            let before = i.checked_sub(1).map_or("", |i| segments[i]);
            match (*segment, before) {
                ("{project}", _) => &self.project,
                ("{cycle}", _) => &self.cycle,
                ("{city}", _) => "da-nang",
                ("{plan_cycle}", _) => &self.plan_cycle,
                ("{partner}", _) => "world-bank",
                ("{release}", _) => "me-2022-r1",
                ("{token}", _) => &self.invitation,
                ("{token}.ics", _) => self.calendar.trim_start_matches("/calendar/"),
                ("{token}.{format}", _) => self.address.trim_start_matches("/s/"),
                ("{id}", "shares") => &self.share,
                ("{grant_id}", _) => &self.grant,
                ("{id}", "milestones") => &self.milestone,
                ("{id}", "indicators") => &self.indicator,
                ("{id}", "partnerships") => &self.partnership,
                ("{id}", "comments") => &self.comment,
                ("{id}", "users") => &self.user,
                (other, _) if other.starts_with('{') => panic!("what is {other} in {template}?"),
                (other, _) => other,
            }
        });
        filled.collect::<Vec<&str>>().join("/")
    }
}

/// Closes a cycle.
pub async fn close_cycle(app: &TestApp, cycle: &str) {
    let path = format!("cycles/{cycle}/close");
    app.secretariat().await.send("POST", &path, None, &[]).await.expect(200);
}

/// Gives a demo's account the password that the contract's examples sign in with.
pub async fn set_demo_password(app: &TestApp, address: &str) {
    use ascn_tracker::{
        auth::password::NewPassword,
        domain::user::EmailAddress,
        store::{StoreError, unguarded, users},
    };
    let hash = app.state.passwords.hash(NewPassword::parse(PASSWORD_OF_THEIRS).unwrap());
    let (hash, address) = (hash.await.unwrap(), EmailAddress::parse(address).unwrap());
    let set = move |c: &mut _| -> Result<(), StoreError> {
        let user = users::find_by_email(c, &address)?.unwrap();
        unguarded::set_password(c, user.id, &hash)
    };
    app.state.db.write_unjournaled(set).await.unwrap();
}
