//! A line through the grid: one axis varies, everything else is fixed.

/// The rows of one BP method along one axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// What is fixed, for people; it also keys the resampling, so that errors are reproducible.
    pub label: String,
    /// By increasing x.
    pub points: Vec<Point>,
}

/// All samples at one value of the axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Point {
    /// The value of the axis: p_l, ρ_l or β.
    pub x: f64,
    /// The disorder samples with at least one path.
    pub samples: Vec<Sample>,
}

/// What both starts reached in one sample.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sample {
    /// The paramagnetic branch, where it converged.
    pub paramagnetic: Option<Values>,
    /// The polarised branch, where it converged to an ordered state.
    pub polarised: Option<Values>,
    /// Whether the polarised start converged, ordered or not: one that did not says nothing of where order ends.
    pub polarised_converged: bool,
}

/// Per weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Values {
    /// log Z / n.
    pub log_z: f64,
    /// ⟨H⟩ / n.
    pub energy: f64,
    /// S / n.
    pub entropy: f64,
    /// h ln 2 / n, what the symmetric copies of the state would add to log Z (exact fact 3).
    pub symmetry: f64,
}

impl Point {
    /// The mean over the samples that have both branches of a difference between them; none where no sample has both.
    pub(crate) fn mean_difference(&self, of: impl Fn(&Values, &Values) -> f64) -> Option<f64> {
        let both = self.samples.iter().filter_map(|s| Some(of(&s.paramagnetic?, &s.polarised?)));
        let (sum, count) = both.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
        (count > 0).then(|| sum / count as f64)
    }

    /// The fraction of ordered samples among those whose polarised start converged.
    pub(crate) fn ordered_fraction(&self) -> Option<f64> {
        let converged = self.samples.iter().filter(|s| s.polarised_converged).count();
        let ordered = self.samples.iter().filter(|s| s.polarised.is_some()).count();
        (converged > 0).then(|| ordered as f64 / converged as f64)
    }
}
