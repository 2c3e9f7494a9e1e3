-- ⟨H²⟩/M at q = 1, how the covariances of pairs at q < 1 lie about q^L, and how much they scatter from pair to pair at q = 0.5.
SELECT couplings, depth, round(avg(paths)::numeric) AS paths,
       round((avg(variance_per_path) FILTER (WHERE overlap = 1))::numeric, 4) AS variance,
       round((avg(variance_error) FILTER (WHERE overlap = 1))::numeric, 4) AS error,
       count(*) FILTER (WHERE overlap < 1) AS covariances,
       count(*) FILTER (WHERE overlap < 1 AND abs(covariance_per_path - expected) < covariance_error) AS within_one,
       round((max(abs(covariance_per_path - expected) / covariance_error) FILTER (WHERE overlap < 1))::numeric, 1) AS worst,
       round((max(disorder_spread) FILTER (WHERE overlap = 0.5))::numeric, 4) AS spread
FROM energy_levels WHERE sweep = 'paper-eq4' GROUP BY 1, 2 ORDER BY 1, 2;
