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

-- The steps of the exact energy and of BP's stable branch (the larger raw log Z) between the two dilutions around each sample's
-- own p_c, and the exact one's steps around it: a jump of the model would be in the first. Differences are paired, sample by sample.
WITH points AS (
    SELECT beta, sample, dilution_1,
           max(energy_per_weight) FILTER (WHERE method = 'exact') AS exact,
           max(energy_per_weight) FILTER (WHERE method = 'bp' AND branch = 'paramagnetic') AS disordered,
           max(energy_per_weight) FILTER (WHERE method = 'bp' AND branch = 'polarised' AND ordered) AS ordered,
           max(log_z_per_weight) FILTER (WHERE method = 'bp' AND branch = 'polarised' AND ordered)
               > max(log_z_per_weight) FILTER (WHERE method = 'bp' AND branch = 'paramagnetic') AS leads
    FROM results WHERE sweep = 'paper-fig3b' GROUP BY beta, sample, dilution_1),
steps AS (
    SELECT beta, sample, dilution_1, exact - lag(exact) OVER line AS exact, disordered - lag(ordered) OVER line AS bp,
           leads IS NOT TRUE AND lag(leads) OVER line AS changes
    FROM points WINDOW line AS (PARTITION BY beta, sample ORDER BY dilution_1)),
own AS (SELECT DISTINCT ON (beta, sample) * FROM steps WHERE changes ORDER BY beta, sample, dilution_1),
paired AS (
    SELECT own.*, (SELECT avg(s.exact) FROM steps s WHERE s.beta = own.beta AND s.sample = own.sample
                   AND s.dilution_1 <> own.dilution_1 AND abs(s.dilution_1 - own.dilution_1) < 0.07) AS around
    FROM own)
SELECT beta, count(*) AS samples, round(avg(bp)::numeric, 4) AS bp, round((stddev_samp(bp) / sqrt(count(*)))::numeric, 4) AS error,
       round(avg(exact)::numeric, 4) AS exact, round((stddev_samp(exact) / sqrt(count(*)))::numeric, 4) AS error, round(max(exact)::numeric, 4) AS largest,
       round(avg(around)::numeric, 4) AS around, round(avg(exact - around)::numeric, 4) AS excess,
       round((stddev_samp(exact - around) / sqrt(count(*)))::numeric, 4) AS error
FROM paired GROUP BY beta ORDER BY beta;

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
SELECT beta, round(-100 * min(paramagnetic / exact - 1) FILTER (WHERE dilution_1 > t.crossing)::numeric, 1) AS percent_beyond_p_c,
       round(-100 * min(paramagnetic / exact - 1) FILTER (WHERE dilution_1 > t.ordering)::numeric, 1) AS beyond_the_spinodal,
       round(100 * max(abs(CASE WHEN orders THEN ordered ELSE unordered END / exact - 1))::numeric, 1) AS reduced_misses
FROM energies JOIN transitions t USING (sweep, beta) WHERE t.method = 'bp' AND t.axis = 'dilution_1' GROUP BY beta ORDER BY beta;
