//! Lines of trouble in the log, of which there are only so many a minute.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What lines are counted in.
const MINUTE: Duration = Duration::from_secs(60);

/// Lines about trouble in a minute.
const MOST_LINES: u32 = 100;

/// Counts lines of trouble.
#[derive(Debug, Default)]
pub(crate) struct Sparing(Mutex<Option<(Instant, u32)>>);

impl Sparing {
    /// Whether one more line may be written in this minute.
    pub(crate) fn allows(&self) -> bool {
        let now = Instant::now();
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, lines) = window.filter(|(since, _)| now - *since < MINUTE).unwrap_or((now, 0));
        *window = Some((since, lines.saturating_add(1)));
        lines < MOST_LINES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lines_of_trouble_are_bounded_in_every_minute() {
        let sparing = Sparing::default();
        let allowed = || (0..1000).filter(|_| sparing.allows()).count();
        assert_eq!(allowed(), MOST_LINES as usize);
        assert_eq!(allowed(), 0);
        tokio::time::advance(MINUTE).await;
        assert_eq!(allowed(), MOST_LINES as usize);
    }
}
