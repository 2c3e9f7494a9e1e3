//! What is shown of rows on their way: a bar on a terminal, lines elsewhere.

use crate::commands::display::LINE_INTERVAL;
use crate::commands::width;
use crate::telling::tell;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Instant;

/// Shows how many rows of a sweep are on the other side.
pub(crate) struct Transfer {
    /// On a terminal.
    bar: Option<ProgressBar>,
    what: String,
    rows: u64,
    all: u64,
    told: Instant,
}

impl Transfer {
    pub(crate) fn new(what: String, all: u64) -> Self {
        let bar = width::errors_are_drawn().then(|| {
            let style =
                ProgressStyle::with_template("{msg} {wide_bar:.cyan/dim} {pos}/{len} rows  {eta} left");
            ProgressBar::new(all).with_style(style.expect("the template is valid")).with_message(what.clone())
        });
        Self { bar, what, rows: 0, all, told: Instant::now() }
    }

    pub(crate) fn add(&mut self, rows: u64) {
        self.rows += rows;
        match &self.bar {
            Some(bar) => bar.set_position(self.rows),
            None if self.told.elapsed() >= LINE_INTERVAL => {
                self.told = Instant::now();
                tell!("{}: {}/{} rows", self.what, self.rows, self.all);
            }
            None => {}
        }
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}
