use std::path::PathBuf;
use thiserror::Error;

/// Why there is no figure, table or file.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The sweep has no row with values.
    #[error("nothing to draw yet: no row of this sweep has values")]
    NothingToDraw,
    /// The drawing library refused a figure.
    #[error("cannot draw a figure: {0}")]
    Drawing(String),
    /// A figure's SVG could not be turned into pixels.
    #[error("cannot turn figure `{figure}` into a PNG: {reason}")]
    Raster {
        /// The figure's name.
        figure: String,
        /// What the renderer said.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}
