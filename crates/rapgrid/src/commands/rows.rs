//! Rows of a view, from the database or from a coordinator.

use crate::commands::provenance;
use crate::connection;
use crate::database::{Database, Finder};
use crate::telling::tell;
use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_flight::Ticket;
use arrow_flight::decode::FlightRecordBatchStream;
use arrow_flight::error::FlightError;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_schema::SchemaRef;
use columnar::ColumnarError;
use coordinator::Asked;
use std::pin::Pin;
use store::Store;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use wire::access::{Access, Channel};

/// Where rows come from.
pub(crate) enum Rows {
    /// The database, kept up as long as this lives.
    Database { store: Store, _database: Box<Database> },
    /// A coordinator, by Arrow Flight.
    Coordinator(FlightServiceClient<Channel>),
}

type Items<T> = Pin<Box<dyn Stream<Item = anyhow::Result<T>> + Send>>;

impl Rows {
    /// From the coordinator that is named, else from the database.
    pub(crate) async fn open(named: Option<&Access>, finder: &Finder, sweep: &str) -> anyhow::Result<Self> {
        let Some(access) = named else {
            let (database, store) = finder.open_for(sweep).await?;
            return Ok(Self::Database { store, _database: Box::new(database) });
        };
        let channel = connection::dial(access).await;
        let channel = channel.with_context(|| format!("no coordinator answers at {}", access.address))?;
        let client = FlightServiceClient::new(channel).max_decoding_message_size(wire::MAX_MESSAGE_BYTES);
        Ok(Self::Coordinator(client))
    }

    /// Whether there are such rows; where a coordinator has them, it says so itself.
    pub(crate) async fn check(&self, asked: &Asked) -> anyhow::Result<()> {
        if let Self::Database { store, .. } = self {
            provenance::warn_of_part(&asked.sweep, &store.recorded(&asked.sweep).await?);
            store.columns(&asked.selection(store).await?).await?;
        }
        Ok(())
    }

    /// The rows in batches of one schema.
    pub(crate) async fn batches(&mut self, asked: &Asked) -> anyhow::Result<(SchemaRef, Items<RecordBatch>)> {
        match self {
            Self::Database { store, .. } => {
                let selection = asked.selection(store).await?;
                let reading = columnar::read(store, &selection, asked.words()).await.map_err(of_columnar)?;
                Ok((reading.schema(), Box::pin(reading.map(|batch| batch.map_err(of_columnar)))))
            }
            Self::Coordinator(client) => get(client, asked).await,
        }
    }

    /// The rows as text that is written as it comes.
    pub(crate) async fn text(&mut self, asked: &Asked) -> anyhow::Result<Items<Vec<u8>>> {
        match self {
            Self::Database { store, .. } => {
                let pieces = asked.text(store, &asked.selection(store).await?).await?;
                Ok(Box::pin(ReceiverStream::new(pieces).map(|piece| Ok(piece?))))
            }
            Self::Coordinator(client) => {
                let text = |batch: RecordBatch| {
                    let pieces = batch.column(0).as_binary::<i32>();
                    pieces.iter().flatten().flatten().copied().collect()
                };
                let (_, batches) = get(client, asked).await?;
                Ok(Box::pin(batches.map(move |batch| batch.map(text))))
            }
        }
    }
}

async fn get(
    client: &mut FlightServiceClient<Channel>,
    asked: &Asked,
) -> anyhow::Result<(SchemaRef, Items<RecordBatch>)> {
    let answer = client.do_get(Ticket::new(serde_json::to_vec(asked)?)).await?;
    let data = answer.into_inner().map(|data| data.map_err(FlightError::from));
    let mut batches = FlightRecordBatchStream::new_from_flight_data(data);
    // The schema comes first, and with it what went wrong.
    let first = batches.next().await.transpose().map_err(of_flight)?;
    let schema = batches.schema().cloned().context("the coordinator sent no schema")?;
    if let Some(status) = schema.metadata().get("rapgrid.status").filter(|status| *status != "finished") {
        tell!("{} is {status}: these are shown", asked.sweep);
    }
    let rest = batches.map(|batch| batch.map_err(of_flight));
    Ok((schema, Box::pin(tokio_stream::iter(first.map(Ok)).chain(rest))))
}

/// The database's own error, by which the exit code is chosen.
fn of_columnar(error: ColumnarError) -> anyhow::Error {
    match error {
        ColumnarError::Store(error) => error.into(),
        error => error.into(),
    }
}

/// And the coordinator's.
fn of_flight(error: FlightError) -> anyhow::Error {
    match error {
        FlightError::Tonic(status) => (*status).into(),
        error => error.into(),
    }
}
