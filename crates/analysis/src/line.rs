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
    /// Whether the paramagnetic start went to an ordered state: where that is so (a BP that orders continuously), there is
    /// no paramagnetic state to compete with.
    pub paramagnetic_ordered: bool,
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

impl Sample {
    /// The two states that compete, where there are two.
    fn both(&self) -> Option<(Values, Values)> {
        Some((self.paramagnetic.filter(|_| !self.paramagnetic_ordered)?, self.polarised?))
    }
}

impl Point {
    /// The mean over the samples that have both branches of a difference between them; none where no sample has both.
    pub(crate) fn mean_difference(&self, of: impl Fn(&Values, &Values) -> f64) -> Option<f64> {
        let both = self.samples.iter().filter_map(|s| s.both().map(|(one, other)| of(&one, &other)));
        let (sum, count) = both.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
        (count > 0).then(|| sum / count as f64)
    }

    /// The fraction of samples whose polarised branch is ordered and has the larger log Z, `extra` added to it, among those
    /// whose starts both converged.
    pub(crate) fn stable_fraction(&self, extra: impl Fn(&Values) -> f64) -> Option<f64> {
        let voters = || self.samples.iter().filter(|s| s.polarised_converged && s.paramagnetic.is_some());
        let is_stable = |s: &&Sample| match s.both() {
            Some((paramagnetic, polarised)) => polarised.log_z + extra(&polarised) > paramagnetic.log_z,
            None => s.paramagnetic_ordered || s.polarised.is_some(),
        };
        let count = voters().count();
        (count > 0).then(|| voters().filter(is_stable).count() as f64 / count as f64)
    }

    /// Whether a sample has an ordered branch that is not the stable one.
    pub(crate) fn has_metastable_order(&self, extra: impl Fn(&Values) -> f64) -> bool {
        let both = self.samples.iter().filter_map(Sample::both);
        both.into_iter()
            .any(|(paramagnetic, polarised)| polarised.log_z + extra(&polarised) <= paramagnetic.log_z)
    }

    /// The fraction of ordered samples among those whose polarised start converged.
    pub(crate) fn ordered_fraction(&self) -> Option<f64> {
        let converged = self.samples.iter().filter(|s| s.polarised_converged).count();
        let ordered = self.samples.iter().filter(|s| s.polarised.is_some()).count();
        (converged > 0).then(|| ordered as f64 / converged as f64)
    }
}
