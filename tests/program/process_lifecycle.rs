//! Starting, stopping, being killed, and settings that cannot be understood.

use std::{
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{PASSWORD, Service, program_command};

pub(crate) async fn sign_in(service: &Service, who: &str) -> String {
    let body = json!({ "email": format!("{who}@demo.example"), "password": PASSWORD });
    let answer = reqwest::Client::new()
        .post(format!("{}/api/v1/auth/login", service.address))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
}

pub(crate) fn send_signal(service: &Service, name: &str) {
    let done = Command::new("kill").args([name, &service.child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[tokio::test]
async fn answered_writes_survive_sigkill_and_the_journal_is_valid() {
    let dir = tempfile::TempDir::new().unwrap();
    let service = Service::demo(dir.path());
    let client = reqwest::Client::new();
    let token = sign_in(&service, "officer.da-nang").await;
    let url = |s: &Service, n: usize| {
        format!("{}/api/v1/projects/da-nang-{n}/reports/me-2026", s.address)
    };
    for n in 1..=4 {
        let body = json!({ "achievements": format!("written before the kill, {n}") });
        let answer =
            client.put(url(&service, n)).bearer_auth(&token).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    send_signal(&service, "-KILL");
    drop(service);

    let service = Service::demo(dir.path());
    let token = sign_in(&service, "officer.da-nang").await;
    for n in 1..=4 {
        let answer = client.get(url(&service, n)).bearer_auth(&token).send().await.unwrap();
        let report: Value = answer.json().await.unwrap();
        assert_eq!(report["achievements"], format!("written before the kill, {n}"));
    }
    let secretariat = sign_in(&service, "secretariat").await;
    let verified: Value = client
        .get(format!("{}/api/v1/journal/verify", service.address))
        .bearer_auth(&secretariat)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[tokio::test]
async fn sigterm_finishes_running_requests_and_exits_cleanly() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut service = Service::demo(dir.path());
    let token = sign_in(&service, "officer.da-nang").await;
    // Writes that are under way when the signal comes: each is either answered whole or never begun.
    let calls = (0..64).map(|n| {
        let (url, token) =
            (format!("{}/api/v1/projects/da-nang-1/milestones", service.address), token.clone());
        tokio::spawn(async move {
            let body =
                json!({ "title": format!("Milestone {n}"), "due_on": "2025-06-30", "weight": 1 });
            reqwest::Client::new().post(url).bearer_auth(token).json(&body).send().await
        })
    });
    let calls: Vec<_> = calls.collect();
    tokio::time::sleep(Duration::from_millis(30)).await;
    send_signal(&service, "-TERM");
    let mut made = 0;
    for call in calls {
        // A connection that came after the listener closed is refused; an accepted one is answered.
        if let Ok(answer) = call.await.unwrap() {
            assert_eq!(answer.status(), 201);
            let body: Value = answer.json().await.unwrap();
            assert!(body["id"].is_string());
            made += 1;
        }
    }
    let status = service.child.wait().unwrap();
    assert!(status.success(), "{status}");
    drop(service);
    // Everything is in the one file: whoever copies it has it all.
    let log = dir.path().join("ascn.db-wal");
    assert_eq!(std::fs::metadata(log).map_or(0, |log| log.len()), 0);

    let service = Service::demo(dir.path());
    let token = sign_in(&service, "officer.da-nang").await;
    let list: Value = reqwest::Client::new()
        .get(format!("{}/api/v1/projects/da-nang-1/milestones", service.address))
        .bearer_auth(token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(list["total"].as_i64().unwrap() >= made, "{made} were answered: {list}");
}

#[test]
fn invalid_setting_stops_the_start_and_is_named() {
    let dir = tempfile::TempDir::new().unwrap();
    for (name, value) in [
        ("ASCN_BIND", "nowhere"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("ASCN_TOKEN_SECRET", "short"),
        ("ASCN_CACHE_MB", "many"),
        ("ASCN_DOCS", "perhaps"),
    ] {
        let out = program_command(dir.path())
            .arg("serve")
            .env(name, value)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let errors = String::from_utf8(out.stderr).unwrap();
        assert!(!out.status.success() && errors.contains(name), "{name}: {errors}");
        assert!(!errors.contains(value) || name != "ASCN_TOKEN_SECRET", "the secret was printed");
    }
}

#[test]
fn unsupported_setting_is_warned_of_once_and_marked_in_the_help() {
    let dir = tempfile::TempDir::new().unwrap();
    let postgres = "postgres://nobody@127.0.0.1:1/none";
    // The last of them only goes with PostgreSQL, where nobody answers: the warnings come before that is found out.
    let out = program_command(dir.path())
        .arg("migrate")
        .env("DATABASE_URL", postgres)
        .env("ASCN_TOKEN_SECRET", "0123456789abcdef0123456789abcdef")
        .env("DATABASE_READ_URL", postgres)
        .env("ASCN_TRUSTED_PROXIES", "10.0.0.0/8")
        .env("ASCN_PUBLIC_RELEASES", "true")
        .env("ASCN_LOGIN_LIMIT_PER_MINUTE", "5")
        .env("ASCN_REQUEST_LIMIT_PER_MINUTE", "5")
        .env("ASCN_CACHE_MB", "5")
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let log = String::from_utf8(out.stderr).unwrap();
    let help = program_command(dir.path()).args(["serve", "--help"]).output().unwrap();
    // As one line: where its lines break does not matter.
    let help = String::from_utf8(help.stdout).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for name in [
        "DATABASE_READ_URL",
        "ASCN_TRUSTED_PROXIES",
        "ASCN_LOGIN_LIMIT_PER_MINUTE",
        "ASCN_REQUEST_LIMIT_PER_MINUTE",
    ] {
        let said = format!("{name} is set, but this version does not act on it yet");
        let lines = log.lines().filter(|l| l.contains("WARN") && l.contains(&said));
        assert_eq!(lines.count(), 1, "{name}: {log}");
        let (_, entry) = help.split_once(&format!(" {name} ")).unwrap();
        let next = entry.find(" ASCN_").unwrap_or(entry.len());
        assert!(entry[..next].ends_with("(this version does not act on it yet)"), "{entry}");
    }
    assert_eq!(log.matches("does not act").count(), 4, "{log}");
    assert_eq!(help.matches("does not act").count(), 4, "{help}");
}

#[test]
fn second_process_on_the_same_database_is_refused_and_files_are_private() {
    let dir = tempfile::TempDir::new().unwrap();
    let service = Service::demo(dir.path());
    let out = program_command(dir.path())
        .args(["serve", "--demo"])
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let errors = String::from_utf8(out.stderr).unwrap();
    assert!(!out.status.success() && errors.contains("in use by another process"), "{errors}");
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
    assert!(service.printed.contains("officer.da-nang@demo.example"), "{}", service.printed);
}

#[test]
fn demo_listens_on_loopback_only_and_its_database_is_served_only_as_demo() {
    let dir = tempfile::TempDir::new().unwrap();
    let open = program_command(dir.path())
        .args(["serve", "--demo"])
        .env("ASCN_BIND", "0.0.0.0:0")
        .stderr(Stdio::piped())
        .output();
    let open = open.unwrap();
    assert!(!open.status.success());
    assert!(String::from_utf8(open.stderr).unwrap().contains("ASCN_BIND"));
    drop(Service::demo(dir.path()));
    let served = program_command(dir.path()).arg("serve").stderr(Stdio::piped()).output().unwrap();
    assert!(!served.status.success());
    assert!(String::from_utf8(served.stderr).unwrap().contains("demo"));
}

#[test]
fn start_without_administrator_prints_a_new_invitation() {
    let dir = tempfile::TempDir::new().unwrap();
    let first = Service::start(program_command(dir.path()).arg("serve")).printed.clone();
    let second = Service::start(program_command(dir.path()).arg("serve"));
    assert!(first.to_lowercase().contains("invitation"), "{first}");
    assert_ne!(first, second.printed);
}

#[test]
fn commands_report_their_work_and_can_be_repeated() {
    let dir = tempfile::TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let out = program_command(dir.path()).args(arguments).output().unwrap();
        assert!(out.status.success(), "{arguments:?}");
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(run(&["migrate"]).starts_with(|c: char| c.is_ascii_digit()));
    let (seeded, again) = (run(&["seed"]), run(&["seed"]));
    assert_ne!(seeded, again);
    let (imported, again) = (run(&["import-history"]), run(&["import-history"]));
    assert!(imported.contains("152") && imported.contains("405"), "{imported}");
    assert_ne!(imported, again);
    assert!(run(&["openapi"]).starts_with("{\n  \"openapi\": \"3.1"));
    assert!(run(&["serve", "--help"]).contains("ASCN_TOKEN_SECRET"));
}

#[tokio::test]
async fn scaled_seed_runs_once_and_is_served() {
    let dir = tempfile::TempDir::new().unwrap();
    let seed = || program_command(dir.path()).args(["seed", "--scale", "2"]).output().unwrap();
    let first = seed();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    // It is published: what came now would be in no release.
    assert!(!seed().status.success());
    let service = Service::demo(dir.path());
    let token = sign_in(&service, "reader").await;
    let read = async |path: &str| -> Value {
        let url = format!("{}/api/v1/{path}", service.address);
        let answer = reqwest::Client::new().get(url).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    };
    let release = read("releases/me-2022-r1").await;
    assert_eq!(release["counts"]["reports"], 154);
    assert_eq!(read("figures/table?rows=focus_area&cycle=me-2022").await["total"], 154);
    assert_eq!(
        read("projects?city=da-nang-n2").await["total"],
        read("projects?city=da-nang").await["total"]
    );
    assert_eq!(read("releases/me-2022-r1/verify").await["valid"], true);
}

/// What a running program has in its environment under a name.
#[cfg(target_os = "linux")]
fn process_environment(service: &Service, name: &str) -> Option<String> {
    let all = std::fs::read(format!("/proc/{}/environ", service.child.id())).unwrap();
    all.split(|byte| *byte == 0)
        .filter_map(|line| std::str::from_utf8(line).unwrap().split_once('='))
        .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}

#[cfg(target_os = "linux")]
#[test]
fn start_sets_mimalloc_purge_delay_unless_it_is_set() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut command = program_command(dir.path());
    command.args(["serve", "--demo"]).env_remove("MIMALLOC_PURGE_DELAY");
    let plain = Service::start(&mut command);
    // The process is the one that was started, so that signals reach it, and it is called as it was.
    assert_eq!(process_environment(&plain, "MIMALLOC_PURGE_DELAY").as_deref(), Some("10"));
    let called = std::fs::read(format!("/proc/{}/cmdline", plain.child.id())).unwrap();
    let called: Vec<&[u8]> = called.split(|byte| *byte == 0).collect();
    assert_eq!(called[1..3], [&b"serve"[..], b"--demo"]);
    drop(plain);
    let told = Service::start(command.env("MIMALLOC_PURGE_DELAY", "500"));
    assert_eq!(process_environment(&told, "MIMALLOC_PURGE_DELAY").as_deref(), Some("500"));
}

/// What lies in a folder.
fn list_files(dir: &std::path::Path) -> Vec<String> {
    let files = std::fs::read_dir(dir).unwrap();
    files.map(|f| f.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn refused_start_creates_no_files_and_prints_nothing() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|at| (at.to_string(), taken)).unwrap();
    for (bind, arguments, why) in [
        (taken.0.as_str(), &["serve", "--demo"][..], "cannot listen on"),
        (taken.0.as_str(), &["serve"][..], "cannot listen on"),
        ("0.0.0.0:0", &["serve", "--demo"][..], "loopback"),
    ] {
        let dir = tempfile::TempDir::new().unwrap();
        let out = program_command(dir.path())
            .args(arguments)
            .env("ASCN_BIND", bind)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let (said, error) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr));
        assert!(!out.status.success() && said.is_empty(), "{arguments:?}: {said}");
        assert!(error.unwrap().contains(why), "{arguments:?}");
        assert_eq!(list_files(dir.path()), [""; 0], "{arguments:?} on {bind}");
    }
}

#[tokio::test]
async fn json_log_line_has_its_request_once_and_no_names() {
    let dir = tempfile::TempDir::new().unwrap();
    let log = std::fs::File::create(dir.path().join("log")).unwrap();
    let mut command = program_command(dir.path());
    command
        .args(["serve", "--demo"])
        .env("ASCN_LOG_FORMAT", "json")
        .env("ASCN_DEMO_PASSWORD", PASSWORD)
        .stderr(log);
    let service = Service::start(&mut command);
    let url = format!("{}/health/live", service.address);
    assert_eq!(reqwest::get(url).await.unwrap().status(), 200);
    let token = sign_in(&service, "officer.da-nang").await;
    let me = format!("{}/api/v1/me", service.address);
    let me = reqwest::Client::new().get(me).bearer_auth(token).send().await.unwrap();
    let me: Value = me.json().await.unwrap();
    let read_log = || std::fs::read_to_string(dir.path().join("log")).unwrap();
    // A thread of its own writes the log, a moment after the answer.
    while !read_log().contains("\"/api/v1/me\"") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(service);
    let log = read_log();
    let line = log.lines().find(|l| l.contains("\"answered\"")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["span"]["path"], &line["spans"]), (&json!("/health/live"), &Value::Null));
    assert_eq!(log.matches(line["span"]["request.id"].as_str().unwrap()).count(), 1);
    // Who asked is an identifier there, never a name or an address.
    let line = log.lines().find(|l| l.contains("\"/api/v1/me\"")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["span"]["user.id"], me["id"].is_string()), (&me["id"], true));
    assert!(!log.contains("officer.da-nang") && !log.contains(me["name"].as_str().unwrap()));
}
