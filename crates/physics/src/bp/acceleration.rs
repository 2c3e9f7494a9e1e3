//! Aitken steps along the slow modes of a monotone iteration.
//!
//! Near a spinodal the iteration creeps: for thousands of updates each reduces the distance to the fixed point by a
//! factor close to one. Where it is monotone (see [`super::Problem`]) every message falls, in m and in u, to its value
//! at the most ordered fixed point x*. (Computed with is r, which rises.) With the falls d₀, d₁, d₂ of a message over
//! three successive stretches of [`STRETCH`] updates and μ = d₂/d₁, the rest of a geometric fall is d₂ μ/(1 − μ): that
//! is Aitken's extrapolation. An Aitken step takes [`SHARE`] of it, for each message on its own: parts of an instance
//! have slow modes of their own. A stretch is a number of whole periods of two updates: every mode λ has a twin −λ,
//! since what weights of one layer say depends on those of the others.
//!
//! **Why the fixed point stays.** An update F never decreases where its argument increases. If x* ≤ x′ ≤ x for all
//! messages, where x is a state of the iteration and x′ that after an Aitken step, then x* = Fⁿ(x*) ≤ Fⁿ(x′) ≤ Fⁿ(x) →
//! x*. So all that matters is not to step below x*, or, as x* attracts what lies close below, not far. The secant
//! through successive states from above does not go beyond the zero of x − F(x) where F is concave along the way: there
//! a fall slows down ever more, and μ increases. So a message does not take part where μ decreases by more than
//! rounding and fast modes explain, nor where it increases so much that it means nothing. This is no proof that no
//! message ever steps too far: a fourth of the way is left for what it does not cover, and tests compare with the
//! iteration without acceleration around spinodals, where the next fixed point below is close. A branch that has just
//! vanished is passed by steps that expect a fixed point: they fall short.
//!
//! An Aitken step is never the last step, and the criterion of convergence is that of an update. Rests between Aitken
//! steps grow, so that what they stir up does not go on for ever. They stir up modes −λ, which roundings keep at about
//! 1e-16/(1 − λ): with a tolerance far below 1e-12, a few problems do not reach it that would without acceleration.

/// Updates before messages are first kept: most problems have ended by then.
const FIRST: u32 = 40;
/// Updates between kept messages.
const STRETCH: u32 = 8;
/// Updates after an Aitken step, in which the faster modes that it stirred up die away; one more after each.
const REST: u32 = 16;
/// Aitken steps before the first Newton step.
const AITKEN_STEPS: u32 = 2;
/// Updates after a Newton step, or after one that could not be taken.
const STEP_REST: u32 = 16;
/// Updates before a message is looked at again where none moves.
const LONG_REST: u32 = 256;
/// A message r that changes by less in an update, in parts of itself, does not move.
const STILL: f64 = 1e-14;
/// How much of the rest of the way an Aitken step takes.
const SHARE: f64 = 0.75;
/// The longest Aitken step, in stretches.
const LONGEST: f64 = 500.0;
/// By how much of itself 1 − μ may have increased.
const CONVEX: f64 = 0.25;

/// Differences of falls that say something: roundings amount to about a tenth of it.
const SIGNIFICANT: f64 = 1e-14;

/// Messages that are kept before an Aitken step.
pub(crate) const KEPT: usize = 3;

/// What to do after an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Nothing,
    /// Keep the messages as the ones of this number.
    Keep(usize),
    /// Do an Aitken step.
    Aitken,
    /// Do a Newton step: see [`super::newton`].
    Newton,
}

/// What became of a Newton step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Taken,
    NotTaken,
    /// No message moves.
    Needless,
}

/// Whether a message r that was `old` before the last update moves.
#[inline(always)]
pub(crate) fn moves(old: f64, r: f64) -> bool {
    (r - old).abs() > STILL * r
}

/// When the messages of a problem are kept, and when an Aitken or Newton step is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acceleration {
    kept: usize,
    next: u32,
    done: u32,
    /// Whether a Newton step is next.
    steps: bool,
}

impl Acceleration {
    pub(crate) fn new() -> Self {
        Self { kept: 0, next: FIRST, done: 0, steps: false }
    }

    /// What to do after this number of updates, of which none was the last.
    pub(crate) fn after(&mut self, updates: u32) -> Act {
        if updates < self.next {
            Act::Nothing
        } else if self.steps {
            self.next = updates + STEP_REST;
            Act::Newton
        } else if self.kept < KEPT {
            self.kept += 1;
            self.next = updates + STRETCH;
            Act::Keep(self.kept - 1)
        } else {
            self.kept = 0;
            self.done += 1;
            self.next = updates + REST + self.done;
            self.steps = self.done >= AITKEN_STEPS;
            Act::Aitken
        }
    }

    /// What became of a Newton step. Where it was not taken an Aitken step comes before the next.
    pub(crate) fn stepped(&mut self, step: Step) {
        match step {
            Step::Taken => {}
            Step::NotTaken => self.steps = false,
            Step::Needless => self.next += LONG_REST,
        }
    }
}

/// A message r after an Aitken step, from what was kept of it and what it is.
#[inline(always)]
pub(crate) fn extrapolated(kept: [f64; KEPT], r: f64) -> f64 {
    let (first, second, third) = (kept[1] - kept[0], kept[2] - kept[1], r - kept[2]);
    // `&`: without branches it is computed in all lanes at once.
    let slows_down = (first > second) & (second - third > SIGNIFICANT) & (third > 0.0);
    // third/second − second/first, times both denominators; and 1 − third/second, likewise.
    let (change, unit) = (third * first - second * second, first * (second - third));
    let takes_part = slows_down & (change <= unit) & (change >= -CONVEX * unit);
    let stretches = third / (second - third);
    let stretches = if stretches < LONGEST { stretches } else { LONGEST };
    // u keeps its sign.
    let stepped = r + SHARE * stretches * third;
    let stepped = if stepped < 1.0 { stepped } else { 1.0 };
    if takes_part { stepped } else { r }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aitken_step_takes_its_share_of_a_geometric_way() {
        let at = |stretch: i32| 0.5 - 0.1 * (0..stretch).fold(1.0, |power, _| 0.9 * power);
        let stepped = extrapolated([at(0), at(1), at(2)], at(3));
        assert!((0.5 - stepped - (1.0 - SHARE) * (0.5 - at(3))).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_slow_down_is_not_extrapolated() {
        for way in [
            [0.1, 0.2, 0.3, 0.4],
            [0.1, 0.2, 0.31, 0.43],
            [0.4, 0.3, 0.2, 0.1],
            [0.1; 4],
            [0.1, 0.2, 0.29, 0.3],
        ] {
            assert_eq!(extrapolated([way[0], way[1], way[2]], way[3]).to_bits(), way[3].to_bits());
        }
    }

    #[test]
    fn three_times_messages_are_kept_and_then_an_aitken_step_is_done() {
        let mut acceleration = Acceleration::new();
        let acts: Vec<(u32, Act)> =
            (1..110).map(|k| (k, acceleration.after(k))).filter(|a| a.1 != Act::Nothing).collect();
        let keep = |k, number| (k, Act::Keep(number));
        let expected = [
            keep(40, 0),
            keep(48, 1),
            keep(56, 2),
            (64, Act::Aitken),
            keep(81, 0),
            keep(89, 1),
            keep(97, 2),
            (105, Act::Aitken),
        ];
        assert_eq!(acts, expected);
    }
}
