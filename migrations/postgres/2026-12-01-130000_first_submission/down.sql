drop view report_faces;
create view report_faces as
    select 'working' as face, id, city, number, country, cycle, state, ever_submitted, submitted_at from reports
    union all
    select 'approved' as face, id, city, number, country, cycle, 'approved' as state, true as ever_submitted, submitted_at from approved_reports;
alter table approved_reports drop column late;
alter table reports drop column first_decided;
alter table reports drop column first_late;
alter table reports drop column first_submitted_at;
