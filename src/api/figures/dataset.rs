//! Loads the reports that figures are counted from: those of the basis that the caller may read.

use crate::{
    api::{
        error::{ApiError, ApiResult},
        filter_values::UnknownValues,
    },
    domain::{
        fault::ValueFault,
        figures::{BasisRequest, FigureDataset, FigureFilter},
        message::thing,
        policy::visibility::ReadScope,
        value::Slug,
    },
    store::{
        Conn, cycles,
        figures::{self, FactDepth},
        releases,
    },
};

/// The parameter that names the cycle. A cycle that it names means approved data, never a release.
const CYCLE: &str = "cycle";
/// The parameter that names the earlier side of a table.
const COMPARE: &str = "compare";

/// Selects the reports that figures are counted from.
#[derive(Debug, Clone)]
pub(in crate::api) struct DatasetQuery {
    pub(super) base: BasisRequest,
    /// The countries and cities whose approved data the caller may read.
    pub(super) reach: ReadScope,
    /// The data version to show in the answer.
    pub(super) version: i64,
    /// What the filter does with values that do not exist.
    pub(super) unknown_values: UnknownValues,
}

impl DatasetQuery {
    /// Loads the selected reports.
    ///
    /// # Errors
    /// Those of [`load_dataset`].
    pub(super) fn load_dataset(
        &self,
        conn: &mut Conn,
        filter: &FigureFilter,
        depth: FactDepth,
    ) -> ApiResult<FigureDataset> {
        let Self { reach, base, unknown_values, .. } = self;
        let (parameter, unknown_values) = (CYCLE, *unknown_values);
        let request = DatasetRequest { reach, parameter, base, filter, depth, unknown_values };
        load_dataset(conn, &request)
    }

    /// Loads the reports to compare with, with the same scope and with their texts.
    ///
    /// # Errors
    /// Those of [`load_dataset`].
    pub(super) fn load_earlier_dataset(
        &self,
        conn: &mut Conn,
        base: &BasisRequest,
        filter: &FigureFilter,
    ) -> ApiResult<FigureDataset> {
        let Self { reach, unknown_values, .. } = self;
        let (parameter, depth, unknown_values) = (COMPARE, FactDepth::Texts, *unknown_values);
        let request = DatasetRequest { reach, parameter, base, filter, depth, unknown_values };
        load_dataset(conn, &request)
    }
}

/// Returns the data version of figures: that of the release if a release is counted, else `now`, the current one. A
/// release keeps its data version whatever is approved later.
pub(super) fn find_data_version(
    conn: &mut Conn,
    dataset: &FigureDataset,
    now: i64,
) -> ApiResult<i64> {
    let release = match &dataset.basis.release {
        Some(key) => releases::find(conn, key)?,
        None => None,
    };
    Ok(release.map_or(now, |release| release.feed))
}

/// A release whose figures were requested. Every caller who may read it gets all of it, whatever the scope of the
/// grant.
#[derive(Debug, Clone)]
pub(in crate::api) struct FrozenRelease {
    pub(super) key: Slug,
    /// The data version at the time of its publication.
    pub(super) version: i64,
    unknown_values: UnknownValues,
}

impl FrozenRelease {
    /// Finds a release.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] if there is none with this key, or failures of the database.
    pub(super) fn find(
        conn: &mut Conn,
        key: &Slug,
        unknown_values: UnknownValues,
    ) -> ApiResult<Self> {
        let release = releases::find(conn, key)?.ok_or(ApiError::NotFound)?;
        Ok(Self { key: release.release, version: release.feed, unknown_values })
    }

    /// Selects the reports that the release froze.
    pub(super) fn select_own_reports(&self) -> DatasetQuery {
        self.select_reports(BasisRequest::Release(self.key.clone()))
    }

    /// Selects the reports that the release froze, and those of the last release of each earlier cycle.
    pub(super) fn select_with_earlier_releases(&self) -> DatasetQuery {
        self.select_reports(BasisRequest::ReleaseSeries(self.key.clone()))
    }

    fn select_reports(&self, base: BasisRequest) -> DatasetQuery {
        let reach = ReadScope { everything: true, ..ReadScope::default() };
        let (version, unknown_values) = (self.version, self.unknown_values);
        DatasetQuery { base, reach, version, unknown_values }
    }
}

/// Selects the reports of a basis, and how much of each is read.
pub(super) struct DatasetRequest<'q> {
    /// The countries and cities whose approved data the caller may read.
    pub(super) reach: &'q ReadScope,
    /// The name of the parameter that gives the basis.
    pub(super) parameter: &'static str,
    pub(super) base: &'q BasisRequest,
    /// The filter of the question. It does not restrict what is loaded.
    pub(super) filter: &'q FigureFilter,
    pub(super) depth: FactDepth,
    pub(super) unknown_values: UnknownValues,
}

/// Loads the reports of a basis, and refuses a filter for a value that does not exist.
///
/// The parameters that name a side of a comparison also accept the key of a release. The parameter `cycle` does not: it
/// always means the reports that are approved now.
///
/// # Errors
/// A basis or filter that does not exist, with the values that do; failures of the database.
pub(super) fn load_dataset(
    conn: &mut Conn,
    request: &DatasetRequest<'_>,
) -> ApiResult<FigureDataset> {
    let DatasetRequest { reach, parameter, base, filter, depth, unknown_values } = *request;
    let found = match (figures::load_dataset(conn, reach, base, depth)?, base) {
        (None, BasisRequest::Cycle(slug)) if parameter != CYCLE => {
            figures::load_dataset(conn, reach, &BasisRequest::Release(slug.clone()), depth)?
        }
        (found, _) => found,
    };
    let Some(dataset) = found else { return Err(explain_missing_base(conn, parameter, base)?) };
    match (unknown_values, dataset.check_filter(filter)) {
        (UnknownValues::Refuse, Err((dimension, fault))) => {
            Err(ApiError::invalid_parameter(dimension.as_str(), fault))
        }
        (UnknownValues::Refuse | UnknownValues::MatchNothing, _) => Ok(dataset),
    }
}

/// Returns the error for a basis that does not exist, with the values that do.
fn explain_missing_base(conn: &mut Conn, name: &str, base: &BasisRequest) -> ApiResult<ApiError> {
    Ok(match base {
        BasisRequest::Release(given) if name == COMPARE => {
            let keys = releases::list_keys(conn)?;
            let fault = ValueFault::unknown(thing::release(), keys.iter().map(Slug::as_str));
            ApiError::invalid_parameter(name, fault.with_nearest(given.as_str()))
        }
        // The path of the request named it.
        BasisRequest::Release(_) | BasisRequest::ReleaseSeries(_) => ApiError::NotFound,
        BasisRequest::Cycle(given) if name != CYCLE => {
            let cycles = cycles::list(conn)?.into_iter().map(|c| c.slug);
            let all = cycles.chain(releases::list_keys(conn)?).map(|slug| slug.to_string());
            let fault = ValueFault::unknown(thing::cycle_or_release(), all);
            ApiError::invalid_parameter(name, fault.with_nearest(given.as_str()))
        }
        BasisRequest::Cycle(given) => refuse_unknown_cycle(conn, name, given.as_str()),
        BasisRequest::AsOf(_) | BasisRequest::Everything => refuse_unknown_cycle(conn, name, ""),
    })
}

/// Returns the error for an unknown cycle, with the keys of those that exist.
pub(super) fn refuse_unknown_cycle(conn: &mut Conn, name: &str, given: &str) -> ApiError {
    match cycles::list(conn) {
        Ok(cycles) => {
            let all = cycles.iter().map(|c| c.slug.as_str());
            let fault = ValueFault::unknown(thing::cycle(), all);
            ApiError::invalid_parameter(name, fault.with_nearest(given))
        }
        Err(failure) => failure.into(),
    }
}
