drop view report_faces;
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at,
           coalesce(first_submitted_at, submitted_at) as first_submitted_at,
           case when first_submitted_at is not null then coalesce(first_late, false) end as late
    from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, 'approved' as state, true as ever_submitted, submitted_at,
           submitted_at as first_submitted_at, late
    from approved_reports;
drop view project_faces;
create view project_faces as
    select 'working' as face, p.id, p.city, p.number, p.country, p.plan_cycle, p.title_key, p.search_key, p.focus_area, p.sub_area,
           p.priority, p.archived, p.starts_on, p.ends_on, a.latest_status, p.updated_at
    from projects p left join approved_projects a on a.id = p.id
    union all
    select 'approved' as face, a.id, a.city, a.number, a.country, a.plan_cycle, a.title_key, a.search_key, a.focus_area, a.sub_area,
           a.priority, a.archived, a.starts_on, a.ends_on, a.latest_status, a.updated_at
    from approved_projects a;
delete from project_facets where kind in ('partner_name', 'partnership', 'sdg');
alter table project_facets drop constraint project_facets_kind_check;
alter table project_facets add constraint project_facets_kind_check check (kind in ('outcome', 'enabler', 'sector', 'tag', 'other_focus_area', 'partner'));
drop index approved_projects_continues;
alter table approved_projects drop column has_support, drop column continues, drop column budget_currency, drop column budget_minor;
alter table projects drop column has_support;
alter table users drop column search_key;
delete from marks where name = 'derived_columns';
