//! What an instance of a cell can be: a row that says more belongs to another network.

use sweep::Cell;
use sweep::measurement::{DegreeCount, Measurement};

/// Checks counts of a row against the network of its cell.
pub(crate) fn check_row(cell: &Cell, row: &Measurement) -> Result<(), String> {
    let widths = cell.widths();
    let most_weights: u64 = (1..widths.len()).map(|layer| weights_of(widths, layer)).sum();
    let most_hidden: u64 = widths.iter().skip(1).rev().skip(1).map(|&width| u64::from(width)).sum();
    for (field, value, most) in [
        ("weights", u64::from(row.weights), most_weights),
        ("paths", row.paths, possible_paths(widths)),
        ("hidden_units", u64::from(row.hidden_units), most_hidden),
    ] {
        if value > most {
            return Err(format!("{field} is {value}, and the network has at most {most}"));
        }
    }
    let depth = widths.len() - 1;
    match &row.values.layer_overlaps {
        Some(layers) if layers.len() != depth => Err(format!(
            "layer_overlaps is of length {}, and the network has {depth} weight layers",
            layers.len()
        )),
        _ => Ok(()),
    }
}

/// Checks a bar of a degree histogram against the network of its cell.
pub(crate) fn check_bar(cell: &Cell, bar: &DegreeCount) -> Result<(), String> {
    let widths = cell.widths();
    let (layer, depth) = (usize::from(bar.layer), widths.len() - 1);
    if layer > depth {
        return Err(format!("layer is {layer}, and the network has {depth} weight layers"));
    }
    let most = weights_of(widths, layer);
    if u64::from(bar.weights) > most {
        return Err(format!("{} weights of layer {layer}, which has {most}", bar.weights));
    }
    let most = possible_paths(widths);
    if u64::from(bar.degree) > most {
        return Err(format!("degree is {}, and the network has {most} paths", bar.degree));
    }
    Ok(())
}

/// Weights of layer l, n_{l−1} n_l.
fn weights_of(widths: &[u32], layer: usize) -> u64 {
    u64::from(widths[layer - 1]) * u64::from(widths[layer])
}

fn possible_paths(widths: &[u32]) -> u64 {
    widths.iter().fold(1u64, |paths, &width| paths.saturating_mul(width.into()))
}
