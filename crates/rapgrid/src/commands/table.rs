//! Tables for the terminal.

use super::width;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
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

/// Prints a table so that it fits on the terminal. Of the columns that `least` names, the least important one first, so
/// many are left out as must be, and a line says so; where that is not enough, cells are broken.
pub(crate) fn print(out: &mut impl Write, table: Table, least: &[&str]) -> io::Result<()> {
    write!(out, "{}", fitted(table, least, width::of_output()))
}

/// See [`print`].
pub(crate) fn fitted(mut table: Table, least: &[&str], width: Option<usize>) -> String {
    let is_too_wide = |table: &Table| width.is_some_and(|width| widest(table) > width);
    let mut left_out = Vec::new();
    for &name in least {
        if !is_too_wide(&table) {
            break;
        }
        let header: Vec<String> =
            table.header().into_iter().flat_map(|row| row.cell_iter()).map(|cell| cell.content()).collect();
        let column =
            header.iter().position(|header| header == name).and_then(|place| table.column_mut(place));
        if let Some(column) = column {
            column.set_constraint(ColumnConstraint::Hidden);
            left_out.push(name);
        }
    }
    if let Some(width) = width.filter(|_| is_too_wide(&table)) {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width as u16);
    }
    let mut text = format!("{}\n", table.trim_fmt());
    if !left_out.is_empty() {
        left_out.reverse();
        text += &format!("without {}: wider, or --format json\n", left_out.join(", "));
    }
    text
}

fn widest(table: &Table) -> usize {
    table.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Table {
        let mut table = table(["sweep", "status", "rows"], [2]);
        table.add_row(["first-scan", "finished", "8000"]);
        table
    }

    #[test]
    fn columns_are_left_out_until_a_table_fits_and_a_line_says_which() {
        let whole = fitted(some(), &["status", "rows"], None);
        assert_eq!(whole.lines().count(), 2);
        assert_eq!(fitted(some(), &["status", "rows"], Some(80)), whole);
        let narrow = fitted(some(), &["status", "rows"], Some(20));
        assert!(narrow.contains("8000") && !narrow.contains("finished"), "{narrow}");
        assert!(narrow.ends_with("without status: wider, or --format json\n"), "{narrow}");
        let broken = fitted(some(), &[], Some(20));
        assert!(broken.lines().all(|line| line.chars().count() <= 20), "{broken}");
        let all: String = broken.split_whitespace().collect();
        assert!(all.contains("8000"), "{broken}");
    }
}
