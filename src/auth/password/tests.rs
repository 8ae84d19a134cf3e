use super::*;

fn good() -> NewPassword {
    NewPassword::parse("trishaw over wet cobbles").unwrap()
}

#[test]
fn the_rules_for_a_password() {
    let fault = |text: &str| NewPassword::parse(text).unwrap_err();
    assert_eq!(fault("elevenchars"), PasswordFault::TooShort);
    assert_eq!(fault(&"ab".repeat(65)), PasswordFault::TooLong);
    assert_eq!(fault("trishaw\0cobbles"), PasswordFault::ControlCharacter);
    assert_eq!(fault("trishaw\ncobbles"), PasswordFault::ControlCharacter);
    assert_eq!(fault("Password1234"), PasswordFault::TooCommon);
    assert_eq!(fault("ééééééééééééé"), PasswordFault::TooCommon);
    assert!(NewPassword::parse(&"ab".repeat(64)).is_ok());
    // The length counts characters and not bytes.
    assert!(NewPassword::parse("đườngphốướtm").is_ok());
}

#[test]
fn every_common_password_is_one_that_would_pass_otherwise() {
    for common in COMMON {
        assert!(common.chars().count() >= MIN_PASSWORD_CHARS, "{common}");
        assert_eq!(*common, common.to_lowercase());
    }
}

#[tokio::test]
async fn a_hash_verifies_its_password_alone() {
    let passwords = PasswordPool::with_threads(1, 4).unwrap();
    let phc = passwords.hash(good()).await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    assert_ne!(phc, passwords.hash(good()).await.unwrap());
    let verify = |text: &str| passwords.verify(Secret::from(text), Some(phc.clone()));
    assert!(verify("trishaw over wet cobbles").await.unwrap());
    assert!(!verify("trishaw over wet cobble").await.unwrap());
}

#[tokio::test]
async fn nobody_signs_in_as_nobody() {
    let passwords = PasswordPool::start().unwrap();
    assert!(!passwords.verify(Secret::from("whatever it is"), None).await.unwrap());
    assert!(passwords.dummy_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[tokio::test]
async fn a_broken_hash_is_an_error_and_not_a_no() {
    let passwords = PasswordPool::with_threads(1, 4).unwrap();
    let error = passwords.verify(Secret::from("x"), Some("$argon2id$broken".to_owned())).await;
    assert!(matches!(error, Err(PasswordError::Internal(_))));
}

#[tokio::test]
async fn a_panic_does_not_cost_the_thread() {
    let passwords = PasswordPool::with_threads(1, 4).unwrap();
    let failed = passwords.run_job(|| -> Result<(), _> { panic!("in a job") }).await;
    assert!(matches!(failed, Err(PasswordError::Internal(_))));
    assert!(passwords.hash(good()).await.is_ok());
}

#[tokio::test]
async fn a_full_queue_is_busy_and_who_hung_up_is_skipped() {
    let passwords = PasswordPool::with_threads(1, 1).unwrap();
    let (started, has_started) = oneshot::channel();
    let (release, gate) = bounded::<()>(1);
    let running = tokio::spawn({
        let passwords = passwords.clone();
        async move {
            let work = move || {
                started.send(()).unwrap();
                gate.recv().map_err(internal_error)
            };
            passwords.run_job(work).await
        }
    });
    has_started.await.unwrap();
    // The only thread is busy, so this job waits.
    let waiting = tokio::spawn({
        let passwords = passwords.clone();
        async move { passwords.run_job(|| -> Result<(), _> { panic!("was worked for") }).await }
    });
    while !passwords.queue.is_full() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(passwords.hash(good()).await, Err(PasswordError::Busy)));
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    release.send(()).unwrap();
    running.await.unwrap().unwrap();
    while !passwords.queue.is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(passwords.hash(good()).await.is_ok());
}

#[test]
fn ones_own_address_is_no_password() {
    let fault =
        |text: &str| NewPassword::parse_for(text, "nguyen.van.an@danang.gov.vn").unwrap_err();
    for own in ["nguyen.van.an@danang.gov.vn", " Nguyen.Van.An@DaNang.gov.vn", "NGUYEN.VAN.AN"] {
        assert_eq!(fault(own), PasswordFault::OwnAddress, "{own}");
    }
    assert_eq!(fault("short"), PasswordFault::TooShort);
    assert!(NewPassword::parse_for("another@danang.gov.vn", "nguyen.van.an@danang.gov.vn").is_ok());
}
