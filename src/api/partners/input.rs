//! What is typed of a partner: a new one, and a patch of one.

use crate::{
    api::{
        error::{ApiError, ApiResult},
        merge::{MergeMembers as _, PatchMember, check_immutable, typed},
    },
    domain::{fault::FaultList, reference::Partner, reference_input::PartnerFields, value::Slug},
    store::{Conn, reference},
};

typed! {
    /// A new partner. Null is the same as absent.
    #[schema(example = json!({
        "slug": "university-of-da-nang", "name": "University of Da Nang", "type": "academia", "country": "VN"
    }))]
    NewPartner {
        /// The public key, which never changes: small letters, digits and single hyphens.
        #[schema(value_type = String, example = "university-of-da-nang")]
        pub slug: Option<String>,
    }
    /// What changes of a partner (RFC 7396): an absent member stays, null clears, lists are replaced whole.
    #[schema(example = json!({"note": "Lends to the water project since 2021.", "country": null}))]
    PartnerPatch {
        /// The public key; accepted only as it is.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = Option<String>)]
        pub slug: PatchMember<String>,
    }
    PartnerFields {
        /// Its name, one line of at most 300 characters.
        #[schema(example = "University of Da Nang")]
        set name: String = String,
        /// One of `/partner-types`.
        #[serde(rename = "type")]
        #[schema(example = "academia")]
        set kind: String = String,
        /// The code of its country, any of the world; none for an international one.
        #[schema(example = "VN")]
        set country: String = Option<String>,
        /// What should be known about the entry, at most 10,000 characters.
        set note: String = Option<String>,
        /// Other names under which sources mention it.
        set aliases: Vec<String> = Option<Vec<String>>,
    }
}

/// Makes a partner of what was typed.
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

/// Makes the partner after a patch: of the next version, or of the same if the patch changes nothing.
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
