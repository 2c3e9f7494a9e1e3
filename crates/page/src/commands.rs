//! What to type to see a point again.

use crate::dimensions::Curve;
use rust_decimal::Decimal;
use std::fmt::Display;
use sweep::{Cell, Spec};

/// Computes the rows of a point again, and compares them.
pub(crate) fn replay(spec: &Spec, cell: &Cell, beta: Decimal, curve: &Curve) -> String {
    let (name, samples) = (spec.name(), spec.samples());
    format!(
        "rapgrid replay {name} --cell {} --beta {beta} --method {} --limit {}",
        cell.id,
        curve.method,
        // Of each sample one row, or one for each branch.
        if curve.branch.is_some() { 2 * samples } else { samples }
    )
}

/// Writes the instance of a sample; none of an instance that the user brought, who has it.
pub(crate) fn instance(spec: &Spec, cell: &Cell) -> Option<String> {
    let ensemble = cell.ensemble()?.name();
    let (widths, activation) = (joined(cell.widths()), joined(cell.activation()));
    let (dilution, couplings) = (joined(cell.dilution()), cell.couplings().name());
    Some(format!(
        "rapgrid instance --widths {widths} --activation {activation} --dilution {dilution} --ensemble {ensemble} \
         --couplings {couplings} --seed {} --sample 0 -o instance.json",
        spec.seed()
    ))
}

fn joined<T: Display>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}
