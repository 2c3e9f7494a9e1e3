-- Of every instance: exact energy and specific heat, and what they would be if all W¹ of a unit were locked. The degree of
-- W²[j,k] is the number f of W¹ that v[j,k] couples to.
SELECT s.name AS sweep, r.width_0 AS n_0, r.ensemble, r.dilution_1, r.activation_1, r.activation_2, r.beta, r.sample,
       r.weights, r.alpha, r.energy_per_weight AS energy, r.beta::float8 ^ 2 * r.energy_variance / r.weights AS specific_heat,
       l.energy AS locked_energy, l.specific_heat AS locked_specific_heat
FROM results r
JOIN sweeps s ON s.name = r.sweep
CROSS JOIN LATERAL (
    SELECT -sum(d.weights * d.degree * tanh(r.beta::float8 * d.degree)) / r.weights AS energy,
           sum(d.weights * (r.beta::float8 * d.degree / cosh(least(r.beta::float8 * d.degree, 300))) ^ 2) / r.weights
               AS specific_heat
    FROM degree_counts d
    WHERE d.sweep_id = s.sweep_id AND d.cell_id = r.cell_id AND d.sample = r.sample AND d.layer = 2) AS l
WHERE r.sweep = :'sweep' AND r.method = 'exact' AND r.outcome = 'solved'
ORDER BY r.ensemble, r.activation_2, r.beta, n_0, r.dilution_1, r.sample;
