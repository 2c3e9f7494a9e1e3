//! `rapgrid worker`.

use crate::arguments::WorkerOptions;
use crate::build;
use crate::commands::{metrics, shutdown};
use crate::exit::Exit;
use std::sync::Arc;
use std::time::Duration;
use worker::Ended;

pub(crate) async fn run(options: WorkerOptions) -> anyhow::Result<Exit> {
    let all_cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let settings = worker::Settings {
        coordinator: options.access.access(&options.coordinator)?,
        threads: options.threads.map_or_else(all_cores, usize::from),
        version: build::VERSION.to_owned(),
        git_revision: build::GIT_REVISION.to_owned(),
        sweep: options.sweep,
        exit_when_idle: options.exit_when_idle,
        grace: Duration::from_secs(options.grace_seconds.into()),
        metrics: Arc::default(),
        time_limit: options.time_limit,
    };
    let watched = metrics::listener(options.metrics_listen, "--metrics-listen").await?.map(|window| {
        tokio::spawn(worker::serve_metrics(Arc::clone(&settings.metrics), window, std::future::pending()))
    });
    let ran = worker::run(settings, shutdown::requested()).await;
    watched.inspect(tokio::task::JoinHandle::abort);
    Ok(match ran? {
        Ended::AsAsked => Exit::Success,
        Ended::OutOfTime => Exit::OutOfTime,
    })
}
