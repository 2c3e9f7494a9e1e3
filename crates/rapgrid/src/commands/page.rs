//! `rapgrid page`, and the page of a scan.

use crate::access;
use crate::arguments::{PageOptions, ShownPage};
use crate::commands::shutdown;
use crate::database::Finder;
use crate::exit::Exit;
use crate::telling::{say, tell};
use anyhow::Context;
use coordinator::Tokens;
use std::io;
use std::net::SocketAddr;
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) async fn run(options: PageOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (database, store) =
        finder.open().await?.context("there is no sweep yet: `rapgrid scan` makes one")?;
    let listen = options.http_listen;
    let shown = show(&store, listen, options.open).await?;
    tokio::select! {
        ended = shown => ended??,
        () = shutdown::requested() => {}
        lost = database.lost() => return Err(lost.into()),
    }
    Ok(Exit::Success)
}

/// Shows the page of a scan, if it was asked for.
pub(crate) async fn of_scan(
    store: &Store,
    asked: &ShownPage,
) -> anyhow::Result<Option<JoinHandle<io::Result<()>>>> {
    if !asked.open && asked.http_listen.is_none() {
        return Ok(None);
    }
    let listen = asked.http_listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
    Ok(Some(show(store, listen, asked.open).await?))
}

/// Serves it to whoever has the token of its address, which is printed; a browser is given one that is good once.
async fn show(store: &Store, listen: SocketAddr, open: bool) -> anyhow::Result<JoinHandle<io::Result<()>>> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; choose another with --http-listen"))?;
    let address = listener.local_addr()?;
    let (token, code) = (access::random_token()?, access::random_token()?);
    let admission = page::Admission::by_tokens(Tokens::own(&token)).with_launch(&code, &token);
    let serving = tokio::spawn(page::serve(listener, store.clone(), admission));
    if !address.ip().is_loopback() {
        tell!(
            "the page's token travels in the clear: on a network that others listen to, use a tunnel (ssh -L)"
        );
    }
    say!("http://{address}/#token={token}");
    if open && let Err(error) = open::that_detached(format!("http://{address}/#token={code}")) {
        tell!("no browser could be opened here ({error}): open the address above in one");
    }
    Ok(serving)
}
