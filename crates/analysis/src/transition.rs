//! Where the branches of belief propagation cross, and where the ordered one vanishes.

use crate::ballot::Ballot;
use crate::control::MeanAlpha;
use crate::jump::jump;
use crate::line::Line;
use crate::locating::{Located, locate};
use sweep::transition::{GridLine, Place, Transition, Values};

/// Finds what happens along a line.
///
/// Every sample votes at every point, and each changes its mind at a place of its own: where its branches cross (a
/// parabola through its log Z differences), or in the middle of the step within which its ordered branch vanishes. The
/// place is the mean of theirs, between the last point where more than three quarters vote one way and the first where
/// they vote the other way. A mean of log Z differences would be over the samples that still have both branches, which
/// near the spinodal are the most ordered ones.
///
/// `mean_alpha` tells the ensemble's mean α at a place of the line, by its index, where that is known: what the
/// samples' own α explain of their scatter is taken out.
pub fn find(
    line: GridLine,
    rows: &Line,
    mean_alpha: &mut dyn FnMut(usize) -> Option<MeanAlpha>,
) -> Transition {
    let crossing = crossing(rows, |_| 0.0, mean_alpha);
    let ordering = locate(rows, &Ballot::on_order(rows), mean_alpha);
    let own: Option<Vec<(usize, f64)>> = crossing.own.map(|own| own.1);
    let of = |difference| own.as_ref().and_then(|own| jump(rows, own, difference));
    Transition {
        line,
        crossing: crossing.place,
        crossing_with_symmetry: self::crossing(rows, |polarised| polarised.symmetry, mean_alpha).place,
        ordering: ordering.place,
        latent_heat: of(|paramagnetic, polarised| paramagnetic.energy - polarised.energy),
        entropy_jump: of(|paramagnetic, polarised| paramagnetic.entropy - polarised.entropy),
        step: crossing.step.or(ordering.step),
        samples: rows.samples.len(),
        unresolved_samples: crossing.unresolved.max(ordering.unresolved),
    }
}

/// Where the stable branch changes, unless it is only that the ordered one ends while it is still ahead; with the
/// samples' own places only where it was found.
fn crossing(
    line: &Line,
    extra: fn(&Values) -> f64,
    mean_alpha: &mut dyn FnMut(usize) -> Option<MeanAlpha>,
) -> Located {
    let ballot = Ballot::on_stability(line, extra);
    let located = locate(line, &ballot, mean_alpha);
    let fates: Vec<Fate> = (0..ballot.votes.len()).filter_map(|sample| fate(&ballot, sample)).collect();
    let count = |of| fates.iter().filter(|&&fate| fate == of).count();
    let behind = count(Fate::Behind);
    let crossing = behind + count(Fate::RunsOut);
    // Where nobody is seen behind, most must be sure.
    let ending = count(Fate::Vanishes) + if behind > 0 { 0 } else { count(Fate::Open) };
    let compete = ballot.leads.iter().flatten().any(Option::is_some);
    let happens = match located.place {
        Place::None => false,
        Place::Found(_) => crossing > 0 && crossing >= ending,
        Place::AtEdge(_) | Place::Unresolved(_) => compete && crossing >= ending,
    };
    if !happens {
        return Located { place: Place::None, step: None, unresolved: 0, own: None };
    }
    let own = located.own.filter(|_| located.place.found().is_some());
    Located { own, ..located }
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
    Some(match ballot.runs_out(sample)? {
        Some(true) => Fate::RunsOut,
        Some(false) => Fate::Vanishes,
        None => Fate::Open,
    })
}

#[cfg(test)]
#[path = "transition_tests.rs"]
mod tests;
