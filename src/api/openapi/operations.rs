//! The one pass over the collected document: it adds to each operation what follows from its shape alone, so that
//! handlers are annotated with nothing but their own words.

use utoipa::openapi::{
    Components, OpenApi, PathItem,
    path::{HttpMethod, Operation},
    security::SecurityRequirement,
};

use super::{base::BEARER, parameters, problems};

/// What an operation looks like from outside.
pub(super) struct OperationShape<'a> {
    /// Its method.
    pub(super) method: HttpMethod,
    /// Its path as a template.
    pub(super) path: &'a str,
    /// It is open to everybody.
    pub(super) public: bool,
    /// It takes a body.
    pub(super) body: bool,
    /// How it takes `If-Match`.
    pub(super) if_match: IfMatch,
}

/// How an operation takes `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// Not at all.
    Ignored,
    /// It may be sent.
    Optional,
    /// It must be sent.
    Required,
}

/// The last segments of paths that move a record from one state to the next.
const TRANSITIONS: &[&str] =
    &["submit", "withdraw", "return", "approve", "reopen", "open", "close"];
/// Segments of paths of what has no version that a caller could have read.
const UNVERSIONED: &[&str] =
    &["auth", "calendar", "grants", "sessions", "shares", "password", "bulk", "imports"];

impl<'a> OperationShape<'a> {
    fn from_operation(method: HttpMethod, path: &'a str, operation: &Operation) -> Self {
        let if_match = choose_if_match(&method, path);
        Self {
            method,
            path,
            // `security(())` is one requirement that asks for nothing.
            public: operation.security.is_some(),
            body: operation.request_body.is_some(),
            if_match,
        }
    }

    /// Says whether it is about the caller alone, so that no right is asked for.
    pub(super) fn is_about_caller(&self) -> bool {
        self.path.split('/').any(|s| s == "me" || s == "auth")
    }

    /// Says whether its success carries an `ETag`: what may not be kept carries none.
    pub(super) fn has_etag(&self) -> bool {
        !self.path.starts_with("/health/")
            && (matches!(self.method, HttpMethod::Get | HttpMethod::Delete)
                || self.if_match != IfMatch::Ignored)
    }

    /// Says whether it changes something.
    pub(super) fn is_write(&self) -> bool {
        self.method != HttpMethod::Get
    }
}

fn choose_if_match(method: &HttpMethod, path: &str) -> IfMatch {
    if path.split('/').any(|s| UNVERSIONED.contains(&s)) {
        return IfMatch::Ignored;
    }
    match method {
        HttpMethod::Patch | HttpMethod::Delete => IfMatch::Required,
        // A PUT also makes what is not there yet, and then takes none.
        HttpMethod::Put => IfMatch::Optional,
        HttpMethod::Post if path.rsplit('/').next().is_some_and(|s| TRANSITIONS.contains(&s)) => {
            IfMatch::Optional
        }
        _ => IfMatch::Ignored,
    }
}

/// Completes the document.
pub(super) fn complete_document(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    let mut tags = Vec::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in list_operations(item) {
            let shape = OperationShape::from_operation(method, path, operation);
            parameters::add_parameters(&shape, operation, components);
            problems::add_problems(&shape, operation, components);
            operation.security = Some(if shape.public {
                Vec::new()
            } else {
                vec![SecurityRequirement::new::<_, [&str; 0], _>(BEARER, [])]
            });
            tags.extend(operation.tags.iter().flatten().cloned());
        }
    }
    if let Some(declared) = &mut document.tags {
        declared.retain(|tag| tags.contains(&tag.name));
    }
}

/// Returns the operations of a path with their methods.
pub(super) fn list_operations(
    item: &mut PathItem,
) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_follows_from_method_and_path() {
        let cases = [
            (HttpMethod::Get, "/api/v1/projects/{project}", IfMatch::Ignored),
            (HttpMethod::Post, "/api/v1/projects", IfMatch::Ignored),
            (HttpMethod::Patch, "/api/v1/projects/{project}", IfMatch::Required),
            (HttpMethod::Delete, "/api/v1/projects/{project}", IfMatch::Required),
            (HttpMethod::Put, "/api/v1/projects/{project}/reports/{cycle}", IfMatch::Optional),
            (
                HttpMethod::Post,
                "/api/v1/projects/{project}/reports/{cycle}/approve",
                IfMatch::Optional,
            ),
            (HttpMethod::Put, "/api/v1/me/password", IfMatch::Ignored),
            (HttpMethod::Delete, "/api/v1/users/{id}/grants/{grant_id}", IfMatch::Ignored),
        ];
        for (method, path, expected) in cases {
            assert_eq!(choose_if_match(&method, path), expected, "{path}");
        }
    }
}
