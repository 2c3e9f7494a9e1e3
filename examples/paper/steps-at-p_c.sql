-- The steps of the exact energy or entropy (:quantity) and of BP's stable branch (the larger raw log Z) between the two dilutions around each sample's
-- own p_c, and the exact one's steps around it: a jump of the model would be in the first. Differences are paired, sample by sample.
WITH points AS (
    SELECT beta, sample, dilution_1,
           max(:quantity) FILTER (WHERE method = 'exact') AS exact,
           max(:quantity) FILTER (WHERE method = 'bp' AND branch = 'paramagnetic') AS disordered,
           max(:quantity) FILTER (WHERE method = 'bp' AND branch = 'polarised' AND ordered) AS ordered,
           max(log_z_per_weight) FILTER (WHERE method = 'bp' AND branch = 'polarised' AND ordered)
               > max(log_z_per_weight) FILTER (WHERE method = 'bp' AND branch = 'paramagnetic') AS leads
    FROM results WHERE sweep = :'sweep' GROUP BY beta, sample, dilution_1),
steps AS (
    SELECT beta, sample, dilution_1, exact - lag(exact) OVER line AS exact, disordered - lag(ordered) OVER line AS bp,
           leads IS NOT TRUE AND lag(leads) OVER line AS changes
    FROM points WINDOW line AS (PARTITION BY beta, sample ORDER BY dilution_1)),
own AS (SELECT DISTINCT ON (beta, sample) * FROM steps WHERE changes ORDER BY beta, sample, dilution_1),
paired AS (
    SELECT own.*, (SELECT avg(s.exact) FROM steps s WHERE s.beta = own.beta AND s.sample = own.sample
                   AND s.dilution_1 <> own.dilution_1 AND abs(s.dilution_1 - own.dilution_1) < :around) AS around
    FROM own)
SELECT beta, count(*) AS samples, round(avg(bp)::numeric, 4) AS bp, round((stddev_samp(bp) / sqrt(count(*)))::numeric, 4) AS error,
       round(avg(exact)::numeric, 4) AS exact, round((stddev_samp(exact) / sqrt(count(*)))::numeric, 4) AS error, round(max(exact)::numeric, 4) AS largest,
       round(avg(around)::numeric, 4) AS around, round(avg(exact - around)::numeric, 4) AS excess,
       round((stddev_samp(exact - around) / sqrt(count(*)))::numeric, 4) AS error
FROM paired GROUP BY beta ORDER BY beta;
