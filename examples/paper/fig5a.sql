-- Energies at the lowest temperature, with the errors of the runs alone, and how far they lie above equilibrium, sample by sample.
WITH energies AS (
    SELECT width_0 AS n, sample, method, energy_per_weight, energy_error,
           energy_per_weight - max(energy_per_weight) FILTER (WHERE method = 'exact') OVER (PARTITION BY widths, sample) AS above
    FROM results WHERE sweep = 'paper-fig5a' AND beta = 3 AND method <> 'bp')
SELECT n, method, count(*) AS samples,
       round(avg(energy_per_weight)::numeric, 4) AS energy,
       round((stddev_samp(energy_per_weight) / sqrt(count(*)))::numeric, 4) AS of_disorder,
       round((sqrt(sum(energy_error ^ 2)) / count(*))::numeric, 4) AS of_runs,
       round(avg(above)::numeric, 4) AS above_equilibrium, round((stddev_samp(above) / sqrt(count(*)))::numeric, 4) AS error
FROM energies GROUP BY n, method ORDER BY n, avg(energy_per_weight) DESC;

-- How many samples converge, by start; and BP's energy and entropy on the paramagnetic branch beside the equilibrium's.
SELECT width_0 AS n, beta, max(samples_of) AS samples, max(converged) FILTER (WHERE branch = 'polarised') AS from_quench,
       max(converged) FILTER (WHERE branch = 'paramagnetic') AS paramagnetic,
       round((max(energy_per_weight) FILTER (WHERE branch = 'paramagnetic'))::numeric, 3) AS bp_energy,
       round((max(energy_per_weight) FILTER (WHERE method = 'exact'))::numeric, 3) AS equilibrium,
       round((max(entropy_per_weight) FILTER (WHERE branch = 'paramagnetic'))::numeric, 3) AS bp_entropy
FROM phase_diagram WHERE sweep = 'paper-fig5a' GROUP BY 1, 2 ORDER BY 1, 2;

-- Of those that converged from a quench: how many are ordered, and did not fall to m = 0.
SELECT width_0 AS n, count(*) AS converged, count(*) FILTER (WHERE ordered) AS ordered
FROM results WHERE sweep = 'paper-fig5a' AND method = 'bp' AND branch = 'polarised' AND converged GROUP BY 1 ORDER BY 1;
