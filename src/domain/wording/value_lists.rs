//! The lists of allowed values, each with its values in order.

use crate::domain::{
    attainment::Undefined,
    city_checklist::Holder,
    comment::CommentKind,
    cycle::CycleState,
    feed::{FeedAction, FeedEntity},
    figures::{Dimension, Grouping, Measure, Movement},
    journal::chain::Flaw,
    language::{Direction, Language},
    policy::Act,
    project_parts::{Better, IndicatorKind, PartnerRole, PartnerStage},
    report::{
        PercentMethod, ReportState, Status,
        bulk::{BulkAction, BulkOutcome},
        diff::{FieldKind, ItemOp, word_diff::RunOp},
    },
    share::ShareFormat,
    user::{Role, ScopeKind, UserState},
    workbook_terms::{Outcome, Sheet},
    workflow::TransitionKind,
};

/// A list whose values are fixed in the contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FixedValueList {
    pub name: &'static str,
    /// The values, in order.
    pub values: fn() -> Vec<&'static str>,
}

macro_rules! words_of {
    ($name:literal, $type:ty) => {
        FixedValueList { name: $name, values: || <$type>::ALL.iter().map(|v| v.as_str()).collect() }
    };
}

/// The lists that change only with a new version of this service.
pub(crate) const FIXED: &[FixedValueList] = &[
    words_of!("status", Status),
    words_of!("report_state", ReportState),
    words_of!("percent_method", PercentMethod),
    words_of!("partner_role", PartnerRole),
    words_of!("partner_stage", PartnerStage),
    words_of!("indicator_kind", IndicatorKind),
    words_of!("better", Better),
    words_of!("comment_kind", CommentKind),
    words_of!("cycle_state", CycleState),
    words_of!("role", Role),
    words_of!("scope_kind", ScopeKind),
    words_of!("user_state", UserState),
    words_of!("bulk_action", BulkAction),
    words_of!("bulk_outcome", BulkOutcome),
    words_of!("field_kind", FieldKind),
    words_of!("item_change", ItemOp),
    words_of!("text_change", RunOp),
    words_of!("holder", Holder),
    words_of!("undefined", Undefined),
    words_of!("import_outcome", Outcome),
    words_of!("sheet", Sheet),
    words_of!("dimension", Dimension),
    words_of!("measure", Measure),
    words_of!("grouping", Grouping),
    words_of!("movement", Movement),
    words_of!("flaw", Flaw),
    words_of!("feed_entity", FeedEntity),
    words_of!("feed_action", FeedAction),
    words_of!("share_format", ShareFormat),
    words_of!("language", Language),
    words_of!("direction", Direction),
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
