-- Nothing was made here.
select 1;
