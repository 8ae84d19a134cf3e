drop index comments_report;
drop index comments_thread;
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
    reply_to blob references comments (id),
    from_city integer check (from_city in (0, 1)),
    check ((resolved_at is null) = (resolved_by is null))
) strict;
insert into comments
    (id, report_id, code, cycle, body, pointer, author, written_at, kind, resolved_at, resolved_by, version, reply_to, from_city)
    select id, report_id, code, cycle, body, pointer, author, written_at,
           case kind when 'approve' then 'note' else kind end, resolved_at, resolved_by, version, reply_to, from_city
    from comments_after;
drop table comments_after;
create index comments_report on comments (report_id, id);
create index comments_thread on comments (reply_to, id);
