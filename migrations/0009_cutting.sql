-- Cutting in one round trip, and without waiting for the disk.
--
-- A lease of new units need not survive a crash of the database: nothing is lost but a claim. Whoever holds it is fenced,
-- because its job is not there, and the units are cut again. What is computed is recorded by a commit that waits, and that
-- brings everything before it to the disk as well. But what a crash undoes here it also does to sequences, and a number of
-- a lease must never be given twice. So whoever cuts brings numbers that it has reserved by a commit that waited
-- (`Store::reserve_leases`).

-- Cuts jobs and leases them, if the part's uncut units begin at `from_unit`, as the caller thought. Returns where they begin
-- before that; nothing if another coordinator is cutting, or nothing is left.
--
-- The part's row stays locked meanwhile, so that no two cut the same units. It is not updated before the last one.
CREATE FUNCTION cut_jobs(of_sweep bigint, of_part integer, from_unit bigint, lease_seconds double precision,
                         job_ids bigint[], epochs bigint[], worker_ids bigint[], first_units bigint[], end_units bigint[],
                         seconds double precision[])
RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    all_units bigint;
    uncut_from bigint;
    rest_from bigint;
BEGIN
    SET LOCAL synchronous_commit = off;
    SELECT p.units INTO all_units FROM sweep_parts p
    WHERE p.sweep_id = of_sweep AND p.part = of_part AND NOT p.is_cut FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- Reserved in a database that has been set back since.
    IF (SELECT max(epoch) FROM unnest(epochs) AS epoch) > (SELECT last_value FROM lease_epochs) THEN
        RAISE EXCEPTION 'numbers of leases that this database never gave' USING ERRCODE = 'serialization_failure';
    END IF;
    -- A statement of its own: it must see what was cut by whoever held the lock before.
    uncut_from := next_unit(of_sweep, of_part);
    rest_from := uncut_from;
    IF uncut_from = from_unit AND cardinality(job_ids) > 0 THEN
        INSERT INTO jobs (sweep_id, part, state, attempts, leased_at, leased_until, job_id, epoch, worker_id, first_unit,
                          end_unit, estimated_seconds)
        OVERRIDING SYSTEM VALUE
        SELECT of_sweep, of_part, 'leased', 1, now(), now() + make_interval(secs => lease_seconds), new.*
        FROM unnest(job_ids, epochs, worker_ids, first_units, end_units, seconds) AS new;
        rest_from := end_units[cardinality(end_units)];
    END IF;
    IF rest_from >= all_units THEN
        UPDATE sweep_parts SET is_cut = true WHERE sweep_id = of_sweep AND part = of_part;
    END IF;
    RETURN uncut_from;
END $$;
