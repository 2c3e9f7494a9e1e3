//! A grid: the cells of a spec, numbered, never materialised.

use crate::axis::{Axis, AxisName, AxisValue};
use crate::brought::Brought;
use crate::cell::{Cell, CellKind};
use crate::decimal;
use crate::training::{Parameter, Training};
use model::{Couplings, Structure};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::sync::Arc;

/// The cells of a spec, 0..[`cells`](Self::cells): the product of groups of axes; within a group the axes advance
/// together. Always valid, with at least one cell and no cell twice.
#[derive(Debug, Clone)]
pub struct Grid {
    groups: Vec<Group>,
    cells: u64,
}

impl Grid {
    /// `groups` cover the axes of networks of their least depth, each once: those of ensembles, instances and their
    /// dilution, or those of trainings. None if the number of cells overflows.
    pub(crate) fn new(groups: Vec<Group>) -> Option<Self> {
        let cells = groups.iter().try_fold(1u64, |cells, group| cells.checked_mul(group.len() as u64))?;
        Some(Self { groups, cells })
    }

    /// The number of cells, ≥ 1.
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// Cell `index`, in 0..[`cells`](Self::cells); the last axis varies fastest. Costs the number of axes.
    ///
    /// # Panics
    /// If `index` is not below the number of cells.
    pub fn cell(&self, index: u64) -> Cell {
        assert!(index < self.cells, "cell {index} of {}", self.cells);
        let mut rest = index;
        let mut draft = Draft::default();
        for group in self.groups.iter().rev() {
            let position = (rest % group.len() as u64) as usize;
            rest /= group.len() as u64;
            for axis in &group.axes {
                draft.set(axis.name, &axis.values[position]);
            }
        }
        draft.finish()
    }

    /// The index of a cell of any grid, if it stands in this one: `index_of(cell(i)) == Some(i)`.
    pub fn index_of(&self, cell: &Cell) -> Option<u64> {
        let mut index = 0;
        for group in &self.groups {
            let tuple =
                group.axes.iter().map(|axis| value_of(cell, axis.name)).collect::<Option<Vec<_>>>()?;
            index = index * group.len() as u64 + group.position(&tuple)? as u64;
        }
        // Layers that not all networks of this grid have carry no axis here: they must be at their default.
        let depth = cell.widths().len() - 1;
        let has_axis = |name| self.all_axes().any(|axis| axis.name == name);
        let at_default =
            |&name: &AxisName| value_of(cell, name).is_none_or(|value| Some(value) == name.default_value());
        let trained = Parameter::all(depth).map(AxisName::Training);
        let mut others = AxisName::all(depth).chain(trained).filter(|&name| !has_axis(name));
        others.all(|name| at_default(&name)).then_some(index)
    }

    /// Whether a cell of any grid stands in this one.
    pub fn contains(&self, cell: &Cell) -> bool {
        self.index_of(cell).is_some()
    }

    /// The numbers of weight layers of its networks, in the order in which they are first met.
    pub fn depths(&self) -> Vec<usize> {
        let mut depths = Vec::new();
        for value in self.all_axes().flat_map(|axis| &axis.values) {
            let depth = match value {
                AxisValue::Widths(network) => network.depth(),
                AxisValue::Brought(brought) => brought.network().depth(),
                AxisValue::Layers(widths) => widths.len() - 1,
                _ => continue,
            };
            if !depths.contains(&depth) {
                depths.push(depth);
            }
        }
        depths
    }

    /// Whether any cell has couplings `path`.
    pub fn has_path_couplings(&self) -> bool {
        self.all_axes().flat_map(|axis| &axis.values).any(|value| match value {
            AxisValue::Couplings(couplings) => *couplings == Couplings::Path,
            AxisValue::Brought(brought) => brought.couplings() == Couplings::Path,
            _ => false,
        })
    }

    /// The axes for reports, defaults too: those that advance together stand in one list. Of instances that the user
    /// brought the dilutions that the spec has.
    pub fn axes(&self) -> Vec<&[Axis]> {
        let is_told = |group: &&Group| self.instances().is_none() || group.dilutes();
        self.groups.iter().filter(is_told).map(Group::axes).collect()
    }

    /// All axes, defaults and instances that the user brought too: those that advance together stand in one list. A
    /// cell's index is a position in each list, the last varying fastest.
    pub fn dimensions(&self) -> impl Iterator<Item = &[Axis]> {
        self.groups.iter().map(Group::axes)
    }

    /// The axis of instances that the user brought, in a grid of them.
    pub fn instances(&self) -> Option<&Axis> {
        self.all_axes().find(|axis| axis.name == AxisName::Instance)
    }

    /// The files that are samples of each cell, in a grid of such.
    pub fn group(&self) -> Option<&Brought> {
        match self.instances()?.values.as_slice() {
            [AxisValue::Brought(brought)] if brought.is_group() => Some(brought),
            _ => None,
        }
    }

    /// Whether some cell is diluted.
    pub(crate) fn dilutes(&self) -> bool {
        self.groups.iter().any(Group::dilutes)
    }

    /// Whether its cells are trainings.
    pub fn trains(&self) -> bool {
        self.all_axes().any(|axis| axis.name == AxisName::Training(Parameter::Task))
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(crate) fn all_axes(&self) -> impl Iterator<Item = &Axis> {
        self.groups.iter().flat_map(|group| &group.axes)
    }
}

/// The value that a cell has on an axis of grids, where it has one.
fn value_of(cell: &Cell, name: AxisName) -> Option<AxisValue> {
    match (name, &cell.kind) {
        (AxisName::Widths, CellKind::Training(training)) => Some(AxisValue::Layers(training.widths().into())),
        (AxisName::Training(parameter), CellKind::Training(training)) => {
            Some(training.value(parameter).clone())
        }
        (AxisName::Activation(l), _) => cell.activation().get(l - 1).copied().map(AxisValue::Number),
        (AxisName::Dilution(l), _) => cell.dilution().get(l - 1).copied().map(AxisValue::Number),
        (AxisName::Instance, CellKind::Brought { brought, .. }) => Some(AxisValue::Brought(brought.clone())),
        (AxisName::Widths, CellKind::Ensemble { structure, .. }) => {
            Some(AxisValue::Widths(structure.network().clone()))
        }
        (AxisName::Ensemble, _) => cell.ensemble().map(AxisValue::Ensemble),
        (AxisName::Couplings, CellKind::Ensemble { structure, .. }) => {
            Some(AxisValue::Couplings(structure.couplings()))
        }
        _ => None,
    }
}

/// Axes that advance together: one, unless they are zipped.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// In order of their names, all of the same length.
    axes: Vec<Axis>,
    /// The positions, ordered by the values that stand there.
    order: Vec<u32>,
}

impl Group {
    /// # Errors
    /// The two positions of values that are repeated, the smaller first.
    pub(crate) fn new(mut axes: Vec<Axis>) -> Result<Self, (usize, usize)> {
        axes.sort_by_key(|axis| axis.name);
        let compare = |&a: &u32, &b: &u32| {
            let values = axes.iter().map(|axis| axis.values[a as usize].cmp(&axis.values[b as usize]));
            values.fold(Ordering::Equal, Ordering::then)
        };
        let mut order: Vec<u32> = (0..axes[0].values.len() as u32).collect();
        order.sort_by(compare);
        let repeated = order.windows(2).filter(|pair| compare(&pair[0], &pair[1]).is_eq());
        if let Some(pair) = repeated.min_by_key(|pair| pair[1]) {
            return Err((pair[0] as usize, pair[1] as usize));
        }
        Ok(Self { axes, order })
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    pub(crate) fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Whether some p_l > 0 stands here.
    fn dilutes(&self) -> bool {
        let mut dilutions = self.axes.iter().filter(|axis| matches!(axis.name, AxisName::Dilution(_)));
        dilutions.any(|axis| axis.values.iter().any(|value| *value != AxisValue::Number(Decimal::ZERO)))
    }

    /// Where `tuple`, one value for each axis, stands.
    pub(crate) fn position(&self, tuple: &[AxisValue]) -> Option<usize> {
        let compare = |&at: &u32| {
            let values = self.axes.iter().zip(tuple).map(|(axis, value)| axis.values[at as usize].cmp(value));
            values.fold(Ordering::Equal, Ordering::then)
        };
        self.order.binary_search_by(compare).ok().map(|found| self.order[found] as usize)
    }
}

/// A cell while its values are collected.
#[derive(Default)]
struct Draft<'a> {
    brought: Option<&'a Arc<Brought>>,
    widths: Option<&'a AxisValue>,
    ensemble: Option<&'a AxisValue>,
    couplings: Option<&'a AxisValue>,
    dilution: Vec<(usize, Decimal)>,
    activation: Vec<(usize, Decimal)>,
    training: Vec<(Parameter, &'a AxisValue)>,
}

impl<'a> Draft<'a> {
    fn set(&mut self, name: AxisName, value: &'a AxisValue) {
        match (name, value) {
            (AxisName::Widths, _) => self.widths = Some(value),
            (AxisName::Ensemble, _) => self.ensemble = Some(value),
            (AxisName::Couplings, _) => self.couplings = Some(value),
            (AxisName::Activation(l), &AxisValue::Number(rho)) => self.activation.push((l, rho)),
            (AxisName::Dilution(l), &AxisValue::Number(p)) => self.dilution.push((l, p)),
            (AxisName::Instance, AxisValue::Brought(brought)) => self.brought = Some(brought),
            (AxisName::Training(parameter), _) => self.training.push((parameter, value)),
            _ => unreachable!("{name} is no axis of a grid, or a number"),
        }
    }

    fn finish(self) -> Cell {
        if let Some(brought) = self.brought {
            let dilution = filled(brought.network().depth(), Decimal::ZERO, &self.dilution);
            return Cell::of_brought(brought.clone(), dilution);
        }
        if let Some(AxisValue::Layers(widths)) = self.widths {
            return Cell::of_training(trained(widths, &self.training));
        }
        let (
            Some(AxisValue::Widths(network)),
            Some(&AxisValue::Ensemble(ensemble)),
            Some(&AxisValue::Couplings(couplings)),
        ) = (self.widths, self.ensemble, self.couplings)
        else {
            unreachable!("a grid has all its axes")
        };
        let depth = network.depth();
        let dilution = filled(depth, Decimal::ZERO, &self.dilution);
        let activation = filled(depth - 1, Decimal::ONE, &self.activation);
        let floats = |values: &[Decimal]| values.iter().map(|&value| decimal::to_f64(value)).collect();
        let structure =
            Structure::new(network.clone(), ensemble, couplings, floats(&dilution), floats(&activation))
                .expect("a grid's values are probabilities, as many as its networks have layers");
        Cell::of_ensemble(structure, dilution, activation)
    }
}

/// A training with what `values` say, the rest at its default.
fn trained(widths: &Arc<[u32]>, values: &[(Parameter, &AxisValue)]) -> Training {
    let value = |parameter| {
        let given = values.iter().find(|(name, _)| *name == parameter).map(|(_, value)| (*value).clone());
        let preset = || AxisName::Training(parameter).default_value();
        let value = given.or_else(preset).expect("a grid has its task");
        (parameter, value)
    };
    Training::new(widths.clone(), Parameter::all(widths.len() - 1).map(value).collect())
}

fn filled(layers: usize, default: Decimal, values: &[(usize, Decimal)]) -> Vec<Decimal> {
    let mut filled = vec![default; layers];
    for &(l, value) in values {
        filled[l - 1] = value;
    }
    filled
}
