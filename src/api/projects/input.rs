//! Request bodies of projects: a new project, and a patch.

use crate::{
    api::merge::{
        LocationInput, MergeMembers as _, MoneyInput, PatchMember, define_request_shapes,
    },
    app::projects::{ProjectChanges, RawProject},
    domain::project::parse::RawProjectDetails,
};

define_request_shapes! {
    /// A new project. A null member is the same as an absent one.
    #[schema(example = json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": "Smart water supply", "title_local": "Cấp nước thông minh",
        "summary": "Sensors and a control centre for the city's water supply.", "focus_area": "quality-environment",
        "starts_on": "2021-01-01", "ends_on": "2025-12-31", "priority": true, "sdgs": [6, 11]
    }))]
    NewProject {
        /// Slug of the city. It never changes.
        #[schema(value_type = String, example = "da-nang")]
        pub city: Option<String>,
        /// Slug of the plan cycle. It never changes.
        #[schema(value_type = String, example = "2018-2025")]
        pub plan_cycle: Option<String>,
    }
    /// A patch of a project (RFC 7396): an absent member stays, null clears it, a list is replaced as a whole.
    #[schema(example = json!({
        "summary": "Extended to the western districts.", "ends_on": "2026-06-30", "dates_reason": "delayed by floods"
    }))]
    ProjectPatch {
        /// Slug of the city. It never changes: only the present value is accepted.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = String)]
        pub city: PatchMember<String>,
        /// Slug of the plan cycle. It never changes: only the present value is accepted.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = String)]
        pub plan_cycle: PatchMember<String>,
    }
    RawProjectDetails {
        /// Title in English, one line of at most 300 characters.
        #[schema(max_length = 300)]
        set title: String = String,
        /// Title in the local language and script, one line of at most 300 characters.
        #[schema(max_length = 300)]
        set title_local: String = Option<String>,
        /// Summary of the project, at most 10,000 characters.
        #[schema(max_length = 10_000)]
        set summary: String = String; nullable,
        /// Slug of the one focus area under which official tables count the project.
        set focus_area: String = String; nullable,
        /// Slugs of further focus areas, at most 100.
        #[schema(max_items = 100)]
        set_or_default other_focus_areas: Vec<String> = Option<Vec<String>>,
        /// Slug of a sub-area of `focus_area`.
        set sub_area: String = Option<String>,
        /// Slugs of strategic outcomes of the framework, at most 100.
        #[schema(max_items = 100)]
        set_or_default outcomes: Vec<String> = Option<Vec<String>>,
        /// Slugs of enablers of the framework, at most 100.
        #[schema(max_items = 100)]
        set_or_default enablers: Vec<String> = Option<Vec<String>>,
        /// Slugs of sectors, at most 100.
        #[schema(max_items = 100)]
        set_or_default sectors: Vec<String> = Option<Vec<String>>,
        /// Slugs of tags of the country's own scheme, at most 100.
        #[schema(max_items = 100)]
        set_or_default tags: Vec<String> = Option<Vec<String>>,
        /// `true` if the project is one of the plan's priority projects. `false` when absent.
        set_or_default priority: bool = Option<bool>,
        /// First day of the project.
        set starts_on: String = chrono::NaiveDate; nullable,
        /// Last day of the project, not before `starts_on`.
        set ends_on: String = chrono::NaiveDate; nullable,
        /// Reason for a first or last day outside the years of the plan cycle; required in that case. At most 10,000
        /// characters.
        #[schema(max_length = 10_000)]
        set dates_reason: String = Option<String>,
        /// Money that is planned for the project.
        nest budget: MoneyInput = Option<MoneyInput>,
        /// Support that the city looks for, at most 10,000 characters.
        #[schema(max_length = 10_000)]
        set support_required: String = Option<String>,
        /// Location of the project.
        nest location: LocationInput = Option<LocationInput>,
        /// Numbers of Sustainable Development Goals, 1 to 17.
        #[schema(max_items = 100)]
        set_or_default sdgs: Vec<i64> = Option<Vec<i64>>,
        /// Note on rights and inclusion: who is reached, and who might be left out. At most 10,000 characters.
        #[schema(max_length = 10_000)]
        set inclusion_note: String = Option<String>,
        /// Code of the project that this project continues.
        set continues: String = Option<String>,
        /// `true` if the project is no longer pursued or listed. `false` when absent.
        set_or_default archived: bool = Option<bool>,
    }
}

impl From<NewProject> for RawProject {
    fn from(mut new: NewProject) -> Self {
        let mut raw =
            Self { city: new.city.take(), plan_cycle: new.plan_cycle.take(), ..Self::default() };
        new.merge(&mut raw.details);
        raw
    }
}

impl From<ProjectPatch> for ProjectChanges<ProjectPatch> {
    fn from(mut patch: ProjectPatch) -> Self {
        Self { city: patch.city.take(), plan_cycle: patch.plan_cycle.take(), details: patch }
    }
}
