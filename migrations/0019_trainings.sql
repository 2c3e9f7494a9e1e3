-- Trainings: cells with the parameters of one, and rows of trained networks.

-- The parameters by name, words, numbers and flags; none of a cell that is no training.
ALTER TABLE cells ADD COLUMN training jsonb;

-- A trained network at one epoch, or with connections removed. Append-only; lists are by hidden layer.
CREATE TABLE training_rows (
    sweep_id               bigint NOT NULL,
    cell_id                bigint NOT NULL,
    sample                 integer NOT NULL,
    worker_id              bigint NOT NULL,
    method                 text NOT NULL,
    epoch                  integer NOT NULL,
    -- The weight layer that connections were removed from; none where it was from all alike, or from none.
    layer                  integer,
    removed                numeric NOT NULL,
    outcome                text NOT NULL CHECK (outcome IN ('solved', 'diverged')),
    train_loss             double precision,
    train_error            double precision,
    test_loss              double precision,
    test_error             double precision,
    test_error_over_masks  double precision,
    activation             double precision[],
    activation_over_units  double precision[],
    activation_over_inputs double precision[],
    dead_units             bigint[]
);

CREATE UNIQUE INDEX training_rows_key
    ON training_rows (sweep_id, cell_id, sample, method, epoch, coalesce(layer, 0), removed);
