//! The messages of a whole graph: those of its core, and what follows from them.

use super::core::Hanging;
use super::factor::{Factor, Temperature};
use super::layout::Layout;
use super::whole::Whole;

impl Whole {
    /// ρ_{i→a} of every weight on every path, as the graph lists them and not gauged, of the core's `rho` and the
    /// `ratio` R of its slots.
    pub(crate) fn messages<F: Factor>(
        &self,
        layout: &Layout,
        temperature: Temperature,
        rho: &[f64],
        ratio: &[f64],
    ) -> Vec<f64> {
        let ungauged = |ratio: f64, sign: i8| if sign > 0 { ratio } else { 1.0 / ratio };
        // ρ_i of a weight, and the path on which it hangs: to that it sends m = 0.
        let mut heard: Vec<(f64, Option<u32>)> = vec![(1.0, None); self.weights];
        for (&i, &slot) in self.core.weights.iter().zip(&layout.slot_of) {
            heard[i as usize].0 = ratio[slot as usize];
        }
        let depth = self.depth;
        // A slot is gauged by the sign of its paths.
        for ((incidences, weights), &sign) in
            layout.incidences.chunks_exact(depth).zip(layout.weights_of_paths()).zip(&layout.signs)
        {
            heard[weights[0] as usize].0 = ungauged(ratio[incidences[0].slot as usize], sign);
        }
        let mut factor = F::new(depth);
        for &Hanging { path, place } in &self.core.hanging {
            let (weights, place) = (self.weights_of(path), place as usize);
            let mut rho: Vec<f64> = weights.iter().map(|&i| heard[i as usize].0).collect();
            let other = usize::from(place == 0);
            rho[other] = ungauged(rho[other], self.signs[path as usize]);
            factor.messages(&rho, temperature.q);
            let (n, d) = factor.message(place);
            heard[weights[place] as usize] = (n / d, Some(path));
        }
        let mut messages = Vec::with_capacity(depth * self.paths);
        for (a, weights) in (0..).zip(self.weight_of.chunks_exact(depth)) {
            messages.extend(weights.iter().map(|&i| match heard[i as usize] {
                (_, Some(path)) if path == a => 1.0,
                (rho, _) => rho,
            }));
        }
        for ((rho, &a), &sign) in rho.chunks_exact(depth).zip(&layout.order).zip(&layout.signs) {
            let into = &mut messages[a as usize * depth..][..depth];
            into.copy_from_slice(rho);
            into[0] = ungauged(rho[0], sign);
        }
        messages
    }
}
