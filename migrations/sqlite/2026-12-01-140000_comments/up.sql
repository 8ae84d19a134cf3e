-- The comment of an approval has a kind of its own, and the city may ask the reviewers about a draft. SQLite cannot change a
-- check: the table is made anew.
drop index comments_report;
drop index comments_thread;
alter table comments rename to comments_before;
create table comments (
    id blob primary key not null,
    report_id blob not null references reports (id),
    code text not null,
    cycle text not null,
    body text not null,
    pointer text,
    author blob not null references users (id),
    written_at integer not null,
    kind text not null check (kind in ('note', 'return', 'approve', 'reopen')),
    question integer not null check (question in (0, 1)),
    resolved_at integer,
    resolved_by blob references users (id),
    reply_to blob references comments (id),
    from_city integer check (from_city in (0, 1)),
    version integer not null check (version >= 1),
    check ((resolved_at is null) = (resolved_by is null))
) strict;
insert into comments
    (id, report_id, code, cycle, body, pointer, author, written_at, kind, question, resolved_at, resolved_by, reply_to, from_city, version)
    select id, report_id, code, cycle, body, pointer, author, written_at, kind, 0, resolved_at, resolved_by, reply_to, from_city, version
    from comments_before;
drop table comments_before;
create index comments_report on comments (report_id, id);
create index comments_thread on comments (reply_to, id);
