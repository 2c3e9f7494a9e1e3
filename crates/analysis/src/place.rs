//! Where something happens on a line, as far as that is known.

/// Steps of the axis up to this resolve a transition; a coarser grid is said to be coarse.
pub const FINE_STEP: f64 = 0.02;

/// Where something happens on a line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Place {
    /// Nowhere.
    #[default]
    None,
    /// Here.
    Found(Estimate),
    /// Beyond an end of the grid, or not clearly within it.
    AtEdge(Between),
    /// Samples that did not converge, or too few that agree, leave it open.
    Unresolved(Between),
}

/// A place with one standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean of the samples' own places.
    pub value: f64,
    /// From their spread, from what the steps hide and from what did not converge; none for a single sample.
    pub error: Option<f64>,
    /// The distance of the grid points on either side.
    pub step: f64,
    /// Samples whose own place depends on rows that did not converge.
    pub unresolved: usize,
}

/// What is known of a place that was not found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Between {
    /// It is not before this.
    pub from: Option<f64>,
    /// It is not beyond this.
    pub to: Option<f64>,
    /// Samples that did not converge where it matters.
    pub unresolved: usize,
}

impl Estimate {
    /// Whether the grid resolves it: steps of [`FINE_STEP`] or less.
    pub fn is_resolved(&self) -> bool {
        // Steps are differences of decimals: allow for their rounding.
        self.step <= FINE_STEP * (1.0 + 1e-9)
    }
}

impl Place {
    /// The estimate, where there is one.
    pub fn found(self) -> Option<Estimate> {
        match self {
            Place::Found(estimate) => Some(estimate),
            _ => None,
        }
    }
}
