//! The documentation of the registered operations, from which a debug build composes the contract.

use actix_web::{http::Method, web};
use utoipa::{
    Path as _,
    openapi::{OpenApi, Paths, RefOr, Schema, path::HttpMethod},
};
use utoipa_actix_web::OpenApiFactory as _;

use super::{RegistrableOperation, ServiceConfig};
use crate::api::operation::OperationContract;

/// An operation of the document, with everything that the types of its handler state.
pub(crate) struct RegisteredOperation {
    pub(crate) method: HttpMethod,
    /// The whole path template.
    pub(crate) path: String,
    pub(crate) contract: OperationContract,
}

/// The paths and schemas of the registered operations.
#[derive(Default)]
pub(crate) struct OperationDocs {
    /// The prefix of each path.
    prefix: String,
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
    operations: Vec<RegisteredOperation>,
}

impl OperationDocs {
    /// Adds an operation.
    ///
    /// # Panics
    /// The operation is documented with a different method.
    pub(super) fn add_operation<O: RegistrableOperation>(
        &mut self,
        method: &Method,
        documentation: &O::Documentation,
    ) {
        for (path, item) in documentation.paths().paths {
            let path = format!("{}{path}", self.prefix);
            for documented in O::Documentation::methods() {
                assert!(
                    is_same_method(&documented, method),
                    "{path} is registered as {method} and documented as a different method"
                );
                let contract = O::CONTRACT;
                self.operations.push(RegisteredOperation {
                    method: documented,
                    path: path.clone(),
                    contract,
                });
            }
            let mut one = Paths::new();
            one.paths.insert(path, item);
            self.paths.merge(one);
        }
        documentation.schemas(&mut self.schemas);
    }

    pub(super) fn begin_scope(&self, path: &str) -> Self {
        Self { prefix: format!("{}{path}", self.prefix), ..Self::default() }
    }

    pub(super) fn end_scope(&mut self, inner: Self) {
        self.paths.merge(inner.paths);
        self.schemas.extend(inner.schemas);
        self.operations.extend(inner.operations);
    }
}

fn is_same_method(documented: &HttpMethod, registered: &Method) -> bool {
    match documented {
        HttpMethod::Get => registered == Method::GET,
        HttpMethod::Post => registered == Method::POST,
        HttpMethod::Put => registered == Method::PUT,
        HttpMethod::Delete => registered == Method::DELETE,
        HttpMethod::Patch => registered == Method::PATCH,
        HttpMethod::Options | HttpMethod::Head | HttpMethod::Trace => false,
    }
}

/// Adds the documentation of all operations that a function registers to a document, and returns the operations.
pub(crate) fn document_operations(
    document: &mut OpenApi,
    register: impl FnOnce(&mut ServiceConfig<'_>),
) -> Vec<RegisteredOperation> {
    let mut docs = OperationDocs::default();
    // The routes are dropped; only the documentation is used.
    let _ = actix_web::App::new().configure(|routes: &mut web::ServiceConfig| {
        register(&mut ServiceConfig { routes, contract: Some(&mut docs) });
    });
    document.paths.merge(docs.paths);
    document.components.get_or_insert_default().schemas.extend(docs.schemas);
    docs.operations
}

#[cfg(test)]
mod tests {
    use actix_web::HttpResponse;

    use super::*;
    use crate::api::{error::ApiResult, may::PublicRequest, operation::OperationAccess};

    #[utoipa::path(get, path = "/documented", responses((status = 200)))]
    async fn read_documented(_public: PublicRequest) -> ApiResult<HttpResponse> {
        Ok(HttpResponse::Ok().finish())
    }

    #[test]
    fn registered_operation_has_its_path_method_and_contract() {
        let mut document = OpenApi::default();
        let registered = document_operations(&mut document, |cfg| {
            cfg.scope("/api", web::scope("/api"), |cfg| {
                cfg.get(operation!(read_documented));
            });
        });
        let found: Vec<_> =
            registered.iter().map(|o| (o.path.as_str(), o.contract.access)).collect();
        assert_eq!(found, [("/api/documented", OperationAccess::Public)]);
        assert!(document.paths.paths.contains_key("/api/documented"));
    }

    #[test]
    #[should_panic(
        expected = "/documented is registered as POST and documented as a different method"
    )]
    fn operation_documented_with_a_different_method_is_not_registered() {
        document_operations(&mut OpenApi::default(), |cfg| {
            cfg.post(operation!(read_documented));
        });
    }
}
