//! Delivering results: every job's results are kept until the coordinator has answered them, and sent again on a new
//! stream when the old one breaks.

use crate::event::Event;
use crate::lease::{Lease, Registration};
use crate::metrics::Metrics;
use crate::outage::RETRY;
use compute::UnitResult;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Status, Streaming};
use wire::access::Channel;
use wire::v1;
use wire::v1::work_client::WorkClient;

/// A handle to the task that delivers what was leased under one registration. Without it nothing is sent any more: what
/// another database answered to would be meant for other jobs of the same numbers.
pub(crate) struct Delivery {
    orders: mpsc::UnboundedSender<Order>,
    courier: JoinHandle<()>,
}

impl Delivery {
    pub(crate) fn start(
        client: WorkClient<Channel>,
        registration: Registration,
        events: mpsc::UnboundedSender<Event>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (orders, inbox) = mpsc::unbounded_channel();
        let pending = HashMap::new();
        let courier = Courier { client, registration, events, inbox, metrics, pending };
        Self { orders, courier: tokio::spawn(courier.run()) }
    }

    /// `digest` is that of the spec that the job was computed from.
    pub(crate) fn deliver(&self, lease: Lease, units: Vec<UnitResult>, digest: String) {
        let _ = self.orders.send(Order { lease, units, digest });
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.courier.abort();
    }
}

struct Order {
    lease: Lease,
    units: Vec<UnitResult>,
    digest: String,
}

struct Courier {
    client: WorkClient<Channel>,
    registration: Registration,
    events: mpsc::UnboundedSender<Event>,
    inbox: mpsc::UnboundedReceiver<Order>,
    metrics: Arc<Metrics>,
    /// Sent or to be sent, and not answered.
    pending: HashMap<Lease, Vec<v1::ResultChunk>>,
}
impl Courier {
    /// Goes on until the handle is dropped.
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
                Ok(answers) => self.converse(&outgoing, answers.into_inner()).await,
                Err(status) => self.tell_of_failure("cannot deliver results", &status),
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Sends and hears until the stream breaks.
    async fn converse(
        &mut self,
        outgoing: &mpsc::UnboundedSender<v1::ResultChunk>,
        mut answers: Streaming<v1::ResultReceipt>,
    ) {
        loop {
            tokio::select! {
                Some(order) = self.inbox.recv() => self.take(order, Some(outgoing)),
                answer = answers.message() => match answer {
                    Ok(Some(receipt)) => self.on_receipt(receipt),
                    Ok(None) => return,
                    Err(status) => return self.tell_of_failure("the stream of results broke", &status),
                },
            }
        }
    }

    fn take(&mut self, order: Order, outgoing: Option<&mpsc::UnboundedSender<v1::ResultChunk>>) {
        let Order { lease, units, digest } = order;
        let chunks = chunks(lease, units, digest);
        for chunk in outgoing.iter().flat_map(|_| &chunks) {
            let _ = outgoing.map(|outgoing| outgoing.send(chunk.clone()));
        }
        self.metrics.rows_pending.inc_by(rows(&chunks));
        self.pending.insert(lease, chunks);
    }

    fn on_receipt(&mut self, receipt: v1::ResultReceipt) {
        let Some(lease) = receipt.lease.map(|lease| Lease::new(self.registration, lease)) else { return };
        let answered = self.pending.remove(&lease).unwrap_or_default();
        self.metrics.rows_pending.dec_by(rows(&answered));
        let (verdict, reason) = (receipt.verdict(), receipt.reason);
        let _ = self.events.send(Event::Receipt { lease, verdict, reason });
    }

    fn tell_of_failure(&self, what: &'static str, status: &Status) {
        let _ = self.events.send(Event::DeliveryFailed { what, reason: status.message().to_owned() });
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.metrics.rows_pending.dec_by(self.pending.values().map(|chunks| rows(chunks)).sum());
    }
}

/// Measurement rows in chunks.
fn rows(chunks: &[v1::ResultChunk]) -> i64 {
    chunks.iter().flat_map(|chunk| &chunk.units).map(|unit| unit.measurements.len() as i64).sum()
}

/// A job's results in chunks of bounded size; the last one is marked.
fn chunks(lease: Lease, units: Vec<UnitResult>, digest: String) -> Vec<v1::ResultChunk> {
    let cpu_seconds = units.iter().map(|unit| unit.seconds).sum();
    let empty = || v1::ResultChunk {
        lease: Some(lease.into()),
        worker_id: lease.registration.worker_id,
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
