//! JSON merge patch (RFC 7396) for members that were read as three-valued: absent keeps, null clears, a value replaces.
//! Objects within a record are merged member by member, and read alike in a new record and in a patch.

use serde::Deserialize;
use utoipa::ToSchema;

use super::views::patch::some;
use crate::domain::{
    fault::{FaultList, ValueFault},
    raw_values::{RawLocation, RawMoney, RawReading},
};

/// A member of a patch: absent, null, or a value.
pub(crate) type PatchMember<T> = Option<Option<T>>;

/// Merges a member that may be absent.
pub(crate) fn set<T>(into: &mut Option<T>, member: PatchMember<T>) {
    if let Some(value) = member {
        *into = value;
    }
}

/// Merges a member that has a value of its own when it is absent.
pub(crate) fn set_or_default<T: Default>(into: &mut T, member: PatchMember<T>) {
    if let Some(value) = member {
        *into = value.unwrap_or_default();
    }
}

/// Notes a change of what never changes.
pub(crate) fn check_immutable(
    faults: &mut FaultList,
    pointer: &str,
    member: PatchMember<String>,
    stands: &str,
) {
    if member.is_some_and(|m| m.as_deref() != Some(stands)) {
        let fault = ValueFault::new("immutable", format!("this never changes from {stands}"));
        faults.add(pointer, fault);
    }
}

/// An object that is merged member by member.
pub(crate) trait MergeMembers {
    /// What it is merged into.
    type Into: Default;
    /// Merges it.
    fn merge(self, into: &mut Self::Into);
}

/// Merges a member that is an object.
pub(crate) fn nest<M: MergeMembers>(into: &mut Option<M::Into>, member: PatchMember<M>) {
    match member {
        None => {}
        Some(None) => *into = None,
        Some(Some(object)) => object.merge(into.get_or_insert_default()),
    }
}

/// Declares what is typed of a record: a new one, and a patch of one, both merged into the raw form of the record. Each
/// member says how it is merged (`set`, `set_or_default`, `nest`), its type, and how the contract shows it in a new one.
macro_rules! typed {
    (
        $(#[$new_doc:meta])* $new:ident { $($new_own:tt)* }
        $(#[$patch_doc:meta])* $patch:ident { $($patch_own:tt)* }
        $raw:ty { $($(#[$doc:meta])* $merge:ident $name:ident: $type:ty = $shown:ty,)+ }
    ) => {
        #[derive(Debug, Clone, Default, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$new_doc])*
        pub(crate) struct $new {
            $($new_own)*
            $($(#[$doc])* #[schema(value_type = $shown)] pub $name: Option<$type>,)+
        }
        impl $crate::api::merge::MergeMembers for $new {
            type Into = $raw;
            fn merge(self, into: &mut $raw) {
                $($crate::api::merge::$merge(&mut into.$name, Some(self.$name));)+
            }
        }

        #[derive(Debug, Clone, Default, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$patch_doc])*
        pub(crate) struct $patch {
            $($patch_own)*
            $(
                $(#[$doc])*
                #[serde(default, deserialize_with = "crate::api::views::patch::some")]
                #[schema(value_type = Option<$type>)]
                pub $name: $crate::api::merge::PatchMember<$type>,
            )+
        }
        impl $crate::api::merge::MergeMembers for $patch {
            type Into = $raw;
            fn merge(self, into: &mut $raw) {
                $($crate::api::merge::$merge(&mut into.$name, self.$name);)+
            }
        }
    };
}
pub(crate) use typed;

/// Reads these types from objects alone; their derived reading, which takes arrays too, is `remote`.
macro_rules! objects {
    ($($type:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct Derived($type);
                impl<'de> serde::Deserialize<'de> for Derived {
                    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                        <$type>::deserialize(d).map(Self)
                    }
                }
                let read = <$crate::api::body::JsonObject<Derived> as serde::Deserialize>::deserialize(d);
                read.map(|object| object.0.0)
            }
        }
    )+};
}
pub(crate) use objects;
objects!(MoneyInput, LocationInput, ReadingInput);

/// An amount of money.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct MoneyInput {
    /// Minor units of the currency, 0 to 2^53 − 1.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 125_000_000)]
    pub amount_minor: PatchMember<i64>,
    /// The ISO 4217 code.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, example = "VND")]
    pub currency: PatchMember<String>,
}
impl MoneyInput {
    /// Returns what was typed, where nothing stood before.
    #[must_use]
    pub fn into_raw(self) -> RawMoney {
        let mut raw = RawMoney::default();
        self.merge(&mut raw);
        raw
    }
}
impl MergeMembers for MoneyInput {
    type Into = RawMoney;
    fn merge(self, into: &mut RawMoney) {
        set(&mut into.amount_minor, self.amount_minor);
        set(&mut into.currency, self.currency);
    }
}

/// Where a project takes place. Latitude and longitude are given together.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub(crate) struct LocationInput {
    /// WGS 84, degrees north.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<f64>, minimum = -90, maximum = 90, example = 16.0678)]
    pub latitude: PatchMember<f64>,
    /// WGS 84, degrees east.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<f64>, minimum = -180, maximum = 180, example = 108.2208)]
    pub longitude: PatchMember<f64>,
    /// In words.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, example = "Hòa Vang district")]
    pub text: PatchMember<String>,
}
impl MergeMembers for LocationInput {
    type Into = RawLocation;
    fn merge(self, into: &mut RawLocation) {
        set(&mut into.latitude, self.latitude);
        set(&mut into.longitude, self.longitude);
        set(&mut into.text, self.text);
    }
}

/// A value on a day.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub(crate) struct ReadingInput {
    /// The value.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<f64>, example = 41.5)]
    pub value: PatchMember<f64>,
    /// The day.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, format = Date, example = "2025-12-31")]
    pub on: PatchMember<String>,
}
impl MergeMembers for ReadingInput {
    type Into = RawReading;
    fn merge(self, into: &mut RawReading) {
        set(&mut into.value, self.value);
        set(&mut into.on, self.on);
    }
}
