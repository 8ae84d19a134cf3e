-- Releases: numbered, frozen copies of the approved reports of a cycle. Nothing in them ever changes: the database refuses it.
create table releases (
    release text primary key not null,
    cycle text not null references cycles (slug),
    number integer not null check (number >= 1),
    note text,
    published_at integer not null,
    published_by blob references users (id),
    published_for blob references users (id),
    seq integer not null check (seq >= 1),
    feed integer not null check (feed >= 1),
    journal_hash text not null check (length(journal_hash) = 64),
    sha256 text not null check (length(sha256) = 64),
    counts text not null,
    errata text not null,
    figures text not null,
    figures_changed text not null,
    version integer not null check (version = 1),
    unique (cycle, number)
) strict;
create table release_grounds (
    release text primary key not null references releases (release),
    ground text not null
) strict;
create table release_reports (
    release text not null references releases (release),
    city text not null references cities (slug),
    number integer not null,
    report_id blob not null references reports (id),
    country text not null references countries (code),
    focus_area text,
    status text not null check (status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    version integer not null check (version >= 1),
    record text not null,
    primary key (release, city, number)
) strict, without rowid;
create index release_reports_report on release_reports (report_id, version, release);
create trigger releases_stay before update on releases begin select raise(abort, 'a release never changes'); end;
create trigger releases_remain before delete on releases begin select raise(abort, 'a release never changes'); end;
create trigger release_reports_stay before update on release_reports begin select raise(abort, 'a release never changes'); end;
create trigger release_reports_remain before delete on release_reports begin select raise(abort, 'a release never changes'); end;
create trigger release_grounds_stay before update on release_grounds begin select raise(abort, 'a release never changes'); end;
create trigger release_grounds_remain before delete on release_grounds begin select raise(abort, 'a release never changes'); end;
