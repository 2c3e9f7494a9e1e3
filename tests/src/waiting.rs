//! Waiting for a condition.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Long enough for a loaded machine: a test that waits so long has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);

const POLL: Duration = Duration::from_millis(20);

/// Asks again and again until there is an answer.
///
/// # Panics
/// If there is none within two minutes; `what` says what was waited for.
pub fn wait_until<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(since.elapsed() < DEADLINE, "waited {} s in vain: {what}", DEADLINE.as_secs());
        sleep(POLL);
    }
}
