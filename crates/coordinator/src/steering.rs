//! What people tell a sweep, by whichever way.

use crate::error::CoordinatorError;
use store::Store;
use store::sweeps::SweepState;

/// Pauses a sweep, cancels it, or goes on with it.
///
/// # Errors
/// If there is no such sweep, it is finished, or the database fails.
pub async fn set_state(store: &Store, sweep: &str, state: SweepState) -> Result<(), CoordinatorError> {
    if state != SweepState::Active && store.progress_of(sweep).await?.status == "finished" {
        let reason = format!("{sweep} is finished: there is nothing to pause or to cancel");
        return Err(CoordinatorError::Malformed(reason));
    }
    store.set_state(sweep, state).await?;
    tracing::info!(sweep, ?state, "sweep told");
    Ok(())
}

/// Has the failed jobs of a sweep tried again; how many there are.
///
/// # Errors
/// If there is no such sweep, or the database fails.
pub async fn retry(store: &Store, sweep: &str) -> Result<u64, CoordinatorError> {
    let progress = store.progress_of(sweep).await?;
    Ok(store.retry_failed_jobs(progress.sweep_id).await?)
}
