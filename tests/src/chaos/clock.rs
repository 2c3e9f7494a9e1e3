//! Clocks that jump.

use std::fs;
use std::path::{Path, PathBuf};

/// The clock of some processes: a file that says how far it is off, which libfaketime reads whenever they ask for the
/// time. Only the time of day jumps: the monotonic clock, which timers run on, does not do so on a real machine either.
#[derive(Debug)]
pub(crate) struct Clock {
    file: PathBuf,
    library: PathBuf,
    offset: i64,
}

impl Clock {
    /// A clock that is right, kept in `file`.
    pub(crate) fn new(file: &Path, library: &Path) -> Result<Self, String> {
        let mut clock = Self { file: file.to_owned(), library: library.to_owned(), offset: 0 };
        clock.step(0)?;
        Ok(clock)
    }

    /// Makes the clock jump by so many seconds.
    pub(crate) fn step(&mut self, seconds: i64) -> Result<(), String> {
        self.offset += seconds;
        // Renamed into its place: a reader must never find half a number.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{:+}\n", self.offset)).map_err(|error| error.to_string())?;
        fs::rename(&new, &self.file).map_err(|error| error.to_string())
    }

    /// What gives a process this clock.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        [
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file)),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}
