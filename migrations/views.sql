-- What people read: every view as it is now. This file is run after the migrations whenever one of them was taken, and the views
-- are made anew, so a change here comes with a new migration, if only an empty one, whose number tells every program that
-- the views have changed.
--
-- Every quantity has the name that it has in JSON and CSV; energies, log Z and entropies are per weight. Views are replaced, not
-- dropped: people's own views stand on them, and readers have rights on them. So new columns stand at the end. A view whose
-- columns must change otherwise is dropped by the migration, and made here again.

-- Every measurement with the parameters of its cell and what made it.
CREATE OR REPLACE VIEW results AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta, m.method, k.kind, m.branch, m.outcome,
       m.weights, m.paths, m.paths::double precision / nullif(m.weights, 0) AS alpha, m.hidden_units,
       m.energy_per_weight, m.energy_error, m.log_z_per_weight,
       -- docs/model.md, fact 3: an ordered BP state stands for up to 2^symmetries equal ones. Never added silently.
       m.log_z_per_weight + m.symmetries * ln(2.0::double precision) / nullif(m.weights, 0)
           AS log_z_per_weight_with_symmetry,
       m.entropy_per_weight, m.overlap, m.energy_variance, m.converged, m.ordered, m.iterations, m.residual,
       m.tau_int, m.r_hat, m.equilibrated, m.log_z_error, m.entropy_error, m.discretisation_error,
       m.lowest_energy_per_weight, m.specific_heat, m.specific_heat_error, m.path_overlap, m.path_overlap_error,
       m.susceptibility, m.pooled_binder, m.swap_acceptance, m.round_trips, m.symmetries,
       s.seed, s.numerics_revision, w.version, w.git_revision, w.host, w.cpu_features, m.seconds, m.recorded_at,
       m.layer_overlaps, m.layer_overlap_errors, m.path_overlap_histogram, m.unit_overlap_histogram,
       m.effective_samples, m.susceptibility_error, m.system_susceptibility, m.system_susceptibility_error,
       m.unit_binder, m.unit_binder_error, m.energy_bins, m.energy_counts, m.fewest_round_trips, m.communication_barrier
FROM sweeps s
JOIN measurements m ON m.bucket = s.bucket AND m.sweep_id = s.sweep_id
JOIN cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id
JOIN methods k ON k.sweep_id = m.sweep_id AND k.method = m.method
JOIN workers w USING (worker_id);

COMMENT ON VIEW results IS 'every measurement with its cell and its provenance';

-- Means over the disorder samples, by cell, β, method and branch. A sample enters the means if it is solved and, on the
-- polarised branch, ordered: `samples` of `samples_of` did; `empty` had no active path, and of `unresolved` it is not known.
-- Means of what two replicas or the fluctuations of one show leave out those that are `unequilibrated`, too: what stuck
-- runs show of them is the distance between the places where they are stuck. The mean energy does not: the energy that
-- quenches reach is a result of its own, with an error that covers the runs' disagreement, and a mean over the samples
-- that happen to be easy is a biased one.
--
-- This view and those below go cell by cell. A subquery over a whole sweep may be run again for every cell, where the planner
-- takes the table of cells for small: new cells are in no statistics yet. Each cell's rows stand together in
-- `measurements_cell`, so that every row is read once, whatever the planner thinks, and a condition on the cell or on its
-- dilutions reads the rows of those cells alone.
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
       a.system_susceptibility, a.system_susceptibility_standard_error, a.unit_binder, a.unit_binder_standard_error,
       a.alpha_standard_error, a.log_z_above_paramagnet, a.log_z_above_paramagnet_standard_error, a.log_z_statistical_error,
       a.entropy_statistical_error, a.specific_heat_statistical_error, a.path_overlap_statistical_error,
       a.susceptibility_statistical_error, a.system_susceptibility_statistical_error, a.unit_binder_statistical_error,
       a.pooled_binder_standard_error, a.lowest_energy_standard_error
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
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
           CASE WHEN count(equilibrated) > 0 THEN count(*) FILTER (WHERE equilibrated) END AS equilibrated,
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
           avg(lowest_energy_per_weight) FILTER (WHERE used) AS lowest_energy_per_weight,
           stddev_samp(paths::double precision / nullif(weights, 0)) / sqrt(nullif(count(*) FILTER (WHERE weights > 0), 0))
               AS alpha_standard_error,
           avg(above) FILTER (WHERE used) AS log_z_above_paramagnet,
           stddev_samp(above) FILTER (WHERE used)
               / sqrt(nullif(count(above) FILTER (WHERE used), 0)) AS log_z_above_paramagnet_standard_error,
           sqrt(sum(log_z_error * log_z_error) FILTER (WHERE used)) / nullif(count(log_z_error) FILTER (WHERE used), 0)
               AS log_z_statistical_error,
           sqrt(sum(entropy_error * entropy_error) FILTER (WHERE used)) / nullif(count(entropy_error) FILTER (WHERE used), 0)
               AS entropy_statistical_error,
           sqrt(sum(specific_heat_error * specific_heat_error) FILTER (WHERE settled)) / nullif(count(specific_heat_error) FILTER (WHERE settled), 0)
               AS specific_heat_statistical_error,
           sqrt(sum(path_overlap_error * path_overlap_error) FILTER (WHERE settled)) / nullif(count(path_overlap_error) FILTER (WHERE settled), 0)
               AS path_overlap_statistical_error,
           sqrt(sum(susceptibility_error * susceptibility_error) FILTER (WHERE settled)) / nullif(count(susceptibility_error) FILTER (WHERE settled), 0)
               AS susceptibility_statistical_error,
           sqrt(sum(system_susceptibility_error * system_susceptibility_error) FILTER (WHERE settled)) / nullif(count(system_susceptibility_error) FILTER (WHERE settled), 0)
               AS system_susceptibility_statistical_error,
           sqrt(sum(unit_binder_error * unit_binder_error) FILTER (WHERE settled)) / nullif(count(unit_binder_error) FILTER (WHERE settled), 0)
               AS unit_binder_statistical_error,
           stddev_samp(pooled_binder) FILTER (WHERE settled)
               / sqrt(nullif(count(pooled_binder) FILTER (WHERE settled), 0)) AS pooled_binder_standard_error,
           stddev_samp(lowest_energy_per_weight) FILTER (WHERE used)
               / sqrt(nullif(count(lowest_energy_per_weight) FILTER (WHERE used), 0)) AS lowest_energy_standard_error
    FROM (SELECT *, used AND equilibrated IS NOT FALSE AS settled,
                 -- docs/model.md, High temperature: ln 2 + α ln cosh β, of the sample's own α.
                 log_z_per_weight - ln(2.0::double precision)
                     - paths * ln(cosh(beta::double precision)) / nullif(weights, 0) AS above
          FROM (SELECT *, outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered) AS used
                FROM measurements m
                WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id) AS measured) AS rows
    GROUP BY beta, method, branch
) AS a
JOIN methods k ON k.sweep_id = s.sweep_id AND k.method = a.method;

COMMENT ON VIEW phase_diagram IS 'mean, standard error and number of samples by cell, beta, method and branch';

-- What one method gives less what another gives for the same samples, by cell, β and branch. Errors are the spread of the
-- samples' differences, in which the disorder that both share is gone: that of two means taken as independent is many times
-- larger. `statistical_error` is Monte Carlo's own part, of both. A sample counts where both have a value that `phase_diagram`
-- would take.
CREATE OR REPLACE VIEW differences AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       d.beta, d.method, k.kind, d.branch, d.reference, r.kind AS reference_kind, d.reference_branch, d.samples,
       d.energy_difference, d.energy_difference_standard_error, d.energy_difference_statistical_error,
       d.log_z_difference, d.log_z_difference_standard_error, d.log_z_difference_statistical_error,
       d.entropy_difference, d.entropy_difference_standard_error, d.entropy_difference_statistical_error
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
CROSS JOIN LATERAL (
    WITH used AS MATERIALIZED (
        SELECT sample, beta, method, branch, energy_per_weight, energy_error, log_z_per_weight, log_z_error,
               entropy_per_weight, entropy_error
        FROM measurements m
        WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id
          AND outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered))
    SELECT beta, method, branch, reference, reference_branch, count(*) AS samples,
           avg(energy) AS energy_difference,
           stddev_samp(energy) / sqrt(nullif(count(energy), 0)) AS energy_difference_standard_error,
           sqrt(sum(energy_variance)) / nullif(count(energy_variance), 0) AS energy_difference_statistical_error,
           avg(log_z) AS log_z_difference,
           stddev_samp(log_z) / sqrt(nullif(count(log_z), 0)) AS log_z_difference_standard_error,
           sqrt(sum(log_z_variance)) / nullif(count(log_z_variance), 0) AS log_z_difference_statistical_error,
           avg(entropy) AS entropy_difference,
           stddev_samp(entropy) / sqrt(nullif(count(entropy), 0)) AS entropy_difference_standard_error,
           sqrt(sum(entropy_variance)) / nullif(count(entropy_variance), 0) AS entropy_difference_statistical_error
    FROM (SELECT beta, a.method, a.branch, b.method AS reference, b.branch AS reference_branch,
                 a.energy_per_weight - b.energy_per_weight AS energy,
                 CASE WHEN a.energy_error IS NOT NULL OR b.energy_error IS NOT NULL
                      THEN coalesce(a.energy_error, 0) ^ 2 + coalesce(b.energy_error, 0) ^ 2 END AS energy_variance,
                 a.log_z_per_weight - b.log_z_per_weight AS log_z,
                 CASE WHEN a.log_z_error IS NOT NULL OR b.log_z_error IS NOT NULL
                      THEN coalesce(a.log_z_error, 0) ^ 2 + coalesce(b.log_z_error, 0) ^ 2 END AS log_z_variance,
                 a.entropy_per_weight - b.entropy_per_weight AS entropy,
                 CASE WHEN a.entropy_error IS NOT NULL OR b.entropy_error IS NOT NULL
                      THEN coalesce(a.entropy_error, 0) ^ 2 + coalesce(b.entropy_error, 0) ^ 2 END AS entropy_variance
          FROM used a JOIN used b USING (sample, beta)
          WHERE (a.method, a.branch) IS DISTINCT FROM (b.method, b.branch)) AS pairs
    GROUP BY beta, method, branch, reference, reference_branch
) AS d
JOIN methods k ON k.sweep_id = s.sweep_id AND k.method = d.method
JOIN methods r ON r.sweep_id = s.sweep_id AND r.method = d.reference;

COMMENT ON VIEW differences IS 'what one method gives less what another gives for the same samples, with paired errors';

-- The stable branch of belief propagation of every cell, sample, β and method: the larger log Z among those that converged.
--
-- A start that did not converge may have been the stable one: `unresolved` says so, and where neither start converged, or only a
-- polarised one that fell to the paramagnetic point and has no branch to offer, there is no branch. Where the paramagnetic
-- start orders by itself nothing competes with it, whatever the other one did.
CREATE OR REPLACE VIEW stable_branch AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta, m.method, m.branch AS stable_branch, m.ordered, m.weights, m.paths,
       m.energy_per_weight, m.log_z_per_weight, m.entropy_per_weight, m.overlap, m.unresolved
FROM sweeps s
JOIN cells c ON c.sweep_id = s.sweep_id
CROSS JOIN LATERAL (
    -- Rounding decides nothing: where both starts reach the same point it is the paramagnetic one's.
    SELECT DISTINCT ON (sample, beta, method)
           sample, beta, method, CASE WHEN counts THEN branch END AS branch, CASE WHEN counts THEN ordered END AS ordered,
           weights, paths, energy_per_weight, log_z_per_weight, entropy_per_weight, overlap, unresolved
    FROM (SELECT *, outcome = 'solved' AND (branch = 'paramagnetic' OR ordered) AS counts,
                 bool_or(outcome = 'not_converged') OVER same
                     AND NOT coalesce(bool_or(branch = 'paramagnetic' AND ordered) OVER same, false)
                     AS unresolved
          FROM measurements m
          WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id AND m.cell_id = c.cell_id
            AND branch IS NOT NULL AND outcome IN ('solved', 'not_converged')
          WINDOW same AS (PARTITION BY sample, beta, method)) AS starts
    ORDER BY sample, beta, method, counts DESC, round(log_z_per_weight::numeric, 10) DESC, branch
) AS m;

COMMENT ON VIEW stable_branch IS 'the BP branch with the larger log Z, by cell, sample, beta and method';

-- Where every sweep stands. One whose jobs are done is running until its transitions are found. One that has something to do is
-- stopped while no worker is there: none holds a job of it, and none was heard of within half a minute.
CREATE OR REPLACE VIEW sweep_progress AS
SELECT s.sweep_id, s.name AS sweep,
       CASE WHEN s.state = 'cancelled' THEN 'cancelled'
            WHEN NOT p.is_over OR j.ready + j.leased > 0
                THEN CASE WHEN s.state = 'paused' THEN 'paused'
                          WHEN (NOT p.is_cut OR j.ready + j.leased > 0) AND NOT j.is_held
                               AND NOT EXISTS (SELECT FROM workers
                                               WHERE gone_at IS NULL AND seen_at > now() - interval '30 seconds')
                              THEN 'stopped'
                          ELSE 'running' END
            WHEN j.failed > 0 THEN 'failed'
            ELSE 'finished' END AS status,
       p.units, f.units AS units_done, p.rows, f.rows AS rows_done,
       j.ready AS jobs_ready, j.leased AS jobs_leased, j.failed AS jobs_failed, f.jobs AS jobs_finished,
       f.cpu_seconds, p.estimated_seconds, f.estimated_seconds AS estimated_seconds_done, s.priority,
       s.numerics_revision, s.created_at, p.submitted_at,
       (SELECT finished_at FROM finished_jobs WHERE sweep_id = s.sweep_id ORDER BY finished_at DESC LIMIT 1) AS finished_at
FROM sweeps s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(units), 0)::bigint AS units, coalesce(sum(rows), 0)::bigint AS rows,
           coalesce(sum(estimated_seconds), 0) AS estimated_seconds,
           coalesce(bool_and(is_cut AND is_analysed), true) AS is_over, bool_and(is_cut) AS is_cut, max(submitted_at) AS submitted_at
    FROM sweep_parts WHERE sweep_id = s.sweep_id) AS p
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'ready') AS ready, count(*) FILTER (WHERE state = 'leased') AS leased,
           count(*) FILTER (WHERE state = 'failed') AS failed,
           coalesce(bool_or(state = 'leased' AND leased_until > now()), false) AS is_held
    FROM jobs WHERE sweep_id = s.sweep_id) AS j
CROSS JOIN LATERAL finished(s.sweep_id) AS f;

COMMENT ON VIEW sweep_progress IS 'units, rows and jobs done and left, by sweep';

-- What computed a sweep: one row for every build of the program, with what it did.
CREATE OR REPLACE VIEW sweep_programs AS
SELECT s.name AS sweep, s.numerics_revision, w.version, w.git_revision, count(DISTINCT w.host) AS hosts,
       count(DISTINCT w.worker_id) AS workers, sum(f.end_unit - f.first_unit)::bigint AS units, sum(f.rows)::bigint AS rows,
       sum(f.cpu_seconds) AS cpu_seconds, min(f.finished_at) AS first_finished_at, max(f.finished_at) AS last_finished_at
FROM sweeps s
JOIN finished_jobs f USING (sweep_id)
JOIN workers w USING (worker_id)
GROUP BY s.sweep_id, w.version, w.git_revision;

COMMENT ON VIEW sweep_programs IS 'the builds of the program that computed a sweep';

-- One row for every line: `crossing` is where half of the samples have the polarised branch stable, with the larger raw log Z
-- (p_c, ρ_c or β_c), `ordering` where half of the samples have an ordered branch (the spinodal, or the onset of a continuous
-- order). `current` says that no rows were added since; what versions found that did not ask for the outcome is not current,
-- however many rows there are.
CREATE OR REPLACE VIEW transitions AS
SELECT s.name AS sweep, t.method, t.axis, t.structure, t.fixed,
       (t.fixed ->> 'beta')::numeric AS beta,
       t.crossing, t.crossing_error, t.crossing_with_symmetry, t.crossing_with_symmetry_error, t.ordering,
       t.ordering_error, t.latent_heat_per_weight, t.latent_heat_error, t.entropy_jump_per_weight,
       t.entropy_jump_error, t.step, t.resolved,
       t.rows = f.rows AND t.ordering_outcome IS NOT NULL AS current, t.found_at,
       t.crossing_outcome, t.crossing_from, t.crossing_to,
       t.crossing_with_symmetry_outcome, t.crossing_with_symmetry_from, t.crossing_with_symmetry_to,
       t.ordering_outcome, t.ordering_from, t.ordering_to, t.samples, t.unresolved_samples,
       t.crossing_explained, t.crossing_with_symmetry_explained, t.ordering_explained
FROM found_transitions t
JOIN sweeps s USING (sweep_id)
CROSS JOIN LATERAL finished(s.sweep_id) AS f;

COMMENT ON VIEW transitions IS 'where the BP branches cross and vanish, by line through the grid';

-- The magnetisation overlap of every weight layer, means over the samples that `phase_diagram` takes.
CREATE OR REPLACE VIEW layer_overlaps AS
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

-- The distributions of the overlaps of two replicas, over all samples of a cell that are not flagged: of path products over
-- [-1, 1], of the absolute overlap within units over [0, 1]. The integral of `density` is 1.
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

COMMENT ON VIEW overlap_histograms IS 'distribution of two-replica overlaps: of path products, and absolute ones of v[j,k] within units';

-- The distribution of the energy per weight over all samples of a cell that are not flagged: `energy` is the middle of a bin
-- of width 1/256, and the integral of `density` is 1. Bins that nothing fell into have no row.
CREATE OR REPLACE VIEW energy_histograms AS
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

-- Which share of the weights lies in a layer and on so many active paths, mean over the samples with paths.
CREATE OR REPLACE VIEW degree_distribution AS
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
CREATE OR REPLACE VIEW energy_levels AS
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

-- The cells that are trainings, with their parameters as columns. The views below are joined to it.
CREATE OR REPLACE VIEW training_cells AS
SELECT s.name AS sweep, c.sweep_id, c.cell_id, c.cell, c.widths,
       c.training->>'task' AS task, c.training->>'teacher' AS teacher, c.training->>'labels' AS labels,
       (c.training->>'patterns')::integer AS patterns, (c.training->>'test_patterns')::integer AS test_patterns,
       c.training->>'initialisation' AS initialisation, (c.training->>'biases')::boolean AS biases,
       c.training->>'synapses' AS synapses, c.training->>'loss' AS loss, c.training->>'optimiser' AS optimiser,
       (c.training->>'learning_rate')::double precision AS learning_rate, (c.training->>'batch')::integer AS batch,
       (c.training->>'dropconnect_1')::double precision AS dropconnect_1,
       (c.training->>'dropconnect_2')::double precision AS dropconnect_2,
       (c.training->>'dropconnect_3')::double precision AS dropconnect_3,
       (c.training->>'dropconnect_4')::double precision AS dropconnect_4,
       (c.training->>'dropconnect_5')::double precision AS dropconnect_5,
       (c.training->>'dropconnect_6')::double precision AS dropconnect_6,
       (c.training->>'dropconnect_7')::double precision AS dropconnect_7,
       (c.training->>'dropconnect_8')::double precision AS dropconnect_8,
       c.training
FROM sweeps s
JOIN cells c USING (sweep_id)
WHERE c.training IS NOT NULL;

COMMENT ON VIEW training_cells IS 'the trainings of a sweep with their parameters';

-- Every row of a training, by trial, with what made it.
CREATE OR REPLACE VIEW training_results AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
       c.synapses, c.loss, c.optimiser, c.learning_rate, c.batch, c.dropconnect_1, c.dropconnect_2, c.dropconnect_3,
       c.dropconnect_4, c.dropconnect_5, c.dropconnect_6, c.dropconnect_7, c.dropconnect_8,
       r.sample, r.method, k.kind, r.epoch, r.layer, r.removed::double precision AS removed, r.outcome,
       r.train_loss, r.train_error, r.test_loss, r.test_error, r.test_error_over_masks,
       r.activation, r.activation_over_units, r.activation_over_inputs, r.dead_units,
       s.seed, s.numerics_revision, w.version, w.git_revision, w.host, w.cpu_features
FROM training_cells c
JOIN sweeps s USING (sweep_id)
JOIN training_rows r USING (sweep_id, cell_id)
JOIN methods k USING (sweep_id, method)
JOIN workers w USING (worker_id);

COMMENT ON VIEW training_results IS 'every row of a training with its cell and its provenance';

-- Means over the trials by epoch, of the networks as they are. Errors are the spread over the trials. A trial that diverged
-- before is in `diverged`, and in no mean.
CREATE OR REPLACE VIEW learning_curves AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
       c.synapses, c.loss, c.optimiser, c.learning_rate, c.batch, c.dropconnect_1, c.dropconnect_2, c.dropconnect_3,
       c.dropconnect_4, c.dropconnect_5, c.dropconnect_6, c.dropconnect_7, c.dropconnect_8,
       a.method, a.epoch, a.samples, a.diverged,
       a.train_loss, a.train_loss_standard_error, a.train_error, a.train_error_standard_error,
       a.test_loss, a.test_loss_standard_error, a.test_error, a.test_error_standard_error
FROM training_cells c
CROSS JOIN LATERAL (
    SELECT r.method, r.epoch, count(*) FILTER (WHERE outcome = 'solved') AS samples,
           count(*) FILTER (WHERE outcome = 'diverged') AS diverged,
           avg(train_loss) AS train_loss, stddev_samp(train_loss) / sqrt(nullif(count(train_loss), 0)) AS train_loss_standard_error,
           avg(train_error) AS train_error,
           stddev_samp(train_error) / sqrt(nullif(count(train_error), 0)) AS train_error_standard_error,
           avg(test_loss) AS test_loss, stddev_samp(test_loss) / sqrt(nullif(count(test_loss), 0)) AS test_loss_standard_error,
           avg(test_error) AS test_error,
           stddev_samp(test_error) / sqrt(nullif(count(test_error), 0)) AS test_error_standard_error
    FROM training_rows r JOIN methods k USING (sweep_id, method)
    WHERE r.sweep_id = c.sweep_id AND r.cell_id = c.cell_id AND k.kind = 'training'
    GROUP BY r.method, r.epoch
) AS a;

COMMENT ON VIEW learning_curves IS 'mean loss and error by cell, method and epoch of a training';

-- Where activation comes from: ρ of every hidden layer along a training, mean over the trials. `over_units` and `over_inputs`
-- are standard deviations within a trial, of units and of patterns; `dead_units` are active for no test pattern, `dead_share`
-- is their share of the layer's units.
CREATE OR REPLACE VIEW activation AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
       c.synapses, c.loss, c.optimiser, c.learning_rate, c.batch, c.dropconnect_1, c.dropconnect_2, c.dropconnect_3,
       c.dropconnect_4, c.dropconnect_5, c.dropconnect_6, c.dropconnect_7, c.dropconnect_8,
       a.method, a.epoch, a.layer, a.samples, a.activation, a.activation_standard_error, a.over_units, a.over_inputs,
       a.dead_units, a.dead_units_standard_error,
       a.dead_units / c.widths[a.layer + 1] AS dead_share, a.dead_units_standard_error / c.widths[a.layer + 1] AS dead_share_standard_error
FROM training_cells c
CROSS JOIN LATERAL (
    SELECT r.method, r.epoch, l.layer::integer AS layer, count(*) AS samples,
           avg(l.activation) AS activation, stddev_samp(l.activation) / sqrt(count(*)) AS activation_standard_error,
           avg(l.over_units) AS over_units, avg(l.over_inputs) AS over_inputs,
           avg(l.dead_units)::double precision AS dead_units,
           (stddev_samp(l.dead_units) / sqrt(count(*)))::double precision AS dead_units_standard_error
    FROM training_rows r
    JOIN methods k USING (sweep_id, method)
    CROSS JOIN LATERAL unnest(r.activation, r.activation_over_units, r.activation_over_inputs, r.dead_units)
        WITH ORDINALITY AS l (activation, over_units, over_inputs, dead_units, layer)
    WHERE r.sweep_id = c.sweep_id AND r.cell_id = c.cell_id AND k.kind = 'training'
    GROUP BY r.method, r.epoch, l.layer
) AS a;

COMMENT ON VIEW activation IS 'activation probability and dead units by cell, method, epoch and hidden layer of a training';

-- What removal does to a trained network: the error along the share of connections that were removed, mean over the trials.
-- `statistical_error` is the part of the standard error that more masks would reduce.
CREATE OR REPLACE VIEW robustness AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
       c.synapses, c.loss, c.optimiser, c.learning_rate, c.batch, c.dropconnect_1, c.dropconnect_2, c.dropconnect_3,
       c.dropconnect_4, c.dropconnect_5, c.dropconnect_6, c.dropconnect_7, c.dropconnect_8,
       a.method, a.epoch, a.layer, a.removed, a.samples, a.diverged, a.test_error, a.test_error_standard_error,
       a.test_error_statistical_error, a.test_loss, a.test_loss_standard_error
FROM training_cells c
CROSS JOIN LATERAL (
    SELECT r.method, r.epoch, r.layer, r.removed::double precision AS removed,
           count(*) FILTER (WHERE outcome = 'solved') AS samples, count(*) FILTER (WHERE outcome = 'diverged') AS diverged,
           avg(test_error) AS test_error,
           stddev_samp(test_error) / sqrt(nullif(count(test_error), 0)) AS test_error_standard_error,
           sqrt(sum(test_error_over_masks * test_error_over_masks)) / nullif(count(test_error_over_masks), 0)
               AS test_error_statistical_error,
           avg(test_loss) AS test_loss, stddev_samp(test_loss) / sqrt(nullif(count(test_loss), 0)) AS test_loss_standard_error
    FROM training_rows r JOIN methods k USING (sweep_id, method)
    WHERE r.sweep_id = c.sweep_id AND r.cell_id = c.cell_id AND k.kind = 'removal'
    GROUP BY r.method, r.epoch, r.layer, r.removed
) AS a;

COMMENT ON VIEW robustness IS 'test error by cell, method, epoch, layer and share of removed connections of a trained network';
