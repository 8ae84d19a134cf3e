-- How many reports there are by country, cycle and state, which lists filter by: a page says how many items there are on all pages, and
-- counting rows anew would take the longer the more there are. The database keeps it itself, so that no writer forgets it.
create table report_tallies (
    face text collate "C" not null,
    cycle text collate "C" not null,
    country text collate "C" not null,
    state text collate "C" not null,
    ever_submitted boolean not null,
    reports integer not null check (reports >= 0),
    primary key (face, cycle, country, state, ever_submitted)
);
insert into report_tallies
    select face, cycle, country, state, ever_submitted, count(*) from report_faces group by 1, 2, 3, 4, 5;
create function tally_report(face_ text, cycle_ text, country_ text, state_ text, ever_submitted_ boolean, by integer)
returns void language plpgsql as $$
begin
    update report_tallies t set reports = t.reports + by
    where (t.face, t.cycle, t.country, t.state, t.ever_submitted) = (face_, cycle_, country_, state_, ever_submitted_);
    if not found then
        insert into report_tallies values (face_, cycle_, country_, state_, ever_submitted_, by);
    end if;
end
$$;
create function tally_reports() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform tally_report('working', old.cycle, old.country, old.state, old.ever_submitted, -1);
    end if;
    if tg_op <> 'DELETE' then
        perform tally_report('working', new.cycle, new.country, new.state, new.ever_submitted, 1);
    end if;
    return null;
end
$$;
create function tally_approved_reports() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform tally_report('approved', new.cycle, new.country, 'approved', true, 1);
    else
        perform tally_report('approved', old.cycle, old.country, 'approved', true, -1);
    end if;
    return null;
end
$$;
create trigger reports_counted after insert or delete on reports for each row execute function tally_reports();
create trigger reports_moved after update on reports for each row
    when ((old.cycle, old.country, old.state, old.ever_submitted) <> (new.cycle, new.country, new.state, new.ever_submitted))
    execute function tally_reports();
create trigger approved_reports_counted after insert or delete on approved_reports
    for each row execute function tally_approved_reports();

-- Figures are counted from this index alone: the rows themselves are wide with texts.
drop index approved_reports_list;
create index approved_reports_list on approved_reports (cycle, city, number)
    include (id, country, status, percent, focus_area, sub_area, priority, spent_minor, spent_currency);

-- The same for lists of released reports: their rows hold whole records. Nothing is ever taken from a release.
create index release_reports_list on release_reports (release, country, focus_area, status, city, number);
create table release_tallies (
    release text collate "C" primary key references releases (release),
    reports integer not null check (reports >= 0)
);
insert into release_tallies select release, count(*) from release_reports group by release;
create function tally_release_reports() returns trigger language plpgsql as $$
begin
    insert into release_tallies values (new.release, 1)
    on conflict (release) do update set reports = release_tallies.reports + 1;
    return null;
end
$$;
create trigger release_reports_counted after insert on release_reports
    for each row execute function tally_release_reports();
