drop table project_numbers;
drop index projects_unfilled;
drop index projects_duplicate;
alter table projects drop column duplicate_key;
