//! Facets: the values of which a project has several and by which lists filter. A side table holds them. It is
//! rewritten in the same transaction as the record.

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

/// The facets of a copy: kind and value, each pair once.
pub(super) type FacetSet = BTreeSet<(&'static str, String)>;

/// The kind of the facets that come from partnerships.
pub const PARTNER: &str = "partner";

/// Returns the facets that come from the details.
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

/// Returns the facets that come from partnerships: the partners that are in the reference data.
pub(super) fn from_partnerships(parts: &[Partnership]) -> FacetSet {
    parts.iter().filter_map(|p| p.partner.as_ref()).map(|p| (PARTNER, p.to_string())).collect()
}

/// Inserts facets of a copy, which must not exist yet.
pub(super) fn insert_facets(
    conn: &mut Conn,
    project: Id<Project>,
    copy: RecordCopy,
    facets: FacetSet,
) -> StoreResult<()> {
    let rows: Vec<_> = facets
        .into_iter()
        .map(|(kind, value)| {
            (
                project_facets::project_id.eq(StoredUuid::from(project)),
                project_facets::face.eq(copy.as_str()),
                project_facets::kind.eq(kind),
                project_facets::value.eq(value),
            )
        })
        .collect();
    // Four values per row, and no more rows than a project has facets. This is below the parameter limits of both
    // databases.
    if !rows.is_empty() {
        on!(conn, |c, DB| diesel::insert_into(project_facets::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Loads the facets of one copy of every project.
pub(super) fn load_all_facets(
    conn: &mut Conn,
    copy: RecordCopy,
) -> StoreResult<HashMap<StoredUuid, FacetSet>> {
    let rows: Vec<(StoredUuid, String, String)> = on!(conn, |c, DB| project_facets::table
        .filter(project_facets::face.eq(copy.as_str()))
        .select((project_facets::project_id, project_facets::kind, project_facets::value))
        .load(c))?;
    let mut all: HashMap<StoredUuid, FacetSet> = HashMap::new();
    for (id, kind, value) in rows {
        let kind = TermKind::parse(kind).map_or(PARTNER, TermKind::as_str);
        all.entry(id).or_default().insert((kind, value));
    }
    Ok(all)
}

/// Computes the facets of every working copy that come from partnerships.
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

/// A group of the facets of a copy.
#[derive(Debug, Clone, Copy)]
pub(super) enum FacetGroup {
    /// Facets from the details of the project.
    Details,
    /// Facets from the partnerships.
    Partnerships,
    Everything,
}

pub(super) fn delete_facets(
    conn: &mut Conn,
    project: Id<Project>,
    copy: RecordCopy,
    which: FacetGroup,
) -> StoreResult<()> {
    on!(conn, |c, DB| {
        let rows = diesel::delete(project_facets::table)
            .filter(project_facets::project_id.eq(StoredUuid::from(project)))
            .filter(project_facets::face.eq(copy.as_str()));
        match which {
            FacetGroup::Details => rows.filter(project_facets::kind.ne(PARTNER)).execute(c),
            FacetGroup::Partnerships => rows.filter(project_facets::kind.eq(PARTNER)).execute(c),
            FacetGroup::Everything => rows.execute(c),
        }
    })?;
    Ok(())
}

/// Rewrites the partner facets of a working copy, after one of its partnerships changed.
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
