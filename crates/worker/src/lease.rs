//! What a worker holds, and as whom.

use sweep::Job;
use wire::v1;

/// One registration of this worker. A database that was made anew counts workers, jobs and epochs from one again:
/// numbers mean something only together with the registration that they came under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Registration {
    /// How many this process had before.
    pub(crate) number: u32,
    /// What the coordinator calls the worker.
    pub(crate) worker_id: i64,
}

/// A claim on a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Lease {
    /// The registration that holds the lease.
    pub(crate) registration: Registration,
    pub(crate) job_id: i64,
    pub(crate) epoch: i64,
}

impl Lease {
    pub(crate) fn new(registration: Registration, lease: v1::LeaseRef) -> Self {
        Self { registration, job_id: lease.job_id, epoch: lease.epoch }
    }
}

impl From<Lease> for v1::LeaseRef {
    fn from(lease: Lease) -> Self {
        Self { job_id: lease.job_id, epoch: lease.epoch }
    }
}

/// A part of a sweep, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SweepPart {
    pub(crate) registration: Registration,
    pub(crate) sweep_id: i64,
    pub(crate) part: usize,
}

/// A job as it was leased.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Granted {
    pub(crate) lease: Lease,
    /// What is needed to compute it.
    pub(crate) of: SweepPart,
    pub(crate) job: Job,
}

impl Granted {
    /// None if the message lacks the lease.
    pub(crate) fn new(registration: Registration, job: &v1::Job) -> Option<Self> {
        let lease = Lease::new(registration, job.lease?);
        let (sweep_id, part) = (job.sweep_id, job.part as usize);
        let of = SweepPart { registration, sweep_id, part };
        Some(Self { lease, of, job: Job { part, first_unit: job.first_unit, end_unit: job.end_unit } })
    }
}
