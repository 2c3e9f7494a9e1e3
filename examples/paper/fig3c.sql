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

\set sweep 'paper-fig3c'
\set quantity 'entropy_per_weight'
\set around 0.13
\ir steps-at-p_c.sql
