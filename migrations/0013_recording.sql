-- A smaller index for the measurements, for it is written with every row.
--
-- It had all that a row is known by, and was unique, to catch a double recording if the leases' fence had a hole. That a job
-- is recorded once is what `finished_jobs_units` says already, with one entry for each job instead of one for each row: the
-- same units of a part cannot be finished twice. What is left for this index is to find the rows of a cell, which stand
-- together in it.
DROP INDEX measurements_identity;
CREATE INDEX measurements_cell ON measurements (sweep_id, cell_id);
