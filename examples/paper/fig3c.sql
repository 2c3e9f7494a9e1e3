-- BP's transitions, as in fig3b.sql.
SELECT method, beta, round(crossing::numeric, 3) AS p_c, round(crossing_error::numeric, 3) AS error,
       round(entropy_jump_per_weight::numeric, 3) AS entropy_jump, round(entropy_jump_error::numeric, 3) AS error
FROM transitions WHERE sweep = 'paper-fig3c' AND axis = 'dilution_1' ORDER BY method, beta;

-- Entropies from replica exchange against exact ones, sample by sample.
WITH pairs AS (
    SELECT beta, dilution_1, sample, max(entropy_per_weight) FILTER (WHERE method = 'replica_exchange') AS exchange,
           max(entropy_error) FILTER (WHERE method = 'replica_exchange') AS error,
           max(discretisation_error) FILTER (WHERE method = 'replica_exchange') AS steps,
           max(entropy_per_weight) FILTER (WHERE method = 'exact') AS exact,
           bool_and(equilibrated) FILTER (WHERE method = 'replica_exchange') AS equilibrated
    FROM results WHERE sweep = 'paper-fig3c' GROUP BY beta, dilution_1, sample)
SELECT beta, equilibrated, count(*) AS pairs, round(avg((abs(exchange - exact) < error + steps)::int), 3) AS within_one,
       round(max(abs(exchange - exact) / (error + steps))::numeric, 1) AS worst, round(max(abs(exchange - exact))::numeric, 4) AS largest
FROM pairs GROUP BY 1, 2 ORDER BY 1, 2;

-- The steps of the exact entropy and of BP's stable branch (the larger raw log Z) between the two dilutions around each sample's
-- own p_c, and the exact one's steps around it: a jump of the model would be in the first. Differences are paired, sample by sample.
WITH points AS (
    SELECT beta, sample, dilution_1,
           max(entropy_per_weight) FILTER (WHERE method = 'exact') AS exact,
           max(entropy_per_weight) FILTER (WHERE method = 'bp' AND branch = 'paramagnetic') AS disordered,
           max(entropy_per_weight) FILTER (WHERE method = 'bp' AND branch = 'polarised' AND ordered) AS ordered,
           max(log_z_per_weight) FILTER (WHERE method = 'bp' AND branch = 'polarised' AND ordered)
               > max(log_z_per_weight) FILTER (WHERE method = 'bp' AND branch = 'paramagnetic') AS leads
    FROM results WHERE sweep = 'paper-fig3c' GROUP BY beta, sample, dilution_1),
steps AS (
    SELECT beta, sample, dilution_1, exact - lag(exact) OVER line AS exact, disordered - lag(ordered) OVER line AS bp,
           leads IS NOT TRUE AND lag(leads) OVER line AS changes
    FROM points WINDOW line AS (PARTITION BY beta, sample ORDER BY dilution_1)),
own AS (SELECT DISTINCT ON (beta, sample) * FROM steps WHERE changes ORDER BY beta, sample, dilution_1),
paired AS (
    SELECT own.*, (SELECT avg(s.exact) FROM steps s WHERE s.beta = own.beta AND s.sample = own.sample
                   AND s.dilution_1 <> own.dilution_1 AND abs(s.dilution_1 - own.dilution_1) < 0.13) AS around
    FROM own)
SELECT beta, count(*) AS samples, round(avg(bp)::numeric, 4) AS bp, round((stddev_samp(bp) / sqrt(count(*)))::numeric, 4) AS error,
       round(avg(exact)::numeric, 4) AS exact, round((stddev_samp(exact) / sqrt(count(*)))::numeric, 4) AS error, round(max(exact)::numeric, 4) AS largest,
       round(avg(around)::numeric, 4) AS around, round(avg(exact - around)::numeric, 4) AS excess,
       round((stddev_samp(exact - around) / sqrt(count(*)))::numeric, 4) AS error
FROM paired GROUP BY beta ORDER BY beta;
