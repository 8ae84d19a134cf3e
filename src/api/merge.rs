//! The request shapes of records that are merged (see [`crate::app::merge`]).

use serde::Deserialize;
use utoipa::ToSchema;

use super::views::patch::some;
pub(crate) use crate::app::merge::{MergeMembers, PatchMember, nest, set, set_or_default};
use crate::domain::raw_values::{RawLocation, RawMoney, RawReading};

/// Declares the two request shapes of a record: a new record and a patch. Both are merged into the raw form of the
/// record. Each member has the function that merges it (`set`, `set_or_default` or `nest`), its type, and the type that
/// the contract shows for it. A member that a record may lack is shown as an `Option`: a patch may set it to null.
/// `; nullable` is for a member that a new record must have, and that an imported record may lack.
macro_rules! define_request_shapes {
    (
        $(#[$new_doc:meta])* $new:ident { $($new_own:tt)* }
        $(#[$patch_doc:meta])* $patch:ident { $($patch_own:tt)* }
        $raw:ty { $($(#[$doc:meta])* $merge:ident $name:ident: $type:ty = $shown:ty $(; $nullable:ident)?,)+ }
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
                #[schema(value_type = $shown $(, $nullable = true)?)]
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
pub(crate) use define_request_shapes;

/// An amount of money. In a patch, members that are left out keep their value.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyInput {
    /// The amount in minor units of the currency (for example cents), 0 to 2^53 − 1.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 125_000_000)]
    pub amount_minor: PatchMember<i64>,
    /// The ISO 4217 code of the currency.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = String, example = "VND")]
    pub currency: PatchMember<String>,
}
impl MoneyInput {
    /// Returns the amount of a new record, where there is nothing to merge with.
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

/// The location of a project. Latitude and longitude must be given together.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocationInput {
    /// The latitude in degrees north (WGS 84), −90 to 90.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<f64>, minimum = -90, maximum = 90, example = 16.0678)]
    pub latitude: PatchMember<f64>,
    /// The longitude in degrees east (WGS 84), −180 to 180.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<f64>, minimum = -180, maximum = 180, example = 108.2208)]
    pub longitude: PatchMember<f64>,
    /// A description of the location in words.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, max_length = 300, example = "Hòa Vang district")]
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

/// A value of an indicator on a day.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadingInput {
    /// The value, in the unit of the indicator.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = f64, example = 41.5)]
    pub value: PatchMember<f64>,
    /// The day (ISO 8601, `YYYY-MM-DD`).
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = String, format = Date, example = "2025-12-31")]
    pub on: PatchMember<String>,
}
impl MergeMembers for ReadingInput {
    type Into = RawReading;
    fn merge(self, into: &mut RawReading) {
        set(&mut into.value, self.value);
        set(&mut into.on, self.on);
    }
}
