//! Problems in lanes: a lane whose problem has ended takes the next one. When there is none, the problems that are
//! left, which may go on for thousands of iterations, move closer together into fewer lanes.

use super::ended::Ended;
use super::iteration::Iteration;
use super::lanes::{At, FEW_LANES, LANES};
use super::problem::{BpSettings, Problem};
use super::setup::{Running, Setup, coldest};
use super::solution::BpSolution;
use super::weight_messages::Watch;
use kernel::stop;

/// Lanes on one instance.
struct Group<'a, I: Iteration> {
    setup: Setup<'a>,
    iteration: I,
    /// Lanes that are iterated: [`LANES`] or [`FEW_LANES`].
    width: usize,
    /// What runs in each lane; those beyond the width are empty.
    lanes: [Option<Running>; LANES],
}

/// Solves problems that have the same form, in any number; calls `done` with the number and solution of each.
pub(crate) fn solve_all<'p, I: Iteration>(
    setup: Setup<'_>,
    problems: Vec<(usize, Problem<'p>)>,
    settings: &BpSettings,
    done: &mut dyn FnMut(usize, BpSolution),
) {
    let mut pending = problems.into_iter().peekable();
    if pending.peek().is_none() {
        return;
    }
    let mut group = Group::<I>::new(setup);
    let mut ended = Ended::new(setup);
    loop {
        group.fill(&mut pending);
        if group.is_empty() {
            break;
        }
        if pending.peek().is_none() {
            group.narrow();
        }
        group.iterate(settings);
        for k in 0..LANES {
            if let Some(running) = group.lanes[k].take_if(|running| running.has_ended(settings)) {
                let rho = group.iteration.weight_messages(setup, group.at(k));
                ended.take(running, rho);
                if ended.is_full() {
                    ended.finish(settings, done);
                }
            }
        }
    }
    ended.finish(settings, done);
}

impl<'a, I: Iteration> Group<'a, I> {
    fn new(setup: Setup<'a>) -> Self {
        Self { setup, iteration: I::new(setup.layout), width: LANES, lanes: [None; LANES] }
    }

    fn is_empty(&self) -> bool {
        self.lanes.iter().all(Option::is_none)
    }

    fn at(&self, k: usize) -> At {
        At { lane: k, width: self.width }
    }

    /// Moves problems together into few lanes if these hold them.
    fn narrow(&mut self) {
        let taken: Vec<usize> = (0..self.width).filter(|&k| self.lanes[k].is_some()).collect();
        if self.width == FEW_LANES || taken.len() > FEW_LANES {
            return;
        }
        self.iteration.narrow(self.width, FEW_LANES, &taken);
        let running = self.lanes;
        self.lanes = [None; LANES];
        for (lane, &k) in self.lanes.iter_mut().zip(&taken) {
            *lane = running[k];
        }
        self.width = FEW_LANES;
    }

    /// Gives pending problems to free lanes.
    fn fill<'p>(&mut self, pending: &mut impl Iterator<Item = (usize, Problem<'p>)>) {
        let mut filled = Vec::new();
        while let Some(k) = self.lanes[..self.width].iter().position(Option::is_none) {
            let Some((number, problem)) = pending.next() else { break };
            let beta = problem.beta;
            self.lanes[k] = Some(Running { number, beta, iterations: 0, change: f64::INFINITY });
            filled.push((k, problem));
        }
        if !filled.is_empty() {
            self.iteration.put(self.setup, self.width, filled);
            self.iteration.ratios(self.setup, self.width, coldest(&self.lanes));
        }
    }

    /// One update.
    fn iterate(&mut self, settings: &BpSettings) {
        stop::look();
        // The residual of a last iteration is reported even where it is not small.
        let all =
            self.lanes.iter().flatten().any(|running| running.iterations + 1 >= settings.max_iterations);
        let lanes = self.lanes.map(|lane| lane.is_some());
        let watch = Watch { lanes, tolerance: settings.tolerance, all };
        let coldest = coldest(&self.lanes);
        let changes = self.iteration.update(self.setup, self.width, coldest, watch);
        for (lane, change) in self.lanes.iter_mut().zip(changes) {
            if let Some(running) = lane {
                running.iterations += 1;
                running.change = change;
            }
        }
        let going_on = self.lanes.map(|lane| {
            lane.filter(|running| !running.has_ended(settings)).map(|running| running.iterations)
        });
        self.iteration.accelerate(self.setup, self.width, coldest, going_on);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bp::factor::{Form, Temperature};
    use crate::bp::iteration::Damped;
    use crate::bp::{Solver, Start};
    use kernel::cpu::Level;

    #[test]
    fn the_last_problems_move_closer_together() {
        let solver = Solver::of_bonds(4, &[0, 1, 0, 2, 0, 3, 1, 2, 1, 3, 2, 3], &[1; 6]);
        let spins = [1; 4];
        let problem = |number| Problem { beta: number as f64, start: Start::Polarised(&spins) };
        let mut group = Group::<Damped>::new(solver.setup(Level::chosen(), Form::Two));
        group.fill(&mut (0..6).map(|number| (number, problem(number))));
        let beta_of = |q: f64| -0.5 * model::numerics::ln(q);
        for (width, ended) in [(8, [0, 3].as_slice()), (4, &[1]), (4, &[0, 2])] {
            group.narrow();
            assert_eq!(group.width, width);
            for (running, q) in group.lanes.iter().zip(group.iteration.messages.q) {
                let is_of = |running: &Running| (beta_of(q) - running.beta).abs() < 1e-12;
                assert!(running.as_ref().is_none_or(is_of));
            }
            ended.iter().for_each(|&k| group.lanes[k] = None);
        }
        assert_eq!(group.lanes[3].map(|running| running.number), Some(5));
        let expected = Start::Polarised(&spins).messages(&solver.layout, Temperature::new(5.0));
        assert!(group.iteration.messages.rho.lane(3, 4).eq(expected));
    }
}
