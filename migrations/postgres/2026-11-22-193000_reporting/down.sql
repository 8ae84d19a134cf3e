-- The role stays: other databases of the server may grant to it.
drop schema reporting cascade;
