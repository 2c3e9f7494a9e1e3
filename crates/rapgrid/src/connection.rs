//! Finds a coordinator: the one that is named, else one on this machine, else one of its own over the database.

use crate::access;
use crate::arguments::address::{CoordinatorAddress, DEFAULT_ADDRESS};
use crate::database::{Database, Finder};
use anyhow::Context;
use coordinator::{Security, Settings, Tokens};
use std::net::SocketAddr;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wire::access::{Access, Channel, ClientTls, Token};
use wire::v1::sweeps_client::SweepsClient;

/// A coordinator in this process, over a database of its own finding.
pub(crate) struct OwnCoordinator {
    pub(crate) access: Access,
    pub(crate) store: Store,
    /// In use as long as this lives.
    pub(crate) database: Database,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), coordinator::CoordinatorError>>,
}

impl OwnCoordinator {
    /// Serves on a free port of the loopback interface, where others of this machine may call: only those are let in
    /// who have the token, which never leaves this process.
    pub(crate) async fn start(
        (database, store): (Database, Store),
        settings: Settings,
    ) -> anyhow::Result<Self> {
        let token = access::random_token()?;
        let security = Security { tls: None, tokens: Some(Tokens::own(&token)) };
        let settings = Settings { security, ..settings };
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let access = Access { token: Some(Token::new(&token)?), ..Access::plain(address) };
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = coordinator::serve(store.clone(), listener, settings, async {
            let _ = stopped.await;
        });
        Ok(Self { access, store, database, stop: Some(stop), task: tokio::spawn(serving) })
    }

    /// Stops serving and closes the database's connections.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        let _ = tokio::time::timeout(Duration::from_secs(2), &mut self.task).await;
        self.task.abort();
        let _ = tokio::time::timeout(Duration::from_secs(2), self.store.close()).await;
    }
}

/// A connection for people's commands.
pub(crate) struct Connection {
    pub(crate) sweeps: SweepsClient<Channel>,
    /// Where the connection goes to this process itself.
    pub(crate) own: Option<OwnCoordinator>,
}

impl Connection {
    /// Connects to the coordinator that is named; without one to a coordinator on this machine, or, where none runs or
    /// a database is named, to one of its own over the database that `scan` uses. `None` if that has no schema yet, and
    /// the caller does not mean to make one.
    pub(crate) async fn open(
        named: &CoordinatorAddress,
        finder: &Finder,
        makes_schema: bool,
    ) -> anyhow::Result<Option<Self>> {
        if let Some(address) = &named.coordinator {
            let channel = dial(&named.access.access(address)?).await.with_context(|| {
                format!("no coordinator answers at {address}; start one with `rapgrid coordinator`")
            })?;
            return Ok(Some(Self { sweeps: client(channel), own: None }));
        }
        // Whoever names a database means that one, and not what some coordinator on this machine has.
        if !finder.is_named()
            && let Ok(channel) =
                dial(&Access { tls: ClientTls::default(), ..named.access.access(DEFAULT_ADDRESS)? }).await
        {
            return Ok(Some(Self { sweeps: client(channel), own: None }));
        }
        // It lives for one command: failing jobs for good is not its business.
        let settings = Settings { max_attempts: i32::MAX, ..Settings::default() };
        let found = if makes_schema { Some(finder.connect().await?) } else { finder.open().await? };
        let Some(found) = found else { return Ok(None) };
        let own = OwnCoordinator::start(found, settings).await?;
        Ok(Some(Self { sweeps: client(dial(&own.access).await?), own: Some(own) }))
    }

    /// Ends the connection, and the coordinator of its own.
    pub(crate) async fn close(self) {
        if let Some(own) = self.own {
            drop(self.sweeps);
            own.stop().await;
        }
    }
}

/// Connects to a coordinator.
pub(crate) async fn dial(access: &Access) -> anyhow::Result<Channel> {
    Ok(access.connect(&access.endpoint()?).await?)
}

/// A client with the protocol's limits.
pub(crate) fn client(channel: Channel) -> SweepsClient<Channel> {
    SweepsClient::new(channel)
        .max_decoding_message_size(wire::MAX_MESSAGE_BYTES)
        .max_encoding_message_size(wire::MAX_MESSAGE_BYTES)
}
