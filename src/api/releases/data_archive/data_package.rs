//! Describes the data of a release: the Frictionless data package for programs, and a README for people.

use serde_json::{Map, Value, json};

use super::{ApiResult, ArchiveEntry, DataOrigin, Release, ReleaseReference, ReleaseTable, TABLES};
use crate::{
    domain::figures::CountingRules,
    sheets::{flat::TableColumn, release_tables::ForeignKey},
    store::StoreError,
};

/// Returns the path of a table in the archive.
pub(super) fn table_path(table: &ReleaseTable) -> String {
    format!("data/{}.csv", table.name)
}

/// Writes the descriptor of the tables (Frictionless Data Package and Table Schema, version 1).
pub(super) fn write_descriptor(
    release: &Release,
    reference: &ReleaseReference,
    origin: &DataOrigin,
    files: &[ArchiveEntry],
) -> ApiResult<String> {
    let resources: Vec<Value> =
        TABLES.iter().zip(files).map(|(table, file)| describe_resource(table, file)).collect();
    let descriptor = json!({
        "profile": "tabular-data-package",
        "name": format!("ascn-{}", release.release),
        "title": format!("ASEAN Smart Cities Network, {}", reference.cycle.name),
        "description": "Approved reports on the projects of the network's action plans, as they were published. Texts that a \
                        spreadsheet would run as a formula are guarded by a leading apostrophe; an empty cell says that \
                        something is unknown, which is not zero. Times are in UTC.",
        "licenses": origin.describe_licences(),
        "sources": origin.describe_sources(reference),
        "contributors": origin.describe_contributors(reference),
        "version": release.number.to_string(),
        "created": release.published_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "rules": release.rules.number(),
        "keywords": ["ASEAN", "smart cities", "monitoring and evaluation", release.cycle.as_str()],
        "resources": resources,
    });
    let text = serde_json::to_string_pretty(&descriptor).map_err(StoreError::from_json)?;
    Ok(format!("{text}\n"))
}

fn describe_resource(table: &ReleaseTable, file: &ArchiveEntry) -> Value {
    let field = |c: &TableColumn| {
        json!({
            "name": c.name, "type": c.kind.frictionless_name(), "description": c.help,
            "constraints": { "required": table.key.contains(&c.name) },
        })
    };
    let foreign = |r: &ForeignKey| json!({ "fields": r.columns, "reference": { "resource": r.table, "fields": r.to } });
    let mut schema = Map::new();
    schema.insert("fields".to_owned(), table.columns.iter().map(field).collect());
    schema.insert("missingValues".to_owned(), json!([""]));
    if !table.key.is_empty() {
        schema.insert("primaryKey".to_owned(), json!(table.key));
    }
    if !table.foreign_keys.is_empty() {
        schema.insert("foreignKeys".to_owned(), table.foreign_keys.iter().map(foreign).collect());
    }
    json!({
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": file.path,
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": format!("sha256:{}", file.sha256),
        "dialect": { "delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "header": true },
        "schema": schema,
    })
}

/// Describes in words which cities the tables list.
const fn describe_rules(rules: CountingRules) -> &'static str {
    match rules {
        CountingRules::PilotCities => {
            "rows of cities are the pilot cities, the cities with an approved project and those with a report"
        }
        CountingRules::ExpectedCities => {
            "rows of cities are those that joined in a year before the year of the cut-off and those with a report"
        }
    }
}

/// Writes the README for people who open the archive.
pub(super) fn write_readme(
    release: &Release,
    reference: &ReleaseReference,
    origin: &DataOrigin,
) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        "# {}: {}\n\nRelease {} of the reporting cycle {}, cut off on {}. It holds {} approved reports of {} cities in {} \
         countries and never changes; a correction is the next release.\n\n",
        release.release,
        reference.cycle.name,
        release.number,
        release.cycle,
        reference.cycle.as_of,
        release.counts.reports,
        release.counts.cities,
        release.counts.countries
    );
    if let Some(note) = &release.note {
        let _ = write!(text, "{note}\n\n");
    }
    text.push_str("## What is in it\n\n");
    for table in TABLES {
        let _ = writeln!(text, "- `{}`: {}.", table_path(table), table.title);
    }
    let _ = write!(
        text,
        "- `datapackage.json`: every column with its type and meaning (Frictionless Data Package).\n\
         - `release.sqlite`: the same tables as a SQLite database, texts as they were typed.\n\
         - `release.json`: the canonical content (RFC 8785). Its SHA-256 is {}.\n\
         - `SHA256SUMS`: the checksums of all files; `sha256sum -c SHA256SUMS` checks them.\n\n\
         ## How to read it\n\n\
         An empty cell says that something is unknown: it is not zero. `not_stated` is the status of a report whose published \
         source does not tell. Money is in minor units of its currency and never added across currencies. In the CSV files a \
         text that a spreadsheet would run as a formula has an apostrophe in front. Times are in UTC, days are those of the \
         cities. Cities are not ranked; every order is that of keys. The figures are counted by \
         the rules {}: {}.\n\n\
         ## Licence and sources\n\n\
         The data may be used under the licence {} ({}).\n\n",
        release.sha256,
        release.rules.number(),
        describe_rules(release.rules),
        origin.licence(),
        origin.licence_address()
    );
    for source in origin.describe_sources(reference) {
        let [title, path] = ["title", "path"]
            .map(|name| source.get(name).and_then(Value::as_str).unwrap_or_default());
        let join = if path.is_empty() { "" } else { ", " };
        let _ = writeln!(text, "- {title}{join}{path}");
    }
    text
}
