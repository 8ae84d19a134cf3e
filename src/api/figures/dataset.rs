//! What figures are counted from: the reports that a base means, as far as whoever asks may read them.

use crate::{
    api::error::{ApiError, ApiResult},
    domain::{
        fault::ValueFault,
        figures::{BasisRequest, FigureDataset, FigureFilter},
        policy::visibility::ReadScope,
        value::Slug,
    },
    store::{
        Conn, cycles,
        figures::{self, FactDepth},
        releases,
    },
};

/// The parameter that names a cycle.
const CYCLE: &str = "cycle";
/// The parameter that names what a table is compared with.
const COMPARE: &str = "compare";

/// The reports that figures are counted from.
#[derive(Debug, Clone)]
pub(in crate::api) struct DatasetQuery {
    /// What the figures rest on.
    pub(super) base: BasisRequest,
    /// Where whoever asks reads approved data.
    pub(super) reach: ReadScope,
    /// The data version of the answer.
    pub(super) version: i64,
}

impl DatasetQuery {
    /// Reads them.
    ///
    /// # Errors
    /// As of [`load_dataset`].
    pub(super) fn load_dataset(
        &self,
        conn: &mut Conn,
        filter: &FigureFilter,
        depth: FactDepth,
    ) -> ApiResult<FigureDataset> {
        load_dataset(conn, &self.reach, (CYCLE, &self.base), (filter, depth))
    }

    /// Reads what they are compared with.
    ///
    /// # Errors
    /// As of [`load_dataset`].
    pub(super) fn load_earlier_dataset(
        &self,
        conn: &mut Conn,
        base: &BasisRequest,
        asked: (&FigureFilter, FactDepth),
    ) -> ApiResult<FigureDataset> {
        load_dataset(conn, &self.reach, (COMPARE, base), asked)
    }
}

/// Returns the data version that figures rest on: that of the release, where a release is counted, whatever was approved since;
/// `now` for what is approved now.
///
/// # Errors
/// Failures of the database.
pub(super) fn find_data_version(
    conn: &mut Conn,
    ground: &FigureDataset,
    now: i64,
) -> ApiResult<i64> {
    let release = match &ground.basis.release {
        Some(key) => releases::find(conn, key)?,
        None => None,
    };
    Ok(release.map_or(now, |release| release.feed))
}

/// A release whose figures are asked for. It is read whole by everybody who may read it.
#[derive(Debug, Clone)]
pub(in crate::api) struct FrozenRelease {
    /// Its key.
    pub(super) key: Slug,
    /// The data version that it rests on.
    pub(super) version: i64,
}

impl FrozenRelease {
    /// Finds it.
    ///
    /// # Errors
    /// [`ApiError::NotFound`], or failures of the database.
    pub(super) fn find(conn: &mut Conn, key: &Slug) -> ApiResult<Self> {
        let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
        Ok(Self { key: release.release, version: release.feed })
    }

    /// Returns what it froze.
    pub(super) fn select_own_reports(&self) -> DatasetQuery {
        self.select_reports(BasisRequest::Release(self.key.clone()))
    }

    /// Returns what it froze, and the last release of each cycle before it.
    pub(super) fn select_with_earlier_releases(&self) -> DatasetQuery {
        self.select_reports(BasisRequest::ReleaseSeries(self.key.clone()))
    }

    fn select_reports(&self, base: BasisRequest) -> DatasetQuery {
        let reach = ReadScope { everything: true, ..ReadScope::default() };
        DatasetQuery { base, reach, version: self.version }
    }
}

/// Reads the reports that figures rest on, and refuses a filter for something that does not exist. What is compared may be a
/// release as well; what a cycle is asked for alone is what is approved now.
///
/// # Errors
/// What does not exist, with what does; failures of the database.
pub(super) fn load_dataset(
    conn: &mut Conn,
    reach: &ReadScope,
    (name, base): (&str, &BasisRequest),
    (filter, depth): (&FigureFilter, FactDepth),
) -> ApiResult<FigureDataset> {
    let found = match (figures::load_dataset(conn, reach, base, depth)?, base) {
        (None, BasisRequest::Cycle(slug)) if name != CYCLE => {
            figures::load_dataset(conn, reach, &BasisRequest::Release(slug.clone()), depth)?
        }
        (found, _) => found,
    };
    let Some(ground) = found else { return Err(explain_missing_base(conn, name, base)?) };
    ground
        .check_filter(filter)
        .map_err(|(dimension, fault)| ApiError::invalid_parameter(dimension.as_str(), fault))?;
    Ok(ground)
}

/// Says that what figures were to rest on is not there, and names what is.
fn explain_missing_base(conn: &mut Conn, name: &str, base: &BasisRequest) -> ApiResult<ApiError> {
    Ok(match base {
        BasisRequest::Release(_) if name == COMPARE => {
            let keys = releases::list_keys(conn)?;
            ApiError::invalid_parameter(
                name,
                ValueFault::unknown("release", keys.iter().map(Slug::as_str)),
            )
        }
        // The path named it.
        BasisRequest::Release(_) | BasisRequest::ReleaseSeries(_) => ApiError::NotFound,
        BasisRequest::Cycle(_) if name != CYCLE => {
            let cycles = cycles::list(conn)?.into_iter().map(|c| c.slug);
            let all = cycles.chain(releases::list_keys(conn)?).map(|slug| slug.to_string());
            ApiError::invalid_parameter(name, ValueFault::unknown("cycle or release", all))
        }
        BasisRequest::Cycle(_) | BasisRequest::AsOf(_) | BasisRequest::Everything => {
            refuse_unknown_cycle(conn, name)
        }
    })
}

/// Refuses the name of a cycle that does not exist, and names those that do.
pub(super) fn refuse_unknown_cycle(conn: &mut Conn, name: &str) -> ApiError {
    match cycles::list(conn) {
        Ok(cycles) => {
            let all = cycles.iter().map(|c| c.slug.as_str());
            ApiError::invalid_parameter(name, ValueFault::unknown("cycle", all))
        }
        Err(failure) => failure.into(),
    }
}
