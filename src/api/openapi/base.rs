//! What the contract says before any operation: what it is, under which licence, how to sign in, what the groups are.

use utoipa::openapi::{
    Components, ContactBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, OpenApiVersion,
    ServerBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};

/// The name of the one way to sign a request.
pub(super) const BEARER: &str = "bearer";

const DESCRIPTION: &str = "\
The one record behind the monitoring of the ASEAN Smart Cities Network: city officers record projects and file reports, \
national representatives decide on them, the secretariat runs the cycles, dashboards read.

* **Sign in** with `POST /api/v1/auth/login` and send `Authorization: Bearer <access_token>`.
* **Errors** are RFC 9457 problem documents; `type` leads to a page that explains the problem.
* **Reading** gives a strong `ETag`; `HEAD` goes wherever `GET` goes, and `If-None-Match` is answered with 304.
* **Changing** a record takes `If-Match` with the `ETag` of what was read: 428 without it, 412 when somebody was faster.
* **Languages**: `lang`, or `Accept-Language`, chooses that of names, labels and problems; `GET /api/v1/vocabulary` has \
every allowed value and every field in words. Values and codes are the same in every language.
* **Lists** are pages: `limit`, and `cursor` with the `next` of the page before. An unknown parameter is refused.
* Times are RFC 3339 in UTC, days ISO 8601, money an integer of minor units with its ISO 4217 currency.";

/// The groups of operations, in the order in which a newcomer meets them. Those without operations are left out.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Signing in and out, refreshing, accepting an invitation."),
    ("me", "One's own account."),
    ("users", "Accounts and grants: who may do what, where, from when until when."),
    ("reference", "Countries, the framework, plan cycles and other data that everybody refers to."),
    ("cities", "Cities of the network."),
    ("partners", "Partners of projects."),
    ("plans", "Action plans of cities."),
    ("imports", "Workbooks of cities, filled in offline and sent back."),
    ("projects", "Projects of the action plans."),
    ("milestones", "Steps of projects with a day by which they are due."),
    ("indicators", "What projects measure, with where it started and where it should get."),
    ("partnerships", "Partners' parts in projects."),
    ("cycles", "Reporting cycles: named windows in which cities report."),
    ("reports", "Reports of projects in a cycle, from draft to approval."),
    ("comments", "Remarks on reports."),
    ("figures", "Figures over approved reports, each recomputable from records."),
    (
        "releases",
        "What was published: frozen, numbered, checkable, and open to everybody where the service says so.",
    ),
    ("shares", "Secret addresses at which programs read releases without signing in."),
    ("changes", "The feed of every change that strangers may see, replayable from the first."),
    ("journal", "The chained journal of every change, and its verification."),
    ("health", "Whether the service lives and is ready."),
];

/// Makes the document without its operations.
pub(super) fn build_base_document() -> OpenApi {
    let mut components = Components::new();
    components.security_schemes.insert(BEARER.to_owned(), build_bearer_scheme().into());
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("ascn-tracker")
                .version("1")
                .description(Some(DESCRIPTION))
                .contact(Some(
                    ContactBuilder::new().name(Some("The maintainers of ascn-tracker")).build(),
                ))
                .license(Some(build_licence()))
                .build(),
        )
        .servers(Some([ServerBuilder::new()
            .url("/")
            .description(Some("The service that serves this document"))
            .build()]))
        .components(Some(components))
        .tags(Some(TAGS.iter().map(|(name, description)| {
            TagBuilder::new().name(*name).description(Some(*description)).build()
        })))
        .build();
    document.openapi = OpenApiVersion::Version31;
    document
}

fn build_licence() -> License {
    let mut licence = License::new("Apache-2.0 OR MIT");
    licence.identifier = Some("Apache-2.0 OR MIT".to_owned());
    licence
}

fn build_bearer_scheme() -> SecurityScheme {
    let mut scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    scheme.description = Some(
        "The `access_token` of `POST /api/v1/auth/login`. It lives a quarter of an hour; \
         `POST /api/v1/auth/refresh` gives the next."
            .to_owned(),
    );
    SecurityScheme::Http(scheme)
}
