//! `rapgrid coordinator`.

use crate::arguments::CoordinatorOptions;
use crate::commands::shutdown;
use crate::database::Finder;
use crate::exit::{BadInput, Exit};
use anyhow::Context;
use coordinator::Settings;
use std::time::Duration;
use tokio::net::TcpListener;

pub(crate) async fn run(options: CoordinatorOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let settings = Settings {
        lease: seconds("--lease-seconds", options.lease_seconds, 0.5, 86_400.0)?,
        max_attempts: options.max_attempts,
        job_seconds: seconds("--job-seconds", options.job_seconds, 0.00001, 86_400.0)?.as_secs_f64(),
    };
    if !options.listen.ip().is_loopback() {
        tracing::warn!(address = %options.listen, "listening beyond this machine, without authentication");
    }
    let (_database, store) = finder.connect().await?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another with --listen", options.listen))?;
    // Scripts read the address from the first line of standard output.
    println!("http://{}", listener.local_addr()?);
    tracing::info!(address = %listener.local_addr()?, "coordinator is up");
    coordinator::serve(store, listener, settings, shutdown::requested()).await?;
    tracing::info!("coordinator has stopped");
    Ok(Exit::Success)
}

fn seconds(name: &str, value: f64, least: f64, most: f64) -> Result<Duration, BadInput> {
    if (least..=most).contains(&value) {
        Ok(Duration::from_secs_f64(value))
    } else {
        Err(BadInput(format!("{name} is {value}; it must be between {least} and {most} seconds")))
    }
}
