//! The tables of the report. [`FigureDataset::count_table`] counts each of them, as it does for the public API, so that
//! readers can recompute every number.

use std::collections::BTreeMap;

use super::wording::ReportWording;
use crate::domain::{
    alphabet::alphabetical_key,
    figures::{
        AxisLabel, CrossTable, Dimension, Figure, FigureDataset, FigureFilter, FigureQuery,
        FigureValue, Measure,
    },
    report::ProjectStatus,
};

/// The number and share of the projects of a focus area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FocusAreaShare {
    /// The focus area.
    pub(super) label: AxisLabel,
    /// The number of reports.
    pub(super) count: i64,
    /// The share of all reports, in tenths of a percent.
    pub(super) tenths: i64,
}

/// Counts of reports by row and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountGrid {
    /// The columns with their totals.
    pub(super) columns: Vec<(AxisLabel, i64)>,
    /// The rows, each with the counts of its cells and their total.
    pub(super) rows: Vec<(AxisLabel, Vec<i64>, i64)>,
    pub(super) total: i64,
}

/// A mean of the stated percentages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ProgressMean {
    /// The row.
    pub(super) label: AxisLabel,
    /// The mean, 0 to 100. `None` if no report states a percentage.
    pub(super) value: Option<f64>,
    /// The number of reports that state it.
    pub(super) known: i64,
    /// The number of all reports.
    pub(super) of: i64,
}

/// Means by row, and the mean of all reports.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ProgressMeans {
    /// The dimension of the rows.
    pub(super) rows_are: Dimension,
    pub(super) rows: Vec<ProgressMean>,
    pub(super) total: ProgressMean,
}

/// The counts of a city, by status and focus area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CityStatusRows {
    pub(super) city: AxisLabel,
    /// The statuses that reports of the city state, each with its counts by focus area and their total.
    pub(super) rows: Vec<(ProjectStatus, Vec<i64>, i64)>,
}

/// Counts by city, status and focus area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CityStatusTable {
    /// The focus areas with their totals.
    pub(super) columns: Vec<(AxisLabel, i64)>,
    /// The cities with at least one report, in alphabetical order.
    pub(super) rows: Vec<CityStatusRows>,
    pub(super) total: i64,
}

/// Returns the shares of counts in tenths of a percent. They are rounded by the method of the largest remainder, so
/// that they add up to exactly 1000. Among equal remainders, the first ones are rounded up. All shares are 0 if all
/// counts are 0.
pub(super) fn split_into_tenths(counts: &[i64]) -> Vec<i64> {
    let total: i64 = counts.iter().sum();
    if total <= 0 {
        return vec![0; counts.len()];
    }
    let mut parts: Vec<(usize, i64, i64)> =
        counts.iter().enumerate().map(|(i, n)| (i, n * 1_000 / total, n * 1_000 % total)).collect();
    let left = 1_000 - parts.iter().map(|(_, whole, _)| whole).sum::<i64>();
    parts.sort_by_key(|(i, _, remainder)| (std::cmp::Reverse(*remainder), *i));
    for (_, whole, _) in parts.iter_mut().take(usize::try_from(left).unwrap_or_default()) {
        *whole += 1;
    }
    parts.sort_by_key(|(i, ..)| *i);
    parts.into_iter().map(|(_, whole, _)| whole).collect()
}

fn count_table(
    dataset: &FigureDataset,
    says: ReportWording,
    measure: Measure,
    (rows, columns): (Dimension, Option<Dimension>),
    status: Option<ProjectStatus>,
) -> CrossTable {
    let wanted = status.map(|s| (Dimension::Status, vec![s.as_str().to_owned()]));
    let filter = FigureFilter { wanted: wanted.into_iter().collect(), ..FigureFilter::default() };
    dataset.count_table(&FigureQuery {
        rows,
        columns,
        measure,
        filter,
        language: says.0,
        receipts: false,
    })
}

/// Counts the projects by focus area, with their shares.
pub(super) fn count_focus_area_shares(
    dataset: &FigureDataset,
    says: ReportWording,
) -> Vec<FocusAreaShare> {
    let table = count_table(dataset, says, Measure::Projects, (Dimension::FocusArea, None), None);
    let counts: Vec<i64> = table.row_totals.iter().map(|(_, figure)| figure.report_count).collect();
    let shares = split_into_tenths(&counts);
    let rows = table.row_totals.into_iter().zip(shares);
    rows.map(|((label, figure), tenths)| FocusAreaShare {
        label,
        count: figure.report_count,
        tenths,
    })
    .collect()
}

pub(super) fn count_grid(
    dataset: &FigureDataset,
    says: ReportWording,
    rows: Dimension,
    columns: Dimension,
) -> CountGrid {
    let table = count_table(dataset, says, Measure::Projects, (rows, Some(columns)), None);
    let width = table.column_totals.len().max(1);
    let counts =
        table.cells.chunks(width).map(|row| row.iter().map(|c| c.figure.report_count).collect());
    CountGrid {
        rows: table
            .row_totals
            .into_iter()
            .zip(counts)
            .map(|((label, figure), counts)| (label, counts, figure.report_count))
            .collect(),
        columns: list_totals(table.column_totals),
        total: table.total.report_count,
    }
}

fn list_totals(columns: Vec<(AxisLabel, Figure)>) -> Vec<(AxisLabel, i64)> {
    columns.into_iter().map(|(label, figure)| (label, figure.report_count)).collect()
}

/// Averages the stated percentages of completion, by row.
pub(super) fn average_progress(
    dataset: &FigureDataset,
    says: ReportWording,
    rows: Dimension,
) -> ProgressMeans {
    let table = count_table(dataset, says, Measure::PercentComplete, (rows, None), None);
    let all = AxisLabel { key: "total".to_owned(), name: says.label("total").to_owned() };
    ProgressMeans {
        rows_are: rows,
        rows: table
            .row_totals
            .into_iter()
            .map(|(label, figure)| build_mean(label, &figure))
            .collect(),
        total: build_mean(all, &table.total),
    }
}

fn build_mean(label: AxisLabel, figure: &Figure) -> ProgressMean {
    let value = match figure.value {
        FigureValue::Mean(mean) => Some(mean),
        FigureValue::None | FigureValue::Count(_) => None,
    };
    ProgressMean { label, value, known: figure.known, of: figure.report_count }
}

/// Counts by the keys of row and column. Zeros are left out.
type CellCounts = BTreeMap<(String, String), i64>;

/// Counts the projects by city, status and focus area. A table has only two dimensions, so this function counts one
/// table for each status.
pub(super) fn count_cities(dataset: &FigureDataset, says: ReportWording) -> CityStatusTable {
    let axes = (Dimension::City, Some(Dimension::FocusArea));
    let all = count_table(dataset, says, Measure::Projects, axes, None);
    let columns = list_totals(all.column_totals);
    let by_status: Vec<(ProjectStatus, CellCounts)> = ProjectStatus::ALL
        .iter()
        .map(|status| {
            let table = count_table(dataset, says, Measure::Projects, axes, Some(*status));
            let cells = table.cells.into_iter().filter_map(|cell| {
                Some(((cell.row.key, cell.column?.key), cell.figure.report_count))
                    .filter(|(_, n)| *n > 0)
            });
            (*status, cells.collect())
        })
        .collect();
    let row = |city: AxisLabel| {
        let rows = by_status.iter().filter_map(|(status, cells)| {
            let count = |column: &(AxisLabel, i64)| {
                cells.get(&(city.key.clone(), column.0.key.clone())).copied().unwrap_or_default()
            };
            let counts: Vec<i64> = columns.iter().map(count).collect();
            let total = counts.iter().sum();
            (total > 0).then_some((*status, counts, total))
        });
        let rows: Vec<_> = rows.collect();
        (!rows.is_empty()).then_some(CityStatusRows { city, rows })
    };
    let mut rows: Vec<CityStatusRows> =
        all.row_totals.into_iter().filter_map(|(city, _)| row(city)).collect();
    rows.sort_by_cached_key(|r| alphabetical_key(&r.city.name));
    CityStatusTable { rows, columns, total: all.total.report_count }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        assert_eq!(split_into_tenths(&[1, 1, 1]), [334, 333, 333]);
        assert_eq!(split_into_tenths(&[47, 33, 54]), [351, 246, 403]);
        assert_eq!(split_into_tenths(&[0, 5]), [0, 1_000]);
        assert_eq!(split_into_tenths(&[0, 0]), [0, 0]);
        assert_eq!(split_into_tenths(&[]), [0; 0]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_none_is_a_whole_step_away(counts in prop::collection::vec(0_i64..5_000, 1..20)) {
            let total: i64 = counts.iter().sum();
            let shares = split_into_tenths(&counts);
            prop_assert_eq!(shares.iter().sum::<i64>(), if total > 0 { 1_000 } else { 0 });
            for (count, share) in counts.iter().zip(&shares) {
                // Between the share rounded down and rounded up.
                prop_assert!((share * total - count * 1_000).abs() < total.max(1));
            }
        }
    }
}
