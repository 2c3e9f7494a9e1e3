//! A grid: the cells of a spec, numbered, never materialised.

use crate::axis::{Axis, AxisName, AxisValue};
use crate::cell::{Cell, CellKind};
use crate::decimal;
use model::{Couplings, Instance, Structure};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The cells of a spec, 0..[`cells`](Self::cells). Always valid, with at least one cell and no cell twice.
#[derive(Debug, Clone)]
pub enum Grid {
    /// The product of axes.
    Product(ProductGrid),
    /// Instances that the user brought.
    Instances(InstanceGrid),
}

impl Grid {
    /// The number of cells, ≥ 1.
    pub fn cells(&self) -> u64 {
        match self {
            Grid::Product(grid) => grid.cells,
            Grid::Instances(grid) => grid.cells.len() as u64,
        }
    }

    /// Cell `index`, in 0..[`cells`](Self::cells); the last axis varies fastest. Costs the number of axes.
    ///
    /// # Panics
    /// If `index` is not below the number of cells.
    pub fn cell(&self, index: u64) -> Cell {
        assert!(index < self.cells(), "cell {index} of {}", self.cells());
        match self {
            Grid::Product(grid) => grid.cell(index),
            Grid::Instances(grid) => grid.cells[index as usize].clone(),
        }
    }

    /// The index of a cell of any grid, if it stands in this one: `index_of(cell(i)) == Some(i)`.
    pub fn index_of(&self, cell: &Cell) -> Option<u64> {
        match self {
            Grid::Product(grid) => grid.index_of(cell),
            Grid::Instances(grid) => grid.index_of(cell),
        }
    }

    /// Whether a cell of any grid stands in this one.
    pub fn contains(&self, cell: &Cell) -> bool {
        self.index_of(cell).is_some()
    }

    /// Whether every cell is a network of so many weight layers.
    pub fn has_only_depth(&self, depth: usize) -> bool {
        match self {
            Grid::Product(grid) => grid.all_axes().flat_map(|axis| &axis.values).all(|value| match value {
                AxisValue::Widths(network) => network.depth() == depth,
                _ => true,
            }),
            Grid::Instances(grid) => grid.cells.iter().all(|cell| cell.widths().len() == depth + 1),
        }
    }

    /// Whether any cell has couplings `path`.
    pub fn has_path_couplings(&self) -> bool {
        match self {
            Grid::Product(grid) => {
                grid.all_axes().any(|axis| axis.values.contains(&AxisValue::Couplings(Couplings::Path)))
            }
            Grid::Instances(grid) => grid.cells.iter().any(|cell| cell.couplings() == Couplings::Path),
        }
    }

    /// The axes, defaults too, for reports: those that advance together stand in one list. None for instances.
    pub fn axes(&self) -> Vec<&[Axis]> {
        match self {
            Grid::Product(grid) => grid.groups.iter().map(Group::axes).collect(),
            Grid::Instances(_) => Vec::new(),
        }
    }
}

/// The product of groups of axes; within a group the axes advance together.
#[derive(Debug, Clone)]
pub struct ProductGrid {
    groups: Vec<Group>,
    cells: u64,
}

impl ProductGrid {
    /// `groups` cover the axes of networks of their least depth, each once. None if the number of cells overflows.
    pub(crate) fn new(groups: Vec<Group>) -> Option<Self> {
        let cells = groups.iter().try_fold(1u64, |cells, group| cells.checked_mul(group.len() as u64))?;
        Some(Self { groups, cells })
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(crate) fn all_axes(&self) -> impl Iterator<Item = &Axis> {
        self.groups.iter().flat_map(|group| &group.axes)
    }

    fn cell(&self, index: u64) -> Cell {
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

    fn index_of(&self, cell: &Cell) -> Option<u64> {
        let CellKind::Ensemble { structure, .. } = &cell.kind else {
            return None;
        };
        let value = |name| value_of(cell, structure, name);
        let mut index = 0;
        for group in &self.groups {
            let tuple = group.axes.iter().map(|axis| value(axis.name)).collect::<Option<Vec<_>>>()?;
            index = index * group.len() as u64 + group.position(&tuple)? as u64;
        }
        // Layers that not all networks of this grid have carry no axis here: they must be at their default.
        let depth = structure.network().depth();
        let has_axis = |name| self.all_axes().any(|axis| axis.name == name);
        let at_default = |&name: &AxisName| value(name) == name.default_value();
        AxisName::all(depth).filter(|&name| !has_axis(name)).all(|name| at_default(&name)).then_some(index)
    }
}

fn value_of(cell: &Cell, structure: &Structure, name: AxisName) -> Option<AxisValue> {
    Some(match name {
        AxisName::Beta | AxisName::Width(_) | AxisName::Instance => return None,
        AxisName::Widths => AxisValue::Widths(structure.network().clone()),
        AxisName::Ensemble => AxisValue::Ensemble(structure.ensemble()),
        AxisName::Couplings => AxisValue::Couplings(structure.couplings()),
        AxisName::Activation(l) => AxisValue::Number(*cell.activation().get(l - 1)?),
        AxisName::Dilution(l) => AxisValue::Number(*cell.dilution().get(l - 1)?),
    })
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
    widths: Option<&'a AxisValue>,
    ensemble: Option<&'a AxisValue>,
    couplings: Option<&'a AxisValue>,
    dilution: Vec<(usize, Decimal)>,
    activation: Vec<(usize, Decimal)>,
}

impl<'a> Draft<'a> {
    fn set(&mut self, name: AxisName, value: &'a AxisValue) {
        match (name, value) {
            (AxisName::Widths, _) => self.widths = Some(value),
            (AxisName::Ensemble, _) => self.ensemble = Some(value),
            (AxisName::Couplings, _) => self.couplings = Some(value),
            (AxisName::Activation(l), &AxisValue::Number(rho)) => self.activation.push((l, rho)),
            (AxisName::Dilution(l), &AxisValue::Number(p)) => self.dilution.push((l, p)),
            _ => unreachable!("{name} is no axis of a grid, or a number"),
        }
    }

    fn finish(self) -> Cell {
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

fn filled(layers: usize, default: Decimal, values: &[(usize, Decimal)]) -> Vec<Decimal> {
    let mut filled = vec![default; layers];
    for &(l, value) in values {
        filled[l - 1] = value;
    }
    filled
}

/// Instances that the user brought, each a cell.
#[derive(Debug, Clone)]
pub struct InstanceGrid {
    cells: Vec<Cell>,
    by_content: HashMap<String, usize>,
}

impl InstanceGrid {
    /// # Errors
    /// The two positions of files with the same instance, the smaller first.
    pub(crate) fn new(files: Vec<(String, Instance)>) -> Result<Self, (usize, usize)> {
        let mut grid = Self { cells: Vec::new(), by_content: HashMap::new() };
        for (index, (name, instance)) in files.into_iter().enumerate() {
            let cell = Cell::of_instance(name, instance);
            if let Some(first) = grid.by_content.insert(cell.content.clone(), index) {
                return Err((first, index));
            }
            grid.cells.push(cell);
        }
        Ok(grid)
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    fn index_of(&self, cell: &Cell) -> Option<u64> {
        self.by_content.get(&cell.content).map(|&index| index as u64)
    }
}
