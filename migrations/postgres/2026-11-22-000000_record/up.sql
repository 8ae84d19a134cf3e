-- The record: reference data, plans, projects, reports, people, and the journal over all of it.
-- TEXT that is JSON is stored and returned, never queried; what lists and figures filter by has a column of its own.

-- Reference data ----------------------------------------------------------------------------------------------------
create table countries (
    code text collate "C" primary key check (length(code) = 2),
    alpha3 text collate "C" not null unique check (length(alpha3) = 3),
    time_zone text collate "C" not null,
    names text collate "C" not null,
    asean_member_since bigint not null,
    ascn_member_since bigint not null,
    version bigint not null check (version >= 1)
);
create table cities (
    slug text collate "C" primary key,
    country text collate "C" not null references countries (code),
    names text collate "C" not null,
    name_key text collate "C" not null,
    search_key text collate "C" not null,
    aliases text collate "C" not null,
    un_locode text collate "C" unique,
    time_zone text collate "C" not null,
    latitude double precision not null check (latitude between -90 and 90),
    longitude double precision not null check (longitude between -180 and 180),
    joined_year bigint not null check (joined_year between 1900 and 2200),
    pilot boolean not null,
    note text collate "C",
    version bigint not null check (version >= 1)
);
create index cities_country on cities (country, slug);
create index cities_name on cities (name_key, slug);
create index cities_joined on cities (joined_year, slug);
create index cities_pilot on cities (pilot, slug);
create table documents (
    kind text collate "C" primary key,
    document text collate "C" not null,
    version bigint not null check (version >= 1)
);
-- The words of the documents that other rows refer to; rebuilt with the documents.
create table focus_areas (
    slug text collate "C" primary key,
    framework text collate "C" not null,
    position bigint not null
);
create table sub_areas (
    slug text collate "C" primary key,
    focus_area text collate "C" not null references focus_areas (slug),
    position bigint not null
);
create table terms (
    kind text collate "C" not null check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area')),
    slug text collate "C" not null,
    position bigint not null,
    primary key (kind, slug)
);
create table plan_cycles (
    slug text collate "C" primary key,
    starts_year bigint not null,
    ends_year bigint not null,
    framework text collate "C" not null,
    note text collate "C",
    version bigint not null check (version >= 1),
    check (ends_year >= starts_year)
);
create table partners (
    slug text collate "C" primary key,
    name text collate "C" not null,
    name_key text collate "C" not null,
    search_key text collate "C" not null,
    kind text collate "C" not null,
    country text collate "C",
    note text collate "C",
    aliases text collate "C" not null,
    version bigint not null check (version >= 1)
);
create index partners_name on partners (name_key, slug);
create index partners_kind on partners (kind, slug);
create index partners_country on partners (country, slug);
create table action_plans (
    city text collate "C" not null references cities (slug),
    plan_cycle text collate "C" not null references plan_cycles (slug),
    country text collate "C" not null references countries (code),
    vision text collate "C",
    strategic_targets text collate "C" not null,
    focus_areas_as_stated text collate "C" not null,
    area_km2 double precision,
    population bigint,
    source text collate "C",
    version bigint not null check (version >= 1),
    primary key (city, plan_cycle)
);

-- People ------------------------------------------------------------------------------------------------------------
create table users (
    id uuid primary key not null,
    email text collate "C" not null unique,
    name text collate "C" not null,
    name_key text collate "C" not null,
    state text collate "C" not null check (state in ('invited', 'active', 'disabled')),
    password_hash text collate "C",
    created_at timestamptz not null,
    version bigint not null check (version >= 1)
);
create index users_name on users (name_key, id);
create table grants (
    id uuid primary key not null,
    user_id uuid not null references users (id),
    role text collate "C" not null check (role in ('city_officer', 'national_representative', 'secretariat', 'administrator', 'reader')),
    scope_kind text collate "C" not null check (scope_kind in ('network', 'country', 'city')),
    scope_country text collate "C" references countries (code),
    scope_city text collate "C" references cities (slug),
    from_on date,
    until_on date,
    acting_for uuid references users (id),
    granted_by uuid references users (id),
    granted_at timestamptz not null,
    version bigint not null check (version >= 1),
    check (until_on >= from_on),
    check ((scope_kind = 'network') = (scope_country is null)),
    check ((scope_kind = 'city') = (scope_city is not null))
);
create index grants_user on grants (user_id, id);
create index grants_scope on grants (role, scope_country, scope_city);
create table invitations (
    id uuid primary key not null,
    user_id uuid not null references users (id),
    digest bytea not null unique,
    expires_at timestamptz not null,
    spent_at timestamptz
);
create index invitations_user on invitations (user_id);
create table sessions (
    id uuid primary key not null,
    user_id uuid not null references users (id),
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    client text collate "C"
);
create index sessions_user on sessions (user_id, created_at);
create index sessions_ended on sessions (ended_at);
create table refresh_tokens (
    id uuid primary key not null,
    session_id uuid not null references sessions (id),
    parent uuid references refresh_tokens (id),
    digest bytea not null unique,
    issued_at timestamptz not null,
    used_at timestamptz,
    dead boolean not null
);
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_parent on refresh_tokens (parent);
-- Counts the changes that every instance must learn of and the journal does not hold: sessions that ended.
create table epochs (
    name text collate "C" primary key,
    value bigint not null
);
insert into epochs (name, value) values ('sessions', 0);
-- What a database was made for: `demo`.
create table marks (
    name text collate "C" primary key,
    value text collate "C" not null
);

-- Projects ----------------------------------------------------------------------------------------------------------
create table projects (
    id uuid primary key not null,
    city text collate "C" not null references cities (slug),
    number bigint not null check (number >= 1),
    country text collate "C" not null references countries (code),
    plan_cycle text collate "C" not null references plan_cycles (slug),
    title text collate "C" not null,
    title_key text collate "C" not null,
    search_key text collate "C" not null,
    focus_area text collate "C" references focus_areas (slug),
    sub_area text collate "C" references sub_areas (slug),
    priority boolean not null,
    archived boolean not null,
    starts_on date,
    ends_on date,
    budget_minor bigint check (budget_minor between 0 and 9007199254740991),
    budget_currency text collate "C" check (length(budget_currency) = 3),
    continues text collate "C",
    details text collate "C" not null,
    import_key text collate "C" unique,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null check (version >= 1),
    unique (city, number),
    check (ends_on >= starts_on),
    check ((budget_minor is null) = (budget_currency is null)),
    -- Only imported projects may lack them.
    check (import_key is not null or (focus_area is not null and starts_on is not null and ends_on is not null))
);
create index projects_title on projects (title_key, city, number);
create index projects_updated on projects (updated_at, city, number);
create index projects_country on projects (country, city, number);
create index projects_focus on projects (focus_area, city, number);
create index projects_sub on projects (sub_area, city, number);
create index projects_plan on projects (plan_cycle, city, number);
create index projects_continues on projects (continues);
create table approved_projects (
    id uuid primary key not null references projects (id),
    city text collate "C" not null references cities (slug),
    number bigint not null check (number >= 1),
    country text collate "C" not null references countries (code),
    plan_cycle text collate "C" not null references plan_cycles (slug),
    title text collate "C" not null,
    title_key text collate "C" not null,
    search_key text collate "C" not null,
    focus_area text collate "C" references focus_areas (slug),
    sub_area text collate "C" references sub_areas (slug),
    priority boolean not null,
    archived boolean not null,
    starts_on date,
    ends_on date,
    header text collate "C" not null,
    latest_cycle text collate "C" not null,
    latest_status text collate "C" not null check (latest_status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    latest_percent bigint check (latest_percent between 0 and 10000),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null check (version >= 1),
    unique (city, number)
);
create index approved_projects_title on approved_projects (title_key, city, number);
create index approved_projects_updated on approved_projects (updated_at, city, number);
create index approved_projects_country on approved_projects (country, city, number);
create index approved_projects_focus on approved_projects (focus_area, city, number);
create index approved_projects_sub on approved_projects (sub_area, city, number);
create index approved_projects_plan on approved_projects (plan_cycle, city, number);
create index approved_projects_status on approved_projects (latest_status, city, number);
-- What a project has several of and lists filter by, for each of its two copies.
create table project_facets (
    project_id uuid not null references projects (id),
    face text collate "C" not null check (face in ('working', 'approved')),
    kind text collate "C" not null check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area', 'partner')),
    value text collate "C" not null,
    primary key (project_id, face, kind, value)
);
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
    id uuid primary key not null,
    project_id uuid not null references projects (id),
    code text collate "C" not null,
    title text collate "C" not null,
    title_key text collate "C" not null,
    due_on date not null,
    weight bigint not null check (weight between 1 and 1000),
    completed_on date,
    version bigint not null check (version >= 1),
    unique (project_id, title_key, due_on)
);
create index milestones_project on milestones (project_id, due_on, id);
create table indicators (
    id uuid primary key not null,
    project_id uuid not null references projects (id),
    code text collate "C" not null,
    name text collate "C" not null,
    name_key text collate "C" not null,
    kind text collate "C" not null check (kind in ('output', 'outcome')),
    unit text collate "C" not null,
    better text collate "C" not null check (better in ('up', 'down')),
    baseline_value double precision,
    baseline_on date,
    target_value double precision,
    target_on date,
    version bigint not null check (version >= 1),
    unique (project_id, name_key),
    check ((baseline_value is null) = (baseline_on is null)),
    check ((target_value is null) = (target_on is null))
);
create index indicators_project on indicators (project_id, id);
create table partnerships (
    id uuid primary key not null,
    project_id uuid not null references projects (id),
    code text collate "C" not null,
    partner text collate "C" references partners (slug),
    as_stated text collate "C",
    role text collate "C" check (role in ('funder', 'lender', 'technical', 'implementer', 'solution_provider', 'academic')),
    stage text collate "C" check (stage in ('idea', 'mou', 'study', 'pilot', 'agreement', 'delivery')),
    amount_minor bigint check (amount_minor between 0 and 9007199254740991),
    amount_currency text collate "C" check (length(amount_currency) = 3),
    note text collate "C",
    version bigint not null check (version >= 1),
    check (partner is not null or as_stated is not null),
    check ((amount_minor is null) = (amount_currency is null))
);
create index partnerships_project on partnerships (project_id, id);
create index partnerships_partner on partnerships (partner, project_id);

-- Cycles and reports ------------------------------------------------------------------------------------------------
create table cycles (
    slug text collate "C" primary key,
    name text collate "C" not null,
    plan_cycle text collate "C" not null references plan_cycles (slug),
    opens_on date,
    due_on date,
    review_due_on date,
    as_of date not null,
    state text collate "C" not null check (state in ('scheduled', 'open', 'closed')),
    imported text collate "C",
    version bigint not null check (version >= 1),
    check (due_on >= opens_on),
    check (review_due_on >= due_on)
);
create index cycles_as_of on cycles (as_of, slug);
create table reports (
    id uuid primary key not null,
    project_id uuid not null references projects (id),
    city text collate "C" not null references cities (slug),
    number bigint not null,
    country text collate "C" not null references countries (code),
    cycle text collate "C" not null references cycles (slug),
    state text collate "C" not null check (state in ('draft', 'submitted', 'returned', 'approved')),
    status text collate "C" check (status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    percent bigint check (percent between 0 and 10000),
    ever_submitted boolean not null,
    content text collate "C" not null,
    header text collate "C",
    edited_at timestamptz,
    edited_by uuid references users (id),
    edited_for uuid references users (id),
    submitted_at timestamptz,
    submitted_by uuid references users (id),
    submitted_for uuid references users (id),
    decided_at timestamptz,
    decided_by uuid references users (id),
    decided_for uuid references users (id),
    imported text collate "C",
    version bigint not null check (version >= 1),
    unique (project_id, cycle),
    check (imported is not null or state = 'draft' or header is not null)
);
create index reports_list on reports (cycle, city, number);
create index reports_city on reports (city, number, cycle);
create index reports_state on reports (state, cycle, city, number);
create index reports_country on reports (country, cycle, city, number);
create index reports_submitted on reports (submitted_at, city, number, cycle);
create table approved_reports (
    id uuid primary key not null references reports (id),
    project_id uuid not null references projects (id),
    city text collate "C" not null references cities (slug),
    number bigint not null,
    country text collate "C" not null references countries (code),
    cycle text collate "C" not null references cycles (slug),
    as_of date not null,
    status text collate "C" not null check (status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    percent bigint check (percent between 0 and 10000),
    focus_area text collate "C" references focus_areas (slug),
    sub_area text collate "C" references sub_areas (slug),
    priority boolean not null,
    spent_minor bigint check (spent_minor between 0 and 9007199254740991),
    spent_currency text collate "C" check (length(spent_currency) = 3),
    content text collate "C" not null,
    header text collate "C" not null,
    imported text collate "C",
    submitted_at timestamptz,
    decided_at timestamptz,
    updated_at timestamptz not null,
    version bigint not null check (version >= 1),
    unique (project_id, cycle),
    check ((spent_minor is null) = (spent_currency is null))
);
create index approved_reports_list on approved_reports (cycle, city, number);
create index approved_reports_city on approved_reports (city, number, cycle);
create index approved_reports_country on approved_reports (country, cycle, city, number);
create index approved_reports_latest on approved_reports (project_id, as_of);
create index approved_reports_submitted on approved_reports (submitted_at, city, number, cycle);
-- Outcomes, enablers and sectors of an approved report's header: the figures count by them.
create table report_facets (
    report_id uuid not null references approved_reports (id),
    kind text collate "C" not null check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area')),
    value text collate "C" not null,
    primary key (report_id, kind, value)
);
create index report_facets_value on report_facets (kind, value, report_id);
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, 'approved' as state, true as ever_submitted, submitted_at from approved_reports;
create table comments (
    id uuid primary key not null,
    report_id uuid not null references reports (id),
    code text collate "C" not null,
    cycle text collate "C" not null,
    body text collate "C" not null,
    pointer text collate "C",
    author uuid not null references users (id),
    written_at timestamptz not null,
    kind text collate "C" not null check (kind in ('note', 'return', 'reopen')),
    resolved_at timestamptz,
    resolved_by uuid references users (id),
    version bigint not null check (version >= 1),
    check ((resolved_at is null) = (resolved_by is null))
);
create index comments_report on comments (report_id, id);

-- The journal -------------------------------------------------------------------------------------------------------
create table journal (
    seq bigint primary key,
    at timestamptz not null,
    actor uuid,
    acting_for uuid,
    entity text collate "C" not null,
    key text collate "C" not null,
    version bigint not null,
    action text collate "C" not null,
    reason text collate "C",
    record text collate "C",
    record_sha256 bytea not null check (length(record_sha256) = 32),
    feed bigint unique,
    previous_hash bytea not null check (length(previous_hash) = 32),
    hash bytea not null unique check (length(hash) = 32)
);
create index journal_record on journal (entity, key, seq);
create index journal_actor on journal (actor, seq);
create index journal_at on journal (at, seq);
create table journal_head (
    id bigint primary key check (id = 1),
    seq bigint not null,
    feed bigint not null,
    at timestamptz not null,
    hash bytea not null check (length(hash) = 32)
);
insert into journal_head (id, seq, feed, at, hash) values (1, 0, 0, '1970-01-01T00:00:00Z', '\x0000000000000000000000000000000000000000000000000000000000000000');
