-- The least exact entropy, and how far it is above what the flips of hidden units leave, h ln 2 / n.
SELECT couplings, count(*) AS values, round(min(entropy_per_weight)::numeric, 4) AS least,
       round(min(entropy_per_weight - hidden_units * ln(2) / weights)::numeric, 6) AS least_beyond_symmetry
FROM results WHERE sweep = 'paper-fig5b' AND method = 'exact' AND outcome = 'solved' GROUP BY 1 ORDER BY 1;

-- Of BP: how many are negative, of how many converged, and the least; from which β on.
SELECT couplings, branch, dilution_1, count(*) FILTER (WHERE converged) AS converged, count(*) AS rows,
       count(*) FILTER (WHERE entropy_per_weight < 0) AS negative, min(beta) FILTER (WHERE entropy_per_weight < 0) AS from_beta,
       round(min(entropy_per_weight)::numeric, 3) AS least
FROM results WHERE sweep = 'paper-fig5b' AND method = 'bp' AND (branch = 'paramagnetic' OR ordered OR NOT converged)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- Entropies from replica exchange against exact ones, where it is in equilibrium.
WITH pairs AS (
    SELECT couplings, max(entropy_per_weight) FILTER (WHERE method = 'replica_exchange') AS exchange,
           max(entropy_error + discretisation_error) FILTER (WHERE method = 'replica_exchange') AS error,
           max(entropy_per_weight) FILTER (WHERE method = 'exact') AS exact,
           bool_and(equilibrated) FILTER (WHERE method = 'replica_exchange') AS equilibrated
    FROM results WHERE sweep = 'paper-fig5b' GROUP BY couplings, cell_id, sample, beta)
SELECT couplings, equilibrated, count(*) AS pairs, round(avg((abs(exchange - exact) < error)::int), 3) AS within_one,
       round(max(abs(exchange - exact))::numeric, 4) AS largest
FROM pairs GROUP BY 1, 2 ORDER BY 1, 2;

-- Means of the paramagnetic branch at p = 0.
SELECT couplings, beta, round(avg(entropy_per_weight)::numeric, 4) AS entropy,
       round((stddev_samp(entropy_per_weight) / sqrt(count(*)))::numeric, 4) AS error
FROM results WHERE sweep = 'paper-fig5b' AND method = 'bp' AND branch = 'paramagnetic' AND dilution_1 = 0 AND beta IN (1.8, 2, 2.2, 3, 4)
GROUP BY 1, 2 ORDER BY 1, 2;
