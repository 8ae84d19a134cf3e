//! Counting reports into one cell.

use std::collections::BTreeMap;

use super::{Fact, Figure, Measure, Number};
use crate::domain::value::{Currency, Money};

/// What the reports of a cell add up to, in each measure.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    of: i64,
    /// Reports that state a percentage and are not cancelled, and their sum in hundredths.
    percents: u32,
    hundredths: i64,
    /// Reports that state what was spent, and the sums.
    spenders: i64,
    spent: BTreeMap<Currency, i64>,
}

impl Tally {
    pub(super) fn add(&mut self, fact: &Fact) {
        self.of += 1;
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
    pub(super) const fn of(&self) -> i64 {
        self.of
    }

    pub(super) fn figure(self, measure: Measure) -> Figure {
        let mean = self.mean();
        let (value, known) = match measure {
            Measure::Projects => (Number::Count(self.of), self.of),
            Measure::PercentComplete => (mean, self.percents.into()),
            Measure::Spent => (Number::None, self.spenders),
        };
        let by_currency = match measure {
            Measure::Spent => self
                .spent
                .into_iter()
                .map(|(currency, amount_minor)| Money { amount_minor, currency })
                .collect(),
            Measure::Projects | Measure::PercentComplete => Vec::new(),
        };
        Figure { value, known, of: self.of, by_currency }
    }

    /// Returns the mean of the stated percentages; the sum is exact, so its order does not matter.
    fn mean(&self) -> Number {
        match i32::try_from(self.hundredths) {
            Ok(sum) if self.percents > 0 => {
                Number::Mean(f64::from(sum) / f64::from(self.percents) / 100.0)
            }
            Ok(_) | Err(_) => Number::None,
        }
    }
}
