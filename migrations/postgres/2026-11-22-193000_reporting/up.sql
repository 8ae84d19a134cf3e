-- Views for reporting tools, over releases alone: each row was published, and none ever changes. They read the frozen JSON text,
-- so nothing that is typed or approved after a release is in them. What a view says is a contract: columns are added at its
-- end, and anything else is a view of the next version.
create schema reporting;
comment on schema reporting is 'What was released, as flat views for reporting tools. Versioned: v1_… only gains columns.';

create view reporting.v1_releases as
select r.release, r.cycle, r.number, g.ground -> 'cycle' ->> 'name' as cycle_name, (g.ground -> 'cycle' ->> 'as_of')::date as as_of,
       r.published_at, r.note, r.sha256, (r.counts::jsonb ->> 'reports')::bigint as reports,
       (r.counts::jsonb ->> 'cities')::bigint as cities, (r.counts::jsonb ->> 'countries')::bigint as countries,
       r.number = max(r.number) over (partition by r.cycle) as is_last_of_cycle,
       row_number() over (order by g.ground -> 'cycle' ->> 'as_of' desc, r.cycle desc, r.number desc) = 1 as is_latest
from public.releases r
join lateral (select ground::jsonb as ground from public.release_grounds where release = r.release) g on true;
comment on view reporting.v1_releases is 'One row a release. Filter other views by release, or by those with is_latest here.';
comment on column reporting.v1_releases.as_of is 'The cut-off day of the cycle.';
comment on column reporting.v1_releases.sha256 is 'SHA-256 of the canonical content, as the API gives it.';
comment on column reporting.v1_releases.is_last_of_cycle is 'No later release of the cycle corrects it.';
comment on column reporting.v1_releases.is_latest is 'What the API calls latest: of the cycle with the latest cut-off.';

create view reporting.v1_cities as
select r.release, r.cycle, (g.ground -> 'cycle' ->> 'as_of')::date as as_of, c.city ->> 'slug' as city,
       c.city -> 'names' ->> 'en' as city_name, c.city -> 'names' ->> 'local' as city_name_local,
       c.city ->> 'country' as country, n.country -> 'names' ->> 'en' as country_name, (c.city ->> 'pilot')::boolean as pilot,
       (c.city ->> 'joined_year')::integer as joined_year, (c.city ->> 'latitude')::double precision as latitude,
       (c.city ->> 'longitude')::double precision as longitude, c.city ->> 'time_zone' as time_zone,
       c.city ->> 'un_locode' as un_locode
from public.releases r
join lateral (select ground::jsonb as ground from public.release_grounds where release = r.release) g on true
cross join lateral jsonb_array_elements(g.ground -> 'cities') as c (city)
left join lateral jsonb_array_elements(g.ground -> 'countries') as n (country) on n.country ->> 'code' = c.city ->> 'country';
comment on view reporting.v1_cities is 'One row a city of the network and release, as it was known then, with or without a report.';

create view reporting.v1_reports as
select f.release, r.cycle, (d.record ->> 'as_of')::date as as_of, f.city || '-' || f.number as project, h.header ->> 'title' as title,
       h.header ->> 'title_local' as title_local, f.city, c.city_name, f.country, c.country_name, h.header ->> 'plan_cycle' as plan_cycle,
       f.focus_area, a.names ->> 'en' as focus_area_name, h.header ->> 'sub_area' as sub_area, (h.header ->> 'priority')::boolean as priority,
       (h.header ->> 'starts_on')::date as starts_on, (h.header ->> 'ends_on')::date as ends_on,
       (h.header -> 'budget' ->> 'amount_minor')::bigint as budget_minor, h.header -> 'budget' ->> 'currency' as budget_currency,
       f.status, (t.content ->> 'percent_complete')::double precision as percent_complete,
       t.content ->> 'percent_method' as percent_method, (t.content -> 'spent' ->> 'amount_minor')::bigint as spent_minor,
       t.content -> 'spent' ->> 'currency' as spent_currency, t.content ->> 'achievements' as achievements,
       t.content ->> 'challenges' as challenges, t.content ->> 'next_steps' as next_steps,
       t.content ->> 'support_needed' as support_needed,
       coalesce((h.header -> 'location' ->> 'latitude')::double precision, c.latitude) as latitude,
       coalesce((h.header -> 'location' ->> 'longitude')::double precision, c.longitude) as longitude,
       (d.record ->> 'submitted_at')::timestamptz as submitted_at, (d.record ->> 'decided_at')::timestamptz as decided_at
from public.release_reports f
join public.releases r on r.release = f.release
cross join lateral (select f.record::jsonb as record) d
cross join lateral (select d.record -> 'header' as header) h
cross join lateral (select d.record -> 'content' as content) t
left join reporting.v1_cities c on c.release = f.release and c.city = f.city
left join lateral (
    select term -> 'names' as names from public.release_grounds g
    cross join lateral jsonb_array_elements(g.ground::jsonb -> 'vocabulary' -> 'focus_areas') as term
    where g.release = f.release and term ->> 'slug' = f.focus_area
) a on true;
comment on view reporting.v1_reports is 'One row a project and release: the approved report as it was frozen.';
comment on column reporting.v1_reports.status is 'planning, ongoing, completed, suspended, cancelled, or not_stated where the published source does not tell.';
comment on column reporting.v1_reports.percent_complete is '0 to 100; null where nobody states it, which is not 0.';
comment on column reporting.v1_reports.budget_minor is 'In minor units of budget_currency. Never add currencies.';
comment on column reporting.v1_reports.latitude is 'WGS 84: of the project where stated, else of its city.';

create view reporting.v1_milestones as
select f.release, r.cycle, f.city || '-' || f.number as project, f.city, f.country, m.item ->> 'id' as milestone, m.item ->> 'title' as title,
       (m.item ->> 'due_on')::date as due_on, (m.item ->> 'weight')::bigint as weight,
       coalesce((done.item ->> 'completed_on')::date, (m.item ->> 'completed_on')::date) as completed_on
from public.release_reports f
join public.releases r on r.release = f.release
cross join lateral (select f.record::jsonb as record) d
cross join lateral jsonb_array_elements(d.record -> 'header' -> 'milestones') as m (item)
left join lateral (
    select x.item from jsonb_array_elements(d.record -> 'content' -> 'milestones') as x (item)
    where x.item ->> 'milestone_id' = m.item ->> 'id' limit 1
) done on true;
comment on view reporting.v1_milestones is 'One row a milestone of a released report.';
comment on column reporting.v1_milestones.completed_on is 'When the report says it was reached; null while it was not.';

create view reporting.v1_indicators as
select f.release, r.cycle, f.city || '-' || f.number as project, f.city, f.country, i.item ->> 'id' as indicator, i.item ->> 'name' as name,
       i.item ->> 'kind' as kind, i.item ->> 'unit' as unit, i.item ->> 'better' as better,
       (i.item -> 'baseline' ->> 'value')::double precision as baseline, (i.item -> 'baseline' ->> 'on')::date as baseline_on,
       (i.item -> 'target' ->> 'value')::double precision as target, (i.item -> 'target' ->> 'on')::date as target_on,
       (v.item ->> 'value')::double precision as value, (v.item ->> 'measured_on')::date as measured_on
from public.release_reports f
join public.releases r on r.release = f.release
cross join lateral (select f.record::jsonb as record) d
cross join lateral jsonb_array_elements(d.record -> 'header' -> 'indicators') as i (item)
left join lateral jsonb_array_elements(d.record -> 'content' -> 'indicator_values') as v (item)
    on v.item ->> 'indicator_id' = i.item ->> 'id';
comment on view reporting.v1_indicators is 'One row a value measured of an indicator of a released report; one without a value where none was.';

create view reporting.v1_figures as
select r.release, r.cycle, t.item ->> 'measure' as measure, t.item ->> 'rows' as row_dimension, t.item ->> 'columns' as column_dimension,
       c.cell ->> 'row' as row_key, c.cell ->> 'column' as column_key, (c.cell ->> 'value')::double precision as value,
       (c.cell ->> 'known')::bigint as known, (c.cell ->> 'of')::bigint as reports
from public.releases r
cross join lateral jsonb_array_elements(r.figures::jsonb) as t (item)
cross join lateral jsonb_array_elements(t.item -> 'cells') as c (cell);
comment on view reporting.v1_figures is 'One row a cell of the published tables, zeros included.';
comment on column reporting.v1_figures.value is 'Null where no report states what is measured, which is not 0.';
comment on column reporting.v1_figures.known is 'Reports that state what is measured.';
comment on column reporting.v1_figures.reports is 'Reports that were looked at.';

create view reporting.v1_errata as
select r.release, r.cycle, e.item ->> 'project' as project, e.item ->> 'change' as change,
       (select string_agg(reason, E'\n') from jsonb_array_elements_text(e.item -> 'reasons') as reason) as reasons,
       x.field ->> 'pointer' as pointer, x.field -> 'from' as from_value, x.field -> 'to' as to_value
from public.releases r
cross join lateral jsonb_array_elements(r.errata::jsonb) as e (item)
left join lateral jsonb_array_elements(e.item -> 'fields') as x (field) on true;
comment on view reporting.v1_errata is 'One row a field that a release corrects; one without a field for a report that came or went.';

-- Who migrates need not be allowed to make roles: then the operator makes the role and grants it, see the README.
do $$
begin
    if not exists (select from pg_roles where rolname = 'ascn_reporting')
       and exists (select from pg_roles where rolname = current_user and (rolcreaterole or rolsuper)) then
        begin
            create role ascn_reporting nologin;
        exception when duplicate_object or unique_violation then
            -- Another database of this server was migrated at the same time.
            null;
        end;
    end if;
    if exists (select from pg_roles where rolname = 'ascn_reporting') then
        grant usage on schema reporting to ascn_reporting;
        grant select on all tables in schema reporting to ascn_reporting;
    end if;
end
$$;
