-- Summaries cell by cell.
--
-- A subquery over a whole sweep may be run again for every cell, where the planner takes the table of cells for small:
-- new cells are in no statistics yet. Each cell's rows stand together in `measurements_identity`, so that every row is
-- read once, whatever the planner thinks, and a condition on the cell or on its dilutions reads the rows of those cells
-- alone.

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
JOIN cells c ON c.sweep_id = s.sweep_id
CROSS JOIN LATERAL (
    SELECT beta, method, branch,
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
          FROM measurements m
          WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id) AS rows
    GROUP BY beta, method, branch
) AS a
JOIN methods k ON k.sweep_id = s.sweep_id AND k.method = a.method;

CREATE OR REPLACE VIEW stable_branch AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta, m.method, m.branch AS stable_branch, m.ordered, m.weights, m.paths,
       m.energy_per_weight, m.log_z_per_weight, m.entropy_per_weight, m.overlap
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
CROSS JOIN LATERAL (
    -- Rounding decides nothing: where both starts reach the same point it is the paramagnetic one's.
    SELECT DISTINCT ON (sample, beta, method) *
    FROM measurements m
    WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id
      AND outcome = 'solved' AND branch IS NOT NULL AND (branch = 'paramagnetic' OR ordered)
    ORDER BY sample, beta, method, round(log_z_per_weight::numeric, 10) DESC, branch
) AS m;

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
    WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id
    GROUP BY m.beta, m.method, o.of, o.low, b.bin, cardinality(o.counts)
) AS h;
