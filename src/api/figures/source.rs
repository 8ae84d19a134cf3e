//! What figures are counted from: the reports that a base means, as far as whoever asks may read them.

use crate::{
    api::error::{ApiError, ApiResult},
    domain::{
        fault::ValueFault,
        figures::{Base, Filter, Ground},
        policy::sight::Reachable,
        value::Slug,
    },
    store::{
        Conn, cycles,
        figures::{self, Depth},
        releases,
    },
};

/// The parameter that names a cycle.
const CYCLE: &str = "cycle";
/// The parameter that names what a table is compared with.
const COMPARE: &str = "compare";

/// The reports that figures are counted from.
#[derive(Debug, Clone)]
pub(in crate::api) struct Reports {
    /// What the figures rest on.
    pub(super) base: Base,
    /// Where whoever asks reads approved data.
    pub(super) reach: Reachable,
    /// The data version of the answer.
    pub(super) version: i64,
}

impl Reports {
    /// Reads them.
    ///
    /// # Errors
    /// As of [`ground`].
    pub(super) fn ground(
        &self,
        conn: &mut Conn,
        filter: &Filter,
        depth: Depth,
    ) -> ApiResult<Ground> {
        ground(conn, &self.reach, (CYCLE, &self.base), (filter, depth))
    }

    /// Reads what they are compared with.
    ///
    /// # Errors
    /// As of [`ground`].
    pub(super) fn earlier(
        &self,
        conn: &mut Conn,
        base: &Base,
        asked: (&Filter, Depth),
    ) -> ApiResult<Ground> {
        ground(conn, &self.reach, (COMPARE, base), asked)
    }
}

/// Returns the data version that figures rest on: that of the release, where a release is counted, whatever was approved since;
/// `now` for what is approved now.
///
/// # Errors
/// Failures of the database.
pub(super) fn version(conn: &mut Conn, ground: &Ground, now: i64) -> ApiResult<i64> {
    let release = match &ground.basis.release {
        Some(key) => releases::find(conn, key)?,
        None => None,
    };
    Ok(release.map_or(now, |release| release.feed))
}

/// A release whose figures are asked for. It is read whole by everybody who may read it.
#[derive(Debug, Clone)]
pub(in crate::api) struct Frozen {
    /// Its key.
    pub(super) key: Slug,
    /// The data version that it rests on.
    pub(super) version: i64,
}

impl Frozen {
    /// Finds it.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], or failures of the database.
    pub(super) fn find(conn: &mut Conn, key: &Slug) -> ApiResult<Self> {
        let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
        Ok(Self { key: release.release, version: release.feed })
    }

    /// Returns what it froze.
    pub(super) fn alone(&self) -> Reports {
        self.based_on(Base::Release(self.key.clone()))
    }

    /// Returns what it froze, and the last release of each cycle before it.
    pub(super) fn with_those_before(&self) -> Reports {
        self.based_on(Base::Line(self.key.clone()))
    }

    fn based_on(&self, base: Base) -> Reports {
        let reach = Reachable { everything: true, ..Reachable::default() };
        Reports { base, reach, version: self.version }
    }
}

/// Reads the reports that figures rest on, and refuses a filter for something that does not exist. What is compared may be a
/// release as well; what a cycle is asked for alone is what is approved now.
///
/// # Errors
/// What does not exist, with what does; failures of the database.
pub(super) fn ground(
    conn: &mut Conn,
    reach: &Reachable,
    (name, base): (&str, &Base),
    (filter, depth): (&Filter, Depth),
) -> ApiResult<Ground> {
    let found = match (figures::ground(conn, reach, base, depth)?, base) {
        (None, Base::Cycle(slug)) if name != CYCLE => {
            figures::ground(conn, reach, &Base::Release(slug.clone()), depth)?
        }
        (found, _) => found,
    };
    let Some(ground) = found else { return Err(missing(conn, name, base)?) };
    ground
        .check(filter)
        .map_err(|(dimension, fault)| ApiError::parameter(dimension.as_str(), fault))?;
    Ok(ground)
}

/// Says that what figures were to rest on is not there, and names what is.
fn missing(conn: &mut Conn, name: &str, base: &Base) -> ApiResult<ApiError> {
    Ok(match base {
        Base::Release(_) if name == COMPARE => {
            let keys = releases::keys(conn)?;
            ApiError::parameter(name, ValueFault::unknown("release", keys.iter().map(Slug::as_str)))
        }
        // The path named it.
        Base::Release(_) | Base::Line(_) => ApiError::NotFound,
        Base::Cycle(_) if name != CYCLE => {
            let cycles = cycles::list(conn)?.into_iter().map(|c| c.slug);
            let all = cycles.chain(releases::keys(conn)?).map(|slug| slug.to_string());
            ApiError::parameter(name, ValueFault::unknown("cycle or release", all))
        }
        Base::Cycle(_) | Base::AsOf(_) | Base::Everything => no_such_cycle(conn, name),
    })
}

/// Refuses the name of a cycle that does not exist, and names those that do.
pub(super) fn no_such_cycle(conn: &mut Conn, name: &str) -> ApiError {
    match cycles::list(conn) {
        Ok(cycles) => {
            let all = cycles.iter().map(|c| c.slug.as_str());
            ApiError::parameter(name, ValueFault::unknown("cycle", all))
        }
        Err(failure) => failure.into(),
    }
}
