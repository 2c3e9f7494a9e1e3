//! Tables for the terminal.

use comfy_table::{CellAlignment, Table, presets};

/// A table without lines, whose columns of these numbers are aligned to the right.
pub(crate) fn table<const N: usize>(header: [&str; N], right: impl IntoIterator<Item = usize>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    for column in right {
        let column = table.column_mut(column).expect("the header has a column of that number");
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
