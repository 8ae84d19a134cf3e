-- Reporting views are PostgreSQL's: an embedded file has no roles to read them with.
select 1;
