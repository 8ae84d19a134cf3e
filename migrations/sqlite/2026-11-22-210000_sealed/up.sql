-- A release is whole once its reference data stands beside it, which is written last: no report joins it from there on.
create trigger release_reports_sealed before insert on release_reports
when exists (select 1 from release_grounds where release = new.release)
begin select raise(abort, 'a release never changes'); end;
