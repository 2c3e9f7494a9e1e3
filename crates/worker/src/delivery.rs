//! Delivering results: every job's results are kept until the coordinator has answered them, and sent again on a new
//! stream when the old one breaks.

use crate::outage::Outage;
use crate::{Event, Lease, Metrics, RETRY};
use compute::UnitResult;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;
use wire::access::Channel;
use wire::v1;
use wire::v1::work_client::WorkClient;

/// A handle to the task that delivers.
pub(crate) struct Delivery {
    orders: mpsc::UnboundedSender<Order>,
}

enum Order {
    Deliver(Lease, Vec<UnitResult>, String),
    WorkerId(i64),
}

impl Delivery {
    pub(crate) fn start(
        client: WorkClient<Channel>,
        worker_id: i64,
        events: mpsc::UnboundedSender<Event>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (orders, inbox) = mpsc::unbounded_channel();
        let courier = Courier {
            client,
            worker_id,
            events,
            inbox,
            metrics,
            pending: HashMap::new(),
            outage: Outage::default(),
        };
        tokio::spawn(courier.run());
        Self { orders }
    }

    /// `digest` is that of the spec that the job was computed from.
    pub(crate) fn deliver(&self, lease: Lease, units: Vec<UnitResult>, digest: String) {
        let _ = self.orders.send(Order::Deliver(lease, units, digest));
    }

    pub(crate) fn set_worker_id(&self, worker_id: i64) {
        let _ = self.orders.send(Order::WorkerId(worker_id));
    }
}

struct Courier {
    client: WorkClient<Channel>,
    worker_id: i64,
    events: mpsc::UnboundedSender<Event>,
    inbox: mpsc::UnboundedReceiver<Order>,
    metrics: Arc<Metrics>,
    /// Sent or to be sent, and not answered.
    pending: HashMap<Lease, Vec<v1::ResultChunk>>,
    outage: Outage,
}

impl Courier {
    /// Ends when the worker drops its handle.
    async fn run(mut self) {
        loop {
            // No stream without something to deliver.
            while self.pending.is_empty() {
                let Some(order) = self.inbox.recv().await else { return };
                self.take(order, None);
            }
            let (outgoing, stream) = mpsc::unbounded_channel();
            for chunk in self.pending.values().flatten() {
                let _ = outgoing.send(chunk.clone());
            }
            match self.client.stream_results(UnboundedReceiverStream::new(stream)).await {
                Ok(answers) => {
                    if self.converse(outgoing, answers.into_inner()).await.is_none() {
                        return;
                    }
                }
                Err(status) => self.outage.failed("cannot deliver results", status.message()),
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Sends and hears until the stream breaks; `None` when the worker has dropped its handle.
    async fn converse(
        &mut self,
        outgoing: mpsc::UnboundedSender<v1::ResultChunk>,
        mut answers: Streaming<v1::ResultReceipt>,
    ) -> Option<()> {
        loop {
            tokio::select! {
                order = self.inbox.recv() => self.take(order?, Some(&outgoing)),
                answer = answers.message() => match answer {
                    Ok(Some(receipt)) => {
                        self.outage.worked();
                        if let Some(lease) = receipt.lease.as_ref().map(Lease::from) {
                            let answered = self.pending.remove(&lease).unwrap_or_default();
                            self.metrics.rows_pending.dec_by(rows(&answered));
                        }
                        let _ = self.events.send(Event::Receipt(receipt));
                    }
                    Ok(None) => return Some(()),
                    Err(status) => {
                        self.outage.failed("the stream of results broke", status.message());
                        return Some(());
                    }
                },
            }
        }
    }

    fn take(&mut self, order: Order, outgoing: Option<&mpsc::UnboundedSender<v1::ResultChunk>>) {
        match order {
            Order::WorkerId(worker_id) => self.worker_id = worker_id,
            Order::Deliver(lease, units, digest) => {
                let chunks = chunks(lease, self.worker_id, units, digest);
                for chunk in outgoing.iter().flat_map(|_| &chunks) {
                    let _ = outgoing.map(|outgoing| outgoing.send(chunk.clone()));
                }
                self.metrics.rows_pending.inc_by(rows(&chunks));
                self.pending.insert(lease, chunks);
            }
        }
    }
}

/// Measurement rows in chunks.
fn rows(chunks: &[v1::ResultChunk]) -> i64 {
    chunks.iter().flat_map(|chunk| &chunk.units).map(|unit| unit.measurements.len() as i64).sum()
}

/// A job's results in chunks of bounded size; the last one is marked.
fn chunks(lease: Lease, worker_id: i64, units: Vec<UnitResult>, digest: String) -> Vec<v1::ResultChunk> {
    let cpu_seconds = units.iter().map(|unit| unit.seconds).sum();
    let empty = || v1::ResultChunk {
        lease: Some(lease.into()),
        worker_id,
        units: Vec::new(),
        last: false,
        cpu_seconds: 0.0,
        digest: String::new(),
    };
    let mut chunks = vec![empty()];
    let mut rows = 0;
    for unit in units {
        rows += unit.measurements.len() + unit.degree_counts.len() + unit.levels.len();
        let message = v1::UnitResult {
            unit: unit.unit,
            measurements: unit.measurements.into_iter().map(v1::Measurement::from).collect(),
            degree_counts: unit.degree_counts.into_iter().map(v1::DegreeCount::from).collect(),
            levels: unit.levels.into_iter().map(v1::LevelPair::from).collect(),
        };
        if rows > wire::ROWS_PER_CHUNK {
            rows = 0;
            chunks.push(empty());
        }
        chunks.last_mut().expect("there is always a chunk").units.push(message);
    }
    let last = chunks.last_mut().expect("there is always a chunk");
    (last.last, last.cpu_seconds, last.digest) = (true, cpu_seconds, digest);
    chunks
}
