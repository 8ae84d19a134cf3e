//! The frozen content of a release: the reference data, and the reports row by row.

use diesel::prelude::*;

use crate::{
    domain::{
        figures::{FigureDataset, ReportFact},
        project::ProjectCode,
        release::{FullRelease, Release, ReleaseReference},
        report::{ApprovedReport, ProjectStatus},
        value::Slug,
    },
    store::{
        Conn, StoreError, StoreResult,
        condition::{BindValue, Condition, ConditionList, ListOrder, SortColumn},
        conn::on,
        json,
        schema::{release_grounds, release_reports, release_tallies},
        types::StoredUuid,
    },
};

/// The number of rows that are read at once.
const CHUNK: i64 = 500;

/// The row of a frozen report. The record is the text of the approved copy as the journal holds it. The other columns
/// repeat values by which lists filter.
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
            status: report.content.status.unwrap_or(ProjectStatus::NotStated).to_string(),
            version: report.version,
            record: json::write(report)?,
        })
    }

    /// Parses the report.
    ///
    /// # Errors
    /// Returns an error if the record cannot be parsed.
    pub fn parse_report(&self) -> StoreResult<ApprovedReport> {
        json::read(&self.record)
    }

    /// Returns the position after which the next page starts, if a page ends with this row.
    #[must_use]
    pub fn page_key(&self) -> FrozenReportKey {
        (self.city.clone(), self.number)
    }

    /// Returns the code of the project.
    ///
    /// # Errors
    /// Returns an error if the city is not a valid slug.
    pub fn parse_code(&self) -> StoreResult<ProjectCode> {
        Ok(ProjectCode::new(Slug::parse(&self.city)?, self.number))
    }
}

/// A filter for frozen reports. An empty list does not restrict.
#[derive(Debug, Clone, Default)]
pub struct FrozenReportFilter {
    /// Slugs of cities.
    pub cities: Vec<String>,
    /// Codes of countries.
    pub countries: Vec<String>,
    /// Slugs of focus areas.
    pub focus_areas: Vec<String>,
    /// Statuses.
    pub statuses: Vec<String>,
}

impl FrozenReportFilter {
    /// Returns `true` if the filter accepts every report.
    #[must_use]
    const fn is_empty(&self) -> bool {
        self.cities.is_empty()
            && self.countries.is_empty()
            && self.focus_areas.is_empty()
            && self.statuses.is_empty()
    }

    /// Builds the condition of this filter in a release.
    fn to_condition(&self, release: &Slug) -> Condition {
        let mut all = ConditionList::default();
        all.add([Condition::equals(release_reports::release, release.as_str())]);
        all.add_list(release_reports::city, &self.cities);
        all.add_list(release_reports::country, &self.countries);
        all.add_list(release_reports::focus_area, &self.focus_areas);
        all.add_list(release_reports::status, &self.statuses);
        all.into_condition()
    }
}

/// The position of a report in a release: its city and number.
pub type FrozenReportKey = (String, i64);

/// Returns at most `limit` reports of a release, ordered by city and number, after a position.
///
/// # Errors
/// Returns an error if the database fails.
pub fn load_page(
    conn: &mut Conn,
    release: &Slug,
    filter: &FrozenReportFilter,
    after: Option<&FrozenReportKey>,
    limit: i64,
) -> StoreResult<Vec<FrozenReportRow>> {
    let city = SortColumn::new(release_reports::city);
    let order = ListOrder::new(vec![city, SortColumn::new(release_reports::number)], false);
    let after = after.map(|(city, number)| {
        order.after(&[Some(BindValue::Text(city.clone())), Some(BindValue::Integer(*number))])
    });
    let rows = Condition::all([filter.to_condition(release)].into_iter().chain(after));
    Ok(on!(conn, |c, DB| release_reports::table
        .filter(rows)
        .order(order)
        .limit(limit)
        .select(FrozenReportRow::as_select())
        .load(c))?)
}

/// Counts the reports of a release. Without a filter the tally in the database gives the number.
///
/// # Errors
/// Returns an error if the database fails.
pub fn count(conn: &mut Conn, release: &Slug, filter: &FrozenReportFilter) -> StoreResult<i64> {
    if filter.is_empty() {
        let all: Option<i32> = on!(conn, |c, DB| release_tallies::table
            .find(release.as_str())
            .select(release_tallies::reports)
            .get_result(c)
            .optional())?;
        return Ok(all.map_or(0, i64::from));
    }
    let rows = filter.to_condition(release);
    Ok(on!(conn, |c, DB| release_reports::table.filter(rows).count().get_result(c))?)
}

/// Lists the countries that have a report in a release, ordered by code.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_countries(conn: &mut Conn, release: &Slug) -> StoreResult<Vec<String>> {
    Ok(on!(conn, |c, DB| release_reports::table
        .filter(release_reports::release.eq(release.as_str()))
        .select(release_reports::country)
        .distinct()
        .order(release_reports::country)
        .load(c))?)
}

/// Calls `f` for each report of a release, ordered by city and number. Rows are read in chunks.
///
/// # Errors
/// Returns an error if the database fails, and the errors of `f`.
pub fn for_each_report<E: From<StoreError>>(
    conn: &mut Conn,
    release: &Slug,
    f: impl FnMut(FrozenReportRow) -> Result<(), E>,
) -> Result<(), E> {
    for_each_matching(conn, release, &FrozenReportFilter::default(), f)
}

/// Like [`for_each_report`], for the reports that a filter accepts.
///
/// # Errors
/// Returns the errors of [`for_each_report`].
pub fn for_each_matching<E: From<StoreError>>(
    conn: &mut Conn,
    release: &Slug,
    filter: &FrozenReportFilter,
    mut f: impl FnMut(FrozenReportRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = None;
    loop {
        let rows = load_page(conn, release, filter, after.as_ref(), CHUNK)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.page_key());
        for row in rows {
            f(row)?;
        }
    }
}

/// Returns the reference data of a release, as canonical text.
///
/// # Errors
/// Returns an error if the database fails, or if the release has no reference data.
pub fn load_reference_text(conn: &mut Conn, release: &Slug) -> StoreResult<String> {
    on!(conn, |c, DB| release_grounds::table
        .find(release.as_str())
        .select(release_grounds::ground)
        .get_result(c)
        .optional())?
    .ok_or_else(|| StoreError::Corrupt("a release without its reference data".into()))
}

/// Returns the reference data of a release.
///
/// # Errors
/// Returns the errors of [`load_reference_text`].
pub fn load_reference(conn: &mut Conn, release: &Slug) -> StoreResult<ReleaseReference> {
    json::read(&load_reference_text(conn, release)?)
}

/// Loads the dataset of the figures of a release. `None` if there is no such release.
///
/// # Errors
/// Returns an error if the database fails.
pub fn load_dataset(conn: &mut Conn, release: &Slug) -> StoreResult<Option<FigureDataset>> {
    if super::resolve_key(conn, release)?.as_ref() != Some(release) {
        return Ok(None);
    }
    let reference = load_reference(conn, release)?;
    let mut facts = Vec::new();
    for_each_report(conn, release, |row| -> StoreResult<()> {
        facts.push(ReportFact::from(&row.parse_report()?));
        Ok(())
    })?;
    Ok(Some(reference.build_dataset(release, facts)))
}

/// Loads a release with everything that it froze.
///
/// # Errors
/// Returns an error if the database fails.
pub fn load_full_release(conn: &mut Conn, release: Release) -> StoreResult<FullRelease> {
    let reference = load_reference(conn, &release.release)?;
    let mut reports = Vec::new();
    for_each_report(conn, &release.release, |row| -> StoreResult<()> {
        reports.push(row.parse_report()?);
        Ok(())
    })?;
    Ok(FullRelease { release, reference, reports })
}
