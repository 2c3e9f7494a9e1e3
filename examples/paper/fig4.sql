-- p_c of raw log Z, the crossing with the equal states counted, and the spinodals of BP and of BP on the reduced systems.
SELECT t.activation_1 AS rho_1, t.beta, round(t.crossing::numeric, 3) AS p_c,
       round(t.crossing_error::numeric, 3) AS error, t.crossing_outcome AS outcome, t.crossing_with_symmetry_outcome AS with_symmetry,
       round(t.ordering::numeric, 3) AS spinodal, round(t.ordering_error::numeric, 3) AS error, t.ordering_outcome AS outcome,
       round(r.ordering::numeric, 3) AS reduced_orders, round(r.ordering_error::numeric, 3) AS error, r.ordering_outcome AS outcome
FROM transitions t JOIN transitions r USING (sweep, axis, structure, line)
WHERE t.sweep = 'paper-fig4' AND t.axis = 'dilution_1' AND t.method = 'bp' AND r.method = 'bp_reduced' ORDER BY 1, 2;

-- The lead of every ordered polarised branch over its paramagnet with the equal states counted: how many are behind, and the least.
WITH leads AS (
    SELECT max(log_z_per_weight_with_symmetry) FILTER (WHERE branch = 'polarised' AND ordered)
           - max(log_z_per_weight) FILTER (WHERE branch = 'paramagnetic') AS lead
    FROM results WHERE sweep = 'paper-fig4' AND method = 'bp' AND converged GROUP BY cell_id, sample, beta)
SELECT count(lead) AS ordered, count(*) FILTER (WHERE lead < 0) AS behind, round(min(lead)::numeric, 4) AS least FROM leads;
