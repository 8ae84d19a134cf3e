drop table release_reports;
drop table release_grounds;
drop table releases;
drop function release_stays();
