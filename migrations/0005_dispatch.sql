-- A queue whose cost does not depend on what it has done already, nor on who reads beside it.
--
-- While somebody's snapshot is open, dead rows stay, and an index scan that must pass over them pays for all that was
-- done since. So the hot path updates no row that many transactions share, and reads no index range that fills up with
-- dead entries: jobs are cut straight into leases (`ready` holds only those that came back), and where a part's uncut
-- units begin is read off the jobs themselves.

-- Larger first; among equals, sweeps share.
ALTER TABLE sweeps ADD COLUMN priority integer NOT NULL DEFAULT 0;

-- Every unit has a job, or had one.
ALTER TABLE sweep_parts ADD COLUMN is_cut boolean NOT NULL DEFAULT false;
UPDATE sweep_parts SET is_cut = next_unit = units;

-- No two jobs end at the same unit. Also where a part's uncut units begin: at the greatest end.
CREATE INDEX sweep_parts_uncut ON sweep_parts (sweep_id, part) WHERE NOT is_cut;
CREATE UNIQUE INDEX jobs_units ON jobs (sweep_id, part, end_unit);
DROP INDEX jobs_sweep;
CREATE UNIQUE INDEX finished_jobs_units ON finished_jobs (sweep_id, part, end_unit);

-- The transaction that recorded the job: what is older than every transaction under way is final, and is counted once.
ALTER TABLE finished_jobs ADD COLUMN recorded_by xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX finished_jobs_recorded_by ON finished_jobs (sweep_id, recorded_by);

-- Sums over the finished jobs of a sweep that were recorded by transactions before `before`. A coordinator moves it on
-- now and then; what came later is added when somebody looks.
CREATE TABLE counted_jobs (
    sweep_id          bigint PRIMARY KEY,
    before            xid8 NOT NULL,
    jobs              bigint NOT NULL,
    units             bigint NOT NULL,
    rows              bigint NOT NULL,
    cpu_seconds       double precision NOT NULL,
    estimated_seconds double precision NOT NULL
);

-- The sums over all finished jobs of a sweep.
CREATE FUNCTION finished(sweep bigint)
RETURNS TABLE (jobs bigint, units bigint, rows bigint, cpu_seconds double precision, estimated_seconds double precision)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH counted AS (SELECT * FROM counted_jobs c WHERE c.sweep_id = sweep),
         latest AS (
             SELECT count(*) AS jobs, coalesce(sum(f.end_unit - f.first_unit), 0) AS units, coalesce(sum(f.rows), 0) AS rows,
                    coalesce(sum(f.cpu_seconds), 0) AS cpu_seconds, coalesce(sum(f.estimated_seconds), 0) AS estimated_seconds
             FROM finished_jobs f
             WHERE f.sweep_id = sweep AND f.recorded_by >= coalesce((SELECT c.before FROM counted c), '0'::xid8))
    SELECT (l.jobs + coalesce(c.jobs, 0))::bigint, (l.units + coalesce(c.units, 0))::bigint,
           (l.rows + coalesce(c.rows, 0))::bigint, l.cpu_seconds + coalesce(c.cpu_seconds, 0),
           l.estimated_seconds + coalesce(c.estimated_seconds, 0)
    FROM latest l LEFT JOIN counted c ON true;
END;

-- Moves every sweep's count on to the oldest transaction under way. A database that was restored elsewhere numbers its
-- transactions anew: a count that is ahead of them is begun again.
CREATE FUNCTION count_finished_jobs() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    until xid8;
    counted bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('rapgrid.count_finished_jobs')) THEN
        RETURN 0;
    END IF;
    -- After the lock, so that it is not behind what another has counted.
    until := pg_snapshot_xmin(pg_current_snapshot());
    DELETE FROM counted_jobs WHERE before > until;
    WITH latest AS (
        SELECT s.sweep_id, f.*
        FROM sweeps s LEFT JOIN counted_jobs c USING (sweep_id)
        CROSS JOIN LATERAL (
            SELECT count(*) AS jobs, sum(end_unit - first_unit) AS units, sum(rows) AS rows, sum(cpu_seconds) AS cpu_seconds,
                   sum(estimated_seconds) AS estimated_seconds
            FROM finished_jobs
            WHERE sweep_id = s.sweep_id AND recorded_by >= coalesce(c.before, '0'::xid8) AND recorded_by < until) AS f
        WHERE f.jobs > 0),
    moved AS (
        INSERT INTO counted_jobs AS c (sweep_id, before, jobs, units, rows, cpu_seconds, estimated_seconds)
        SELECT sweep_id, until, jobs, units, rows, cpu_seconds, estimated_seconds FROM latest
        ON CONFLICT (sweep_id) DO UPDATE
        SET before = until, jobs = c.jobs + excluded.jobs, units = c.units + excluded.units, rows = c.rows + excluded.rows,
            cpu_seconds = c.cpu_seconds + excluded.cpu_seconds,
            estimated_seconds = c.estimated_seconds + excluded.estimated_seconds
        RETURNING 1)
    SELECT coalesce((SELECT sum(jobs) FROM latest), 0) INTO counted FROM (SELECT count(*) FROM moved) AS done;
    RETURN counted;
END $$;

DROP VIEW transitions;
DROP VIEW sweep_progress;

-- Where every sweep stands.
CREATE VIEW sweep_progress AS
SELECT s.sweep_id, s.name AS sweep,
       CASE WHEN s.state = 'cancelled' THEN 'cancelled'
            WHEN NOT p.is_cut OR j.ready + j.leased > 0
                THEN CASE s.state WHEN 'paused' THEN 'paused' ELSE 'running' END
            WHEN j.failed > 0 THEN 'failed'
            ELSE 'finished' END AS status,
       p.units, f.units AS units_done, p.rows, f.rows AS rows_done,
       j.ready AS jobs_ready, j.leased AS jobs_leased, j.failed AS jobs_failed, f.jobs AS jobs_finished,
       f.cpu_seconds, p.estimated_seconds, f.estimated_seconds AS estimated_seconds_done, s.priority,
       s.numerics_revision, s.created_at, p.submitted_at,
       (SELECT finished_at FROM finished_jobs WHERE sweep_id = s.sweep_id ORDER BY finished_at DESC LIMIT 1) AS finished_at
FROM sweeps s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(units), 0)::bigint AS units, coalesce(sum(rows), 0)::bigint AS rows,
           coalesce(sum(estimated_seconds), 0) AS estimated_seconds,
           coalesce(bool_and(is_cut), true) AS is_cut, max(submitted_at) AS submitted_at
    FROM sweep_parts WHERE sweep_id = s.sweep_id) AS p
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'ready') AS ready, count(*) FILTER (WHERE state = 'leased') AS leased,
           count(*) FILTER (WHERE state = 'failed') AS failed
    FROM jobs WHERE sweep_id = s.sweep_id) AS j
CROSS JOIN LATERAL finished(s.sweep_id) AS f;

COMMENT ON VIEW sweep_progress IS 'units, rows and jobs done and left, by sweep';

CREATE VIEW transitions AS
SELECT s.name AS sweep, t.method, t.axis, t.structure, t.fixed,
       (t.fixed ->> 'beta')::numeric AS beta,
       t.crossing, t.crossing_error, t.crossing_with_symmetry, t.crossing_with_symmetry_error, t.ordering,
       t.ordering_error, t.latent_heat_per_weight, t.latent_heat_error, t.entropy_jump_per_weight,
       t.entropy_jump_error, t.step, t.resolved,
       t.rows = f.rows AS current, t.found_at
FROM found_transitions t
JOIN sweeps s USING (sweep_id)
CROSS JOIN LATERAL finished(s.sweep_id) AS f;

COMMENT ON VIEW transitions IS 'where the BP branches cross and vanish, by line through the grid';

ALTER TABLE sweep_parts DROP COLUMN next_unit;
