//! What is typed of a partner: a new one, and a patch of one.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        error::{ApiError, ApiResult},
        views::patch::{Member, keep, set, some},
    },
    domain::{entries::PartnerFields, fault::Faults, reference::Partner, value::Slug},
    store::{Conn, reference},
};

/// A new partner. Null is the same as absent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "slug": "university-of-da-nang", "name": "University of Da Nang", "type": "academia", "country": "VN"
}))]
pub struct NewPartner {
    /// The public key, which never changes: small letters, digits and single hyphens.
    #[schema(value_type = String, required, example = "university-of-da-nang")]
    pub slug: Option<String>,
    /// Its name, one line of at most 300 characters.
    #[schema(value_type = String, required, example = "University of Da Nang")]
    pub name: Option<String>,
    /// One of `/partner-types`.
    #[serde(rename = "type")]
    #[schema(value_type = String, required, example = "academia")]
    pub kind: Option<String>,
    /// The code of its country, any of the world; none for an international one.
    #[schema(example = "VN")]
    pub country: Option<String>,
    /// What should be known about the entry.
    pub note: Option<String>,
    /// Other names under which sources mention it.
    pub aliases: Option<Vec<String>>,
}

impl From<NewPartner> for PartnerFields {
    fn from(n: NewPartner) -> Self {
        Self {
            slug: n.slug,
            name: n.name,
            kind: n.kind,
            country: n.country,
            note: n.note,
            aliases: n.aliases,
        }
    }
}

/// What changes of a partner (RFC 7396): an absent member stays, null clears, lists are replaced whole.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Lends to the water project since 2021.", "country": null}))]
pub struct PartnerPatch {
    /// The public key; accepted only as it is.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub slug: Member<String>,
    /// Its name.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub name: Member<String>,
    /// One of `/partner-types`.
    #[serde(rename = "type", default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub kind: Member<String>,
    /// The code of its country.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub country: Member<String>,
    /// What should be known about the entry.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>)]
    pub note: Member<String>,
    /// Other names under which sources mention it.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<Vec<String>>)]
    pub aliases: Member<Vec<String>>,
}

/// Makes a partner of what was typed.
pub(super) fn create(conn: &mut Conn, body: NewPartner, types: &[String]) -> ApiResult<Partner> {
    let fields = PartnerFields::from(body);
    if let Some(slug) = fields.slug.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && reference::partner(conn, &slug)?.is_some()
    {
        return Err(ApiError::Conflict(format!("there is a partner {slug} already")));
    }
    let mut faults = Faults::new();
    let partner = fields.parse(types, 1, &mut faults);
    Ok(faults.build(partner)?)
}

/// Makes the partner after a patch: of the next version, or of the same if the patch changes nothing.
pub(super) fn edit(before: &Partner, patch: PartnerPatch, types: &[String]) -> ApiResult<Partner> {
    let mut faults = Faults::new();
    keep(&mut faults, "/slug", patch.slug.as_ref(), before.slug.as_str());
    let mut fields = PartnerFields::from(before);
    set(&mut fields.name, patch.name);
    set(&mut fields.kind, patch.kind);
    set(&mut fields.country, patch.country);
    set(&mut fields.note, patch.note);
    set(&mut fields.aliases, patch.aliases);
    let partner = fields.parse(types, before.version, &mut faults);
    let mut partner = faults.build(partner)?;
    if partner != *before {
        partner.version += 1;
    }
    Ok(partner)
}
