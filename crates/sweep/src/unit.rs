//! A unit: one disorder sample of one cell, with everything that is to be computed for it.

use crate::cell::Cell;
use crate::measurement::{Branch, TrainingKey};
use crate::method::{Method, MethodSettings};
use crate::spec::Spec;
use rust_decimal::Decimal;
use std::sync::Arc;

/// What one part of a sweep computes for one unit; earlier parts may have computed some of it already.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The cell; units of one cell may share it.
    pub cell: Arc<Cell>,
    /// The disorder sample, from 0.
    pub sample: u32,
    /// What to do, in the order of the methods' names; empty if earlier parts did it all.
    pub tasks: Vec<Task>,
}

/// One method for one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The method's index in its spec.
    pub method_index: usize,
    /// The method.
    pub method: Arc<Method>,
    /// The β to solve at, increasing; empty exactly if the method knows no β (then it runs once).
    pub betas: Vec<Decimal>,
}

/// What identifies one measurement within its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey<'a> {
    /// The method's name.
    pub method: &'a str,
    /// Inverse temperature.
    pub beta: Decimal,
    /// The start of belief propagation; none for other methods.
    pub branch: Option<Branch>,
}

impl Work {
    /// All that a spec asks for of a sample of one of its cells.
    pub fn whole(spec: &Spec, cell: &Cell, sample: u32) -> Self {
        let task = |(method_index, method): (usize, &Arc<Method>)| Task {
            method_index,
            method: Arc::clone(method),
            betas: if method.uses_beta() { spec.betas().to_vec() } else { Vec::new() },
        };
        let tasks = spec.methods().iter().enumerate().map(task).collect();
        Self { cell: Arc::new(cell.clone()), sample, tasks }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// The measurements that a result holds, each exactly once: by method, then β, then branch.
    pub fn expected_rows(&self) -> impl Iterator<Item = RowKey<'_>> {
        self.tasks.iter().flat_map(|task| {
            task.betas.iter().flat_map(move |&beta| {
                let method = task.method.name.as_str();
                task.method.branches().iter().map(move |&branch| RowKey { method, beta, branch })
            })
        })
    }

    /// Whether a result holds the degree histogram of the instance.
    pub fn expects_degrees(&self) -> bool {
        self.tasks.iter().any(|task| matches!(task.method.settings, MethodSettings::Degrees(_)))
    }

    /// The rows that a result holds of a training: by method, then as its kind orders them.
    pub fn expected_training_rows(&self) -> impl Iterator<Item = TrainingKey> {
        let depth = self.cell.widths().len() - 1;
        self.tasks.iter().flat_map(move |task| task.method.training_rows(depth))
    }

    /// How long the network must be trained, in epochs; 0 where none is.
    pub fn last_epoch(&self) -> u32 {
        let last = |task: &Task| task.method.epochs().and_then(|epochs| epochs.last().copied());
        self.tasks.iter().filter_map(last).max().unwrap_or(0)
    }

    /// The pairs of levels that a result holds unless its instance is empty: by method, then overlap.
    pub fn expected_levels(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.tasks.iter().flat_map(|task| {
            let overlaps: &[Decimal] = match &task.method.settings {
                MethodSettings::Levels(levels) => &levels.overlaps,
                _ => &[],
            };
            overlaps.iter().map(|&overlap| (task.method.name.as_str(), overlap))
        })
    }
}
