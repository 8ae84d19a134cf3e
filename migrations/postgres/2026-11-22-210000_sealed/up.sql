-- A release is whole once its reference data stands beside it, which is written last: no report joins it from there on. And
-- nothing of a release is emptied: a truncation asks no trigger for each row.
create function release_is_sealed() returns trigger language plpgsql as $$
begin
    if exists (select 1 from release_grounds where release = new.release) then
        raise exception 'a release never changes';
    end if;
    return new;
end
$$;
create trigger release_reports_sealed before insert on release_reports for each row execute function release_is_sealed();
create trigger releases_remain before truncate on releases for each statement execute function release_stays();
create trigger release_reports_remain before truncate on release_reports for each statement execute function release_stays();
create trigger release_grounds_remain before truncate on release_grounds for each statement execute function release_stays();
