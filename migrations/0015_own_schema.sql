-- The functions find their tables whoever calls them and wherever he looks for names. Those of plain SQL have parsed bodies, and
-- know their tables already.
ALTER FUNCTION count_finished_jobs() SET search_path = rapgrid, pg_temp;
ALTER FUNCTION next_unit(bigint, integer) SET search_path = rapgrid, pg_temp;
ALTER FUNCTION slowness(bigint) SET search_path = rapgrid, pg_temp;
ALTER FUNCTION cut_jobs(bigint, integer, bigint, double precision, bigint[], bigint[], bigint[], bigint[], bigint[],
                        double precision[]) SET search_path = rapgrid, pg_temp;
