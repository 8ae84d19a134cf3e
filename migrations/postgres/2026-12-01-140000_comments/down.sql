alter table comments drop column question;
update comments set kind = 'note' where kind = 'approve';
alter table comments drop constraint comments_kind_check;
alter table comments add constraint comments_kind_check check (kind in ('note', 'return', 'reopen'));
