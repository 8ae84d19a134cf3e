-- The record: reference data, plans, projects, reports, people, and the journal over all of it.
-- TEXT that is JSON is stored and returned, never queried; what lists and figures filter by has a column of its own.

-- Reference data ----------------------------------------------------------------------------------------------------
create table countries (
    code text primary key check (length(code) = 2),
    alpha3 text not null unique check (length(alpha3) = 3),
    time_zone text not null,
    names text not null,
    asean_member_since integer not null,
    ascn_member_since integer not null,
    version integer not null check (version >= 1)
) strict;
create table cities (
    slug text primary key,
    country text not null references countries (code),
    names text not null,
    name_key text not null,
    search_key text not null,
    aliases text not null,
    un_locode text unique,
    time_zone text not null,
    latitude real not null check (latitude between -90 and 90),
    longitude real not null check (longitude between -180 and 180),
    joined_year integer not null check (joined_year between 1900 and 2200),
    pilot integer not null check (pilot in (0, 1)),
    note text,
    version integer not null check (version >= 1)
) strict;
create index cities_country on cities (country, slug);
create index cities_name on cities (name_key, slug);
create index cities_joined on cities (joined_year, slug);
create index cities_pilot on cities (pilot, slug);
create table documents (
    kind text primary key,
    document text not null,
    version integer not null check (version >= 1)
) strict;
-- The words of the documents that other rows refer to; rebuilt with the documents.
create table focus_areas (
    slug text primary key,
    framework text not null,
    position integer not null
) strict;
create table sub_areas (
    slug text primary key,
    focus_area text not null references focus_areas (slug),
    position integer not null
) strict;
create table terms (
    kind text not null check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area')),
    slug text not null,
    position integer not null,
    primary key (kind, slug)
) strict;
create table plan_cycles (
    slug text primary key,
    starts_year integer not null,
    ends_year integer not null,
    framework text not null,
    note text,
    version integer not null check (version >= 1),
    check (ends_year >= starts_year)
) strict;
create table partners (
    slug text primary key,
    name text not null,
    name_key text not null,
    search_key text not null,
    kind text not null,
    country text,
    note text,
    aliases text not null,
    version integer not null check (version >= 1)
) strict;
create index partners_name on partners (name_key, slug);
create index partners_kind on partners (kind, slug);
create index partners_country on partners (country, slug);
create table action_plans (
    city text not null references cities (slug),
    plan_cycle text not null references plan_cycles (slug),
    country text not null references countries (code),
    vision text,
    strategic_targets text not null,
    focus_areas_as_stated text not null,
    area_km2 real,
    population integer,
    source text,
    version integer not null check (version >= 1),
    primary key (city, plan_cycle)
) strict;

-- People ------------------------------------------------------------------------------------------------------------
create table users (
    id blob primary key not null,
    email text not null unique,
    name text not null,
    name_key text not null,
    state text not null check (state in ('invited', 'active', 'disabled')),
    password_hash text,
    created_at integer not null,
    version integer not null check (version >= 1)
) strict;
create index users_name on users (name_key, id);
create table grants (
    id blob primary key not null,
    user_id blob not null references users (id),
    role text not null check (role in ('city_officer', 'national_representative', 'secretariat', 'administrator', 'reader')),
    scope_kind text not null check (scope_kind in ('network', 'country', 'city')),
    scope_country text references countries (code),
    scope_city text references cities (slug),
    from_on text,
    until_on text,
    acting_for blob references users (id),
    granted_by blob references users (id),
    granted_at integer not null,
    version integer not null check (version >= 1),
    check (until_on >= from_on),
    check ((scope_kind = 'network') = (scope_country is null)),
    check ((scope_kind = 'city') = (scope_city is not null))
) strict;
create index grants_user on grants (user_id, id);
create index grants_scope on grants (role, scope_country, scope_city);
create table invitations (
    id blob primary key not null,
    user_id blob not null references users (id),
    digest blob not null unique,
    expires_at integer not null,
    spent_at integer
) strict;
create index invitations_user on invitations (user_id);
create table sessions (
    id blob primary key not null,
    user_id blob not null references users (id),
    created_at integer not null,
    last_used_at integer not null,
    expires_at integer not null,
    ended_at integer,
    client text
) strict;
create index sessions_user on sessions (user_id, created_at);
create index sessions_ended on sessions (ended_at);
create table refresh_tokens (
    id blob primary key not null,
    session_id blob not null references sessions (id),
    parent blob references refresh_tokens (id),
    digest blob not null unique,
    issued_at integer not null,
    used_at integer,
    dead integer not null
) strict;
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_parent on refresh_tokens (parent);
-- Counts the changes that every instance must learn of and the journal does not hold: sessions that ended.
create table epochs (
    name text primary key,
    value integer not null
) strict;
insert into epochs (name, value) values ('sessions', 0);
-- What a database was made for: `demo`.
create table marks (
    name text primary key,
    value text not null
) strict;

-- Projects ----------------------------------------------------------------------------------------------------------
create table projects (
    id blob primary key not null,
    city text not null references cities (slug),
    number integer not null check (number >= 1),
    country text not null references countries (code),
    plan_cycle text not null references plan_cycles (slug),
    title text not null,
    title_key text not null,
    search_key text not null,
    focus_area text references focus_areas (slug),
    sub_area text references sub_areas (slug),
    priority integer not null,
    archived integer not null,
    starts_on text,
    ends_on text,
    budget_minor integer check (budget_minor between 0 and 9007199254740991),
    budget_currency text check (length(budget_currency) = 3),
    continues text,
    details text not null,
    import_key text unique,
    created_at integer not null,
    updated_at integer not null,
    version integer not null check (version >= 1),
    unique (city, number),
    check (ends_on >= starts_on),
    check ((budget_minor is null) = (budget_currency is null)),
    -- Only imported projects may lack them.
    check (import_key is not null or (focus_area is not null and starts_on is not null and ends_on is not null))
) strict;
create index projects_title on projects (title_key, city, number);
create index projects_updated on projects (updated_at, city, number);
create index projects_country on projects (country, city, number);
create index projects_focus on projects (focus_area, city, number);
create index projects_sub on projects (sub_area, city, number);
create index projects_plan on projects (plan_cycle, city, number);
create index projects_continues on projects (continues);
create table approved_projects (
    id blob primary key not null references projects (id),
    city text not null references cities (slug),
    number integer not null check (number >= 1),
    country text not null references countries (code),
    plan_cycle text not null references plan_cycles (slug),
    title text not null,
    title_key text not null,
    search_key text not null,
    focus_area text references focus_areas (slug),
    sub_area text references sub_areas (slug),
    priority integer not null,
    archived integer not null,
    starts_on text,
    ends_on text,
    header text not null,
    latest_cycle text not null,
    latest_status text not null check (latest_status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    latest_percent integer check (latest_percent between 0 and 10000),
    created_at integer not null,
    updated_at integer not null,
    version integer not null check (version >= 1),
    unique (city, number)
) strict;
create index approved_projects_title on approved_projects (title_key, city, number);
create index approved_projects_updated on approved_projects (updated_at, city, number);
create index approved_projects_country on approved_projects (country, city, number);
create index approved_projects_focus on approved_projects (focus_area, city, number);
create index approved_projects_sub on approved_projects (sub_area, city, number);
create index approved_projects_plan on approved_projects (plan_cycle, city, number);
create index approved_projects_status on approved_projects (latest_status, city, number);
-- What a project has several of and lists filter by, for each of its two copies.
create table project_facets (
    project_id blob not null references projects (id),
    face text not null check (face in ('working', 'approved')),
    kind text not null check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area', 'partner')),
    value text not null,
    primary key (project_id, face, kind, value)
) strict;
create index project_facets_value on project_facets (kind, value, face, project_id);
-- One list over both copies: the filter of rights picks one of them for each project.
create view project_faces as
    select 'working' as face, p.id, p.city, p.number, p.country, p.plan_cycle, p.title_key, p.search_key, p.focus_area, p.sub_area,
           p.priority, p.archived, p.starts_on, p.ends_on, a.latest_status, p.updated_at
    from projects p left join approved_projects a on a.id = p.id
    union all
    select 'approved' as face, a.id, a.city, a.number, a.country, a.plan_cycle, a.title_key, a.search_key, a.focus_area, a.sub_area,
           a.priority, a.archived, a.starts_on, a.ends_on, a.latest_status, a.updated_at
    from approved_projects a;
create table milestones (
    id blob primary key not null,
    project_id blob not null references projects (id),
    code text not null,
    title text not null,
    title_key text not null,
    due_on text not null,
    weight integer not null check (weight between 1 and 1000),
    completed_on text,
    version integer not null check (version >= 1),
    unique (project_id, title_key, due_on)
) strict;
create index milestones_project on milestones (project_id, due_on, id);
create table indicators (
    id blob primary key not null,
    project_id blob not null references projects (id),
    code text not null,
    name text not null,
    name_key text not null,
    kind text not null check (kind in ('output', 'outcome')),
    unit text not null,
    better text not null check (better in ('up', 'down')),
    baseline_value real,
    baseline_on text,
    target_value real,
    target_on text,
    version integer not null check (version >= 1),
    unique (project_id, name_key),
    check ((baseline_value is null) = (baseline_on is null)),
    check ((target_value is null) = (target_on is null))
) strict;
create index indicators_project on indicators (project_id, id);
create table partnerships (
    id blob primary key not null,
    project_id blob not null references projects (id),
    code text not null,
    partner text references partners (slug),
    as_stated text,
    role text check (role in ('funder', 'lender', 'technical', 'implementer', 'solution_provider', 'academic')),
    stage text check (stage in ('idea', 'mou', 'study', 'pilot', 'agreement', 'delivery')),
    amount_minor integer check (amount_minor between 0 and 9007199254740991),
    amount_currency text check (length(amount_currency) = 3),
    note text,
    version integer not null check (version >= 1),
    check (partner is not null or as_stated is not null),
    check ((amount_minor is null) = (amount_currency is null))
) strict;
create index partnerships_project on partnerships (project_id, id);
create index partnerships_partner on partnerships (partner, project_id);

-- Cycles and reports ------------------------------------------------------------------------------------------------
create table cycles (
    slug text primary key,
    name text not null,
    plan_cycle text not null references plan_cycles (slug),
    opens_on text,
    due_on text,
    review_due_on text,
    as_of text not null,
    state text not null check (state in ('scheduled', 'open', 'closed')),
    imported text,
    version integer not null check (version >= 1),
    check (due_on >= opens_on),
    check (review_due_on >= due_on)
) strict;
create index cycles_as_of on cycles (as_of, slug);
create table reports (
    id blob primary key not null,
    project_id blob not null references projects (id),
    city text not null references cities (slug),
    number integer not null,
    country text not null references countries (code),
    cycle text not null references cycles (slug),
    state text not null check (state in ('draft', 'submitted', 'returned', 'approved')),
    status text check (status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    percent integer check (percent between 0 and 10000),
    ever_submitted integer not null,
    content text not null,
    header text,
    edited_at integer,
    edited_by blob references users (id),
    edited_for blob references users (id),
    submitted_at integer,
    submitted_by blob references users (id),
    submitted_for blob references users (id),
    decided_at integer,
    decided_by blob references users (id),
    decided_for blob references users (id),
    imported text,
    version integer not null check (version >= 1),
    unique (project_id, cycle),
    check (imported is not null or state = 'draft' or header is not null)
) strict;
create index reports_list on reports (cycle, city, number);
create index reports_city on reports (city, number, cycle);
create index reports_state on reports (state, cycle, city, number);
create index reports_country on reports (country, cycle, city, number);
create index reports_submitted on reports (submitted_at, city, number, cycle);
create table approved_reports (
    id blob primary key not null references reports (id),
    project_id blob not null references projects (id),
    city text not null references cities (slug),
    number integer not null,
    country text not null references countries (code),
    cycle text not null references cycles (slug),
    as_of text not null,
    status text not null check (status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    percent integer check (percent between 0 and 10000),
    focus_area text references focus_areas (slug),
    sub_area text references sub_areas (slug),
    priority integer not null,
    spent_minor integer check (spent_minor between 0 and 9007199254740991),
    spent_currency text check (length(spent_currency) = 3),
    content text not null,
    header text not null,
    imported text,
    submitted_at integer,
    decided_at integer,
    updated_at integer not null,
    version integer not null check (version >= 1),
    unique (project_id, cycle),
    check ((spent_minor is null) = (spent_currency is null))
) strict;
create index approved_reports_list on approved_reports (cycle, city, number);
create index approved_reports_city on approved_reports (city, number, cycle);
create index approved_reports_country on approved_reports (country, cycle, city, number);
create index approved_reports_latest on approved_reports (project_id, as_of);
create index approved_reports_submitted on approved_reports (submitted_at, city, number, cycle);
-- Outcomes, enablers and sectors of an approved report's header: the figures count by them.
create table report_facets (
    report_id blob not null references approved_reports (id),
    kind text not null check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area')),
    value text not null,
    primary key (report_id, kind, value)
) strict;
create index report_facets_value on report_facets (kind, value, report_id);
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, 'approved' as state, 1 as ever_submitted, submitted_at from approved_reports;
create table comments (
    id blob primary key not null,
    report_id blob not null references reports (id),
    code text not null,
    cycle text not null,
    body text not null,
    pointer text,
    author blob not null references users (id),
    written_at integer not null,
    kind text not null check (kind in ('note', 'return', 'reopen')),
    resolved_at integer,
    resolved_by blob references users (id),
    version integer not null check (version >= 1),
    check ((resolved_at is null) = (resolved_by is null))
) strict;
create index comments_report on comments (report_id, id);

-- The journal -------------------------------------------------------------------------------------------------------
create table journal (
    seq integer primary key,
    at integer not null,
    actor blob,
    acting_for blob,
    entity text not null,
    key text not null,
    version integer not null,
    action text not null,
    reason text,
    record text,
    record_sha256 blob not null check (length(record_sha256) = 32),
    feed integer unique,
    previous_hash blob not null check (length(previous_hash) = 32),
    hash blob not null unique check (length(hash) = 32)
) strict;
create index journal_record on journal (entity, key, seq);
create index journal_actor on journal (actor, seq);
create index journal_at on journal (at, seq);
create table journal_head (
    id integer primary key check (id = 1),
    seq integer not null,
    feed integer not null,
    at integer not null,
    hash blob not null check (length(hash) = 32)
) strict;
insert into journal_head (id, seq, feed, at, hash) values (1, 0, 0, 0, x'0000000000000000000000000000000000000000000000000000000000000000');
