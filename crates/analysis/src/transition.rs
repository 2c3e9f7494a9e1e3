//! Where the branches of belief propagation cross, and where the ordered one vanishes.

use crate::ballot::Ballot;
use crate::jump::{Jump, jump};
use crate::line::{Line, Values, Vote};
use crate::locating::{Located, locate};
use crate::place::Place;

/// What happens along a line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transition {
    /// Where half of the samples have the polarised branch stable (ordered, with the larger raw log Z): BP's
    /// first-order transition, p_c or β_c.
    pub crossing: Place,
    /// The same with what its symmetric copies add to the polarised branch. It mostly stays ahead until it vanishes,
    /// and then there is none.
    pub crossing_with_symmetry: Place,
    /// Where half of the samples have an ordered branch: its spinodal, or where a BP that orders continuously orders.
    pub ordering: Place,
    /// e_paramagnetic − e_polarised, every sample at its own crossing.
    pub latent_heat: Option<Jump>,
    /// s_paramagnetic − s_polarised, likewise.
    pub entropy_jump: Option<Jump>,
}

/// Finds the transition on a line.
///
/// Every sample votes at every point, and each changes its mind at a place of its own: where its branches cross (a
/// straight line through its two log Z), or in the middle of the step within which its ordered branch vanishes. The
/// place is the mean of theirs, between the last point where more than three quarters vote one way and the first where
/// they vote the other way. A mean of log Z differences would be over the samples that still have both branches, which
/// near the spinodal are the most ordered ones.
pub fn find(line: &Line) -> Transition {
    let (crossing, own) = crossing(line, |_| 0.0);
    let of = |difference| own.as_ref().and_then(|own| jump(line, own, difference));
    Transition {
        crossing,
        crossing_with_symmetry: self::crossing(line, |polarised| polarised.symmetry).0,
        ordering: locate(&Ballot::on_order(line)).place,
        latent_heat: of(|paramagnetic, polarised| paramagnetic.energy - polarised.energy),
        entropy_jump: of(|paramagnetic, polarised| paramagnetic.entropy - polarised.entropy),
    }
}

/// Where the stable branch changes, unless it is only that the ordered one ends while it is still ahead; with the
/// samples' own places where it was found.
fn crossing(line: &Line, extra: fn(&Values) -> f64) -> (Place, Option<Vec<(usize, f64)>>) {
    let ballot = Ballot::on_stability(line, extra);
    let Located { place, own } = locate(&ballot);
    let fates: Vec<Fate> = (0..ballot.votes.len()).filter_map(|sample| fate(&ballot, sample)).collect();
    let count = |of| fates.iter().filter(|&&fate| fate == of).count();
    let behind = count(Fate::Behind);
    let crossing = behind + count(Fate::RunsOut);
    // Where nobody is seen behind, most must be sure.
    let ending = count(Fate::Vanishes) + if behind > 0 { 0 } else { count(Fate::Open) };
    let compete = ballot.leads.iter().flatten().any(Option::is_some);
    let happens = match place {
        Place::None => false,
        Place::Found(_) => crossing > 0 && crossing >= ending,
        Place::AtEdge(_) | Place::Unresolved(_) => compete && crossing >= ending,
    };
    if !happens {
        return (Place::None, None);
    }
    (place, own.map(|own| own.1).filter(|_| place.found().is_some()))
}

/// How a sample's ordered branch stops being the stable one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is seen with the smaller log Z.
    Behind,
    /// Its lead would be gone within the step in which it vanishes.
    RunsOut,
    /// Perhaps it would, by the bend of the lead.
    Open,
    /// It vanishes while it is ahead.
    Vanishes,
}

fn fate(ballot: &Ballot, sample: usize) -> Option<Fate> {
    let leads = &ballot.leads[sample];
    if leads.iter().flatten().any(|&lead| lead <= 0.0) {
        return Some(Fate::Behind);
    }
    let votes = &ballot.votes[sample];
    let known: Vec<usize> = (0..votes.len()).filter(|&i| votes[i].is_some()).collect();
    // Of one whose rows in between did not converge nobody knows.
    let is_change = |pair: &[usize]| {
        let pair = [votes[pair[0]], votes[pair[1]]];
        pair[0] != pair[1] && !pair.contains(&Some(Vote::Unknown))
    };
    let change = known.windows(2).position(is_change)?;
    Some(match ballot.change(sample, known[change], known[change + 1]).runs_out {
        Some(true) => Fate::RunsOut,
        Some(false) => Fate::Vanishes,
        None => Fate::Open,
    })
}

#[cfg(test)]
#[path = "transition_tests.rs"]
mod tests;
