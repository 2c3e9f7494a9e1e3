//! `rapgrid scan`: a coordinator, a worker and a database in one process, through the same gRPC as a cluster.

use crate::arguments::{ScanOptions, WatchFormat};
use crate::build;
use crate::commands::{coordinator::job_seconds, dry_run, page, plot, progress, shutdown, spec_file};
use crate::connection::{self, OwnCoordinator};
use crate::database::Finder;
use crate::exit::Exit;
use crate::telling::tell;
use coordinator::json::status_name;
use localdb::LocalDbError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use sweep::Spec;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use wire::access::Channel;
use wire::v1;
use wire::v1::progress::Status as Sweeping;
use wire::v1::submit_response::Disposition;
use wire::v1::sweeps_client::SweepsClient;

/// Shorter than a cluster's: after `kill -9`, a rerun waits this long at most for the jobs that died.
const LEASE: Duration = Duration::from_secs(6);

pub(crate) async fn run(options: ScanOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let spec = spec_file::read(&options.spec)?;
    if options.dry_run {
        dry_run::run(spec, finder, options.format).await?;
        return Ok(Exit::Success);
    }
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("results").join(spec.name()));
    if !options.no_report {
        plot::prepare(&folder)?;
    }
    let job_seconds = job_seconds(options.job_seconds)?;
    let settings = coordinator::Settings { lease: LEASE, job_seconds, ..coordinator::Settings::default() };
    let own = OwnCoordinator::start(finder.connect().await?, settings).await?;
    let shown = page::of_scan(&own.store, &options.page).await?;
    let result = scan(&spec, &options, &folder, &own).await;
    shown.inspect(tokio::task::JoinHandle::abort);
    own.stop().await;
    result
}

async fn scan(
    spec: &Spec,
    options: &ScanOptions,
    folder: &Path,
    own: &OwnCoordinator,
) -> anyhow::Result<Exit> {
    let mut client = connection::client(connection::dial(&own.access).await?);
    submit(&mut client, spec).await?;
    // One for all that follows, so that no Ctrl-C falls between two.
    let interrupted = shutdown::requested();
    tokio::pin!(interrupted);
    let (stop_worker, worker_stopped) = oneshot::channel::<()>();
    let mut worker = tokio::spawn(worker::run(worker_settings(spec, options, own), async {
        let _ = worker_stopped.await;
    }));
    let followed = tokio::select! {
        followed = progress::follow(client.clone(), spec.name(), WatchFormat::Text, true) => followed.map(Some),
        () = &mut interrupted => Ok(None),
        // The worker cannot deliver what it has: nobody waits for it.
        lost = own.database.lost() => return Err(gone(lost)),
        ended = &mut worker => {
            ended??;
            anyhow::bail!("the worker ended before the sweep did");
        }
    };
    drop(stop_worker);
    worker.await??;
    let Some(last) = followed? else {
        tell!("interrupted: what is recorded stays; the same command goes on with it");
        return Ok(Exit::Interrupted);
    };
    if !options.no_report {
        let (store, name, folder) = (own.store.clone(), spec.name().to_owned(), folder.to_owned());
        // On a thread beside the runtime: drawing takes seconds, in which it would hear of no signal.
        let runtime = Handle::current();
        let write = move || runtime.block_on(plot::write_report(&store, &name, &folder));
        let report = tokio::task::spawn_blocking(write);
        tokio::select! {
            written = report => written??,
            lost = own.database.lost() => return Err(gone(lost)),
            () = &mut interrupted => {
                tell!("interrupted: everything is recorded; `rapgrid plot {}` draws it", spec.name());
                return Ok(Exit::Interrupted);
            }
        }
    }
    Ok(how_it_ended(&last))
}

fn gone(lost: LocalDbError) -> anyhow::Error {
    tell!("the database is out of reach: what is recorded stays; the same command goes on with it");
    lost.into()
}

fn worker_settings(spec: &Spec, options: &ScanOptions, own: &OwnCoordinator) -> worker::Settings {
    let all_cores = || std::thread::available_parallelism().map_or(1, usize::from);
    worker::Settings {
        coordinator: own.access.clone(),
        threads: options.threads.map_or_else(all_cores, usize::from),
        version: build::VERSION.to_owned(),
        git_revision: build::GIT_REVISION.to_owned(),
        sweep: Some(spec.name().to_owned()),
        exit_when_idle: false,
        grace: Duration::ZERO,
        metrics: Arc::default(),
        time_limit: None,
    }
}

/// Submits, and sets a paused or cancelled sweep going again.
async fn submit(client: &mut SweepsClient<Channel>, spec: &Spec) -> anyhow::Result<()> {
    let request = v1::SubmitRequest { part: Some(spec.source().into()), priority: None };
    let response = client.submit(request).await?.into_inner();
    let disposition = response.disposition();
    let progress = response.progress.unwrap_or_default();
    let (name, rows) = (&progress.sweep, progress.rows);
    match disposition {
        Disposition::Extended => {
            tell!("extending {name}: {} of {rows} rows are there", progress.rows_done);
        }
        Disposition::Found if progress.status() == Sweeping::Finished => {
            tell!("{name} is finished: all {rows} rows are there");
        }
        Disposition::Found => {
            let status = status_name(&progress);
            tell!("resuming {name}, which is {status}: {} of {rows} rows are there", progress.rows_done);
        }
        _ => tell!("scanning {name}: {rows} rows"),
    }
    if matches!(progress.status(), Sweeping::Paused | Sweeping::Cancelled) {
        client.resume(v1::ResumeRequest { sweep: name.clone() }).await?;
    }
    if progress.status() == Sweeping::Failed {
        client.retry(v1::RetryRequest { sweep: name.clone() }).await?;
    }
    Ok(())
}

fn how_it_ended(last: &v1::Progress) -> Exit {
    match last.status() {
        Sweeping::Failed => {
            let sweep = &last.sweep;
            tell!(
                "{} jobs failed: `rapgrid show {sweep}` says why; the same command tries again",
                last.jobs_failed
            );
            Exit::JobsFailed
        }
        Sweeping::Cancelled => {
            tell!("{} was cancelled meanwhile", last.sweep);
            Exit::Failure
        }
        _ => Exit::Success,
    }
}
