//! A ladder of equal acceptance.
//!
//! Where the energies at two neighbouring β are Gaussian, of variances σ₁² and σ₂² and with the mean difference
//! E₁ − E₂ = Δβ (σ₁² + σ₂²)/2 that E′ = −σ² asks for, x = Δβ ΔE is Gaussian with mean −λ²/2 and variance
//! λ² = Δβ² (σ₁² + σ₂²) = 2 Δβ (E₁ − E₂), and the mean acceptance is ⟨min(1, e^x)⟩ = erfc(λ/√8): it depends on the
//! length λ of the step alone, and lengths add up along the ladder (λ ≈ √2 ∫σ dβ). Equal acceptance is equal length.

/// An acceptance nearer to 0 or 1 than this was measured too coarsely to give a length.
const SATURATED: f64 = 1e-3;

/// The mean acceptance of a step of length λ, erfc(λ/√8).
pub fn gaussian_acceptance(length: f64) -> f64 {
    libm::erfc(length / 8f64.sqrt())
}

/// A ladder between the same ends, with so many steps that the acceptance at every pair would be about `acceptance`
/// in (0, 1), at least.
///
/// The length of each measured step follows from its measured acceptance A, erfc(λ/√8) = A, or, where that is
/// saturated, from the energies: λ = √(2 Δβ (E_k − E_{k+1})). Lengths are cut into equal parts, as if evenly spread
/// over each old step: a very uneven ladder needs two or three passes. `acceptances` has one entry a pair,
/// `energies` one a temperature.
pub fn propose_ladder(ladder: &[f64], acceptances: &[f64], energies: &[f64], acceptance: f64) -> Vec<f64> {
    debug_assert!(acceptance > 0.0 && acceptance < 1.0);
    let lengths: Vec<f64> = (0..ladder.len() - 1)
        .map(|k| match acceptances[k] {
            a if a > SATURATED && a < 1.0 - SATURATED => gaussian_length(a),
            _ => (2.0 * (ladder[k + 1] - ladder[k]) * (energies[k] - energies[k + 1]).max(0.0)).sqrt(),
        })
        .collect();
    let total: f64 = lengths.iter().sum();
    let steps = (total / gaussian_length(acceptance)).ceil().max(1.0) as usize;
    let mut proposed = vec![ladder[0]];
    let (mut k, mut passed) = (0, 0.0);
    for step in 1..steps {
        let target = total * step as f64 / steps as f64;
        while k + 1 < lengths.len() && passed + lengths[k] < target {
            passed += lengths[k];
            k += 1;
        }
        let part = ((target - passed) / lengths[k]).clamp(0.0, 1.0);
        proposed.push(ladder[k] + part * (ladder[k + 1] - ladder[k]));
    }
    proposed.push(ladder[ladder.len() - 1]);
    // Rounding may place two at one β; a ladder must increase.
    proposed.dedup_by(|next, before| next <= before);
    proposed
}

/// λ of a given acceptance, by bisection: erfc falls from 1 at λ = 0.
fn gaussian_length(acceptance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 80.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if gaussian_acceptance(middle) > acceptance { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_an_acceptance_gives_it_back() {
        for a in [1e-6, 0.01, 0.23, 0.5, 0.99] {
            assert!((gaussian_acceptance(gaussian_length(a)) / a - 1.0).abs() < 1e-9, "{a}");
        }
    }

    #[test]
    fn a_ladder_of_equal_acceptance_is_proposed_again_and_a_step_too_long_is_cut() {
        let ladder = [0.0, 0.5, 1.0, 1.5];
        let same = propose_ladder(&ladder, &[0.3; 3], &[0.0; 4], 0.3 * (1.0 - 1e-9));
        assert!(same.iter().zip(ladder).all(|(a, b)| (a - b).abs() < 1e-6), "{same:?}");
        // The last step has twice the length of the others.
        let length = gaussian_length(0.3);
        let cut = propose_ladder(
            &ladder,
            &[0.3, 0.3, gaussian_acceptance(2.0 * length)],
            &[0.0; 4],
            0.3 * (1.0 - 1e-9),
        );
        assert!(cut.iter().zip([0.0, 0.5, 1.0, 1.25, 1.5]).all(|(a, b)| (a - b).abs() < 1e-6), "{cut:?}");
        // No swap was accepted: the energies tell. 2 · 0.5 · 64 = 8².
        let dark = propose_ladder(&[0.0, 0.5], &[0.0], &[0.0, -64.0], gaussian_acceptance(1.0 + 1e-9));
        assert_eq!(dark.len(), 9);
        // All were: one step will do.
        assert_eq!(propose_ladder(&ladder, &[1.0; 3], &[0.0; 4], 0.2), [0.0, 1.5]);
    }
}
