//! The sums over the reports of one cell.

use std::collections::BTreeMap;

use super::{Figure, FigureValue, Measure, ReportFact};
use crate::domain::value::{CurrencyCode, Money};

/// Sums of money.
#[derive(Debug, Clone, Default)]
struct MoneySums {
    /// Number of reports that state an amount.
    known: i64,
    sums: BTreeMap<CurrencyCode, i64>,
}

impl MoneySums {
    fn add(&mut self, money: Option<Money>) {
        if let Some(money) = money {
            self.known += 1;
            let sum = self.sums.entry(money.currency).or_default();
            *sum = sum.saturating_add(money.amount_minor);
        }
    }

    fn into_amounts(self) -> Vec<Money> {
        let amount = |(currency, amount_minor)| Money { amount_minor, currency };
        self.sums.into_iter().map(amount).collect()
    }
}

/// The sums over the reports of a cell, for every measure.
#[derive(Debug, Clone, Default)]
pub(super) struct ReportTally {
    report_count: i64,
    /// Number of reports that state a percentage and are not cancelled; `hundredths` is the sum of these percentages.
    percents: u32,
    hundredths: i64,
    spent: MoneySums,
    budget: MoneySums,
}

impl ReportTally {
    pub(super) fn add_fact(&mut self, fact: &ReportFact) {
        self.report_count += 1;
        if let Some(percent) = fact.counted_percent() {
            self.percents = self.percents.saturating_add(1);
            self.hundredths += percent.hundredths();
        }
        self.spent.add(fact.spent);
        self.budget.add(fact.budget);
    }

    pub(super) const fn report_count(&self) -> i64 {
        self.report_count
    }

    pub(super) fn into_figure(self, measure: Measure) -> Figure {
        let mean = self.mean_percent();
        let (value, known) = match measure {
            Measure::Projects => (FigureValue::Count(self.report_count), self.report_count),
            Measure::PercentComplete => (mean, self.percents.into()),
            Measure::Spent => (FigureValue::None, self.spent.known),
            Measure::Budget => (FigureValue::None, self.budget.known),
        };
        let by_currency = match measure {
            Measure::Spent => self.spent.into_amounts(),
            Measure::Budget => self.budget.into_amounts(),
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
