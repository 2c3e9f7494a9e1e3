//! A view of a sweep, read batch by batch.

use crate::{ColumnarError, Decoder, Words};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use std::collections::HashMap;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use store::Store;
use store::export::{Pieces, Selection};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::Stream;

/// Batches that wait to be taken.
const WAITING: usize = 4;

/// Rows on their way: they are read as long as somebody takes them.
pub struct Reading {
    schema: SchemaRef,
    batches: mpsc::Receiver<Result<RecordBatch, ColumnarError>>,
    decoding: Option<JoinHandle<()>>,
}

/// The schema of a view's rows.
///
/// # Errors
/// If the database fails, or there is no such sweep or column.
pub async fn schema(store: &Store, selection: &Selection, words: Words) -> Result<SchemaRef, ColumnarError> {
    Ok(decoder(store, selection, words).await?.schema())
}

async fn decoder(store: &Store, selection: &Selection, words: Words) -> Result<Decoder, ColumnarError> {
    let metadata: HashMap<String, String> = store.metadata(&selection.sweep).await?.into_iter().collect();
    let columns = store.columns(selection).await?;
    Ok(Decoder::new(&columns, words, metadata))
}

/// Begins to read a view.
///
/// # Errors
/// If the database fails, or there is no such sweep or column.
pub async fn read(store: &Store, selection: &Selection, words: Words) -> Result<Reading, ColumnarError> {
    let decoder = decoder(store, selection, words).await?;
    let schema = decoder.schema();
    let pieces = store.copy_out(selection).await?;
    let (decoded, batches) = mpsc::channel(WAITING);
    let decoding = tokio::task::spawn_blocking(move || decode(decoder, pieces, &decoded));
    Ok(Reading { schema, batches, decoding: Some(decoding) })
}

impl Reading {
    /// Of every batch.
    pub fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}

/// The batches, or why there is no further one.
impl Stream for Reading {
    type Item = Result<RecordBatch, ColumnarError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let batch = ready!(self.batches.poll_recv(context));
        let (None, Some(decoding)) = (&batch, &mut self.decoding) else { return Poll::Ready(batch) };
        // Whether they have ended, or the thread did before its time.
        let ended = ready!(Pin::new(decoding).poll(context));
        self.decoding = None;
        Poll::Ready(ended.err().map(|panic| Err(ColumnarError::GivenUp(panic.to_string()))))
    }
}

fn decode(
    mut decoder: Decoder,
    mut pieces: Pieces,
    decoded: &mpsc::Sender<Result<RecordBatch, ColumnarError>>,
) {
    while let Some(piece) = pieces.blocking_recv() {
        let batch = piece.map_err(ColumnarError::from).and_then(|piece| decoder.push(&piece)).transpose();
        let Some(batch) = batch else { continue };
        let is_last = batch.is_err();
        if decoded.blocking_send(batch).is_err() || is_last {
            return;
        }
    }
    if let Some(last) = decoder.finish().transpose() {
        let _ = decoded.blocking_send(last);
    }
}
