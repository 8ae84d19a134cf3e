//! Shapes that several resources answer with.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::{fault::ValueFault, language::Language, value, wording};

/// A person, as those who work on a record see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    /// The user's identifier.
    pub id: Uuid,
    /// The user's name.
    #[schema(example = "Da Nang officer")]
    pub name: String,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money)]
pub(crate) struct MoneyView {
    /// Minor units of the currency, 0 to 2^53 − 1.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 125_000_000)]
    pub amount_minor: i64,
    /// The ISO 4217 code.
    #[schema(example = "VND")]
    pub currency: String,
}

impl From<value::Money> for MoneyView {
    fn from(m: value::Money) -> Self {
        Self { amount_minor: m.amount_minor, currency: m.currency.as_str().to_owned() }
    }
}

/// Whether the caller may do something now, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AllowedAction {
    /// Whether it would be accepted.
    pub allowed: bool,
    /// Why it would not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "you had a hand in it since its last decision")]
    pub reason: Option<String>,
}

/// What the caller may do with a record now, by the name of the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(example = json!({"edit": {"allowed": true}, "delete": {"allowed": false, "reason": "it has a report"}}))]
pub(crate) struct AllowedActions(BTreeMap<String, AllowedAction>);

impl FromIterator<(String, AllowedAction)> for AllowedActions {
    fn from_iter<I: IntoIterator<Item = (String, AllowedAction)>>(actions: I) -> Self {
        Self(actions.into_iter().collect())
    }
}

impl AllowedActions {
    /// Says the reasons in a language.
    pub(crate) fn translate_reasons(&mut self, language: Language) {
        for reason in self.0.values_mut().filter_map(|action| action.reason.as_mut()) {
            *reason = wording::translate_sentence(language, reason).into_owned();
        }
    }
}

impl AllowedAction {
    /// It would be accepted.
    #[must_use]
    pub(crate) const fn new_allowed() -> Self {
        Self { allowed: true, reason: None }
    }
    /// It would be refused.
    pub(crate) fn new_refused(reason: impl Into<String>) -> Self {
        Self { allowed: false, reason: Some(reason.into()) }
    }
}

/// Parses the members of a three-valued patch: absent keeps, null clears, a value replaces.
pub(crate) mod patch {
    use serde::{Deserialize, Deserializer};

    /// Reads a member that is there: null is `Some(None)`. Use with `#[serde(default, deserialize_with = "…")]`.
    ///
    /// # Errors
    /// Those of the value.
    pub(crate) fn some<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(d).map(Some)
    }
}

/// Refuses null where a value must stay.
///
/// # Errors
/// `required`.
pub(crate) fn require_value<T>(value: Option<T>) -> Result<T, ValueFault> {
    value.ok_or_else(ValueFault::required)
}
