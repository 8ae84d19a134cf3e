-- The working day: deadlines extended for a city, threads of comments, addresses of calendars.

-- A later due day of one city in one cycle. One that was withdrawn stays with its version, so that a tag of before never fits.
create table extensions (
    cycle text collate "C" not null references cycles (slug),
    city text collate "C" not null references cities (slug),
    country text collate "C" not null references countries (code),
    due_on date not null,
    reason text collate "C" not null,
    withdrawn boolean not null,
    version bigint not null check (version >= 1),
    primary key (cycle, city)
);
create index extensions_city on extensions (city, cycle);

-- A reply names the comment that its thread began with; whether the city wrote it decides what waits for an answer.
alter table comments add column reply_to uuid references comments (id);
alter table comments add column from_city boolean;
create index comments_thread on comments (reply_to, id);

-- The secret addresses of calendars, as digests: one to a person, gone when it is revoked.
create table calendars (
    user_id uuid primary key not null references users (id),
    digest bytea not null unique check (length(digest) = 32),
    made_at timestamptz not null
);
