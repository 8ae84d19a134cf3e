drop trigger release_reports_sealed;
