//! Request bodies of cities: a new city, and a patch.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::merge::{MergeMembers, PatchMember, define_request_shapes},
    app::cities::CityChange,
    domain::reference_input::CityFields,
};

define_request_shapes! {
    /// A new city. A null member is the same as an absent one.
    #[schema(example = json!({
        "slug": "vinh", "names": {"en": "Vinh", "vi": "Vinh"}, "country": "VN", "time_zone": "Asia/Ho_Chi_Minh",
        "latitude": 18.6734, "longitude": 105.6923, "un_locode": "VNVII", "joined_year": 2027
    }))]
    NewCity {
        /// Slug of the city: its public key, which never changes. Lower-case letters, digits and single hyphens.
        #[schema(value_type = String, example = "vinh")]
        pub slug: Option<String>,
        /// Code of the country, a member state. It never changes.
        #[schema(value_type = String, example = "VN")]
        pub country: Option<String>,
    }
    /// A patch of a city (RFC 7396): an absent member stays, null clears it, a list is replaced as a whole, names are
    /// merged by language.
    #[schema(example = json!({"names": {"vi": "Đà Nẵng"}, "un_locode": null}))]
    CityPatch {
        /// Slug of the city. It never changes: only the present value is accepted.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = String)]
        pub slug: PatchMember<String>,
        /// Code of the country. It never changes: only the present value is accepted.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = String)]
        pub country: PatchMember<String>,
    }
    CityFields {
        /// Names by language: `en`, which is required, `vi`, other languages by their ISO 639 code, and `local` for the
        /// local script. At most 50.
        nest names: NamesInput = NamesInput,
        /// Other names in use, at most 50.
        #[schema(max_items = 50)]
        set aliases: Vec<String> = Option<Vec<String>>,
        /// IANA time zone in which the city's days end.
        #[schema(example = "Asia/Ho_Chi_Minh")]
        set time_zone: String = String,
        /// Latitude in degrees north (WGS 84).
        #[schema(minimum = -90, maximum = 90, example = 18.6734)]
        set latitude: f64 = f64,
        /// Longitude in degrees east (WGS 84).
        #[schema(minimum = -180, maximum = 180, example = 105.6923)]
        set longitude: f64 = f64,
        /// UN/LOCODE: the code of the country, and three capital letters or digits from 2 to 9.
        #[schema(example = "VNVII")]
        set un_locode: String = Option<String>,
        /// `true` for a pilot city. `false` when absent.
        set pilot: bool = Option<bool>,
        /// Year in which the city joined the network, 1900 to 2200.
        #[schema(minimum = 1900, maximum = 2200, example = 2027)]
        set joined_year: i32 = i32,
        /// Remark on the entry, at most 10,000 characters.
        #[schema(max_length = 10_000)]
        set note: String = Option<String>,
    }
}

/// Names by language. In a patch, null removes a name.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub(crate) struct NamesInput(BTreeMap<String, Option<String>>);

impl MergeMembers for NamesInput {
    type Into = BTreeMap<String, String>;
    fn merge(self, into: &mut Self::Into) {
        for (language, name) in self.0 {
            match name {
                Some(name) => into.insert(language, name),
                None => into.remove(&language),
            };
        }
    }
}

impl From<NewCity> for CityFields {
    fn from(mut body: NewCity) -> Self {
        let (slug, country) = (body.slug.take(), body.country.take());
        let mut fields = Self { slug, country, ..Self::default() };
        body.merge(&mut fields);
        fields
    }
}

impl From<CityPatch> for CityChange<CityPatch> {
    fn from(mut patch: CityPatch) -> Self {
        Self { slug: patch.slug.take(), country: patch.country.take(), fields: patch }
    }
}
