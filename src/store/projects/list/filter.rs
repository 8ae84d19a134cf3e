//! The filter of the list of projects.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    domain::{
        policy::RecordCopy,
        project_parts::{PartnerRole, PartnerStage},
        value::Percent,
    },
    store::{
        condition::{Condition, ConditionList, RowLink, SideRows},
        projects::facets::{PARTNER, PARTNER_NAME, PARTNERSHIP},
        schema::{approved_projects, partners, project_faces, project_facets, projects},
        search,
        types::StoredTimestamp,
    },
};

/// The filter of the list. Several values of a field mean any of them. An empty field does not restrict.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    /// Slugs of cities.
    pub cities: Vec<String>,
    /// Codes of countries.
    pub countries: Vec<String>,
    /// Slugs of focus areas.
    pub focus_areas: Vec<String>,
    /// Slugs of sub-areas.
    pub sub_areas: Vec<String>,
    /// Statuses in the latest approved report.
    pub statuses: Vec<String>,
    /// Slugs of plan cycles.
    pub plan_cycles: Vec<String>,
    /// `true` for priority projects, `false` for the others.
    pub priority: Option<bool>,
    /// `true` for archived projects, `false` for the others.
    pub archived: Option<bool>,
    /// Facets that a project must have: the kind, and the accepted values.
    pub facets: Vec<(&'static str, Vec<String>)>,
    /// A partnership that a project must have.
    pub partnership: PartnershipFilter,
    /// Codes of projects that a project may continue.
    pub continues: Vec<String>,
    /// `true` for projects whose city looks for support, `false` for the others.
    pub support: Option<bool>,
    /// The smallest and the largest percentage in the latest approved report.
    pub percent: (Option<Percent>, Option<Percent>),
    /// The smallest and the largest budget, in minor units of `budget_currency`.
    pub budget: (Option<i64>, Option<i64>),
    /// The currency of the budget.
    pub budget_currency: Option<String>,
    /// Changed at this instant or later.
    pub updated_since: Option<DateTime<Utc>>,
    /// The first and the last day on which a project may start.
    pub starts: (Option<NaiveDate>, Option<NaiveDate>),
    /// The first and the last day on which a project may end.
    pub ends: (Option<NaiveDate>, Option<NaiveDate>),
    /// Words that must all occur in the code, the titles, the summary, the support required or the names of partners.
    pub q: Option<String>,
}

/// A filter for partnerships. One partnership must match all fields. An empty field does not restrict.
#[derive(Debug, Clone, Default)]
pub struct PartnershipFilter {
    /// Slugs of partners.
    pub partners: Vec<String>,
    /// Roles of partners.
    pub roles: Vec<PartnerRole>,
    /// Stages of partnerships.
    pub stages: Vec<PartnerStage>,
}

impl PartnershipFilter {
    /// Returns the kind and the condition of the facet that a project must have.
    fn to_facet(&self) -> Option<(&'static str, Condition)> {
        if self.roles.is_empty() && self.stages.is_empty() {
            let mut partners = ConditionList::default();
            partners.add_list(project_facets::value, &self.partners);
            return Some((PARTNER, partners.into_optional()?));
        }
        // The value of the facet is `partner/role/stage`.
        let mut all = ConditionList::default();
        for patterns in [
            self.partners.iter().map(|slug| format!("{slug}/%")).collect::<Vec<_>>(),
            self.roles.iter().map(|role| format!("%/{role}/%")).collect(),
            self.stages.iter().map(|stage| format!("%/{stage}")).collect(),
        ] {
            if !patterns.is_empty() {
                // In a pattern `_` stands for any character.
                let like = |pattern: String| {
                    Condition::like(project_facets::value, pattern.replace('_', "\\_"))
                };
                all.add([Condition::any(patterns.into_iter().map(like))]);
            }
        }
        Some((PARTNERSHIP, all.into_condition()))
    }
}

/// A table or view with copies of projects. All of them have the columns of `project_faces` by which lists filter,
/// except that the table of the working copies has no columns of the latest report.
#[derive(Debug, Clone, Copy)]
pub(super) struct CopyTable {
    name: &'static str,
    /// The copy that the table holds; `None` if it holds both.
    copy: Option<RecordCopy>,
}

impl CopyTable {
    pub(super) const BOTH: Self = Self { name: "project_faces", copy: None };
    pub(super) const WORKING: Self = Self { name: "projects", copy: Some(RecordCopy::Working) };
    pub(super) const APPROVED: Self =
        Self { name: "approved_projects", copy: Some(RecordCopy::Approved) };

    /// Requires a facet that meets a condition.
    fn has_facet(self, kind: &str, condition: Condition) -> Condition {
        let mut conditions = vec![Condition::equals(project_facets::kind, kind), condition];
        let mut columns = vec![("project_id", "id")];
        match self.copy {
            Some(copy) => conditions.push(Condition::equals(project_facets::face, copy.as_str())),
            None => columns.push(("face", "face")),
        }
        let facets = Condition::all(conditions);
        Condition::exists(
            SideRows::new("project_facets", project_facets::project_id, facets),
            RowLink { table: self.name, columns },
        )
    }

    /// Requires that the latest approved report meets a condition.
    fn has_latest_report(self, condition: Condition) -> Condition {
        match self.copy {
            Some(RecordCopy::Working) => Condition::in_rows(
                projects::id,
                SideRows::new("approved_projects", approved_projects::id, condition),
            ),
            Some(RecordCopy::Approved) | None => condition,
        }
    }
}

impl ProjectFilter {
    /// Requires of each word of the search that it occurs in the texts of the project or in the name of a partner.
    fn list_word_conditions(&self, table: CopyTable) -> impl Iterator<Item = Condition> {
        search::to_like_patterns(self.q.as_deref()).map(move |pattern| {
            let known = Condition::like(partners::search_key, pattern.clone());
            let known = SideRows::new("partners", partners::slug, known);
            let stated = Condition::like(project_facets::value, pattern.clone());
            Condition::any([
                Condition::like(project_faces::search_key, pattern),
                table.has_facet(PARTNER, Condition::in_rows(project_facets::value, known)),
                table.has_facet(PARTNER_NAME, stated),
            ])
        })
    }

    /// Builds the condition of this filter for a table.
    pub(super) fn to_condition(&self, table: CopyTable) -> Condition {
        let mut all = ConditionList::default();
        all.add_list(project_faces::city, &self.cities);
        all.add_list(project_faces::country, &self.countries);
        all.add_list(project_faces::focus_area, &self.focus_areas);
        all.add_list(project_faces::sub_area, &self.sub_areas);
        all.add_list(project_faces::plan_cycle, &self.plan_cycles);
        all.add(self.priority.map(|p| Condition::equals(project_faces::priority, p)));
        all.add(self.archived.map(|a| Condition::equals(project_faces::archived, a)));
        let since = self.updated_since.map(StoredTimestamp);
        all.add_range(project_faces::updated_at, since, None);
        all.add_range(project_faces::starts_on, self.starts.0, self.starts.1);
        all.add_range(project_faces::ends_on, self.ends.0, self.ends.1);
        all.add(self.list_word_conditions(table));
        for (kind, values) in self.facets.iter().filter(|(_, values)| !values.is_empty()) {
            let values = Condition::one_of(project_facets::value, values.iter().cloned());
            all.add([table.has_facet(kind, values)]);
        }
        all.add(
            self.partnership.to_facet().map(|(kind, condition)| table.has_facet(kind, condition)),
        );
        all.add_list(project_faces::continues, &self.continues);
        all.add(self.support.map(|asked| Condition::equals(project_faces::has_support, asked)));
        all.add_range(project_faces::budget_minor, self.budget.0, self.budget.1);
        all.add_list(project_faces::budget_currency, self.budget_currency.as_slice());
        let mut latest = ConditionList::default();
        let (least, most) = self.percent;
        let (least, most) = (least.map(Percent::hundredths), most.map(Percent::hundredths));
        latest.add_range(project_faces::latest_percent, least, most);
        latest.add_list(project_faces::latest_status, &self.statuses);
        all.add(latest.into_optional().map(|latest| table.has_latest_report(latest)));
        all.into_condition()
    }
}
