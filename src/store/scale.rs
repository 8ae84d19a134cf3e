//! Growth: the network's own data many times over, to see how the service bears it. Made up, and so only ever in a database that
//! is marked as a demo's.

use super::{
    StoreResult, Tx, cycles,
    import::{self, ImportError},
    reference,
    tx::Change,
};
use crate::domain::{
    history::HistoryFile,
    reference::{City, NamesByLanguage},
    value::Slug,
};

/// The action under which the journal keeps cities that were made up.
const ACTION: &str = "scale";

/// Says which network a made-up city belongs to: `da-nang-n2`.
fn make_network_slug(of: &str, network: u32) -> String {
    format!("{of}-n{network}")
}

fn make_network_names(names: &NamesByLanguage, network: u32) -> NamesByLanguage {
    names.iter().map(|(lang, name)| (lang.clone(), format!("{name} {network}"))).collect()
}

/// Adds another network: each city with its projects and reports once more, under keys of its own. Returns how many projects
/// that were; one that is there already stays as it is.
///
/// # Errors
/// A history that does not fit the reference data, or failures of the database.
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
            tx.save(&copy, Change::without_reason(ACTION))?;
        }
    }
    let mut copy = history.clone();
    for project in &mut copy.projects {
        project.city = make_network_slug(&project.city, network);
        project.key = make_network_slug(&project.key, network);
    }
    Ok(import::import_history(tx, &copy)?.projects)
}

/// Says whether cycles of the published history were published here already: what is added then is in none of their
/// releases.
///
/// # Errors
/// Failures of the database.
pub(crate) fn has_published_releases(tx: &mut Tx<'_>) -> StoreResult<bool> {
    for cycle in cycles::list(tx.conn())? {
        if super::releases::find_latest(tx.conn(), &cycle.slug)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
