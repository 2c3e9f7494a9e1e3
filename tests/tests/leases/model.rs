//! What the protocol promises, without a database.

/// Units of the sweep, one to a job.
pub(crate) const JOBS: usize = 2;
pub(crate) const WORKERS: usize = 2;
/// A job that failed so often rests.
pub(crate) const MAX_ATTEMPTS: u32 = 2;

/// A lease by its order of being granted: 0, 1, …
pub(crate) type LeaseNumber = usize;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A worker asks for one job.
    Lease { worker: usize },
    /// A worker says that it still has this lease, right or wrong.
    Heartbeat { lease: LeaseNumber },
    /// The time of this lease runs out, and the coordinator looks.
    Lapse { lease: LeaseNumber },
    /// A worker delivers what it computed under this lease, perhaps long after it lost it.
    Deliver { lease: LeaseNumber },
    /// A worker gives the lease back unfinished.
    GiveBack { lease: LeaseNumber },
    /// A worker says that the job failed.
    Fail { lease: LeaseNumber },
    /// Somebody has the failed jobs tried again.
    Retry,
}

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Job {
    Uncut,
    Ready { attempts: u32 },
    Leased { attempts: u32, lease: LeaseNumber },
    Failed { attempts: u32 },
    Finished { lease: LeaseNumber },
}

/// A lease that was granted, open or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Granted {
    pub(crate) job: usize,
    pub(crate) worker: usize,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Model {
    pub(crate) jobs: [Job; JOBS],
    pub(crate) leases: Vec<Granted>,
}

impl Default for Model {
    fn default() -> Self {
        Self { jobs: [Job::Uncut; JOBS], leases: Vec::new() }
    }
}

/// What a step says to whoever took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The job of the lease that was granted, or none.
    Granted(Option<usize>),
    /// Whether the lease is still the worker's.
    Held(bool),
    /// Whether the results were stored.
    Recorded(bool),
    Silence,
}

impl Model {
    /// Everything that may happen now.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = (0..WORKERS).map(|worker| Step::Lease { worker }).collect();
        for lease in 0..self.leases.len() {
            steps.extend([
                Step::Heartbeat { lease },
                Step::Deliver { lease },
                Step::GiveBack { lease },
                Step::Fail { lease },
            ]);
            if self.is_open(lease) {
                steps.push(Step::Lapse { lease });
            }
        }
        steps.push(Step::Retry);
        steps
    }

    /// Takes a step.
    pub(crate) fn apply(&mut self, step: Step) -> Answer {
        match step {
            Step::Lease { worker } => Answer::Granted(self.lease(worker)),
            Step::Heartbeat { lease } => Answer::Held(self.is_open(lease)),
            Step::Deliver { lease } => Answer::Recorded(self.close(lease, |_| Job::Finished { lease })),
            Step::GiveBack { lease } => {
                self.close(lease, |attempts| Job::Ready { attempts: attempts - 1 });
                Answer::Silence
            }
            Step::Lapse { lease } | Step::Fail { lease } => {
                self.close(lease, |attempts| match attempts {
                    MAX_ATTEMPTS.. => Job::Failed { attempts },
                    _ => Job::Ready { attempts },
                });
                Answer::Silence
            }
            Step::Retry => {
                for job in &mut self.jobs {
                    if let Job::Failed { .. } = job {
                        *job = Job::Ready { attempts: 0 };
                    }
                }
                Answer::Silence
            }
        }
    }

    /// The same for states that differ in the numbers of leases only as far as no step can tell: those that are neither
    /// open nor another than the last of their job and worker.
    pub(crate) fn canonical(&self) -> (Vec<Job>, Vec<Granted>) {
        let mut kept: Vec<LeaseNumber> = Vec::new();
        for (number, granted) in self.leases.iter().enumerate() {
            let is_stale = !self.is_open(number);
            let is_repeated = self.leases[..number]
                .iter()
                .enumerate()
                .any(|(before, other)| other == granted && !self.is_open(before));
            if !(is_stale && is_repeated) {
                kept.push(number);
            }
        }
        let renumbered =
            |lease: LeaseNumber| kept.iter().position(|&number| number == lease).unwrap_or(usize::MAX);
        let jobs = self.jobs.iter().map(|&job| match job {
            Job::Leased { attempts, lease } => Job::Leased { attempts, lease: renumbered(lease) },
            // Who finished it is past.
            Job::Finished { .. } => Job::Finished { lease: 0 },
            other => other,
        });
        (jobs.collect(), kept.iter().map(|&number| self.leases[number]).collect())
    }

    fn is_open(&self, lease: LeaseNumber) -> bool {
        matches!(self.jobs[self.leases[lease].job], Job::Leased { lease: open, .. } if open == lease)
    }

    /// Jobs that came back go first, then the next one is cut.
    fn lease(&mut self, worker: usize) -> Option<usize> {
        let is_ready = |job: &Job| matches!(job, Job::Ready { .. });
        let job = self.jobs.iter().position(is_ready);
        let job = job.or_else(|| self.jobs.iter().position(|job| *job == Job::Uncut))?;
        let attempts = match self.jobs[job] {
            Job::Ready { attempts } => attempts + 1,
            _ => 1,
        };
        self.jobs[job] = Job::Leased { attempts, lease: self.leases.len() };
        self.leases.push(Granted { job, worker });
        Some(job)
    }

    /// Ends a lease if it is open; returns whether it was.
    fn close(&mut self, lease: LeaseNumber, end: impl Fn(u32) -> Job) -> bool {
        let job = &mut self.jobs[self.leases[lease].job];
        match *job {
            Job::Leased { attempts, lease: open } if open == lease => {
                *job = end(attempts);
                true
            }
            _ => false,
        }
    }
}
