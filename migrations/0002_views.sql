-- What people read. Every quantity has the name that it has in JSON and CSV; energies, log Z and entropies are per weight.

-- Every measurement with the parameters of its cell and what made it.
CREATE VIEW results AS
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
       s.seed, s.numerics_revision, w.version, w.git_revision, w.host, w.cpu_features, m.seconds, m.recorded_at
FROM sweeps s
JOIN measurements m ON m.bucket = s.bucket AND m.sweep_id = s.sweep_id
JOIN cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id
JOIN methods k ON k.sweep_id = m.sweep_id AND k.method = m.method
JOIN workers w USING (worker_id);

COMMENT ON VIEW results IS 'every measurement with its cell and its provenance';

-- Means over the disorder samples, by cell, β, method and branch. A sample enters the means if it is solved and, on the
-- polarised branch, ordered: `samples` of `samples_of` did; `empty` had no active path.
CREATE VIEW phase_diagram AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       a.beta, a.method, k.kind, a.branch, a.samples, a.samples_of, a.empty, a.converged, a.weights, a.alpha,
       a.energy_per_weight, a.energy_standard_error, a.energy_statistical_error,
       a.log_z_per_weight, a.log_z_standard_error, a.entropy_per_weight, a.entropy_standard_error,
       a.overlap, a.overlap_standard_error, a.iterations, a.r_hat, a.equilibrated, a.specific_heat,
       a.specific_heat_standard_error, a.path_overlap, a.path_overlap_standard_error, a.susceptibility, a.binder
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
           avg(binder) FILTER (WHERE used) AS binder
    FROM (SELECT *, outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered) AS used
          FROM measurements m WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id) AS rows
    GROUP BY cell_id, beta, method, branch
) AS a
JOIN cells c ON c.sweep_id = s.sweep_id AND c.cell_id = a.cell_id
JOIN methods k ON k.sweep_id = s.sweep_id AND k.method = a.method;

COMMENT ON VIEW phase_diagram IS 'mean, standard error and number of samples by cell, beta, method and branch';

-- The stable BP branch of every cell, sample, β and method: the larger log Z among the converged ones. A polarised start
-- that fell to the paramagnetic point is no branch of its own; where neither start is ordered the stable branch is the
-- paramagnetic one. A row that did not converge is never stable.
CREATE VIEW stable_branch AS
SELECT s.name AS sweep, c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution, c.activation,
       c.dilution_1, c.dilution_2, c.dilution_3, c.dilution_4, c.dilution_5, c.dilution_6, c.dilution_7, c.dilution_8,
       c.activation_1, c.activation_2, c.activation_3, c.activation_4, c.activation_5, c.activation_6, c.activation_7,
       m.sample, m.beta, m.method, m.branch AS stable_branch, m.ordered, m.weights, m.paths,
       m.energy_per_weight, m.log_z_per_weight, m.entropy_per_weight, m.overlap
FROM sweeps s
CROSS JOIN LATERAL (
    -- Rounding decides nothing: where both starts reach the same point it is the paramagnetic one's.
    SELECT DISTINCT ON (cell_id, sample, beta, method) *
    FROM measurements m
    WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id
      AND outcome = 'solved' AND branch IS NOT NULL AND (branch = 'paramagnetic' OR ordered)
    ORDER BY cell_id, sample, beta, method, round(log_z_per_weight::numeric, 10) DESC, branch
) AS m
JOIN cells c ON c.sweep_id = s.sweep_id AND c.cell_id = m.cell_id;

COMMENT ON VIEW stable_branch IS 'the BP branch with the larger log Z, by cell, sample, beta and method';

-- Where every sweep stands.
CREATE VIEW sweep_progress AS
SELECT s.sweep_id, s.name AS sweep,
       CASE WHEN s.state = 'cancelled' THEN 'cancelled'
            WHEN p.next_unit < p.units OR j.ready + j.leased > 0
                THEN CASE s.state WHEN 'paused' THEN 'paused' ELSE 'running' END
            WHEN j.failed > 0 THEN 'failed'
            ELSE 'finished' END AS status,
       p.units, f.units AS units_done, p.rows, f.rows AS rows_done,
       j.ready AS jobs_ready, j.leased AS jobs_leased, j.failed AS jobs_failed, f.jobs AS jobs_finished,
       f.cpu_seconds, p.estimated_seconds, f.estimated_seconds AS estimated_seconds_done, s.numerics_revision, s.created_at, p.submitted_at, f.finished_at
FROM sweeps s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(units), 0)::bigint AS units, coalesce(sum(rows), 0)::bigint AS rows,
           coalesce(sum(estimated_seconds), 0) AS estimated_seconds,
           coalesce(sum(next_unit), 0)::bigint AS next_unit, max(submitted_at) AS submitted_at
    FROM sweep_parts WHERE sweep_id = s.sweep_id) AS p
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'ready') AS ready, count(*) FILTER (WHERE state = 'leased') AS leased,
           count(*) FILTER (WHERE state = 'failed') AS failed
    FROM jobs WHERE sweep_id = s.sweep_id) AS j
CROSS JOIN LATERAL (
    SELECT count(*) AS jobs, coalesce(sum(end_unit - first_unit), 0)::bigint AS units,
           coalesce(sum(rows), 0)::bigint AS rows, coalesce(sum(cpu_seconds), 0) AS cpu_seconds,
           coalesce(sum(estimated_seconds), 0) AS estimated_seconds, max(finished_at) AS finished_at
    FROM finished_jobs WHERE sweep_id = s.sweep_id) AS f;

COMMENT ON VIEW sweep_progress IS 'units, rows and jobs done and left, by sweep';
