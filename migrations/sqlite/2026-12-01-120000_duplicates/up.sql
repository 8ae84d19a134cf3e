-- The folded title by which duplicates are found. The start of the program fills it for the rows that are there: no function of the
-- database folds titles.
alter table projects add column duplicate_key text;
create index projects_duplicate on projects (city, duplicate_key, number);
create index projects_unfilled on projects (id) where duplicate_key is null;

-- The highest number that a project of the city ever had, also if the project was deleted. Without it, the next number has to be
-- sought among the keys of the journal, which takes the longer the more projects a city has.
create table project_numbers (
    city text primary key references cities (slug),
    last_number integer not null check (last_number >= 1)
) strict;
insert into project_numbers
    select city, max(number) from (
        select city, number from projects
        union all
        -- The journal has the keys of deleted projects too. `.` follows `-` in byte order. The range also holds the keys of cities with a
        -- longer name, which have more than digits after the name of this city.
        select c.slug, cast(substr(j.key, length(c.slug) + 2) as integer)
        from cities c
        join journal j on j.entity = 'project' and j.key >= c.slug || '-' and j.key < c.slug || '.'
        where substr(j.key, length(c.slug) + 2) not glob '*[^0-9]*' and substr(j.key, length(c.slug) + 2) <> ''
    )
    group by city;
