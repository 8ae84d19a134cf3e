//! The forms in which records are written: their fields in order, and the source of each field's values.

/// The kind of value that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormFieldType {
    /// Text, a number, a day, or yes or no.
    PlainValue,
    /// One or several values of a vocabulary list.
    List(&'static str),
    /// One or several nested forms.
    Form(&'static str),
}
use FormFieldType::{Form, List, PlainValue};

/// The forms with their fields, in the order in which people fill them in.
pub(crate) const FORMS: &[(&str, &[(&str, FormFieldType)])] = &[
    ("project", PROJECT),
    (
        "milestone",
        &[
            ("title", PlainValue),
            ("due_on", PlainValue),
            ("weight", PlainValue),
            ("completed_on", PlainValue),
        ],
    ),
    (
        "indicator",
        &[
            ("name", PlainValue),
            ("kind", List("indicator_kind")),
            ("unit", PlainValue),
            ("better", List("better")),
            ("baseline", Form("reading")),
            ("target", Form("reading")),
        ],
    ),
    (
        "partnership",
        &[
            ("partner", PlainValue),
            ("as_stated", PlainValue),
            ("role", List("partner_role")),
            ("stage", List("partner_stage")),
            ("amount", Form("money")),
            ("note", PlainValue),
        ],
    ),
    ("report", REPORT),
    ("money", &[("amount_minor", PlainValue), ("currency", List("currency"))]),
    ("location", &[("latitude", PlainValue), ("longitude", PlainValue), ("text", PlainValue)]),
    ("reading", &[("value", PlainValue), ("on", PlainValue)]),
    ("milestone_done", &[("milestone_id", PlainValue), ("completed_on", PlainValue)]),
    (
        "indicator_value",
        &[("indicator_id", PlainValue), ("value", PlainValue), ("measured_on", PlainValue)],
    ),
    ("evidence", &[("title", PlainValue), ("url", PlainValue)]),
];

const PROJECT: &[(&str, FormFieldType)] = &[
    ("city", PlainValue),
    ("plan_cycle", List("plan_cycle")),
    ("title", PlainValue),
    ("title_local", PlainValue),
    ("summary", PlainValue),
    ("focus_area", List("focus_area")),
    ("other_focus_areas", List("focus_area")),
    ("sub_area", List("sub_area")),
    ("outcomes", List("outcome")),
    ("enablers", List("enabler")),
    ("sectors", List("sector")),
    ("tags", List("tag")),
    ("priority", PlainValue),
    ("starts_on", PlainValue),
    ("ends_on", PlainValue),
    ("dates_reason", PlainValue),
    ("budget", Form("money")),
    ("support_required", PlainValue),
    ("location", Form("location")),
    ("sdgs", List("sdg")),
    ("inclusion_note", PlainValue),
    ("continues", PlainValue),
    ("archived", PlainValue),
];

const REPORT: &[(&str, FormFieldType)] = &[
    ("status", List("status")),
    ("status_reason", PlainValue),
    ("percent_complete", PlainValue),
    ("percent_method", List("percent_method")),
    ("achievements", PlainValue),
    ("challenges", PlainValue),
    ("next_steps", PlainValue),
    ("support_needed", PlainValue),
    ("spent", Form("money")),
    ("milestones", Form("milestone_done")),
    ("indicator_values", Form("indicator_value")),
    ("evidence", Form("evidence")),
    ("unchanged", PlainValue),
];
