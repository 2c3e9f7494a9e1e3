//! Baseline of belief propagation: the cavity equations as they stand in the paper, with the platform's tanh and atanh.

use model::FactorGraph;

/// Messages of one instance at one β.
pub(crate) struct TextbookBp<'a> {
    graph: &'a FactorGraph,
    tanh_beta: f64,
    /// m_{i→a} by incidence.
    pub(crate) m: Vec<f64>,
    /// artanh u_{a→i} by incidence.
    field: Vec<f64>,
}

impl<'a> TextbookBp<'a> {
    /// Messages along the ground state, |m| = 0.95.
    #[allow(clippy::disallowed_methods, reason = "a baseline: its bits are nobody's result")]
    pub(crate) fn polarised(graph: &'a FactorGraph, beta: f64) -> Self {
        let along = graph.ground_state().expect("couplings `input`");
        let m: Vec<f64> = graph.weight_of().iter().map(|&i| 0.95 * f64::from(along[i as usize])).collect();
        Self { graph, tanh_beta: beta.tanh(), field: vec![0.0; m.len()], m }
    }

    /// One damped update of all messages.
    #[allow(clippy::disallowed_methods, reason = "a baseline: its bits are nobody's result")]
    pub(crate) fn update(&mut self) {
        let depth = self.graph.depth();
        for (a, &sign) in self.graph.signs().iter().enumerate() {
            for l in 0..depth {
                let others = (0..depth).filter(|&k| k != l).map(|k| self.m[a * depth + k]);
                let u = self.tanh_beta * f64::from(sign) * others.product::<f64>();
                self.field[a * depth + l] = u.atanh();
            }
        }
        for i in 0..self.graph.weight_count() {
            let incidences = self.graph.incidences(i);
            let total: f64 = incidences.iter().map(|&e| self.field[e as usize]).sum();
            for &e in incidences {
                let new = (total - self.field[e as usize]).tanh();
                self.m[e as usize] = 0.5 * (self.m[e as usize] + new);
            }
        }
    }

    /// q = (1/n) Σ m_i².
    #[allow(clippy::disallowed_methods, reason = "a baseline: its bits are nobody's result")]
    pub(crate) fn overlap(&self) -> f64 {
        let n = self.graph.weight_count();
        let square = |i| {
            let total: f64 = self.graph.incidences(i).iter().map(|&e| self.field[e as usize]).sum();
            total.tanh() * total.tanh()
        };
        (0..n).map(square).sum::<f64>() / n as f64
    }
}
