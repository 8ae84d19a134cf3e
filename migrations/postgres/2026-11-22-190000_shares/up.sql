-- Shares: addresses at which one thing about releases is read without signing in.
create table shares (
    id uuid primary key not null,
    name text collate "C" not null,
    path text collate "C" not null,
    format text collate "C" not null check (format in ('csv', 'json', 'geojson', 'xlsx')),
    expires_on date not null,
    created_by uuid not null references users (id),
    created_at timestamptz not null,
    revoked boolean not null,
    version bigint not null check (version >= 1)
);
-- What is no part of the record: the secret as a digest, and how often it was used.
create table share_secrets (
    share_id uuid primary key not null references shares (id),
    digest bytea not null unique check (length(digest) = 32),
    uses bigint not null check (uses >= 0),
    last_used_on date
);
