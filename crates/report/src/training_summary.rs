//! A table of trainings for the terminal.

use crate::fitted::fitted;
use crate::notation::concise;
use crate::plan::evenly;
use crate::spots::{Key, Spot, further, last_epochs};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, LineStyle, Table};
use std::collections::{BTreeSet, HashMap};
use sweep::diagram::{ActivationPoint, LearningPoint};

/// The ends of a sweep's trainings as a table that fits into `width` columns, if one is given: a row for every cell, of
/// at most `max_rows`, with the errors, and ρ and the share of dead units of every hidden layer.
pub fn training_summary(
    learning: &[LearningPoint],
    activation: &[ActivationPoint],
    max_rows: usize,
    width: Option<usize>,
) -> String {
    let last = last_epochs(learning.iter().map(|point| (point.method.as_str(), point.epoch)));
    let is_end = |point: &&LearningPoint| last.get(point.method.as_str()) == Some(&point.epoch);
    let ends: Vec<&LearningPoint> = learning.iter().filter(is_end).collect();
    if ends.is_empty() {
        return "no training yet".to_owned();
    }
    let spots: Vec<Spot> = ends
        .iter()
        .map(|point| Spot::of(&point.parameters, &point.method, point.epoch, point.samples))
        .collect();
    let keys = further(&[], &spots.iter().collect::<Vec<_>>());
    let layers: BTreeSet<i32> = activation.iter().map(|point| point.layer).collect();
    let activity: HashMap<_, &ActivationPoint> = activation
        .iter()
        .map(|point| ((point.parameters.cell_id, point.method.as_str(), point.epoch, point.layer), point))
        .collect();
    let mut header: Vec<String> = keys.iter().map(|key| name(*key)).collect();
    header.extend(["epochs", "trials", "test error", "learnt error"].map(str::to_owned));
    header.extend(layers.iter().flat_map(|layer| [format!("ρ_{layer}"), format!("dead_{layer}")]));
    let mut table = Table::new();
    table.load_style(NOTHING.header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header(&header);
    for at in evenly(ends.len(), max_rows) {
        let (point, spot) = (ends[at], &spots[at]);
        let mut row: Vec<String> = keys.iter().map(|key| spot.at(*key).to_string()).collect();
        row.extend([point.epoch.to_string(), trials(point)]);
        row.push(number(point.test_error, point.test_error_standard_error));
        row.push(number(point.train_error, point.train_error_standard_error));
        for layer in &layers {
            let found = activity.get(&(point.parameters.cell_id, point.method.as_str(), point.epoch, *layer));
            row.push(number(found.map(|f| f.activation), found.and_then(|f| f.activation_standard_error)));
            row.push(number(found.map(|f| f.dead_share), found.and_then(|f| f.dead_share_standard_error)));
        }
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_padding((1, 0));
    }
    let least: Vec<&str> = header[keys.len()..].iter().rev().map(String::as_str).collect();
    let table = fitted(table, &least, width, "all are in the SQL views `learning_curves` and `activation`");
    let mut text = format!("trained networks, mean over trials\n{}", table.trim_end());
    if ends.len() > max_rows {
        let left_out = ends.len() - max_rows;
        text.push_str(&format!("\n{left_out} of {} rows left out: all are in the SQL views", ends.len()));
    }
    text
}

fn name(key: Key) -> String {
    match key {
        Key::Axis(axis) => axis.to_string(),
        _ => key.label(&[]),
    }
}

/// How many enter the means, and how many diverged.
fn trials(point: &LearningPoint) -> String {
    match point.diverged {
        0 => point.samples.to_string(),
        diverged => format!("{} ({diverged} diverged)", point.samples),
    }
}

fn number(value: Option<f64>, error: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| concise(value, error))
}
