//! What a worker does about what happens to it.

use super::*;
use crate::event::{Computed, NoSweep};
use crate::lease::{Granted, Lease, SweepPart};
use crate::life::*;
use wire::v1::result_receipt::Verdict;

#[test]
fn a_job_is_asked_for_computed_delivered_and_answered() {
    let mut life = Life::new(threads(1));
    assert_eq!(life.hear(Event::Tick), ["register"]);
    assert_eq!(life.hear(registered(1)), ["deliver as 1", "[registered as 1]", "lease 2"]);
    assert_eq!(life.hear(leased_jobs([1, 2])), ["describe 1/0"]);
    assert_eq!(life.hear(described(0)), ["compute 1", "compute 2"]);
    assert_eq!(life.hear(computed(1)), ["deliver 1", "lease 1"]);
    assert_eq!(life.hear(receipt(1, Verdict::Recorded)), ["[1 recorded]"]);
    // The sweep is known by now.
    assert_eq!(life.hear(leased_jobs([3])), ["compute 3"]);
    assert_eq!(life.hear(computed(2)), ["deliver 2", "lease 1"]);
    assert_eq!(life.hear(receipt(2, Verdict::Fenced)), ["[2 fenced]"]);
    assert_eq!((life.state.jobs().held(), life.state.jobs().computing()), (1, 1));
}

#[test]
fn a_coordinator_that_cannot_be_reached_is_waited_for_and_told_of_once() {
    let mut life = Life::new(threads(1));
    assert_eq!(life.hear(Event::Tick), ["register"]);
    assert_eq!(life.hear(Event::Registered(Err(unavailable()))), ["[waiting]"]);
    assert_eq!(life.after(RETRY / 2), [""; 0]);
    assert_eq!(life.wake(), ["register"]);
    assert_eq!(life.now, RETRY);
    assert_eq!(life.hear(Event::Registered(Err(unavailable()))), [""; 0]);
    assert_eq!(life.wake(), ["register"]);
    assert_eq!(life.hear(registered(1)).last().unwrap(), "lease 2");
}

#[test]
fn a_worker_that_is_refused_or_asked_to_end_before_it_is_known_just_stops() {
    let mut life = Life::new(threads(1));
    life.hear(Event::Tick);
    let refusal = Event::Registered(Err(Status::permission_denied("who are you")));
    assert_eq!(life.hear(refusal), ["stop: who are you"]);
    let mut life = Life::new(threads(1));
    life.hear(Event::Tick);
    assert_eq!(life.hear(Event::StopAsked), ["stop"]);
}

#[test]
fn a_granted_job_is_held_and_counts_while_its_sweep_is_asked_for() {
    let mut life = Life::working(threads(2));
    // Two of three: there is room for one more.
    assert_eq!(life.hear(leased_jobs([1, 2])), ["describe 1/0", "lease 1"]);
    assert_eq!(life.state.jobs().held(), 2);
    assert_eq!(life.wake(), ["heartbeat 1 2"]);
    assert_eq!(life.now, HEARTBEAT);
    assert_eq!(life.hear(leased_jobs([3])), [""; 0], "no room, and the sweep is asked for already");
    assert_eq!(life.wake(), ["heartbeat 1 2 3"]);
    // What is lost meanwhile is not begun.
    assert_eq!(life.hear(Event::Heartbeat(Ok(vec![lease(2)]))), ["[2 lost]", "lease 1"]);
    assert_eq!(life.hear(described(0)), ["compute 1", "compute 3"]);
}

#[test]
fn heartbeats_go_out_in_time_whatever_is_waited_for() {
    let mut life = Life::working(threads(3));
    life.hear(leased_jobs([1, 2]));
    life.hear(described(0));
    life.hear(Event::Computed(lease(1), Err("it panicked".to_owned())));
    life.hear(leased(vec![granted(3, part(1))]));
    // A release, a description, a lease and a heartbeat are not answered; nor is a delivery.
    life.hear(computed(2));
    for beat in 1..10 {
        assert_eq!(life.wake(), ["heartbeat 2 3"]);
        assert_eq!(life.now, beat * HEARTBEAT);
    }
    // Nor while it registers again.
    assert!(life.hear(unknown_worker()).contains(&"[cannot lease jobs for 0ns]".to_owned()));
    assert_eq!(life.wake(), ["register"]);
    assert_eq!(life.wake(), ["heartbeat 2 3"]);
    assert_eq!(life.now, 10 * HEARTBEAT);
}

#[test]
fn a_heartbeat_that_is_late_moves_those_after_it() {
    let mut life = Life::working(threads(1));
    life.hear(leased_jobs([1]));
    assert_eq!(life.after(4 * HEARTBEAT), ["heartbeat 1"]);
    assert_eq!(life.wake(), ["heartbeat 1"]);
    assert_eq!(life.now, 5 * HEARTBEAT);
}

#[test]
fn a_part_is_asked_for_once_and_a_later_part_again() {
    let mut life = Life::working(threads(5));
    let jobs = vec![granted(1, part(0)), granted(2, part(0)), granted(3, part(1))];
    assert_eq!(life.hear(leased(jobs)), ["describe 1/0", "describe 1/1", "lease 3"]);
    // The answer about the later part comes first.
    assert_eq!(life.hear(described(1)), ["compute 3"]);
    assert_eq!(life.hear(described(0)), ["compute 1", "compute 2"]);
    assert_eq!(life.hear(leased(vec![granted(4, part(1))])), ["compute 4", "lease 2"]);
    assert_eq!(life.hear(leased(vec![granted(5, part(2))])), ["describe 1/2", "lease 1"]);
}

#[test]
fn a_job_whose_sweep_cannot_be_had_is_given_back() {
    let mut life = Life::working(threads(1));
    life.hear(leased_jobs([1, 2]));
    let away = Event::Described(part(0), Err(NoSweep::Unreachable));
    assert_eq!(life.hear(away), ["[1 given back]", "[2 given back]", "release 1 2", "lease 2"]);
    life.hear(leased_jobs([3]));
    let unreadable = Event::Described(part(0), Err(NoSweep::Unreadable("of tomorrow".to_owned())));
    assert_eq!(life.hear(unreadable), ["[3 failed]", "release 3 of tomorrow"]);
    let mut beyond = granted(4, part(0));
    beyond.job.end_unit = 3;
    life.hear(Event::LeasingStopped);
    life.hear(leased(vec![beyond]));
    let (told, gave_back) = ("[4 failed]", "release 4 job Job { part: 0, first_unit: 0, end_unit: 3 }");
    let did = life.hear(described(0));
    assert!(did[0] == told && did[1].starts_with(gave_back), "{did:?}");
}

#[test]
fn a_lost_lease_is_dropped_unless_its_results_are_on_their_way() {
    let mut life = Life::working(threads(2));
    life.hear(leased_jobs([1, 2]));
    life.hear(described(0));
    life.hear(computed(1));
    let lost = Event::Heartbeat(Ok(vec![lease(1), lease(2), lease(7)]));
    assert_eq!(life.hear(lost), ["[2 lost]", "cancel 2"]);
    assert_eq!(life.state.jobs().leases(), [lease(1)]);
    // Whatever the threads say of it.
    assert_eq!(life.hear(computed(2)), [""; 0]);
    assert_eq!(life.state.jobs().computing(), 0);
}

#[test]
fn a_database_slower_than_the_threads_slows_them_down() {
    let mut life = Life::working(threads(1));
    life.hear(leased_jobs([1, 2]));
    life.hear(described(0));
    for job in 1..=2 {
        life.hear(computed(job));
    }
    life.hear(leased_jobs([3, 4]));
    assert_eq!(life.hear(computed(3)), ["deliver 3"]);
    assert_eq!(life.hear(computed(4)), ["deliver 4"], "four are not answered");
    assert_eq!(life.hear(receipt(2, Verdict::Recorded)), ["[2 recorded]", "lease 1"]);
}

#[test]
fn a_job_that_panics_fails_and_one_that_was_stopped_does_not() {
    let mut life = Life::working(threads(2));
    life.hear(leased_jobs([1, 2]));
    life.hear(described(0));
    let of = |job, computed: Computed| Event::Computed(lease(job), computed);
    assert_eq!(life.hear(of(1, Err("panic".to_owned()))), ["[1 failed]", "release 1 panic"]);
    assert_eq!(life.hear(of(2, Ok(None))), ["[2 given back]", "release 2"]);
}

#[test]
fn the_goodbye_comes_after_all_releases_and_deliveries() {
    let mut life = Life::working(Plan { exit_when_idle: true, ..threads(2) });
    life.hear(leased_jobs([1, 2, 3]));
    life.hear(described(0));
    for job in 1..=3 {
        life.hear(computed(job));
    }
    assert_eq!(life.hear(idle()), ["lease 3"], "deliveries are not answered");
    assert_eq!(life.hear(receipt(1, Verdict::Recorded)), ["[1 recorded]"]);
    let refused = life.hear(receipt(2, Verdict::Refused));
    assert_eq!(refused, ["[2 refused]", "release 2 results refused: bad"]);
    let refused = life.hear(receipt(3, Verdict::Refused));
    assert_eq!(refused, ["[3 refused]", "release 3 results refused: bad"]);
    assert_eq!(life.hear(idle()), [""; 0], "releases are not answered");
    assert_eq!(life.hear(released([2])), [""; 0]);
    // What is not answered in time is given up.
    let given_up = Event::Released { leases: vec![lease(3)], is_certain: false };
    assert_eq!(life.hear(given_up), ["[3 not given back]", "goodbye 1"]);
    assert_eq!(life.hear(Event::SaidGoodbye), ["[ended]", "stop"]);
}

#[test]
fn a_worker_that_is_asked_to_end_finishes_what_it_has() {
    let mut life = Life::working(Plan { grace: LEASE_TIME, ..threads(1) });
    life.hear(leased_jobs([1]));
    assert_eq!(life.hear(Event::StopAsked), ["[finishing 1]", "stop leasing"]);
    // The call had been answered before it was given up.
    assert_eq!(life.hear(leased_jobs([2])), ["[2 given back]", "release 2"]);
    assert_eq!(life.hear(described(0)), ["compute 1"]);
    assert_eq!(life.wake(), ["heartbeat 1"]);
    assert_eq!(life.hear(computed(1)), ["deliver 1"]);
    assert_eq!(life.hear(receipt(1, Verdict::Recorded)), ["[1 recorded]"]);
    assert_eq!(life.hear(released([2])), ["goodbye 1"]);
}

#[test]
fn what_is_not_finished_when_the_grace_is_over_is_given_back() {
    let mut life = Life::working(Plan { grace: RETRY, ..threads(3) });
    life.hear(leased_jobs([1, 2]));
    life.hear(described(0));
    life.hear(leased(vec![granted(3, part(1))]));
    life.hear(computed(1));
    assert_eq!(life.hear(Event::StopAsked), ["[finishing 3]", "stop leasing"]);
    assert_eq!(life.hear(Event::StopAsked), [""; 0]);
    let told = ["[1 given back]", "cancel 2", "[2 given back]", "[3 given back]"];
    assert_eq!(life.wake(), [&told[..], &["release 1 2 3"]].concat());
    assert_eq!(life.now, RETRY);
    for late in [described(1), receipt(1, Verdict::Refused), Event::Computed(lease(2), Ok(None))] {
        assert!(life.hear(late).iter().all(|did| did == "[1 refused]"));
    }
    assert_eq!(life.hear(released([1, 2, 3])), [""; 0], "the lease call is not answered");
    assert_eq!(life.hear(Event::LeasingStopped), ["goodbye 1"]);
}

#[test]
fn without_grace_all_is_given_back_at_once() {
    let mut life = Life::working(threads(1));
    life.hear(leased_jobs([1]));
    let did = life.hear(Event::StopAsked);
    assert_eq!(did, ["[finishing 1]", "stop leasing", "[1 given back]", "release 1"]);
}

#[test]
fn a_time_limit_ends_a_worker_and_is_told_when_it_asks_for_jobs() {
    let mut life = Life::new(Plan { stop_at: Some(2 * HEARTBEAT), ..threads(1) });
    life.hear(Event::Tick);
    assert_eq!(life.hear(registered(1)).last().unwrap(), "lease 2 of 10s");
    life.hear(leased_jobs([1]));
    assert_eq!(life.wake(), ["heartbeat 1"]);
    life.hear(Event::LeasingStopped);
    let told = ["[finishing 1]", "stop leasing", "[1 given back]", "release 1"];
    assert_eq!(life.wake(), told);
    assert_eq!(life.now, 2 * HEARTBEAT);
}

#[test]
fn a_worker_says_whether_its_time_was_over_and_whether_it_met_a_coordinator() {
    let short = Plan { stop_at: Some(RETRY), ..threads(1) };
    let mut life = Life::new(short.clone());
    life.hear(Event::Tick);
    assert_eq!(life.hear(Event::Registered(Err(unavailable()))), ["[waiting]"]);
    assert_eq!(life.wake(), ["stop: unmet"]);
    assert_eq!(life.now, RETRY, "the time is counted from the start");
    let mut life = Life::new(short);
    life.hear(Event::Tick);
    life.hear(registered(1));
    life.wake();
    life.hear(Event::StopAsked);
    assert_eq!(life.hear(Event::LeasingStopped), ["goodbye 1"]);
    assert_eq!(life.hear(Event::SaidGoodbye), ["[ended]", "stop: out of time"], "that came first");
}

#[test]
fn a_worker_with_nothing_left_to_do_ends_if_it_is_to() {
    let mut life = Life::working(threads(1));
    assert_eq!(life.hear(idle()), ["lease 2"]);
    let mut life = Life::working(Plan { exit_when_idle: true, ..threads(1) });
    assert_eq!(life.hear(leased_jobs([])), ["lease 2"]);
    assert_eq!(life.hear(idle()), ["goodbye 1"]);
}

#[test]
fn what_is_left_of_another_database_is_dropped_when_the_worker_registers_again() {
    let mut life = Life::working(threads(3));
    life.hear(leased_jobs([1, 2]));
    life.hear(described(0));
    life.hear(computed(1));
    life.hear(leased(vec![granted(3, part(1))]));
    life.hear(unknown_worker());
    assert_eq!(life.wake(), ["register"]);
    // As it happens the new database gives the same number to the worker.
    let did = life.hear(registered(1));
    let lost = ["[1 lost]", "[2 lost]", "cancel 2", "[3 lost]"];
    assert_eq!(did, [&lost[..], &["deliver as 1", "[registered as 1]", "lease 3"]].concat());
    // And to its jobs, and to a sweep.
    let registration = Registration { number: 1, ..FIRST };
    let new = |granted: Granted| Granted {
        lease: Lease { registration, ..granted.lease },
        of: SweepPart { registration, ..granted.of },
        ..granted
    };
    let jobs = [granted(1, part(0)), granted(2, part(0)), granted(3, part(1))].map(new);
    let did = life.hear(leased(jobs.to_vec()));
    assert_eq!(did, ["[works after 500ms]", "describe 1/0", "describe 1/1"], "2 takes a thread yet");
    // What comes late of the old ones is nothing to the new ones.
    let lost = Event::Heartbeat(Ok(vec![lease(1), lease(3)]));
    for late in [described(1), receipt(1, Verdict::Refused), lost] {
        assert_eq!(life.hear(late), [""; 0]);
    }
    assert_eq!(life.hear(computed(2)), ["lease 1"]);
    assert_eq!(life.state.jobs().leases(), jobs.map(|job| job.lease));
    let described = Event::Described(jobs[2].of, Ok(sweep(2)));
    assert_eq!(life.hear(described), ["compute 3"]);
}

#[test]
fn a_worker_that_cannot_register_again_keeps_what_it_has_and_tries_on() {
    let mut life = Life::working(threads(1));
    life.hear(leased_jobs([1]));
    life.hear(unknown_worker());
    for _ in 0..3 {
        assert_eq!(life.wake(), ["register"]);
        assert_eq!(life.hear(Event::Registered(Err(unavailable()))), [""; 0]);
    }
    assert_eq!(life.state.jobs().held(), 1);
}

#[test]
fn failed_calls_are_tried_again_after_a_rest_and_told_of_now_and_then() {
    let mut life = Life::working(threads(1));
    let mut told = Vec::new();
    while life.now < Duration::from_secs(130) {
        told.extend(life.hear(Event::Leased(Err(unavailable()))));
        life.now += RETRY - Duration::from_millis(1);
        assert_eq!(life.hear(Event::Tick), [""; 0]);
        assert_eq!(life.after(Duration::from_millis(1)), ["lease 2"]);
    }
    assert_eq!(told, ["0ns", "60s", "120s"].map(|lasted| format!("[cannot lease jobs for {lasted}]")));
    assert_eq!(life.hear(leased_jobs([])), ["[works after 130s]", "lease 2"]);
    let broken = || Event::DeliveryFailed { what: "the stream broke", reason: String::new() };
    assert_eq!(life.hear(broken()), ["[the stream broke for 0ns]"]);
    assert_eq!(life.hear(broken()), [""; 0]);
    life.now += RETRY;
    assert_eq!(life.hear(receipt(1, Verdict::Recorded)), ["[works after 500ms]", "[1 recorded]"]);
}
