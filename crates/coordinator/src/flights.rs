//! Arrow Flight: results for whoever may read sweeps, without a URL of the database.
//!
//! A descriptor's path is a sweep's name, and a view's if it is not that of all rows; its command, like a ticket, is an
//! [`Asked`] in JSON. Any Flight client reads the rows of a view as record batches. Where the format is `csv` or
//! `json` they come as the text that `rapgrid export` writes, in pieces.

use crate::error::CoordinatorError;
use crate::shared::Coordinator;
use arrow_array::{ArrayRef, BinaryArray, RecordBatch};
use arrow_flight::encode::{DictionaryHandling, FlightDataEncoderBuilder};
use arrow_flight::error::FlightError;
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightEndpoint, FlightInfo,
    HandshakeRequest, HandshakeResponse, IpcMessage, PollInfo, PutResult, SchemaAsIpc, SchemaResult, Ticket,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use columnar::{ColumnarError, Words};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use store::export::{Pieces, Selection, View};
use store::{Store, StoreError};
use tokio::sync::Semaphore;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

/// Streams under way at a time, each with a connection to the database and some ten megabytes. Others wait for one to
/// end.
const MOST_STREAMS: usize = 8;

pub(crate) struct Flights {
    coordinator: Arc<Coordinator>,
    streams: Arc<Semaphore>,
}

impl Flights {
    pub(crate) fn of(coordinator: Arc<Coordinator>) -> Self {
        Self { coordinator, streams: Arc::new(Semaphore::new(MOST_STREAMS)) }
    }

    fn store(&self) -> &Store {
        &self.coordinator.store
    }

    /// The schema of the rows of a selection.
    async fn schema(&self, asked: &Asked) -> Result<SchemaRef, CoordinatorError> {
        match asked.format {
            RowFormat::Arrow => {
                let selection = asked.selection(self.store()).await?;
                columnar::schema(self.store(), &selection, asked.words()).await.map_err(of_columnar)
            }
            RowFormat::Csv | RowFormat::Json => Ok(text_schema(self.store().metadata(&asked.sweep).await?)),
        }
    }

    async fn info(&self, asked: Asked, descriptor: FlightDescriptor) -> Result<FlightInfo, CoordinatorError> {
        let schema = self.schema(&asked).await?;
        let ticket =
            serde_json::to_vec(&asked).map_err(|error| CoordinatorError::Malformed(error.to_string()))?;
        let info = FlightInfo::new().try_with_schema(&schema);
        let info = info.map_err(|error| CoordinatorError::Malformed(error.to_string()))?;
        // An endpoint without a place is the one that was asked.
        let endpoint = FlightEndpoint::new().with_ticket(Ticket::new(ticket));
        Ok(info.with_endpoint(endpoint).with_descriptor(descriptor).with_ordered(asked.ordered))
    }
}

/// Which rows, and how: a ticket of DoGet, and the command of a descriptor, in JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The sweep's name.
    pub sweep: String,
    /// The view's name in SQL; if it is not said, the one with every row of the sweep.
    #[serde(default)]
    pub view: Option<String>,
    /// In this order; all of them if empty.
    #[serde(default)]
    pub columns: Vec<String>,
    /// In the order of their identity; so they are if it is not said.
    #[serde(default = "yes")]
    pub ordered: bool,
    /// Words as dictionaries that grow with the batches, as they do if it is not said; else as texts.
    #[serde(default = "yes")]
    pub dictionaries: bool,
    /// As what.
    #[serde(default)]
    pub format: RowFormat,
}

/// What the batches of an answer hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowFormat {
    /// The rows.
    #[default]
    Arrow,
    /// Pieces of a CSV with a header: one column of bytes.
    Csv,
    /// Pieces of lines of JSON, likewise.
    Json,
}

fn yes() -> bool {
    true
}

impl Asked {
    fn of_json(json: &[u8]) -> Result<Self, CoordinatorError> {
        let example = r#"{"sweep": "NAME", "view": "phase_diagram"}"#;
        serde_json::from_slice(json)
            .map_err(|error| CoordinatorError::Malformed(format!("{error}; expected JSON such as {example}")))
    }

    fn of_descriptor(descriptor: &FlightDescriptor) -> Result<Self, CoordinatorError> {
        let (sweep, view) = match &descriptor.path[..] {
            [] => return Self::of_json(&descriptor.cmd),
            [sweep] => (sweep, None),
            [sweep, view] => (sweep, Some(view.clone())),
            _ => return Err(CoordinatorError::Malformed("a path is a sweep's name and a view's".to_owned())),
        };
        let (columns, format) = (Vec::new(), RowFormat::Arrow);
        Ok(Self { sweep: sweep.clone(), view, columns, ordered: true, dictionaries: true, format })
    }

    /// How words are handed out.
    pub fn words(&self) -> Words {
        if self.dictionaries { Words::Dictionaries } else { Words::Plain }
    }

    /// The rows in a database.
    ///
    /// # Errors
    /// If there is no such view, or the database fails.
    pub async fn selection(&self, store: &Store) -> Result<Selection, CoordinatorError> {
        let view = match &self.view {
            Some(view) => View::of_name(view).map_err(CoordinatorError::Malformed)?,
            None if store.trains(&self.sweep).await? => View::TrainingResults,
            None => View::Results,
        };
        let (sweep, columns) = (self.sweep.clone(), self.columns.clone());
        Ok(Selection { view, sweep, columns, is_ordered: self.ordered })
    }

    /// The text of rows, in pieces.
    ///
    /// # Errors
    /// If there is no such column, or the database fails.
    pub async fn text(&self, store: &Store, selection: &Selection) -> Result<Pieces, CoordinatorError> {
        Ok(match self.format {
            RowFormat::Json => store.json_out(selection).await?,
            RowFormat::Csv | RowFormat::Arrow => store.csv_out(selection).await?,
        })
    }
}

fn of_columnar(error: ColumnarError) -> CoordinatorError {
    match error {
        ColumnarError::Store(error) => error.into(),
        error => CoordinatorError::Results(error.to_string()),
    }
}

fn text_schema(metadata: Vec<(String, String)>) -> SchemaRef {
    let metadata: HashMap<String, String> = metadata.into_iter().collect();
    Arc::new(Schema::new_with_metadata(vec![Field::new("text", DataType::Binary, false)], metadata))
}

/// Of one piece each.
fn text_batches(pieces: Pieces, schema: SchemaRef) -> impl Stream<Item = Result<RecordBatch, FlightError>> {
    ReceiverStream::new(pieces).map(move |piece| {
        let text = piece.map_err(of_store)?;
        let column: ArrayRef = Arc::new(BinaryArray::from_vec(vec![&text]));
        Ok(RecordBatch::try_new(SchemaRef::clone(&schema), vec![column])?)
    })
}

fn of_store(error: StoreError) -> FlightError {
    FlightError::Tonic(Box::new(CoordinatorError::from(error).into()))
}

type Batches = Pin<Box<dyn Stream<Item = Result<RecordBatch, FlightError>> + Send>>;
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn not_served<T>(what: &str) -> Result<T, Status> {
    Err(Status::unimplemented(format!("{what} is not served: results are read by GetFlightInfo and DoGet")))
}

#[tonic::async_trait]
impl FlightService for Flights {
    type HandshakeStream = Answers<HandshakeResponse>;
    type ListFlightsStream = Answers<FlightInfo>;
    type DoGetStream = Answers<FlightData>;
    type DoPutStream = Answers<PutResult>;
    type DoExchangeStream = Answers<FlightData>;
    type DoActionStream = Answers<arrow_flight::Result>;
    type ListActionsStream = Answers<ActionType>;

    /// Every sweep with its rows.
    async fn list_flights(&self, _: Request<Criteria>) -> Result<Response<Self::ListFlightsStream>, Status> {
        let sweeps = self.store().progress(None).await.map_err(CoordinatorError::from)?;
        let mut infos = Vec::new();
        for sweep in sweeps {
            let descriptor = FlightDescriptor::new_path(vec![sweep.sweep]);
            let asked = Asked::of_descriptor(&descriptor)?;
            infos.push(self.info(asked, descriptor).await.map_err(Status::from));
        }
        Ok(Response::new(Box::pin(tokio_stream::iter(infos))))
    }

    async fn get_flight_info(
        &self,
        request: Request<FlightDescriptor>,
    ) -> Result<Response<FlightInfo>, Status> {
        let descriptor = request.into_inner();
        let asked = Asked::of_descriptor(&descriptor)?;
        Ok(Response::new(self.info(asked, descriptor).await?))
    }

    async fn get_schema(&self, request: Request<FlightDescriptor>) -> Result<Response<SchemaResult>, Status> {
        let schema = self.schema(&Asked::of_descriptor(request.get_ref())?).await?;
        let options = arrow_ipc::writer::IpcWriteOptions::default();
        let message: Result<IpcMessage, _> = SchemaAsIpc::new(&schema, &options).try_into();
        let IpcMessage(schema) = message.map_err(|error| Status::internal(error.to_string()))?;
        Ok(Response::new(SchemaResult { schema }))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Result<Response<Self::DoGetStream>, Status> {
        let asked = Asked::of_json(&request.get_ref().ticket)?;
        let selection = asked.selection(self.store()).await?;
        let permit = Arc::clone(&self.streams).acquire_owned().await;
        let permit = permit.map_err(|_| Status::unavailable("the coordinator stops"))?;
        let store = self.store();
        let (schema, batches): (SchemaRef, Batches) = match asked.format {
            RowFormat::Arrow => {
                let reading = columnar::read(store, &selection, asked.words()).await.map_err(of_columnar)?;
                let schema = reading.schema();
                let refused = |error| FlightError::Tonic(Box::new(of_columnar(error).into()));
                (schema, Box::pin(reading.map(move |batch| batch.map_err(refused))))
            }
            RowFormat::Csv | RowFormat::Json => {
                let metadata = store.metadata(&asked.sweep).await.map_err(CoordinatorError::from)?;
                let schema = text_schema(metadata);
                let pieces = asked.text(store, &selection).await?;
                (SchemaRef::clone(&schema), Box::pin(text_batches(pieces, schema)))
            }
        };
        let encoded = FlightDataEncoderBuilder::new()
            .with_schema(schema)
            .with_dictionary_handling(DictionaryHandling::Resend)
            .build(batches);
        let answers = encoded.map(move |data| {
            let _until_the_end = &permit;
            data.map_err(Status::from)
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn handshake(
        &self,
        _: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Self::HandshakeStream>, Status> {
        not_served("a handshake (every call carries its token as `authorization: Bearer TOKEN`)")
    }

    async fn poll_flight_info(&self, _: Request<FlightDescriptor>) -> Result<Response<PollInfo>, Status> {
        not_served("PollFlightInfo")
    }

    async fn do_put(&self, _: Request<Streaming<FlightData>>) -> Result<Response<Self::DoPutStream>, Status> {
        not_served("DoPut")
    }

    async fn do_exchange(
        &self,
        _: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoExchangeStream>, Status> {
        not_served("DoExchange")
    }

    async fn do_action(&self, _: Request<Action>) -> Result<Response<Self::DoActionStream>, Status> {
        not_served("DoAction")
    }

    async fn list_actions(&self, _: Request<Empty>) -> Result<Response<Self::ListActionsStream>, Status> {
        not_served("ListActions")
    }
}
