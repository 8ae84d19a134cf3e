drop trigger release_reports_added;
drop table release_tallies;
drop index release_reports_list;
drop index approved_reports_list;
create index approved_reports_list on approved_reports (cycle, city, number);
drop view report_faces;
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, 'approved' as state, 1 as ever_submitted, submitted_at from approved_reports;
drop trigger approved_reports_gone;
drop trigger approved_reports_added;
drop trigger reports_moved;
drop trigger reports_gone;
drop trigger reports_added;
drop table report_tallies;
