-- Whether a ladder of temperatures did its work: the round trips of the system with the fewest, which were counted and thrown
-- away, and the sum of the rejection rates from end to end.
ALTER TABLE measurements
    ADD COLUMN fewest_round_trips    bigint,
    ADD COLUMN communication_barrier double precision;

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
