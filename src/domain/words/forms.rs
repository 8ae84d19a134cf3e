//! The fields of the forms in which records are written: their order, and where a field takes its values from.

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Text, a number, a day, or yes or no.
    Anything,
    /// A value, or values, of a list of the vocabulary.
    List(&'static str),
    /// Another form, or several of it.
    Form(&'static str),
}
use Takes::{Anything, Form, List};

/// The forms with their fields, in the order in which people fill them in.
pub const FORMS: &[(&str, &[(&str, Takes)])] = &[
    ("project", PROJECT),
    (
        "milestone",
        &[
            ("title", Anything),
            ("due_on", Anything),
            ("weight", Anything),
            ("completed_on", Anything),
        ],
    ),
    (
        "indicator",
        &[
            ("name", Anything),
            ("kind", List("indicator_kind")),
            ("unit", Anything),
            ("better", List("better")),
            ("baseline", Form("reading")),
            ("target", Form("reading")),
        ],
    ),
    (
        "partnership",
        &[
            ("partner", Anything),
            ("as_stated", Anything),
            ("role", List("partner_role")),
            ("stage", List("partner_stage")),
            ("amount", Form("money")),
            ("note", Anything),
        ],
    ),
    ("report", REPORT),
    ("money", &[("amount_minor", Anything), ("currency", List("currency"))]),
    ("location", &[("latitude", Anything), ("longitude", Anything), ("text", Anything)]),
    ("reading", &[("value", Anything), ("on", Anything)]),
    ("milestone_done", &[("milestone_id", Anything), ("completed_on", Anything)]),
    (
        "indicator_value",
        &[("indicator_id", Anything), ("value", Anything), ("measured_on", Anything)],
    ),
    ("evidence", &[("title", Anything), ("url", Anything)]),
];

const PROJECT: &[(&str, Takes)] = &[
    ("city", Anything),
    ("plan_cycle", List("plan_cycle")),
    ("title", Anything),
    ("title_local", Anything),
    ("summary", Anything),
    ("focus_area", List("focus_area")),
    ("other_focus_areas", List("focus_area")),
    ("sub_area", List("sub_area")),
    ("outcomes", List("outcome")),
    ("enablers", List("enabler")),
    ("sectors", List("sector")),
    ("tags", List("tag")),
    ("priority", Anything),
    ("starts_on", Anything),
    ("ends_on", Anything),
    ("dates_reason", Anything),
    ("budget", Form("money")),
    ("support_required", Anything),
    ("location", Form("location")),
    ("sdgs", List("sdg")),
    ("inclusion_note", Anything),
    ("continues", Anything),
    ("archived", Anything),
];

const REPORT: &[(&str, Takes)] = &[
    ("status", List("status")),
    ("status_reason", Anything),
    ("percent_complete", Anything),
    ("percent_method", List("percent_method")),
    ("achievements", Anything),
    ("challenges", Anything),
    ("next_steps", Anything),
    ("support_needed", Anything),
    ("spent", Form("money")),
    ("milestones", Form("milestone_done")),
    ("indicator_values", Form("indicator_value")),
    ("evidence", Form("evidence")),
    ("unchanged", Anything),
];
