//! The partners that a row names by their name instead of their key. The fault names the key.

use super::context::ComparedSheets;
use crate::{
    app::AppResult,
    domain::reference::Partner,
    sheets::{
        WorkbookSheet, grid::find_nearest_name, message::import, row_comparison::ComparedRow,
    },
    store::{Conn, reference},
};

/// The pointer of the partner in a partnership.
const POINTER: &str = "/partner";
/// The number of rows that get a suggestion. Each of them is compared with every name of every partner.
const SUGGESTIONS_MAX: usize = 100;

/// Adds the key of the nearest partner to the faults of unknown partners.
pub(super) fn name_nearest_partners(conn: &mut Conn, sheets: &mut ComparedSheets) -> AppResult<()> {
    let Some(compared) = sheets.get_mut(&WorkbookSheet::Partnerships) else { return Ok(()) };
    if !compared.rows.iter().any(has_unknown_partner) {
        return Ok(());
    }
    let partners = reference::list_partners(conn)?;
    let unknown = compared.rows.iter_mut().filter(|row| has_unknown_partner(row));
    for row in unknown.take(SUGGESTIONS_MAX) {
        name_nearest_partner(row, &partners);
    }
    Ok(())
}

fn has_unknown_partner(row: &ComparedRow) -> bool {
    row.faults.iter().any(|fault| is_unknown_partner(&fault.pointer, &fault.fault.code))
}

/// A name is refused as `slug`, because keys have no spaces and no capital letters.
fn is_unknown_partner(pointer: &str, code: &str) -> bool {
    pointer == POINTER && matches!(code, "unknown" | "slug")
}

fn name_nearest_partner(row: &mut ComparedRow, partners: &[Partner]) {
    let column = WorkbookSheet::Partnerships.find_column_index("partner");
    let stated = column.and_then(|i| row.values.get(i)?.as_ref()?.as_str());
    let Some(stated) = stated.map(|name| name.chars().take(100).collect::<String>()) else {
        return;
    };
    let Some(nearest) = find_nearest_partner(&stated, partners) else { return };
    for fault in &mut row.faults {
        if is_unknown_partner(&fault.pointer, &fault.fault.code) {
            fault.fault.message = import::no_such_partner(&stated, nearest.slug.as_str());
        }
    }
}

/// Finds the partner whose key, name or other name is most similar, whatever the case of the letters.
fn find_nearest_partner<'p>(stated: &str, partners: &'p [Partner]) -> Option<&'p Partner> {
    let names = |partner: &'p Partner| {
        let other = partner.aliases.iter().map(String::as_str);
        let names = [partner.slug.as_str(), partner.name.as_str()].into_iter().chain(other);
        names.map(move |name| (name.to_lowercase(), partner))
    };
    let names: Vec<(String, &Partner)> = partners.iter().flat_map(names).collect();
    let nearest =
        find_nearest_name(&stated.to_lowercase(), names.iter().map(|(name, _)| name.as_str()))?;
    names.iter().find(|(name, _)| name == nearest).map(|(_, partner)| *partner)
}
