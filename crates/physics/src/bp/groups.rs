//! Problems in lanes: a lane whose problem has ended takes the next one. When there is none, the problems that are left, which
//! may go on for thousands of iterations, move closer together into fewer lanes.

use super::acceleration::{Act, KEPT, Leaps, leapt};
use super::factor::{Form, Temperature};
use super::kernel::{Messages, Pass, update};
use super::lanes::{FEW_LANES, LANES, Rows};
use super::layout::Layout;
use super::thermodynamics;
use super::{BpSettings, BpSolution, POLISHED, POLISHING_UPDATES, Problem};
use crate::cpu::Level;

/// A problem in a lane.
#[derive(Debug, Clone, Copy)]
struct Running {
    /// Its place in the list.
    number: usize,
    beta: f64,
    iterations: u32,
    residual: f64,
    leaps: Leaps,
}

/// Lanes on one instance.
struct Group<'a> {
    layout: &'a Layout,
    level: Level,
    form: Form,
    damped: bool,
    messages: Messages,
    /// Messages that were kept for leaps; none before the first are.
    kept: Option<[Rows; KEPT]>,
    /// Lanes that are iterated: [`LANES`] or [`FEW_LANES`].
    width: usize,
    /// Of which those beyond the width are empty.
    lanes: [Option<Running>; LANES],
}

/// Solves problems that have the same form and damping, in any number; calls `done` with the number and solution of each.
pub(crate) fn solve_all<'p>(
    layout: &Layout,
    (level, form, damped): (Level, Form, bool),
    problems: impl Iterator<Item = (usize, Problem<'p>)>,
    settings: &BpSettings,
    mut done: impl FnMut(usize, BpSolution),
) {
    let mut pending = problems.peekable();
    if pending.peek().is_none() {
        return;
    }
    let mut iterated = Group::new(layout, level, form, damped);
    let mut ended = Group::new(layout, level, form, damped);
    loop {
        iterated.fill(&mut pending);
        if iterated.is_empty() {
            break;
        }
        if pending.peek().is_none() {
            iterated.narrow();
        }
        iterated.iterate(settings);
        for k in 0..LANES {
            if let Some(running) = iterated.lanes[k].filter(|running| running.has_ended(settings)) {
                ended.take(running, k, &mut iterated);
                if ended.free_lane().is_none() {
                    ended.finish(settings, &mut done);
                }
            }
        }
    }
    ended.finish(settings, &mut done);
}

impl Running {
    fn converged(&self, settings: &BpSettings) -> bool {
        self.residual <= settings.tolerance
    }

    fn has_ended(&self, settings: &BpSettings) -> bool {
        self.converged(settings) || self.iterations >= settings.max_iterations
    }
}

impl<'a> Group<'a> {
    fn new(layout: &'a Layout, level: Level, form: Form, damped: bool) -> Self {
        Self {
            layout,
            level,
            form,
            damped,
            messages: Messages::new(layout),
            kept: None,
            width: LANES,
            lanes: [None; LANES],
        }
    }

    fn is_empty(&self) -> bool {
        self.lanes.iter().all(Option::is_none)
    }

    fn free_lane(&self) -> Option<usize> {
        self.lanes[..self.width].iter().position(Option::is_none)
    }

    /// Which lanes hold a problem that is as `is` says.
    fn lanes_that(&self, is: impl Fn(&Running) -> bool) -> [bool; LANES] {
        self.lanes.each_ref().map(|lane| lane.as_ref().is_some_and(&is))
    }

    /// One pass. What it does in a lane does not depend on the others: products may be rescaled at any time.
    fn pass(&mut self, pass: Pass) -> [f64; LANES] {
        let warmest = |beta: f64, running: &Running| beta.max(running.beta);
        let beta = self.lanes.iter().flatten().fold(0.0, warmest);
        let update = if self.width == LANES { update::<LANES> } else { update::<FEW_LANES> };
        let rescale_after = self.form.factors_in_range(beta);
        update((self.level, self.form), self.layout, &mut self.messages, pass, rescale_after)
    }

    /// Moves problems together into few lanes if these hold them.
    fn narrow(&mut self) {
        let taken: Vec<usize> = (0..self.width).filter(|&k| self.lanes[k].is_some()).collect();
        if self.width == FEW_LANES || taken.len() > FEW_LANES {
            return;
        }
        self.messages.narrow(self.width, FEW_LANES, &taken);
        for rows in self.kept.iter_mut().flatten() {
            rows.narrow(self.width, FEW_LANES, &taken);
        }
        let running = self.lanes;
        self.lanes = [None; LANES];
        for (lane, &k) in self.lanes.iter_mut().zip(&taken) {
            *lane = running[k];
        }
        self.width = FEW_LANES;
    }

    /// Gives pending problems to free lanes.
    fn fill<'p>(&mut self, pending: &mut impl Iterator<Item = (usize, Problem<'p>)>) {
        let mut filled = false;
        while let Some(k) = self.free_lane() {
            let Some((number, Problem { beta, start })) = pending.next() else { break };
            self.set_temperature(k, Temperature::new(beta));
            self.messages.rho.set_lane(k, self.width, start.messages(self.layout).into_iter());
            let leaps = Leaps::new();
            self.lanes[k] = Some(Running { number, beta, iterations: 0, residual: f64::INFINITY, leaps });
            filled = true;
        }
        if filled {
            self.pass(Pass::Ratios);
        }
    }

    fn set_temperature(&mut self, k: usize, temperature: Temperature) {
        self.messages.q[k] = temperature.q;
        self.messages.limit[k] = temperature.limit;
    }

    /// One update, damped or not.
    fn iterate(&mut self, settings: &BpSettings) {
        let watched = self.lanes_that(|_| true);
        // The residual of a last iteration is reported even where it is not small.
        let all =
            self.lanes.iter().flatten().any(|running| running.iterations + 1 >= settings.max_iterations);
        let (damped, tolerance) = (self.damped, settings.tolerance);
        let residuals = self.pass(Pass::Step { damped, tolerance, watched, all });
        for (lane, residual) in self.lanes.iter_mut().zip(residuals) {
            if let Some(running) = lane {
                running.iterations += 1;
                running.residual = residual;
            }
        }
        if !damped {
            self.accelerate(settings);
        }
    }

    /// Keeps messages, or leaps, where it is time to.
    fn accelerate(&mut self, settings: &BpSettings) {
        let acts = self.lanes.each_mut().map(|lane| {
            let going_on = lane.as_mut().filter(|running| !running.has_ended(settings));
            going_on.map_or(Act::Nothing, |running| running.leaps.after(running.iterations))
        });
        let lanes_to = |act: Act| (0..LANES).filter(|&k| acts[k] == act).collect::<Vec<usize>>();
        for number in 0..KEPT {
            self.keep(&lanes_to(Act::Keep(number)), number);
        }
        self.leap(&lanes_to(Act::Leap));
    }

    fn keep(&mut self, lanes: &[usize], number: usize) {
        if lanes.is_empty() {
            return;
        }
        let (messages, width) = (self.layout.incidences.len(), self.width);
        let kept = self.kept.get_or_insert_with(|| std::array::from_fn(|_| Rows::ones(messages)));
        let rows = kept[number].numbers_mut(width).chunks_exact_mut(width);
        for (kept, rho) in rows.zip(self.messages.rho.numbers(width).chunks_exact(width)) {
            lanes.iter().for_each(|&k| kept[k] = rho[k]);
        }
    }

    fn leap(&mut self, lanes: &[usize]) {
        if lanes.is_empty() {
            return;
        }
        let Some(kept) = &self.kept else { unreachable!("messages were kept before") };
        let [first, second, third] = kept.each_ref().map(|rows| rows.numbers(self.width));
        for (row, rho) in self.messages.rho.numbers_mut(self.width).chunks_exact_mut(self.width).enumerate() {
            for &k in lanes {
                let at = row * self.width + k;
                rho[k] = leapt([first[at], second[at], third[at]], rho[k]);
            }
        }
        self.pass(Pass::Ratios);
    }

    /// Takes over lane k of another group, which is free then.
    fn take(&mut self, running: Running, k: usize, from: &mut Group<'_>) {
        let Some(free) = self.free_lane() else { unreachable!("a full group is finished at once") };
        self.lanes[free] = Some(running);
        self.set_temperature(free, Temperature::new(running.beta));
        self.messages.rho.set_lane(free, self.width, from.messages.rho.lane(k, from.width));
        from.lanes[k] = None;
    }

    /// Polishes what converged, and reports all lanes, which are free then.
    ///
    /// A residual of 1e-12 in m resolves ρ to 1e-12 only; thermodynamics in a frustrated state at large β needs ρ below
    /// e^(−2β), which damping halves its way down to. So converged messages are updated without damping.
    fn finish(&mut self, settings: &BpSettings, done: &mut impl FnMut(usize, BpSolution)) {
        if self.is_empty() {
            return;
        }
        self.pass(Pass::Ratios);
        let mut moving = self.lanes_that(|running| running.converged(settings));
        for _ in 0..POLISHING_UPDATES {
            if moving == [false; LANES] {
                break;
            }
            let changes = self.pass(Pass::Polish { moving });
            (0..LANES).for_each(|k| moving[k] &= changes[k] >= POLISHED);
        }
        let sums = thermodynamics::of_lanes((self.level, self.form), self.layout, &self.messages);
        for k in 0..LANES {
            if let Some(running) = self.lanes[k].take() {
                let Running { number, beta, iterations, residual, .. } = running;
                let totals = sums.totals(k, self.layout, beta, &self.messages);
                done(number, BpSolution::new(running.converged(settings), iterations, residual, totals));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bp::{Solver, Start};

    #[test]
    fn the_last_problems_move_closer_together() {
        let solver = Solver::of_bonds(3, &[0, 1, 1, 2, 2, 0], &[1, 1, 1]);
        let spins = [1, 1, 1];
        let problem = |number| Problem { beta: number as f64, start: Start::Polarised(&spins) };
        let mut group = Group::new(&solver.layout, Level::chosen(), Form::Two, true);
        group.fill(&mut (0..6).map(|number| (number, problem(number))));
        let beta_of = |q: f64| -0.5 * crate::numerics::ln(q);
        for (width, ended) in [(8, [0, 3].as_slice()), (4, &[1]), (4, &[0, 2])] {
            group.narrow();
            assert_eq!(group.width, width);
            for (running, q) in group.lanes.iter().zip(group.messages.q) {
                let is_of = |running: &Running| (beta_of(q) - running.beta).abs() < 1e-12;
                assert!(running.as_ref().is_none_or(is_of));
            }
            ended.iter().for_each(|&k| group.lanes[k] = None);
        }
        assert_eq!(group.lanes[3].map(|running| running.number), Some(5));
        assert!(group.messages.rho.lane(3, 4).eq(Start::Polarised(&spins).messages(&solver.layout)));
    }
}
