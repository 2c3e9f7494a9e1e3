//! Delivering results: every job's results are kept until the coordinator has answered them, and sent again on a new
//! stream when the old one breaks.

use crate::event::Event;
use crate::lease::{Lease, Registration};
use crate::metrics::Metrics;
use crate::outage::RETRY;
use compute::UnitResult;
use std::collections::HashMap;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::Stream;
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

/// A job's results.
struct Order {
    lease: Lease,
    units: Vec<UnitResult>,
    digest: String,
}

impl Order {
    /// Measurement rows.
    fn rows(&self) -> i64 {
        self.units.iter().map(|unit| unit.rows.measurements.len() as i64).sum()
    }
}

struct Courier {
    client: WorkClient<Channel>,
    registration: Registration,
    events: mpsc::UnboundedSender<Event>,
    inbox: mpsc::UnboundedReceiver<Order>,
    metrics: Arc<Metrics>,
    /// Sent or to be sent, and not answered.
    pending: HashMap<Lease, Arc<Order>>,
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
            for order in self.pending.values() {
                let _ = outgoing.send(Arc::clone(order));
            }
            match self.client.stream_results(Outgoing { orders: stream, current: None }).await {
                Ok(answers) => self.converse(&outgoing, answers.into_inner()).await,
                Err(status) => self.tell_of_failure("cannot deliver results", &status),
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Sends and hears until the stream breaks.
    async fn converse(
        &mut self,
        outgoing: &mpsc::UnboundedSender<Arc<Order>>,
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

    fn take(&mut self, order: Order, outgoing: Option<&mpsc::UnboundedSender<Arc<Order>>>) {
        let order = Arc::new(order);
        if let Some(outgoing) = outgoing {
            let _ = outgoing.send(Arc::clone(&order));
        }
        self.metrics.rows_pending.inc_by(order.rows());
        self.pending.insert(order.lease, order);
    }

    fn on_receipt(&mut self, receipt: v1::ResultReceipt) {
        let Some(lease) = receipt.lease.map(|lease| Lease::new(self.registration, lease)) else { return };
        let answered = self.pending.remove(&lease);
        self.metrics.rows_pending.dec_by(answered.map_or(0, |order| order.rows()));
        let (verdict, reason) = (receipt.verdict(), receipt.reason);
        let _ = self.events.send(Event::Receipt { lease, verdict, reason });
    }

    fn tell_of_failure(&self, what: &'static str, status: &Status) {
        let _ = self.events.send(Event::DeliveryFailed { what, reason: status.message().to_owned() });
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.metrics.rows_pending.dec_by(self.pending.values().map(|order| order.rows()).sum());
    }
}

/// Chunks of results on their way, made when the connection has room for the next: no more than one is in memory.
struct Outgoing {
    orders: mpsc::UnboundedReceiver<Arc<Order>>,
    /// What is being sent, and how many of its units were.
    current: Option<(Arc<Order>, usize)>,
}

impl Stream for Outgoing {
    type Item = v1::ResultChunk;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<v1::ResultChunk>> {
        let (order, sent) = match self.current.take() {
            Some(current) => current,
            None => match ready!(self.orders.poll_recv(context)) {
                Some(order) => (order, 0),
                None => return Poll::Ready(None),
            },
        };
        let end = end_of_chunk(&order.units, sent);
        let chunk = chunk(&order, sent..end);
        self.current = (!chunk.last).then_some((order, end));
        Poll::Ready(Some(chunk))
    }
}

/// Where a chunk ends that begins with a unit: it has at least one, and not more rows than a chunk may have otherwise.
fn end_of_chunk(units: &[UnitResult], first: usize) -> usize {
    let mut rows = 0;
    let fits = |UnitResult { rows: unit, .. }: &&UnitResult| {
        rows += unit.count();
        rows <= wire::ROWS_PER_CHUNK
    };
    let fitting = units[first..].iter().take_while(fits).count();
    (first + fitting.max(1)).min(units.len())
}

/// Some units of a job. What is said of the whole job goes with the last of them.
fn chunk(order: &Order, units: Range<usize>) -> v1::ResultChunk {
    let last = units.end == order.units.len();
    let seconds = || order.units.iter().map(|unit| unit.seconds).sum();
    v1::ResultChunk {
        lease: Some(order.lease.into()),
        worker_id: order.lease.registration.worker_id,
        units: order.units[units].iter().map(|unit| v1::UnitResult::from(&unit.rows)).collect(),
        last,
        cpu_seconds: if last { seconds() } else { 0.0 },
        digest: if last { order.digest.clone() } else { String::new() },
    }
}
