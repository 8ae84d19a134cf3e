//! Request bodies of partners: a new partner, and a patch.

use crate::{
    api::{
        error::{ApiError, ApiResult},
        merge::{MergeMembers as _, PatchMember, check_immutable, typed},
    },
    domain::{fault::FaultList, reference::Partner, reference_input::PartnerFields, value::Slug},
    store::{Conn, reference},
};

typed! {
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
        #[schema(value_type = Option<String>)]
        pub slug: PatchMember<String>,
    }
    PartnerFields {
        /// Name of the partner, one line of at most 300 characters.
        #[schema(example = "University of Da Nang")]
        set name: String = String,
        /// Type of the partner, one of `/partner-types`.
        #[serde(rename = "type")]
        #[schema(example = "academia")]
        set kind: String = String,
        /// Code of the country, any country of the world. Absent or null for an international organisation.
        #[schema(example = "VN")]
        set country: String = Option<String>,
        /// Remark on the entry, at most 10,000 characters.
        set note: String = Option<String>,
        /// Other names under which sources mention the partner, at most 50.
        set aliases: Vec<String> = Option<Vec<String>>,
    }
}

pub(super) fn build_partner(
    conn: &mut Conn,
    body: NewPartner,
    types: &[String],
) -> ApiResult<Partner> {
    let mut fields = PartnerFields { slug: body.slug.clone(), ..PartnerFields::default() };
    body.merge(&mut fields);
    if let Some(slug) = fields.slug.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && reference::find_partner(conn, &slug)?.is_some()
    {
        return Err(ApiError::Conflict(format!("there is a partner {slug} already")));
    }
    let mut faults = FaultList::new();
    let partner = fields.parse(types, 1, &mut faults);
    Ok(faults.finish_built(partner)?)
}

/// Applies a patch to a partner. The version increases only if the patch changes something.
pub(super) fn patch_partner(
    before: &Partner,
    mut patch: PartnerPatch,
    types: &[String],
) -> ApiResult<Partner> {
    let mut faults = FaultList::new();
    check_immutable(&mut faults, "/slug", patch.slug.take(), before.slug.as_str());
    let mut fields = PartnerFields::from(before);
    patch.merge(&mut fields);
    let partner = fields.parse(types, before.version, &mut faults);
    let mut partner = faults.finish_built(partner)?;
    if partner != *before {
        partner.version += 1;
    }
    Ok(partner)
}
