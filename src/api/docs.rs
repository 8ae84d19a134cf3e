//! The documentation: the way in, a page for each kind of problem, Swagger UI.
