//! Completes the operations of the collected document. This pass adds whatever follows from the types of the handler,
//! from the method and from the body, so that handlers need no annotations for it.

use utoipa::openapi::{
    Components, OpenApi, PathItem, RefOr,
    path::{HttpMethod, Operation},
    security::SecurityRequirement,
};

use super::{base::BEARER, bodies, parameters, problems};
use crate::api::{
    operation::{OperationAccess, OperationContract},
    service_config::contract::RegisteredOperation,
};

/// The tag of signing in and out.
const SIGN_IN: &str = "auth";

/// The properties of an operation that decide which parameters and problems it has.
pub(super) struct OperationShape<'a> {
    pub(super) method: HttpMethod,
    /// The path template.
    pub(super) path: &'a str,
    /// Everything that the types of the handler state.
    pub(super) contract: OperationContract,
    /// It has a request body.
    pub(super) body: bool,
    /// It is about signing in or out, which conflicts with nothing.
    pub(super) is_sign_in: bool,
    has_cursor: bool,
}

impl<'a> OperationShape<'a> {
    fn new(registered: &'a RegisteredOperation, operation: &Operation) -> Self {
        Self {
            method: registered.method.clone(),
            path: &registered.path,
            contract: registered.contract,
            body: operation.request_body.is_some(),
            is_sign_in: operation.tags.iter().flatten().any(|tag| tag == SIGN_IN),
            has_cursor: has_cursor(operation),
        }
    }

    /// Returns `true` if it can be called without credentials.
    fn is_public(&self) -> bool {
        self.contract.access == OperationAccess::Public
    }

    /// Returns `true` if the policy can refuse the caller.
    pub(super) fn asks_policy(&self) -> bool {
        self.contract.access == OperationAccess::Policy
    }

    /// Returns `true` if a successful answer is a page of a list, which links to the next page.
    pub(super) const fn is_paged(&self) -> bool {
        self.has_cursor || self.contract.answer.is_feed
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

/// Completes the operations of a document with what their handlers state.
pub(super) fn complete_document(document: &mut OpenApi, registered: &[RegisteredOperation]) {
    let components = document.components.get_or_insert_with(Components::new);
    let mut tags = Vec::new();
    for handler in registered {
        let item = document.paths.paths.get_mut(&handler.path);
        let Some(operation) = item.and_then(|item| find_operation(item, &handler.method)) else {
            continue;
        };
        let shape = OperationShape::new(handler, operation);
        bodies::describe_files(operation);
        parameters::add_parameters(&shape, operation, components);
        problems::add_problems(&shape, operation, components);
        operation.security = Some(if shape.is_public() {
            Vec::new()
        } else {
            vec![SecurityRequirement::new::<_, [&str; 0], _>(BEARER, [])]
        });
        tags.extend(operation.tags.iter().flatten().cloned());
    }
    if let Some(declared) = &mut document.tags {
        declared.retain(|tag| tags.contains(&tag.name));
    }
}

fn find_operation<'a>(item: &'a mut PathItem, method: &HttpMethod) -> Option<&'a mut Operation> {
    list_operations(item).find_map(|(other, operation)| (other == *method).then_some(operation))
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
