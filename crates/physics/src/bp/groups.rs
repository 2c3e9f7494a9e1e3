//! Problems in lanes: a lane whose problem has ended takes the next one.

use super::factor::{Form, Temperature};
use super::kernel::{Messages, Pass, update};
use super::lanes::LANES;
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
}

/// Eight lanes on one instance.
struct Group<'a> {
    layout: &'a Layout,
    level: Level,
    form: Form,
    damped: bool,
    messages: Messages,
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
        Self { layout, level, form, damped, messages: Messages::new(layout), lanes: [None; LANES] }
    }

    fn is_empty(&self) -> bool {
        self.lanes.iter().all(Option::is_none)
    }

    fn free_lane(&self) -> Option<usize> {
        self.lanes.iter().position(Option::is_none)
    }

    /// Which lanes hold a problem that is as `is` says.
    fn lanes_that(&self, is: impl Fn(&Running) -> bool) -> [bool; LANES] {
        self.lanes.each_ref().map(|lane| lane.as_ref().is_some_and(&is))
    }

    /// One pass. What it does in a lane does not depend on the others: products may be rescaled at any time.
    fn pass(&mut self, pass: Pass) -> [f64; LANES] {
        let warmest = |beta: f64, running: &Running| beta.max(running.beta);
        let beta = self.lanes.iter().flatten().fold(0.0, warmest);
        update(
            (self.level, self.form),
            self.layout,
            &mut self.messages,
            pass,
            self.form.factors_in_range(beta),
        )
    }

    /// Gives pending problems to free lanes.
    fn fill<'p>(&mut self, pending: &mut impl Iterator<Item = (usize, Problem<'p>)>) {
        let mut filled = false;
        while let Some(k) = self.free_lane() {
            let Some((number, Problem { beta, start })) = pending.next() else { break };
            self.set_temperature(k, Temperature::new(beta));
            for (lanes, rho) in self.messages.rho.iter_mut().zip(start.messages(self.layout)) {
                lanes.0[k] = rho;
            }
            self.lanes[k] = Some(Running { number, beta, iterations: 0, residual: f64::INFINITY });
            filled = true;
        }
        if filled {
            self.pass(Pass::Ratios);
        }
    }

    fn set_temperature(&mut self, k: usize, temperature: Temperature) {
        self.messages.q.0[k] = temperature.q;
        self.messages.limit.0[k] = temperature.limit;
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
    }

    /// Takes over lane k of another group, which is free then.
    fn take(&mut self, running: Running, k: usize, from: &mut Group<'_>) {
        let Some(free) = self.free_lane() else { unreachable!("a full group is finished at once") };
        self.lanes[free] = Some(running);
        self.set_temperature(free, Temperature::new(running.beta));
        for (to, from) in self.messages.rho.iter_mut().zip(&from.messages.rho) {
            to.0[free] = from.0[k];
        }
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
                let Running { number, beta, iterations, residual } = running;
                let totals = sums.totals(k, self.layout, beta, &self.messages);
                done(number, BpSolution::new(running.converged(settings), iterations, residual, totals));
            }
        }
    }
}
