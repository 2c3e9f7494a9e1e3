//! Arguments of the service: coordinators, workers and their tokens.

use super::address::{AccessOptions, DEFAULT_ADDRESS};
use clap::Args;
use coordinator::Role;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid coordinator                                       for this machine alone
  rapgrid coordinator --http-listen 127.0.0.1:7480          with its page, and metrics for Prometheus
  rapgrid token submit > tokens; rapgrid token work >> tokens; chmod 600 tokens
  rapgrid coordinator --listen 10.0.0.5:7400 --tokens tokens --tls-certificate cert.pem --tls-key key.pem
  rapgrid coordinator --listen 10.0.0.5:7400 --tls-certificate cert.pem --tls-key key.pem --tls-client-ca ca.pem

The tokens file holds one ROLE TOKEN [LAST-DAY] a line. submit may do everything but work, work may compute, read may look.
It is read again when it changes.")]
pub(crate) struct CoordinatorOptions {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:7400", env = "RAPGRID_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Where to serve the page, /metrics, /healthz and /readyz over HTTP [default: nowhere]. Metrics show names of
    /// sweeps and hosts to whoever asks; the page, beyond this machine, only to whoever has a token
    #[arg(long, env = "RAPGRID_HTTP_LISTEN", value_name = "ADDRESS")]
    pub(crate) http_listen: Option<SocketAddr>,
    /// What --http-listen was called before there was a page
    #[arg(long, env = "RAPGRID_METRICS_LISTEN", value_name = "ADDRESS", hide = true)]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Without tokens, another name of this machine that the page answers to: that of a proxy before it
    #[arg(long, value_name = "NAME")]
    pub(crate) http_host: Vec<String>,
    /// How long a lease lasts without a heartbeat, in seconds
    #[arg(long, default_value_t = 15.0, value_name = "SECONDS")]
    pub(crate) lease_seconds: f64,
    /// Attempts of a job before it rests as failed
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(i32).range(1..=1000), value_name = "N")]
    pub(crate) max_attempts: i32,
    /// Compute time that a job is cut to, in seconds of one core
    #[arg(long, default_value_t = 2.0, value_name = "SECONDS")]
    pub(crate) job_seconds: f64,
    /// Rows of a sweep that are accepted
    #[arg(long, default_value_t = coordinator::MAX_ROWS, value_name = "N")]
    pub(crate) max_rows: u64,
    /// File of the tokens that callers must show one of; its owner's alone
    #[arg(long, env = "RAPGRID_TOKENS", value_name = "FILE", hide_env_values = true)]
    pub(crate) tokens: Option<PathBuf>,
    /// Certificate for TLS, PEM, with those that lead to its root
    #[arg(
        long,
        env = "RAPGRID_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key",
        hide_env_values = true
    )]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's key, PEM
    #[arg(
        long,
        env = "RAPGRID_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate",
        hide_env_values = true
    )]
    pub(crate) tls_key: Option<PathBuf>,
    /// Serve only those who have a certificate of this authority, PEM
    #[arg(
        long,
        env = "RAPGRID_TLS_CLIENT_CA",
        value_name = "FILE",
        requires = "tls_certificate",
        hide_env_values = true
    )]
    pub(crate) tls_client_ca: Option<PathBuf>,
    /// Listen beyond this machine without asking who calls: whoever reaches the port may delete every sweep
    #[arg(long)]
    pub(crate) insecure_open: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid worker                                   all cores, this machine's coordinator
  rapgrid worker --coordinator http://login1:7400 --threads 8 --exit-when-idle
  rapgrid worker --time-limit $(squeue -h -j $SLURM_JOB_ID -o %L)")]
pub(crate) struct WorkerOptions {
    /// The coordinator, or several of one database with commas between them: one that answers is called
    #[arg(long, env = "RAPGRID_COORDINATOR", default_value = DEFAULT_ADDRESS, value_name = "URL")]
    pub(crate) coordinator: String,
    #[command(flatten)]
    pub(crate) access: AccessOptions,
    /// Threads that compute [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Take only jobs of this sweep
    #[arg(long, value_name = "NAME")]
    pub(crate) sweep: Option<String>,
    /// End when no work is left
    #[arg(long)]
    pub(crate) exit_when_idle: bool,
    /// Where to serve /metrics, /healthz and /readyz over HTTP [default: nowhere]
    #[arg(long, env = "RAPGRID_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// On SIGTERM or Ctrl-C, how long to go on with jobs under way before giving them back, in seconds; another Ctrl-C
    /// ends at once
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    pub(crate) grace_seconds: u32,
    /// End within this time from the start, with exit code 6 (5 if no coordinator answered): take no job that takes
    /// longer, and drain a grace time before it is over. Seconds, or HOURS:MINUTES:SECONDS or
    /// DAYS-HOURS:MINUTES:SECONDS as batch systems write it
    #[arg(long, value_name = "TIME", value_parser = time_limit)]
    pub(crate) time_limit: Option<Duration>,
}

/// Seconds, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS, as Slurm prints the time that a job has left.
fn time_limit(text: &str) -> Result<Duration, String> {
    // What it prints of a job without a limit, and what people write after it.
    if ["UNLIMITED", "NOT_SET", "INVALID"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Ok(Duration::from_secs(10 * 365 * 86_400));
    }
    let malformed = || format!("{text:?} is not a time; expected seconds, MM:SS, HH:MM:SS or D-HH:MM:SS");
    let number = |text: &str| text.parse::<u32>().map(u64::from).map_err(|_| malformed());
    let (days, clock) = text.split_once('-').map_or((None, text), |(days, clock)| (Some(days), clock));
    let mut fields = clock.split(':').map(number).collect::<Result<Vec<_>, _>>()?;
    if days.is_some() {
        // After days come hours, whatever follows.
        fields.resize(fields.len().max(3), 0);
    }
    if fields.len() > 3 {
        return Err(malformed());
    }
    let days = days.map_or(Ok(0), number)?;
    Ok(Duration::from_secs(days * 86_400 + fields.iter().fold(0, |total, field| total * 60 + field)))
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid token submit > tokens; chmod 600 tokens      (or umask 077 before)
  rapgrid token work --last-day 2027-01-31 >> tokens
  RAPGRID_TOKEN=… rapgrid list          with the second word of a line; or
                                        --token-file with a file that holds it")]
pub(crate) struct TokenOptions {
    /// What its bearer may do: submit (everything but work), work (compute) or read (look)
    #[arg(value_parser = role)]
    pub(crate) role: Role,
    /// The last day on which it is good, in UTC [default: for ever]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) last_day: Option<String>,
}

fn role(name: &str) -> Result<Role, String> {
    let names = || Role::ALL.map(Role::name).join(", ");
    Role::from_name(name).ok_or_else(|| format!("the roles are {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_is_read_as_batch_systems_write_it() {
        for (text, seconds) in
            [("90", 90), ("01:30", 90), ("1:00:00", 3600), ("2-12", 216_000), ("1-0:1", 86_460)]
        {
            assert_eq!(time_limit(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for none in ["UNLIMITED", "unlimited", "Unlimited", "not_set", "Invalid"] {
            assert!(time_limit(none).unwrap() > Duration::from_secs(365 * 86_400), "{none}");
        }
        for wrong in ["", "limited", "1:2:3:4", "-5", "1.5"] {
            assert!(time_limit(wrong).unwrap_err().contains("expected seconds"), "{wrong}");
        }
    }
}
