//! Gathering the chunks of one stream to whole jobs, within a bound: what is not complete takes memory, and only a
//! lease that is recorded is known to be one.

use std::collections::HashMap;
use store::Lease;
use sweep::measurement::UnitRows;
use wire::v1;

/// Jobs that one stream may have begun and not ended. A worker ends one before it begins the next.
const MOST_JOBS: usize = 64;

/// What they may hold together, as it travels. A job has at most 50,000 rows of half a kilobyte, and its histograms.
const MOST_BYTES: usize = 4 * wire::MAX_MESSAGE_BYTES;

/// What has come of jobs that are not complete.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    jobs: HashMap<Lease, Gathered>,
    bytes: usize,
}

#[derive(Debug)]
struct Gathered {
    units: Units,
    bytes: usize,
}

/// A job's units, or what is wrong with the first row that is.
type Units = Result<Vec<UnitRows>, String>;

/// The stream holds more than is meant for any worker.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a stream of results may hold {MOST_JOBS} incomplete jobs and {MOST_BYTES} bytes of them; end one before the next"
)]
pub(crate) struct TooMuch;

impl Gathering {
    /// Takes in a chunk; gives back all units of its job if it was the last.
    pub(crate) fn take(
        &mut self,
        lease: Lease,
        units: Vec<v1::UnitResult>,
        is_last: bool,
    ) -> Result<Option<Units>, TooMuch> {
        let bytes: usize = units.iter().map(prost::Message::encoded_len).sum();
        let is_new = !self.jobs.contains_key(&lease);
        if self.bytes + bytes > MOST_BYTES || (is_new && self.jobs.len() >= MOST_JOBS) {
            return Err(TooMuch);
        }
        let job = self.jobs.entry(lease).or_insert_with(|| Gathered { units: Ok(Vec::new()), bytes: 0 });
        if let Ok(so_far) = &mut job.units
            && let Err(reason) = append(so_far, units)
        {
            job.units = Err(reason);
        }
        job.bytes += bytes;
        self.bytes += bytes;
        if !is_last {
            return Ok(None);
        }
        Ok(self.jobs.remove(&lease).map(|job| {
            self.bytes -= job.bytes;
            job.units
        }))
    }
}

/// A unit may be spread over chunks: it goes on where the chunk before ended.
///
/// Messages become rows as they come, and are gone before the next chunk is read: as messages, rows take four times the
/// memory.
fn append(units: &mut Vec<UnitRows>, more: Vec<v1::UnitResult>) -> Result<(), String> {
    for unit in more {
        let number = unit.unit;
        let unit = UnitRows::try_from(unit).map_err(|error| format!("unit {number}: {error}"))?;
        match units.last_mut() {
            Some(last) if last.unit == unit.unit => {
                last.measurements.extend(unit.measurements);
                last.degree_counts.extend(unit.degree_counts);
                last.levels.extend(unit.levels);
                last.training.extend(unit.training);
            }
            _ => units.push(unit),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(job_id: i64) -> Lease {
        Lease { job_id, epoch: 1 }
    }

    fn unit(unit: u64, bytes: usize) -> v1::UnitResult {
        let row = v1::Measurement {
            beta: "1".to_owned(),
            method: "m".repeat(bytes),
            outcome: v1::Outcome::Empty.into(),
            ..v1::Measurement::default()
        };
        v1::UnitResult { unit, measurements: vec![row], ..v1::UnitResult::default() }
    }

    #[test]
    fn a_job_is_given_back_whole_and_a_unit_goes_on_in_the_next_chunk() {
        let mut gathering = Gathering::default();
        assert_eq!(gathering.take(lease(1), vec![unit(0, 1), unit(1, 1)], false), Ok(None));
        assert_eq!(gathering.take(lease(2), vec![unit(7, 1)], true).unwrap().unwrap().unwrap().len(), 1);
        let whole = gathering.take(lease(1), vec![unit(1, 1)], true).unwrap().unwrap().unwrap();
        let rows: Vec<_> = whole.iter().map(|unit| unit.measurements.len()).collect();
        assert_eq!(rows, [1, 2]);
        assert_eq!((gathering.bytes, gathering.jobs.len()), (0, 0));
    }

    #[test]
    fn a_row_that_is_none_gives_the_job_its_reason_when_all_have_come() {
        let mut gathering = Gathering::default();
        let mut spoilt = unit(3, 1);
        spoilt.measurements[0].beta = "warm".to_owned();
        assert_eq!(gathering.take(lease(1), vec![unit(2, 1), spoilt], false), Ok(None));
        let reason = gathering.take(lease(1), vec![unit(4, 1)], true).unwrap().unwrap().unwrap_err();
        assert!(reason.starts_with("unit 3: beta is \"warm\""), "{reason}");
        assert_eq!((gathering.bytes, gathering.jobs.len()), (0, 0));
    }

    #[test]
    fn incomplete_jobs_are_bounded_in_number_and_in_bytes() {
        let mut gathering = Gathering::default();
        for job in 0..MOST_JOBS as i64 {
            assert_eq!(gathering.take(lease(job), vec![], false), Ok(None));
        }
        assert_eq!(gathering.take(lease(-1), vec![], true), Err(TooMuch));
        assert_eq!(gathering.take(lease(3), vec![unit(0, 10)], false), Ok(None));
        let mut chunks = 0;
        while gathering.take(lease(3), vec![unit(0, 1 << 24)], false).is_ok() {
            chunks += 1;
        }
        assert_eq!(chunks, (MOST_BYTES >> 24) - 1);
    }
}
