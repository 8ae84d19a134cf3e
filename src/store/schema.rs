//! The tables of both databases, written by hand once. `tests/store.rs` compares them with the migrations.
#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the macro wants every SQL type in scope")
)]

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    countries (code) {
        code -> Text,
        alpha3 -> Text,
        time_zone -> Text,
        names -> Text,
        asean_member_since -> BigInt,
        ascn_member_since -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    cities (slug) {
        slug -> Text,
        country -> Text,
        names -> Text,
        name_key -> Text,
        search_key -> Text,
        aliases -> Text,
        un_locode -> Nullable<Text>,
        time_zone -> Text,
        latitude -> Double,
        longitude -> Double,
        joined_year -> BigInt,
        pilot -> Bool,
        note -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    documents (kind) {
        kind -> Text,
        document -> Text,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    focus_areas (slug) {
        slug -> Text,
        framework -> Text,
        position -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    sub_areas (slug) {
        slug -> Text,
        focus_area -> Text,
        position -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    terms (kind, slug) {
        kind -> Text,
        slug -> Text,
        position -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    plan_cycles (slug) {
        slug -> Text,
        starts_year -> BigInt,
        ends_year -> BigInt,
        framework -> Text,
        note -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    partners (slug) {
        slug -> Text,
        name -> Text,
        name_key -> Text,
        search_key -> Text,
        kind -> Text,
        country -> Nullable<Text>,
        note -> Nullable<Text>,
        aliases -> Text,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    action_plans (city, plan_cycle) {
        city -> Text,
        plan_cycle -> Text,
        country -> Text,
        vision -> Nullable<Text>,
        strategic_targets -> Text,
        focus_areas_as_stated -> Text,
        area_km2 -> Nullable<Double>,
        population -> Nullable<BigInt>,
        source -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    users (id) {
        id -> DbUuid,
        email -> Text,
        name -> Text,
        name_key -> Text,
        state -> Text,
        password_hash -> Nullable<Text>,
        created_at -> DbTs,
        version -> BigInt,
        search_key -> Text,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    grants (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        role -> Text,
        scope_kind -> Text,
        scope_country -> Nullable<Text>,
        scope_city -> Nullable<Text>,
        from_on -> Nullable<Date>,
        until_on -> Nullable<Date>,
        acting_for -> Nullable<DbUuid>,
        granted_by -> Nullable<DbUuid>,
        granted_at -> DbTs,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    invitations (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        digest -> Binary,
        expires_at -> DbTs,
        spent_at -> Nullable<DbTs>,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    sessions (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        created_at -> DbTs,
        last_used_at -> DbTs,
        expires_at -> DbTs,
        ended_at -> Nullable<DbTs>,
        client -> Nullable<Text>,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    refresh_tokens (id) {
        id -> DbUuid,
        session_id -> DbUuid,
        parent -> Nullable<DbUuid>,
        digest -> Binary,
        issued_at -> DbTs,
        used_at -> Nullable<DbTs>,
        dead -> Bool,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    epochs (name) {
        name -> Text,
        value -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    marks (name) {
        name -> Text,
        value -> Text,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    projects (id) {
        id -> DbUuid,
        city -> Text,
        number -> BigInt,
        country -> Text,
        plan_cycle -> Text,
        title -> Text,
        title_key -> Text,
        search_key -> Text,
        focus_area -> Nullable<Text>,
        sub_area -> Nullable<Text>,
        priority -> Bool,
        archived -> Bool,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        budget_minor -> Nullable<BigInt>,
        budget_currency -> Nullable<Text>,
        continues -> Nullable<Text>,
        details -> Text,
        import_key -> Nullable<Text>,
        created_at -> DbTs,
        updated_at -> DbTs,
        version -> BigInt,
        duplicate_key -> Nullable<Text>,
        has_support -> Bool,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    project_numbers (city) {
        city -> Text,
        last_number -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    approved_projects (id) {
        id -> DbUuid,
        city -> Text,
        number -> BigInt,
        country -> Text,
        plan_cycle -> Text,
        title -> Text,
        title_key -> Text,
        search_key -> Text,
        focus_area -> Nullable<Text>,
        sub_area -> Nullable<Text>,
        priority -> Bool,
        archived -> Bool,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        header -> Text,
        latest_cycle -> Text,
        latest_status -> Text,
        latest_percent -> Nullable<BigInt>,
        created_at -> DbTs,
        updated_at -> DbTs,
        version -> BigInt,
        budget_minor -> Nullable<BigInt>,
        budget_currency -> Nullable<Text>,
        continues -> Nullable<Text>,
        has_support -> Bool,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    project_facets (project_id, face, kind, value) {
        project_id -> DbUuid,
        face -> Text,
        kind -> Text,
        value -> Text,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    milestones (id) {
        id -> DbUuid,
        project_id -> DbUuid,
        code -> Text,
        title -> Text,
        title_key -> Text,
        due_on -> Date,
        weight -> BigInt,
        completed_on -> Nullable<Date>,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    indicators (id) {
        id -> DbUuid,
        project_id -> DbUuid,
        code -> Text,
        name -> Text,
        name_key -> Text,
        kind -> Text,
        unit -> Text,
        better -> Text,
        baseline_value -> Nullable<Double>,
        baseline_on -> Nullable<Date>,
        target_value -> Nullable<Double>,
        target_on -> Nullable<Date>,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    partnerships (id) {
        id -> DbUuid,
        project_id -> DbUuid,
        code -> Text,
        partner -> Nullable<Text>,
        as_stated -> Nullable<Text>,
        role -> Nullable<Text>,
        stage -> Nullable<Text>,
        amount_minor -> Nullable<BigInt>,
        amount_currency -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    cycles (slug) {
        slug -> Text,
        name -> Text,
        plan_cycle -> Text,
        opens_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        review_due_on -> Nullable<Date>,
        as_of -> Date,
        state -> Text,
        imported -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    reports (id) {
        id -> DbUuid,
        project_id -> DbUuid,
        city -> Text,
        number -> BigInt,
        country -> Text,
        cycle -> Text,
        state -> Text,
        status -> Nullable<Text>,
        percent -> Nullable<BigInt>,
        ever_submitted -> Bool,
        content -> Text,
        header -> Nullable<Text>,
        edited_at -> Nullable<DbTs>,
        edited_by -> Nullable<DbUuid>,
        edited_for -> Nullable<DbUuid>,
        submitted_at -> Nullable<DbTs>,
        submitted_by -> Nullable<DbUuid>,
        submitted_for -> Nullable<DbUuid>,
        decided_at -> Nullable<DbTs>,
        decided_by -> Nullable<DbUuid>,
        decided_for -> Nullable<DbUuid>,
        imported -> Nullable<Text>,
        version -> BigInt,
        first_submitted_at -> Nullable<DbTs>,
        first_late -> Nullable<Bool>,
        first_decided -> Bool,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    approved_reports (id) {
        id -> DbUuid,
        project_id -> DbUuid,
        city -> Text,
        number -> BigInt,
        country -> Text,
        cycle -> Text,
        as_of -> Date,
        status -> Text,
        percent -> Nullable<BigInt>,
        focus_area -> Nullable<Text>,
        sub_area -> Nullable<Text>,
        priority -> Bool,
        spent_minor -> Nullable<BigInt>,
        spent_currency -> Nullable<Text>,
        content -> Text,
        header -> Text,
        imported -> Nullable<Text>,
        submitted_at -> Nullable<DbTs>,
        decided_at -> Nullable<DbTs>,
        updated_at -> DbTs,
        version -> BigInt,
        late -> Nullable<Bool>,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    report_facets (report_id, kind, value) {
        report_id -> DbUuid,
        kind -> Text,
        value -> Text,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    comments (id) {
        id -> DbUuid,
        report_id -> DbUuid,
        code -> Text,
        cycle -> Text,
        body -> Text,
        pointer -> Nullable<Text>,
        author -> DbUuid,
        written_at -> DbTs,
        kind -> Text,
        question -> Bool,
        resolved_at -> Nullable<DbTs>,
        resolved_by -> Nullable<DbUuid>,
        version -> BigInt,
        reply_to -> Nullable<DbUuid>,
        from_city -> Nullable<Bool>,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    extensions (cycle, city) {
        cycle -> Text,
        city -> Text,
        country -> Text,
        due_on -> Date,
        reason -> Text,
        withdrawn -> Bool,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    calendars (user_id) {
        user_id -> DbUuid,
        digest -> Binary,
        made_at -> DbTs,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    journal (seq) {
        seq -> BigInt,
        at -> DbTs,
        actor -> Nullable<DbUuid>,
        acting_for -> Nullable<DbUuid>,
        entity -> Text,
        key -> Text,
        version -> BigInt,
        action -> Text,
        reason -> Nullable<Text>,
        record -> Nullable<Text>,
        record_sha256 -> Binary,
        feed -> Nullable<BigInt>,
        previous_hash -> Binary,
        hash -> Binary,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    journal_head (id) {
        id -> BigInt,
        seq -> BigInt,
        feed -> BigInt,
        at -> DbTs,
        hash -> Binary,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    project_faces (face, id) {
        face -> Text,
        id -> DbUuid,
        city -> Text,
        number -> BigInt,
        country -> Text,
        plan_cycle -> Text,
        title_key -> Text,
        search_key -> Text,
        focus_area -> Nullable<Text>,
        sub_area -> Nullable<Text>,
        priority -> Bool,
        archived -> Bool,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        latest_status -> Nullable<Text>,
        updated_at -> DbTs,
        latest_percent -> Nullable<BigInt>,
        budget_minor -> Nullable<BigInt>,
        budget_currency -> Nullable<Text>,
        continues -> Nullable<Text>,
        has_support -> Bool,
    }
}
diesel::table! {
    release_tallies (release) {
        release -> Text,
        reports -> Integer,
    }
}
diesel::table! {
    report_tallies (face, cycle, country, state, ever_submitted) {
        face -> Text,
        cycle -> Text,
        country -> Text,
        state -> Text,
        ever_submitted -> Bool,
        reports -> Integer,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    report_faces (face, id) {
        face -> Text,
        id -> DbUuid,
        city -> Text,
        number -> BigInt,
        country -> Text,
        cycle -> Text,
        state -> Text,
        ever_submitted -> Bool,
        submitted_at -> Nullable<DbTs>,
        first_submitted_at -> Nullable<DbTs>,
        late -> Nullable<Bool>,
        status -> Nullable<Text>,
        decided_at -> Nullable<DbTs>,
        decided_by -> Nullable<DbUuid>,
        project_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    releases (release) {
        release -> Text,
        cycle -> Text,
        number -> BigInt,
        note -> Nullable<Text>,
        published_at -> DbTs,
        published_by -> Nullable<DbUuid>,
        published_for -> Nullable<DbUuid>,
        seq -> BigInt,
        feed -> BigInt,
        journal_hash -> Text,
        sha256 -> Text,
        counts -> Text,
        errata -> Text,
        figures -> Text,
        figures_changed -> Text,
        rules -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    release_grounds (release) {
        release -> Text,
        ground -> Text,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    release_reports (release, city, number) {
        release -> Text,
        city -> Text,
        number -> BigInt,
        report_id -> DbUuid,
        country -> Text,
        focus_area -> Nullable<Text>,
        status -> Text,
        version -> BigInt,
        record -> Text,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    shares (id) {
        id -> DbUuid,
        name -> Text,
        path -> Text,
        format -> Text,
        expires_on -> Date,
        created_by -> DbUuid,
        created_at -> DbTs,
        revoked -> Bool,
        version -> BigInt,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::types::sql::{DbTs, DbUuid};
    share_secrets (share_id) {
        share_id -> DbUuid,
        digest -> Binary,
        uses -> BigInt,
        last_used_on -> Nullable<Date>,
    }
}
diesel::allow_tables_to_appear_in_same_query!(
    shares,
    share_secrets,
    releases,
    release_grounds,
    release_reports,
    countries,
    cities,
    documents,
    focus_areas,
    sub_areas,
    terms,
    plan_cycles,
    partners,
    action_plans,
    users,
    grants,
    invitations,
    sessions,
    refresh_tokens,
    epochs,
    marks,
    projects,
    approved_projects,
    project_facets,
    milestones,
    indicators,
    partnerships,
    cycles,
    reports,
    approved_reports,
    report_facets,
    comments,
    extensions,
    calendars,
    journal,
    journal_head,
    project_faces,
    report_faces,
);
