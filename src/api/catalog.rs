//! The catalog of releases as data portals harvest it: DCAT 3 in JSON-LD. Each release is a dataset, each format of it a
//! distribution. Not here: who may read, which is as of releases.

use std::fmt::Display;

use actix_web::{get, http::header, web::Data};
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    cache::{Key, View},
    error::ApiResult,
    format::Form,
    released::{Released, SHORT},
    releases::{data, reports},
    state::State,
};
use crate::{
    domain::{
        language::Language,
        reference::Country,
        release::{Frame, Release},
        value::Prose,
        words,
    },
    store::{
        Conn,
        releases::{self, frozen},
    },
};

const MEDIA: &str = "application/ld+json";
const PUBLISHER: &str = "ASEAN Smart Cities Network";
/// The authority that names formats, and the one that names countries (by ISO 3166-1 alpha-3), as DCAT asks for.
const MEDIA_TYPES: &str = "https://www.iana.org/assignments/media-types/";
const COUNTRIES: &str = "http://publications.europa.eu/resource/authority/country/";

/// Registers the operation of this file, at the root.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_catalog);
}

/// Read the catalog of releases
///
/// DCAT 3 in JSON-LD: each release with its days, countries, formats and the SHA-256 of its canonical content, for data
/// portals to harvest. Addresses are absolute where the service was told its own, else relative to this document. Open to
/// everybody where releases are.
#[utoipa::path(tag = "releases", responses((status = 200, content((serde_json::Value = "application/ld+json")))))]
#[get("/catalog.jsonld")]
async fn get_catalog(released: Released<()>, state: Data<State>) -> ApiResult<Answer> {
    released.body()?;
    let base = std::sync::Arc::clone(&state.base_url);
    let read = move |c: &mut Conn, _| Ok(Answer::of(&catalog(c, &base)?)?.media(MEDIA));
    let answer = state.kept(Key::new("get_catalog", View::everybody(), &())?, read).await?;
    Ok(if state.public_releases { answer.header(header::CACHE_CONTROL, SHORT) } else { answer })
}

fn catalog(conn: &mut Conn, base: &str) -> ApiResult<Value> {
    let mut datasets = Vec::new();
    for release in releases::list(conn)? {
        let frame = frozen::frame(conn, &release.release)?;
        let countries = frozen::countries(conn, &release.release)?;
        datasets.push(dataset(base, &release, &frame, &countries));
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
        "dcterms:title": english("Releases of the ASEAN Smart Cities Network"),
        "dcterms:description": english(
            "Numbered, frozen copies of the approved reports of each reporting cycle. A correction is the next release."
        ),
        "dcterms:publisher": publisher(),
        "dcat:dataset": datasets,
    }))
}

fn english(text: impl Display) -> Value {
    json!({ "@value": text.to_string(), "@language": "en" })
}

fn typed(kind: &str, value: impl Display) -> Value {
    json!({ "@type": kind, "@value": value.to_string() })
}

fn publisher() -> Value {
    json!({ "@type": "foaf:Organization", "foaf:name": PUBLISHER })
}

fn dataset(base: &str, release: &Release, frame: &Frame, countries: &[String]) -> Value {
    let address = format!("{base}/api/v1/releases/{}", release.release);
    let cycle = &frame.cycle;
    let counts = &release.counts;
    let description = format!(
        "{} approved reports of {} cities in {} countries, as of {}.{}",
        counts.reports,
        counts.cities,
        counts.countries,
        cycle.as_of,
        release.note.as_ref().map(|note: &Prose| format!(" {note}")).unwrap_or_default()
    );
    let mut period =
        json!({ "@type": "dcterms:PeriodOfTime", "dcat:endDate": typed("xsd:date", cycle.as_of) });
    if let (Some(opens), Some(period)) = (cycle.opens_on, period.as_object_mut()) {
        period.insert("dcat:startDate".to_owned(), typed("xsd:date", opens));
    }
    let mut dataset = json!({
        "@id": address,
        "@type": "dcat:Dataset",
        "dcterms:identifier": release.release,
        "dcterms:title": english(format_args!("{}, release {}", cycle.name, release.number)),
        "dcterms:description": english(description),
        "dcterms:issued": typed("xsd:dateTime", release.published_at.format("%Y-%m-%dT%H:%M:%SZ")),
        "dcterms:publisher": publisher(),
        "dcterms:temporal": period,
        "dcterms:spatial": spatial(frame, countries),
        "dcat:keyword": keywords(frame),
        "dcat:version": release.number.to_string(),
        "dcat:distribution": distributions(&address, release),
    });
    // The release before it, of which it is the correction.
    if let (2.., Some(dataset)) = (release.number, dataset.as_object_mut()) {
        let before = format!("{base}/api/v1/releases/{}-r{}", release.cycle, release.number - 1);
        dataset.insert("dcat:previousVersion".to_owned(), json!({ "@id": before }));
    }
    dataset
}

fn spatial(frame: &Frame, countries: &[String]) -> Vec<Value> {
    let reported = |c: &&Country| countries.iter().any(|code| code == c.code.as_str());
    let place = |c: &Country| {
        json!({
            "@id": format!("{COUNTRIES}{}", c.alpha3),
            "@type": "dcterms:Location",
            "dcterms:identifier": c.code.as_str(),
            "skos:prefLabel": english(words::name(Language::En, &c.names, c.code.as_str())),
        })
    };
    frame.countries.iter().filter(reported).map(place).collect()
}

fn keywords(frame: &Frame) -> Vec<Value> {
    let areas = frame.vocabulary.focus_areas.iter();
    let areas = areas.map(|t| words::name(Language::En, &t.names, t.slug.as_str()));
    ["ASEAN", "smart cities", "monitoring and evaluation"]
        .into_iter()
        .chain(areas)
        .map(english)
        .collect()
}

/// Lists each way to take a release away: its reports as flat tables, and everything that it holds.
fn distributions(address: &str, release: &Release) -> Vec<Value> {
    let tables = reports::FORMS.iter().filter(|f| f.flat().is_some()).map(|f| ("reports", *f));
    let whole = data::FORMS.iter().map(|f| ("data", *f));
    tables.chain(whole).map(|(part, form)| distribution(address, release, part, form)).collect()
}

fn distribution(address: &str, release: &Release, part: &str, form: Form) -> Value {
    let media = form.media().first().copied().unwrap_or_default();
    let mut distribution = json!({
        "@type": "dcat:Distribution",
        "dcterms:title": english(format_args!("{part} ({form})")),
        "dcat:mediaType": { "@id": format!("{MEDIA_TYPES}{media}") },
        "dcat:accessURL": { "@id": address },
        "dcat:downloadURL": { "@id": format!("{address}/{part}?format={form}") },
    });
    // Of the canonical content alone the hash is published with the release.
    if let (("data", Form::Json), Some(members)) = ((part, form), distribution.as_object_mut()) {
        let checksum = json!({
            "@type": "spdx:Checksum",
            "spdx:algorithm": { "@id": "spdx:checksumAlgorithm_sha256" },
            "spdx:checksumValue": typed("xsd:hexBinary", &release.sha256),
        });
        members.insert("spdx:checksum".to_owned(), checksum);
    }
    distribution
}
