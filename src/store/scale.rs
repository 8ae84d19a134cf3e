//! Load-test data: the network's own data many times over. It is invented, so it is only added to a database that is
//! marked as a demo's.

use super::{
    StoreResult, Tx, cycles,
    import::{self, ImportError},
    reference,
    tx::{Change, RecordWriter as _, ServiceProof},
};
use crate::domain::{
    history::HistoryFile,
    reference::{City, NamesByLanguage},
    value::Slug,
};

/// The journal action of invented cities.
const ACTION: &str = "scale";

/// Returns a slug of an invented network, such as `da-nang-n2`.
fn make_network_slug(of: &str, network: u32) -> String {
    format!("{of}-n{network}")
}

fn make_network_names(names: &NamesByLanguage, network: u32) -> NamesByLanguage {
    names.iter().map(|(lang, name)| (lang.clone(), format!("{name} {network}"))).collect()
}

/// Adds a network: a copy of each city with its projects and reports, under keys of its own. Returns how many
/// projects were added. Records that exist stay as they are.
pub(crate) fn add_network(
    tx: &mut Tx<'_>,
    history: &HistoryFile,
    network: u32,
) -> Result<usize, ImportError> {
    let cities = reference::list_cities(tx.conn())?;
    let is_made_up =
        |c: &City| c.slug.as_str().rsplit_once("-n").is_some_and(|(_, n)| n.parse::<u32>().is_ok());
    for city in cities.iter().filter(|c| !is_made_up(c)) {
        let copy = City {
            slug: Slug::parse(make_network_slug(city.slug.as_str(), network))
                .map_err(super::StoreError::from)?,
            names: make_network_names(&city.names, network),
            aliases: Vec::new(),
            un_locode: None,
            version: 1,
            ..city.clone()
        };
        if !cities.iter().any(|c| c.slug == copy.slug) {
            ServiceProof::new().save(tx, &copy, Change::without_reason(ACTION))?;
        }
    }
    let mut copy = history.clone();
    for project in &mut copy.projects {
        project.city = make_network_slug(&project.city, network);
        project.key = make_network_slug(&project.key, network);
    }
    Ok(import::import_history(tx, &copy)?.projects)
}

/// Returns `true` if any cycle has a release. Data that is added after that is in none of these releases.
pub(crate) fn has_published_releases(tx: &mut Tx<'_>) -> StoreResult<bool> {
    for cycle in cycles::list(tx.conn())? {
        if super::releases::find_latest(tx.conn(), &cycle.slug)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
