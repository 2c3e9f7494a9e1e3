//! How a training goes: kind `training`.

use super::kind::Kind;
use super::reading::read_epochs;
use crate::axis::joined;
use crate::measurement::Branch;
use crate::pricing::Size;
use crate::reader::{SpecError, Table};
use crate::training::Parameter;
use rust_decimal::Decimal;

/// Epochs at which a network is looked at unless a spec says otherwise.
const EPOCHS: [u32; 6] = [0, 1, 2, 5, 10, 20];

/// Loss, error and activation along a schedule of epochs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Course {
    /// Passes through the patterns after which a network is looked at, increasing; 0 is the start.
    pub epochs: Vec<u32>,
}

impl Course {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "epochs"])?;
        Ok(Self { epochs: read_epochs(table, &EPOCHS)? })
    }
}

impl Kind for Course {
    fn name(&self) -> &'static str {
        "training"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![("epochs", joined(&self.epochs, ","))]
    }

    fn branches(&self) -> &'static [Option<Branch>] {
        &[]
    }

    fn epochs(&self) -> Option<&[u32]> {
        Some(&self.epochs)
    }

    fn training_rows(&self, _: usize) -> Vec<(u32, Option<u16>, Decimal)> {
        self.epochs.iter().map(|&epoch| (epoch, None, Decimal::ZERO)).collect()
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let Some(training) = size.cell.training() else { return 0.0 };
        let seen = training.count(Parameter::Patterns) + training.count(Parameter::TestPatterns);
        self.epochs.len() as f64 * f64::from(seen) * size.forward()
    }
}
