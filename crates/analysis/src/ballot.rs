//! What the samples of a line vote, and between which places of the grid they change their minds.

use crate::curve::{Knot, bent_zero, doubt, zero};
use crate::line::{Line, Sample, Vote};
use std::ops::RangeInclusive;
use sweep::transition::Values;

/// More than this share of the samples on one side makes a place clear. Three of four would not do: where the truth is
/// one half, four samples say so every third time.
const CLEAR: f64 = 0.75;

/// The votes of every sample at every place where somebody votes.
#[derive(Debug)]
pub(crate) struct Ballot {
    /// The places, increasing.
    pub(crate) places: Vec<f64>,
    /// By sample; none where it was not measured.
    pub(crate) votes: Vec<Vec<Option<Vote>>>,
    /// By how much the polarised state leads, by sample, where two states compete and the vote is about them.
    pub(crate) leads: Vec<Vec<Option<f64>>>,
    /// The chance that a branch ends before its lead would run out within the same step, by the samples of which it is
    /// seen: those that are seen behind, and those that end while they are ahead.
    vanishing: f64,
}

/// Where the samples change their minds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bracket {
    /// The last place that is clear one way, and the first that is clear the other way.
    pub(crate) ends: (usize, usize),
    /// From the first to the last place that belongs to this change and not to the next change back.
    pub(crate) window: RangeInclusive<usize>,
    /// Whether the samples say yes on the left.
    pub(crate) yes_first: bool,
}

impl Ballot {
    /// Who has an ordered branch.
    pub(crate) fn on_order(line: &Line) -> Ballot {
        Ballot::of(line, |sample| (sample.is_ordered(), None))
    }

    /// The ballot on whose ordered branch is stable.
    pub(crate) fn on_stability(line: &Line, extra: fn(&Values) -> f64) -> Ballot {
        Ballot::of(line, |sample| (sample.is_stable(extra), sample.lead(extra)))
    }

    fn of(line: &Line, ask: impl Fn(&Sample) -> (Vote, Option<f64>)) -> Ballot {
        let is_asked = |&i: &usize| line.samples.iter().any(|sample| sample[i].is_some());
        let asked: Vec<usize> = (0..line.places.len()).filter(is_asked).collect();
        let answers = line.samples.iter().map(|sample| asked.iter().map(|&i| sample[i].as_ref().map(&ask)));
        let (mut votes, leads): (Vec<Vec<Option<Vote>>>, _) =
            answers.map(|answers| answers.map(|a| (a.map(|a| a.0), a.and_then(|a| a.1))).unzip()).unzip();
        votes.iter_mut().for_each(|votes| fill(votes));
        let places = asked.iter().map(|&i| line.places[i]).collect();
        let mut ballot = Ballot { places, votes, leads, vanishing: 1.0 };
        ballot.vanishing = ballot.chance_of_vanishing();
        ballot
    }

    /// Laplace's rule of succession.
    fn chance_of_vanishing(&self) -> f64 {
        let is_behind = |leads: &&Vec<Option<f64>>| leads.iter().flatten().any(|&lead| lead <= 0.0);
        let behind = self.leads.iter().filter(is_behind).count();
        let vanishes = |&sample: &usize| self.runs_out(sample) == Some(Some(false));
        let vanishing = (0..self.votes.len()).filter(vanishes).count();
        (vanishing as f64 + 1.0) / ((vanishing + behind) as f64 + 2.0)
    }

    /// Whether a sample's lead runs out within the step in which it changes its mind; none if it does not change it, or
    /// nobody can say where.
    pub(crate) fn runs_out(&self, sample: usize) -> Option<Option<bool>> {
        let votes = &self.votes[sample];
        let known: Vec<usize> = (0..votes.len()).filter(|&i| votes[i].is_some()).collect();
        // Of one whose rows in between did not converge nobody knows.
        let is_change = |pair: &[usize]| {
            let pair = [votes[pair[0]], votes[pair[1]]];
            pair[0] != pair[1] && !pair.contains(&Some(Vote::Unknown))
        };
        let change = known.windows(2).position(is_change)?;
        Some(self.change(sample, known[change], known[change + 1]).runs_out)
    }

    /// The share of yes at every place if those who did not converge say no, and if they say yes.
    fn shares(&self) -> Vec<(f64, f64)> {
        let count = |i: usize, which: Option<Vote>| {
            self.votes
                .iter()
                .filter(|votes| votes[i].is_some() && (which.is_none() || votes[i] == which))
                .count()
        };
        let share = |i| {
            let (all, yes) = (count(i, None) as f64, count(i, Some(Vote::Yes)) as f64);
            (yes / all, (yes + count(i, Some(Vote::Unknown)) as f64) / all)
        };
        (0..self.places.len()).map(share).collect()
    }

    /// Yes or no at every place where it is clear, whatever those who did not converge would say.
    pub(crate) fn sides(&self) -> Vec<Option<bool>> {
        self.shares().into_iter().map(side).collect()
    }

    /// The same if all who did not converge said so.
    pub(crate) fn sides_if(&self, unknown: bool) -> Vec<Option<bool>> {
        let of = |(low, high)| if unknown { (high, high) } else { (low, low) };
        self.shares().into_iter().map(of).map(side).collect()
    }
}

/// Where within a step a sample changes its mind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Change {
    /// As a share of the way: the zero of its lead, else the middle.
    pub(crate) share: f64,
    /// The share of the step within which it may be, where the lead is not known on both sides.
    pub(crate) hidden: f64,
    /// By how much the zero may be off, because the lead is no parabola.
    pub(crate) doubt: f64,
    /// Whether its lead is gone within the step, and not only its ordered branch; none where nobody can say.
    pub(crate) runs_out: Option<bool>,
}

impl Ballot {
    /// Between two places of which a sample says yes at one and no at the other.
    pub(crate) fn change(&self, sample: usize, i: usize, j: usize) -> Change {
        let (left, right) = (self.places[i], self.places[j]);
        let share = |x: f64| (x - left) / (right - left);
        let knots = self.lead(sample);
        let at = |x: f64| knots.iter().position(|knot| knot.0 == x);
        let off = |right: usize, zero: f64| {
            let ((x0, y0), (x1, y1)) = (knots[right - 1], knots[right]);
            Some(doubt(&knots, right, zero)? * ((x1 - x0) / (y1 - y0)).abs())
        };
        let somewhere = Change { share: 0.5, hidden: 1.0, doubt: 0.0, runs_out: Some(false) };
        match (at(left), at(right)) {
            (Some(a), Some(b)) if (knots[a].1 > 0.0) != (knots[b].1 > 0.0) => {
                match bent_zero(&knots, b) {
                    Some((zero, doubt)) => {
                        let share = share(zero).clamp(0.0, 1.0);
                        Change { share, hidden: 0.0, doubt, runs_out: Some(true) }
                    }
                    // Two values tell nothing of the way between them.
                    None => {
                        let share = share(zero(knots[a], knots[b]));
                        Change { share, hidden: 1.0, doubt: 0.0, runs_out: Some(true) }
                    }
                }
            }
            (Some(_), Some(_)) | (None, None) => somewhere,
            (one, other) => {
                // The lead's last value, and the one before it, away from where there is none.
                let last = one.or(other).unwrap_or(0);
                let before = if one.is_some() { last.checked_sub(1) } else { Some(last + 1) };
                let before = before.and_then(|before| knots.get(before));
                let zero = before.map(|&before| zero(before, knots[last])).filter(|zero| zero.is_finite());
                let Some(zero) = zero else { return somewhere };
                let off = off(last.max(1), zero);
                // How far beyond the step the zero is; the bend of the lead may bring it back.
                let beyond = (left - zero).max(zero - right).max(0.0);
                let falls = (zero > knots[last].0) == one.is_some();
                if beyond > 0.0 || !falls {
                    let is_open = falls && beyond <= off.unwrap_or(right - left);
                    return Change { runs_out: (!is_open).then_some(false), ..somewhere };
                }
                // It is not beyond the zero of the lead, but the branch may vanish before.
                let is_within = |zero: &(f64, f64)| (left..=right).contains(&zero.0);
                let bent = bent_zero(&knots, last.max(1)).filter(is_within);
                let (zero, off) = bent.map_or((zero, off), |(zero, off)| (zero, Some(off)));
                let hidden = self.vanishing * (zero - knots[last].0).abs() / (right - left);
                let (hidden, doubt) = off.map_or((1.0, 0.0), |off| (hidden, off));
                Change { share: share(zero), hidden, doubt, runs_out: Some(true) }
            }
        }
    }

    /// A sample's lead wherever it is known.
    fn lead(&self, sample: usize) -> Vec<Knot> {
        self.places.iter().zip(&self.leads[sample]).filter_map(|(&x, &lead)| Some((x, lead?))).collect()
    }
}

fn side((low, high): (f64, f64)) -> Option<bool> {
    if low > CLEAR { Some(true) } else { (high < 1.0 - CLEAR).then_some(false) }
}

/// What says the same before and after says so between: a sample is one network along the line, thinned or cooled more
/// and more.
fn fill(votes: &mut [Option<Vote>]) {
    let is_known = |&i: &usize| matches!(votes[i], Some(Vote::Yes | Vote::No));
    let known: Vec<usize> = (0..votes.len()).filter(is_known).collect();
    for (i, j) in known.windows(2).map(|pair| (pair[0], pair[1])) {
        let same = votes[i];
        if same == votes[j] {
            votes[i..j].iter_mut().filter(|vote| vote.is_some()).for_each(|vote| *vote = same);
        }
    }
}

/// Where clear places change from one side to the other. Of several changes the one that best divides the line: with
/// the largest |Σ left − Σ right| of sides.
pub(crate) fn bracket(sides: &[Option<bool>]) -> Option<Bracket> {
    let sign = |side: Option<bool>| side.map_or(0, |side| if side { 1 } else { -1i64 });
    let total: i64 = sides.iter().copied().map(sign).sum();
    let clear: Vec<(usize, bool)> = sides.iter().enumerate().filter_map(|(i, s)| Some((i, (*s)?))).collect();
    let division = |i: usize| (2 * sides[..=i].iter().copied().map(sign).sum::<i64>() - total).abs();
    let changes = clear.windows(2).filter(|pair| pair[0].1 != pair[1].1);
    // The first of equals.
    let best = changes.rev().max_by_key(|pair| division(pair[0].0))?;
    let ((last, yes_first), (first, _)) = (best[0], best[1]);
    let start = sides[..last].iter().rposition(|&side| side == Some(!yes_first)).map_or(0, |i| i + 1);
    let end =
        sides[first..].iter().position(|&side| side == Some(yes_first)).map_or(sides.len(), |i| first + i);
    Some(Bracket { ends: (last, first), window: start..=end - 1, yes_first })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(text: &str) -> Vec<Option<bool>> {
        text.chars().map(|c| [Some(true), Some(false), None]["+-?".find(c).unwrap()]).collect()
    }

    fn found(text: &str) -> Option<((usize, usize), RangeInclusive<usize>, bool)> {
        bracket(&sides(text)).map(|b| (b.ends, b.window, b.yes_first))
    }

    #[test]
    fn only_what_lies_between_different_votes_stays_unknown() {
        let vote = |c| [Some(Vote::Yes), Some(Vote::No), Some(Vote::Unknown), None]["+-? ".find(c).unwrap()];
        let mut votes: Vec<Option<Vote>> = "?+? ?+?-??-?".chars().map(vote).collect();
        fill(&mut votes);
        assert_eq!(votes, "?++ ++?----?".chars().map(vote).collect::<Vec<_>>());
    }

    #[test]
    fn the_bracket_is_where_clear_places_change() {
        assert_eq!(found("+++??---"), Some(((2, 5), 0..=7, true)));
        assert_eq!(found("--+"), Some(((1, 2), 0..=2, false)));
        assert_eq!(found("+-"), Some(((0, 1), 0..=1, true)));
        for nothing in ["", "+", "---", "??", "?--?", "--?--"] {
            assert_eq!(found(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn of_several_changes_the_one_that_divides_best_is_taken_without_what_lies_beyond_the_others() {
        assert_eq!(found("++++-+----"), Some(((3, 4), 0..=4, true)));
        assert_eq!(found("--++++?---"), Some(((5, 7), 2..=9, true)));
    }
}
