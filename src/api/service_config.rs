//! Registers operations. One call adds the route and, while the contract is composed, the documentation, so that neither
//! can be forgotten. Both are made from the handler: its types, and the attribute `utoipa::path` in front of it.

use std::marker::PhantomData;

use actix_web::{Handler, Resource, Scope, guard, http::Method, web};

use super::operation::{
    OperationAnswer, OperationArguments, OperationContract, OperationRequest, VersionedRequest,
};

/// Makes an [`Operation`] of a handler: `operation!(list_users)` or `operation!(grants::create_grant)`. `utoipa::path`
/// generates the documentation of a handler `f` as a type `__path_f` beside it.
macro_rules! operation {
    ($handler:ident) => {
        pastey::paste! {
            $crate::api::service_config::Operation::new($handler, [<__path_ $handler>])
        }
    };
    ($module:ident :: $handler:ident) => {
        pastey::paste! {
            $crate::api::service_config::Operation::new($module::$handler, $module::[<__path_ $handler>])
        }
    };
}

// After the macro, which its tests use.
#[cfg(debug_assertions)]
pub(super) mod contract;

/// The documentation of a handler. Of it, a release build contains only the path.
#[cfg(debug_assertions)]
pub trait OperationDocumentation: utoipa::Path + utoipa_actix_web::OpenApiFactory {}
#[cfg(debug_assertions)]
impl<D: utoipa::Path + utoipa_actix_web::OpenApiFactory> OperationDocumentation for D {}

/// The documentation of a handler. Of it, a release build contains only the path.
#[cfg(not(debug_assertions))]
pub trait OperationDocumentation: utoipa::Path {}
#[cfg(not(debug_assertions))]
impl<D: utoipa::Path> OperationDocumentation for D {}

/// A handler `H` with its documentation `D` and its arguments `A`.
pub struct Operation<H, D, A> {
    handler: H,
    documentation: D,
    arguments: PhantomData<fn(A)>,
}

impl<H: Handler<A>, D, A> Operation<H, D, A> {
    /// Combines a handler with the documentation that `utoipa::path` generates for it.
    #[must_use]
    pub const fn new(handler: H, documentation: D) -> Self {
        Self { handler, documentation, arguments: PhantomData }
    }
}

/// An operation that can be registered.
pub trait RegistrableOperation {
    /// The argument of the handler that reads the request.
    type Request: OperationRequest;
    /// The documentation of the handler.
    type Documentation: OperationDocumentation;
    /// What the types of the handler state.
    const CONTRACT: OperationContract;

    /// Returns the documentation.
    fn documentation(&self) -> &Self::Documentation;

    /// Makes the route of the operation.
    fn into_resource(self, method: Method) -> Resource;
}

impl<H, D, A> RegistrableOperation for Operation<H, D, A>
where
    H: Handler<A, Output: OperationAnswer>,
    D: OperationDocumentation,
    A: OperationArguments,
{
    type Request = A::Request;
    type Documentation = D;
    const CONTRACT: OperationContract = OperationContract {
        access: A::Request::ACCESS,
        if_match: A::Request::IF_MATCH,
        answer: <H::Output as OperationAnswer>::CONTRACT,
    };

    fn documentation(&self) -> &D {
        &self.documentation
    }

    fn into_resource(self, method: Method) -> Resource {
        web::resource(D::path()).guard(guard::Method(method)).to(self.handler)
    }
}

/// The list that operations are registered in.
pub struct ServiceConfig<'a> {
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

    /// Adds an operation that reads.
    pub fn get(&mut self, operation: impl RegistrableOperation) -> &mut Self {
        self.register(Method::GET, operation)
    }

    /// Adds an operation that creates a record, or moves it to a different state.
    pub fn post(&mut self, operation: impl RegistrableOperation) -> &mut Self {
        self.register(Method::POST, operation)
    }

    /// Adds an operation that creates or replaces a record.
    pub fn put(&mut self, operation: impl RegistrableOperation) -> &mut Self {
        self.register(Method::PUT, operation)
    }

    /// Adds an operation that changes some members of a record. Its handler has to state a precondition.
    pub fn patch(
        &mut self,
        operation: impl RegistrableOperation<Request: VersionedRequest>,
    ) -> &mut Self {
        self.register(Method::PATCH, operation)
    }

    /// Adds an operation that deletes a record.
    pub fn delete(&mut self, operation: impl RegistrableOperation) -> &mut Self {
        self.register(Method::DELETE, operation)
    }

    fn register<O: RegistrableOperation>(&mut self, method: Method, operation: O) -> &mut Self {
        #[cfg(debug_assertions)]
        if let Some(contract) = &mut self.contract {
            contract.add_operation::<O>(&method, operation.documentation());
        }
        self.routes.service(operation.into_resource(method));
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
