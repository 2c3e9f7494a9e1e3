-- p_c of raw log Z, the crossing with the equal states counted, and the spinodals of BP and of BP on the reduced systems.
SELECT (t.fixed ->> 'activation_1')::numeric AS rho_1, t.beta, round(t.crossing::numeric, 3) AS p_c,
       round(t.crossing_error::numeric, 3) AS error, t.crossing_outcome AS outcome, t.crossing_with_symmetry_outcome AS with_symmetry,
       round(t.ordering::numeric, 3) AS spinodal, round(t.ordering_error::numeric, 3) AS error, t.ordering_outcome AS outcome,
       round(r.ordering::numeric, 3) AS reduced_orders, round(r.ordering_error::numeric, 3) AS error, r.ordering_outcome AS outcome
FROM transitions t JOIN transitions r USING (sweep, axis, structure, fixed)
WHERE t.sweep = 'paper-fig4' AND t.axis = 'dilution_1' AND t.method = 'bp' AND r.method = 'bp_reduced' ORDER BY 1, 2;
