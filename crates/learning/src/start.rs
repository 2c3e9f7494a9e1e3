//! Standard normal numbers, and the weights at the start.

use crate::settings::Settings;
use model::numerics::ln;
use model::random::Stream;

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
