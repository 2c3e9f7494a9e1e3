//! The dimensions of a sweep's pictures: the axes of its grid, and β.

use crate::error::PageError;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use store::StoreError;
use store::means::Mean;
use sweep::axis::{Axis, AxisName, AxisValue};
use sweep::coordinates::{branches_of, curve_name, value_of};
use sweep::measurement::Branch;
use sweep::method::Method;
use sweep::{Spec, decimal};

/// A point of a picture is a cell of the spec's grid and a β: `cell × β + b`, row by row.
#[derive(Debug)]
pub(crate) struct Dimensions {
    spec: Arc<Spec>,
    groups: Vec<Group>,
    /// The axes of groups that have more than one position, one after another: what rows must say of their cells.
    axes: Vec<AxisName>,
    betas: HashMap<u64, usize>,
}

/// A curve of a sweep: a method, or one of its branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Curve {
    pub(crate) method: String,
    pub(crate) kind: &'static str,
    pub(crate) branch: Option<Branch>,
}

/// Axes that advance together.
#[derive(Debug)]
struct Group {
    len: usize,
    /// Where its axes begin among those that rows speak of, and how many there are; none where it has one position.
    columns: std::ops::Range<usize>,
    are_numbers: Vec<bool>,
    positions: HashMap<Vec<Key>, usize>,
}

/// A value as rows have it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// The bits of a number.
    Number(u64),
    Word(String),
}

impl Dimensions {
    pub(crate) fn of(spec: Arc<Spec>) -> Self {
        let (mut groups, mut axes) = (Vec::new(), Vec::new());
        for together in spec.grid().dimensions() {
            groups.push(Group::of(together, axes.len()));
            if together[0].values.len() > 1 {
                axes.extend(together.iter().map(|axis| axis.name));
            }
        }
        let betas = spec.betas().iter().enumerate().map(|(at, beta)| (decimal::to_f64(*beta).to_bits(), at));
        let betas = betas.collect();
        Self { groups, axes, betas, spec }
    }

    pub(crate) fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The axes by which rows name their cells.
    pub(crate) fn axes(&self) -> &[AxisName] {
        &self.axes
    }

    /// How long each dimension is, β's last.
    pub(crate) fn lengths(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.len).chain([self.betas.len()]).collect()
    }

    /// How many points there are.
    pub(crate) fn points(&self) -> usize {
        self.lengths().into_iter().fold(1, usize::saturating_mul)
    }

    /// Where a row belongs; nowhere if the latest spec does not have its cell.
    pub(crate) fn point_of(&self, mean: &Mean<'_>) -> Result<Option<usize>, StoreError> {
        let mut point = 0;
        let mut key = Vec::new();
        for group in &self.groups {
            point *= group.len;
            if group.len == 1 {
                continue;
            }
            key.clear();
            for (column, is_number) in group.columns.clone().zip(&group.are_numbers) {
                key.push(match is_number {
                    true => Key::Number(mean.number(column)?.to_bits()),
                    false => Key::Word(mean.word(column)?),
                });
            }
            let Some(position) = group.positions.get(&key) else { return Ok(None) };
            point += position;
        }
        let beta = self.betas.get(&mean.beta()?.to_bits());
        Ok(beta.map(|beta| point * self.betas.len() + beta))
    }

    /// The cell's index in the grid, and β, at a position in every dimension.
    pub(crate) fn cell_and_beta(&self, at: &[usize]) -> Result<(u64, Decimal), PageError> {
        let lengths = self.lengths();
        if at.len() != lengths.len() || at.iter().zip(&lengths).any(|(at, length)| at >= length) {
            return Err(PageError::Malformed(format!("there is no point {at:?} of dimensions {lengths:?}")));
        }
        let (beta, cell) = at.split_last().expect("β is a dimension");
        let cell = cell.iter().zip(&lengths).fold(0, |index, (at, length)| index * length + at);
        Ok((cell as u64, self.spec.betas()[*beta]))
    }

    /// What there is to draw, in the order of the spec.
    pub(crate) fn curves(&self) -> Vec<Curve> {
        let of = |method: &Arc<Method>| {
            let curve = |branch: &Option<Branch>| Curve {
                method: method.name.clone(),
                kind: method.kind(),
                branch: *branch,
            };
            branches_of(method).iter().map(curve).collect::<Vec<_>>()
        };
        self.spec.methods().iter().flat_map(of).collect()
    }
}

impl Curve {
    /// Its name in SQL, `bp/polarised`.
    pub(crate) fn name(&self) -> String {
        curve_name(&self.method, self.branch)
    }
}

impl Group {
    fn of(axes: &[Axis], first_column: usize) -> Self {
        let len = axes[0].values.len();
        let columns = if len > 1 { first_column..first_column + axes.len() } else { 0..0 };
        let key =
            |position: usize| axes.iter().map(|axis| key_of(axis.name, &axis.values[position])).collect();
        let are_numbers = axes.iter().map(|axis| matches!(axis.values[0], AxisValue::Number(_))).collect();
        Self { len, columns, are_numbers, positions: (0..len).map(|at| (key(at), at)).collect() }
    }
}

fn key_of(name: AxisName, value: &AxisValue) -> Key {
    match value_of(name, value) {
        Value::String(word) => Key::Word(word),
        number => Key::Number(number.as_f64().unwrap_or(f64::NAN).to_bits()),
    }
}
