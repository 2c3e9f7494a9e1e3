//! The schema `rapgrid` in a database that is somebody else's too, and databases of versions that had none.

use crate::specs::TINY;
use model::numerics::NUMERICS_REVISION;
use sqlx::Connection;
use sqlx::migrate::Migrator;
use std::path::Path;
use std::process::Command;
use system_tests::{Output, Process, Rapgrid};

/// The last step that stood in `public`. Its first lines say what is in it.
const STEP_14: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/databases/step-14.sql");

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");

/// A million rows: a partition of its own.
const LARGE: &str = r#"
name = "large"
samples = 500000
[grid]
widths = [3, 3, 1]
beta = [0.3, 0.8]
[methods.mc]
"#;

/// A server with a database `lab` that belongs to the ordinary role `lab`.
struct Lab {
    // Ends before the folder goes.
    _server: Process,
    rapgrid: Rapgrid,
    url: String,
}

impl Lab {
    fn new() -> Self {
        let rapgrid = Rapgrid::new();
        let mut server = rapgrid.spawn(&["db", "url", "--hold"]);
        let url = server.first_line();
        rapgrid.query("CREATE ROLE lab LOGIN");
        rapgrid.query("CREATE DATABASE lab OWNER lab");
        Self { _server: server, rapgrid, url }
    }

    /// With what the version before left in `public`, what somebody else has there, and a view of somebody's upon ours.
    fn of_step_14() -> Self {
        let lab = Self::new();
        // As in the lab where it was made by `rapgrid db reader`.
        lab.rapgrid.query("ALTER ROLE lab CREATEROLE");
        lab.ask("CREATE ROLE ana LOGIN");
        lab.psql("lab", &["-f", STEP_14]).succeeded();
        // It can be gone on with whatever kernels have changed since.
        lab.ask(&format!("UPDATE public.sweeps SET numerics_revision = {NUMERICS_REVISION}"));
        lab.ask("CREATE TABLE public.notes AS SELECT 'of somebody else' AS note");
        lab.ask("CREATE FUNCTION public.finished(note text) RETURNS text LANGUAGE sql RETURN note");
        // The views of results changed their columns with step 20, and what stands on them has to be made anew.
        lab.ask("CREATE VIEW public.mine AS SELECT sweep, rows FROM public.sweep_progress");
        lab
    }

    fn url(&self, role: &str, database: &str) -> String {
        self.url.replacen("rapgrid@", &format!("{role}@"), 1).replacen(
            "/rapgrid?",
            &format!("/{database}?"),
            1,
        )
    }

    fn spawn_as(&self, role: &str, arguments: &[&str]) -> Process {
        self.rapgrid.spawn_with(arguments, &[("DATABASE_URL", &self.url(role, "lab"))])
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.spawn_as("lab", arguments).wait()
    }

    /// What psql says that knows nothing of rapgrid.
    fn psql(&self, role: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("psql");
        command.arg(self.url(role, "lab")).args(["-X", "-At", "-q", "-v", "ON_ERROR_STOP=1"]).args(arguments);
        output(&mut command)
    }

    fn ask(&self, sql: &str) -> String {
        self.psql("lab", &["-c", sql]).succeeded().trim().to_owned()
    }

    /// The names of what stands in `public`.
    fn in_public(&self) -> String {
        self.ask(
            "SELECT string_agg(name, ' ' ORDER BY name) FROM (
                 SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
                 UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             ) AS names",
        )
    }

    /// Takes the first steps where old versions did, by their own means.
    fn take_steps(&self, last: i64) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut connection = sqlx::PgConnection::connect(&self.url("lab", "lab")).await.unwrap();
            let migrations = Migrator::new(Path::new(MIGRATIONS)).await.unwrap();
            migrations.run_to(last, &mut connection).await.unwrap();
        });
    }

    /// What pg_dump says of the definitions of everything in the schema, one by one, in the order of their names.
    fn definitions(&self) -> Vec<String> {
        let mut command = Command::new("pg_dump");
        command.args(["--schema-only", "--no-owner", "--no-privileges", "--schema", "rapgrid"]);
        let dumped = output(command.arg(self.url("lab", "lab"))).succeeded();
        let (_, dumped) = dumped.split_once("\n-- Name: ").unwrap();
        let (dumped, _) = dumped.split_once("\n-- PostgreSQL database dump complete").unwrap();
        let mut definitions: Vec<String> = dumped.split("\n-- Name: ").map(str::to_owned).collect();
        definitions.sort();
        definitions
    }
}

fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    Output {
        code: output.status.code(),
        signal: None,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Views of means over samples, which are added up in another way since step 20.
const MEANS: &str = "'phase_diagram', 'layer_overlaps', 'overlap_histograms', 'energy_histograms', \
    'degree_distribution', 'energy_levels'";

/// Columns of views that were lists before step 20, or of rows of another version.
const GONE: &str =
    "ARRAY['widths', 'dilution', 'activation', 'fixed', 'pooled_binder', 'pooled_binder_standard_error']";

/// Counts that were 0 where nothing was asked.
const NOT_ASKED: &str = "ARRAY['converged', 'unresolved', 'equilibrated', 'unequilibrated']";

#[test]
fn a_database_of_the_version_before_moves_over_with_rows_rights_and_what_stands_on_it() {
    let lab = Lab::of_step_14();
    // Of an earlier version, which had no such view.
    lab.ask("REVOKE SELECT ON public.energy_histograms FROM ana");
    let before = lab.in_public();
    let message = lab.run(&["list"]).failed_with(1);
    assert!(message.contains("older version of rapgrid (step 14)"), "{message}");
    assert_eq!(lab.in_public(), before, "reading changes nothing");
    // Of every view, with the columns that it has before and keeps: later ones may come. Numbers as what they are now.
    let views = lab.ask(&format!(
        "SELECT table_name || '|' || string_agg(CASE
                WHEN data_type = 'numeric' THEN quote_ident(column_name) || '::float8'
                WHEN data_type = 'double precision' AND table_name IN ({MEANS})
                    THEN 'round(' || quote_ident(column_name) || '::numeric, 7)'
                ELSE quote_ident(column_name) END, ', ' ORDER BY ordinal_position)
         FROM information_schema.columns JOIN information_schema.views USING (table_schema, table_name)
         WHERE table_schema = 'public' AND table_name <> 'mine' AND column_name <> ALL ({GONE})
             AND (table_name <> 'phase_diagram' OR column_name <> ALL ({NOT_ASKED})) GROUP BY table_name",
    ));
    assert_eq!(views.lines().count(), 10, "{views}");
    let rows = |schema: &str| -> Vec<String> {
        let of = |view: &str| {
            let (view, columns) = view.split_once('|').unwrap();
            lab.ask(&format!("SELECT {columns} FROM {schema}.{view} ORDER BY {columns}"))
        };
        views.lines().map(of).collect()
    };
    // What is left to do with nobody there to do it was called running.
    let rows_before: Vec<String> =
        rows("public").iter().map(|rows| rows.replace("|running|", "|stopped|")).collect();

    // Whoever comes first moves it.
    let movers: Vec<Process> = (0..6).map(|_| lab.spawn_as("lab", &["db", "url"])).collect();
    movers.into_iter().for_each(|mover| {
        mover.wait().succeeded();
    });
    assert_eq!(lab.in_public(), "finished(text) mine notes", "nothing of rapgrid's, and all of others'");
    assert_eq!(rows("rapgrid"), rows_before);
    assert!(lab.ask("SELECT rows FROM public.mine WHERE sweep = 'three'").parse::<u32>().unwrap() > 0);

    // Who names no schema goes on finding things, also an older version, which refuses what is newer.
    for role in ["lab", "ana"] {
        let found = lab.psql(role, &["-c", "SELECT count(*) > 0 FROM results"]).succeeded();
        assert_eq!(found.trim(), "t", "{role}");
    }
    assert_ne!(lab.ask("SELECT max(version) FROM _sqlx_migrations"), "14");
    lab.spawn_as("ana", &["export", "three"]).wait().succeeded();
    lab.spawn_as("ana", &["export", "three", "--view", "energy-histograms"]).wait().succeeded();
    lab.psql("ana", &["-c", "SELECT * FROM rapgrid.jobs"]).failed_with(1);
    assert!(lab.run(&["list"]).succeeded().contains("three"));
}

#[test]
fn a_sweep_that_the_version_before_left_half_done_is_finished() {
    let lab = Lab::of_step_14();
    // It may change no other role: ana has to name the schema from now on.
    lab.rapgrid.query("ALTER ROLE lab NOCREATEROLE");
    lab.run(&["db", "url"]).succeeded();
    lab.psql("ana", &["-c", "SELECT * FROM rapgrid.results"]).succeeded();
    lab.run(&["retry", "half"]).succeeded();
    let spec = lab
        .ask("SELECT spec FROM rapgrid.sweep_parts JOIN rapgrid.sweeps USING (sweep_id) WHERE name = 'half'");
    lab.rapgrid.write("half.toml", &spec);
    lab.run(&["scan", "half.toml", "--out", "half"]).succeeded();
    let progress =
        "SELECT status, units, units_done, rows_done FROM rapgrid.sweep_progress WHERE sweep = 'half'";
    assert_eq!(lab.ask(progress), "finished|40|40|40");
    assert_eq!(lab.ask("SELECT count(*) FROM rapgrid.jobs"), "0");
    // The partition of a large sweep came along, and goes with it.
    assert_eq!(
        lab.ask("SELECT count(*) FROM pg_inherits WHERE inhparent = 'rapgrid.measurements'::regclass"),
        "2"
    );
    lab.run(&["delete", "large", "--yes"]).succeeded();
    assert_eq!(
        lab.ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'measurements_%' AND relkind = 'r'"),
        "1"
    );
}

#[test]
fn a_database_that_is_new_and_one_that_was_moved_have_the_same_definitions() {
    let new = Lab::new();
    new.run(&["db", "url"]).succeeded();
    let expected = new.definitions();
    assert!(expected.iter().any(|one| one.contains("CREATE VIEW rapgrid.phase_diagram")), "{expected:?}");
    let moved = Lab::of_step_14();
    moved.run(&["db", "url"]).succeeded();
    moved.run(&["delete", "large", "--yes"]).succeeded();
    assert_eq!(moved.definitions(), expected);
    for step in [1, 4, 9] {
        new.rapgrid.query("DROP DATABASE lab");
        new.rapgrid.query("CREATE DATABASE lab OWNER lab");
        new.take_steps(step);
        new.run(&["db", "url"]).succeeded();
        assert_eq!(new.definitions(), expected, "step {step}");
        assert_eq!(new.in_public(), "", "step {step}");
    }
}

#[test]
fn what_stands_on_a_view_that_has_to_go_is_named_and_nothing_is_lost() {
    let lab = Lab::new();
    lab.take_steps(4);
    // Step 5 drops it.
    lab.ask("CREATE VIEW public.mine AS SELECT * FROM public.transitions");
    let before = lab.in_public();
    let message = lab.run(&["db", "url"]).failed_with(1);
    assert!(message.contains("view public.mine depends on view transitions"), "{message}");
    assert!(message.contains("left it as it was") && message.contains("drop what stands there"), "{message}");
    assert_eq!(lab.in_public(), before);
    assert_eq!(lab.ask("SELECT to_regnamespace('rapgrid') IS NULL"), "t");
    lab.ask("DROP VIEW public.mine");
    lab.run(&["db", "url"]).succeeded();
}

#[test]
fn tables_of_somebody_else_with_our_names_are_left_alone() {
    let lab = Lab::new();
    lab.ask(
        "CREATE TABLE public._sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,
             installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL,
             execution_time bigint NOT NULL);
         INSERT INTO public._sqlx_migrations VALUES (1, 'schema', now(), true, 'another', 1);
         CREATE TABLE public.jobs (job_id text);
         CREATE TABLE public.sweep_parts (part text);
         CREATE TABLE public.results (result text)",
    );
    let before = lab.in_public();
    assert_eq!(lab.run(&["list", "--format", "json"]).succeeded(), "");
    assert_eq!(lab.ask("SELECT to_regnamespace('rapgrid') IS NULL"), "t");
    lab.rapgrid.write("tiny.toml", TINY);
    lab.run(&["scan", "tiny.toml", "--out", "tiny"]).succeeded();
    assert_eq!(lab.in_public(), before);
    assert_eq!(lab.ask("SELECT count(*) FROM results"), "0");
    assert_eq!(lab.ask("SELECT checksum FROM _sqlx_migrations"), r"\x616e6f74686572");
    let ours = ["db", "psql", "--", "-X", "-At", "-c", "SELECT count(*) > 0 FROM results"];
    assert_eq!(lab.run(&ours).succeeded().trim(), "t");
}

#[test]
fn a_role_that_may_not_make_the_schema_is_told_what_to_ask_for() {
    let lab = Lab::new();
    lab.rapgrid.query("CREATE ROLE \"Guest\" LOGIN");
    let message = lab.spawn_as("Guest", &["db", "url"]).wait().failed_with(1);
    let (_, remedy) = message.split_once("may: ").expect(&message);
    lab.ask(remedy);
    lab.rapgrid.write("tiny.toml", TINY);
    lab.spawn_as("Guest", &["scan", "tiny.toml", "--out", "tiny"]).wait().succeeded();
}

#[test]
fn the_program_needs_no_search_path() {
    let lab = Lab::new();
    lab.rapgrid.query("ALTER ROLE lab SET search_path = nothing");
    lab.rapgrid.write("tiny.toml", TINY);
    lab.rapgrid.write("large.toml", LARGE);
    lab.run(&["scan", "tiny.toml", "--out", "tiny"]).succeeded();
    lab.run(&["replay", "tiny"]).succeeded();
    for view in lab.ask("SELECT viewname FROM pg_views WHERE schemaname = 'rapgrid'").lines() {
        if !["sweep_progress", "worker_programs"].contains(&view) {
            lab.run(&["export", "tiny", "--view", &view.replace('_', "-")]).succeeded();
        }
    }
    lab.run(&["submit", "large.toml"]).succeeded();
    lab.run(&["delete", "large", "--yes"]).succeeded();
    lab.run(&["workers"]).succeeded();
    lab.run(&["export", "tiny", "--all", "-o", "tiny.rapgrid"]).succeeded();
    lab.run(&["import", "tiny.rapgrid", "--as", "tiny-2"]).succeeded();
    lab.run(&["import", "tiny.rapgrid"]).succeeded();
    for write in [&["--write"][..], &[]] {
        let count = ["--", "-X", "-At", "-c", "SELECT count(*) > 0 FROM results"];
        assert_eq!(lab.run(&[&["db", "psql"], write, &count].concat()).succeeded().trim(), "t");
    }
    lab.psql("lab", &["-c", "SELECT * FROM results"]).failed_with(1);
    // Those of plain SQL have parsed bodies, and know their tables.
    let functions =
        "SELECT count(*) FROM pg_proc WHERE pronamespace = 'rapgrid'::regnamespace AND prosqlbody IS NULL
                     AND NOT coalesce(array_to_string(proconfig, ' ') LIKE '%search_path=rapgrid%', false)";
    assert_eq!(lab.ask(functions), "0");
}
