-- Releases: numbered, frozen copies of the approved reports of a cycle. Nothing in them ever changes: the database refuses it.
create table releases (
    release text collate "C" primary key not null,
    cycle text collate "C" not null references cycles (slug),
    number bigint not null check (number >= 1),
    note text collate "C",
    published_at timestamptz not null,
    published_by uuid references users (id),
    published_for uuid references users (id),
    seq bigint not null check (seq >= 1),
    feed bigint not null check (feed >= 1),
    journal_hash text collate "C" not null check (length(journal_hash) = 64),
    sha256 text collate "C" not null check (length(sha256) = 64),
    counts text collate "C" not null,
    errata text collate "C" not null,
    figures text collate "C" not null,
    figures_changed text collate "C" not null,
    version bigint not null check (version = 1),
    unique (cycle, number)
);
create table release_grounds (
    release text collate "C" primary key not null references releases (release),
    ground text collate "C" not null
);
create table release_reports (
    release text collate "C" not null references releases (release),
    city text collate "C" not null references cities (slug),
    number bigint not null,
    report_id uuid not null references reports (id),
    country text collate "C" not null references countries (code),
    focus_area text collate "C",
    status text collate "C" not null check (status in ('planning', 'ongoing', 'completed', 'suspended', 'cancelled', 'not_stated')),
    version bigint not null check (version >= 1),
    record text collate "C" not null,
    primary key (release, city, number)
);
create index release_reports_report on release_reports (report_id, version, release);
create function release_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a release never changes';
end
$$;
create trigger releases_stay before update or delete on releases for each row execute function release_stays();
create trigger release_reports_stay before update or delete on release_reports for each row execute function release_stays();
create trigger release_grounds_stay before update or delete on release_grounds for each row execute function release_stays();
