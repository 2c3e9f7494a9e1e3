-- Where the branches of belief propagation cross and vanish, along every line through a sweep's grid. Found by
-- `rapgrid transitions` and at the end of a scan, from the rows that were there.
CREATE TABLE found_transitions (
    sweep_id                       bigint NOT NULL,
    method                         text NOT NULL,
    -- The axis that varies, as specs name it, and the values of the other axes that vary in the sweep.
    axis                           text NOT NULL,
    structure                      text NOT NULL,
    fixed                          jsonb NOT NULL,
    crossing                       double precision,
    crossing_error                 double precision,
    crossing_with_symmetry         double precision,
    crossing_with_symmetry_error   double precision,
    ordering                       double precision,
    ordering_error                 double precision,
    latent_heat_per_weight         double precision,
    latent_heat_error              double precision,
    entropy_jump_per_weight        double precision,
    entropy_jump_error             double precision,
    -- Distance of the grid points around the crossing (or, without one, the ordering).
    step                           double precision,
    resolved                       boolean,
    -- How many rows of the sweep there were.
    rows                           bigint NOT NULL,
    found_at                       timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX found_transitions_sweep ON found_transitions (sweep_id);

-- One row for every line: `crossing` is where half of the samples have the polarised branch stable, with the larger raw
-- log Z (p_c, ρ_c or β_c), `ordering` where half of the samples have an ordered branch (the spinodal, or the onset of a continuous order). `current` says that no
-- rows were added since.
CREATE VIEW transitions AS
SELECT s.name AS sweep, t.method, t.axis, t.structure, t.fixed,
       (t.fixed ->> 'beta')::numeric AS beta,
       t.crossing, t.crossing_error, t.crossing_with_symmetry, t.crossing_with_symmetry_error, t.ordering,
       t.ordering_error, t.latent_heat_per_weight, t.latent_heat_error, t.entropy_jump_per_weight,
       t.entropy_jump_error, t.step, t.resolved,
       t.rows = p.rows_done AS current, t.found_at
FROM found_transitions t
JOIN sweeps s USING (sweep_id)
JOIN sweep_progress p USING (sweep_id);

COMMENT ON VIEW transitions IS 'where the BP branches cross and vanish, by line through the grid';
