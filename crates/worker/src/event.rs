//! What happens to a worker, and what it does about it. Between the two stands [`State`](crate::state::State).

use crate::lease::{Granted, Lease, Registration, SweepPart};
use crate::news::News;
use compute::UnitResult;
use std::sync::Arc;
use std::time::Duration;
use sweep::{Job, Sweep};
use tonic::Status;
use wire::v1::result_receipt::Verdict;

/// What happens to a worker. Every call answers with one, whatever comes of it.
#[derive(Debug)]
pub(crate) enum Event {
    /// Time went by.
    Tick,
    /// It is to end.
    StopAsked,
    /// What came of [`Action::Register`].
    Registered(Result<Registered, Status>),
    /// What came of [`Action::Lease`].
    Leased(Result<Leased, Status>),
    /// The call was given up before it was answered: [`Action::StopLeasing`].
    LeasingStopped,
    /// What came of [`Action::Describe`].
    Described(SweepPart, Result<Arc<Sweep>, NoSweep>),
    /// What came of [`Action::Heartbeat`]: leases that are lost.
    Heartbeat(Result<Vec<Lease>, Status>),
    /// What came of [`Action::Compute`].
    Computed(Lease, Computed),
    /// What came of [`Action::Deliver`].
    Receipt { lease: Lease, verdict: Verdict, reason: String },
    /// Results are not answered: they are sent again until they are.
    DeliveryFailed { what: &'static str, reason: String },
    /// What came of [`Action::Release`].
    Released { leases: Vec<Lease>, is_certain: bool },
    /// [`Action::Goodbye`] was answered, or there was no time to wait for it.
    SaidGoodbye,
}

/// What a job found; nothing if it was cancelled; or why it failed.
pub(crate) type Computed = Result<Option<Vec<UnitResult>>, String>;

/// What the coordinator says to a worker that registers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Registered {
    pub(crate) worker_id: i64,
    /// How long a lease lasts without a heartbeat.
    pub(crate) lease_time: Duration,
}

/// What the coordinator gives to a worker that asks for jobs.
#[derive(Debug)]
pub(crate) struct Leased {
    pub(crate) jobs: Vec<Granted>,
    /// Nothing is left to do.
    pub(crate) is_idle: bool,
}

/// Why a job cannot begin.
#[derive(Debug)]
pub(crate) enum NoSweep {
    /// The coordinator did not answer.
    Unreachable,
    /// This worker cannot compute the job's sweep.
    Unreadable(String),
}

/// What a worker does.
#[derive(Debug)]
pub(crate) enum Action {
    /// Make itself known. For the first answer it waits as long as it takes.
    Register { is_first: bool },
    /// Deliver under this registration from now on. What the former one left is dropped.
    StartDelivery(Registration),
    /// Ask for jobs, none of which takes longer than `time_left`.
    Lease { registration: Registration, wanted: usize, time_left: Option<Duration> },
    /// Ask no longer.
    StopLeasing,
    /// Ask for a sweep that has this part.
    Describe(SweepPart),
    /// Extend leases.
    Heartbeat(Registration, Vec<Lease>),
    /// Compute a job.
    Compute { lease: Lease, sweep: Arc<Sweep>, job: Job },
    /// Compute it no further.
    Cancel(Lease),
    /// Deliver results until they are answered. `digest` is that of the spec that they were computed from.
    Deliver { lease: Lease, units: Vec<UnitResult>, digest: String },
    /// Give jobs back: unfinished, or failed for a reason.
    Release { registration: Registration, leases: Vec<Lease>, reason: String },
    /// Tell that it ends of its own will; without that it would count as lost after a while.
    Goodbye(Registration),
    /// Count and log.
    Tell(News),
    /// End: all is done, or this worker cannot work.
    Stop(Result<Ended, Unfit>),
}

/// Why a worker that is fit to work ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do, or it was asked to.
    AsAsked,
    /// Its time limit is near; work may be left.
    OutOfTime,
}

/// Why a worker cannot work.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// The coordinator will not have it.
    Refused(Status),
    /// No coordinator answered before its time was over.
    Unmet,
}

/// What is to be done, in order.
#[derive(Debug, Default)]
pub(crate) struct Todo(Vec<Action>);

impl Todo {
    pub(crate) fn act(&mut self, action: Action) {
        self.0.push(action);
    }

    pub(crate) fn tell(&mut self, news: News) {
        self.act(Action::Tell(news));
    }

    /// Hands it over, to be done.
    pub(crate) fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.0)
    }
}
