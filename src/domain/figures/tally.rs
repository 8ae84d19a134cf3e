//! Counting reports into one cell.

use std::collections::BTreeMap;

use super::{Figure, FigureValue, Measure, ReportFact};
use crate::domain::value::{CurrencyCode, Money};

/// What the reports of a cell add up to, in each measure.
#[derive(Debug, Clone, Default)]
pub(super) struct ReportTally {
    report_count: i64,
    /// Reports that state a percentage and are not cancelled, and their sum in hundredths.
    percents: u32,
    hundredths: i64,
    /// Reports that state what was spent, and the sums.
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

    /// Returns how many reports there are.
    pub(super) const fn report_count(&self) -> i64 {
        self.report_count
    }

    pub(super) fn to_figure(self, measure: Measure) -> Figure {
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

    /// Returns the mean of the stated percentages; the sum is exact, so its order does not matter.
    fn mean_percent(&self) -> FigureValue {
        match i32::try_from(self.hundredths) {
            Ok(sum) if self.percents > 0 => {
                FigureValue::Mean(f64::from(sum) / f64::from(self.percents) / 100.0)
            }
            Ok(_) | Err(_) => FigureValue::None,
        }
    }
}
