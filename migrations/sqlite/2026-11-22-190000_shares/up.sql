-- Shares: addresses at which one thing about releases is read without signing in.
create table shares (
    id blob primary key not null,
    name text not null,
    path text not null,
    format text not null check (format in ('csv', 'json', 'geojson', 'xlsx')),
    expires_on text not null,
    created_by blob not null references users (id),
    created_at integer not null,
    revoked integer not null,
    version integer not null check (version >= 1)
) strict;
-- What is no part of the record: the secret as a digest, and how often it was used.
create table share_secrets (
    share_id blob primary key not null references shares (id),
    digest blob not null unique check (length(digest) = 32),
    uses integer not null check (uses >= 0),
    last_used_on text
) strict;
