//! Arguments of the page in a browser.

use clap::Args;
use std::net::SocketAddr;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid page --open                             here, in this machine's browser
  rapgrid page --http-listen 127.0.0.1:7480       on a login node; then, at home,
    ssh -L 7480:127.0.0.1:7480 login1             and open the printed address there

It shows the sweeps of the database that `rapgrid scan` uses, until Ctrl-C. The
address holds a token: whoever has it may look, and pause or cancel sweeps. A
coordinator serves the same page (`rapgrid coordinator --http-listen …`).")]
pub(crate) struct PageOptions {
    /// Open it in a browser
    #[arg(long)]
    pub(crate) open: bool,
    /// Where to serve it
    #[arg(long, default_value = "127.0.0.1:7480", env = "RAPGRID_HTTP_LISTEN", value_name = "ADDRESS")]
    pub(crate) http_listen: SocketAddr,
}

/// The page of a scan.
#[derive(Debug, Args)]
pub(crate) struct ShownPage {
    /// Look at it in a browser meanwhile; `rapgrid page` shows it afterwards
    #[arg(long)]
    pub(crate) open: bool,
    /// Where to serve that page [default: nowhere, with --open a free port of this machine]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http_listen: Option<SocketAddr>,
}
