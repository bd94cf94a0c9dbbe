"""What is stored: the only files that know SQL. `schema.sql` says what each table is for."""
