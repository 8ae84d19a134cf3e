//! Registers operations. One call adds the route and, while the contract is composed, the documentation, so that neither
//! can be forgotten.

use actix_web::{Scope, dev::HttpServiceFactory, web};

/// An operation that can be registered. A debug build also needs its documentation.
#[cfg(debug_assertions)]
pub(super) trait Operation:
    HttpServiceFactory + utoipa_actix_web::OpenApiFactory + 'static
{
}
#[cfg(debug_assertions)]
impl<T: HttpServiceFactory + utoipa_actix_web::OpenApiFactory + 'static> Operation for T {}

/// An operation that can be registered.
#[cfg(not(debug_assertions))]
pub(super) trait Operation: HttpServiceFactory + 'static {}
#[cfg(not(debug_assertions))]
impl<T: HttpServiceFactory + 'static> Operation for T {}

/// The list that operations are registered in.
pub(super) struct ServiceConfig<'a> {
    routes: &'a mut web::ServiceConfig,
    #[cfg(debug_assertions)]
    contract: Option<&'a mut contract::OperationDocs>,
}

impl<'a> ServiceConfig<'a> {
    /// Makes a list of routes only: a worker does not compose the contract at its start.
    pub(super) const fn new(routes: &'a mut web::ServiceConfig) -> Self {
        Self {
            routes,
            #[cfg(debug_assertions)]
            contract: None,
        }
    }

    /// Adds an operation.
    pub(super) fn service(&mut self, operation: impl Operation) -> &mut Self {
        #[cfg(debug_assertions)]
        if let Some(contract) = &mut self.contract {
            contract.add_operation(&operation);
        }
        self.routes.service(operation);
        self
    }

    /// Adds the operations of a function.
    pub(super) fn configure(&mut self, register: impl FnOnce(&mut ServiceConfig<'_>)) -> &mut Self {
        register(self);
        self
    }

    /// Adds operations whose paths begin with `path`. `scope` is the scope of that path, with its guards.
    pub(super) fn scope(
        &mut self,
        path: &str,
        scope: Scope,
        register: impl FnOnce(&mut ServiceConfig<'_>),
    ) {
        #[cfg(debug_assertions)]
        let mut inner = self.contract.as_ref().map(|outer| outer.begin_scope(path));
        #[cfg(not(debug_assertions))]
        let _: &str = path;
        let scope = scope.configure(|routes| {
            register(&mut ServiceConfig {
                routes,
                #[cfg(debug_assertions)]
                contract: inner.as_mut(),
            });
        });
        #[cfg(debug_assertions)]
        if let (Some(outer), Some(inner)) = (&mut self.contract, inner) {
            outer.end_scope(inner);
        }
        self.routes.service(scope);
    }
}

/// The documentation of operations.
#[cfg(debug_assertions)]
pub(super) mod contract {
    use actix_web::web;
    use utoipa::openapi::{OpenApi, Paths, RefOr, Schema};
    use utoipa_actix_web::OpenApiFactory;

    use super::ServiceConfig;

    /// The paths and schemas of the registered operations.
    #[derive(Default)]
    pub(crate) struct OperationDocs {
        /// The prefix of each path.
        prefix: String,
        paths: Paths,
        schemas: Vec<(String, RefOr<Schema>)>,
    }

    impl OperationDocs {
        pub(super) fn add_operation(&mut self, operation: &impl OpenApiFactory) {
            self.add(operation.paths(), |schemas| operation.schemas(schemas));
        }

        fn add(
            &mut self,
            operations: Paths,
            add_schemas: impl FnOnce(&mut Vec<(String, RefOr<Schema>)>),
        ) {
            for (path, item) in operations.paths {
                let mut one = Paths::new();
                one.paths.insert(format!("{}{path}", self.prefix), item);
                self.paths.merge(one);
            }
            add_schemas(&mut self.schemas);
        }

        pub(super) fn begin_scope(&self, path: &str) -> Self {
            Self { prefix: format!("{}{path}", self.prefix), ..Self::default() }
        }

        pub(super) fn end_scope(&mut self, inner: Self) {
            self.paths.merge(inner.paths);
            self.schemas.extend(inner.schemas);
        }
    }

    /// Adds the documentation of all operations that a function registers to a document.
    pub(crate) fn document_operations(
        document: &mut OpenApi,
        register: impl FnOnce(&mut ServiceConfig<'_>),
    ) {
        let mut docs = OperationDocs::default();
        // The routes are dropped; only the documentation is used.
        let _ = actix_web::App::new().configure(|routes: &mut web::ServiceConfig| {
            register(&mut ServiceConfig { routes, contract: Some(&mut docs) });
        });
        document.paths.merge(docs.paths);
        document.components.get_or_insert_default().schemas.extend(docs.schemas);
    }
}
