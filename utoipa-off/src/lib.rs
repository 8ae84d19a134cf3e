//! The annotations of utoipa without effect.
//!
//! A release build serves the checked-in `openapi/v1.json` and composes nothing, but utoipa's derives would still make the
//! compiler translate a schema for each type and operation: about a third of the build. `src/lib.rs` puts this crate in the
//! place of utoipa there, so that no annotation has to be conditional.

use proc_macro::TokenStream;

/// Derives nothing, and accepts the attributes of utoipa's derive.
#[proc_macro_derive(ToSchema, attributes(schema))]
pub fn ignore_schema(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Derives nothing, and accepts the attributes of utoipa's derive.
#[proc_macro_derive(IntoParams, attributes(into_params, param))]
pub fn ignore_parameters(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Leaves the operation as it is.
#[proc_macro_attribute]
pub fn path(_arguments: TokenStream, operation: TokenStream) -> TokenStream {
    operation
}
