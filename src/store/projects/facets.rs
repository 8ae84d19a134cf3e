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
        value::fold_marks,
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

/// Facets with the slug of a partner.
pub const PARTNER: &str = "partner";
/// Facets with the folded name of a partner that is not in the reference data.
pub(super) const PARTNER_NAME: &str = "partner_name";
/// Facets with the partner, the role and the stage of one partnership, separated by slashes.
pub(super) const PARTNERSHIP: &str = "partnership";
/// Facets with the number of a Sustainable Development Goal.
pub const SDG: &str = "sdg";
/// The pattern of the kinds that come from partnerships.
const PARTNERSHIP_KINDS: &str = "partner%";

/// Returns the kind with a name in the database. Names that no kind has are read as partners.
fn find_kind(name: &str) -> &'static str {
    let further = [PARTNER_NAME, PARTNERSHIP, SDG].into_iter().find(|kind| *kind == name);
    further.or_else(|| TermKind::parse(name).ok().map(TermKind::as_str)).unwrap_or(PARTNER)
}

/// Returns the facets that come from the details.
pub(super) fn from_details(details: &ProjectDetails) -> FacetSet {
    let lists = [
        (TermKind::Outcome, &details.outcomes),
        (TermKind::Enabler, &details.enablers),
        (TermKind::Sector, &details.sectors),
        (TermKind::Tag, &details.tags),
        (TermKind::OtherFocusArea, &details.other_focus_areas),
    ];
    let terms = lists
        .into_iter()
        .flat_map(|(kind, list)| list.iter().map(move |v| (kind.as_str(), v.to_string())));
    terms.chain(details.sdgs.iter().map(|goal| (SDG, goal.to_string()))).collect()
}

/// The columns of a partnership that its facets come from.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = partnerships)]
struct PartnershipColumns {
    project_id: StoredUuid,
    partner: Option<String>,
    as_stated: Option<String>,
    role: Option<String>,
    stage: Option<String>,
}

impl PartnershipColumns {
    fn into_facets(self) -> impl Iterator<Item = (&'static str, String)> {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        let whole = format!("{}/{}/{}", part(&self.partner), part(&self.role), part(&self.stage));
        let name = self.as_stated.as_deref().map(|name| (PARTNER_NAME, fold_marks(name)));
        let partner = self.partner.map(|slug| (PARTNER, slug));
        [Some((PARTNERSHIP, whole)), name, partner].into_iter().flatten()
    }
}

/// Returns the facets that come from partnerships.
pub(super) fn from_partnerships(parts: &[Partnership]) -> FacetSet {
    let columns = |p: &Partnership| PartnershipColumns {
        project_id: p.project.into(),
        partner: p.partner.as_ref().map(ToString::to_string),
        as_stated: p.as_stated.as_ref().map(ToString::to_string),
        role: p.role.as_ref().map(ToString::to_string),
        stage: p.stage.as_ref().map(ToString::to_string),
    };
    parts.iter().map(columns).flat_map(PartnershipColumns::into_facets).collect()
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
        all.entry(id).or_default().insert((find_kind(&kind), value));
    }
    Ok(all)
}

/// Computes the facets of every working copy that come from partnerships.
pub(super) fn load_partner_facets(conn: &mut Conn) -> StoreResult<HashMap<StoredUuid, FacetSet>> {
    let rows: Vec<PartnershipColumns> =
        on!(conn, |c, DB| partnerships::table.select(PartnershipColumns::as_select()).load(c))?;
    let mut all: HashMap<StoredUuid, FacetSet> = HashMap::new();
    for row in rows {
        all.entry(row.project_id).or_default().extend(row.into_facets());
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
            FacetGroup::Details => {
                rows.filter(project_facets::kind.not_like(PARTNERSHIP_KINDS)).execute(c)
            }
            FacetGroup::Partnerships => {
                rows.filter(project_facets::kind.like(PARTNERSHIP_KINDS)).execute(c)
            }
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
    let rows: Vec<PartnershipColumns> = on!(conn, |c, DB| partnerships::table
        .filter(partnerships::project_id.eq(StoredUuid::from(project)))
        .select(PartnershipColumns::as_select())
        .load(c))?;
    delete_facets(conn, project, RecordCopy::Working, FacetGroup::Partnerships)?;
    let facets = rows.into_iter().flat_map(PartnershipColumns::into_facets).collect();
    insert_facets(conn, project, RecordCopy::Working, facets)
}
