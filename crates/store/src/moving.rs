//! What versions before step 15 made stands where names without a schema lead, in `public` nearly everywhere. It is
//! moved to `rapgrid` as it is: rows stay where they are on the disk, and rights, comments and people's own views stay
//! with what they belong to.

use crate::StoreError;
use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;

/// The tables, in the order in which those who record results lock them; a sequence that belongs to no table; views.
/// Indexes and the sequences of numbered columns come with their tables.
const RELATIONS: &str = "jobs finished_jobs cells sweeps measurements degree_counts level_pairs sweep_parts instance_files \
    methods workers counted_jobs found_transitions _sqlx_migrations lease_epochs results phase_diagram stable_branch \
    sweep_progress transitions layer_overlaps overlap_histograms energy_histograms degree_distribution energy_levels";

const FUNCTIONS: [&str; 6] = [
    "backoff(integer)",
    "finished(bigint)",
    "count_finished_jobs()",
    "next_unit(bigint, integer)",
    "slowness(bigint)",
    "cut_jobs(bigint, integer, bigint, double precision, bigint[], bigint[], bigint[], bigint[], bigint[], double precision[])",
];

/// Whoever could read goes on reading. Who names no schema, as notebooks and older versions do, finds things as before:
/// `rapgrid` is looked through after all that was looked through so far, unless the role or the database has a setting
/// of its own for that, or may not be changed by this one. So an older coordinator that is started again finds a newer
/// schema and refuses, instead of making an empty one in the old place.
const LET_IN: &str = r#"DO $$
DECLARE
    own_id oid := (SELECT oid FROM pg_roles WHERE rolname = current_user);
    who record;
BEGIN
    FOR who IN
        SELECT grantee AS id, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
        FROM pg_class, aclexplode(relacl)
        WHERE relnamespace = 'rapgrid'::regnamespace AND privilege_type = 'SELECT'
        UNION SELECT own_id, own_id::regrole::text
    LOOP
        IF who.id <> own_id THEN
            EXECUTE format('GRANT USAGE ON SCHEMA rapgrid TO %s', who.name);
        END IF;
        CONTINUE WHEN who.id = 0 OR EXISTS (
            SELECT FROM pg_db_role_setting LEFT JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) AS setting
            WHERE setrole IN (0, who.id) AND (setdatabase = 0 OR d.datname = current_database())
              AND setting LIKE 'search_path=%');
        BEGIN
            EXECUTE format('ALTER ROLE %s IN DATABASE %I SET search_path = "$user", public, rapgrid', who.name,
                           current_database());
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'the role % has to name the schema rapgrid from now on', who.name;
        END;
    END LOOP;
END $$"#;

/// What an older version made.
pub(crate) struct Old {
    /// The schema that it is in, quoted.
    schema: String,
    /// Its last step.
    pub(crate) step: i64,
}

/// Looks for what an older version made, where that version would look and in `public`. Somebody else's table of
/// migrations, which may have the same name, does not have our first one.
pub(crate) async fn find(
    connection: &mut PgConnection,
    migrations: &Migrator,
) -> Result<Option<Old>, StoreError> {
    let schema = sqlx::query_scalar!(
        r#"SELECT quote_ident(nspname) AS "schema!" FROM pg_namespace n
           WHERE nspname = ANY (current_schemas(false) || 'public'::name)
             AND EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid AND relname = '_sqlx_migrations')
             AND EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid AND relname = 'sweep_parts')
           ORDER BY array_position(current_schemas(false), nspname) LIMIT 1"#
    );
    let Some(schema) = schema.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let Some(first) = migrations.iter().next() else { return Ok(None) };
    let steps = format!(
        "SELECT max(version) FILTER (WHERE success) FROM {schema}._sqlx_migrations
         HAVING bool_or(version = $1 AND checksum = $2)"
    );
    let step = sqlx::query_scalar(AssertSqlSafe(steps)).bind(first.version).bind(&*first.checksum);
    let step: Option<Option<i64>> = step.fetch_optional(connection).await?;
    Ok(step.flatten().map(|step| Old { schema, step }))
}

/// Moves it to the schema `rapgrid`, which is there.
pub(crate) async fn take(connection: &mut PgConnection, old: &Old) -> Result<(), StoreError> {
    let there = |name: &str| format!("{}.{name}", old.schema);
    let relations: Vec<String> = RELATIONS.split_whitespace().map(there).collect();
    let functions: Vec<String> = FUNCTIONS.into_iter().map(there).collect();
    let statements = sqlx::query_scalar!(
        r#"SELECT format('ALTER %s %s SET SCHEMA rapgrid', kind, object) AS "statement!"
           FROM (SELECT 'TABLE' AS kind, to_regclass(name)::text AS object, place
                 FROM unnest($1::text[]) WITH ORDINALITY AS known (name, place)
                 UNION ALL
                 SELECT 'TABLE', inhrelid::regclass::text, 5 FROM pg_inherits WHERE inhparent = to_regclass($3)
                 UNION ALL
                 SELECT 'FUNCTION', to_regprocedure(name)::text, 100 FROM unnest($2::text[]) AS known (name)) AS ours
           WHERE object IS NOT NULL ORDER BY place"#,
        &relations,
        &functions,
        there("measurements")
    );
    for statement in statements.fetch_all(&mut *connection).await? {
        // Names were quoted by the server.
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    sqlx::raw_sql(LET_IN).execute(connection).await?;
    Ok(())
}
