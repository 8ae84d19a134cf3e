use super::*;

fn read(text: &str) -> (String, SslMode, Option<PathBuf>) {
    match DatabaseUrl::parse(text).unwrap() {
        DatabaseUrl::Postgres { url, sslmode, ca_file, .. } => {
            (url.expose().to_owned(), sslmode, ca_file)
        }
        DatabaseUrl::Sqlite { .. } => panic!("SQLite"),
    }
}

#[test]
fn sqlite_path_is_relative_or_absolute() {
    for (text, expected) in [
        ("sqlite://ascn.db", "ascn.db"),
        ("sqlite:x.db", "x.db"),
        ("sqlite:///var/lib/ascn.db", "/var/lib/ascn.db"),
        ("sqlite:/var/lib/ascn.db", "/var/lib/ascn.db"),
    ] {
        let DatabaseUrl::Sqlite { path } = DatabaseUrl::parse(text).unwrap() else {
            panic!("PostgreSQL")
        };
        assert_eq!(path, PathBuf::from(expected));
    }
}

#[test]
fn invalid_database_url_is_refused() {
    for text in ["ascn.db", "file:x.db", "mysql://h/d", "sqlite:", "sqlite://", "sqlite:///d/"] {
        assert!(DatabaseUrl::parse(text).is_err(), "{text}");
    }
    for text in ["sqlite::memory:", "sqlite://x.db?mode=ro", "postgres://", "postgres:///d"] {
        assert!(DatabaseUrl::parse(text).is_err(), "{text}");
    }
    for text in ["postgres://h:x/d", "postgres://h/d?what=1", "postgres://h/d?sslmode"] {
        assert!(DatabaseUrl::parse(text).is_err(), "{text}");
    }
}

#[test]
fn sslmode_and_sslrootcert_are_taken_out_of_the_url() {
    let (url, sslmode, ca_file) = read(
        "postgres://u:p%2B?@h1:5432,h2/d?application_name=a+b&sslrootcert=%2Fca+1.pem\
         &sslmode=verify-full&connect_timeout=3",
    );
    assert_eq!(
        url,
        "postgres://u:p%2B?@h1:5432,h2/d?application_name=a+b&connect_timeout=3&sslmode=require"
    );
    assert_eq!(sslmode, SslMode::Verify);
    assert_eq!(ca_file.unwrap(), PathBuf::from("/ca+1.pem"));
    assert!(url.parse::<Config>().is_ok());
}

#[test]
fn plain_text_is_the_default_for_this_machine_only() {
    for local in ["localhost", "127.0.0.1:5433", "[::1]", "%2Ftmp", "localhost,127.0.0.1"] {
        assert_eq!(read(&format!("postgres://u@{local}/d")).1, SslMode::Disable, "{local}");
    }
    assert_eq!(read("postgresql:///d?host=/tmp").1, SslMode::Disable);
    for far in ["db.example", "10.0.0.1", "localhost,db.example", "localhost.example"] {
        assert_eq!(read(&format!("postgres://u@{far}/d")).1, SslMode::Verify, "{far}");
    }
    assert_eq!(read("postgres://localhost/d?hostaddr=10.0.0.1").1, SslMode::Verify);
    assert_eq!(read("postgres://localhost/d?sslrootcert=ca.pem").1, SslMode::Verify);
    assert_eq!(read("postgres://localhost/d?ssl%6Dode=require").1, SslMode::Verify);
    assert_eq!(read("postgres://db.example/d?sslmode=disable").1, SslMode::Disable);
    assert_eq!(read("postgres://u@h/d?sslmode=disable").0, "postgres://u@h/d?sslmode=disable");
}

#[test]
fn sslmode_without_full_protection_is_refused() {
    for options in ["sslmode=prefer", "sslmode=allow", "sslmode=x", "sslrootcert="] {
        assert!(DatabaseUrl::parse(&format!("postgres://h/d?{options}")).is_err());
    }
    for options in ["sslmode=disable&sslrootcert=ca", "sslmode=require&sslmode=disable"] {
        assert!(DatabaseUrl::parse(&format!("postgres://h/d?{options}")).is_err());
    }
}

#[test]
fn password_file_is_read_for_a_url_without_a_password() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "s3cret\n").unwrap();
    let path = file.path().to_str().unwrap();
    let mut url = DatabaseUrl::parse("postgres://ascn@localhost/ascn").unwrap();
    url.read_password(path).unwrap();
    assert!(
        matches!(&url, DatabaseUrl::Postgres { password: Some(p), .. } if p.expose() == "s3cret")
    );
    assert!(!format!("{url:?}").contains("s3cret"));
    for refused in ["postgres://ascn:other@localhost/ascn", "sqlite://x.db"] {
        assert!(DatabaseUrl::parse(refused).unwrap().read_password(path).is_err(), "{refused}");
    }
}
