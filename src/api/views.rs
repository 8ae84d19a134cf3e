//! Response shapes that several resources share.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer_text::AnswerText;
use crate::{
    domain::{id::Id, language::Language, message::Message, user::User, value},
    store::users::PersonNames,
};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    /// The identifier of the user.
    pub id: Uuid,
    /// The name of the user.
    #[schema(example = "Da Nang officer")]
    pub name: String,
}

impl PersonView {
    /// Returns the view of a person whose name was loaded; `None` for everybody else.
    pub(crate) fn from_names(names: &PersonNames, id: Id<User>) -> Option<Self> {
        let name = names.name_of(id)?.to_owned();
        Some(Self { id: id.as_uuid(), name })
    }
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money)]
pub(crate) struct MoneyView {
    /// The amount in minor units of the currency (for example cents), 0 to 2^53 − 1.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 125_000_000)]
    pub amount_minor: i64,
    /// The ISO 4217 code of the currency.
    #[schema(example = "VND")]
    pub currency: String,
}

impl From<value::Money> for MoneyView {
    fn from(m: value::Money) -> Self {
        Self { amount_minor: m.amount_minor, currency: m.currency.as_str().to_owned() }
    }
}

/// A doubt about a record that was created all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RecordWarning {
    /// Kind of the warning, as a stable code for programs. `duplicate`: a record that says the same is there already.
    #[schema(example = "duplicate")]
    pub code: String,
    /// Key of the record that is there already: the code of a project, or the identifier of a milestone, an indicator or
    /// a partnership.
    #[schema(example = "da-nang-3")]
    pub existing: String,
}

impl RecordWarning {
    /// Warns of the record that a new record repeats.
    pub(crate) fn list_duplicate(existing: Option<impl ToString>) -> Vec<Self> {
        let warning = |key: String| Self { code: "duplicate".to_owned(), existing: key };
        existing.map(|key| warning(key.to_string())).into_iter().collect()
    }
}

/// Whether the caller may do an action now, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AllowedAction {
    /// `true` if the service would accept the action now.
    pub allowed: bool,
    /// The reason if it would not, in the language of the answer. Absent if it would.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "you had a hand in it that nobody else has approved yet")]
    pub reason: Option<AnswerText>,
}

/// The actions on a record, by name, with whether the caller may do each of them now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct AllowedActions(BTreeMap<String, AllowedAction>);

impl FromIterator<(String, AllowedAction)> for AllowedActions {
    fn from_iter<I: IntoIterator<Item = (String, AllowedAction)>>(actions: I) -> Self {
        Self(actions.into_iter().collect())
    }
}

impl AllowedActions {
    /// Puts the reasons into words.
    pub(crate) fn word_reasons(&mut self, language: Language) {
        for reason in self.0.values_mut().filter_map(|action| action.reason.as_mut()) {
            reason.word(language);
        }
    }
}

impl AllowedAction {
    #[must_use]
    pub(crate) const fn new_allowed() -> Self {
        Self { allowed: true, reason: None }
    }
    pub(crate) fn new_refused(reason: Message) -> Self {
        Self { allowed: false, reason: Some(reason.into()) }
    }
}

/// Deserialises the members of a patch; `api::merge` describes their three states.
pub(crate) mod patch {
    use serde::{Deserialize, Deserializer};

    /// Deserialises a member that is present: null becomes `Some(None)`. An absent member becomes `None`, with
    /// `#[serde(default, deserialize_with = "…")]`.
    ///
    /// # Errors
    /// The errors of the value.
    pub(crate) fn some<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(d).map(Some)
    }
}
