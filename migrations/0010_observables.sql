-- One definition a column: what was two quantities under one name, or another quantity than its name said, gets a name of
-- its own; errors where there were none; distributions of the energy; and means that know what they leave out.

ALTER TABLE measurements
    ADD COLUMN effective_samples           double precision,
    ADD COLUMN susceptibility_error        double precision,
    ADD COLUMN system_susceptibility       double precision,
    ADD COLUMN system_susceptibility_error double precision,
    ADD COLUMN unit_binder                 double precision,
    ADD COLUMN unit_binder_error           double precision,
    -- The energy per weight fell energy_counts[i] times into [energy_bins[i], energy_bins[i] + 1) / 256.
    ADD COLUMN energy_bins                 integer[],
    ADD COLUMN energy_counts               bigint[];

-- What it held is ½ (3 − Σ⟨q⁴⟩/Σ⟨q²⟩²), sums over the units with two v[j,k] or more: a ratio of sums, and no mean of ratios.
-- Rows that are recorded from now on have the mean, as `unit_binder`.
ALTER TABLE measurements RENAME COLUMN binder TO pooled_binder;

-- Of cluster Monte Carlo it held what is now `system_susceptibility`. Sweep by sweep, through the index.
UPDATE measurements m SET system_susceptibility = m.susceptibility, susceptibility = NULL
FROM methods k JOIN sweeps s USING (sweep_id)
WHERE k.kind = 'reduced_mc' AND m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.method = k.method
  AND m.susceptibility IS NOT NULL;

-- Replaced rather than dropped: people's own views stand on these, and readers have rights on them. So new columns stand at
-- the end.
ALTER VIEW results RENAME COLUMN binder TO pooled_binder;
ALTER VIEW phase_diagram RENAME COLUMN binder TO pooled_binder;

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
       m.susceptibility, m.pooled_binder, m.swap_acceptance, m.round_trips, m.symmetries,
       s.seed, s.numerics_revision, w.version, w.git_revision, w.host, w.cpu_features, m.seconds, m.recorded_at,
       m.layer_overlaps, m.layer_overlap_errors, m.path_overlap_histogram, m.unit_overlap_histogram,
       m.effective_samples, m.susceptibility_error, m.system_susceptibility, m.system_susceptibility_error,
       m.unit_binder, m.unit_binder_error, m.energy_bins, m.energy_counts
FROM sweeps s
JOIN measurements m ON m.bucket = s.bucket AND m.sweep_id = s.sweep_id
JOIN cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id
JOIN methods k ON k.sweep_id = m.sweep_id AND k.method = m.method
JOIN workers w USING (worker_id);

-- Means over the disorder samples, by cell, β, method and branch. A sample enters the means if it is solved and, on the
-- polarised branch, ordered: `samples` of `samples_of` did; `empty` had no active path, and of `unresolved` it is not known.
-- Means of what two replicas or the fluctuations of one show leave out those that are `unequilibrated`, too: what stuck
-- runs show of them is the distance between the places where they are stuck. The mean energy does not: the energy that
-- quenches reach is a result of its own, with an error that covers the runs' disagreement, and a mean over the samples
-- that happen to be easy is a biased one.
CREATE OR REPLACE VIEW phase_diagram AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       a.beta, a.method, k.kind, a.branch, a.samples, a.samples_of, a.empty, a.converged, a.weights, a.alpha,
       a.energy_per_weight, a.energy_standard_error, a.energy_statistical_error,
       a.log_z_per_weight, a.log_z_standard_error, a.entropy_per_weight, a.entropy_standard_error,
       a.overlap, a.overlap_standard_error, a.iterations, a.r_hat, a.equilibrated, a.specific_heat,
       a.specific_heat_standard_error, a.path_overlap, a.path_overlap_standard_error, a.susceptibility, a.pooled_binder,
       a.lowest_energy_per_weight, a.unresolved, a.unequilibrated, a.susceptibility_standard_error,
       a.system_susceptibility, a.system_susceptibility_standard_error, a.unit_binder, a.unit_binder_standard_error
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
-- Cell by cell: each cell's rows stand together in `measurements_identity`.
CROSS JOIN LATERAL (
    SELECT beta, method, branch,
           count(*) FILTER (WHERE used) AS samples,
           count(*) AS samples_of,
           count(*) FILTER (WHERE outcome = 'empty') AS empty,
           count(*) FILTER (WHERE converged) AS converged,
           count(*) FILTER (WHERE outcome = 'not_converged' AND paths > 0) AS unresolved,
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
           count(*) FILTER (WHERE NOT equilibrated) AS unequilibrated,
           avg(specific_heat) FILTER (WHERE settled) AS specific_heat,
           stddev_samp(specific_heat) FILTER (WHERE settled)
               / sqrt(nullif(count(specific_heat) FILTER (WHERE settled), 0)) AS specific_heat_standard_error,
           avg(path_overlap) FILTER (WHERE settled) AS path_overlap,
           stddev_samp(path_overlap) FILTER (WHERE settled)
               / sqrt(nullif(count(path_overlap) FILTER (WHERE settled), 0)) AS path_overlap_standard_error,
           avg(susceptibility) FILTER (WHERE settled) AS susceptibility,
           stddev_samp(susceptibility) FILTER (WHERE settled)
               / sqrt(nullif(count(susceptibility) FILTER (WHERE settled), 0)) AS susceptibility_standard_error,
           avg(system_susceptibility) FILTER (WHERE settled) AS system_susceptibility,
           stddev_samp(system_susceptibility) FILTER (WHERE settled)
               / sqrt(nullif(count(system_susceptibility) FILTER (WHERE settled), 0))
               AS system_susceptibility_standard_error,
           avg(pooled_binder) FILTER (WHERE settled) AS pooled_binder,
           avg(unit_binder) FILTER (WHERE settled) AS unit_binder,
           stddev_samp(unit_binder) FILTER (WHERE settled)
               / sqrt(nullif(count(unit_binder) FILTER (WHERE settled), 0)) AS unit_binder_standard_error,
           avg(lowest_energy_per_weight) FILTER (WHERE used) AS lowest_energy_per_weight
    FROM (SELECT *, used AND equilibrated IS NOT FALSE AS settled
          FROM (SELECT *, outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered) AS used
                FROM measurements m
                WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id) AS measured) AS rows
    GROUP BY beta, method, branch
) AS a
JOIN methods k ON k.sweep_id = s.sweep_id AND k.method = a.method;

-- As before, over samples that are not flagged.
CREATE OR REPLACE VIEW overlap_histograms AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       h.beta, h.method, h.of, h.low + (1 - h.low) * (h.bin - 0.5) / h.bins AS overlap, h.count,
       h.count * h.bins / ((1 - h.low) * h.total) AS density
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
CROSS JOIN LATERAL (
    SELECT m.beta, m.method, o.of, o.low, b.bin, cardinality(o.counts) AS bins,
           sum(b.count)::double precision AS count,
           (sum(sum(b.count)) OVER (PARTITION BY m.beta, m.method, o.of))::double precision AS total
    FROM measurements m
    CROSS JOIN LATERAL (VALUES ('path', -1::double precision, m.path_overlap_histogram),
                               ('unit', 0, m.unit_overlap_histogram)) AS o (of, low, counts)
    CROSS JOIN LATERAL unnest(o.counts) WITH ORDINALITY AS b (count, bin)
    WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id AND m.equilibrated IS NOT FALSE
    GROUP BY m.beta, m.method, o.of, o.low, b.bin, cardinality(o.counts)
) AS h;

-- The distribution of the energy per weight over all samples of a cell that are not flagged: `energy` is the middle of a bin
-- of width 1/256, and the integral of `density` is 1. Bins that nothing fell into have no row.
CREATE VIEW energy_histograms AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       h.beta, h.method, (h.bin + 0.5::double precision) / 256 AS energy, h.count, 256 * h.count / h.total AS density
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
CROSS JOIN LATERAL (
    SELECT m.beta, m.method, b.bin, sum(b.count)::double precision AS count,
           (sum(sum(b.count)) OVER (PARTITION BY m.beta, m.method))::double precision AS total
    FROM measurements m
    CROSS JOIN LATERAL unnest(m.energy_bins, m.energy_counts) AS b (bin, count)
    WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id AND m.equilibrated IS NOT FALSE
    GROUP BY m.beta, m.method, b.bin
) AS h;

COMMENT ON VIEW energy_histograms IS 'distribution of the energy per weight, by cell, beta and method';
