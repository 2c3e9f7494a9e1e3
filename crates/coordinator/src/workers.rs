//! Workers as they travel.

use std::time::Duration;
use store::workers::WorkerState;
use wire::v1;
use wire::v1::worker::Presence;

/// Workers that went longer ago are not listed.
pub const GONE_WITHIN: Duration = Duration::from_secs(3600);

pub(crate) fn to_wire(worker: WorkerState) -> v1::Worker {
    let presence = match worker.gone.as_deref() {
        None => Presence::Alive,
        Some("left") => Presence::Left,
        Some("lost") => Presence::Lost,
        Some(_) => Presence::Unspecified,
    };
    v1::Worker {
        worker_id: worker.worker_id,
        presence: presence.into(),
        host: worker.host,
        process_id: worker.process_id as u32,
        threads: worker.threads as u32,
        version: worker.version,
        git_revision: worker.git_revision,
        numerics_revision: worker.numerics_revision as u32,
        cpu_features: worker.cpu_features,
        cpu_level: worker.cpu_level,
        jobs: worker.jobs as u32,
        units_last_minute: worker.units_last_minute as u64,
        cpu_seconds_last_minute: worker.cpu_seconds_last_minute,
        seen_seconds_ago: worker.seen_seconds_ago,
        age_seconds: worker.age_seconds,
        jobs_finished: worker.jobs_finished as u64,
    }
}
