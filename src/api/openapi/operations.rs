//! Completes the operations of the collected document. This pass adds whatever follows from method, path and body, so
//! that handlers need no annotations for it.

use utoipa::openapi::{
    Components, OpenApi, PathItem, RefOr,
    path::{HttpMethod, Operation},
    security::SecurityRequirement,
};

use super::{base::BEARER, parameters, problems};

/// The properties of an operation that decide which parameters and problems it has.
pub(super) struct OperationShape<'a> {
    pub(super) method: HttpMethod,
    /// The path template.
    pub(super) path: &'a str,
    /// It can be called without credentials.
    pub(super) public: bool,
    /// It has a request body.
    pub(super) body: bool,
    pub(super) if_match: IfMatch,
    is_paged: bool,
}

/// The operations about secrets, such as tokens and passwords. Their answers have no `ETag`.
const SECRETS: &[(HttpMethod, &str)] = &[
    (HttpMethod::Post, "/api/v1/auth/login"),
    (HttpMethod::Post, "/api/v1/auth/logout"),
    (HttpMethod::Post, "/api/v1/auth/refresh"),
    (HttpMethod::Post, "/api/v1/auth/invitations/{token}/accept"),
    (HttpMethod::Post, "/api/v1/me/calendar"),
    (HttpMethod::Put, "/api/v1/me/password"),
    (HttpMethod::Post, "/api/v1/shares"),
];

/// The way in which an operation uses `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMatch {
    Ignored,
    /// The operation creates a record: a tag is refused, because nothing exists that it could match.
    Refused,
    Optional,
    Required,
}

/// The creating operations that refuse `If-Match`.
const CREATIONS: &[&str] = &[
    "/api/v1/cities",
    "/api/v1/cycles",
    "/api/v1/partners",
    "/api/v1/releases",
    "/api/v1/shares",
    "/api/v1/projects/{project}/reports/{cycle}/comments",
];

/// The last path segments of transitions, which move a record from one state to the next.
const TRANSITIONS: &[&str] =
    &["submit", "withdraw", "return", "approve", "reopen", "open", "close"];
/// Path segments of records without a version, or whose version callers do not need.
const UNVERSIONED: &[&str] =
    &["auth", "calendar", "grants", "sessions", "shares", "password", "bulk", "imports"];

impl<'a> OperationShape<'a> {
    fn from_operation(method: HttpMethod, path: &'a str, operation: &Operation) -> Self {
        let if_match = choose_if_match(&method, path);
        Self {
            method,
            path,
            // `security(())` gives one requirement that demands nothing.
            public: operation.security.is_some(),
            body: operation.request_body.is_some(),
            if_match,
            is_paged: has_cursor(operation),
        }
    }

    /// Returns `true` if the operation is about the caller only, so that the policy is not asked.
    pub(super) fn is_about_caller(&self) -> bool {
        self.path.split('/').any(|s| s == "me" || s == "auth")
    }

    /// Returns `true` if a successful answer has an `ETag`. An answer with a secret has none.
    pub(super) fn has_etag(&self) -> bool {
        let is_secret =
            |(method, path): &(HttpMethod, &str)| *method == self.method && *path == self.path;
        !SECRETS.iter().any(is_secret)
            && !self.path.starts_with("/health/")
            && self.path != "/calendar/{token}.ics"
    }

    pub(super) fn is_health_check(&self) -> bool {
        self.path.starts_with("/health/")
    }

    /// Returns `true` if a successful answer is a page of a list, which links to the next page.
    pub(super) fn is_paged(&self) -> bool {
        self.is_paged || self.path == "/api/v1/changes"
    }

    /// Returns `true` if the operation changes something.
    pub(super) fn is_write(&self) -> bool {
        self.method != HttpMethod::Get
    }
}

fn has_cursor(operation: &Operation) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.name == "cursor",
        RefOr::Ref(_) => false,
    })
}

fn choose_if_match(method: &HttpMethod, path: &str) -> IfMatch {
    if *method == HttpMethod::Post && CREATIONS.contains(&path) {
        return IfMatch::Refused;
    }
    if path.split('/').any(|s| UNVERSIONED.contains(&s)) {
        return IfMatch::Ignored;
    }
    match method {
        HttpMethod::Patch | HttpMethod::Delete => IfMatch::Required,
        // A PUT can also create the record, and then it takes no `If-Match`.
        HttpMethod::Put => IfMatch::Optional,
        HttpMethod::Post if path.rsplit('/').next().is_some_and(|s| TRANSITIONS.contains(&s)) => {
            IfMatch::Optional
        }
        _ => IfMatch::Ignored,
    }
}

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
