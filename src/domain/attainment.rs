//! Attainment: how far an indicator has come from its baseline to its target.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    project_parts::{Indicator, IndicatorDirection},
    report::IndicatorValue,
    value::{Slug, text_enum},
};

text_enum! {
    /// The reason why an attainment cannot be computed.
    #[schema(as = Undefined)]
    pub UndefinedReason(reason) {
        /// The indicator has no baseline.
        NoBaseline = "no_baseline",
        /// The indicator has no target.
        NoTarget = "no_target",
        /// Baseline and target are equal.
        NoDistance = "baseline_is_target",
        /// The target is worse than the baseline.
        Direction = "target_is_worse",
    }
}

/// Computes (value − baseline) ÷ (target − baseline). The result is 0 at the baseline, 1 at the target, more than 1
/// beyond the target, and negative if the value is worse than the baseline. The same formula holds for an indicator
/// that gets better downwards: its target is below its baseline.
///
/// # Errors
/// The reason why the attainment is undefined. An undefined attainment is not 0.
pub(crate) fn compute_attainment(
    indicator: &Indicator,
    value: f64,
) -> Result<f64, UndefinedReason> {
    let baseline = indicator.baseline.ok_or(UndefinedReason::NoBaseline)?.value;
    let target = indicator.target.ok_or(UndefinedReason::NoTarget)?.value;
    let distance = target - baseline;
    let right_way = match indicator.better {
        IndicatorDirection::Up => distance > 0.0,
        IndicatorDirection::Down => distance < 0.0,
    };
    if distance == 0.0 {
        Err(UndefinedReason::NoDistance)
    } else if right_way {
        Ok((value - baseline) / distance)
    } else {
        Err(UndefinedReason::Direction)
    }
}

/// A value of an indicator, with the cycle whose report states it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CycleReading {
    pub cycle: Slug,
    pub reading: IndicatorValue,
}

/// Merges the values of several reports, ordered by cycle, into one series ordered by day. If several reports state a
/// value for the same day, the latest cycle counts: this is how a value is corrected.
#[must_use]
pub(crate) fn merge_series(stated: Vec<CycleReading>) -> Vec<CycleReading> {
    let mut by_day: BTreeMap<NaiveDate, CycleReading> = BTreeMap::new();
    for s in stated {
        let same = by_day
            .get(&s.reading.measured_on)
            .is_some_and(|before| before.reading.value.total_cmp(&s.reading.value).is_eq());
        // A value that did not change keeps the cycle that stated it first.
        if !same {
            by_day.insert(s.reading.measured_on, s);
        }
    }
    by_day.into_values().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        id::Id,
        project_parts::{IndicatorKind, IndicatorReading},
        testing::{day, project, slug},
        value::Title,
    };

    fn indicator(
        better: IndicatorDirection,
        baseline: Option<f64>,
        target: Option<f64>,
    ) -> Indicator {
        let reading = |on: &str| {
            let on = day(on);
            move |value| IndicatorReading { value, on }
        };
        Indicator {
            id: Id::new(Uuid::from_u128(1)),
            project: project().id,
            code: project().code,
            name: Title::parse("Water lost").unwrap(),
            kind: IndicatorKind::Outcome,
            unit: Title::parse("percent").unwrap(),
            better,
            baseline: baseline.map(reading("2018-12-31")),
            target: target.map(reading("2025-12-31")),
            version: 1,
        }
    }

    #[test]
    fn attainment_respects_the_direction() {
        let up = indicator(IndicatorDirection::Up, Some(10.0), Some(20.0));
        let of = |i: &Indicator, v| compute_attainment(i, v);
        assert_eq!([of(&up, 10.0), of(&up, 15.0), of(&up, 25.0)], [Ok(0.0), Ok(0.5), Ok(1.5)]);
        let down = indicator(IndicatorDirection::Down, Some(20.0), Some(10.0));
        assert_eq!(
            [of(&down, 20.0), of(&down, 12.5), of(&down, 22.0)],
            [Ok(0.0), Ok(0.75), Ok(-0.2)]
        );
    }

    #[test]
    fn what_is_undefined_is_said_to_be_undefined() {
        let of = |better, baseline, target| {
            compute_attainment(&indicator(better, baseline, target), 1.0)
        };
        assert_eq!(of(IndicatorDirection::Up, None, Some(1.0)), Err(UndefinedReason::NoBaseline));
        assert_eq!(of(IndicatorDirection::Up, Some(1.0), None), Err(UndefinedReason::NoTarget));
        assert_eq!(
            of(IndicatorDirection::Up, Some(1.0), Some(1.0)),
            Err(UndefinedReason::NoDistance)
        );
        assert_eq!(
            of(IndicatorDirection::Up, Some(2.0), Some(1.0)),
            Err(UndefinedReason::Direction)
        );
        assert_eq!(
            of(IndicatorDirection::Down, Some(1.0), Some(2.0)),
            Err(UndefinedReason::Direction)
        );
    }

    #[test]
    fn a_value_that_is_said_again_counts_once() {
        let stated = |cycle: &str, on: &str, value| CycleReading {
            cycle: slug(cycle),
            reading: IndicatorValue {
                indicator_id: Id::new(Uuid::from_u128(1)),
                value,
                measured_on: day(on),
            },
        };
        let series = merge_series(vec![
            stated("me-2024", "2024-06-30", 20.0),
            stated("me-2025", "2024-06-30", 20.0),
            stated("me-2025", "2025-06-30", 18.0),
            stated("me-2026", "2025-06-30", 17.0),
        ]);
        let told: Vec<_> = series.iter().map(|s| (s.cycle.as_str(), s.reading.value)).collect();
        assert_eq!(told, [("me-2024", 20.0), ("me-2026", 17.0)]);
    }
}
