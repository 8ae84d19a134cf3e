-- The first submission of a report in its cycle decides whether the report is late. Reports from before have none.
alter table reports add column first_submitted_at integer;
alter table reports add column first_late integer check (first_late in (0, 1));
alter table reports add column first_decided integer not null default 0 check (first_decided in (0, 1));
-- The answer that the approval wrote down; null if nothing was due, and in copies from before.
alter table approved_reports add column late integer check (late in (0, 1));

-- Lists compare `first_submitted_at` with the due day where `late` is null. The columns of both halves have the same affinity: else
-- SQLite would not merge two indexes into one sorted list.
drop view report_faces;
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at,
           cast(coalesce(first_submitted_at, submitted_at) as integer) as first_submitted_at,
           cast(case when first_submitted_at is not null then coalesce(first_late, 0) end as integer) as late
    from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, cast('approved' as text) as state,
           cast(1 as integer) as ever_submitted, submitted_at, submitted_at as first_submitted_at, late
    from approved_reports;
