-- BP's transitions: raw log Z (crossing), with 2^symmetries equal states counted, and the end of the ordered branch.
SELECT method, beta, round(crossing::numeric, 3) AS p_c, round(crossing_error::numeric, 3) AS error,
       crossing_with_symmetry_outcome AS with_symmetry, round(ordering::numeric, 3) AS spinodal,
       round(ordering_error::numeric, 3) AS error, round(latent_heat_per_weight::numeric, 3) AS latent_heat,
       round(latent_heat_error::numeric, 3) AS error, round(entropy_jump_per_weight::numeric, 3) AS entropy_jump,
       round(entropy_jump_error::numeric, 3) AS error
FROM transitions WHERE sweep = 'paper-fig3b' AND axis = 'dilution_1' ORDER BY method, beta;

-- Monte Carlo against the exact energy, sample by sample, in standard errors.
WITH pairs AS (
    SELECT beta, max(energy_per_weight) FILTER (WHERE method = 'mc') AS mc, max(energy_error) FILTER (WHERE method = 'mc') AS error,
           max(energy_per_weight) FILTER (WHERE method = 'exact') AS exact,
           bool_and(equilibrated) FILTER (WHERE method = 'mc') AS equilibrated
    FROM results WHERE sweep = 'paper-fig3b' GROUP BY beta, cell_id, sample)
SELECT beta, equilibrated, count(*) AS pairs, round(avg((abs(mc - exact) < error)::int), 3) AS within_one,
       round(max(abs(mc - exact) / error)::numeric, 1) AS worst
FROM pairs GROUP BY 1, 2 ORDER BY 1, 2;

\set sweep 'paper-fig3b'
\set quantity 'energy_per_weight'
\set around 0.07
\ir steps-at-p_c.sql

-- The largest relative errors of the mean energies of BP: of the paramagnetic branch beyond p_c and beyond the spinodal, and of BP
-- of the reduced systems anywhere.
WITH energies AS (
    SELECT sweep, beta, dilution_1,
           max(energy_per_weight) FILTER (WHERE method = 'exact') AS exact,
           max(energy_per_weight) FILTER (WHERE method = 'bp' AND branch = 'paramagnetic') AS paramagnetic,
           max(energy_per_weight) FILTER (WHERE method = 'bp_reduced' AND branch = 'polarised' AND samples = samples_of) AS ordered,
           max(energy_per_weight) FILTER (WHERE method = 'bp_reduced' AND branch = 'paramagnetic') AS unordered,
           bool_or(method = 'bp_reduced' AND branch = 'polarised' AND samples > 0) AS orders
    FROM phase_diagram WHERE sweep = 'paper-fig3b' GROUP BY sweep, beta, dilution_1)
SELECT beta, round(-100 * min(paramagnetic / exact - 1) FILTER (WHERE energies.dilution_1 > t.crossing)::numeric, 1) AS percent_beyond_p_c,
       round(-100 * min(paramagnetic / exact - 1) FILTER (WHERE energies.dilution_1 > t.ordering)::numeric, 1) AS beyond_the_spinodal,
       round(100 * max(abs(CASE WHEN orders THEN ordered ELSE unordered END / exact - 1))::numeric, 1) AS reduced_misses
FROM energies JOIN transitions t USING (sweep, beta) WHERE t.method = 'bp' AND t.axis = 'dilution_1' GROUP BY beta ORDER BY beta;
