-- The comment of an approval has a kind of its own, and the city may ask the reviewers about a draft.
alter table comments drop constraint comments_kind_check;
alter table comments add constraint comments_kind_check check (kind in ('note', 'return', 'approve', 'reopen'));
alter table comments add column question boolean not null default false;
alter table comments alter column question drop default;
