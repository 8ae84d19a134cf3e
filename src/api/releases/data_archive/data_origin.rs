//! The licence, the sources and the contributors of the data of a release, as a data package names them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ReleaseReference, Slug};
use crate::{
    domain::{
        language::Language,
        reference::{City, NamesByLanguage},
        report::ApprovedReport,
        wording,
    },
    store::import::list_publications,
};

const NETWORK: &str = "ASEAN Smart Cities Network";

/// Where the data of a release comes from.
pub(super) struct DataOrigin {
    /// An SPDX identifier.
    licence: String,
    /// The keys of the publications from which reports were imported.
    publications: BTreeSet<String>,
    /// Cities filed reports in this service.
    is_filed: bool,
    /// The cities with a report.
    cities: BTreeSet<Slug>,
}

impl DataOrigin {
    /// Makes the origin of no data. `licence` is an SPDX identifier.
    pub(super) fn new(licence: &str) -> Self {
        Self {
            licence: licence.to_owned(),
            publications: BTreeSet::new(),
            is_filed: false,
            cities: BTreeSet::new(),
        }
    }

    pub(super) fn add_report(&mut self, report: &ApprovedReport) {
        self.cities.insert(report.code.city().clone());
        let source = report.imported.as_ref().and_then(|imported| imported.get("source"));
        match source.and_then(Value::as_str) {
            Some(key) => drop(self.publications.insert(key.to_owned())),
            None => self.is_filed = true,
        }
    }

    pub(super) fn licence(&self) -> &str {
        &self.licence
    }

    /// Returns the address of the text of the licence.
    pub(super) fn licence_address(&self) -> String {
        format!("https://spdx.org/licenses/{}.html", self.licence)
    }

    pub(super) fn describe_licences(&self) -> Value {
        json!([{ "name": self.licence, "path": self.licence_address(), "title": self.licence }])
    }

    /// Lists the reports of the cities, and the publications from which reports were imported.
    pub(super) fn describe_sources(&self, reference: &ReleaseReference) -> Vec<Value> {
        let cycle = &reference.cycle.name;
        let title =
            format!("{cycle}: reports of the cities, approved by the national representatives");
        let filed = self.is_filed.then(|| json!({ "title": title }));
        let published = list_publications();
        let describe = |key: &String| match published.get(key) {
            Some(source) => json!({ "title": source.title, "path": source.url }),
            None => json!({ "title": key }),
        };
        filed.into_iter().chain(self.publications.iter().map(describe)).collect()
    }

    /// Lists the network, which publishes the data, and the cities with a report.
    pub(super) fn describe_contributors(&self, reference: &ReleaseReference) -> Vec<Value> {
        let name = |names: &NamesByLanguage, key: &str| {
            wording::choose_name(Language::En, names, key).to_owned()
        };
        let describe = |city: &City| {
            let country = reference.countries.iter().find(|country| country.code == city.country);
            let country = country.map(|country| name(&country.names, country.code.as_str()));
            let mut contributor =
                json!({ "title": name(&city.names, city.slug.as_str()), "role": "contributor" });
            if let (Some(country), Some(members)) = (country, contributor.as_object_mut()) {
                members.insert("organization".to_owned(), Value::from(country));
            }
            contributor
        };
        let reported = reference.cities.iter().filter(|city| self.cities.contains(&city.slug));
        let publisher = json!({ "title": NETWORK, "role": "publisher" });
        std::iter::once(publisher).chain(reported.map(describe)).collect()
    }
}
