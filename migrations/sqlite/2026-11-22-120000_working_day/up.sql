-- The working day: deadlines extended for a city, threads of comments, addresses of calendars.

-- A later due day of one city in one cycle. One that was withdrawn stays with its version, so that a tag of before never fits.
create table extensions (
    cycle text not null references cycles (slug),
    city text not null references cities (slug),
    country text not null references countries (code),
    due_on text not null,
    reason text not null,
    withdrawn integer not null,
    version integer not null check (version >= 1),
    primary key (cycle, city)
) strict;
create index extensions_city on extensions (city, cycle);

-- A reply names the comment that its thread began with; whether the city wrote it decides what waits for an answer.
alter table comments add column reply_to blob references comments (id);
alter table comments add column from_city integer check (from_city in (0, 1));
create index comments_thread on comments (reply_to, id);

-- The secret addresses of calendars, as digests: one to a person, gone when it is revoked.
create table calendars (
    user_id blob primary key not null references users (id),
    digest blob not null unique check (length(digest) = 32),
    made_at integer not null
) strict;
