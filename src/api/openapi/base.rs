//! The parts of the contract that do not depend on operations: the introduction, the licence, the security scheme and
//! the tags.

use utoipa::openapi::{
    Components, ContactBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, OpenApiVersion,
    ServerBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};

/// The name of the only security scheme.
pub(super) const BEARER: &str = "bearer";

const DESCRIPTION: &str = "\
The service behind the monitoring of the ASEAN Smart Cities Network. City officers record projects and file reports, \
national representatives approve or return the reports, the secretariat runs the reporting cycles, and dashboards read \
the results.

* **Sign in** with `POST /api/v1/auth/login`, and send `Authorization: Bearer <access_token>` with each request.
* **Errors** are problem documents (RFC 9457). Their `type` is the address of a page that explains the problem.
* **Reading** returns a strong `ETag`. Send it as `If-None-Match` to get 304 if nothing changed. Every `GET` also \
supports `HEAD`.
* **Changing** a record requires `If-Match` with the `ETag` of the record that you read. The answer is 428 without it, and \
412 if the record has changed since then.
* **Languages**: the parameter `lang`, or the header `Accept-Language`, selects the language of names, labels and \
problems. `GET /api/v1/vocabulary` returns labels for all allowed values and all fields. Values and codes are the same in \
every language.
* **Lists** are returned in pages. `limit` sets the size of a page; to get the next page, send `next` of the current page \
as `cursor`.
* **Unknown** query parameters and unknown members of a body are refused with 400.
* **Formats**: times are RFC 3339 in UTC, days are ISO 8601, and money is an integer in minor units with an ISO 4217 \
currency.";

/// The tags, in the order in which a new reader needs them. Tags without operations are removed later.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Sign in and out, refresh access tokens, and accept invitations."),
    ("me", "The account, the tasks and the calendar of the caller."),
    ("users", "Accounts, and the grants that give them a role in a place for a period."),
    ("reference", "Countries, the framework, plan cycles, the vocabulary and other shared data."),
    ("cities", "Cities of the network."),
    ("partners", "Partners of projects."),
    ("plans", "Action plans of cities."),
    ("imports", "Workbooks that cities fill in offline and upload."),
    ("projects", "Projects of the action plans."),
    ("milestones", "Steps of projects, each with a due date."),
    ("indicators", "Indicators of projects, with a baseline, a target and measured values."),
    ("partnerships", "Roles of partners in projects."),
    ("cycles", "Reporting cycles: named periods in which cities file reports."),
    (
        "reports",
        "Reports of projects in a cycle, from the draft to the approved copy, and the checklists of cities.",
    ),
    ("comments", "Comments on reports."),
    ("figures", "Statistics over reports. Each figure can be recomputed from the records."),
    (
        "releases",
        "Published copies of approved reports: numbered, unchangeable and verifiable. The operator can make them public.",
    ),
    ("shares", "Secret addresses at which programs can read releases without signing in."),
    (
        "changes",
        "The feed of changes to published data. A client can replay it from the first change.",
    ),
    ("journal", "The journal of every change, protected by a hash chain, and its verification."),
    ("health", "Checks whether the service is alive and ready."),
];

/// Makes the document without operations.
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
        "The `access_token` from `POST /api/v1/auth/login`. It is valid for 15 minutes; \
         `POST /api/v1/auth/refresh` returns a new one."
            .to_owned(),
    );
    SecurityScheme::Http(scheme)
}
