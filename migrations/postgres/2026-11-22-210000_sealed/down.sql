drop trigger release_grounds_remain on release_grounds;
drop trigger release_reports_remain on release_reports;
drop trigger releases_remain on releases;
drop trigger release_reports_sealed on release_reports;
drop function release_is_sealed();
