//! Tables on narrow terminals.

use comfy_table::{ColumnConstraint, ContentArrangement, Table};

/// A table in lines of at most `width` columns. Of its columns that `least` names, the least important one first, so
/// many are left out as must be, and a line says so and that all are `elsewhere`; where that is not enough, cells are
/// broken.
pub fn fitted(mut table: Table, least: &[&str], width: Option<usize>, elsewhere: &str) -> String {
    let is_too_wide = |table: &Table| width.is_some_and(|width| widest(table) > width);
    let mut left_out = Vec::new();
    for &name in least {
        if !is_too_wide(&table) {
            break;
        }
        let header = table.header().into_iter().flat_map(|row| row.cell_iter());
        let place = header.map(|cell| cell.content()).position(|header| header == name);
        if let Some(column) = place.and_then(|place| table.column_mut(place)) {
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
        let (names, room) = (left_out.join(", "), width.unwrap_or(usize::MAX));
        let line = format!("without {names}: {elsewhere}");
        text += &if line.chars().count() > room { format!("without {names}:\n{elsewhere}") } else { line };
        text.push('\n');
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
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING).set_header(["sweep", "status", "rows"]);
        table.add_row(["first-scan", "finished", "8000"]);
        table
    }

    #[test]
    fn columns_are_left_out_until_a_table_fits_and_a_line_says_which() {
        let whole = fitted(some(), &["status", "rows"], None, "elsewhere");
        assert_eq!(whole.lines().count(), 2);
        assert_eq!(fitted(some(), &["status", "rows"], Some(80), "elsewhere"), whole);
        let narrow = fitted(some(), &["status", "rows"], Some(20), "elsewhere");
        assert!(narrow.contains("8000") && !narrow.contains("finished"), "{narrow}");
        assert!(narrow.ends_with("without status:\nelsewhere\n"), "{narrow}");
        let broken = fitted(some(), &[], Some(20), "elsewhere");
        assert!(broken.lines().all(|line| line.chars().count() <= 20), "{broken}");
        let all: String = broken.split_whitespace().collect();
        assert!(all.contains("8000"), "{broken}");
    }
}
