//! The exact answer: kind `exact`.

use super::kind::Kind;
use crate::pricing::{self, SECONDS_PER_EXACT_PATH, Size};
use crate::reader::{SpecError, Table};

/// Largest `max_configurations`, 2^34: minutes for one instance.
const MAX_CONFIGURATIONS: i64 = 1 << 34;

/// Enumeration of the exact reduction, or of all configurations.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Exact {
    /// Configurations allowed for an instance, in all; beyond, the row says too costly. 1..=2^34.
    pub max_configurations: u64,
}

impl Exact {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "max_configurations"])?;
        let read = |node: crate::reader::Node<'_>| node.integer(1..=MAX_CONFIGURATIONS);
        let max_configurations = table.get("max_configurations").map_or(Ok(1 << 24), read)? as u64;
        Ok(Self { max_configurations })
    }
}

impl Kind for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![("max_configurations", self.max_configurations.to_string())]
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let cost = pricing::exact_cost(size.cell);
        if cost.configurations > self.max_configurations as f64 {
            return 0.0;
        }
        let passes = size.betas.len().div_ceil(8) as f64;
        cost.seconds(size.betas.len()) + passes * size.paths * SECONDS_PER_EXACT_PATH
    }
}
