//! What the database says, as metrics.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use store::monitoring::{Connections, Observation, QueueDepth, WorkerLoad};

/// Sweeps that have series of their own, those with most work; the others are one.
const MOST_SWEEPS: usize = 200;

/// The name of all the others; none of a sweep, because of its parentheses.
const OTHERS: &str = "(others)";

/// The labels of a gauge that is one number.
const NO_LABELS: [(&str, &str); 0] = [];

/// What was seen last.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Nothing while the database cannot be reached: an old number would look like a new one.
    pub(super) observation: Option<Observation>,
    pub(super) connections: Option<Connections>,
}

/// Shows what was seen last.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue(Arc<Mutex<Seen>>);

impl Queue {
    pub(super) fn set(&self, seen: Seen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}

#[derive(Debug, EncodeLabelSet)]
struct JobsLabels {
    sweep: String,
    status: String,
    state: &'static str,
}

#[derive(Debug, EncodeLabelSet)]
struct SweepLabels {
    sweep: String,
    status: String,
}

#[derive(Debug, EncodeLabelSet)]
struct WorkerLabels {
    worker: i64,
    host: String,
}

#[derive(Debug, EncodeLabelSet)]
struct ConnectionLabels {
    state: &'static str,
}

impl Collector for Queue {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_up = i64::from(seen.observation.is_some());
        gauge(
            &mut encoder,
            "database_up",
            "Whether the database answers: 1 or 0",
            None,
            [(NO_LABELS, is_up)],
        )?;
        if let Some(Connections { in_use, idle }) = seen.connections {
            let series = [("in_use", in_use), ("idle", idle)]
                .map(|(state, connections)| (ConnectionLabels { state }, i64::from(connections)));
            let help = "Connections of this coordinator's pool to the database";
            gauge(&mut encoder, "database_connections", help, None, series)?;
        }
        let Some(observation) = &seen.observation else { return Ok(()) };
        sweeps(&mut encoder, &bounded(&observation.sweeps))?;
        leases(&mut encoder, observation)?;
        workers(&mut encoder, observation)
    }
}

fn sweeps(encoder: &mut DescriptorEncoder<'_>, sweeps: &[QueueDepth]) -> Result<(), fmt::Error> {
    let jobs = sweeps.iter().flat_map(|depth| {
        let states =
            [("ready", depth.jobs_ready), ("leased", depth.jobs_leased), ("failed", depth.jobs_failed)];
        states.map(|(state, jobs)| {
            (JobsLabels { sweep: depth.sweep.clone(), status: depth.state.clone(), state }, jobs)
        })
    });
    let help = "Jobs by sweep and state; cancelled sweeps are left out";
    gauge(encoder, "queue_jobs", help, None, jobs)?;
    let labels = |depth: &QueueDepth| SweepLabels { sweep: depth.sweep.clone(), status: depth.state.clone() };
    let uncut = sweeps.iter().map(|depth| (labels(depth), depth.uncut_units));
    gauge(encoder, "queue_uncut_units", "Units that no job holds yet, by sweep", None, uncut)?;
    let seconds = sweeps.iter().map(|depth| (labels(depth), depth.core_seconds));
    let help = "Estimated compute time of what is neither recorded nor failed, on one core, by sweep";
    gauge(encoder, "queue_core", help, Some(&Unit::Seconds), seconds)
}

fn leases(encoder: &mut DescriptorEncoder<'_>, observation: &Observation) -> Result<(), fmt::Error> {
    let seconds = Some(&Unit::Seconds);
    let help = "Time since the oldest lease was granted; 0 without leases";
    gauge(encoder, "lease_oldest", help, seconds, [(NO_LABELS, observation.leases.oldest)])?;
    let help = "How long a lease has been over without being taken back; 0 if none is";
    gauge(encoder, "lease_overdue", help, seconds, [(NO_LABELS, observation.leases.overdue)])
}

fn workers(encoder: &mut DescriptorEncoder<'_>, observation: &Observation) -> Result<(), fmt::Error> {
    let Observation { workers, threads, loads, .. } = observation;
    gauge(encoder, "workers_alive", "Workers that are there", None, [(NO_LABELS, *workers)])?;
    gauge(
        encoder,
        "workers_threads",
        "Compute threads of all workers that are there",
        None,
        [(NO_LABELS, *threads)],
    )?;
    let labels = |load: &WorkerLoad| WorkerLabels { worker: load.worker_id, host: load.host.clone() };
    let jobs = loads.iter().map(|load| (labels(load), load.jobs));
    gauge(encoder, "held_jobs", "Jobs that a worker holds", None, jobs)?;
    let threads = loads.iter().map(|load| (labels(load), i64::from(load.threads)));
    gauge(encoder, "compute_threads", "Compute threads of a worker", None, threads)
}

/// One gauge and its series.
fn gauge<L: EncodeLabelSet, N: Value>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    series: impl IntoIterator<Item = (L, N)>,
) -> Result<(), fmt::Error> {
    let mut metric = encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?;
    for (labels, value) in series {
        value.encode(metric.encode_family(&labels)?)?;
    }
    Ok(())
}

/// A number that a gauge shows.
trait Value {
    fn encode(self, encoder: MetricEncoder<'_>) -> Result<(), fmt::Error>;
}

impl Value for i64 {
    fn encode(self, encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        ConstGauge::new(self).encode(encoder)
    }
}

impl Value for f64 {
    fn encode(self, encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        ConstGauge::new(self).encode(encoder)
    }
}

/// The sweeps with most work, and one entry for each state of all the others.
fn bounded(sweeps: &[QueueDepth]) -> Vec<QueueDepth> {
    let (largest, others) = sweeps.split_at(sweeps.len().min(MOST_SWEEPS));
    let mut bounded = largest.to_vec();
    for state in ["active", "paused"] {
        let others = others.iter().filter(|depth| depth.state == state);
        bounded.extend(others.cloned().reduce(sum));
    }
    bounded
}

fn sum(a: QueueDepth, b: QueueDepth) -> QueueDepth {
    QueueDepth {
        sweep: OTHERS.to_owned(),
        state: a.state,
        jobs_ready: a.jobs_ready + b.jobs_ready,
        jobs_leased: a.jobs_leased + b.jobs_leased,
        jobs_failed: a.jobs_failed + b.jobs_failed,
        uncut_units: a.uncut_units + b.uncut_units,
        core_seconds: a.core_seconds + b.core_seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(number: usize) -> QueueDepth {
        QueueDepth {
            sweep: format!("s{number}"),
            state: "active".to_owned(),
            jobs_ready: 1,
            jobs_leased: 2,
            jobs_failed: 3,
            uncut_units: 4,
            core_seconds: 0.5,
        }
    }

    #[test]
    fn sweeps_beyond_the_bound_are_one_series_and_nothing_of_them_is_lost() {
        let sweeps: Vec<QueueDepth> = (0..MOST_SWEEPS + 50).map(depth).collect();
        let bounded = bounded(&sweeps);
        assert_eq!(bounded.len(), MOST_SWEEPS + 1);
        assert_eq!(bounded[MOST_SWEEPS].sweep, OTHERS);
        assert_eq!(bounded.iter().map(|depth| depth.uncut_units).sum::<i64>(), 4 * sweeps.len() as i64);
    }
}
