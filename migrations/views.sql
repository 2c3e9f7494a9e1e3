-- What people read: every view as it is now. This file is run after the migrations whenever one of them was taken, and the views
-- are made anew, so a change here comes with a new migration, if only an empty one, whose number tells every program that
-- the views have changed.
--
-- Every quantity has the name that it has in JSON and CSV; energies, log Z and entropies are per weight. What varies is
-- double precision, whatever reads it; exact decimals stand in the tables and in the texts of cells. Views are replaced, not
-- dropped: people's own views stand on them, and readers have rights on them. So new columns stand at the end. A view whose
-- columns must change otherwise is dropped by the migration, and made here again.

-- The cells of every sweep with their parameters as columns; the lists have all layers of a network with more than eight. The
-- views below are joined to it.
CREATE OR REPLACE VIEW sweep_cells AS
SELECT s.name AS sweep, s.sweep_id, c.cell_id, c.cell, c.shape AS widths,
       c.widths[1] AS width_0, c.widths[2] AS width_1, c.widths[3] AS width_2, c.widths[4] AS width_3, c.widths[5] AS width_4, c.widths[6] AS width_5, c.widths[7] AS width_6, c.widths[8] AS width_7, c.widths[9] AS width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       c.widths AS width, c.dilution::double precision[] AS dilution, c.activation::double precision[] AS activation
FROM sweeps s
JOIN cells c USING (sweep_id);

COMMENT ON VIEW sweep_cells IS 'the cells of a sweep with their parameters';

-- Every measurement with the parameters of its cell and what made it.
CREATE OR REPLACE VIEW results AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta::double precision AS beta, m.method, k.kind, m.branch, curve(m.method, m.branch) AS curve, m.outcome,
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
FROM sweep_cells c
JOIN sweeps s USING (sweep_id)
JOIN measurements m ON m.bucket = s.bucket AND m.sweep_id = c.sweep_id AND m.cell_id = c.cell_id
JOIN methods k ON k.sweep_id = m.sweep_id AND k.method = m.method
JOIN workers w USING (worker_id);

COMMENT ON VIEW results IS 'every measurement with its cell and its provenance';

-- Means over the disorder samples, by cell, β, method and branch. A sample enters the means if it is solved and, on the
-- polarised branch, ordered: `samples` of `samples_of` did; `empty` had no active path, and of `unresolved` it is not known.
-- Means of what two replicas or the fluctuations of one show leave out those that are `unequilibrated`, too. They follow from
-- sums that are kept as rows are recorded (`crates/sweep/src/measurement/sums.rs`), so that a sweep's rows are not read for
-- them. Counts of what no row speaks of are null. Every row has its cell and its method; they are joined from the left so that
-- they are not looked up where nothing of them is asked for.
CREATE OR REPLACE VIEW phase_diagram AS
SELECT s.name AS sweep, m.cell_id, c.cell, c.shape AS widths, c.widths[1] AS width_0, c.widths[2] AS width_1, c.widths[3] AS width_2, c.widths[4] AS width_3, c.widths[5] AS width_4, c.widths[6] AS width_5, c.widths[7] AS width_6, c.widths[8] AS width_7, c.widths[9] AS width_8,
       c.ensemble, c.couplings, c.instance,
       m.dilution_1, m.dilution_2, m.dilution_3, m.dilution_4, m.dilution_5, m.dilution_6, m.dilution_7, m.dilution_8,
       m.activation_1, m.activation_2, m.activation_3, m.activation_4, m.activation_5, m.activation_6, m.activation_7,
       m.beta, m.method, k.kind, m.branch, curve(m.method, m.branch) AS curve, m.samples, m.samples_of, m.empty, m.converged,
       m.unresolved, m.equilibrated, m.unequilibrated, m.weights, m.alpha, m.alpha_standard_error,
       m.energy_per_weight, m.energy_standard_error, m.energy_statistical_error,
       m.log_z_per_weight, m.log_z_standard_error, m.log_z_statistical_error,
       m.log_z_above_paramagnet, m.log_z_above_paramagnet_standard_error,
       m.entropy_per_weight, m.entropy_standard_error, m.entropy_statistical_error, m.overlap, m.overlap_standard_error,
       m.lowest_energy_per_weight, m.lowest_energy_standard_error,
       m.specific_heat, m.specific_heat_standard_error, m.specific_heat_statistical_error,
       m.path_overlap, m.path_overlap_standard_error, m.path_overlap_statistical_error,
       m.susceptibility, m.susceptibility_standard_error, m.susceptibility_statistical_error,
       m.system_susceptibility, m.system_susceptibility_standard_error, m.system_susceptibility_statistical_error,
       m.unit_binder, m.unit_binder_standard_error, m.unit_binder_statistical_error, m.iterations, m.r_hat
FROM sweeps s
JOIN means m ON m.sweep_id = s.sweep_id
LEFT JOIN cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id
LEFT JOIN methods k ON k.sweep_id = m.sweep_id AND k.method = m.method;

COMMENT ON VIEW phase_diagram IS 'mean, standard error and number of samples by cell, beta, method and branch';

-- What one method gives less what another gives for the same samples, by cell, β and branch. Errors are the spread of the
-- samples' differences, in which the disorder that both share is gone: that of two means taken as independent is many times
-- larger. `statistical_error` is Monte Carlo's own part, of both. A sample counts where both have a value that `phase_diagram`
-- would take.
--
-- This view and the next go cell by cell. A subquery over a whole sweep may be run again for every cell, where the planner
-- takes the table of cells for small: new cells are in no statistics yet. Each cell's rows stand together in
-- `measurements_cell`, so that every row is read once, whatever the planner thinks, and a condition on the cell or on its
-- dilutions reads the rows of those cells alone.
CREATE OR REPLACE VIEW differences AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       d.beta::double precision AS beta, d.method, k.kind, d.branch, curve(d.method, d.branch) AS curve,
       d.reference, r.kind AS reference_kind, d.reference_branch, curve(d.reference, d.reference_branch) AS reference_curve, d.samples,
       d.energy_difference, d.energy_difference_standard_error, d.energy_difference_statistical_error,
       d.log_z_difference, d.log_z_difference_standard_error, d.log_z_difference_statistical_error,
       d.entropy_difference, d.entropy_difference_standard_error, d.entropy_difference_statistical_error
FROM sweep_cells c
JOIN sweeps s USING (sweep_id)
CROSS JOIN LATERAL (
    WITH used AS MATERIALIZED (
        SELECT sample, beta, method, branch, energy_per_weight, energy_error, log_z_per_weight, log_z_error,
               entropy_per_weight, entropy_error
        FROM measurements m
        WHERE m.bucket = s.bucket AND m.sweep_id = c.sweep_id AND m.cell_id = c.cell_id
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
JOIN methods k ON k.sweep_id = c.sweep_id AND k.method = d.method
JOIN methods r ON r.sweep_id = c.sweep_id AND r.method = d.reference;

COMMENT ON VIEW differences IS 'what one method gives less what another gives for the same samples, with paired errors';

-- The stable branch of belief propagation of every cell, sample, β and method: the larger log Z among those that converged.
--
-- A start that did not converge may have been the stable one: `unresolved` says so, and where neither start converged, or only a
-- polarised one that fell to the paramagnetic point and has no branch to offer, there is no branch. Where the paramagnetic
-- start orders by itself nothing competes with it, whatever the other one did.
CREATE OR REPLACE VIEW stable_branch AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta::double precision AS beta, m.method, m.branch AS stable_branch, m.ordered, m.weights, m.paths,
       m.energy_per_weight, m.log_z_per_weight, m.entropy_per_weight, m.overlap, m.unresolved
FROM sweep_cells c
JOIN sweeps s USING (sweep_id)
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
          WHERE m.bucket = s.bucket AND m.sweep_id = c.sweep_id AND m.cell_id = c.cell_id
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

-- What ran on every worker, for who reads tables that name workers.
CREATE OR REPLACE VIEW worker_programs AS
SELECT worker_id, version, git_revision, host, cpu_features FROM workers;

COMMENT ON VIEW worker_programs IS 'the build of the program and the host of every worker';

-- One row for every line: `crossing` is where half of the samples have the polarised branch stable, with the larger raw log Z
-- (p_c, ρ_c or β_c), `ordering` where half of the samples have an ordered branch (the spinodal, or the onset of a continuous
-- order). `current` says that no rows were added since; what versions found that did not ask for the outcome is not current,
-- however many rows there are. Of the other axes those that vary have their values
-- along the line, and all else is null; `line` has them as one key.
CREATE OR REPLACE VIEW transitions AS
SELECT s.name AS sweep, t.method, t.axis, t.structure,
       (SELECT string_agg(key || '=' || value, ' ' ORDER BY key) FROM jsonb_each_text(t.fixed)) AS line,
       (t.fixed ->> 'beta')::double precision AS beta,
       (t.fixed ->> 'dilution_1')::double precision AS dilution_1,
       (t.fixed ->> 'dilution_2')::double precision AS dilution_2,
       (t.fixed ->> 'dilution_3')::double precision AS dilution_3,
       (t.fixed ->> 'dilution_4')::double precision AS dilution_4,
       (t.fixed ->> 'dilution_5')::double precision AS dilution_5,
       (t.fixed ->> 'dilution_6')::double precision AS dilution_6,
       (t.fixed ->> 'dilution_7')::double precision AS dilution_7,
       (t.fixed ->> 'dilution_8')::double precision AS dilution_8,
       (t.fixed ->> 'activation_1')::double precision AS activation_1,
       (t.fixed ->> 'activation_2')::double precision AS activation_2,
       (t.fixed ->> 'activation_3')::double precision AS activation_3,
       (t.fixed ->> 'activation_4')::double precision AS activation_4,
       (t.fixed ->> 'activation_5')::double precision AS activation_5,
       (t.fixed ->> 'activation_6')::double precision AS activation_6,
       (t.fixed ->> 'activation_7')::double precision AS activation_7,
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
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.beta, m.method, m.branch, curve(m.method, m.branch) AS curve, q.layer::integer AS layer, m.samples,
       q.overlap, q.error AS overlap_standard_error
FROM sweep_cells c
JOIN means m USING (sweep_id, cell_id)
CROSS JOIN LATERAL unnest(m.layer_overlaps, m.layer_overlap_standard_errors) WITH ORDINALITY AS q (overlap, error, layer);

COMMENT ON VIEW layer_overlaps IS 'mean magnetisation overlap by weight layer, cell, beta, method and branch';

-- The distributions of the overlaps of two replicas, over all samples of a cell that are not flagged: of path products over
-- [-1, 1], of the absolute overlap within units over [0, 1]. The integral of `density` is 1.
CREATE OR REPLACE VIEW overlap_histograms AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       h.beta, h.method, o.of, o.low + (1 - o.low) * (b.bin - 0.5) / cardinality(o.counts) AS overlap,
       b.count::double precision AS count,
       b.count * cardinality(o.counts) / ((1 - o.low) * (SELECT sum(n) FROM unnest(o.counts) AS n)::double precision) AS density
FROM sweep_cells c
JOIN histograms h USING (sweep_id, cell_id)
CROSS JOIN LATERAL (VALUES ('path', -1::double precision, h.path_overlaps), ('unit', 0, h.unit_overlaps)) AS o (of, low, counts)
CROSS JOIN LATERAL unnest(o.counts) WITH ORDINALITY AS b (count, bin);

COMMENT ON VIEW overlap_histograms IS 'distribution of two-replica overlaps: of path products, and absolute ones of v[j,k] within units';

-- The distribution of the energy per weight over all samples of a cell that are not flagged: `energy` is the middle of a bin
-- of width 1/256, and the integral of `density` is 1. Bins that nothing fell into have no row.
CREATE OR REPLACE VIEW energy_histograms AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       h.beta, h.method, (b.bin + 0.5::double precision) / 256 AS energy, b.count::double precision AS count,
       256 * b.count / (SELECT sum(n) FROM unnest(h.energy_counts) AS n)::double precision AS density
FROM sweep_cells c
JOIN histograms h USING (sweep_id, cell_id)
CROSS JOIN LATERAL unnest(h.energy_bins, h.energy_counts) AS b (bin, count);

COMMENT ON VIEW energy_histograms IS 'distribution of the energy per weight, by cell, beta and method';

-- Which share of the weights lies in a layer and on so many active paths, mean over the samples with paths.
CREATE OR REPLACE VIEW degree_distribution AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       d.layer, d.degree, d.samples, d.share
FROM sweep_cells c
CROSS JOIN LATERAL (
    SELECT d.layer, d.degree, n.samples, sum(d.weights::double precision / t.weights) / n.samples AS share
    FROM degree_counts d
    JOIN (SELECT sample, sum(weights) AS weights FROM degree_counts o
          WHERE o.sweep_id = c.sweep_id AND o.cell_id = c.cell_id GROUP BY sample) AS t USING (sample)
    CROSS JOIN (SELECT count(DISTINCT sample) AS samples FROM degree_counts o
                WHERE o.sweep_id = c.sweep_id AND o.cell_id = c.cell_id) AS n
    WHERE d.sweep_id = c.sweep_id AND d.cell_id = c.cell_id
    GROUP BY d.layer, d.degree, n.samples
) AS d;

COMMENT ON VIEW degree_distribution IS 'share of weights by layer and degree, mean over the samples of a cell';

-- Means over samples of the method `levels`, in units of the number of paths M. Errors are the spread over samples, of a
-- single one that over its pairs.
CREATE OR REPLACE VIEW energy_levels AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8,
       c.ensemble, c.couplings, c.instance,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       cardinality(c.width) - 1 AS depth, l.method, l.overlap::double precision AS overlap, l.samples, l.paths,
       power(l.overlap::double precision, cardinality(c.width) - 1) AS expected,
       l.covariance_per_path, l.covariance_error, l.disorder_covariance_per_path, l.disorder_covariance_error, l.disorder_spread,
       l.variance_per_path, l.variance_error, l.excess_kurtosis, l.excess_kurtosis_error
FROM sweep_cells c
CROSS JOIN LATERAL (
    SELECT l.method, l.overlap, count(*) AS samples, avg(l.paths)::double precision AS paths,
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
    FROM level_pairs l
    WHERE l.sweep_id = c.sweep_id AND l.cell_id = c.cell_id
    GROUP BY l.method, l.overlap
) AS l;

COMMENT ON VIEW energy_levels IS 'variance and covariance of random energy levels, by cell, method and overlap';

-- The cells that are trainings, with their parameters as columns. The views below are joined to it.
CREATE OR REPLACE VIEW training_cells AS
SELECT s.name AS sweep, c.sweep_id, c.cell_id, c.cell, c.shape AS widths,
       c.widths[1] AS width_0, c.widths[2] AS width_1, c.widths[3] AS width_2, c.widths[4] AS width_3, c.widths[5] AS width_4, c.widths[6] AS width_5, c.widths[7] AS width_6, c.widths[8] AS width_7, c.widths[9] AS width_8,
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
       c.training, c.widths AS width
FROM sweeps s
JOIN cells c USING (sweep_id)
WHERE c.training IS NOT NULL;

COMMENT ON VIEW training_cells IS 'the trainings of a sweep with their parameters';

-- Every row of a training, by trial, with what made it.
CREATE OR REPLACE VIEW training_results AS
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
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
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
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
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
       c.synapses, c.loss, c.optimiser, c.learning_rate, c.batch, c.dropconnect_1, c.dropconnect_2, c.dropconnect_3,
       c.dropconnect_4, c.dropconnect_5, c.dropconnect_6, c.dropconnect_7, c.dropconnect_8,
       a.method, a.epoch, a.layer, a.samples, a.activation, a.activation_standard_error, a.over_units, a.over_inputs,
       a.dead_units, a.dead_units_standard_error,
       a.dead_units / c.width[a.layer + 1] AS dead_share, a.dead_units_standard_error / c.width[a.layer + 1] AS dead_share_standard_error
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
SELECT c.sweep, c.cell_id, c.cell, c.widths, c.width_0, c.width_1, c.width_2, c.width_3, c.width_4, c.width_5, c.width_6, c.width_7, c.width_8, c.task, c.teacher, c.labels, c.patterns, c.test_patterns, c.initialisation, c.biases,
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
