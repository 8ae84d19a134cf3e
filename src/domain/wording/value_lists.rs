//! The lists of allowed values, each with its values in order.

use crate::domain::{
    attainment::UndefinedReason,
    city_checklist::ReportHolder,
    comment::CommentKind,
    cycle::CycleState,
    feed::{FeedAction, FeedEntity},
    figures::{Dimension, Measure, ProgressGrouping, ProjectMovement},
    journal::chain::JournalFlaw,
    language::{Language, TextDirection},
    policy::Act,
    project_parts::{IndicatorDirection, IndicatorKind, PartnerRole, PartnerStage},
    report::{
        PercentMethod, ProjectStatus, ReportState,
        bulk::{BulkAction, BulkOutcome},
        diff::{FieldKind, ItemOp, word_diff::RunOp},
    },
    share::ShareFormat,
    user::{Role, ScopeKind, UserState},
    workbook_terms::{ImportOutcome, WorkbookSheet},
    workflow::TransitionKind,
};

/// A list whose values are fixed in the contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FixedValueList {
    pub name: &'static str,
    /// The values, in order.
    pub values: fn() -> Vec<&'static str>,
}

macro_rules! fixed_list {
    ($name:literal, $type:ty) => {
        FixedValueList { name: $name, values: || <$type>::ALL.iter().map(|v| v.as_str()).collect() }
    };
}

/// The lists that change only with a new version of this service.
pub(crate) const FIXED: &[FixedValueList] = &[
    fixed_list!("status", ProjectStatus),
    fixed_list!("report_state", ReportState),
    fixed_list!("percent_method", PercentMethod),
    fixed_list!("partner_role", PartnerRole),
    fixed_list!("partner_stage", PartnerStage),
    fixed_list!("indicator_kind", IndicatorKind),
    fixed_list!("better", IndicatorDirection),
    fixed_list!("comment_kind", CommentKind),
    fixed_list!("cycle_state", CycleState),
    fixed_list!("role", Role),
    fixed_list!("scope_kind", ScopeKind),
    fixed_list!("user_state", UserState),
    fixed_list!("bulk_action", BulkAction),
    fixed_list!("bulk_outcome", BulkOutcome),
    fixed_list!("field_kind", FieldKind),
    fixed_list!("item_change", ItemOp),
    fixed_list!("text_change", RunOp),
    fixed_list!("holder", ReportHolder),
    fixed_list!("undefined", UndefinedReason),
    fixed_list!("import_outcome", ImportOutcome),
    fixed_list!("sheet", WorkbookSheet),
    fixed_list!("dimension", Dimension),
    fixed_list!("measure", Measure),
    fixed_list!("grouping", ProgressGrouping),
    fixed_list!("movement", ProjectMovement),
    fixed_list!("flaw", JournalFlaw),
    fixed_list!("feed_entity", FeedEntity),
    fixed_list!("feed_action", FeedAction),
    fixed_list!("share_format", ShareFormat),
    fixed_list!("language", Language),
    fixed_list!("direction", TextDirection),
    FixedValueList { name: "action", values: list_actions },
    FixedValueList { name: "sdg", values: list_goals },
];

/// Lists the values of `allowed_actions` of projects and reports.
fn list_actions() -> Vec<&'static str> {
    let others = [Act::CommentReport, Act::DeleteProject, Act::ReadProjectHistory];
    let transitions = TransitionKind::ALL.iter().map(|t| t.as_str());
    transitions.chain(others.map(Act::as_str)).collect()
}

/// Lists the Sustainable Development Goals by number.
fn list_goals() -> Vec<&'static str> {
    vec![
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17",
    ]
}

/// A list whose values come from the reference data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReferenceValueList {
    FocusArea,
    /// Sub-areas. The parent is the focus area.
    SubArea,
    Outcome,
    Enabler,
    Sector,
    /// Tags of national schemes. The parent is the country.
    Tag,
    PartnerType,
    PlanCycle,
    Country,
    Currency,
}

impl ReferenceValueList {
    pub(crate) const ALL: &'static [Self] = &[
        Self::FocusArea,
        Self::SubArea,
        Self::Outcome,
        Self::Enabler,
        Self::Sector,
        Self::Tag,
        Self::PartnerType,
        Self::PlanCycle,
        Self::Country,
        Self::Currency,
    ];

    /// Returns the name of the list.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FocusArea => "focus_area",
            Self::SubArea => "sub_area",
            Self::Outcome => "outcome",
            Self::Enabler => "enabler",
            Self::Sector => "sector",
            Self::Tag => "tag",
            Self::PartnerType => "partner_type",
            Self::PlanCycle => "plan_cycle",
            Self::Country => "country",
            Self::Currency => "currency",
        }
    }
}

/// The name of the list of problem types.
pub(crate) const PROBLEM: &str = "problem";
