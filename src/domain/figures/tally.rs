//! The sums over the reports of one cell.

use std::collections::BTreeMap;

use super::{Figure, FigureValue, Measure, ReportFact};
use crate::domain::value::{CurrencyCode, Money};

/// The sums over the reports of a cell, for every measure.
#[derive(Debug, Clone, Default)]
pub(super) struct ReportTally {
    report_count: i64,
    /// Number of reports that state a percentage and are not cancelled; `hundredths` is the sum of these percentages.
    percents: u32,
    hundredths: i64,
    /// Number of reports that state the spent money; `spent` has the sums.
    spenders: i64,
    spent: BTreeMap<CurrencyCode, i64>,
}

impl ReportTally {
    pub(super) fn add_fact(&mut self, fact: &ReportFact) {
        self.report_count += 1;
        if let Some(percent) = fact.counted_percent() {
            self.percents = self.percents.saturating_add(1);
            self.hundredths += percent.hundredths();
        }
        if let Some(money) = fact.spent {
            self.spenders += 1;
            let sum = self.spent.entry(money.currency).or_default();
            *sum = sum.saturating_add(money.amount_minor);
        }
    }

    pub(super) const fn report_count(&self) -> i64 {
        self.report_count
    }

    pub(super) fn into_figure(self, measure: Measure) -> Figure {
        let mean = self.mean_percent();
        let (value, known) = match measure {
            Measure::Projects => (FigureValue::Count(self.report_count), self.report_count),
            Measure::PercentComplete => (mean, self.percents.into()),
            Measure::Spent => (FigureValue::None, self.spenders),
        };
        let by_currency = match measure {
            Measure::Spent => self
                .spent
                .into_iter()
                .map(|(currency, amount_minor)| Money { amount_minor, currency })
                .collect(),
            Measure::Projects | Measure::PercentComplete => Vec::new(),
        };
        Figure { value, known, report_count: self.report_count, by_currency }
    }

    /// Returns the mean of the stated percentages. The sum is an exact integer, so the order does not matter.
    fn mean_percent(&self) -> FigureValue {
        match i32::try_from(self.hundredths) {
            Ok(sum) if self.percents > 0 => {
                FigureValue::Mean(f64::from(sum) / f64::from(self.percents) / 100.0)
            }
            Ok(_) | Err(_) => FigureValue::None,
        }
    }
}
