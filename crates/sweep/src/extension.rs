//! When an edited spec continues a sweep: it keeps everything the old one asked for.

use crate::axis::{Axis, AxisName, AxisValue};
use crate::decimal;
use crate::grid::{Grid, Group};
use crate::method::Method;
use crate::spec::Spec;
use std::collections::BTreeSet;
use thiserror::Error;

/// What a spec lost that the sweep of its name already has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{lost}; a sweep keeps what it has: choose another name, or delete the sweep first")]
pub struct NotAnExtension {
    lost: String,
}

impl NotAnExtension {
    /// What was lost or changed, such as `dilution_1 no longer holds 0.4`.
    pub fn lost(&self) -> &str {
        &self.lost
    }
}

fn lost<T>(what: impl Into<String>) -> Result<T, NotAnExtension> {
    Err(NotAnExtension { lost: what.into() })
}

impl Spec {
    /// Whether this spec may be submitted under the name of a sweep that has `old`: the same seed, every old method
    /// with the same settings, and every old cell, sample and β. Compares axes, not cells.
    ///
    /// # Errors
    /// If something of `old` is missing or changed; the message names it.
    pub fn extends(&self, old: &Spec) -> Result<(), NotAnExtension> {
        if self.name() != old.name() {
            return lost(format!("the name changed: {} → {}", old.name(), self.name()));
        }
        if self.seed() != old.seed() {
            return lost(format!("the seed changed: {} → {}", old.seed(), self.seed()));
        }
        for method in old.methods() {
            self.keeps_method(method)?;
        }
        self.grid().keeps(old.grid())?;
        if self.samples() < old.samples() {
            return lost(format!("samples fell: {} → {}", old.samples(), self.samples()));
        }
        match old.betas().iter().find(|beta| self.betas().binary_search(beta).is_err()) {
            Some(&beta) => lost(format!("beta no longer holds {}", decimal::to_text(beta))),
            None => Ok(()),
        }
    }

    fn keeps_method(&self, old: &Method) -> Result<(), NotAnExtension> {
        let name = &old.name;
        let Some(new) = self.method(name) else {
            return lost(format!("method {name} is gone"));
        };
        if new.kind() != old.kind() {
            return lost(format!("method {name} changed: kind {} → {}", old.kind(), new.kind()));
        }
        let changed = old.settings().into_iter().zip(new.settings()).find(|(old, new)| old != new);
        match changed {
            Some(((key, old), (_, new))) => lost(format!("method {name} changed: {key} {old} → {new}")),
            None => Ok(()),
        }
    }
}

impl Grid {
    /// Whether every cell of `old` stands in this grid.
    fn keeps(&self, old: &Grid) -> Result<(), NotAnExtension> {
        match (self.instances(), old.instances()) {
            (None, Some(_)) => return lost("the instance files are gone"),
            (Some(_), None) => return lost("the axes gave way to instance files"),
            _ => {}
        }
        if let (Some(new), Some(old)) = (self.group(), old.group())
            && new == old
            && !new.begins_as(old)
        {
            return lost(format!(
                "the group {} no longer begins with the {} files that it had, in their order",
                old.name(),
                old.files().len()
            ));
        }
        self.keeps_cells(old)
    }

    /// A product of groups contains a set of cells exactly if each group contains the set's projection onto its axes;
    /// and the projection of the old grid, itself a product, is the product of what its groups contribute.
    fn keeps_cells(&self, old: &Grid) -> Result<(), NotAnExtension> {
        for group in self.groups() {
            let names: Vec<AxisName> = group.axes().iter().map(|axis| axis.name).collect();
            // At most one more combination is visited than the group holds.
            if let Some(values) = old.combinations(&names).find(|values| group.position(values).is_none()) {
                return lost(no_longer(&names, &values));
            }
        }
        // Axes of layers that only some networks of the new grid have are at their default there.
        for axis in old.all_axes().filter(|axis| self.all_axes().all(|own| own.name != axis.name)) {
            let default = axis.name.default_value();
            if let Some(value) = axis.values.iter().find(|value| default.as_ref() != Some(value)) {
                return lost(no_longer(&[axis.name], std::slice::from_ref(value)));
            }
        }
        Ok(())
    }

    /// All combinations of the values of `names` in this grid, each once.
    fn combinations(&self, names: &[AxisName]) -> impl Iterator<Item = Vec<AxisValue>> {
        let mut parts: Vec<Part> =
            self.groups().iter().filter_map(|group| Part::of_group(group, names)).collect();
        parts.extend(names.iter().enumerate().filter_map(|(column, name)| {
            let has_axis = self.all_axes().any(|axis| axis.name == *name);
            let default = if has_axis { None } else { name.default_value() };
            default.map(|default| Part { columns: vec![column], tuples: vec![vec![default]] })
        }));
        let mut next = Some(vec![0; parts.len()]);
        std::iter::from_fn(move || {
            let positions = next.take()?;
            let mut values: Vec<(usize, &AxisValue)> = Vec::new();
            for (part, &position) in parts.iter().zip(&positions) {
                values.extend(part.columns.iter().copied().zip(&part.tuples[position]));
            }
            values.sort_by_key(|(column, _)| *column);
            let combination = values.into_iter().map(|(_, value)| value.clone()).collect();
            next = successor(positions, &parts);
            Some(combination)
        })
    }
}

/// What one group contributes to a projection: the distinct tuples of its values, and where they go.
struct Part {
    columns: Vec<usize>,
    tuples: Vec<Vec<AxisValue>>,
}

impl Part {
    #[allow(clippy::mutable_key_type, reason = "instances are compared by contents that never change")]
    fn of_group(group: &Group, names: &[AxisName]) -> Option<Self> {
        let column = |axis: &Axis| names.iter().position(|name| *name == axis.name);
        let (columns, axes): (Vec<usize>, Vec<&Axis>) =
            group.axes().iter().filter_map(|axis| Some((column(axis)?, axis))).unzip();
        if columns.is_empty() {
            return None;
        }
        let tuple = |at: usize| axes.iter().map(|axis| axis.values[at].clone()).collect::<Vec<_>>();
        let tuples: BTreeSet<Vec<AxisValue>> = (0..group.len()).map(tuple).collect();
        Some(Self { columns, tuples: tuples.into_iter().collect() })
    }
}

/// The next position in the product of `parts`, the last fastest.
fn successor(mut positions: Vec<usize>, parts: &[Part]) -> Option<Vec<usize>> {
    for (position, part) in positions.iter_mut().zip(parts).rev() {
        *position += 1;
        if *position < part.tuples.len() {
            return Some(positions);
        }
        *position = 0;
    }
    None
}

fn no_longer(names: &[AxisName], values: &[AxisValue]) -> String {
    match (names, values) {
        ([AxisName::Instance], [value]) => format!("instances no longer holds {value}"),
        ([name], [value]) => format!("{name} no longer holds {value}"),
        _ => {
            let pairs: Vec<String> =
                names.iter().zip(values).map(|(name, value)| format!("{name} = {value}")).collect();
            format!("the zipped axes no longer hold {}", pairs.join(" with "))
        }
    }
}
