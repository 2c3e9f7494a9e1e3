//! What is random: the weights at the start, the order of the patterns, and what DropConnect leaves out.

use crate::settings::Settings;
use model::numerics::ln;
use model::random::{Stream, philox};

/// Standard normal numbers of a stream, by the method of Box and Muller.
pub(crate) fn normals(stream: &mut Stream, count: usize) -> Vec<f64> {
    let mut normals = Vec::with_capacity(count + 1);
    while normals.len() < count {
        let radius = (-2.0 * ln(stream.unit_interval())).sqrt();
        let angle = std::f64::consts::TAU * stream.unit_interval();
        normals.extend([radius * libm::cos(angle), radius * libm::sin(angle)]);
    }
    normals.truncate(count);
    normals
}

/// The weights at the start, layer by layer, row after row: what the stream gives, whatever the scale is that it is
/// multiplied by.
pub(crate) fn weights(settings: &Settings, stream: &mut Stream) -> Vec<Vec<f64>> {
    let layer = |pair: &[u32]| {
        let deviation = settings.initialisation.deviation(pair[0], pair[1]);
        let normals = normals(stream, pair[0] as usize * pair[1] as usize);
        normals.into_iter().map(|normal| normal * deviation).collect()
    };
    settings.widths.windows(2).map(layer).collect()
}

/// The numbers 0..count in a random order (Fisher and Yates).
pub(crate) fn permutation(stream: &mut Stream, count: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    for left in (2..=count).rev() {
        // The word's upper half as a fraction of `left`.
        let chosen = ((stream.word() >> 32) * left as u64) >> 32;
        order.swap(left - 1, chosen as usize);
    }
    order
}

/// Calls `leave` on the connections of a layer, row after row, that a step leaves out. Connection k of a layer has a
/// number of its own in every step, uniform in 0..2^32, and is left out where that is below p · 2^32.
pub(crate) fn leave_out<T>(
    factors: &mut [T],
    seed: u64,
    layer: usize,
    p: f64,
    step: u64,
    mut leave: impl FnMut(&mut T),
) {
    if p == 0.0 {
        return;
    }
    let threshold = (p * 4_294_967_296.0) as u64;
    for (group, factors) in (0u64..).zip(factors.chunks_mut(4)) {
        let [left, right] = philox(seed, [step, (layer as u64) << 40 | group]);
        let numbers = [left & 0xffff_ffff, left >> 32, right & 0xffff_ffff, right >> 32];
        factors.iter_mut().zip(numbers).filter(|(_, number)| *number < threshold).for_each(|(f, _)| leave(f));
    }
}
