//! Where a vote changes along a line, with its error.

use crate::ballot::{Ballot, Bracket, bracket};
use crate::control::{MeanAlpha, adjust};
use crate::line::{Line, Vote};
use crate::spread::{error_of_mean, mean};
use std::collections::BTreeMap;
use sweep::transition::{Between, Estimate, Place};

/// A place that is anywhere within a step with equal chance lies within this share of it from the middle in 68 of 100
/// cases.
pub(crate) const STEP_SHARE: f64 = 0.34;

/// Where the samples change their minds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Located {
    pub(crate) place: Place,
    /// The distance of the grid points on either side of it, where it was found.
    pub(crate) step: Option<f64>,
    /// Samples whose own place depends on rows that did not converge.
    pub(crate) unresolved: usize,
    /// The change that was found, and every sample's own place in it, by the sample's number.
    pub(crate) own: Option<(Bracket, Vec<(usize, f64)>)>,
}

/// Finds the place at which half of the samples say yes.
///
/// `mean_alpha` tells the ensemble's mean α at a place of the line, by its index.
pub(crate) fn locate(
    line: &Line,
    ballot: &Ballot,
    mean_alpha: &mut dyn FnMut(usize) -> Option<MeanAlpha>,
) -> Located {
    let sides = ballot.sides();
    match bracket(&sides) {
        Some(bracket) => within(line, ballot, bracket, mean_alpha),
        None => beyond(ballot, &sides),
    }
}

/// One sample's place, if those of its votes that are unknown were no or yes.
#[derive(Debug, Clone, Copy)]
struct Own {
    sample: usize,
    no: f64,
    yes: f64,
}

/// Σ over the steps of the window of the share of it on which the sample is on the first side: for a sample that
/// changes once, where it does. The mean over the samples is that of their places within the window, and the spread
/// that of whole samples.
fn within(
    line: &Line,
    ballot: &Ballot,
    bracket: Bracket,
    mean_alpha: &mut dyn FnMut(usize) -> Option<MeanAlpha>,
) -> Located {
    let (low, high) = (ballot.places[bracket.ends.0], ballot.places[bracket.ends.1]);
    // One that changes its mind far away is an outlier, on an uneven axis perhaps by many times the bracket: it counts
    // as one that does so just outside.
    let near = |x: f64| x.clamp(low - (high - low), high + (high - low));
    let all = (0..ballot.votes.len()).filter_map(|k| own(ballot, &bracket, k));
    let own: Vec<Own> = all.map(|own| Own { no: near(own.no), yes: near(own.yes), ..own }).collect();
    let places: Vec<f64> = own.iter().map(|own| (own.no + own.yes) / 2.0).collect();
    let plain = mean(&places).clamp(low, high);
    let own_places: Vec<(usize, f64)> =
        own.iter().zip(&places).map(|(own, &place)| (own.sample, place)).collect();
    let adjusted = adjust(line, &own_places, plain, mean_alpha);
    // These samples may be clear where the ensemble is not.
    let value = adjusted.map_or(plain, |adjusted| near(adjusted.value));
    let ends = [
        mean(&own.iter().map(|o| o.no).collect::<Vec<_>>()),
        mean(&own.iter().map(|o| o.yes).collect::<Vec<_>>()),
    ];
    let width = (ends[0] - ends[1]).abs();
    let grid = grid_error(ballot, &bracket, own.len());
    let spread = adjusted.map(|adjusted| adjusted.error).or_else(|| error_of_mean(&places));
    let known = hypot(spread.unwrap_or(0.0), grid);
    let unresolved = own.iter().filter(|own| own.no != own.yes).count();
    let place = if width > known {
        let (from, to) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        Place::Unresolved(Between { from: Some(from), to: Some(to) })
    } else {
        let error = spread.map(|_| hypot(known, width / 2.0));
        Place::Found(Estimate { value, error, explained: adjusted.map(|adjusted| adjusted.explained) })
    };
    let step = place.found().map(|_| step_at(ballot, value));
    Located { place, step, unresolved, own: Some((bracket, own_places)) }
}

fn own(ballot: &Ballot, bracket: &Bracket, sample: usize) -> Option<Own> {
    let known: Vec<usize> = bracket.window.clone().filter(|&i| ballot.votes[sample][i].is_some()).collect();
    let (&first, &last) = (known.first()?, known.last()?);
    let side = |i: usize| match ballot.votes[sample][i] {
        Some(Vote::Yes) => Some(bracket.yes_first),
        Some(Vote::No) => Some(!bracket.yes_first),
        _ => None,
    };
    // Before it is seen on the first side, and after it is seen on the second, nothing is open: no sample changes back.
    let before = known.iter().copied().find(|&i| side(i).is_some()).filter(|&i| side(i) == Some(true));
    let after = known.iter().copied().rfind(|&i| side(i).is_some()).filter(|&i| side(i) == Some(false));
    let place = |unknown: bool| {
        let is_on_first_side = |i: usize| match side(i) {
            Some(side) => side,
            None if before.is_some_and(|before| i < before) => true,
            None if after.is_some_and(|after| i > after) => false,
            None => unknown == bracket.yes_first,
        };
        let x = |i: usize| ballot.places[i];
        // What it says at its first and last place holds to the ends.
        let mut place = x(*bracket.window.start());
        place += if is_on_first_side(first) { x(first) - x(*bracket.window.start()) } else { 0.0 };
        for pair in known.windows(2) {
            let (i, j) = (pair[0], pair[1]);
            place += (x(j) - x(i))
                * match (is_on_first_side(i), is_on_first_side(j)) {
                    (true, true) => 1.0,
                    (false, false) => 0.0,
                    (true, false) => ballot.change(sample, i, j).share,
                    (false, true) => 1.0 - ballot.change(sample, i, j).share,
                };
        }
        place + if is_on_first_side(last) { x(*bracket.window.end()) - x(last) } else { 0.0 }
    };
    Some(Own { sample, no: place(false), yes: place(true) })
}

/// What the steps hide. Where all samples change within one step, nobody knows where in it; where they change in
/// several the spread between them tells it.
fn grid_error(ballot: &Ballot, bracket: &Bracket, samples: usize) -> f64 {
    let mut steps: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    let mut doubt = 0.0;
    for (sample, votes) in ballot.votes.iter().enumerate() {
        let known: Vec<usize> = bracket.window.clone().filter(|&i| votes[i].is_some()).collect();
        let is_change = |&(i, j): &(usize, usize)| {
            votes[i] != votes[j] && ![votes[i], votes[j]].contains(&Some(Vote::Unknown))
        };
        for (i, j) in known.windows(2).map(|pair| (pair[0], pair[1])).filter(is_change) {
            let (change, share) = (ballot.change(sample, i, j), 1.0 / samples as f64);
            let step = steps.entry((i, j)).or_default();
            *step = (step.0 + share, step.1 + share * change.hidden);
            doubt += share * change.doubt;
        }
    }
    let of_step = |((i, j), (share, hidden)): ((usize, usize), (f64, f64))| {
        // The fourth power of the share: of twelve samples that scatter by a third of a step nine or so change in one.
        let together = share * share * share;
        let error = STEP_SHARE * (ballot.places[j] - ballot.places[i]) * hidden * together;
        error * error
    };
    steps.into_iter().map(of_step).fold(doubt * doubt, |sum, square| sum + square).sqrt()
}

/// No two clear places differ: the change lies beyond an end of the grid, or those who did not converge decide, or
/// there is none.
fn beyond(ballot: &Ballot, sides: &[Option<bool>]) -> Located {
    let clear: Vec<usize> = (0..sides.len()).filter(|&i| sides[i].is_some()).collect();
    let is_open = |sides: &[Option<bool>]| {
        (sides.first().is_some_and(Option::is_none), sides.last().is_some_and(Option::is_none))
    };
    let open = is_open(sides);
    let (from, to) = match (open, clear.first(), clear.last()) {
        ((true, false), Some(&first), _) => (None, Some(ballot.places[first])),
        ((false, true), _, Some(&last)) => (Some(ballot.places[last]), None),
        _ => (None, None),
    };
    let is_unknown = |votes: &&Vec<Option<Vote>>| votes.contains(&Some(Vote::Unknown));
    let unresolved = ballot.votes.iter().filter(is_unknown).count();
    let assumed = [false, true].map(|unknown| ballot.sides_if(unknown));
    let depends = |sides: &Vec<Option<bool>>| bracket(sides).is_some() || is_open(sides) != open;
    let place = match open {
        _ if unresolved > 0 && assumed.iter().any(depends) => Place::Unresolved(Between { from, to }),
        (false, false) => Place::None,
        (true, true) => Place::Unresolved(Between { from, to }),
        _ => Place::AtEdge(Between { from, to }),
    };
    // Where nothing is looked for any more nobody is missed.
    let unresolved = if place == Place::None { 0 } else { unresolved };
    Located { place, step: None, unresolved, own: None }
}

/// The distance of the grid points on either side of a place.
fn step_at(ballot: &Ballot, place: f64) -> f64 {
    let steps = ballot.places.windows(2);
    steps.into_iter().find(|pair| place <= pair[1]).map_or(0.0, |pair| pair[1] - pair[0])
}

pub(crate) fn hypot(a: f64, b: f64) -> f64 {
    (a * a + b * b).sqrt()
}
