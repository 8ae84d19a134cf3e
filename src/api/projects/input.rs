//! What is typed of a project: a new one, and a patch of one.

use crate::{
    api::merge::{LocationInput, MoneyInput, PatchMember, typed},
    domain::project::parse::RawProjectDetails,
};

typed! {
    /// A new project. Null is the same as absent.
    #[schema(example = json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": "Smart water supply", "title_local": "Cấp nước thông minh",
        "summary": "Sensors and a control centre for the city's water supply.", "focus_area": "quality-environment",
        "starts_on": "2021-01-01", "ends_on": "2025-12-31", "priority": true, "sdgs": [6, 11]
    }))]
    NewProject {
        /// The city, by its slug. It never changes.
        #[schema(value_type = String, example = "da-nang")]
        pub city: Option<String>,
        /// The plan cycle that it belongs to. It never changes.
        #[schema(value_type = String, example = "2018-2025")]
        pub plan_cycle: Option<String>,
    }
    /// What changes of a project (RFC 7396): an absent member stays, null clears, lists are replaced whole.
    #[schema(example = json!({
        "summary": "Extended to the western districts.", "ends_on": "2026-06-30", "dates_reason": "delayed by floods"
    }))]
    ProjectPatch {
        /// The city; accepted only as it is.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = Option<String>)]
        pub city: PatchMember<String>,
        /// The plan cycle; accepted only as it is.
        #[serde(default, deserialize_with = "crate::api::views::patch::some")]
        #[schema(value_type = Option<String>)]
        pub plan_cycle: PatchMember<String>,
    }
    RawProjectDetails {
        /// Title in English, one line of at most 300 characters.
        set title: String = String,
        /// Title in the local language and script.
        set title_local: String = Option<String>,
        /// What it is about, at most 10,000 characters.
        set summary: String = String,
        /// The one focus area that official tables count it in.
        set focus_area: String = String,
        /// Further focus areas.
        set_or_default other_focus_areas: Vec<String> = Option<Vec<String>>,
        /// A sub-area of its focus area.
        set sub_area: String = Option<String>,
        /// Strategic outcomes of the framework.
        set_or_default outcomes: Vec<String> = Option<Vec<String>>,
        /// Enablers of the framework.
        set_or_default enablers: Vec<String> = Option<Vec<String>>,
        /// Sectors.
        set_or_default sectors: Vec<String> = Option<Vec<String>>,
        /// Tags of the own country's scheme.
        set_or_default tags: Vec<String> = Option<Vec<String>>,
        /// One of the plan's priority projects.
        set_or_default priority: bool = Option<bool>,
        /// First day.
        set starts_on: String = chrono::NaiveDate,
        /// Last day, not before the first.
        set ends_on: String = chrono::NaiveDate,
        /// Why the project starts or ends outside the years of its plan cycle; required if it does.
        set dates_reason: String = Option<String>,
        /// The money planned for it.
        nest budget: MoneyInput = Option<MoneyInput>,
        /// Support the city looks for.
        set support_required: String = Option<String>,
        /// Where it takes place.
        nest location: LocationInput = Option<LocationInput>,
        /// Sustainable Development Goals, 1 to 17.
        set_or_default sdgs: Vec<i64> = Option<Vec<i64>>,
        /// Rights and inclusion: who is reached, who might be left out.
        set inclusion_note: String = Option<String>,
        /// The code of the project that it grew out of.
        set continues: String = Option<String>,
        /// No longer pursued or listed.
        set_or_default archived: bool = Option<bool>,
    }
}
