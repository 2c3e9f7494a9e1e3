//! What distinguishes kinds of methods, as the rest of the program asks for it.

use crate::measurement::Branch;
use crate::pricing::Size;
use rust_decimal::Decimal;

/// Bytes of a value of a series, and what its error takes while it is found: copies by rank, and of squares.
pub(super) const BYTES_OF_VALUE: u64 = 8;
pub(super) const BYTES_OF_JUDGING: u64 = 32;

/// What the rest of the program asks of a kind.
pub(crate) trait Kind {
    /// Its name, one of [`KINDS`](super::KINDS).
    fn name(&self) -> &'static str;

    /// The settings by name, with canonical texts.
    fn settings(&self) -> Vec<(&'static str, String)>;

    /// The branches measured at each β; empty for a kind that knows no β and gives no measurement.
    fn branches(&self) -> &'static [Option<Branch>] {
        &[None]
    }

    /// The temperatures that the spec's β must stand among.
    fn ladder(&self) -> Option<&[Decimal]> {
        None
    }

    /// Whether it works on the reduced systems, which only networks of three weight layers have.
    fn is_reduced(&self) -> bool {
        false
    }

    /// The epochs after which it looks at a network that is trained, increasing; none of a kind that looks at
    /// instances.
    fn epochs(&self) -> Option<&[u32]> {
        None
    }

    /// The rows that it gives of a training of `depth` weight layers, in order: the epoch, the weight layer, and the
    /// share of its connections that was removed.
    fn training_rows(&self, _depth: usize) -> Vec<(u32, Option<u16>, Decimal)> {
        Vec::new()
    }

    /// Bytes of the series that it keeps of one instance until their errors are known, and of what these take to be
    /// found.
    fn series_bytes(&self) -> u64 {
        0
    }

    /// About how long it takes on one core, in seconds.
    fn seconds(&self, size: &Size<'_>) -> f64;
}
