//! Asking the database without its own programs, often and with little to do for each question.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, ValueRef};
use std::str::FromStr;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Longer than any answer of a server that is well.
const PATIENCE: Duration = Duration::from_secs(3);

/// A row, as text.
pub(crate) type Texts = Vec<String>;

/// A connection that is made when it is needed, and made anew when it broke.
#[derive(Debug)]
pub(crate) struct Sql {
    runtime: Runtime,
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Sql {
    pub(crate) fn new(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // Not under the program's name, whose connections are terminated.
        let options = PgConnectOptions::from_str(url)
            .expect("a URL")
            .application_name("chaos")
            .disable_statement_logging();
        Self { runtime, options, connection: None }
    }

    /// The answer to a question, or why there is none.
    pub(crate) fn rows(&mut self, sql: &str) -> Result<Vec<Texts>, String> {
        let Self { runtime, options, connection } = self;
        let asked = runtime.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                let open = match connection.take() {
                    Some(open) => connection.insert(open),
                    None => connection.insert(PgConnection::connect_with(options).await?),
                };
                // As text, whatever its type.
                sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(open).await
            })
            .await
        });
        let rows = match asked {
            Ok(Ok(rows)) => rows,
            Ok(Err(error)) => return self.broken(error.to_string()),
            Err(_) => return self.broken("no answer in time".to_owned()),
        };
        let text = |row: &sqlx::postgres::PgRow| {
            (0..row.len())
                .map(|column| {
                    let value = row.try_get_raw(column).map_err(|error| error.to_string())?;
                    if value.is_null() {
                        Ok(String::new())
                    } else {
                        value.as_str().map(str::to_owned).map_err(|error| error.to_string())
                    }
                })
                .collect()
        };
        rows.iter().map(text).collect()
    }

    /// The answer where it is one value.
    pub(crate) fn value(&mut self, sql: &str) -> Result<String, String> {
        let rows = self.rows(sql)?;
        rows.into_iter().flatten().next().ok_or_else(|| format!("no answer to {sql}"))
    }

    /// Closes the connection, and ends its transaction with it.
    pub(crate) fn close(&mut self) {
        self.connection = None;
    }

    fn broken(&mut self, reason: String) -> Result<Vec<Texts>, String> {
        self.close();
        Err(reason)
    }
}
