//! Taking back leases that nobody extends.

use crate::shared::Coordinator;
use std::sync::Arc;
use std::time::Duration;

/// One look at leases in so many is at all of them.
const FULL_LOOK: u32 = 20;

/// Takes back lapsed leases, again and again.
pub(crate) async fn expire_leases_forever(coordinator: Arc<Coordinator>) {
    let lease = coordinator.settings.lease;
    let interval = (lease / 10).max(Duration::from_millis(100));
    // Workers could not extend their leases while there was no coordinator or no database: they get the time of one
    // lease to come back before any is taken.
    tokio::time::sleep(lease).await;
    let mut looks: u32 = 0;
    loop {
        tokio::time::sleep(interval).await;
        // Now and then all of them: the database's clock may have been set meanwhile.
        let look_back = (!looks.is_multiple_of(FULL_LOOK)).then_some(interval * 2 * FULL_LOOK);
        match coordinator.store.expire_leases(coordinator.settings.max_attempts, look_back).await {
            Ok(expired) => {
                looks = looks.wrapping_add(1);
                coordinator.on_expired(&expired);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot look for lapsed leases");
                coordinator.settings.metrics.database_failures.inc();
                looks = 0;
                tokio::time::sleep(lease).await;
            }
        }
    }
}
