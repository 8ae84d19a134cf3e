//! Request bodies of partners: a new partner, and a patch.

use crate::{
    api::merge::{MergeMembers as _, PatchMember, define_request_shapes},
    app::partners::PartnerChange,
    domain::reference_input::PartnerFields,
};

define_request_shapes! {
    /// A new partner. A null member is the same as an absent one.
    #[schema(example = json!({
        "slug": "university-of-da-nang", "name": "University of Da Nang", "type": "academia", "country": "VN"
    }))]
    NewPartner {
        /// Slug of the partner: its public key, which never changes. Lower-case letters, digits and single hyphens.
        #[schema(value_type = String, example = "university-of-da-nang")]
        pub slug: Option<String>,
    }
    /// A patch of a partner (RFC 7396): an absent member stays, null clears it, a list is replaced as a whole.
    #[schema(example = json!({"note": "Lends to the water project since 2021.", "country": null}))]
    PartnerPatch {
        /// Slug of the partner. It never changes: only the present value is accepted.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = String)]
        pub slug: PatchMember<String>,
    }
    PartnerFields {
        /// Name of the partner, one line of at most 300 characters.
        #[schema(max_length = 300, example = "University of Da Nang")]
        set name: String = String,
        /// Type of the partner, one of `/partner-types`.
        #[serde(rename = "type")]
        #[schema(example = "academia")]
        set kind: String = String,
        /// Code of the country, any country of the world. Absent or null for an international organisation.
        #[schema(example = "VN")]
        set country: String = Option<String>,
        /// Remark on the entry, at most 10,000 characters.
        #[schema(max_length = 10_000)]
        set note: String = Option<String>,
        /// Other names under which sources mention the partner, at most 50.
        #[schema(max_items = 50)]
        set aliases: Vec<String> = Option<Vec<String>>,
    }
}

impl From<NewPartner> for PartnerFields {
    fn from(mut body: NewPartner) -> Self {
        let mut fields = Self { slug: body.slug.take(), ..Self::default() };
        body.merge(&mut fields);
        fields
    }
}

impl From<PartnerPatch> for PartnerChange<PartnerPatch> {
    fn from(mut patch: PartnerPatch) -> Self {
        Self { slug: patch.slug.take(), fields: patch }
    }
}
