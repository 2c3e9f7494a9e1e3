//! How large figures are: the size of type stays, and the room around it follows the page.

/// The size of figures on paper. Without a width they are made for a page of 180 mm.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Page {
    /// In mm.
    pub width: Option<f64>,
    /// In mm; without it, what the panels need.
    pub height: Option<f64>,
}

/// A unit of drawings, in mm: the smallest type, of [`SMALLEST`] units, has 6 pt.
pub(crate) const UNIT: f64 = 0.6 * 25.4 / 72.0;
/// No type is smaller, in units.
pub(crate) const SMALLEST: f64 = 10.0;
/// A page of 180 mm, in units.
const WHOLE: f64 = 850.0;

impl Page {
    /// The width of a figure, in units, that looks best at `natural`.
    pub(crate) fn width(&self, natural: f64) -> f64 {
        self.width.map_or(natural.min(WHOLE), |mm| mm / UNIT)
    }

    /// The height of each of so many rows, in units, beside `rest`.
    pub(crate) fn height(&self, natural: f64, rows: f64, rest: f64) -> f64 {
        self.height.map_or(natural, |mm| ((mm / UNIT - rest) / rows).max(40.0))
    }
}
