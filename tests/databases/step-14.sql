-- A database of step 14, the last one that stood in `public`, by pg_dump of PostgreSQL 15 with its comments taken out. The sweep
-- `three` is finished, of `half` some units are recorded, one job has failed and one was leased when its coordinator and its
-- worker were killed, `large` has a partition of its own and is paused, and the role `ana` was made by `rapgrid db reader`.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE FUNCTION public.backoff(attempts integer) RETURNS interval
    LANGUAGE sql IMMUTABLE
    RETURN make_interval(secs => LEAST(power((2)::double precision, (LEAST(attempts, 20))::double precision), (600)::double precision));

CREATE FUNCTION public.count_finished_jobs() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    until xid8;
    counted bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('rapgrid.count_finished_jobs')) THEN
        RETURN 0;
    END IF;
    -- After the lock, so that it is not behind what another has counted.
    until := pg_snapshot_xmin(pg_current_snapshot());
    DELETE FROM counted_jobs WHERE before > until;
    WITH latest AS (
        SELECT s.sweep_id, f.*
        FROM sweeps s LEFT JOIN counted_jobs c USING (sweep_id)
        CROSS JOIN LATERAL (
            SELECT count(*) AS jobs, sum(end_unit - first_unit) AS units, sum(rows) AS rows, sum(cpu_seconds) AS cpu_seconds,
                   sum(estimated_seconds) AS estimated_seconds
            FROM finished_jobs
            WHERE sweep_id = s.sweep_id AND recorded_by >= coalesce(c.before, '0'::xid8) AND recorded_by < until) AS f
        WHERE f.jobs > 0),
    moved AS (
        INSERT INTO counted_jobs AS c (sweep_id, before, jobs, units, rows, cpu_seconds, estimated_seconds)
        SELECT sweep_id, until, jobs, units, rows, cpu_seconds, estimated_seconds FROM latest
        ON CONFLICT (sweep_id) DO UPDATE
        SET before = until, jobs = c.jobs + excluded.jobs, units = c.units + excluded.units, rows = c.rows + excluded.rows,
            cpu_seconds = c.cpu_seconds + excluded.cpu_seconds,
            estimated_seconds = c.estimated_seconds + excluded.estimated_seconds
        RETURNING 1)
    SELECT coalesce((SELECT sum(jobs) FROM latest), 0) INTO counted FROM (SELECT count(*) FROM moved) AS done;
    RETURN counted;
END $$;

CREATE FUNCTION public.cut_jobs(of_sweep bigint, of_part integer, from_unit bigint, lease_seconds double precision, job_ids bigint[], epochs bigint[], worker_ids bigint[], first_units bigint[], end_units bigint[], seconds double precision[]) RETURNS bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    all_units bigint;
    uncut_from bigint;
    rest_from bigint;
BEGIN
    SET LOCAL synchronous_commit = off;
    SELECT p.units INTO all_units FROM sweep_parts p
    WHERE p.sweep_id = of_sweep AND p.part = of_part AND NOT p.is_cut FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- Reserved in a database that has been set back since.
    IF (SELECT max(epoch) FROM unnest(epochs) AS epoch) > (SELECT last_value FROM lease_epochs) THEN
        RAISE EXCEPTION 'numbers of leases that this database never gave' USING ERRCODE = 'serialization_failure';
    END IF;
    -- A statement of its own: it must see what was cut by whoever held the lock before.
    uncut_from := next_unit(of_sweep, of_part);
    rest_from := uncut_from;
    IF uncut_from = from_unit AND cardinality(job_ids) > 0 THEN
        INSERT INTO jobs (sweep_id, part, state, attempts, leased_at, leased_until, job_id, epoch, worker_id, first_unit,
                          end_unit, estimated_seconds)
        OVERRIDING SYSTEM VALUE
        SELECT of_sweep, of_part, 'leased', 1, now(), now() + make_interval(secs => lease_seconds), new.*
        FROM unnest(job_ids, epochs, worker_ids, first_units, end_units, seconds) AS new;
        rest_from := end_units[cardinality(end_units)];
    END IF;
    IF rest_from >= all_units THEN
        UPDATE sweep_parts SET is_cut = true WHERE sweep_id = of_sweep AND part = of_part;
    END IF;
    RETURN uncut_from;
END $$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.counted_jobs (
    sweep_id bigint NOT NULL,
    before xid8 NOT NULL,
    jobs bigint NOT NULL,
    units bigint NOT NULL,
    rows bigint NOT NULL,
    cpu_seconds double precision NOT NULL,
    estimated_seconds double precision NOT NULL
);

CREATE TABLE public.finished_jobs (
    job_id bigint NOT NULL,
    sweep_id bigint NOT NULL,
    part integer NOT NULL,
    first_unit bigint NOT NULL,
    end_unit bigint NOT NULL,
    rows bigint NOT NULL,
    estimated_seconds double precision NOT NULL,
    cpu_seconds double precision NOT NULL,
    attempts integer NOT NULL,
    worker_id bigint NOT NULL,
    finished_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id() NOT NULL
);

CREATE FUNCTION public.finished(sweep bigint) RETURNS TABLE(jobs bigint, units bigint, rows bigint, cpu_seconds double precision, estimated_seconds double precision)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH counted AS (
          SELECT c_1.sweep_id,
             c_1.before,
             c_1.jobs,
             c_1.units,
             c_1.rows,
             c_1.cpu_seconds,
             c_1.estimated_seconds
            FROM public.counted_jobs c_1
           WHERE (c_1.sweep_id = finished.sweep)
         ), latest AS (
          SELECT count(*) AS jobs,
             COALESCE(sum((f.end_unit - f.first_unit)), (0)::numeric) AS units,
             COALESCE(sum(f.rows), (0)::numeric) AS rows,
             COALESCE(sum(f.cpu_seconds), (0)::double precision) AS cpu_seconds,
             COALESCE(sum(f.estimated_seconds), (0)::double precision) AS estimated_seconds
            FROM public.finished_jobs f
           WHERE ((f.sweep_id = finished.sweep) AND (f.recorded_by >= COALESCE(( SELECT c_1.before
                    FROM counted c_1), '0'::xid8)))
         )
  SELECT (l.jobs + COALESCE(c.jobs, (0)::bigint)) AS int8,
     ((l.units + (COALESCE(c.units, (0)::bigint))::numeric))::bigint AS int8,
     ((l.rows + (COALESCE(c.rows, (0)::bigint))::numeric))::bigint AS int8,
     (l.cpu_seconds + COALESCE(c.cpu_seconds, (0)::double precision)),
     (l.estimated_seconds + COALESCE(c.estimated_seconds, (0)::double precision))
    FROM (latest l
      LEFT JOIN counted c ON (true));
END;

CREATE FUNCTION public.next_unit(sweep bigint, of_part integer) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET enable_sort TO 'off'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    last_finished bigint;
    last_cut bigint;
BEGIN
    SELECT f.end_unit INTO last_finished FROM finished_jobs f WHERE f.sweep_id = sweep AND f.part = of_part
    ORDER BY f.end_unit DESC LIMIT 1;
    SELECT j.end_unit INTO last_cut FROM jobs j
    WHERE j.sweep_id = sweep AND j.part = of_part AND j.end_unit > coalesce(last_finished, 0)
    ORDER BY j.end_unit DESC LIMIT 1;
    RETURN coalesce(last_cut, last_finished, 0);
END $$;

CREATE FUNCTION public.slowness(sweep bigint) RETURNS double precision
    LANGUAGE plpgsql STABLE
    SET enable_sort TO 'off'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
    RETURN (SELECT coalesce(sum(cpu_seconds) / nullif(sum(estimated_seconds), 0), 1)
            FROM (SELECT f.cpu_seconds, f.estimated_seconds FROM finished_jobs f WHERE f.sweep_id = sweep
                  ORDER BY f.finished_at DESC LIMIT 50) AS latest);
END $$;

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);

CREATE TABLE public.cells (
    sweep_id bigint NOT NULL,
    cell_id bigint NOT NULL,
    cell text NOT NULL,
    widths integer[] NOT NULL,
    ensemble text,
    couplings text NOT NULL,
    instance text,
    dilution numeric[] NOT NULL,
    activation numeric[] NOT NULL,
    dilution_1 numeric GENERATED ALWAYS AS (dilution[1]) STORED,
    dilution_2 numeric GENERATED ALWAYS AS (dilution[2]) STORED,
    dilution_3 numeric GENERATED ALWAYS AS (dilution[3]) STORED,
    dilution_4 numeric GENERATED ALWAYS AS (dilution[4]) STORED,
    dilution_5 numeric GENERATED ALWAYS AS (dilution[5]) STORED,
    dilution_6 numeric GENERATED ALWAYS AS (dilution[6]) STORED,
    dilution_7 numeric GENERATED ALWAYS AS (dilution[7]) STORED,
    dilution_8 numeric GENERATED ALWAYS AS (dilution[8]) STORED,
    activation_1 numeric GENERATED ALWAYS AS (activation[1]) STORED,
    activation_2 numeric GENERATED ALWAYS AS (activation[2]) STORED,
    activation_3 numeric GENERATED ALWAYS AS (activation[3]) STORED,
    activation_4 numeric GENERATED ALWAYS AS (activation[4]) STORED,
    activation_5 numeric GENERATED ALWAYS AS (activation[5]) STORED,
    activation_6 numeric GENERATED ALWAYS AS (activation[6]) STORED,
    activation_7 numeric GENERATED ALWAYS AS (activation[7]) STORED
);

CREATE TABLE public.degree_counts (
    sweep_id bigint NOT NULL,
    cell_id bigint NOT NULL,
    sample integer NOT NULL,
    layer integer NOT NULL,
    degree integer NOT NULL,
    weights integer NOT NULL
);

CREATE VIEW public.degree_distribution AS
SELECT
    NULL::text AS sweep,
    NULL::bigint AS cell_id,
    NULL::text AS cell,
    NULL::integer[] AS widths,
    NULL::text AS ensemble,
    NULL::text AS couplings,
    NULL::text AS instance,
    NULL::numeric[] AS dilution,
    NULL::numeric[] AS activation,
    NULL::integer AS layer,
    NULL::integer AS degree,
    NULL::bigint AS samples,
    NULL::double precision AS share;

COMMENT ON VIEW public.degree_distribution IS 'share of weights by layer and degree, mean over the samples of a cell';

CREATE TABLE public.measurements (
    bucket bigint NOT NULL,
    sweep_id bigint NOT NULL,
    cell_id bigint NOT NULL,
    sample integer NOT NULL,
    beta numeric NOT NULL,
    method text NOT NULL,
    branch text,
    outcome text NOT NULL,
    weights integer NOT NULL,
    paths bigint NOT NULL,
    hidden_units integer NOT NULL,
    energy_per_weight double precision,
    energy_error double precision,
    log_z_per_weight double precision,
    entropy_per_weight double precision,
    overlap double precision,
    energy_variance double precision,
    converged boolean,
    ordered boolean,
    iterations integer,
    residual double precision,
    tau_int double precision,
    r_hat double precision,
    equilibrated boolean,
    log_z_error double precision,
    entropy_error double precision,
    discretisation_error double precision,
    lowest_energy_per_weight double precision,
    specific_heat double precision,
    specific_heat_error double precision,
    path_overlap double precision,
    path_overlap_error double precision,
    susceptibility double precision,
    pooled_binder double precision,
    swap_acceptance double precision,
    round_trips bigint,
    symmetries integer,
    seconds real NOT NULL,
    worker_id bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    layer_overlaps double precision[],
    layer_overlap_errors double precision[],
    path_overlap_histogram bigint[],
    unit_overlap_histogram bigint[],
    effective_samples double precision,
    susceptibility_error double precision,
    system_susceptibility double precision,
    system_susceptibility_error double precision,
    unit_binder double precision,
    unit_binder_error double precision,
    energy_bins integer[],
    energy_counts bigint[],
    fewest_round_trips bigint,
    communication_barrier double precision,
    CONSTRAINT measurements_branch_check CHECK ((branch = ANY (ARRAY['paramagnetic'::text, 'polarised'::text]))),
    CONSTRAINT measurements_outcome_check CHECK ((outcome = ANY (ARRAY['solved'::text, 'not_converged'::text, 'empty'::text, 'too_costly'::text])))
)
PARTITION BY LIST (bucket);

CREATE TABLE public.sweeps (
    sweep_id bigint NOT NULL,
    name text NOT NULL,
    seed bigint NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    numerics_revision integer NOT NULL,
    bucket bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    CONSTRAINT sweeps_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'cancelled'::text])))
);

CREATE VIEW public.energy_histograms AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    h.beta,
    h.method,
    (((h.bin)::double precision + (0.5)::double precision) / (256)::double precision) AS energy,
    h.count,
    (((256)::double precision * h.count) / h.total) AS density
   FROM ((public.sweeps s
     JOIN public.cells c ON ((c.sweep_id = s.sweep_id)))
     CROSS JOIN LATERAL ( SELECT m.beta,
            m.method,
            b.bin,
            (sum(b.count))::double precision AS count,
            (sum(sum(b.count)) OVER (PARTITION BY m.beta, m.method))::double precision AS total
           FROM (public.measurements m
             CROSS JOIN LATERAL UNNEST(m.energy_bins, m.energy_counts) b(bin, count))
          WHERE ((m.bucket = s.bucket) AND (m.sweep_id = s.sweep_id) AND (m.cell_id = c.cell_id) AND (m.equilibrated IS NOT FALSE))
          GROUP BY m.beta, m.method, b.bin) h);

COMMENT ON VIEW public.energy_histograms IS 'distribution of the energy per weight, by cell, beta and method';

CREATE VIEW public.energy_levels AS
SELECT
    NULL::text AS sweep,
    NULL::bigint AS cell_id,
    NULL::text AS cell,
    NULL::integer[] AS widths,
    NULL::text AS ensemble,
    NULL::text AS couplings,
    NULL::text AS instance,
    NULL::numeric[] AS dilution,
    NULL::numeric[] AS activation,
    NULL::integer AS depth,
    NULL::text AS method,
    NULL::numeric AS overlap,
    NULL::bigint AS samples,
    NULL::double precision AS paths,
    NULL::double precision AS expected,
    NULL::double precision AS covariance_per_path,
    NULL::double precision AS covariance_error,
    NULL::double precision AS disorder_covariance_per_path,
    NULL::double precision AS disorder_covariance_error,
    NULL::double precision AS disorder_spread,
    NULL::double precision AS variance_per_path,
    NULL::double precision AS variance_error,
    NULL::double precision AS excess_kurtosis,
    NULL::double precision AS excess_kurtosis_error;

COMMENT ON VIEW public.energy_levels IS 'variance and covariance of random energy levels, by cell, method and overlap';

CREATE TABLE public.found_transitions (
    sweep_id bigint NOT NULL,
    method text NOT NULL,
    axis text NOT NULL,
    structure text NOT NULL,
    fixed jsonb NOT NULL,
    crossing double precision,
    crossing_error double precision,
    crossing_with_symmetry double precision,
    crossing_with_symmetry_error double precision,
    ordering double precision,
    ordering_error double precision,
    latent_heat_per_weight double precision,
    latent_heat_error double precision,
    entropy_jump_per_weight double precision,
    entropy_jump_error double precision,
    step double precision,
    resolved boolean,
    rows bigint NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    crossing_outcome text,
    crossing_from double precision,
    crossing_to double precision,
    crossing_with_symmetry_outcome text,
    crossing_with_symmetry_from double precision,
    crossing_with_symmetry_to double precision,
    ordering_outcome text,
    ordering_from double precision,
    ordering_to double precision,
    samples bigint,
    unresolved_samples bigint
);

CREATE TABLE public.instance_files (
    sweep_id bigint NOT NULL,
    part integer NOT NULL,
    name text NOT NULL,
    content text NOT NULL
);

CREATE TABLE public.jobs (
    job_id bigint NOT NULL,
    sweep_id bigint NOT NULL,
    part integer NOT NULL,
    first_unit bigint NOT NULL,
    end_unit bigint NOT NULL,
    estimated_seconds double precision NOT NULL,
    state text DEFAULT 'ready'::text NOT NULL,
    ready_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    epoch bigint,
    worker_id bigint,
    leased_at timestamp with time zone,
    leased_until timestamp with time zone,
    error text,
    CONSTRAINT jobs_check CHECK ((end_unit > first_unit)),
    CONSTRAINT jobs_check1 CHECK (((state = 'leased'::text) = (epoch IS NOT NULL))),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'leased'::text, 'failed'::text])))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_cost_delay='0');

ALTER TABLE public.jobs ALTER COLUMN job_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.jobs_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.layer_overlaps AS
SELECT
    NULL::text AS sweep,
    NULL::bigint AS cell_id,
    NULL::text AS cell,
    NULL::integer[] AS widths,
    NULL::text AS ensemble,
    NULL::text AS couplings,
    NULL::text AS instance,
    NULL::numeric[] AS dilution,
    NULL::numeric[] AS activation,
    NULL::numeric AS beta,
    NULL::text AS method,
    NULL::text AS branch,
    NULL::integer AS layer,
    NULL::bigint AS samples,
    NULL::double precision AS overlap,
    NULL::double precision AS overlap_standard_error;

COMMENT ON VIEW public.layer_overlaps IS 'mean magnetisation overlap by weight layer, cell, beta, method and branch';

CREATE SEQUENCE public.lease_epochs
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.level_pairs (
    sweep_id bigint NOT NULL,
    cell_id bigint NOT NULL,
    sample integer NOT NULL,
    method text NOT NULL,
    overlap numeric NOT NULL,
    paths bigint NOT NULL,
    covariance_per_path double precision NOT NULL,
    covariance_error double precision NOT NULL,
    disorder_covariance_per_path double precision NOT NULL,
    disorder_covariance_error double precision NOT NULL,
    disorder_spread double precision NOT NULL,
    variance_per_path double precision NOT NULL,
    variance_error double precision NOT NULL,
    excess_kurtosis double precision NOT NULL,
    excess_kurtosis_error double precision NOT NULL
);

CREATE TABLE public.measurements_3 (
    bucket bigint NOT NULL,
    sweep_id bigint NOT NULL,
    cell_id bigint NOT NULL,
    sample integer NOT NULL,
    beta numeric NOT NULL,
    method text NOT NULL,
    branch text,
    outcome text NOT NULL,
    weights integer NOT NULL,
    paths bigint NOT NULL,
    hidden_units integer NOT NULL,
    energy_per_weight double precision,
    energy_error double precision,
    log_z_per_weight double precision,
    entropy_per_weight double precision,
    overlap double precision,
    energy_variance double precision,
    converged boolean,
    ordered boolean,
    iterations integer,
    residual double precision,
    tau_int double precision,
    r_hat double precision,
    equilibrated boolean,
    log_z_error double precision,
    entropy_error double precision,
    discretisation_error double precision,
    lowest_energy_per_weight double precision,
    specific_heat double precision,
    specific_heat_error double precision,
    path_overlap double precision,
    path_overlap_error double precision,
    susceptibility double precision,
    pooled_binder double precision,
    swap_acceptance double precision,
    round_trips bigint,
    symmetries integer,
    seconds real NOT NULL,
    worker_id bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    layer_overlaps double precision[],
    layer_overlap_errors double precision[],
    path_overlap_histogram bigint[],
    unit_overlap_histogram bigint[],
    effective_samples double precision,
    susceptibility_error double precision,
    system_susceptibility double precision,
    system_susceptibility_error double precision,
    unit_binder double precision,
    unit_binder_error double precision,
    energy_bins integer[],
    energy_counts bigint[],
    fewest_round_trips bigint,
    communication_barrier double precision,
    CONSTRAINT measurements_branch_check CHECK ((branch = ANY (ARRAY['paramagnetic'::text, 'polarised'::text]))),
    CONSTRAINT measurements_outcome_check CHECK ((outcome = ANY (ARRAY['solved'::text, 'not_converged'::text, 'empty'::text, 'too_costly'::text])))
);

CREATE TABLE public.measurements_shared (
    bucket bigint NOT NULL,
    sweep_id bigint NOT NULL,
    cell_id bigint NOT NULL,
    sample integer NOT NULL,
    beta numeric NOT NULL,
    method text NOT NULL,
    branch text,
    outcome text NOT NULL,
    weights integer NOT NULL,
    paths bigint NOT NULL,
    hidden_units integer NOT NULL,
    energy_per_weight double precision,
    energy_error double precision,
    log_z_per_weight double precision,
    entropy_per_weight double precision,
    overlap double precision,
    energy_variance double precision,
    converged boolean,
    ordered boolean,
    iterations integer,
    residual double precision,
    tau_int double precision,
    r_hat double precision,
    equilibrated boolean,
    log_z_error double precision,
    entropy_error double precision,
    discretisation_error double precision,
    lowest_energy_per_weight double precision,
    specific_heat double precision,
    specific_heat_error double precision,
    path_overlap double precision,
    path_overlap_error double precision,
    susceptibility double precision,
    pooled_binder double precision,
    swap_acceptance double precision,
    round_trips bigint,
    symmetries integer,
    seconds real NOT NULL,
    worker_id bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    layer_overlaps double precision[],
    layer_overlap_errors double precision[],
    path_overlap_histogram bigint[],
    unit_overlap_histogram bigint[],
    effective_samples double precision,
    susceptibility_error double precision,
    system_susceptibility double precision,
    system_susceptibility_error double precision,
    unit_binder double precision,
    unit_binder_error double precision,
    energy_bins integer[],
    energy_counts bigint[],
    fewest_round_trips bigint,
    communication_barrier double precision,
    CONSTRAINT measurements_branch_check CHECK ((branch = ANY (ARRAY['paramagnetic'::text, 'polarised'::text]))),
    CONSTRAINT measurements_outcome_check CHECK ((outcome = ANY (ARRAY['solved'::text, 'not_converged'::text, 'empty'::text, 'too_costly'::text])))
);

CREATE TABLE public.methods (
    sweep_id bigint NOT NULL,
    method text NOT NULL,
    kind text NOT NULL,
    settings text NOT NULL
);

CREATE VIEW public.overlap_histograms AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    h.beta,
    h.method,
    h.of,
    (h.low + ((((1)::double precision - h.low) * (((h.bin)::numeric - 0.5))::double precision) / (h.bins)::double precision)) AS overlap,
    h.count,
    ((h.count * (h.bins)::double precision) / (((1)::double precision - h.low) * h.total)) AS density
   FROM ((public.sweeps s
     JOIN public.cells c ON ((c.sweep_id = s.sweep_id)))
     CROSS JOIN LATERAL ( SELECT m.beta,
            m.method,
            o.of,
            o.low,
            b.bin,
            cardinality(o.counts) AS bins,
            (sum(b.count))::double precision AS count,
            (sum(sum(b.count)) OVER (PARTITION BY m.beta, m.method, o.of))::double precision AS total
           FROM ((public.measurements m
             CROSS JOIN LATERAL ( VALUES ('path'::text,(- (1)::double precision),m.path_overlap_histogram), ('unit'::text,0,m.unit_overlap_histogram)) o(of, low, counts))
             CROSS JOIN LATERAL unnest(o.counts) WITH ORDINALITY b(count, bin))
          WHERE ((m.bucket = s.bucket) AND (m.sweep_id = s.sweep_id) AND (m.cell_id = c.cell_id) AND (m.equilibrated IS NOT FALSE))
          GROUP BY m.beta, m.method, o.of, o.low, b.bin, (cardinality(o.counts))) h);

COMMENT ON VIEW public.overlap_histograms IS 'distribution of two-replica overlaps: of path products, and absolute ones of v[j,k] within units';

CREATE VIEW public.phase_diagram AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    c.dilution_1,
    c.dilution_2,
    c.dilution_3,
    c.dilution_4,
    c.dilution_5,
    c.dilution_6,
    c.dilution_7,
    c.dilution_8,
    c.activation_1,
    c.activation_2,
    c.activation_3,
    c.activation_4,
    c.activation_5,
    c.activation_6,
    c.activation_7,
    a.beta,
    a.method,
    k.kind,
    a.branch,
    a.samples,
    a.samples_of,
    a.empty,
    a.converged,
    a.weights,
    a.alpha,
    a.energy_per_weight,
    a.energy_standard_error,
    a.energy_statistical_error,
    a.log_z_per_weight,
    a.log_z_standard_error,
    a.entropy_per_weight,
    a.entropy_standard_error,
    a.overlap,
    a.overlap_standard_error,
    a.iterations,
    a.r_hat,
    a.equilibrated,
    a.specific_heat,
    a.specific_heat_standard_error,
    a.path_overlap,
    a.path_overlap_standard_error,
    a.susceptibility,
    a.pooled_binder,
    a.lowest_energy_per_weight,
    a.unresolved,
    a.unequilibrated,
    a.susceptibility_standard_error,
    a.system_susceptibility,
    a.system_susceptibility_standard_error,
    a.unit_binder,
    a.unit_binder_standard_error
   FROM (((public.sweeps s
     JOIN public.cells c ON ((c.sweep_id = s.sweep_id)))
     CROSS JOIN LATERAL ( SELECT rows.beta,
            rows.method,
            rows.branch,
            count(*) FILTER (WHERE rows.used) AS samples,
            count(*) AS samples_of,
            count(*) FILTER (WHERE (rows.outcome = 'empty'::text)) AS empty,
            count(*) FILTER (WHERE rows.converged) AS converged,
            count(*) FILTER (WHERE ((rows.outcome = 'not_converged'::text) AND (rows.paths > 0))) AS unresolved,
            (avg(rows.weights) FILTER (WHERE (rows.paths > 0)))::double precision AS weights,
            avg(((rows.paths)::double precision / (NULLIF(rows.weights, 0))::double precision)) AS alpha,
            avg(rows.energy_per_weight) FILTER (WHERE rows.used) AS energy_per_weight,
            (stddev_samp(rows.energy_per_weight) FILTER (WHERE rows.used) / sqrt((NULLIF(count(rows.energy_per_weight) FILTER (WHERE rows.used), 0))::double precision)) AS energy_standard_error,
            (sqrt(sum((rows.energy_error * rows.energy_error)) FILTER (WHERE rows.used)) / (NULLIF(count(rows.energy_error) FILTER (WHERE rows.used), 0))::double precision) AS energy_statistical_error,
            avg(rows.log_z_per_weight) FILTER (WHERE rows.used) AS log_z_per_weight,
            (stddev_samp(rows.log_z_per_weight) FILTER (WHERE rows.used) / sqrt((NULLIF(count(rows.log_z_per_weight) FILTER (WHERE rows.used), 0))::double precision)) AS log_z_standard_error,
            avg(rows.entropy_per_weight) FILTER (WHERE rows.used) AS entropy_per_weight,
            (stddev_samp(rows.entropy_per_weight) FILTER (WHERE rows.used) / sqrt((NULLIF(count(rows.entropy_per_weight) FILTER (WHERE rows.used), 0))::double precision)) AS entropy_standard_error,
            avg(rows.overlap) FILTER (WHERE rows.used) AS overlap,
            (stddev_samp(rows.overlap) FILTER (WHERE rows.used) / sqrt((NULLIF(count(rows.overlap) FILTER (WHERE rows.used), 0))::double precision)) AS overlap_standard_error,
            (avg(rows.iterations))::double precision AS iterations,
            max(rows.r_hat) AS r_hat,
            count(*) FILTER (WHERE rows.equilibrated) AS equilibrated,
            count(*) FILTER (WHERE (NOT rows.equilibrated)) AS unequilibrated,
            avg(rows.specific_heat) FILTER (WHERE rows.settled) AS specific_heat,
            (stddev_samp(rows.specific_heat) FILTER (WHERE rows.settled) / sqrt((NULLIF(count(rows.specific_heat) FILTER (WHERE rows.settled), 0))::double precision)) AS specific_heat_standard_error,
            avg(rows.path_overlap) FILTER (WHERE rows.settled) AS path_overlap,
            (stddev_samp(rows.path_overlap) FILTER (WHERE rows.settled) / sqrt((NULLIF(count(rows.path_overlap) FILTER (WHERE rows.settled), 0))::double precision)) AS path_overlap_standard_error,
            avg(rows.susceptibility) FILTER (WHERE rows.settled) AS susceptibility,
            (stddev_samp(rows.susceptibility) FILTER (WHERE rows.settled) / sqrt((NULLIF(count(rows.susceptibility) FILTER (WHERE rows.settled), 0))::double precision)) AS susceptibility_standard_error,
            avg(rows.system_susceptibility) FILTER (WHERE rows.settled) AS system_susceptibility,
            (stddev_samp(rows.system_susceptibility) FILTER (WHERE rows.settled) / sqrt((NULLIF(count(rows.system_susceptibility) FILTER (WHERE rows.settled), 0))::double precision)) AS system_susceptibility_standard_error,
            avg(rows.pooled_binder) FILTER (WHERE rows.settled) AS pooled_binder,
            avg(rows.unit_binder) FILTER (WHERE rows.settled) AS unit_binder,
            (stddev_samp(rows.unit_binder) FILTER (WHERE rows.settled) / sqrt((NULLIF(count(rows.unit_binder) FILTER (WHERE rows.settled), 0))::double precision)) AS unit_binder_standard_error,
            avg(rows.lowest_energy_per_weight) FILTER (WHERE rows.used) AS lowest_energy_per_weight
           FROM ( SELECT measured.bucket,
                    measured.sweep_id,
                    measured.cell_id,
                    measured.sample,
                    measured.beta,
                    measured.method,
                    measured.branch,
                    measured.outcome,
                    measured.weights,
                    measured.paths,
                    measured.hidden_units,
                    measured.energy_per_weight,
                    measured.energy_error,
                    measured.log_z_per_weight,
                    measured.entropy_per_weight,
                    measured.overlap,
                    measured.energy_variance,
                    measured.converged,
                    measured.ordered,
                    measured.iterations,
                    measured.residual,
                    measured.tau_int,
                    measured.r_hat,
                    measured.equilibrated,
                    measured.log_z_error,
                    measured.entropy_error,
                    measured.discretisation_error,
                    measured.lowest_energy_per_weight,
                    measured.specific_heat,
                    measured.specific_heat_error,
                    measured.path_overlap,
                    measured.path_overlap_error,
                    measured.susceptibility,
                    measured.pooled_binder,
                    measured.swap_acceptance,
                    measured.round_trips,
                    measured.symmetries,
                    measured.seconds,
                    measured.worker_id,
                    measured.recorded_at,
                    measured.layer_overlaps,
                    measured.layer_overlap_errors,
                    measured.path_overlap_histogram,
                    measured.unit_overlap_histogram,
                    measured.effective_samples,
                    measured.susceptibility_error,
                    measured.system_susceptibility,
                    measured.system_susceptibility_error,
                    measured.unit_binder,
                    measured.unit_binder_error,
                    measured.energy_bins,
                    measured.energy_counts,
                    measured.used,
                    (measured.used AND (measured.equilibrated IS NOT FALSE)) AS settled
                   FROM ( SELECT m.bucket,
                            m.sweep_id,
                            m.cell_id,
                            m.sample,
                            m.beta,
                            m.method,
                            m.branch,
                            m.outcome,
                            m.weights,
                            m.paths,
                            m.hidden_units,
                            m.energy_per_weight,
                            m.energy_error,
                            m.log_z_per_weight,
                            m.entropy_per_weight,
                            m.overlap,
                            m.energy_variance,
                            m.converged,
                            m.ordered,
                            m.iterations,
                            m.residual,
                            m.tau_int,
                            m.r_hat,
                            m.equilibrated,
                            m.log_z_error,
                            m.entropy_error,
                            m.discretisation_error,
                            m.lowest_energy_per_weight,
                            m.specific_heat,
                            m.specific_heat_error,
                            m.path_overlap,
                            m.path_overlap_error,
                            m.susceptibility,
                            m.pooled_binder,
                            m.swap_acceptance,
                            m.round_trips,
                            m.symmetries,
                            m.seconds,
                            m.worker_id,
                            m.recorded_at,
                            m.layer_overlaps,
                            m.layer_overlap_errors,
                            m.path_overlap_histogram,
                            m.unit_overlap_histogram,
                            m.effective_samples,
                            m.susceptibility_error,
                            m.system_susceptibility,
                            m.system_susceptibility_error,
                            m.unit_binder,
                            m.unit_binder_error,
                            m.energy_bins,
                            m.energy_counts,
                            ((m.outcome = 'solved'::text) AND ((m.branch IS DISTINCT FROM 'polarised'::text) OR m.ordered)) AS used
                           FROM public.measurements m
                          WHERE ((m.bucket = s.bucket) AND (m.sweep_id = s.sweep_id) AND (m.cell_id = c.cell_id))) measured) rows
          GROUP BY rows.beta, rows.method, rows.branch) a)
     JOIN public.methods k ON (((k.sweep_id = s.sweep_id) AND (k.method = a.method))));

COMMENT ON VIEW public.phase_diagram IS 'mean, standard error and number of samples by cell, beta, method and branch';

CREATE TABLE public.workers (
    worker_id bigint NOT NULL,
    host text NOT NULL,
    process_id integer NOT NULL,
    version text NOT NULL,
    git_revision text NOT NULL,
    cpu_features text NOT NULL,
    threads integer NOT NULL,
    numerics_revision integer NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    cpu_level text DEFAULT ''::text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    gone_at timestamp with time zone,
    gone text,
    CONSTRAINT workers_check CHECK (((gone IS NULL) = (gone_at IS NULL))),
    CONSTRAINT workers_gone_check CHECK ((gone = ANY (ARRAY['left'::text, 'lost'::text])))
)
WITH (fillfactor='70');

CREATE VIEW public.results AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    c.dilution_1,
    c.dilution_2,
    c.dilution_3,
    c.dilution_4,
    c.dilution_5,
    c.dilution_6,
    c.dilution_7,
    c.dilution_8,
    c.activation_1,
    c.activation_2,
    c.activation_3,
    c.activation_4,
    c.activation_5,
    c.activation_6,
    c.activation_7,
    m.sample,
    m.beta,
    m.method,
    k.kind,
    m.branch,
    m.outcome,
    m.weights,
    m.paths,
    ((m.paths)::double precision / (NULLIF(m.weights, 0))::double precision) AS alpha,
    m.hidden_units,
    m.energy_per_weight,
    m.energy_error,
    m.log_z_per_weight,
    (m.log_z_per_weight + (((m.symmetries)::double precision * ln((2.0)::double precision)) / (NULLIF(m.weights, 0))::double precision)) AS log_z_per_weight_with_symmetry,
    m.entropy_per_weight,
    m.overlap,
    m.energy_variance,
    m.converged,
    m.ordered,
    m.iterations,
    m.residual,
    m.tau_int,
    m.r_hat,
    m.equilibrated,
    m.log_z_error,
    m.entropy_error,
    m.discretisation_error,
    m.lowest_energy_per_weight,
    m.specific_heat,
    m.specific_heat_error,
    m.path_overlap,
    m.path_overlap_error,
    m.susceptibility,
    m.pooled_binder,
    m.swap_acceptance,
    m.round_trips,
    m.symmetries,
    s.seed,
    s.numerics_revision,
    w.version,
    w.git_revision,
    w.host,
    w.cpu_features,
    m.seconds,
    m.recorded_at,
    m.layer_overlaps,
    m.layer_overlap_errors,
    m.path_overlap_histogram,
    m.unit_overlap_histogram,
    m.effective_samples,
    m.susceptibility_error,
    m.system_susceptibility,
    m.system_susceptibility_error,
    m.unit_binder,
    m.unit_binder_error,
    m.energy_bins,
    m.energy_counts,
    m.fewest_round_trips,
    m.communication_barrier
   FROM ((((public.sweeps s
     JOIN public.measurements m ON (((m.bucket = s.bucket) AND (m.sweep_id = s.sweep_id))))
     JOIN public.cells c ON (((c.sweep_id = m.sweep_id) AND (c.cell_id = m.cell_id))))
     JOIN public.methods k ON (((k.sweep_id = m.sweep_id) AND (k.method = m.method))))
     JOIN public.workers w USING (worker_id));

COMMENT ON VIEW public.results IS 'every measurement with its cell and its provenance';

CREATE VIEW public.stable_branch AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    c.dilution_1,
    c.dilution_2,
    c.dilution_3,
    c.dilution_4,
    c.dilution_5,
    c.dilution_6,
    c.dilution_7,
    c.dilution_8,
    c.activation_1,
    c.activation_2,
    c.activation_3,
    c.activation_4,
    c.activation_5,
    c.activation_6,
    c.activation_7,
    m.sample,
    m.beta,
    m.method,
    m.branch AS stable_branch,
    m.ordered,
    m.weights,
    m.paths,
    m.energy_per_weight,
    m.log_z_per_weight,
    m.entropy_per_weight,
    m.overlap,
    m.unresolved
   FROM ((public.sweeps s
     JOIN public.cells c ON ((c.sweep_id = s.sweep_id)))
     CROSS JOIN LATERAL ( SELECT DISTINCT ON (starts.sample, starts.beta, starts.method) starts.sample,
            starts.beta,
            starts.method,
                CASE
                    WHEN starts.counts THEN starts.branch
                    ELSE NULL::text
                END AS branch,
                CASE
                    WHEN starts.counts THEN starts.ordered
                    ELSE NULL::boolean
                END AS ordered,
            starts.weights,
            starts.paths,
            starts.energy_per_weight,
            starts.log_z_per_weight,
            starts.entropy_per_weight,
            starts.overlap,
            starts.unresolved
           FROM ( SELECT m_1.bucket,
                    m_1.sweep_id,
                    m_1.cell_id,
                    m_1.sample,
                    m_1.beta,
                    m_1.method,
                    m_1.branch,
                    m_1.outcome,
                    m_1.weights,
                    m_1.paths,
                    m_1.hidden_units,
                    m_1.energy_per_weight,
                    m_1.energy_error,
                    m_1.log_z_per_weight,
                    m_1.entropy_per_weight,
                    m_1.overlap,
                    m_1.energy_variance,
                    m_1.converged,
                    m_1.ordered,
                    m_1.iterations,
                    m_1.residual,
                    m_1.tau_int,
                    m_1.r_hat,
                    m_1.equilibrated,
                    m_1.log_z_error,
                    m_1.entropy_error,
                    m_1.discretisation_error,
                    m_1.lowest_energy_per_weight,
                    m_1.specific_heat,
                    m_1.specific_heat_error,
                    m_1.path_overlap,
                    m_1.path_overlap_error,
                    m_1.susceptibility,
                    m_1.pooled_binder,
                    m_1.swap_acceptance,
                    m_1.round_trips,
                    m_1.symmetries,
                    m_1.seconds,
                    m_1.worker_id,
                    m_1.recorded_at,
                    m_1.layer_overlaps,
                    m_1.layer_overlap_errors,
                    m_1.path_overlap_histogram,
                    m_1.unit_overlap_histogram,
                    m_1.effective_samples,
                    m_1.susceptibility_error,
                    m_1.system_susceptibility,
                    m_1.system_susceptibility_error,
                    m_1.unit_binder,
                    m_1.unit_binder_error,
                    m_1.energy_bins,
                    m_1.energy_counts,
                    ((m_1.outcome = 'solved'::text) AND ((m_1.branch = 'paramagnetic'::text) OR m_1.ordered)) AS counts,
                    (bool_or((m_1.outcome = 'not_converged'::text)) OVER same AND (NOT COALESCE(bool_or(((m_1.branch = 'paramagnetic'::text) AND m_1.ordered)) OVER same, false))) AS unresolved
                   FROM public.measurements m_1
                  WHERE ((m_1.bucket = s.bucket) AND (m_1.sweep_id = s.sweep_id) AND (m_1.cell_id = c.cell_id) AND (m_1.branch IS NOT NULL) AND (m_1.outcome = ANY (ARRAY['solved'::text, 'not_converged'::text])))
                  WINDOW same AS (PARTITION BY m_1.sample, m_1.beta, m_1.method)) starts
          ORDER BY starts.sample, starts.beta, starts.method, starts.counts DESC, (round((starts.log_z_per_weight)::numeric, 10)) DESC,
                CASE
                    WHEN starts.counts THEN starts.branch
                    ELSE NULL::text
                END) m);

COMMENT ON VIEW public.stable_branch IS 'the BP branch with the larger log Z, by cell, sample, beta and method';

CREATE TABLE public.sweep_parts (
    sweep_id bigint NOT NULL,
    part integer NOT NULL,
    spec text NOT NULL,
    digest text NOT NULL,
    units bigint NOT NULL,
    rows bigint NOT NULL,
    estimated_seconds double precision NOT NULL,
    submitted_at timestamp with time zone DEFAULT now() NOT NULL,
    is_cut boolean DEFAULT false NOT NULL
);

CREATE VIEW public.sweep_progress AS
 SELECT s.sweep_id,
    s.name AS sweep,
        CASE
            WHEN (s.state = 'cancelled'::text) THEN 'cancelled'::text
            WHEN ((NOT p.is_cut) OR ((j.ready + j.leased) > 0)) THEN
            CASE s.state
                WHEN 'paused'::text THEN 'paused'::text
                ELSE 'running'::text
            END
            WHEN (j.failed > 0) THEN 'failed'::text
            ELSE 'finished'::text
        END AS status,
    p.units,
    f.units AS units_done,
    p.rows,
    f.rows AS rows_done,
    j.ready AS jobs_ready,
    j.leased AS jobs_leased,
    j.failed AS jobs_failed,
    f.jobs AS jobs_finished,
    f.cpu_seconds,
    p.estimated_seconds,
    f.estimated_seconds AS estimated_seconds_done,
    s.priority,
    s.numerics_revision,
    s.created_at,
    p.submitted_at,
    ( SELECT finished_jobs.finished_at
           FROM public.finished_jobs
          WHERE (finished_jobs.sweep_id = s.sweep_id)
          ORDER BY finished_jobs.finished_at DESC
         LIMIT 1) AS finished_at
   FROM (((public.sweeps s
     CROSS JOIN LATERAL ( SELECT (COALESCE(sum(sweep_parts.units), (0)::numeric))::bigint AS units,
            (COALESCE(sum(sweep_parts.rows), (0)::numeric))::bigint AS rows,
            COALESCE(sum(sweep_parts.estimated_seconds), (0)::double precision) AS estimated_seconds,
            COALESCE(bool_and(sweep_parts.is_cut), true) AS is_cut,
            max(sweep_parts.submitted_at) AS submitted_at
           FROM public.sweep_parts
          WHERE (sweep_parts.sweep_id = s.sweep_id)) p)
     CROSS JOIN LATERAL ( SELECT count(*) FILTER (WHERE (jobs.state = 'ready'::text)) AS ready,
            count(*) FILTER (WHERE (jobs.state = 'leased'::text)) AS leased,
            count(*) FILTER (WHERE (jobs.state = 'failed'::text)) AS failed
           FROM public.jobs
          WHERE (jobs.sweep_id = s.sweep_id)) j)
     CROSS JOIN LATERAL public.finished(s.sweep_id) f(jobs, units, rows, cpu_seconds, estimated_seconds));

COMMENT ON VIEW public.sweep_progress IS 'units, rows and jobs done and left, by sweep';

ALTER TABLE public.sweeps ALTER COLUMN sweep_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sweeps_sweep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.transitions AS
 SELECT s.name AS sweep,
    t.method,
    t.axis,
    t.structure,
    t.fixed,
    ((t.fixed ->> 'beta'::text))::numeric AS beta,
    t.crossing,
    t.crossing_error,
    t.crossing_with_symmetry,
    t.crossing_with_symmetry_error,
    t.ordering,
    t.ordering_error,
    t.latent_heat_per_weight,
    t.latent_heat_error,
    t.entropy_jump_per_weight,
    t.entropy_jump_error,
    t.step,
    t.resolved,
    ((t.rows = f.rows) AND (t.ordering_outcome IS NOT NULL)) AS current,
    t.found_at,
    t.crossing_outcome,
    t.crossing_from,
    t.crossing_to,
    t.crossing_with_symmetry_outcome,
    t.crossing_with_symmetry_from,
    t.crossing_with_symmetry_to,
    t.ordering_outcome,
    t.ordering_from,
    t.ordering_to,
    t.samples,
    t.unresolved_samples
   FROM ((public.found_transitions t
     JOIN public.sweeps s USING (sweep_id))
     CROSS JOIN LATERAL public.finished(s.sweep_id) f(jobs, units, rows, cpu_seconds, estimated_seconds));

COMMENT ON VIEW public.transitions IS 'where the BP branches cross and vanish, by line through the grid';

ALTER TABLE public.workers ALTER COLUMN worker_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.workers_worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.measurements ATTACH PARTITION public.measurements_3 FOR VALUES IN ('3');

ALTER TABLE ONLY public.measurements ATTACH PARTITION public.measurements_shared FOR VALUES IN ('0');

COPY public._sqlx_migrations (version, description, installed_on, success, checksum, execution_time) FROM stdin;
1	schema	2026-11-28 03:07:42.437177+00	t	\\x3d93c38a2f6d4f03bb6d20e02dc28a73a450a9e2c8583eb65891d1a03890bcd2c597e75739f80ec1e53f7cdc1199f111	138919620
2	views	2026-11-28 03:07:42.582084+00	t	\\x312677012f77b0fe030d40b265a6aa43ceab3aff55256091e8fae4ab50583bf6c5d4027011195b6a2dca05900c54f6ac	29915413
3	transitions	2026-11-28 03:07:42.620096+00	t	\\x916ca7757b2d96f33a1e9539db762987f28e31da27c265d78b32b22c804f7623b8075cf0f28172a7b9b9311ca0341ef8	20023448
4	levels and overlaps	2026-11-28 03:07:42.644175+00	t	\\x0c4cfe8264a9bde7a6065be4d26efe82f5b4357eb6bfb46c8b83912be36f114bc9f48708d42b1e008ec4bb400d792c92	47888160
5	dispatch	2026-11-28 03:07:42.696186+00	t	\\xd116f1192192bce0c69f284a3db2d657018d619028d188a8cd76ffa5505146ada79d61f2420fc8202d8f8b72e17298a9	47958995
6	workers seen	2026-11-28 03:07:42.752077+00	t	\\xa760934cfcbdc0e508f9d422f7207edb9f9a0e1635f5edfd29236da27461f154422c4437be0317e9f9e567ea53ea3314	7071029
7	views by cell	2026-11-28 03:07:42.759569+00	t	\\xa663697ecf3caec20548e31e506a2cd686a79304f02b4e5f55e56ca85c9452b1f2dd5441b3891ca86dd0c16f27b33465	19394642
8	ends	2026-11-28 03:07:42.788072+00	t	\\x15862115b6332968127bc38b2b617f656379c01a8c93db4257922e9e4b13c6e58877f96ecfa197f4e428ca831d5802fe	3927953
9	cutting	2026-11-28 03:07:42.800103+00	t	\\x4ca61b76cf059ecaa2b401d19cfdb631a6501d6f8a12703214a87729412303e0d708bb6f35a491c13e8d1bd8cd39515d	8053400
10	observables	2026-11-28 03:07:42.816066+00	t	\\x5a3abd403f520fa90d171dfaffad9c4bcde622de9f113dd7c2b76e2f67c25d2cf1eaf0eb63c2dab1cc5c97e47264e2c4	40192441
11	unresolved	2026-11-28 03:07:42.860434+00	t	\\x9881567bd9cc317db6a30e98854d80a0966a2a3959bd1470ddabfab5df64ba33c6cd92c7010adda6e7b02adf9e5ffad8	15611464
12	unresolved branch	2026-11-28 03:07:42.877851+00	t	\\x84d97cef42a5be94e275803080178f353ff64af9d8881d0c1d6736bc39e85bfb6071478859aa658930bb05bce56b8fe6	6203949
13	recording	2026-11-28 03:07:42.888071+00	t	\\x38b4ebceaf8becda236bc1dee8c37d354a21f7ee20768fa73b136c1028597f42db7b707031efbe51d41d39eecc0f1e7e	12144707
14	ladders	2026-11-28 03:07:42.904041+00	t	\\xea80ce1a33575922990f62e03ba5730464bcdc15b71da68d6a024aeea7ff4f513365235875fa07d2db2298eabd96f566	5587041
\.

COPY public.cells (sweep_id, cell_id, cell, widths, ensemble, couplings, instance, dilution, activation) FROM stdin;
1	2037542986668759465	widths=4-4-3-1 ensemble=branching couplings=input dilution=0,0,0 activation=0.9,0.9	{4,4,3,1}	branching	input	\N	{0,0,0}	{0.9,0.9}
1	4114308540234670005	widths=4-4-3-1 ensemble=branching couplings=path dilution=0.4,0,0 activation=0.9,0.9	{4,4,3,1}	branching	path	\N	{0.4,0,0}	{0.9,0.9}
1	4191667985865605660	widths=4-4-3-1 ensemble=branching couplings=path dilution=0,0,0 activation=0.9,0.9	{4,4,3,1}	branching	path	\N	{0,0,0}	{0.9,0.9}
1	6319058320390154065	widths=4-4-3-1 ensemble=branching couplings=path dilution=0.8,0,0 activation=0.9,0.9	{4,4,3,1}	branching	path	\N	{0.8,0,0}	{0.9,0.9}
1	6623609136626827745	widths=4-4-3-1 ensemble=branching couplings=input dilution=0.8,0,0 activation=0.9,0.9	{4,4,3,1}	branching	input	\N	{0.8,0,0}	{0.9,0.9}
1	8860293645650916038	widths=4-4-3-1 ensemble=branching couplings=input dilution=0.4,0,0 activation=0.9,0.9	{4,4,3,1}	branching	input	\N	{0.4,0,0}	{0.9,0.9}
2	5211676887297526388	widths=12-12-1 ensemble=branching couplings=input dilution=0,0 activation=1	{12,12,1}	branching	input	\N	{0,0}	{1}
\.

COPY public.counted_jobs (sweep_id, before, jobs, units, rows, cpu_seconds, estimated_seconds) FROM stdin;
1	773	1	12	120	0.831740185	0.027228592881049618
\.

COPY public.degree_counts (sweep_id, cell_id, sample, layer, degree, weights) FROM stdin;
1	2037542986668759465	0	1	2	3
1	2037542986668759465	0	1	3	13
1	2037542986668759465	0	2	3	3
1	2037542986668759465	0	2	4	9
1	2037542986668759465	0	3	14	1
1	2037542986668759465	0	3	15	1
1	2037542986668759465	0	3	16	1
1	2037542986668759465	1	1	2	5
1	2037542986668759465	1	1	3	8
1	2037542986668759465	1	2	2	3
1	2037542986668759465	1	2	3	8
1	2037542986668759465	1	2	4	1
1	2037542986668759465	1	3	11	2
1	2037542986668759465	1	3	12	1
1	8860293645650916038	0	1	2	2
1	8860293645650916038	0	1	3	9
1	8860293645650916038	0	2	2	5
1	8860293645650916038	0	2	3	7
1	8860293645650916038	0	3	10	2
1	8860293645650916038	0	3	11	1
1	8860293645650916038	1	1	2	3
1	8860293645650916038	1	1	3	2
1	8860293645650916038	1	2	1	4
1	8860293645650916038	1	2	2	4
1	8860293645650916038	1	3	3	1
1	8860293645650916038	1	3	4	1
1	8860293645650916038	1	3	5	1
1	6623609136626827745	0	1	3	2
1	6623609136626827745	0	2	2	3
1	6623609136626827745	0	3	2	3
1	6623609136626827745	1	1	2	2
1	6623609136626827745	1	2	1	4
1	6623609136626827745	1	3	1	2
1	6623609136626827745	1	3	2	1
1	4191667985865605660	0	1	1	1
1	4191667985865605660	0	1	2	2
1	4191667985865605660	0	1	3	13
1	4191667985865605660	0	2	2	1
1	4191667985865605660	0	2	3	2
1	4191667985865605660	0	2	4	9
1	4191667985865605660	0	3	14	2
1	4191667985865605660	0	3	16	1
1	4191667985865605660	1	1	2	3
1	4191667985865605660	1	1	3	12
1	4191667985865605660	1	2	2	1
1	4191667985865605660	1	2	3	4
1	4191667985865605660	1	2	4	7
1	4191667985865605660	1	3	13	1
1	4191667985865605660	1	3	14	1
1	4191667985865605660	1	3	15	1
1	4114308540234670005	0	1	1	1
1	4114308540234670005	0	1	2	1
1	4114308540234670005	0	1	3	7
1	4114308540234670005	0	2	1	3
1	4114308540234670005	0	2	2	7
1	4114308540234670005	0	2	3	1
1	4114308540234670005	0	2	4	1
1	4114308540234670005	0	3	7	1
1	4114308540234670005	0	3	8	1
1	4114308540234670005	0	3	9	1
1	4114308540234670005	1	1	2	1
1	4114308540234670005	1	1	3	5
1	4114308540234670005	1	2	1	3
1	4114308540234670005	1	2	2	4
1	4114308540234670005	1	2	3	2
1	4114308540234670005	1	3	5	1
1	4114308540234670005	1	3	6	2
1	6319058320390154065	0	1	3	2
1	6319058320390154065	0	2	1	6
1	6319058320390154065	0	3	2	3
1	6319058320390154065	1	1	3	1
1	6319058320390154065	1	2	1	3
1	6319058320390154065	1	3	1	3
\.

COPY public.finished_jobs (job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds, cpu_seconds, attempts, worker_id, finished_at, recorded_by) FROM stdin;
1	1	0	0	12	120	0.027228592881049618	0.831740185	1	1	2026-11-28 03:07:43.445087+00	759
1001	2	0	0	8	8	0.22689856	3.130967267	1	2	2026-11-28 03:07:55.458724+00	778
1002	2	0	8	16	8	0.22689856	2.871292198	1	2	2026-11-28 03:07:58.280559+00	780
\.

COPY public.found_transitions (sweep_id, method, axis, structure, fixed, crossing, crossing_error, crossing_with_symmetry, crossing_with_symmetry_error, ordering, ordering_error, latent_heat_per_weight, latent_heat_error, entropy_jump_per_weight, entropy_jump_error, step, resolved, rows, found_at, crossing_outcome, crossing_from, crossing_to, crossing_with_symmetry_outcome, crossing_with_symmetry_from, crossing_with_symmetry_to, ordering_outcome, ordering_from, ordering_to, samples, unresolved_samples) FROM stdin;
1	bp	dilution_1	4-4-3-1 branching input	{"beta": "0.5"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	none	\N	\N	2	0
1	bp	dilution_1	4-4-3-1 branching input	{"beta": "2"}	0.42774680242771457	0.7011077166591081	\N	\N	0.4	0.6157173539863889	0.036341997371202736	\N	0.07268399474240575	\N	0.4	f	120	2026-11-28 03:07:44.014593+00	found	\N	\N	none	\N	\N	found	\N	\N	2	0
1	bp	dilution_1	4-4-3-1 branching path	{"beta": "0.5"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	none	\N	\N	2	0
1	bp	dilution_1	4-4-3-1 branching path	{"beta": "2"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	unresolved	\N	0.4	2	2
1	bp	beta	4-4-3-1 branching input	{"dilution_1": "0"}	\N	\N	\N	\N	1.25	0.51	\N	\N	\N	\N	1.5	f	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	found	\N	\N	2	0
1	bp	beta	4-4-3-1 branching input	{"dilution_1": "0.4"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	at_edge	0.5	\N	2	0
1	bp	beta	4-4-3-1 branching input	{"dilution_1": "0.8"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	none	\N	\N	2	0
1	bp	beta	4-4-3-1 branching path	{"dilution_1": "0"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	unresolved	0.5	\N	2	2
1	bp	beta	4-4-3-1 branching path	{"dilution_1": "0.4"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	none	\N	\N	2	0
1	bp	beta	4-4-3-1 branching path	{"dilution_1": "0.8"}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	120	2026-11-28 03:07:44.014593+00	none	\N	\N	none	\N	\N	none	\N	\N	2	0
\.

COPY public.instance_files (sweep_id, part, name, content) FROM stdin;
\.

COPY public.jobs (job_id, sweep_id, part, first_unit, end_unit, estimated_seconds, state, ready_at, attempts, epoch, worker_id, leased_at, leased_until, error) FROM stdin;
2002	2	0	24	25	0.026460224	leased	2026-11-28 03:07:58.295149+00	1	2002	2	2026-11-28 03:07:58.295149+00	2026-11-28 03:08:13.295149+00	\N
2001	2	0	16	24	0.219290176	failed	2026-11-28 03:07:55.428738+00	8	\N	\N	\N	\N	a worker ran out of memory
\.

COPY public.level_pairs (sweep_id, cell_id, sample, method, overlap, paths, covariance_per_path, covariance_error, disorder_covariance_per_path, disorder_covariance_error, disorder_spread, variance_per_path, variance_error, excess_kurtosis, excess_kurtosis_error) FROM stdin;
1	2037542986668759465	0	levels	0	45	-0.1111111111111111	0.3849001794597505	-0.12222222222222222	0.26379628004627953	0.5275925600925591	2.111111111111111	0.7520616383109365	-1.619279778393352	0.37998301666509315
1	2037542986668759465	0	levels	0.5	45	1.211111111111111	0.5495602431993691	0.3	0.21343747458109494	0.4268749491621899	2.111111111111111	0.7520616383109365	-1.619279778393352	0.37998301666509315
1	2037542986668759465	1	levels	0	34	-0.11764705882352941	0.0831890330807703	-0.16176470588235295	0.10570518947474423	0.21141037894948847	0.08823529411764706	0.029411764705882353	-1.6666666666666667	0.44444444444444436
1	2037542986668759465	1	levels	0.5	34	0.4117647058823529	0.36419952198052374	0.5147058823529411	0.42443734381358267	0.8488746876271653	0.08823529411764706	0.029411764705882353	-1.6666666666666667	0.44444444444444436
1	8860293645650916038	0	levels	0	31	-0.016129032258064516	0.15885254519025974	-0.0967741935483871	0.07901579815429606	0.15803159630859212	0.8064516129032258	0.31606319261718424	-1.5392	0.44859615648821605
1	8860293645650916038	0	levels	0.5	31	1.4516129032258065	0.9229790853279541	0.6129032258064516	0.2385061614281595	0.477012322856319	0.8064516129032258	0.31606319261718424	-1.5392	0.44859615648821605
1	8860293645650916038	1	levels	0	12	0.16666666666666666	0.41943524640393054	0.08333333333333333	0.1075828707279838	0.2151657414559676	0.8333333333333334	0.726483157256779	0.2799999999999998	2.5263285613712245
1	8860293645650916038	1	levels	0.5	12	0	0.13608276348795434	0.041666666666666664	0.3145764348029479	0.6291528696058958	0.8333333333333334	0.726483157256779	0.2799999999999998	2.5263285613712245
1	6623609136626827745	0	levels	0	6	0.3333333333333333	0.19245008972987523	0.3333333333333333	0.2721655269759087	0.5443310539518174	0.16666666666666666	0.16666666666666666	1	4
1	6623609136626827745	0	levels	0.5	6	1.5	1.5	0.4166666666666667	0.8858454843945541	1.7716909687891083	0.16666666666666666	0.16666666666666666	1	4
1	6623609136626827745	1	levels	0	4	-0.25	0.47871355387816905	-0.25	0.25	0.5	0.5	0.28867513459481287	-1	1.1547005383792515
1	6623609136626827745	1	levels	0.5	4	-0.25	0.8539125638299665	-0.25	0.47871355387816905	0.9574271077563381	0.5	0.28867513459481287	-1	1.1547005383792515
1	4191667985865605660	0	levels	0	44	0.25	0.3809785139600048	0	0.03214121732666125	0.0642824346533225	0.9318181818181818	0.34492583144946093	-1.5889351576442594	0.47438028255989817
1	4191667985865605660	0	levels	0.5	44	0.022727272727272728	0.5484450847799475	0.20454545454545456	0.06013071161510433	0.12026142323020866	0.9318181818181818	0.34492583144946093	-1.5889351576442594	0.47438028255989817
1	4191667985865605660	1	levels	0	42	-0.5238095238095238	0.46086448066533253	-0.08333333333333333	0.02279588351800805	0.0455917670360161	0.8095238095238095	0.3122589773477143	-1.5536332179930796	0.4822139497531149
1	4191667985865605660	1	levels	0.5	42	0.5476190476190477	0.5	0.27380952380952384	0.03571428571428571	0.07142857142857142	0.8095238095238095	0.3122589773477143	-1.5536332179930796	0.4822139497531149
1	4114308540234670005	0	levels	0	24	-0.375	0.23935677693908453	-0.08333333333333333	0.05892556509887897	0.11785113019775793	0.25	0.14433756729740643	-1	0.7370277311900888
1	4114308540234670005	0	levels	0.5	24	-0.4166666666666667	0.14433756729740643	0	0.06804138174397717	0.13608276348795434	0.25	0.14433756729740643	-1	0.7370277311900888
1	4114308540234670005	1	levels	0	17	-0.7058823529411765	0.305656024865096	-0.17647058823529413	0.12707334702760512	0.25414669405521023	2.0588235294117645	1.0931262639032433	-1.1542857142857144	0.7965059111694249
1	4114308540234670005	1	levels	0.5	17	0.9411764705882353	0.2821077366654541	0.11764705882352941	0.07594084992563563	0.15188169985127126	2.0588235294117645	1.0931262639032433	-1.1542857142857144	0.7965059111694249
1	6319058320390154065	0	levels	0	6	-1	0.6382847385042254	-0.4166666666666667	0.15957118462605635	0.3191423692521127	1	0.5773502691896257	-1	0.7370277311900888
1	6319058320390154065	0	levels	0.5	6	0.16666666666666666	0.569275042553311	0.4166666666666667	0.25	0.5	1	0.5773502691896257	-1	0.7370277311900888
1	6319058320390154065	1	levels	0	3	0.16666666666666666	0.3191423692521127	0.16666666666666666	0.16666666666666666	0.3333333333333333	0.3333333333333333	0	-2	0
1	6319058320390154065	1	levels	0.5	3	-0.16666666666666666	0.41943524640393054	-0.16666666666666666	0.3191423692521127	0.6382847385042254	0.3333333333333333	0	-2	0
\.

COPY public.measurements_3 (bucket, sweep_id, cell_id, sample, beta, method, branch, outcome, weights, paths, hidden_units, energy_per_weight, energy_error, log_z_per_weight, entropy_per_weight, overlap, energy_variance, converged, ordered, iterations, residual, tau_int, r_hat, equilibrated, log_z_error, entropy_error, discretisation_error, lowest_energy_per_weight, specific_heat, specific_heat_error, path_overlap, path_overlap_error, susceptibility, pooled_binder, swap_acceptance, round_trips, symmetries, seconds, worker_id, recorded_at, layer_overlaps, layer_overlap_errors, path_overlap_histogram, unit_overlap_histogram, effective_samples, susceptibility_error, system_susceptibility, system_susceptibility_error, unit_binder, unit_binder_error, energy_bins, energy_counts, fewest_round_trips, communication_barrier) FROM stdin;
\.

COPY public.measurements_shared (bucket, sweep_id, cell_id, sample, beta, method, branch, outcome, weights, paths, hidden_units, energy_per_weight, energy_error, log_z_per_weight, entropy_per_weight, overlap, energy_variance, converged, ordered, iterations, residual, tau_int, r_hat, equilibrated, log_z_error, entropy_error, discretisation_error, lowest_energy_per_weight, specific_heat, specific_heat_error, path_overlap, path_overlap_error, susceptibility, pooled_binder, swap_acceptance, round_trips, symmetries, seconds, worker_id, recorded_at, layer_overlaps, layer_overlap_errors, path_overlap_histogram, unit_overlap_histogram, effective_samples, susceptibility_error, system_susceptibility, system_susceptibility_error, unit_binder, unit_binder_error, energy_bins, energy_counts, fewest_round_trips, communication_barrier) FROM stdin;
0	1	2037542986668759465	0	0.5	anneal	\N	solved	31	45	7	-1.1612903225806452	0.0967741935483871	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-1.2580645161290323	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.000732675	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	2	anneal	\N	solved	31	45	7	-1.4516129032258065	0.03225806451612903	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-1.4516129032258065	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.000732675	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	0.5	bp	paramagnetic	solved	31	45	7	-0.6708152282806599	\N	0.8675069487251871	0.5320993345848571	0	\N	t	f	3	9.518891242085277e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.573825e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	0.5	bp	polarised	solved	31	45	7	-0.6708152282806599	\N	0.8675069487251871	0.5320993345848571	0	\N	t	f	18	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.573825e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	2	bp	paramagnetic	solved	31	45	7	-1.3993948743036049	\N	2.6165382654342637	-0.18225148317294598	0	\N	t	f	4	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.573825e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	2	bp	polarised	solved	31	45	7	-1.4514633271270494	\N	2.903261527337327	0.0003348730832282942	0.9998569407489499	\N	t	t	8	3.2133742502483513e-14	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	7	2.573825e-05	1	2026-11-28 03:07:43.445087+00	{0.9997281365155576,0.9999929149140447,1}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	0.5	exact	\N	solved	31	45	7	-1.0975394171705768	\N	0.9415440040726871	0.39277429548739884	\N	61.61997061708881	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.2924e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	2	exact	\N	solved	31	45	7	-1.4514633277698914	\N	3.0597786325723875	0.15685197703260476	\N	0.01981521359661753	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.2924e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	0	0.5	mc	\N	solved	31	45	7	-1.099475806451613	0.008269418734080507	\N	\N	0.04365040322580645	58.943765810044404	\N	\N	\N	\N	0.893707954337435	1.0036286636409573	t	\N	\N	\N	\N	0.47535295008100326	0.022802471357771425	0.5754464285714286	0.009524458755624281	1.797554536862886	\N	\N	\N	\N	0.000859669	1	2026-11-28 03:07:43.445087+00	{0.02818671875,0.03855,0.14652500000000002}	{0.005672259245048117,0.0071915384689069505,0.0664588155677384}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,1,2,0,5,4,8,0,18,23,0,21,32,0,27,59,56,0,64,79,0,76,57,0,56,54,59,0,21,34,0,26,0,17}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1018,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2182}	878.6816479958796	0.10307157215888194	\N	\N	0.8335089640286548	0.006837284014865327	{-372,-339,-323,-306,-290,-273,-256,-240,-223,-207,-190,-174,-157,-141,-124,-108,-91,-75,-58,-42}	{244,98,221,125,186,144,115,132,85,87,59,33,21,22,12,5,6,1,2,2}	\N	\N
0	1	2037542986668759465	0	2	mc	\N	solved	31	45	7	-1.4514112903225806	0.0001849623701456674	\N	\N	0.9998391129032258	0.03242602441406221	\N	\N	\N	\N	0.5021875	0.9996440777060647	t	\N	\N	\N	\N	0.0041840031502015755	0.0036435032005674916	0.9997271825396825	0.0002573856084471258	0.0014381238728072376	\N	\N	\N	\N	0.000859669	1	2026-11-28 03:07:43.445087+00	{0.99968828125,1,1}	{0.0003117187500000229,0.00020833333333333335,0.0008333333333333334}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,1,0,798}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3200}	962.8176898269579	0.014187396502387832	\N	\N	1	0.0005892556509887897	{-372,-339,-323}	{1598,1,1}	\N	\N
0	1	2037542986668759465	1	0.5	anneal	\N	solved	28	34	7	-1	0.21428571428571427	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-1.2142857142857142	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0002710735	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	2	anneal	\N	solved	28	34	7	-1.2142857142857142	0.03571428571428571	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-1.2142857142857142	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.0002710735	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	0.5	bp	paramagnetic	solved	28	34	7	-0.561142262387155	\N	0.8390005104378541	0.5584293792442765	0	\N	t	f	3	2.923520314973417e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	3.039775e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	0.5	bp	polarised	solved	28	34	7	-0.561142262387155	\N	0.8390005104378541	0.5584293792442765	0	\N	t	f	10	3.33066907387547e-16	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	3.039775e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	2	bp	paramagnetic	solved	28	34	7	-1.1706049186634926	\N	2.3020790880659234	-0.039130749261061686	0	\N	t	f	4	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	3.039775e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	2	bp	polarised	solved	28	34	7	-1.213814131566523	\N	2.428685877984506	0.0010576148514600853	0.9994790688537876	\N	t	t	15	3.8687585550417025e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	7	3.039775e-05	1	2026-11-28 03:07:43.445087+00	{0.9993337377211967,0.9995062781275411,1}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	0.5	exact	\N	solved	28	34	7	-0.787423438242013	\N	0.8751580268996791	0.4814463077786727	\N	45.6635675863119	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.0821e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	2	exact	\N	solved	28	34	7	-1.2138152303655387	\N	2.601972539297271	0.17434207856619313	\N	0.05494231107536814	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.0821e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	2037542986668759465	1	0.5	mc	\N	solved	28	34	7	-0.7826785714285714	0.008030328136011695	\N	\N	0.02328325892857143	47.82328750000006	\N	\N	\N	\N	0.8485285593726248	1.001057325835422	t	\N	\N	\N	\N	0.4269936383928577	0.014890454131296619	0.41551776960784303	0.010225169033128114	1.6684514574206497	\N	\N	\N	\N	0.0023443126	1	2026-11-28 03:07:43.445087+00	{0.015923076923076925,0.017685937500000002,0.07756666666666666}	{0.004215511897409283,0.002682441996191908,0.021317042119445705}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3,0,2,0,5,0,18,24,0,37,0,56,0,65,0,73,0,78,0,82,0,78,67,0,56,0,52,0,41,0,17,0,25,0,17,0,0,4}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1654,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1546}	936.6931789682501	0.11058709543884164	\N	\N	0.6562428894242843	0.013079120062653018	{-311,-275,-256,-238,-220,-202,-183,-165,-147,-128,-110,-92,-74,-55,-37,-19,0,18}	{101,146,171,148,193,164,173,118,122,82,65,42,43,20,6,2,3,1}	\N	\N
0	1	2037542986668759465	1	2	mc	\N	solved	28	34	7	-1.2136607142857143	0.0003187119800258566	\N	\N	0.9992879464285714	0.06989707809465304	\N	\N	\N	\N	0.770647281860532	0.9994953987609947	t	\N	\N	\N	\N	0.00998529687066472	0.005050819540821307	0.9989276960784313	0.000607178820752236	0.0042626559205599	\N	\N	\N	\N	0.0023443126	1	2026-11-28 03:07:43.445087+00	{0.9992326923076923,0.9991697916666666,1}	{0.0001923076923076923,0.0004793217593207434,0.0008333333333333334}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,7,0,0,793}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3196}	678.1397038162397	0.014318467865620002	\N	\N	0.99948511061801	0.0007105867489606576	{-311,-275}	{1593,7}	\N	\N
0	1	8860293645650916038	0	0.5	anneal	\N	solved	26	31	7	-1	0.19230769230769232	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-1.1923076923076923	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.6224e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	2	anneal	\N	solved	26	31	7	-1.1923076923076923	0.038461538461538464	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-1.1923076923076923	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.6224e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	0.5	bp	paramagnetic	solved	26	31	7	-0.5509858413484735	\N	0.8363606311640456	0.5608677104898088	0	\N	t	f	3	3.6410083656219136e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.54455e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	0.5	bp	polarised	solved	26	31	7	-0.5509858413484735	\N	0.8363606311640456	0.5608677104898088	0	\N	t	f	10	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.54455e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	2	bp	paramagnetic	solved	26	31	7	-1.1494174993211668	\N	2.2729581485635526	-0.025876850078780933	0	\N	t	f	4	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.54455e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	2	bp	polarised	solved	26	31	7	-1.1918892419184541	\N	2.3847150890384756	0.0009366052015672849	0.9995659001715796	\N	t	t	22	4.276405184256563e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	7	1.54455e-05	1	2026-11-28 03:07:43.445087+00	{0.9996798171916708,0.9993529512793907,0.9999999999999994}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	0.5	exact	\N	solved	26	31	7	-0.7792554978825857	\N	0.873091801366511	0.48346405242521817	\N	41.72325273511128	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.30795e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	2	exact	\N	solved	26	31	7	-1.191903101313859	\N	2.5713294386184313	0.1875232359907129	\N	0.044369661128221	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.30795e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	0	0.5	mc	\N	solved	26	31	7	-0.7771634615384616	0.008580285125089362	\N	\N	0.022962499999999997	41.64847076612877	\N	\N	\N	\N	0.9603071259310716	1.0005127223346486	t	\N	\N	\N	\N	0.40046606505893045	0.01607196567211774	0.4272993471582184	0.010277200157286717	1.5448564609684379	\N	\N	\N	\N	0.00339829	1	2026-11-28 03:07:43.445087+00	{0.016175568181818183,0.009507291666666667,0.10166875}	{0.009669108948107824,0.0018364620753727552,0.04548641667094145}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,5,0,4,0,16,0,0,13,0,30,0,50,0,60,0,70,0,103,0,87,0,89,0,75,0,70,0,46,0,28,0,25,0,16,0,0,0,12}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1664,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1536}	941.6410075171746	0.07955083282389551	\N	\N	0.6531545872737758	0.012657332800035746	{-306,-266,-247,-227,-207,-188,-168,-148,-128,-109,-89,-69,-50,-30,-10,9,29}	{147,137,234,136,191,204,149,129,96,66,54,25,15,12,1,3,1}	\N	\N
0	1	8860293645650916038	0	2	mc	\N	solved	26	31	7	-1.1918269230769232	0.00027900119759115743	\N	\N	0.9995204326923076	0.04981370967741846	\N	\N	\N	\N	0.6439478208109898	1.0020252494855972	t	\N	\N	\N	\N	0.007663647642679763	0.004420872846028061	0.9991599462365591	0.0004829411978016486	0.0033455688518903904	\N	\N	\N	\N	0.00339829	1	2026-11-28 03:07:43.445087+00	{0.9995465909090908,0.9993765625,1}	{0.0002617758606894093,0.0003979306416612573,0.0008333333333333334}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,5,0,0,0,795}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3197}	923.4431902645563	0.014241637521559703	\N	\N	0.9996139539135653	0.0006314033348072827	{-306,-266}	{1595,5}	\N	\N
0	1	8860293645650916038	1	0.5	anneal	\N	solved	16	12	6	-0.1875	0.1875	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.375	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.8868e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	2	anneal	\N	solved	16	12	6	-0.75	0.0625	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.75	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.8868e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	0.5	bp	paramagnetic	solved	16	12	6	-0.3465878679450073	\N	0.7832330607786535	0.6099391268061498	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	3.092e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	0.5	bp	polarised	solved	16	12	6	-0.3465878679450073	\N	0.7832330607786535	0.6099391268061498	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	3.092e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	2	bp	paramagnetic	solved	16	12	6	-0.7230206850568627	\N	1.6868992410783434	0.24085787096461808	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	3.092e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	2	bp	polarised	solved	16	12	6	-0.7230206850568627	\N	1.6868992410783434	0.24085787096461808	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	3.092e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	0.5	exact	\N	solved	16	12	6	-0.38370109131041463	\N	0.7888074676207808	0.5969569219655735	\N	11.743955867731945	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.0035e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	2	exact	\N	solved	16	12	6	-0.7400024165031267	\N	1.7647190328341051	0.28471419982785173	\N	0.34676796314123715	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.0035e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	0.5	bp	paramagnetic	solved	9	4	5	-0.20538540322667098	\N	0.7465314058747353	0.6438387042613999	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.998e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	8860293645650916038	1	0.5	mc	\N	solved	16	12	6	-0.383203125	0.0066333963531622605	\N	\N	0.004939062500000001	12.146500319772697	\N	\N	\N	\N	0.74392199553375	1.0012242145276224	t	\N	\N	\N	\N	0.1897890674964484	0.007245045993166972	0.27086433531746046	0.012133413610672343	1.0414336638671728	\N	\N	\N	\N	0.000865993	1	2026-11-28 03:07:43.445087+00	{0.0052025000000000005,0.00347421875,0.00840625}	{0.0019954119248917004,0.0005558085429293337,0.0023209153062523197}	{0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,7,0,0,0,0,18,0,0,0,0,65,0,0,0,0,0,109,0,0,0,0,191,0,0,0,0,159,0,0,0,0,0,133,0,0,0,0,74,0,0,0,0,31,0,0,0,0,12}	{368,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1079,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,953}	1175.9522472284305	0.06344932594106154	\N	\N	0.49733968403953255	0.018700047607144978	{-192,-160,-128,-96,-64,-32,0,32,64,96}	{148,200,308,365,276,179,90,28,5,1}	\N	\N
0	1	8860293645650916038	1	2	mc	\N	solved	16	12	6	-0.739296875	0.0010171531992087105	\N	\N	0.5233765625	0.3686447794662724	\N	\N	\N	\N	0.5687162294517073	0.9997053785914719	t	\N	\N	\N	\N	0.0921611948665681	0.010324561341293191	0.9716331845238095	0.0026555014364197907	0.05968693815110564	\N	\N	\N	\N	0.000865993	1	2026-11-28 03:07:43.445087+00	{0.5894475,0.414253125,0.7042541666666667}	{0.15949720523282948,0.07260134856737913,0.017069150108211785}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,12,0,0,0,0,110,0,0,0,0,677}	{61,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,65,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2274}	1408.7009833848394	0.009737332970013904	\N	\N	0.9753616048040693	0.0025082143769782975	{-192,-160,-128}	{1474,115,11}	\N	\N
0	1	6623609136626827745	0	0.5	anneal	\N	solved	8	6	4	-0.75	0.125	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.75	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.7721e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	2	anneal	\N	solved	8	6	4	-0.75	0.125	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.75	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.7721e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	0.5	bp	paramagnetic	solved	8	6	4	-0.3465878679450073	\N	0.7832330607786535	0.6099391268061498	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.3185e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	0.5	bp	polarised	solved	8	6	4	-0.3465878679450073	\N	0.7832330607786535	0.6099391268061498	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.3185e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	2	bp	paramagnetic	solved	8	6	4	-0.7230206850568627	\N	1.6868992410783434	0.24085787096461808	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.3185e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	2	bp	polarised	solved	8	6	4	-0.7230206850568627	\N	1.6868992410783434	0.24085787096461808	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.3185e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	0.5	exact	\N	solved	8	6	4	-0.4489945038809302	\N	0.7992617307649497	0.5747644788244846	\N	7.473032783259938	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	5.8785e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	2	exact	\N	solved	8	6	4	-0.7494601731138697	\N	1.8467055055521506	0.34778515932441123	\N	0.017855827760331636	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	5.8785e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	0	0.5	mc	\N	solved	8	6	4	-0.4609375	0.011455133045263046	\N	\N	0.00398359375	7.476287500000084	\N	\N	\N	\N	0.9017937089227934	0.999073836435163	t	\N	\N	\N	\N	0.23363398437500263	0.005844437085248886	0.3826884920634923	0.018903178652219205	1.417091882882765	\N	\N	\N	\N	0.000485492	1	2026-11-28 03:07:43.445087+00	{0.0019875,0.0036041666666666665,0.005693750000000001}	{0.0016128794773117223,0.0008333333333333334,0.0014941799706602356}	{8,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,71,0,0,0,0,0,0,0,0,0,0,240,0,0,0,0,0,0,0,0,0,215,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,266}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,469,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,331}	1060.4987381057374	0.05781642080253775	\N	\N	0.5835435525783701	0.02376770361665162	{-192,-64,0,64,192}	{890,335,326,46,3}	\N	\N
0	1	6623609136626827745	0	2	mc	\N	solved	8	6	4	-0.7496875	0.0005416038163719785	\N	\N	0.83586484375	0.010000373906250299	\N	\N	\N	\N	0.5021875	1	t	\N	\N	\N	\N	0.005000186953125149	0.008651219953503583	0.9991319444444444	0.0014756045095925927	0.0034807655515494028	\N	\N	\N	\N	0.000485492	1	2026-11-28 03:07:43.445087+00	{1,0.78096875,0.7813374999999999}	{0.00125,0.04724516881716588,0.04711695167789052}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,799}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,799}	530.8605514033659	0.01457911835659743	\N	\N	0.9994856220131746	0.0024152808107743805	{-192,-64}	{1599,1}	\N	\N
0	1	6623609136626827745	1	0.5	anneal	\N	solved	9	4	5	0	0.2222222222222222	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.2222222222222222	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.7291e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	2	anneal	\N	solved	9	4	5	-0.4444444444444444	0.1111111111111111	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.4444444444444444	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.7291e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	0	0.5	exact	\N	solved	11	6	5	-0.25206390396000533	\N	0.7586641843553695	0.6326322323753668	\N	4.718686397795565	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	4.552e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	0.5	bp	polarised	solved	9	4	5	-0.20538540322667098	\N	0.7465314058747353	0.6438387042613999	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.998e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	2	bp	paramagnetic	solved	9	4	5	-0.42845670225591864	\N	1.2820372904967738	0.4251238859849366	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.998e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	2	bp	polarised	solved	9	4	5	-0.42845670225591864	\N	1.2820372904967738	0.4251238859849366	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.998e-06	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	0.5	exact	\N	solved	9	4	5	-0.205385403226671	\N	0.7465314058747352	0.6438387042613998	\N	3.14579093186371	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	4.3215e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	2	exact	\N	solved	9	4	5	-0.42845670225591864	\N	1.282037290496774	0.42512388598493683	\N	0.2826032994126578	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	4.3215e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6623609136626827745	1	0.5	mc	\N	solved	9	4	5	-0.2073611111111111	0.00478513281204892	\N	\N	0.004915972222222222	2.9497782097266114	\N	\N	\N	\N	0.5021875	1.000757942310836	t	\N	\N	\N	\N	0.08193828360351699	0.002835616714857447	0.23949032738095233	0.019506397587733135	0.9437885186464977	\N	\N	\N	\N	0.004632792	1	2026-11-28 03:07:43.445087+00	{0.001771875,0.0051140625000000006,0.006747916666666666}	{0.00125,0.0013902103197260898,0.001594468792158274}	{14,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,117,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,261,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,290,0,0,0,0,0,0,0,0,0,0,0,0,0,0,118}	{739,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,861}	1238.196639467705	0.039640404514522026	\N	\N	0.5710344937996538	0.02153349303640601	{-114,-57,0,56,113}	{450,677,395,72,6}	\N	\N
0	1	6623609136626827745	1	2	mc	\N	solved	9	4	5	-0.42819444444444443	0.0016036860790762688	\N	\N	0.06155416666666666	0.28654536290322563	\N	\N	\N	\N	0.5737397781461973	1.00058234101282	t	\N	\N	\N	\N	0.12735349462365583	0.012369802660971029	0.929873511904762	0.007002056562869082	0.144587717854152	\N	\N	\N	\N	0.004632792	1	2026-11-28 03:07:43.445087+00	{0.06366249999999998,0.07940937499999999,0.03634166666666667}	{0.0459264813882833,0.025809649824988744,0.006963942350102816}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,10,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,93,0,0,0,0,0,0,0,0,0,0,0,0,0,0,697}	{111,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1489}	1472.5183374570686	0.016819119413157214	\N	\N	0.9629440644875484	0.0043411565015152856	{-114,-57,0}	{1486,111,3}	\N	\N
0	1	4191667985865605660	0	0.5	anneal	\N	solved	31	44	7	-0.7419354838709677	0.0967741935483871	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.8387096774193549	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.1522e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	2	anneal	\N	solved	31	44	7	-1.032258064516129	0.03225806451612903	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-1.032258064516129	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.1522e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	0.5	bp	paramagnetic	solved	31	44	7	-0.6559082232077563	\N	0.863632287210404	0.5356781756065259	0	\N	t	f	3	7.832307340220916e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	0.10089888	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	0.5	bp	polarised	solved	31	44	7	-0.6559082232077563	\N	0.8636322872104037	0.5356781756065255	0	\N	t	f	50	5.197730176873357e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	0.10089888	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	2	bp	paramagnetic	solved	31	44	7	-1.3682972104301916	\N	2.5737962413259465	-0.16279817953443673	0	\N	t	f	4	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	0.10089888	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	2	bp	polarised	not_converged	31	44	7	\N	\N	\N	\N	\N	\N	f	f	50000	5.34571195958898	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.10089888	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	0.5	exact	\N	solved	31	44	7	-0.6645451145212543	\N	0.8665466534550516	0.5342740961944243	\N	31.516774295141584	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.051e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	2	exact	\N	solved	31	44	7	-1.019304800423527	\N	2.272238598452554	0.23362899760549993	\N	0.8015670966784126	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.051e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	0.5	mc	\N	solved	31	44	7	-0.6639112903225807	0.006032406610696411	\N	\N	0.014920362903225806	34.25136100264179	\N	\N	\N	\N	0.8180835040203983	1.003094690481895	t	\N	\N	\N	\N	0.2762206532471112	0.010069277151282755	0.251851663961039	0.007761914257215209	1.6143100856895856	\N	\N	\N	\N	0.001169725	1	2026-11-28 03:07:43.445087+00	{0.010344531249999999,0.011784895833333336,0.051866666666666665}	{0.003050838667833557,0.00326288083299025,0.01865389537067258}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,1,0,0,0,0,3,7,0,14,23,0,39,51,58,0,69,72,0,75,75,0,66,51,0,57,45,0,31,17,15,0,11,4,0,7,6,0,0,1,0,0,1,0}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2032,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1168}	1017.3929703941103	0.09081158844080738	\N	\N	0.501087202796103	0.01220930645726977	{-265,-248,-232,-215,-199,-182,-166,-149,-133,-116,-100,-83,-67,-50,-34,-17,0}	{16,73,131,192,198,197,188,172,151,109,70,51,26,16,6,3,1}	\N	\N
0	1	6319058320390154065	0	0.5	bp	paramagnetic	solved	11	6	5	-0.2520639039600053	\N	0.7586641843553695	0.6326322323753668	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0328e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	0	0.5	bp	polarised	solved	11	6	5	-0.2520639039600053	\N	0.7586641843553695	0.6326322323753668	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0328e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	0	2	bp	paramagnetic	solved	11	6	5	-0.5258332254959002	\N	1.4158759518460533	0.36420950085425297	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0328e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	0	2	exact	\N	solved	11	6	5	-0.5258332254959002	\N	1.4158759518460533	0.36420950085425313	\N	0.42390494911898674	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	4.552e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	0	2	mc	\N	solved	31	44	7	-1.02	0.0009276495076415608	\N	\N	0.7712590725806452	0.7256297732746413	\N	\N	\N	\N	0.9083217180546348	1.1060281098363944	f	\N	\N	\N	\N	0.09362964816446985	0.007049074694612471	0.7569923566017315	0.02430830458475965	0.6954862848971024	\N	\N	\N	\N	0.001169725	1	2026-11-28 03:07:43.445087+00	{0.7456964843749999,0.7481572916666667,1}	{0.011953494656167924,0.012695527316558607,0.0008333333333333334}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,9,0,0,5,95,0,9,41,0,427,26,0,3,65,0,1,1,118}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,717,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2483}	51.500341024717784	0.13447965675970558	\N	\N	0.8168063762334978	0.03991135519938899	{-265,-248,-232,-215}	{1317,263,19,1}	\N	\N
0	1	4191667985865605660	1	0.5	anneal	\N	solved	30	42	7	-0.7	0.03333333333333333	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.7333333333333333	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.362e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	2	anneal	\N	solved	30	42	7	-0.9	0.03333333333333333	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.9333333333333333	\N	\N	\N	\N	\N	\N	\N	\N	\N	3.362e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	0.5	bp	paramagnetic	solved	30	42	7	-0.6469640201640142	\N	0.861307490301534	0.5378254802195268	0	\N	t	f	3	4.868205121936904e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	0.09316207	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	0.5	bp	polarised	solved	30	42	7	-0.6469640201640142	\N	0.861307490301534	0.5378254802195268	0	\N	t	f	48	5.403886245722891e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	0.09316207	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	2	bp	paramagnetic	solved	30	42	7	-1.3496386121061437	\N	2.548151026860955	-0.15112619735133231	0	\N	t	f	4	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	0.09316207	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	2	bp	polarised	not_converged	30	42	7	\N	\N	\N	\N	\N	\N	f	f	50000	4.409548840725706	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0.09316207	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	0.5	exact	\N	solved	30	42	7	-0.59530919585778	\N	0.8543403480536329	0.5566857501247429	\N	24.44375964586309	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.5518e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	2	exact	\N	solved	30	42	7	-0.914317185150118	\N	2.097859129940704	0.2692247596404684	\N	1.0903043191135282	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.5518e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4191667985865605660	1	0.5	mc	\N	solved	30	42	7	-0.591875	0.005541866145088867	\N	\N	0.009344583333333333	25.062299155958204	\N	\N	\N	\N	0.883244755427355	1.0023194070560593	t	\N	\N	\N	\N	0.20885249296631836	0.00774296840935687	0.21223958333333348	0.007138176050904433	1.3535089946097958	\N	\N	\N	\N	0.000955887	1	2026-11-28 03:07:43.445087+00	{0.00695375,0.006809895833333334,0.0314375}	{0.0014416855128825965,0.0012649054524646374,0.011551767792003542}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,2,0,1,2,0,13,12,0,38,0,44,64,0,82,93,0,79,59,0,64,67,0,65,46,0,27,12,0,9,6,0,8,5,0,1,0,0,0,0,0,0,0}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2113,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1087}	947.6015844563418	0.07162064200642417	\N	\N	0.46414048262855756	0.013558222678524226	{-239,-222,-205,-188,-171,-154,-137,-120,-103,-86,-69,-52,-35,-18,0}	{7,67,171,222,260,214,184,197,123,73,41,27,7,3,4}	\N	\N
0	1	4191667985865605660	1	2	mc	\N	solved	30	42	7	-0.9125416666666666	0.0024314062553277708	\N	\N	0.5037739583333333	1.1503530451363453	\N	\N	\N	\N	3.7041249351201753	1.014602367525322	f	\N	\N	\N	\N	0.15338040601817937	0.013112414760666118	0.7556069302721089	0.018414091201543012	1.0640387686540254	\N	\N	\N	\N	0.000955887	1	2026-11-28 03:07:43.445087+00	{0.45458166666666666,0.4412078125,1}	{0.07398972564434823,0.07294366982326263,0.0008333333333333334}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,4,17,0,5,16,0,1,17,0,102,26,0,91,9,0,53,261,0,31,81,0,0,86}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,863,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2337}	147.42992469732013	0.162006440915809	\N	\N	0.8149193284665762	0.018813695615849998	{-239,-222,-205,-188}	{1155,395,46,4}	\N	\N
0	1	4114308540234670005	0	0.5	anneal	\N	solved	24	24	7	-0.375	0.041666666666666664	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.4166666666666667	\N	\N	\N	\N	\N	\N	\N	\N	\N	4.18375e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	2	anneal	\N	solved	24	24	7	-0.75	0.041666666666666664	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.75	\N	\N	\N	\N	\N	\N	\N	\N	\N	4.18375e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	0.5	bp	paramagnetic	solved	24	24	7	-0.46211715726000974	\N	0.8132616875182229	0.582203108888218	0	\N	t	f	3	3.4965367898128383e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	4.74055e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	0.5	bp	polarised	solved	24	24	7	-0.46211715726000974	\N	0.8132616875182227	0.5822031088882179	0	\N	t	f	45	8.807896295968552e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	4.74055e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	2	bp	paramagnetic	solved	24	24	7	-0.9640275800758168	\N	2.01814992791781	0.09009476776617624	0	\N	t	f	4	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	4.74055e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	2	bp	polarised	solved	24	24	7	-0.964027580075817	\N	2.01814992791781	0.09009476776617564	0	\N	t	f	50	6.057453003030267e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	4.74055e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	0.5	exact	\N	solved	24	24	7	-0.42145711761894605	\N	0.8074270378494623	0.5966984790399893	\N	14.477064894959437	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.58885e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	2	exact	\N	solved	24	24	7	-0.7318461149726753	\N	1.7690470824654962	0.30535485252014577	\N	0.8639013064342868	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.58885e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	0	2	bp	polarised	solved	11	6	5	-0.5258332254959002	\N	1.4158759518460533	0.36420950085425297	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0328e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	0	0.5	mc	\N	solved	24	24	7	-0.4222395833333333	0.004438379588402622	\N	\N	0.008634375	14.088474046253722	\N	\N	\N	\N	0.6438558369210847	1.0018668328024385	t	\N	\N	\N	\N	0.1467549379818096	0.005134150715358238	0.1858258928571429	0.00862645700053664	1.014677544380831	\N	\N	\N	\N	0.004898547	1	2026-11-28 03:07:43.445087+00	{0.008447222222222222,0.0060473958333333334,0.019543750000000002}	{0.0014948699139626773,0.0012732088382525464,0.006658208501645836}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3,0,0,6,0,26,0,0,66,0,0,117,0,111,0,0,126,0,0,102,0,93,0,0,70,0,0,38,0,28,0,0,8,0,0,3,0,2,0,0,1,0,0}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2288,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,912}	1134.2708866718303	0.07935627011861518	\N	\N	0.39356348646766226	0.016047381717453596	{-192,-171,-150,-128,-107,-86,-64,-43,-22,0,21}	{30,91,256,336,314,264,138,115,38,11,7}	\N	\N
0	1	4114308540234670005	0	2	mc	\N	solved	24	24	7	-0.7317187500000001	0.001361165387940783	\N	\N	0.56323671875	0.8477284760892354	\N	\N	\N	\N	1.007406567070162	0.9999227202751294	t	\N	\N	\N	\N	0.1412880793482059	0.011118394790654932	0.7627728174603176	0.007348765763489364	0.6156221952772466	\N	\N	\N	\N	0.004898547	1	2026-11-28 03:07:43.445087+00	{0.621475,0.4422328125,0.8725375}	{0.046222154627910905,0.06847535925581842,0.08018455567470584}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,0,13,0,0,18,0,0,24,0,99,0,0,145,0,0,89,0,261,0,0,21,0,128}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,997,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2203}	809.9054235177967	0.0402190334496432	\N	\N	0.8041989467437847	0.007831578913134143	{-192,-171,-150}	{1281,287,32}	\N	\N
0	1	4114308540234670005	1	0.5	anneal	\N	solved	18	17	6	-0.5	0.05555555555555555	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.5	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.4837e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	2	anneal	\N	solved	18	17	6	-0.5555555555555556	0.05555555555555555	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.6111111111111112	\N	\N	\N	\N	\N	\N	\N	\N	\N	2.4837e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	0.5	bp	paramagnetic	solved	18	17	6	-0.43644398185667577	\N	0.8065886593538742	0.5883666684255364	0	\N	t	f	3	1.0908415611673881e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.82095e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	0.5	bp	polarised	solved	18	17	6	-0.43644398185667577	\N	0.8065886593538742	0.5883666684255364	0	\N	t	f	45	5.454207805838261e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.82095e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	2	bp	paramagnetic	solved	18	17	6	-0.9104704922938267	\N	1.9445386641757056	0.12359767958805218	0	\N	t	f	3	9.962743977991461e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.82095e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	2	bp	polarised	solved	18	17	6	-0.9104704922938269	\N	1.9445386641757056	0.12359767958805179	0	\N	t	f	47	8.704590492463603e-13	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	2.82095e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	0.5	exact	\N	solved	18	17	6	-0.3722719711375423	\N	0.7970615685236576	0.6109255829548865	\N	8.512379890586924	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.3665e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	2	exact	\N	solved	18	17	6	-0.5983448898463171	\N	1.5977349222816661	0.40104514258903223	\N	0.4553772956955353	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.3665e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	4114308540234670005	1	0.5	mc	\N	solved	18	17	6	-0.3729166666666667	0.00423235895054436	\N	\N	0.007029513888888889	8.440256452472607	\N	\N	\N	\N	0.5509765502739961	0.9996236071615574	t	\N	\N	\N	\N	0.11722578406211953	0.004739576311503066	0.16128326330532272	0.00891910588888249	0.968894810826761	\N	\N	\N	\N	0.00069922	1	2026-11-28 03:07:43.445087+00	{0.005795833333333333,0.007377777777777778,0.008452083333333332}	{0.0015493371491873073,0.001604637777543375,0.002958204956134716}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,12,0,0,0,12,0,0,0,61,0,0,0,118,0,0,149,0,0,0,162,0,0,0,126,0,0,0,79,0,0,41,0,0,0,25,0,0,0,11,0,0,0,1,0,0,2}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1757,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,643}	1406.3804251050963	0.06446947027600418	\N	\N	0.36360488315353345	0.01699276556559036	{-157,-128,-100,-72,-43,-15,14,42,71,99}	{174,423,426,311,152,80,28,3,2,1}	\N	\N
0	1	4114308540234670005	1	2	mc	\N	solved	18	17	6	-0.5973611111111111	0.0012300090566412653	\N	\N	0.2584138888888889	0.4799551922693455	\N	\N	\N	\N	0.8138998260040783	1.000070247200479	t	\N	\N	\N	\N	0.10665670939318789	0.009383881022532757	0.5110294117647061	0.014020166900879927	0.9364101462747514	\N	\N	\N	\N	0.00069922	1	2026-11-28 03:07:43.445087+00	{0.21281354166666666,0.18272013888888888,0.5766958333333334}	{0.06397814447008501,0.04348893761256414,0.10879693753455631}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,6,0,0,0,69,0,0,0,198,0,0,0,49,0,0,246,0,0,0,36,0,0,0,126,0,0,0,5,0,0,64}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1071,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1329}	558.4550899976314	0.05698121907883424	\N	\N	0.6700532847753177	0.020196546665792573	{-157,-128,-100}	{1411,180,9}	\N	\N
0	1	6319058320390154065	0	0.5	anneal	\N	solved	11	6	5	-0.5454545454545454	0.09090909090909091	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.5454545454545454	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.7847e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	0	2	anneal	\N	solved	11	6	5	-0.5454545454545454	0.09090909090909091	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.5454545454545454	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.7847e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	0	0.5	mc	\N	solved	11	6	5	-0.24556818181818182	0.004964497452216941	\N	\N	0.0033937500000000005	4.7501838713671996	\N	\N	\N	\N	0.5021875	1.000628439238484	t	\N	\N	\N	\N	0.10795872434925453	0.003853530217782675	0.21608382936507942	0.017574291116096447	0.9172603222439548	\N	\N	\N	\N	0.0049249115	1	2026-11-28 03:07:43.445087+00	{0.00154375,0.0029260416666666666,0.0055625}	{0.00125,0.0010835995599693372,0.0014206866982007134}	{3,0,0,0,0,0,0,0,0,0,23,0,0,0,0,0,0,0,0,0,0,104,0,0,0,0,0,0,0,0,0,0,226,0,0,0,0,0,0,0,0,0,248,0,0,0,0,0,0,0,0,0,0,160,0,0,0,0,0,0,0,0,0,36}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1150,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,450}	987.9556090348249	0.062028538035193634	\N	\N	0.3896045815113043	0.020982592630163308	{-140,-94,-47,0,46,93}	{228,542,484,266,69,11}	\N	\N
0	1	6319058320390154065	0	2	mc	\N	solved	11	6	5	-0.5256818181818181	0.0015068486647750482	\N	\N	0.17750568181818183	0.43362523546875187	\N	\N	\N	\N	0.5021875	0.9977633601829247	t	\N	\N	\N	\N	0.15768190380681887	0.013295232095790505	0.9288194444444445	0.005756532107784043	0.13968967005213534	\N	\N	\N	\N	0.0049249115	1	2026-11-28 03:07:43.445087+00	{0.511878125,0.09426354166666666,0.12107499999999999}	{0.10242435857019376,0.017804677731356917,0.03622993170555099}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,13,0,0,0,0,0,0,0,0,0,0,141,0,0,0,0,0,0,0,0,0,645}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,163,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1437}	1403.1451028758725	0.024593969247419314	\N	\N	0.956114762895826	0.003760140269224724	{-140,-94,-47}	{1435,156,9}	\N	\N
0	1	6319058320390154065	1	0.5	anneal	\N	solved	7	3	4	-0.14285714285714285	0.2857142857142857	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.42857142857142855	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.98345e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	2	anneal	\N	solved	7	3	4	-0.42857142857142855	0.14285714285714285	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	-0.42857142857142855	\N	\N	\N	\N	\N	\N	\N	\N	\N	1.98345e-05	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	0.5	bp	paramagnetic	solved	7	3	4	-0.19805021025428987	\N	0.744624826399207	0.6455997212720621	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0408e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	0.5	bp	polarised	solved	7	3	4	-0.19805021025428987	\N	0.744624826399207	0.6455997212720621	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0408e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	2	bp	paramagnetic	solved	7	3	4	-0.4131546771753501	\N	1.261005500856173	0.43469614650547267	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0408e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	2	bp	polarised	solved	7	3	4	-0.4131546771753501	\N	1.261005500856173	0.43469614650547267	0	\N	t	f	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	0	1.0408e-05	1	2026-11-28 03:07:43.445087+00	{0,0,0}	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	0.5	exact	\N	solved	7	3	4	-0.1980502102542899	\N	0.744624826399207	0.6455997212720621	\N	2.3593431988977827	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	8.4525e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	2	exact	\N	solved	7	3	4	-0.4131546771753501	\N	1.2610055008561731	0.4346961465054729	\N	0.21195247455949337	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	8.4525e-06	1	2026-11-28 03:07:43.445087+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
0	1	6319058320390154065	1	0.5	mc	\N	solved	7	3	4	-0.19357142857142856	0.005641071728875542	\N	\N	0.008208928571428572	2.480581468828077	\N	\N	\N	\N	0.5021875	0.9997561206690564	t	\N	\N	\N	\N	0.08859219531528847	0.0030634470315935407	0.1938244047619051	0.02713546154298699	1.0229378398580726	\N	\N	\N	\N	0.0005085415	1	2026-11-28 03:07:43.445087+00	{0.02353125,0.0068375,0.004472916666666667}	{0.013073292491277779,0.002239702516208595,0.002012306969693684}	{62,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,220,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,340,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,178}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,560,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,240}	924.1547518926272	0.04973506661264711	\N	\N	0.4192555662242694	0.028493647456479438	{-110,-37,36,109}	{617,696,241,46}	\N	\N
0	1	6319058320390154065	1	2	mc	\N	solved	7	3	4	-0.41446428571428573	0.0016815837271655775	\N	\N	0.1754669642857143	0.1928897177419348	\N	\N	\N	\N	0.5621149286543424	0.9989345196777152	t	\N	\N	\N	\N	0.11022269585253418	0.013188556889747311	0.9346478174603176	0.008706655727407944	0.13101588474995718	\N	\N	\N	\N	0.0005085415	1	2026-11-28 03:07:43.445087+00	{0.67553125,0.10494375,0.07930208333333333}	{0.23465876496854426,0.037803854823621676,0.020204962598320667}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,71,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,725}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,75,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,725}	1150.2055172386722	0.019663302071808414	\N	\N	0.9603680491273883	0.006061903754616889	{-110,-37,36}	{1522,77,1}	\N	\N
0	2	5211676887297526388	0	0.5	mc	\N	solved	156	144	12	-0.4273474358974359	0.0003450261995758349	\N	\N	0.0005645341666666666	112.81528981535952	\N	\N	\N	\N	0.5136182759239667	1.0000011380294187	t	\N	\N	\N	\N	0.18079373367846077	0.001472587832143201	0.21394660065446536	0.0006579344531162778	0.9435435730895994	\N	\N	\N	\N	0.5377847	2	2026-11-28 03:07:55.458724+00	{0.00047478388888888876,0.0016415375}	{0.00017337089395077284,0.0006868704129242241}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,5,14,48,197,355,642,1078,2691,2412,2651,2709,3364,1587,1083,607,421,77,36,17,4,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40899,0,0,0,0,0,0,0,0,0,76878,0,0,0,0,0,0,0,0,0,0,61104,0,0,0,0,0,0,0,0,0,0,38385,0,0,0,0,0,0,0,0,0,17380,0,0,0,0,0,0,0,0,0,0,4777,0,0,0,0,0,0,0,0,0,577}	30271.60960923137	0.009336731557214734	\N	\N	0.24157275454119875	0.0027593694169165	{-181,-178,-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-37}	{1,1,2,1,9,17,30,41,89,163,235,425,589,821,1039,1421,1748,2113,2394,2644,2963,2960,2978,2894,2608,2503,2067,1741,1465,1195,869,617,464,312,224,126,107,53,28,17,17,2,4,1,2}	\N	\N
0	2	5211676887297526388	1	0.5	mc	\N	solved	156	144	12	-0.4267208333333333	0.0003874886344943751	\N	\N	0.0005055142307692309	112.27103813228959	\N	\N	\N	\N	0.6509871383148519	1.010955546734742	f	\N	\N	\N	\N	0.1799215354684128	0.0012887302755621218	0.21349718200926193	0.0006789802350664214	0.9506907961862209	\N	\N	\N	\N	0.50107557	2	2026-11-28 03:07:55.458724+00	{0.00042578868055555567,0.0014622208333333335}	{6.035875410928982e-05,0.00028921956507308566}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,4,14,50,223,363,675,1083,2624,2409,2693,2674,3340,1617,1052,618,429,84,39,7,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40676,0,0,0,0,0,0,0,0,0,77040,0,0,0,0,0,0,0,0,0,0,61665,0,0,0,0,0,0,0,0,0,0,38520,0,0,0,0,0,0,0,0,0,16848,0,0,0,0,0,0,0,0,0,0,4651,0,0,0,0,0,0,0,0,0,600}	28639.286955405212	0.00970901512160626	\N	\N	0.24183826258163976	0.007620701927214278	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-37}	{3,3,4,14,25,57,85,144,245,365,556,782,1078,1349,1766,2072,2494,2836,2813,2947,2891,2906,2777,2389,2097,1754,1426,1171,895,638,481,356,217,156,79,55,26,25,12,4,3,2,2}	\N	\N
0	2	5211676887297526388	2	0.5	mc	\N	solved	156	144	12	-0.42689391025641027	0.00035424154020320653	\N	\N	0.0005097858974358973	112.24423037946416	\N	\N	\N	\N	0.5441574959039528	1.000003697041528	t	\N	\N	\N	\N	0.17987857432606436	0.0012679779445156191	0.21398290254499208	0.0005507071312254722	0.9478019529717896	\N	\N	\N	\N	0.3164946	2	2026-11-28 03:07:55.458724+00	{0.0004326245138888889,0.0014357225000000003}	{0.00011518400297580396,0.00047313808460770746}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,6,18,40,212,365,657,1138,2589,2367,2631,2668,3537,1550,1048,615,413,101,34,8,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{41105,0,0,0,0,0,0,0,0,0,76406,0,0,0,0,0,0,0,0,0,0,61568,0,0,0,0,0,0,0,0,0,0,38698,0,0,0,0,0,0,0,0,0,16971,0,0,0,0,0,0,0,0,0,0,4627,0,0,0,0,0,0,0,0,0,625}	40071.361339120485	0.009821735213346615	\N	\N	0.24202820757774735	0.002822891967566206	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-40,-37}	{1,6,8,13,29,62,100,173,254,382,527,765,1067,1377,1714,2108,2441,2638,2932,3017,2931,2891,2734,2379,2147,1821,1478,1149,869,606,483,331,207,156,86,54,30,16,12,2,1,3}	\N	\N
0	2	5211676887297526388	3	0.5	mc	\N	solved	156	144	12	-0.4261894230769231	0.0003453842022741823	\N	\N	0.0005734602564102563	112.10467878904362	\N	\N	\N	\N	0.5179327211793237	0.9999899197149978	t	\N	\N	\N	\N	0.17965493395680068	0.0012956709465723338	0.2129486397981991	0.0006218473216696789	0.9409434321291341	\N	\N	\N	\N	0.298553	2	2026-11-28 03:07:55.458724+00	{0.0004839999305555555,0.0016469841666666668}	{3.786098671132772e-05,0.0001629057293593502}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,6,19,65,202,365,649,1031,2705,2515,2661,2620,3446,1535,1054,591,411,74,28,12,10,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{41014,0,0,0,0,0,0,0,0,0,76484,0,0,0,0,0,0,0,0,0,0,61893,0,0,0,0,0,0,0,0,0,0,38231,0,0,0,0,0,0,0,0,0,17132,0,0,0,0,0,0,0,0,0,0,4662,0,0,0,0,0,0,0,0,0,584}	33793.858452265325	0.00877345246104083	\N	\N	0.2423776267004183	0.0029743543881084805	{-184,-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-27}	{1,2,2,4,9,15,62,92,138,233,388,566,774,1060,1304,1736,1987,2444,2769,2900,3012,3088,2869,2600,2489,2106,1753,1479,1196,855,634,470,337,223,157,94,73,35,15,17,7,4,1}	\N	\N
0	2	5211676887297526388	4	0.5	mc	\N	solved	156	144	12	-0.4267391025641025	0.0003432916769424694	\N	\N	0.0007064991666666667	114.34562354178153	\N	\N	\N	\N	0.5016226153668	1.0000739705411386	t	\N	\N	\N	\N	0.18324619157336786	0.001288492450801683	0.21316378409985326	0.0005589729076009311	0.9444214905433997	\N	\N	\N	\N	0.36850703	2	2026-11-28 03:07:55.458724+00	{0.00058770875,0.002131984166666667}	{7.94410712651936e-05,0.000301619771488121}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,7,24,47,219,341,727,1047,2580,2467,2664,2703,3435,1569,1048,594,373,96,41,14,2,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40829,0,0,0,0,0,0,0,0,0,76957,0,0,0,0,0,0,0,0,0,0,61470,0,0,0,0,0,0,0,0,0,0,38343,0,0,0,0,0,0,0,0,0,17166,0,0,0,0,0,0,0,0,0,0,4628,0,0,0,0,0,0,0,0,0,607}	39561.55162554189	0.009865530686908531	\N	\N	0.24106605351698351	0.002564796031643142	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-30}	{1,6,6,16,28,51,97,147,255,389,557,773,1132,1394,1704,2118,2429,2721,2901,2914,2923,2977,2628,2335,2054,1792,1482,1140,885,674,505,361,215,150,101,60,31,25,13,2,5,1,2}	\N	\N
0	2	5211676887297526388	5	0.5	mc	\N	solved	156	144	12	-0.4264496794871795	0.0003641660722712424	\N	\N	0.0005121980769230771	112.6085846610638	\N	\N	\N	\N	0.5731983056163733	1.000008303785651	t	\N	\N	\N	\N	0.1804624754183715	0.0013247477226098119	0.2142576388321814	0.0006234108643252694	0.9535466157828258	\N	\N	\N	\N	0.35935012	2	2026-11-28 03:07:55.458724+00	{0.0004283990972222224,0.0015177858333333333}	{6.611615376226154e-05,0.0002622922058202031}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3,18,41,219,398,640,1067,2648,2370,2604,2654,3493,1622,1056,592,444,92,24,12,2,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40891,0,0,0,0,0,0,0,0,0,76828,0,0,0,0,0,0,0,0,0,0,61144,0,0,0,0,0,0,0,0,0,0,38517,0,0,0,0,0,0,0,0,0,17346,0,0,0,0,0,0,0,0,0,0,4664,0,0,0,0,0,0,0,0,0,610}	34074.94863137679	0.010450890314025593	\N	\N	0.24203703029782764	0.0026991631176843576	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-33,-30}	{1,1,9,12,28,52,97,153,232,358,561,781,1109,1399,1750,2101,2326,2647,2839,2979,3011,2882,2759,2467,2077,1795,1491,1172,905,624,448,324,218,161,84,66,40,21,12,2,1,3,1,1}	\N	\N
0	2	5211676887297526388	6	0.5	mc	\N	solved	156	144	12	-0.4262964743589744	0.0003417861125946003	\N	\N	0.0005658928205128205	113.19314842215411	\N	\N	\N	\N	0.5023511664324205	1.0000268445390128	t	\N	\N	\N	\N	0.18139927631755468	0.0012595982909725655	0.21267096179081146	0.0006332843673845841	0.9498425131632819	\N	\N	\N	\N	0.34983778	2	2026-11-28 03:07:55.458724+00	{0.00048067201388888876,0.0015885425}	{4.98694517851616e-05,0.00022743615777544567}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,7,22,40,223,356,684,1097,2706,2428,2638,2721,3298,1603,1068,559,404,95,34,10,5,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{41171,0,0,0,0,0,0,0,0,0,77031,0,0,0,0,0,0,0,0,0,0,61427,0,0,0,0,0,0,0,0,0,0,37987,0,0,0,0,0,0,0,0,0,17047,0,0,0,0,0,0,0,0,0,0,4731,0,0,0,0,0,0,0,0,0,606}	32892.36993394814	0.008721566625719955	\N	\N	0.2344721040822031	0.0030770303321605305	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40}	{1,2,5,11,17,54,106,160,267,393,577,767,1049,1430,1679,2049,2309,2672,2773,3007,3106,2931,2670,2453,2143,1784,1467,1150,902,635,454,394,201,156,103,54,30,15,7,11,5,1}	\N	\N
0	2	5211676887297526388	7	0.5	mc	\N	solved	156	144	12	-0.4261554487179487	0.0003421784706260316	\N	\N	0.0004605195512820513	113.95302549173888	\N	\N	\N	\N	0.5001125	1.0000349305983076	t	\N	\N	\N	\N	0.18261702803163282	0.0013699404431356506	0.2126662080772972	0.000580331246808026	0.9676004768270774	\N	\N	\N	\N	0.39910987	2	2026-11-28 03:07:55.458724+00	{0.00039393631944444453,0.0012595183333333334}	{1.1445791643768466e-05,7.874303334851872e-05}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,7,25,37,237,389,707,1128,2615,2380,2629,2664,3361,1617,1067,604,384,84,50,13,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0}	{41020,0,0,0,0,0,0,0,0,0,76557,0,0,0,0,0,0,0,0,0,0,61801,0,0,0,0,0,0,0,0,0,0,38003,0,0,0,0,0,0,0,0,0,17336,0,0,0,0,0,0,0,0,0,0,4671,0,0,0,0,0,0,0,0,0,612}	39286.55791613057	0.011623723712234035	\N	\N	0.239723627380531	0.0025589220305954883	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40}	{2,4,6,14,27,53,91,146,253,387,576,787,1057,1397,1702,2049,2352,2720,2878,2892,3020,2846,2746,2403,2127,1837,1471,1143,882,722,466,333,211,140,95,68,42,27,16,6,5,1}	\N	\N
0	2	5211676887297526388	8	0.5	mc	\N	solved	156	144	12	-0.42670801282051285	0.0003412205818571734	\N	\N	0.00031635673076923083	113.31893519289393	\N	\N	\N	\N	0.5000875	1.0000136552266563	t	\N	\N	\N	\N	0.18160085768091977	0.0012958596721429263	0.21420456382015907	0.0005504138808151098	0.9592348023240976	\N	\N	\N	\N	0.44155392	2	2026-11-28 03:07:58.280559+00	{0.0002766111805555556,0.0007933033333333334}	{3.67360658482489e-05,0.00012928241873682767}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3,7,19,42,214,347,665,1123,2598,2373,2685,2698,3397,1549,1063,660,402,102,32,16,5,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40564,0,0,0,0,0,0,0,0,0,77050,0,0,0,0,0,0,0,0,0,0,61473,0,0,0,0,0,0,0,0,0,0,38481,0,0,0,0,0,0,0,0,0,17194,0,0,0,0,0,0,0,0,0,0,4658,0,0,0,0,0,0,0,0,0,580}	40243.34435154091	0.009006243998995356	\N	\N	0.2444779141161737	0.002869223489678282	{-188,-178,-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-37,-33}	{1,1,3,4,12,15,21,49,85,132,264,373,567,833,1089,1374,1721,2020,2462,2713,2780,3043,2957,2999,2724,2413,2029,1770,1462,1118,877,654,481,314,247,138,95,70,43,24,14,4,2,1,1,1}	\N	\N
0	2	5211676887297526388	9	0.5	mc	\N	solved	156	144	12	-0.4268605769230769	0.00034021529163319583	\N	\N	0.0006146961538461539	112.64342065014388	\N	\N	\N	\N	0.5000875	1.0000503972076524	t	\N	\N	\N	\N	0.18051830232394853	0.0012998687155401016	0.21365581338492634	0.0007554525211734219	0.9738507522432178	\N	\N	\N	\N	0.23174559	2	2026-11-28 03:07:58.280559+00	{0.0005125638194444445,0.0018402841666666666}	{3.567003522250694e-05,0.0001704920916454995}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,1,4,20,50,217,366,703,1133,2636,2289,2688,2641,3343,1628,1080,617,428,96,42,11,6,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40983,0,0,0,0,0,0,0,0,0,76857,0,0,0,0,0,0,0,0,0,0,61138,0,0,0,0,0,0,0,0,0,0,38548,0,0,0,0,0,0,0,0,0,17153,0,0,0,0,0,0,0,0,0,0,4738,0,0,0,0,0,0,0,0,0,583}	23697.84784501705	0.011008802230516734	\N	\N	0.24119084008927727	0.0030262880173423648	{-178,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-37}	{3,5,10,9,28,55,117,139,229,325,556,835,1057,1397,1735,2169,2399,2739,2945,2918,2925,2921,2667,2378,2050,1800,1483,1201,908,638,474,282,217,152,99,54,34,21,10,9,5,1,1}	\N	\N
0	2	5211676887297526388	10	0.5	mc	\N	solved	156	144	12	-0.42640865384615384	0.00043646391404205065	\N	\N	0.00046176839743589744	111.21302551274235	\N	\N	\N	\N	0.8337930706794819	1.0000593645380118	t	\N	\N	\N	\N	0.1782260024242666	0.001253877655540155	0.21383019005213721	0.0007949997707153177	0.9435727901413483	\N	\N	\N	\N	0.23830202	2	2026-11-28 03:07:58.280559+00	{0.00039023937500000004,0.0013201166666666668}	{6.100176854668002e-05,0.00019775624494048976}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,3,7,17,39,201,339,668,1082,2690,2386,2591,2760,3383,1652,1037,598,394,91,45,13,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40906,0,0,0,0,0,0,0,0,0,76863,0,0,0,0,0,0,0,0,0,0,61457,0,0,0,0,0,0,0,0,0,0,38350,0,0,0,0,0,0,0,0,0,17113,0,0,0,0,0,0,0,0,0,0,4694,0,0,0,0,0,0,0,0,0,617}	20733.232309073504	0.009641250532360724	\N	\N	0.2393467538985885	0.0028850002043587625	{-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-37,-27}	{3,8,19,22,42,78,151,223,380,524,771,1067,1436,1780,2133,2356,2625,2766,3002,2965,2983,2752,2524,2111,1818,1466,1144,884,608,468,304,210,127,107,53,44,23,12,4,2,2,2,1}	\N	\N
0	2	5211676887297526388	11	0.5	mc	\N	solved	156	144	12	-0.4272032051282051	0.00037313537362706876	\N	\N	0.0004956061538461537	111.84888724250798	\N	\N	\N	\N	0.6059063443772642	1.0000436999240885	t	\N	\N	\N	\N	0.17924501160658332	0.0012824965329084725	0.2138716355227106	0.0005353592889944004	0.948106429056834	\N	\N	\N	\N	0.42280126	2	2026-11-28 03:07:58.280559+00	{0.00041677277777777777,0.0014416066666666665}	{5.6954719248617076e-05,0.0002451544983875059}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,11,23,51,203,350,667,1079,2604,2364,2720,2667,3358,1677,1100,613,377,87,32,12,1,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{41023,0,0,0,0,0,0,0,0,0,76820,0,0,0,0,0,0,0,0,0,0,61291,0,0,0,0,0,0,0,0,0,0,38462,0,0,0,0,0,0,0,0,0,17232,0,0,0,0,0,0,0,0,0,0,4594,0,0,0,0,0,0,0,0,0,578}	39925.52021047944	0.011575038170048634	\N	\N	0.2432093942642095	0.003159709341480835	{-181,-178,-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-37}	{1,1,1,5,6,15,30,48,92,159,254,367,582,753,1080,1382,1725,2133,2444,2724,2898,2979,3058,2864,2691,2353,2108,1788,1497,1082,869,649,482,304,230,123,96,56,34,22,9,2,1,1,2}	\N	\N
0	2	5211676887297526388	12	0.5	mc	\N	solved	156	144	12	-0.42660705128205134	0.0004002420759743894	\N	\N	0.0004137148717948718	112.57434218589697	\N	\N	\N	\N	0.6926368353698001	1.0000868792739546	t	\N	\N	\N	\N	0.18040759965688616	0.0012768663207261036	0.21416755751169303	0.0006424744471310415	0.9602986734688899	\N	\N	\N	\N	0.29643685	2	2026-11-28 03:07:58.280559+00	{0.00035447944444444435,0.00112454}	{4.493696906441277e-05,0.0002175692392686197}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,3,6,20,43,216,379,671,1045,2649,2334,2653,2675,3459,1581,1073,633,421,77,44,12,4,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40703,0,0,0,0,0,0,0,0,0,76669,0,0,0,0,0,0,0,0,0,0,61494,0,0,0,0,0,0,0,0,0,0,38611,0,0,0,0,0,0,0,0,0,17159,0,0,0,0,0,0,0,0,0,0,4740,0,0,0,0,0,0,0,0,0,624}	32309.87156025236	0.010978293620360364	\N	\N	0.24239415753543692	0.002974385710824037	{-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-30,-27}	{2,6,11,22,49,101,145,253,389,545,818,1076,1389,1721,2011,2382,2760,2932,2899,3018,2819,2789,2454,2135,1760,1425,1173,890,612,499,309,214,145,106,58,40,19,11,5,3,2,2,1}	\N	\N
0	2	5211676887297526388	13	0.5	mc	\N	solved	156	144	12	-0.42660096153846155	0.00033818151127121076	\N	\N	0.0004313117948717949	111.311555991968	\N	\N	\N	\N	0.5000875	0.9999851414698873	t	\N	\N	\N	\N	0.17838390383328206	0.0012737356576461507	0.21364206172905675	0.0005363245567307145	0.9362748457970447	\N	\N	\N	\N	0.46997017	2	2026-11-28 03:07:58.280559+00	{0.00036108298611111115,0.0012740575}	{8.249638085787345e-05,0.0003294566395945249}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,2,4,12,36,196,367,650,1151,2618,2367,2641,2841,3340,1582,1055,610,382,93,34,11,7,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40817,0,0,0,0,0,0,0,0,0,76825,0,0,0,0,0,0,0,0,0,0,61310,0,0,0,0,0,0,0,0,0,0,38875,0,0,0,0,0,0,0,0,0,16965,0,0,0,0,0,0,0,0,0,0,4597,0,0,0,0,0,0,0,0,0,611}	39352.631893600585	0.010042733323146385	\N	\N	0.24405096146453098	0.0027771882145070305	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-33}	{1,1,6,17,27,44,86,131,239,370,554,775,1056,1395,1725,2107,2431,2662,2909,3051,3014,2914,2714,2458,2103,1726,1377,1191,895,619,453,336,236,140,108,60,29,19,9,4,3,4,1}	\N	\N
0	2	5211676887297526388	14	0.5	mc	\N	solved	156	144	12	-0.4266150641025641	0.00034228339152624147	\N	\N	0.0005209549358974358	114.03368240643867	\N	\N	\N	\N	0.5000875	0.9999708169981842	t	\N	\N	\N	\N	0.18274628590775427	0.0012831919325619564	0.21322720829619013	0.0005845760214454524	0.9659085809306079	\N	\N	\N	\N	0.43360648	2	2026-11-28 03:07:58.280559+00	{0.0004434464583333332,0.0014510566666666668}	{7.609849764816514e-05,0.0003177481501563429}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,1,1,7,19,62,242,359,640,1086,2683,2413,2658,2625,3375,1587,1017,677,415,91,24,13,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{41144,0,0,0,0,0,0,0,0,0,76829,0,0,0,0,0,0,0,0,0,0,61440,0,0,0,0,0,0,0,0,0,0,38283,0,0,0,0,0,0,0,0,0,17082,0,0,0,0,0,0,0,0,0,0,4605,0,0,0,0,0,0,0,0,0,617}	39204.61148489588	0.008854342404813443	\N	\N	0.23850157468834987	0.0028382626365876565	{-181,-178,-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-37}	{1,2,1,1,9,15,29,62,94,155,247,377,576,767,1058,1404,1786,2097,2369,2720,2903,2898,2968,2843,2636,2414,2130,1804,1472,1151,911,682,457,371,237,134,89,64,19,20,11,8,5,2,1}	\N	\N
0	2	5211676887297526388	15	0.5	mc	\N	solved	156	144	12	-0.4262961538461539	0.0003412720094766103	\N	\N	0.0006012760897435896	113.35928895178817	\N	\N	\N	\N	0.5000875	0.9999775242880613	t	\N	\N	\N	\N	0.1816655271663272	0.0013022292660102711	0.2133920731060711	0.0005606507158227395	0.9514174484242163	\N	\N	\N	\N	0.33659545	2	2026-11-28 03:07:58.280559+00	{0.0005152545833333332,0.0016335341666666669}	{6.521399504919537e-05,0.0002556802752946902}	{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,4,24,40,217,357,683,1091,2659,2385,2673,2616,3443,1553,1106,613,395,87,38,9,4,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0}	{40879,0,0,0,0,0,0,0,0,0,76766,0,0,0,0,0,0,0,0,0,0,61318,0,0,0,0,0,0,0,0,0,0,38544,0,0,0,0,0,0,0,0,0,17255,0,0,0,0,0,0,0,0,0,0,4676,0,0,0,0,0,0,0,0,0,562}	40199.15622487482	0.011232833915442655	\N	\N	0.2449071715467983	0.0034332278619234853	{-174,-171,-168,-165,-161,-158,-155,-151,-148,-145,-142,-138,-135,-132,-128,-125,-122,-119,-115,-112,-109,-106,-102,-99,-96,-92,-89,-86,-83,-79,-76,-73,-69,-66,-63,-60,-56,-53,-50,-46,-43,-40,-30}	{3,2,6,12,37,52,96,144,261,392,524,805,1071,1427,1701,2011,2375,2653,2894,2975,2935,2830,2814,2460,2147,1755,1477,1185,911,632,475,345,207,146,100,61,41,12,16,6,2,1,1}	\N	\N
\.

COPY public.methods (sweep_id, method, kind, settings) FROM stdin;
1	anneal	anneal	runs=2 beta_step=0.05 mc_sweeps=2
1	bp	bp	tolerance=1e-12 max_iterations=50000
1	degrees	degrees	
1	exact	exact	max_configurations=100000
1	levels	levels	overlaps=0,0.5 pairs=4
1	mc	mc	runs=4 relax=100 measure=400
2	mc	mc	runs=4 relax=1000 measure=10000
3	mc	mc	runs=4 relax=500 measure=2000
\.

COPY public.sweep_parts (sweep_id, part, spec, digest, units, rows, estimated_seconds, submitted_at, is_cut) FROM stdin;
1	0	name = "three"\nseed = 5\nsamples = 2\n[grid]\nwidths = [4, 4, 3, 1]\ncouplings = ["input", "path"]\nactivation_1 = 0.9\nactivation_2 = 0.9\ndilution_1 = { from = 0, to = 0.8, step = 0.4 }\nbeta = [0.5, 2]\n[methods.bp]\n[methods.mc]\nrelax = 100\nmeasure = 400\n[methods.anneal]\nruns = 2\nmc_sweeps = 2\n[methods.exact]\nmax_configurations = 100000\n[methods.degrees]\n[methods.levels]\noverlaps = [0, 0.5]\npairs = 4\n	ac75aa5f47d1b1c40c45677fb312cbeaa26c4d0a95dc6c5f2f0e5ca1c21290a8	12	120	0.027228592881049608	2026-11-28 03:07:42.916342+00	t
2	0	name = "half"\nsamples = 20\n[grid]\nwidths = [12, 12, 1]\ndilution_1 = [0, 0.3]\nbeta = 0.5\n[methods.mc]\nrelax = 1000\nmeasure = 10000\n	494d9ffe271057b880ba9af0ba672a668d7df52ef17e787760c050d31bb09074	40	40	1.0964508800000008	2026-11-28 03:07:51.995137+00	f
3	0	name = "large"\nsamples = 500000\n[grid]\nwidths = [3, 3, 1]\nbeta = [0.3, 0.8]\n[methods.mc]\n	0b67fd9cc0c1a4d925c604545892ac77a3f975545f8963c59934a83af96b01d1	500000	1000000	5102.134999999737	2026-11-28 03:07:52.031248+00	f
\.

COPY public.sweeps (sweep_id, name, seed, state, numerics_revision, bucket, created_at, priority) FROM stdin;
1	three	5	active	7	0	2026-11-28 03:07:42.916342+00	0
2	half	0	active	7	0	2026-11-28 03:07:51.995137+00	0
3	large	0	paused	7	3	2026-11-28 03:07:52.031248+00	0
\.

COPY public.workers (worker_id, host, process_id, version, git_revision, cpu_features, threads, numerics_revision, registered_at, cpu_level, seen_at, gone_at, gone) FROM stdin;
1	vm	9797	0.1.0	e1ebad3f306e	x86_64,avx512f,avx512bw,avx512vpopcntdq,avx512bitalg,avx2,fma,aes,popcnt	2	7	2026-11-28 03:07:42.929584+00	avx512	2026-11-28 03:07:43.950184+00	2026-11-28 03:07:43.950184+00	left
2	vm	10018	0.1.0	e1ebad3f306e	x86_64,avx512f,avx512bw,avx512vpopcntdq,avx512bitalg,avx2,fma,aes,popcnt	1	7	2026-11-28 03:07:52.120872+00	avx512	2026-11-28 03:07:55.408551+00	\N	\N
\.

SELECT pg_catalog.setval('public.jobs_job_id_seq', 3000, true);

SELECT pg_catalog.setval('public.lease_epochs', 3000, true);

SELECT pg_catalog.setval('public.sweeps_sweep_id_seq', 3, true);

SELECT pg_catalog.setval('public.workers_worker_id_seq', 2, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.cells
    ADD CONSTRAINT cells_pkey PRIMARY KEY (sweep_id, cell_id);

ALTER TABLE ONLY public.counted_jobs
    ADD CONSTRAINT counted_jobs_pkey PRIMARY KEY (sweep_id);

ALTER TABLE ONLY public.degree_counts
    ADD CONSTRAINT degree_counts_pkey PRIMARY KEY (sweep_id, cell_id, sample, layer, degree);

ALTER TABLE ONLY public.finished_jobs
    ADD CONSTRAINT finished_jobs_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.instance_files
    ADD CONSTRAINT instance_files_pkey PRIMARY KEY (sweep_id, part, name);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.level_pairs
    ADD CONSTRAINT level_pairs_pkey PRIMARY KEY (sweep_id, cell_id, sample, method, overlap);

ALTER TABLE ONLY public.methods
    ADD CONSTRAINT methods_pkey PRIMARY KEY (sweep_id, method);

ALTER TABLE ONLY public.sweep_parts
    ADD CONSTRAINT sweep_parts_pkey PRIMARY KEY (sweep_id, part);

ALTER TABLE ONLY public.sweeps
    ADD CONSTRAINT sweeps_name_key UNIQUE (name);

ALTER TABLE ONLY public.sweeps
    ADD CONSTRAINT sweeps_pkey PRIMARY KEY (sweep_id);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (worker_id);

CREATE INDEX finished_jobs_recorded_by ON public.finished_jobs USING btree (sweep_id, recorded_by);

CREATE INDEX finished_jobs_sweep ON public.finished_jobs USING btree (sweep_id, finished_at);

CREATE INDEX finished_jobs_time ON public.finished_jobs USING brin (finished_at) WITH (pages_per_range='32', autosummarize='on');

CREATE UNIQUE INDEX finished_jobs_units ON public.finished_jobs USING btree (sweep_id, part, end_unit);

CREATE INDEX found_transitions_sweep ON public.found_transitions USING btree (sweep_id);

CREATE INDEX jobs_leased ON public.jobs USING btree (leased_until) WHERE (state = 'leased'::text);

CREATE INDEX jobs_ready ON public.jobs USING btree (job_id) WHERE (state = 'ready'::text);

CREATE UNIQUE INDEX jobs_units ON public.jobs USING btree (sweep_id, part, end_unit);

CREATE INDEX measurements_cell ON ONLY public.measurements USING btree (sweep_id, cell_id);

CREATE INDEX measurements_3_sweep_id_cell_id_idx ON public.measurements_3 USING btree (sweep_id, cell_id);

CREATE INDEX measurements_shared_sweep_id_cell_id_idx ON public.measurements_shared USING btree (sweep_id, cell_id);

CREATE INDEX sweep_parts_uncut ON public.sweep_parts USING btree (sweep_id, part) WHERE (NOT is_cut);

CREATE INDEX workers_gone ON public.workers USING btree (gone_at) WHERE (gone_at IS NOT NULL);

CREATE INDEX workers_present ON public.workers USING btree (worker_id) WHERE (gone_at IS NULL);

ALTER INDEX public.measurements_cell ATTACH PARTITION public.measurements_3_sweep_id_cell_id_idx;

ALTER INDEX public.measurements_cell ATTACH PARTITION public.measurements_shared_sweep_id_cell_id_idx;

CREATE OR REPLACE VIEW public.degree_distribution AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    d.layer,
    d.degree,
    n.samples,
    (sum(((d.weights)::double precision / (t.weights)::double precision)) / (n.samples)::double precision) AS share
   FROM ((((public.sweeps s
     JOIN public.degree_counts d USING (sweep_id))
     JOIN public.cells c USING (sweep_id, cell_id))
     JOIN ( SELECT degree_counts.sweep_id,
            degree_counts.cell_id,
            degree_counts.sample,
            sum(degree_counts.weights) AS weights
           FROM public.degree_counts
          GROUP BY degree_counts.sweep_id, degree_counts.cell_id, degree_counts.sample) t USING (sweep_id, cell_id, sample))
     JOIN ( SELECT degree_counts.sweep_id,
            degree_counts.cell_id,
            count(DISTINCT degree_counts.sample) AS samples
           FROM public.degree_counts
          GROUP BY degree_counts.sweep_id, degree_counts.cell_id) n USING (sweep_id, cell_id))
  GROUP BY s.sweep_id, c.sweep_id, c.cell_id, d.layer, d.degree, n.samples;

CREATE OR REPLACE VIEW public.energy_levels AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    (cardinality(c.widths) - 1) AS depth,
    l.method,
    l.overlap,
    count(*) AS samples,
    (avg(l.paths))::double precision AS paths,
    power((l.overlap)::double precision, ((cardinality(c.widths) - 1))::double precision) AS expected,
    avg(l.covariance_per_path) AS covariance_per_path,
    COALESCE((stddev_samp(l.covariance_per_path) / sqrt((count(*))::double precision)), max(l.covariance_error)) AS covariance_error,
    avg(l.disorder_covariance_per_path) AS disorder_covariance_per_path,
    COALESCE((stddev_samp(l.disorder_covariance_per_path) / sqrt((count(*))::double precision)), max(l.disorder_covariance_error)) AS disorder_covariance_error,
    avg(l.disorder_spread) AS disorder_spread,
    avg(l.variance_per_path) AS variance_per_path,
    COALESCE((stddev_samp(l.variance_per_path) / sqrt((count(*))::double precision)), max(l.variance_error)) AS variance_error,
    avg(l.excess_kurtosis) AS excess_kurtosis,
    COALESCE((stddev_samp(l.excess_kurtosis) / sqrt((count(*))::double precision)), max(l.excess_kurtosis_error)) AS excess_kurtosis_error
   FROM ((public.sweeps s
     JOIN public.level_pairs l USING (sweep_id))
     JOIN public.cells c USING (sweep_id, cell_id))
  GROUP BY s.sweep_id, c.sweep_id, c.cell_id, l.method, l.overlap;

CREATE OR REPLACE VIEW public.layer_overlaps AS
 SELECT s.name AS sweep,
    c.cell_id,
    c.cell,
    c.widths,
    c.ensemble,
    c.couplings,
    c.instance,
    c.dilution,
    c.activation,
    m.beta,
    m.method,
    m.branch,
    (q.layer)::integer AS layer,
    count(*) AS samples,
    avg(q.overlap) AS overlap,
    (stddev_samp(q.overlap) / sqrt((count(*))::double precision)) AS overlap_standard_error
   FROM (((public.sweeps s
     JOIN public.measurements m ON (((m.bucket = s.bucket) AND (m.sweep_id = s.sweep_id))))
     JOIN public.cells c ON (((c.sweep_id = m.sweep_id) AND (c.cell_id = m.cell_id))))
     CROSS JOIN LATERAL unnest(m.layer_overlaps) WITH ORDINALITY q(overlap, layer))
  WHERE ((m.outcome = 'solved'::text) AND ((m.branch IS DISTINCT FROM 'polarised'::text) OR m.ordered))
  GROUP BY s.sweep_id, c.sweep_id, c.cell_id, m.beta, m.method, m.branch, q.layer;

GRANT USAGE ON SCHEMA public TO ana;

GRANT SELECT ON TABLE public.counted_jobs TO ana;

GRANT SELECT ON TABLE public.finished_jobs TO ana;

GRANT SELECT ON TABLE public._sqlx_migrations TO ana;

GRANT SELECT ON TABLE public.cells TO ana;

GRANT SELECT ON TABLE public.degree_counts TO ana;

GRANT SELECT ON TABLE public.degree_distribution TO ana;

GRANT SELECT ON TABLE public.measurements TO ana;

GRANT SELECT ON TABLE public.sweeps TO ana;

GRANT SELECT ON TABLE public.energy_histograms TO ana;

GRANT SELECT ON TABLE public.energy_levels TO ana;

GRANT SELECT ON TABLE public.found_transitions TO ana;

GRANT SELECT ON TABLE public.instance_files TO ana;

GRANT SELECT ON TABLE public.layer_overlaps TO ana;

GRANT SELECT ON TABLE public.level_pairs TO ana;

GRANT SELECT ON TABLE public.methods TO ana;

GRANT SELECT ON TABLE public.overlap_histograms TO ana;

GRANT SELECT ON TABLE public.phase_diagram TO ana;

GRANT SELECT ON TABLE public.results TO ana;

GRANT SELECT ON TABLE public.stable_branch TO ana;

GRANT SELECT ON TABLE public.sweep_parts TO ana;

GRANT SELECT ON TABLE public.sweep_progress TO ana;

GRANT SELECT ON TABLE public.transitions TO ana;
