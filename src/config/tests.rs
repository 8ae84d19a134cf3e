use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use super::help::SETTINGS;
use super::*;

fn settings(vars: &[(&str, &str)]) -> Result<Settings, SettingError> {
    Settings::from_vars(vars.iter().map(|(name, value)| ((*name).into(), (*value).into())))
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn exactly_the_listed_settings_are_read() {
    let mut vars = SettingReader::new(std::iter::empty());
    Settings::read_from(&mut vars).unwrap();
    let listed = SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(vars.requested_names(), &listed);
}

#[test]
fn defaults_are_a_sqlite_file_and_loopback() {
    let settings = settings(&[]).unwrap();
    assert!(
        matches!(&settings.database, DatabaseUrl::Sqlite { path } if path.ends_with("ascn.db"))
    );
    assert_eq!(settings.bind, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(settings.metrics_bind, None);
    assert!(settings.docs && !settings.public_releases);
    assert!(settings.cors_origins.is_empty() && settings.trusted_proxies.is_empty());
    assert_eq!(settings.cache_bytes, 32 * 1024 * 1024);
    assert_eq!(settings.warnings, Vec::<String>::new());
    assert!((2..=8).contains(&settings.db_threads));
    assert!(settings.check_demo().is_ok());
    let TokenSecrets::BesideSqlite(path) = settings.token_secrets else { panic!("given") };
    assert_eq!(path.to_str().unwrap(), "ascn.db.token-secret");
}

#[test]
fn every_setting_can_be_set() {
    let settings = settings(&[
        ("DATABASE_URL", "postgres://u:pw@db.example/d"),
        ("DATABASE_READ_URL", "postgres://u:pw@replica.example/d"),
        ("ASCN_DB_THREADS", "3"),
        ("ASCN_DB_QUEUE", "7"),
        ("ASCN_BIND", "0.0.0.0:80"),
        ("ASCN_METRICS_BIND", "127.0.0.1:9464"),
        ("ASCN_TOKEN_SECRET", &format!("{SECRET},{SECRET}2")),
        ("ASCN_DEMO_PASSWORD", "a long password"),
        ("ASCN_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("ASCN_CORS_ORIGINS", "https://a.example,https://b.example"),
        ("ASCN_PUBLIC_RELEASES", "true"),
        ("ASCN_BASE_URL", "https://ASCN.example/"),
        ("ASCN_DATA_LICENCE", "ODbL-1.0"),
        ("ASCN_LOGIN_LIMIT_PER_MINUTE", "5"),
        ("ASCN_REQUEST_LIMIT_PER_MINUTE", "off"),
        ("ASCN_CACHE_MB", "0"),
        ("ASCN_DOCS", "off"),
        ("ASCN_LOG", "info,diesel=warn"),
        ("ASCN_LOG_FORMAT", "json"),
    ])
    .unwrap();
    assert!(matches!(settings.database_read, Some(DatabaseUrl::Postgres { .. })));
    assert_eq!((settings.db_threads, settings.db_queue, settings.cache_bytes), (3, 7, 0));
    assert_eq!(settings.metrics_bind, Some("127.0.0.1:9464".parse().unwrap()));
    assert_eq!(settings.request_limit_per_minute, None);
    assert_eq!(settings.login_limit_per_minute.unwrap().get(), 5);
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(settings.cors_origins, ["https://a.example", "https://b.example"]);
    assert_eq!(settings.token_secrets.load_secrets().unwrap().len(), 2);
    assert_eq!(settings.log_format, LogFormat::Json);
    assert!(settings.public_releases && !settings.docs);
    assert_eq!(settings.base_url.as_deref(), Some("https://ascn.example"));
    assert_eq!(settings.data_licence, "ODbL-1.0");
    assert_eq!(settings.check_demo().unwrap_err().name, "ASCN_BIND");
    let shown = format!("{settings:?}");
    for hidden in [SECRET, "pw", "a long password"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn invalid_setting_is_named_and_its_value_is_not_shown() {
    for (name, value) in [
        ("DATABASE_URL", "postgres://u:topsecret@h:port/d"),
        ("DATABASE_URL", "mysql://topsecret@h/d"),
        ("DATABASE_URL", ""),
        ("DATABASE_READ_URL", "postgres://u:topsecret@h/d"),
        ("ASCN_DB_THREADS", "0"),
        ("ASCN_DB_QUEUE", "0"),
        ("ASCN_BIND", "localhost:8080"),
        ("ASCN_METRICS_BIND", "8080"),
        ("ASCN_TOKEN_SECRET", "topsecret"),
        ("ASCN_TOKEN_SECRET", ""),
        ("ASCN_TOKEN_SECRET_FILE", "/no/topsecret"),
        ("ASCN_DEMO_PASSWORD", ""),
        ("ASCN_TRUSTED_PROXIES", "topsecret"),
        ("ASCN_CORS_ORIGINS", "*"),
        ("ASCN_PUBLIC_RELEASES", "maybe"),
        ("ASCN_BASE_URL", "https://ascn.example/api"),
        ("ASCN_DATA_LICENCE", "Creative Commons"),
        ("ASCN_LOGIN_LIMIT_PER_MINUTE", "0"),
        ("ASCN_REQUEST_LIMIT_PER_MINUTE", "-1"),
        ("ASCN_CACHE_MB", "32MB"),
        ("ASCN_DOCS", "yes please"),
        ("ASCN_LOG", "ascn_tracker=topsecret"),
        ("ASCN_LOG", "info,chatty"),
        ("ASCN_LOG_FORMAT", "xml"),
    ] {
        let error = settings(&[(name, value)]).unwrap_err();
        assert_eq!(error.name, name);
        let text = error.to_string();
        assert!(text.starts_with(name) && text.contains("expected"), "{text}");
        assert!(!text.contains("topsecret"), "{text}");
    }
}

#[test]
fn token_secret_is_required_with_postgresql() {
    let error = settings(&[("DATABASE_URL", "postgres://localhost/d")]).unwrap_err();
    assert_eq!(error.name, "ASCN_TOKEN_SECRET");
}

#[test]
fn token_secret_comes_from_a_value_or_a_file_but_not_both() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret");
    std::fs::write(&path, format!("{SECRET}\r\n")).unwrap();
    let file = ("ASCN_TOKEN_SECRET_FILE", path.to_str().unwrap());
    let secrets = settings(&[file]).unwrap().token_secrets.load_secrets().unwrap();
    assert_eq!(secrets[0].expose(), SECRET);
    assert!(settings(&[file, ("ASCN_TOKEN_SECRET", SECRET)]).is_err());
}

#[test]
fn unknown_setting_is_warned_of_with_the_nearest_name() {
    let settings = settings(&[("ASCN_BND", "x"), ("ASCN_SOMETHING_ELSE", "x"), ("HOME", "/")]);
    let warnings = settings.unwrap().warnings;
    assert_eq!(warnings.len(), 2);
    assert!(warnings[0].contains("ASCN_BND") && warnings[0].contains("ASCN_BIND?"));
    assert!(!warnings[1].contains("did you mean"));
}

#[test]
fn metrics_on_an_address_beyond_loopback_are_warned_of() {
    let settings = settings(&[("ASCN_METRICS_BIND", "0.0.0.0:9464")]).unwrap();
    let is_expected = |w: &String| w.contains("ASCN_METRICS_BIND") && w.contains("loopback");
    assert!(settings.warnings.iter().any(is_expected), "{:?}", settings.warnings);
}

#[test]
fn values_that_change_nothing_are_not_warned_of() {
    let settings = settings(&[
        ("ASCN_METRICS_BIND", "127.0.0.1:9464"),
        ("ASCN_TRUSTED_PROXIES", ""),
        ("ASCN_PUBLIC_RELEASES", "off"),
        ("ASCN_LOGIN_LIMIT_PER_MINUTE", "10"),
        ("ASCN_REQUEST_LIMIT_PER_MINUTE", "off"),
    ]);
    assert_eq!(settings.unwrap().warnings, Vec::<String>::new());
}

#[test]
fn setting_that_is_not_utf8_is_refused_by_name() {
    let read = |name: &str| {
        let value = OsString::from_vec(vec![b'a', 0xff]);
        SettingReader::from_os_vars(std::iter::once((name.into(), value))).map(drop)
    };
    assert_eq!(read("ASCN_BIND").unwrap_err().to_string(), "ASCN_BIND: expected UTF-8 text");
    assert_eq!(read("SOMETHING_ELSE"), Ok(()));
}

const README: &str = include_str!("../../README.md");

#[test]
fn readme_table_has_the_names_and_defaults_of_the_settings() {
    let mut rows = 0;
    for line in README.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, default, ..] = cells[..] else { continue };
        let name = name.trim_matches('`');
        if !name.starts_with("ASCN_") && !name.starts_with("DATABASE_") {
            continue;
        }
        let setting = SETTINGS.iter().find(|setting| setting.name == name);
        // A default that is not quoted as code is a sentence.
        let default = default.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
        assert_eq!(setting.map(|setting| setting.default), Some(default), "{name}");
        rows += 1;
    }
    assert!(rows > 0, "the table of settings was not found");
}

#[test]
fn readme_and_deployment_files_name_only_settings_that_have_an_effect() {
    let effective: BTreeSet<&str> =
        SETTINGS.iter().filter(|setting| setting.acted_on).map(|setting| setting.name).collect();
    let is_name_character = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    for (file, text) in [
        ("README.md", README),
        ("docker-compose.yml", include_str!("../../docker-compose.yml")),
        ("Dockerfile", include_str!("../../Dockerfile")),
    ] {
        let names = text.split(|c| !is_name_character(c));
        let settings = names.filter(|n| n.starts_with("ASCN_") || n.starts_with("DATABASE_"));
        let others: BTreeSet<&str> = settings.filter(|name| !effective.contains(name)).collect();
        assert_eq!(others, BTreeSet::new(), "{file}");
    }
}
