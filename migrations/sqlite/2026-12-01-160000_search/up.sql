-- Lists search without marks, and filter by more values. The program computes the new columns, the folded columns and the new facets
-- from the records at its next start.
alter table users add column search_key text not null default '';
alter table projects add column has_support integer not null default 0;
alter table approved_projects add column budget_minor integer check (budget_minor between 0 and 9007199254740991);
alter table approved_projects add column budget_currency text check (length(budget_currency) = 3);
alter table approved_projects add column continues text;
alter table approved_projects add column has_support integer not null default 0;
create index approved_projects_continues on approved_projects (continues);
create table project_facets_new (
    project_id blob not null references projects (id),
    face text not null check (face in ('working', 'approved')),
    kind text not null check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area', 'partner', 'partner_name', 'partnership', 'sdg')),
    value text not null,
    primary key (project_id, face, kind, value)
) strict;
insert into project_facets_new select * from project_facets;
drop table project_facets;
alter table project_facets_new rename to project_facets;
create index project_facets_value on project_facets (kind, value, face, project_id);
drop view project_faces;
create view project_faces as
    select 'working' as face, p.id, p.city, p.number, p.country, p.plan_cycle, p.title_key, p.search_key, p.focus_area, p.sub_area,
           p.priority, p.archived, p.starts_on, p.ends_on, a.latest_status, p.updated_at, a.latest_percent,
           p.budget_minor, p.budget_currency, p.continues, p.has_support
    from projects p left join approved_projects a on a.id = p.id
    union all
    select 'approved' as face, a.id, a.city, a.number, a.country, a.plan_cycle, a.title_key, a.search_key, a.focus_area, a.sub_area,
           a.priority, a.archived, a.starts_on, a.ends_on, a.latest_status, a.updated_at, a.latest_percent,
           a.budget_minor, a.budget_currency, a.continues, a.has_support
    from approved_projects a;
drop view report_faces;
-- Both halves have the same types, or SQLite would not merge two indexes into one sorted list. The focus area of a working copy is that
-- of the project's working copy.
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at,
           cast(coalesce(first_submitted_at, submitted_at) as integer) as first_submitted_at,
           cast(case when first_submitted_at is not null then coalesce(first_late, 0) end as integer) as late, status,
           decided_at, decided_by, project_id
    from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, cast('approved' as text) as state,
           cast(1 as integer) as ever_submitted, submitted_at, submitted_at as first_submitted_at, late, status,
           decided_at, cast(null as blob) as decided_by, project_id
    from approved_reports;
