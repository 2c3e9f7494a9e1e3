//! The table of figures.

use serde_json::{Value, json};

/// One measured number.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// Measurements that the tables held.
    pub(crate) size: &'static str,
    pub(crate) remark: String,
}

/// All figures, in the order in which they were taken.
#[derive(Default)]
pub(crate) struct Table(Vec<Figure>);

impl Table {
    /// Adds a figure, and shows it to whoever waits.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        size: &'static str,
        remark: impl Into<String>,
    ) {
        let figure = Figure { name: name.into(), value, unit, size, remark: remark.into() };
        eprintln!("{}: {} {unit} at {size}; {}", figure.name, number(value), figure.remark);
        self.0.push(figure);
    }

    /// Markdown, which is readable as it stands.
    pub(crate) fn text(&self) -> String {
        let heads = ["figure", "value", "unit", "measurements", "remark"].map(str::to_owned);
        let rows = self.0.iter().map(Figure::cells);
        let rows: Vec<[String; 5]> = std::iter::once(heads).chain(rows).collect();
        let widths: [usize; 5] = std::array::from_fn(|column| width(&rows, column));
        let mut lines: Vec<String> = rows.iter().map(|row| line(row, &widths)).collect();
        lines.insert(1, line(&widths.map(|width| "-".repeat(width)), &widths));
        lines.concat()
    }

    /// One object for each figure.
    pub(crate) fn json(&self) -> String {
        let figures: Vec<Value> = self.0.iter().map(Figure::json).collect();
        format!("{:#}\n", Value::from(figures))
    }
}

impl Figure {
    fn cells(&self) -> [String; 5] {
        let text = str::to_owned;
        [text(&self.name), number(self.value), text(self.unit), text(self.size), text(&self.remark)]
    }

    fn json(&self) -> Value {
        json!({
            "figure": self.name, "value": self.value, "unit": self.unit, "measurements": self.size,
            "remark": self.remark,
        })
    }
}

fn width(rows: &[[String; 5]], column: usize) -> usize {
    rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
}

fn line(row: &[String; 5], widths: &[usize; 5]) -> String {
    let cells = row.iter().zip(widths).map(|(cell, width)| format!(" {cell:width$} |"));
    format!("|{}\n", cells.collect::<String>())
}

/// Three digits that matter.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
