//! The lease protocol as a state machine, explored exhaustively over small cases and driven through the real store.
//!
//! `model` says what must happen: two workers, a few jobs, and every order of leasing, heartbeats, lapses, results
//! (also late ones, of leases that are long lost), giving back, failing and retrying, up to a depth. Every state that
//! the model can reach is reached in PostgreSQL as well, along the shortest way, and compared with it. A fence that is
//! broken on purpose must be noticed.

mod database;
mod model;

use database::{Database, Fence};
use model::{Model, Step};
use std::collections::{HashSet, VecDeque};

/// Steps from the beginning, for the honest store.
const DEPTH: usize = 5;

/// Enough for a lease to lapse, to pass to another, and to be answered late.
const DEPTH_OF_CHEATS: usize = 5;

#[test]
fn the_store_follows_the_protocol_in_every_small_case() {
    let explored = explore(Fence::Sound, DEPTH);
    let states = explored.unwrap_or_else(|violation| panic!("{violation}"));
    println!("{states} states");
    // Fewer would mean that the model has lost its steps.
    assert!(states > 100, "only {states} states");
}

#[test]
fn a_fence_that_looks_at_the_job_alone_is_noticed() {
    let violation = explore(Fence::JobAlone, DEPTH_OF_CHEATS).expect_err("the broken fence went unnoticed");
    assert!(violation.contains("late"), "{violation}");
}

#[test]
fn a_fence_that_counts_attempts_is_noticed() {
    let violation =
        explore(Fence::Attempts, DEPTH_OF_CHEATS + 1).expect_err("the broken fence went unnoticed");
    assert!(violation.contains("late"), "{violation}");
}

/// Visits every state that can be reached in so many steps, each along one shortest way; returns how many there are, or
/// where the store went another way than the model.
fn explore(fence: Fence, depth: usize) -> Result<usize, String> {
    let mut database = Database::start(fence);
    let mut seen = HashSet::from([Model::default().canonical()]);
    let mut frontier = VecDeque::from([(Model::default(), Vec::<Step>::new())]);
    while let Some((state, path)) = frontier.pop_front() {
        if path.len() == depth {
            continue;
        }
        for step in state.steps() {
            let mut next = state.clone();
            next.apply(step);
            // A step that leads to a state which is known is walked as well: it must lead there in the database too.
            let path = [path.as_slice(), &[step]].concat();
            database.follow(&path)?;
            if seen.insert(next.canonical()) {
                frontier.push_back((next, path));
            }
        }
    }
    Ok(seen.len())
}
