//! Tables for the terminal.

use super::width;
use comfy_table::{CellAlignment, Table, presets};
use std::io::{self, Write};

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

/// Prints a table so that it fits on the terminal: see [`report::fitted`].
pub(crate) fn print(out: &mut impl Write, table: Table, least: &[&str]) -> io::Result<()> {
    write!(out, "{}", fitted(table, least, width::of_output()))
}

/// The same as a text.
pub(crate) fn fitted(table: Table, least: &[&str], width: Option<usize>) -> String {
    report::fitted(table, least, width, "wider, or --format json")
}
