//! How large an instance may become on average: what would not fit into memory is refused before anything is stored.

use crate::axis::{Axis, AxisName, AxisValue};
use crate::decimal;
use crate::grid::{Grid, Group};
use model::{Ensemble, Instance, Network};
use std::ops::RangeInclusive;
use thiserror::Error;

/// Largest mean number of active paths of an instance, and of what is held or tossed while one is drawn.
pub const MAX_MEAN_PATHS: f64 = model::MAX_PATHS as f64;

/// An instance that would be too large.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SizeError {
    /// Too many active paths.
    #[error("give up to {paths:.3e} active paths in an instance on average; at most 5e7 are supported")]
    Paths {
        /// Their mean number where it is largest.
        paths: f64,
    },
    /// Too many prefixes of paths, or connections, while an instance is drawn.
    #[error(
        "give up to {kept:.3e} connections kept in weight layer {layer} of an instance on average ({}); \
         at most 5e7 are supported", ensemble.name()
    )]
    Kept {
        /// Their mean number where it is largest.
        kept: f64,
        /// The ensemble that keeps them.
        ensemble: Ensemble,
        /// The weight layer.
        layer: usize,
    },
    /// A file with too many paths.
    #[error("it has {0} active paths; at most 5e7 are supported")]
    File(usize),
}

pub(crate) fn check_instance(instance: &Instance) -> Result<(), SizeError> {
    let paths = instance.path_count();
    if paths as f64 > MAX_MEAN_PATHS { Err(SizeError::File(paths)) } else { Ok(()) }
}

/// Checks the largest cell of a grid without visiting its cells: every mean is a product over the axes, so that its
/// maximum is the product of each group's.
pub(crate) fn check(grid: &Grid) -> Result<(), SizeError> {
    let groups: Vec<Vec<Column<'_>>> =
        grid.groups().iter().map(|group| group.axes().iter().map(Column::of).collect()).collect();
    let lengths: Vec<usize> = grid.groups().iter().map(Group::len).collect();
    let largest = |factor: &dyn Fn(&Column<'_>, usize) -> f64| -> f64 {
        let at = |group: &[Column<'_>], at| group.iter().map(|column| factor(column, at)).product::<f64>();
        let of_group = |(group, &length): (&Vec<Column<'_>>, &usize)| {
            (0..length).map(|i| at(group, i)).fold(0.0, f64::max)
        };
        groups.iter().zip(&lengths).map(of_group).product()
    };
    let paths = largest(&|column, at| match column {
        Column::Widths(networks) => networks[at].possible_paths() as f64,
        _ => column.kept(at, 1..=Network::MAX_DEPTH, true),
    });
    if paths > MAX_MEAN_PATHS {
        return Err(SizeError::Paths { paths });
    }
    for ensemble in [Ensemble::Branching, Ensemble::Synapse, Ensemble::Unit] {
        for layer in 1..=Network::MAX_DEPTH {
            let kept = largest(&|column, at| held(column, at, ensemble, layer));
            if kept > MAX_MEAN_PATHS {
                return Err(SizeError::Kept { kept, ensemble, layer });
            }
        }
    }
    Ok(())
}

/// One factor of the mean number of what `ensemble` holds in weight layer `l`: prefixes (i_0, …, i_l) of paths if it is
/// branching, else connections; `unit` keeps connections before it looks at their units.
fn held(column: &Column<'_>, at: usize, ensemble: Ensemble, l: usize) -> f64 {
    let from = if ensemble == Ensemble::Branching { 0 } else { l - 1 };
    match column {
        Column::Ensemble(ensembles) => f64::from(u8::from(ensembles[at] == ensemble)),
        Column::Widths(networks) => match networks[at].widths().get(from..=l) {
            Some(widths) => widths.iter().map(|&n| f64::from(n)).product(),
            None => 0.0,
        },
        _ => column.kept(at, from + 1..=l, ensemble != Ensemble::Unit),
    }
}

/// The values of an axis, ready to be multiplied.
enum Column<'a> {
    Widths(Vec<&'a Network>),
    Ensemble(Vec<Ensemble>),
    /// 1 − p_l.
    Connections(usize, Vec<f64>),
    /// ρ_l.
    Units(usize, Vec<f64>),
    NoFactor,
}

impl<'a> Column<'a> {
    fn of(axis: &'a Axis) -> Self {
        let numbers = || {
            let number = |value: &AxisValue| match value {
                AxisValue::Number(value) => decimal::to_f64(*value),
                _ => 1.0,
            };
            axis.values.iter().map(number)
        };
        match axis.name {
            AxisName::Widths => Column::Widths(
                axis.values
                    .iter()
                    .filter_map(|v| if let AxisValue::Widths(n) = v { Some(n) } else { None })
                    .collect(),
            ),
            AxisName::Ensemble => Column::Ensemble(
                axis.values
                    .iter()
                    .filter_map(|v| if let AxisValue::Ensemble(e) = v { Some(*e) } else { None })
                    .collect(),
            ),
            AxisName::Dilution(l) => Column::Connections(l, numbers().map(|p| 1.0 - p).collect()),
            AxisName::Activation(l) => Column::Units(l, numbers().collect()),
            _ => Column::NoFactor,
        }
    }

    /// The probability for a layer within `layers`, else 1.
    fn kept(&self, at: usize, layers: RangeInclusive<usize>, with_units: bool) -> f64 {
        match self {
            Column::Connections(l, keep) if layers.contains(l) => keep[at],
            Column::Units(l, active) if with_units && layers.contains(l) => active[at],
            _ => 1.0,
        }
    }
}
