drop table calendars;
drop index comments_thread;
alter table comments drop column from_city;
alter table comments drop column reply_to;
drop table extensions;
