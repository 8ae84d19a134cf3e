//! The catalog of releases for data portals, as DCAT 3 in JSON-LD. Each release is a dataset, and each of its formats
//! is a distribution. Access is the same as for releases.

use std::fmt::Display;

use actix_web::{http::header, web::Data};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    cache::{AnswerKey, CacheAudience},
    error::ApiResult,
    format::AnswerFormat,
    release_request::{ReleaseRequest, SHORT},
    releases::{data_archive, reports},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        language::Language,
        reference::Country,
        release::{Release, ReleaseReference},
        value::Prose,
        wording,
    },
    store::{
        Conn,
        releases::{self, frozen},
    },
};

const MEDIA: &str = "application/ld+json";
const PUBLISHER: &str = "ASEAN Smart Cities Network";
/// The authorities that DCAT requires: one for media types, and one for countries, by their ISO 3166-1 alpha-3 code.
const MEDIA_TYPES: &str = "https://www.iana.org/assignments/media-types/";
const COUNTRIES: &str = "http://publications.europa.eu/resource/authority/country/";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_catalog));
}

/// Read the catalog of releases
///
/// Returns the catalog as DCAT 3 in JSON-LD, for data portals to harvest. Each release has its dates, countries,
/// formats and the SHA-256 of its canonical content. Addresses are absolute if the service knows its public address
/// (`ASCN_BASE_URL`); otherwise they are relative to this document. If releases are public (`ASCN_PUBLIC_RELEASES`),
/// everybody may read the catalog. Otherwise the answer is 401 without signing in, and 403 without a grant.
#[utoipa::path(get, path = "/catalog.jsonld", tag = "releases",
    responses((status = 200, content((serde_json::Value = "application/ld+json")))))]
async fn get_catalog(released: ReleaseRequest<()>, state: Data<State>) -> ApiResult<Answer> {
    released.into_input()?;
    let base = std::sync::Arc::clone(&state.base_url);
    let read = move |c: &mut Conn, _| {
        Ok(Answer::from_value(&build_catalog(c, &base)?)?.with_media_type(MEDIA))
    };
    let answer = state
        .cache
        .answer(AnswerKey::new("get_catalog", CacheAudience::for_everybody(), &())?, read)
        .await?;
    Ok(if state.public_releases {
        answer.with_header(header::CACHE_CONTROL, SHORT)
    } else {
        answer
    })
}

fn build_catalog(conn: &mut Conn, base: &str) -> ApiResult<Value> {
    let mut datasets = Vec::new();
    for release in releases::list(conn)? {
        let reference = frozen::load_reference(conn, &release.release)?;
        let countries = frozen::list_countries(conn, &release.release)?;
        datasets.push(build_dataset(base, &release, &reference, &countries));
    }
    Ok(json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dcterms": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#"
        },
        "@id": format!("{base}/catalog.jsonld"),
        "@type": "dcat:Catalog",
        "dcterms:title": to_english_literal("Releases of the ASEAN Smart Cities Network"),
        "dcterms:description": to_english_literal(
            "Numbered, frozen copies of the approved reports of each reporting cycle. A correction is the next release."
        ),
        "dcterms:publisher": build_publisher(),
        "dcat:dataset": datasets,
    }))
}

fn to_english_literal(text: impl Display) -> Value {
    json!({ "@value": text.to_string(), "@language": "en" })
}

fn to_typed_literal(kind: &str, value: impl Display) -> Value {
    json!({ "@type": kind, "@value": value.to_string() })
}

fn build_publisher() -> Value {
    json!({ "@type": "foaf:Organization", "foaf:name": PUBLISHER })
}

fn build_dataset(
    base: &str,
    release: &Release,
    reference: &ReleaseReference,
    countries: &[String],
) -> Value {
    let address = format!("{base}/api/v1/releases/{}", release.release);
    let cycle = &reference.cycle;
    let counts = &release.counts;
    let description = format!(
        "{} approved reports of {} cities in {} countries, as of {}.{}",
        counts.reports,
        counts.cities,
        counts.countries,
        cycle.as_of,
        release.note.as_ref().map(|note: &Prose| format!(" {note}")).unwrap_or_default()
    );
    let mut period = json!({ "@type": "dcterms:PeriodOfTime", "dcat:endDate": to_typed_literal("xsd:date", cycle.as_of) });
    if let (Some(opens), Some(period)) = (cycle.opens_on, period.as_object_mut()) {
        period.insert("dcat:startDate".to_owned(), to_typed_literal("xsd:date", opens));
    }
    let mut dataset = json!({
        "@id": address,
        "@type": "dcat:Dataset",
        "dcterms:identifier": release.release,
        "dcterms:title": to_english_literal(format_args!("{}, release {}", cycle.name, release.number)),
        "dcterms:description": to_english_literal(description),
        "dcterms:issued": to_typed_literal("xsd:dateTime", release.published_at.format("%Y-%m-%dT%H:%M:%SZ")),
        "dcterms:publisher": build_publisher(),
        "dcterms:temporal": period,
        "dcterms:spatial": list_reported_countries(reference, countries),
        "dcat:keyword": list_keywords(reference),
        "dcat:version": release.number.to_string(),
        "dcat:distribution": list_distributions(&address, release),
    });
    // A release with a number of 2 or more corrects the release before it.
    if let (2.., Some(dataset)) = (release.number, dataset.as_object_mut()) {
        let before = format!("{base}/api/v1/releases/{}-r{}", release.cycle, release.number - 1);
        dataset.insert("dcat:previousVersion".to_owned(), json!({ "@id": before }));
    }
    dataset
}

fn list_reported_countries(reference: &ReleaseReference, countries: &[String]) -> Vec<Value> {
    let reported = |c: &&Country| countries.iter().any(|code| code == c.code.as_str());
    let place = |c: &Country| {
        json!({
            "@id": format!("{COUNTRIES}{}", c.alpha3),
            "@type": "dcterms:Location",
            "dcterms:identifier": c.code.as_str(),
            "skos:prefLabel": to_english_literal(wording::choose_name(Language::En, &c.names, c.code.as_str())),
        })
    };
    reference.countries.iter().filter(reported).map(place).collect()
}

fn list_keywords(reference: &ReleaseReference) -> Vec<Value> {
    let areas = reference.vocabulary.focus_areas.iter();
    let areas = areas.map(|t| wording::choose_name(Language::En, &t.names, t.slug.as_str()));
    ["ASEAN", "smart cities", "monitoring and evaluation"]
        .into_iter()
        .chain(areas)
        .map(to_english_literal)
        .collect()
}

/// Lists the downloads of a release: its reports as flat tables, and its complete content.
fn list_distributions(address: &str, release: &Release) -> Vec<Value> {
    let tables =
        reports::FORMS.iter().filter(|f| f.to_table_format().is_some()).map(|f| ("reports", *f));
    let whole = data_archive::FORMS.iter().map(|f| ("data", *f));
    tables
        .chain(whole)
        .map(|(part, form)| build_distribution(address, release, part, form))
        .collect()
}

fn build_distribution(address: &str, release: &Release, part: &str, form: AnswerFormat) -> Value {
    let media = form.media_types().first().copied().unwrap_or_default();
    let mut distribution = json!({
        "@type": "dcat:Distribution",
        "dcterms:title": to_english_literal(format_args!("{part} ({form})")),
        "dcat:mediaType": { "@id": format!("{MEDIA_TYPES}{media}") },
        "dcat:accessURL": { "@id": address },
        "dcat:downloadURL": { "@id": format!("{address}/{part}?format={form}") },
    });
    // Only the hash of the canonical content is published with the release.
    if let (("data", AnswerFormat::Json), Some(members)) =
        ((part, form), distribution.as_object_mut())
    {
        let checksum = json!({
            "@type": "spdx:Checksum",
            "spdx:algorithm": { "@id": "spdx:checksumAlgorithm_sha256" },
            "spdx:checksumValue": to_typed_literal("xsd:hexBinary", &release.sha256),
        });
        members.insert("spdx:checksum".to_owned(), checksum);
    }
    distribution
}
