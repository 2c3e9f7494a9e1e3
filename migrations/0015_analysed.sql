-- A coordinator finds the transitions of a sweep when one of its parts has ended: every unit has a job, and none of these is
-- ready or leased. Then the part is analysed, until jobs of it are tried again.
ALTER TABLE sweep_parts ADD COLUMN is_analysed boolean NOT NULL DEFAULT false;
CREATE INDEX sweep_parts_unanalysed ON sweep_parts (sweep_id, part) WHERE is_cut AND NOT is_analysed;

-- Of the sweeps that ended before, those whose transitions are there, and those that can have none.
UPDATE sweep_parts p SET is_analysed = true
WHERE is_cut AND NOT EXISTS (SELECT FROM jobs j WHERE j.sweep_id = p.sweep_id AND j.state IN ('ready', 'leased'))
  AND (NOT EXISTS (SELECT FROM methods m WHERE m.sweep_id = p.sweep_id AND m.kind IN ('bp', 'bp_reduced'))
       OR EXISTS (SELECT FROM found_transitions t
                  WHERE t.sweep_id = p.sweep_id AND t.ordering_outcome IS NOT NULL
                    AND t.rows = (SELECT f.rows FROM finished(p.sweep_id) AS f)));

-- Where every sweep stands. One whose jobs are done is running until its transitions are found.
CREATE OR REPLACE VIEW sweep_progress AS
SELECT s.sweep_id, s.name AS sweep,
       CASE WHEN s.state = 'cancelled' THEN 'cancelled'
            WHEN NOT p.is_over OR j.ready + j.leased > 0
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
           coalesce(bool_and(is_cut AND is_analysed), true) AS is_over, max(submitted_at) AS submitted_at
    FROM sweep_parts WHERE sweep_id = s.sweep_id) AS p
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'ready') AS ready, count(*) FILTER (WHERE state = 'leased') AS leased,
           count(*) FILTER (WHERE state = 'failed') AS failed
    FROM jobs WHERE sweep_id = s.sweep_id) AS j
CROSS JOIN LATERAL finished(s.sweep_id) AS f;
