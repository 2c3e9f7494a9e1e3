-- Sums over the samples of a cell, kept as rows are recorded, and axes that every reader can filter.

-- Their columns change. What people's own views stand on is named, and nothing is changed then.
DROP VIEW results, phase_diagram, stable_branch, transitions, layer_overlaps, overlap_histograms, energy_histograms,
    degree_distribution, energy_levels;
-- No migration made these, but the file of the views of a later step.
DO $$ BEGIN
    IF to_regclass('differences') IS NOT NULL THEN
        DROP VIEW differences;
    END IF;
    IF to_regclass('training_cells') IS NOT NULL THEN
        DROP VIEW training_results, learning_curves, activation, robustness, training_cells;
    END IF;
END $$;

-- `0.3` there and in any program that reads it: the same shortest decimal. The exact ones are in the lists.
ALTER TABLE cells
    DROP COLUMN dilution_1,
    DROP COLUMN dilution_2,
    DROP COLUMN dilution_3,
    DROP COLUMN dilution_4,
    DROP COLUMN dilution_5,
    DROP COLUMN dilution_6,
    DROP COLUMN dilution_7,
    DROP COLUMN dilution_8,
    DROP COLUMN activation_1,
    DROP COLUMN activation_2,
    DROP COLUMN activation_3,
    DROP COLUMN activation_4,
    DROP COLUMN activation_5,
    DROP COLUMN activation_6,
    DROP COLUMN activation_7;
CREATE FUNCTION shape(widths integer[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_to_string(widths, ',');
ALTER TABLE cells
    ADD COLUMN shape text GENERATED ALWAYS AS (shape(widths)) STORED,
    ADD COLUMN dilution_1 double precision GENERATED ALWAYS AS (dilution[1]::double precision) STORED,
    ADD COLUMN dilution_2 double precision GENERATED ALWAYS AS (dilution[2]::double precision) STORED,
    ADD COLUMN dilution_3 double precision GENERATED ALWAYS AS (dilution[3]::double precision) STORED,
    ADD COLUMN dilution_4 double precision GENERATED ALWAYS AS (dilution[4]::double precision) STORED,
    ADD COLUMN dilution_5 double precision GENERATED ALWAYS AS (dilution[5]::double precision) STORED,
    ADD COLUMN dilution_6 double precision GENERATED ALWAYS AS (dilution[6]::double precision) STORED,
    ADD COLUMN dilution_7 double precision GENERATED ALWAYS AS (dilution[7]::double precision) STORED,
    ADD COLUMN dilution_8 double precision GENERATED ALWAYS AS (dilution[8]::double precision) STORED,
    ADD COLUMN activation_1 double precision GENERATED ALWAYS AS (activation[1]::double precision) STORED,
    ADD COLUMN activation_2 double precision GENERATED ALWAYS AS (activation[2]::double precision) STORED,
    ADD COLUMN activation_3 double precision GENERATED ALWAYS AS (activation[3]::double precision) STORED,
    ADD COLUMN activation_4 double precision GENERATED ALWAYS AS (activation[4]::double precision) STORED,
    ADD COLUMN activation_5 double precision GENERATED ALWAYS AS (activation[5]::double precision) STORED,
    ADD COLUMN activation_6 double precision GENERATED ALWAYS AS (activation[6]::double precision) STORED,
    ADD COLUMN activation_7 double precision GENERATED ALWAYS AS (activation[7]::double precision) STORED;

-- Method and branch as one key.
CREATE FUNCTION curve(method text, branch text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN branch IS NULL THEN method ELSE method || '/' || branch END;

-- The sums of a cell over its rows of all methods, β and branches, as `crates/sweep/src/measurement/sums.rs` writes them. Who
-- changes them has the advisory lock of its sweep.
CREATE TABLE sums (
    sweep_id bigint NOT NULL,
    cell_id  bigint NOT NULL,
    sums     bytea NOT NULL,
    PRIMARY KEY (sweep_id, cell_id)
);
-- They are numbers without a pattern.
ALTER TABLE sums ALTER COLUMN sums SET STORAGE EXTERNAL;

-- A coordinator of the version before may be at work still. It keeps no sums: what it records is refused, and done again.
ALTER TABLE finished_jobs ADD COLUMN is_summed boolean NOT NULL DEFAULT true;
ALTER TABLE finished_jobs ALTER COLUMN is_summed DROP DEFAULT;

-- What follows from them: counts, means over the samples and their errors.
CREATE TABLE means (
    sweep_id bigint NOT NULL,
    cell_id  bigint NOT NULL,
    beta     double precision NOT NULL,
    method   text NOT NULL,
    branch   text,
    -- Those of the cell again: a line through the diagram is read without looking up each of its cells.
    dilution_1 double precision,
    dilution_2 double precision,
    dilution_3 double precision,
    dilution_4 double precision,
    dilution_5 double precision,
    dilution_6 double precision,
    dilution_7 double precision,
    dilution_8 double precision,
    activation_1 double precision,
    activation_2 double precision,
    activation_3 double precision,
    activation_4 double precision,
    activation_5 double precision,
    activation_6 double precision,
    activation_7 double precision,
    samples        bigint NOT NULL,
    samples_of     bigint NOT NULL,
    empty          bigint NOT NULL,
    unresolved     bigint,
    converged      bigint,
    equilibrated   bigint,
    unequilibrated bigint,
    weights        double precision,
    iterations     double precision,
    r_hat          double precision,
    -- By weight layer.
    layer_overlaps                double precision[],
    layer_overlap_standard_errors double precision[],
    alpha double precision,
    alpha_standard_error double precision,
    energy_per_weight double precision,
    energy_standard_error double precision,
    energy_statistical_error double precision,
    log_z_per_weight double precision,
    log_z_standard_error double precision,
    log_z_statistical_error double precision,
    log_z_above_paramagnet double precision,
    log_z_above_paramagnet_standard_error double precision,
    entropy_per_weight double precision,
    entropy_standard_error double precision,
    entropy_statistical_error double precision,
    overlap double precision,
    overlap_standard_error double precision,
    lowest_energy_per_weight double precision,
    lowest_energy_standard_error double precision,
    specific_heat double precision,
    specific_heat_standard_error double precision,
    specific_heat_statistical_error double precision,
    path_overlap double precision,
    path_overlap_standard_error double precision,
    path_overlap_statistical_error double precision,
    susceptibility double precision,
    susceptibility_standard_error double precision,
    susceptibility_statistical_error double precision,
    system_susceptibility double precision,
    system_susceptibility_standard_error double precision,
    system_susceptibility_statistical_error double precision,
    unit_binder double precision,
    unit_binder_standard_error double precision,
    unit_binder_statistical_error double precision
);
CREATE INDEX means_cell ON means (sweep_id, cell_id);
-- Which sweep a view is asked for is not known when it is planned. Of the few that there are one may have most of the rows, and
-- for the average one the planner would read the whole table: so that it takes the index, whichever it is.
ALTER TABLE means ALTER COLUMN sweep_id SET (n_distinct = 1000000);

-- And the distributions over configurations and samples, of methods that have them.
CREATE TABLE histograms (
    sweep_id      bigint NOT NULL,
    cell_id       bigint NOT NULL,
    beta          double precision NOT NULL,
    method        text NOT NULL,
    path_overlaps bigint[],
    unit_overlaps bigint[],
    energy_bins   integer[],
    energy_counts bigint[]
);
CREATE INDEX histograms_cell ON histograms (sweep_id, cell_id);
ALTER TABLE histograms ALTER COLUMN sweep_id SET (n_distinct = 1000000);
