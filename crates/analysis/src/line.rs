//! A line through the grid: one axis varies, everything else is fixed.

use sweep::transition::{End, Values};

/// The rows of one BP method along one axis, sample by sample.
///
/// A sample is the same network all along the line, thinned more and more, so its rows belong together: errors come
/// from the spread of whole samples, never of single rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// The values of the axis, increasing: p_l, ρ_l or β.
    pub places: Vec<f64>,
    /// Every disorder sample at each of the places; none where it was not measured.
    pub samples: Vec<Vec<Option<Sample>>>,
}

/// Where both starts of one sample ended.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sample {
    /// The paramagnetic start. Where it ends in an ordered state (a BP that orders continuously), there is no
    /// paramagnetic state to compete with.
    pub paramagnetic: End,
    /// The polarised start.
    pub polarised: End,
    /// The instance's α, where it has paths.
    pub alpha: Option<f64>,
}

/// Log Z that differ by less are equal, and the paramagnetic state is taken: rounding decides nothing.
const TIE: f64 = 1e-10;

/// What a sample says at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vote {
    Yes,
    No,
    /// A start that matters did not converge.
    Unknown,
}

impl Sample {
    /// The paramagnetic and the polarised state, where the two compete.
    pub(crate) fn competitors(&self) -> Option<(Values, Values)> {
        match (self.paramagnetic, self.polarised) {
            (End::Disordered(paramagnetic), End::Ordered(polarised)) => Some((paramagnetic, polarised)),
            _ => None,
        }
    }

    /// Whether it has an ordered branch. From the paramagnetic point no start that orders would have come, so that a
    /// polarised one which fell there settles it.
    pub(crate) fn is_ordered(&self) -> Vote {
        match (self.paramagnetic, self.polarised) {
            (End::Ordered(_), _) | (_, End::Ordered(_)) => Vote::Yes,
            (_, End::Disordered(_)) => Vote::No,
            (_, End::Unresolved) => Vote::Unknown,
        }
    }

    /// Whether its ordered branch is the stable one, with the larger log Z, `extra` added to it.
    pub(crate) fn is_stable(&self, extra: fn(&Values) -> f64) -> Vote {
        match (self.paramagnetic, self.polarised) {
            (End::Ordered(_), _) => Vote::Yes,
            (_, End::Disordered(_)) => Vote::No,
            (_, End::Unresolved) | (End::Unresolved, _) => Vote::Unknown,
            (End::Disordered(_), End::Ordered(_)) if self.lead(extra) > Some(TIE) => Vote::Yes,
            (End::Disordered(_), End::Ordered(_)) => Vote::No,
        }
    }

    /// By how much the polarised state's log Z is larger, where the two compete.
    pub(crate) fn lead(&self, extra: fn(&Values) -> f64) -> Option<f64> {
        self.competitors()
            .map(|(paramagnetic, polarised)| polarised.log_z + extra(&polarised) - paramagnetic.log_z)
    }
}
