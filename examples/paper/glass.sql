-- How many samples' BP converges, of the model and of the two-body systems, from each start.
SELECT width_0 AS n, beta, max(samples_of) AS samples,
       max(converged) FILTER (WHERE method = 'bp' AND branch = 'polarised') AS full_from_quench,
       max(converged) FILTER (WHERE method = 'bp_reduced' AND branch = 'polarised') AS reduced_from_quench,
       max(converged) FILTER (WHERE method = 'bp_reduced' AND branch = 'paramagnetic') AS reduced_paramagnetic
FROM phase_diagram WHERE sweep = 'paper-glass' GROUP BY 1, 2 ORDER BY 1, 2;

-- The β where m = 0 loses stability in the mean.
SELECT n, round(atanh(((n - 1) * 0.2 * (n - 1) * 0.1) ^ -0.25)::numeric, 3) AS stable_below
FROM (VALUES (20::float8), (40)) AS of (n);
