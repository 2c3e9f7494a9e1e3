-- A polarised start that fell to the paramagnetic point has no branch to offer, and where the paramagnetic start did not converge
-- beside it, what that one would have reached is not known: `unresolved` said no there, and the branch was null. Where the
-- paramagnetic start orders by itself nothing competes with it, whatever the other one did.
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
                     AS unresolved
          FROM measurements m
          WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id
            AND branch IS NOT NULL AND outcome IN ('solved', 'not_converged')
          WINDOW same AS (PARTITION BY sample, beta, method)) AS starts
    ORDER BY sample, beta, method, counts DESC, round(log_z_per_weight::numeric, 10) DESC, branch
) AS m;
