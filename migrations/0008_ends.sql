-- Looks at the end of an index, whatever the planner believes.
--
-- A sweep that is newer than the statistics is in none of them: the planner takes all of its finished jobs for one row,
-- and every index that begins with `sweep_id` for equally good. Then it reads all that the sweep has finished, sorts it
-- and takes the first, in every lease. A plan without a sort can only be the one that goes along the right index, and
-- once it is made it serves for ever.

-- Where the uncut units of a part begin: at the greatest end of a job that is finished or there. Beyond the last unit that
-- is finished only jobs under way end, so that no dead entry is passed over.
CREATE FUNCTION next_unit(sweep bigint, of_part integer) RETURNS bigint LANGUAGE plpgsql STABLE
SET enable_sort = off SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    last_finished bigint;
    last_cut bigint;
BEGIN
    SELECT f.end_unit INTO last_finished FROM finished_jobs f WHERE f.sweep_id = sweep AND f.part = of_part
    ORDER BY f.end_unit DESC LIMIT 1;
    SELECT j.end_unit INTO last_cut FROM jobs j
    WHERE j.sweep_id = sweep AND j.part = of_part AND j.end_unit > coalesce(last_finished, 0)
    ORDER BY j.end_unit DESC LIMIT 1;
    RETURN coalesce(last_cut, last_finished, 0);
END $$;

-- Measured over estimated compute time of a sweep's latest jobs; 1 while unknown.
CREATE FUNCTION slowness(sweep bigint) RETURNS double precision LANGUAGE plpgsql STABLE
SET enable_sort = off SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT coalesce(sum(cpu_seconds) / nullif(sum(estimated_seconds), 0), 1)
            FROM (SELECT f.cpu_seconds, f.estimated_seconds FROM finished_jobs f WHERE f.sweep_id = sweep
                  ORDER BY f.finished_at DESC LIMIT 50) AS latest);
END $$;
