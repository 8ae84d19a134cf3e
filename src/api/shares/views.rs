//! Shares as they are sent and answered.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{page::list_type, views::PersonView},
    domain::{
        share::{RawShare, Share, ShareFormat},
        value::Title,
    },
    store::unguarded::ShareUse,
};

/// A share to be made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Latest release, for the ministry",
    "path": "/api/v1/releases/latest/reports?country=VN",
    "format": "json",
    "expires_on": "2027-06-30"
}))]
pub(crate) struct NewShare {
    /// What it is for, to tell it from others; files that are saved from it are called so.
    #[schema(required, nullable = false, example = "Latest release, for the ministry")]
    pub name: Option<String>,
    /// A path of this API over one release or the latest one, with its parameters but for `format` and `cursor`.
    #[schema(required, nullable = false, example = "/api/v1/releases/latest/reports?country=VN")]
    pub path: Option<String>,
    /// The format, one that the path is answered in.
    #[schema(required, nullable = false, value_type = Option<ShareFormat>, example = "json")]
    pub format: Option<String>,
    /// The last day on which it is answered, in UTC; at most two years ahead.
    #[schema(required, nullable = false, format = Date, example = "2027-06-30")]
    pub expires_on: Option<String>,
}

impl From<NewShare> for RawShare {
    fn from(s: NewShare) -> Self {
        Self { name: s.name, path: s.path, format: s.format, expires_on: s.expires_on }
    }
}

/// A secret address over releases, but for the address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ShareView {
    /// Its identifier.
    pub id: Uuid,
    /// What it is for.
    #[schema(example = "Latest release, for the ministry")]
    pub name: String,
    /// What it gives, written in one way only.
    #[schema(example = "/api/v1/releases/latest/reports?country=VN")]
    pub path: String,
    /// In which format.
    pub format: ShareFormat,
    /// The last day on which it is answered, in UTC.
    pub expires_on: NaiveDate,
    /// Who made it.
    pub created_by: PersonView,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Whether it was taken back.
    pub revoked: bool,
    /// How often it was answered.
    #[schema(minimum = 0)]
    pub uses: i64,
    /// The last day on which it was, in UTC; null before the first.
    #[schema(required)]
    pub last_used_on: Option<NaiveDate>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}
list_type!(
    /// Shares, in the order of their making.
    ShareList of ShareView
);

impl ShareView {
    /// Joins a share, how often it was used and the name of its maker.
    pub(super) fn new(s: &Share, counted: &ShareUse, maker: &str) -> Self {
        Self {
            id: s.id.as_uuid(),
            name: s.name.to_string(),
            path: s.path.to_string(),
            format: s.format,
            expires_on: s.expires_on,
            created_by: PersonView { id: s.created_by.as_uuid(), name: maker.to_owned() },
            created_at: s.created_at,
            revoked: s.revoked,
            uses: counted.uses,
            last_used_on: counted.last_used_on,
            version: s.version,
        }
    }
}

/// A share as it is made, with its address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MadeShareView {
    /// The share.
    pub share: ShareView,
    /// The path below the service's own address; shown in this answer alone.
    #[schema(example = "/s/9Jx0.json")]
    pub address: String,
}

impl MadeShareView {
    /// Adds the address.
    pub(super) fn new(share: ShareView, token: &str) -> Self {
        let address = format!("/s/{token}.{}", share.format);
        Self { share, address }
    }
}

/// Longest name of a file, in characters.
const FILE_NAME_MAX: usize = 80;

/// Says how a saved file is called: in ASCII for those who read no more, and as it is (RFC 6266).
pub(super) fn build_disposition(share: &Share) -> String {
    let (plain, whole) = build_file_names(&share.name);
    let format = share.format;
    format!("attachment; filename=\"{plain}.{format}\"; filename*=UTF-8''{whole}.{format}")
}

fn build_file_names(name: &Title) -> (String, String) {
    let name: String = name.as_str().chars().take(FILE_NAME_MAX).collect();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    // A space as %20: the plus of forms is a plus here.
    let whole: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let plain = if plain.is_empty() { "share".to_owned() } else { plain };
    (plain, whole.replace('+', "%20").replace('*', "%2A"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_its_share_in_words_that_break_no_header() {
        for (name, plain, whole) in [
            ("For the ministry", "For-the-ministry", "For%20the%20ministry"),
            ("a\"; b=../c", "a-b-c", "a%22%3B%20b%3D..%2Fc"),
            ("Đà Nẵng", "N-ng", "%C4%90%C3%A0%20N%E1%BA%B5ng"),
            ("ไทย", "share", "%E0%B9%84%E0%B8%97%E0%B8%A2"),
        ] {
            let found = build_file_names(&Title::parse(name).unwrap());
            assert_eq!(found, (plain.to_owned(), whole.to_owned()));
        }
    }
}
