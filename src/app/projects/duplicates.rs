//! Finds the project that a new project repeats.

use crate::{
    domain::{
        duplicate::{DuplicateKey, find_duplicate_project},
        project::ProjectCode,
        value::{Slug, to_count},
    },
    store::{Conn, StoreResult, projects},
};

/// Finds the first project of a city that has the title of a new project. `continues` is the project that the new one
/// continues. Officers of the city may see all of its projects.
pub(in crate::app) fn find_duplicate(
    conn: &mut Conn,
    city: &Slug,
    title: &str,
    continues: Option<&ProjectCode>,
) -> StoreResult<Option<ProjectCode>> {
    let lineage = match continues {
        Some(code) => projects::list_lineage(conn, code)?,
        None => Vec::new(),
    };
    // One more than can be left out, so that the cost does not grow with the number of equal titles.
    let limit = to_count(lineage.len() + 1);
    let key = DuplicateKey::from_title(title);
    let same = projects::list_by_duplicate_key(conn, city, &key, limit)?;
    Ok(find_duplicate_project(same, &lineage))
}
