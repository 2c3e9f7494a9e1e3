-- The tables of rapgrid. What people read are the views of 0002; what churns is `jobs` alone.
--
-- Jobs and results never share churn: `jobs` is small (a job is a row only between being cut and being finished),
-- `measurements` and `finished_jobs` are append-only. No foreign key points from a hot row to one parent row (the
-- parent's lock would be shared by every writer); the transactions that write keep them in step instead.

-- What someone submitted. Its specs are its parts.
CREATE TABLE sweeps (
    sweep_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name              text NOT NULL CONSTRAINT sweeps_name_key UNIQUE,
    seed              bigint NOT NULL,
    state             text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'cancelled')),
    numerics_revision integer NOT NULL,
    -- Which partition of `measurements` holds its rows: 0, shared by small sweeps, or its own, named by its sweep_id.
    bucket            bigint NOT NULL DEFAULT 0,
    created_at        timestamptz NOT NULL DEFAULT now()
);

-- Part k computes what the parts before it do not. Its jobs are cut from units [next_unit, units) as they are needed, so
-- that submitting costs one row however many grid points there are.
CREATE TABLE sweep_parts (
    sweep_id     bigint NOT NULL,
    part         integer NOT NULL,
    spec         text NOT NULL,
    digest       text NOT NULL,
    units        bigint NOT NULL,
    rows         bigint NOT NULL,
    -- Compute time of the whole part by the cost model, on one core.
    estimated_seconds double precision NOT NULL,
    next_unit    bigint NOT NULL DEFAULT 0 CHECK (next_unit BETWEEN 0 AND units),
    submitted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sweep_id, part)
);

-- The instance files that a part's spec names.
CREATE TABLE instance_files (
    sweep_id bigint NOT NULL,
    part     integer NOT NULL,
    name     text NOT NULL,
    content  text NOT NULL,
    PRIMARY KEY (sweep_id, part, name)
);

-- The methods of a sweep; a method's settings never change once it has rows.
CREATE TABLE methods (
    sweep_id bigint NOT NULL,
    method   text NOT NULL,
    kind     text NOT NULL,
    settings text NOT NULL,
    PRIMARY KEY (sweep_id, method)
);

-- Who computed: one row for every worker process that ever registered.
CREATE TABLE workers (
    worker_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host              text NOT NULL,
    process_id        integer NOT NULL,
    version           text NOT NULL,
    git_revision      text NOT NULL,
    cpu_features      text NOT NULL,
    threads           integer NOT NULL,
    numerics_revision integer NOT NULL,
    registered_at     timestamptz NOT NULL DEFAULT now()
);

-- Fences: every lease takes the next number, so that an epoch never returns.
CREATE SEQUENCE lease_epochs AS bigint;

-- The hot table: units [first_unit, end_unit) of a part, between being cut and being finished.
CREATE TABLE jobs (
    job_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sweep_id          bigint NOT NULL,
    part              integer NOT NULL,
    first_unit        bigint NOT NULL,
    end_unit          bigint NOT NULL CHECK (end_unit > first_unit),
    estimated_seconds double precision NOT NULL,
    state             text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'leased', 'failed')),
    -- Not handed out before this time (backoff after a failure).
    ready_at          timestamptz NOT NULL DEFAULT now(),
    attempts          integer NOT NULL DEFAULT 0,
    -- The lease, while there is one.
    epoch             bigint,
    worker_id         bigint,
    leased_at         timestamptz,
    leased_until      timestamptz,
    -- Why the last attempt failed.
    error             text,
    CHECK ((state = 'leased') = (epoch IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- How long a job rests after so many failed attempts: 2, 4, 8, … seconds, ten minutes at most. Half to one and a half of
-- it are used, so that a job that kills its worker does not drag the same neighbours along each time.
CREATE FUNCTION backoff(attempts integer) RETURNS interval LANGUAGE sql IMMUTABLE
RETURN make_interval(secs => least(power(2, least(attempts, 20)), 600));

CREATE INDEX jobs_ready ON jobs (job_id) WHERE state = 'ready';
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE state = 'leased';
CREATE INDEX jobs_sweep ON jobs (sweep_id, state);

-- The history: one row for every job, written with its results.
CREATE TABLE finished_jobs (
    job_id            bigint PRIMARY KEY,
    sweep_id          bigint NOT NULL,
    part              integer NOT NULL,
    first_unit        bigint NOT NULL,
    end_unit          bigint NOT NULL,
    rows              bigint NOT NULL,
    estimated_seconds double precision NOT NULL,
    cpu_seconds       double precision NOT NULL,
    attempts          integer NOT NULL,
    worker_id         bigint NOT NULL,
    finished_at       timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX finished_jobs_sweep ON finished_jobs (sweep_id, finished_at);

-- The cells that have results. The id is 63 bits of the SHA-256 of the content, the same in every sweep and database.
CREATE TABLE cells (
    sweep_id     bigint NOT NULL,
    cell_id      bigint NOT NULL,
    cell         text NOT NULL,
    widths       integer[] NOT NULL,
    -- None for an instance file of the user's own.
    ensemble     text,
    couplings    text NOT NULL,
    instance     text,
    dilution     numeric[] NOT NULL,
    activation   numeric[] NOT NULL,
    dilution_1   numeric GENERATED ALWAYS AS (dilution[1]) STORED,
    dilution_2   numeric GENERATED ALWAYS AS (dilution[2]) STORED,
    dilution_3   numeric GENERATED ALWAYS AS (dilution[3]) STORED,
    dilution_4   numeric GENERATED ALWAYS AS (dilution[4]) STORED,
    dilution_5   numeric GENERATED ALWAYS AS (dilution[5]) STORED,
    dilution_6   numeric GENERATED ALWAYS AS (dilution[6]) STORED,
    dilution_7   numeric GENERATED ALWAYS AS (dilution[7]) STORED,
    dilution_8   numeric GENERATED ALWAYS AS (dilution[8]) STORED,
    activation_1 numeric GENERATED ALWAYS AS (activation[1]) STORED,
    activation_2 numeric GENERATED ALWAYS AS (activation[2]) STORED,
    activation_3 numeric GENERATED ALWAYS AS (activation[3]) STORED,
    activation_4 numeric GENERATED ALWAYS AS (activation[4]) STORED,
    activation_5 numeric GENERATED ALWAYS AS (activation[5]) STORED,
    activation_6 numeric GENERATED ALWAYS AS (activation[6]) STORED,
    activation_7 numeric GENERATED ALWAYS AS (activation[7]) STORED,
    PRIMARY KEY (sweep_id, cell_id)
);

-- The results: one row for every cell, sample, β, method and branch. Append-only.
--
-- Partitioned by bucket, not by sweep: a query across thousands of partitions dies for want of locks, and a sweep that
-- shares its partition is still cheap to delete because it is small. A sweep of a million rows or more gets a partition
-- of its own, which is dropped whole.
CREATE TABLE measurements (
    bucket             bigint NOT NULL,
    sweep_id           bigint NOT NULL,
    cell_id            bigint NOT NULL,
    sample             integer NOT NULL,
    beta               numeric NOT NULL,
    method             text NOT NULL,
    branch             text CHECK (branch IN ('paramagnetic', 'polarised')),
    outcome            text NOT NULL CHECK (outcome IN ('solved', 'not_converged', 'empty', 'too_costly')),
    weights            integer NOT NULL,
    paths              bigint NOT NULL,
    hidden_units       integer NOT NULL,
    energy_per_weight  double precision,
    energy_error       double precision,
    log_z_per_weight   double precision,
    entropy_per_weight double precision,
    overlap            double precision,
    energy_variance    double precision,
    converged          boolean,
    ordered            boolean,
    iterations         integer,
    residual           double precision,
    tau_int            double precision,
    r_hat              double precision,
    equilibrated             boolean,
    log_z_error              double precision,
    entropy_error            double precision,
    discretisation_error     double precision,
    lowest_energy_per_weight double precision,
    specific_heat            double precision,
    specific_heat_error      double precision,
    path_overlap             double precision,
    path_overlap_error       double precision,
    susceptibility           double precision,
    binder                   double precision,
    swap_acceptance          double precision,
    round_trips              bigint,
    symmetries               integer,
    seconds            real NOT NULL,
    worker_id          bigint NOT NULL,
    recorded_at        timestamptz NOT NULL DEFAULT now()
) PARTITION BY LIST (bucket);

-- Recording is exactly once by the lease's epoch; this index would catch it if it were not, and serves queries by cell.
CREATE UNIQUE INDEX measurements_identity
    ON measurements (bucket, sweep_id, cell_id, sample, beta, method, (coalesce(branch, '')));

CREATE TABLE measurements_shared PARTITION OF measurements FOR VALUES IN (0);

-- Degree histograms: `weights` weights of a layer lie on `degree` active paths. One row for every bar of every sample.
CREATE TABLE degree_counts (
    sweep_id bigint NOT NULL,
    cell_id  bigint NOT NULL,
    sample   integer NOT NULL,
    layer    integer NOT NULL,
    degree   integer NOT NULL,
    weights  integer NOT NULL,
    PRIMARY KEY (sweep_id, cell_id, sample, layer, degree)
);
