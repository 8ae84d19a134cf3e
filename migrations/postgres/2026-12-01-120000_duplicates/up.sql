-- The folded title by which duplicates are found. The start of the program fills it for the rows that are there: no function of the
-- database folds titles as the program does.
alter table projects add column duplicate_key text collate "C";
create index projects_duplicate on projects (city, duplicate_key, number);
create index projects_unfilled on projects (id) where duplicate_key is null;
