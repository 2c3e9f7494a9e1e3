//! Whole lives of workers, in which calls are answered in any order and fail as they like.

use crate::event::{Action, Event, Leased, NoSweep};
use crate::lease::{Granted, Lease, Registration, SweepPart};
use crate::life::{FIRST, registered, sweep, threads};
use crate::news::News;
use crate::outage::RETRY;
use crate::state::{Plan, State};
use std::collections::BTreeSet;
use std::time::Duration;
use sweep::Job;
use tonic::Status;
use wire::v1::result_receipt::Verdict;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    fn is_one_of(&mut self, sides: usize) -> bool {
        self.throw(sides) == 0
    }
}

/// What surrounds a worker, and what it must see of it.
struct World {
    dice: Dice,
    plan: Plan,
    /// Begun and not answered.
    under_way: Vec<Action>,
    /// Granted, and neither answered nor lost nor given back.
    held: BTreeSet<Lease>,
    registration: Registration,
    /// Granted under this registration, and before.
    jobs: i64,
    jobs_before: i64,
    has_ended: bool,
}

impl World {
    /// What the worker does is begun, if it may do it.
    fn begin(&mut self, action: Action) {
        match &action {
            Action::Tell(News::Job(lease, fate)) => {
                assert!(self.held.remove(lease), "{fate:?}");
                return;
            }
            Action::Tell(_) | Action::Cancel(_) => return,
            Action::StartDelivery(registration) => {
                // A new database counts its jobs from one again.
                self.registration = *registration;
                self.jobs_before += std::mem::take(&mut self.jobs);
                return self.under_way.retain(|action| !matches!(action, Action::Deliver { .. }));
            }
            Action::StopLeasing => {
                self.under_way.retain(|action| !matches!(action, Action::Lease { .. }));
                self.under_way.push(Action::StopLeasing);
                return;
            }
            Action::Heartbeat(_, leases) => assert!(leases.iter().eq(&self.held)),
            Action::Lease { wanted, .. } => {
                let is_lease = |action: &Action| matches!(action, Action::Lease { .. });
                assert!(!self.under_way.iter().any(is_lease), "two at a time");
                assert!(self.held.len() + wanted <= 2 * (self.plan.threads + 1));
            }
            Action::Goodbye(_) => {
                assert!(self.held.is_empty());
                let may_go_on = |action: &Action| {
                    matches!(action, Action::Compute { .. } | Action::Describe(_) | Action::Heartbeat(..))
                        || matches!(action, Action::Deliver { .. })
                };
                assert!(self.under_way.iter().all(may_go_on), "{:?}", self.under_way);
            }
            Action::Stop(end) => {
                self.has_ended = end.is_ok();
                return;
            }
            _ => {}
        }
        self.under_way.push(action);
    }

    /// Something that is under way comes to its end, well or not.
    fn answer(&mut self) -> Option<Event> {
        if self.under_way.is_empty() {
            return None;
        }
        let place = self.dice.throw(self.under_way.len());
        let is_well = !self.dice.is_one_of(4);
        let away = || Status::unavailable("away");
        Some(match self.under_way.swap_remove(place) {
            Action::Register { .. } if !is_well => Event::Registered(Err(away())),
            Action::Register { .. } => registered(1),
            Action::Lease { .. } if !is_well && self.dice.is_one_of(4) => {
                Event::Leased(Err(Status::failed_precondition("who are you")))
            }
            Action::Lease { .. } if !is_well => Event::Leased(Err(away())),
            Action::Lease { wanted, .. } => Event::Leased(Ok(self.grant(wanted))),
            Action::StopLeasing if is_well => Event::LeasingStopped,
            Action::StopLeasing => Event::Leased(Ok(self.grant(1))),
            Action::Describe(of) if is_well => Event::Described(of, Ok(sweep(of.part + 1))),
            Action::Describe(of) if self.dice.is_one_of(2) => Event::Described(of, Err(NoSweep::Unreachable)),
            Action::Describe(of) => Event::Described(of, Err(NoSweep::Unreadable("odd".to_owned()))),
            Action::Heartbeat(..) if !is_well => Event::Heartbeat(Err(away())),
            Action::Heartbeat(_, leases) => {
                Event::Heartbeat(Ok(leases.into_iter().filter(|_| self.dice.is_one_of(9)).collect()))
            }
            Action::Compute { lease, .. } if is_well => Event::Computed(lease, Ok(Some(Vec::new()))),
            Action::Compute { lease, .. } if self.dice.is_one_of(2) => Event::Computed(lease, Ok(None)),
            Action::Compute { lease, .. } => Event::Computed(lease, Err("panic".to_owned())),
            Action::Deliver { lease, .. } => {
                let verdict = [Verdict::Recorded, Verdict::Fenced, Verdict::Refused][self.dice.throw(3)];
                // After the grace it is too late to hear of it.
                return self.held.contains(&lease).then(|| Event::Receipt {
                    lease,
                    verdict,
                    reason: String::new(),
                });
            }
            Action::Release { leases, .. } => Event::Released { leases, is_certain: is_well },
            Action::Goodbye(_) => Event::SaidGoodbye,
            other => unreachable!("{other:?} is over at once"),
        })
    }

    fn grant(&mut self, most: usize) -> Leased {
        let jobs = (0..self.dice.throw(most + 1)).map(|_| {
            self.jobs += 1;
            let (registration, part) = (self.registration, self.dice.throw(3));
            Granted {
                lease: Lease { registration, job_id: self.jobs, epoch: self.jobs },
                of: SweepPart { registration, sweep_id: 1, part },
                job: Job { part, first_unit: 0, end_unit: 2 },
            }
        });
        let jobs: Vec<Granted> = jobs.collect();
        self.held.extend(jobs.iter().map(|job| job.lease));
        Leased { jobs, is_idle: self.dice.is_one_of(8) }
    }
}

/// Returns how often the worker registered again, and how many jobs it had.
fn live(seed: u64) -> (u32, i64) {
    let mut dice = Dice(seed);
    let plan = Plan {
        exit_when_idle: dice.is_one_of(2),
        grace: RETRY * dice.throw(20) as u32,
        ..threads(1 + dice.throw(3))
    };
    let mut state = State::new(plan.clone());
    let mut world = World {
        dice,
        plan,
        under_way: Vec::new(),
        held: BTreeSet::new(),
        registration: FIRST,
        jobs: 0,
        jobs_before: 0,
        has_ended: false,
    };
    let mut now = Duration::ZERO;
    let mut event = Event::Tick;
    for step in 0..2000 {
        for action in state.on(event, now) {
            world.begin(action);
        }
        if world.has_ended {
            return (world.registration.number, world.jobs_before + world.jobs);
        }
        assert!(state.jobs().leases().iter().eq(&world.held));
        now += Duration::from_millis(world.dice.throw(600) as u64);
        event = match step {
            300 => Event::StopAsked,
            _ => world.answer().unwrap_or(Event::Tick),
        };
    }
    panic!("it never ends: {state:#?}\n{:#?}", world.under_way)
}

#[test]
fn whatever_is_answered_when_and_how_leases_are_kept_until_all_is_told_and_only_then_it_ends() {
    let lives: Vec<(u32, i64)> = (0..500).map(live).collect();
    let (again, jobs) = lives.into_iter().fold((0, 0), |sum, life| (sum.0 + life.0, sum.1 + life.1));
    assert!(again > 300 && jobs > 10_000, "{again} {jobs}");
}
