//! The degree histogram: kind `degrees`.

use super::kind::Kind;
use crate::measurement::Branch;
use crate::pricing::Size;
use crate::reader::{SpecError, Table};

/// How many active paths go through the weights of every instance; knows no β and gives no measurement.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Degrees {}

impl Degrees {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind"])?;
        Ok(Self {})
    }
}

impl Kind for Degrees {
    fn name(&self) -> &'static str {
        "degrees"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn branches(&self) -> &'static [Option<Branch>] {
        &[]
    }

    fn seconds(&self, _: &Size<'_>) -> f64 {
        0.0
    }
}
