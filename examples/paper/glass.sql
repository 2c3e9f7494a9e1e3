-- How many samples' two-body BP converges from each start.
SELECT widths[1] AS n, beta, max(samples_of) AS samples, max(converged) FILTER (WHERE branch = 'paramagnetic') AS paramagnetic,
       max(converged) FILTER (WHERE branch = 'polarised') AS from_quench
FROM phase_diagram WHERE sweep = 'paper-glass' GROUP BY 1, 2 ORDER BY 1, 2;

-- The β where m = 0 loses stability in the mean.
SELECT n, round(atanh(((n - 1) * 0.2 * (n - 1) * 0.1) ^ -0.25)::numeric, 3) AS stable_below
FROM (VALUES (20::float8), (40)) AS of (n);
