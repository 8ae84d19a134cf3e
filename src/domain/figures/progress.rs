//! Progress of projects by city, country or focus area. Rows are ordered by name, never by value: it is not a ranking.

use super::{
    AxisLabel, Dimension, FigureDataset, FigureFilter, FigureQuery, FigureValue,
    IndicatorAttainment, Measure, MilestoneWeights, ReportFact, ReportingCoverage, UNKNOWN,
    axis::TableAxis, tally::ReportTally,
};
use crate::domain::{
    alphabet::alphabetical_key,
    language::Language,
    message::{self, Message},
    value::text_enum,
};

text_enum! {
    /// The grouping of a progress table.
    #[schema(as = Grouping)]
    pub ProgressGrouping(grouping) {
        /// By city.
        City = "city",
        /// By country.
        Country = "country",
        /// By the one focus area in which official tables count a project.
        FocusArea = "focus_area",
    }
}

impl ProgressGrouping {
    /// Returns the dimension of the rows.
    #[must_use]
    pub const fn dimension(self) -> Dimension {
        match self {
            Self::City => Dimension::City,
            Self::Country => Dimension::Country,
            Self::FocusArea => Dimension::FocusArea,
        }
    }
}

/// Lists the formulas of the three numbers, in words. Cancelled projects count in none of them.
#[must_use]
pub fn list_formulas() -> [Message; 3] {
    [
        Measure::PercentComplete.formula(),
        message::figure::milestones_reached(),
        message::figure::outcome_attainment(),
    ]
}

/// Progress by weighted milestones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MilestoneProgress {
    /// Sums of the weights over the reports that have milestones.
    pub weights: MilestoneWeights,
    /// Number of reports that have milestones and are not cancelled.
    pub known: i64,
}

/// Progress of outcome indicators.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutcomeProgress {
    /// Each attainment that is defined: 0 at the baseline, 1 at the target.
    shares: Vec<f64>,
    /// Number of indicators in reports that are not cancelled.
    pub of: i64,
    /// Number of indicators for which the report states no value.
    pub not_measured: i64,
    /// Number of indicators with a value whose attainment is undefined.
    pub undefined: i64,
}

/// The progress of the projects in a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectProgress {
    /// Number of approved reports.
    pub total: i64,
    /// Number of reports that state a percentage and are not cancelled.
    pub known: i64,
    /// Plain mean of these percentages, 0 to 100.
    pub percent: FigureValue,
    /// Progress by weighted milestones.
    pub milestones: MilestoneProgress,
    /// Progress of outcome indicators.
    pub outcomes: OutcomeProgress,
}

/// Progress by city, country or focus area.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProgressTable {
    /// The rows, ordered by name; `unknown` is last.
    pub rows: Vec<(AxisLabel, ProjectProgress)>,
    /// The progress of all reports, each counted once.
    pub total: ProjectProgress,
    /// How complete the reports are.
    pub coverage: ReportingCoverage,
}

impl MilestoneProgress {
    fn add_weights(&mut self, weights: MilestoneWeights) {
        self.known += 1;
        self.weights.reached = self.weights.reached.saturating_add(weights.reached);
        self.weights.total = self.weights.total.saturating_add(weights.total);
    }

    /// Returns the reached share of the weight, 0 to 1; `None` without milestones.
    #[must_use]
    pub fn reached_share(&self) -> Option<f64> {
        let reached = i32::try_from(self.weights.reached).ok()?;
        let total = i32::try_from(self.weights.total).ok()?;
        (total > 0).then(|| f64::from(reached) / f64::from(total))
    }
}

impl OutcomeProgress {
    fn add_indicator(&mut self, attained: IndicatorAttainment) {
        self.of += 1;
        match attained {
            IndicatorAttainment::Share(share) => self.shares.push(share),
            IndicatorAttainment::Undefined(_) => self.undefined += 1,
            IndicatorAttainment::NotMeasured => self.not_measured += 1,
        }
    }

    /// Returns the number of indicators with a defined attainment.
    #[must_use]
    pub fn count_defined(&self) -> i64 {
        crate::domain::value::to_count(self.shares.len())
    }

    /// Returns the plain mean of the defined attainments; `None` if there is none.
    #[must_use]
    pub fn mean_attainment(&self) -> Option<f64> {
        let n = u32::try_from(self.shares.len()).ok().filter(|n| *n > 0)?;
        Some(self.shares.iter().sum::<f64>() / f64::from(n))
    }
}

impl ProjectProgress {
    fn from_facts(facts: &[&ReportFact]) -> Self {
        let mut tally = ReportTally::default();
        let mut progress = Self::default();
        for fact in facts {
            tally.add_fact(fact);
            let Some(texts) = fact.texts.as_deref().filter(|_| fact.is_pursued()) else { continue };
            if let Some(weights) = texts.milestones {
                progress.milestones.add_weights(weights);
            }
            for attained in &texts.outcomes {
                progress.outcomes.add_indicator(*attained);
            }
        }
        let figure = tally.into_figure(Measure::PercentComplete);
        Self { total: figure.report_count, known: figure.known, percent: figure.value, ..progress }
    }
}

impl FigureDataset {
    /// Measures the progress of projects. Facts without texts count as facts without milestones and indicators.
    #[must_use]
    pub fn measure_progress(
        &self,
        by: ProgressGrouping,
        filter: FigureFilter,
        language: Language,
    ) -> ProgressTable {
        let question = FigureQuery {
            rows: by.dimension(),
            columns: None,
            measure: Measure::PercentComplete,
            filter,
            language,
            receipts: false,
        };
        let (facts, coverage) = self.select_facts(&question.filter);
        if self.basis.is_empty() {
            return ProgressTable { coverage, ..ProgressTable::default() };
        }
        let axis = TableAxis::new(by.dimension(), &[self], &question, &facts);
        let mut groups: Vec<Vec<&ReportFact>> = vec![Vec::new(); axis.len()];
        for fact in &facts {
            for place in axis.find_positions(fact) {
                groups.get_mut(place).into_iter().for_each(|group| group.push(fact));
            }
        }
        let groups = groups.iter().map(|group| ProjectProgress::from_facts(group));
        let mut rows: Vec<(AxisLabel, ProjectProgress)> =
            axis.into_labels().into_iter().zip(groups).collect();
        rows.sort_by_cached_key(|(l, _)| {
            (l.key == UNKNOWN, alphabetical_key(&l.name), l.key.clone())
        });
        ProgressTable { rows, total: ProjectProgress::from_facts(&facts), coverage }
    }
}
