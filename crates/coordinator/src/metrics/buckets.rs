//! The bounds that times are counted between.

use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

/// Half a millisecond to 16 seconds.
pub(super) fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}
