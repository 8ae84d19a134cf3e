//! JSON merge patch (RFC 7396). A member of a patch has three states: if absent, the old value stays; null removes it;
//! a value replaces it. Objects inside a record are merged member by member. New records and patches are read in the
//! same way.

use crate::domain::{
    fault::{FaultList, ValueFault},
    message,
};

/// A member of a patch: `None` if absent, `Some(None)` for null, or a value.
pub(crate) type PatchMember<T> = Option<Option<T>>;

/// Merges a member that a record may lack.
pub(crate) fn set<T>(into: &mut Option<T>, member: PatchMember<T>) {
    if let Some(value) = member {
        *into = value;
    }
}

/// Merges a member that falls back to its default if it is set to null.
pub(crate) fn set_or_default<T: Default>(into: &mut T, member: PatchMember<T>) {
    if let Some(value) = member {
        *into = value.unwrap_or_default();
    }
}

/// Adds a fault if a patch changes a member that must not change.
pub(crate) fn check_immutable(
    faults: &mut FaultList,
    pointer: &str,
    member: PatchMember<String>,
    current: &str,
) {
    if member.is_some_and(|m| m.as_deref() != Some(current)) {
        faults.add(pointer, ValueFault::new("immutable", message::value::immutable(current)));
    }
}

pub(crate) trait MergeMembers {
    /// The raw form that the object is merged into.
    type Into: Default;
    fn merge(self, into: &mut Self::Into);
}

/// Merges a member that is an object itself.
pub(crate) fn nest<M: MergeMembers>(into: &mut Option<M::Into>, member: PatchMember<M>) {
    match member {
        None => {}
        Some(None) => *into = None,
        Some(Some(object)) => object.merge(into.get_or_insert_default()),
    }
}
