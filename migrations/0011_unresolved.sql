-- What did not converge is not averaged away: a boundary says whether it was found, and which branch is stable whether
-- that is known.

-- Of each place: `found`, `at_edge` (beyond an end of the grid, or not clearly within it), `unresolved` (samples that did
-- not converge, or too few that agree, leave it open) or `none`. Where it was not found it lies between `from` and `to`,
-- as far as these are known. Null in rows of versions that did not ask.
ALTER TABLE found_transitions
    ADD COLUMN crossing_outcome               text,
    ADD COLUMN crossing_from                  double precision,
    ADD COLUMN crossing_to                    double precision,
    ADD COLUMN crossing_with_symmetry_outcome text,
    ADD COLUMN crossing_with_symmetry_from    double precision,
    ADD COLUMN crossing_with_symmetry_to      double precision,
    ADD COLUMN ordering_outcome               text,
    ADD COLUMN ordering_from                  double precision,
    ADD COLUMN ordering_to                    double precision,
    ADD COLUMN samples                        bigint,
    ADD COLUMN unresolved_samples             bigint;

-- What an earlier version found is not current, however many rows there are.
CREATE OR REPLACE VIEW transitions AS
SELECT s.name AS sweep, t.method, t.axis, t.structure, t.fixed,
       (t.fixed ->> 'beta')::numeric AS beta,
       t.crossing, t.crossing_error, t.crossing_with_symmetry, t.crossing_with_symmetry_error, t.ordering,
       t.ordering_error, t.latent_heat_per_weight, t.latent_heat_error, t.entropy_jump_per_weight,
       t.entropy_jump_error, t.step, t.resolved,
       t.rows = f.rows AND t.ordering_outcome IS NOT NULL AS current, t.found_at,
       t.crossing_outcome, t.crossing_from, t.crossing_to,
       t.crossing_with_symmetry_outcome, t.crossing_with_symmetry_from, t.crossing_with_symmetry_to,
       t.ordering_outcome, t.ordering_from, t.ordering_to, t.samples, t.unresolved_samples
FROM found_transitions t
JOIN sweeps s USING (sweep_id)
CROSS JOIN LATERAL finished(s.sweep_id) AS f;

-- A start that did not converge may have been the stable one: `unresolved` says so. Where the paramagnetic start orders by
-- itself nothing competes with it, and a polarised one that fell to the paramagnetic point has no ordered branch to offer.
-- Where neither start converged there is no branch.
CREATE OR REPLACE VIEW stable_branch AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta, m.method, m.branch AS stable_branch, m.ordered, m.weights, m.paths,
       m.energy_per_weight, m.log_z_per_weight, m.entropy_per_weight, m.overlap, m.unresolved
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
CROSS JOIN LATERAL (
    -- Rounding decides nothing: where both starts reach the same point it is the paramagnetic one's.
    SELECT DISTINCT ON (sample, beta, method)
           sample, beta, method, CASE WHEN counts THEN branch END AS branch, CASE WHEN counts THEN ordered END AS ordered,
           weights, paths, energy_per_weight, log_z_per_weight, entropy_per_weight, overlap, unresolved
    FROM (SELECT *, outcome = 'solved' AND (branch = 'paramagnetic' OR ordered) AS counts,
                 bool_or(outcome = 'not_converged') OVER same
                     AND NOT coalesce(bool_or(branch = 'paramagnetic' AND ordered) OVER same, false)
                     AND NOT coalesce(bool_or(branch = 'polarised' AND outcome = 'solved' AND NOT ordered) OVER same, false)
                     AS unresolved
          FROM measurements m
          WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id
            AND branch IS NOT NULL AND outcome IN ('solved', 'not_converged')
          WINDOW same AS (PARTITION BY sample, beta, method)) AS starts
    ORDER BY sample, beta, method, counts DESC, round(log_z_per_weight::numeric, 10) DESC, branch
) AS m;
