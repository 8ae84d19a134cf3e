//! The reference data that the service brings along: a file of facts turned into records of version 1. Not here: how
//! they come into the database.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    entries::{CityFields, PartnerFields, names, year},
    fault::{Faults, FieldFault, ValueFault},
    plan::{ActionPlan, PlanFields},
    reference::{City, Country, CountryCode, Document, Partner, PlanCycle, Vocabulary, time_zone},
    value::{Prose, Slug},
};

/// The records of the file, each of version 1.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Member states.
    pub countries: Vec<Country>,
    /// Cities.
    pub cities: Vec<City>,
    /// What is kept and answered whole.
    pub documents: Vec<Document>,
    /// Plan cycles.
    pub plan_cycles: Vec<PlanCycle>,
    /// Partners.
    pub partners: Vec<Partner>,
    /// The cities' action plans.
    pub action_plans: Vec<ActionPlan>,
}

/// What is wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the reference data cannot be read: {0}")]
pub struct SeedError(String);

/// The parts of the file that are kept whole under their own name.
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

/// Reads the file.
///
/// # Errors
/// The first entry that is not as expected.
pub fn parse(text: &str) -> Result<Seed, SeedError> {
    let file: Value = serde_json::from_str(text).map_err(|e| SeedError(e.to_string()))?;
    let documents = documents(&file)?;
    let types = Vocabulary::from_documents(&documents).partner_types;
    let countries = each(&file, "countries", country)?;
    let members: Vec<CountryCode> = countries.iter().map(|c| c.code).collect();
    let cities = each(&file, "cities", |raw: CityFields, f| raw.parse(&members, 1, f))?;
    Ok(Seed {
        plan_cycles: each(&file, "plan_cycles", plan_cycle)?,
        partners: each(&file, "partners", |raw: PartnerFields, f| raw.parse(&types, 1, f))?,
        action_plans: action_plans(&file, &cities)?,
        countries,
        cities,
        documents,
    })
}

fn list<'f>(file: &'f Value, part: &str) -> Result<&'f [Value], SeedError> {
    file[part].as_array().map(Vec::as_slice).ok_or_else(|| SeedError(format!("no {part}")))
}

/// Reads each entry of a part; the error says which one is wrong.
fn each<F: DeserializeOwned, T>(
    file: &Value,
    part: &str,
    parse: impl Fn(F, &mut Faults) -> Option<T>,
) -> Result<Vec<T>, SeedError> {
    let entry = |(i, raw): (usize, &Value)| {
        let at = format!("{part}/{i}");
        let raw =
            serde_json::from_value(raw.clone()).map_err(|e| SeedError(format!("{at}: {e}")))?;
        let mut faults = Faults::new();
        let parsed = parse(raw, &mut faults);
        faults.build(parsed).map_err(|faults| wrong(&at, &faults))
    };
    list(file, part)?.iter().enumerate().map(entry).collect()
}

fn wrong(at: &str, faults: &[FieldFault]) -> SeedError {
    let faults: Vec<String> =
        faults.iter().map(|f| format!("{at}{}: {}", f.pointer, f.detail)).collect();
    SeedError(faults.join("; "))
}

fn country(raw: CountryFields, f: &mut Faults) -> Option<Country> {
    let code = f.take("/code", CountryCode::parse(raw.code));
    let zone = f.take("/time_zone", time_zone(raw.time_zone));
    let names = names(f, "/names", Some(raw.names));
    let asean = f.take("/asean_member_since", year(raw.asean_member_since));
    let ascn = f.take("/ascn_member_since", year(raw.ascn_member_since));
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

fn plan_cycle(raw: PlanCycleFields, f: &mut Faults) -> Option<PlanCycle> {
    let slug = f.take("/slug", Slug::parse(raw.slug));
    let framework = f.take("/framework", Slug::parse(raw.framework));
    let starts = f.take("/starts_year", year(raw.starts_year));
    let ends = f.take("/ends_year", year(raw.ends_year));
    let note = f.opt("/note", raw.note, Prose::parse);
    if raw.ends_year < raw.starts_year {
        f.add("/ends_year", ValueFault::new("range", "a year not before the first is expected"));
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

fn documents(file: &Value) -> Result<Vec<Document>, SeedError> {
    let framework = file
        .pointer("/framework/slug")
        .and_then(Value::as_str)
        .ok_or_else(|| SeedError("the framework has no slug".into()))?;
    let mut documents = vec![Document {
        kind: format!("framework/{framework}"),
        document: file["framework"].clone(),
        version: 1,
    }];
    for kind in DOCUMENTS {
        let document = file.get(kind).cloned().ok_or_else(|| SeedError(format!("no {kind}")))?;
        documents.push(Document { kind: (*kind).to_owned(), document, version: 1 });
    }
    Ok(documents)
}

fn action_plans(file: &Value, cities: &[City]) -> Result<Vec<ActionPlan>, SeedError> {
    let mut plans = Vec::new();
    for (raw, city) in list(file, "cities")?.iter().zip(cities) {
        let Some(raw) = raw.get("action_plan") else { continue };
        let at = format!("the plan of {}", city.slug);
        let fields: PlanFields =
            serde_json::from_value(raw.clone()).map_err(|e| SeedError(format!("{at}: {e}")))?;
        let cycle = Slug::parse(raw["plan_cycle"].as_str().unwrap_or_default())
            .map_err(|f| SeedError(format!("{at}: {}", f.detail)))?;
        let mut plan = fields.parse(city, cycle, 1).map_err(|faults| wrong(&at, &faults))?;
        plan.source = raw["source"].as_str().map(str::to_owned);
        plans.push(plan);
    }
    Ok(plans)
}
