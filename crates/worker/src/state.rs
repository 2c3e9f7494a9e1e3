//! All that a worker knows, as a function of what happened to it.
//!
//! No clock, no call and no thread is touched here: [`State::on`] takes an event and the time, and says what is to be
//! done. Nothing is waited for, so that whatever a call takes, heartbeats go out meanwhile.

use crate::event::{Action, Ended, Event, Leased, Registered, Todo, Unfit};
use crate::jobs::Jobs;
use crate::lease::Registration;
use crate::news::News;
use crate::outage::{Outage, RETRY, is_transient};
use std::time::Duration;
use tonic::{Code, Status};

/// What a worker is to do. Times are those of its clock, which begins with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Threads that compute.
    pub(crate) threads: usize,
    /// It ends when nothing is left to do.
    pub(crate) exit_when_idle: bool,
    /// The time from being asked to end until jobs under way are given back.
    pub(crate) grace: Duration,
    /// When it ends without being asked.
    pub(crate) stop_at: Option<Duration>,
}

/// How far a worker has come.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// It takes jobs.
    Working,
    /// It finishes what it has.
    Draining { until: Duration },
    /// It has given back what it had.
    GivenBack,
    /// It says goodbye.
    Leaving,
}

/// All that a worker knows.
#[derive(Debug)]
pub(crate) struct State {
    plan: Plan,
    phase: Phase,
    jobs: Jobs,
    /// The latest one.
    registration: Option<Registration>,
    /// Why it ends, when it does.
    end: Ended,
    /// Whether the coordinator knows it: a database that was made anew does not.
    is_known: bool,
    is_registering: bool,
    is_leasing: bool,
    /// The latest answer to a lease call.
    is_idle: bool,
    heartbeat_interval: Duration,
    next_heartbeat: Duration,
    /// After a failed call: when to try again.
    rests_until: Option<Duration>,
    has_told_of_waiting: bool,
    /// How long lease calls and heartbeats have failed.
    outage: Outage,
    /// How long deliveries have failed.
    delivery_outage: Outage,
    /// What is to be done about the present event.
    todo: Todo,
}

impl State {
    /// A worker that nothing has happened to.
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            plan,
            phase: Phase::Working,
            jobs: Jobs::default(),
            registration: None,
            end: Ended::AsAsked,
            is_known: false,
            is_registering: false,
            is_leasing: false,
            is_idle: false,
            heartbeat_interval: Duration::MAX,
            next_heartbeat: Duration::MAX,
            rests_until: None,
            has_told_of_waiting: false,
            outage: Outage::default(),
            delivery_outage: Outage::default(),
            todo: Todo::default(),
        }
    }

    /// What is to be done about what happened, in this order.
    pub(crate) fn on(&mut self, event: Event, now: Duration) -> Vec<Action> {
        self.take(event, now);
        self.do_what_is_due(now);
        self.proceed(now);
        self.todo.take()
    }

    /// When something is due, whatever happens until then.
    pub(crate) fn wakes_at(&self) -> Option<Duration> {
        let heartbeat = self.registration.map(|_| self.next_heartbeat);
        let end = match self.phase {
            Phase::Working => self.plan.stop_at,
            Phase::Draining { until } => Some(until),
            Phase::GivenBack | Phase::Leaving => None,
        };
        [heartbeat, end, self.rests_until].into_iter().flatten().min()
    }

    /// The jobs in hand.
    pub(crate) fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    fn take(&mut self, event: Event, now: Duration) {
        match event {
            Event::Tick => {}
            Event::StopAsked => self.drain(Ended::AsAsked, now),
            Event::Registered(Ok(registered)) => self.on_registered(registered, now),
            Event::Registered(Err(status)) => self.on_not_registered(status, now),
            Event::Leased(Ok(leased)) => self.on_leased(leased, now),
            Event::Leased(Err(status)) => self.on_not_leased(&status, now),
            Event::LeasingStopped => self.is_leasing = false,
            Event::Heartbeat(Ok(lost)) => {
                self.works(now);
                lost.into_iter().for_each(|lease| self.jobs.on_lost(lease, &mut self.todo));
            }
            Event::Heartbeat(Err(status)) => self.fails("the heartbeat failed", &status, now),
            Event::Described(of, described) => self.jobs.on_described(of, described, &mut self.todo),
            Event::Computed(lease, computed) => self.jobs.on_computed(lease, computed, &mut self.todo),
            Event::Released { leases, is_certain } => {
                self.jobs.on_released(leases, is_certain, &mut self.todo);
            }
            Event::Receipt { lease, verdict, reason } => {
                if let Some(lasted) = self.delivery_outage.worked(now) {
                    self.todo.tell(News::WorksAgain(lasted));
                }
                self.jobs.on_receipt(lease, verdict, reason, &mut self.todo);
            }
            Event::DeliveryFailed { what, reason } => {
                if let Some(lasted) = self.delivery_outage.failed(now) {
                    self.todo.tell(News::Fails { what, reason, lasted });
                }
            }
            Event::SaidGoodbye => {
                if let Some(registration) = self.registration {
                    self.todo.tell(News::Ended(registration));
                }
                self.stop(Ok(self.end));
            }
        }
    }

    fn do_what_is_due(&mut self, now: Duration) {
        if self.plan.stop_at.is_some_and(|stop_at| stop_at <= now) {
            self.drain(Ended::OutOfTime, now);
        }
        if matches!(self.phase, Phase::Draining { until } if until <= now) {
            self.phase = Phase::GivenBack;
            self.jobs.give_all_back(&mut self.todo);
        }
        if self.rests_until.is_some_and(|until| until <= now) {
            self.rests_until = None;
        }
        if let Some(registration) = self.registration
            && self.next_heartbeat <= now
        {
            self.next_heartbeat = now.saturating_add(self.heartbeat_interval);
            if self.jobs.held() > 0 {
                self.todo.act(Action::Heartbeat(registration, self.jobs.leases()));
            }
        }
    }

    /// Takes the next step towards more work, or towards the end.
    fn proceed(&mut self, now: Duration) {
        let is_empty = self.jobs.held() == 0;
        let wants_more =
            self.phase == Phase::Working && !(self.plan.exit_when_idle && self.is_idle && is_empty);
        let is_asking = self.is_registering || self.is_leasing;
        match self.registration {
            _ if self.phase == Phase::Leaving => {}
            Some(registration) if !wants_more => {
                // Results that nobody has answered keep their leases in hand.
                if is_empty && !is_asking && !self.jobs.are_being_released() {
                    self.phase = Phase::Leaving;
                    self.todo.act(Action::Goodbye(registration));
                }
            }
            _ if is_asking || self.rests_until.is_some() => {}
            Some(registration) if self.is_known => self.lease_if_room(registration, now),
            registration => {
                self.is_registering = true;
                self.todo.act(Action::Register { is_first: registration.is_none() });
            }
        }
    }

    fn lease_if_room(&mut self, registration: Registration, now: Duration) {
        let wanted = self.jobs.wanted(self.plan.threads);
        if wanted > 0 {
            self.is_leasing = true;
            let time_left = self.plan.stop_at.map(|stop_at| stop_at.saturating_sub(now));
            self.todo.act(Action::Lease { registration, wanted, time_left });
        }
    }

    fn on_registered(&mut self, registered: Registered, now: Duration) {
        let number = self.registration.map_or(0, |former| former.number + 1);
        let registration = Registration { number, worker_id: registered.worker_id };
        self.registration = Some(registration);
        (self.is_registering, self.is_known, self.is_idle) = (false, true, false);
        self.heartbeat_interval = registered.lease_time / 3;
        self.next_heartbeat = now.saturating_add(self.heartbeat_interval);
        self.jobs.begin(registration, &mut self.todo);
        self.todo.act(Action::StartDelivery(registration));
        self.todo.tell(News::Registered(registration));
    }

    fn on_not_registered(&mut self, status: Status, now: Duration) {
        self.is_registering = false;
        self.rests_until = Some(now + RETRY);
        if self.registration.is_some() {
            self.fails("cannot register again", &status, now);
        } else if !is_transient(&status) {
            self.stop(Err(Unfit::Refused(status)));
        } else if !std::mem::replace(&mut self.has_told_of_waiting, true) {
            self.todo.tell(News::Waiting(status));
        }
    }

    fn on_leased(&mut self, leased: Leased, now: Duration) {
        (self.is_leasing, self.is_idle) = (false, leased.is_idle);
        self.works(now);
        if self.phase == Phase::Working {
            leased.jobs.into_iter().for_each(|granted| self.jobs.take(granted, &mut self.todo));
        } else {
            let leases = leased.jobs.into_iter().map(|granted| granted.lease).collect();
            self.jobs.give_back(leases, "", &mut self.todo);
        }
    }

    fn on_not_leased(&mut self, status: &Status, now: Duration) {
        self.is_leasing = false;
        self.is_known &= status.code() != Code::FailedPrecondition;
        self.rests_until = Some(now + RETRY);
        self.fails("cannot lease jobs", status, now);
    }

    /// Takes no more jobs, and gives back in a while what is not finished.
    fn drain(&mut self, end: Ended, now: Duration) {
        if self.phase != Phase::Working {
            return;
        }
        self.end = end;
        let Some(registration) = self.registration else {
            return self.stop(if end == Ended::OutOfTime { Err(Unfit::Unmet) } else { Ok(end) });
        };
        self.phase = Phase::Draining { until: now.saturating_add(self.plan.grace) };
        self.todo.tell(News::Finishing(registration, self.jobs.held()));
        // A call that waits for jobs would hold up the end. Should it have been granted some just now, they lapse.
        if self.is_leasing {
            self.todo.act(Action::StopLeasing);
        }
    }

    fn stop(&mut self, end: Result<Ended, Unfit>) {
        self.phase = Phase::Leaving;
        self.todo.act(Action::Stop(end));
    }

    fn works(&mut self, now: Duration) {
        if let Some(lasted) = self.outage.worked(now) {
            self.todo.tell(News::WorksAgain(lasted));
        }
    }

    fn fails(&mut self, what: &'static str, status: &Status, now: Duration) {
        if let Some(lasted) = self.outage.failed(now) {
            self.todo.tell(News::Fails { what, reason: status.message().to_owned(), lasted });
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
