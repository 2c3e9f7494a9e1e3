//! PostgreSQL's own programs, told which database.

use crate::database::Database;
use anyhow::Context;
use percent_encoding::percent_decode_str;
use std::path::PathBuf;
use tokio::process::Command;
use url::Url;

/// One of PostgreSQL's programs, told which database.
pub(crate) fn on(program: &str, database: &Database, write: bool) -> Command {
    let program = match &database.private {
        Some(private) => private.bin_dir().join(program),
        None => PathBuf::from(program),
    };
    let mut command = Command::new(program);
    if database.private.is_some() {
        // What is said of other servers.
        let of_others = [
            "PGSERVICE",
            "PGSERVICEFILE",
            "PGHOST",
            "PGHOSTADDR",
            "PGPORT",
            "PGUSER",
            "PGSSLMODE",
            "PGSSLROOTCERT",
        ];
        of_others.iter().for_each(|name| {
            command.env_remove(name);
        });
    }
    let target = Target::of(&database.url, write);
    command.arg("--dbname").arg(target.url);
    command.envs(target.password.map(|password| ("PGPASSWORD", password)));
    if let Some(option) = target.option {
        let options = std::env::var("PGOPTIONS").unwrap_or_default();
        command.env("PGOPTIONS", format!("{options} {option}").trim_start());
    }
    command
}

/// Says whether it succeeded; if not, it has said why.
pub(crate) async fn run_to_end(mut command: Command) -> anyhow::Result<bool> {
    let program = command.as_std().get_program().to_owned();
    let status = command.kill_on_drop(true).status().await;
    Ok(status.with_context(|| format!("running {}", program.display()))?.success())
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
