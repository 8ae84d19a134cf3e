-- How many reports there are by country, cycle and state, which lists filter by: a page says how many items there are on all pages, and
-- counting rows anew would take the longer the more there are. The database keeps it itself, so that no writer forgets it.
create table report_tallies (
    face text not null,
    cycle text not null,
    country text not null,
    state text not null,
    ever_submitted integer not null,
    reports integer not null check (reports >= 0),
    primary key (face, cycle, country, state, ever_submitted)
) strict, without rowid;
insert into report_tallies
    select face, cycle, country, state, ever_submitted, count(*) from report_faces group by 1, 2, 3, 4, 5;
create trigger reports_added after insert on reports begin
    insert into report_tallies values ('working', new.cycle, new.country, new.state, new.ever_submitted, 1)
    on conflict do update set reports = reports + 1;
end;
create trigger reports_gone after delete on reports begin
    update report_tallies set reports = reports - 1
    where (face, cycle, country, state, ever_submitted) = ('working', old.cycle, old.country, old.state, old.ever_submitted);
end;
create trigger reports_moved after update on reports
when (old.cycle, old.country, old.state, old.ever_submitted) <> (new.cycle, new.country, new.state, new.ever_submitted) begin
    update report_tallies set reports = reports - 1
    where (face, cycle, country, state, ever_submitted) = ('working', old.cycle, old.country, old.state, old.ever_submitted);
    insert into report_tallies values ('working', new.cycle, new.country, new.state, new.ever_submitted, 1)
    on conflict do update set reports = reports + 1;
end;
create trigger approved_reports_added after insert on approved_reports begin
    insert into report_tallies values ('approved', new.cycle, new.country, 'approved', 1, 1)
    on conflict do update set reports = reports + 1;
end;
create trigger approved_reports_gone after delete on approved_reports begin
    update report_tallies set reports = reports - 1
    where (face, cycle, country, state, ever_submitted) = ('approved', old.cycle, old.country, 'approved', 1);
end;

-- Both halves have the same types, or SQLite would not merge two indexes into one sorted list.
drop view report_faces;
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, cast('approved' as text) as state,
           cast(1 as integer) as ever_submitted, submitted_at
    from approved_reports;

-- Figures are counted from this index alone: the rows themselves are wide with texts.
drop index approved_reports_list;
create index approved_reports_list on approved_reports
    (cycle, city, number, id, country, status, percent, focus_area, sub_area, priority, spent_minor, spent_currency);

-- The same for lists of released reports: their rows hold whole records. Nothing is ever taken from a release.
create index release_reports_list on release_reports (release, country, focus_area, status, city, number);
create table release_tallies (
    release text primary key not null references releases (release),
    reports integer not null check (reports >= 0)
) strict;
insert into release_tallies select release, count(*) from release_reports group by release;
create trigger release_reports_added after insert on release_reports begin
    insert into release_tallies values (new.release, 1) on conflict do update set reports = reports + 1;
end;
