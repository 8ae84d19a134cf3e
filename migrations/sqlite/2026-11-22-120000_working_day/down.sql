drop table calendars;
drop index comments_thread;
-- A column that refers to a table cannot be dropped by itself: the table is made anew as it was.
drop index comments_report;
alter table comments rename to comments_after;
create table comments (
    id blob primary key not null,
    report_id blob not null references reports (id),
    code text not null,
    cycle text not null,
    body text not null,
    pointer text,
    author blob not null references users (id),
    written_at integer not null,
    kind text not null check (kind in ('note', 'return', 'reopen')),
    resolved_at integer,
    resolved_by blob references users (id),
    version integer not null check (version >= 1),
    check ((resolved_at is null) = (resolved_by is null))
) strict;
insert into comments
    select id, report_id, code, cycle, body, pointer, author, written_at, kind, resolved_at, resolved_by, version
    from comments_after;
drop table comments_after;
create index comments_report on comments (report_id, id);
drop table extensions;
