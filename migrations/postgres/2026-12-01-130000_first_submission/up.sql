-- The first submission of a report in its cycle decides whether the report is late. Reports from before have none.
alter table reports add column first_submitted_at timestamptz;
alter table reports add column first_late boolean;
alter table reports add column first_decided boolean not null default false;
-- The answer that the approval wrote down; null if nothing was due, and in copies from before.
alter table approved_reports add column late boolean;

-- Lists compare `first_submitted_at` with the due day where `late` is null.
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
