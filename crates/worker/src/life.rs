//! A worker's life by a clock that the test sets, in a notation that fits a line.

use crate::event::{Action, Ended, Event, Leased, Registered, Unfit};
use crate::lease::{Granted, Lease, Registration, SweepPart};
use crate::news::{Fate, News};
use crate::state::{Plan, State};
use std::sync::Arc;
use std::time::Duration;
use sweep::{Job, Spec, Sweep};
use tonic::Status;
use wire::v1::result_receipt::Verdict;

pub(crate) const LEASE_TIME: Duration = Duration::from_secs(15);
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(5);

/// A worker, and its clock.
pub(crate) struct Life {
    pub(crate) state: State,
    pub(crate) now: Duration,
}

impl Life {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { state: State::new(plan), now: Duration::ZERO }
    }

    /// One that has registered as worker 1 and asks for jobs.
    pub(crate) fn working(plan: Plan) -> Self {
        let mut life = Self::new(plan);
        assert_eq!(life.hear(Event::Tick), ["register"]);
        life.hear(registered(1));
        life
    }

    /// What the worker does when it hears this, in short; what it tells stands in brackets.
    pub(crate) fn hear(&mut self, event: Event) -> Vec<String> {
        self.state.on(event, self.now).into_iter().map(short).collect()
    }

    pub(crate) fn after(&mut self, time: Duration) -> Vec<String> {
        self.now += time;
        self.hear(Event::Tick)
    }

    /// Sleeps as long as it may.
    pub(crate) fn wake(&mut self) -> Vec<String> {
        self.after(self.state.wakes_at().unwrap() - self.now)
    }
}

fn short(action: Action) -> String {
    match action {
        Action::Register { .. } => "register".to_owned(),
        Action::StartDelivery(as_whom) => format!("deliver as {}", as_whom.worker_id),
        Action::Lease { wanted, time_left: None, .. } => format!("lease {wanted}"),
        Action::Lease { wanted, time_left: Some(time), .. } => format!("lease {wanted} of {time:?}"),
        Action::StopLeasing => "stop leasing".to_owned(),
        Action::Describe(of) => format!("describe {}/{}", of.sweep_id, of.part),
        Action::Heartbeat(_, leases) => format!("heartbeat {}", numbers(&leases)),
        Action::Compute { lease, .. } => format!("compute {}", lease.job_id),
        Action::Cancel(lease) => format!("cancel {}", lease.job_id),
        Action::Deliver { lease, .. } => format!("deliver {}", lease.job_id),
        Action::Release { leases, reason, .. } => {
            format!("release {} {reason}", numbers(&leases)).trim().to_owned()
        }
        Action::Goodbye(as_whom) => format!("goodbye {}", as_whom.worker_id),
        Action::Stop(Ok(Ended::AsAsked)) => "stop".to_owned(),
        Action::Stop(Ok(Ended::OutOfTime)) => "stop: out of time".to_owned(),
        Action::Stop(Err(Unfit::Refused(status))) => format!("stop: {}", status.message()),
        Action::Stop(Err(Unfit::Unmet)) => "stop: unmet".to_owned(),
        Action::Tell(news) => match news {
            News::Waiting(_) => "[waiting]".to_owned(),
            News::Registered(as_whom) => format!("[registered as {}]", as_whom.worker_id),
            News::Fails { what, lasted, .. } => format!("[{what} for {lasted:?}]"),
            News::WorksAgain(lasted) => format!("[works after {lasted:?}]"),
            News::Finishing(_, jobs) => format!("[finishing {jobs}]"),
            News::Job(lease, fate) => format!("[{} {}]", lease.job_id, name(&fate)),
            News::NotGivenBack(lease) => format!("[{} not given back]", lease.job_id),
            News::Ended(_) => "[ended]".to_owned(),
        },
    }
}

fn name(fate: &Fate) -> &'static str {
    match fate {
        Fate::Recorded => "recorded",
        Fate::Fenced => "fenced",
        Fate::Refused(_) => "refused",
        Fate::Failed(_) => "failed",
        Fate::Lost => "lost",
        Fate::GivenBack => "given back",
    }
}

fn numbers(leases: &[Lease]) -> String {
    leases.iter().map(|lease| lease.job_id.to_string()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn threads(threads: usize) -> Plan {
    Plan { threads, ..Plan::default() }
}

pub(crate) const FIRST: Registration = Registration { number: 0, worker_id: 1 };

pub(crate) fn lease(job_id: i64) -> Lease {
    Lease { registration: FIRST, job_id, epoch: job_id }
}

/// A part of sweep 1, two units each.
pub(crate) fn part(part: usize) -> SweepPart {
    SweepPart { registration: FIRST, sweep_id: 1, part }
}

pub(crate) fn granted(job_id: i64, of: SweepPart) -> Granted {
    Granted { lease: lease(job_id), of, job: Job { part: of.part, first_unit: 0, end_unit: 2 } }
}

/// A sweep of so many parts, each of which adds two samples.
pub(crate) fn sweep(parts: usize) -> Arc<Sweep> {
    let part = |number: usize| {
        let text = format!(
            "name = \"some\"\nsamples = {}\n[grid]\nwidths = [4, 4, 4, 1]\nbeta = 1\n[methods.bp]\n",
            2 * (number + 1)
        );
        Spec::parse(&text, "some", &|_| Err(String::new())).unwrap()
    };
    Arc::new(Sweep::from_parts((0..parts).map(part).collect::<Vec<_>>()).unwrap())
}

pub(crate) fn registered(worker_id: i64) -> Event {
    Event::Registered(Ok(Registered { worker_id, lease_time: LEASE_TIME }))
}

pub(crate) fn leased(jobs: Vec<Granted>) -> Event {
    Event::Leased(Ok(Leased { jobs, is_idle: false }))
}

/// Jobs of part 0, leased.
pub(crate) fn leased_jobs(jobs: impl IntoIterator<Item = i64>) -> Event {
    leased(jobs.into_iter().map(|job| granted(job, part(0))).collect())
}

pub(crate) fn described(of: usize) -> Event {
    Event::Described(part(of), Ok(sweep(of + 1)))
}

pub(crate) fn idle() -> Event {
    Event::Leased(Ok(Leased { jobs: Vec::new(), is_idle: true }))
}

pub(crate) fn computed(job: i64) -> Event {
    Event::Computed(lease(job), Ok(Some(Vec::new())))
}

pub(crate) fn receipt(job: i64, verdict: Verdict) -> Event {
    Event::Receipt { lease: lease(job), verdict, reason: "bad".to_owned() }
}

pub(crate) fn released(jobs: impl IntoIterator<Item = i64>) -> Event {
    Event::Released { leases: jobs.into_iter().map(lease).collect(), is_certain: true }
}

pub(crate) fn unavailable() -> Status {
    Status::unavailable("away")
}

pub(crate) fn unknown_worker() -> Event {
    Event::Leased(Err(Status::failed_precondition("worker 1 is not registered")))
}
