//! Which coordinator, and what it takes to be let in.

use clap::Args;
use std::path::PathBuf;

/// Where a coordinator listens unless told otherwise.
pub(crate) const DEFAULT_ADDRESS: &str = "http://127.0.0.1:7400";

/// Which coordinator.
#[derive(Debug, Clone, Args)]
pub(crate) struct CoordinatorAddress {
    /// The coordinator, http://HOST:PORT, or several of one database with commas between them [default: one on this
    /// machine, else the private database]
    #[arg(long, env = "RAPGRID_COORDINATOR", value_name = "URL")]
    pub(crate) coordinator: Option<String>,
    #[command(flatten)]
    pub(crate) access: AccessOptions,
}

/// What it takes to be let in by a coordinator. The token alone may also stand in RAPGRID_TOKEN.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessOptions {
    /// Certificates, PEM, of who vouches for an https:// coordinator [default: those that the system trusts]
    #[arg(long, env = "RAPGRID_TLS_CA", value_name = "FILE", hide_env_values = true)]
    pub(crate) tls_ca: Option<PathBuf>,
    /// Your certificate, PEM, where the coordinator asks for one
    #[arg(
        long,
        env = "RAPGRID_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key",
        hide_env_values = true
    )]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The key of your certificate, PEM
    #[arg(
        long,
        env = "RAPGRID_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate",
        hide_env_values = true
    )]
    pub(crate) tls_key: Option<PathBuf>,
    /// File with your token [default: the token in RAPGRID_TOKEN]
    #[arg(long, env = "RAPGRID_TOKEN_FILE", value_name = "FILE", hide_env_values = true)]
    pub(crate) token_file: Option<PathBuf>,
}
