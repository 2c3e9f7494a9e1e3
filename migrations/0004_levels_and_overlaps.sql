-- Overlaps by weight layer, their histograms, and the energy levels of random configurations.

-- Of rows that were recorded before, these are null. `layer_overlaps[l]` is q of weight layer l. Histograms count in 64
-- equal bins: of path products those of [-1, 1], of the absolute overlaps of units those of [0, 1].
ALTER TABLE measurements
    ADD COLUMN layer_overlaps         double precision[],
    ADD COLUMN layer_overlap_errors   double precision[],
    ADD COLUMN path_overlap_histogram bigint[],
    ADD COLUMN unit_overlap_histogram bigint[];

-- Pairs of random configurations of one instance at one overlap; energies in units of the number of paths M.
CREATE TABLE level_pairs (
    sweep_id                     bigint NOT NULL,
    cell_id                      bigint NOT NULL,
    sample                       integer NOT NULL,
    method                       text NOT NULL,
    -- Each weight of a pair agrees with probability (1 + overlap)/2.
    overlap                      numeric NOT NULL,
    paths                        bigint NOT NULL,
    covariance_per_path          double precision NOT NULL,
    covariance_error             double precision NOT NULL,
    disorder_covariance_per_path double precision NOT NULL,
    disorder_covariance_error    double precision NOT NULL,
    disorder_spread              double precision NOT NULL,
    variance_per_path            double precision NOT NULL,
    variance_error               double precision NOT NULL,
    excess_kurtosis              double precision NOT NULL,
    excess_kurtosis_error        double precision NOT NULL,
    PRIMARY KEY (sweep_id, cell_id, sample, method, overlap)
);

-- New columns of a view stand at its end.
CREATE OR REPLACE VIEW results AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta, m.method, k.kind, m.branch, m.outcome,
       m.weights, m.paths, m.paths::double precision / nullif(m.weights, 0) AS alpha, m.hidden_units,
       m.energy_per_weight, m.energy_error, m.log_z_per_weight,
       -- Exact fact 3: an ordered BP state stands for up to 2^symmetries equal ones. Never added silently.
       m.log_z_per_weight + m.symmetries * ln(2.0::double precision) / nullif(m.weights, 0)
           AS log_z_per_weight_with_symmetry,
       m.entropy_per_weight, m.overlap, m.energy_variance, m.converged, m.ordered, m.iterations, m.residual,
       m.tau_int, m.r_hat, m.equilibrated, m.log_z_error, m.entropy_error, m.discretisation_error,
       m.lowest_energy_per_weight, m.specific_heat, m.specific_heat_error, m.path_overlap, m.path_overlap_error,
       m.susceptibility, m.binder, m.swap_acceptance, m.round_trips, m.symmetries,
       s.seed, s.numerics_revision, w.version, w.git_revision, w.host, w.cpu_features, m.seconds, m.recorded_at,
       m.layer_overlaps, m.layer_overlap_errors, m.path_overlap_histogram, m.unit_overlap_histogram
FROM sweeps s
JOIN measurements m ON m.bucket = s.bucket AND m.sweep_id = s.sweep_id
JOIN cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id
JOIN methods k ON k.sweep_id = m.sweep_id AND k.method = m.method
JOIN workers w USING (worker_id);

CREATE OR REPLACE VIEW phase_diagram AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       a.beta, a.method, k.kind, a.branch, a.samples, a.samples_of, a.empty, a.converged, a.weights, a.alpha,
       a.energy_per_weight, a.energy_standard_error, a.energy_statistical_error,
       a.log_z_per_weight, a.log_z_standard_error, a.entropy_per_weight, a.entropy_standard_error,
       a.overlap, a.overlap_standard_error, a.iterations, a.r_hat, a.equilibrated, a.specific_heat,
       a.specific_heat_standard_error, a.path_overlap, a.path_overlap_standard_error, a.susceptibility, a.binder,
       a.lowest_energy_per_weight
FROM sweeps s
-- Sweep by sweep, so that asking for one reads the rows of one.
CROSS JOIN LATERAL (
    SELECT cell_id, beta, method, branch,
           count(*) FILTER (WHERE used) AS samples,
           count(*) AS samples_of,
           count(*) FILTER (WHERE outcome = 'empty') AS empty,
           count(*) FILTER (WHERE converged) AS converged,
           avg(weights) FILTER (WHERE paths > 0)::double precision AS weights,
           avg(paths::double precision / nullif(weights, 0)) AS alpha,
           avg(energy_per_weight) FILTER (WHERE used) AS energy_per_weight,
           stddev_samp(energy_per_weight) FILTER (WHERE used)
               / sqrt(nullif(count(energy_per_weight) FILTER (WHERE used), 0)) AS energy_standard_error,
           sqrt(sum(energy_error * energy_error) FILTER (WHERE used)) / nullif(count(energy_error) FILTER (WHERE used), 0)
               AS energy_statistical_error,
           avg(log_z_per_weight) FILTER (WHERE used) AS log_z_per_weight,
           stddev_samp(log_z_per_weight) FILTER (WHERE used)
               / sqrt(nullif(count(log_z_per_weight) FILTER (WHERE used), 0)) AS log_z_standard_error,
           avg(entropy_per_weight) FILTER (WHERE used) AS entropy_per_weight,
           stddev_samp(entropy_per_weight) FILTER (WHERE used)
               / sqrt(nullif(count(entropy_per_weight) FILTER (WHERE used), 0)) AS entropy_standard_error,
           avg(overlap) FILTER (WHERE used) AS overlap,
           stddev_samp(overlap) FILTER (WHERE used) / sqrt(nullif(count(overlap) FILTER (WHERE used), 0))
               AS overlap_standard_error,
           avg(iterations)::double precision AS iterations,
           max(r_hat) AS r_hat,
           count(*) FILTER (WHERE equilibrated) AS equilibrated,
           avg(specific_heat) FILTER (WHERE used) AS specific_heat,
           stddev_samp(specific_heat) FILTER (WHERE used)
               / sqrt(nullif(count(specific_heat) FILTER (WHERE used), 0)) AS specific_heat_standard_error,
           avg(path_overlap) FILTER (WHERE used) AS path_overlap,
           stddev_samp(path_overlap) FILTER (WHERE used)
               / sqrt(nullif(count(path_overlap) FILTER (WHERE used), 0)) AS path_overlap_standard_error,
           avg(susceptibility) FILTER (WHERE used) AS susceptibility,
           avg(binder) FILTER (WHERE used) AS binder,
           avg(lowest_energy_per_weight) FILTER (WHERE used) AS lowest_energy_per_weight
    FROM (SELECT *, outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered) AS used
          FROM measurements m WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id) AS rows
    GROUP BY cell_id, beta, method, branch
) AS a
JOIN cells c ON c.sweep_id = s.sweep_id AND c.cell_id = a.cell_id
JOIN methods k ON k.sweep_id = s.sweep_id AND k.method = a.method;

-- The magnetisation overlap of every weight layer, means over the samples that `phase_diagram` takes.
CREATE VIEW layer_overlaps AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       m.beta, m.method, m.branch, q.layer::integer AS layer, count(*) AS samples,
       avg(q.overlap) AS overlap, stddev_samp(q.overlap) / sqrt(count(*)) AS overlap_standard_error
FROM sweeps s
JOIN measurements m ON m.bucket = s.bucket AND m.sweep_id = s.sweep_id
JOIN cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id
CROSS JOIN LATERAL unnest(m.layer_overlaps) WITH ORDINALITY AS q (overlap, layer)
WHERE m.outcome = 'solved' AND (m.branch IS DISTINCT FROM 'polarised' OR m.ordered)
GROUP BY s.sweep_id, c.sweep_id, c.cell_id, m.beta, m.method, m.branch, q.layer;

COMMENT ON VIEW layer_overlaps IS 'mean magnetisation overlap by weight layer, cell, beta, method and branch';

-- The distributions of the overlaps of two replicas, over all samples of a cell: of path products over [-1, 1], of the
-- absolute overlap within units over [0, 1]. The integral of `density` is 1.
CREATE VIEW overlap_histograms AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       h.beta, h.method, h.of, h.low + (1 - h.low) * (h.bin - 0.5) / h.bins AS overlap, h.count,
       h.count * h.bins / ((1 - h.low) * sum(h.count) OVER (PARTITION BY s.sweep_id, h.cell_id, h.beta, h.method, h.of))
           AS density
FROM sweeps s
CROSS JOIN LATERAL (
    SELECT m.cell_id, m.beta, m.method, o.of, o.low, b.bin, cardinality(o.counts) AS bins,
           sum(b.count)::double precision AS count
    FROM measurements m
    CROSS JOIN LATERAL (VALUES ('path', -1::double precision, m.path_overlap_histogram),
                               ('unit', 0, m.unit_overlap_histogram)) AS o (of, low, counts)
    CROSS JOIN LATERAL unnest(o.counts) WITH ORDINALITY AS b (count, bin)
    WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id
    GROUP BY m.cell_id, m.beta, m.method, o.of, o.low, b.bin, cardinality(o.counts)
) AS h
JOIN cells c ON c.sweep_id = s.sweep_id AND c.cell_id = h.cell_id;

COMMENT ON VIEW overlap_histograms IS 'distribution of two-replica overlaps: of path products, and absolute ones of v[j,k] within units';

-- Which share of the weights lies in a layer and on so many active paths, mean over the samples with paths.
CREATE VIEW degree_distribution AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       d.layer, d.degree, n.samples, sum(d.weights::double precision / t.weights) / n.samples AS share
FROM sweeps s
JOIN degree_counts d USING (sweep_id)
JOIN cells c USING (sweep_id, cell_id)
JOIN (SELECT sweep_id, cell_id, sample, sum(weights) AS weights FROM degree_counts GROUP BY 1, 2, 3) AS t
    USING (sweep_id, cell_id, sample)
JOIN (SELECT sweep_id, cell_id, count(DISTINCT sample) AS samples FROM degree_counts GROUP BY 1, 2) AS n
    USING (sweep_id, cell_id)
GROUP BY s.sweep_id, c.sweep_id, c.cell_id, d.layer, d.degree, n.samples;

COMMENT ON VIEW degree_distribution IS 'share of weights by layer and degree, mean over the samples of a cell';

-- Means over samples of the method `levels`, in units of the number of paths M. Errors are the spread over samples, of a
-- single one that over its pairs.
CREATE VIEW energy_levels AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       cardinality(c.widths) - 1 AS depth, l.method, l.overlap, count(*) AS samples,
       avg(l.paths)::double precision AS paths,
       power(l.overlap::double precision, cardinality(c.widths) - 1) AS expected,
       avg(l.covariance_per_path) AS covariance_per_path,
       coalesce(stddev_samp(l.covariance_per_path) / sqrt(count(*)), max(l.covariance_error)) AS covariance_error,
       avg(l.disorder_covariance_per_path) AS disorder_covariance_per_path,
       coalesce(stddev_samp(l.disorder_covariance_per_path) / sqrt(count(*)), max(l.disorder_covariance_error))
           AS disorder_covariance_error,
       avg(l.disorder_spread) AS disorder_spread,
       avg(l.variance_per_path) AS variance_per_path,
       coalesce(stddev_samp(l.variance_per_path) / sqrt(count(*)), max(l.variance_error)) AS variance_error,
       avg(l.excess_kurtosis) AS excess_kurtosis,
       coalesce(stddev_samp(l.excess_kurtosis) / sqrt(count(*)), max(l.excess_kurtosis_error)) AS excess_kurtosis_error
FROM sweeps s
JOIN level_pairs l USING (sweep_id)
JOIN cells c USING (sweep_id, cell_id)
GROUP BY s.sweep_id, c.sweep_id, c.cell_id, l.method, l.overlap;

COMMENT ON VIEW energy_levels IS 'variance and covariance of random energy levels, by cell, method and overlap';
