use diesel::connection::SimpleConnection as _;

use super::*;
use crate::{
    clock,
    domain::{
        id::Id,
        session::LoginSession,
        user::{EmailAddress, User},
        value::Title,
    },
    store::{Caller, Change, Db, StoreError, fixtures, tx::TxEnv, unguarded},
};

fn statement(conn: &mut Conn, sql: &str) -> StoreResult<()> {
    match conn {
        Conn::Pg(c) => c.batch_execute(sql)?,
        Conn::Sqlite(c) => c.batch_execute(sql)?,
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_back_is_in_doubt_until_it_can() {
    let dir = tempfile::TempDir::new().unwrap();
    let target = DatabaseTarget::Sqlite { path: dir.path().join("test.db") };
    let clock = Clock::real();
    let mut conn = target.open(false).unwrap();
    conn.run_migrations().unwrap();
    let watch = CommitWatch::load_watch(&mut conn, clock.clone()).unwrap();
    let env = TxEnv { clock: clock.clone() };
    let db = Db::start(target, None, 1, 16, env, Arc::clone(&watch)).unwrap();

    let now = clock.now();
    let email = EmailAddress::parse("a@b.example").unwrap();
    let user =
        User::new_invited(Id::new(clock::generate_uuid()), email, Title::parse("A").unwrap(), now);
    let session = LoginSession::start_session(clock::generate_uuid(), user.id, None, now);
    let caller = Caller { user: user.id, session: session.id };
    let write = move |tx: &mut crate::store::Tx<'_>| -> StoreResult<()> {
        fixtures::save_record(tx, &user, Change::without_reason("invite"))?;
        fixtures::save_record(
            tx,
            &user.accept_invitation(),
            Change::without_reason("accept_invitation"),
        )?;
        unguarded::insert_session(tx.conn(), &session, &[0; 32])
    };
    db.write(write).await.unwrap();
    assert!(watch.directory.is_current());
    assert!(watch.directory.resolve_actor(caller, now).is_some());
    assert_eq!(watch.heads.seq(), 2);

    // The session ends and the table that says so goes away in one commit: the end is written and cannot be read back.
    let end = move |c: &mut Conn| -> Result<(), StoreError> {
        unguarded::end_session(c, caller.session, now)?;
        statement(c, "alter table epochs rename to lost")
    };
    db.write_unjournaled(end).await.unwrap();
    assert!(!watch.directory.is_current());

    db.write_unjournaled(|c| statement(c, "alter table lost rename to epochs")).await.unwrap();
    let began = std::time::Instant::now();
    while !watch.directory.is_current() {
        assert!(began.elapsed() < Duration::from_secs(20), "it stays in doubt");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(watch.directory.resolve_actor(caller, now).is_none());
}
