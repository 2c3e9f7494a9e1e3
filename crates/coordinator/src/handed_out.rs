//! Jobs that this coordinator handed out, so that their results need no look-up.
//!
//! What is remembered may be gone from the database: lapsed, given back, or undone by its crash. So it tells what a
//! lease asked for, which never changes, and never that it is still open: that is for the transaction that closes it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::Lease;
use store::jobs::LeasedJob;

/// Jobs remembered; beyond, all are forgotten and looked up as needed.
const CAPACITY: usize = 100_000;

#[derive(Debug, Default)]
pub(crate) struct HandedOut(Mutex<HashMap<Lease, LeasedJob>>);

impl HandedOut {
    /// Remembers what was leased.
    pub(crate) fn note(&self, jobs: &[LeasedJob]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + jobs.len() > CAPACITY {
            known.clear();
        }
        known.extend(jobs.iter().map(|job| (job.lease, job.clone())));
    }

    /// The jobs of these leases, as far as they are known, and the other leases. Most are asked for once: they are
    /// forgotten.
    pub(crate) fn take(&self, leases: &[Lease]) -> (HashMap<Lease, LeasedJob>, Vec<Lease>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut found, mut others) = (HashMap::new(), Vec::new());
        for &lease in leases {
            match known.remove(&lease) {
                Some(job) => {
                    found.insert(lease, job);
                }
                None => others.push(lease),
            }
        }
        (found, others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{SweepId, WorkerId};

    #[test]
    fn what_was_handed_out_is_known_once_and_never_too_much_of_it() {
        let job = |number| LeasedJob {
            lease: Lease { job_id: number, epoch: 1 },
            worker: WorkerId(1),
            sweep_id: SweepId(1),
            part: 0,
            first_unit: 0,
            end_unit: 1,
            estimated_seconds: 1.0,
        };
        let handed_out = HandedOut::default();
        let (first, second) = (job(1), job(2));
        handed_out.note(std::slice::from_ref(&first));
        let (found, others) = handed_out.take(&[first.lease, second.lease]);
        assert_eq!((found.len(), others), (1, vec![second.lease]));
        assert_eq!(handed_out.take(&[first.lease]).1, [first.lease]);
        for number in 0..2 * CAPACITY as i64 {
            handed_out.note(&[job(number)]);
        }
        assert!(handed_out.0.lock().unwrap().len() <= CAPACITY);
    }
}
