//! Closed lists of texts in the contract: for parameters and members that take one of a few texts, where no enum of
//! `domain` has exactly these texts.

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// Declares a type that stands in the contract for a text of a closed list. The operation parses the text itself, with
/// the same list, so that the contract and the service cannot differ.
macro_rules! define_closed_list {
    ($(#[$doc:meta])* $name:ident: $texts:expr) => {
        $(#[$doc])*
        pub(crate) enum $name {}
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::api::closed_list::describe_closed_list($texts)
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use define_closed_list;

/// Makes the schema of a text that is one of these.
pub(crate) fn describe_closed_list<T: Into<serde_json::Value>>(
    texts: impl IntoIterator<Item = T>,
) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(texts)).build().into()
}
