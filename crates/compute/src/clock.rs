//! Processor time, as the clocks of the threads that compute count it: on a busy machine less than the time that
//! passes.

use cpu_time::ThreadTime;
use kernel::stop;
use rayon::prelude::*;
use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

thread_local! {
    /// Seconds that other threads have computed for this one.
    static HELPED: Cell<f64> = const { Cell::new(0.0) };
}

/// Shorter laps are not worth a look at the processor's clock, which takes a good part of a microsecond: a thread
/// that is put aside is away for longer.
const SHORT: Duration = Duration::from_micros(100);

/// Counts the processor time of this thread, and of those that help it, lap by lap.
pub(crate) struct Clock {
    own: ThreadTime,
    helped: f64,
    /// What the laps add up to.
    told: f64,
    /// The end of the last lap, and when the processor's clock was read.
    last: Instant,
    read: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { own: ThreadTime::now(), helped: HELPED.get(), told: 0.0, last: now, read: now }
    }

    /// Seconds since the last lap, on the thread that started the clock. The time that passed stands for short ones;
    /// the next longer one puts their sum right.
    pub(crate) fn lap(&mut self) -> f64 {
        let now = Instant::now();
        let passed = now - std::mem::replace(&mut self.last, now);
        let lap = if now - self.read < SHORT {
            passed.as_secs_f64()
        } else {
            self.read = now;
            let taken = self.own.elapsed().as_secs_f64() + HELPED.get() - self.helped;
            (taken - self.told).max(0.0)
        };
        self.told += lap;
        lap
    }
}

/// Solves parts of `items` on the threads of the pool, and gives the results in order. What stops the caller stops all.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    part: usize,
    solve: impl Fn(&[T]) -> Vec<R> + Send + Sync,
) -> Vec<R> {
    let (caller, flag) = (thread::current().id(), stop::flag());
    let solved = items.par_chunks(part).map(|part| {
        let mut clock = Clock::start();
        let found = stop::with(flag.clone(), || solve(part));
        // The caller's own clock runs all the time.
        let helped = if thread::current().id() == caller { 0.0 } else { clock.lap() };
        (found, helped)
    });
    let solved: Vec<(Vec<R>, f64)> = solved.collect();
    HELPED.set(HELPED.get() + solved.iter().map(|(_, helped)| helped).sum::<f64>());
    solved.into_iter().flat_map(|(found, _)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compute(time: Duration) {
        let start = ThreadTime::now();
        while start.elapsed() < time {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn sleep_takes_no_processor_time_and_the_help_of_other_threads_does() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let clock = || {
            let (mut clock, since) = (Clock::start(), Instant::now());
            thread::sleep(Duration::from_millis(50));
            in_parallel(&[1, 2, 3, 4], 1, |items| {
                compute(Duration::from_millis(20));
                items.to_vec()
            });
            (clock.lap(), since.elapsed().as_secs_f64())
        };
        let (seconds, passed) = pool.install(clock);
        assert!((0.08..0.1).contains(&seconds), "{seconds} of {passed}");
    }

    #[test]
    fn short_laps_add_up_to_the_processor_time() {
        let (own, mut clock) = (ThreadTime::now(), Clock::start());
        let lap = |k| {
            compute(Duration::from_micros(5));
            if k % 500 == 0 {
                thread::sleep(Duration::from_millis(5));
            }
            clock.lap()
        };
        let told: f64 = (0..5000).map(lap).sum();
        let taken = own.elapsed().as_secs_f64();
        assert!((told - taken).abs() < 0.002 + 0.1 * taken, "{told} of {taken}");
    }
}
