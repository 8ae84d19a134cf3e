//! Request and response shapes of shares, and the name of a downloaded file.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api::{page::list_type, views::PersonView},
    app::shares::{CreatedShare, ShareDetail},
    domain::{
        share::{RawShare, Share, ShareFormat},
        value::Title,
    },
};

/// A request to create a share.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Latest release, for the ministry",
    "path": "/api/v1/releases/latest/reports?country=VN",
    "format": "json",
    "expires_on": "2027-06-30"
}))]
pub(crate) struct NewShare {
    /// What the share is for. Files that are saved from it have this name.
    #[schema(
        max_length = 300,
        required,
        nullable = false,
        example = "Latest release, for the ministry"
    )]
    pub name: Option<String>,
    /// A path of this API over one release or over `latest`, with its query parameters. `format` and `cursor` are
    /// refused, because a share has its own format and is never paged.
    #[schema(
        max_length = 2000,
        required,
        nullable = false,
        example = "/api/v1/releases/latest/reports?country=VN"
    )]
    pub path: Option<String>,
    /// The format of the answer. The path must be available in it.
    #[schema(required, nullable = false, value_type = Option<ShareFormat>, example = "json")]
    pub format: Option<String>,
    /// The last day on which the share is answered, in UTC; from today to two years ahead.
    #[schema(required, nullable = false, format = Date, example = "2027-06-30")]
    pub expires_on: Option<String>,
}

impl From<NewShare> for RawShare {
    fn from(s: NewShare) -> Self {
        Self { name: s.name, path: s.path, format: s.format, expires_on: s.expires_on }
    }
}

/// A share, without its secret address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ShareView {
    /// The identifier of the share.
    pub id: Uuid,
    /// What the share is for.
    #[schema(example = "Latest release, for the ministry")]
    pub name: String,
    /// The path that it answers. The parameters are sorted by name, so that equal paths are written equally.
    #[schema(example = "/api/v1/releases/latest/reports?country=VN")]
    pub path: String,
    /// The format of the answer.
    pub format: ShareFormat,
    /// The last day on which the share is answered, in UTC.
    pub expires_on: NaiveDate,
    /// The person who created it.
    pub created_by: PersonView,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Whether it was revoked. A revoked share is never answered again.
    pub revoked: bool,
    /// How often it was answered.
    #[schema(minimum = 0)]
    pub uses: i64,
    /// The last day on which it was answered, in UTC. Null if it was never answered.
    #[schema(required)]
    pub last_used_on: Option<NaiveDate>,
    /// The number of changes of this record, from 1.
    pub version: i64,
}
list_type!(
    /// A page of shares, in the order in which they were created.
    ShareList of ShareView
);

impl From<ShareDetail> for ShareView {
    fn from(detail: ShareDetail) -> Self {
        let ShareDetail { share: s, counted, creator_name } = detail;
        Self {
            id: s.id.as_uuid(),
            name: s.name.to_string(),
            path: s.path.to_string(),
            format: s.format,
            expires_on: s.expires_on,
            created_by: PersonView { id: s.created_by.as_uuid(), name: creator_name },
            created_at: s.created_at,
            revoked: s.revoked,
            uses: counted.uses,
            last_used_on: counted.last_used_on,
            version: s.version,
        }
    }
}

/// A new share with its address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MadeShareView {
    /// The share.
    pub share: ShareView,
    /// The path of the address on this service. It contains the secret and is shown in this answer only.
    #[schema(example = "/s/9Jx0.json")]
    pub address: String,
}

impl From<CreatedShare> for MadeShareView {
    fn from(created: CreatedShare) -> Self {
        let share = ShareView::from(created.detail);
        let address = format!("/s/{}.{}", created.token, share.format);
        Self { share, address }
    }
}

/// The maximum length of the name of a file without its extension, in characters.
const FILE_NAME_MAX: usize = 80;

/// Returns the value of `Content-Disposition`. The name is given twice (RFC 6266): in ASCII for old clients, and in
/// UTF-8.
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
    // The encoding of forms writes a space as `+`, but here `+` means a plus sign.
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
