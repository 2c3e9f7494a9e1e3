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
