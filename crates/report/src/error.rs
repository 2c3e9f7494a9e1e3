use thiserror::Error;

/// Why there is no figure, table or file.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The sweep has no row with values.
    #[error("nothing to draw yet: no row of this sweep has values")]
    NothingToDraw,
    /// No row that was asked for has the quantity.
    #[error("no row that was asked for has `{quantity}`{}", if there.is_empty() { String::new() } else { format!("; they have {there}") })]
    NoRows {
        /// The quantity.
        quantity: &'static str,
        /// What they have.
        there: String,
    },
    /// A condition asks for a value that no row has.
    #[error("no row has {axis} = {value}; there are {there}")]
    NoSuchValue {
        /// Of what.
        axis: String,
        /// The value.
        value: String,
        /// The values that rows have.
        there: String,
    },
    /// Rows differ in what the figure does not show.
    #[error(
        "`{axis}` has the values {values}: choose with --where {axis}=VALUE, or tell them apart by --panel or --hue {axis}"
    )]
    Undetermined {
        /// In what.
        axis: String,
        /// The values that rows have.
        values: String,
    },
    /// The horizontal axis needs numbers.
    #[error("`{axis}` is no number, which the horizontal axis needs: use it for --hue or --panel")]
    NotNumeric {
        /// The axis that was asked for.
        axis: String,
    },
    /// A figure's SVG could not be turned into pixels.
    #[error("cannot turn figure `{figure}` into a file: {reason}")]
    Raster {
        /// The figure's name.
        figure: String,
        /// What the renderer said.
        reason: String,
    },
}
