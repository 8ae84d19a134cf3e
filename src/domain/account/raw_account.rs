//! An invitation and a change of an account as the client sent them, before validation.

use super::{RawGrant, UserEdit};
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    value::Title,
};

/// The invitation of a person.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawInvitation {
    pub email: Option<String>,
    pub name: Option<String>,
    pub grants: Vec<RawGrant>,
}

/// A change of an account. An absent field keeps its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawUserEdit {
    pub name: Option<Option<String>>,
    pub disabled: Option<Option<bool>>,
}

impl RawUserEdit {
    /// Parses all values. No field can be cleared.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn parse(self) -> Result<UserEdit, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let name = faults.parse_optional("/name", self.name, |raw| {
            Title::parse(raw.ok_or_else(ValueFault::required)?)
        });
        let disabled = faults
            .parse_optional("/disabled", self.disabled, |raw| raw.ok_or_else(ValueFault::required));
        faults.finish_with(UserEdit { name, disabled })
    }
}
