//! `rapgrid db`: the database for people.

use crate::arguments::DbCommand;
use crate::commands::shutdown;
use crate::database::{Database, Finder};
use crate::exit::Exit;
use anyhow::Context;
use percent_encoding::percent_decode_str;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

pub(crate) async fn run(command: DbCommand, finder: &Finder) -> anyhow::Result<Exit> {
    // Connecting brings the schema up to date, so that the views are there.
    let (database, store) = finder.connect().await?;
    if let DbCommand::Reader { name, statement_timeout } = &command {
        let made = store.make_reader(name, Duration::from_secs((*statement_timeout).into())).await;
        store.close().await;
        made?;
        println!(
            "{name} may read the results; `rapgrid db psql --write -- -c '\\password {name}'` gives it a password"
        );
        return Ok(Exit::Success);
    }
    store.close().await;
    match command {
        DbCommand::Url { hold } => {
            println!("{}", database.url);
            if hold {
                shutdown::requested().await;
            }
            Ok(Exit::Success)
        }
        DbCommand::Psql { write, arguments } => psql(&database, write, arguments).await,
        DbCommand::Reader { .. } => unreachable!("that ran above"),
        DbCommand::Guard { .. } => unreachable!("the guard runs without a runtime"),
    }
}

async fn psql(database: &Database, write: bool, arguments: Vec<String>) -> anyhow::Result<Exit> {
    let psql = match &database.private {
        Some(private) => private.bin_dir().join("psql"),
        None => PathBuf::from("psql"),
    };
    let mut command = tokio::process::Command::new(&psql);
    let target = Target::of(&database.url, write);
    command.arg(target.url).args(arguments);
    command.envs(target.password.map(|password| ("PGPASSWORD", password)));
    if let Some(option) = target.option {
        let options = std::env::var("PGOPTIONS").unwrap_or_default();
        command.env("PGOPTIONS", format!("{options} {option}").trim_start());
    }
    // Ctrl-C is psql's to handle.
    let _interrupts = tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    let status = command.status().await.with_context(|| format!("running {}", psql.display()))?;
    Ok(if status.success() { Exit::Success } else { Exit::Failure })
}

/// Finds the views by their names alone.
const WRITING: &str = "-c search_path=rapgrid,public";

/// And makes transactions read-only unless they say otherwise.
const READ_ONLY: &str = "-c search_path=rapgrid,public -c default_transaction_read_only=on";

/// What psql is told: a URL that the process list may show, and in the environment what it must not.
#[derive(PartialEq)]
struct Target {
    url: String,
    password: Option<String>,
    /// The option in PGOPTIONS.
    option: Option<&'static str>,
}

impl Target {
    fn of(url: &str, write: bool) -> Self {
        let Ok(mut url) = Url::parse(url) else {
            // Nobody has connected with it: nothing of it is shown.
            return Self { url: String::new(), password: None, option: None };
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut password = url.password().map(decoded);
        let mut option = Some(if write { WRITING } else { READ_ONLY });
        if password.is_some() {
            let _ = url.set_password(None);
        }
        let mut kept = Vec::new();
        for parameter in url.query().unwrap_or("").split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                // What stands here counts more than what stands before the host.
                Some(("password", value)) => password = Some(decoded(value)),
                // Options of the URL would hide those of the environment.
                Some(("options", value)) => {
                    let own = option.take().unwrap_or_default();
                    kept.push(format!("options={value}%20{}", own.replace(' ', "%20").replace('=', "%3D")));
                }
                _ => kept.push(parameter.to_owned()),
            }
        }
        url.set_query(Some(kept.join("&").as_str()).filter(|query| !query.is_empty()));
        Self { url: url.into(), password, option }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_leaves_the_url_for_the_environment() {
        for (url, shown, password) in [
            ("postgres://ana@host/db", "postgres://ana@host/db", None),
            (
                "postgres://ana:s3%40cret@host:5/db?sslmode=require",
                "postgres://ana@host:5/db?sslmode=require",
                Some("s3@cret"),
            ),
            (
                "postgres://ana:old@host/db?password=n%20w&host=/tmp/x",
                "postgres://ana@host/db?host=/tmp/x",
                Some("n w"),
            ),
            ("postgresql:///db?host=/run&password=x", "postgresql:///db?host=/run", Some("x")),
        ] {
            let target = Target::of(url, true);
            assert_eq!((target.url.as_str(), target.password.as_deref()), (shown, password));
            assert_eq!(target.option, Some(WRITING));
        }
    }

    #[test]
    fn a_session_is_read_only_unless_writing_is_asked_for() {
        assert_eq!(Target::of("postgres://host/db", false).option, Some(READ_ONLY));
        let target = Target::of("postgres://host/db?options=-c%20jit%3Doff&host=/x", false);
        let options = "options=-c%20jit%3Doff%20-c%20search_path%3Drapgrid,public%20-c%20default_transaction_read_only%3Don";
        assert_eq!(target.url, format!("postgres://host/db?{options}&host=/x"));
        assert!(target.option.is_none());
    }
}
