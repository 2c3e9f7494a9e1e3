//! The jobs in a worker's hands, from being granted to being answered, lost or given back.

use crate::event::{Action, Computed, NoSweep, Todo};
use crate::lease::{Granted, Lease, Registration, SweepPart};
use crate::news::{Fate, News};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use sweep::{Job, Sweep};
use wire::v1::result_receipt::Verdict;

/// Sweeps that are remembered: one may be as large as a message.
const MOST_SWEEPS: usize = 16;

/// What is happening to a job in hand.
#[derive(Debug)]
enum Held {
    /// Its sweep is asked for.
    Waiting(SweepPart, Job),
    /// It is in the hands of the threads. The digest is that of the spec that it is computed from.
    Computing { digest: String },
    /// Its results are on their way: what becomes of them the receipt says.
    Computed,
}

/// All jobs in hand.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    /// The registration that holds the jobs.
    registration: Option<Registration>,
    held: BTreeMap<Lease, Held>,
    sweeps: HashMap<i64, Arc<Sweep>>,
    /// Jobs in the hands of the threads, also of leases that are no longer held.
    computing: usize,
    /// Jobs that are being given back.
    releasing: usize,
}

impl Jobs {
    /// Leases that heartbeats extend.
    pub(crate) fn leases(&self) -> Vec<Lease> {
        self.held.keys().copied().collect()
    }

    /// How many leases those are.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// Jobs in the hands of the threads.
    pub(crate) fn computing(&self) -> usize {
        self.computing
    }

    /// Whether calls that give jobs back are under way.
    pub(crate) fn are_being_released(&self) -> bool {
        self.releasing > 0
    }

    /// How many more are wanted. One job more than there are threads, so that the next one is there when one ends; but
    /// not while as many again wait for their receipts: a database that is slower than the threads must slow them down.
    pub(crate) fn wanted(&self, threads: usize) -> usize {
        let most = threads + 1;
        let waiting = self.held.values().filter(|held| matches!(held, Held::Waiting(..))).count();
        most.saturating_sub(self.computing + waiting).min((2 * most).saturating_sub(self.held.len()))
    }

    /// Begins anew. Who grants a lease knows the worker: a database that does not know it does not know its leases
    /// either, and what has their numbers there is something else.
    pub(crate) fn begin(&mut self, registration: Registration, todo: &mut Todo) {
        for lease in self.leases() {
            self.lose(lease, todo);
        }
        self.sweeps.clear();
        self.registration = Some(registration);
    }

    /// Begins a job, or asks for its sweep if that is not known, or not yet with the job's part.
    pub(crate) fn take(&mut self, Granted { lease, of, job }: Granted, todo: &mut Todo) {
        let known = self.sweeps.get(&of.sweep_id).filter(|sweep| sweep.parts().len() > of.part);
        if let Some(sweep) = known.map(Arc::clone) {
            return self.start(lease, sweep, job, todo);
        }
        if self.waiting_for(of).next().is_none() {
            todo.act(Action::Describe(of));
        }
        self.held.insert(lease, Held::Waiting(of, job));
    }

    fn waiting_for(&self, of: SweepPart) -> impl Iterator<Item = (Lease, Job)> {
        self.held.iter().filter_map(move |(lease, held)| match held {
            Held::Waiting(part, job) if *part == of => Some((*lease, *job)),
            _ => None,
        })
    }

    pub(crate) fn on_described(
        &mut self,
        of: SweepPart,
        described: Result<Arc<Sweep>, NoSweep>,
        todo: &mut Todo,
    ) {
        let waiting: Vec<(Lease, Job)> = self.waiting_for(of).collect();
        let leases = waiting.iter().map(|(lease, _)| *lease).collect();
        match described {
            Ok(sweep) => {
                self.remember(of, &sweep);
                for (lease, job) in waiting {
                    self.start(lease, Arc::clone(&sweep), job, todo);
                }
            }
            // Not the job's fault: it costs no attempt.
            Err(NoSweep::Unreachable) => self.give_back(leases, "", todo),
            Err(NoSweep::Unreadable(reason)) => self.give_back(leases, &reason, todo),
        }
    }

    fn remember(&mut self, of: SweepPart, sweep: &Arc<Sweep>) {
        // Of two answers that crossed, the one with more parts serves more jobs.
        let has_more = |known: &Arc<Sweep>| known.parts().len() > sweep.parts().len();
        if Some(of.registration) != self.registration || self.sweeps.get(&of.sweep_id).is_some_and(has_more) {
            return;
        }
        if self.sweeps.len() >= MOST_SWEEPS {
            self.sweeps.clear();
        }
        self.sweeps.insert(of.sweep_id, Arc::clone(sweep));
    }

    fn start(&mut self, lease: Lease, sweep: Arc<Sweep>, job: Job, todo: &mut Todo) {
        if !job.lies_in(&sweep) {
            return self.give_back(vec![lease], &format!("job {job:?} does not lie in the sweep"), todo);
        }
        let digest = sweep.parts()[job.part].digest().to_owned();
        self.held.insert(lease, Held::Computing { digest });
        self.computing += 1;
        todo.act(Action::Compute { lease, sweep, job });
    }

    pub(crate) fn on_computed(&mut self, lease: Lease, computed: Computed, todo: &mut Todo) {
        self.computing -= 1;
        let Some(Held::Computing { digest }) = self.held.get_mut(&lease) else { return };
        let digest = std::mem::take(digest);
        self.held.insert(lease, Held::Computed);
        match computed {
            Ok(Some(units)) => todo.act(Action::Deliver { lease, units, digest }),
            Ok(None) => self.give_back(vec![lease], "", todo),
            Err(reason) => self.give_back(vec![lease], &reason, todo),
        }
    }

    pub(crate) fn on_receipt(&mut self, lease: Lease, verdict: Verdict, reason: String, todo: &mut Todo) {
        if Some(lease.registration) != self.registration {
            return;
        }
        let was_held = self.held.remove(&lease).is_some();
        match verdict {
            Verdict::Recorded => todo.tell(News::Job(lease, Fate::Recorded)),
            Verdict::Fenced => todo.tell(News::Job(lease, Fate::Fenced)),
            Verdict::Refused | Verdict::Unspecified => {
                let why = format!("results refused: {reason}");
                todo.tell(News::Job(lease, Fate::Refused(reason)));
                if was_held {
                    self.release(vec![lease], why, todo);
                }
            }
        }
    }

    /// The lease is another's. If its results are on their way, their receipt says so.
    pub(crate) fn on_lost(&mut self, lease: Lease, todo: &mut Todo) {
        if matches!(self.held.get(&lease), Some(Held::Waiting(..) | Held::Computing { .. })) {
            self.lose(lease, todo);
        }
    }

    fn lose(&mut self, lease: Lease, todo: &mut Todo) {
        todo.tell(News::Job(lease, Fate::Lost));
        self.let_go(lease, todo);
    }

    /// Whatever is being done to it is of no use any more.
    fn let_go(&mut self, lease: Lease, todo: &mut Todo) {
        if let Some(Held::Computing { .. }) = self.held.remove(&lease) {
            todo.act(Action::Cancel(lease));
        }
    }

    /// Gives back everything, also that whose results are not answered yet.
    pub(crate) fn give_all_back(&mut self, todo: &mut Todo) {
        self.give_back(self.leases(), "", todo);
    }

    /// Gives jobs back: unfinished, or failed for a reason.
    pub(crate) fn give_back(&mut self, leases: Vec<Lease>, reason: &str, todo: &mut Todo) {
        for &lease in &leases {
            self.let_go(lease, todo);
            let fate = if reason.is_empty() { Fate::GivenBack } else { Fate::Failed(reason.to_owned()) };
            todo.tell(News::Job(lease, fate));
        }
        self.release(leases, reason.to_owned(), todo);
    }

    fn release(&mut self, leases: Vec<Lease>, reason: String, todo: &mut Todo) {
        if let Some(&Lease { registration, .. }) = leases.first() {
            self.releasing += leases.len();
            todo.act(Action::Release { registration, leases, reason });
        }
    }

    /// Nothing is tried again: leases that are not given back run out.
    pub(crate) fn on_released(&mut self, leases: Vec<Lease>, is_certain: bool, todo: &mut Todo) {
        self.releasing -= leases.len();
        if !is_certain {
            leases.into_iter().for_each(|lease| todo.tell(News::NotGivenBack(lease)));
        }
    }
}
