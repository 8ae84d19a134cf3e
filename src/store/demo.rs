//! The data of a demo in addition to the published history: a mark on its database, one open cycle, and an account
//! for every role.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult, Tx,
    conn::on,
    cycles, reference,
    schema::{marks, projects, users},
    tx::{Change, RecordWriter as _, ServiceProof},
    unguarded,
};
use crate::{
    clock,
    domain::{
        cycle::{CycleState, ReportingCycle},
        id::Id,
        reference::NamesByLanguage,
        user::{EmailAddress, Grant, Role, Scope, User, UserState},
        value::{Slug, Title},
    },
};

/// The name of the mark. Its value is the hash of the password of the demo's accounts.
const MARK: &str = "demo";
/// The journal action of records that were made for the demo.
const ACTION: &str = "demo";

/// Returns the hash of the demo's password. `None` if the database is not that of a demo.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_password_hash(conn: &mut Conn) -> StoreResult<Option<String>> {
    Ok(on!(conn, |c, DB| marks::table.find(MARK).select(marks::value).get_result(c).optional())?)
}

/// Returns `true` if the database has accounts or projects, so that somebody may work with it.
///
/// # Errors
/// Returns an error if the database fails.
pub fn is_in_use(conn: &mut Conn) -> StoreResult<bool> {
    let users: i64 = on!(conn, |c, DB| users::table.count().get_result(c))?;
    let projects: i64 = on!(conn, |c, DB| projects::table.count().get_result(c))?;
    Ok(users + projects > 0)
}

/// Marks the database, opens a cycle and creates the accounts. All accounts have the same password.
///
/// # Errors
/// Returns an error if the database fails.
pub fn fill_database(tx: &mut Tx<'_>, password_hash: &str) -> StoreResult<()> {
    on!(tx.conn(), |c, DB| diesel::insert_into(marks::table)
        .values((marks::name.eq(MARK), marks::value.eq(password_hash)))
        .execute(c))?;
    open_cycle(tx)?;
    for account in list_demo_accounts(tx.conn())? {
        add_account(tx, account, password_hash)?;
    }
    Ok(())
}

/// Changes the password of the accounts that still have the demo's. Both values are hashes.
///
/// # Errors
/// Returns an error if the database fails.
pub fn change_password(conn: &mut Conn, before: &str, after: &str) -> StoreResult<()> {
    conn.begin()?;
    let changed =
        on!(conn, |c, DB| diesel::update(users::table.filter(users::password_hash.eq(before)))
            .set(users::password_hash.eq(after))
            .execute(c))
        .and_then(|_n| {
            on!(conn, |c, DB| diesel::update(marks::table.find(MARK))
                .set(marks::value.eq(after))
                .execute(c))
        });
    match changed {
        Ok(_) => conn.commit(),
        Err(e) => {
            conn.rollback()?;
            Err(e.into())
        }
    }
}

/// Opens the cycle in two steps, as a secretariat would: it is scheduled, then opened.
fn open_cycle(tx: &mut Tx<'_>) -> StoreResult<()> {
    let slug = Slug::parse("me-2026")?;
    if cycles::find(tx.conn(), &slug)?.is_some() {
        return Ok(());
    }
    let cycle = ReportingCycle {
        slug,
        name: Title::parse("Monitoring and evaluation 2026")?,
        plan_cycle: Slug::parse("2018-2025")?,
        opens_on: NaiveDate::from_ymd_opt(2026, 7, 1),
        due_on: NaiveDate::from_ymd_opt(2026, 12, 31),
        review_due_on: NaiveDate::from_ymd_opt(2027, 1, 31),
        as_of: NaiveDate::from_ymd_opt(2026, 12, 31)
            .ok_or_else(|| StoreError::Corrupt("a day".into()))?,
        state: CycleState::Scheduled,
        imported: None,
        version: 1,
    };
    ServiceProof::new().save(tx, &cycle, Change::without_reason(ACTION))?;
    let open = ReportingCycle { state: CycleState::Open, version: 2, ..cycle.clone() };
    ServiceProof::new().replace(tx, &cycle, open, Change::without_reason("open"))?;
    Ok(())
}

/// An account that stands for a role and not for a person.
struct DemoAccount {
    address: String,
    name: String,
    role: Role,
    scope: Scope,
}

fn list_demo_accounts(conn: &mut Conn) -> StoreResult<Vec<DemoAccount>> {
    let network = [
        ("secretariat", "Secretariat", Role::Secretariat),
        ("admin", "Administrator", Role::Administrator),
        ("reader", "Reader", Role::Reader),
    ];
    let mut accounts: Vec<DemoAccount> = network
        .into_iter()
        .map(|(address, name, role)| DemoAccount {
            address: address.to_owned(),
            name: name.to_owned(),
            role,
            scope: Scope::Network,
        })
        .collect();
    for country in reference::list_countries(conn)? {
        accounts.push(DemoAccount {
            address: format!("nr.{}", country.code.as_str().to_lowercase()),
            name: format!("{} representative", english_name(&country.names, country.code.as_str())),
            role: Role::NationalRepresentative,
            scope: Scope::Country(country.code),
        });
    }
    for city in reference::list_cities(conn)? {
        accounts.push(DemoAccount {
            address: format!("officer.{}", city.slug),
            name: format!("{} officer", english_name(&city.names, city.slug.as_str())),
            role: Role::CityOfficer,
            scope: Scope::City(city.slug, city.country),
        });
    }
    Ok(accounts)
}

fn english_name<'a>(names: &'a NamesByLanguage, key: &'a str) -> &'a str {
    names.get("en").map_or(key, String::as_str)
}

fn add_account(tx: &mut Tx<'_>, account: DemoAccount, password_hash: &str) -> StoreResult<()> {
    let at = tx.at();
    let user = User {
        id: Id::new(clock::generate_uuid()),
        email: EmailAddress::parse(format!("{}@demo.example", account.address))?,
        name: Title::parse(account.name)?,
        state: UserState::Active,
        created_at: at,
        version: 1,
    };
    ServiceProof::new().save(tx, &user, Change::without_reason(ACTION))?;
    unguarded::set_password(tx.conn(), user.id, password_hash)?;
    let grant = Grant {
        id: Id::new(clock::generate_uuid()),
        user: user.id,
        role: account.role,
        scope: account.scope,
        from: None,
        until: None,
        acting_for: None,
        granted_by: None,
        granted_at: at,
        version: 1,
    };
    ServiceProof::new().save(tx, &grant, Change::without_reason(ACTION))
}
