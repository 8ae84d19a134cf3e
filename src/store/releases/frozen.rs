//! What a release froze: the reference data, and its reports row by row.

use diesel::prelude::*;

use crate::{
    domain::{
        figures::{FigureDataset, ReportFact},
        project::ProjectCode,
        release::{FullRelease, Release, ReleaseReference},
        report::{ApprovedReport, Status},
        value::Slug,
    },
    store::{
        Conn, StoreError, StoreResult,
        conn::on,
        json,
        schema::{release_grounds, release_reports, release_tallies},
        types::StoredUuid,
    },
};

/// Rows read at once.
const CHUNK: i64 = 500;

/// A frozen report's row. The record is the text that the journal keeps of the approved copy; the other columns repeat what
/// lists filter by.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = release_reports)]
pub struct FrozenReportRow {
    release: String,
    city: String,
    number: i64,
    report_id: StoredUuid,
    country: String,
    focus_area: Option<String>,
    status: String,
    /// The version of the approved copy.
    pub version: i64,
    /// The approved copy, as canonical JSON text.
    pub record: String,
}

impl FrozenReportRow {
    pub(super) fn new(release: &Slug, report: &ApprovedReport) -> StoreResult<Self> {
        Ok(Self {
            release: release.to_string(),
            city: report.code.city().to_string(),
            number: report.code.number(),
            report_id: report.report.into(),
            country: report.country.to_string(),
            focus_area: report.header.details.focus_area.as_ref().map(Slug::to_string),
            status: report.content.status.unwrap_or(Status::NotStated).to_string(),
            version: report.version,
            record: json::write(report)?,
        })
    }

    /// Reads the report.
    ///
    /// # Errors
    /// A record that cannot be understood.
    pub fn parse_report(&self) -> StoreResult<ApprovedReport> {
        json::read(&self.record)
    }

    /// Returns where a page that ends here goes on.
    #[must_use]
    pub fn page_key(&self) -> (String, i64) {
        (self.city.clone(), self.number)
    }

    /// Returns the code of the project.
    ///
    /// # Errors
    /// A city that is no slug.
    pub fn parse_code(&self) -> StoreResult<ProjectCode> {
        Ok(ProjectCode::new(Slug::parse(&self.city)?, self.number))
    }
}

/// Which frozen reports; an empty list means any.
#[derive(Debug, Clone, Default)]
pub struct FrozenReportFilter {
    /// Of these cities.
    pub cities: Vec<String>,
    /// Of these countries.
    pub countries: Vec<String>,
    /// Of these focus areas.
    pub focus_areas: Vec<String>,
    /// With one of these statuses.
    pub statuses: Vec<String>,
}

impl FrozenReportFilter {
    /// Says whether every report is asked for.
    #[must_use]
    const fn is_empty(&self) -> bool {
        self.cities.is_empty()
            && self.countries.is_empty()
            && self.focus_areas.is_empty()
            && self.statuses.is_empty()
    }
}

/// Writes the query of a filter.
macro_rules! filtered {
    ($release:expr, $filter:expr) => {{
        let filter: &FrozenReportFilter = $filter;
        let mut query = release_reports::table
            .filter(release_reports::release.eq($release.as_str()))
            .into_boxed::<DB>();
        if !filter.cities.is_empty() {
            query = query.filter(release_reports::city.eq_any(&filter.cities));
        }
        if !filter.countries.is_empty() {
            query = query.filter(release_reports::country.eq_any(&filter.countries));
        }
        if !filter.focus_areas.is_empty() {
            query = query.filter(release_reports::focus_area.eq_any(&filter.focus_areas));
        }
        if !filter.statuses.is_empty() {
            query = query.filter(release_reports::status.eq_any(&filter.statuses));
        }
        query
    }};
}

/// Reads a page of a release's reports by city and number, after a key.
///
/// # Errors
/// Failures of the database.
pub fn load_page(
    conn: &mut Conn,
    release: &Slug,
    filter: &FrozenReportFilter,
    (after, limit): (Option<(String, i64)>, i64),
) -> StoreResult<Vec<FrozenReportRow>> {
    Ok(on!(conn, |c, DB| {
        let mut query = filtered!(release, filter);
        if let Some((city, number)) = &after {
            query = query.filter(
                release_reports::city
                    .gt(city)
                    .or(release_reports::city.eq(city).and(release_reports::number.gt(number))),
            );
        }
        query
            .order((release_reports::city, release_reports::number))
            .limit(limit)
            .select(FrozenReportRow::as_select())
            .load(c)
    })?)
}

/// Counts a release's reports: by what the database keeps count of, unless some of them are asked for.
///
/// # Errors
/// Failures of the database.
pub fn count(conn: &mut Conn, release: &Slug, filter: &FrozenReportFilter) -> StoreResult<i64> {
    if filter.is_empty() {
        let all: Option<i32> = on!(conn, |c, DB| release_tallies::table
            .find(release.as_str())
            .select(release_tallies::reports)
            .get_result(c)
            .optional())?;
        return Ok(all.map_or(0, i64::from));
    }
    Ok(on!(conn, |c, DB| filtered!(release, filter).count().get_result(c))?)
}

/// Reads the countries that have a report in a release, by code.
///
/// # Errors
/// Failures of the database.
pub fn list_countries(conn: &mut Conn, release: &Slug) -> StoreResult<Vec<String>> {
    Ok(on!(conn, |c, DB| release_reports::table
        .filter(release_reports::release.eq(release.as_str()))
        .select(release_reports::country)
        .distinct()
        .order(release_reports::country)
        .load(c))?)
}

/// Goes through a release's reports by city and number, some at a time.
///
/// # Errors
/// Failures of the database, and those of `f`.
pub fn for_each_report<E: From<StoreError>>(
    conn: &mut Conn,
    release: &Slug,
    f: impl FnMut(FrozenReportRow) -> Result<(), E>,
) -> Result<(), E> {
    for_each_matching(conn, release, &FrozenReportFilter::default(), f)
}

/// The same for some of them.
///
/// # Errors
/// As of [`for_each_report`].
pub fn for_each_matching<E: From<StoreError>>(
    conn: &mut Conn,
    release: &Slug,
    filter: &FrozenReportFilter,
    mut f: impl FnMut(FrozenReportRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = None;
    loop {
        let rows = load_page(conn, release, filter, (after, CHUNK))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.page_key());
        for row in rows {
            f(row)?;
        }
    }
}

/// Reads the reference data of a release, as canonical text.
///
/// # Errors
/// Failures of the database; a release without any is corrupt.
pub fn load_reference_text(conn: &mut Conn, release: &Slug) -> StoreResult<String> {
    on!(conn, |c, DB| release_grounds::table
        .find(release.as_str())
        .select(release_grounds::ground)
        .get_result(c)
        .optional())?
    .ok_or_else(|| StoreError::Corrupt("a release without its reference data".into()))
}

/// Reads the reference data of a release.
///
/// # Errors
/// As of [`load_reference_text`].
pub fn load_reference(conn: &mut Conn, release: &Slug) -> StoreResult<ReleaseReference> {
    json::read(&load_reference_text(conn, release)?)
}

/// Reads what the figures of a release are counted from; none where there is no such release.
///
/// # Errors
/// Failures of the database.
pub fn load_dataset(conn: &mut Conn, release: &Slug) -> StoreResult<Option<FigureDataset>> {
    if super::resolve_key(conn, release)?.as_ref() != Some(release) {
        return Ok(None);
    }
    let frame = load_reference(conn, release)?;
    let mut facts = Vec::new();
    for_each_report(conn, release, |row| -> StoreResult<()> {
        facts.push(ReportFact::from(&row.parse_report()?));
        Ok(())
    })?;
    Ok(Some(frame.build_dataset(release, facts)))
}

/// Reads a release with everything that it froze.
///
/// # Errors
/// Failures of the database.
pub fn load_full_release(conn: &mut Conn, release: Release) -> StoreResult<FullRelease> {
    let frame = load_reference(conn, &release.release)?;
    let mut reports = Vec::new();
    for_each_report(conn, &release.release, |row| -> StoreResult<()> {
        reports.push(row.parse_report()?);
        Ok(())
    })?;
    Ok(FullRelease { release, frame, reports })
}
