//! What a project has several of and lists filter by: a side table, rewritten in the same act as the record.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        policy::RecordCopy,
        project::{Project, ProjectDetails},
        project_parts::Partnership,
        reference::TermKind,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{partnerships, project_facets},
        types::StoredUuid,
    },
};

/// Facets of a copy: kind and value, each once.
pub(super) type FacetSet = BTreeSet<(&'static str, String)>;

/// The kind of the facets that partnerships make.
pub const PARTNER: &str = "partner";

/// Returns what the details give.
pub(super) fn from_details(details: &ProjectDetails) -> FacetSet {
    let lists = [
        (TermKind::Outcome, &details.outcomes),
        (TermKind::Enabler, &details.enablers),
        (TermKind::Sector, &details.sectors),
        (TermKind::Tag, &details.tags),
        (TermKind::OtherFocusArea, &details.other_focus_areas),
    ];
    lists
        .into_iter()
        .flat_map(|(kind, list)| list.iter().map(move |v| (kind.as_str(), v.to_string())))
        .collect()
}

/// Returns what partnerships give: the partners that are reference data.
pub(super) fn from_partnerships(parts: &[Partnership]) -> FacetSet {
    parts.iter().filter_map(|p| p.partner.as_ref()).map(|p| (PARTNER, p.to_string())).collect()
}

/// Writes the facets of a copy that has none of these yet.
pub(super) fn insert_facets(
    conn: &mut Conn,
    project: Id<Project>,
    face: RecordCopy,
    facets: FacetSet,
) -> StoreResult<()> {
    let rows: Vec<_> = facets
        .into_iter()
        .map(|(kind, value)| {
            (
                project_facets::project_id.eq(StoredUuid::from(project)),
                project_facets::face.eq(face.as_str()),
                project_facets::kind.eq(kind),
                project_facets::value.eq(value),
            )
        })
        .collect();
    // Four values a row, and no more rows than a project has words: below the parameter limits of both databases.
    if !rows.is_empty() {
        on!(conn, |c, DB| diesel::insert_into(project_facets::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Reads the facets of every project's copy.
pub(super) fn load_all_facets(
    conn: &mut Conn,
    face: RecordCopy,
) -> StoreResult<HashMap<StoredUuid, FacetSet>> {
    let rows: Vec<(StoredUuid, String, String)> = on!(conn, |c, DB| project_facets::table
        .filter(project_facets::face.eq(face.as_str()))
        .select((project_facets::project_id, project_facets::kind, project_facets::value))
        .load(c))?;
    let mut all: HashMap<StoredUuid, FacetSet> = HashMap::new();
    for (id, kind, value) in rows {
        let kind = TermKind::parse(kind).map_or(PARTNER, TermKind::as_str);
        all.entry(id).or_default().insert((kind, value));
    }
    Ok(all)
}

/// Reads the facets that partnerships give to every project's working copy.
pub(super) fn load_partner_facets(conn: &mut Conn) -> StoreResult<HashMap<StoredUuid, FacetSet>> {
    let rows: Vec<(StoredUuid, Option<String>)> = on!(conn, |c, DB| partnerships::table
        .filter(partnerships::partner.is_not_null())
        .select((partnerships::project_id, partnerships::partner))
        .load(c))?;
    let mut all: HashMap<StoredUuid, FacetSet> = HashMap::new();
    for (id, partner) in rows {
        all.entry(id).or_default().extend(partner.map(|p| (PARTNER, p)));
    }
    Ok(all)
}

/// Which facets of a copy are meant.
#[derive(Debug, Clone, Copy)]
pub(super) enum FacetGroup {
    /// Those that the project's own record gives.
    Details,
    /// Those that its partnerships give.
    Partnerships,
    /// All.
    Everything,
}

/// Removes facets of a copy.
pub(super) fn delete_facets(
    conn: &mut Conn,
    project: Id<Project>,
    face: RecordCopy,
    which: FacetGroup,
) -> StoreResult<()> {
    on!(conn, |c, DB| {
        let rows = diesel::delete(project_facets::table)
            .filter(project_facets::project_id.eq(StoredUuid::from(project)))
            .filter(project_facets::face.eq(face.as_str()));
        match which {
            FacetGroup::Details => rows.filter(project_facets::kind.ne(PARTNER)).execute(c),
            FacetGroup::Partnerships => rows.filter(project_facets::kind.eq(PARTNER)).execute(c),
            FacetGroup::Everything => rows.execute(c),
        }
    })?;
    Ok(())
}

/// Writes the partners of a working copy anew, after one of its partnerships changed.
pub(in crate::store) fn rewrite_partner_facets(
    conn: &mut Conn,
    project: Id<Project>,
) -> StoreResult<()> {
    let partners: Vec<Option<String>> = on!(conn, |c, DB| partnerships::table
        .filter(partnerships::project_id.eq(StoredUuid::from(project)))
        .select(partnerships::partner)
        .load(c))?;
    delete_facets(conn, project, RecordCopy::Working, FacetGroup::Partnerships)?;
    let facets = partners.into_iter().flatten().map(|p| (PARTNER, p)).collect();
    insert_facets(conn, project, RecordCopy::Working, facets)
}
