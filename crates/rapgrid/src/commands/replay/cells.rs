//! The cells that recorded rows name.

use anyhow::Context;
use std::collections::{HashMap, HashSet};
use sweep::{Cell, Spec};

/// The cell of that text.
pub(super) fn cell_named<'a>(cells: &'a HashMap<String, Cell>, name: &str) -> anyhow::Result<&'a Cell> {
    cells.get(name).with_context(|| format!("the spec has no cell {name}"))
}

/// The cells of these texts, found in one walk through the grid.
pub(super) fn find_cells(spec: &Spec, mut missing: HashSet<&str>) -> anyhow::Result<HashMap<String, Cell>> {
    let mut found = HashMap::new();
    let grid = spec.grid();
    for cell in (0..grid.cells()).map(|index| grid.cell(index)) {
        if missing.remove(cell.content.as_str()) {
            found.insert(cell.content.clone(), cell);
        }
        if missing.is_empty() {
            break;
        }
    }
    match missing.into_iter().next() {
        Some(cell) => anyhow::bail!("the spec has no cell {cell}"),
        None => Ok(found),
    }
}
