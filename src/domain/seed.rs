//! The reference data that is shipped with the service, parsed into records of version 1. Writing them to the database
//! is not done here.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    fault::{FaultList, FieldFault, ValueFault},
    message,
    plan::{ActionPlan, PlanFields},
    reference::{
        City, Country, CountryCode, Partner, PlanCycle, ReferenceDocument, Vocabulary,
        parse_time_zone,
    },
    reference_input::{CityFields, PartnerFields, parse_names, parse_year},
    value::{Prose, Slug},
};

/// The records of the seed file, each with version 1.
#[derive(Debug, Clone)]
pub struct ReferenceSeed {
    pub countries: Vec<Country>,
    pub cities: Vec<City>,
    /// The parts that are stored and answered as one document.
    pub documents: Vec<ReferenceDocument>,
    pub plan_cycles: Vec<PlanCycle>,
    pub partners: Vec<Partner>,
    pub action_plans: Vec<ActionPlan>,
}

/// A fault in the seed file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the reference data cannot be read: {0}")]
pub struct SeedError(String);

/// The parts of the file that are stored as documents under their own names.
const DOCUMENTS: &[&str] = &[
    "sectors",
    "national_schemes",
    "chairs",
    "shepherds",
    "annual_meetings",
    "partner_types",
    "sources",
];

#[derive(Deserialize)]
struct CountryFields {
    code: String,
    alpha3: String,
    time_zone: String,
    names: std::collections::BTreeMap<String, String>,
    asean_member_since: i32,
    ascn_member_since: i32,
}

#[derive(Deserialize)]
struct PlanCycleFields {
    slug: String,
    starts_year: i32,
    ends_year: i32,
    framework: String,
    note: Option<String>,
}

/// Parses the seed file.
///
/// # Errors
/// The first invalid entry.
pub(crate) fn parse(text: &str) -> Result<ReferenceSeed, SeedError> {
    let file: Value = serde_json::from_str(text).map_err(|e| SeedError(e.to_string()))?;
    let documents = read_documents(&file)?;
    let types = Vocabulary::from_documents(&documents).partner_types;
    let countries = parse_entries(&file, "countries", parse_country)?;
    let members: Vec<CountryCode> = countries.iter().map(|c| c.code).collect();
    let cities = parse_entries(&file, "cities", |raw: CityFields, f| raw.parse(&members, 1, f))?;
    Ok(ReferenceSeed {
        plan_cycles: parse_entries(&file, "plan_cycles", parse_plan_cycle)?,
        partners: parse_entries(&file, "partners", |raw: PartnerFields, f| {
            raw.parse(&types, 1, f)
        })?,
        action_plans: parse_action_plans(&file, &cities)?,
        countries,
        cities,
        documents,
    })
}

fn read_list<'f>(file: &'f Value, part: &str) -> Result<&'f [Value], SeedError> {
    file[part].as_array().map(Vec::as_slice).ok_or_else(|| SeedError(format!("no {part}")))
}

/// Parses each entry of a part. The error names the invalid entry.
fn parse_entries<F: DeserializeOwned, T>(
    file: &Value,
    part: &str,
    parse: impl Fn(F, &mut FaultList) -> Option<T>,
) -> Result<Vec<T>, SeedError> {
    let entry = |(i, raw): (usize, &Value)| {
        let at = format!("{part}/{i}");
        let raw =
            serde_json::from_value(raw.clone()).map_err(|e| SeedError(format!("{at}: {e}")))?;
        let mut faults = FaultList::new();
        let parsed = parse(raw, &mut faults);
        faults.finish_built(parsed).map_err(|faults| entry_error(&at, &faults))
    };
    read_list(file, part)?.iter().enumerate().map(entry).collect()
}

fn entry_error(at: &str, faults: &[FieldFault]) -> SeedError {
    let faults: Vec<String> =
        faults.iter().map(|f| format!("{at}{}: {}", f.pointer, f.message)).collect();
    SeedError(faults.join("; "))
}

fn parse_country(raw: CountryFields, f: &mut FaultList) -> Option<Country> {
    let code = f.take_parsed("/code", CountryCode::parse(raw.code));
    let zone = f.take_parsed("/time_zone", parse_time_zone(raw.time_zone));
    let names = parse_names(f, "/names", Some(raw.names));
    let asean = f.take_parsed("/asean_member_since", parse_year(raw.asean_member_since));
    let ascn = f.take_parsed("/ascn_member_since", parse_year(raw.ascn_member_since));
    Some(Country {
        code: code?,
        alpha3: raw.alpha3,
        time_zone: zone?,
        names,
        asean_member_since: asean?,
        ascn_member_since: ascn?,
        version: 1,
    })
}

fn parse_plan_cycle(raw: PlanCycleFields, f: &mut FaultList) -> Option<PlanCycle> {
    let slug = f.take_parsed("/slug", Slug::parse(raw.slug));
    let framework = f.take_parsed("/framework", Slug::parse(raw.framework));
    let starts = f.take_parsed("/starts_year", parse_year(raw.starts_year));
    let ends = f.take_parsed("/ends_year", parse_year(raw.ends_year));
    let note = f.parse_optional("/note", raw.note, Prose::parse);
    if raw.ends_year < raw.starts_year {
        let fault = ValueFault::new("range", message::reference::year_not_before_first());
        f.add("/ends_year", fault);
    }
    Some(PlanCycle {
        slug: slug?,
        starts_year: starts?,
        ends_year: ends?,
        framework: framework?,
        note: note.map(|n| n.to_string()),
        version: 1,
    })
}

fn read_documents(file: &Value) -> Result<Vec<ReferenceDocument>, SeedError> {
    let framework = file
        .pointer("/framework/slug")
        .and_then(Value::as_str)
        .ok_or_else(|| SeedError("the framework has no slug".into()))?;
    let mut documents = vec![ReferenceDocument {
        kind: format!("framework/{framework}"),
        document: file["framework"].clone(),
        version: 1,
    }];
    for kind in DOCUMENTS {
        let document = file.get(kind).cloned().ok_or_else(|| SeedError(format!("no {kind}")))?;
        documents.push(ReferenceDocument { kind: (*kind).to_owned(), document, version: 1 });
    }
    Ok(documents)
}

fn parse_action_plans(file: &Value, cities: &[City]) -> Result<Vec<ActionPlan>, SeedError> {
    let mut plans = Vec::new();
    for (raw, city) in read_list(file, "cities")?.iter().zip(cities) {
        let Some(raw) = raw.get("action_plan") else { continue };
        let at = format!("the plan of {}", city.slug);
        let fields: PlanFields =
            serde_json::from_value(raw.clone()).map_err(|e| SeedError(format!("{at}: {e}")))?;
        let cycle = Slug::parse(raw["plan_cycle"].as_str().unwrap_or_default())
            .map_err(|f| SeedError(format!("{at}: {}", f.message)))?;
        let mut plan = fields.parse(city, cycle, 1).map_err(|faults| entry_error(&at, &faults))?;
        plan.source = raw["source"].as_str().map(str::to_owned);
        plans.push(plan);
    }
    Ok(plans)
}
