//! Aitken steps of the messages of paths, in the lanes that take one, and what is kept for them.

#![allow(clippy::needless_range_loop, reason = "loops over several arrays at once, of lanes or of layers")]

use super::{PathMessages, level_for};
use crate::bp::acceleration::{extrapolated, moves};
use crate::bp::lanes::{FEW_LANES, LANES, Rows};
use crate::bp::setup::Setup;
use kernel::cpu::Level;

/// The lanes in which a message moved in the last update.
pub(crate) fn moving(level: Level, width: usize, messages: &PathMessages) -> [bool; LANES] {
    let moving = if width == LANES { moving_lanes::<LANES> } else { moving_lanes::<FEW_LANES> };
    moving(level_for(level, width), messages)
}

kernel::at_each_level! {
    fn moving_lanes<const N: usize>(messages: &PathMessages) -> [bool; LANES] = moving_of::<N>;
}

#[inline(always)]
fn moving_of<const N: usize>(messages: &PathMessages) -> [bool; LANES] {
    let mut moving = [0u64; N];
    for (r, old) in messages.now.r.of::<N>().iter().zip(messages.before.r.of::<N>()) {
        for k in 0..N {
            moving[k] |= u64::from(moves(old[k], r[k]));
        }
    }
    std::array::from_fn(|k| k < N && moving[k] == 1)
}

/// Keeps the messages of these lanes as the ones of that number.
pub(crate) fn keep(
    setup: Setup<'_>,
    width: usize,
    messages: &mut PathMessages,
    number: usize,
    lanes: [bool; LANES],
) {
    let rows = setup.layout.incidences.len();
    messages.kept.get_or_insert_with(|| std::array::from_fn(|_| Rows::unset(rows)));
    if lanes[..width] == [true; LANES][..width] {
        messages.to_be_kept = Some(number);
        return;
    }
    let keep = if width == LANES { keep_lanes::<LANES> } else { keep_lanes::<FEW_LANES> };
    keep(setup.level, messages, number, lanes.map(u64::from));
}

kernel::at_each_level! {
    fn keep_lanes<const N: usize>(messages: &mut PathMessages, number: usize, lanes: [u64; LANES]) = keep_of::<N>;
}

#[inline(always)]
fn keep_of<const N: usize>(messages: &mut PathMessages, number: usize, lanes: [u64; LANES]) {
    if let Some(kept) = &mut messages.kept {
        copy::<N>(&messages.now.r, &mut kept[number], lanes);
    }
}

/// Copies the lanes that are 1.
#[inline(always)]
fn copy<const N: usize>(from: &Rows, to: &mut Rows, lanes: [u64; LANES]) {
    for (to, from) in to.of_mut::<N>().iter_mut().zip(from.of::<N>()) {
        for k in 0..N {
            to[k] = if lanes[k] == 1 { from[k] } else { to[k] };
        }
    }
}

/// Does an Aitken step in these lanes, whose messages were kept before. [`super::ratios`] makes R of them.
pub(crate) fn aitken_step(level: Level, width: usize, messages: &mut PathMessages, lanes: [bool; LANES]) {
    let step = if width == LANES { step_lanes::<LANES> } else { step_lanes::<FEW_LANES> };
    step(level, messages, lanes.map(u64::from));
}

kernel::at_each_level! {
    fn step_lanes<const N: usize>(messages: &mut PathMessages, lanes: [u64; LANES]) = step_of::<N>;
}

#[inline(always)]
fn step_of<const N: usize>(messages: &mut PathMessages, lanes: [u64; LANES]) {
    let Some([zeroth, first, second]) = &messages.kept else { return };
    // All lanes as one long row, into messages that the next update replaces: a loop of this form becomes vector
    // instructions.
    let kept = zeroth.numbers(N).iter().zip(first.numbers(N)).zip(second.numbers(N));
    let now = messages.now.r.numbers(N).iter().zip(messages.before.r.numbers_mut(N));
    for (((&zeroth, &first), &second), (&r, into)) in kept.zip(now) {
        *into = extrapolated([zeroth, first, second], r);
    }
    if lanes[..N] == [1; N] {
        std::mem::swap(&mut messages.before.r, &mut messages.now.r);
    } else {
        copy::<N>(&messages.before.r, &mut messages.now.r, lanes);
    }
}
