//! Fills a database with more than the reference data: the published history, or the demo.

use std::path::Path;

use anyhow::Context as _;

use super::{migrate_and_seed, resolve_target, with_conn};
use crate::{
    auth::password,
    clock::{self, Clock},
    config::Settings,
    store::{
        Conn,
        db::write_now,
        demo,
        import::{self, ImportError},
        scale,
        tx::TxEnv,
        upgrade::upgrade_database,
    },
};

/// Imports the published history from `file`, or the built-in one. Returns a message for the operator with the changes.
///
/// # Errors
/// The file cannot be read, or the database cannot be reached or written.
pub fn import_history(
    settings: &Settings,
    clock: &Clock,
    file: Option<&Path>,
) -> anyhow::Result<String> {
    let history = match file {
        None => import::parse_embedded_history()?,
        Some(path) => {
            let bytes = std::fs::read(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is no history", path.display()))?
        }
    };
    let done = with_conn(&resolve_target(&settings.database)?, |c| {
        migrate_and_seed(c, clock)?;
        let env = TxEnv { clock: clock.clone() };
        let mut done = write_now(c, &env, |tx| import::import_history(tx, &history))?;
        done.releases = write_now(c, &env, import::publish_cycles)?;
        Ok(done)
    })?;
    Ok(done.to_string())
}

/// Prepares a demo, or continues with the existing one. Returns a message for the operator with the accounts and their
/// password.
///
/// # Errors
/// The database contains data that is not a demo, or it cannot be reached or written.
pub fn start_demo(settings: &Settings, clock: &Clock) -> anyhow::Result<String> {
    let password = match &settings.demo_password {
        Some(given) => given.expose().to_owned(),
        None => clock::random_token(),
    };
    prepare_demo(settings, clock, &password)?;
    Ok(format!(
        "A demo: who can sign in, all with the password {password}\n\
         \x20 officer.<city>@demo.example, as officer.da-nang@demo.example\n\
         \x20 nr.<country>@demo.example, as nr.vn@demo.example\n\
         \x20 secretariat@demo.example, admin@demo.example, reader@demo.example\n"
    ))
}

/// Fills an empty database with a demo of many networks. Returns a message for the operator. Each network is added in
/// its own transaction, so that an interrupted run can be repeated until its cycles are published.
///
/// # Errors
/// The database contains other data or was published already, or it cannot be reached or written.
pub fn seed_scaled(settings: &Settings, clock: &Clock, networks: u32) -> anyhow::Result<String> {
    let password = match &settings.demo_password {
        Some(given) => given.expose().to_owned(),
        None => clock::random_token(),
    };
    let (env, history) = (TxEnv { clock: clock.clone() }, import::parse_embedded_history()?);
    with_conn(&resolve_target(&settings.database)?, |c| {
        upgrade_database(c)?;
        let before = demo::find_password_hash(c)?;
        anyhow::ensure!(
            before.is_some() || !demo::is_in_use(c)?,
            "this database holds data that is no demo's; take an empty one for --scale"
        );
        anyhow::ensure!(
            !write_now(c, &env, scale::has_published_releases)?,
            "this demo is published already; take an empty database for --scale"
        );
        migrate_and_seed(c, clock)?;
        if before.is_none() {
            fill_demo(c, clock, &password::hash_blocking(&password)?)?;
        }
        for network in 2..=networks {
            write_now(c, &env, |tx| scale::add_network(tx, &history, network))?;
        }
        write_now(c, &env, import::publish_cycles)?;
        Ok(())
    })?;
    Ok(format!("a demo of {networks} networks; serve --demo serves it, and prints who can sign in"))
}

/// Refuses to serve the database of a demo without `--demo`, because the password of a demo was printed.
///
/// # Errors
/// The database is marked as a demo.
pub fn refuse_demo(settings: &Settings) -> anyhow::Result<()> {
    let marked = with_conn(&resolve_target(&settings.database)?, |c| {
        upgrade_database(c)?;
        Ok(demo::find_password_hash(c)?.is_some())
    })?;
    anyhow::ensure!(
        !marked,
        "this is the database of a demo; start it with --demo, or take another"
    );
    Ok(())
}

/// Fills a new database with a demo: the reference data, the published history, an open cycle and an account for every
/// role, all with one password. An existing demo is kept, and only its password changes.
///
/// # Errors
/// The database contains data that is not a demo, or it cannot be reached or written.
pub fn prepare_demo(settings: &Settings, clock: &Clock, password: &str) -> anyhow::Result<()> {
    with_conn(&resolve_target(&settings.database)?, |c| {
        upgrade_database(c)?;
        let before = demo::find_password_hash(c)?;
        anyhow::ensure!(
            before.is_some() || !demo::is_in_use(c)?,
            "this database holds data that is no demo's; take an empty one for --demo"
        );
        migrate_and_seed(c, clock)?;
        match before {
            Some(before) if password::verify_blocking(password, &before)? => {}
            Some(before) => demo::change_password(c, &before, &password::hash_blocking(password)?)?,
            None => fill_demo(c, clock, &password::hash_blocking(password)?)?,
        }
        // The demo has to be complete before this: a release records the last number of the journal.
        write_now(c, &TxEnv { clock: clock.clone() }, import::publish_cycles)?;
        Ok(())
    })
}

/// Fills the demo in one transaction, so that an interrupted run leaves no partial demo.
fn fill_demo(conn: &mut Conn, clock: &Clock, password_hash: &str) -> anyhow::Result<()> {
    let history = import::parse_embedded_history()?;
    write_now(conn, &TxEnv { clock: clock.clone() }, |tx| -> Result<(), ImportError> {
        import::import_history(tx, &history)?;
        Ok(demo::fill_database(tx, password_hash)?)
    })?;
    Ok(())
}
