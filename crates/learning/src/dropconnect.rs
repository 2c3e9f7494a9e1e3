//! What DropConnect leaves out.

use model::random::philox;

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
