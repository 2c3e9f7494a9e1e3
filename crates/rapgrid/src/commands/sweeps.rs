//! The commands for people that talk to a coordinator.

use crate::arguments::address::CoordinatorAddress;
use crate::arguments::{NamedSweep, OutputFormat, SweepCommand, WatchFormat};
use crate::commands::progress_text::{remedy, time_left};
use crate::commands::table::{self, table};
use crate::commands::width::{self, wrapped};
use crate::commands::{dry_run, progress, spec_file, workers};
use crate::connection::Connection;
use crate::database::Finder;
use crate::exit::Exit;
use crate::telling::{say, tell};
use coordinator::json::{self, status_name};
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use store::StoreError;
use wire::v1;
use wire::v1::progress::Status as Sweeping;
use wire::v1::submit_response::Disposition;

/// Sweeps of a list of which it says what goes on with them.
const MOST_REMEDIES: usize = 5;

pub(crate) async fn run(command: SweepCommand, finder: &Finder) -> anyhow::Result<Exit> {
    if let SweepCommand::Submit { spec, dry_run: true, format, .. } = &command {
        dry_run::run(spec_file::read(spec)?, finder, *format).await?;
        return Ok(Exit::Success);
    }
    let makes_schema = matches!(command, SweepCommand::Submit { .. });
    let Some(mut connection) = Connection::open(address(&command), finder, makes_schema).await? else {
        return without_sweeps(command);
    };
    let result = perform(command, &mut connection).await;
    connection.close().await;
    result
}

/// Over a database in which nothing ever was.
fn without_sweeps(command: SweepCommand) -> anyhow::Result<Exit> {
    match command {
        SweepCommand::List { format, .. } => list(&[], format)?,
        SweepCommand::Workers { format, .. } => workers::print(&[], format)?,
        SweepCommand::Submit { .. } => unreachable!("it makes a schema"),
        SweepCommand::Show { sweep: NamedSweep { sweep, .. }, .. }
        | SweepCommand::Pause(NamedSweep { sweep, .. })
        | SweepCommand::Resume(NamedSweep { sweep, .. })
        | SweepCommand::Cancel(NamedSweep { sweep, .. })
        | SweepCommand::Retry(NamedSweep { sweep, .. })
        | SweepCommand::Watch { sweep: NamedSweep { sweep, .. }, .. }
        | SweepCommand::Prioritise { sweep: NamedSweep { sweep, .. }, .. }
        | SweepCommand::Delete { sweep: NamedSweep { sweep, .. }, .. } => {
            return Err(StoreError::NoSuchSweep(sweep).into());
        }
    }
    Ok(Exit::Success)
}

fn address(command: &SweepCommand) -> &CoordinatorAddress {
    match command {
        SweepCommand::Submit { address, .. }
        | SweepCommand::List { address, .. }
        | SweepCommand::Workers { address, .. } => address,
        SweepCommand::Pause(sweep)
        | SweepCommand::Resume(sweep)
        | SweepCommand::Cancel(sweep)
        | SweepCommand::Retry(sweep)
        | SweepCommand::Show { sweep, .. }
        | SweepCommand::Watch { sweep, .. }
        | SweepCommand::Prioritise { sweep, .. }
        | SweepCommand::Delete { sweep, .. } => &sweep.address,
    }
}

async fn perform(command: SweepCommand, connection: &mut Connection) -> anyhow::Result<Exit> {
    let client = &mut connection.sweeps;
    match command {
        SweepCommand::Submit { spec, priority, .. } => submit(&spec, priority, connection).await?,
        SweepCommand::List { format, .. } => {
            let sweeps = client.list(v1::ListRequest {}).await?.into_inner().sweeps;
            list(&sweeps, format)?;
        }
        SweepCommand::Show { sweep: NamedSweep { sweep, .. }, format } => {
            let found = client.get(v1::GetRequest { sweep }).await?.into_inner();
            show(&found, format)?;
        }
        SweepCommand::Workers { format, .. } => {
            let found = client.list_workers(v1::ListWorkersRequest {}).await?.into_inner().workers;
            workers::print(&found, format)?;
        }
        SweepCommand::Watch { sweep: NamedSweep { sweep, .. }, format } => {
            let last = progress::follow(client.clone(), &sweep, format, false).await?;
            if format == WatchFormat::Text {
                say!("{} is {}", last.sweep, status_name(&last));
            }
            return Ok(match last.status() {
                Sweeping::Failed => Exit::JobsFailed,
                Sweeping::Cancelled => Exit::Failure,
                _ => Exit::Success,
            });
        }
        SweepCommand::Pause(NamedSweep { sweep, .. }) => {
            tell(&client.pause(v1::PauseRequest { sweep }).await?.into_inner())?;
        }
        SweepCommand::Resume(NamedSweep { sweep, .. }) => {
            tell(&client.resume(v1::ResumeRequest { sweep }).await?.into_inner())?;
        }
        SweepCommand::Cancel(NamedSweep { sweep, .. }) => {
            tell(&client.cancel(v1::CancelRequest { sweep }).await?.into_inner())?;
        }
        SweepCommand::Prioritise { sweep: NamedSweep { sweep, .. }, priority } => {
            let request = v1::PrioritiseRequest { sweep, priority };
            let progress = client.prioritise(request).await?.into_inner();
            say!("{} has priority {}", progress.sweep, progress.priority);
        }
        SweepCommand::Retry(NamedSweep { sweep, .. }) => {
            let jobs = client.retry(v1::RetryRequest { sweep }).await?.into_inner().jobs;
            say!("{jobs} jobs are ready again");
        }
        SweepCommand::Delete { sweep: NamedSweep { sweep, .. }, yes } => {
            let found = client.get(v1::GetRequest { sweep: sweep.clone() }).await?.into_inner();
            let rows = found.progress.map_or(0, |progress| progress.rows_done);
            if !yes && !confirmed(&format!("delete {sweep} and its {rows} rows?"))? {
                tell!("nothing was deleted");
                if !std::io::stdin().is_terminal() {
                    tell!("without a terminal to answer at, say --yes");
                }
                return Ok(Exit::Failure);
            }
            let measurements = client.delete(v1::DeleteRequest { sweep }).await?.into_inner().measurements;
            say!("deleted, with {measurements} measurements");
        }
    }
    Ok(Exit::Success)
}

async fn submit(path: &Path, priority: Option<i32>, connection: &mut Connection) -> anyhow::Result<()> {
    let spec = spec_file::read(path)?;
    let request = v1::SubmitRequest { part: Some(spec.source().into()), priority };
    let response = connection.sweeps.submit(request).await?.into_inner();
    let what = match response.disposition() {
        Disposition::Found => "was there already",
        Disposition::Extended => "is extended",
        _ => "is submitted",
    };
    let progress = response.progress.unwrap_or_default();
    let rows = progress.rows;
    say!("{} {what}: {rows} rows in all", spec.name());
    if matches!(progress.status(), Sweeping::Paused | Sweeping::Cancelled) {
        let remedy = remedy(&progress).unwrap_or_default();
        let text = format!("it is {}, and nothing of it is computed: {remedy}", status_name(&progress));
        tell!("{}", wrapped(&text, width::of_errors()));
    } else if connection.own.is_some() {
        let text = format!(
            "no coordinator runs on this machine, so it waits in the database; compute it with \
             `rapgrid scan {}`, or start `rapgrid coordinator` and `rapgrid worker`",
            path.display()
        );
        tell!("{}", wrapped(&text, width::of_errors()));
    }
    Ok(())
}

fn list(sweeps: &[v1::Progress], format: OutputFormat) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if format == OutputFormat::Json {
        for sweep in sweeps {
            writeln!(out, "{}", json::progress(sweep))?;
        }
        return Ok(());
    }
    let mut table = table(
        ["sweep", "status", "units", "done", "rows", "failed jobs", "core-hours", "priority", "time left"],
        2..8,
    );
    let mut remedies = Vec::new();
    for sweep in sweeps {
        let done = 100.0 * sweep.units_done as f64 / (sweep.units as f64).max(1.0);
        table.add_row([
            sweep.sweep.clone(),
            status_name(sweep).to_owned(),
            sweep.units.to_string(),
            format!("{done:.1} %"),
            sweep.rows_done.to_string(),
            sweep.jobs_failed.to_string(),
            format!("{:.3}", sweep.cpu_seconds / 3600.0),
            sweep.priority.to_string(),
            time_left(sweep),
        ]);
        remedies.extend(
            remedy(sweep).map(|remedy| format!("{} is {}: {remedy}", sweep.sweep, status_name(sweep))),
        );
    }
    table::print(&mut out, table, &["priority", "units", "rows", "core-hours", "failed jobs"])?;
    // Of many the newest: they stand first.
    remedies.truncate(MOST_REMEDIES);
    remedies.iter().try_for_each(|remedy| writeln!(out, "{}", wrapped(remedy, width::of_output())))?;
    Ok(())
}

fn show(found: &v1::GetResponse, format: OutputFormat) -> anyhow::Result<()> {
    if format == OutputFormat::Json {
        let mut object = json::progress(&found.progress.clone().unwrap_or_default());
        object["failed_jobs"] = found.failed_jobs.iter().map(json::failed_job).collect();
        object["specs"] = found.specs.clone().into();
        writeln!(std::io::stdout(), "{object}")?;
        return Ok(());
    }
    if let Some(progress) = &found.progress {
        list(std::slice::from_ref(progress), OutputFormat::Table)?;
    }
    let mut out = std::io::stdout().lock();
    for job in &found.failed_jobs {
        let v1::FailedJob { job_id, part, first_unit, end_unit, attempts, error } = job;
        writeln!(
            out,
            "failed job {job_id}: units {first_unit}..{end_unit} of part {part}, {attempts} attempts: {error}"
        )?;
    }
    for (part, spec) in found.specs.iter().enumerate() {
        writeln!(out, "\n# part {part}\n{}", spec.trim_end())?;
    }
    Ok(())
}

fn tell(progress: &v1::Progress) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{} is {}", progress.sweep, status_name(progress))?;
    Ok(())
}

fn confirmed(question: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let mut asked = std::io::stderr();
    write!(asked, "{question} [y/N] ")?;
    asked.flush()?;
    let mut answer = String::new();
    if std::io::stdin().lock().read_line(&mut answer)? == 0 {
        tell!();
    }
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
