//! `rapgrid coordinator`.

use crate::access;
use crate::arguments::CoordinatorOptions;
use crate::commands::{metrics, shutdown};
use crate::database::Finder;
use crate::exit::{BadInput, Exit};
use crate::telling::say;
use anyhow::Context;
use coordinator::{Security, ServerTls, Settings, Tokens};
use page::Admission;
use std::time::Duration;
use tokio::net::TcpListener;

pub(crate) async fn run(options: CoordinatorOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let security = security(&options)?;
    check_exposure(&options, &security)?;
    let scheme = if security.tls.is_some() { "https" } else { "http" };
    let settings = Settings {
        lease: seconds("--lease-seconds", options.lease_seconds, 0.5, 86_400.0)?,
        max_attempts: options.max_attempts,
        job_seconds: job_seconds(options.job_seconds)?,
        max_rows: options.max_rows,
        security,
        ..Settings::default()
    };
    let (database, store) = finder.connect().await?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another with --listen", options.listen))?;
    // Scripts read the address from the first line of standard output.
    say!("{scheme}://{}", listener.local_addr()?);
    let window = metrics::listener(options.http_listen.or(options.metrics_listen), "--http-listen").await?;
    let admission =
        window.as_ref().map(|window| admission(&options, &settings.security, window)).transpose()?;
    tracing::info!(address = %listener.local_addr()?, "coordinator is up");
    let watched = window.map(|window| {
        let counted = std::sync::Arc::clone(&settings.metrics);
        let page = admission.map_or_else(Default::default, |of| page::routes(store.clone(), of));
        tokio::spawn(coordinator::serve_metrics(store.clone(), counted, window, page, std::future::pending()))
    });
    let served = tokio::select! {
        served = coordinator::serve(store, listener, settings, shutdown::requested()) => served,
        lost = database.lost() => return Err(lost.into()),
    };
    watched.inspect(tokio::task::JoinHandle::abort);
    served?;
    tracing::info!("coordinator has stopped");
    Ok(Exit::Success)
}

/// Reads the certificates, the key and the tokens that the options name.
fn security(options: &CoordinatorOptions) -> anyhow::Result<Security> {
    let tls = match (&options.tls_certificate, &options.tls_key) {
        (Some(certificate), Some(key)) => Some(ServerTls {
            certificate: access::read(certificate)?,
            key: access::read(key)?,
            client_ca: options.tls_client_ca.as_deref().map(access::read).transpose()?,
        }),
        _ => None,
    };
    let tokens = options.tokens.as_deref().map(Tokens::read).transpose();
    Ok(Security { tls, tokens: tokens.map_err(|error| BadInput(error.to_string()))? })
}

/// Who sees the page, whose address is printed.
fn admission(
    options: &CoordinatorOptions,
    security: &Security,
    window: &TcpListener,
) -> anyhow::Result<Admission> {
    let address = window.local_addr()?;
    say!("http://{address}/");
    let asks_for_certificates = security.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some());
    if security.tokens.is_some() && !address.ip().is_loopback() {
        tracing::warn!(%address, "on the page tokens travel in the clear: put a proxy with TLS before it, or a tunnel");
    }
    Ok(match &security.tokens {
        Some(tokens) => Admission::by_tokens(tokens.clone()),
        None if asks_for_certificates => Admission::nobody(),
        None if options.insecure_open && !address.ip().is_loopback() => Admission::everybody(),
        None => Admission::without_tokens(address, &options.http_host),
    })
}

/// Beyond this machine only those are served who can be told from strangers, unless somebody insists.
fn check_exposure(options: &CoordinatorOptions, security: &Security) -> Result<(), BadInput> {
    let address = options.listen;
    if address.ip().is_loopback() {
        return Ok(());
    }
    if !security.knows_callers() {
        if !options.insecure_open {
            return Err(BadInput(format!(
                "on {address} whoever reaches this machine could delete every sweep; give --tokens FILE (`rapgrid \
                 token submit` prints a line for it) or --tls-client-ca, listen on 127.0.0.1 behind a tunnel, or say \
                 --insecure-open"
            )));
        }
        tracing::warn!(%address, "--insecure-open: whoever reaches this address may do everything");
    }
    if security.tokens.is_some() && security.tls.is_none() {
        tracing::warn!(
            %address,
            "tokens travel in the clear: whoever listens on the network can use them; give --tls-certificate and --tls-key"
        );
    }
    Ok(())
}

/// What a job is cut to.
pub(crate) fn job_seconds(value: f64) -> Result<f64, BadInput> {
    Ok(seconds("--job-seconds", value, 0.00001, 86_400.0)?.as_secs_f64())
}

fn seconds(name: &str, value: f64, least: f64, most: f64) -> Result<Duration, BadInput> {
    if (least..=most).contains(&value) {
        Ok(Duration::from_secs_f64(value))
    } else {
        Err(BadInput(format!("{name} is {value}; it must be between {least} and {most} seconds")))
    }
}
