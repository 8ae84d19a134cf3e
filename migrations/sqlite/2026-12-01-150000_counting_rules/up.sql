-- The rules by which the figures of a release were counted. Releases that were published before keep the first rules.
alter table releases add column rules integer not null default 1 check (rules >= 1);
